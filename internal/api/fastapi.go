package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"intendant/internal/errs"
)

// FastAPI is the dialect of parc: compact UTF-8 JSON, {"detail": ...} errors
// in the words of FastAPI and pydantic 2.10, 405 with Allow, 307 on a trailing
// slash.
type FastAPI struct{}

// Habits of FastAPI: it parses a JSON body before its dependencies run, hence
// before credentials are looked at.
func (FastAPI) Habits() Habits {
	return Habits{Slash: SlashRedirects, BodyBeforeCredentials: true}
}

// JSONAppender is a value that writes its own compact JSON, for the answers
// whose speed matters.
type JSONAppender interface {
	AppendJSON(dst []byte) []byte
}

// WriteValue writes value as compact JSON without a final newline.
func (FastAPI) WriteValue(w http.ResponseWriter, r *http.Request, status int, value any) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer putBuffer(buf)
	buf.Reset()
	if err := encodeJSON(buf, value); err != nil {
		return err
	}
	return writeJSON(w, r, status, buf.Bytes())
}

// WriteError writes {"detail": [...]} for faults, {"detail": "text"} for the
// rest.
func (d FastAPI) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.As(err)
	if e == nil {
		e = errs.New(errs.Internal, "", "")
	}
	if e.Kind == errs.Invalid && len(e.Faults) > 0 {
		body := append([]byte(`{"detail":`), appendFaults(nil, e.Faults)...)
		writeJSON(w, r, http.StatusUnprocessableEntity, append(body, '}'))
		return
	}
	status, detail := fastAPIStatus[e.Kind], e.Message
	switch e.Kind {
	case errs.Internal:
		detail = "Internal Server Error"
	case errs.Unauthenticated:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case errs.Throttled, errs.Unavailable:
		if e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
		}
	default:
	}
	d.detail(w, r, status, detail)
}

var fastAPIStatus = map[errs.Kind]int{
	errs.Internal:        http.StatusInternalServerError,
	errs.Invalid:         http.StatusUnprocessableEntity,
	errs.Malformed:       http.StatusBadRequest,
	errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden:       http.StatusForbidden,
	errs.NotFound:        http.StatusNotFound,
	errs.Conflict:        http.StatusConflict,
	errs.TooLarge:        http.StatusRequestEntityTooLarge,
	errs.Throttled:       http.StatusTooManyRequests,
	errs.Unavailable:     http.StatusServiceUnavailable,
}

// WriteNoRoute answers 404.
func (d FastAPI) WriteNoRoute(w http.ResponseWriter, r *http.Request) {
	d.detail(w, r, http.StatusNotFound, "Not Found")
}

// WriteWrongMethod answers 405 with Allow.
func (d FastAPI) WriteWrongMethod(w http.ResponseWriter, r *http.Request, allow []string) {
	w.Header().Set("Allow", strings.Join(allow, ", "))
	d.detail(w, r, http.StatusMethodNotAllowed, "Method Not Allowed")
}

func (FastAPI) detail(w http.ResponseWriter, r *http.Request, status int, text string) {
	var buf bytes.Buffer
	if err := encodeJSON(&buf, struct {
		Detail string `json:"detail"`
	}{text}); err != nil {
		panic(err) // a struct of one string always encodes
	}
	writeJSON(w, r, status, buf.Bytes())
}

func writeJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	w.Header()["Content-Type"] = jsonContentType
	return writeBytes(w, r, status, body)
}

var jsonContentType = []string{"application/json"}

// encodeJSON appends value to buf: compact, raw UTF-8, <>& as they are.
func encodeJSON(buf *bytes.Buffer, value any) error {
	if a, ok := value.(JSONAppender); ok {
		if text := a.AppendJSON(buf.AvailableBuffer()); len(text) > buf.Available() {
			*buf = *bytes.NewBuffer(text) // outgrown: text is its own
		} else {
			buf.Write(text)
		}
		return nil
	}
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // the encoder's newline
	if bytes.Contains(buf.Bytes(), []byte(`\u202`)) {
		raw := rawSeparators(buf.Bytes())
		buf.Reset()
		buf.Write(raw)
	}
	return nil
}

// rawSeparators returns JSON with U+2028 and U+2029 as they are: encoding/json
// escapes them whatever it is told.
func rawSeparators(escaped []byte) []byte {
	raw := make([]byte, 0, len(escaped))
	for i := 0; i < len(escaped); {
		switch rest := escaped[i:]; {
		case bytes.HasPrefix(rest, []byte(`\u2028`)):
			raw, i = append(raw, "\u2028"...), i+6
		case bytes.HasPrefix(rest, []byte(`\u2029`)):
			raw, i = append(raw, "\u2029"...), i+6
		case rest[0] == '\\':
			raw, i = append(raw, rest[:2]...), i+2 // what follows is not an escape of its own
		default:
			raw, i = append(raw, rest[0]), i+1
		}
	}
	return raw
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// putBuffer keeps buffers of usual answers, a year of students in full being
// the longest, and lets the rare huge one go.
func putBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= 1<<20 {
		buffers.Put(buf)
	}
}
