package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/mail"
)

// projetsSite is a folder with the sample data, and the server that runs on it.
type projetsSite struct {
	t         *testing.T
	data, url string
}

func newProjetsSite(t *testing.T) *projetsSite {
	t.Helper()
	data := demoFolder(t)
	return &projetsSite{t, data, start(t, "serve", "--data", data, "--backup-at", "off")}
}

// run runs the program in a process of its own, as beside a server, and
// returns what it printed; it fails the test unless it exits with code.
func (s *projetsSite) run(code int, args ...string) string {
	s.t.Helper()
	text, err := s.try(args...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else if err != nil {
		s.t.Fatal(err)
	}
	if got != code {
		s.t.Fatalf("intendant %s: exit %d, want %d\n%s", strings.Join(args, " "), got, code, text)
	}
	return text
}

func (s *projetsSite) try(args ...string) (string, error) {
	cmd := exec.CommandContext(s.t.Context(), os.Args[0], append(args, "--data", s.data)...)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// ask asks the server as the administrator and decodes its JSON.
func (s *projetsSite) ask(method, path, body string, into any) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.SetBasicAuth("admin", chefPassword)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		s.t.Fatalf("%s %s: %d %v\n%s", method, path, resp.StatusCode, err, text)
	}
	return resp.StatusCode
}

// wantLines fails the test unless the output has every line, tabs and all.
func wantLines(t *testing.T, output string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+output, "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, output)
		}
	}
}

// TestProjectsFromTheCommandLine does what the API does, while the server runs,
// and looks through the server.
func TestProjectsFromTheCommandLine(t *testing.T) {
	s := newProjetsSite(t)
	wantLines(t, s.run(0, "project", "list"), "408\t02\tport\t6\tactif\tEntrepôt frigorifique")
	if out := s.run(0, "project", "list", "--query", "TEMPLATE"); out != "10\t01\takl-test\t5\tactif\tDev template\n" {
		t.Errorf("found %q", out)
	}
	wantLines(t, s.run(0, "project", "list", "--all"), "4\t01\tlycees-littoral\t3\tinactif\tLycée d'Akwa")

	// The document's example.
	create := []string{"project", "create", "--name", "REST TEST", "--owner", "5", "--description", "TEST CREATE FROM REST", "--constructor", "Constructeur"}
	created := s.run(0, append(create, "--new-db", "rest_test")...)
	id := regexp.MustCompile(`^Projet (\d+) créé, n° 01 de la base rest_test\.\n$`).FindStringSubmatch(created)
	if id == nil {
		t.Fatalf("printed %q", created)
	}
	if out := s.run(1, append(create, "--new-db", "rest_test")...); !strings.Contains(out, "new_db_name: has already been taken") {
		t.Errorf("the name twice: %s", out)
	}
	if out := s.run(0, append(create, "--db", "rest_test")...); !strings.Contains(out, "n° 02 de la base rest_test") {
		t.Errorf("attached: %s", out)
	}
	s.run(2, append(create, "--db", "rest_test", "--new-db", "x")...)
	s.run(2, create...)
	s.run(1, append(create, "--new-db", "../x")...)
	s.run(1, append(create, "--new-db", "x", "--template", "nowhere")...)
	var project struct {
		Project struct {
			Name, Description string
			Active            bool
			GrossArea         *string `json:"gross_area"`
		}
	}
	path := "/projects/" + id[1]
	s.run(0, "project", "update", id[1], "--name", "Autre nom", "--gross-area", "12.50", "--active=false")
	if s.ask(http.MethodGet, path, "", &project); project.Project.Name != "Autre nom" || project.Project.Active || *project.Project.GrossArea != "12.50" ||
		project.Project.Description != "TEST CREATE FROM REST" {
		t.Errorf("updated: %+v", project.Project)
	}
	s.run(1, "project", "update", id[1], "--type", "99")
	s.run(1, "project", "update", "99999", "--name", "x")
	s.run(2, "project", "update", "un")
	s.run(0, "project", "delete", id[1])
	if status := s.ask(http.MethodGet, path, "", nil); status != http.StatusNotFound {
		t.Errorf("deleted: %d", status)
	}
	if out := s.run(1, "project", "delete", id[1]); !strings.Contains(out, id[1]+": Not Found") {
		t.Errorf("deleted twice: %s", out)
	}
	s.journalNames("project.create", "project.update", "project.delete", "database.create")
}

// journalNames fails the test unless commands did each of these.
func (s *projetsSite) journalNames(actions ...string) {
	s.t.Helper()
	s.inside(func(a *appliance.Appliance) {
		for _, action := range actions {
			lines, err := a.Store.Read().JournalLines(s.t.Context(), db.JournalLinesParams{Action: action, Since: "0", Until: "9999", RowLimit: 1})
			if err != nil || len(lines) != 1 || lines[0].Account != "ligne de commande" {
				s.t.Errorf("%s: %+v %v", action, lines, err)
			}
		}
	})
}

