package scolarite_test

import (
	"go/build"
	"testing"
)

// TestEnginesKnowNoAnswersAndNoBase checks that what reads and computes imports
// nothing that serves or stores.
func TestEnginesKnowNoAnswersAndNoBase(t *testing.T) {
	for _, engine := range []string{"competences", "edt", "photo", "programme", "tree"} {
		pkg, err := build.ImportDir(engine, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range pkg.Imports {
			switch imported {
			case "intendant/db", "intendant/internal/api", "intendant/internal/scolarite", "database/sql", "net/http":
				t.Errorf("%s imports %s", engine, imported)
			}
		}
	}
}
