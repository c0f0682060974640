package web_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/internal/identity"
	"intendant/internal/tableur"
)

// account returns an account as it is now.
func (s *site) account(name string) identity.Account {
	s.t.Helper()
	account, err := s.Identity.AccountByUserName(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return account
}

// addRole makes a role that holds these permissions.
func (s *site) addRole(name string, permissions ...string) identity.Role {
	s.t.Helper()
	change := identity.RoleChange{Name: &name}
	for _, p := range permissions {
		change.Add = append(change.Add, identity.PermissionRef{Name: p})
	}
	role, err := s.Identity.CreateRole(s.t.Context(), change)
	if err != nil {
		s.t.Fatal(err)
	}
	return role
}

// person adds an account without a password: hashing takes its time.
func (s *site) person(n identity.NewAccount) identity.Account {
	s.t.Helper()
	account, err := s.Identity.CreateAccount(s.t.Context(), n)
	if err != nil {
		s.t.Fatal(err)
	}
	return account
}

// wantStatus fails the test unless the answer has the status.
func wantStatus(t *testing.T, what string, a answer, status int) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: %d (to %q), want %d\n%s", what, a.status, a.location, status, a.body)
	}
}

var namesInRows = regexp.MustCompile(`<th scope="row"><a href="[^"]*">([^<]*)</a>`)

// rowNames returns the first cell of each row of a list.
func rowNames(page string) string {
	var list []string
	for _, m := range namesInRows.FindAllStringSubmatch(page, -1) {
		list = append(list, m[1])
	}
	return strings.Join(list, " ")
}

func TestTheListOfUsers(t *testing.T) {
	s := newSite(t)
	reader := s.addRole("lecteur", "users:read")
	s.person(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "zoé-a@exemple.fr", RoleUUID: reader.UUID})
	bob := s.person(identity.NewAccount{UserName: "bob", LastName: "Zed"})
	if _, err := s.Identity.Deactivate(t.Context(), bob.ID); err != nil {
		t.Fatal(err)
	}
	b := s.admin()
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Zoé Abel Chef Zed"},
		{"by name, backwards", "?sort=-name", "Zed Chef Zoé Abel"},
		{"by user name", "?sort=user_name", "Chef Zed Zoé Abel"},
		{"by user name, backwards", "?sort=-user_name", "Zoé Abel Zed Chef"},
		{"by matricule", "?sort=matricule", "Chef Zoé Abel Zed"},
		{"by matricule, backwards", "?sort=-matricule", "Zed Zoé Abel Chef"},
		{"by last visit, backwards", "?sort=-last_seen&q=chef", "Chef"},
		{"search without accents", "?q=zoe+ab", ""},
		{"search of a name", "?q=ABEL", "Zoé Abel"},
		{"search of an e-mail", "?q=Zo%C3%A9-A%40", "Zoé Abel"},
		{"search of a hyphen", "?q=-", "Zoé Abel"},
		{"search of a matricule", "?q=100002", "Zed"},
		{"of a role", "?role=" + reader.UUID, "Zoé Abel"},
		{"inactive", "?active=no", "Zed"},
		{"active", "?active=yes", "Zoé Abel Chef"},
	} {
		if got := rowNames(b.page("/admin/users" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/admin/users?q=personne"), "Rien ne correspond", "Tout afficher")
	has(t, b.page("/admin/users"), `aria-sort="ascending"`, "jamais", `href="/admin/users/new"`, "1 à 3 sur 3")
	english := s.admin()
	english.language = "en"
	has(t, english.page("/admin/users"), "New user", "Staff number", "never")
}

func TestTheListOfUsersHasPages(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.person(identity.NewAccount{LastName: fmt.Sprintf("Nom %02d", i)})
	}
	b := s.admin()
	page := b.page("/admin/users?sort=-name")
	has(t, page, "1 à 50 sur 61", "page=2", "Nom 59")
	lacks(t, page, "Nom 09")
	has(t, b.page("/admin/users?sort=-name&page=2"), "51 à 61 sur 61", "Nom 09", "Chef")
}

func TestUsersAreExported(t *testing.T) {
	s := newSite(t)
	s.person(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "zoe@exemple.fr"})
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/users/export?q=zoe&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "utilisateurs."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		if len(sheet.Rows) != 2 || !strings.Contains(fmt.Sprint(sheet.Rows[0]), "Matricule") || !strings.Contains(fmt.Sprint(sheet.Rows[1]), "zoe@exemple.fr") {
			t.Errorf("%s: %v", format, sheet)
		}
	}
	lacks(t, b.get("/admin/users/export").body, "argon2")
}

