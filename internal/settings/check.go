package settings

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/internal/errs"
)

const (
	// maxSiteName bounds the name of the site, in characters: it stands beside
	// the menu.
	maxSiteName = 60
	// maxOrigins bounds the list of origins.
	maxOrigins = 50
)

// check returns the function that applies a change, or all that is wrong with
// it.
func (s *Service) check(c Change) (apply func(Settings) Settings, err error) {
	var faults []errs.Fault
	add := func(field, code, message string, ctx map[string]any) {
		faults = append(faults, errs.Fault{Loc: []any{field}, Code: code, Message: message, Ctx: ctx})
	}
	name := ""
	if c.SiteName != nil {
		name = strings.Join(strings.Fields(*c.SiteName), " ")
		if utf8.RuneCountInString(name) > maxSiteName {
			add(siteName, "string_too_long", "Name is too long", map[string]any{"max_length": maxSiteName})
		}
		if strings.ContainsFunc(name, unicode.IsControl) {
			add(siteName, "value_error", "Name has control characters", nil)
		}
	}
	if c.MinPassword != nil {
		switch n := *c.MinPassword; {
		case s.fixed.MinPassword != 0:
			add(minPassword, "setting_fixed", "Fixed when the server was started", nil)
		case n < LeastMinPassword:
			add(minPassword, "greater_than_equal", "Value is too small", map[string]any{"ge": LeastMinPassword})
		case n > MostMinPassword:
			add(minPassword, "less_than_equal", "Value is too large", map[string]any{"le": MostMinPassword})
		}
	}
	var origins []string
	if c.CORSOrigins != nil {
		var bad string
		origins, bad = ParseOrigins(strings.Fields(*c.CORSOrigins))
		switch {
		case s.fixed.CORSOrigins != nil:
			add(corsOrigins, "setting_fixed", "Fixed when the server was started", nil)
		case bad != "":
			add(corsOrigins, "origin_form", "Not an origin: "+bad, map[string]any{"origin": bad})
		case len(origins) > maxOrigins:
			add(corsOrigins, "too_long", "Too many origins", map[string]any{"max_length": maxOrigins})
		}
	}
	return func(v Settings) Settings {
		if c.SiteName != nil {
			v.SiteName = name
		}
		if c.MinPassword != nil {
			v.MinPassword = *c.MinPassword
		}
		if c.CORSOrigins != nil {
			v.CORSOrigins = origins
		}
		return v
	}, errs.Faulty(faults)
}

// ParseOrigins returns origins as a browser writes them in its requests:
// scheme, host in lower case, and port unless it is the scheme's own; "*"
// stays. Each is kept once. bad is the first text that is no origin, "" when
// all are.
func ParseOrigins(texts []string) (origins []string, bad string) {
	for _, text := range texts {
		origin, ok := parseOrigin(text)
		if !ok {
			return nil, text
		}
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins, ""
}

var ownPorts = map[string]string{"http": "80", "https": "443"}

func parseOrigin(text string) (string, bool) {
	if text == "*" {
		return text, true
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || ownPorts[u.Scheme] == "" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.ForceQuery || u.RawQuery != "" || strings.Contains(text, "#") {
		return "", false
	}
	host := strings.ToLower(u.Hostname())
	isIPv6 := strings.Contains(host, ":")
	switch {
	case isIPv6 && net.ParseIP(host) == nil, !isIPv6 && strings.ContainsFunc(host, notOfHost), strings.HasSuffix(u.Host, ":"):
		return "", false
	case u.Port() != "" && u.Port() != ownPorts[u.Scheme]:
		host = net.JoinHostPort(host, u.Port())
	case isIPv6:
		host = "[" + host + "]"
	}
	return u.Scheme + "://" + host, true
}

// notOfHost reports a character that no host has in the header of a browser,
// which writes names in their ASCII form.
func notOfHost(r rune) bool {
	return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' && r != '_'
}
