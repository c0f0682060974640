package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/projets/bases"
	"intendant/web/webtest"
)

// loginProject makes a project in a database of its own.
func (s *site) loginProject(database, name string) int64 {
	s.t.Helper()
	owner, err := s.Projets.CreateOwner(s.t.Context(), projets.OwnerPatch{Name: api.Some("Propriétaire")})
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.Projets.CreateProject(s.t.Context(), projets.NewProject{
		NewDB: api.Some(true), NewDBTemplate: api.Some(bases.Template), NewDBName: api.Some(database), Name: api.Some(name),
		Constructor: api.Some("Bâtisseurs"), Description: api.Some("Essai"), OwnerID: api.Some(owner.ID), ProjectTypeID: api.Some(int64(1)),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

// logins writes so many logins of a person to a project on a day.
func (s *site) logins(n int, day, database string, project, account int64, client string) {
	s.t.Helper()
	var at db.Time
	if err := at.Scan(day + "T12:00:00.000Z"); err != nil {
		s.t.Fatal(err)
	}
	err := s.Store.Write(s.t.Context(), func(ctx context.Context, q *db.Queries) error {
		for range n {
			err := q.AddProjectLogin(ctx, db.AddProjectLoginParams{At: at, ProjectID: project, DatabaseID: database, AccountID: account, Client: client})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

var (
	tableRow  = regexp.MustCompile(`(?s)<tr>(.*?)</tr>`)
	tableCell = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// table returns the rows of a page's table: "Nord|north|3".
func table(page string) []string {
	var rows []string
	for _, row := range tableRow.FindAllStringSubmatch(page, -1) {
		var cells []string
		for _, cell := range tableCell.FindAllStringSubmatch(row[1], -1) {
			cells = append(cells, strings.TrimSpace(anyTag.ReplaceAllString(cell[1], "")))
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

// loginSite has logins of three people to three projects, one of them gone.
func loginSite(t *testing.T) *site {
	s := newSite(t)
	north, south := s.loginProject("north", "Hôpital <Nord>"), s.loginProject("south", "Lycée Sud")
	s.logins(1200, "2025-03-01", "north", north, 1, "Maquette")
	s.logins(30, "2025-03-02", "north", north, 2, "Navigateur")
	s.logins(7, "2025-03-02", "south", south, 2, "Navigateur")
	s.logins(2, "2025-03-03", "old", 99, 3, "Import")
	return s
}

const march = "?from_date=2025-03-01&to_date=2025-03-31"

func TestLoginsOfAPeriod(t *testing.T) {
	s := loginSite(t)
	b := s.admin()
	page := b.page("/node/logins" + march)
	want := []string{
		"Projet Base|Maquette|Navigateur|Import|Total|Personnes",
		"Hôpital &lt;Nord&gt; north|1\u202f200|30||1\u202f230|2",
		"Lycée Sud south||7||7|1",
		"Projet 99, supprimé old|||2|2|1",
		"Ensemble|1\u202f200|37|2|1\u202f239|3",
	}
	if diff := cmp.Diff(want, table(page)); diff != "" {
		t.Error(diff)
	}
	has(
		t, page, `<svg xmlns="http://www.w3.org/2000/svg" class="graphique" role="img" aria-labelledby="connexions-titre connexions-description"`,
		"<title>Hôpital &lt;Nord&gt;, Maquette : 1\u202f200</title>", "du 01/03/2025 au 31/03/2025", `value="2025-03-01"`, `value="2025-03-31"`,
		`<a href="/projects/1">`, `href="/node/unique_users?from_date=2025-03-01&amp;to_date=2025-03-31"`,
		`href="/admin/logins/export?format=csv&amp;from_date=2025-03-01&amp;of=logins&amp;to_date=2025-03-31"`,
	)
	lacks(t, page, "style=", `href="/projects/99"`)

	users := b.page("/node/unique_users" + march)
	want = []string{"Projet|Base|Personnes", "Hôpital &lt;Nord&gt;|north|2", "Lycée Sud|south|1", "Projet 99, supprimé|old|1", "Ensemble||3"}
	if diff := cmp.Diff(want, table(users)); diff != "" {
		t.Error(diff)
	}
	has(t, users, `class="graphique-s1"`, "of=users")

	has(t, b.page("/node/logins?to_date=2025-03-01"), "Maquette", `value="2020-03-01"`)
	lacks(t, b.page("/node/logins?to_date=2025-03-01"), "Navigateur")
	has(t, b.page("/node/logins?to_date=2020-01-01"), "Aucune connexion pendant cette période.")
	b.language = "en"
	has(t, b.page("/node/logins"+march), "Logins by project and program", "1,239", "Project 99, deleted")
	has(t, b.page("/node/unique_users"+march), "Different people by project")
}

func TestFaultyPeriods(t *testing.T) {
	b := newSite(t).admin()
	for _, path := range []string{"/node/logins", "/node/unique_users"} {
		for _, row := range []struct {
			query, fault string
			status       int
		}{
			{"?from_date=hier", "field-from_date-fault", http.StatusBadRequest},
			{"?to_date=2025-02-30", "field-to_date-fault", http.StatusBadRequest},
			{"?from_date=2025-03-02&to_date=2025-03-01", "La période finit avant de commencer.", http.StatusUnprocessableEntity},
		} {
			a := b.get(path + row.query)
			wantStatus(t, path+row.query, a, row.status)
			has(t, a.body, row.fault, `aria-invalid="true"`)
			lacks(t, a.body, "Aucune connexion", "<svg xmlns")
		}
		has(t, b.get(path+"?from_date=hier").body, "Un jour est attendu", `value="hier"`)
		// A form whose days were cleared asks for the usual period.
		if a := b.get(path + "?from_date=&to_date=2025-03-01"); a.location != path+"?to_date=2025-03-01" {
			t.Errorf("%s with a blank day: %d to %q", path, a.status, a.location)
		}
		if a := b.get(path + "?from_date=&to_date="); a.location != path {
			t.Errorf("%s with blank days: %d to %q", path, a.status, a.location)
		}
	}
}

func TestLoginsAreExported(t *testing.T) {
	s := loginSite(t)
	b := s.admin()
	a := b.get("/admin/logins/export" + march + "&of=logins")
	wantStatus(t, "logins", a, http.StatusOK)
	want := "\ufeffNuméro du projet;Projet;Base;Logiciel;Connexions\r\n1;Hôpital <Nord>;north;Maquette;1200\r\n" +
		"1;Hôpital <Nord>;north;Navigateur;30\r\n2;Lycée Sud;south;Navigateur;7\r\n99;;old;Import;2\r\n"
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Error(diff)
	}
	has(t, a.header.Get("Content-Disposition"), "connexions.csv")
	a = b.get("/admin/logins/export" + march + "&of=users")
	has(t, a.body, "Numéro du projet;Projet;Base;Personnes\r\n1;Hôpital <Nord>;north;2\r\n")
	a = b.get("/admin/logins/export" + march + "&format=xlsx")
	if a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("xlsx: %d", a.status)
	}
	wantStatus(t, "a bad day", b.get("/admin/logins/export?from_date=hier"), http.StatusUnprocessableEntity)
	wantStatus(t, "a stranger", s.holder("parc", "clients:read").get("/admin/logins/export"), http.StatusForbidden)
	wantStatus(t, "a reader", s.holder("lecteur", "projets:read").get("/admin/logins/export"), http.StatusOK)
}

// TestManyProjectsAndClients folds what a chart cannot hold.
func TestManyProjectsAndClients(t *testing.T) {
	s := newSite(t)
	for i := range 25 {
		s.logins(1+i, "2025-03-01", "base", int64(100+i), 1, fmt.Sprintf("Logiciel %02d", i%12))
	}
	page := s.admin().page("/node/logins" + march)
	rows := table(page)
	if len(rows) != 27 || !strings.HasSuffix(rows[0], "|Autres|Total|Personnes") || strings.Count(rows[0], "|") != 10 {
		t.Errorf("%d rows, %s", len(rows), rows[0])
	}
	if n := strings.Count(page, `class="graphique-nom"`); n != 20 {
		t.Errorf("%d bars", n)
	}
	has(t, page, "les 20 premiers projets", "Projet 124, supprimé")
}

// TestBrowserLogins looks at the chart in Chromium.
func TestBrowserLogins(t *testing.T) {
	s := demoSite(t)
	tab := webtest.Open(t, s.url)
	tab.Go("/node/logins")
	tab.Type("username", adminName)
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary")
	tab.WaitFor("svg.graphique")
	tab.Shows("Connexions aux projets", "Maquette", "Projet 407, supprimé")
	tab.Picture("logins")
	tab.Click("a[href='/node/unique_users']")
	tab.Shows("Personnes par projet")
	tab.Picture("logins-people")
	for name, path := range map[string]string{"logins": "/node/logins", "logins-people": "/node/unique_users", "logins-none": "/node/logins?to_date=2001-01-01"} {
		tab.Phone()
		tab.Go(path)
		tab.FitsWidth()
		tab.Picture("phone-" + name)
	}
	tab.Desk()
	tab.Dark()
	tab.Go("/node/logins")
	tab.Picture("dark-logins")
	if fill := tab.Value(`getComputedStyle(document.querySelector("rect.graphique-s1")).fill`); fill != "rgb(124, 184, 230)" {
		t.Errorf("the dark bars are %s", fill)
	}
	tab.Click("form.filters button")
	tab.Shows("Maquette")
}
