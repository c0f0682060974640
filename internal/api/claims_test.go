package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// twins are two systems with an entry each for the same requests; the second
// has formats.
func twins(t testing.TB) *Router {
	t.Helper()
	rt, err := NewRouter(
		&System{Name: "first", Dialect: FastAPI{}, Routes: []Route{
			entry("GET", "list", "/users/list"),
			entry("GET", "one", "/users/{user}").Claims(func(r *http.Request) bool { return r.Header.Get("X-First") != "" }),
			entry("DELETE", "forget", "/users/old/{user}"),
			entry("DELETE", "remove", "/things/{thing}"),
		}},
		&System{Name: "second", Dialect: &Rails{}, Routes: []Route{
			entry("GET", "all", "/users"),
			entry("GET", "user", "/users/{user}"),
			entry("GET", "log", "/users/{user}/log"),
			Patch("change", Public, answer[None, NoContent], "/users/{user}"),
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestClaims(t *testing.T) {
	rt := twins(t)
	for _, tt := range []struct{ method, path, header, want, allowed string }{
		{"GET", "/users/a", "", "user", "user"},
		{"GET", "/users/a", "x", "one", "one"},
		{"GET", "/users/a.json", "", "user", "user"},
		{"GET", "/users/a.json", "x", "one", "one"},
		{"GET", "/users/list", "", "list", "list"},
		{"GET", "/users/list.json", "", "user", "user"},
		{"GET", "/users.xml", "", "all", "all"},
		{"PUT", "/users/list", "", "", "list"},
		{"DELETE", "/users/list", "x", "", "list"},
		{"PUT", "/users/list.json", "", "change", "user"},
		{"GET", "/users/old/log", "", "", "forget"},
		{"GET", "/users/a/log", "", "log", "log"},
		{"PUT", "/users/a", "x", "change", "one"},
		{"PATCH", "/users/a.json", "", "change", "user"},
		{"POST", "/users/a", "", "", "user"},
		{"DELETE", "/things/a.json", "", "remove", "remove"},
		{"GET", "/things.json/a", "", "", ""},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Header.Set("X-First", tt.header)
		m, ok := rt.find(r, tt.method, tt.path)
		if name := nameOf(m.Route); name != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %s (%q): found %q", tt.method, tt.path, tt.header, name)
		}
		if first, _ := rt.allowed(r, tt.path); nameOf(first) != tt.allowed {
			t.Errorf("%s (%q): allows %q", tt.path, tt.header, nameOf(first))
		}
	}
	if m, ok := rt.Lookup("GET", "/users/a"); !ok || m.Route.Name != "one" {
		t.Error("without a request every claim holds")
	}
}

func nameOf(r *Route) string {
	if r == nil {
		return ""
	}
	return r.Name
}

func TestOwnerIsTheLastDeclared(t *testing.T) {
	rt := twins(t)
	for path, want := range map[string]string{
		"/users/x/y": "second", "/users": "second", "/users.pdf": "second", "/things/x/y": "first", "/things.pdf": "", "/x": "", "/": "",
	} {
		got := ""
		if owner := rt.Owner(path); owner != nil {
			got = owner.Name
		}
		if got != want {
			t.Errorf("%s is of %q, want %q", path, got, want)
		}
	}
}

func TestTwinsThatCannotBe(t *testing.T) {
	patch := Patch("change", Public, answer[None, NoContent], "/x/{a}")
	claiming := entry("GET", "some", "/x/{a}").Claims(func(*http.Request) bool { return false })
	for _, tt := range []struct {
		name   string
		routes []Route
		want   string
	}{
		{"put beside patch", []Route{patch, entry("PUT", "b", "/x/{b}")}, "PUT is already"},
		{"patch beside put", []Route{entry("PUT", "b", "/x/{b}"), patch}, "PATCH is already"},
		{"post beside an action", []Route{entry("GET", "a", "/x/{b}").Acts(), entry("POST", "b", "/x/{b}")}, "POST is already"},
		{"a claim after one that takes all", []Route{entry("GET", "a", "/x/{b}"), claiming}, "GET is already"},
		{"a claim before it", []Route{claiming, entry("GET", "a", "/x/{b}")}, ""},
	} {
		_, err := NewRouter(&System{Name: "s", Routes: tt.routes})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestBadRoots(t *testing.T) {
	type of[T any] struct {
		V T `json:"v" root:"true"`
	}
	for _, r := range []Route{
		Post("x", Public, answer[of[string], NoContent], "/x"),
		Post("x", Public, answer[of[*place], NoContent], "/x"),
	} {
		if _, err := NewRouter(&System{Routes: []Route{r}}); err == nil {
			t.Errorf("%s was taken for a root", r.in)
		}
	}
}

func TestFormatLookupAllocates(t *testing.T) {
	rt := twins(t)
	for path, most := range map[string]float64{"/users/first": 1, "/users/first.json": 2, "/users.json": 0} {
		r := httptest.NewRequest("GET", path, nil)
		if n := testing.AllocsPerRun(100, func() { rt.find(r, "GET", path) }); n > most {
			t.Errorf("%s: %.0f allocations", path, n)
		}
	}
}

func FuzzFormats(f *testing.F) {
	rt := twins(f)
	for _, seed := range []string{"/users/a.json", "/users.json", "/.json", "/users/.xml", "/users/a.html/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "/", nil)
		m, ok := rt.find(r, "GET", path)
		if !ok {
			rt.Owner(path)
			return
		}
		if value, found := m.Param("user"); found && value == "" {
			t.Errorf("%q found an empty name", path)
		}
		if first, _ := rt.allowed(r, path); first == nil {
			t.Errorf("%q is found but allows nothing", path)
		}
	})
}
