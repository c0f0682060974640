package api

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documentedRoute is a line of the table of published paths.
type documentedRoute struct{ system, method, path string }

func (d documentedRoute) String() string { return d.method + " " + d.path }

// publishedWildcard is a wildcard of a published path.
var publishedWildcard = regexp.MustCompile(`\{\w+(:int)?\}`)

// sample returns a path that the route must answer.
func (d documentedRoute) sample() string {
	return publishedWildcard.ReplaceAllStringFunc(d.path, func(wild string) string {
		if strings.HasSuffix(wild, ":int}") {
			return "408"
		}
		return "valeur-408"
	})
}

func documentedRoutes(t testing.TB) []documentedRoute {
	t.Helper()
	text, err := os.ReadFile("testdata/documented_routes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var routes []documentedRoute
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != 3 {
			t.Fatalf("not three cells: %q", line)
		}
		routes = append(routes, documentedRoute{cells[0], cells[1], cells[2]})
	}
	return routes
}

// withoutTwins leaves out the routes that a former one hides whatever the
// values: what becomes of those is a decision of the systems, not of the
// router.
func withoutTwins(routes []documentedRoute) (own, twins []documentedRoute) {
	seen := map[string]bool{}
	for _, d := range routes {
		key := d.method + " " + publishedWildcard.ReplaceAllString(d.path, "{$1}")
		if seen[key] {
			twins = append(twins, d)
			continue
		}
		seen[key] = true
		own = append(own, d)
	}
	return own, twins
}

func documentedRouter(t testing.TB, routes []documentedRoute) *Router {
	t.Helper()
	systems := []*System{
		{Name: "parc"},
		{Name: "projets"},
		{Name: "scolarite", Base: "/ScoDoc/api", Departmental: true},
	}
	for _, d := range routes {
		for _, sys := range systems {
			if sys.Name == d.system {
				sys.Routes = append(sys.Routes, entry(d.method, d.String(), strings.TrimPrefix(d.path, sys.Base)))
			}
		}
	}
	rt, err := NewRouter(systems...)
	if err != nil {
		t.Fatal(err)
	}
	if len(rt.Routes()) != len(routes) {
		t.Fatalf("%d routes of %d", len(rt.Routes()), len(routes))
	}
	return rt
}

func TestEveryDocumentedPathFindsItsOwnRoute(t *testing.T) {
	routes, twins := withoutTwins(documentedRoutes(t))
	if len(twins) != 1 || twins[0].String() != "GET /users/{username}" {
		t.Errorf("twins: %v", twins)
	}
	rt := documentedRouter(t, routes)
	for _, d := range routes {
		paths := map[string]string{d.sample(): ""}
		if rest, ok := strings.CutPrefix(d.sample(), "/ScoDoc/"); ok {
			paths["/ScoDoc/RT/"+rest] = "RT"
		}
		for path, departement := range paths {
			m, ok := rt.Lookup(d.method, path)
			if !ok {
				t.Errorf("%s: not found at %s", d, path)
				continue
			}
			if m.Route.Name != d.String() || m.Departement != departement {
				t.Errorf("%s: %s found %s in %q", d, path, m.Route.Name, m.Departement)
			}
		}
	}
}

// TestLookupAllocates allows the list of the parameters and nothing else.
func TestLookupAllocates(t *testing.T) {
	routes, _ := withoutTwins(documentedRoutes(t))
	rt := documentedRouter(t, routes)
	for _, d := range routes {
		path := d.sample()
		if n := testing.AllocsPerRun(100, func() { rt.Lookup(d.method, path) }); n > 1 {
			t.Errorf("%s: %.0f allocations", d, n)
		}
	}
}

func BenchmarkRouterLookup(b *testing.B) {
	routes, _ := withoutTwins(documentedRoutes(b))
	rt := documentedRouter(b, routes)
	paths := make([]string, len(routes))
	for i, d := range routes {
		paths[i] = d.sample()
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d := i % len(routes)
		if _, ok := rt.Lookup(routes[d].method, paths[d]); !ok {
			b.Fatal(paths[d])
		}
	}
}
