package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/julienschmidt/httprouter"
)

// System is a wing as the kernel sees it: a dialect and a table of routes
// under one base.
type System struct {
	Name string // "parc"
	// Base stands before every path of the table: "" or "/ScoDoc/api".
	Base string
	// Departmental serves the same table under /ScoDoc/{dept}/api too. Base
	// must then have the form /X/api.
	Departmental bool
	// FindDepartement returns the row of a department named in a path, or
	// NotFound.
	FindDepartement func(ctx context.Context, acronym string) (id int64, err error)
	Dialect         Dialect
	Routes          []Route
	// Title, Version and About head the OpenAPI document.
	Title, Version, About string
}

// Router finds the route of a request.
//
// httprouter forbids a static segment beside a wildcard at the same place, so
// there is one httprouter for each *shape*: the number of segments of a path
// and the places of its wildcards. Parameters are registered by place and
// named from the route. A look-up tries the shapes with the path's number of
// segments, the more static first.
type Router struct {
	systems []*System
	mounts  []*mount // longest base first; the last has base ""
	routes  []*Route
}

// mount is the part of the router under one base.
type mount struct {
	base         string // "/ScoDoc/api"
	root, tail   string // "/ScoDoc/", "/api": the two halves of base
	departmental bool
	system       *System // of a base other than ""
	shapes       map[int][]*shape
	owners       map[string]*System // first segment to the last system with paths under it
	hasFormats   bool               // a system of the mount has the habit
}

// shape is one httprouter: all paths with wildcards at the same places.
type shape struct {
	wild []bool
	tree *httprouter.Router
	leaf map[string]*leaf // by the path as registered
	// static holds the sums of the static segments of each path: httprouter
	// makes a list of parameters even for a path that it does not have.
	static map[uint64]bool
}

// leaf holds the routes that share one registered path, in declaration order.
type leaf struct {
	candidates []candidate
}

// candidate is a route and how it reads the wildcard segments of a leaf.
type candidate struct {
	route    *Route
	segments []wildcard
}

// wildcard reads one segment: "{id:int}", or two names about a comma,
// "{username},{projectid}", split at the last one.
type wildcard struct {
	names []string
	isInt []bool
}

// Match is the route found for a request and the text of its parameters.
type Match struct {
	Route       *Route
	Departement string
	// Format is the one that the path names, "" when it names none or its
	// system does not heed it.
	Format   Format
	segments []wildcard
	values   httprouter.Params
}

// Param returns the text of a path parameter.
func (m *Match) Param(name string) (string, bool) {
	for i, w := range m.segments {
		if !slices.Contains(w.names, name) {
			continue
		}
		if len(w.names) == 1 {
			return m.values[i].Value, true
		}
		left, right, _ := cutLast(m.values[i].Value, ",")
		if name == w.names[0] {
			return left, true
		}
		return right, true
	}
	return "", false
}

// NewRouter builds the router of the systems. A route without permission, a
// bad path, an In that cannot be bound or two routes for the same request are
// faults of the program, all reported at once.
func NewRouter(systems ...*System) (*Router, error) {
	rt := &Router{systems: systems}
	plain := newMount("")
	rt.mounts = append(rt.mounts, plain)
	var faults []error
	for _, sys := range systems {
		m := plain
		if sys.Base != "" {
			m = newMount(sys.Base)
			m.departmental, m.system = sys.Departmental, sys
			rt.mounts = append(rt.mounts, m)
		}
		for i := range sys.Routes {
			r := &sys.Routes[i]
			r.System, r.system, r.order = sys.Name, sys, len(rt.routes)
			r.hasFormats = sys.hasFormats()
			m.hasFormats = m.hasFormats || r.hasFormats
			if err := m.add(r); err != nil {
				faults = append(faults, fmt.Errorf("%s %s: %w", sys.Name, r.Name, err))
			}
			rt.routes = append(rt.routes, r)
		}
	}
	slices.SortStableFunc(rt.mounts, func(a, b *mount) int { return len(b.base) - len(a.base) })
	return rt, errors.Join(faults...)
}

func (sys *System) hasFormats() bool { return sys.Dialect != nil && sys.Dialect.Habits().Formats }

// Routes returns every entry, in declaration order.
func (rt *Router) Routes() []*Route { return rt.routes }

// Systems returns the systems in the order they were given.
func (rt *Router) Systems() []*System { return rt.systems }

func newMount(base string) *mount {
	m := &mount{base: base, shapes: map[int][]*shape{}, owners: map[string]*System{}}
	if i := strings.LastIndexByte(base, '/'); i > 0 {
		m.root, m.tail = base[:i+1], base[i:]
	}
	return m
}

