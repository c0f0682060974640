package mail

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEncryptionAndSignIn(t *testing.T) {
	config, roots := certificate(t)
	cases := map[string]struct {
		mode     TLSMode
		offered  bool // the server has a certificate
		implicit bool
		roots    *x509.CertPool
		password string
		want     State
		overTLS  bool
		signIns  int
	}{
		"starttls and password":              {TLSStartTLS, true, false, roots, "secret", Sent, true, 1},
		"implicit tls and password":          {TLSImplicit, true, true, roots, "secret", Sent, true, 1},
		"starttls that is not offered":       {TLSStartTLS, false, false, roots, "secret", Waiting, false, 0},
		"starttls with an unknown authority": {TLSStartTLS, true, false, nil, "secret", Waiting, false, 0},
		"tls with an unknown authority":      {TLSImplicit, true, true, nil, "secret", Waiting, false, 0},
		"a wrong password":                   {TLSStartTLS, true, false, roots, "wrong", Waiting, false, 1},
		"no password in clear":               {TLSNone, false, false, nil, "secret", Waiting, false, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			box := newPostbox(t)
			box.password, box.implicit = "secret", c.implicit
			if c.offered {
				box.tls = config
			}
			box.start()
			settings := box.settings()
			settings.TLS, settings.Roots, settings.User, settings.Password = c.mode, c.roots, "intendant", c.password
			b := newBed(t, settings)
			id := b.queue("zoe@ecole.example")
			b.work()
			item, _ := b.item(id)
			if item.State != c.want {
				t.Errorf("state %s, error %q", item.State, item.LastError)
			}
			if strings.Contains(item.LastError, c.password) && c.password == "secret" {
				t.Errorf("the error shows the password: %q", item.LastError)
			}
			if got := box.signIns(); got != c.signIns {
				t.Errorf("%d sign-ins, want %d", got, c.signIns)
			}
			letters := box.got()
			if (len(letters) == 1) != (c.want == Sent) {
				t.Fatalf("%d letters", len(letters))
			}
			if c.want == Sent && (letters[0].overTLS != c.overTLS || letters[0].user != "intendant") {
				t.Errorf("tls %v, user %q", letters[0].overTLS, letters[0].user)
			}
		})
	}
}

func TestInternationalDomain(t *testing.T) {
	box := newPostbox(t).start()
	b := newBed(t, box.settings())
	id := b.queue("zoe@école.example")
	b.work()
	b.want(id, Sent, "sent")
	if got := box.got()[0].to; got != "zoe@xn--cole-9oa.example" {
		t.Errorf("to %q", got)
	}
}

func TestServerCheck(t *testing.T) {
	good := Server{Host: "mx", TLS: TLSNone, From: "a@b.example"}
	for _, host := range []string{"mx", "mx.example.", "192.0.2.1", "2001:db8::1", "école.example"} {
		good.Host = host
		if err := good.Check(); err != nil {
			t.Error(err)
		}
	}
	cases := map[string]func(*Server){
		"mode":                    func(s *Server) { s.TLS = "ssl" },
		"port":                    func(s *Server) { s.Port = 70000 },
		"an address of a page":    func(s *Server) { s.Host = "https://mx" },
		"a port in the host":      func(s *Server) { s.Host = "mx:25" },
		"no sender":               func(s *Server) { s.From = "" },
		"sender on two lines":     func(s *Server) { s.From = "a@b.example\r\nBcc: c@d.example" },
		"user without password":   func(s *Server) { s.User = "u" },
		"password without a user": func(s *Server) { s.Password = "p" },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			s := good
			spoil(&s)
			if s.Check() == nil {
				t.Error("accepted")
			}
			if _, err := New(Config{Server: s}); err == nil {
				t.Error("a service was made")
			}
		})
	}
}

func TestServerHidesItsPassword(t *testing.T) {
	s := Server{Host: "mx.example", TLS: TLSImplicit, User: "u", Password: "hunter2"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s); got != "smtp(mx.example:465 tls)" {
			t.Errorf("%s: %s", verb, got)
		}
		if got := fmt.Sprintf(verb, Config{Server: s}); strings.Contains(got, "hunter2") {
			t.Errorf("%s of a Config: %s", verb, got)
		}
	}
	if got := s.LogValue().String(); got != "smtp(mx.example:465 tls)" {
		t.Error(got)
	}
}

func TestFlags(t *testing.T) {
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s, err := Flags{TLS: "starttls"}.Server()
	if err != nil || s.IsSet() {
		t.Errorf("nothing set: %v, %v", s, err)
	}
	full := Flags{Host: "mx", Port: 2525, TLS: "tls", User: "u", From: "a@b.example"}
	full.PasswordFile = file("p w\n")
	s, err = full.Server()
	want := Server{Host: "mx", Port: 2525, TLS: TLSImplicit, User: "u", Password: "p w", From: "a@b.example"}
	if err != nil || s != want {
		t.Errorf("got %v, %v", s, err)
	}
	for name, content := range map[string]string{"empty": "\n", "two lines": "a\nb\n", "too long": strings.Repeat("x", maxPassword+1)} {
		full.PasswordFile = file(content)
		if _, err := full.Server(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	full.PasswordFile = filepath.Join(t.TempDir(), "absent")
	if _, err := full.Server(); err == nil {
		t.Error("absent file: accepted")
	}
	if _, err := (Flags{TLS: "tls", From: "a@b.example"}).Server(); err == nil {
		t.Error("settings without a host: accepted")
	}
}

func TestDelay(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: time.Minute, 1: time.Minute, 4: time.Hour, 5: 4 * time.Hour, 900: 4 * time.Hour} {
		if got := delay(failures); got != want {
			t.Errorf("after %d: %v", failures, got)
		}
	}
}
