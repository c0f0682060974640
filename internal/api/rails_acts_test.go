package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"intendant/internal/errs"
)

const session = "Cookie: session=1"

func TestRailsMethodOverride(t *testing.T) {
	ts, _ := newRailsServer(t)
	const noRoute = `404 {"status":404,"error":"Not Found"}`
	field := func(method string) string { return "_method=" + method + "&project[name]=a" }
	for _, tt := range []struct{ name, to, header, body, want string }{
		{"field patch", "POST /projects/7.json", fromForm, field("patch"), "204 "},
		{"field put", "POST /projects/7.json", fromForm, field("PUT"), "204 "},
		{"field delete", "POST /projects/7.json", fromForm, "a=b&_method=delete", "204 "},
		{"field after a slash", "POST /projects/7.json/", fromForm, field("patch"), "204 "},
		{"header", "POST /projects/7.json", "X-HTTP-Method-Override: DELETE", "", "204 "},
		{"header in lower case", "POST /projects/7.json", "X-HTTP-Method-Override: delete", "", "204 "},
		{"header of a GET", "GET /users/a/disable.json", "X-HTTP-Method-Override: DELETE", "", `200 {"user":{"active":false,"username":"a"}}`},
		{"field of another type of body", "POST /projects/7.json", fromJSON, `{"_method":"delete"}`, noRoute},
		{"never a GET", "POST /projects/7.json", fromForm, field("get"), noRoute},
		{"nor anything else", "POST /projects/7.json", fromForm, field("brew"), noRoute},
		{"none", "POST /projects/7.json", fromForm, "a=b", noRoute},
		{"a field over a match", "POST /projects.json", fromForm, field("delete"), noRoute},
		{"put as itself", "PUT /projects/7.json", fromForm, "project[name]=a", "204 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := statusAndBody(t, ts, call{to: tt.to, headers: []string{chef, tt.header}, body: tt.body}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := statusAndBody(t, ts, call{to: "POST /users/list", headers: []string{"X-HTTP-Method-Override: DELETE"}}); got != `405 {"detail":"Method Not Allowed"}` {
		t.Errorf("a system without the habit: %s", got)
	}
}

func TestRailsActions(t *testing.T) {
	ts, _ := newRailsServer(t)
	const (
		done      = `200 {"user":{"active":false,"username":"a"}}`
		forbidden = `403 {"status":403,"error":"Forbidden"}`
		noRoute   = `404 {"status":404,"error":"Not Found"}`
		bearer    = "Authorization: Bearer jeton"
	)
	for _, tt := range []struct {
		name, method string
		headers      []string
		want         string
	}{
		{"basic", "GET", []string{chef}, done},
		{"bearer", "GET", []string{bearer}, done},
		{"basic, from our page", "GET", []string{chef, "Sec-Fetch-Site: same-origin"}, done},
		{"basic, from the address bar", "GET", []string{chef, "Sec-Fetch-Site: none"}, done},
		{"basic, from another site", "GET", []string{chef, "Sec-Fetch-Site: cross-site"}, forbidden},
		{"basic, from a neighbour", "GET", []string{chef, "Sec-Fetch-Site: same-site"}, forbidden},
		{"bearer, from another site", "GET", []string{bearer, "Sec-Fetch-Site: cross-site"}, forbidden},
		{"head", "HEAD", []string{chef}, "404 "},
		{"session by get", "GET", []string{session}, forbidden},
		{"session by post", "POST", []string{session, "Sec-Fetch-Site: same-origin"}, done},
		{"session by post from another site", "POST", []string{session, "Sec-Fetch-Site: cross-site"}, forbidden},
		{"session by post from a neighbour", "POST", []string{session, "Sec-Fetch-Site: same-site"}, forbidden},
		{"basic by post", "POST", []string{chef}, done},
		{"nobody", "GET", nil, "401 " + denied},
		{"nobody, from another site", "GET", []string{"Sec-Fetch-Site: cross-site"}, "401 " + denied},
		{"without the permission", "GET", []string{lecteur}, forbidden},
		{"put", "PUT", []string{chef}, noRoute},
		{"options", "OPTIONS", []string{chef}, noRoute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := call{to: tt.method + " /users/a/disable", headers: append(tt.headers, inJSON)}
			if got := statusAndBody(t, ts, c); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	resp, _ := send(t, ts, call{to: "GET /users/a/disable.json", headers: []string{chef}})
	if resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != noCache {
		t.Errorf("an action may be cached: %v", resp.Header)
	}
}

// formView shows a form again with what is wrong, or leads to the new object.
func formView(ctx context.Context, in projetCreate, out Created[projet], err error) (Result, error) {
	var e *errs.Error
	switch {
	case err == nil:
		return Redirect{To: out.Location}, nil
	case errors.As(err, &e) && (e.Kind == errs.Invalid || e.Kind == errs.Conflict):
		typed := RequestFrom(ctx).Form.Get("project[owner_id]")
		return Page{Status: http.StatusUnprocessableEntity, HTML: fmt.Appendf(nil, "again: %q %q %v", in.Project.Name, typed, err)}, nil
	}
	return nil, err
}

func TestRailsViews(t *testing.T) {
	ts, _ := newRailsServer(t, func(sys *System) {
		sys.Dialect.(*Rails).Pages = testPages{}
		sys.Routes = append(sys.Routes, Get("silent", Public, func(context.Context, None) (NoContent, error) { return NoContent{}, nil }, "/silent"))
		err := errors.Join(
			View(sys.Entry("", "project_create"), formView),
			View(sys.Entry("", "project"), func(_ context.Context, in projetRef, out *projet, err error) (Result, error) {
				if err != nil {
					return nil, fmt.Errorf("project %d: %w", in.ID, err)
				}
				return Page{HTML: []byte("project " + out.Name)}, nil
			}),
			View(sys.Entry("", "silent"), func(context.Context, None, NoContent, error) (Result, error) { return nil, nil }),
		)
		if err != nil {
			t.Fatal(err)
		}
	})
	for _, tt := range []struct {
		name string
		call call
		want string
	}{
		{"page", call{to: "GET /projects/7", headers: []string{chef}}, "200 project Clinic & <North>"},
		{"page of an error", call{to: "GET /projects/8", headers: []string{chef}}, "404 page: unknown"},
		{"json as before", call{to: "GET /projects/8.json", headers: []string{chef}}, `404 {"status":404,"error":"Not Found"}`},
		{"faulty", call{to: "POST /projects", headers: []string{chef, fromForm}, body: "project[name]=a&project[owner_id]=x"}, `422 again: "a" "x" [body project owner_id]: Input should be a valid integer, unable to parse string as an integer; [body project new_db]: Field required`},
		{"refused by the service", call{to: "POST /projects", headers: []string{session, fromForm}, body: "project[name]=orphan&project[owner_id]=1&project[new_db]=0"}, `422 again: "orphan" "1" [body owner_id]: is not included in the list`},
		{"done", call{to: "POST /projects", headers: []string{session, fromForm}, body: "project[name]=a&project[owner_id]=1&project[new_db]=0"}, "303 "},
		{"json ignores the view", call{to: "GET /projects/7.json", headers: []string{session, "If-None-Match: *"}}, "304 "},
		{"from another site", call{to: "POST /projects", headers: []string{session, fromForm, "Sec-Fetch-Site: cross-site"}, body: "project[name]=a"}, "403 page: Cross-origin request refused: cross-origin request detected from Sec-Fetch-Site header"},
		{"no root", call{to: "POST /projects", headers: []string{chef, fromForm}, body: "name=a"}, "400 page: Bad Request: project is missing"},
		{"a view that shows nothing", call{to: "GET /silent"}, "500 page: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, tt.call)
			got := fmt.Sprintf("%d %s", resp.StatusCode, body)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if at := resp.Header.Get("Location"); resp.StatusCode == http.StatusSeeOther && at != "/projects/11" {
				t.Errorf("led to %q", at)
			}
		})
	}
}

func TestViewsThatCannotBe(t *testing.T) {
	sys := &System{Routes: railsRoutes()}
	if err := View(sys.Entry("", "nothing"), formView); err == nil {
		t.Error("an entry that is not there has a view")
	}
	if err := View(sys.Entry("", "project"), formView); err == nil || sys.Entry("", "project").HasView() {
		t.Errorf("a view of other types: %v", err)
	}
}

func TestRailsBasicIsNotRepeatedForAnotherSite(t *testing.T) {
	ts, _ := newRailsServer(t)
	for _, tt := range []struct {
		name, header string
		want         int
	}{
		{"a program", "X-None: 1", http.StatusNoContent},
		{"our own page", "Sec-Fetch-Site: same-origin", http.StatusNoContent},
		{"another site's form", "Sec-Fetch-Site: cross-site", http.StatusForbidden},
		{"another site, an old browser", "Origin: https://evil.example", http.StatusForbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := call{to: "POST /projects/7.json", headers: []string{chef, fromForm, tt.header}, body: "_method=delete"}
			if resp, _ := send(t, ts, c); resp.StatusCode != tt.want {
				t.Errorf("got %d, want %d", resp.StatusCode, tt.want)
			}
		})
	}
}
