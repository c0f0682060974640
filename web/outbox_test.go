package web_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/internal/tableur"
)

// queueLetter puts a message in the outbox and returns its number.
func (s *site) queueLetter(m mail.Message) (id int64) {
	s.t.Helper()
	err := s.Store.Write(s.t.Context(), func(ctx context.Context, q *db.Queries) (err error) {
		id, err = s.Mail.Queue(ctx, q, m)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// invitation is a message with a link.
func invitation(to string) mail.Message {
	return mail.Message{TemplateID: mail.ProjectInvitation, To: to, Values: mail.Values{
		Username: "zoe", FirstName: "Zoé", Project: "Hôpital Nord", Link: "https://intendant.example/password?code=SECRET",
	}}
}

func messagePath(id int64) string { return "/admin/outbox/" + strconv.FormatInt(id, 10) }

// relay is a real SMTP server that refuses everybody called nobody.
func relay(t *testing.T) mail.Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return visitor{}, nil }))
	server.Domain, server.ErrorLog = "mx.test", log.New(io.Discard, "", 0)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		_ = server.Close()
		<-ended
	})
	return mail.Server{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: mail.TLSNone, From: "Intendant <intendant@ecole.example>", Timeout: 20 * time.Second,
	}
}

// visitor is one connection to the relay.
type visitor struct{}

func (visitor) Reset()                               {}
func (visitor) Logout() error                        { return nil }
func (visitor) Mail(string, *smtp.MailOptions) error { return nil }

func (visitor) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "no such user"}
	}
	return nil
}

func (visitor) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// siteWithMail is a site whose mail goes to that server once it works.
func siteWithMail(t *testing.T, server mail.Server) *site {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Version: "test", Location: time.UTC, SMTP: server})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	web := httptest.NewServer(a.Server())
	t.Cleanup(web.Close)
	s := &site{a, t, web.URL}
	role, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	s.create(identity.NewAccount{UserName: adminName, LastName: "Chef", Email: "admin@intendant.example", RoleUUID: role.UUID})
	return s
}

// work sends what is due until is says that it is enough.
func (s *site) work(is func() bool) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Mail.Run(ctx) }()
	for !is() && s.t.Context().Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		s.t.Fatal(err)
	}
}

// settled reports whether no message waits.
func (s *site) settled() bool {
	counts, err := s.Mail.Counts(s.t.Context())
	return err != nil || counts[mail.Waiting] == 0
}

func TestTheOutboxWithoutAServer(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/admin/outbox"), "Aucun serveur SMTP n’est indiqué", "--smtp-host", "INTENDANT_SMTP_HOST", "Aucun message n’a encore été écrit.")
	first, second := s.queueLetter(invitation("zoé@exemple.fr")), s.queueLetter(invitation("ada@exemple.fr"))
	s.queueLetter(mail.Message{TemplateID: mail.PasswordChanged, To: "ada@exemple.fr", Values: mail.Values{Username: "ada"}})
	if err := s.Mail.Cancel(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, query, want string }{
		{"newest first", "", "Votre mot de passe a changé Invitation au projet Hôpital Nord Invitation au projet Hôpital Nord"},
		{"search of a recipient", "?q=zoe", "Invitation au projet Hôpital Nord"},
		{"search of a subject", "?q=CHANGE", "Votre mot de passe a changé"},
		{"cancelled", "?state=cancelled", "Invitation au projet Hôpital Nord"},
		{"both", "?state=cancelled&q=zoe", ""},
		{"no state", "?state=lost", ""},
	} {
		if got := rowNames(b.page("/admin/outbox" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/admin/outbox"), `<span class="figure">2</span> <span>retenus`, `<span class="figure">1</span> <span>annulés`, "/admin/outbox?state=held", "1 à 3 sur 3")
	lacks(t, b.page("/admin/outbox"), "SECRET", "/admin/outbox/retry")
	page := b.page(messagePath(first))
	has(t, page, "zoé@exemple.fr", "retenu", "Invitation au projet", "/admin/emails/6", "L’envoi n’a pas encore été essayé.", messagePath(first)+"/body", messagePath(first)+"/cancel")
	lacks(t, page, "SECRET", messagePath(first)+"/retry")
	for _, path := range []string{"/admin/outbox/99", "/admin/outbox/x", "/admin/outbox/99/retry", "/admin/outbox/99/cancel"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}
	b.language = "en"
	has(t, b.page("/admin/outbox"), "No SMTP server is set", "Recipient")
}

func TestTheOutboxHasPages(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.queueLetter(mail.Message{TemplateID: mail.PasswordChanged, To: fmt.Sprintf("n%02d@exemple.fr", i), Values: mail.Values{Username: "n"}})
	}
	b := s.admin()
	page := b.page("/admin/outbox")
	has(t, page, "1 à 50 sur 60", "page=2", "n59@")
	lacks(t, page, "n09@")
	has(t, b.page("/admin/outbox?page=2"), "51 à 60 sur 60", "n09@")
}

func TestTheOutboxIsExportedWithoutTexts(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.queueLetter(invitation(fmt.Sprintf("n%02d@exemple.fr", i)))
	}
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/outbox/export?state=held&q=n5&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		if len(sheet.Rows) != 11 || strings.Join(sheet.Rows[0].Cells, "|") != "N°|Destinataire|Objet|État|Écrit le|Essais|Prochain essai|Envoyé le|Dernière erreur" {
			t.Fatalf("%s: %v", format, sheet)
		}
		if row := sheet.Rows[1].Cells; strings.Join(row[:4], "|") != "60|n59@exemple.fr|Invitation au projet Hôpital Nord|retenu" {
			t.Errorf("%s: %q", format, row)
		}
		if strings.Contains(a.body, "SECRET") {
			t.Errorf("%s: a text is exported", format)
		}
	}
	a := b.get("/admin/outbox/export")
	if n := strings.Count(a.body, "@exemple.fr"); n != 60 {
		t.Errorf("%d messages exported", n)
	}
	wantStatus(t, "as PDF", b.get("/admin/outbox/export?format=pdf"), http.StatusUnprocessableEntity)
}

