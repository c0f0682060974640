package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/scolarite"
	"intendant/web/webtest"
)

// TestScoDocAnswersWithoutACredential asks as clients do who look whether the
// server is there: by HEAD, with a question mark behind, following nothing.
func TestScoDocAnswersWithoutACredential(t *testing.T) {
	s := newSite(t)
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		for _, path := range []string{"/ScoDoc", "/ScoDoc/", "/ScoDoc?", "/ScoDoc/?"} {
			req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK || (len(body) == 0) != (method == http.MethodHead) {
				t.Errorf("%s %s: %s, %d bytes, %v", method, path, resp.Status, len(body), err)
			}
		}
	}
	b := s.browser()
	page := b.page("/ScoDoc")
	has(
		t, page, "l’API de ScoDoc 9", `href="/ScoDoc/api/doc"`, `href="/ScoDoc/api/openapi.json"`, `href="/ScoDoc/docs"`, `href="/admin/"`,
		"<code>"+s.url+"/ScoDoc</code>", "<code>reference</code>", "--scodoc-wire production",
	)
	b.language = "en"
	has(t, b.page("/ScoDoc"), "ScoDoc 9 API", "Address to give it")
	for _, path := range []string{"/ScoDoc/api/doc", "/ScoDoc/RT/api/doc", "/ScoDoc/docs", "/ScoDoc/api/openapi.json"} {
		if a := b.get(path); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := b.get("/ScoDoc/ailleurs"); a.status != http.StatusNotFound {
		t.Error(a.status)
	}
}

// TestTheProfileIsShown looks at a server that answers as those in production.
func TestTheProfileIsShown(t *testing.T) {
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Location: time.UTC, Wire: scolarite.Production})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	server := httptest.NewServer(a.Server())
	t.Cleanup(server.Close)
	s := &site{a, t, server.URL}
	role, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	s.create(identity.NewAccount{UserName: adminName, LastName: "Chef", RoleUUID: role.UUID})
	b := s.admin()
	for _, path := range []string{"/ScoDoc", "/admin/settings"} {
		has(t, b.page(path), "Réponses de l’API ScoDoc", "<code>production</code>")
	}
	has(t, b.page("/ScoDoc/api/doc"), "<strong>production</strong>")
}

// TestBrowserOfScoDoc shows what people see at the address that clients are
// given, at a desk, in the dark and on a phone.
func TestBrowserOfScoDoc(t *testing.T) {
	s := newSite(t)
	tab := webtest.Open(t, s.url)
	tab.Go("/ScoDoc")
	tab.Shows("API ScoDoc 9", "Pour un client existant")
	tab.Legible()
	tab.Picture("scodoc")
	tab.Click(`main a[href="/ScoDoc/api/doc"]`)
	tab.Shows("Référence de l'API ScoDoc", "Obtenir un jeton", "Profils de réponse")
	tab.FitsWidth()
	tab.Legible()
	tab.Picture("scodoc-reference")
	tab.Type("q", "introuvable")
	tab.Click(".ref-toc button")
	tab.Shows("Rien ne correspond à « introuvable »")
	tab.Picture("scodoc-reference-none")
	tab.Go("/ScoDoc/docs")
	tab.WaitText("Intendant · scolarité") // it comes after its frame
	tab.Shows("Intendant · scolarité", "Tous les départements")
	tab.Picture("scodoc-docs")
	tab.Dark()
	tab.Go("/ScoDoc/api/doc")
	tab.Legible()
	tab.Picture("scodoc-reference-dark")
	tab.Phone()
	for name, path := range map[string]string{"scodoc": "/ScoDoc", "scodoc-reference": "/ScoDoc/api/doc"} {
		tab.Go(path)
		tab.FitsWidth()
		tab.Legible()
		tab.Picture(name + "-phone")
	}
}
