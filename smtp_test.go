package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/mail"
)

// mailed is a message as an SMTP server got it.
type mailed struct{ from, to, user, text string }

// postbox is a real SMTP server, in one of the modes of --smtp-tls, that keeps
// what it gets.
type postbox struct {
	port     string
	password string // asked of who signs in; "" asks nobody
	arrived  chan mailed
	// authority is the file of the certificate that signs the server's own.
	authority string
}

func newPostbox(t *testing.T, mode, password string) *postbox {
	t.Helper()
	p := &postbox{password: password, arrived: make(chan mailed, 10)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{box: p}, nil }))
	server.Domain, server.ErrorLog = "mx.test", log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	if mode != "none" {
		server.TLSConfig = p.certificate(t)
	}
	if mode == "tls" {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until it is closed
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		_ = server.Close()
		<-done
	})
	return p
}

// certificate makes a certificate for 127.0.0.1 and keeps it for who is to
// trust it.
func (p *postbox) certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	p.authority = filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(p.authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// visit is one connection to the postbox.
type visit struct {
	box *postbox
	mailed
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

func (v *visit) AuthMechanisms() []string {
	if v.box.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != v.box.password {
			return errors.New("no")
		}
		v.user = user
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if v.box.password != "" && v.user == "" {
		return smtp.ErrAuthRequired
	}
	v.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = to
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.text = string(text)
	v.box.arrived <- v.mailed
	return err
}

var linkInMail = regexp.MustCompile(`https://site\.example/password\?code=[A-Z2-7]{26}`)

// TestForgottenPasswordByMail takes each setting of the SMTP server from the
// command line or from the environment, in each mode: who forgot a password
// gets a mail from a running server, and chooses another by its link.
func TestForgottenPasswordByMail(t *testing.T) {
	const secret = "sésame ouvre-toi"
	for _, row := range []struct {
		name, mode, password string
		fromFlags            bool
	}{
		{"in clear, by flags", "none", "", true},
		{"STARTTLS and a password, by variables", "starttls", secret, false},
		{"TLS and a password, by flags", "tls", secret, true},
		{"in clear, by variables", "none", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "site")
			newAda(t, data)
			box := newPostbox(t, row.mode, row.password)
			settings := map[string]string{
				"smtp-host": "127.0.0.1", "smtp-port": box.port, "smtp-tls": row.mode, "smtp-from": "Site <site@site.example>",
				"public-url": "https://site.example",
			}
			if row.password != "" {
				settings["smtp-user"], settings["smtp-password-file"] = "intendant", secretFile(t, row.password)
			}
			address := serveWith(t, data, settings, row.fromFlags, box)
			post(t, address+"/password/forgotten", "login", "ada@example.com")
			got := <-box.arrived
			if got.from != "site@site.example" || got.to != "ada@example.com" || row.password != "" && got.user != "intendant" {
				t.Errorf("from %q to %q as %q", got.from, got.to, got.user)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got.text)))
			if err != nil {
				t.Fatal(err)
			}
			link := linkInMail.FindString(string(text))
			if link == "" || !strings.Contains(string(text), "From: \"Site\" <site@site.example>") {
				t.Fatalf("mail\n%s", text)
			}
			at := address + strings.TrimPrefix(link, "https://site.example")
			post(t, at, "password", "deux chaises bleues", "password_again", "deux chaises bleues")
			if got := <-box.arrived; !strings.Contains(got.text, "Votre_mot_de_passe_a_chang") {
				t.Errorf("mail\n%s", got.text)
			}
			if status := basic(t, address+"/healthz", "ada", "deux chaises bleues"); status != http.StatusOK {
				t.Errorf("signed in with the new password: %d", status)
			}
		})
	}
}

// newAda makes a folder with an administrator and the account ada.
func newAda(t *testing.T, data string) {
	t.Helper()
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, chefPassword))
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "ada", FirstName: "Ada", Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
}