func TestTheTextOfAMessageIsRevealed(t *testing.T) {
	s := newSite(t)
	id := s.queueLetter(invitation("zoe@exemple.fr"))
	b := s.admin()
	if a := b.get(messagePath(id) + "/body"); !strings.HasPrefix(a.location, "/admin/confirm?next=") {
		t.Errorf("not elevated: %d to %q", a.status, a.location)
	}
	b.elevate()
	a := b.get(messagePath(id) + "/body")
	wantStatus(t, "the text", a, http.StatusOK)
	has(t, a.body, "Bonjour Zoé,", "https://intendant.example/password?code=SECRET", "Le journal note")
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	has(t, b.page("/admin/journal?object_type=outbox"), "Texte du message consulté", `href="`+messagePath(id)+`"`)
	lacks(t, b.page("/admin/journal?object_type=outbox"), "SECRET")
	wantStatus(t, "unknown", b.get("/admin/outbox/99/body"), http.StatusNotFound)
}

// Whoever could read the link of an administrator would become one.
func TestTheLinkOfWhoHasMoreRightsIsNotShown(t *testing.T) {
	s := newSite(t)
	chief, err := s.Identity.AccountByUserName(t.Context(), adminName)
	if err != nil {
		t.Fatal(err)
	}
	reader := s.create(identity.NewAccount{UserName: "zoe", LastName: "Zoé"})
	b := s.holder("gerant", "projets:admin", "projets:write", "projets:read")
	b.elevate()
	forgotten := func(account int64) int64 {
		m := invitation("quelquun@exemple.fr")
		m.TemplateID, m.AccountID = mail.PasswordForgotten, account
		return s.queueLetter(m)
	}
	above, below := forgotten(chief.ID), forgotten(reader.ID)
	page := b.page(messagePath(above))
	has(t, page, "son texte ne vous est pas montré", `href="/users/admin"`)
	lacks(t, page, messagePath(above)+"/body")
	a := b.get(messagePath(above) + "/body")
	wantStatus(t, "above", a, http.StatusForbidden)
	has(t, a.body, "son texte ne vous est pas montré")
	lacks(t, a.body, "SECRET")
	has(t, b.page(messagePath(below)+"/body"), "SECRET")
	has(t, s.adminElevated().page(messagePath(above)+"/body"), "SECRET")
}

func (s *site) adminElevated() *browser {
	b := s.admin()
	b.elevate()
	return b
}

