package scolarite_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"intendant/internal/api"
	"intendant/internal/scolarite"
)

// document returns the wing's OpenAPI document as a client without a credential
// gets it. Members that it does not name are refused.
func (s *site) document() *openapi3.T {
	s.t.Helper()
	a := s.send(request{to: "GET openapi.json"})
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/json" {
		s.t.Fatalf("%s %v", a.line(), a.Header)
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(a.body))
	s.must(err)
	for _, ref := range doc.Components.Schemas {
		if len(ref.Value.Properties) > 0 {
			ref.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
		}
	}
	return doc
}

var (
	converter     = regexp.MustCompile(`:\w+\}`)
	pathParameter = regexp.MustCompile(`\{(\w+)\}`)
)

// operation returns what the document says of a route: the same for each of its
// paths but for the parameters there.
func operation(doc *openapi3.T, r *api.Route) *routers.Route {
	path := converter.ReplaceAllString(r.Paths[0], "}")
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(r.Method) == nil {
		return nil
	}
	return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)}
}

// follows reports how an answer breaks the document, nil when it does not.
func follows(t *testing.T, route *routers.Route, status int, header http.Header, body string) error {
	t.Helper()
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: &http.Request{Method: route.Method}, Route: route, Options: options},
		Status:                 status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Options: options,
	})
}

func TestOpenAPIIsValid(t *testing.T) {
	s := openEmpty(t, scolarite.Reference)
	doc := s.document()
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if doc.OpenAPI != "3.1.0" || len(doc.Servers) != 2 || doc.Servers[0].URL != scolarite.Base || doc.Servers[1].URL != "/ScoDoc/{departement}/api" {
		t.Errorf("head: %s %v", doc.OpenAPI, doc.Servers)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			entry := method + " " + path
			if op.Summary == "" || len(op.Tags) != 1 || op.OperationID == "" {
				t.Errorf("%s: summary %q, operationId %q, tags %q", entry, op.Summary, op.OperationID, op.Tags)
			}
			for code, answer := range op.Responses.Map() {
				if *answer.Value.Description == "" || len(answer.Value.Content) == 0 && code != "204" {
					t.Errorf("%s: %s says nothing", entry, code)
				}
			}
			for _, wild := range pathParameter.FindAllStringSubmatch(path, -1) {
				if p := op.Parameters.GetByInAndName(openapi3.ParameterInPath, wild[1]); p == nil || !p.Required || len(p.Schema.Value.AnyOf) > 0 {
					t.Errorf("%s: parameter %s is not declared", entry, wild[1])
				}
			}
		}
	}
}

// TestExamplesFollowTheDocument holds each recorded answer against the OpenAPI
// document.
func TestExamplesFollowTheDocument(t *testing.T) {
	s := openEmpty(t, scolarite.Reference)
	doc := s.document()
	files, err := filepath.Glob(filepath.Join("exemples", "*.txt"))
	s.must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		s.must(err)
		head, body, _ := strings.Cut(string(text), "\n\n")
		method, path, _ := strings.Cut(strings.TrimPrefix(strings.SplitN(head, "\n", 2)[0], "> "), " ")
		path, _, _ = strings.Cut(path, "?")
		match, ok := s.Router.Lookup(method, path)
		if !ok {
			t.Errorf("%s: %s %s leads nowhere", file, method, path)
			continue
		}
		var status int
		var contentType string
		if _, err := fmt.Sscanf(head[strings.LastIndex(head, "< "):], "< %d %s", &status, &contentType); err != nil && status != http.StatusNoContent {
			t.Errorf("%s: %v in %q", file, err, head)
			continue
		}
		route := operation(doc, match.Route)
		if route == nil || route.Operation.Responses.Status(status) == nil && status < http.StatusBadRequest {
			t.Errorf("%s: %s %d is not in the document", file, match.Route.Name, status)
			continue
		}
		if contentType != "application/json" || route.Operation.Responses.Status(status) == nil {
			continue
		}
		if err := follows(t, route, status, http.Header{"Content-Type": {contentType}}, body); err != nil {
			t.Errorf("%s breaks the document: %v", file, err)
		}
	}
}

// TestTheTypeIsInTheDocument: the one entry that wants a type for its body says
// so.
func TestTheTypeIsInTheDocument(t *testing.T) {
	s := openEmpty(t, scolarite.Reference)
	text := s.send(request{to: "GET openapi.json"}).body
	if n := strings.Count(text, `"400":{"description":"Content-Type autre que application/json. Corps illisible, ou valeur qui ne convient pas."`); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// TestRefusalsFollowTheDocument sends each operation without a credential,
// without the permission, and with a body that is none.
func TestRefusalsFollowTheDocument(t *testing.T) {
	s := open(t)
	doc := s.document()
	for _, r := range s.Router.Routes() {
		if r.System != "scolarite" || r.IsHidden {
			continue
		}
		route := operation(doc, r)
		if route == nil {
			t.Errorf("%s is not in the document", r.Name)
			continue
		}
		to := r.Method + " " + strings.TrimPrefix(pathParameter.ReplaceAllString(route.Path, "999999"), "/")
		broken := request{to: to, as: chef, body: "{", headers: []string{"Content-Type: multipart/form-data; boundary=b"}}
		for status, sent := range map[int]request{
			http.StatusUnauthorized: {to: to}, http.StatusForbidden: {to: to, as: other}, http.StatusBadRequest: broken,
		} {
			if route.Operation.Responses.Status(status) == nil {
				continue
			}
			a := s.send(sent)
			if a.StatusCode != status {
				t.Errorf("%s: %s, want %d", to, a.line(), status)
			} else if err := follows(t, route, status, a.Header, a.body); err != nil {
				t.Errorf("%s: the answer %d breaks the document: %v\n%s", to, status, err, a.body)
			}
		}
	}
}

// TestReferenceShowsTheTable wants every entry of the table on the page, and
// nobody asked who he is.
func TestReferenceShowsTheTable(t *testing.T) {
	s := openEmpty(t, scolarite.Reference)
	page := s.send(request{to: "GET doc"})
	if page.StatusCode != http.StatusOK || page.Header.Get("Content-Security-Policy") != api.PagePolicy {
		t.Fatalf("%d %v", page.StatusCode, page.Header)
	}
	for _, r := range s.Router.Routes() {
		if r.System == "scolarite" && !r.IsHidden && !strings.Contains(page.body, ` id="`+r.Name) {
			t.Errorf("%s is not on the page", r.Name)
		}
	}
	if head := s.send(request{to: "HEAD doc"}); head.StatusCode != http.StatusOK || head.body != "" {
		t.Error(head.line())
	}
}
