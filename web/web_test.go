package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
)

const (
	adminName = "admin"
	password  = "trois lampes vertes"
)

// site is a running appliance on an empty folder with one administrator.
type site struct {
	*appliance.Appliance
	t   *testing.T
	url string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := emptySite(t)
	role, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	s.create(identity.NewAccount{UserName: adminName, LastName: "Chef", Email: "admin@intendant.example", RoleUUID: role.UUID})
	return s
}

// emptySite is a running appliance that nobody can sign in to yet.
func emptySite(t *testing.T) *site {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Version: "test", Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	server := httptest.NewServer(a.Server())
	t.Cleanup(server.Close)
	return &site{a, t, server.URL}
}

// create adds an account with the tests' password.
func (s *site) create(n identity.NewAccount) identity.Account {
	s.t.Helper()
	n.Password = password
	account, err := s.Identity.CreateAccount(s.t.Context(), n)
	if err != nil {
		s.t.Fatal(err)
	}
	return account
}

// browser keeps cookies and speaks as a person's browser does. Redirects are
// not followed: a test says where it goes.
type browser struct {
	*site
	client *http.Client
	// language is what the browser asks for.
	language string
}

// browser returns a browser that is not signed in.
func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "fr"}
}

// admin returns a browser signed in as the administrator.
func (s *site) admin() *browser {
	s.t.Helper()
	return s.signedIn(adminName)
}

// holder returns a browser signed in as a new account that holds just these
// permissions: "client_site:read".
func (s *site) holder(name string, permissions ...string) *browser {
	s.t.Helper()
	refs := make([]identity.PermissionRef, len(permissions))
	for i, p := range permissions {
		refs[i] = identity.PermissionRef{Name: p}
	}
	roleName := "role of " + name
	role, err := s.Identity.CreateRole(s.t.Context(), identity.RoleChange{Name: &roleName, Permissions: &refs})
	if err != nil {
		s.t.Fatal(err)
	}
	s.create(identity.NewAccount{UserName: name, LastName: name, RoleUUID: role.UUID})
	return s.signedIn(name)
}

func (s *site) signedIn(name string) *browser {
	s.t.Helper()
	b := s.browser()
	if a := b.post("/login", "username", name, "password", password); a.status != http.StatusSeeOther {
		s.t.Fatalf("sign in as %s: %d %s", name, a.status, a.body)
	}
	return b
}

// elevate gives the password again.
func (b *browser) elevate() {
	b.t.Helper()
	if a := b.post("/admin/confirm", "password", password); a.status != http.StatusSeeOther {
		b.t.Fatalf("elevate: %d %s", a.status, a.body)
	}
}

// answer is what came back.
type answer struct {
	status   int
	location string
	header   http.Header
	body     string
}

func (b *browser) do(method, path, contentType string, body io.Reader) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	req.Header.Set("Accept-Language", b.language)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("Location"), resp.Header, string(text)}
}

// get asks for a page.
func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, "", nil)
}

// page asks for a page that must be there.
func (b *browser) page(path string) string {
	b.t.Helper()
	a := b.get(path)
	if a.status != http.StatusOK {
		b.t.Fatalf("GET %s: %d (to %q)\n%s", path, a.status, a.location, a.body)
	}
	return a.body
}

// post sends a form of names and values in turn.
func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

// goes sends a form that must lead elsewhere, and returns where.
func (b *browser) goes(path string, pairs ...string) string {
	b.t.Helper()
	a := b.post(path, pairs...)
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("POST %s: %d\n%s", path, a.status, a.body)
	}
	return a.location
}

// has fails the test unless the text holds every part.
func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
}

// lacks fails the test if the text holds any part.
func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is in\n%s", part, text)
		}
	}
}
