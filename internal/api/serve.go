package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"intendant/internal/errs"
)

// Server answers the requests of a router.
type Server struct {
	Router        *Router
	Authenticator Authenticator
	// Fallback answers the paths that no system owns.
	Fallback Dialect
	Logger   *slog.Logger
	// TrustedProxies may name the client in X-Forwarded-For.
	TrustedProxies []netip.Prefix
	// PublicHost replaces the Host of requests in the addresses we write.
	PublicURL *url.URL
	// CORSOrigins, when set, returns the other sites whose pages may call the
	// APIs, at this moment; "*" for all of them.
	CORSOrigins func(context.Context) []string
	// WithSession, when set, loads and saves the browser session of a request
	// that carries no Authorization.
	WithSession func(http.Handler) http.Handler
	// LoginPath, when set, is the page a browser without credentials is sent
	// to.
	LoginPath string
	// Observe, when set, is told of each answer: the route's first path, or ""
	// when none matched.
	Observe func(route, method string, status int, elapsed time.Duration)

	origins http.CrossOriginProtection
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	req := s.request(r)
	rec := &recorder{ResponseWriter: w}
	r = r.WithContext(WithRequest(r.Context(), req))
	rec.Header()["X-Request-Id"] = []string{req.ID}
	defer s.finish(rec, r, req, start)
	if s.answeredCORS(rec, r) {
		return
	}
	if s.WithSession == nil || r.Header.Get("Authorization") != "" {
		s.answer(rec, rec, r, req)
		return
	}
	s.WithSession(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, rec, r, req)
	})).ServeHTTP(rec, r)
}

// finish turns a panic into the dialect's 500 and tells the observer.
func (s *Server) finish(rec *recorder, r *http.Request, req *Request, start time.Time) {
	p := recover()
	isCut := p == http.ErrAbortHandler
	if p != nil && !isCut {
		s.Logger.Error("panic", "request", req.ID, "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		isCut = rec.status != 0
		if !isCut {
			s.dialectOf(req.Route, r.URL.Path).WriteError(rec, r, errs.New(errs.Internal, "panic", "panic"))
		}
	}
	if s.Observe != nil {
		route := ""
		if req.Route != nil {
			route = req.Route.FullPath()
		}
		s.Observe(route, r.Method, rec.status, time.Since(start))
	}
	if isCut {
		panic(http.ErrAbortHandler) // half an answer is out: cut the connection
	}
}

// request gathers what handlers may know.
func (s *Server) request(r *http.Request) *Request {
	req := &Request{
		ID: uuid.NewString(), Address: clientAddress(r, s.TrustedProxies), UserAgent: r.UserAgent(),
		Method: r.Method, URL: r.URL, Header: r.Header, Host: r.Host, IsTLS: r.TLS != nil,
	}
	if s.PublicURL != nil {
		req.Host, req.IsTLS = s.PublicURL.Host, s.PublicURL.Scheme == "https"
	}
	return req
}

// clientAddress is the address of the peer, or, when the peer is a trusted
// proxy, the last address it added that is not one.
func clientAddress(r *http.Request, trusted []netip.Prefix) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	isTrusted := func(text string) bool {
		a, err := netip.ParseAddr(text)
		return err == nil && slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}
	if len(trusted) == 0 || !isTrusted(host) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
		if !isTrusted(hop) {
			break
		}
	}
	return host
}

// answer climbs the stairs: match, body, credentials, permission, handler.
// rec knows what has been written through w.
func (s *Server) answer(w http.ResponseWriter, rec *recorder, r *http.Request, req *Request) {
	match, ok := s.match(w, r)
	if !ok {
		return
	}
	req.Route, req.Departement = match.Route, match.Departement
	route := match.Route
	dialect := route.system.Dialect
	rec.cacheControl = dialect.Habits().CacheControl
	if route.hasFormats {
		req.negotiate(&match)
	}
	out, err := s.run(w, r, req, &match)
	if err == nil {
		if err = s.write(w, r, route, out); err == nil {
			return
		}
		if rec.status != 0 {
			s.Logger.Warn("answer cut short", "request", req.ID, "path", r.URL.Path, "error", err)
			panic(http.ErrAbortHandler) // half an answer must not look whole
		}
	}
	if s.LoginPath != "" && err == errNoCredential && isBrowser(r, req) {
		next := url.Values{"next": {r.URL.RequestURI()}}
		_ = Redirect{To: s.LoginPath + "?" + next.Encode()}.writeTo(w, r, 0)
		return
	}
	if errs.Is(err, errs.Internal) && r.Context().Err() == nil {
		s.Logger.Error("request failed", "request", req.ID, "method", r.Method, "path", r.URL.Path, "error", err)
	}
	dialect.WriteError(w, r, route.locate(err))
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, route *Route, out any) error {
	if result, ok := out.(Result); ok {
		return result.writeTo(w, r, route.Status)
	}
	return route.system.Dialect.WriteValue(w, r, orStatus(route.Status, http.StatusOK), out)
}