// add registers every path of r.
func (m *mount) add(r *Route) error {
	if r.Needs == "" {
		return errors.New("no permission")
	}
	var err error
	if r.plan, err = planFor(r.in); err != nil {
		return err
	}
	for _, path := range r.Paths {
		if err := m.addPath(r, path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func (m *mount) addPath(r *Route, path string) error {
	if !strings.HasPrefix(path, "/") {
		return errors.New("a path begins with a slash")
	}
	parts := strings.Split(path[1:], "/")
	wild := make([]bool, len(parts))
	var segments []wildcard
	registered := make([]string, len(parts))
	for i, part := range parts {
		registered[i] = part
		if !strings.Contains(part, "{") {
			continue
		}
		w, err := parseWildcard(part)
		if err != nil {
			return err
		}
		wild[i] = true
		registered[i] = fmt.Sprintf(":p%d", i)
		segments = append(segments, w)
	}
	if !wild[0] {
		m.owners[parts[0]] = r.system
	}
	key := "/" + strings.Join(registered, "/")
	lf := m.shapeOf(wild).leafOf(key)
	for _, c := range lf.candidates {
		if c.route.claims == nil && (c.route.answers(r.Method) || c.route.answers(r.twin)) && sameConverters(c.segments, segments) {
			return fmt.Errorf("%s is already the entry %s", r.Method, c.route.Name)
		}
	}
	lf.candidates = append(lf.candidates, candidate{route: r, segments: segments})
	return nil
}

func parseWildcard(part string) (wildcard, error) {
	var w wildcard
	for _, piece := range strings.Split(part, ",") {
		if !strings.HasPrefix(piece, "{") || !strings.HasSuffix(piece, "}") {
			return w, fmt.Errorf("%q is not a whole parameter", part)
		}
		name, converter, _ := strings.Cut(piece[1:len(piece)-1], ":")
		if converter != "" && converter != "int" && converter != "string" {
			return w, fmt.Errorf("unknown converter %q", converter)
		}
		w.names = append(w.names, name)
		w.isInt = append(w.isInt, converter == "int")
	}
	if len(w.names) > 2 {
		return w, fmt.Errorf("%q has more than two parameters", part)
	}
	return w, nil
}

func sameConverters(a, b []wildcard) bool {
	return slices.EqualFunc(a, b, func(x, y wildcard) bool { return slices.Equal(x.isInt, y.isInt) })
}

// shapeOf returns the shape with wildcards at these places, made on first use
// and kept in order: fewer wildcards first, then the later first wildcard.
func (m *mount) shapeOf(wild []bool) *shape {
	list := m.shapes[len(wild)]
	for _, s := range list {
		if slices.Equal(s.wild, wild) {
			return s
		}
	}
	tree := httprouter.New()
	tree.RedirectTrailingSlash, tree.RedirectFixedPath = false, false
	tree.HandleMethodNotAllowed, tree.HandleOPTIONS = false, false
	s := &shape{wild: wild, tree: tree, leaf: map[string]*leaf{}, static: map[uint64]bool{}}
	list = append(list, s)
	slices.SortStableFunc(list, func(a, b *shape) int {
		if d := count(a.wild) - count(b.wild); d != 0 {
			return d
		}
		return slices.Index(b.wild, true) - slices.Index(a.wild, true)
	})
	m.shapes[len(wild)] = list
	return s
}

func count(wild []bool) int {
	n := 0
	for _, w := range wild {
		if w {
			n++
		}
	}
	return n
}

// leafOf returns the leaf of a registered path, made on first use.
func (s *shape) leafOf(key string) *leaf {
	lf, ok := s.leaf[key]
	if !ok {
		lf = &leaf{}
		s.leaf[key] = lf
		s.static[s.staticSum(key)] = true
		s.tree.Handle(anyMethod, key, func(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) {
			w.(*leafCatcher).leaf = lf
		})
	}
	return lf
}

// anyMethod is the one method the trees know: methods are the candidates'
// business, so that a wrong one can be told from an unknown path.
const anyMethod = "ANY"

// leafCatcher lets an httprouter handle say which leaf it stands for.
type leafCatcher struct {
	http.ResponseWriter
	leaf *leaf
}

var catchers = sync.Pool{New: func() any { return new(leafCatcher) }}

// staticSum is the FNV-1a sum of the segments of a path where the shape has no
// wildcard. What stands before the first slash, as in "OPTIONS *", is none.
func (s *shape) staticSum(path string) uint64 {
	sum, segment := uint64(14695981039346656037), -1
	for i := range len(path) {
		if path[i] == '/' {
			segment++
		}
		if segment >= 0 && segment < len(s.wild) && !s.wild[segment] {
			sum = (sum ^ uint64(path[i])) * 1099511628211
		}
	}
	return sum
}

func (s *shape) lookup(path string) (*leaf, httprouter.Params) {
	if !s.static[s.staticSum(path)] {
		return nil, nil
	}
	handle, params, _ := s.tree.Lookup(anyMethod, path)
	if handle == nil {
		return nil, nil
	}
	c := catchers.Get().(*leafCatcher)
	handle(c, nil, params)
	lf := c.leaf
	c.leaf = nil
	catchers.Put(c)
	return lf, params
}

// accepts reports whether the values fit the converters of the candidate.
func (c *candidate) accepts(values httprouter.Params) bool {
	for i, w := range c.segments {
		if len(w.names) == 1 {
			if w.isInt[0] && !isDigits(values[i].Value) {
				return false
			}
			continue
		}
		left, right, ok := cutLast(values[i].Value, ",")
		if !ok || left == "" || right == "" || w.isInt[0] && !isDigits(left) || w.isInt[1] && !isDigits(right) {
			return false
		}
	}
	return true
}

// isDigits reports whether s is an unsigned decimal number that fits int64
// with room to spare.
func isDigits(s string) bool {
	if s == "" || len(s) > 18 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// place returns the mount a path lies under, the rest of the path, and the
// department named in it.
func (rt *Router) place(path string) (m *mount, rest, departement string) {
	for _, m := range rt.mounts {
		if m.base == "" {
			return m, path, ""
		}
		if rest, ok := strings.CutPrefix(path, m.base); ok && (rest == "" || rest[0] == '/') {
			return m, rest, ""
		}
		if !m.departmental || !strings.HasPrefix(path, m.root) {
			continue
		}
		dept, after, ok := strings.Cut(path[len(m.root):], "/")
		if !ok || dept == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(after, m.tail[1:]); ok && (rest == "" || rest[0] == '/') {
			return m, rest, dept
		}
	}
	return nil, path, ""
}