func TestAUserIsCreated(t *testing.T) {
	s := newSite(t)
	role := s.addRole("lecteur", "users:read")
	b := s.admin()
	form := []string{
		"user_name", "nom avec blanc", "matricule", "x", "first_name", "Zoé", "last_name", "", "email", "pas une adresse",
		"role", role.UUID, "password", "court", "password_again", "autre",
	}
	a := b.post("/admin/users/new", form...)
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, `value="nom avec blanc"`, `value="Zoé"`, "Un nombre entier est attendu.", "Ce champ est obligatoire.", "adresse e-mail n’est pas valable", "deux mots de passe", "selected>lecteur")
	lacks(t, a.body, "court")
	form = []string{"user_name", "nom avec blanc", "last_name", "Abel", "password", password, "password_again", password}
	has(t, b.post("/admin/users/new", form...).body, "Lettres sans accent")
	form[1] = adminName
	has(t, b.post("/admin/users/new", form...).body, "déjà pris")
	has(t, b.post("/admin/users/new", "last_name", "Abel").body, "Ce champ est obligatoire.")

	to := b.goes("/admin/users/new", "last_name", "Abel", "first_name", "Zoé", "role", role.UUID, "generate", "on", "matricule", "4242")
	account := s.account("4242")
	if to != "/admin/users/"+account.UUID {
		t.Errorf("after the creation: %q", to)
	}
	page := b.page(to)
	has(t, page, "Le compte 4242 est créé.", "il ne sera plus jamais montré", "Zoé Abel", "4242", "lecteur", "principal")
	secret := regexp.MustCompile(`id="secret">([^<]+)<`).FindStringSubmatch(page)
	if secret == nil {
		t.Fatal("no password is shown")
	}
	lacks(t, b.page(to), secret[1])
	if _, err := s.Identity.CheckPassword(t.Context(), "4242", secret[1]); err != nil {
		t.Errorf("the password shown: %v", err)
	}
}

func TestAUserIsChanged(t *testing.T) {
	s := newSite(t)
	zoe := s.person(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "zoe@exemple.fr"})
	b := s.admin()
	path := "/admin/users/" + zoe.UUID
	has(t, b.page(path+"/edit"), `value="Abel"`, `value="zoe@exemple.fr"`, fmt.Sprintf(`value="%d"`, zoe.Matricule))
	a := b.post(path+"/edit", "last_name", "Bell", "matricule", "100000", "email", "zoe@exemple.fr")
	wantStatus(t, "a matricule in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "déjà celui d’un autre compte", `value="Bell"`)
	a = b.post(path+"/edit", "last_name", "Bell", "matricule", "7", "email", "ADMIN@intendant.example")
	has(t, a.body, "Cette adresse est déjà")
	if to := b.goes(path+"/edit", "last_name", "Bell", "matricule", "7", "email", ""); to != path {
		t.Errorf("goes to %q", to)
	}
	if got := s.account("zoe"); got.LastName != "Bell" || got.Matricule != 7 || got.Email != "" || got.FirstName != "" {
		t.Errorf("account %+v", got)
	}
	has(t, b.page(path), "Le compte zoe est enregistré.")
	wantStatus(t, "nobody", b.get("/admin/users/nobody"), http.StatusNotFound)
}

func TestAUserIsGivenAPassword(t *testing.T) {
	s := newSite(t)
	zoe := s.person(identity.NewAccount{UserName: "zoe"})
	b := s.admin()
	path := "/admin/users/" + zoe.UUID + "/password"
	if a := b.get(path); !strings.HasPrefix(a.location, "/admin/confirm?next=") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	if a := b.post(path, "password", password, "password_again", password); !strings.HasPrefix(a.location, "/admin/confirm?next=") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	has(t, b.page(path), "Mot de passe de zoe")
	has(t, b.post(path, "password", "court", "password_again", "court").body, "Au moins 8 caractères.")
	b.goes(path, "password", password, "password_again", password)
	if _, err := s.Identity.CheckPassword(t.Context(), "zoe", password); err != nil {
		t.Error(err)
	}
	b.goes(path, "generate", "on")
	has(t, b.page("/admin/users/"+zoe.UUID), `id="secret"`)
	if a := b.get("/admin/users/" + s.account(adminName).UUID + "/password"); a.location != "/admin/account/password" {
		t.Errorf("one's own password: to %q", a.location)
	}
}