// inside opens the folder beside the server.
func (s *projetsSite) inside(look func(*appliance.Appliance)) {
	s.t.Helper()
	a, err := appliance.Open(s.t.Context(), appliance.Config{Data: s.data, MustExist: true})
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Close()
	look(a)
}

func TestUsersOfAProjectFromTheCommandLine(t *testing.T) {
	s := newProjetsSite(t)
	person := []string{"--first-name", "Ada", "--last-name", "Byron", "--email", "ada@example.com"}
	add := append([]string{"project", "add-user", "408", "ada", "--room", "1"}, person...)
	if out := s.run(2, add...); !strings.Contains(out, "--public-url") {
		t.Errorf("a mail without an address: %s", out)
	}
	s.run(2, append(add, "--mail", "skip_email", "--email", "pas une adresse")...)
	s.run(1, append(add, "--mail", "99", "--public-url", "https://site.example")...)
	s.run(1, "project", "add-user", "408", "inconnu", "--mail", "skip_email")
	if out := s.run(0, append(add, "--public-url", "https://site.example")...); out != "ada ajouté au projet 408.\n" {
		t.Errorf("printed %q", out)
	}
	s.run(1, append(add, "--mail", "skip_email")...) // there already
	s.run(1, "project", "add-user", "1", "ada", "--mail", "skip_email", "--first-name", "Autre")
	s.run(0, "project", "add-user", "1", "ada", "--mail", "skip_email", "--superuser")
	wantLines(t, s.run(0, "project", "users", "408"), "ada\tAda Byron\tactif\t1 4 4 4 4 4 4\t")
	wantLines(t, s.run(0, "project", "users", "1"), "ada\tAda Byron\tactif\t4 4 4 4 4 4 4\tsuperuser")
	var member struct {
		User struct {
			Equipment int64 `json:"equipment_rights"`
			Superuser bool
		} `json:"project_user"`
	}
	s.run(0, "project", "set-user", "1", "ada", "--equipment", "2", "--superuser=false")
	if s.ask(http.MethodGet, "/project_users/ada,1", "", &member); member.User.Equipment != 2 || member.User.Superuser {
		t.Errorf("set: %+v", member)
	}
	s.run(1, "project", "set-user", "1", "ada", "--equipment", "5")
	s.run(1, "project", "set-user", "2", "ada", "--equipment", "1")
	s.run(0, "project", "remove-user", "1", "ada")
	s.run(1, "project", "remove-user", "1", "ada")
	s.run(1, "project", "users", "99999")

	// The mail waits for a server with SMTP, and its link leads to the address.
	s.inside(func(a *appliance.Appliance) {
		items, _, err := a.Mail.Outbox(t.Context(), mail.Filter{Text: "ada@"})
		if err != nil || len(items) != 1 || items[0].TemplateID != mail.ProjectInvitation || items[0].State != mail.Held {
			t.Fatalf("outbox %+v %v", items, err)
		}
		body, err := a.Mail.Body(t.Context(), items[0].ID)
		if err != nil || !strings.Contains(body, "https://site.example/password?code=") || !strings.Contains(body, "sur https://site.example.") {
			t.Errorf("body %v\n%s", err, body)
		}
	})
	s.journalNames("project_user.create", "project_user.update", "project_user.delete")
}

