package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"intendant/internal/parc"
	"intendant/internal/tableur"
)

// addClient makes a client and returns its identifier.
func (s *site) addClient(nom string, code int64) uuid.UUID {
	s.t.Helper()
	client, err := s.Parc.RegisterClient(s.t.Context(), parc.NewClient{Nom: nom, Code: code})
	if err != nil {
		s.t.Fatal(err)
	}
	return uuid.MustParse(client.ClientID)
}

// addSite makes a site and returns its identifier.
func (s *site) addSite(client uuid.UUID, name string, lon, lat float64) uuid.UUID {
	s.t.Helper()
	made, err := s.Parc.RegisterSite(s.t.Context(), parc.NewSite{ClientID: client, Name: name, Longitude: lon, Latitude: lat})
	if err != nil {
		s.t.Fatal(err)
	}
	return uuid.MustParse(made.SiteID)
}

func TestTheListOfClients(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/admin/clients"), "Créez le premier", `href="/admin/clients/new"`)
	port := s.addClient("Port", 30)
	s.addClient("Énergie", -4)
	s.addClient("Banque", -5)
	s.addClient("Clinique", 200)
	s.addSite(port, "Quai", 9, 4)
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Banque Clinique Énergie Port"},
		{"by name, backwards", "?sort=-name", "Port Énergie Clinique Banque"},
		{"by code", "?sort=code", "Banque Énergie Port Clinique"},
		{"by code, backwards", "?sort=-code", "Clinique Port Énergie Banque"},
		{"by number of sites", "?sort=sites", "Banque Clinique Énergie Port"},
		{"by number of sites, backwards", "?sort=-sites", "Port Énergie Clinique Banque"},
		{"by something else", "?sort=nom_key", "Banque Clinique Énergie Port"},
		{"search without accents", "?q=ENER", "Énergie"},
		{"search of a code", "?q=200", "Clinique"},
		{"search of half a code", "?q=20", ""},
	} {
		if got := rowNames(b.page("/admin/clients" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/admin/clients?q=personne"), "Rien ne correspond", "Tout afficher")
	has(t, b.page("/admin/clients"), `aria-sort="ascending"`, "1 à 4 sur 4")
	b.language = "en"
	has(t, b.page("/admin/clients"), "New client", "Created")
}

func TestTheListOfClientsHasPages(t *testing.T) {
	s := newSite(t)
	for i := range int64(60) {
		s.addClient(fmt.Sprintf("Nom %02d", i), i)
	}
	b := s.admin()
	page := b.page("/admin/clients?sort=-code")
	has(t, page, "1 à 50 sur 60", "page=2", "Nom 59")
	lacks(t, page, "Nom 09")
	has(t, b.page("/admin/clients?sort=-code&page=2"), "51 à 60 sur 60", "Nom 09")
}

func TestClientsAreExported(t *testing.T) {
	s := newSite(t)
	s.addClient("Banque", 5)
	port := s.addClient("Port", 30)
	s.addSite(port, "Quai", 9, 4)
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/clients/export?sort=-sites&q=port&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "clients."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		if len(sheet.Rows) != 2 || strings.Join(sheet.Rows[0].Cells, "|") != "Nom|Code|Sites|Créé le|Identifiant" {
			t.Fatalf("%s: %v", format, sheet)
		}
		if row := sheet.Rows[1].Cells; row[0] != "Port" || row[1] != "30" || row[2] != "1" || row[4] != port.String() {
			t.Errorf("%s: %q", format, row)
		}
	}
	wantStatus(t, "as PDF", b.get("/admin/clients/export?format=pdf"), http.StatusUnprocessableEntity)
}

func TestAClientIsCreatedAndChanged(t *testing.T) {
	s := newSite(t)
	s.addClient("Banque", 5)
	b := s.admin()
	has(t, b.page("/admin/clients/new"), `name="nom"`, `name="code"`)
	a := b.post("/admin/clients/new", "nom", "  ", "code", "douze")
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce champ est obligatoire.", "Un nombre entier est attendu.", `value="douze"`, "aria-invalid")
	a = b.post("/admin/clients/new", "nom", strings.Repeat("é", 201), "code", "6")
	has(t, a.body, "Au plus 200 caractères.")
	a = b.post("/admin/clients/new", "nom", "Port", "code", "5")
	wantStatus(t, "a code in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "déjà celui d’un autre client", `value="Port"`, `id="field-code-fault"`)

	to := b.goes("/admin/clients/new", "nom", " Port & quais ", "code", "6")
	page := b.page(to)
	has(t, page, "Le client Port &amp; quais est créé.", "<dd>6</dd>", "aucun site", to+"/edit", to+"/delete", "/admin/sites/new?client=")
	has(t, b.page(to+"/edit"), `value="Port &amp; quais"`, `value="6"`)
	a = b.post(to+"/edit", "nom", "Autre", "code", "5")
	wantStatus(t, "a code in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "déjà celui d’un autre client", `value="Autre"`, "Modifier Port &amp; quais")
	if got := b.goes(to+"/edit", "nom", "Port", "code", "7"); got != to {
		t.Errorf("goes to %q", got)
	}
	has(t, b.page(to), "Le client Port est enregistré.", "<h1>Port</h1>", "<dd>7</dd>")
	b.language = "en"
	has(t, b.page(to+"/edit"), "Edit Port", "A whole number")

	for _, path := range []string{"/admin/clients/x", "/admin/clients/" + uuid.NewString(), "/admin/clients/x/edit"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}
	wantStatus(t, "nobody", b.post("/admin/clients/x/edit", "nom", "A", "code", "1"), http.StatusNotFound)
}

func TestAClientIsDeleted(t *testing.T) {
	s := newSite(t)
	client := s.addClient("Port", 6)
	place := s.addSite(client, "Quai", 9, 4)
	path := "/admin/clients/" + client.String()
	b := s.admin()
	has(t, b.page(path), "Quai", "/admin/sites/"+place.String(), "/admin/map?client=")
	for name, a := range map[string]answer{"asking": b.get(path + "/delete"), "doing": b.post(path + "/delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	page := b.page(path + "/delete")
	has(t, page, "encore 1 site", "/admin/sites?client="+client.String())
	lacks(t, page, `action="`+path+`/delete"`)
	a := b.post(path + "/delete")
	wantStatus(t, "with a site", a, http.StatusConflict)
	has(t, a.body, "Ce client a encore des sites")

	if err := s.Parc.DeleteSite(t.Context(), place.String()); err != nil {
		t.Fatal(err)
	}
	has(t, b.page(path+"/delete"), `action="`+path+`/delete"`, "ne revient pas")
	if to := b.goes(path + "/delete"); to != "/admin/clients" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/admin/clients"), "Le client Port est supprimé.")
	wantStatus(t, "afterwards", b.get(path), http.StatusNotFound)
}

func TestClientsNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	client := s.addClient("Port", 6)
	s.addSite(client, "Quai", 9, 4)
	path := "/admin/clients/" + client.String()
	b := s.holder("lecteur", "clients:read")
	lacks(t, b.page("/admin/clients"), "/admin/clients/new")
	lacks(t, b.page(path), path+"/edit", path+"/delete", "Quai", "/admin/sites", "/admin/journal")
	for _, p := range []string{"/admin/clients/new", path + "/edit", path + "/delete"} {
		wantStatus(t, p, b.get(p), http.StatusForbidden)
		wantStatus(t, p, b.post(p), http.StatusForbidden)
	}
	none := s.holder("personne", "roles:read")
	for _, p := range []string{"/admin/clients", "/admin/clients/export", path} {
		wantStatus(t, p, none.get(p), http.StatusForbidden)
	}
}
