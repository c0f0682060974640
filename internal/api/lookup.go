package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// target is what a look-up is made for.
type target struct {
	request *http.Request // nil: every condition holds and no segment is a name
	method  string        // "" for any
	path    string        // below the mount's base
	format  Format        // that the path ends like
	isBare  bool          // it was taken off: only systems that heed it match
}

// Lookup finds the route of a method and a path, whatever it claims. ok is
// false when no route matches both; see [Router.Allowed] then.
func (rt *Router) Lookup(method, path string) (match Match, ok bool) {
	return rt.find(nil, method, path)
}

// find is Lookup for a request, nil for none: it heeds what the routes claim.
func (rt *Router) find(r *http.Request, method, path string) (match Match, ok bool) {
	m, rest, departement := rt.place(path)
	if m == nil {
		return Match{}, false
	}
	t := target{request: r, method: method, path: rest}
	bare := rest
	if m.hasFormats {
		bare, t.format = cutFormat(rest)
	}
	if match, ok = m.find(&t); !ok && t.format != "" {
		t.path, t.isBare = bare, true
		match, ok = m.find(&t)
	}
	match.Departement = departement
	return match, ok
}

// find tries the shapes in order. The first with the path keeps those of other
// systems away: what one system spells out is no name to another.
func (m *mount) find(t *target) (Match, bool) {
	var owner *System
	for _, s := range m.shapes[segments(t.path)] {
		lf, values := s.lookup(t.path)
		if lf == nil {
			continue
		}
		var first *System
		for i := range lf.candidates {
			c := &lf.candidates[i]
			if owner != nil && c.route.system != owner || !c.accepts(values) || !c.takes(t, s, values) {
				continue
			}
			if c.route.answers(t.method) {
				match := Match{Route: c.route, segments: c.segments, values: values}
				if t.isBare {
					match.Format = t.format
				}
				return match, true
			}
			if first == nil {
				first = c.route.system
			}
		}
		if owner == nil {
			owner = first
		}
	}
	return Match{}, false
}

// takes reports whether the candidate answers the path as the target has it,
// with or without its format, and claims the request.
func (c *candidate) takes(t *target, s *shape, values httprouter.Params) bool {
	r := c.route
	switch {
	case t.isBare && !r.hasFormats:
		return false
	case !t.isBare && t.format != "" && r.hasFormats && !r.isName(t, s, values):
		return false
	}
	return r.claims == nil || t.request == nil || r.claims(t.request)
}

// isName reports whether the last segment is a name to the route, be it like
// one with a format.
func (r *Route) isName(t *target, s *shape, values httprouter.Params) bool {
	return r.names != nil && t.request != nil && s.wild[len(s.wild)-1] &&
		r.names(t.request.Context(), values[len(values)-1].Value)
}

// Allowed returns the first route in declaration order whose path matches,
// whatever its method, and the methods that its system says the path has: that
// of the first route, or those of all; nil when none matches.
func (rt *Router) Allowed(path string) (first *Route, methods []string) {
	return rt.allowed(nil, path)
}

// allowed is Allowed for a request, nil for none: it heeds what the routes
// claim.
func (rt *Router) allowed(r *http.Request, path string) (first *Route, methods []string) {
	m, rest, _ := rt.place(path)
	if m == nil {
		return nil, nil
	}
	t := target{request: r, path: rest}
	bare := rest
	if m.hasFormats {
		bare, t.format = cutFormat(rest)
	}
	routes := m.routesAt(&t, nil)
	if t.format != "" {
		t.path, t.isBare = bare, true
		routes = m.routesAt(&t, routes)
	}
	if len(routes) == 0 {
		return nil, nil
	}
	slices.SortFunc(routes, func(a, b *Route) int { return cmp.Compare(a.order, b.order) })
	first = routes[0]
	if !first.system.Dialect.Habits().AllMethods {
		return first, []string{first.Method}
	}
	for _, r := range routes {
		if r.system == first.system && !slices.Contains(methods, r.Method) {
			methods = append(methods, r.Method)
		}
	}
	return first, methods
}

// routesAt appends the routes whose path is the target's.
func (m *mount) routesAt(t *target, routes []*Route) []*Route {
	for _, s := range m.shapes[segments(t.path)] {
		lf, values := s.lookup(t.path)
		if lf == nil {
			continue
		}
		for i := range lf.candidates {
			if c := &lf.candidates[i]; c.accepts(values) && c.takes(t, s, values) {
				routes = append(routes, c.route)
			}
		}
	}
	return routes
}

// Owner returns the system whose paths begin like this one, the last declared
// of several; nil when there is none.
func (rt *Router) Owner(path string) *System {
	m, rest, _ := rt.place(path)
	if m == nil {
		return nil
	}
	if m.system != nil {
		return m.system
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	if owner := m.owners[first]; owner != nil || !m.hasFormats {
		return owner
	}
	name, _, _ := cutLast(first, ".") // "projects.pdf" is a format of projects
	if owner := m.owners[name]; owner != nil && owner.hasFormats() {
		return owner
	}
	return nil
}

func segments(path string) int { return strings.Count(path, "/") }
