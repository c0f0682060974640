package projets

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/projets/bases"
)

func projectInFile(id int64, no string) bases.Project {
	return bases.Project{ID: id, No: no, Name: "x"}
}

func TestDatabasesAreListed(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("North", "Nord"))
	q := b.create(b.in("North", "Aile"))
	list, err := b.Databases(t.Context())
	wantNone(t, err)
	if len(list) != 2 || list[0].ID != bases.Template || !list[0].IsBuiltIn || list[0].OwnerID != nil ||
		list[1].ID != "North" || *list[1].OwnerID != b.owner || !list[1].Active || list[1].ProjectCount != 2 || list[1].Bytes == 0 {
		t.Errorf("databases %+v", list)
	}
	view, err := b.Database(t.Context(), "North")
	wantNone(t, err)
	want := []DatabaseProject{{p.ID, "Nord", "01"}, {q.ID, "Aile", "02"}}
	if !slices.Equal(view.Projects, want) || view.Size == 0 || view.Name != "North" {
		t.Errorf("database %+v", view)
	}
	for _, name := range []string{"north", "south", "../North", ""} {
		_, err = b.Database(t.Context(), name)
		wantKind(t, err, errs.NotFound)
	}
}

func TestUsersOfADatabaseAreKeptOut(t *testing.T) {
	b := newBed(t)
	north, south := b.create(b.ask("north", "Nord")), b.create(b.ask("south", "Sud"))
	b.member("ada", north.ID, Membership{})
	b.member("ada", south.ID, Membership{})
	enabled := func() int { return b.count("SELECT sum(enabled * project_id) FROM project_users") }
	_, err := b.DisableAll(t.Context(), "north")
	wantNone(t, err)
	if got := enabled(); got != int(south.ID) {
		t.Errorf("enabled %d", got)
	}
	_, err = b.EnableAll(t.Context(), "north")
	wantNone(t, err)
	if got := enabled(); got != int(north.ID+south.ID) {
		t.Errorf("enabled %d", got)
	}
	_, err = b.DisableAll(t.Context(), "nowhere")
	wantKind(t, err, errs.NotFound)
}

func TestUsersOfADatabaseAreKicked(t *testing.T) {
	b := newBed(t)
	north, south := b.create(b.ask("north", "Nord")), b.create(b.ask("south", "Sud"))
	b.member("ada", north.ID, Membership{})
	b.member("bob", north.ID, Membership{})
	b.member("eve", south.ID, Membership{})
	_, err := b.KickAll(t.Context(), "north")
	wantNone(t, err)
	if n := b.count("SELECT count(*) FROM accounts WHERE epoch > 0"); n != 2 {
		t.Errorf("%d kicked", n)
	}
	if n := b.count("SELECT count(*) FROM journal WHERE action IN ('account.kick', 'database.kickall')"); n != 3 {
		t.Errorf("%d lines", n)
	}
}

func TestABackupIsADatabase(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Nord"))
	backup, err := b.BackupDatabase(t.Context(), "north")
	wantNone(t, err)
	defer backup.File.Close()
	if !strings.HasPrefix(backup.Name, "north-20260302") || !strings.HasSuffix(backup.Name, ".backup") || len(backup.Name) != len("north-20260302101500.backup") {
		t.Errorf("name %q", backup.Name)
	}
	text, err := io.ReadAll(backup.File)
	wantNone(t, err)
	copied := filepath.Join(t.TempDir(), "copy.db")
	wantNone(t, os.WriteFile(copied, text, 0o600), db.CheckFile(t.Context(), copied))
	base, err := sql.Open("sqlite", db.FileURI(copied))
	wantNone(t, err)
	defer base.Close()
	var name string
	wantNone(t, base.QueryRowContext(t.Context(), "SELECT name FROM projects").Scan(&name))
	if name != "Nord" {
		t.Errorf("project %q", name)
	}
	_, err = b.BackupDatabase(t.Context(), "nowhere")
	wantKind(t, err, errs.NotFound)
}