func TestMessagesAreCancelledAndSentAgain(t *testing.T) {
	s := siteWithMail(t, relay(t))
	refused, other, cancelled := s.queueLetter(invitation("nobody@exemple.fr")), s.queueLetter(invitation("nobody2@exemple.fr")), s.queueLetter(invitation("zoe@exemple.fr"))
	b := s.admin()
	page := b.page("/admin/outbox")
	lacks(t, page, "Aucun serveur SMTP", "inutilisable")
	has(t, page, `<span class="figure">3</span> <span>à envoyer`)
	has(t, b.page(messagePath(cancelled)), "Essayer maintenant", "Prochain essai")
	has(t, b.page(messagePath(cancelled)+"/cancel"), "à zoe@exemple.fr, ne partira pas", `action="`+messagePath(cancelled)+`/cancel"`)
	if to := b.goes(messagePath(cancelled) + "/cancel"); to != messagePath(cancelled) {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page(messagePath(cancelled)), "Le message à zoe@exemple.fr est annulé.", "annulé", "Renvoyer")
	a := b.post(messagePath(cancelled) + "/cancel")
	wantStatus(t, "cancelled twice", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce message est déjà envoyé ou annulé.")

	s.work(s.settled)
	page = b.page("/admin/outbox?state=failed")
	has(t, page, "no such user", "échoué", `action="/admin/outbox/retry"`, "1 à 2 sur 2")
	has(t, b.page(messagePath(refused)), "refusé", "550", "Renvoyer")
	has(t, b.page("/admin/outbox/retry"), "2 messages ont échoué", `action="/admin/outbox/retry"`)
	if to := b.goes("/admin/outbox/retry"); to != "/admin/outbox" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/admin/outbox"), "2 messages sont remis en envoi.", `<span class="figure">2</span> <span>à envoyer`)
	b.goes(messagePath(other) + "/cancel")
	has(t, b.page(messagePath(cancelled)+"/retry"), "à zoe@exemple.fr, sera envoyé")
	if to := b.goes(messagePath(cancelled) + "/retry"); to != messagePath(cancelled) {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page(messagePath(cancelled)), "Le message à zoe@exemple.fr est remis en envoi.")

	s.work(s.settled)
	page = b.page(messagePath(cancelled))
	has(t, page, "Envoyé le", `<span class="badge ok">envoyé`)
	lacks(t, page, messagePath(cancelled)+"/retry", messagePath(cancelled)+"/cancel")
	for _, act := range []string{"/retry", "/cancel"} {
		a := b.post(messagePath(cancelled) + act)
		wantStatus(t, "sent"+act, a, http.StatusUnprocessableEntity)
		has(t, a.body, "Ce message est déjà envoyé ou annulé.")
	}
	has(t, b.page("/admin/journal?object_type=outbox"), "Messages échoués remis en envoi", "Message annulé", "Message remis en envoi")
}

func TestTheOutboxSaysThatTheServerIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	s := siteWithMail(t, mail.Server{Host: "127.0.0.1", Port: port, TLS: mail.TLSNone, From: "intendant@ecole.example"})
	id := s.queueLetter(invitation("zoe@exemple.fr"))
	b := s.admin()
	lacks(t, b.page("/admin/outbox"), "inutilisable")
	s.work(func() bool {
		_, attempts, err := s.Mail.Message(t.Context(), id)
		return err != nil || len(attempts) > 0 && !attempts[0].EndedAt.IsZero()
	})
	has(t, b.page("/admin/outbox"), "Le serveur SMTP 127.0.0.1 est inutilisable depuis le", "Dernière erreur", "connection refused")
	has(t, b.page(messagePath(id)), "remis à plus tard", "Abandon le")
	b.goes(messagePath(id) + "/retry") // he may have mended it
	lacks(t, b.page("/admin/outbox"), "inutilisable")
}

func TestTheOutboxNeedsItsPermission(t *testing.T) {
	s := newSite(t)
	id := s.queueLetter(invitation("zoe@exemple.fr"))
	b := s.holder("lecteur", "projets:read", "projets:write")
	b.elevate()
	for _, path := range []string{
		"/admin/outbox", "/admin/outbox/export", "/admin/outbox/retry", messagePath(id), messagePath(id) + "/body", messagePath(id) + "/retry", messagePath(id) + "/cancel",
	} {
		wantStatus(t, path, b.get(path), http.StatusForbidden)
	}
	for _, path := range []string{"/admin/outbox/retry", messagePath(id) + "/retry", messagePath(id) + "/cancel"} {
		wantStatus(t, path, b.post(path), http.StatusForbidden)
	}
}