func TestRolesAreGivenAndTakenBack(t *testing.T) {
	s := newSite(t)
	role := s.addRole("lecteur", "users:read")
	zoe := s.person(identity.NewAccount{UserName: "zoe"})
	b := s.admin()
	b.elevate()
	path := "/admin/users/" + zoe.UUID
	has(t, b.page(path), "n’a aucun rôle")
	has(t, b.page(path+"/grants/new"), ">lecteur</option>", ">admin</option>")
	wantStatus(t, "no role", b.post(path+"/grants/new"), http.StatusUnprocessableEntity)
	b.goes(path+"/grants/new", "role", role.UUID)
	grants := s.account("zoe").Grants
	if len(grants) != 1 || grants[0].RoleName != "lecteur" {
		t.Fatalf("grants %v", grants)
	}
	revoke := fmt.Sprintf("%s/grants/%d/delete", path, grants[0].ID)
	has(t, b.page(path), revoke)
	has(t, b.page(revoke), "Retirer le rôle lecteur à zoe", "Tous les départements")
	b.goes(revoke)
	if grants := s.account("zoe").Grants; len(grants) != 0 {
		t.Errorf("grants %v", grants)
	}
	wantStatus(t, "twice", b.post(revoke), http.StatusNotFound)
	chief := s.account(adminName)
	a := b.post(fmt.Sprintf("/admin/users/%s/grants/%d/delete", chief.UUID, chief.Grants[0].ID))
	wantStatus(t, "the last administrator", a, http.StatusUnprocessableEntity)
	has(t, a.body, "dernier administrateur")
}

func TestAUserIsDeactivatedActivatedAndSignedOut(t *testing.T) {
	s := newSite(t)
	zoe := s.create(identity.NewAccount{UserName: "zoe"})
	other := s.signedIn("zoe")
	b := s.admin()
	path := "/admin/users/" + zoe.UUID
	has(t, b.page(path), "Sessions ouvertes</dt><dd>1</dd>")
	has(t, b.page(path+"/kick"), "Déconnecter zoe partout", `method="post"`)
	wantStatus(t, "before", other.get("/admin/account"), http.StatusOK)
	b.goes(path + "/kick")
	wantStatus(t, "after", other.get("/admin/account"), http.StatusSeeOther)

	wantStatus(t, "not elevated", b.post(path+"/deactivate"), http.StatusSeeOther)
	if !s.account("zoe").Active {
		t.Error("deactivated without the password")
	}
	b.elevate()
	has(t, b.page(path+"/deactivate"), "Désactiver zoe")
	b.goes(path + "/deactivate")
	page := b.page(path)
	has(t, page, "inactif", path+"/activate")
	lacks(t, page, path+"/deactivate")
	has(t, b.page(path+"/activate"), "Réactiver zoe")
	b.goes(path + "/activate")
	if !s.account("zoe").Active {
		t.Error("not activated")
	}
	a := b.post("/admin/users/" + s.account(adminName).UUID + "/deactivate")
	wantStatus(t, "the last administrator", a, http.StatusUnprocessableEntity)
	has(t, a.body, "dernier administrateur")
}

