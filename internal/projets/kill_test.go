package projets

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"intendant/db"
	"intendant/internal/api"
)

// childEnv makes the test binary do one thing to a data folder and stop for
// good at one step of it.
const childEnv = "TEST_PROJETS_CHILD"

func TestMain(m *testing.M) {
	if data := os.Getenv(childEnv); data != "" {
		fmt.Fprintln(os.Stderr, child(context.Background(), data, os.Args[1], os.Args[2]))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child does act to the data folder, says so when it comes to step, and waits
// there to be killed. It returns only when something is wrong.
func child(ctx context.Context, data, act, step string) error {
	b, _, err := openBed(ctx, data)
	if err != nil {
		return err
	}
	b.owner = 1
	b.at = func(at string) {
		if at == step {
			fmt.Println(at)
			select {}
		}
	}
	switch act {
	case "create":
		_, err = b.CreateProject(ctx, b.ask("new", "Neuf"))
	case "attach":
		_, err = b.CreateProject(ctx, b.in("north", "Aile"))
	case "rename":
		_, err = b.UpdateProject(ctx, 1, ProjectPatch{Name: api.Some("Ouest")})
	case "delete":
		err = b.DeleteDatabase(ctx, "north")
	case "restore":
		_, err = b.RestoreDatabase(ctx, b.latestInTrash(ctx))
	case "empty":
		err = b.EmptyDatabase(ctx, b.latestInTrash(ctx))
	}
	return errors.Join(err, errors.New("it came to its end"))
}

// latestInTrash returns what names the latest database in the trash, "" when
// there is none.
func (b *bed) latestInTrash(ctx context.Context) string {
	list, err := b.Trash(ctx)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].ID
}

// kill runs act on the data folder in a process of its own and kills it at
// step.
func kill(t *testing.T, data, act, step string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], act, step)
	cmd.Env = append(os.Environ(), childEnv+"="+data)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	wantNone(t, err, cmd.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || line != step+"\n" {
		t.Fatalf("the child said %q: %v", line, err)
	}
	wantNone(t, cmd.Process.Kill())
	_ = cmd.Wait() // killed, as it should be
}

// TestKill kills a process at each step of what touches both the base and the
// files; the next start finds either nothing of it or the whole.
func TestKill(t *testing.T) {
	// What there is at the end: databases that can be used, projects, those in
	// the trash, and the lines of the journal about it.
	type state struct {
		files                      []string
		ready, projects, discarded int
		lines                      int
	}
	template, north, made := "dev-template.db", "north.db", "new.db"
	before := state{files: []string{template, north}, ready: 2, projects: 0}
	created := state{files: []string{template, made, north}, ready: 3, projects: 1, lines: 2}
	attached := state{files: []string{template, north}, ready: 2, projects: 1, lines: 1}
	deleted := state{files: []string{template, filepath.Join("trash", "*")}, ready: 1, discarded: 1, lines: 1}
	restored := state{files: []string{template, north}, ready: 2, lines: 1}
	inTrash := state{files: deleted.files, ready: 1, discarded: 1}
	renamed := state{files: []string{template, north}, ready: 2, projects: 1}
	emptied := state{files: []string{template}, ready: 1, discarded: 1} // its row can be emptied again
	for _, row := range []struct {
		act, step string
		want      state
	}{
		{"create", "reserved", before},
		{"create", "prepared", before},
		{"create", "adopted", before},
		{"create", "published", before},
		{"create", "created", created},
		{"attach", "attached", attached},
		{"attach", "put", attached},
		{"rename", "renamed", renamed},
		{"rename", "put", renamed},
		{"delete", "leaving", before},
		{"delete", "left", deleted},
		{"delete", "deleted", deleted},
		{"restore", "returning", inTrash},
		{"restore", "returned", restored},
		{"restore", "restored", restored},
		{"empty", "emptied", emptied},
	} {
		t.Run(row.act+" "+row.step, func(t *testing.T) {
			data := t.TempDir()
			prepareKill(t, data, row.act)
			kill(t, data, row.act, row.step)
			b, closeBed, err := openBed(t.Context(), data)
			wantNone(t, err)
			defer closeBed()
			b.t = t
			wantNone(t, b.Repair(t.Context()), b.Repair(t.Context()))
			got := state{
				files: b.files(), ready: b.count("SELECT count(*) FROM project_databases WHERE state = 'ready'"),
				projects: b.count("SELECT count(*) FROM projects"), discarded: b.count("SELECT count(*) FROM project_databases WHERE state = 'trashed'"),
				lines: b.count("SELECT count(*) FROM journal WHERE action LIKE 'database.%' OR action = 'project.create'"),
			}
			same := len(got.files) == len(row.want.files)
			for i := range min(len(got.files), len(row.want.files)) {
				matches, err := filepath.Match(row.want.files[i], got.files[i])
				same = same && matches && err == nil
			}
			if got.files = row.want.files; !same || fmt.Sprint(got) != fmt.Sprint(row.want) {
				t.Errorf("files %v, %+v, want %+v", b.files(), got, row.want)
			}
			if n := b.count("SELECT count(*) FROM project_databases"); n != got.ready+got.discarded {
				t.Errorf("%d rows", n)
			}
			b.checkProjectsAreInFiles()
			if row.act == "empty" {
				wantNone(t, b.EmptyDatabase(t.Context(), b.latestInTrash(t.Context())))
			}
		})
	}
}

// prepareKill makes a data folder with the database "north", which is in the
// trash when it is to leave it, with a project when one is to be renamed, and
// an empty journal.
func prepareKill(t *testing.T, data, act string) {
	t.Helper()
	b, closeBed, err := openBed(t.Context(), data)
	wantNone(t, err)
	defer closeBed()
	b.t = t
	owner, err := b.CreateOwner(t.Context(), nameOnly("Propriétaire"))
	wantNone(t, err)
	b.owner = owner.ID
	p := b.create(b.ask("north", "Nord"))
	if act != "rename" {
		wantNone(t, b.DeleteProject(t.Context(), p.ID))
	}
	if act == "restore" || act == "empty" {
		wantNone(t, b.DeleteDatabase(t.Context(), "north"))
	}
	wantNone(t, b.emptyJournal())
}

// checkProjectsAreInFiles compares the projects with what their databases
// hold.
func (b *bed) checkProjectsAreInFiles() {
	b.t.Helper()
	projects, _, err := b.Projects(b.t.Context(), ProjectQuery{ShowAll: true})
	wantNone(b.t, err)
	for _, p := range projects {
		wantNone(b.t, db.CheckFile(b.t.Context(), filepath.Join(b.data, "databases", p.DatabaseID+".db")))
		query := fmt.Sprintf("SELECT name FROM projects WHERE id = %d AND no = '%s'", p.ID, p.No)
		if got := b.inFile(p.DatabaseID, query); got != p.Name {
			b.t.Errorf("in the file %q, want %q", got, p.Name)
		}
	}
	if !slices.Contains(b.files(), "dev-template.db") {
		b.t.Error("the template is gone")
	}
}
