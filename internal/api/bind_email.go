package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"intendant/internal/api/jsonvalue"
)

// emailOf reads an e-mail address as pydantic's EmailStr does.
func emailOf(v jsonvalue.Value) (string, *Problem) {
	text, problem := stringOf(v)
	if problem != nil {
		return "", problem
	}
	address, reason := ParseEmail(text)
	if reason != "" {
		return "", &Problem{"value_error", "value is not a valid email address: " + reason, map[string]any{"reason": reason}}
	}
	return address, nil
}

// namedAddress is "Joe <a@b.co>": only the address is kept.
var namedAddress = regexp.MustCompile(`^[\p{L}\p{N}_ ]* *<(.*)> *$`)

// maxLocalPart and maxEmail are the limits of RFC 5321, in characters.
const (
	maxLocalPart = 64
	maxEmail     = 254
)

// reservedDomains never receive mail (RFC 6761, 6762, 7686).
var reservedDomains = []string{"arpa", "invalid", "local", "localhost", "onion", "test"}

// ParseEmail returns the normalised address, or why s is not one, in the words
// of Python's email-validator.
func ParseEmail(s string) (address, reason string) {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	if m := namedAddress.FindStringSubmatch(s); m != nil {
		s = strings.TrimSpace(m[1])
	}
	if strings.HasPrefix(s, `"`) && strings.Contains(s, `"@`) {
		return "", "Quoting the part before the @-sign is not allowed here."
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		return "", "An email address must have an @-sign."
	}
	if reason := localPartFault(local); reason != "" {
		return "", reason
	}
	domain, reason = emailDomain(domain)
	if reason != "" {
		return "", reason
	}
	if n := utf8.RuneCountInString(local) + 1 + utf8.RuneCountInString(domain) - maxEmail; n > 0 {
		return "", "The email address is too long (" + tooMany(n) + ")."
	}
	return local + "@" + domain, ""
}

func localPartFault(local string) string {
	if local == "" {
		return "There must be something before the @-sign."
	}
	if n := utf8.RuneCountInString(local) - maxLocalPart; n > 0 {
		return "The email address is too long before the @-sign (" + tooMany(n) + ")."
	}
	if bad := strangers(local, func(c rune) bool {
		return c >= utf8.RuneSelf || isAlphanumeric(c) || strings.ContainsRune("_!#$%&'*+-/=?^`{|}~.", c)
	}); bad != "" {
		return "The email address contains invalid characters before the @-sign: " + bad + "."
	}
	switch {
	case strings.HasSuffix(local, "."):
		return "An email address cannot have a period immediately before the @-sign."
	case strings.HasPrefix(local, "."):
		return "An email address cannot start with a period."
	case strings.Contains(local, ".."):
		return "An email address cannot have two periods in a row."
	}
	// Blanks and controls beyond ASCII could be cut, or hide, later.
	if bad := strangers(local, func(c rune) bool { return !unicode.In(c, unicode.Z, unicode.C) }); bad != "" {
		return "The email address contains unsafe characters: " + bad + "."
	}
	return ""
}

// emailDomain returns the domain in lower case, or what is wrong with it.
func emailDomain(domain string) (string, string) {
	switch {
	case domain == "":
		return "", "There must be something after the @-sign."
	case strings.HasPrefix(domain, "["):
		return "", "A bracketed IP address after the @-sign is not allowed here."
	}
	if bad := strangers(domain, func(c rune) bool {
		return c >= utf8.RuneSelf || isAlphanumeric(c) || c == '-' || c == '.'
	}); bad != "" {
		return "", "The part after the @-sign contains invalid characters: " + bad + "."
	}
	if reason := dotFault(domain); reason != "" {
		return "", reason
	}
	unicodeDomain, err := idna.Lookup.ToUnicode(domain)
	if err != nil {
		return "", "The part after the @-sign is not a valid internationalized domain name."
	}
	// The mapping makes periods of other marks, as of U+3002.
	if reason := dotFault(unicodeDomain); reason != "" {
		return "", reason
	}
	ascii, err := idna.Lookup.ToASCII(unicodeDomain)
	if err != nil || len(ascii) > 253 {
		return "", "The part after the @-sign is not a valid internationalized domain name."
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if len(label) > 63 {
			return "", "After the @-sign, periods cannot be separated by so many characters (" + tooMany(len(label)-63) + ")."
		}
	}
	i := strings.LastIndexByte(ascii, '.')
	if i < 0 {
		return "", "The part after the @-sign is not valid. It should have a period."
	}
	if !strings.ContainsFunc(ascii[i+1:], func(c rune) bool { return c >= 'a' && c <= 'z' }) {
		return "", "The part after the @-sign is not valid. It is not within a valid top-level domain."
	}
	if slices.Contains(reservedDomains, ascii[i+1:]) {
		return "", "The part after the @-sign is a special-use or reserved name that cannot be used with email."
	}
	return unicodeDomain, ""
}

// dotFault finds periods and hyphens where a host name has none.
func dotFault(domain string) string {
	switch {
	case strings.HasSuffix(domain, "."):
		return "An email address cannot end with a period."
	case strings.HasPrefix(domain, "."):
		return "An email address cannot have a period immediately after the @-sign."
	case strings.Contains(domain, ".."):
		return "An email address cannot have two periods in a row."
	case strings.HasSuffix(domain, "-"):
		return "An email address cannot end with a hyphen."
	case strings.HasPrefix(domain, "-"):
		return "An email address cannot have a hyphen immediately after the @-sign."
	case strings.Contains(domain, ".-"), strings.Contains(domain, "-."):
		return "An email address cannot have a period and a hyphen next to each other."
	}
	return ""
}

func isAlphanumeric(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func tooMany(n int) string {
	if n == 1 {
		return "1 character too many"
	}
	return fmt.Sprintf("%d characters too many", n)
}

// strangers lists the characters of s that are not allowed, as Python shows
// them, sorted and each once.
func strangers(s string, isAllowed func(rune) bool) string {
	var bad []string
	for _, c := range s {
		if !isAllowed(c) {
			bad = append(bad, displayed(c))
		}
	}
	slices.Sort(bad)
	return strings.Join(slices.Compact(bad), ", ")
}

func displayed(c rune) string {
	switch {
	case c == ' ':
		return "SPACE"
	case c == '\\':
		return `"\"`
	case c == '\'':
		return `"'"`
	case unicode.In(c, unicode.L, unicode.N, unicode.P, unicode.S):
		return "'" + string(c) + "'"
	}
	return fmt.Sprintf("U+%04X", c)
}
