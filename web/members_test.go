package web_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

func TestAMemberIsAdded(t *testing.T) {
	s := newSite(t)
	project := s.addProject(s.addOwner("Nord"), "Clinique", "nord")
	s.create(identity.NewAccount{UserName: "connue", FirstName: "Grace", LastName: "Hopper", Email: "grace@bureau.example"})
	b := s.admin()
	page := b.page("/admin/projects/1/users/new")
	has(t, page, "Ajouter un utilisateur à Clinique", `<option value="connue">Grace Hopper</option>`, `list="known"`,
		`value="6" selected>`, `value="skip_email"`, `value="3" selected>Lecture`)
	lacks(t, page, `value="4" selected`)

	a := b.post("/project_users", "project_user[project_id]", "1", "project_user[room_rights]", "5", "project_user[superuser]", "on",
		"user[username]", "neuve", "user[first_name]", "", "user[last_name]", "Shelley", "user[email]", "pas une adresse", "mail_type", "99")
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-user-email-fault"`, "Cette adresse e-mail n’est pas valable.", `value="neuve"`, `name="project_user[superuser]" value="on" checked`)
	a = b.post("/project_users", "project_user[project_id]", "1", "project_user[room_rights]", "5",
		"user[username]", "neuve", "user[first_name]", "", "user[last_name]", "Shelley", "user[email]", "mary@bureau.example", "mail_type", "99")
	has(t, a.body, `id="field-user-first_name-fault"`, `id="field-project_user-room_rights-fault"`, `id="field-mail_type-fault"`)
	wantStatus(t, "nobody was added", b.get("/project_users/neuve,1"), http.StatusNotFound)

	to := b.goes("/project_users", "project_user[project_id]", "1", "project_user[room_rights]", "1", "project_user[superuser]", "false",
		"user[username]", "neuve", "user[first_name]", "Mary", "user[last_name]", "Shelley", "user[email]", "mary@bureau.example", "mail_type", "6")
	if to != projectPath(project) {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page(to), "neuve fait maintenant partie du projet.", "Mary Shelley", `href="/project_users/neuve,1"`, `name="neuve|room_rights"`)
	b.goes("/project_users", "project_user[project_id]", "1", "user[username]", "connue", "user[first_name]", "", "user[last_name]", "", "user[email]", "",
		"mail_type", "skip_email")
	a = b.post("/project_users", "project_user[project_id]", "1", "user[username]", "connue", "user[first_name]", "Ada", "mail_type", "skip_email")
	wantStatus(t, "twice, and with another name", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Cette valeur est déjà prise.", "C’est différent de ce qui est connu de cette personne.")
	wantStatus(t, "an unknown project", b.post("/project_users", "project_user[project_id]", "77", "user[username]", "connue"), http.StatusNotFound)
	wantStatus(t, "no such form", b.get("/admin/projects/77/users/new"), http.StatusNotFound)
}

func TestRightsAreAMatrix(t *testing.T) {
	s := newSite(t)
	project := s.addProject(s.addOwner("Nord"), "Clinique", "nord")
	s.addMember(project, "ada.l", projets.Membership{RoomRights: api.Some(projets.Limited)})
	s.addMember(project, "mary", projets.Membership{Superuser: api.Some(true)})
	b := s.admin()
	page := b.page("/projects/1")
	has(t, page, `name="ada.l|room_rights" aria-label="Ada ada.l : Pièces"`, `<option value="2" selected>Partiel</option>`, `name="mary|superuser" value="on" aria-label="Ada mary : Administrateur du projet" checked`)

	form := []string{"member", "ada.l", "member", "mary", "ada.l|room_rights", "1", "ada.l|tender_rights", "3", "mary|room_rights", "4"}
	if to := b.goes("/admin/projects/1/rights", form...); to != "/projects/1" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/projects/1"), "Les droits de 2 personnes sont enregistrés.")
	ada, err := s.Projets.ProjectUser(t.Context(), "ada.l", project)
	if err != nil || ada.Room != projets.Full || ada.Tender != projets.ReadOnly || ada.System != projets.None {
		t.Errorf("%+v, %v", ada, err)
	}
	mary, err := s.Projets.ProjectUser(t.Context(), "mary", project)
	if err != nil || mary.Superuser == nil || *mary.Superuser {
		t.Errorf("%+v, %v", mary, err)
	}
	b.goes("/admin/projects/1/rights", "member", "ada.l", "ada.l|room_rights", "1")
	has(t, b.page("/projects/1"), "Rien n’a changé.")
	a := b.post("/admin/projects/1/rights", "member", "ada.l", "member", "mary", "ada.l|room_rights", "2", "mary|room_rights", "5")
	wantStatus(t, "a level of 5", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Faites un choix dans la liste.")
	if ada, _ = s.Projets.ProjectUser(t.Context(), "ada.l", project); ada.Room != projets.Full {
		t.Error("half of it was written")
	}

	has(t, b.page("/project_users/ada.l,1"), `<option value="1" selected>Complet</option>`, "Retirer du projet", `value="patch"`)
	if to := b.goes("/project_users/ada.l,1", "_method", "patch", "project_user[room_rights]", "3", "project_user[addon_admin]", "on"); to != "/project_users/ada.l,1" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/project_users/ada.l,1"), "Les droits de Ada ada.l dans Clinique sont enregistrés.", `name="project_user[addon_admin]" value="on" checked`)
	a = b.post("/project_user/ada.l,1", "_method", "put", "project_user[room_rights]", "5")
	wantStatus(t, "a level of 5", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-project_user-room_rights-fault"`)

	has(t, b.page("/admin/projects/1/users/ada.l/delete"), "Retirer Ada ada.l du projet Clinique ?", `action="/project_users/ada.l,1"`)
	if to := b.goes("/project_users/ada.l,1", "_method", "delete"); to != "/projects/1" {
		t.Errorf("goes to %q", to)
	}
	wantStatus(t, "removed", b.get("/project_users/ada.l,1"), http.StatusNotFound)
	wantStatus(t, "removed twice", b.post("/project_users/ada.l,1", "_method", "delete"), http.StatusNotFound)
}

func TestTheListOfMembers(t *testing.T) {
	s := newSite(t)
	owner := s.addOwner("Nord")
	north, south := s.addProject(owner, "Clinique", "nord"), s.addProject(owner, "École", "sud")
	s.addMember(north, "zoe", projets.Membership{})
	s.addMember(south, "ada", projets.Membership{Superuser: api.Some(true)})
	s.addMember(south, "zoe", projets.Membership{})
	b := s.admin()
	for query, want := range map[string]string{
		"": "Ada ada Ada zoe Ada zoe", "?q=ecole&sort=-user_name": "Ada zoe Ada ada", "?q=personne": "", "?project_id=1": "Ada zoe",
	} {
		if got := rowNames(b.page("/project_users" + query)); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	has(t, b.page("/project_users?q=personne"), "Rien ne correspond")
	has(t, b.page("/project_users?project_id=2"), `name="ada|superuser"`, `<option value="2" selected>École</option>`)
	wantStatus(t, "an unknown project", b.get("/project_users?project_id=99"), http.StatusNotFound)
	a := b.get("/admin/projects/users/export?format=csv&q=ecole")
	sheet, err := tableur.Read("x.csv", []byte(a.body))
	if err != nil || len(sheet.Rows) != 3 || sheet.Rows[1].Cells[0] != "ada" || sheet.Rows[1].Cells[14] != "Oui" {
		t.Errorf("%v %v", sheet, err)
	}
}

// A superuser sees and changes the users of his projects, and nothing else.
func TestASuperuserManagesHisProject(t *testing.T) {
	s := newSite(t)
	owner := s.addOwner("Nord")
	north, south := s.addProject(owner, "Clinique", "nord"), s.addProject(owner, "École", "sud")
	s.create(identity.NewAccount{UserName: "chef", LastName: "Chef", FirstName: "Ada", Email: "chef@bureau.example"})
	_, err := s.Projets.AddProjectUser(t.Context(), projets.NewProjectUser{
		ProjectID: api.Some(north), Membership: projets.Membership{Superuser: api.Some(true)}, MailType: api.Some(projets.SkipEmail),
		User: projets.NewUser{UserName: api.Some("chef")},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.addMember(north, "mary", projets.Membership{})
	s.addMember(south, "zoe", projets.Membership{})
	b := s.signedIn("chef")
	page := b.page("/admin/")
	has(t, page, `href="/project_users"`)
	lacks(t, page, `href="/projects"`, `href="/owners"`)
	page = b.page("/project_users")
	has(t, page, "mary", "Clinique")
	lacks(t, page, "zoe", "École")
	page = b.page("/project_users?project_id=1")
	has(t, page, `name="mary|room_rights"`, "/admin/projects/1/users/new")
	if to := b.goes("/admin/projects/1/rights", "member", "mary", "mary|room_rights", "2"); to != "/project_users?project_id=1" {
		t.Errorf("goes to %q", to)
	}
	if to := b.goes("/project_users", "project_user[project_id]", "1", "user[username]", "neuve", "user[first_name]", "N", "user[last_name]", "N",
		"user[email]", "n@bureau.example", "mail_type", "skip_email"); to != "/project_users?project_id=1" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/project_users?project_id=1"), "neuve fait maintenant partie du projet.")
	for _, path := range []string{"/project_users?project_id=2", "/project_users/zoe,2", "/admin/projects/2/users/new", "/admin/projects/2/users/zoe/delete"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}
	wantStatus(t, "another's rights", b.post("/admin/projects/2/rights", "member", "zoe", "zoe|room_rights", "1"), http.StatusNotFound)
	wantStatus(t, "the project", b.get("/projects/1"), http.StatusForbidden)
	wantStatus(t, "its form", b.get("/admin/projects/1/edit"), http.StatusForbidden)
	a := b.get("/admin/projects/users/export")
	has(t, a.body, "mary")
	lacks(t, a.body, "zoe")

	if _, err := s.Projets.UpdateProjectUser(t.Context(), "chef", north, projets.Membership{NoWebAdminAccess: api.Some(true)}); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "kept from administration", b.get("/project_users"), http.StatusForbidden)
	lacks(t, b.page("/admin/"), `href="/project_users"`)
}
