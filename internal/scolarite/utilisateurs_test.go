package scolarite_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/identity"
	"intendant/internal/scolarite"
)

func TestUtilisateurExamples(t *testing.T) {
	s := open(t)
	_, err := s.Identity.Grant(t.Context(), 101, "Ens", "RT")
	s.must(err)
	s.exec("UPDATE accounts SET last_seen_at = '2025-11-14T16:20:30.250Z', expires_at = '2026-08-31T22:00:00.000Z', edt_id = 'DUPONT M' WHERE id = 101")
	s.example("user_info", request{to: "GET user/101", as: chef})
	s.example("user_info.inconnu", request{to: "GET user/999", as: chef})
	s.example("users_info_query", request{to: "GET users/query?departement=RT&active=1&starts_with=dup", as: chef})
	s.example("user_create", request{to: "POST user/create", as: chef, body: `{"user_name": "zlebrun", "nom": "Lebrun", "prenom": "Zoé", "email": "zoe.lebrun@iut.example", "dept": "GEA", "date_expiration": "2026-08-31"}`})
	s.example("user_create.refus", request{to: "POST user/create", as: chef, body: `{"user_name": "zoé lebrun", "email": "zoe", "date_expiration": "demain"}`})
	s.example("user_edit", request{to: "POST user/102/edit", as: chef, body: `{"prenom": "Paul-Henri", "dept": "GEA", "active": false}`})
	s.example("user_password", request{to: "POST user/103/password", as: chef, body: `{"password": "trois lampes vertes"}`})
	s.example("user_password.refus", request{to: "POST user/103/password", as: chef, body: `{"password": "motdepasse1"}`})
	s.example("user_role_add", request{to: "POST user/104/role/Ens/add/departement/RT", as: chef})
	s.example("user_role_remove", request{to: "POST user/104/role/Ens/remove/departement/RT", as: chef})
}

