package appliance_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/scolarite"
)

// awaited are the functions of the published page that are not there yet, by
// its families; "*" stands for a whole family. Take out what you add.
var awaited = map[string][]string{}

// publishedRoute is one line of the published table of the ScoDoc API.
type publishedRoute struct{ family, name, method, permission, path string }

func (r publishedRoute) isAwaited() bool {
	return slices.Contains(awaited[r.family], "*") || slices.Contains(awaited[r.family], r.name)
}

func publishedRoutes(t *testing.T) []publishedRoute {
	t.Helper()
	text, err := os.ReadFile("testdata/routes-scolarite.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var routes []publishedRoute
	for line := range strings.Lines(string(text)) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(c) != 5 {
			t.Fatalf("line %q", line)
		}
		if c[0] != "family" {
			routes = append(routes, publishedRoute{c[0], c[1], c[2], c[3], c[4]})
		}
	}
	if len(routes) != 200 {
		t.Fatalf("%d routes", len(routes))
	}
	return routes
}

var published = regexp.MustCompile(`<(?:(\w+):)?(\w+)>`)

// declared is a published path as the table declares it.
func declared(path string) string {
	return published.ReplaceAllStringFunc(strings.TrimPrefix(path, scolarite.Base), func(p string) string {
		m := published.FindStringSubmatch(p)
		if m[1] == "int" {
			return "{" + m[2] + ":int}"
		}
		return "{" + m[2] + "}"
	})
}

// permitted reports whether an entry asks for the published permission; those
// that ask for none may still want to know who calls.
func permitted(needs api.Permission, permission string) bool {
	if permission == "none" || permission == "authenticated" {
		return needs == api.Public || needs == api.SignedIn
	}
	return needs == api.Permission("scodoc:"+permission)
}

// TestScolariteIsAsPublished holds the table against the published page: each
// function in its family, with its method, its permission and all its paths,
// on both bases; and nothing beside them that does not say it is ours.
func TestScolariteIsAsPublished(t *testing.T) {
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	table := map[string]*api.Route{}
	for _, r := range a.Router.Routes() {
		if r.System != "scolarite" || r.IsExtension {
			continue
		}
		if known := table[r.Name]; known != nil { // its paths answer in several forms
			joined := *known
			joined.Paths = slices.Concat(known.Paths, r.Paths)
			r = &joined
		}
		table[r.Name] = r
	}
	paths := map[string]int{}
	for _, want := range publishedRoutes(t) {
		got := table[want.name]
		switch {
		case got == nil && !want.isAwaited():
			t.Errorf("%s: %s is not there", want.family, want.name)
		case got != nil && want.isAwaited():
			t.Errorf("%s: %s is there, and awaited", want.family, want.name)
		case got != nil:
			paths[want.name]++
			holdAgainst(t, a.Router, got, want)
		}
	}
	for name, r := range table {
		if paths[name] == 0 {
			t.Errorf("%s is not published and does not say it is ours", name)
		}
		if len(r.Paths) != paths[name] {
			t.Errorf("%s has %d paths, %d are published", name, len(r.Paths), paths[name])
		}
	}
}

func holdAgainst(t *testing.T, router *api.Router, got *api.Route, want publishedRoute) {
	t.Helper()
	if got.Family != want.family || got.Method != want.method || !permitted(got.Needs, want.permission) {
		t.Errorf("%s: %s %s %s, published %s %s %s", got.Name, got.Family, got.Method, got.Needs, want.family, want.method, want.permission)
	}
	if path := declared(want.path); !slices.ContainsFunc(got.Paths, func(p string) bool { return strings.ReplaceAll(p, ":string}", "}") == path }) {
		t.Errorf("%s: %s is not among %v", got.Name, path, got.Paths)
	}
	path := published.ReplaceAllStringFunc(want.path, func(p string) string {
		if strings.HasPrefix(p, "<int:") {
			return "7"
		}
		return "mot"
	})
	for _, base := range []string{scolarite.Base, "/ScoDoc/RT/api"} {
		to := base + strings.TrimPrefix(path, scolarite.Base)
		if match, ok := router.Lookup(want.method, to); !ok || match.Route.Name != got.Name {
			t.Errorf("%s %s does not lead to %s", want.method, to, got.Name)
		}
	}
}
