package web_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

func TestTheMap(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/map")
	has(t, page, "aucun site à montrer")
	lacks(t, page, "<svg", "/admin/sites/new")
	banque, port := s.addClient("Banque", 1), s.addClient("Port", 2)
	has(t, b.page("/admin/map"), "aucun site à montrer", `href="/admin/sites/new"`)

	akwa := s.addSite(port, "Akwa <1>", 9.70, 4.05)
	s.addSite(port, "Bonabéri", 9.68, 4.07)
	s.addSite(banque, "Garoua", 13.39, 9.30)
	page = b.page("/admin/map")
	has(t, page, `<h2>Les 3 sites</h2>`, "Akwa &lt;1&gt;", "/admin/sites/"+akwa.String(), "lat. 4,05, long. 9,7", "Natural Earth", "2 sites (Akwa &lt;1&gt;, Bonabéri)", "Banque</a> <small>1 site</small>", "Port</a> <small>2 sites</small>", `<span class="button off">`)
	if n := strings.Count(page, `<svg xmlns`); n != 2 {
		t.Errorf("%d maps", n)
	}
	lacks(t, page, "hors de cette vue", "style=", "<script>")

	group := regexp.MustCompile(`<a class="carte-site carte-groupe" href="([^"]*)"`).FindStringSubmatch(page)
	if group == nil {
		t.Fatal("no group")
	}
	page = b.page(html.UnescapeString(group[1]))
	has(t, page, `class="carte-site" href="/admin/sites/`+akwa.String(), "1 site est hors de cette vue.")
	lacks(t, page, "carte-groupe")

	page = b.page("/admin/map?client=" + banque.String())
	has(t, page, "Garoua", "<h2>Le site</h2>", "client="+banque.String()+"&amp;lat=")
	lacks(t, page, "Bonabéri")
	for _, link := range regexp.MustCompile(`class="button" href="(/admin/map[^"]*)"`).FindAllStringSubmatch(page, -1) {
		has(t, b.page(html.UnescapeString(link[1])), "<svg", `value="`+banque.String()+`" selected`)
	}
	has(t, b.page("/admin/map?client=personne"), "Ce client n’a aucun site.")
	has(t, b.page("/admin/map?lat=x&lon=1e999&span=-1"), "<svg")
	b.language = "en"
	has(t, b.page("/admin/map"), "Map of the sites", "Closer", "lat. 4.05")
}

func TestTheMapOfSitesThatAreAllInOnePlace(t *testing.T) {
	s := newSite(t)
	client := s.addClient("Port", 2)
	s.addSite(client, "Quai 1", 9.7, 4.05)
	s.addSite(client, "Quai 2", 9.7, 4.05)
	page := s.holder("lecteur", "client_site:read").page("/admin/map")
	has(t, page, `class="carte-site carte-groupe" href="#sites"`, `id="sites"`, "Quai 2</a>")
	lacks(t, page, "/admin/clients")
}
