package motdepasse

import (
	"slices"
	"strings"
	"testing"

	"intendant/internal/plier"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, password, user string
		policy               Policy
		want                 string
	}{
		{"empty", "", "", Policy{}, TooShort},
		{"seven characters", "zk7!pqm", "", Policy{}, TooShort},
		{"eight characters", "zk7!pqmx", "", Policy{}, ""},
		{"eight bytes but four characters", "éàüö", "", Policy{}, TooShort},
		{"eight characters of two bytes", "éàüöçñêî", "", Policy{}, ""},
		{"a stricter setting", "zk7!pqmx", "", Policy{MinLength: 12}, TooShort},
		{"a looser setting", "zk7!", "", Policy{MinLength: 4}, ""},
		{"the longest", strings.Repeat("zk7!pqmx", 127) + "abdfgjkt", "", Policy{}, ""},
		{"too long", strings.Repeat("zk7!pqmx", 128) + "w", "", Policy{}, TooLong},
		{"the user name", "gwenaelle.k", "gwenaelle.k", Policy{}, IsUserName},
		{"the user name in another case", "GWENAËLLE.K", "gwenaelle.k", Policy{}, IsUserName},
		{"a user name of signs", "--_--_--", "--_--_--", Policy{}, IsUserName},
		{"the user name and more", "gwenaelle.k-tram", "gwenaelle.k", Policy{}, ""},
		{"on the list", "azertyuiop", "", Policy{}, Common},
		{"digits on the list", "12345678", "", Policy{}, Common},
		{"another case", "MotDePasse", "", Policy{}, Common},
		{"with spaces", "mot de passe", "", Policy{}, Common},
		{"with accents", "Élisabeth!", "", Policy{}, ""},
		{"listed, with accents", "Républiquè", "", Policy{}, Common},
		{"trailing digits", "azerty123", "", Policy{}, Common},
		{"trailing year", "Marseille2024", "", Policy{}, Common},
		{"month and year", "Décembre-2025", "", Policy{}, Common},
		{"season and year", "Printemps2026!", "", Policy{}, Common},
		{"digits in front", "13marseille", "", Policy{}, Common},
		{"digits on both sides", "13marseille!", "", Policy{}, Common},
		{"trailing signs", "chouchou!?", "", Policy{}, Common},
		{"a common sequence behind", "doudou123456789", "", Policy{}, Common},
		{"many random digits behind", "doudou84736205", "", Policy{}, ""},
		{"digits for letters", "P@ssw0rd1!", "", Policy{}, Common},
		{"signs for letters", "pa$$word", "", Policy{}, Common},
		{"one for l", "1ou1oute", "", Policy{}, Common},
		{"one character", "zzzzzzzzzz", "", Policy{}, Common},
		{"two characters", "4949494949", "", Policy{}, Common},
		{"three characters", "xkdxkdxkd", "", Policy{}, Common},
		{"a common word twice", "loulouloulou", "", Policy{}, Common},
		{"an uncommon word twice", "zkqwpzkqwp", "", Policy{}, ""},
		{"a keyboard walk", "1qaz2wsx", "", Policy{}, Common},
		{"three common words", "soleil-marseille-tortue", "", Policy{}, ""},
		{"signs only", "!?;:/%&#", "", Policy{}, ""},
		{"hyphens only", "--------", "", Policy{}, ""},
		{"not utf-8", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "", Policy{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if problem := c.policy.Check(c.password, c.user); problem != nil {
				got = problem.Code
				if problem.Min != c.policy.minLength() {
					t.Errorf("least length %d", problem.Min)
				}
			}
			if got != c.want {
				t.Errorf("%q: problem %q, want %q", c.password, got, c.want)
			}
		})
	}
}

func TestProblemTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range []string{TooShort, TooLong, IsUserName, Common} {
		p := &Problem{Code: code, Min: 10}
		for _, text := range []string{p.French(), p.English()} {
			if text == "" || seen[text] {
				t.Errorf("%s: text %q", code, text)
			}
			seen[text] = true
			if (code == TooShort) != strings.Contains(text, "10 c") {
				t.Errorf("%s: text %q", code, text)
			}
		}
	}
}

func TestListIsSortedFoldedAndWithoutDuplicates(t *testing.T) {
	words := commonWords()
	if len(words) < 1000 {
		t.Errorf("only %d words", len(words))
	}
	for i, w := range words {
		if i > 0 && words[i-1] >= w {
			t.Errorf("%q after %q", w, words[i-1])
		}
		if plier.Key(w) != w {
			t.Errorf("%q is not folded", w)
		}
	}
	for _, w := range []string{"azerty", "motdepasse", "soleil", "doudou", "marseille", "loulou", "chouchou"} {
		if !slices.Contains(words, w) {
			t.Errorf("%q is missing", w)
		}
	}
}

func TestGenerate(t *testing.T) {
	seen := map[string]bool{}
	counts := map[rune]int{}
	const n = 2000
	for range n {
		p := Generate()
		parts := strings.Split(p, "-")
		if len(parts) != groups {
			t.Fatalf("%q", p)
		}
		for _, part := range parts {
			if len(part) != groupSize || strings.Trim(part, alphabet) != "" {
				t.Fatalf("%q", p)
			}
			for _, r := range part {
				counts[r]++
			}
		}
		if problem := (Policy{}).Check(p, "admin"); problem != nil {
			t.Fatalf("%q: %s", p, problem.Code)
		}
		if seen[p] {
			t.Fatalf("%q twice", p)
		}
		seen[p] = true
	}
	// 1032 of each are expected, with a deviation of 32.
	for _, r := range alphabet {
		if mean := n * groups * groupSize / len(alphabet); counts[r] < mean-320 || counts[r] > mean+320 {
			t.Errorf("%c is drawn %d times", r, counts[r])
		}
	}
}

func TestGeneratePassesStricterPolicies(t *testing.T) {
	for _, least := range []int{1, 19, 20, 24, 25, 100, 1000, MaxBytes} {
		p := Policy{MinLength: least}
		if problem := p.Check(p.Generate(), ""); problem != nil {
			t.Errorf("at least %d: %s", least, problem.Code)
		}
	}
}