// match finds the route, or answers that there is none.
func (s *Server) match(w http.ResponseWriter, r *http.Request) (Match, bool) {
	path := r.URL.Path
	match, ok := s.lookup(r, path)
	if r.Method == http.MethodPost && s.overrides(match.Route, path) && overrideMethod(r) {
		match, ok = s.lookup(r, path)
	}
	if ok {
		return match, true
	}
	first, allow := s.Router.allowed(r, path)
	trimmed := strings.TrimRight(path, "/")
	if first == nil && trimmed != "" && trimmed != path {
		match, ok := s.lookup(r, trimmed)
		other := match.Route
		if !ok {
			other, _ = s.Router.allowed(r, trimmed)
		}
		if other != nil {
			switch other.system.Dialect.Habits().Slash {
			case SlashRedirects:
				redirectSlash(w, r, trimmed)
				return Match{}, false
			case SlashIgnored:
				if ok {
					return match, true
				}
			case SlashIsNotFound:
			}
		}
	}
	dialect := s.dialectOf(first, path)
	if first != nil {
		dialect.WriteWrongMethod(w, r, allow)
	} else {
		dialect.WriteNoRoute(w, r)
	}
	return Match{}, false
}

// overrides reports whether a POST may stand for another method: as the system
// of the route it found says, or without one the owner of the path.
func (s *Server) overrides(route *Route, path string) bool {
	if route != nil {
		return route.system.Dialect.Habits().MethodOverride
	}
	owner := s.Router.Owner(path)
	return owner != nil && owner.Dialect.Habits().MethodOverride
}

// lookup finds the route, answering HEAD as GET where the wing does and the
// route changes nothing.
func (s *Server) lookup(r *http.Request, path string) (Match, bool) {
	if r.Method != http.MethodHead {
		return s.Router.find(r, r.Method, path)
	}
	match, ok := s.Router.find(r, http.MethodGet, path)
	if ok && (match.Route.acts || !match.Route.system.Dialect.Habits().HeadAsGet) {
		return Match{}, false
	}
	return match, ok
}

// redirectSlash answers 307 to the absolute address without the slash.
func redirectSlash(w http.ResponseWriter, r *http.Request, path string) {
	target := url.URL{Path: path, RawQuery: r.URL.RawQuery}
	w.Header().Set("Location", RequestFrom(r.Context()).PublicURL()+target.String())
	w.WriteHeader(http.StatusTemporaryRedirect)
}

func (s *Server) dialectOf(route *Route, path string) Dialect {
	if route != nil && route.system != nil {
		return route.system.Dialect
	}
	if owner := s.Router.Owner(path); owner != nil {
		return owner.Dialect
	}
	return s.Fallback
}

// run takes a matched request to its handler and returns what it said.
func (s *Server) run(w http.ResponseWriter, r *http.Request, req *Request, match *Match) (any, error) {
	route := match.Route
	habits := route.system.Dialect.Habits()
	src := &input{path: match.Param, query: r.URL.Query(), isLax: habits.Params}
	if habits.BodyBeforeCredentials {
		if err := readBody(w, r, route, src); err != nil {
			return nil, err
		}
	}
	if err := s.admit(r, req, route, habits); err != nil {
		return nil, err
	}
	if route.hasFormats && !route.serves(req.Format) {
		return nil, errNotAcceptable
	}
	if route.NeedsJSONType && !saysJSON(r) {
		return nil, errNotJSON
	}
	if !habits.BodyBeforeCredentials {
		if err := readBody(w, r, route, src); err != nil {
			return nil, err
		}
	}
	req.Form = src.body.form
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	if req.Format == FormatHTML && route.view != nil {
		return route.show(r.Context(), src)
	}
	return route.call(r.Context(), route.plan, src)
}

var errNotJSON = errs.New(errs.Malformed, "content_type", "Content-Type must be application/json")

// saysJSON reports whether a request gives application/json, parameters or not,
// for the type of its body.
func saysJSON(r *http.Request) bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && mediaType == "application/json"
}

// locate completes the faults a service reported by field name alone: where
// the field came from in this route's In.
func (r *Route) locate(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Faults) == 0 {
		return err
	}
	located := *e
	located.Faults = slices.Clone(e.Faults)
	for i, f := range located.Faults {
		name, ok := f.Loc[0].(string)
		if !ok || name == "body" || name == "query" || name == "path" {
			continue
		}
		located.Faults[i].Loc = slices.Concat([]any{r.sourceOf(name)}, f.Loc)
	}
	return &located
}

// Base returns what stands before every path of the route's system.
func (r *Route) Base() string {
	if r.system == nil {
		return ""
	}
	return r.system.Base
}

// FullPath returns the route's first path under its system's base.
func (r *Route) FullPath() string { return r.Base() + r.Paths[0] }

// answeredCORS adds the headers that let pages of the allowed sites call the
// APIs, and answers their preflight requests.
func (s *Server) answeredCORS(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || s.CORSOrigins == nil {
		return false
	}
	origins := s.CORSOrigins(r.Context())
	if len(origins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if !allows(origins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "X-Request-Id, Location, Content-Disposition")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// recorder remembers the status written.
type recorder struct {
	http.ResponseWriter
	status       int
	cacheControl string // for the answers that say nothing of it
}

func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
		if rec.cacheControl != "" {
			setDefault(rec.Header(), "Cache-Control", rec.cacheControl)
		}
	}
	rec.ResponseWriter.WriteHeader(status)
}

func (rec *recorder) Write(b []byte) (int, error) {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	return rec.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }
