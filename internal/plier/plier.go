// Package plier folds text for comparison: "Éléonore d'Œuvre-Neuve" and
// "eleonore d oeuvre neuve" have the same key.
//
// SQLite's NOCASE, lower and LIKE know ASCII only, so names are stored beside
// their key, and searches and sorts look at the key.
package plier

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Key returns s in lower case, without accents, with ligatures and barred
// letters written as plain ones, apostrophes, hyphens and white space turned
// into single spaces, and none at either end. Invisible format characters
// (soft hyphen, zero-width joiner, byte order mark) disappear; other
// punctuation stays. Bytes that are not UTF-8 become U+FFFD.
//
// Key(Key(s)) == Key(s). A string that is its own ASCII key is returned as it
// is, without allocation.
func Key(s string) string {
	folded := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return foldUnicode(s)
		case c == ' ':
			folded = folded && i > 0 && i < len(s)-1 && s[i-1] != ' '
		case asciiFold[c] != c:
			folded = false
		}
	}
	if folded {
		return s
	}
	return foldASCII(s)
}

// asciiFold gives each ASCII byte its folded byte.
var asciiFold = func() (table [utf8.RuneSelf]byte) {
	for i := range table {
		c := byte(i)
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '\'' || c == '`' || c == '-' || unicode.IsSpace(rune(c)):
			c = ' '
		}
		table[i] = c
	}
	return table
}()

// foldASCII is Key for text whose every byte is below utf8.RuneSelf.
func foldASCII(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := asciiFold[s[i]]
		if c == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		out = append(out, c)
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out = out[:n-1]
	}
	return string(out)
}

// letters are those that Unicode does not decompose, though a reader takes
// them for plain letters with something added. Lower case only: they are
// looked up after lowering.
var letters = map[rune]string{
	'œ': "oe", 'æ': "ae", 'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ı': "i",
}

func foldUnicode(s string) string {
	var room [128]byte
	decomposed := norm.NFD.AppendString(room[:0], strings.ToValidUTF8(s, string(utf8.RuneError)))
	out := make([]byte, 0, len(decomposed))
	for len(decomposed) > 0 {
		r, size := utf8.DecodeRune(decomposed)
		decomposed = decomposed[size:]
		switch {
		case r < utf8.RuneSelf:
			r = rune(asciiFold[r])
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			continue
		case isGap(r):
			r = ' '
		default:
			r = unicode.ToLower(r)
		}
		if r == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		if plain, ok := letters[r]; ok {
			out = append(out, plain...)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out = out[:n-1]
	}
	return string(out)
}

// isGap reports whether a character outside ASCII stands between words:
// spaces, dashes, and what keyboards and word processors put for an
// apostrophe.
func isGap(r rune) bool {
	switch r {
	case '’', '‘', '‛', 'ʼ', 'ʻ', '´', '′', '−':
		return true
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r)
}

// likeEscaper makes % and _ stand for themselves.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Like returns the pattern that finds every stored key containing the key of
// s, for use as key_column LIKE ? ESCAPE '\'. A blank s gives "%", which finds
// every key.
func Like(s string) string {
	key := Key(s)
	if key == "" {
		return "%"
	}
	return "%" + likeEscaper.Replace(key) + "%"
}
