package projets

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/internal/api"
)

// beside is another service on the same folder, as a command has beside the
// server.
func (b *bed) beside() *bed {
	b.t.Helper()
	other, closeBed, err := openBed(b.t.Context(), b.data)
	wantNone(b.t, err)
	b.t.Cleanup(closeBed)
	other.t, other.owner = b.t, b.owner
	return other
}

// impatient is the context of who does not wait for a lock.
func impatient(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestAStartWaitsForCommands starts the server at each step of what a command
// does: it repairs nothing of it, and the command comes to its end.
func TestAStartWaitsForCommands(t *testing.T) {
	trashed := func(b *bed) string {
		list, err := b.Trash(b.t.Context())
		wantNone(b.t, err)
		return list[0].ID
	}
	for _, row := range []struct {
		act   string
		steps []string
		do    func(*bed) error
	}{
		{"create", []string{"reserved", "prepared", "adopted", "published", "created"}, func(b *bed) error {
			_, err := b.CreateProject(b.t.Context(), b.ask("new", "Neuf"))
			return err
		}},
		{"attach", []string{"attached", "put"}, func(b *bed) error {
			_, err := b.CreateProject(b.t.Context(), b.in("north", "Aile"))
			return err
		}},
		{"delete", []string{"leaving", "left", "deleted"}, func(b *bed) error { return b.DeleteDatabase(b.t.Context(), "south") }},
		{"restore", []string{"returning", "returned", "restored"}, func(b *bed) error {
			_, err := b.RestoreDatabase(b.t.Context(), trashed(b))
			return err
		}},
		{"empty", []string{"emptied"}, func(b *bed) error { return b.EmptyDatabase(b.t.Context(), trashed(b)) }},
	} {
		t.Run(row.act, func(t *testing.T) {
			b := newBed(t)
			b.create(b.ask("north", "Nord"))
			wantNone(t, b.DeleteProject(t.Context(), b.create(b.ask("south", "Sud")).ID))
			if row.act == "restore" || row.act == "empty" {
				wantNone(t, b.DeleteDatabase(t.Context(), "south"))
			}
			server := b.beside()
			var steps []string
			b.at = func(step string) {
				steps = append(steps, step)
				if err := server.Repair(impatient(t)); err == nil || !strings.Contains(err.Error(), "not repaired") {
					t.Errorf("at %s: %v", step, err)
				}
			}
			wantNone(t, row.do(b))
			if !slices.Equal(steps, row.steps) {
				t.Errorf("steps %v, want %v", steps, row.steps)
			}
			files, rows := b.files(), b.count("SELECT count(*) FROM project_databases")
			wantNone(t, server.Repair(t.Context()))
			if got := b.files(); !slices.Equal(got, files) || b.count("SELECT count(*) FROM project_databases") != rows {
				t.Errorf("files %v before the repair, %v after", files, got)
			}
			b.checkProjectsAreInFiles()
		})
	}
}

// TestAStartWaitsForABackup keeps the copy of a command from being cleared.
func TestAStartWaitsForABackup(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Nord"))
	server := b.beside()
	share, err := b.Bases.Share(t.Context())
	wantNone(t, err)
	done := make(chan error)
	go func() { done <- server.Repair(t.Context()) }()
	share()
	wantNone(t, <-done)
	alone, err := server.Bases.Own(t.Context())
	wantNone(t, err)
	if _, err := b.BackupDatabase(impatient(t), "north"); err == nil {
		t.Error("a backup during a repair")
	}
	alone()
	backup, err := b.BackupDatabase(t.Context(), "north")
	wantNone(t, err, backup.File.Close())
}

// TestProjectsOfOneDatabaseFromTwoProcesses numbers projects from two sides at
// once, while some are deleted.
func TestProjectsOfOneDatabaseFromTwoProcesses(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Nord"))
	var wg sync.WaitGroup
	for _, side := range []*bed{b, b.beside()} {
		wg.Go(func() {
			for n := range 6 {
				p, err := side.CreateProject(t.Context(), side.in("north", "Aile"))
				if err != nil {
					t.Error(err)
					return
				}
				if n < 5 {
					err = side.DeleteProject(t.Context(), p.ID)
				} else {
					_, err = side.UpdateProject(t.Context(), p.ID, ProjectPatch{Name: api.Some("Aile " + p.No)})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	want := "01 02 03 04 05 06 07 08 09 10 11 12 13"
	if got := b.inFile("north", "SELECT group_concat(no, ' ') FROM (SELECT no FROM projects ORDER BY no)"); got != want {
		t.Errorf("in the file %q", got)
	}
	if n := b.count("SELECT count(*) FROM projects WHERE in_file = 0"); n != 0 {
		t.Errorf("%d are not in the file", n)
	}
	b.checkProjectsAreInFiles()
}

// TestNumbersAreGivenInTurn has a second process ask for a number while the
// first one's is not yet in the file, which alone remembers it.
func TestNumbersAreGivenInTurn(t *testing.T) {
	b := newBed(t)
	b.create(b.ask("north", "Nord"))
	other := b.beside()
	b.at = func(step string) {
		if _, err := other.CreateProject(impatient(t), other.in("north", "Aile")); err == nil || !strings.Contains(err.Error(), "lock") {
			t.Errorf("at %s: %v", step, err)
		}
	}
	if p := b.create(b.in("north", "Aile")); p.No != "02" {
		t.Errorf("number %s", p.No)
	}
}
