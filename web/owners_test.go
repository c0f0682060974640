package web_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

// reach gives an owner its contact.
func (s *site) reach(owner int64, contact string) {
	s.t.Helper()
	if _, err := s.Projets.UpdateOwner(s.t.Context(), owner, projets.OwnerPatch{Contact: api.Some(contact)}); err != nil {
		s.t.Fatal(err)
	}
}

func ownerAt(id int64) string { return "/owners/" + strconv.FormatInt(id, 10) }

func TestTheListOfOwners(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/owners"), "créez le premier", `href="/admin/owners/new"`)
	port := s.addOwner("Port")
	s.reach(port, "Zoé Le Gall")
	s.reach(s.addOwner("Énergie"), "Ada Faure")
	s.addOwner("Clinique")
	s.addProject(port, "Quai", "port")
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Clinique Énergie Port"},
		{"by name, backwards", "?sort=-name", "Port Énergie Clinique"},
		{"by contact", "?sort=contact", "Clinique Énergie Port"},
		{"by number of projects, backwards", "?sort=-projects", "Port Clinique Énergie"},
		{"by something else", "?sort=name_key", "Clinique Énergie Port"},
		{"search without accents", "?q=ENER", "Énergie"},
		{"search of a contact", "?q=zoe", "Port"},
		{"search of nothing there", "?q=personne", ""},
	} {
		if got := rowNames(b.page("/owners" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/owners?q=personne"), "Rien ne correspond", "Tout afficher")
	has(t, b.page("/owners"), `aria-sort="ascending"`, "1 à 3 sur 3", `href="/admin/owners/export?format=csv"`)
	b.language = "en"
	has(t, b.page("/owners"), "New owner", "Technical contact")
	if a := b.get("/owners.json"); a.status != http.StatusOK || !strings.HasPrefix(a.body, `[{"owner":{`) {
		t.Errorf("as JSON: %d %s", a.status, a.body)
	}
}

func TestTheListOfOwnersHasPages(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.addOwner(fmt.Sprintf("Nom %02d", i))
	}
	b := s.admin()
	page := b.page("/owners?sort=-name")
	has(t, page, "1 à 50 sur 60", "page=2", "Nom 59")
	lacks(t, page, "Nom 09")
	has(t, b.page("/owners?sort=-name&page=2"), "51 à 60 sur 60", "Nom 09")
	has(t, b.page("/owners?page=9"), "page=2")
}

func TestOwnersAreExported(t *testing.T) {
	s := newSite(t)
	s.addOwner("Énergie")
	port := s.addOwner("Port")
	s.reach(port, "Zoé")
	s.addProject(port, "Quai", "port")
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/owners/export?sort=-name&q=port&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "proprietaires."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		if len(sheet.Rows) != 2 {
			t.Fatalf("%s: %v", format, sheet)
		}
		if got := strings.Join(sheet.Rows[0].Cells, "|"); got != "Nom|Contact|Contact technique|Adresse|Adresse de facturation|Réseau|Note|Projets|Identifiant" {
			t.Errorf("%s: %s", format, got)
		}
		if got := strings.Join(sheet.Rows[1].Cells, "|"); got != "Port|Zoé||||||1|"+strconv.FormatInt(port, 10) {
			t.Errorf("%s: %s", format, got)
		}
	}
	wantStatus(t, "as PDF", b.get("/admin/owners/export?format=pdf"), http.StatusUnprocessableEntity)
}