// names returns the user names of a list, without those of callers made for the
// occasion.
func names(t *testing.T, a answer) string {
	t.Helper()
	var list []string
	for _, u := range a.json(t).([]any) {
		if name := u.(map[string]any)["user_name"].(string); !strings.HasPrefix(name, "appelant") {
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

func TestWhichAccountsAreSeen(t *testing.T) {
	s := open(t)
	s.exec("UPDATE accounts SET active = 0 WHERE id = 102")
	_, err := s.Identity.Grant(t.Context(), 103, "Admin", "GEA")
	s.must(err)
	local, both := holding("RT", scolarite.ScoView, scolarite.UsersView), holding("GEA", scolarite.ScoView, scolarite.UsersView)
	s.token(both)
	_, err = s.Identity.Grant(t.Context(), s.accountOf(both), s.roleOf(local), "RT")
	s.must(err)
	for _, c := range []struct {
		as         who
		path, want string
	}{
		{chef, "users/query", "aleroy jpetit mdupont pmartin"},
		{chef, "users/query?", "aleroy jpetit mdupont pmartin"},
		{chef, "/ScoDoc/GEA/api/users/query", "aleroy jpetit mdupont pmartin"},
		{chef, "users/query?active=1", "aleroy jpetit mdupont"},
		{chef, "users/query?active=0", "pmartin"},
		{chef, "users/query?departement=GEA", "aleroy"},
		{chef, "users/query?departement=", "jpetit"},
		{chef, "users/query?departement=INCONNU", ""},
		{chef, "users/query?starts_with=LÉ", "aleroy"},
		{chef, "users/query?starts_with=Martin&departement=RT", "pmartin"},
		{chef, "users/query?starts_with=%25", ""},
		{local, "users/query", "mdupont pmartin"},
		{local, "/ScoDoc/RT/api/users/query", "mdupont pmartin"},
		{local, "users/query?departement=GEA", ""},
		{local, "users/query?departement=", ""},
		{both, "users/query", "aleroy mdupont pmartin"},
		{both, "/ScoDoc/RT/api/users/query?departement=GEA", "aleroy"},
		{holding("", scolarite.ScoView), "users/query", ""},
		{holding("", scolarite.ScoView, scolarite.UsersView), "users/query?departement=RT", "mdupont pmartin"},
	} {
		a := s.send(request{to: "GET " + c.path, as: c.as})
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s as %s: %s", c.path, c.as, a.line())
		} else if got := names(t, a); got != c.want {
			t.Errorf("%s as %s: %q, want %q", c.path, c.as, got, c.want)
		}
	}
	const needsView = "403 permission requise : UsersView"
	s.refuses([]refusal{
		{"no credential", request{to: "GET users/query"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET users/query", as: other}, "403 permission requise : ScoView"},
		{"another department's base", request{to: "GET /ScoDoc/GEA/api/users/query", as: local}, "403 permission requise : ScoView"},
		{"active is not a boolean", request{to: "GET users/query?active=peut-%C3%AAtre", as: chef}, "404 param 'active': invalide (booléen attendu)"},
		{"one account, no credential", request{to: "GET user/101"}, "401 Non autorise (logic)"},
		{"one account, no permission", request{to: "GET user/101", as: other}, needsView},
		{"on the base of all departments", request{to: "GET user/101", as: local}, needsView},
		{"of another department", request{to: "GET /ScoDoc/RT/api/user/103", as: local}, "403 permission requise dans le département GEA : UsersView"},
		{"of no department", request{to: "GET /ScoDoc/RT/api/user/104", as: local}, "403 permission requise dans tous les départements : UsersView"},
		{"unknown", request{to: "GET user/999", as: chef}, "404 utilisateur inconnu"},
		{"not a number", request{to: "GET user/mdupont", as: chef}, "404 adresse inconnue"},
	})
	for _, path := range []string{"user/101", "/ScoDoc/RT/api/user/102", "/ScoDoc/RT/api/user/103"} {
		if a := s.send(request{to: "GET " + path, as: map[bool]who{true: chef, false: both}[path == "user/101"]}); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, a.line())
		}
	}
}

// accountOf returns the number of a caller's account.
func (s *site) accountOf(w who) int64 {
	s.t.Helper()
	caller, err := s.Identity.Authenticate(&http.Request{Header: http.Header{"Authorization": {"Bearer " + s.token(w)}}})
	s.must(err)
	return caller.AccountID()
}

// roleOf returns the name of the role that a caller was given.
func (s *site) roleOf(w who) string {
	s.t.Helper()
	account, err := s.Identity.Account(s.t.Context(), s.accountOf(w))
	s.must(err)
	return account.Grants[0].RoleName
}

func TestHowNamesAreWritten(t *testing.T) {
	s := open(t)
	for i, c := range []struct{ login, nom, prenom, want string }{
		{"dupont", "DUPONT", "pierre", "Dupont|Pierre|Dupont P.|P. Dupont|DUPONT Pierre (dupont)|Pierre Dupont|dupont;pierre"},
		{"jc", "Dupont", "Jean-Christophe", "Dupont|Jean-Christophe|Dupont J.-C.|J.-C. Dupont|DUPONT Jean-Christophe (jc)|Jean-Christophe Dupont|dupont;jean-christophe"},
		{"mo", "le GALL-Étienne", "marie  odile", "Le Gall-Étienne|Marie Odile|Le Gall-Étienne M. O.|M. O. Le Gall-Étienne|LE GALL-ÉTIENNE Marie Odile (mo)|Marie Odile Le Gall-Étienne|le gall-etienne;marie odile"},
		{"ch", "Roi", "charles", "Roi|Charles|Roi Ch.|Ch. Roi|ROI Charles (ch)|Charles Roi|roi;charles"},
		{"jch", "Roi", "Jean-Charles", "Roi|Jean-Charles|Roi J.-C.|J.-C. Roi|ROI Jean-Charles (jch)|Jean-Charles Roi|roi;jean-charles"},
		{"el", "Noël", "élise", "Noël|Élise|Noël É.|É. Noël|NOËL Élise (el)|Élise Noël|noel;elise"},
		{"abr", "Noël", "J.-C.", "Noël|J.-C.|Noël J.-C.|J.-C. Noël|NOËL J.-C. (abr)|J.-C. Noël|noel;j.-c."},
		{"tiret", "Noël", " - ", "Noël|-|Noël|Noël|NOËL - (tiret)|- Noël|noel;-"},
		{"api", "", "", "api||api|api|(api)|api|;"},
		{"seul", "", "Zoé", "seul|Zoé|seul Z.|Z. seul|Zoé (seul)|Zoé seul|;zoe"},
	} {
		account, err := s.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: c.login, LastName: c.nom, FirstName: c.prenom})
		s.must(err)
		u := s.get(fmt.Sprint("user/", account.ID)).json(t).(map[string]any)
		var got []string
		for _, key := range []string{"nom_fmt", "prenom_fmt", "nomprenom", "prenomnom", "nomplogin", "nomcomplet", "sort_key"} {
			got = append(got, u[key].(string))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%d: %s", i, diff)
		}
	}
}

