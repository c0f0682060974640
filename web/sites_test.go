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

func TestTheListOfSites(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/sites")
	has(t, page, "Un site appartient à un client", `href="/admin/clients/new"`)
	lacks(t, page, `href="/admin/sites/new"`)
	banque, port := s.addClient("Banque", 1), s.addClient("Port", 2)
	has(t, b.page("/admin/sites"), "Créez le premier", `href="/admin/sites/new"`)
	s.addSite(port, "Éden", 9.5, 4.25)
	s.addSite(banque, "Quai", 9, 4)
	s.addSite(port, "Akwa", 9.7, 4.05)
	s.addEquipements(s.addSite(banque, "Zoo", 9, 4), 2)
	for _, c := range []struct{ name, query, want string }{
		{"by name", "", "Akwa Éden Quai Zoo"},
		{"by name, backwards", "?sort=-name", "Zoo Quai Éden Akwa"},
		{"by client", "?sort=client", "Quai Zoo Akwa Éden"},
		{"by client, backwards", "?sort=-client", "Éden Akwa Zoo Quai"},
		{"by equipment", "?sort=equipements", "Akwa Éden Quai Zoo"},
		{"by equipment, backwards", "?sort=-equipements", "Zoo Quai Éden Akwa"},
		{"of a client", "?client=" + port.String(), "Akwa Éden"},
		{"search without accents", "?q=eden", "Éden"},
		{"search of a client", "?q=banque", "Quai Zoo"},
		{"search within a client", "?q=z&client=" + port.String(), ""},
	} {
		if got := rowNames(b.page("/admin/sites" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, query := range []string{"?sort=created", "?sort=-created"} {
		if got := rowNames(b.page("/admin/sites" + query)); strings.Count(got, " ") != 3 {
			t.Errorf("by date: %q", got)
		}
	}
	page = b.page("/admin/sites?q=personne&client=" + port.String())
	has(t, page, "Rien ne correspond", "Tout afficher", `value="`+port.String()+`" selected`)
	has(t, b.page("/admin/sites"), `aria-sort="ascending"`, "1 à 4 sur 4", "/admin/clients/"+port.String())
	b.language = "en"
	has(t, b.page("/admin/sites"), "New site", "Equipment")
}

// addEquipements puts equipment on a site.
func (s *site) addEquipements(place uuid.UUID, n int) {
	s.t.Helper()
	for i := range n {
		_, err := s.Parc.RegisterEquipement(s.t.Context(), parc.NewEquipement{
			IP: parc.Host(fmt.Sprintf("10.0.0.%d", i+1)), SiteID: place, Marque: "Cisco", Modele: "C9300", Port: 22, Password: "caché",
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestTheListOfSitesHasPages(t *testing.T) {
	s := newSite(t)
	client := s.addClient("Port", 1)
	for i := range 60 {
		s.addSite(client, fmt.Sprintf("Nom %02d", i), 9, 4)
	}
	b := s.admin()
	page := b.page("/admin/sites?sort=-name&client=" + client.String())
	has(t, page, "1 à 50 sur 60", "page=2", "Nom 59")
	lacks(t, page, "Nom 09")
	page = b.page("/admin/sites?sort=-name&page=2&client=" + client.String())
	has(t, page, "51 à 60 sur 60", "Nom 09")
	page = b.page("/admin/clients/" + client.String())
	has(t, page, "Nom 00", "Voir les 60 sites")
	lacks(t, page, "Nom 59")
}

func TestSitesAreExported(t *testing.T) {
	s := newSite(t)
	banque, port := s.addClient("Banque", 1), s.addClient("Port", 2)
	s.addSite(banque, "Quai", 9, 4)
	place := s.addSite(port, "Quai 3", 9.7085, -4.25)
	s.addEquipements(place, 2)
	b := s.admin()
	for format, longitude := range map[string]string{"csv": "9,7085", "xlsx": "9.7085"} {
		a := b.get("/admin/sites/export?q=quai&client=" + port.String() + "&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "sites."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		want := "Client|Nom|Longitude|Latitude|Description|Équipements|Créé le|Identifiant"
		if len(sheet.Rows) != 2 || strings.Join(sheet.Rows[0].Cells, "|") != want {
			t.Fatalf("%s: %v", format, sheet)
		}
		row := sheet.Rows[1].Cells
		if row[0] != "Port" || row[1] != "Quai 3" || row[2] != longitude || row[5] != "2" || row[7] != place.String() {
			t.Errorf("%s: %q", format, row)
		}
		// What was exported can be imported as it is.
		lacks(t, b.page(b.checked("sites", a.body)), "ne peut pas être importé")
	}
}

func TestASiteIsCreated(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/sites/new")
	has(t, page, "Un site appartient à un client")
	lacks(t, page, `name="longitude"`)
	s.addClient("Banque", 1)
	port := s.addClient("Port", 2)
	has(t, b.page("/admin/sites/new?client="+port.String()), `value="`+port.String()+`" selected`)

	a := b.post("/admin/sites/new", "client", port.String(), "name", " ", "longitude", "400", "latitude", "nord", "description", "<b>gardée</b>")
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce champ est obligatoire.", "au plus 180", "Un nombre est attendu.", `value="400"`, `value="nord"`, "&lt;b&gt;gardée", `value="`+port.String()+`" selected`)
	has(t, b.post("/admin/sites/new", "client", "x", "latitude", "-90,5").body, "Faites un choix dans la liste.", "au moins -90")
	a = b.post("/admin/sites/new", "client", uuid.NewString(), "name", "A", "longitude", "1", "latitude", "1")
	wantStatus(t, "an unknown client", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce client n’existe pas.", `id="field-client-fault"`)

	to := b.goes("/admin/sites/new", "client", port.String(), "name", " Quai 3 ", "longitude", "-4,49", "latitude", "48.39", "description", "une\r\ndeux\r\n")
	page = b.page(to)
	has(t, page, "Le site Quai 3 est créé.", "<dd>-4,49</dd>", "<dd>48,39</dd>", "une\ndeux</dd>", "aucun équipement", `class="carte"`, "/admin/journal?object_type=site&amp;object_id=", "/admin/equipements/new?site=")
	b.language = "en"
	has(t, b.page(to), "<dd>-4.49</dd>", "Base map", "no equipment yet")
}

func TestASiteIsChanged(t *testing.T) {
	s := newSite(t)
	banque, port := s.addClient("Banque", 1), s.addClient("Port", 2)
	place := s.addSite(port, "Quai", 9.459999999999999, 4.25)
	path := "/admin/sites/" + place.String()
	b := s.admin()
	has(t, b.page(path), "<dd>9,46</dd>")
	has(t, b.page(path+"/edit"), `value="Quai"`, `value="9,46"`, `value="4,25"`, `value="`+port.String()+`" selected`, "Modifier Quai")
	a := b.post(path+"/edit", "client", port.String(), "name", "", "longitude", "1", "latitude", "1")
	wantStatus(t, "no name", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Ce champ est obligatoire.", "Modifier Quai")
	a = b.post(path+"/edit", "client", uuid.NewString(), "name", "A", "longitude", "1", "latitude", "1")
	wantStatus(t, "an unknown client", a, http.StatusUnprocessableEntity)
	if to := b.goes(path+"/edit", "client", banque.String(), "name", "Quai 2", "longitude", "1 0,5", "latitude", "0", "description", ""); to != path {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page(path), "Le site Quai 2 est enregistré.", "Banque", "<dd>10,5</dd>", "<dd>0</dd>")
	got, err := s.Parc.Site(t.Context(), place.String())
	if err != nil || got.ClientNom != "Banque" || got.Name != "Quai 2" || got.Longitude != 10.5 || got.Latitude != 0 {
		t.Errorf("%+v %v", got, err)
	}
	for _, p := range []string{"/admin/sites/x", "/admin/sites/" + uuid.NewString(), "/admin/sites/x/edit"} {
		wantStatus(t, p, b.get(p), http.StatusNotFound)
	}
	wantStatus(t, "in capitals", b.get("/admin/sites/"+strings.ToUpper(place.String())), http.StatusOK)
}

func TestTheEquipmentOfASite(t *testing.T) {
	s := newSite(t)
	place := s.addSite(s.addClient("Port", 2), "Quai", 9.5, 4.25)
	s.addEquipements(place, 52)
	path := "/admin/sites/" + place.String()
	page := s.admin().page(path)
	has(t, page, "Cisco C9300", "10.0.0.1", "/admin/equipements/", "Voir les 52 équipements", "/admin/equipements?site="+place.String())
	lacks(t, page, "caché")
	page = s.holder("lecteur", "client_site:read").page(path)
	has(t, page, "<dd>52</dd>", "Port")
	lacks(t, page, "10.0.0.1", "/admin/equipements", path+"/edit", path+"/delete", "/admin/clients", "/admin/journal")
}

func TestASiteIsDeleted(t *testing.T) {
	s := newSite(t)
	client := s.addClient("Port", 2)
	place := s.addSite(client, "Quai", 9.5, 4.25)
	path := "/admin/sites/" + place.String()
	b := s.admin()
	for name, a := range map[string]answer{"asking": b.get(path + "/delete"), "doing": b.post(path + "/delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	has(t, b.page(path+"/delete"), "Supprimer le site Quai", "aucun équipement")
	s.addEquipements(place, 2)
	has(t, b.page(path+"/delete"), "Ses 2 équipements sont supprimés avec lui", `action="`+path+`/delete"`)
	if to := b.goes(path + "/delete"); to != "/admin/sites" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/admin/sites"), "Le site Quai est supprimé.", "Créez le premier")
	wantStatus(t, "afterwards", b.get(path), http.StatusNotFound)
	wantStatus(t, "twice", b.post(path+"/delete"), http.StatusNotFound)
	if n, err := s.Store.Read().CountEquipements(t.Context()); err != nil || n != 0 {
		t.Errorf("%d equipments are left, %v", n, err)
	}
}

func TestSitesNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	place := s.addSite(s.addClient("Port", 2), "Quai", 9.5, 4.25)
	path := "/admin/sites/" + place.String()
	b := s.holder("lecteur", "client_site:read")
	lacks(t, b.page("/admin/sites"), "/admin/sites/new", "/admin/imports", "/admin/clients/")
	for _, p := range []string{"/admin/sites/new", path + "/edit", path + "/delete"} {
		wantStatus(t, p, b.get(p), http.StatusForbidden)
		wantStatus(t, p, b.post(p), http.StatusForbidden)
	}
	none := s.holder("personne", "clients:read")
	for _, p := range []string{"/admin/sites", "/admin/sites/export", path, "/admin/map"} {
		wantStatus(t, p, none.get(p), http.StatusForbidden)
	}
}
