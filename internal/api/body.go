package api

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

const (
	// DefaultMaxBody is the largest body of a route that says nothing: 1 MiB.
	DefaultMaxBody = 1 << 20
	// maxJSONDepth is how deep arrays and objects may nest.
	maxJSONDepth = 256
	// formMemory is how much of a multipart body stays in memory.
	formMemory = 4 << 20
	// maxDiscard and discardTime bound what is read and thrown away of a body
	// over its limit.
	maxDiscard  = 64 << 20
	discardTime = 10 * time.Second
)

// errUnreadable is FastAPI's answer to a body that cannot be decoded at all.
var errUnreadable = errs.New(errs.Malformed, "body_unreadable", "There was an error parsing the body")

var errBodyTooLarge = errs.New(errs.TooLarge, "body_too_large", "Request body too large")

// readBody reads the body the route expects, within its limit, and checks its
// syntax. What it means is the binder's business.
func readBody(w http.ResponseWriter, r *http.Request, route *Route, src *input) error {
	habits := route.system.Dialect.Habits()
	kind := route.plan.body()
	if kind == bodyNone {
		return nil
	}
	limit := cmp.Or(route.MaxBody, habits.MaxBody, DefaultMaxBody)
	sent := r.Body
	if r.ContentLength > limit {
		// A client that waits for "100 Continue" has sent nothing yet: it is
		// answered instead of being asked for what nobody would read.
		if r.Header.Get("Expect") == "" {
			discard(w, sent)
		}
		return errBodyTooLarge
	}
	r.Body = http.MaxBytesReader(w, sent, limit)
	var err error
	switch {
	case kind == bodyForm:
		err = readForm(r, &src.body)
	case kind == bodyBytes:
		err = readBytes(r, &src.body)
	case habits.Params:
		err = readParams(r, route.plan, &src.body)
	default:
		err = readJSON(r, &src.body, habits)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		discard(w, sent)
		return errBodyTooLarge
	}
	return err
}

// discard reads what a client is still sending, within bounds. Without it the
// connection would close on unread bytes, and the answer be lost to a client
// that reads only once it has written everything.
func discard(w http.ResponseWriter, sent io.Reader) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(discardTime)); err != nil {
		return // nobody may hold a connection
	}
	_, _ = io.CopyN(io.Discard, sent, maxDiscard) // the answer goes out all the same
}

func readBytes(r *http.Request, b *body) error {
	data, err := readAll(r)
	if err != nil {
		return errUnreadable.Because(err)
	}
	b.kind, b.raw = bodyBytes, string(data)
	return nil
}

func readJSON(r *http.Request, b *body, habits Habits) error {
	data, err := readAll(r)
	if err != nil {
		return errUnreadable.Because(err)
	}
	if len(data) == 0 {
		return nil
	}
	if !habits.AnyContentType && !isJSON(r.Header.Get("Content-Type")) {
		b.kind, b.raw = bodyRaw, strings.ToValidUTF8(string(data), "\uFFFD")
		return nil
	}
	parse := jsonvalue.Parse
	if habits.StrictJSON {
		parse = jsonvalue.ParseStrict
	}
	value, err := parse(data, maxJSONDepth)
	var syntax *jsonvalue.SyntaxError
	if errors.As(err, &syntax) {
		return errs.Faulty([]errs.Fault{{
			Loc: []any{"body", syntax.Offset}, Code: "json_invalid", Message: "JSON decode error",
			Input: emptyObject{}, Ctx: map[string]any{"error": syntax.Msg},
		}})
	}
	if err != nil {
		return errUnreadable.Because(err)
	}
	b.kind, b.json = bodyJSON, value
	return nil
}

// emptyObject is written {}: what FastAPI gives as the input of a body that is
// not JSON.
type emptyObject struct{}

// readAll reads the whole body into a buffer of the announced size.
func readAll(r *http.Request) ([]byte, error) {
	var buf bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= DefaultMaxBody {
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err := io.Copy(&buf, r.Body)
	return buf.Bytes(), err
}

// isJSON reports whether FastAPI would parse a body of this type: JSON, a
// "+json" type, or none given.
func isJSON(contentType string) bool {
	switch contentType {
	case "", "application/json":
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		mediaType, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	}
	subtype, ok := strings.CutPrefix(strings.TrimSpace(mediaType), "application/")
	return ok && (subtype == "json" || strings.HasSuffix(subtype, "+json"))
}

// readForm reads a form, URL-encoded or multipart; any other body leaves the
// form empty, and its fields missing.
func readForm(r *http.Request, b *body) error {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	b.kind = bodyForm
	switch mediaType {
	case "multipart/form-data":
		if err := r.ParseMultipartForm(formMemory); err != nil {
			return errUnreadable.Because(err)
		}
		b.form, b.files = r.MultipartForm.Value, r.MultipartForm.File
	case "application/x-www-form-urlencoded":
		data, err := readAll(r)
		if err != nil {
			return errUnreadable.Because(err)
		}
		if b.form, err = url.ParseQuery(string(data)); err != nil {
			return errUnreadable.Because(err)
		}
	default:
		b.form = url.Values{}
	}
	return nil
}