// serveWith starts the program in a process of its own, which trusts the
// postbox, and returns its address.
func serveWith(t *testing.T, data string, settings map[string]string, fromFlags bool, box *postbox) string {
	t.Helper()
	args := []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--backup-at", "off"}
	environ := os.Environ()
	if box.authority != "" {
		environ = append(environ, "SSL_CERT_FILE="+box.authority)
	}
	for name, value := range settings {
		if fromFlags {
			args = append(args, "--"+name, value)
			continue
		}
		environ = append(environ, "INTENDANT_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"="+value)
	}
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = environ
	cmd, address := startChild(t, cmd)
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // killed
	})
	return address
}

// post sends a form that must lead elsewhere.
func post(t *testing.T, address string, pairs ...string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s: %s", address, resp.Status)
	}
}

// basic asks with HTTP Basic; a bad credential is refused even where none is
// needed.
func basic(t *testing.T, address, user, password string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(user, password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestMailWaitsForAServer asks for a password without an SMTP server: the link
// lies in the outbox, and goes out at the first start with one.
func TestMailWaitsForAServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	newAda(t, data)
	t.Run("without", func(t *testing.T) {
		post(t, start(t, "serve", "--data", data, "--backup-at", "off")+"/password/forgotten", "login", "ada")
	})
	box := newPostbox(t, "none", "")
	start(t, "serve", "--data", data, "--backup-at", "off", "--smtp-host", "127.0.0.1", "--smtp-port", box.port, "--smtp-tls", "none", "--smtp-from", "s@s.example")
	if got := <-box.arrived; got.to != "ada@example.com" {
		t.Errorf("to %q", got.to)
	}
}

// TestFaultySMTPSettings has each setting wrong in turn: the error names it, by
// the variable when that is where it comes from.
func TestFaultySMTPSettings(t *testing.T) {
	for _, row := range []struct{ name, value string }{
		{"smtp-host", "http://mx.example"},
		{"smtp-host", "mx.example:25"},
		{"smtp-host", ""},
		{"smtp-port", "70000"},
		{"smtp-port", "smtp"},
		{"smtp-tls", "ssl"},
		{"smtp-user", "sans-mot-de-passe"},
		{"smtp-password-file", "/nowhere/secret"},
		{"smtp-password-file", secretFile(t, "sans utilisateur")},
		{"smtp-password-file", secretFile(t, "deux\nlignes")},
		{"smtp-from", "Intendant"},
		{"smtp-from", ""},
	} {
		t.Run(row.name+"="+row.value, func(t *testing.T) {
			settings := map[string]string{"smtp-host": "mx.example", "smtp-from": "s@s.example", row.name: row.value}
			args := []string{"serve", "--data", filepath.Join(t.TempDir(), "none")}
			byFlags := args
			for name, value := range settings {
				byFlags = append(byFlags, "--"+name+"="+value)
			}
			if out := command(t, 2, byFlags...); !strings.Contains(out, "--"+row.name) {
				t.Errorf("by a flag: %s", out)
			}
			if row.value == "" {
				return // an empty variable is none
			}
			variable := ""
			for name, value := range settings {
				v := "INTENDANT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
				t.Setenv(v, value)
				if name == row.name {
					variable = v
				}
			}
			if out := command(t, 2, args...); !strings.Contains(out, variable) {
				t.Errorf("by a variable: %s", out)
			}
		})
	}
	t.Setenv("INTENDANT_SMTP_PASSWORD", "x")
	if out := command(t, 2, "serve"); !strings.Contains(out, "INTENDANT_SMTP_PASSWORD") {
		t.Error(out)
	}
}

// TestOldMailIsPurged keeps what may still happen.
func TestOldMailIsPurged(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	queue := func() int64 {
		t.Helper()
		var id int64
		err := a.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) (err error) {
			id, err = a.Mail.Queue(ctx, q, mail.Message{TemplateID: mail.PasswordChanged, To: "ada@example.com"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	waiting, old := queue(), queue()
	now = now.Add(time.Second)
	recent := queue()
	for _, id := range []int64{old, recent} {
		if err := a.Mail.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(outboxKept - time.Millisecond)
	if err := purgeOnce(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	items, _, err := a.Mail.Outbox(t.Context(), mail.Filter{})
	if err != nil || len(items) != 2 || items[0].ID != recent || items[1].ID != waiting {
		t.Errorf("left %+v %v", items, err)
	}
}