func TestADatabaseGoesToTheTrashAndBack(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	wantFaults(t, b.DeleteDatabase(t.Context(), "north"), "projects in_use")
	wantKind(t, b.DeleteDatabase(t.Context(), bases.Template), errs.Forbidden)
	wantKind(t, b.DeleteDatabase(t.Context(), "nowhere"), errs.NotFound)
	wantNone(t, b.DeleteProject(t.Context(), p.ID), b.DeleteDatabase(t.Context(), "north"))
	_, err := b.Database(t.Context(), "north")
	wantKind(t, err, errs.NotFound)
	list, err := b.Trash(t.Context())
	wantNone(t, err)
	if len(list) != 1 || list[0].Name != "north" || !list[0].TrashedAt.After(list[0].CreatedAt) || list[0].Bytes == 0 {
		t.Fatalf("trash %+v", list)
	}
	// The name is free; restoring the old one is then a conflict.
	again := b.create(b.ask("north", "Nord 2"))
	_, err = b.RestoreDatabase(t.Context(), list[0].ID)
	wantKind(t, err, errs.Conflict)
	wantNone(t, b.DeleteProject(t.Context(), again.ID), b.DeleteDatabase(t.Context(), "north"))
	if _, err = b.RestoreDatabase(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := b.inFile("north", "SELECT name FROM projects"); got != "Nord" {
		t.Errorf("restored %q", got)
	}
	_, err = b.RestoreDatabase(t.Context(), list[0].ID)
	wantKind(t, err, errs.NotFound)
	rest, err := b.Trash(t.Context())
	wantNone(t, err)
	wantNone(t, b.EmptyDatabase(t.Context(), rest[0].ID))
	wantKind(t, b.EmptyDatabase(t.Context(), rest[0].ID), errs.NotFound)
	if got := b.files(); !slices.Equal(got, []string{"dev-template.db", "north.db"}) {
		t.Errorf("files %v", got)
	}
	for action, want := range map[string]int{"database.delete": 2, "database.restore": 1, "database.empty": 1} {
		if n := b.count("SELECT count(*) FROM journal WHERE action = '" + action + "'"); n != want {
			t.Errorf("%d lines of %s", n, action)
		}
	}
}

// TestADeletionThatFailsIsTakenBack deletes a database whose file cannot move.
func TestADeletionThatFailsIsTakenBack(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	wantNone(t, b.DeleteProject(t.Context(), p.ID))
	b.at = func(step string) {
		if step == "leaving" {
			wantNone(t, os.Rename(filepath.Join(b.data, "databases", "trash"), filepath.Join(b.data, "elsewhere")))
		}
	}
	wantKind(t, b.DeleteDatabase(t.Context(), "north"), errs.Unavailable)
	view, err := b.Database(t.Context(), "north")
	if err != nil || view.IsMissing {
		t.Errorf("database %+v %v", view, err)
	}
}

// TestAFailureLeavesNothing fails a creation at each of its steps.
func TestAFailureLeavesNothing(t *testing.T) {
	for _, step := range []string{"reserved", "prepared", "adopted", "published"} {
		t.Run(step, func(t *testing.T) {
			b := newBed(t)
			ctx, cancel := context.WithCancel(t.Context())
			b.at = func(at string) {
				if at == step {
					cancel()
				}
			}
			if _, err := b.CreateProject(ctx, b.ask("north", "Nord")); !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v", err)
			}
			b.at = func(string) {}
			if got := b.files(); !slices.Equal(got, []string{"dev-template.db"}) {
				t.Errorf("files %v", got)
			}
			if n := b.count("SELECT (SELECT count(*) FROM projects) + (SELECT count(*) FROM project_databases)"); n != 1 {
				t.Errorf("%d rows", n)
			}
			b.create(b.ask("north", "Nord"))
		})
	}
}

