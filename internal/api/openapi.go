package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// OpenAPI returns the OpenAPI 3.1 document of a mounted system; see
// [System.OpenAPI]. A system that is not mounted is an error.
func (rt *Router) OpenAPI(system string) ([]byte, error) {
	for _, sys := range rt.systems {
		if sys.Name == system {
			return sys.OpenAPI()
		}
	}
	return nil, fmt.Errorf("no system is called %q", system)
}

// OpenAPI returns the OpenAPI 3.1 document of the system as compact JSON: one
// operation for each path of each entry that is not hidden, in declaration
// order, in the words of FastAPI. The same table always gives the same bytes.
// Two types that want the same schema name are an error, as is an In that
// cannot be bound.
func (sys *System) OpenAPI() ([]byte, error) {
	d := &document{sys: sys, schemas: map[string]*schema{}, owners: map[string]schemaKey{}, names: map[schemaKey]string{}}
	_, d.isFastAPI = sys.Dialect.(FastAPI)
	_, d.isRails = sys.Dialect.(*Rails)
	_, d.isScoDoc = sys.Dialect.(ScoDoc)
	base, servers := sys.documentBase()
	root := docRoot{
		OpenAPI: "3.1.0", Info: docInfo{Title: sys.Title, Description: sys.About, Version: sys.Version}, Servers: servers,
	}
	for i := range sys.Routes {
		r := &sys.Routes[i]
		if r.IsHidden {
			continue
		}
		for _, path := range r.Paths {
			path = withoutConverters(base + path)
			methods, _ := root.Paths.get(path)
			for _, method := range r.documented() {
				op, err := d.operation(r, path, method)
				if err != nil {
					return nil, fmt.Errorf("%s %s: %w", sys.Name, r.Name, err)
				}
				methods.set(strings.ToLower(method), op)
			}
			root.Paths.set(path, methods)
		}
	}
	if d.err != nil {
		return nil, fmt.Errorf("%s: %w", sys.Name, d.err)
	}
	root.Components = d.components()
	var buf bytes.Buffer
	if err := encodeJSON(&buf, root); err != nil {
		return nil, fmt.Errorf("%s: %w", sys.Name, err)
	}
	return buf.Bytes(), nil
}

type docRoot struct {
	OpenAPI    string                       `json:"openapi"`
	Info       docInfo                      `json:"info"`
	Servers    []docServer                  `json:"servers,omitempty"`
	Paths      ordered[ordered[*operation]] `json:"paths"`
	Components ordered[ordered[any]]        `json:"components"`
}

type docInfo struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Version     string `json:"version"`
}

type operation struct {
	Tags        []string              `json:"tags,omitempty"`
	Summary     string                `json:"summary,omitempty"`
	Description string                `json:"description,omitempty"`
	OperationID string                `json:"operationId"`
	Parameters  []parameter           `json:"parameters,omitempty"`
	RequestBody *requestBody          `json:"requestBody,omitempty"`
	Responses   ordered[*docResponse] `json:"responses"`
	Security    []map[string][]string `json:"security,omitempty"`
	IsExtension bool                  `json:"x-intendant-extension,omitempty"`
}

type parameter struct {
	Name     string  `json:"name"`
	In       Source  `json:"in"`
	Required bool    `json:"required"`
	Schema   *schema `json:"schema"`
}

type requestBody struct {
	Required bool               `json:"required,omitempty"`
	Content  ordered[mediaType] `json:"content"`
}

type docResponse struct {
	Description string             `json:"description"`
	Headers     ordered[docHeader] `json:"headers,omitempty"`
	Content     ordered[mediaType] `json:"content,omitempty"`
}

type docHeader struct {
	Description string  `json:"description"`
	Schema      *schema `json:"schema"`
}