// state is what tests look at of an account.
func (s *site) state(id int64) string {
	s.t.Helper()
	return s.value(fmt.Sprintf(`SELECT user_name || '|' || last_name || '|' || first_name || '|' || ifnull(email, '-') || '|' || active || '|' ||
		ifnull((SELECT acronym FROM departements d WHERE d.id = departement_id), '-') || '|' || ifnull(expires_at, '-') || '|' || ifnull(edt_id, '-')
		FROM accounts WHERE id = %d`, id))
}

func TestUserCreate(t *testing.T) {
	s := open(t)
	local := holding("RT", scolarite.UsersAdmin)
	for _, c := range []struct {
		as         who
		path, body string
		want       string
	}{
		{chef, "user/create", `{"user_name": "a1"}`, "a1|||-|1|-|-|-"},
		{chef, "/ScoDoc/RT/api/user/create", `{"user_name": "a2", "nom": "N", "prenom": null}`, "a2|N||-|1|RT|-|-"},
		{chef, "/ScoDoc/RT/api/user/create", `{"user_name": "a3", "dept": null, "active": false}`, "a3|||-|0|-|-|-"},
		{chef, "user/create", `{"user_name": "a4", "dept": "", "email": "", "date_expiration": "", "edt_id": null, "active": null}`, "a4|||-|1|-|-|-"},
		{chef, "user/create", `{"user_name": "A@\\-_.5", "email": " Zoe@IUT.example ", "edt_id": "ZOE", "inconnu": 1}`, `A@\-_.5|||Zoe@iut.example|1|-|-|ZOE`},
		{local, "/ScoDoc/RT/api/user/create", `{"user_name": "a6"}`, "a6|||-|1|RT|-|-"},
		{local, "/ScoDoc/RT/api/user/create", `{"user_name": "a7", "dept": "RT"}`, "a7|||-|1|RT|-|-"},
		// The last day, in the site's time; an instant with its zone; one without.
		{chef, "user/create", `{"user_name": "a8", "date_expiration": "2026-06-30"}`, "a8|||-|1|-|2026-06-30T22:00:00.000Z|-"},
		{chef, "user/create", `{"user_name": "a9", "date_expiration": "2026-01-31T12:00:00+01:00"}`, "a9|||-|1|-|2026-01-31T11:00:00.000Z|-"},
		{chef, "user/create", `{"user_name": "b1", "date_expiration": "2026-01-31T12:00:00Z"}`, "b1|||-|1|-|2026-01-31T12:00:00.000Z|-"},
		{chef, "user/create", `{"user_name": "b2", "date_expiration": "2026-01-31 12:00"}`, "b2|||-|1|-|2026-01-31T11:00:00.000Z|-"},
	} {
		a := s.send(request{to: "POST " + c.path, as: c.as, body: c.body})
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", c.body, a.line())
			continue
		}
		if got := s.state(s.lastAccount()); got != c.want {
			t.Errorf("%s: %q, want %q", c.body, got, c.want)
		}
	}
	s.refuses([]refusal{
		{"no credential", request{to: "POST user/create", body: `{"user_name": "z"}`}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST user/create", as: other, body: `{"user_name": "z"}`}, "403 permission requise : UsersAdmin"},
		{"a department's administrator on the base of all", request{to: "POST user/create", as: local, body: `{"user_name": "z"}`}, "403 permission requise : UsersAdmin"},
		{"another department", request{to: "POST /ScoDoc/RT/api/user/create", as: local, body: `{"user_name": "z", "dept": "GEA"}`}, "403 permission requise dans le département GEA : UsersAdmin"},
		{"no department", request{to: "POST /ScoDoc/RT/api/user/create", as: local, body: `{"user_name": "z", "dept": null}`}, "403 permission requise dans tous les départements : UsersAdmin"},
		{"an unknown department", request{to: "POST user/create", as: chef, body: `{"user_name": "z", "dept": "INCONNU"}`}, "404 département inconnu"},
		{"no name", request{to: "POST user/create", as: chef, body: `{}`}, "404 param 'user_name': manquant"},
		{"no body", request{to: "POST user/create", as: chef}, "404 corps de la requête: manquant"},
		{"broken JSON", request{to: "POST user/create", as: chef, body: `{"user_name"`}, "400 corps de la requête: JSON invalide"},
		{"an empty name", request{to: "POST user/create", as: chef, body: `{"user_name": ""}`}, "404 " + badName},
		{"all that is wrong", request{to: "POST user/create", as: chef, body: `{"user_name": "a b", "email": "x", "date_expiration": "9999-13-01"}`}, "404 " + badName + ", param 'email': invalide, param 'date_expiration': invalide (date attendue)"},
		{"a name that is taken", request{to: "POST user/create", as: chef, body: `{"user_name": "MDupont"}`}, "404 nom d'utilisateur déjà utilisé"},
		{"the number of another", request{to: "POST user/create", as: chef, body: `{"user_name": "900101"}`}, "404 nom d'utilisateur déjà utilisé"},
		{"an address that is taken", request{to: "POST user/create", as: chef, body: `{"user_name": "z", "email": "Marie.Dupont@iut.example"}`}, "404 adresse e-mail déjà utilisée"},
		{"a reserved name", request{to: "POST user/create", as: chef, body: `{"user_name": "list"}`}, "404 nom d'utilisateur réservé"},
		{"values of another type", request{to: "POST user/create", as: chef, body: `{"user_name": "z", "nom": 3, "active": "peut-être"}`}, "404 param 'nom': invalide (texte attendu), param 'active': invalide (booléen attendu)"},
		{"a name that is too long", request{to: "POST user/create", as: chef, body: `{"user_name": "z", "nom": "` + strings.Repeat("é", 65) + `"}`}, "404 param 'nom': trop long (64 caractères au plus)"},
		{"an end that cannot be kept", request{to: "POST user/create", as: chef, body: `{"user_name": "z", "date_expiration": "9999-12-31T23:59:59-12:00"}`}, "404 param 'date_expiration': invalide (date attendue)"},
		{"an end before all time", request{to: "POST user/create", as: chef, body: `{"user_name": "z", "date_expiration": "0001-01-01T00:00:00Z"}`}, "404 param 'date_expiration': invalide (date attendue)"},
	})
}

