package web_test

import (
	"testing"

	"intendant/web/webtest"
)

// TestBrowserOfTheServer drives Chromium through the pages about the server
// itself, at a desk and on a phone.
func TestBrowserOfTheServer(t *testing.T) {
	s := demoSite(t)
	tab := webtest.Open(t, s.url)
	tab.Go("/admin/settings/edit")
	tab.Type("username", adminName)
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary") // to the form that asks for the password again
	tab.Type("password", password)
	tab.Click("form[action='/admin/confirm'] button.primary")
	tab.Type("min_password", "4")
	tab.ClickFor("form.card button.primary", 422)
	tab.Shows("au moins 8")
	tab.Picture("settings-faults")
	tab.Type("min_password", "12")
	tab.Type("site_name", "Lycée du Port")
	tab.Click("form.card button.primary")
	tab.Shows("Lycée du Port", "12 caractères")
	tab.Picture("settings")

	tab.Go("/admin/backups")
	tab.Click("form[action='/admin/backups'] button.primary")
	tab.WaitText("La sauvegarde est faite et vérifiée")
	tab.Picture("backups")

	tab.Go("/admin/journal?object_type=settings")
	tab.Press("summary")
	tab.Shows("Longueur minimale des mots de passe", "12")
	tab.Picture("journal-detail")
	tab.Go("/admin/journal")
	tab.Picture("journal")
	tab.Go("/admin/documents")
	tab.Picture("documents")
	tab.Go("/admin/documents/reference?q=equipements")
	tab.Picture("reference")
	tab.Go("/admin/")
	tab.Picture("dashboard")

	tab.Phone()
	for name, path := range map[string]string{
		"dashboard": "/admin/", "journal": "/admin/journal", "settings": "/admin/settings", "settings-form": "/admin/settings/edit",
		"backups": "/admin/backups", "documents": "/admin/documents", "reference": "/admin/documents/reference?q=journal",
	} {
		tab.Go(path)
		tab.FitsWidth()
		tab.Picture(name + "-phone")
	}
}
