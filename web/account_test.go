package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/identity"
)

func TestMyAccount(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "zoe@exemple.fr"})
	b := s.signedIn("zoe")
	has(t, b.page("/admin/account"), "zoe@exemple.fr", "celle-ci", "Aucun jeton en cours", "100001")
	lacks(t, b.page("/admin/account"), "/admin/account/sessions/end\"")

	has(t, b.page("/admin/account/names"), `value="Zoé"`)
	a := b.post("/admin/account/names", "first_name", "Zoë", "last_name", "")
	wantStatus(t, "no name", a, http.StatusUnprocessableEntity)
	has(t, a.body, `value="Zoë"`, "Ce champ est obligatoire.")
	b.goes("/admin/account/names", "first_name", "", "last_name", "Bell")
	if got := s.account("zoe"); got.Nom() != "Bell" || got.Email != "zoe@exemple.fr" {
		t.Errorf("account %+v", got)
	}

	if a := b.post("/admin/account/email", "email", "moi@exemple.fr"); !strings.HasPrefix(a.location, "/admin/confirm") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	has(t, b.page("/admin/account/email"), `value="zoe@exemple.fr"`)
	has(t, b.post("/admin/account/email", "email", "admin@intendant.example").body, "Cette adresse est déjà")
	b.goes("/admin/account/email", "email", "moi@exemple.fr")
	has(t, b.page("/admin/account"), "Votre adresse est enregistrée.", "moi@exemple.fr")
	b.language = "en"
	has(t, b.page("/admin/account"), "My account", "this one")
}

func TestMyPassword(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "zoe"})
	b, other := s.signedIn("zoe"), s.signedIn("zoe")
	const next = "deux chaises bleues"
	path := "/admin/account/password"
	has(t, b.page(path), `name="current"`)
	a := b.post(path, "current", "mauvais", "password", next, "password_again", next)
	wantStatus(t, "a wrong password", a, http.StatusUnprocessableEntity)
	has(t, a.body, "pas votre mot de passe actuel")
	has(t, b.post(path, "current", password, "password", next, "password_again", "autre").body, "deux mots de passe")
	has(t, b.post(path, "current", password, "password", "zoe", "password_again", "zoe").body, "Au moins 8 caractères.")
	has(t, b.post(path).body, "Ce champ est obligatoire.")
	if to := b.goes(path, "current", password, "password", next, "password_again", next); to != "/admin/account" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/admin/account"), "Votre mot de passe est changé")
	wantStatus(t, "the other session", other.get("/admin/account"), http.StatusSeeOther)
}

var sessionEnd = regexp.MustCompile(`/admin/account/sessions/[0-9a-f]{64}/end`)

func TestMySessions(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "zoe"})
	b, second, third := s.signedIn("zoe"), s.signedIn("zoe"), s.signedIn("zoe")
	ends := sessionEnd.FindAllString(b.page("/admin/account"), -1)
	if len(ends) != 2 {
		t.Fatalf("%d other sessions, want 2", len(ends))
	}
	has(t, b.page(ends[0]), "Fermer cette session")
	stranger := s.admin()
	wantStatus(t, "another's session", stranger.post(ends[0]), http.StatusNotFound)
	b.goes(ends[0])
	wantStatus(t, "twice", b.post(ends[0]), http.StatusNotFound)
	open := 0
	for _, other := range []*browser{second, third} {
		if other.get("/admin/account").status == http.StatusOK {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d other sessions go on, want 1", open)
	}
	has(t, b.page("/admin/account/sessions/end"), "autres sessions")
	b.goes("/admin/account/sessions/end")
	if n := len(sessionEnd.FindAllString(b.page("/admin/account"), -1)); n != 0 {
		t.Errorf("%d other sessions, want none", n)
	}
	wantStatus(t, "the administrator's own", stranger.get("/admin/account"), http.StatusOK)
}

var (
	secretText  = regexp.MustCompile(`id="secret">([^<]+)<`)
	tokenRevoke = regexp.MustCompile(`/admin/account/tokens/[0-9a-f-]{36}/revoke`)
)

func TestMyTokens(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	path := "/admin/account/tokens/new"
	if a := b.post(path, "days", "30"); !strings.HasPrefix(a.location, "/admin/confirm") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	has(t, b.page(path), "1 jour<", "365 jours", `value="30" selected`)
	for _, days := range []string{"0", "366", "x"} {
		wantStatus(t, days, b.post(path, "days", days), http.StatusUnprocessableEntity)
	}
	b.goes(path, "days", "30")
	page := b.page("/admin/account")
	secret := secretText.FindStringSubmatch(page)
	if secret == nil {
		t.Fatal("no token is shown")
	}
	token := secret[1]
	has(t, page, "Jeton personnel", "il ne sera plus jamais montré")
	lacks(t, b.page("/admin/account"), token)
	if status, _ := s.call(http.MethodGet, "/users/list", token, ""); status != http.StatusOK {
		t.Errorf("with the token: %d", status)
	}
	asked, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader("days=30"))
	if err != nil {
		t.Fatal(err)
	}
	asked.Header.Set("Authorization", "Bearer "+token)
	asked.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(asked)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a token begets another: %d", resp.StatusCode)
	}
	revoke := tokenRevoke.FindString(page)
	has(t, b.page(revoke), "Révoquer ce jeton")
	s.create(identity.NewAccount{UserName: "zoe"})
	wantStatus(t, "another's token", s.signedIn("zoe").post(revoke), http.StatusNotFound)
	b.goes(revoke)
	if status, _ := s.call(http.MethodGet, "/users/list", token, ""); status != http.StatusUnauthorized {
		t.Errorf("with the revoked token: %d", status)
	}
	has(t, b.page("/admin/account"), "Le jeton est révoqué.", "Aucun jeton en cours")
}
