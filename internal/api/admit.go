package api

import (
	"context"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"

	"intendant/internal/errs"
)

// admit finds the caller and checks that he may use the route.
func (s *Server) admit(r *http.Request, req *Request, route *Route, habits Habits) error {
	caller, err := s.Authenticator.Authenticate(r)
	if err != nil && route.Needs != Public {
		return err
	}
	if err == nil && caller != nil {
		req.Caller = caller
	}
	hasCookie := req.Caller != nil && req.Caller.HasCookie()
	if hasCookie || habits.IsHTML || habits.Params && s.mayBeRepeated(r) {
		if err := s.origins.Check(r); err != nil {
			return errs.New(errs.Forbidden, "cross_origin", "Cross-origin request refused").Because(err)
		}
	}
	if req.Caller != nil || route.Needs == Public {
		if err := route.admitAction(r, hasCookie); err != nil {
			return err
		}
	}
	if route.Needs == Public || route.OpenToLoopback && isLoopback(r) {
		return nil
	}
	if req.Caller == nil {
		return errNoCredential
	}
	if find := route.system.FindDepartement; req.Departement != "" && find != nil {
		if req.DepartementID, err = find(r.Context(), req.Departement); err != nil {
			return err
		}
	}
	if route.Needs != SignedIn && !req.Caller.Can(route.Needs, req.Departement) {
		if err := route.admitOther(r.Context(), req.Caller); err != nil {
			return err
		}
	}
	if route.unless != nil {
		if err := route.unless(r.Context(), req.Caller); err != nil {
			return err
		}
	}
	if route.NeedsElevation && hasCookie && !req.Caller.IsElevated() {
		return ErrElevation
	}
	return nil
}

// admitOther admits a caller without the permission whom the entry has a rule
// for.
func (r *Route) admitOther(ctx context.Context, caller Caller) error {
	if r.or != nil {
		if may, err := r.or(ctx, caller); may || err != nil {
			return err
		}
	}
	return errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
}

var errNoCredential = errs.New(errs.Unauthenticated, "not_authenticated", "Not authenticated")

// mayBeRepeated reports whether the credential is a Basic one that a browser may
// have sent by itself, as it does once it asked for it: a form of another site
// would act in its owner's name. The sites that may call us are trusted.
func (s *Server) mayBeRepeated(r *http.Request) bool {
	_, _, isBasic := r.BasicAuth()
	return isBasic && !s.allowsOrigin(r)
}

// allowsOrigin reports whether pages of the site may call the APIs.
func (s *Server) allowsOrigin(r *http.Request) bool {
	return s.CORSOrigins != nil && allows(s.CORSOrigins(r.Context()), r.Header.Get("Origin"))
}

// allows reports whether a list of origins, "*" for all, has this one.
func allows(origins []string, origin string) bool {
	return slices.Contains(origins, "*") || slices.Contains(origins, origin)
}

// admitAction refuses the requests for an entry that acts on GET which a page
// may have made behind a person's back: what another site's page asks for,
// whatever the credential, and any GET of a browser session.
func (r *Route) admitAction(request *http.Request, hasCookie bool) error {
	if !r.acts {
		return nil
	}
	switch site := request.Header.Get("Sec-Fetch-Site"); {
	case site == "cross-site" || site == "same-site":
		return errs.New(errs.Forbidden, "cross_origin", "Cross-origin request refused")
	case hasCookie && request.Method == http.MethodGet:
		return errs.New(errs.Forbidden, "get_refused", "A browser session must POST")
	}
	return nil
}

// errNotAcceptable is for a format that the entry cannot answer in.
var errNotAcceptable = errs.New(errs.Malformed, "not_acceptable", "Not Acceptable")

// isBrowser reports whether a person at a browser sent the request: it wants
// HTML, and the path names no format.
func isBrowser(r *http.Request, req *Request) bool {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	if req.Route.hasFormats {
		return !req.hasSuffix // other dots belong to names
	}
	return path.Ext(r.URL.Path) == ""
}

// ErrElevation asks a browser session for the password again; the dialect of
// the pages shows the form for it.
var ErrElevation = errs.New(errs.Forbidden, "elevation_required", "Password required again")

// isLoopback reports whether the peer itself, not whom it names, is on this
// machine, and speaks for nobody else.
func isLoopback(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
