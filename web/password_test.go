package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/web/webtest"
)

// invitation returns the path of a link to choose the password of an account.
func (s *site) invitation(account identity.Account) string {
	s.t.Helper()
	var secret string
	err := s.Store.Write(s.t.Context(), func(ctx context.Context, q *db.Queries) (err error) {
		secret, err = s.Identity.PasswordSecretWithin(ctx, q, account.ID)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return "/password?code=" + secret
}

// newcomer is an account that has no password yet.
func (s *site) newcomer(name string) identity.Account {
	s.t.Helper()
	account, err := s.Identity.CreateAccount(s.t.Context(), identity.NewAccount{
		UserName: name, FirstName: "Zoé", LastName: "Abel", Email: name + "@exemple.fr",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return account
}

// letters returns the messages of the outbox, oldest first.
func (s *site) letters() []mail.Item {
	s.t.Helper()
	items, _, err := s.Mail.Outbox(s.t.Context(), mail.Filter{})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Reverse(items)
	return items
}

var passwordLinkInMail = regexp.MustCompile(`/password\?code=[A-Z2-7]{26}`)

// link returns the path of the link in a message.
func (s *site) link(item mail.Item) string {
	s.t.Helper()
	body, err := s.Mail.Body(s.t.Context(), item.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return passwordLinkInMail.FindString(body)
}

const newPassword = "deux chaises bleues"

func TestChoosingAPasswordByALink(t *testing.T) {
	s := newSite(t)
	path := s.invitation(s.newcomer("zoe"))
	b := s.browser()
	a := b.get(path)
	wantStatus(t, "the link", a, http.StatusOK)
	has(t, a.body, "Choisir un mot de passe", "<strong>zoe</strong> (Zoé Abel)", `action="`+path+`"`, `autocomplete="new-password"`, "Au moins 8 caractères")
	if got := a.header.Get("Referrer-Policy"); got != "strict-origin" {
		t.Errorf("the code is told by a Referrer-Policy of %q", got)
	}
	for _, row := range []struct{ name, password, again, fault string }{
		{"two passwords", newPassword, "autre", "Les deux mots de passe diffèrent."},
		{"a short one", "court", "court", "Au moins 8 caractères."},
		{"a common one", "azertyuiop", "azertyuiop", "trop courant"},
		{"the user name", "zoe", "zoe", "Au moins 8 caractères."},
		{"none", "", "", "Ce champ est obligatoire."},
	} {
		a := b.post(path, "password", row.password, "password_again", row.again)
		wantStatus(t, row.name, a, http.StatusUnprocessableEntity)
		has(t, a.body, row.fault, `action="`+path+`"`)
		if row.password != "" && row.password != "zoe" {
			lacks(t, a.body, row.password)
		}
		if got := a.header.Get("Referrer-Policy"); got != "strict-origin" {
			t.Errorf("%s: the code is told by a Referrer-Policy of %q", row.name, got)
		}
	}
	if to := b.goes(path, "password", newPassword, "password_again", newPassword); to != "/login?chosen=1" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/login?chosen=1"), "Votre mot de passe est enregistré. Connectez-vous.")
	if to := b.goes("/login", "username", "zoe", "password", newPassword); to != "/admin/" {
		t.Errorf("signed in, goes to %q", to)
	}
	if items := s.letters(); len(items) != 1 || items[0].TemplateID != mail.PasswordChanged || items[0].Recipient != "zoe@exemple.fr" {
		t.Errorf("outbox %+v", items)
	}
	has(t, s.admin().page("/admin/journal"), "Mot de passe choisi par un lien")

	for _, spent := range []string{path, "/password", "/password?code=ABC"} {
		for _, a := range []answer{b.get(spent), b.post(spent, "password", newPassword, "password_again", newPassword)} {
			wantStatus(t, spent, a, http.StatusNotFound)
			has(t, a.body, "Ce lien ne fonctionne plus", `href="/password/forgotten"`)
		}
	}
	b.language = "en"
	has(t, b.get(path).body, "This link no longer works")
}

// TestTheLinkEndsWhatIsOpen has somebody else signed in on the browser, and the
// account itself on another.
func TestTheLinkEndsWhatIsOpen(t *testing.T) {
	s := newSite(t)
	zoe := s.create(identity.NewAccount{UserName: "zoe", LastName: "Abel"})
	open, admin := s.signedIn("zoe"), s.admin()
	path := s.invitation(zoe)
	admin.goes(path, "password", newPassword, "password_again", newPassword)
	wantStatus(t, "the session of the account", open.get("/admin/account"), http.StatusSeeOther)
	if a := admin.get("/login?chosen=1"); a.location != "/admin/" {
		t.Errorf("who is signed in goes to %q", a.location)
	}
	has(t, admin.page("/admin/"), "Le mot de passe est enregistré.")
}

func TestAForgottenPassword(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "zoe@exemple.fr"})
	off := s.create(identity.NewAccount{UserName: "parti", LastName: "Parti", Email: "parti@exemple.fr"})
	if _, err := s.Identity.Deactivate(t.Context(), off.ID); err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	has(t, b.page("/login"), `href="/password/forgotten"`)
	has(t, b.page("/password/forgotten"), `name="login"`)
	wantStatus(t, "no name", b.post("/password/forgotten"), http.StatusUnprocessableEntity)

	var pages []string
	for _, login := range []string{"zoe", "ZOE@exemple.fr", "personne", "parti", "parti@exemple.fr"} {
		to := b.goes("/password/forgotten", "login", login)
		pages = append(pages, to+"\n"+b.page(to))
	}
	for _, page := range pages {
		if page != pages[0] {
			t.Errorf("the answers differ:\n%s\n%s", page, pages[0])
		}
	}
	has(t, pages[0], "La demande est enregistrée.")
	items := s.letters()
	if len(items) != 2 || items[0].TemplateID != mail.PasswordForgotten || items[0].State != mail.Held || items[0].Recipient != "zoe@exemple.fr" {
		t.Fatalf("outbox %+v", items)
	}
	b.goes(s.link(items[1]), "password", newPassword, "password_again", newPassword)
	wantStatus(t, "the other link", b.get(s.link(items[0])), http.StatusNotFound)
	b.goes("/login", "username", "zoe", "password", newPassword)
	page := s.admin().page("/admin/journal")
	has(t, page, "Nouveau mot de passe demandé")
	lacks(t, page, "personne@", ">personne<")
}

func TestForgottenPasswordsOfOneAddressAreThrottled(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	status := 0
	for range 21 {
		status = b.post("/password/forgotten", "login", "personne").status
	}
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	has(t, b.post("/password/forgotten", "login", adminName).body, "Trop d’essais")
}

// TestTheCodeIsNotLogged follows a code through all it can meet.
func TestTheCodeIsNotLogged(t *testing.T) {
	log := &bytes.Buffer{}
	a, err := appliance.Open(t.Context(), appliance.Config{
		Data: appliancetest.Folder(t), Location: time.UTC, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	server := httptest.NewServer(a.Server())
	t.Cleanup(server.Close)
	s := &site{a, t, server.URL}
	path := s.invitation(s.newcomer("zoe"))
	b := s.browser()
	b.get(path)
	b.post(path, "password", "court", "password_again", "court")
	b.goes(path, "password", newPassword, "password_again", newPassword)
	b.get(path)
	code := strings.TrimPrefix(path, "/password?code=")
	if strings.Contains(log.String(), code) || strings.Contains(log.String(), newPassword) {
		t.Errorf("the log has it:\n%s", log)
	}
	for _, line := range s.journalText() {
		if strings.Contains(line, code) || strings.Contains(line, newPassword) {
			t.Errorf("the journal has it: %s", line)
		}
	}
}

// journalText returns what changed, line by line.
func (s *site) journalText() []string {
	s.t.Helper()
	lines, err := s.Store.Read().JournalLines(s.t.Context(), db.JournalLinesParams{Since: "0", Until: "9999", RowLimit: -1})
	if err != nil {
		s.t.Fatal(err)
	}
	var texts []string
	for _, line := range lines {
		for _, text := range []*string{line.Before, line.After} {
			if text != nil {
				texts = append(texts, line.ObjectName+" "+*text)
			}
		}
	}
	return texts
}

// TestBrowserPassword forgets a password and chooses another, in Chromium.
func TestBrowserPassword(t *testing.T) {
	s := newSite(t)
	s.create(identity.NewAccount{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "zoe@exemple.fr"})
	tab := webtest.Open(t, s.url)
	tab.Go("/login")
	tab.Picture("login-forgotten")
	tab.Click("a[href='/password/forgotten']")
	tab.Shows("Mot de passe oublié")
	tab.Picture("password-forgotten")
	tab.Type("login", "zoe")
	tab.Click("form[action='/password/forgotten'] button.primary")
	tab.Shows("La demande est enregistrée.", "24 heures")
	tab.Picture("password-asked")

	tab.Go(s.link(s.letters()[0]))
	tab.Shows("Choisir un mot de passe", "zoe", "Zoé Abel")
	tab.Picture("password-choose")
	tab.Type("password", "court")
	tab.Type("password_again", "court")
	tab.ClickFor("form.stack button.primary", 422)
	tab.Shows("Au moins 8 caractères.")
	tab.Picture("password-faults")
	tab.Type("password", newPassword)
	tab.Type("password_again", newPassword)
	tab.Click("form.stack button.primary")
	tab.Shows("Votre mot de passe est enregistré. Connectez-vous.")
	if from := tab.Value(`document.referrer`); from != s.url+"/" {
		t.Errorf("the next page was told of %q", from)
	}
	tab.Picture("password-chosen")
	tab.Type("username", "zoe")
	tab.Type("password", newPassword)
	tab.Click("form[action='/login'] button.primary")
	tab.Shows("Tableau de bord")

	other := s.invitation(s.newcomer("leo"))
	tab.Phone()
	for name, path := range map[string]string{"password-choose": other, "password-forgotten": "/password/forgotten", "password-asked": "/password/forgotten?asked=true"} {
		tab.Go(path)
		tab.FitsWidth()
		tab.Picture("phone-" + name)
	}
	tab.Dark()
	tab.Go(other)
	tab.Picture("dark-password-choose")
}