const badName = `nom d'utilisateur invalide (lettres, chiffres et @ \ - _ . seulement, 64 au plus)`

func (s *site) lastAccount() (id int64) {
	s.t.Helper()
	if _, err := fmt.Sscan(s.value("SELECT max(id) FROM accounts WHERE user_name NOT LIKE 'appelant%'"), &id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestUserEdit(t *testing.T) {
	s := open(t)
	local := holding("RT", scolarite.UsersAdmin)
	both := holding("GEA", scolarite.UsersAdmin)
	s.token(both)
	_, err := s.Identity.Grant(t.Context(), s.accountOf(both), s.roleOf(local), "RT")
	s.must(err)
	for _, c := range []struct {
		as         who
		path, body string
		want       string
	}{
		{chef, "user/101/edit", `{}`, "mdupont|Dupont|Marie|marie.dupont@iut.example|1|RT|-|-"},
		{chef, "user/101/edit", `{"user_name": "autre", "nom": "Dupont-Roi", "edt_id": "MD"}`, "mdupont|Dupont-Roi|Marie|marie.dupont@iut.example|1|RT|-|MD"},
		{chef, "user/101/edit", `{"nom": null, "email": null, "dept": null, "date_expiration": "2026-06-30T00:00:00Z"}`, "mdupont||Marie|-|1|-|2026-06-30T00:00:00.000Z|MD"},
		{chef, "user/101/edit", `{"dept": "GEA", "date_expiration": null, "edt_id": "", "active": false}`, "mdupont||Marie|-|0|GEA|-|-"},
		{local, "/ScoDoc/RT/api/user/102/edit", `{"prenom": "Paule", "dept": "RT"}`, "pmartin|Martin|Paule|paul.martin@iut.example|1|RT|-|-"},
		{both, "/ScoDoc/GEA/api/user/102/edit", `{"dept": "GEA"}`, "pmartin|Martin|Paule|paul.martin@iut.example|1|GEA|-|-"},
	} {
		a := s.send(request{to: "POST " + c.path, as: c.as, body: c.body})
		id := int64(101)
		if strings.Contains(c.path, "102") {
			id = 102
		}
		if got := s.state(id); a.StatusCode != http.StatusOK || got != c.want {
			t.Errorf("%s: %s\n got %q\nwant %q", c.body, a.line(), got, c.want)
		}
	}
	// What was read can be written back.
	text := s.get("user/103").body
	if a := s.post("user/103/edit", text); a.StatusCode != http.StatusOK || s.get("user/103").body != text {
		t.Errorf("written back: %s, before %s", a.line(), text)
	}
	_, err = s.Identity.Grant(t.Context(), 102, identity.Admin, "")
	s.must(err)
	s.exec("UPDATE accounts SET departement_id = 1 WHERE id = 102")
	s.refuses([]refusal{
		{"no credential", request{to: "POST user/103/edit", body: `{"nom": "X"}`}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST user/103/edit", as: other, body: `{"nom": "X"}`}, "403 permission requise : UsersAdmin"},
		{"an account of another department", request{to: "POST /ScoDoc/RT/api/user/103/edit", as: local, body: `{"nom": "X"}`}, "403 permission requise dans le département GEA : UsersAdmin"},
		{"an account of no department", request{to: "POST /ScoDoc/RT/api/user/104/edit", as: local, body: `{"nom": "X"}`}, "403 permission requise dans tous les départements : UsersAdmin"},
		{"into another department", request{to: "POST /ScoDoc/RT/api/user/102/edit", as: local, body: `{"dept": "GEA"}`}, "403 permission requise dans le département GEA : UsersAdmin"},
		{"out of every department", request{to: "POST /ScoDoc/RT/api/user/102/edit", as: local, body: `{"dept": null}`}, "403 permission requise dans tous les départements : UsersAdmin"},
		{"who may more", request{to: "POST /ScoDoc/RT/api/user/102/edit", as: local, body: `{"active": false}`}, "403 opération non autorisée (droits supérieurs aux vôtres)"},
		{"an unknown department", request{to: "POST user/103/edit", as: chef, body: `{"dept": "INCONNU"}`}, "404 département inconnu"},
		{"unknown", request{to: "POST user/999/edit", as: chef, body: `{}`}, "404 utilisateur inconnu"},
		{"no body", request{to: "POST user/103/edit", as: chef}, "404 corps de la requête: manquant"},
		{"not an object", request{to: "POST user/103/edit", as: chef, body: `[]`}, "404 corps de la requête: invalide (objet attendu)"},
		{"broken JSON", request{to: "POST user/103/edit", as: chef, body: `{`}, "400 corps de la requête: JSON invalide"},
		{"all that is wrong", request{to: "POST user/103/edit", as: chef, body: `{"email": "@", "date_expiration": "x"}`}, "404 param 'email': invalide, param 'date_expiration': invalide (date attendue)"},
		{"an address that is taken", request{to: "POST user/103/edit", as: chef, body: `{"email": "PAUL.martin@iut.example"}`}, "404 adresse e-mail déjà utilisée"},
	})
}

func TestUserPassword(t *testing.T) {
	s := open(t)
	boss := holding("RT", scolarite.UsersAdmin)
	s.token(boss)
	s.exec(fmt.Sprintf("UPDATE accounts SET departement_id = 1 WHERE id = %d", s.accountOf(boss)))
	guest := holding("RT", scolarite.UsersAdmin, scolarite.UsersView)
	s.token(guest)
	s.exec(fmt.Sprintf("UPDATE accounts SET departement_id = 2 WHERE id = %d", s.accountOf(guest)))
	floating := holding("RT", scolarite.UsersAdmin, scolarite.ScoView)
	super := holding("", scolarite.UsersAdmin, scolarite.ScoSuperAdmin)
	for _, c := range []struct {
		as   who
		path string
	}{
		{chef, "user/104/password"},
		{super, "user/103/password"},
		{boss, "/ScoDoc/RT/api/user/101/password"},
		{floating, "/ScoDoc/RT/api/user/102/password"},
		{guest, fmt.Sprintf("/ScoDoc/RT/api/user/%d/password", s.accountOf(guest))}, // oneself
	} {
		a := s.send(request{to: "POST " + c.path, as: c.as, body: `{"password": "deux chaises bleues"}`})
		if a.StatusCode != http.StatusOK || !strings.Contains(a.body, `"date_modif_passwd":"2025-11-17T10:00:00Z"`) || strings.Contains(a.body, "chaises") {
			t.Errorf("%s as %s: %s", c.path, c.as, a.line())
		}
	}
	if _, err := s.Identity.CheckPassword(t.Context(), "mdupont", "deux chaises bleues"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if got := s.value("SELECT count(*) FROM journal WHERE before LIKE '%chaises%' OR after LIKE '%chaises%'"); got != "0" {
		t.Error("a password lies in the journal")
	}
	_, err := s.Identity.Grant(t.Context(), 102, "Admin", "RT")
	s.must(err)
	const body = `{"password": "trois lampes vertes"}`
	s.refuses([]refusal{
		{"no credential", request{to: "POST user/101/password", body: body}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST user/101/password", as: other, body: body}, "403 permission requise : UsersAdmin"},
		{"of another department", request{to: "POST /ScoDoc/RT/api/user/103/password", as: floating, body: body}, "403 permission requise dans le département GEA : UsersAdmin"},
		{"by who is of another", request{to: "POST /ScoDoc/RT/api/user/103/password", as: boss, body: body}, "403 opération non autorisée"},
		{"of who is of none", request{to: "POST /ScoDoc/RT/api/user/104/password", as: floating, body: body}, "403 permission requise dans tous les départements : UsersAdmin"},
		{"of who may more", request{to: "POST /ScoDoc/RT/api/user/102/password", as: boss, body: body}, "403 opération non autorisée (droits supérieurs aux vôtres)"},
		{"unknown", request{to: "POST user/999/password", as: chef, body: body}, "404 utilisateur inconnu"},
		{"missing", request{to: "POST user/101/password", as: chef, body: `{}`}, "404 param 'password': manquant"},
		{"null", request{to: "POST user/101/password", as: chef, body: `{"password": null}`}, "404 param 'password': invalide (texte attendu)"},
		{"no body", request{to: "POST user/101/password", as: chef}, "404 corps de la requête: manquant"},
		{"broken JSON", request{to: "POST user/101/password", as: chef, body: `{"password"`}, "400 corps de la requête: JSON invalide"},
		{"empty", request{to: "POST user/101/password", as: chef, body: `{"password": ""}`}, "400 Le mot de passe doit compter au moins 8 caractères."},
		{"common", request{to: "POST user/101/password", as: chef, body: `{"password": "azertyuiop"}`}, "400 Ce mot de passe est trop courant : il serait vite deviné."},
		{"the user name", request{to: "POST user/105/password", as: chef, body: `{"password": "appelant1"}`}, "400 Le mot de passe doit différer du nom d’utilisateur."},
		{"too long", request{to: "POST user/101/password", as: chef, body: `{"password": "` + strings.Repeat("long ", 300) + `"}`}, "400 Le mot de passe est trop long (1024 octets au plus)."},
	})
}

func TestUserRoles(t *testing.T) {
	s := open(t)
	roles := func(id int64) string {
		return s.get(fmt.Sprint("user/", id)).json(t).(map[string]any)["roles_string"].(string)
	}
	super := holding("", scolarite.ScoSuperAdmin)
	parcRole, mixed := "stock", "mixte"
	_, err := s.Identity.CreateRole(t.Context(), identity.RoleChange{Name: &parcRole, Add: []identity.PermissionRef{{Name: "equipements:read"}}})
	s.must(err)
	_, err = s.Identity.CreateRole(t.Context(), identity.RoleChange{Name: &mixed, Add: []identity.PermissionRef{{Name: "equipements:read"}, {Name: "ScoView"}}})
	s.must(err)
	for _, c := range []struct {
		as         who
		path, want string
	}{
		{chef, "user/104/role/stock/add", "stock_"}, // what other wings give is shown
		{super, "user/104/role/Ens/add/departement/RT", "stock_,Ens_RT"},
		{super, "user/104/role/Ens/add/departement/RT", "stock_,Ens_RT"},
		{super, "/ScoDoc/GEA/api/user/104/role/Ens/add", "stock_,Ens_RT,Ens_"},
		{super, "user/104/role/SuperAdmin/add", "stock_,Ens_RT,Ens_,SuperAdmin_"},
		{super, "user/104/role/Ens/remove", "stock_,Ens_RT,SuperAdmin_"},
		{super, "user/104/role/Ens/remove/departement/RT", "stock_,SuperAdmin_"},
		{chef, "user/104/role/stock/remove", "SuperAdmin_"},
	} {
		if a := s.send(request{to: "POST " + c.path, as: c.as}); a.StatusCode != http.StatusOK || !strings.Contains(a.body, `"roles_string":"`+c.want+`"`) {
			t.Errorf("%s: %s", c.path, a.line())
		}
		if got := roles(104); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
	local := holding("RT", scolarite.ScoSuperAdmin, scolarite.ScoView)
	const above = "403 opération non autorisée (droits supérieurs aux vôtres)"
	s.refuses([]refusal{
		{"no credential", request{to: "POST user/103/role/Ens/add"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST user/103/role/Ens/add", as: holding("", scolarite.UsersAdmin)}, "403 permission requise : ScoSuperAdmin"},
		{"on the base of all departments", request{to: "POST user/103/role/Ens/add", as: local}, "403 permission requise : ScoSuperAdmin"},
		{"in one department, more than one has", request{to: "POST /ScoDoc/RT/api/user/103/role/Ens/add/departement/RT", as: local}, above},
		{"unknown account", request{to: "POST user/999/role/Ens/add", as: chef}, "404 utilisateur inconnu"},
		{"unknown role", request{to: "POST user/103/role/Inconnu/add", as: chef}, "404 rôle inconnu"},
		{"unknown department", request{to: "POST user/103/role/Ens/add/departement/INCONNU", as: chef}, "404 département inconnu"},
		{"SuperAdmin in a department", request{to: "POST user/103/role/SuperAdmin/add/departement/RT", as: chef}, "404 ce rôle ne se donne que dans tous les départements à la fois"},
		{"every right in a department", request{to: "POST user/103/role/admin/add/departement/RT", as: chef}, "404 ce rôle ne se donne que dans tous les départements à la fois"},
		{"a role of parc", request{to: "POST user/103/role/stock/add", as: super}, above},
		{"a role with some of parc", request{to: "POST user/103/role/mixte/add/departement/RT", as: super}, above},
		{"every right", request{to: "POST user/103/role/admin/add", as: super}, above},
		{"remove, no credential", request{to: "POST user/104/role/SuperAdmin/remove"}, "401 Non autorise (logic)"},
		{"remove, no permission", request{to: "POST user/104/role/SuperAdmin/remove", as: other}, "403 permission requise : ScoSuperAdmin"},
		{"not held there", request{to: "POST user/104/role/SuperAdmin/remove/departement/RT", as: chef}, "404 l'utilisateur n'a pas ce rôle"},
		{"not held", request{to: "POST user/104/role/Ens/remove", as: chef}, "404 l'utilisateur n'a pas ce rôle"},
		{"remove from nobody", request{to: "POST user/999/role/Ens/remove", as: chef}, "404 utilisateur inconnu"},
		{"remove an unknown role", request{to: "POST user/104/role/Inconnu/remove", as: chef}, "404 rôle inconnu"},
		{"the last administrator", request{to: "POST user/105/role/admin/remove", as: chef}, "409 le dernier administrateur ne peut être désactivé"},
	})
}
