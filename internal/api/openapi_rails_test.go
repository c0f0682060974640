package api

import (
	"bytes"
	"context"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestRailsOpenAPI(t *testing.T) {
	sys := &System{Name: "projets", Title: "Projets", Version: "1", Dialect: &Rails{}, Routes: railsRoutes()}
	if err := View(sys.Entry("", "project"), func(context.Context, projetRef, *projet, error) (Result, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	text, err := sys.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct{ name, want string }{
		{"two parameters in a segment", `"/project_users/{username},{projectid}":{"get":{"operationId":"member_project_users__username___projectid__get","parameters":[{"name":"username","in":"path","required":true,"schema":{"type":"string","title":"Username"}},{"name":"projectid","in":"path","required":true,"schema":{"type":"integer","title":"Projectid"}}]`},
		{"alias", `"/project_user/{username},{projectid}":{"get":{`},
		{"answer under its root", `"200":{"description":"Successful Response","content":{"application/json":{"schema":{"properties":{"project":{"$ref":"#/components/schemas/Projet"}},"type":"object","required":["project"]}},"application/xml":{"schema":{"$ref":"#/components/schemas/Projet"}},"text/html":{"schema":{"type":"string"}}}}`},
		{"list of roots", `{"application/json":{"schema":{"type":"array","items":{"properties":{"login":{"$ref":"#/components/schemas/Connexions"}},"type":"object","required":["login"]}}},"application/xml":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/Connexions"}}}}`},
		{"created", `"201":{"description":"Successful Response","headers":{"Location":{"description":"Address of the new object","schema":{"type":"string","format":"uri"}}},"content":{"application/json":{"schema":{"properties":{"project":`},
		{"body under its root", `"ProjetCreate":{"properties":{"project":{"$ref":"#/components/schemas/ProjetSent"}},"type":"object","required":["project"],"title":"ProjetCreate"}`},
		{"kinds of bodies", `"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/ProjetCreate"}},"application/xml":{"schema":{"$ref":"#/components/schemas/ProjetSent"}},"application/x-www-form-urlencoded":{"schema":{"$ref":"#/components/schemas/ProjetCreate"}}}}`},
		{"two roots have no xml", `"content":{"application/json":{"schema":{"$ref":"#/components/schemas/MembreCreate"}},"application/x-www-form-urlencoded":`},
		{"times", `"created_at":{"type":"string","format":"date-time","title":"Created At"}`},
		{"a decimal that may be null", `"gross_area":{"anyOf":[{"type":"string"},{"type":"null"}],"title":"Gross Area"}`},
		{"basic", `"securitySchemes":{"HTTPBasic":{"type":"http","scheme":"basic"}}`},
		{"security", `"security":[{"HTTPBasic":[]}]`},
		{"refused values", `"422":{"description":"Unprocessable Entity","content":{"application/json":{"schema":{"$ref":"#/components/schemas/AttributeErrors"}},"application/xml":{"schema":{"$ref":"#/components/schemas/ErrorMessages"}}}}`},
	} {
		if !bytes.Contains(text, []byte(tt.want)) {
			t.Errorf("%s: not in the document: %s\n%s", tt.name, tt.want, text)
		}
	}
	project := doc.Paths.Find("/projects/{id}")
	if project.Put == nil || project.Patch == nil || project.Put.OperationID == project.Patch.OperationID {
		t.Error("put and patch are not both there")
	}
	if disable := doc.Paths.Find("/users/{username}/disable"); disable.Get == nil || disable.Post != nil || disable.Get.Responses.Value("403") == nil {
		t.Error("an action is not a GET that may be refused")
	}
}
