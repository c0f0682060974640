package parc_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/demo"
	"intendant/internal/identity"
)

// strictly refuses the members that the document does not name, in every
// object but the refusals: those carry input and ctx, which FastAPI's own
// document leaves out too.
func strictly(doc *openapi3.T) {
	for name, ref := range doc.Components.Schemas {
		if name != "ValidationError" && len(ref.Value.Properties) > 0 {
			ref.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
		}
	}
}

// naiveTime is what FastAPI calls a date-time: it has no zone.
var naiveTime = openapi3.NewRegexpFormatValidator(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`)

// live is a running appliance with sample data, and its document.
type live struct {
	*site
	doc    *openapi3.T
	called map[string]map[int]bool // statuses by operation: "GET /users/list"
}

// exchange is one request at a documented path.
type exchange struct {
	operation string            // "GET /users/{user_id}"
	params    map[string]string // of the path
	query     string
	form      url.Values
	body      string // JSON
	token     string
	status    int // wanted
}

func openLive(t *testing.T) *live {
	t.Helper()
	doc, _ := published(t)
	strictly(doc)
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Server())
	t.Cleanup(func() { srv.Close(); a.Close() })
	if err := demo.LoadSite(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	l := &live{site: &site{Appliance: a, url: srv.URL}, doc: doc, called: map[string]map[int]bool{}}
	roles := map[string]string{}
	for _, name := range []string{identity.Admin, "lecteur"} {
		role, err := a.Identity.RoleByName(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		roles[name] = role.UUID
	}
	l.adminRole = roles[identity.Admin]
	l.admin, l.adminUserID = l.account(t, "chef", l.adminRole)
	l.reader, _ = l.account(t, "consultant", roles["lecteur"])
	l.nobody, _ = l.account(t, "personne", "")
	return l
}

// send makes the exchange and holds request and answer against the document.
// A request meant to be refused may break the document; an answer may not,
// unless its status is one that the document does not declare. It returns the
// decoded answer.
func (l *live) send(t *testing.T, e exchange) any {
	t.Helper()
	method, path, _ := strings.Cut(e.operation, " ")
	item := l.doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		t.Fatalf("%s is not in the document", e.operation)
	}
	req, sent := l.request(t, method, path, e)
	input := &openapi3filter.RequestValidationInput{
		Request: req, PathParams: e.params,
		Route: &routers.Route{Spec: l.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, SkipSettingDefaults: true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidator("date-time", naiveTime)},
		},
	}
	if e.status < 300 {
		if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil {
			t.Errorf("%s: the request breaks the document: %v", e.operation, err)
		}
	}
	req.Body = io.NopCloser(strings.NewReader(sent))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != e.status {
		t.Fatalf("%s: status %d, want %d: %s", e.operation, resp.StatusCode, e.status, text)
	}
	if l.called[e.operation] == nil {
		l.called[e.operation] = map[int]bool{}
	}
	l.called[e.operation][e.status] = true
	if input.Route.Operation.Responses.Status(e.status) != nil {
		answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Options: input.Options}
		if err := openapi3filter.ValidateResponse(t.Context(), answer.SetBodyBytes(text)); err != nil {
			t.Errorf("%s: the answer %d breaks the document: %v\n%s", e.operation, e.status, err, text)
		}
	}
	var value any
	if len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatalf("%s: %v: %s", e.operation, err, text)
		}
	}
	return value
}

// request builds the request of an exchange, and returns its body too.
func (l *live) request(t *testing.T, method, path string, e exchange) (*http.Request, string) {
	t.Helper()
	for name, value := range e.params {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if e.query != "" {
		path += "?" + e.query
	}
	body, contentType := e.body, "application/json"
	if e.form != nil {
		body, contentType = e.form.Encode(), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(t.Context(), method, l.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if e.token != "" {
		req.Header.Set("Authorization", "Bearer "+e.token)
	}
	return req, body
}

// field returns a text member of an object.
func field(t *testing.T, object any, name string) string {
	t.Helper()
	members, _ := object.(map[string]any)
	text, ok := members[name].(string)
	if !ok {
		t.Fatalf("no text %q in %v", name, object)
	}
	return text
}

// good sends an exchange of the administrator that must succeed.
func (l *live) good(t *testing.T, operation string, params map[string]string, body string) any {
	t.Helper()
	status := http.StatusOK
	if strings.HasPrefix(operation, "DELETE ") {
		status = http.StatusNoContent
	}
	return l.send(t, exchange{operation: operation, params: params, body: body, token: l.admin, status: status})
}

type named = map[string]string

// TestLiveAnswersFollowTheDocument calls every operation with success, and
// with faults wherever the document declares some.
func TestLiveAnswersFollowTheDocument(t *testing.T) {
	l := openLive(t)
	l.liveRoles(t)
	l.liveUsers(t)
	l.liveRegistry(t)
	l.liveAuth(t)
	l.liveFaults(t)
	for path, item := range l.doc.Paths.Map() {
		for method, op := range item.Operations() {
			entry := method + " " + path
			for code := range op.Responses.Map() {
				if code == "422" && takesAnyText(op) {
					continue
				}
				if !l.called[entry][statusOf(t, code)] {
					t.Errorf("%s: %s was never answered", entry, code)
				}
			}
		}
	}
}

func statusOf(t *testing.T, code string) int {
	t.Helper()
	var status int
	if err := json.Unmarshal([]byte(code), &status); err != nil {
		t.Fatalf("status %q: %v", code, err)
	}
	return status
}

func (l *live) liveRoles(t *testing.T) {
	l.good(t, "GET /permissions/list", nil, "")
	role := l.good(t, "POST /roles/create", nil, `{"name":"essai","description":"Pour voir","permissions":["users:read"]}`)
	id := field(t, role, "role_id")
	l.good(t, "POST /roles/add_permissions", nil, `{"role_id":"`+id+`","permissions":["clients:read",{"ressource":"roles","action":"read"}]}`)
	l.good(t, "PUT /roles/update", nil, `{"role_id":"`+id+`","description":"Autre","permissions":null}`)
	l.good(t, "GET /roles/list", nil, "")
	l.good(t, "DELETE /roles/{role_id}", named{"role_id": id}, "")
}

func (l *live) liveUsers(t *testing.T) {
	user := l.good(t, "POST /users/create", nil,
		`{"matricule":4711,"nom":"Essai","email":"essai@example.com","password":"cheval-batterie-9","role_id":"`+l.adminRole+`"}`)
	id := field(t, user, "user_id")
	l.good(t, "GET /users/{user_id}", named{"user_id": id}, "")
	l.good(t, "GET /users/{user_id}", named{"user_id": "4711"}, "")
	l.good(t, "PUT /users/update", nil, `{"user_id":"`+id+`","nom":"Autre","email":null}`)
	// One account without role or e-mail shows the members that may be null.
	if _, err := l.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "sans", LastName: "Sans"}); err != nil {
		t.Fatal(err)
	}
	l.good(t, "GET /users/list", nil, "")
	l.good(t, "DELETE /users/delete/{user_id}", named{"user_id": id}, "")
}

func (l *live) liveRegistry(t *testing.T) {
	client := field(t, l.good(t, "POST /clients/register", nil, `{"nom":"Essai","code":4711}`), "client_id")
	l.good(t, "PUT /clients/update", nil, `{"client_id":"`+client+`","nom":"Autre"}`)
	l.good(t, "GET /clients/all", nil, "")
	site := field(t, l.good(t, "POST /client_site/register", nil,
		`{"client_id":"`+client+`","name":"Quai","longitude":9.7,"latitude":4,"description":""}`), "site_id")
	l.good(t, "PUT /client_site/update", nil, `{"site_id":"`+site+`","latitude":-4.5}`)
	equipement := field(t, l.good(t, "POST /equipements/register", nil,
		`{"ip":"10.1.2.3","site_id":"`+site+`","marque":"Cisco","sources":["snmp","ssh"],"port":22,"username":"u","password":"p","description":"","modele":"C9300"}`), "equipement_id")
	l.good(t, "PUT /equipements/update", nil, `{"equipement_id":"`+equipement+`","port":161,"sources":[]}`)
	l.good(t, "GET /client_site/all", nil, "")
	l.good(t, "GET /client_site/{site_id}/all_equipements", named{"site_id": site}, "")
	for _, query := range []string{"", "page=2&size=100", "page=99"} {
		l.send(t, exchange{operation: "GET /equipements/all", query: query, token: l.admin, status: http.StatusOK})
	}
	// Without the permission to see passwords the shape is the same.
	l.send(t, exchange{operation: "GET /equipements/all", token: l.reader, status: http.StatusOK})
	l.good(t, "DELETE /equipements/{equipement_id}", named{"equipement_id": equipement}, "")
	l.good(t, "DELETE /client_site/{site_id}", named{"site_id": site}, "")
	l.good(t, "DELETE /clients/{client_id}", named{"client_id": client}, "")
}

func (l *live) liveAuth(t *testing.T) {
	_, err := l.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "agent", LastName: "Agent", Password: "cheval-batterie-9"})
	if err != nil {
		t.Fatal(err)
	}
	pair := l.send(t, exchange{
		operation: "POST /auth/login", status: http.StatusOK,
		form: url.Values{"grant_type": {"password"}, "username": {"agent"}, "password": {"cheval-batterie-9"}},
	})
	pair = l.send(t, exchange{
		operation: "POST /auth/refresh", body: `{"refresh_token":"` + field(t, pair, "refresh_token") + `"}`, status: http.StatusOK,
	})
	l.send(t, exchange{operation: "POST /auth/logout", token: field(t, pair, "access_token"), status: http.StatusNoContent})
	l.send(t, exchange{operation: "POST /auth/login", form: url.Values{"username": {"agent"}}, status: http.StatusUnprocessableEntity})
}

// takesAnyText reports whether an operation has no input but texts of its
// path: FastAPI declares refusals for it all the same, and never makes one.
func takesAnyText(op *openapi3.Operation) bool {
	for _, p := range op.Parameters {
		if s := p.Value.Schema.Value; !s.Type.Is("string") || s.Format != "" || s.Pattern != "" {
			return false
		}
	}
	return op.RequestBody == nil
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// liveFaults breaks every operation: nobody calls it, somebody without the
// permission, and, where the document declares refusals, with values that are
// none.
func (l *live) liveFaults(t *testing.T) {
	for path, item := range l.doc.Paths.Map() {
		for method, op := range item.Operations() {
			e := exchange{operation: method + " " + path, params: named{}, status: http.StatusUnauthorized}
			for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
				e.params[m[1]] = "pas-un-uuid"
			}
			if path == "/users/{user_id}" { // other values are projets' without a token
				e.params["user_id"] = "00000000-0000-0000-0000-000000000000"
			}
			if op.Security != nil {
				l.send(t, e)
				e.token, e.status = l.nobody, http.StatusForbidden
				if path != "/auth/logout" {
					l.send(t, e)
				}
			}
			if op.Responses.Status(http.StatusUnprocessableEntity) == nil || path == "/auth/login" {
				continue
			}
			e.token, e.status = l.admin, http.StatusUnprocessableEntity
			switch {
			case op.RequestBody != nil:
				e.body = `["pas un objet"]`
			case len(op.Parameters) > len(e.params):
				e.query = "page=x&size=1000"
			}
			if !takesAnyText(op) {
				l.send(t, e)
			}
		}
	}
}
