package api

import (
	"cmp"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Format is the form of an answer, as the suffix of a path names it.
type Format string

// The formats of a system with the habit [Habits.Formats].
const (
	FormatHTML Format = "html"
	FormatJSON Format = "json"
	FormatXML  Format = "xml"
)

// cutFormat takes .json, .xml or .html off the last segment of a path; format
// is "" when it has none, or nothing else.
func cutFormat(path string) (bare string, format Format) {
	for _, f := range [...]Format{FormatJSON, FormatXML, FormatHTML} {
		bare, ok := strings.CutSuffix(path, string(f))
		if !ok || !strings.HasSuffix(bare, ".") {
			continue
		}
		bare = bare[:len(bare)-1]
		if bare == "" || bare[len(bare)-1] == '/' {
			return path, ""
		}
		return bare, f
	}
	return path, ""
}

// formatOfType knows the media types of Accept that we write.
var formatOfType = map[string]Format{
	"text/html": FormatHTML, "application/xhtml+xml": FormatHTML, "text/*": FormatHTML, "*/*": FormatHTML,
	"application/json": FormatJSON, "text/x-json": FormatJSON, "application/jsonrequest": FormatJSON, "application/*": FormatJSON,
	"application/xml": FormatXML, "text/xml": FormatXML, "application/x-xml": FormatXML,
}

// browserLike is the Accept that Rails takes for a browser's and ignores.
var browserLike = regexp.MustCompile(`,\s*\*/\*|\*/\*\s*,`)

// acceptedFormat returns the format that the Accept of a request prefers; ""
// when it takes none that we write. Without an Accept, and with one that looks
// like a browser's, that is HTML, which is else passed over when there is no
// page.
func acceptedFormat(h http.Header, hasPage bool) Format {
	accept := strings.TrimSpace(strings.Join(h.Values("Accept"), ","))
	if accept == "" || accept == "*/*" || browserLike.MatchString(accept) {
		return FormatHTML
	}
	type wish struct {
		format Format
		weight float64
	}
	var wishes []wish
	for item := range strings.SplitSeq(accept, ",") {
		mediaType, parameters, _ := strings.Cut(item, ";")
		format, ok := formatOfType[strings.ToLower(strings.TrimSpace(mediaType))]
		weight := weightOf(parameters)
		if ok && weight > 0 && (hasPage || format != FormatHTML) {
			wishes = append(wishes, wish{format, weight})
		}
	}
	if len(wishes) == 0 {
		return ""
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })
	return wishes[0].format
}

// weightOf returns the q of a media type's parameters, 1 when there is none or
// it cannot be read.
func weightOf(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
			if q, err := strconv.ParseFloat(text, 64); err == nil {
				return q
			}
		}
	}
	return 1
}

// serves reports whether the entry can answer in the format: pages need a view,
// files have a form of their own, and an empty answer needs none but for a
// format nobody knows.
func (r *Route) serves(f Format) bool {
	isEmpty := r.out == reflect.TypeFor[NoContent]()
	switch {
	case !isEmpty && r.out.Implements(reflect.TypeFor[Result]()):
		return true
	case f == FormatHTML:
		return isEmpty || r.view != nil
	}
	return f != ""
}

// negotiate sets the format of the answer, which the path or else Accept names.
func (req *Request) negotiate(match *Match) {
	req.Format, req.hasSuffix = match.Format, match.Format != ""
	if !req.hasSuffix {
		req.Format = acceptedFormat(req.Header, match.Route.serves(FormatHTML))
	}
}