func TestDatabasesFromTheCommandLine(t *testing.T) {
	s := newProjetsSite(t)
	if out := s.run(0, "database", "list"); !regexp.MustCompile(`(?m)^campus\t2\t\d+\t$`).MatchString(out) {
		t.Errorf("listed %s", out)
	}
	enabled := func() string { return s.run(0, "project", "users", "7") }
	before := enabled()
	s.run(0, "database", "disableall", "campus")
	if out := enabled(); strings.Contains(out, "\tactif\t") {
		t.Errorf("disabled: %s", out)
	}
	s.run(0, "database", "enableall", "campus")
	if out := enabled(); out != before {
		t.Errorf("enabled: %s", out)
	}

	// kickall: a token of a member is refused by the server at once.
	token := strings.TrimSpace(s.run(0, "token", "create", "m.njoya"))
	if status := get(t, s.url+"/admin/account", token); status != http.StatusOK {
		t.Errorf("before: %d", status)
	}
	s.run(0, "database", "kickall", "campus")
	if status := get(t, s.url+"/admin/account", token); status != http.StatusUnauthorized {
		t.Errorf("after: %d", status)
	}

	file := filepath.Join(t.TempDir(), "campus.backup")
	if out := s.run(0, "database", "backup", "campus", file); !strings.Contains(out, "octets") {
		t.Errorf("printed %s", out)
	}
	if err := db.CheckFile(t.Context(), file); err != nil {
		t.Error(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.run(1, "database", "backup", "campus", file) // it is there
	if again, err := os.ReadFile(file); err != nil || !bytes.Equal(whole, again) {
		t.Errorf("the file was touched: %v", err)
	}
	s.run(1, "database", "backup", "nowhere", filepath.Join(t.TempDir(), "x"))
	s.run(1, "database", "backup", "campus", filepath.Join(t.TempDir(), "absent", "x"))

	if out := s.run(1, "database", "delete", "campus"); !strings.Contains(out, "campus: ") {
		t.Errorf("with projects: %s", out)
	}
	s.run(1, "database", "delete", "dev-template")
	s.run(0, "project", "delete", "9")
	s.run(0, "database", "delete", "formation")
	if status := s.ask(http.MethodGet, "/database/formation", "", nil); status != http.StatusNotFound {
		t.Errorf("deleted: %d", status)
	}
	trash := strings.Split(strings.TrimSpace(s.run(0, "database", "trash")), "\n")
	if len(trash) != 2 {
		t.Fatalf("trash %q", trash)
	}
	discarded, _, _ := strings.Cut(trash[0], "\t") // the latest
	if out := s.run(0, "database", "restore", discarded); out != "Base formation restaurée.\n" {
		t.Errorf("printed %q", out)
	}
	if status := s.ask(http.MethodGet, "/database/formation", "", nil); status != http.StatusOK {
		t.Errorf("restored: %d", status)
	}
	s.run(1, "database", "restore", discarded)
	discarded, _, _ = strings.Cut(trash[1], "\t")
	s.run(0, "database", "empty", discarded)
	s.run(1, "database", "empty", discarded)
	if out := s.run(0, "database", "trash"); out != "" {
		t.Errorf("trash %s", out)
	}
	s.run(2, "database", "restore")
	s.run(2, "database")
	s.journalNames("database.disableall", "database.enableall", "database.kickall", "database.backup", "database.delete", "database.restore", "database.empty")
}

// TestCommandsAndServerShareTheDatabases makes databases and projects from
// commands and through the server at once, then starts another server among
// the commands: nothing is lost, taken twice or half made.
func TestCommandsAndServerShareTheDatabases(t *testing.T) {
	data := demoFolder(t)
	s := &projetsSite{t: t, data: data}
	const each = 4
	var mu sync.Mutex
	made := map[string]bool{}
	note := func(name string, err error, text string) {
		mu.Lock()
		defer mu.Unlock()
		if made[name] = err == nil; err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	var wg sync.WaitGroup
	for worker := range 2 {
		wg.Go(func() {
			for n := range each {
				name := fmt.Sprintf("cmd-%d-%d", worker, n)
				create := []string{"project", "create", "--name", name, "--owner", "5", "--description", "d", "--constructor", "c"}
				text, err := s.try(append(create, "--new-db", name)...)
				note(name, err, text)
				text, err = s.try(append(create, "--db", "port")...)
				note("port of "+name, err, text)
			}
		})
	}
	// Two servers, one after the other, each repairing at its start.
	for round := range 2 {
		ctx, stop := context.WithCancel(t.Context())
		cmd, url := startChild(t, exec.CommandContext(ctx, os.Args[0], "serve", "--data", data, "--listen", "127.0.0.1:0", "--backup-at", "off"))
		s.url = url
		for n := range each {
			name := fmt.Sprintf("web-%d-%d", round, n)
			body := fmt.Sprintf(`{"project":{"new_db":1,"new_db_template":"dev-template","new_db_name":%q,"name":%[1]q,"constructor":"c","description":"d","owner_id":5,"project_type_id":1}}`, name)
			if status := s.ask(http.MethodPost, "/projects", body, nil); status != http.StatusCreated {
				t.Errorf("%s: %d", name, status)
			}
			note(name, nil, "")
		}
		stop()
		_ = cmd.Wait() // killed, in the middle of nothing of its own
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	s.inside(func(a *appliance.Appliance) {
		if err := a.Projets.Repair(t.Context()); err != nil {
			t.Error(err)
		}
		databases, err := a.Projets.Databases(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]int{}
		for _, d := range databases {
			if there[d.Name] = d.ProjectCount; d.IsMissing {
				t.Errorf("%s has no file", d.Name)
			}
		}
		for name := range made {
			if !strings.HasPrefix(name, "port of ") && there[name] != 1 {
				t.Errorf("%s holds %d projects", name, there[name])
			}
		}
		if want := 2 + 2*each; there["port"] != want {
			t.Errorf("port holds %d projects, want %d", there["port"], want)
		}
		trash, err := a.Projets.Trash(t.Context())
		if err != nil || len(trash) != 1 {
			t.Errorf("trash %+v %v", trash, err)
		}
	})
}
