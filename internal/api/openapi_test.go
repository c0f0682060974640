package api

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

type arbre struct {
	Nom     string  `json:"nom"`
	Enfants []arbre `json:"enfants"`
	Note    *string `json:"note,omitempty"`
}

type feuille[T any] struct {
	Items []T `json:"items"`
}

type arbreEntrant struct {
	ID     int64       `path:"arbre_id"`
	Nip    string      `path:"nip"`
	Tri    string      `query:"tri" default:"nom" enum:"nom|code"`
	Labels []string    `query:"label" maxlen:"8"`
	Nom    string      `json:"nom" minlen:"1" pattern:"^<?[a-z]+$"`
	Poids  Opt[int64]  `json:"poids" ge:"0"`
	Copie  *arbreCopie `json:"copie"`
}

type arbreCopie struct {
	Nom string `json:"nom"`
}

type depot struct {
	Fichier Upload `file:"fichier"`
	Titre   string `form:"titre"`
}

func answer[In, Out any](context.Context, In) (Out, error) {
	var out Out
	return out, nil
}

func describedRouter(t *testing.T) *Router {
	t.Helper()
	rt, err := NewRouter(&System{Name: "bois", Base: "/bois/api", Dialect: FastAPI{}, Title: "Bois", Version: "2", Routes: []Route{
		Get("arbres", SignedIn, answer[None, feuille[arbre]], "/arbres").Doc("Arbres"),
		Put("planter", SignedIn, answer[arbreEntrant, arbre], "/arbre/{arbre_id:int}", "/arbre/nip/{nip}"),
		Post("deposer", Public, answer[depot, NoContent], "/depot"),
		Post("copier", Public, answer[arbreCopie, arbreCopie], "/copie"),
		Get("cache", Public, answer[None, Text], "/cache").Hidden(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestOpenAPI(t *testing.T) {
	text, err := describedRouter(t).OpenAPI("bois")
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
		{"head", `{"openapi":"3.1.0","info":{"title":"Bois","version":"2"},"paths":{"/bois/api/arbres":{"get":{`},
		{"a generic name", `{"$ref":"#/components/schemas/Feuille_Arbre_"}}}}},"security"`},
		{"converter cut", `"/bois/api/arbre/{arbre_id}":{"put":{"operationId":"planter_bois_api_arbre__arbre_id__put","parameters":[{"name":"arbre_id","in":"path","required":true,"schema":{"type":"integer","title":"Arbre Id"}},{"name":"tri"`},
		{"a path has its own parameters", `"/bois/api/arbre/nip/{nip}":{"put":{"operationId":"planter_bois_api_arbre_nip__nip__put","parameters":[{"name":"nip","in":"path","required":true,"schema":{"type":"string","title":"Nip"}},{"name":"tri"`},
		{"enum and default", `{"type":"string","enum":["nom","code"],"default":"nom","title":"Tri"}`},
		{"bounds of the items of a list", `{"type":"array","items":{"type":"string","maxLength":8},"title":"Label"}`},
		{"pattern not escaped", `"nom":{"type":"string","minLength":1,"pattern":"^<?[a-z]+$","title":"Nom"}`},
		{"bounds inside anyOf", `"poids":{"anyOf":[{"type":"integer","minimum":0},{"type":"null"}],"title":"Poids"}`},
		{"optional object", `"copie":{"anyOf":[{"$ref":"#/components/schemas/ArbreCopie"},{"type":"null"}],"title":"Copie"}`},
		{"multipart", `"multipart/form-data":{"schema":{"$ref":"#/components/schemas/Depot"}}`},
		{"a type that refers to itself", `"Arbre":{"properties":{"nom":{"type":"string","title":"Nom"},"enfants":{"type":"array","items":{"$ref":"#/components/schemas/Arbre"},"title":"Enfants"},"note":{"anyOf":[{"type":"string"},{"type":"null"}],"title":"Note"}},"type":"object","required":["nom","enfants"],"title":"Arbre"}`},
		{"a type read and written", `"ArbreCopie-Output":{`},
		{"refusals", `"HTTPValidationError":{"properties":{"detail":{"type":"array","items":{"$ref":"#/components/schemas/ValidationError"},"title":"Detail"}},"type":"object","title":"HTTPValidationError"}`},
	} {
		if !bytes.Contains(text, []byte(tt.want)) {
			t.Errorf("%s: not in the document: %s\n%s", tt.name, tt.want, text)
		}
	}
	if bytes.Contains(text, []byte("cache")) {
		t.Error("a hidden entry is shown")
	}
	if doc.Paths.Find("/bois/api/arbres").Get.Responses.Value("422") != nil {
		t.Error("an entry that takes nothing may answer 422")
	}
}

func TestOpenAPIIsAlwaysTheSame(t *testing.T) {
	first, err := describedRouter(t).OpenAPI("bois")
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		again, err := describedRouter(t).OpenAPI("bois")
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("another document (%v): %s", err, again)
		}
	}
}

func TestOpenAPIFaults(t *testing.T) {
	if _, err := describedRouter(t).OpenAPI("pierre"); err == nil {
		t.Error("a system that is not mounted has a document")
	}
	type Arbre struct {
		Age int64 `json:"age"`
	}
	sys := &System{Name: "s", Dialect: FastAPI{}, Routes: []Route{
		Get("a", Public, answer[None, arbre], "/a"),
		Get("b", Public, answer[None, Arbre], "/b"),
	}}
	if _, err := sys.OpenAPI(); err == nil || !strings.Contains(err.Error(), "both want the schema name Arbre") {
		t.Errorf("clash of names: %v", err)
	}
}

func TestTitleOf(t *testing.T) {
	for name, want := range map[string]string{"client_id": "Client Id", "ip": "Ip", "_prive": "Prive", "h2o": "H2O", "étage": "Étage"} {
		if got := titleOf(name); got != want {
			t.Errorf("titleOf(%q) = %q, want %q", name, got, want)
		}
	}
}
