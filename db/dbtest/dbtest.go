// Package dbtest opens bases for tests.
package dbtest

import (
	"path/filepath"
	"testing"

	"intendant/db"
)

// Open returns an empty base in the test's own folder, closed when it ends.
func Open(t testing.TB) *db.Store {
	t.Helper()
	s, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "intendant.db"), db.Options{})
	if err != nil {
		t.Fatalf("open a base: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the base: %v", err)
		}
	})
	return s
}
