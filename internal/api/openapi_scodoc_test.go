package api

import (
	"bytes"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestScoDocOpenAPI(t *testing.T) {
	text, err := scodocSystem().OpenAPI()
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
	const refusal = `"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Erreur"}}}}`
	for _, tt := range []struct{ name, want string }{
		{"the bases are servers", `"servers":[{"url":"/ScoDoc/api","description":"Tous les départements : seuls comptent les rôles tenus dans tous."},` +
			`{"url":"/ScoDoc/{departement}/api","description":"Un département : ses rôles comptent aussi, et le reste n'existe pas.","variables":{"departement":{"default":"DEPARTEMENT","description":"L'acronyme du département."}}}]`},
		{"paths begin below them", `"paths":{"/note/{note_id}":{"get":{"tags":["Notes"],"summary":"Une note.","operationId":"note_note__note_id__get"`},
		{"no null in a path", `{"name":"note_id","in":"path","required":true,"schema":{"type":"integer","title":"Note Id"}}`},
		{"whoever may", `"401":{"description":"Compte ou jeton requis. Le message est « Non autorise (logic) ».",` + refusal + `,"403":{"description":"Permission requise : write.",` + refusal},
		{"a strict body", `"400":{"description":"Corps illisible, ou valeur qui ne convient pas.",` + refusal},
		{"a usual one", `"400":{"description":"Corps illisible.",` + refusal},
		{"ours", `"security":[{"HTTPBearer":[]},{"HTTPBasic":[]}],"x-intendant-extension":true}`},
		{"a file of any name has one here", `"NoteFile":{"properties":{"file":{"type":"string","format":"binary","title":"File"},"titre":{`},
		{"the error", `"Erreur":{"properties":{"error":{"type":"string"},"status":{"type":"integer"},"message":{"type":"string"}},"type":"object","required":["error","status","message"],"title":"Erreur"}`},
		{"two ways to prove who one is", `"securitySchemes":{"HTTPBearer":{"type":"http","scheme":"bearer"},"HTTPBasic":{"type":"http","scheme":"basic"}}`},
	} {
		if !bytes.Contains(text, []byte(tt.want)) {
			t.Errorf("%s: not in the document: %s\n%s", tt.name, tt.want, text)
		}
	}
	for path, want := range map[string][]string{
		"/public": {"200"}, "/tokens": {"200", "401", "404"}, "/note/{note_id}": {"200", "401", "403", "404"},
		"/note/{note_id}/edit": {"200", "400", "401", "403", "404"}, "/notes/save": {"200", "401", "403", "404"},
	} {
		for _, op := range doc.Paths.Find(path).Operations() {
			if op.Responses.Len() != len(want) {
				t.Errorf("%s has %d answers", path, op.Responses.Len())
			}
			for _, status := range want {
				if op.Responses.Value(status) == nil {
					t.Errorf("%s: no %s", path, status)
				}
			}
		}
	}
}
