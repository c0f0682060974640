package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"intendant/db"
	"intendant/internal/demo"
	"intendant/web/webtest"
)

// demoSite is a running appliance with the sample data.
func demoSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	if err := demo.Load(t.Context(), s.Appliance); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBrowser drives Chromium through a day's work, on the sample data.
func TestBrowser(t *testing.T) {
	s := demoSite(t)
	tab := webtest.Open(t, s.url)
	tab.Go("/admin/sites")
	tab.Shows("Connexion")
	tab.Picture("login")
	tab.Type("username", adminName)
	tab.Type("password", "mauvais mot")
	tab.ClickFor("form[action='/login'] button.primary", 422)
	tab.Shows("Nom d’utilisateur ou mot de passe incorrect.")
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary")
	tab.Shows("Sites", "42")

	t.Run("dashboard", func(t *testing.T) {
		tab.Go("/admin/")
		tab.Shows("Tableau de bord", "420")
		tab.Picture("dashboard")
	})
	t.Run("a site is created", func(t *testing.T) {
		tab.Go("/admin/sites")
		tab.Picture("sites")
		tab.Click("a[href='/admin/sites/new']")
		tab.Type("name", "Annexe du Port")
		tab.Type("longitude", "400")
		tab.Type("latitude", "48,39")
		tab.Press("body")
		tab.ClickFor("form button.primary", 422)
		tab.Shows("au plus 180")
		tab.Legible()
		tab.Picture("site-faults")
		tab.Type("longitude", "-4,49")
		tab.Click("form button.primary")
		tab.Shows("Annexe du Port")
		tab.Picture("site")
	})
	t.Run("the map", func(t *testing.T) {
		tab.Go("/admin/map")
		tab.WaitFor("svg.carte")
		tab.Picture("map")
	})
	t.Run("an equipment is edited", func(t *testing.T) {
		tab.Go("/admin/equipements")
		tab.Shows("420")
		tab.Picture("equipements")
		tab.Click("table tbody tr:first-child th a")
		tab.Picture("equipement")
		tab.Click("main a[href$='/edit']")
		tab.Type("description", "Déplacé au premier étage")
		tab.Click("form button.primary")
		tab.Shows("Déplacé au premier étage")
	})
	t.Run("a secret is revealed", func(t *testing.T) {
		tab.Click("a[href$='/secret']")
		tab.Shows("Confirmez votre identité")
		tab.Picture("confirm")
		tab.Type("password", password)
		tab.Click("form[action='/admin/confirm'] button.primary")
		tab.WaitFor("#secret")
		tab.Picture("secret")
	})
	t.Run("an import", func(t *testing.T) {
		tab.Go("/admin/imports")
		tab.Picture("imports")
		faulty := "client;nom;longitude;latitude;description\nInconnu;Quai 1;2,35;48,85;\n;Quai 2;2,35;douze;\n"
		tab.Choose("kind", "Sites")
		tab.Upload("file", write(t, "sites.csv", faulty))
		tab.Click("main form[enctype] button.primary")
		tab.Shows("Inconnu", "douze")
		tab.Legible()
		tab.Picture("import-faults")
		client := clientName(t, s)
		sound := "\ufeffclient;nom;longitude;latitude;description\n" + client + ";Quai 1;-4,48;48,38;Bâtiment neuf\n"
		tab.Go("/admin/imports")
		tab.Choose("kind", "Sites")
		tab.Upload("file", write(t, "sites.csv", sound))
		tab.Click("main form[enctype] button.primary")
		tab.Shows("Quai 1")
		tab.Picture("import-dry-run")
		tab.Click("form[action$='/confirm'] button.primary")
		tab.WaitFor("[data-state=done]")
		tab.Picture("import-done")
		tab.Go("/admin/sites?q=quai+1")
		tab.Shows("Quai 1")
	})
	t.Run("every section", func(t *testing.T) {
		paths := map[string]string{
			"clients": "/admin/clients", "users": "/admin/users", "user-new": "/admin/users/new", "roles": "/admin/roles", "matrix": "/admin/roles/matrix",
			"account": "/admin/account", "journal": "/admin/journal", "settings": "/admin/settings", "backups": "/admin/backups",
			"documents": "/admin/documents", "reference": "/admin/documents/reference",
		}
		for name, path := range paths {
			tab.Go(path)
			tab.Picture(name)
		}
		paths["sites"], paths["equipements"], paths["map"], paths["dashboard"] = "/admin/sites", "/admin/equipements", "/admin/map", "/admin/"
		paths["imports"] = "/admin/imports"
		tab.Phone()
		for name, path := range paths {
			tab.Go(path)
			tab.FitsWidth()
			tab.Legible()
			tab.Picture("phone-" + name)
		}
		tab.Desk()
		tab.Dark()
		for name, path := range paths {
			tab.Go(path)
			tab.Legible()
			tab.Picture("dark-" + name)
		}
	})
	t.Run("signing out", func(t *testing.T) {
		tab.Go("/admin/")
		tab.Click("form[action='/logout'] button")
		tab.Shows("Connexion")
	})
}

// TestBrowserFirstStart creates the first administrator by the link that the
// server printed.
func TestBrowserFirstStart(t *testing.T) {
	s := emptySite(t)
	secret, err := s.Identity.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tab := webtest.Open(t, s.url)
	tab.Go("/setup?code=" + secret)
	tab.Picture("setup")
	for name, text := range map[string]string{
		"user_name": "chef", "last_name": "Martin", "email": "chef@lycee.example", "password": password, "password_again": password,
	} {
		tab.Type(name, text)
	}
	tab.Click("form[action='/setup'] button.primary")
	tab.Shows("L’administrateur est créé", "Tableau de bord")
	tab.Picture("dashboard-empty")
	tab.Go("/docs")
	tab.WaitFor(".opblock-tag")
	tab.Picture("docs")
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// clientName and clientID return those of a client of the sample data.
func clientName(t *testing.T, s *site) string { return firstClient(t, s).Nom }

func clientID(t *testing.T, s *site) string { return firstClient(t, s).ClientID }

func firstClient(t *testing.T, s *site) db.Client {
	t.Helper()
	rows, err := s.Store.Read().Clients(t.Context())
	if err != nil || len(rows) == 0 {
		t.Fatalf("no clients: %v", err)
	}
	return rows[0]
}
