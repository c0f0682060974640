package plier

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestKey(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"already folded", "jean dupont 2", "jean dupont 2"},
		{"upper case", "DUPONT", "dupont"},
		{"accents", "Éléonore Gaëlle Çağla Ñuñez", "eleonore gaelle cagla nunez"},
		{"decomposed accents", "E\u0301le\u0301onore", "eleonore"},
		{"ligatures", "Œuvre ŒUVRE Æther straße ẞ", "oeuvre oeuvre aether strasse ss"},
		{"barred letters", "Øre Łódź Đorđe", "ore lodz dorde"},
		{"apostrophes", "l'Haÿ d’Orly O`Neil ´x", "l hay d orly o neil x"},
		{"hyphens", "Jean-Pierre Saint–Denis a—b a‑b", "jean pierre saint denis a b a b"},
		{"spaces", "  a \t b\u00a0\u202fc\r\n", "a b c"},
		{"only gaps", " -'’ ", ""},
		{"dotted capital i", "İstanbul", "istanbul"},
		{"invisible characters", "\ufeffsoft\u00adhyphen", "softhyphen"},
		{"other punctuation stays", "10.0.0.1/24_(n° 3)", "10.0.0.1/24_(n° 3)"},
		{"other scripts", "ΑΘΉΝΑ Київ 東京", "αθηνα киів 東京"},
		{"not utf-8", "caf\xe9", "caf\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Key(c.in); got != c.want {
				t.Errorf("Key(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestKeyOfEveryCharacterIsItsOwnKey(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if key := Key(string(r)); Key(key) != key {
			t.Fatalf("U+%04X: key %q has key %q", r, key, Key(key))
		}
	}
}

func TestKeyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		key := Key(s)
		if Key(key) != key {
			t.Fatalf("key %q has key %q", key, Key(key))
		}
		if strings.TrimSpace(key) != key || strings.Contains(key, "  ") {
			t.Fatalf("stray space in %q", key)
		}
		if Key(" "+s+"\t") != key {
			t.Fatalf("outer spaces change the key of %q", s)
		}
	})
}

func TestASCIIAndUnicodeAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom(nil, &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 127, Stride: 1}}})).Draw(t, "s")
		if a, u := Key(s), foldUnicode(s); a != u {
			t.Fatalf("%q: %q by the ASCII path, %q by the other", s, a, u)
		}
	})
}

func TestKeyOfAKeyAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Key("dupont jean pierre") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestLike(t *testing.T) {
	for in, want := range map[string]string{
		"":        "%",
		" - ":     "%",
		"Été":     "%ete%",
		"100%":    `%100\%%`,
		"a_b":     `%a\_b%`,
		`c:\temp`: `%c:\\temp%`,
	} {
		if got := Like(in); got != want {
			t.Errorf("Like(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkKey(b *testing.B) {
	for _, s := range []string{"dupont jean", "DUPONT Jean", "Éléonore d'Œuvre"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Key(s)
			}
		})
	}
}
