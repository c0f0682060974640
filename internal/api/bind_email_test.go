package api

import (
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "a@b.co", "a@b.co"},
		{"outer blanks", " \ta@b.co\n", "a@b.co"},
		{"domain in lower case", "Jean.Dupont@Univ-Paris13.FR", "Jean.Dupont@univ-paris13.fr"},
		{"with a name", "Joe <a@b.co>", "a@b.co"},
		{"with an accented name", "Zoé Été <a@B.co>", "a@b.co"},
		{"blanks in angle brackets", "Joe < a@b.co >", "a@b.co"},
		{"in angle brackets alone", "<a@b.co>", "a@b.co"},
		{"every special character", "a!#$%&'*+-/=?^`{|}~_.z@b.co", "a!#$%&'*+-/=?^`{|}~_.z@b.co"},
		{"international local part", "zoé@b.co", "zoé@b.co"},
		{"international domain", "a@Bücher.example.com", "a@bücher.example.com"},
		{"longest local part", strings.Repeat("a", 64) + "@b.co", strings.Repeat("a", 64) + "@b.co"},
		{"example.com", "a@example.com", "a@example.com"},
		{"digits in the domain", "a@1.2.co", "a@1.2.co"},
		{"with a quoted name", `"Doe, Joe" <a@b.co>`, "a@b.co"},
		{"name touching the bracket", "Joe Doe<a@B.co> ", "a@b.co"},
		{"decomposed accents", "e\u0301le\u0300ve@e\u0301cole.fr", "élève@école.fr"},
		{"punycode", "a@xn--bcher-kva.example.com", "a@bücher.example.com"},
		{"international capitals", "a@BÜCHER.example.com", "a@bücher.example.com"},
		{"international top level", "a@例え.テスト", "a@例え.テスト"},
		{"reserved for examples", "a@mail.example", "a@mail.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, reason := ParseEmail(tt.text)
			if got != tt.want || reason != "" {
				t.Errorf("got %q, %q; want %q", got, reason, tt.want)
			}
		})
	}
}

