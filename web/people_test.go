package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

// addPerson makes a user of projects, whose e-mail is made from the name.
func (s *site) addPerson(name, first, last string) projets.User {
	s.t.Helper()
	u, err := s.Projets.CreateUser(s.t.Context(), projets.NewUser{
		UserName: api.Some(name), FirstName: api.Some(first), LastName: api.Some(last), Email: api.Some(api.Email(name + "@projets.example")),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// join puts a known user into a project.
func (s *site) join(name string, project int64, m projets.Membership) {
	s.t.Helper()
	_, err := s.Projets.AddProjectUser(s.t.Context(), projets.NewProjectUser{
		ProjectID: api.Some(project), User: projets.NewUser{UserName: api.Some(name)}, Membership: m, MailType: api.Some(projets.SkipEmail),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// superuser returns a browser signed in as a new account that manages the
// users of a project, without a permission.
func (s *site) superuser(name string, project int64) *browser {
	s.t.Helper()
	s.create(identity.NewAccount{UserName: name, FirstName: "Chef", LastName: name, Email: name + "@projets.example"})
	s.join(name, project, projets.Membership{Superuser: api.Some(true)})
	return s.signedIn(name)
}

func TestTheListOfPeople(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	owner := s.addOwner("Port")
	quai, digue := s.addProject(owner, "Quai", "port"), s.addProject(owner, "Digue", "digue")
	s.addPerson("zoe", "Zoé", "Le Gall")
	s.addPerson("first.last", "Élodie", "Faure")
	s.addPerson("a.json", "Ada", "Moreau")
	s.join("zoe", quai, projets.Membership{})
	s.join("zoe", digue, projets.Membership{})
	s.join("a.json", quai, projets.Membership{})
	if _, err := s.Projets.Disable(t.Context(), "a.json"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Chef Élodie Faure Zoé Le Gall Ada Moreau"},
		{"by name, backwards", "?sort=-name", "Ada Moreau Zoé Le Gall Élodie Faure Chef"},
		{"by user name", "?sort=user_name", "Ada Moreau Chef Élodie Faure Zoé Le Gall"},
		{"by e-mail", "?sort=email", "Ada Moreau Chef Élodie Faure Zoé Le Gall"},
		{"by projects, backwards", "?sort=-projects", "Zoé Le Gall Ada Moreau Chef Élodie Faure"},
		{"by something else", "?sort=epoch", "Chef Élodie Faure Zoé Le Gall Ada Moreau"},
		{"search without accents", "?q=ELODIE", "Élodie Faure"},
		{"search of an address", "?q=first.last@projets", "Élodie Faure"},
		{"the active", "?active=yes", "Chef Élodie Faure Zoé Le Gall"},
		{"the others", "?active=no", "Ada Moreau"},
		{"both at once", "?active=no&q=zoe", ""},
	} {
		if got := rowNames(b.page("/users" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/users?q=personne"), "Rien ne correspond", "Tout afficher")
	has(t, b.page("/users"), "1 à 4 sur 4", `href="/users/first.last"`, `href="/users/a.json"`, `href="/admin/people/new"`, "/admin/people/export?format=xlsx")
	b.language = "en"
	has(t, b.page("/users"), "People of projects", "E-mail address")
	if a := b.get("/users.json"); a.status != http.StatusOK || !strings.HasPrefix(a.body, `[{"user":{`) {
		t.Errorf("as JSON: %d %s", a.status, a.body)
	}
}

func TestTheListOfPeopleHasPages(t *testing.T) {
	s := newSite(t)
	for i := range 59 {
		s.addPerson(fmt.Sprintf("nom%02d", i), "Ada", fmt.Sprintf("Nom %02d", i))
	}
	b := s.admin()
	page := b.page("/users?sort=-user_name")
	has(t, page, "1 à 50 sur 60", "page=2", "Nom 58")
	lacks(t, page, "Nom 08")
	has(t, b.page("/users?sort=-user_name&page=2"), "51 à 60 sur 60", "Nom 08")
}

func TestPeopleAreExported(t *testing.T) {
	s := newSite(t)
	project := s.addProject(s.addOwner("Port"), "Quai", "port")
	s.addPerson("zoe", "Zoé", "Le Gall")
	s.addPerson("ada", "Ada", "Moreau")
	s.join("zoe", project, projets.Membership{})
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/people/export?sort=-projects&active=yes&q=projets.example&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "personnes-des-projets."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		if len(sheet.Rows) != 3 {
			t.Fatalf("%s: %v", format, sheet)
		}
		if got := strings.Join(sheet.Rows[0].Cells, "|"); got != "Nom d’utilisateur|Nom|Prénom|Adresse e-mail|État|Projets|Créé le" {
			t.Errorf("%s: %s", format, got)
		}
		if got := strings.Join(sheet.Rows[1].Cells[:6], "|"); got != "zoe|Le Gall|Zoé|zoe@projets.example|actif|1" {
			t.Errorf("%s: %s", format, got)
		}
	}
	wantStatus(t, "as PDF", b.get("/admin/people/export?format=pdf"), http.StatusUnprocessableEntity)
}

func TestAPersonAndTheProjects(t *testing.T) {
	s := newSite(t)
	owner := s.addOwner("Port")
	quai, digue := s.addProject(owner, "Quai", "port"), s.addProject(owner, "Digue", "digue")
	u := s.addPerson("first.last", "Élodie", "Faure")
	b := s.admin()
	account := s.account("first.last")
	has(t, b.page("/users/first.last"), "<h1>Élodie Faure</h1>", "mailto:first.last@projets.example", "sans mot de passe", "jamais",
		"dans aucun projet", "/admin/users/"+account.UUID, "/admin/journal?object_type=account&amp;object_id="+account.UUID)
	s.join("first.last", quai, projets.Membership{
		Role: api.Some("Architecte"), RoomRights: api.Some(projets.Full), EquipmentRights: api.Some(projets.Full), SystemRights: api.Some(projets.ReadOnly),
		TenderRights: api.Some(projets.Limited), Superuser: api.Some(true), NoWebAdminAccess: api.Some(true), AddonAdmin: api.Some(true),
	})
	s.join("first.last", digue, projets.Membership{})
	if _, err := s.Projets.DisableAll(t.Context(), "digue"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Projets.UpdateProject(t.Context(), digue, projets.ProjectPatch{Active: api.Some(false)}); err != nil {
		t.Fatal(err)
	}
	page := b.page("/users/first.last")
	if got := rowNames(page); got != "Digue Quai" {
		t.Errorf("projects %q", got)
	}
	has(t, page, "Architecte", `Complet :</span> Pièces, Équipements</div>`, `Partiel :</span> Appels d’offres</div>`, `Lecture :</span> Systèmes</div>`,
		`Aucun :</span> Consignation, Maquettes, Finitions</div>`, "Administrateur du projet", "Sans accès à l’administration", "Administrateur BIM",
		"Accès suspendu", "projet inactif", fmt.Sprintf(`href="/projects/%d"`, quai), fmt.Sprintf(`href="/project_users/first.last,%d"`, quai))
	b.language = "en"
	has(t, b.page("/users/first.last"), "Full:</span> Rooms, Equipment</div>", "Project administrator")
	if a := b.get("/users/first.last.json"); a.status != http.StatusOK || !strings.Contains(a.body, `"username":"first.last"`) {
		t.Errorf("as JSON: %d %s", a.status, a.body)
	}
	b.language = "fr"
	wantStatus(t, "nobody", b.get("/users/nobody"), http.StatusNotFound)
	wantStatus(t, "nobody's form", b.get("/admin/people/nobody/edit"), http.StatusNotFound)
	s.addPerson("a.json", "Ada", "Moreau")
	has(t, b.page("/users/a.json"), "<h1>Ada Moreau</h1>")
	if u.AccountID != account.ID {
		t.Errorf("account %d of %+v", account.ID, u)
	}
}

func TestAPersonIsCreatedAndChanged(t *testing.T) {
	s := newSite(t)
	s.addPerson("ada", "Ada", "Moreau")
	b := s.admin()
	has(t, b.page("/admin/people/new"), `name="user[username]"`, `action="/users"`, "choisir son mot de passe")
	a := b.post("/users", "user[username]", "bob le grand", "user[first_name]", " ", "user[last_name]", "Petit", "user[email]", "bob")
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Cette adresse e-mail n’est pas valable.", `value="bob le grand"`, `value="bob"`, "aria-invalid", `action="/users"`)
	a = b.post("/users", "user[username]", "bob le grand", "user[first_name]", " ", "user[last_name]", "Petit", "user[email]", "ADA@projets.example")
	wantStatus(t, "a blank name and an address in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce champ est obligatoire.", "Cette valeur est déjà prise.", `id="field-user-email-fault"`, `id="field-user-first_name-fault"`)
	a = b.post("/users", "user[username]", "bob le grand", "user[first_name]", "Bob", "user[last_name]", "Petit", "user[email]", "bob@projets.example")
	wantStatus(t, "a name that cannot be one", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-user-username-fault"`)
	a = b.post("/users", "user[username]", "ada", "user[first_name]", "Ada", "user[last_name]", "Petit", "user[email]", "bob@projets.example")
	wantStatus(t, "a name in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-user-username-fault"`, "déjà prise")

	to := b.goes("/users", "user[username]", "bob.petit", "user[first_name]", "Bob", "user[last_name]", "Petit", "user[email]", "bob@projets.example")
	if to != "/users/bob.petit" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page(to), "Le compte bob.petit est créé.", "<h1>Bob Petit</h1>", "/admin/people/bob.petit/edit", "/admin/people/bob.petit/delete")
	page := b.page("/admin/people/bob.petit/edit")
	has(t, page, `value="bob@projets.example"`, `name="_method" value="patch"`, `action="/users/bob.petit"`)
	lacks(t, page, "user[username]")
	a = b.post(to, "_method", "patch", "user[first_name]", "Robert", "user[last_name]", "", "user[email]", "ada@projets.example")
	wantStatus(t, "a faulty change", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Modifier bob.petit", `value="Robert"`, `id="field-user-last_name-fault"`, `id="field-user-email-fault"`)
	if got := b.goes(to, "_method", "patch", "user[first_name]", "Robert", "user[last_name]", "Petit", "user[email]", "robert@projets.example"); got != to {
		t.Errorf("goes to %q", got)
	}
	has(t, b.page(to), "Le compte bob.petit est enregistré.", "<h1>Robert Petit</h1>", "robert@projets.example")
	has(t, b.page("/admin/journal"), "Compte créé", "Compte modifié")
	wantStatus(t, "nobody", b.post("/users/nobody", "_method", "patch", "user[first_name]", "A"), http.StatusNotFound)
	wantStatus(t, "no user at all", b.post("/users"), http.StatusBadRequest)
}

func TestAPersonIsDisabledEnabledAndKicked(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "ada", FirstName: "Ada", LastName: "Moreau", Email: "ada@projets.example"})
	ada, b := s.signedIn("ada"), s.admin()
	has(t, b.page("/users/ada"), "/admin/people/ada/kick", "/admin/people/ada/disable")
	has(t, b.page("/admin/people/ada/kick"), "Déconnecter ada partout ?", `action="/users/ada/kick"`, `<form method="post"`)
	if to := b.goes("/users/ada/kick"); to != "/users/ada" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/users/ada"), "ada est déconnecté partout.")
	if a := ada.get("/admin/"); a.status != http.StatusSeeOther {
		t.Errorf("ada is still there: %d", a.status)
	}
	ada = s.signedIn("ada")
	page := b.page("/admin/people/ada/disable")
	has(t, page, "Désactiver ada ?", `action="/users/ada/disable"`)
	lacks(t, page, "votre propre compte")
	b.goes("/users/ada/disable")
	page = b.page("/users/ada")
	has(t, page, "Le compte ada est désactivé.", "inactif", `action="/users/ada/enable"`)
	lacks(t, page, "/admin/people/ada/disable")
	if a := ada.get("/admin/"); a.status != http.StatusSeeOther {
		t.Errorf("ada is still there: %d", a.status)
	}
	b.goes("/users/ada/enable")
	has(t, b.page("/users/ada"), "Le compte ada est réactivé.", "/admin/people/ada/disable")
	wantStatus(t, "by GET", b.get("/users/ada/disable"), http.StatusForbidden)
	wantStatus(t, "nobody", b.post("/users/nobody/kick"), http.StatusNotFound)
	has(t, b.page("/admin/journal"), "Compte déconnecté partout", "Compte désactivé", "Compte réactivé")

	// One's own account, which is the last administrator's besides.
	has(t, b.page("/admin/people/admin/disable"), "votre propre compte")
	a := b.post("/users/admin/disable")
	wantStatus(t, "the last administrator", a, http.StatusUnprocessableEntity)
	has(t, a.body, "dernier administrateur", "Désactiver admin ?", `action="/users/admin/disable"`)
	has(t, b.page("/admin/people/admin/kick"), "ce navigateur sera déconnecté aussi")
	b.goes("/users/admin/kick")
	if a := b.get("/users/admin"); a.status != http.StatusSeeOther || a.location != "/login?next=%2Fusers%2Fadmin" {
		t.Errorf("after kicking oneself: %d to %q", a.status, a.location)
	}
}

func TestAPersonIsDeleted(t *testing.T) {
	s := newSite(t)
	project := s.addProject(s.addOwner("Port"), "Quai", "port")
	s.addPerson("ada", "Ada", "Moreau")
	s.join("ada", project, projets.Membership{})
	b := s.admin()
	for name, a := range map[string]answer{"asking": b.get("/admin/people/ada/delete"), "doing": b.post("/users/ada", "_method", "delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	has(t, b.page("/admin/people/ada/delete"), "dans 1 projet.", "retirée de tous ses projets", "compte sera désactivé", `action="/users/ada"`, `value="delete"`)
	if to := b.goes("/users/ada", "_method", "delete"); to != "/users" {
		t.Errorf("goes to %q", to)
	}
	page := b.page("/users")
	has(t, page, "ada ne fait plus partie des projets.")
	lacks(t, page, "Moreau")
	wantStatus(t, "afterwards", b.get("/users/ada"), http.StatusNotFound)
	wantStatus(t, "twice", b.post("/users/ada", "_method", "delete"), http.StatusNotFound)
	if s.account("ada").Active {
		t.Error("the account is active")
	}
	has(t, b.page("/admin/journal"), "Utilisateur retiré de ses projets")
	a := b.post("/users/admin", "_method", "delete")
	wantStatus(t, "the last administrator", a, http.StatusUnprocessableEntity)
	has(t, a.body, "dernier administrateur", "Supprimer admin des projets ?", "vous serez déconnecté")
}

func TestPeopleNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	s.addPerson("ada", "Ada", "Moreau")
	readers := map[string]*browser{"lecteur": s.holder("lecteur", "projets:read"), "auteur": s.holder("auteur", "projets:write")}
	for name, b := range readers {
		lacks(t, b.page("/users"), "/admin/people/new")
		lacks(t, b.page("/users/ada"), "/admin/people/ada", "/users/ada/enable", "/admin/users/", "/admin/journal")
		wantStatus(t, name, b.get("/admin/people/export"), http.StatusOK)
		for _, p := range []string{"/admin/people/new", "/admin/people/ada/edit", "/admin/people/ada/disable", "/admin/people/ada/kick", "/admin/people/ada/delete"} {
			wantStatus(t, name+" "+p, b.get(p), http.StatusForbidden)
		}
		for _, p := range []string{"/users", "/users/ada/disable", "/users/ada/enable", "/users/ada/kick"} {
			wantStatus(t, name+" "+p, b.post(p, "user[username]", "a"), http.StatusForbidden)
		}
		wantStatus(t, name+" changes", b.post("/users/ada", "_method", "patch", "user[first_name]", "A"), http.StatusForbidden)
		wantStatus(t, name+" deletes", b.post("/users/ada", "_method", "delete"), http.StatusForbidden)
	}
	none, nobody := s.holder("personne", "clients:read"), s.browser()
	for _, p := range []string{"/users", "/users/ada", "/admin/people/export", "/admin/people/ada/edit"} {
		wantStatus(t, p, none.get(p), http.StatusForbidden)
		if a := nobody.get(p); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/login?next=") {
			t.Errorf("%s without signing in: %d to %q", p, a.status, a.location)
		}
	}
	// One who administers projects does not touch who holds more.
	chief := s.holder("chef", "projets:admin")
	page := chief.page("/users/admin")
	has(t, page, "des droits que vous n’avez pas")
	lacks(t, page, "/admin/people/admin")
	wantStatus(t, "disable the administrator", chief.post("/users/admin/disable"), http.StatusForbidden)
}

// TestASuperuserManagesHisPeople uses the pages as one who manages the users
// of a project, and holds no permission.
func TestASuperuserManagesHisPeople(t *testing.T) {
	s := newSite(t)
	owner := s.addOwner("Port")
	mine, other := s.addProject(owner, "Quai", "port"), s.addProject(owner, "Digue", "digue")
	for _, name := range []string{"ada", "both", "stranger"} {
		s.addPerson(name, "Prénom", name)
	}
	s.join("ada", mine, projets.Membership{})
	s.join("both", mine, projets.Membership{})
	s.join("both", other, projets.Membership{})
	s.join("stranger", other, projets.Membership{})
	b := s.superuser("chef", mine)
	page := b.page("/users")
	if got := rowNames(page); got != "Prénom ada Prénom both Chef chef" {
		t.Errorf("people %q", got)
	}
	has(t, page, "Les personnes des projets que vous administrez.")
	lacks(t, page, "/admin/people/new")
	has(t, b.page("/users/ada"), "/admin/people/ada/edit", "/admin/people/ada/disable", `href="/project_users?project_id=`)
	page = b.page("/users/both")
	has(t, page, "Quai", "dans des projets que vous n’administrez pas")
	lacks(t, page, "Digue", "/admin/people/both")
	wantStatus(t, "a stranger", b.get("/users/stranger"), http.StatusNotFound)
	wantStatus(t, "creating", b.post("/users", "user[username]", "x"), http.StatusForbidden)
	wantStatus(t, "kicking a stranger", b.post("/users/stranger/kick"), http.StatusNotFound)
	wantStatus(t, "kicking one of both", b.post("/users/both/kick"), http.StatusForbidden)
	wantStatus(t, "changing one of both", b.post("/users/both", "_method", "patch", "user[first_name]", "B"), http.StatusForbidden)
	b.goes("/users/ada", "_method", "patch", "user[first_name]", "Ada", "user[last_name]", "ada", "user[email]", "ada@bureau.example")
	has(t, b.page("/users/ada"), "Le compte ada est enregistré.")
	b.goes("/users/ada/disable")
	b.goes("/users/ada/enable")
	sheet := b.get("/admin/people/export").body
	has(t, sheet, "ada", "both", "chef")
	lacks(t, sheet, "stranger", "admin")
	has(t, b.page("/admin/people/ada/edit"), "Modifier ada")
	has(t, b.page("/admin/people/ada/disable"), "Désactiver ada ?")
	wantStatus(t, "a new user", b.get("/admin/people/new"), http.StatusForbidden)
	b.elevate()
	has(t, b.page("/admin/people/ada/delete"), "dans 1 projet.")
	for _, act := range []string{"edit", "disable", "kick", "delete"} {
		wantStatus(t, act+" a person of both", b.get("/admin/people/both/"+act), http.StatusForbidden)
		wantStatus(t, act+" a stranger", b.get("/admin/people/stranger/"+act), http.StatusNotFound)
		wantStatus(t, act+" nobody", b.get("/admin/people/nobody/"+act), http.StatusNotFound)
	}
	b.goes("/users/ada", "_method", "delete")
	has(t, b.page("/users"), "ada ne fait plus partie des projets.")
}
