package bases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/errs"
)

func folder(t testing.TB) *Folder {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 10, 15, 0, 0, time.UTC) }
	f, err := Open(t.Context(), filepath.Join(t.TempDir(), "databases"), now)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// made publishes a copy of a template with one project.
func (f *Folder) made(t testing.TB, template, name string) {
	t.Helper()
	err := errors.Join(
		f.Prepare(t.Context(), template, name),
		f.Adopt(t.Context(), name, Project{ID: 7, No: "01", Name: "Hôpital"}),
		f.Publish(name),
	)
	if err != nil {
		t.Fatal(err)
	}
}

func query(t testing.TB, f *Folder, name, text string) string {
	t.Helper()
	base, err := open(f.path(name), "rw")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	var out string
	if err := base.QueryRowContext(t.Context(), text).Scan(&out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

func exec(t testing.TB, f *Folder, name, text string) {
	t.Helper()
	base, err := open(f.path(name), "rw")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	if _, err := base.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"north", "rest_test", "akl-test", "A", strings.Repeat("x", 63)} {
		if err := CheckName("new_db_name", name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "..", "../x", "a/b", `a\b`, "a.db", "a b", "é", strings.Repeat("x", 64), "con", "NUL", "trash", "sqlite_x", ".hidden", "a\x00"} {
		if err := CheckName("new_db_name", name); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestADatabaseIsACopyOfItsTemplate(t *testing.T) {
	f := folder(t)
	exec(t, f, Template, "INSERT INTO items (number, name) VALUES ('1', 'Lit')")
	exec(t, f, Template, "INSERT INTO projects (id, no, name) VALUES (3, '01', 'Modèle')")
	exec(t, f, Template, "INSERT INTO rooms (project_id, number, name) VALUES (3, 'A1', 'Accueil')")
	f.made(t, Template, "north")
	for text, want := range map[string]string{
		"SELECT group_concat(name) FROM items":                                                                    "Lit",
		"SELECT group_concat(id || no || name) FROM projects":                                                     "701Hôpital",
		"SELECT project_id || name FROM rooms":                                                                    "7Accueil",
		"SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)": "items occurrences projects rooms settings",
	} {
		if got := query(t, f, "north", text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := query(t, f, Template, "SELECT name FROM projects"); got != "Modèle" {
		t.Errorf("the template changed: %q", got)
	}
	names, err := f.Names()
	if err != nil || !slices.Equal(names, []string{Template, "north"}) {
		t.Errorf("names %v %v", names, err)
	}
	if f.Size("north") == 0 || f.Size("nowhere") != 0 {
		t.Errorf("sizes %d %d", f.Size("north"), f.Size("nowhere"))
	}
}

func TestAnUnknownTemplateLeavesNothing(t *testing.T) {
	f := folder(t)
	if err := f.Prepare(t.Context(), "nowhere", "north"); !errs.Is(err, errs.NotFound) {
		t.Errorf("error %v", err)
	}
	if err := f.Prepare(t.Context(), "../../intendant", "north"); !errs.Is(err, errs.NotFound) {
		t.Errorf("error %v", err)
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != trash && e.Name() != folderLock && !strings.HasPrefix(e.Name(), Template) {
			t.Errorf("%s is left", e.Name())
		}
	}
}

func TestNumbersGoOn(t *testing.T) {
	f := folder(t)
	f.made(t, Template, "north")
	if err := f.PutProject(t.Context(), "north", Project{ID: 9, No: "02", Name: "Aile"}); err != nil {
		t.Fatal(err)
	}
	if err := f.PutProject(t.Context(), "north", Project{ID: 9, No: "02", Name: "Aile sud"}); err != nil {
		t.Fatal(err)
	}
	if last, err := f.LastNo(t.Context(), "north"); err != nil || last != 2 {
		t.Errorf("last %d %v", last, err)
	}
	if got := query(t, f, "north", "SELECT group_concat(name) FROM projects"); got != "Hôpital,Aile sud" {
		t.Errorf("projects %q", got)
	}
}

// TestACopyUnderLoad copies and backs up a database that others write to.
func TestACopyUnderLoad(t *testing.T) {
	f := folder(t)
	f.made(t, Template, "north")
	var stop atomic.Bool
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			base, err := open(f.path("north"), "rw")
			if err != nil {
				t.Error(err)
				return
			}
			defer base.Close()
			for i := 0; !stop.Load(); i++ {
				if err := addRoomAndItem(context.Background(), base, fmt.Sprintf("%d-%d", w, i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 5 {
		copied := filepath.Join(t.TempDir(), "copy.db")
		file, err := f.Backup(t.Context(), "north")
		if err != nil {
			t.Fatal(err)
		}
		save(t, file, copied)
		checkPairs(t, copied)
		name := fmt.Sprint("copy", i)
		f.made(t, "north", name)
		if err := db.CheckFile(t.Context(), f.path(name)); err != nil {
			t.Error(err)
		}
		checkPairs(t, f.path(name))
	}
	stop.Store(true)
	wg.Wait()
	entries, err := filepath.Glob(filepath.Join(f.dir, ".*"))
	if want := []string{filepath.Join(f.dir, folderLock)}; err != nil || !slices.Equal(entries, want) {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

// addRoomAndItem writes two rows in one transaction: a copy has both or none.
func addRoomAndItem(ctx context.Context, base *sql.DB, number string) error {
	tx, err := base.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "INSERT INTO items (number, name) VALUES (?, 'Lit')", number); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO rooms (project_id, number, name) VALUES (7, ?, 'Chambre')", number); err != nil {
		return err
	}
	return tx.Commit()
}

func save(t *testing.T, file *os.File, path string) {
	t.Helper()
	defer file.Close()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, file); err != nil {
		t.Fatal(err)
	}
}

func checkPairs(t *testing.T, path string) {
	t.Helper()
	if err := db.CheckFile(t.Context(), path); err != nil {
		t.Error(err)
	}
	base, err := sql.Open("sqlite", db.FileURI(path)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	var rooms, items int
	if err := base.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM items)").Scan(&rooms, &items); err != nil {
		t.Fatal(err)
	}
	if rooms != items {
		t.Errorf("half a transaction: %d rooms, %d items", rooms, items)
	}
}

func TestTheTrash(t *testing.T) {
	f := folder(t)
	f.made(t, Template, "north")
	discarded := f.Discarded("north")
	if discarded != "north-20260302T101500.000" {
		t.Errorf("discarded as %q", discarded)
	}
	for range 2 { // the second time there is nothing left to do
		if err := f.Trash(t.Context(), "north", discarded); err != nil {
			t.Fatal(err)
		}
	}
	if f.Exists("north") {
		t.Error("it is still there")
	}
	for range 2 {
		if err := f.Restore(discarded, "north"); err != nil {
			t.Fatal(err)
		}
	}
	if got := query(t, f, "north", "SELECT name FROM projects"); got != "Hôpital" {
		t.Errorf("restored %q", got)
	}
	if err := f.Restore("nothing", "south"); !errs.Is(err, errs.NotFound) {
		t.Errorf("restored nothing: %v", err)
	}
	if err := f.Trash(t.Context(), "north", discarded); err != nil {
		t.Fatal(err)
	}
	if err := f.Empty(discarded); err != nil {
		t.Fatal(err)
	}
	if err := f.Restore(discarded, "north"); !errs.Is(err, errs.NotFound) {
		t.Errorf("restored what was emptied: %v", err)
	}
}

func TestWhatACrashLeftIsCleared(t *testing.T) {
	f := folder(t)
	f.made(t, Template, "north")
	f.made(t, Template, "orphan")
	if err := f.Prepare(t.Context(), Template, "half"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(f.dir, ".backup-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.RemoveUnknown(t.Context(), func(name string) bool { return name != "orphan" }); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && e.Name() != folderLock || strings.HasPrefix(e.Name(), "orphan") {
			t.Errorf("%s is left", e.Name())
		}
	}
	kept, err := filepath.Glob(filepath.Join(f.dir, trash, "orphan-*.db"))
	if err != nil || len(kept) != 1 {
		t.Errorf("the orphan was not kept: %v", kept)
	}
}

// BenchmarkCreate makes a database from a template of 100 MB: at most three
// times what copying that file takes with an fsync.
func BenchmarkCreate(b *testing.B) {
	f := folder(b)
	f.made(b, Template, "large")
	exec(b, f, "large", `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO items (number, name) SELECT CAST(i AS TEXT), hex(randomblob(500)) FROM n`)
	var ours, plain time.Duration
	for b.Loop() {
		start := time.Now()
		f.made(b, "large", "copy")
		ours += time.Since(start)
		start = time.Now()
		if err := copyFile(f.path("large"), filepath.Join(f.dir, "plain")); err != nil {
			b.Fatal(err)
		}
		plain += time.Since(start)
		b.StopTimer()
		if err := errors.Join(removeBase(f.path("copy")), os.Remove(filepath.Join(f.dir, "plain"))); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(f.Size("large"))/1e6, "MB")
	b.ReportMetric(ours.Seconds()/plain.Seconds(), "ratio")
}
