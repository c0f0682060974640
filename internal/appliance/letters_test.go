package appliance

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/web"
)

// TestALinkLeadsToTheServer asks for a password in the name of another with a
// Host of one's own: the link leads to the server all the same.
func TestALinkLeadsToTheServer(t *testing.T) {
	for _, row := range []struct{ name, public, want string }{
		{"told its address", "https://site.example/", "https://site.example"},
		{"not told", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, err := Open(t.Context(), Config{Data: t.TempDir(), Running: web.Running{PublicURL: row.public}})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			server := httptest.NewServer(a.Server())
			defer server.Close()
			if row.want == "" {
				row.want = server.URL
			}
			if _, err := a.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "ada", FirstName: "Ada", Email: "ada@example.com"}); err != nil {
				t.Fatal(err)
			}
			form := strings.NewReader(url.Values{"login": {"ada"}}.Encode())
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/password/forgotten", form)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = "evil.example"
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			items, _, err := a.Mail.Outbox(t.Context(), mail.Filter{})
			if err != nil || len(items) != 1 {
				t.Fatalf("%d messages, %v", len(items), err)
			}
			body, err := a.Mail.Body(t.Context(), items[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			link := regexp.MustCompile(`http\S+/password\?code=[A-Z2-7]{26}`).FindString(body)
			if !strings.HasPrefix(link, row.want+"/password?") || items[0].Recipient != "ada@example.com" || items[0].TemplateID != mail.PasswordForgotten {
				t.Errorf("%+v leads to %q:\n%s", items[0], link, body)
			}
		})
	}
}

// TestNoLetterCanBeWritten keeps what a letter would tell from failing with it.
func TestNoLetterCanBeWritten(t *testing.T) {
	a, err := Open(t.Context(), Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "ada", Email: "not an address"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Identity.RequestPassword(t.Context(), "ada"); err != nil {
		t.Error(err)
	}
	if _, total, err := a.Mail.Outbox(t.Context(), mail.Filter{}); err != nil || total != 0 {
		t.Error(total, err)
	}
}