// TestATypeThatGoesMeanwhile deletes the type of a project that is being made.
func TestATypeThatGoesMeanwhile(t *testing.T) {
	b := newBed(t)
	b.at = func(step string) {
		if step == "prepared" {
			wantNone(t, b.DeleteProjectType(t.Context(), 1))
			wantFaults(t, b.DeleteOwner(t.Context(), b.owner), "databases in_use")
		}
	}
	_, err := b.CreateProject(t.Context(), b.ask("north", "Nord"))
	wantFaults(t, err, "project_type_id literal_error")
	if got := b.files(); !slices.Equal(got, []string{"dev-template.db"}) {
		t.Errorf("files %v", got)
	}
}

// TestOneOfManyGetsTheName asks for one name from several requests at once.
func TestOneOfManyGetsTheName(t *testing.T) {
	b := newBed(t)
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wg.Go(func() { _, results[i] = b.CreateProject(t.Context(), b.ask([]string{"north", "North"}[i%2], "Nord")) })
	}
	wg.Wait()
	made := 0
	for _, err := range results {
		if err == nil {
			made++
			continue
		}
		wantFaults(t, err, "new_db_name taken")
	}
	if made != 1 || len(b.files()) != 2 {
		t.Errorf("%d made, files %v", made, b.files())
	}
}

// TestProjectsOfOneDatabaseAtOnce adds projects to a database from several
// requests: each has a number of its own, in the base and in the file.
func TestProjectsOfOneDatabaseAtOnce(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Nord"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			p, err := b.CreateProject(t.Context(), b.in("north", "Aile"))
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := b.UpdateProject(t.Context(), p.ID, ProjectPatch{Name: api.Some("Aile " + p.No)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want := "01Nord 02Aile 02 03Aile 03 04Aile 04 05Aile 05 06Aile 06 07Aile 07 08Aile 08 09Aile 09"
	if got := b.inFile("north", "SELECT group_concat(no || name, ' ') FROM (SELECT no, name FROM projects ORDER BY no)"); got != want {
		t.Errorf("in the file %q", got)
	}
}

func TestRepair(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	b.create(b.ask("south", "Sud"))
	b.copyFile("north.db", "orphan.db")
	wantNone(t, os.Remove(filepath.Join(b.data, "databases", "south.db")))
	wantNone(t, os.WriteFile(filepath.Join(b.data, "databases", ".x.part"), []byte("x"), 0o600))
	// A project that never came into its file.
	wantNone(t, b.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		row, err := ready(ctx, q, "north")
		if err != nil {
			return err
		}
		in := p
		in.Name, in.No = "Perdu", "02"
		_, err = q.AddProject(ctx, b.projectRow(ctx, in, row.ID))
		return err
	}))
	for range 2 { // the second time there is nothing left to do
		wantNone(t, b.Repair(t.Context()))
	}
	list, err := b.Trash(t.Context())
	wantNone(t, err)
	if len(list) != 1 || list[0].Name != "orphan" {
		t.Fatalf("trash %+v", list)
	}
	if want := []string{"dev-template.db", "north.db", filepath.Join("trash", list[0].ID+".db")}; !slices.Equal(b.files(), want) {
		t.Errorf("files %v", b.files())
	}
	if got := b.inFile("north", "SELECT group_concat(no || name, ' ') FROM projects"); got != "01Nord 02Perdu" {
		t.Errorf("in the file %q", got)
	}
	view, err := b.Database(t.Context(), "south")
	if err != nil || !view.IsMissing || !bytes.Contains(b.log.Bytes(), []byte("missing")) {
		t.Errorf("database %+v %v, log %s", view, err, b.log)
	}
	_, err = b.CreateProject(t.Context(), b.in("south", "x"))
	wantFaults(t, err, "existing_db_name literal_error")
	if _, err := b.RestoreDatabase(t.Context(), list[0].ID); err != nil {
		t.Error(err)
	}
}
