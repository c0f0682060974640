package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

const (
	projetsJSON = `200 [{"project":`
	projetsXML  = "200 " + xmlHead + "<projects"
)

func TestRailsFormats(t *testing.T) {
	ts, _ := newRailsServer(t, func(sys *System) {
		if err := View(sys.Entry("", "projects"), func(context.Context, struct {
			Query   string `query:"query" default:""`
			Include string `query:"include" default:""`
		}, any, error,
		) (Result, error) {
			return Page{HTML: []byte("page")}, nil
		}); err != nil {
			t.Fatal(err)
		}
	})
	const page = "200 page"
	for _, tt := range []struct {
		name, path, accept string
		want               string // what the answer begins with
	}{
		{"suffix json", "/projects.json", "", projetsJSON},
		{"suffix xml", "/projects.xml", "", projetsXML},
		{"suffix html", "/projects.html", "application/json", page},
		{"suffix before accept", "/projects.json", "application/xml", projetsJSON},
		{"suffix before an accept nobody serves", "/projects.json", "image/png", projetsJSON},
		{"suffix and slash", "/projects.json/", "", projetsJSON},
		{"no accept", "/projects", "", page},
		{"curl", "/projects", "*/*", page},
		{"anything at a weight", "/projects", "*/*;q=0.8", page},
		{"a browser", "/projects", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", page},
		{"json and anything", "/projects", "application/json, */*", page},
		{"anything and json", "/projects", "*/*,application/json", page},
		{"anything, blank, json", "/projects", "*/* , application/json", page},
		{"html", "/projects", "text/html", page},
		{"any text", "/projects", "text/*", page},
		{"json", "/projects", "application/json", projetsJSON},
		{"json with a parameter", "/projects", "Application/JSON; charset=utf-8", projetsJSON},
		{"text/x-json", "/projects", "text/x-json", projetsJSON},
		{"jsonrequest", "/projects", "application/jsonrequest", projetsJSON},
		{"xml", "/projects", "application/xml", projetsXML},
		{"text/xml", "/projects", "text/xml", projetsXML},
		{"x-xml", "/projects", "application/x-xml", projetsXML},
		{"the first of two", "/projects", "application/xml, application/json", projetsXML},
		{"the heavier of two", "/projects", "application/xml;q=0.5, application/json;q=0.9", projetsJSON},
		{"the served one", "/projects", "image/png, application/json", projetsJSON},
		{"refused by weight zero", "/projects", "application/json;q=0, application/xml", projetsXML},
		{"known, not served", "/projects", "text/csv", "406 "},
		{"unknown", "/projects", "x/y", "406 "},
		{"unserved suffix is no route", "/projects.pdf", "application/json", `404 {"status":404`},
		{"html without a page", "/users", "*/*", "406 "},
		{"html without a page, then json", "/users", "text/html, application/json", `200 [{"user":`},
		{"a file has its own form", "/database/north/get_backup_now", "application/json", "200 SQLite"},
		{"a suffix of a folder is a name", "/database/north.json/get_backup_now", "*/*", "200 SQLite"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{chef}
			if tt.accept != "" {
				headers = append(headers, "Accept: "+tt.accept)
			}
			got := statusAndBody(t, ts, call{to: "GET " + tt.path, headers: headers})
			if !strings.HasPrefix(got, tt.want) || tt.want == "406 " && got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRailsNames(t *testing.T) {
	ts, _ := newRailsServer(t)
	user := func(name string) string { return `200 {"user":{"active":true,"username":"` + name + `"}}` }
	member := func(name string) string { return `200 {"project_user":{"project_id":408,"username":"` + name + `"}}` }
	const noRoute = `404 {"status":404,"error":"Not Found"}`
	for _, tt := range []struct {
		name, to, want string
		headers        []string
	}{
		{"suffix", "GET /users/oyvindb.json", user("oyvindb"), []string{chef}},
		{"accept", "GET /users/oyvindb", user("oyvindb"), []string{chef, inJSON}},
		{"a dot and accept", "GET /users/first.last", user("first.last"), []string{chef, inJSON}},
		{"a dot and a suffix", "GET /users/first.last.json", user("first.last"), []string{chef}},
		{"an existing name wins over the suffix", "GET /users/a.json", user("a.json"), []string{chef, inJSON}},
		{"and takes a suffix itself", "GET /users/a.json.json", user("a.json"), []string{chef}},
		{"encoded", "GET /users/a%2Ejson", user("a.json"), []string{chef, inJSON}},
		{"only a suffix", "GET /users/.json", user(".json"), []string{chef, inJSON}},
		{"two parts", "GET /project_users/oyvindb,408.json", member("oyvindb"), []string{chef}},
		{"two parts, alias", "GET /project_user/oyvindb,408.json", member("oyvindb"), []string{chef}},
		{"encoded comma", "GET /project_users/first.last%2C408", member("first.last"), []string{chef, inJSON}},
		{"the last comma", "GET /project_users/a,b,408.json", member("a,b"), []string{chef}},
		{"no digits", "GET /project_users/oyvindb,x", noRoute, []string{chef, inJSON}},
		{"no comma", "GET /project_users/oyvindb", noRoute, []string{chef, inJSON}},
		{"nothing after the comma", "GET /project_users/oyvindb,.json", noRoute, []string{chef}},
		{"nothing before the comma", "GET /project_users/,408.json", noRoute, []string{chef}},
		{"slash", "GET /users/oyvindb/", user("oyvindb"), []string{chef, inJSON}},
		{"slashes", "GET /users/oyvindb//", user("oyvindb"), []string{chef, inJSON}},
		{"options", "OPTIONS /users/oyvindb", noRoute, []string{chef, inJSON}},
		{"options of a suffix", "OPTIONS /users/oyvindb.json", noRoute, []string{chef}},
		{"wrong method", "PUT /projects.json", noRoute, []string{chef}},
		{"wrong method without a credential", "DELETE /projects", noRoute, []string{inJSON}},
		{"unknown path without a credential", "GET /projects/7/rooms.json", noRoute, nil},
		{"unknown id without a credential", "GET /projects/8.json", "401 " + denied, nil},
		{"a bad credential", "GET /projects/8.json", "401 " + denied, []string{"Authorization: Basic eDp5"}},
		{"another's static path", "GET /users/list", "200 parc: all", []string{chef}},
		{"which has no suffix", "GET /users/list.json", user("list"), []string{chef}},
		{"another's slash redirects", "GET /users/list/", "307 ", []string{chef}},
		{"another claims digits", "GET /users/12", "200 parc: 12", nil},
		{"not with Basic", "GET /users/12", user("12"), []string{chef, inJSON}},
		{"not with a suffix", "GET /users/12.json", user("12"), []string{"Authorization: Bearer jeton"}},
		{"another claims a credential", "GET /users/jdoe", "200 parc: jdoe", []string{"Authorization: Bearer jeton", "X-Parc: 1"}},
		{"the rest under a shared segment", "GET /users/x/y/z.json", noRoute, nil},
		{"a claimed path for other methods", "OPTIONS /users/12", `405 {"detail":"Method Not Allowed"}`, nil},
		{"no system's path", "GET /nowhere", `404 {"detail":"Not Found"}`, nil},
		{"nor with a suffix", "GET /nowhere.json", `404 {"detail":"Not Found"}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := statusAndBody(t, ts, call{to: tt.to, headers: tt.headers}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRailsHeadIsGetWithoutBody(t *testing.T) {
	ts, _ := newRailsServer(t)
	get, _ := send(t, ts, call{to: "GET /projects.json", headers: []string{chef}})
	head, body := send(t, ts, call{to: "HEAD /projects.json", headers: []string{chef}})
	if body != "" || head.StatusCode != 200 || head.ContentLength != get.ContentLength || head.Header.Get("ETag") != get.Header.Get("ETag") {
		t.Errorf("%d, %q, %v", head.StatusCode, body, head.Header)
	}
}

func TestRailsNotModified(t *testing.T) {
	ts, _ := newRailsServer(t)
	resp, _ := send(t, ts, call{to: "GET /projects.json", headers: []string{chef}})
	tag := resp.Header.Get("ETag")
	for _, tt := range []struct {
		name, header string
		want         int
	}{
		{"the tag", tag, 304},
		{"taken as strong", strings.TrimPrefix(tag, "W/"), 304},
		{"one of several", `"x", ` + tag, 304},
		{"any", "*", 304},
		{"another", `W/"x"`, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, call{to: "GET /projects.json", headers: []string{chef, "If-None-Match: " + tt.header}})
			if resp.StatusCode != tt.want || (body == "") != (tt.want == 304) || resp.Header.Get("ETag") != tag || resp.Header.Get("Cache-Control") != revalidate {
				t.Errorf("%d %q %v", resp.StatusCode, body, resp.Header)
			}
		})
	}
	resp, _ = send(t, ts, call{to: "GET /projects.xml", headers: []string{chef}})
	if resp.Header.Get("ETag") == tag {
		t.Error("two formats share a tag")
	}
}

func TestRailsBrowsersAreSentToLogin(t *testing.T) {
	ts, _ := newRailsServer(t)
	const browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for to, want := range map[string]string{
		"GET /projects?query=a":  "/login?next=%2Fprojects%3Fquery%3Da",
		"GET /users/first.last":  "/login?next=%2Fusers%2Ffirst.last",
		"GET /users/oyvindb.xml": "",
	} {
		resp, body := send(t, ts, call{to: to, headers: []string{browser}})
		if got := resp.Header.Get("Location"); got != want || (want == "") != (resp.StatusCode == http.StatusUnauthorized && body == denied) {
			t.Errorf("%s: %d to %q", to, resp.StatusCode, got)
		}
	}
}

func TestRailsPages(t *testing.T) {
	ts, _ := newRailsServer(t, func(sys *System) { sys.Dialect.(*Rails).Pages = testPages{} })
	for _, tt := range []struct {
		call call
		want string
	}{
		{call{to: "GET /projects/x"}, "404 page: no route"},
		{call{to: "DELETE /projects"}, "404 page: no route"},
		{call{to: "DELETE /projects/7", headers: []string{lecteur}}, "403 page: Not enough permissions"},
		{call{to: "GET /projects/x", headers: []string{"Accept: image/png"}}, "404 page: no route"},
		{call{to: "GET /projects/x", headers: []string{inJSON}}, `404 {"status":404,"error":"Not Found"}`},
		{call{to: "PATCH /projects/7", headers: []string{chef, fromJSON}, body: "{"}, "400 page: Bad Request: Expecting property name enclosed in double quotes: char 1"},
		{call{to: "GET /projects", headers: []string{"Accept: x/y"}}, "401 " + denied},
	} {
		if got := statusAndBody(t, ts, tt.call); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.call.to, got, tt.want)
		}
	}
}
