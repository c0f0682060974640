package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestSigningInAndOut(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	if a := b.get("/"); a.location != "/login" {
		t.Errorf("/ goes to %q", a.location)
	}
	if a := b.get("/admin/sites?q=a"); a.status != http.StatusSeeOther || a.location != "/login?next=%2Fadmin%2Fsites%3Fq%3Da" {
		t.Errorf("a page without a session: %d to %q", a.status, a.location)
	}
	page := b.page("/login?next=%2Fadmin%2Fsites")
	has(t, page, `name="username"`, `name="password"`, `type="password"`, `name="next" value="/admin/sites"`, "Se connecter", `lang="fr"`)
	a := b.post("/login", "username", adminName, "password", "mauvais")
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("wrong password: %d", a.status)
	}
	has(t, a.body, "Nom d’utilisateur ou mot de passe incorrect.", `value="admin"`)
	lacks(t, a.body, "mauvais")
	if to := b.goes("/login", "username", adminName, "password", password, "next", "/admin/sites"); to != "/admin/sites" {
		t.Errorf("after signing in: %q", to)
	}
	if a := b.get("/"); a.location != "/admin/" {
		t.Errorf("/ goes to %q", a.location)
	}
	has(t, b.page("/admin/"), "Se déconnecter", ">admin<")
	if to := b.goes("/logout"); to != "/login" {
		t.Errorf("after signing out: %q", to)
	}
	if a := b.get("/admin/"); a.status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", a.status)
	}
}

func TestNobodyIsSentToAnotherSite(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", "admin", "/\t/evil.example"} {
		if to := s.browser().goes("/login", "username", adminName, "password", password, "next", next); to != "/admin/" {
			t.Errorf("next=%q led to %q", next, to)
		}
	}
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/logout", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %d", resp.StatusCode)
	}
	if a := b.get("/admin/"); a.status != http.StatusOK {
		t.Errorf("it ended the session: %d", a.status)
	}
}

func TestThePasswordIsAskedAgain(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/confirm?next=%2Fadmin%2Fjournal")
	has(t, page, "Confirmez votre identité", `name="next" value="/admin/journal"`)
	if a := b.post("/admin/confirm", "password", "mauvais", "next", "/admin/journal"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("wrong password: %d", a.status)
	}
	if to := b.goes("/admin/confirm", "password", password, "next", "/admin/journal"); to != "/admin/journal" {
		t.Errorf("confirmed, goes to %q", to)
	}
	if a := b.get("/admin/confirm?next=%2Fadmin%2Fjournal"); a.location != "/admin/journal" {
		t.Errorf("asked twice: %q", a.location)
	}
}

func TestTheFirstAdministrator(t *testing.T) {
	s := emptySite(t)
	b := s.browser()
	has(t, b.page("/login"), "premier administrateur")
	if a := b.get("/setup?code=inconnu"); a.status != http.StatusNotFound {
		t.Errorf("unknown link: %d", a.status)
	}
	secret, err := s.Identity.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	has(t, b.page("/setup?code="+secret), "Bienvenue", `value="`+secret+`"`)
	form := []string{
		"code", secret, "user_name", "chef", "first_name", "Zoé", "last_name", "Martin", "email", "zoe@lycee.example",
		"password", password, "password_again", "autre",
	}
	a := b.post("/setup", form...)
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("two passwords: %d", a.status)
	}
	has(t, a.body, "Les deux mots de passe diffèrent.", `value="Zoé"`)
	form[len(form)-1] = "court"
	form[len(form)-3] = "court"
	has(t, b.post("/setup", form...).body, "Au moins 8 caractères.")
	form[len(form)-1], form[len(form)-3] = password, password
	if to := b.goes("/setup", form...); to != "/admin/" {
		t.Errorf("after the setup: %q", to)
	}
	has(t, b.page("/admin/"), "L’administrateur est créé")
	if a := b.get("/setup?code=" + secret); a.status != http.StatusNotFound {
		t.Errorf("the link works twice: %d", a.status)
	}
}

func TestTheLanguageIsTheReaders(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.language = "en-GB,en;q=0.8"
	has(t, b.page("/login"), "Sign in", `lang="en"`, "Français")
	if to := b.goes("/langue", "lang", "fr", "next", "/login"); to != "/login" {
		t.Errorf("after the choice: %q", to)
	}
	has(t, b.page("/login"), "Se connecter")
	b = s.browser()
	b.language = "de"
	has(t, b.page("/login"), "Se connecter")
}

func TestPathsThatNobodyOwns(t *testing.T) {
	s := newSite(t)
	a := s.browser().get("/rien/du/tout")
	if a.status != http.StatusNotFound || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("a browser: %d %s", a.status, a.header.Get("Content-Type"))
	}
	has(t, a.body, "Cette page n’existe pas.")
	resp, err := http.Get(s.url + "/rien/du/tout")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("a program: %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
}
