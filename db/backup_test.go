package db

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestBackupsToTheSameNameAreWhole lets several processes copy to one name, as
// a timer and an administrator may: what bears the name is always whole.
func TestBackupsToTheSameNameAreWhole(t *testing.T) {
	s := open(t)
	for i := range 20 {
		if err := s.Write(t.Context(), set(strings.Repeat("a", i+1), strings.Repeat("x", 50_000))); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 5 {
		dir := t.TempDir()
		dst := filepath.Join(dir, "copy.db")
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { _ = s.Backup(t.Context(), dst) }) // all but one may be refused
		}
		wg.Wait()
		if got := stored(t, openAt(t, dst)); got != 20 {
			t.Errorf("round %d: the copy has %d rows, want 20", round, got)
		}
		if parts, err := filepath.Glob(filepath.Join(dir, "*.part")); err != nil || len(parts) != 0 {
			t.Errorf("round %d: left %v, %v", round, parts, err)
		}
	}
}

func TestCheckFile(t *testing.T) {
	s := open(t)
	if err := s.Write(t.Context(), set("a", strings.Repeat("x", 100_000))); err != nil {
		t.Fatal(err)
	}
	whole := backupOf(t, s)
	if err := CheckFile(t.Context(), whole); err != nil {
		t.Errorf("a whole copy: %v", err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.db")
	if err := os.WriteFile(cut, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckFile(t.Context(), cut); err == nil {
		t.Error("half a copy was found whole")
	}
	if err := CheckFile(t.Context(), filepath.Join(t.TempDir(), "absent.db")); err == nil {
		t.Error("an absent file was found whole")
	}

	raw, err := sql.Open("sqlite", FileURI(whole)+"?_pragma=foreign_keys(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec("INSERT INTO grants (account_id, role_id) VALUES (1, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := CheckFile(t.Context(), whole); err == nil {
		t.Error("a grant to nobody was not seen")
	}
}
