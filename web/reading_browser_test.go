package web_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

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

// TestBrowserByKeyboard goes where a mouse goes.
func TestBrowserByKeyboard(t *testing.T) {
	s := demoSite(t)
	tab := openSignedIn(t, s)
	t.Run("past the menu", func(t *testing.T) {
		tab.Go("/admin/sites")
		tab.Key(kb.Tab)
		tab.Picture("keyboard-skip")
		tab.Key(kb.Enter)
		tab.Key(kb.Tab)
		if got := tab.Value(`String(document.activeElement.matches("main a"))`); got != "true" {
			t.Error("the next stop after the skip link is not in the page")
		}
	})
	t.Run("from the map to a site", func(t *testing.T) {
		tab.Go("/admin/map?client=" + clientID(t, s))
		tab.TabTo(".map-wide a.carte-site:not(.carte-groupe)")
		if got := tab.Value(`getComputedStyle(document.activeElement.querySelector(".carte-focus")).display`); got != "inline" {
			t.Errorf("the ring of the site in focus is shown as %q", got)
		}
		tab.Picture("keyboard-map")
		tab.Enter()
		tab.Shows("Équipements du site")
	})
	t.Run("through the choices of a filter", func(t *testing.T) {
		tab.Go("/admin/sites")
		tab.TabTo("select[name=client]")
		tab.Key(kb.ArrowDown)
		tab.Key(kb.ArrowDown)
		if got := tab.Value(`location.search + document.querySelector("select[name=client]").selectedIndex`); got != "2" {
			t.Errorf("two steps down the choices: %q", got)
		}
		tab.TabTo("form.filters button")
		tab.Enter()
		tab.Shows("1 à 7 sur 7")
	})
	t.Run("to what is wrong in a form", func(t *testing.T) {
		tab.Go("/admin/sites/new")
		tab.Type("name", "Annexe")
		tab.Type("longitude", "9")
		tab.Type("latitude", "north")
		tab.ClickFor("main form button.primary", 422)
		if got := tab.Value(`document.activeElement.name`); got != "latitude" {
			t.Errorf("the focus is on %q", got)
		}
	})
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
