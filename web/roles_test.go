package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"intendant/db"
	"intendant/internal/identity"
	"intendant/internal/tableur"
	"intendant/web/catalog"
)

// held returns the permissions of a role, by name.
func (s *site) held(name string) []string {
	s.t.Helper()
	role, err := s.Identity.RoleByName(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, p := range role.Permissions {
		names = append(names, p.Name())
	}
	return names
}

func TestEveryPermissionHasItsText(t *testing.T) {
	for _, lang := range catalog.Languages() {
		for _, p := range identity.Catalog() {
			for _, key := range []string{"permissions.group_" + p.Ressource, "permissions." + p.Ressource + "_" + p.Action} {
				if !catalog.Has(lang, key) {
					t.Errorf("%s: no text %s", lang, key)
				}
			}
		}
	}
}

func TestTheListOfRoles(t *testing.T) {
	s := newSite(t)
	s.addRole("Éditeur", "users:read", "users:create")
	s.addRole("lecteur", "users:read")
	b := s.admin()
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Admin admin Éditeur Ens lecteur Observateur RespPe Secr SuperAdmin"},
		{"by name, backwards", "?sort=-name", "SuperAdmin Secr RespPe Observateur lecteur Ens Éditeur admin Admin"},
		{"by members, backwards", "?sort=-members", "admin SuperAdmin Secr RespPe Observateur lecteur Ens Éditeur Admin"},
		{"search", "?q=edit", "Éditeur"},
		{"a page beyond the end", "?page=9", ""},
	} {
		if got := rowNames(b.page("/admin/roles" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/admin/roles?q=rien"), "Rien ne correspond")
	for _, format := range []string{"csv", "xlsx"} {
		sheet, err := tableur.Read("roles", []byte(b.get("/admin/roles/export?q=lecteur&format="+format).body))
		if err != nil {
			t.Fatal(err)
		}
		if len(sheet.Rows) != 2 || !strings.Contains(fmt.Sprint(sheet.Rows[1]), "users:read") {
			t.Errorf("%s: %v", format, sheet.Rows)
		}
	}
	b.language = "en"
	has(t, b.page("/admin/roles"), "New role", "Members")
}

func TestARoleIsCreatedChangedAndDeleted(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/admin/roles/new"), "Voir les équipements", "Scolarité", "AbsJustifView")
	a := b.post("/admin/roles/new", "name", "", "description", "Consulte", "permissions", "users:read")
	wantStatus(t, "no name", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce champ est obligatoire.", `value="Consulte"`, `value="users:read" checked`)
	has(t, b.post("/admin/roles/new", "name", "admin").body, "Un rôle porte déjà ce nom.")
	has(t, b.post("/admin/roles/new", "name", strings.Repeat("é", 65)).body, "Au plus 64 caractères.")
	path := b.goes("/admin/roles/new", "name", "lecteur", "description", "Consulte", "permissions", "users:read", "permissions", "scodoc:ScoView")
	has(t, b.page(path), "Le rôle lecteur est créé.", "Consulte", "Voir les comptes", "scodoc:ScoView", "0 compte a ce rôle.")

	if a := b.post(path+"/edit", "name", "x"); !strings.HasPrefix(a.location, "/admin/confirm") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	has(t, b.page(path+"/edit"), `value="lecteur"`, `value="users:read" checked`)
	has(t, b.post(path+"/edit", "name", "admin").body, "Un rôle porte déjà ce nom.")
	b.goes(path+"/edit", "name", "visiteur", "description", "", "permissions", "users:read", "permissions", "roles:read")
	if got := s.held("visiteur"); !slices.Equal(got, []string{"users:read", "roles:read"}) {
		t.Errorf("it holds %v", got)
	}

	role, err := s.Identity.RoleByName(t.Context(), "visiteur")
	if err != nil {
		t.Fatal(err)
	}
	zoe := s.person(identity.NewAccount{UserName: "zoe", LastName: "Abel", RoleUUID: role.UUID})
	has(t, b.page(path), "1 compte a ce rôle.", `href="/admin/users/`+zoe.UUID+`"`, "Abel")
	has(t, b.page(path+"/delete"), "Supprimer le rôle visiteur")
	a = b.post(path + "/delete")
	wantStatus(t, "in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "encore donné à des comptes")
	if _, err := s.Identity.Revoke(t.Context(), zoe.ID, "visiteur", ""); err != nil {
		t.Fatal(err)
	}
	if to := b.goes(path + "/delete"); to != "/admin/roles" {
		t.Errorf("goes to %q", to)
	}
	wantStatus(t, "after", b.get(path), http.StatusNotFound)
}

func TestTheRoleAdminKeepsItsPermissions(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	b.elevate()
	role, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	path := "/admin/roles/" + role.UUID
	has(t, b.page(path+"/edit"), "disabled", "ne peut être ni renommé")
	b.goes(path+"/edit", "name", "admin", "description", "Tout")
	wantStatus(t, "a new name", b.post(path+"/edit", "name", "chef"), http.StatusUnprocessableEntity)
	wantStatus(t, "delete", b.post(path+"/delete"), http.StatusUnprocessableEntity)
	lacks(t, b.page(path), path+"/delete")
	if got := s.held(identity.Admin); len(got) != len(identity.Catalog()) {
		t.Errorf("admin holds %d permissions", len(got))
	}
}

func TestTheMatrix(t *testing.T) {
	s := newSite(t)
	reader, editor := s.addRole("lecteur", "users:read", "roles:read"), s.addRole("editeur", "users:read")
	b := s.admin()
	page := b.page("/admin/roles/matrix")
	has(t, page, "/admin/roles/matrix/edit", `aria-label="lecteur : Voir les comptes">✓`)
	lacks(t, page, `<form method="post" action="/admin/roles`, `aria-label="lecteur : Créer des comptes"`, `name="cell"`)
	if a := b.post("/admin/roles/matrix/edit"); !strings.HasPrefix(a.location, "/admin/confirm") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	page = b.page("/admin/roles/matrix/edit")
	has(t, page, `value="`+reader.UUID+`|users:read" aria-label="lecteur : Voir les comptes" checked>`, `aria-label="admin : Voir les comptes" checked disabled>`)

	// What the page shows, sent back as it is, changes nothing.
	form := sentBy(page)
	b.goes("/admin/roles/matrix/edit", form...)
	has(t, b.page("/admin/roles/matrix"), "Rien n’a été changé.")

	// One box less and one more; a role that was not shown stays as it is.
	lines := len(s.journal())
	b.goes("/admin/roles/matrix/edit", "role", reader.UUID, "cell", reader.UUID+"|users:read", "cell", reader.UUID+"|scodoc:ScoView", "cell", editor.UUID+"|roles:read")
	has(t, b.page("/admin/roles/matrix"), "1 rôle est modifié.")
	if got := s.held("lecteur"); !slices.Equal(got, []string{"users:read", "scodoc:ScoView"}) {
		t.Errorf("lecteur holds %v", got)
	}
	if got := s.held("editeur"); !slices.Equal(got, []string{"users:read"}) {
		t.Errorf("editeur holds %v", got)
	}
	if got := s.journal()[lines:]; len(got) != 1 || got[0] != "role.update lecteur" {
		t.Errorf("the journal has %v", got)
	}
}

// journal returns the actions written so far with their objects, the oldest
// first.
func (s *site) journal() []string {
	s.t.Helper()
	lines, err := s.Store.Read().JournalLines(s.t.Context(), db.JournalLinesParams{Since: "0", Until: "9999", RowLimit: -1})
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, line := range slices.Backward(lines) {
		list = append(list, line.Action+" "+line.ObjectName)
	}
	return list
}

func TestRightsDoNotClimbThroughRoles(t *testing.T) {
	s := newSite(t)
	s.addRole("lecteur", "users:read", "equipements:read")
	b := s.holder("gerant", "roles:read", "roles:create", "roles:update", "users:read")
	b.elevate()
	role, err := s.Identity.RoleByName(t.Context(), "lecteur")
	if err != nil {
		t.Fatal(err)
	}
	has(t, b.page("/admin/roles/new"), `value="equipements:read" disabled`, `value="users:read">`)
	wantStatus(t, "a role with more", b.post("/admin/roles/new", "name", "plus", "permissions", "users:delete"), http.StatusForbidden)
	path := "/admin/roles/" + role.UUID
	has(t, b.page(path+"/edit"), `value="equipements:read" checked disabled`)
	b.goes(path+"/edit", "name", "lecteur", "permissions", "roles:read", "permissions", "users:delete")
	if got := s.held("lecteur"); !slices.Equal(got, []string{"roles:read", "equipements:read"}) {
		t.Errorf("edited, it holds %v", got)
	}
	b.goes("/admin/roles/matrix/edit", "role", role.UUID, "cell", role.UUID+"|users:read", "cell", role.UUID+"|users:delete")
	if got := s.held("lecteur"); !slices.Equal(got, []string{"users:read", "equipements:read"}) {
		t.Errorf("after the matrix, it holds %v", got)
	}
	reader := s.holder("lectrice", "roles:read")
	page := reader.page("/admin/roles/matrix")
	lacks(t, page, "/admin/roles/matrix/edit")
	lacks(t, reader.page(path), path+"/edit", path+"/delete", "/admin/users?role=")
	for _, p := range []string{"/admin/roles/matrix/edit", "/admin/roles/new", path + "/edit", path + "/delete"} {
		wantStatus(t, p, reader.get(p), http.StatusForbidden)
		wantStatus(t, p, reader.post(p), http.StatusForbidden)
	}
}

var (
	hiddenRole = regexp.MustCompile(`<input type="hidden" name="role" value="([^"]*)">`)
	tickedCell = regexp.MustCompile(`name="cell" value="([^"]*)" aria-label="[^"]*" checked>`)
)

// sentBy returns what a browser sends of the matrix: the roles it shows and
// the ticked boxes that are not disabled.
func sentBy(page string) []string {
	var pairs []string
	for _, m := range hiddenRole.FindAllStringSubmatch(page, -1) {
		pairs = append(pairs, "role", m[1])
	}
	for _, m := range tickedCell.FindAllStringSubmatch(page, -1) {
		pairs = append(pairs, "cell", m[1])
	}
	return pairs
}