func TestAnOwnerIsCreatedAndChanged(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/admin/owners/new"), `name="owner[name]"`, `name="owner[billing_address]"`, `action="/owners"`)
	a := b.post("/owners", "owner[name]", "  ", "owner[contact]", "Ada")
	wantStatus(t, "without a name", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce champ est obligatoire.", `id="field-owner-name-fault"`, `value="Ada"`, "aria-invalid", `action="/owners"`)
	a = b.post("/owners", "owner[name]", strings.Repeat("é", 256), "owner[note]", strings.Repeat("x", 4001))
	has(t, a.body, "Au plus 255 caractères.", "Au plus 4000 caractères.")

	to := b.goes("/owners", "owner[name]", "Port & quais", "owner[contact]", "Ada", "owner[tech_contact]", "", "owner[address]", "1 quai\r\nBrest",
		"owner[billing_address]", "", "owner[network]", "port.example", "owner[image]", "", "owner[note]", "")
	page := b.page(to)
	has(t, page, "Le propriétaire Port &amp; quais est créé.", "<dt>Contact</dt><dd class=\"lines\">Ada</dd>", "port.example", "aucun projet",
		"aucune base de données", "/admin"+to+"/edit", "/admin"+to+"/delete", "/admin/journal?object_type=owner")
	has(t, b.page("/admin"+to+"/edit"), `value="Port &amp; quais"`, `name="_method" value="patch"`, `action="`+to+`"`, "port.example")

	a = b.post(to, "_method", "patch", "owner[name]", "", "owner[contact]", "Zoé")
	wantStatus(t, "without a name", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Modifier Port &amp; quais", "Ce champ est obligatoire.", `value="Zoé"`, `name="_method" value="patch"`)
	if got := b.goes(to, "_method", "patch", "owner[name]", "Port", "owner[contact]", "", "owner[note]", ""); got != to {
		t.Errorf("goes to %q", got)
	}
	page = b.page(to)
	has(t, page, "Le propriétaire Port est enregistré.", "<h1>Port</h1>", `<dt>Contact</dt><dd class="lines">—</dd>`)
	if got := b.get(to + ".json").body; !strings.Contains(got, `"contact":"","id":1,"image":null`) || !strings.Contains(got, `"note":null`) {
		t.Errorf("the owner is %s", got)
	}
	has(t, b.page("/admin/journal?object_type=owner"), "Propriétaire créé", "Propriétaire modifié", `href="`+to+`"`)
	b.language = "en"
	has(t, b.page("/admin"+to+"/edit"), "Edit Port", "Billing address")

	for _, path := range []string{"/owners/x", "/owners/99", "/admin/owners/99/edit", "/admin/owners/x/edit"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}
	wantStatus(t, "nobody", b.post("/owners/99", "_method", "patch", "owner[name]", "A"), http.StatusNotFound)
	wantStatus(t, "no owner at all", b.post("/owners"), http.StatusBadRequest)
}

func TestAnOwnerIsDeleted(t *testing.T) {
	s := newSite(t)
	owner := s.addOwner("Port")
	project := s.addProject(owner, "Quai neuf", "port")
	path, question := ownerAt(owner), "/admin"+ownerAt(owner)+"/delete"
	b := s.admin()
	has(t, b.page(path), "Quai neuf", "/projects/"+strconv.FormatInt(project, 10), `href="/database/port"`)
	for name, a := range map[string]answer{"asking": b.get(question), "doing": b.post(path, "_method", "delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	page := b.page(question)
	has(t, page, "ne peut pas être supprimé", "encore un projet", "Quai neuf", "encore une base")
	lacks(t, page, `name="_method"`)
	a := b.post(path, "_method", "delete")
	wantStatus(t, "with a project", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Des projets en dépendent encore.", "Quai neuf")
	if err := s.Projets.DeleteProject(t.Context(), project); err != nil {
		t.Fatal(err)
	}
	page = b.page(question)
	has(t, page, "encore une base")
	lacks(t, page, "encore un projet", `name="_method"`)
	a = b.post(path, "_method", "delete")
	wantStatus(t, "with a database", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Des bases de données en dépendent encore.", "/database/port")
	if err := s.Projets.DeleteDatabase(t.Context(), "port"); err != nil {
		t.Fatal(err)
	}
	has(t, b.page(question), `action="`+path+`"`, `value="delete"`, "ne revient pas")
	if to := b.goes(path, "_method", "delete"); to != "/owners" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/owners"), "Le propriétaire est supprimé.")
	wantStatus(t, "afterwards", b.get(path), http.StatusNotFound)
	wantStatus(t, "twice", b.post(path, "_method", "delete"), http.StatusNotFound)
	has(t, b.page("/admin/journal?object_type=owner"), "Propriétaire supprimé")
}

func TestOwnersNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	path := ownerAt(s.addOwner("Port"))
	for name, b := range map[string]*browser{"lecteur": s.holder("lecteur", "projets:read"), "auteur": s.holder("auteur", "projets:write")} {
		lacks(t, b.page("/owners"), "/admin/owners/new")
		lacks(t, b.page(path), "/edit", "/delete", "/admin/journal")
		wantStatus(t, name, b.get("/admin/owners/export"), http.StatusOK)
		for _, p := range []string{"/admin/owners/new", "/admin" + path + "/edit", "/admin" + path + "/delete"} {
			wantStatus(t, name+" "+p, b.get(p), http.StatusForbidden)
		}
		wantStatus(t, name+" creates", b.post("/owners", "owner[name]", "A"), http.StatusForbidden)
		wantStatus(t, name+" changes", b.post(path, "_method", "patch", "owner[name]", "A"), http.StatusForbidden)
		wantStatus(t, name+" deletes", b.post(path, "_method", "delete"), http.StatusForbidden)
	}
	none, nobody := s.holder("personne", "clients:read"), s.browser()
	for _, p := range []string{"/owners", path, "/admin/owners/export"} {
		wantStatus(t, p, none.get(p), http.StatusForbidden)
		if a := nobody.get(p); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/login?next=") {
			t.Errorf("%s without signing in: %d to %q", p, a.status, a.location)
		}
	}
}
