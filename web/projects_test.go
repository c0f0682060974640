package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/tableur"
	"intendant/web/webtest"
)

// addOwner makes an owner of projects and returns its number.
func (s *site) addOwner(name string) int64 {
	s.t.Helper()
	owner, err := s.Projets.CreateOwner(s.t.Context(), projets.OwnerPatch{Name: api.Some(name)})
	if err != nil {
		s.t.Fatal(err)
	}
	return owner.ID
}

// addProject makes a project in a new database and returns its number.
func (s *site) addProject(owner int64, name, database string) int64 {
	s.t.Helper()
	p, err := s.Projets.CreateProject(s.t.Context(), projets.NewProject{
		NewDB: api.Some(true), NewDBTemplate: api.Some("dev-template"), NewDBName: api.Some(database), Name: api.Some(name),
		OwnerID: api.Some(owner), ProjectTypeID: api.Some(int64(1)), Description: api.Some("Un essai"), Constructor: api.Some("Bâtir"),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

// addMember puts a person, known or not, into a project.
func (s *site) addMember(project int64, userName string, place projets.Membership) {
	s.t.Helper()
	_, err := s.Projets.AddProjectUser(s.t.Context(), projets.NewProjectUser{
		ProjectID: api.Some(project), Membership: place, MailType: api.Some(projets.SkipEmail),
		User: projets.NewUser{
			UserName: api.Some(userName), FirstName: api.Some("Ada"), LastName: api.Some(userName), Email: api.Some(api.Email(userName + "@bureau.example")),
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestTheListOfProjects(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/projects"), "Créez le premier", `href="/admin/projects/new"`)
	north, south := s.addOwner("Nord"), s.addOwner("Sud")
	s.addProject(north, "Clinique", "b-clinique")
	s.addProject(south, "École", "a-ecole")
	old := s.addProject(north, "Dépôt", "c-depot")
	if _, err := s.Projets.UpdateProject(t.Context(), old, projets.ProjectPatch{Active: api.Some(false)}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Clinique École"},
		{"backwards", "?sort=-name", "École Clinique"},
		{"by database", "?sort=database", "École Clinique"},
		{"by owner, backwards", "?sort=-owner", "École Clinique"},
		{"search without accents", "?query=ECOLE", "École"},
		{"inactive ones too", "?show_all=1&sort=id", "Clinique École Dépôt"},
		{"of an owner", "?owner_id=" + strconv.FormatInt(south, 10), "École"},
	} {
		if got := strings.Join(strings.Fields(rowNames(b.page("/projects"+c.query))), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/projects?query=rien"), "Rien ne correspond", `value="rien"`)
	page := b.page("/projects?query=clin&show_all=1")
	has(t, page, "/admin/projects/export?format=csv&amp;query=clin&amp;show_all=1", `name="query"`)
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/projects/export?show_all=1&sort=-name&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil || len(sheet.Rows) != 4 {
			t.Fatalf("%s: %v %v", format, sheet, err)
		}
		if row := sheet.Rows[2].Cells; row[1] != "Dépôt" || row[3] != "c-depot" || row[4] != "Nord" || row[5] != "Standard" || row[11] != "Inactif" {
			t.Errorf("%s: %q", format, row)
		}
	}
	b.language = "en"
	has(t, b.page("/projects"), "New project", "Database")
}

func TestAProjectIsCreatedChangedAndDeleted(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/admin/projects/new"), "il n’y en a aucun", "/admin/owners/new")
	owner := strconv.FormatInt(s.addOwner("Nord"), 10)
	has(t, b.page("/admin/projects/new?owner="+owner), `value="dev-template" selected`, `name="project[new_db_name]"`, `value="1" checked`)

	form := []string{
		"project[new_db]", "1", "project[new_db_template]", "dev-template", "project[new_db_name]", "../nord", "project[existing_db_name]", "dev-template",
		"project[name]", "", "project[constructor]", "Bâtir", "project[description]", "Deux ailes", "project[owner_id]", owner, "project[project_type_id]", "9",
	}
	a := b.post("/projects", form...)
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-project-name-fault"`, "Ce champ est obligatoire.", `id="field-project-new_db_name-fault"`, `id="field-project-project_type_id-fault"`,
		"Faites un choix dans la liste.", "Deux ailes</textarea>", `value="../nord"`)
	form[5], form[9], form[17] = "nord", "Clinique & fils", "1"
	to := b.goes("/projects", form...)
	page := b.page(to)
	has(t, page, "Le projet Clinique &amp; fils est créé.", `href="/database/nord"`, "Deux ailes", "Bâtir", "Personne ne travaille encore", to+"\">", "<dd>01</dd>")

	form[1], form[9] = "0", "Extension"
	form[7] = "nord"
	second := b.goes("/projects", form...)
	has(t, b.page(second), "<dd>02</dd>")
	has(t, b.page("/admin/projects/new?database=nord"), `value="0" checked`, `value="nord" selected`)

	edit := strings.Replace(to, "/projects/", "/admin/projects/", 1) + "/edit"
	has(t, b.page(edit), `value="Clinique &amp; fils"`, `name="_method" value="patch"`, `type="checkbox" id="field-project-active" name="project[active]" value="on" checked`)
	a = b.post(to, "_method", "patch", "project[name]", " ", "project[gross_area]", "douze", "project[active]", "false")
	wantStatus(t, "a faulty change", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-project-gross_area-fault"`, `value="douze"`, "Modifier Clinique &amp; fils")
	a = b.post(to, "_method", "patch", "project[name]", " ", "project[active]", "false")
	has(t, a.body, `id="field-project-name-fault"`)
	lacks(t, a.body, `name="project[active]" value="on" checked`)
	if got := b.goes(to, "_method", "patch", "project[name]", "Clinique", "project[gross_area]", "1250.5", "project[status]", "", "project[active]", "false"); got != to {
		t.Errorf("goes to %q", got)
	}
	has(t, b.page(to), "Le projet Clinique est enregistré.", "1250,5 m²", "Inactif", "admin")

	ask := strings.Replace(to, "/projects/", "/admin/projects/", 1) + "/delete"
	if a := b.get(ask); !strings.HasPrefix(a.location, "/admin/confirm?next=") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	has(t, b.page(ask), "Supprimer le projet Clinique ?", "La base de données nord reste", `action="`+to+`"`, `name="_method" value="delete"`)
	if got := b.goes(to, "_method", "delete"); got != "/projects" {
		t.Errorf("goes to %q", got)
	}
	has(t, b.page("/projects"), "Le projet est supprimé.", "Extension")
	wantStatus(t, "deleted", b.get(to), http.StatusNotFound)
	wantStatus(t, "deleted, to edit", b.get(edit), http.StatusNotFound)
	wantStatus(t, "deleted, changed", b.post(to, "_method", "patch", "project[name]", "A"), http.StatusNotFound)
	wantStatus(t, "deleted twice", b.post(to, "_method", "delete"), http.StatusNotFound)
}

func TestWhoSeesProjects(t *testing.T) {
	s := newSite(t)
	project := projectPath(s.addProject(s.addOwner("Nord"), "Clinique", "nord"))
	reader := s.holder("lecteur", "projets:read")
	page := reader.page(project)
	has(t, page, "Clinique")
	lacks(t, page, "/admin"+project+"/edit", "/admin"+project+"/delete", "/users/new")
	lacks(t, reader.page("/projects"), "/admin/projects/new")
	wantStatus(t, "edit", reader.get("/admin"+project+"/edit"), http.StatusForbidden)
	wantStatus(t, "change", reader.post(project, "_method", "patch", "project[name]", "A"), http.StatusForbidden)
	writer := s.holder("redacteur", "projets:write")
	page = writer.page(project)
	has(t, page, "/admin"+project+"/edit", "/admin"+project+"/users/new")
	lacks(t, page, "/admin"+project+"/delete")
	wantStatus(t, "nothing", s.holder("autre", "clients:read").get("/projects"), http.StatusForbidden)
	if a := s.browser().get("/projects"); a.location != "/login?next=%2Fprojects" {
		t.Errorf("anonymous: %d to %q", a.status, a.location)
	}
}

func projectPath(id int64) string { return "/projects/" + strconv.FormatInt(id, 10) }

func TestProjectTypes(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	const path = "/admin/project-types"
	has(t, b.page(path), "Standard", "Template", "Training")
	a := b.post(path, "name", "standard")
	wantStatus(t, "a name taken but for its case", a, http.StatusSeeOther)
	a = b.post(path, "name", "Standard")
	wantStatus(t, "a name taken", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Cette valeur est déjà prise.", `value="Standard"`)
	b.goes(path, "name", "Chantier")
	has(t, b.page(path), "Le type Chantier est créé.")
	a = b.post(path+"/2", "name", "")
	wantStatus(t, "a blank name", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-name-2-fault"`)
	b.goes(path+"/2", "name", "Modèle")
	has(t, b.page(path), "Le type s’appelle maintenant Modèle.")
	has(t, b.page(path+"/2/delete"), "Supprimer le type Modèle ?")
	b.goes(path + "/2/delete")
	has(t, b.page(path), "Le type est supprimé.")
	s.addProject(s.addOwner("Nord"), "Clinique", "nord")
	a = b.post(path + "/1/delete")
	wantStatus(t, "in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Des projets en dépendent encore.")
	wantStatus(t, "unknown", b.get(path+"/99/delete"), http.StatusNotFound)
	wantStatus(t, "unknown", b.post(path+"/99", "name", "A"), http.StatusNotFound)
	if a := b.get(path + "/1"); a.location != path {
		t.Errorf("goes to %q", a.location)
	}
	wantStatus(t, "a writer", s.holder("redacteur", "projets:write").get(path), http.StatusForbidden)
}

// TestBrowserOfProjects drives Chromium through the life of a project.
func TestBrowserOfProjects(t *testing.T) {
	s := newSite(t)
	s.addOwner("Hôpitaux du littoral")
	tab := webtest.Open(t, s.url)
	tab.Go("/projects")
	tab.Type("username", adminName)
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary")
	tab.Shows("Projets", "Créez le premier")
	tab.Click("a[href='/admin/projects/new']")
	tab.Picture("project-new")
	tab.Type("project[name]", "Clinique du Nord")
	tab.Type("project[constructor]", "Bâtir SA")
	tab.Type("project[description]", "Deux ailes et un plateau technique.")
	tab.Type("project[new_db_name]", "nord 2")
	tab.ClickFor("form.card button.primary", 422)
	tab.Shows("Lettres sans accent, chiffres, _ et - seulement")
	tab.Picture("project-faults")
	tab.Type("project[new_db_name]", "nord2")
	tab.Click("form.card button.primary")
	tab.Shows("Le projet Clinique du Nord est créé.")

	for _, name := range []string{"ada.lovelace", "grace.hopper", "mary.shelley"} {
		tab.Click("a[href$='/users/new']")
		if name == "ada.lovelace" {
			tab.Picture("member-new")
		}
		first, last, _ := strings.Cut(name, ".")
		for field, value := range map[string]string{"username": name, "first_name": first, "last_name": last, "email": name + "@bureau.example"} {
			tab.Type("user["+field+"]", value)
		}
		tab.Click("form.card button.primary")
		tab.Shows(name + " fait maintenant partie du projet.")
	}
	tab.Choose("grace.hopper|room_rights", "Complet")
	tab.Press("[name='grace.hopper|superuser']")
	tab.Click("form[action$='/rights'] button.primary")
	tab.Shows("Les droits d’une personne sont enregistrés.")
	tab.Picture("project")
	tab.Go("/project_users/grace.hopper,1")
	tab.Picture("member")
	pages := map[string]string{
		"projects": "/projects", "members": "/project_users", "members-of-one": "/project_users?project_id=1", "project-types": "/admin/project-types",
	}
	for name, path := range pages {
		tab.Go(path)
		tab.Legible()
		tab.Picture(name)
	}
	pages["project"], pages["project-new"], pages["member"], pages["member-new"] = "/projects/1", "/admin/projects/new", "/project_users/grace.hopper,1", "/admin/projects/1/users/new"
	tab.Phone()
	for name, path := range pages {
		tab.Go(path)
		tab.FitsWidth()
		tab.Legible()
		tab.Picture("phone-" + name)
	}
	tab.Desk()
	tab.Dark()
	tab.Go("/projects/1")
	tab.Legible()
	tab.Picture("dark-project")
}
