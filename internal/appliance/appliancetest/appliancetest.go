// Package appliancetest makes data folders for tests.
package appliancetest

import (
	"path/filepath"
	"testing"

	"intendant/db/dbtest"
	"intendant/internal/appliance"
	"intendant/internal/coffre"
)

// Folder returns a data folder of the test's own, with keys and an empty base:
// what [appliance.Open] makes of an empty folder, without its wait.
func Folder(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	if _, err := coffre.Open(folder); err != nil {
		t.Fatal(err)
	}
	dbtest.Place(t, filepath.Join(folder, appliance.BaseName))
	return folder
}
