package web_test

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/identity"
	"intendant/web/catalog"
)

// written writes a line of the journal at a moment.
func (s *site) written(at time.Time, who string, e audit.Entry) {
	s.t.Helper()
	ctx := audit.WithActor(s.t.Context(), audit.Actor{Name: who})
	if err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error { return audit.Record(ctx, q, at, e) }); err != nil {
		s.t.Fatal(err)
	}
}

func moment(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

func TestJournalTellsWhatChanged(t *testing.T) {
	s := newSite(t)
	account := s.create(identity.NewAccount{UserName: "ada", LastName: "Byron"})
	b := s.admin()
	b.goes("/admin/users/"+account.UUID+"/edit", "last_name", "Lovelace", "first_name", "", "matricule", strconv.FormatInt(account.Matricule, 10), "email", "")
	page := b.page("/admin/journal")
	has(
		t, page, "Compte modifié", `<a href="/admin/users/`+account.UUID+`">ada</a>`, "1 champ", "<th scope=\"row\">Nom</th><td>Byron</td><td>Lovelace</td>",
		"127.0.0.1", "Session ouverte",
	)
	b.language = "en"
	has(t, b.page("/admin/journal"), "Account changed", "1 field")
}

func TestJournalFilters(t *testing.T) {
	s := newSite(t)
	s.written(moment(1, 23), "Éloi", audit.Entry{Action: "site.create", ObjectType: "site", ObjectID: "s1", ObjectName: "Forêt noire"})
	s.written(moment(2, 0), "ada", audit.Entry{Action: "client.create", ObjectType: "client", ObjectID: "c1", ObjectName: "Mairie"})
	s.written(moment(2, 23), "ada", audit.Entry{Action: "site.delete", ObjectType: "site", ObjectID: "s2", ObjectName: "Grange"})
	b := s.admin()
	for _, row := range []struct {
		query     string
		has, miss []string
	}{
		{"q=foret", []string{"Forêt noire"}, []string{"Mairie", "Grange"}},
		{"account=ada", []string{"Mairie", "Grange"}, []string{"Forêt noire"}},
		{"object_type=client", []string{"Mairie"}, []string{"Forêt noire", "Grange"}},
		{"object_type=site&object_id=s2", []string{"Grange"}, []string{"Forêt noire", "Mairie"}},
		{"since=2026-03-02&until=2026-03-02", []string{"Mairie", "Grange"}, []string{"Forêt noire"}},
		{"until=2026-03-01", []string{"Forêt noire"}, []string{"Mairie", "Grange"}},
		{"since=demain&object_type=site", []string{"Forêt noire", "Grange"}, []string{"Mairie"}},
		{"q=introuvable", []string{"Rien ne correspond"}, []string{"Mairie"}},
	} {
		page := b.page("/admin/journal?" + row.query)
		has(t, page, row.has...)
		lacks(t, page, row.miss...)
	}
	page := b.page("/admin/journal?object_type=site")
	has(t, page, `<a href="/admin/sites/s1">`)
	lacks(t, page, `href="/admin/sites/s2"`) // deleted: it has no page any more
}

func TestJournalPages(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.written(moment(1, 1), "ada", audit.Entry{Action: "site.create", ObjectType: "site", ObjectName: fmt.Sprintf("Lieu n%03d", i)})
	}
	b := s.admin()
	has(t, b.page("/admin/journal?object_type=site"), "Lieu n059", "Lieu n010", "1 à 50 sur 60", "page=2")
	page := b.page("/admin/journal?object_type=site&page=2")
	has(t, page, "Lieu n009", "Lieu n000")
	lacks(t, page, "Lieu n010")
	page = b.page("/admin/journal?object_type=site&sort=at")
	has(t, page, "Lieu n000", "Lieu n049", `aria-sort="ascending"`, `page=2&amp;sort=at">Suivante`)
	lacks(t, page, "Lieu n050")
	lines := strings.Split(b.get("/admin/journal/export?object_type=site&sort=at").body, "\r\n")
	if !strings.Contains(lines[1], "Lieu n000") || !strings.Contains(lines[60], "Lieu n059") {
		t.Errorf("exported from %q to %q", lines[1], lines[60])
	}
}

