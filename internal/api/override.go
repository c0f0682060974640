package api

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// maxPeek is how much of a body is searched for a _method, in bytes.
const maxPeek = DefaultMaxBody

// overrideMethod sets the method that a POST says it stands for, in the form
// field _method or else in X-HTTP-Method-Override, and reports whether it did.
// Only what changes things can be asked for: a POST that became a GET would
// escape the check of its origin. The body can still be read from its start.
func overrideMethod(r *http.Request) bool {
	method := strings.ToUpper(methodField(r))
	if method == "" {
		method = strings.ToUpper(r.Header.Get("X-HTTP-Method-Override"))
	}
	switch method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		r.Method = method
		RequestFrom(r.Context()).Method = method
		return true
	}
	return false
}

// methodField returns the _method of a form; "" when there is none within the
// first maxPeek bytes.
func methodField(r *http.Request) string {
	mediaType, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType != "application/x-www-form-urlencoded" && mediaType != "multipart/form-data" {
		return ""
	}
	r.Header.Del("Expect") // reading tells the client to go on
	seen, err := io.ReadAll(io.LimitReader(r.Body, maxPeek))
	rest := r.Body
	if err != nil {
		rest = io.NopCloser(failing{err})
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(seen), rest), r.Body}
	if mediaType == "multipart/form-data" {
		return methodPart(multipart.NewReader(bytes.NewReader(seen), parameters["boundary"]))
	}
	for pair := range strings.SplitSeq(string(seen), "&") {
		if text, ok := strings.CutPrefix(pair, "_method="); ok {
			method, _ := url.QueryUnescape(text)
			return method
		}
	}
	return ""
}

// failing is a reader that broke off before.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// maxMethod is longer than any method, in bytes.
const maxMethod = 16

func methodPart(parts *multipart.Reader) string {
	for {
		part, err := parts.NextPart()
		if err != nil {
			return ""
		}
		if part.FormName() == "_method" {
			text, _ := io.ReadAll(io.LimitReader(part, maxMethod))
			return string(text)
		}
	}
}
