package parc_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// publishedOperations are those of the published document: the operationId of
// each, by method and path.
var publishedOperations = map[string]string{
	"GET /users/list":                            "get_users_users_list_get",
	"GET /users/{user_id}":                       "get_user_users__user_id__get",
	"POST /users/create":                         "create_user_users_create_post",
	"PUT /users/update":                          "update_user_users_update_put",
	"DELETE /users/delete/{user_id}":             "deactivate_user_users_delete__user_id__delete",
	"PUT /roles/update":                          "update_role_roles_update_put",
	"POST /roles/create":                         "create_role_roles_create_post",
	"POST /roles/add_permissions":                "add_permissions_roles_add_permissions_post",
	"GET /roles/list":                            "all_roles_roles_list_get",
	"DELETE /roles/{role_id}":                    "delete_role_roles__role_id__delete",
	"POST /client_site/register":                 "register_new_client_site_client_site_register_post",
	"GET /client_site/{site_id}/all_equipements": "list_all_equipements_client_site__site_id__all_equipements_get",
	"GET /client_site/all":                       "all_client_site_client_site_all_get",
	"PUT /client_site/update":                    "update_site_client_site_update_put",
	"DELETE /client_site/{site_id}":              "delete_site_client_site__site_id__delete",
	"POST /equipements/register":                 "register_new_equipement_equipements_register_post",
	"GET /equipements/all":                       "get_all_equipements_equipements_all_get",
	"PUT /equipements/update":                    "update_equipement_equipements_update_put",
	"DELETE /equipements/{equipement_id}":        "delete_equipement_equipements__equipement_id__delete",
}

// published returns the document as a client without a credential gets it.
func published(t *testing.T) (*openapi3.T, string) {
	t.Helper()
	s := open(t)
	status, text := s.call(t, "", http.MethodGet, "/openapi.json", "")
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, text)
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc, text
}

func TestOpenAPIIsValid(t *testing.T) {
	doc, _ := published(t)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi = %q", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOpenAPIHasEveryPublishedOperation(t *testing.T) {
	doc, _ := published(t)
	found, seen := map[string]string{}, map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			entry := method + " " + path
			if other, ok := seen[op.OperationID]; ok {
				t.Errorf("%s and %s share the operationId %s", entry, other, op.OperationID)
			}
			seen[op.OperationID] = entry
			if _, ok := publishedOperations[entry]; ok {
				found[entry] = op.OperationID
				if family, _, _ := strings.Cut(path[1:], "/"); len(op.Tags) != 1 || op.Tags[0] != family {
					t.Errorf("%s: tags = %q", entry, op.Tags)
				}
			}
			if entry == "GET /openapi.json" {
				t.Error("the document shows its own entry")
			}
		}
	}
	if diff := cmp.Diff(publishedOperations, found); diff != "" {
		t.Errorf("operations (-published +ours):\n%s", diff)
	}
}

func TestOpenAPIReferencesResolve(t *testing.T) {
	_, text := published(t)
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	references := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				references++
				if !resolves(doc, ref) {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(doc)
	if references == 0 {
		t.Error("no reference at all")
	}
}

func resolves(doc map[string]any, ref string) bool {
	var at any = doc
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		object, ok := at.(map[string]any)
		if !ok {
			return false
		}
		if at, ok = object[step]; !ok {
			return false
		}
	}
	return true
}

// TestOpenAPILint wants of every operation what a reader and a generator of
// clients need.
func TestOpenAPILint(t *testing.T) {
	doc, _ := published(t)
	if doc.Info.Title == "" || doc.Info.Version == "" || !strings.Contains(doc.Info.Description, "POST /auth/login") {
		t.Errorf("head: %+v", doc.Info)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			entry := method + " " + path
			if op.Summary == "" || op.Description == "" || op.OperationID == "" || len(op.Tags) == 0 {
				t.Errorf("%s: summary %q, description %q, operationId %q, tags %q", entry, op.Summary, op.Description, op.OperationID, op.Tags)
			}
			good := 0
			for code, answer := range op.Responses.Map() {
				if strings.HasPrefix(code, "2") {
					good++
				}
				if answer.Value.Description == nil || *answer.Value.Description == "" {
					t.Errorf("%s: %s has no description", entry, code)
				}
				if len(answer.Value.Content) == 0 && code != "204" {
					t.Errorf("%s: %s has no content", entry, code)
				}
			}
			if good != 1 {
				t.Errorf("%s: %d answers of success", entry, good)
			}
			for _, wild := range pathParameter.FindAllStringSubmatch(path, -1) {
				if p := op.Parameters.GetByInAndName(openapi3.ParameterInPath, wild[1]); p == nil || !p.Required {
					t.Errorf("%s: parameter %s is not declared", entry, wild[1])
				}
			}
		}
	}
}

func TestOpenAPIWords(t *testing.T) {
	_, text := published(t)
	for _, want := range []string{
		`"/users/list":{"get":{"tags":["users"],"summary":"Get Users","description":"Liste les comptes. Leur mot de passe n'est jamais montré.","operationId":"get_users_users_list_get","responses":{"200":{"description":"Successful Response","content":{"application/json":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/User"},"title":"Response Get Users Users List Get"}}}}},"security":[{"OAuth2PasswordBearer":[]}]}}`,
		`"parameters":[{"name":"site_id","in":"path","required":true,"schema":{"type":"string","format":"uuid","title":"Site Id"}}],"responses":{"204":{"description":"Successful Response"},"422":{"description":"Validation Error","content":{"application/json":{"schema":{"$ref":"#/components/schemas/HTTPValidationError"}}}}}`,
		`{"name":"size","in":"query","required":false,"schema":{"type":"integer","maximum":100,"minimum":1,"default":50,"title":"Size"}}`,
		`"requestBody":{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"$ref":"#/components/schemas/LoginForm"}}}}`,
		`"Page_EquipementWithSite_":{"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/EquipementWithSite"},"title":"Items"}`,
		`"code":{"anyOf":[{"type":"integer"},{"type":"null"}],"title":"Code"}},"type":"object","required":["client_id"],"title":"ClientUpdate"}`,
		`"securitySchemes":{"OAuth2PasswordBearer":{"type":"oauth2","flows":{"password":{"scopes":{},"tokenUrl":"auth/login"}}}}`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the document: %s", want)
		}
	}
}