func TestParseEmailFaults(t *testing.T) {
	const (
		invalidBefore = "The email address contains invalid characters before the @-sign: "
		invalidAfter  = "The part after the @-sign contains invalid characters: "
		reserved      = "The part after the @-sign is a special-use or reserved name that cannot be used with email."
	)
	label := strings.Repeat("b", 63)
	labels := func(n int) string { return strings.Repeat(label+".", n) }
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "An email address must have an @-sign."},
		{"no at-sign", "abc", "An email address must have an @-sign."},
		{"nothing before", "@b.co", "There must be something before the @-sign."},
		{"nothing after", "a@", "There must be something after the @-sign."},
		{"no period", "a@b", "The part after the @-sign is not valid. It should have a period."},
		{"an address of the internet", "a@192.0.2.1", "The part after the @-sign is not valid. It is not within a valid top-level domain."},
		{"digit at the end", "a@b.c3", "The part after the @-sign is not valid. It is not within a valid top-level domain."},
		{"no letter in the last label", "a@b.12", "The part after the @-sign is not valid. It is not within a valid top-level domain."},
		{"two periods before", "a..b@c.co", "An email address cannot have two periods in a row."},
		{"two periods after", "a@b..co", "An email address cannot have two periods in a row."},
		{"starts with a period", ".a@b.co", "An email address cannot start with a period."},
		{"ends with a period", "a@b.co.", "An email address cannot end with a period."},
		{"period before the at-sign", "a.@b.co", "An email address cannot have a period immediately before the @-sign."},
		{"period after the at-sign", "a@.b.co", "An email address cannot have a period immediately after the @-sign."},
		{"hyphen after the at-sign", "a@-b.co", "An email address cannot have a hyphen immediately after the @-sign."},
		{"hyphen at the end", "a@b.co-", "An email address cannot end with a hyphen."},
		{"hyphen beside a period", "a@b-.co", "An email address cannot have a period and a hyphen next to each other."},
		{"blank before", "a b@c.co", invalidBefore + "SPACE."},
		{"parentheses, sorted, each once", "a)((b@c.co", invalidBefore + "'(', ')'."},
		{"two at-signs", "a@b@c.co", invalidAfter + "'@'."},
		{"blank after", "a@b c.co", invalidAfter + "SPACE."},
		{"underscore after", "a@b_c.co", invalidAfter + "'_'."},
		{"one character too many", strings.Repeat("a", 65) + "@b.co", "The email address is too long before the @-sign (1 character too many)."},
		{"more characters too many", strings.Repeat("a", 70) + "@b.co", "The email address is too long before the @-sign (6 characters too many)."},
		{"local", "a@b.local", reserved},
		{"test", "a@b.test", reserved},
		{"invalid", "a@b.invalid", reserved},
		{"localhost", "a@b.localhost", reserved},
		{"quoted", `"a b"@c.co`, "Quoting the part before the @-sign is not allowed here."},
		{"an at-sign in quotes", `"a@\"b"@c.co`, "Quoting the part before the @-sign is not allowed here."},
		{"open quote", `"a@b.co`, "An email address must have an @-sign."},
		{"empty quotes", `""@b.co`, "There must be something before the @-sign."},
		{"after the quotes", `"a"b@c.co`, "Extra character(s) found after close quote: 'b'"},
		{"quoted and too long", `"` + strings.Repeat("a", 65) + `"@b.co`, "The email address is too long before the @-sign (1 character too many)."},
		{"bracket alone", "a@[b.co", invalidAfter + "'['."},
		{"no address in brackets", "a@[b.co]", "The part after the @-sign in brackets is not an IPv4 address and has no address literal tag."},
		{"unknown tag in brackets", "a@[::1]", "The part after the @-sign contains an invalid address literal tag in brackets."},
		{"bracketed version 6", "a@[IPv6:2001:db8::1]", "A bracketed IP address after the @-sign is not allowed here."},
		{"bracketed", "a@[127.0.0.1]", "A bracketed IP address after the @-sign is not allowed here."},
		{"an ideographic period after the at-sign", "a@\u3002co", "An email address cannot have a period immediately after the @-sign."},
		{"two dashes in a label", "a@ab--c.co", "An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode."},
		{"backslash and control", "a\x01\\@c.co", invalidBefore + `"\", U+0001.`},
		{"unsafe after", "a@b\u00adc\u200b.co", "The email address contains unsafe characters: U+00AD, U+200B."},
		{"unsafe beyond the basic plane", "a\U000e0001@b.co", "The email address contains unsafe characters: U+000E0001."},
		{"onion", "a@b.onion", reserved},
		{"arpa", "a@1.in-addr.arpa", reserved},
		{"longest text", strings.Repeat("a", 2049), "Length must not exceed 2048 characters"},
		{"long label", "a@b" + label + ".co", "After the @-sign, periods cannot be separated by so many characters (1 character too many)."},
		{"long domain", "a@" + labels(4) + "co", "The email address is too long after the @-sign (5 characters too many)."},
		{"long domain once in ascii", "a@" + strings.Repeat("ü.", 31) + "com.co", "The email address is too long after the @-sign (1 byte too many after IDNA encoding)."},
		{"long address", strings.Repeat("a", 64) + "@" + labels(3) + "co", "The email address is too long (5 characters too many)."},
		{"long in bytes", strings.Repeat("é", 64) + "@" + labels(2) + "co", "The email address is too long (2-5 characters too many)."},
		{"long once in ascii", strings.Repeat("a", 64) + "@" + strings.Repeat("ü.", 20) + labels(1) + "co", "The email address is too long when the part after the @-sign is converted to IDNA ASCII (37 bytes too many)."},
		{"a blank beyond ascii", "a\u00a0b@c.co", "The email address contains unsafe characters: U+00A0."},
		{"bytes that are no text", "a@\xff.co", "The part after the @-sign is not a valid internationalized domain name."},
		{"a letter that becomes a blank", "a@\u02d9.co", "The part after the @-sign is not a valid internationalized domain name."},
		{"punycode that is none", "a@xn--0.co", "The part after the @-sign is not a valid internationalized domain name."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, reason := ParseEmail(tt.text)
			if got != "" || reason != tt.want {
				t.Errorf("got %q, %q\nwant %q", got, reason, tt.want)
			}
		})
	}
}

// FuzzParseEmail checks that a normalised address is its own normal form.
func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{
		"", "a@b.co", " Joe <A@B.co> ", "<<a@b.co>>", "é@É.fr", "a@xn--bcher-kva.de", "a@ß.de", `"a"@b.co`,
		"a@b.co.", "a@\u3002co", "a@b\uff0eco", "\u00a0a@b.co", "a@[::1]", "\xff@b.co", "a@\xff.co",
		"a\u00a0@b.co", "\u2003@b.co", "a@\u02d9.co",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, reason := ParseEmail(text)
		if (address == "") == (reason == "") {
			t.Fatalf("%q: %q and %q", text, address, reason)
		}
		if reason != "" {
			return
		}
		if again, reason := ParseEmail(address); again != address {
			t.Errorf("%q gives %q, which gives %q (%s)", text, address, again, reason)
		}
	})
}
