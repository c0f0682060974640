package projets_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"intendant/internal/projets/projetstest"
)

// published returns the wing's document as a client without a credential gets
// it.
func (s *site) published() *openapi3.T {
	s.t.Helper()
	a := s.send(request{to: "GET /projets/openapi.json"})
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/json" {
		s.t.Fatalf("%s %v", a.line(), a.Header)
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(a.text))
	if err != nil {
		s.t.Fatal(err)
	}
	return doc
}

func TestOpenAPIIsValid(t *testing.T) {
	s := open(t)
	doc := s.published()
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Info.Title == "" || doc.Info.Version == "" || !strings.Contains(doc.Info.Description, "HTTP Basic") {
		t.Errorf("head: %s %+v", doc.OpenAPI, doc.Info)
	}
	if page := s.send(request{to: "GET /projets/docs"}); page.StatusCode != http.StatusOK || !strings.Contains(page.text, `data-document="/projets/openapi.json"`) {
		t.Errorf("its page: %.300s", page.line())
	}
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// TestOpenAPILint wants of every operation what a reader and a generator of
// clients need.
func TestOpenAPILint(t *testing.T) {
	doc := open(t).published()
	ids := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			entry := method + " " + path
			if op.Summary == "" || len(op.Tags) != 1 || op.OperationID == "" || ids[op.OperationID] || op.Security == nil {
				t.Errorf("%s: summary %q, operationId %q, tags %q, security %v", entry, op.Summary, op.OperationID, op.Tags, op.Security)
			}
			ids[op.OperationID] = true
			for code, answer := range op.Responses.Map() {
				if *answer.Value.Description == "" || len(answer.Value.Content) == 0 && code != "204" {
					t.Errorf("%s: %s says nothing", entry, code)
				}
			}
			for _, wild := range pathParameter.FindAllStringSubmatch(path, -1) {
				if p := op.Parameters.GetByInAndName(openapi3.ParameterInPath, wild[1]); p == nil || !p.Required {
					t.Errorf("%s: parameter %s is not declared", entry, wild[1])
				}
			}
		}
	}
}

// live holds the answers of a running appliance against its document.
type live struct {
	*cells
	doc    *openapi3.T
	called map[string]map[int]bool // statuses by operation
}

// TestLiveAnswersFollowTheDocument calls every operation with success and with
// each refusal that the document declares.
func TestLiveAnswersFollowTheDocument(t *testing.T) {
	l := &live{cells: openMatrix(t), called: map[string]map[int]bool{}}
	projetstest.AddAccount(t, l.Appliance, "personne", password)
	l.doc = l.published()
	for _, ref := range l.doc.Components.Schemas {
		if len(ref.Value.Properties) > 0 {
			ref.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
		}
	}
	for path, item := range l.doc.Paths.Map() {
		for method, op := range item.Operations() {
			l.callOperation(method, path, op)
			for code := range op.Responses.Map() {
				status, err := strconv.Atoi(code)
				if err != nil {
					t.Fatal(err)
				}
				if !l.called[method+" "+path][status] && !(code == "400" && takesAnyText(op)) {
					t.Errorf("%s %s: %s was never answered", method, path, code)
				}
			}
		}
	}
}

// takesAnyText reports whether an operation has no input that could be
// malformed.
func takesAnyText(op *openapi3.Operation) bool {
	return op.RequestBody == nil && !slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool {
		return p.Value.In == openapi3.ParameterInQuery && !p.Value.Schema.Value.Type.Is("string")
	})
}

// wrongValues are bodies whose values are refused, by their root.
var wrongValues = map[string]string{
	"project": `{"project":{"name":""}}`, "owner": `{"owner":{"name":""}}`, "user": `{"user":{"last_name":""}}`,
	"project_user": `{"project_user":{"room_rights":9}}`, "client": `{"client":""}`,
}

func (l *live) callOperation(method, path string, op *openapi3.Operation) {
	place := matrixNames.Replace(path)
	good := request{to: method + " " + place, as: projetstest.AdminName, body: l.body(method, place)}
	if strings.HasSuffix(path, "/logins") && method == http.MethodPost {
		good.as = "superuser" // of project 1
	}
	l.send(method, path, good)

	anonymous, without, unknown := good, good, good
	anonymous.as, without.as = nobody, "personne"
	unknown.to = method + " " + strings.NewReplacer("{id}", "999", "{username}", "absent", "{projectid}", "999", "{dbname}", "absent").Replace(path)
	l.send(method, path, anonymous)
	l.send(method, path, without)
	if unknown.to != good.to {
		l.send(method, path, unknown)
	}
	malformed := good
	if op.RequestBody == nil {
		malformed.to += "?from_date=x&to_date=x&project_id=x&owner_id=x"
		l.send(method, path, malformed)
		return
	}
	malformed.body = "{"
	l.send(method, path, malformed)
	wrong := good
	for root, body := range wrongValues {
		if strings.HasPrefix(good.body, `{"`+root+`"`) {
			wrong.body = body
		}
	}
	l.send(method, path, wrong)
}

// send sends a request and holds both against the document: what is refused may
// break it, its answer may not.
func (l *live) send(method, path string, r request) {
	l.t.Helper()
	r.to, r.body, r.headers = l.filled(r.to), l.filled(r.body), []string{inJSON}
	a := l.site.send(r)
	operation := method + " " + path
	if l.called[operation] == nil {
		l.called[operation] = map[int]bool{}
	}
	l.called[operation][a.StatusCode] = true
	item := l.doc.Paths.Value(path)
	input := &openapi3filter.RequestValidationInput{
		Request: l.asSent(method, r), PathParams: pathParams(path, r.to),
		Route: &routers.Route{Spec: l.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, SkipSettingDefaults: true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{
				openapi3.WithStringFormatValidator("date-time", openapi3.NewRegexpFormatValidator(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)),
			},
		},
	}
	if a.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(l.t.Context(), input); err != nil {
			l.t.Errorf("%s: the request breaks the document: %v", r.to, err)
		}
	}
	if a.Header.Get("Content-Type") == "application/octet-stream" || a.StatusCode == http.StatusUnauthorized {
		return // no JSON
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: a.StatusCode, Header: a.Header, Options: input.Options}
	if err := openapi3filter.ValidateResponse(l.t.Context(), answer.SetBodyBytes([]byte(a.text))); err != nil {
		l.t.Errorf("%s: the answer %d breaks the document: %v\n%s", r.to, a.StatusCode, err, a.text)
	}
}

// asSent is a request as the validator reads it.
func (l *live) asSent(method string, r request) *http.Request {
	l.t.Helper()
	_, at, _ := strings.Cut(r.to, " ")
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.url+at, io.NopCloser(strings.NewReader(r.body)))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req
}

// pathParams reads the parameters of a documented path from the path that was
// sent.
func pathParams(path, to string) map[string]string {
	_, at, _ := strings.Cut(to, " ")
	at, _, _ = strings.Cut(at, "?")
	form := regexp.MustCompile("^" + pathParameter.ReplaceAllString(path, "([^/,]+)") + "$")
	values, params := form.FindStringSubmatch(at), map[string]string{}
	for i, wild := range pathParameter.FindAllStringSubmatch(path, -1) {
		if text, err := url.PathUnescape(values[i+1]); err == nil {
			params[wild[1]] = text
		}
	}
	return params
}
