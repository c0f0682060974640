// Package dbtest opens bases for tests.
package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"intendant/db"
)

// Open returns an empty base in the test's own folder, closed when it ends.
func Open(t testing.TB) *db.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "intendant.db")
	Place(t, path)
	s, err := db.Open(t.Context(), path, db.Options{MustExist: true})
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

// Place puts an empty base at path, with the latest schema. It is a copy: to
// migrate a base takes longer than most tests.
func Place(t testing.TB, path string) {
	t.Helper()
	text, err := empty()
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatalf("place a base: %v", err)
	}
}

// empty is the file of a base that holds its schema and nothing else.
var empty = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "intendant.db")
	s, err := db.Open(context.Background(), path, db.Options{})
	if err != nil {
		return nil, fmt.Errorf("make an empty base: %w", err)
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
