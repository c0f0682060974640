package projets_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"intendant/db"
	"intendant/internal/appliance"
)

// TestABackupIsDownloadedUnderLoad fetches a database that another program
// writes to all the while: each copy is whole.
func TestABackupIsDownloadedUnderLoad(t *testing.T) {
	s := open(t)
	base, err := sql.Open("sqlite", db.FileURI(filepath.Join(s.data, appliance.DatabasesFolder, "north.db"))+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	writing, stop := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	defer func() { stop(); writer.Wait() }()
	started := make(chan struct{})
	writer.Go(func() {
		for i := 0; writing.Err() == nil; i++ {
			// One statement, so that a copy has both rows or none.
			if _, err := base.ExecContext(context.WithoutCancel(writing), "INSERT INTO items (number, name) VALUES (?1, 'Lit'), (?1 || 'b', hex(randomblob(2000)))", i); err != nil {
				t.Error(err)
				return
			}
			if i == 0 {
				close(started)
			}
		}
	})
	<-started
	for range 5 {
		a := s.admin("GET /database/north/get_backup_now")
		if got, want := s.whole(answer{a.Response, ""}), `200
Accept-Ranges: bytes
Cache-Control: no-store
Content-Disposition: attachment; filename="north-20161128122235.backup"
Content-Security-Policy: default-src 'none'; sandbox
Content-Type: application/octet-stream
X-Content-Type-Options: nosniff

`; got != want {
			t.Fatalf("got %s\nwant %s", got, want)
		}
		copied := filepath.Join(t.TempDir(), "north.backup")
		if err := os.WriteFile(copied, []byte(a.text), 0o600); err != nil {
			t.Fatal(err)
		}
		checkBackup(t, copied)
	}
	if n := s.count("SELECT count(*) FROM journal WHERE action = 'database.backup'"); n != 5 {
		t.Errorf("%d lines of the journal", n)
	}
}

func checkBackup(t *testing.T, path string) {
	t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(path)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	var check, project string
	var items int
	err = base.QueryRowContext(t.Context(), "SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check), (SELECT name FROM projects), (SELECT count(*) FROM items)").Scan(&check, &project, &items)
	if err != nil || check != "ok" || project != "Clinique Nord" || items == 0 || items%2 != 0 {
		t.Errorf("a copy: %q, project %q, %d items, %v", check, project, items, err)
	}
}
