package scolarite_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestShapes checks, key by key and type by type, what the clients in use read.
// A file of testdata/shapes has a line for each path: "$[].id int", "[]" for
// the items of a list, "*" for the members of an object keyed by data. The key
// must be there wherever what holds it is, and each path must be met.
func TestShapes(t *testing.T) {
	s := open(t)
	for _, tt := range []struct{ shape, path string }{
		{"departements", "departements"},
		{"formations", "formations"},
		{"formsemestres", "formsemestres/query?annee_scolaire=2025"},
		{"formsemestres", "departement/RT/formsemestres_courants?"},
		{"formsemestres", "etudiant/nip/22000001/formsemestres"},
		{"etudiants_short", "etudiants/courants"},
		{"etudiants_short", "departement/RT/etudiants"},
		{"etudiants_short", "group/6/etudiants"},
		{"etudiants_short", "etudiants/etudid/1"},
		{"formsemestre_etudiants", "formsemestre/1/etudiants"},
		{"formsemestre_etudiants_long", "formsemestre/1/etudiants/long"},
		{"formsemestre_etudiants_long", "formsemestre/1/etudiants/long/query?etat=I"},
		{"etudiant", "etudiant/etudid/1"},
		{"etudiant_groups", "etudiant/etudid/1/formsemestre/1/groups"},
		{"partitions", "formsemestre/1/partitions"},
		{"programme", "formsemestre/1/programme"},
		{"programme", "formsemestre/4/programme"},
		{"referentiel", "formation/1/referentiel_competences"},
	} {
		t.Log(tt.path)
		wantShape(t, tt.shape, s.get(tt.path).json(t))
	}
}

// unmetIn are the paths that an answer has nothing for: a BUT has no modules
// but ressources, a classic programme the other way round.
var unmetIn = map[string]bool{"$.ressources[]": true, "$.saes[]": true, "$.modules[]": true}

func wantShape(t *testing.T, shape string, value any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "shapes", shape+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, types, _ := strings.Cut(line, " ")
		met := 0
		for _, found := range find(t, path, strings.TrimPrefix(path, "$"), value) {
			met++
			if got := typeOf(found); !slices.Contains(strings.Fields(types), got) {
				t.Errorf("%s is a %s, want %s: %v", path, got, types, found)
			}
		}
		container, _, _ := strings.Cut(path, "].")
		if met == 0 && !unmetIn[container+"]"] {
			t.Errorf("%s: nothing to look at", path)
		}
	}
}

// find returns the values at a path below value. A key that an object lacks is
// reported.
func find(t *testing.T, whole, rest string, value any) []any {
	t.Helper()
	if rest == "" {
		return []any{value}
	}
	if after, ok := strings.CutPrefix(rest, "[]"); ok {
		list, _ := value.([]any)
		var found []any
		for _, item := range list {
			found = append(found, find(t, whole, after, item)...)
		}
		return found
	}
	name := rest[1:]
	if i := strings.IndexAny(name, ".["); i >= 0 {
		name = name[:i]
	}
	after := rest[1+len(name):]
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	var found []any
	if name == "*" {
		for _, key := range slices.Sorted(maps.Keys(object)) {
			found = append(found, find(t, whole, after, object[key])...)
		}
		return found
	}
	member, ok := object[name]
	if !ok {
		t.Errorf("%s: no %s in %s", whole, name, brief(object))
		return nil
	}
	return find(t, whole, after, member)
}

func brief(object map[string]any) string {
	return fmt.Sprint(slices.Sorted(maps.Keys(object)))
}

// typeOf names a JSON value as its clients tell them apart: 12 is an int, 12.0
// a float.
func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case string:
		return "str"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "float"
		}
		return "int"
	case []any:
		return "list"
	}
	return "dict"
}