func TestRightsDoNotClimbThroughThePages(t *testing.T) {
	s := newSite(t)
	reader := s.addRole("lecteur", "users:read")
	zoe := s.person(identity.NewAccount{UserName: "zoe"})
	chief := s.account(adminName)
	admin, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	b := s.holder("gerant", "users:read", "users:create", "users:update", "users:delete", "roles:read")
	b.elevate()
	page := b.page("/admin/users/new")
	has(t, page, ">lecteur</option>")
	lacks(t, page, ">admin</option>")
	path := "/admin/users/" + chief.UUID
	page = b.page(path)
	has(t, page, "a des droits que vous n’avez pas")
	lacks(t, page, path+"/edit", path+"/password", path+"/deactivate", path+"/grants")
	for name, a := range map[string]answer{
		"a new administrator":             b.post("/admin/users/new", "last_name", "X", "role", admin.UUID, "password", password, "password_again", password),
		"the role admin":                  b.post("/admin/users/"+zoe.UUID+"/grants/new", "role", admin.UUID),
		"an administrator's password":     b.post(path+"/password", "password", password, "password_again", password),
		"an administrator's e-mail":       b.post(path+"/edit", "last_name", "Chef", "matricule", "100000", "email", "moi@exemple.fr"),
		"an administrator's sessions":     b.post(path + "/kick"),
		"an administrator's deactivation": b.post(path + "/deactivate"),
		"an administrator's role":         b.post(fmt.Sprintf("%s/grants/%d/delete", path, chief.Grants[0].ID)),
	} {
		wantStatus(t, name, a, http.StatusForbidden)
		has(t, a.body, "droits que vous n’avez pas vous-même")
	}
	b.goes("/admin/users/"+zoe.UUID+"/grants/new", "role", reader.UUID)
}

func TestUsersNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	zoe := s.person(identity.NewAccount{UserName: "zoe"})
	path := "/admin/users/" + zoe.UUID
	b := s.holder("lecteur", "users:read")
	page := b.page(path)
	lacks(t, page, path+"/edit", path+"/password", path+"/kick", path+"/deactivate")
	lacks(t, b.page("/admin/users"), "/admin/users/new")
	for _, p := range []string{"/admin/users/new", path + "/edit", path + "/password", path + "/kick", path + "/deactivate", path + "/activate", path + "/grants/new"} {
		wantStatus(t, p, b.get(p), http.StatusForbidden)
		wantStatus(t, p, b.post(p), http.StatusForbidden)
	}
	none := s.holder("personne", "roles:read")
	wantStatus(t, "the list", none.get("/admin/users"), http.StatusForbidden)
	wantStatus(t, "the export", none.get("/admin/users/export"), http.StatusForbidden)
}

// call sends JSON to an API with a Bearer token and returns the answer's
// status and body.
func (s *site) call(method, path, token, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestRightsDoNotClimbThroughTheAPI(t *testing.T) {
	s := newSite(t)
	reader := s.addRole("lecteur", "users:read")
	manager := s.addRole("gerant", "users:read", "users:create", "users:update", "users:delete", "roles:create", "roles:update")
	account := s.person(identity.NewAccount{UserName: "gerant", RoleUUID: manager.UUID})
	chief := s.account(adminName)
	token, err := s.Identity.IssueToken(t.Context(), account.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	admin := chief.Grants[0].RoleUUID
	user := `{"matricule":%d,"nom":"X","email":"x%d@exemple.fr","password":"trois lampes vertes","role_id":%q}`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"a new administrator", "POST", "/users/create", fmt.Sprintf(user, 1, 1, admin), http.StatusForbidden},
		{"a new reader", "POST", "/users/create", fmt.Sprintf(user, 2, 2, reader.UUID), http.StatusOK},
		{"an administrator's password", "PUT", "/users/update", fmt.Sprintf(`{"user_id":%q,"password":"deux chaises bleues"}`, chief.UUID), http.StatusForbidden},
		{"an administrator's end", "DELETE", "/users/delete/" + chief.UUID, "", http.StatusForbidden},
		{"a role with more", "POST", "/roles/create", `{"name":"x","description":"","permissions":["backup:create"]}`, http.StatusForbidden},
		{"more for a role", "PUT", "/roles/update", fmt.Sprintf(`{"role_id":%q,"permissions":["users:read","backup:create"]}`, reader.UUID), http.StatusForbidden},
		{"one more for one's own role", "POST", "/roles/add_permissions", fmt.Sprintf(`{"role_id":%q,"permissions":["backup:create"]}`, manager.UUID), http.StatusForbidden},
		{"what one holds", "POST", "/roles/add_permissions", fmt.Sprintf(`{"role_id":%q,"permissions":["users:update"]}`, reader.UUID), http.StatusOK},
		{"a name too long", "POST", "/roles/create", `{"name":"` + strings.Repeat("x", 65) + `","description":""}`, http.StatusUnprocessableEntity},
	} {
		status, body := s.call(c.method, c.path, token, c.body)
		if status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, status, body, c.status)
		}
		if status == http.StatusForbidden && body != `{"detail":"Not enough permissions"}` {
			t.Errorf("%s: %s", c.name, body)
		}
	}
}
