package web_test

import (
	"os"
	"testing"

	"intendant/web/webtest"
)

// browseIn signs the administrator in, at the page of a path.
func browseIn(tab *webtest.Tab, path string) {
	tab.Go(path)
	tab.Type("username", adminName)
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary")
}

// TestBrowserOfDatabases drives Chromium through the databases and the trash.
func TestBrowserOfDatabases(t *testing.T) {
	s := newDatabaseSite(t)
	other := s.ownerNamed("Centre hospitalier de Cornouaille")
	north := s.project("hopital-nord", "Hôpital Nord, bâtiment principal", s.owner)
	s.project("hopital-nord", "Hôpital Nord, extension", s.owner)
	s.project("clinique_des_embruns", "Clinique des Embruns", other)
	s.project("archives", "Archives", other)
	s.discard(s.project("essai", "Essai", s.owner), "essai")
	s.discard(s.project("essai", "Essai", s.owner), "essai")
	s.member(north, "zoe", "zoe@exemple.fr")
	s.member(north, "ada", "ada@exemple.fr")
	if err := os.Remove(s.file("archives")); err != nil {
		t.Fatal(err)
	}
	tab := webtest.Open(t, s.url)
	browseIn(tab, "/database")
	tab.Shows("hopital-nord", "fichier absent", "modèle intégré", "Corbeille (2)")
	tab.Picture("databases")
	tab.Click("tbody a[href='/database/hopital-nord']")
	tab.Picture("database")
	tab.Click("a[href$='/disableall']")
	tab.Shows("2 personnes sont dans les projets")
	tab.Picture("database-disableall")
	tab.Click("form.card button.primary")
	tab.Shows("n’ont plus accès à ses projets", "dont 2 sans accès")
	tab.Picture("database-disabled")
	tab.Click("a[href$='/delete']")
	tab.Shows("Confirmez votre identité")
	tab.Type("password", password)
	tab.Click("form[action='/admin/confirm'] button.primary")
	tab.Shows("2 projets utilisent cette base")
	tab.Picture("database-delete-refused")
	tab.Go("/database/archives")
	tab.Picture("database-missing")

	tab.Go("/admin/database/trash")
	tab.Picture("trash")
	tab.Click("tbody tr:first-child form button")
	tab.Shows("La base essai est restaurée.")
	tab.Go("/admin/database/trash")
	tab.ClickFor("tbody tr:first-child form button", 422)
	tab.Shows("Une autre base porte maintenant ce nom")
	tab.Picture("trash-conflict")
	tab.Go("/admin/database/essai/delete")
	tab.Picture("database-delete")
	tab.Click("form.card button.primary")
	tab.Shows("La base essai est à la corbeille.")
	tab.Go("/admin/database/trash")
	tab.Click("tbody tr:first-child a.danger")
	tab.Picture("trash-delete")
	tab.Click("form.card button.primary")
	tab.Shows("La base essai est supprimée pour de bon.")

	paths := map[string]string{
		"databases": "/database", "database": "/database/hopital-nord", "database-missing": "/database/archives", "trash": "/admin/database/trash",
		"database-delete-refused": "/admin/database/hopital-nord/delete", "database-kickall": "/admin/database/hopital-nord/kickall",
	}
	inEveryLight(tab, paths)
}

// inEveryLight keeps pictures of pages on a phone and in the dark, where they
// must be legible.
func inEveryLight(tab *webtest.Tab, paths map[string]string) {
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
}
