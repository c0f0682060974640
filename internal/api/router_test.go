package api

import (
	"context"
	"slices"
	"strings"
	"testing"
)

func entry(method, name string, paths ...string) Route {
	return Handle(method, name, Public, func(context.Context, None) (NoContent, error) { return NoContent{}, nil }, paths...)
}

func newTestRouter(t testing.TB) *Router {
	t.Helper()
	rt, err := NewRouter(
		&System{Name: "parc", Dialect: FastAPI{}, Routes: []Route{
			entry("GET", "list", "/users/list"),
			entry("GET", "get", "/users/{user_id}"),
			entry("POST", "create", "/users/create"),
			entry("PUT", "update", "/users/update"),
			entry("DELETE", "deactivate", "/users/delete/{user_id}"),
			entry("GET", "site_equipements", "/client_site/{site_id}/all_equipements"),
			entry("GET", "all_sites", "/client_site/all"),
			entry("DELETE", "delete_site", "/client_site/{site_id}"),
			entry("GET", "project_user", "/project_users/{username},{projectid:int}"),
		}},
		&System{Name: "scolarite", Base: "/ScoDoc/api", Departmental: true, Dialect: ScoDoc{}, Routes: []Route{
			entry("GET", "departement", "/departement/{acronym}"),
			entry("GET", "departement_by_id", "/departement/id/{dept_id:int}"),
			entry("GET", "notes", "/evaluation/{evaluation_id:int}/notes"),
			entry("POST", "notes_set", "/evaluation/{evaluation_id:int}/notes"),
			entry("GET", "etudiant", "/etudiant/etudid/{etudid:int}", "/etudiant/nip/{nip}"),
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestRouterLookup(t *testing.T) {
	rt := newTestRouter(t)
	for _, tt := range []struct {
		name, method, path string
		want               string // "" for no route
		params             string
		departement        string
	}{
		{"static beside a wildcard", "GET", "/users/list", "list", "", ""},
		{"wildcard", "GET", "/users/12", "get", "user_id=12", ""},
		{"a method only the static path lacks", "DELETE", "/client_site/all", "delete_site", "site_id=all", ""},
		{"deeper wildcard", "GET", "/client_site/x y/all_equipements", "site_equipements", "site_id=x y", ""},
		{"empty segment", "GET", "/users/", "", "", ""},
		{"wrong method", "PATCH", "/users/list", "", "", ""},
		{"unknown", "GET", "/nulle/part", "", "", ""},
		{"root", "GET", "/", "", "", ""},
		{"two parameters in a segment", "GET", "/project_users/a,b,408", "project_user", "username=a,b projectid=408", ""},
		{"the right part is not digits", "GET", "/project_users/a,b", "", "", ""},
		{"base", "GET", "/ScoDoc/api/departement/RT", "departement", "acronym=RT", ""},
		{"departmental base", "GET", "/ScoDoc/INFO/api/departement/RT", "departement", "acronym=RT", "INFO"},
		{"int refuses letters", "GET", "/ScoDoc/api/evaluation/x/notes", "", "", ""},
		{"int takes digits", "GET", "/ScoDoc/api/evaluation/7/notes", "notes", "evaluation_id=7", ""},
		{"second path of an entry", "GET", "/ScoDoc/RT/api/etudiant/nip/A1", "etudiant", "nip=A1", "RT"},
		{"departmental base alone", "GET", "/ScoDoc/RT/api", "", "", ""},
		{"an int of too many digits", "GET", "/ScoDoc/api/evaluation/99999999999999999999/notes", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := rt.Lookup(tt.method, tt.path)
			if ok != (tt.want != "") {
				t.Fatalf("found = %v", ok)
			}
			if !ok {
				return
			}
			if m.Route.Name != tt.want || m.Departement != tt.departement {
				t.Errorf("got %s in %q", m.Route.Name, m.Departement)
			}
			for _, pair := range strings.Split(tt.params, " ") {
				name, want, ok := strings.Cut(pair, "=")
				if got, _ := m.Param(name); ok && !strings.HasPrefix(got, want) {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestRouterAllowed: a system tells the method of the first route that matches,
// as FastAPI does, or those of all.
func TestRouterAllowed(t *testing.T) {
	rt := newTestRouter(t)
	for path, want := range map[string][]string{
		"/users/update":                   {"GET"}, // the entry "get" matches it and stands first
		"/client_site/all":                {"GET"},
		"/users/delete/7":                 {"DELETE"},
		"/ScoDoc/api/evaluation/7/notes":  {"GET", "POST"},
		"/ScoDoc/RT/api/etudiant/nip/A12": {"GET"},
	} {
		if _, methods := rt.Allowed(path); !slices.Equal(methods, want) {
			t.Errorf("%s allows %v, want %v", path, methods, want)
		}
	}
	if first, _ := rt.Allowed("/nulle"); first != nil {
		t.Errorf("an unknown path allows %s", first.Name)
	}
}

func TestRouterRefusesBadTables(t *testing.T) {
	h := func(context.Context, None) (NoContent, error) { return NoContent{}, nil }
	for _, tt := range []struct {
		name  string
		route Route
		want  string
	}{
		{"no permission", Get("x", "", h, "/x"), "no permission"},
		{"no slash", Get("x", Public, h, "x"), "begins with a slash"},
		{"converter", Get("x", Public, h, "/{a:float}"), "unknown converter"},
		{"half a parameter", Get("x", Public, h, "/a{b}"), "not a whole parameter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewRouter(&System{Name: "s", Routes: []Route{tt.route}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := NewRouter(&System{Name: "s", Routes: []Route{entry("GET", "a", "/x/{a}"), entry("GET", "b", "/x/{b}")}}); err == nil {
		t.Error("two entries for the same request were accepted")
	}
}

func FuzzRouter(f *testing.F) {
	rt := newTestRouter(f)
	for _, seed := range []string{"*", "/users/list", "/ScoDoc/RT/api/etudiant/nip/A1", "/project_users/a,1", "//", "/ScoDoc//api/", ""} {
		f.Add("GET", seed)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		m, ok := rt.Lookup(method, path)
		if !ok {
			rt.Allowed(path)
			rt.Owner(path)
			return
		}
		if m.Route.Method != method {
			t.Errorf("%s %q found the %s entry %s", method, path, m.Route.Method, m.Route.Name)
		}
		for _, w := range m.segments {
			for i, name := range w.names {
				value, found := m.Param(name)
				if !found || value == "" {
					t.Errorf("%q: parameter %s = %q", path, name, value)
				}
				if w.isInt[i] && !isDigits(value) {
					t.Errorf("%q: %s = %q is not digits", path, name, value)
				}
			}
		}
		if _, methods := rt.Allowed(path); len(methods) == 0 {
			t.Errorf("%q is found but allows nothing", path)
		}
	})
}
