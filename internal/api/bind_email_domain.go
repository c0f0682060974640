package api

import (
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// reservedDomains never receive mail (RFC 6761, 6762, 7686). The example names
// are no part of them: RFC 6761 wants them treated like any other.
var reservedDomains = []string{"arpa", "invalid", "local", "localhost", "onion", "test"}

// international maps and checks names as UTS #46 says, without its lengths:
// they have words of their own.
var international = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true), idna.StrictDomainName(false), idna.Transitional(false))

// emailDomain returns the domain in ASCII, and in lower case as it is read, or
// what is wrong with it.
func emailDomain(domain string) (ascii, readable, reason string) {
	if domain == "" {
		return "", "", "There must be something after the @-sign."
	}
	if strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") {
		return "", "", literalReason(domain[1 : len(domain)-1])
	}
	if bad := strangers(domain, func(c rune) bool {
		return c >= utf8.RuneSelf || isAlphanumeric(c) || c == '-' || c == '.'
	}); bad != "" {
		return "", "", "The part after the @-sign contains invalid characters: " + bad + "."
	}
	if reason := unsafeReason(domain); reason != "" {
		return "", "", reason
	}
	if isASCII(domain) {
		ascii = strings.ToLower(domain)
	} else {
		var err error
		ascii, err = international.ToASCII(domain)
		// A character may be mapped to others that no name has: U+02D9 to a blank.
		if err != nil || strings.ContainsFunc(ascii, func(c rune) bool { return !isAlphanumeric(c) && c != '-' && c != '.' }) {
			return "", "", "The part after the @-sign is not a valid internationalized domain name."
		}
	}
	if reason := domainReason(ascii, domain); reason != "" {
		return "", "", reason
	}
	readable = ascii
	if strings.Contains(ascii, "xn--") {
		var err error
		if readable, err = international.ToUnicode(ascii); err != nil {
			return "", "", "The part after the @-sign is not a valid internationalized domain name."
		}
	}
	return ascii, readable, ""
}

// literalReason says what is wrong with what stands in [192.0.2.1]: if nothing
// else, that it is no name.
func literalReason(literal string) string {
	address, isIPv6 := strings.CutPrefix(literal, "IPv6:")
	ip, err := netip.ParseAddr(address)
	switch {
	case err == nil && ip.Is6() == isIPv6:
		return "A bracketed IP address after the @-sign is not allowed here."
	case isIPv6:
		return "The IPv6 address in brackets after the @-sign is not valid."
	case strings.Contains(literal, ":"):
		return "The part after the @-sign contains an invalid address literal tag in brackets."
	}
	return "The part after the @-sign in brackets is not an IPv4 address and has no address literal tag."
}

// domainReason says what is wrong with a domain, read as given and put in
// lower-case ASCII; "" when nothing is.
func domainReason(ascii, read string) string {
	if reason := dotReason(ascii); reason != "" {
		return reason
	}
	if n := len(ascii) - maxDomain; n > 0 && ascii != read {
		return "The email address is too long after the @-sign (" + plural(n, "byte") + " too many after IDNA encoding)."
	} else if n > 0 {
		return "The email address is too long after the @-sign (" + tooMany(n) + ")."
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if len(label) > 3 && label[2:4] == "--" && label[:2] != "xn" {
			return "An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode."
		}
	}
	for _, label := range labels {
		if n := len(label) - maxLabel; n > 0 {
			return "After the @-sign, periods cannot be separated by so many characters (" + tooMany(n) + ")."
		}
	}
	top, last := labels[len(labels)-1], ascii[len(ascii)-1]
	switch {
	case len(labels) == 1:
		return "The part after the @-sign is not valid. It should have a period."
	case last < 'a' || last > 'z':
		return "The part after the @-sign is not valid. It is not within a valid top-level domain."
	case slices.Contains(reservedDomains, top):
		return "The part after the @-sign is a special-use or reserved name that cannot be used with email."
	}
	return ""
}

// dotReason says which period or hyphen is out of place.
func dotReason(domain string) string {
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
