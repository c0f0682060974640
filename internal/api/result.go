package api

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"intendant/internal/errs"
)

// Result is an answer that no dialect writes: files, images, plain text,
// redirects, pages, nothing.
type Result interface {
	writeTo(w http.ResponseWriter, r *http.Request, status int) error
}

// WriteResult writes a result outside of a route: the page of an error.
func WriteResult(w http.ResponseWriter, r *http.Request, result Result) error {
	return result.writeTo(w, r, 0)
}

// NoContent answers 204 and no body.
type NoContent struct{}

func (NoContent) writeTo(w http.ResponseWriter, _ *http.Request, status int) error {
	if status == 0 {
		status = http.StatusNoContent
	}
	w.WriteHeader(status)
	return nil
}

// File answers with the bytes of Content. Range requests and If-Modified-Since
// are honoured when Content can seek.
type File struct {
	Name        string // offered to the person who downloads it
	ContentType string
	Content     io.Reader // closed after writing when it is an io.Closer
	Size        int64     // in bytes, -1 when unknown
	Modified    time.Time // zero when unknown
	// IsExactDate makes If-Modified-Since hold for the very date of Modified
	// alone: a later one is that of something else that stood here before.
	IsExactDate bool
	ETag        string // quoted, "" for none
	// Inline shows the file in the browser instead of saving it.
	Inline bool
	// CacheControl is sent as it stands; "" means "no-store".
	CacheControl string
	// Policy replaces the Content-Security-Policy that protects inline files.
	Policy string
}

func (f File) writeTo(w http.ResponseWriter, r *http.Request, status int) error {
	if c, ok := f.Content.(io.Closer); ok {
		defer c.Close()
	}
	h := w.Header()
	h.Set("Content-Type", f.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	setDefault(h, "Content-Security-Policy", orElse(f.Policy, "default-src 'none'; sandbox"))
	h.Set("Cache-Control", orElse(f.CacheControl, "no-store"))
	if f.Name != "" || !f.Inline {
		h.Set("Content-Disposition", disposition(f.Inline, f.Name))
	}
	if f.ETag != "" {
		h.Set("ETag", f.ETag)
	}
	if seeker, ok := f.Content.(io.ReadSeeker); ok && status == 0 {
		if f.IsExactDate && r.Header.Get("If-Modified-Since") != f.Modified.UTC().Format(http.TimeFormat) {
			r = r.Clone(r.Context())
			r.Header.Del("If-Modified-Since")
		}
		http.ServeContent(w, r, f.Name, f.Modified, seeker)
		return nil
	}
	if f.Size >= 0 {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	w.WriteHeader(orStatus(status, http.StatusOK))
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := io.Copy(w, f.Content)
	return err
}

// disposition says what a browser is to do with a file, and its name: between
// quotes, or as RFC 6266 writes one that is not ASCII.
func disposition(isInline bool, name string) string {
	kind := "attachment"
	if isInline {
		kind = "inline"
	}
	if name == "" {
		return kind
	}
	text := mime.FormatMediaType(kind, map[string]string{"filename": name})
	if plain, ok := strings.CutPrefix(text, kind+"; filename="); ok && !strings.HasPrefix(plain, `"`) {
		return kind + `; filename="` + plain + `"`
	}
	return text
}

// Stream answers with what Write writes, as it comes.
type Stream struct {
	Name        string
	ContentType string
	Write       func(w io.Writer) error
}

func (s Stream) writeTo(w http.ResponseWriter, r *http.Request, status int) error {
	h := w.Header()
	h.Set("Content-Type", s.ContentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if s.Name != "" {
		h.Set("Content-Disposition", disposition(false, s.Name))
	}
	w.WriteHeader(orStatus(status, http.StatusOK))
	if r.Method == http.MethodHead {
		return nil
	}
	return s.Write(w)
}

// Image answers with a picture shown in the page. It may be kept for MaxAge.
type Image struct {
	ContentType string
	Bytes       []byte
	Modified    time.Time
	MaxAge      time.Duration
}

func (i Image) writeTo(w http.ResponseWriter, r *http.Request, status int) error {
	h := w.Header()
	h.Set("Content-Type", i.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	setDefault(h, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cache-Control", fmt.Sprintf("private, max-age=%d", int(i.MaxAge.Seconds())))
	return writeBytes(w, r, orStatus(status, http.StatusOK), i.Bytes)
}

// Text answers with plain UTF-8 text.
type Text string

func (t Text) writeTo(w http.ResponseWriter, r *http.Request, status int) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	return writeBytes(w, r, orStatus(status, http.StatusOK), []byte(t))
}

// Redirect sends the client elsewhere: 303 unless the route says otherwise.
type Redirect struct {
	To     string
	Cookie *http.Cookie // set on the way, nil for none
}

func (d Redirect) writeTo(w http.ResponseWriter, r *http.Request, status int) error {
	if d.Cookie != nil {
		http.SetCookie(w, d.Cookie)
	}
	w.Header().Set("Location", d.To)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(orStatus(status, http.StatusSeeOther))
	return nil
}

// Page is a whole HTML page, rendered before its status is known to the wire.
type Page struct {
	Status int // 0 means 200
	HTML   []byte
	// Policy replaces the usual Content-Security-Policy.
	Policy string
	// Referrer is the Referrer-Policy; "" means "same-origin".
	Referrer string
}

// PagePolicy is the Content-Security-Policy of every page: nothing but our own
// files, no inline script or style, no frame.
const PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (p Page) writeTo(w http.ResponseWriter, r *http.Request, status int) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", orElse(p.Policy, PagePolicy))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", orElse(p.Referrer, "same-origin"))
	setDefault(h, "Cache-Control", "no-store")
	return writeBytes(w, r, orStatus(p.Status, orStatus(status, http.StatusOK)), p.HTML)
}

// Form is embedded in the In of a page's form. The handler is then called even
// when values are faulty, and shows the form again; or, of an API, finds first
// what the path names.
type Form struct {
	Values url.Values   // as typed
	Faults []errs.Fault // what the binding found
}

type formTaker interface {
	takeForm(values url.Values, faults []errs.Fault)
}

func (f *Form) takeForm(values url.Values, faults []errs.Fault) {
	f.Values, f.Faults = values, faults
}

// writeBytes writes a body of known length.
func writeBytes(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(body)
	return err
}

func setDefault(h http.Header, key, value string) {
	if h.Get(key) == "" {
		h.Set(key, value)
	}
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func orStatus(status, fallback int) int {
	if status == 0 {
		return fallback
	}
	return status
}
