package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// dialect answers people: every error is a page that says what to do next.
type dialect struct{ *Admin }

// Habits implements api.Dialect.
func (dialect) Habits() api.Habits {
	return api.Habits{HeadAsGet: true, AllMethods: true, Slash: api.SlashRedirects, IsHTML: true}
}

// WriteValue implements api.Dialect; pages answer with results only.
func (dialect) WriteValue(_ http.ResponseWriter, _ *http.Request, _ int, value any) error {
	return fmt.Errorf("a page answered with a %T", value)
}

// WriteError implements api.Dialect. What needs the password again leads to
// the form for it.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.As(err)
	if e == nil {
		e = errs.New(errs.Internal, "", "")
	}
	if e == api.ErrElevation {
		d.write(w, r, api.Redirect{To: confirmPath + "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()}, nil)
		return
	}
	status := statusOf(e.Kind)
	if e.Kind == errs.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Basic realm="Intendant", charset="UTF-8"`)
	}
	d.writeErrorPage(w, r, status, e)
}

var statusByKind = map[errs.Kind]int{
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

func statusOf(k errs.Kind) int { return statusByKind[k] }

// WriteNoRoute implements api.Dialect.
func (d dialect) WriteNoRoute(w http.ResponseWriter, r *http.Request) {
	d.writeErrorPage(w, r, http.StatusNotFound, errs.New(errs.NotFound, "page_unknown", "Not Found"))
}

// WriteWrongMethod implements api.Dialect.
func (d dialect) WriteWrongMethod(w http.ResponseWriter, r *http.Request, allow []string) {
	w.Header().Set("Allow", strings.Join(allow, ", "))
	d.writeErrorPage(w, r, http.StatusMethodNotAllowed, errs.New(errs.Malformed, "method_wrong", "Method Not Allowed"))
}

// errorPage is what a person sees of an error.
type errorPage struct {
	Status    int
	Message   string
	RequestID string
	Back      string // where the reader came from, "" when unknown
}

func (d dialect) writeErrorPage(w http.ResponseWriter, r *http.Request, status int, e *errs.Error) {
	ctx := r.Context()
	page := errorPage{Status: status, Message: d.errorText(ctx, e), RequestID: api.RequestFrom(ctx).ID, Back: localReferer(r)}
	result, err := d.render(ctx, "error/error", status, page)
	d.write(w, r, result, err)
}

// write sends a result; a template that fails is a fault of the program,
// answered without one.
func (d dialect) write(w http.ResponseWriter, r *http.Request, result api.Result, err error) {
	if err == nil {
		err = api.WriteResult(w, r, result)
	}
	if err != nil {
		d.Logger.Error("error page", "request", api.RequestFrom(r.Context()).ID, "error", err)
	}
}

// localReferer returns the path of the page the reader came from, "" when it
// is not ours.
func localReferer(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return localPath(u.RequestURI(), "")
}

// localPath returns a path of this server that a request named, or fallback:
// nobody is sent to another site.
func localPath(text, fallback string) string {
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(text, "//") || strings.ContainsAny(text, "\\\r\n\t") {
		return fallback
	}
	return u.String()
}

// Fallback answers the paths that no system owns: a page for browsers, JSON
// for programs.
func (a *Admin) Fallback() api.Dialect { return fallback{page: dialect{a}} }

type fallback struct {
	api.FastAPI
	page dialect
}

func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// WriteNoRoute implements api.Dialect.
func (f fallback) WriteNoRoute(w http.ResponseWriter, r *http.Request) {
	if wantsPage(r) {
		f.page.WriteNoRoute(w, r)
		return
	}
	f.FastAPI.WriteNoRoute(w, r)
}

// WriteError implements api.Dialect.
func (f fallback) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	if wantsPage(r) {
		f.page.WriteError(w, r, err)
		return
	}
	f.FastAPI.WriteError(w, r, err)
}
