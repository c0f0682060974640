package db

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheBaseIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intendant.db")
	openAt(t, path).Close()
	if err := os.Chmod(path, 0o644); err != nil { // as a copy by hand leaves it
		t.Fatal(err)
	}
	s := openAt(t, path)
	if err := s.Write(t.Context(), set("a", "1")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o, want 600", filepath.Base(name), got)
		}
	}
}

// TestABaseOfAnotherProgramIsCopied: its tables are data, although no migration
// of ours made them.
func TestABaseOfAnotherProgramIsCopied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intendant.db")
	raw, err := sql.Open("sqlite", FileURI(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	s, err := Open(t.Context(), path, Options{Logger: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	info, err := os.Stat(path + ".before-v0")
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("the copy has mode %o, want 600", got)
	}
	if !strings.Contains(said.String(), ".before-v0") {
		t.Errorf("the log does not name the copy: %s", said.String())
	}
}

func TestANewBaseIsNotCopied(t *testing.T) {
	s := open(t)
	if copies, err := filepath.Glob(s.Path() + ".before-*"); err != nil || len(copies) != 0 {
		t.Errorf("copies %v, %v", copies, err)
	}
}

// TestAKnownSchemaIsLeftAlone: goose would have to lock the migration.
func TestAKnownSchemaIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intendant.db")
	openAt(t, path).Close()
	if err := os.Remove(path + ".migrating"); err != nil {
		t.Fatal(err)
	}
	openAt(t, path)
	if _, err := os.Stat(path + ".migrating"); !os.IsNotExist(err) {
		t.Errorf("a base that is up to date was migrated: %v", err)
	}
}

// TestCloseLeavesOneFile: what is committed is in the base, not in the WAL.
func TestCloseLeavesOneFile(t *testing.T) {
	s := open(t)
	if err := s.Write(t.Context(), set("a", "1")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if _, err := os.Stat(s.Path() + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the WAL is still there: %v", err)
	}
	if err := s.Write(t.Context(), set("b", "1")); err == nil {
		t.Error("a closed base was written")
	}
}

func TestMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intendant.db")
	s := openAt(t, path)
	if err := s.Write(t.Context(), set("a", "1")); err != nil {
		t.Fatal(err)
	}
	s.Close()

	later := fstest.MapFS{}
	entries, err := embedded.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := embedded.ReadFile("migrations/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		later[e.Name()] = &fstest.MapFile{Data: text}
	}
	later["09999_later.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;\n")}
	raw, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), raw, path, later, Options{}.logger()); err != nil {
		t.Fatal(err)
	}
	raw.Close()

	before := fmt.Sprintf("%s.before-v%d", path, LatestSchema())
	if got := stored(t, openAt(t, before)); got != 1 {
		t.Errorf("the copy made before the migration has %d rows", got)
	}
	_, err = Open(t.Context(), path, Options{})
	if err == nil || !strings.Contains(err.Error(), "9999") || !strings.Contains(err.Error(), strconv.FormatInt(LatestSchema(), 10)) {
		t.Errorf("a newer schema: %v", err)
	}
}
