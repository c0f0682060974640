package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/projets/bases"
	"intendant/internal/tableur"
)

// databaseSite is a site with an owner of databases.
type databaseSite struct {
	*site
	owner int64
}

func newDatabaseSite(t *testing.T) *databaseSite {
	t.Helper()
	s := &databaseSite{site: newSite(t)}
	s.owner = s.ownerNamed("Région Bretagne")
	return s
}

func (s *databaseSite) ownerNamed(name string) int64 {
	s.t.Helper()
	owner, err := s.Projets.CreateOwner(s.t.Context(), projets.OwnerPatch{Name: api.Some(name)})
	if err != nil {
		s.t.Fatal(err)
	}
	return owner.ID
}

// project creates a project in the database of that name, which it makes when
// there is none, and returns its number.
func (s *databaseSite) project(database, name string, owner int64) int64 {
	s.t.Helper()
	in := projets.NewProject{
		Name: api.Some(name), Constructor: api.Some("Bâtisseurs"), Description: api.Some("Un essai"),
		OwnerID: api.Some(owner), ProjectTypeID: api.Some(int64(1)),
	}
	_, err := s.Projets.Database(s.t.Context(), database)
	if err == nil {
		in.NewDB, in.ExistingDBName = api.Some(false), api.Some(database)
	} else {
		in.NewDB, in.NewDBTemplate, in.NewDBName = api.Some(true), api.Some(bases.Template), api.Some(database)
	}
	p, err := s.Projets.CreateProject(s.t.Context(), in)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

// member adds a person, whom the mail invites, to a project.
func (s *databaseSite) member(project int64, name, email string) {
	s.t.Helper()
	_, err := s.Projets.AddProjectUser(s.t.Context(), projets.NewProjectUser{
		ProjectID: api.Some(project),
		User: projets.NewUser{
			UserName: api.Some(name), FirstName: api.Some("Camille"), LastName: api.Some(name), Email: api.Some(api.Email(email)),
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// discard deletes a project and its database.
func (s *databaseSite) discard(project int64, database string) {
	s.t.Helper()
	if err := s.Projets.DeleteProject(s.t.Context(), project); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Projets.DeleteDatabase(s.t.Context(), database); err != nil {
		s.t.Fatal(err)
	}
}

// file is where a database is.
func (s *databaseSite) file(name string) string {
	return filepath.Join(s.Data, "databases", name+".db")
}

func TestTheListOfDatabases(t *testing.T) {
	s := newDatabaseSite(t)
	b := s.admin()
	has(t, b.page("/database"), "dev-template", "modèle intégré", "1 base, ", "/admin/projects/new")
	other := s.ownerNamed("Énergies")
	s.project("south", "Sud", s.owner)
	s.project("south", "Sud bis", s.owner)
	s.project("north", "Nord", other)
	if err := os.Remove(s.file("north")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "dev-template north south"},
		{"by name, backwards", "?sort=-name", "south north dev-template"},
		{"by owner", "?sort=owner", "dev-template north south"},
		{"by number of projects", "?sort=projects", "dev-template north south"},
		{"by number of projects, backwards", "?sort=-projects", "south north dev-template"},
		{"by size", "?sort=size&q=th", "north south"},
		{"by age, backwards", "?sort=-created", "north south dev-template"},
		{"by something else", "?sort=owner_id", "dev-template north south"},
		{"search of a name", "?q=NOR", "north"},
		{"search of an owner", "?q=energ", "north"},
		{"in service", "?state=active", "south"},
		{"without a file", "?state=missing", "north"},
		{"built in", "?state=builtin", "dev-template"},
	} {
		if got := rowNames(b.page("/database" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	page := b.page("/database")
	has(t, page, "fichier absent", "3 bases, ", "1 à 3 sur 3", "/admin/database/export?format=csv", "/owners/"+strconv.FormatInt(other, 10), "Énergies")
	has(t, b.page("/database?q=personne"), "Rien ne correspond", "Tout afficher")
	b.language = "en"
	has(t, b.page("/database"), "Databases", "file missing", "3 databases")
}

func TestDatabasesAreExported(t *testing.T) {
	s := newDatabaseSite(t)
	s.project("south", "Sud", s.owner)
	s.project("north", "Nord", s.owner)
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/database/export?sort=-name&q=bretagne&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "bases."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		if len(sheet.Rows) != 3 || strings.Join(sheet.Rows[0].Cells, "|") != "Nom|Propriétaire|Projets|Taille (octets)|État|Créée le" {
			t.Fatalf("%s: %v", format, sheet)
		}
		info, err := os.Stat(s.file("south"))
		if err != nil {
			t.Fatal(err)
		}
		row := sheet.Rows[1].Cells
		if got := strings.Join(row[:5], "|"); got != "south|Région Bretagne|1|"+strconv.FormatInt(info.Size(), 10)+"|en service" {
			t.Errorf("%s: %q", format, got)
		}
	}
	wantStatus(t, "as PDF", b.get("/admin/database/export?format=pdf"), http.StatusUnprocessableEntity)
}

func TestADatabase(t *testing.T) {
	s := newDatabaseSite(t)
	north := s.project("north", "Hôpital & Nord", s.owner)
	s.member(north, "zoe", "zoe@exemple.fr")
	b := s.admin()
	page := b.page("/database/north")
	has(t, page, "<h1>north</h1>", "Région Bretagne", "1 personne", "Hôpital &amp; Nord", "/projects/"+strconv.FormatInt(north, 10), "01",
		`href="/database/north/get_backup_now"`, "/admin/projects/new?database=north", "/admin/journal?object_type=database&amp;object_id=north",
		"/admin/database/north/kickall", "/admin/database/north/delete")
	page = b.page("/database/dev-template")
	has(t, page, "modèle intégré", "0 personne", "Aucun projet n’utilise")
	lacks(t, page, "/admin/database/dev-template/delete", "/admin/database/dev-template/kickall")
	if err := os.Remove(s.file("north")); err != nil {
		t.Fatal(err)
	}
	page = b.page("/database/north")
	has(t, page, "Le fichier north.db n’est plus dans le dossier")
	lacks(t, page, "get_backup_now", "/admin/projects/new")
	wantStatus(t, "unknown", b.get("/database/nowhere"), http.StatusNotFound)
	b.language = "en"
	has(t, b.page("/database/north"), "The file north.db is no longer", "1 person")
}

func TestABackupOfADatabaseFromABrowser(t *testing.T) {
	s := newDatabaseSite(t)
	s.project("north", "Nord", s.owner)
	b := s.admin()
	a := b.get("/database/north/get_backup_now")
	wantStatus(t, "backup", a, http.StatusOK)
	if !strings.HasPrefix(a.body, "SQLite format 3\x00") || a.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%q, %.20q", a.header.Get("Content-Type"), a.body)
	}
	named := regexp.MustCompile(`^attachment; filename="north-\d{14}\.backup"$`)
	if got := a.header.Get("Content-Disposition"); !named.MatchString(got) {
		t.Errorf("named %q", got)
	}
	has(t, b.page("/admin/journal?object_type=database"), "Copie de la base téléchargée", `href="/database/north"`)
}

func TestActsOnTheUsersOfADatabase(t *testing.T) {
	s := newDatabaseSite(t)
	north := s.project("north", "Nord", s.owner)
	s.member(north, "zoe", "zoe@exemple.fr")
	s.member(north, "ada", "ada@exemple.fr")
	enabled := func() (n int) {
		t.Helper()
		users, err := s.Projets.ProjectUsers(t.Context(), north)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			if u.Enabled {
				n++
			}
		}
		return n
	}
	b := s.admin()
	for _, c := range []struct {
		act, asks, says string
		enabled         int
	}{
		{"disableall", "2 personnes sont dans les projets de cette base : elles ne pourront plus", "n’ont plus accès à ses projets.", 0},
		{"enableall", "2 personnes sont dans les projets de cette base : leur accès", "ont de nouveau accès", 2},
		{"kickall", "leurs sessions et leurs jetons prennent fin", "Les utilisateurs de la base north sont déconnectés.", 2},
	} {
		has(t, b.page("/admin/database/north/"+c.act), c.asks, `action="/database/north/`+c.act+`"`)
		// A page of another site may lead a browser to it.
		a := b.get("/database/north/" + c.act)
		wantStatus(t, "by GET", a, http.StatusForbidden)
		has(t, a.body, "passez par le bouton")
		if to := b.goes("/database/north/" + c.act); to != "/database/north" {
			t.Errorf("%s goes to %q", c.act, to)
		}
		page := b.page("/database/north")
		has(t, page, c.says)
		if n := enabled(); n != c.enabled {
			t.Errorf("%s: %d enabled", c.act, n)
		}
		if strings.Contains(page, "dont 2 sans accès") != (c.enabled == 0) {
			t.Errorf("%s: %s", c.act, page)
		}
		wantStatus(t, "unknown", b.get("/admin/database/nowhere/"+c.act), http.StatusNotFound)
		wantStatus(t, "unknown", b.post("/database/nowhere/"+c.act), http.StatusNotFound)
	}
}

// Whoever sends everybody away goes too when he is one of them.
func TestKickingOneself(t *testing.T) {
	s := newDatabaseSite(t)
	north := s.project("north", "Nord", s.owner)
	b := s.admin()
	_, err := s.Projets.AddProjectUser(t.Context(), projets.NewProjectUser{ProjectID: api.Some(north), User: projets.NewUser{
		UserName: api.Some(adminName), LastName: api.Some("Chef"), Email: api.Some(api.Email("admin@intendant.example")),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if to := b.goes("/database/north/kickall"); to != "/database/north" {
		t.Errorf("goes to %q", to)
	}
	if a := b.get("/database/north"); a.location != "/login?next=%2Fdatabase%2Fnorth" {
		t.Errorf("%d to %q", a.status, a.location)
	}
	b.goes("/login", "username", adminName, "password", password)
	b.page("/database/north")
}

func TestADatabaseGoesToTheTrashAndBack(t *testing.T) {
	s := newDatabaseSite(t)
	north := s.project("north", "Hôpital", s.owner)
	b := s.admin()
	has(t, b.page("/admin/database/trash"), "La corbeille est vide.")
	for name, a := range map[string]answer{"asking": b.get("/admin/database/north/delete"), "doing": b.post("/database/north", "_method", "delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	page := b.page("/admin/database/north/delete")
	has(t, page, "1 projet utilise cette base", "Hôpital", "/projects/"+strconv.FormatInt(north, 10))
	lacks(t, page, `name="_method"`)
	a := b.post("/database/north", "_method", "delete")
	wantStatus(t, "with a project", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Des projets en dépendent encore.", "1 projet utilise cette base")
	page = b.page("/admin/database/dev-template/delete")
	has(t, page, "C’est le modèle intégré")
	lacks(t, page, `name="_method"`)
	a = b.post("/database/dev-template", "_method", "delete")
	wantStatus(t, "the template", a, http.StatusForbidden)
	has(t, a.body, "Le modèle intégré ne peut pas être supprimé.")
	for _, path := range []string{"/admin/database/nowhere/delete", "/admin/database/trash/x/restore", "/admin/database/trash/x/delete"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}

	if err := s.Projets.DeleteProject(t.Context(), north); err != nil {
		t.Fatal(err)
	}
	has(t, b.page("/admin/database/north/delete"), `name="_method" value="delete"`, `action="/database/north"`)
	if to := b.goes("/database/north", "_method", "delete"); to != "/database" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/database"), "La base north est à la corbeille.", "Corbeille (1)")
	wantStatus(t, "afterwards", b.get("/database/north"), http.StatusNotFound)

	page = b.page("/admin/database/trash")
	path := regexp.MustCompile(`/admin/database/trash/[^/"]+`).FindString(page)
	has(t, page, "north", "1 base, ", path+"/restore", path+"/delete")
	has(t, b.page(path+"/restore"), "Restaurer la base north ?", `action="`+path+`/restore"`)
	again := s.project("north", "Clinique", s.owner)
	a = b.post(path + "/restore")
	wantStatus(t, "a name taken again", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Une autre base porte maintenant ce nom")
	s.discard(again, "north")
	if to := b.goes(path + "/restore"); to != "/database/north" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/database/north"), "La base north est restaurée.")
	wantStatus(t, "twice", b.post(path+"/restore"), http.StatusNotFound)
}

func TestADatabaseIsDeletedForGood(t *testing.T) {
	s := newDatabaseSite(t)
	s.discard(s.project("north", "Nord", s.owner), "north")
	b := s.admin()
	path := regexp.MustCompile(`/admin/database/trash/[^/"]+`).FindString(b.page("/admin/database/trash"))
	for name, a := range map[string]answer{"asking": b.get(path + "/delete"), "doing": b.post(path + "/delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	has(t, b.page(path+"/delete"), "Supprimer la base north pour de bon ?", "rien ne pourra le ramener")
	if to := b.goes(path + "/delete"); to != "/admin/database/trash" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/admin/database/trash"), "La base north est supprimée pour de bon.", "La corbeille est vide.")
	wantStatus(t, "twice", b.post(path+"/delete"), http.StatusNotFound)
	page := b.page("/admin/journal?object_type=database")
	has(t, page, "Base de données supprimée pour de bon")
	if n := strings.Count(page, `href="/database/north"`); n != 1 { // where it was created
		t.Errorf("%d links to what is gone", n)
	}
}

// A file that is gone from the trash cannot be restored, and its line can go.
func TestATrashedFileThatIsGone(t *testing.T) {
	s := newDatabaseSite(t)
	s.discard(s.project("north", "Nord", s.owner), "north")
	files, err := filepath.Glob(filepath.Join(s.Data, "databases", "trash", "north-*.db"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	b := s.admin()
	page := b.page("/admin/database/trash")
	path := regexp.MustCompile(`/admin/database/trash/[^/"]+`).FindString(page)
	has(t, page, "fichier absent")
	lacks(t, page, path+"/restore")
	a := b.post(path + "/restore")
	wantStatus(t, "restored", a, http.StatusNotFound)
	has(t, a.body, "Cette base de données n’existe pas")
	b.elevate()
	b.goes(path + "/delete")
	has(t, b.page("/admin/database/trash"), "La corbeille est vide.")
}

func TestDatabasesNeedTheirPermissions(t *testing.T) {
	s := newDatabaseSite(t)
	north := s.project("north", "Nord", s.owner)
	s.member(north, "zoe", "zoe@exemple.fr")
	s.discard(s.project("south", "Sud", s.owner), "south")
	trashed := regexp.MustCompile(`/admin/database/trash/[^/"]+`).FindString(s.admin().page("/admin/database/trash"))
	for _, permission := range []string{"projets:read", "projets:write"} {
		b := s.holder("lecteur-"+permission[8:], permission)
		lacks(t, b.page("/database"), "/admin/projects/new", "/admin/database/trash")
		page := b.page("/database/north")
		has(t, page, "1 personne", "Nord")
		lacks(t, page, "get_backup_now", "/admin/database/north", "/admin/projects/new", "/admin/journal")
		wantStatus(t, "export", b.get("/admin/database/export"), http.StatusOK)
		for _, path := range []string{
			"/admin/database/north/delete", "/admin/database/north/kickall", "/admin/database/north/disableall", "/admin/database/north/enableall",
			"/admin/database/trash", trashed + "/restore", trashed + "/delete", "/database/north/get_backup_now",
		} {
			wantStatus(t, path, b.get(path), http.StatusForbidden)
		}
		for _, path := range []string{
			"/database/north/kickall", "/database/north/disableall", "/database/north/enableall", trashed + "/restore", trashed + "/delete",
		} {
			wantStatus(t, path, b.post(path), http.StatusForbidden)
		}
		wantStatus(t, "delete", b.post("/database/north", "_method", "delete"), http.StatusForbidden)
	}
	none := s.holder("personne", "roles:read")
	for _, path := range []string{"/database", "/database/north", "/admin/database/export", "/admin/database/trash"} {
		wantStatus(t, path, none.get(path), http.StatusForbidden)
	}
	if a := s.browser().get("/database/north"); a.location != "/login?next=%2Fdatabase%2Fnorth" {
		t.Errorf("nobody: %d to %q", a.status, a.location)
	}
}
