package db

import (
	"path/filepath"
	"slices"
	"testing"
)

// reused are the tables, older than student records, whose ids may come again:
// their rows are known by other names, or hardly ever go.
var reused = []string{
	"accounts", "backups", "departements", "email_templates", "grants", "outbox_attempts", "owners", "permissions",
	"project_databases", "project_logins", "project_types", "roles",
}

// TestNoIDIsGivenTwice: programs keep the ids that they have read, so the id of
// what is deleted goes to nothing else.
func TestNoIDIsGivenTwice(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "intendant.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.readDB.QueryContext(t.Context(), `SELECT name FROM sqlite_schema
		WHERE type = 'table' AND sql LIKE '% id % INTEGER PRIMARY KEY,%' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(reused, name) {
			t.Errorf("%s gives ids again", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
