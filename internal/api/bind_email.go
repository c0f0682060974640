package api

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"intendant/internal/api/jsonvalue"
)

// emailOf reads an e-mail address as pydantic's EmailStr does.
func emailOf(v jsonvalue.Value) (Email, *Problem) {
	text, problem := stringOf(v)
	if problem != nil {
		return "", problem
	}
	address, reason := ParseEmail(text)
	if reason != "" {
		return "", &Problem{"value_error", "value is not a valid email address: " + reason, map[string]any{"reason": reason}}
	}
	return Email(address), nil
}

// The limits on an address: pydantic's on what is looked at, in characters;
// those of RFC 5321 and RFC 1035 on the parts, in characters before the @-sign
// and bytes after it.
const (
	maxEmailText = 2048
	maxEmail     = 254
	maxLocalPart = 64
	maxDomain    = 253
	maxLabel     = 63
)

// namedAddress is `Joe <a@b.co>` or `"Joe D." <a@b.co>`, of which pydantic
// keeps the address.
var namedAddress = func() *regexp.Regexp {
	const atom = `[\pL\pN_!#$%&'*+\-/=?^` + "`" + `{|}~]`
	return regexp.MustCompile(`^\s*(?:(?:` + atom + `+\s+)*` + atom + `+|"(?s:.+)")?\s*<(.+)>\s*$`)
}()

// ParseEmail returns the normalised address, or why s is not one, in the words
// of Python's email-validator: outer blanks cut, a display name dropped, the
// local part kept, the domain in lower case.
func ParseEmail(s string) (address, reason string) {
	if utf8.RuneCountInString(s) > maxEmailText {
		return "", fmt.Sprintf("Length must not exceed %d characters", maxEmailText)
	}
	if strings.Contains(s, "<") {
		if m := namedAddress.FindStringSubmatch(s); m != nil {
			s = m[1]
		}
	}
	s = strings.TrimSpace(s)
	local, domain, ok := cutUnquoted(s)
	if !ok {
		return "", "An email address must have an @-sign."
	}
	if strings.HasPrefix(local, `"`) {
		return "", quotedLocalPart(local)
	}
	if local, reason = localPart(local); reason != "" {
		return "", reason
	}
	ascii, domain, reason := emailDomain(domain)
	if reason != "" {
		return "", reason
	}
	address = local + "@" + domain
	if reason := lengthReason(s, address, local+"@"+ascii); reason != "" {
		return "", reason
	}
	return address, ""
}

// lengthReason says that an address is too long: as it was read, normalised, or
// with its domain in ASCII, in bytes each time. It is "" when none is.
func lengthReason(read, normal, ascii string) string {
	switch {
	case len(read) > maxEmail && isASCII(read):
		return "The email address is too long (" + tooMany(len(read)-maxEmail) + ")."
	case len(read) > maxEmail:
		return "The email address is too long (" + tooManyOf(read, len(read)-maxEmail) + ")."
	case len(normal) > maxEmail:
		return "The email address is too long after normalization (" + plural(len(normal)-maxEmail, "byte") + " too many)."
	case len(ascii) > maxEmail:
		return "The email address is too long when the part after the @-sign is converted to IDNA ASCII (" + plural(len(ascii)-maxEmail, "byte") + " too many)."
	}
	return ""
}

// tooManyOf says how many characters of s to take away, at least and at most,
// for it to lose so many bytes.
func tooManyOf(s string, bytes int) string {
	widest := 1
	for _, c := range s {
		widest = max(widest, utf8.RuneLen(c))
	}
	return strconv.Itoa(max(1, bytes/widest)) + "-" + tooMany(bytes)
}

// cutUnquoted cuts s around its first @-sign outside quotes.
func cutUnquoted(s string) (before, after string, ok bool) {
	isQuoted, isEscaped := false, false
	for i := range len(s) {
		c := s[i]
		switch {
		case !isQuoted && c == '@':
			return s[:i], s[i+1:], true
		case isEscaped:
			isEscaped = false
		case isQuoted && c == '\\':
			isEscaped = true
		case c == '"':
			isQuoted = !isQuoted
		}
	}
	return s, "", false
}

// quotedLocalPart says what is wrong with a local part in quotes: if nothing
// else, the quotes.
func quotedLocalPart(local string) string {
	closing := -1
	for i := 1; i < len(local); i++ {
		if local[i] == '\\' {
			i++
		} else if local[i] == '"' {
			closing = i
			break
		}
	}
	switch extra := local[closing+1:]; {
	case closing > 0 && extra != "":
		return "Extra character(s) found after close quote: " + displayAll(extra)
	case closing == 1:
		return "There must be something before the @-sign."
	}
	if n := utf8.RuneCountInString(local) - 2 - maxLocalPart; n > 0 {
		return "The email address is too long before the @-sign (" + tooMany(n) + ")."
	}
	return "Quoting the part before the @-sign is not allowed here."
}

// localPart returns the part before the @-sign, or what is wrong with it.
func localPart(local string) (normal, reason string) {
	if local == "" {
		return "", "There must be something before the @-sign."
	}
	if n := utf8.RuneCountInString(local) - maxLocalPart; n > 0 {
		return "", "The email address is too long before the @-sign (" + tooMany(n) + ")."
	}
	if bad := strangers(local, func(c rune) bool {
		return c >= utf8.RuneSelf || isAlphanumeric(c) || strings.ContainsRune("_!#$%&'*+-/=?^`{|}~.", c)
	}); bad != "" {
		return "", "The email address contains invalid characters before the @-sign: " + bad + "."
	}
	switch {
	case strings.HasSuffix(local, "."):
		return "", "An email address cannot have a period immediately before the @-sign."
	case strings.HasPrefix(local, "."):
		return "", "An email address cannot start with a period."
	case strings.Contains(local, ".."):
		return "", "An email address cannot have two periods in a row."
	}
	local = norm.NFC.String(local)
	return local, unsafeReason(local)
}

// unsafeReason names the characters that no address should have: blanks,
// controls, what no font draws, a combining mark at the start.
func unsafeReason(s string) string {
	if isASCII(s) {
		return ""
	}
	var bad []rune
	for i, c := range s {
		switch {
		case unicode.In(c, unicode.L, unicode.N, unicode.P, unicode.S):
		case unicode.In(c, unicode.M) && i > 0:
		default:
			bad = append(bad, c)
		}
	}
	if len(bad) == 0 {
		return ""
	}
	slices.Sort(bad)
	return "The email address contains unsafe characters: " + displayAll(string(slices.Compact(bad))) + "."
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isAlphanumeric(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func tooMany(n int) string { return plural(n, "character") + " too many" }

// strangers lists the characters of s that are not allowed, sorted, each once.
func strangers(s string, isAllowed func(rune) bool) string {
	var bad []string
	for _, c := range s {
		if !isAllowed(c) {
			bad = append(bad, display(c))
		}
	}
	slices.Sort(bad)
	return strings.Join(slices.Compact(bad), ", ")
}

func displayAll(s string) string {
	var shown []string
	for _, c := range s {
		shown = append(shown, display(c))
	}
	return strings.Join(shown, ", ")
}

// display shows a character in quotes, or names it. Python knows every name;
// here it is SPACE's, and the number for the others.
func display(c rune) string {
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
	if c > 0xFFFF {
		return fmt.Sprintf("U+%08X", c)
	}
	return fmt.Sprintf("U+%04X", c)
}