type mediaType struct {
	Schema *schema `json:"schema"`
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []member[T]

type member[T any] struct {
	name  string
	value T
}

// set appends a member, or replaces the one of that name.
func (o *ordered[T]) set(name string, value T) {
	for i := range *o {
		if (*o)[i].name == name {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, member[T]{name, value})
}

// get returns the member of that name.
func (o ordered[T]) get(name string) (value T, ok bool) {
	for _, m := range o {
		if m.name == name {
			return m.value, true
		}
	}
	return value, false
}

// MarshalJSON writes the members in order.
func (o ordered[T]) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			buf.WriteByte(',')
		}
		if err := encodeJSON(&buf, m.name); err != nil {
			return nil, err
		}
		buf.WriteByte(':')
		if err := encodeJSON(&buf, m.value); err != nil {
			return nil, err
		}
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// document is an OpenAPI document being built.
type document struct {
	sys       *System
	isFastAPI bool
	isRails   bool
	isScoDoc  bool
	schemas   map[string]*schema
	owners    map[string]schemaKey
	names     map[schemaKey]string
	isSecured bool  // an operation wants a credential
	isChecked bool  // an operation may answer 422
	err       error // the first clash of schema names
}

var converter = regexp.MustCompile(`\{(\w+):\w+\}`)

func withoutConverters(path string) string { return converter.ReplaceAllString(path, "{$1}") }

var (
	nonWord   = regexp.MustCompile(`\W`)
	pathParam = regexp.MustCompile(`\{(\w+)\}`)
)

// operationID is FastAPI's: the function's name, the path, the method.
func operationID(name, path, method string) string {
	return nonWord.ReplaceAllString(name+path, "_") + "_" + strings.ToLower(method)
}

func (d *document) operation(r *Route, path, method string) (*operation, error) {
	p, err := planFor(r.in)
	if err != nil {
		return nil, err
	}
	op := &operation{Summary: r.Summary, Description: r.Description, OperationID: operationID(r.Name, path, method)}
	if r.Family != "" {
		op.Tags = []string{r.Family}
	}
	op.Parameters = d.parameters(p, path)
	op.RequestBody = d.requestBody(r, p, op.OperationID)
	d.success(op, r)
	if d.isFastAPI && (len(op.Parameters) > 0 || op.RequestBody != nil) {
		d.isChecked = true
		op.Responses.set("422", &docResponse{Description: "Validation Error", Content: jsonContent(&schema{Ref: refTo("HTTPValidationError")})})
	}
	if d.isRails {
		d.railsRefusals(op, r)
	}
	if r.Needs != Public {
		d.isSecured = true
		op.Security = []map[string][]string{{d.scheme(): {}}}
	}
	if d.isScoDoc {
		d.scodoc(op, r)
	}
	return op, nil
}

// parameters of one path of an entry: those it names, then the query. An In
// shared by several paths has path fields that some of them lack.
func (d *document) parameters(p *plan, path string) []parameter {
	var list []parameter
	for _, m := range pathParam.FindAllStringSubmatch(path, -1) {
		s := &schema{Type: "string"}
		if i := slices.IndexFunc(p.fields, func(f *Field) bool { return f.Source == FromPath && f.Name == m[1] }); i >= 0 {
			s = d.inPath(p.fields[i])
		}
		s.Title = titleOf(m[1])
		list = append(list, parameter{Name: m[1], In: FromPath, Required: true, Schema: s})
	}
	for _, f := range p.fields {
		if f.Source == FromQuery {
			s := d.input(f)
			s.Title = titleOf(f.Name)
			list = append(list, parameter{Name: f.Name, In: FromQuery, Required: f.Required, Schema: s})
		}
	}
	return list
}

func (d *document) requestBody(r *Route, p *plan, id string) *requestBody {
	if len(p.bodyFields) == 0 {
		return nil
	}
	content := "application/json"
	if p.kind == bodyForm {
		content = "application/x-www-form-urlencoded"
		if slices.ContainsFunc(p.bodyFields, func(f *Field) bool { return f.Source == FromFile }) {
			content = "multipart/form-data"
		}
	}
	if p.kind == bodyBytes {
		return &requestBody{Content: ordered[mediaType]{{"*/*", mediaType{&schema{Type: "string", Format: "binary"}}}}}
	}
	var s *schema
	if whole := p.bodyFields[0]; whole.Source == FromBody {
		s = d.input(whole)
		if s.Ref == "" {
			s.Title = titleOf(whole.Name)
		}
	} else {
		name := schemaName(r.in)
		if name == "" {
			name = "Body_" + id
		}
		s = d.named(schemaKey{r.in, true}, name, func() *schema {
			s := d.object(p.bodyFields)
			nameAnyFile(s)
			return s
		})
	}
	body := &requestBody{Required: !p.bodyOptional, Content: ordered[mediaType]{{content, mediaType{s}}}}
	if d.isRails && p.kind == bodyJSON {
		body.Content = d.railsBodies(p, s)
	}
	return body
}

// success sets the answer of success: no content for a NoContent or a
// redirect, any content for the files and pictures that no dialect writes.
func (d *document) success(op *operation, r *Route) {
	status := http.StatusOK
	resp := &docResponse{Description: "Successful Response"}
	switch r.out {
	case reflect.TypeFor[NoContent]():
		status = http.StatusNoContent
	case reflect.TypeFor[Redirect]():
		status = http.StatusSeeOther
	case reflect.TypeFor[Text]():
		resp.Content = ordered[mediaType]{{"text/plain", mediaType{&schema{Type: "string"}}}}
	case reflect.TypeFor[Page]():
		resp.Content = ordered[mediaType]{{"text/html", mediaType{&schema{Type: "string"}}}}
	default:
		if r.out.Implements(reflect.TypeFor[Result]()) {
			resp.Content = ordered[mediaType]{{"*/*", mediaType{&schema{}}}}
			break
		}
		if d.isRails {
			status = d.railsSuccess(resp, r)
			break
		}
		s := d.output(r.out)
		if s.Ref == "" {
			s.Title = "Response " + titleOf(op.OperationID)
		}
		resp.Content = jsonContent(s)
	}
	op.Responses.set(strconv.Itoa(orStatus(r.Status, status)), resp)
}

func jsonContent(s *schema) ordered[mediaType] {
	return ordered[mediaType]{{"application/json", mediaType{s}}}
}

// scheme names how the system's callers prove who they are.
func (d *document) scheme() string {
	switch {
	case d.isFastAPI:
		return "OAuth2PasswordBearer"
	case d.isRails:
		return "HTTPBasic"
	}
	return "HTTPBearer"
}

func (d *document) components() ordered[ordered[any]] {
	if d.isChecked {
		d.schemas["HTTPValidationError"] = httpValidationError
		d.schemas["ValidationError"] = validationError
	}
	out := ordered[ordered[any]]{}
	var schemas ordered[any]
	for _, name := range sortedKeys(d.schemas) {
		schemas.set(name, d.schemas[name])
	}
	if len(schemas) > 0 {
		out.set("schemas", schemas)
	}
	if d.isSecured {
		const basic = `{"type":"http","scheme":"basic"}`
		text := `{"type":"http","scheme":"bearer"}`
		switch {
		case d.isFastAPI:
			text = `{"type":"oauth2","flows":{"password":{"scopes":{},"tokenUrl":"auth/login"}}}`
		case d.isRails:
			text = basic
		}
		schemes := ordered[any]{{d.scheme(), json.RawMessage(text)}}
		if d.isScoDoc {
			schemes.set("HTTPBasic", json.RawMessage(basic))
		}
		out.set("securitySchemes", schemes)
	}
	return out
}
