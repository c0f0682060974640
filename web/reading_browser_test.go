package web_test

import (
	"testing"

	"intendant/web/webtest"
)

// openSignedIn opens a tab on the sample data, signed in as the administrator.
func openSignedIn(t *testing.T, s *site) *webtest.Tab {
	t.Helper()
	tab := webtest.Open(t, s.url)
	tab.Go("/login")
	tab.Type("username", adminName)
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary")
	return tab
}

// TestBrowserSortsOnAPhone sorts a list whose rows have become cards.
func TestBrowserSortsOnAPhone(t *testing.T) {
	s := demoSite(t)
	tab := openSignedIn(t, s)
	tab.Phone()
	tab.Go("/admin/clients")
	tab.Click("thead a[href*='sort=-name']")
	tab.FitsWidth()
	if got := tab.Value(`document.querySelector("tbody th").innerText`); got != "Université des Montagnes" {
		t.Errorf("backwards, the list begins with %q", got)
	}
	tab.Go("/admin/clients/" + clientID(t, s)) // a table that nothing sorts
	if got := tab.Value(`getComputedStyle(document.querySelector("thead")).position`); got != "absolute" {
		t.Errorf("heads that sort nothing are shown: %s", got)
	}
}

// TestBrowserOnPaper prints lists as tables, and nothing that is to be clicked.
func TestBrowserOnPaper(t *testing.T) {
	s := demoSite(t)
	tab := openSignedIn(t, s)
	tab.Paper()
	for name, path := range map[string]string{"equipements": "/admin/equipements", "matrix": "/admin/roles/matrix", "map": "/admin/map"} {
		tab.Go(path)
		tab.FitsWidth()
		tab.Picture("paper-" + name)
		if got := tab.Value(`getComputedStyle(document.querySelector("header.top")).display`); got != "none" {
			t.Errorf("%s is printed with its menu: %s", path, got)
		}
	}
	tab.Go("/admin/equipements")
	if got := tab.Value(`getComputedStyle(document.querySelector("tbody td")).display`); got != "table-cell" {
		t.Errorf("a list is printed as %s", got)
	}
}