func TestJournalExport(t *testing.T) {
	s := newSite(t)
	type image = map[string]any
	s.written(moment(1, 9), "ada", audit.Entry{
		Action: "client.update", ObjectType: "client", ObjectID: "c1", ObjectName: "Mairie; centre", Before: image{"nom": "A", "code": 1}, After: image{"nom": "B", "code": 2},
	})
	for range 600 { // more than are read at once
		s.written(moment(2, 9), "bob", audit.Entry{Action: "site.create", ObjectType: "site"})
	}
	b := s.admin()
	a := b.get("/admin/journal/export?account=ada&format=csv")
	want := "\ufeffDate;Auteur;Action;Nature;Objet;Identifiant;Modifications;Adresse;Requête\r\n" +
		"2026-03-01 09:00:00;ada;Client modifié;Client;\"Mairie; centre\";c1;\"Code : « 1 » devient « 2 »\nNom : « A » devient « B »\";;\r\n"
	if diff := cmp.Diff(want, a.body); diff != "" || a.status != http.StatusOK {
		t.Error(a.status, diff)
	}
	if got := a.header.Get("Content-Disposition"); got != `attachment; filename="journal.csv"` {
		t.Error(got)
	}
	if n := strings.Count(b.get("/admin/journal/export?account=bob").body, "\r\n"); n != 601 {
		t.Errorf("%d lines, want 601", n)
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(b.get("/admin/journal/export?account=ada&format=xlsx").body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 2 || rows[1][2] != "Client modifié" {
		t.Errorf("%q, %v", rows, err)
	}
}

func TestJournalRights(t *testing.T) {
	s := newSite(t)
	s.written(moment(1, 9), "ada", audit.Entry{Action: "site.create", ObjectType: "site", ObjectID: "s1", ObjectName: "Grange"})
	reader := s.holder("lecteur", "journal:read")
	page := reader.page("/admin/journal")
	has(t, page, "Grange")
	lacks(t, page, `href="/admin/sites/s1"`) // he may not open it
	for _, path := range []string{"/admin/journal", "/admin/journal/export"} {
		if a := s.holder("sans"+strconv.Itoa(len(path)), "users:read").get(path); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

var actionForm = regexp.MustCompile(`^([a-z]+)\.([a-z_]+)$`)

// TestEveryActionHasItsText finds the actions in the packages that write in the
// journal: the literals of the form "object.act".
func TestEveryActionHasItsText(t *testing.T) {
	folders := map[string]bool{}
	found := map[string]bool{}
	walk := func(visit func(path string, file *ast.File)) {
		err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err == nil {
				visit(path, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	walk(func(path string, file *ast.File) {
		for _, i := range file.Imports {
			if i.Path.Value == `"intendant/internal/audit"` && !strings.HasPrefix(path, "../web/") {
				folders[filepath.Dir(path)] = true
			}
		}
	})
	walk(func(path string, file *ast.File) {
		if !folders[filepath.Dir(path)] {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if m := actionForm.FindStringSubmatch(text); err == nil && m != nil && !isColumn(m[1], m[2]) {
				found[text] = true
			}
			return true
		})
	})
	if len(found) < 20 {
		t.Fatalf("only %d actions found", len(found))
	}
	for action := range found {
		if key := "journal.action_" + strings.ReplaceAll(action, ".", "_"); !catalog.Has(catalog.French, key) {
			t.Errorf("%s has no text", action)
		}
	}
}

// isColumn tells a column of a table ("clients.code") and a file
// ("server.lock", "intendant.db") from an action.
func isColumn(first, second string) bool {
	return strings.HasSuffix(first, "s") && first != "settings" || second == "db" || second == "lock" || second == "json" || second == "tar"
}
