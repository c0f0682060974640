package api

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
)

// documented returns the methods of the entry that its document shows: not the
// POST that a GET which acts takes from a browser.
func (r *Route) documented() []string {
	if r.acts {
		return []string{r.Method}
	}
	return r.Methods()
}

// railsBodies are the media types a body may have. A document of XML has one
// root, so that a body of several members cannot be written in it.
func (d *document) railsBodies(p *plan, s *schema) ordered[mediaType] {
	content := ordered[mediaType]{{"application/json", mediaType{s}}}
	if len(p.bodyFields) == 1 {
		content.set("application/xml", mediaType{d.input(p.bodyFields[0])})
	}
	content.set("application/x-www-form-urlencoded", mediaType{s})
	return content
}

// railsSuccess completes the answer of success, the value under its root, and
// returns the status.
func (d *document) railsSuccess(resp *docResponse, r *Route) int {
	t, status := r.out, http.StatusOK
	if t.Implements(reflect.TypeFor[maker]()) {
		t, status = t.Field(0).Type, http.StatusCreated
		resp.Headers = ordered[docHeader]{{"Location", docHeader{"Address of the new object", &schema{Type: "string", Format: "uri"}}}}
	}
	resp.Content = ordered[mediaType]{
		{"application/json", mediaType{d.rooted(t, true)}},
		{"application/xml", mediaType{d.rooted(t, false)}},
	}
	if r.view != nil && status == http.StatusOK { // a page that creates leads elsewhere
		resp.Content.set("text/html", mediaType{&schema{Type: "string"}})
	}
	return status
}

// rooted is the schema of a value and, in JSON, of the object around it. In XML
// the root is the document's element.
func (d *document) rooted(t reflect.Type, isJSON bool) *schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice:
		return &schema{Type: "array", Items: d.rooted(t.Elem(), isJSON)}
	case reflect.Struct:
		if root := rootOf(t); root != "" && isJSON {
			return &schema{Type: "object", Properties: ordered[*schema]{{root, d.output(t)}}, Required: []string{root}}
		}
	default:
	}
	return d.output(t)
}

// booleanSent is the schema of a boolean as programs send it: true, 1 or "1".
func booleanSent() *schema {
	least, most := 0.0, 1.0
	return &schema{AnyOf: []*schema{
		{Type: "boolean"}, {Type: "integer", Minimum: &least, Maximum: &most}, {Type: "string", Enum: []string{"0", "1", "false", "true"}},
	}}
}

// The schemas of Rails' refusals. In XML, errors are a list of sentences.
var (
	railsErrors = &schema{
		Properties: ordered[*schema]{
			{"errors", &schema{Type: "object", AdditionalProperties: &schema{Type: "array", Items: &schema{Type: "string"}}}},
		},
		Type: "object", Required: []string{"errors"}, Title: "AttributeErrors",
	}
	railsErrorsXML   = &schema{Type: "array", Items: &schema{Type: "string"}, Title: "ErrorMessages"}
	railsErrorStatus = &schema{
		Properties: ordered[*schema]{{"status", &schema{Type: "integer"}}, {"error", &schema{Type: "string"}}},
		Type:       "object", Required: []string{"status", "error"}, Title: "ErrorStatus",
	}
)

// railsRefusals adds the answers that are no success.
func (d *document) railsRefusals(op *operation, r *Route) {
	refuse := func(status int, inJSON, inXML *schema) {
		d.schemas[inJSON.Title], d.schemas[inXML.Title] = inJSON, inXML
		op.Responses.set(strconv.Itoa(status), &docResponse{
			Description: http.StatusText(status),
			Content: ordered[mediaType]{
				{"application/json", mediaType{&schema{Ref: refTo(inJSON.Title)}}},
				{"application/xml", mediaType{&schema{Ref: refTo(inXML.Title)}}},
			},
		})
	}
	isIn := func(source Source) bool {
		return slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.In == source })
	}
	if isIn(FromQuery) || op.RequestBody != nil {
		refuse(http.StatusBadRequest, railsErrorStatus, railsErrorStatus)
	}
	if r.Needs != Public {
		op.Responses.set("401", &docResponse{
			Description: http.StatusText(http.StatusUnauthorized),
			Content:     ordered[mediaType]{{"text/html", mediaType{&schema{Type: "string"}}}},
		})
	}
	if r.acts || r.Needs != Public { // a signed-in caller may be refused one object
		refuse(http.StatusForbidden, railsErrorStatus, railsErrorStatus)
	}
	if isIn(FromPath) {
		refuse(http.StatusNotFound, railsErrorStatus, railsErrorStatus)
	}
	if op.RequestBody != nil {
		refuse(http.StatusUnprocessableEntity, railsErrors, railsErrorsXML)
	}
}
