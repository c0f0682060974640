package web_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestDocumentsLead(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/documents")
	has(
		t, page, `href="/docs"`, `href="/openapi.json"`, `href="/projets/docs"`, `href="/projets/openapi.json"`,
		`href="/ScoDoc/api/doc"`, `href="/ScoDoc/docs"`, `href="/ScoDoc/api/openapi.json"`, `href="/admin/documents/reference"`, s.url+"/auth/login", "username=admin",
	)
	for _, m := range regexp.MustCompile(`<a href="(/[^"]*)"`).FindAllStringSubmatch(page, -1) {
		if a := b.get(m[1]); a.status != http.StatusOK && a.status != http.StatusSeeOther {
			t.Errorf("%s: %d", m[1], a.status)
		}
	}
	b.language = "en"
	has(t, b.page("/admin/documents"), "Get a token")
}

// TestTheCommandGivesAToken does what the page tells people to type.
func TestTheCommandGivesAToken(t *testing.T) {
	s := newSite(t)
	page := html.UnescapeString(s.admin().page("/admin/documents"))
	login := regexp.MustCompile(`curl -s (\S+/auth/login) \\\s+--data-urlencode "username=(\w+)"`).FindStringSubmatch(page)
	use := regexp.MustCompile(`curl -s (\S+) -H "Authorization: Bearer`).FindStringSubmatch(page)
	if login == nil || use == nil {
		t.Fatal(page)
	}
	resp, err := http.PostForm(login[1], url.Values{"username": {login[2]}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&tokens); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, use[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokens.AccessToken)
	answered, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answered.Body.Close()
	if answered.StatusCode != http.StatusOK {
		t.Error(answered.Status)
	}
}

func TestReferenceHasEveryEntry(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := html.UnescapeString(b.page("/admin/documents/reference"))
	for _, r := range s.Router.Routes() {
		for _, path := range r.Paths {
			if !strings.Contains(page, "<code>"+strings.TrimSuffix(r.FullPath(), r.Paths[0])+path+"</code>") || !strings.Contains(page, r.Summary) {
				t.Errorf("%s %s is missing", r.Method, path)
			}
		}
	}
	entries := strings.Count(page, "<th scope=\"row\"><code>")
	has(t, page, fmt.Sprintf("%d entrées", entries))
	has(t, b.page("/admin/documents"), fmt.Sprintf("(%d)", entries))
	has(t, page, "Pages d’administration", "equipements:secret", "extension", "publique", "compte connecté")
	page = b.page("/admin/documents/reference?q=EQUIPEMENTS+post")
	has(t, page, "POST", "equipements")
	lacks(t, page, "<code>/admin/roles", "<code>GET</code>")
	has(t, b.page("/admin/documents/reference?q=introuvable"), "Rien ne correspond")
	s.withoutRole("simple")
	has(t, s.signedIn("simple").page("/admin/documents/reference"), "/auth/login")
}
