package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/parc"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

// place adds a site of a new client and returns its identifier.
func (s *site) place(client string, code int64, name string) string {
	s.t.Helper()
	owner, id := uuid.NewString(), uuid.NewString()
	err := s.Store.Write(s.t.Context(), func(ctx context.Context, q *db.Queries) error {
		now := db.At(time.Now())
		if _, err := q.AddClient(ctx, db.AddClientParams{ClientID: owner, Nom: client, NomKey: plier.Key(client), Code: code, CreatedAt: now}); err != nil {
			return err
		}
		_, err := q.AddSite(ctx, db.AddSiteParams{SiteID: id, ClientID: owner, Name: name, NameKey: plier.Key(name), CreatedAt: now})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// device adds an equipment whose password is "clef de IP" and returns its
// identifier.
func (s *site) device(siteID, ip, marque, modele string) string {
	s.t.Helper()
	made, err := s.Parc.RegisterEquipement(s.t.Context(), parc.NewEquipement{
		IP: parc.Host(ip), SiteID: uuid.MustParse(siteID), Marque: marque, Modele: modele, Sources: []string{"snmp", "ssh"}, Port: 22,
		Username: "exploitation", Password: "clef de " + ip, Description: "Baie de l'étage",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return made.EquipementID
}

func TestTheListOfEquipements(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/equipements")
	has(t, page, "Il n’y a encore aucun équipement", `href="/admin/equipements/new"`, `href="/admin/imports?kind=equipements"`)
	has(t, b.page("/admin/equipements/new"), "il n’y en a encore aucun", `href="/admin/sites/new"`)

	port, mount := s.place("Port de Kribi", 1, "Quai 3"), s.place("Brasseries", 2, "Éclairs")
	s.device(port, "10.0.0.10", "Cisco", "Catalyst 9300")
	s.device(port, "10.0.0.9", "MikroTik", "ccr2004")
	s.device(mount, "baie3.exemple.fr", "cisco", "Nexus")
	for _, c := range []struct{ name, query, want string }{
		{"by address, as numbers", "", "10.0.0.9 10.0.0.10 baie3.exemple.fr"},
		{"by address, backwards", "?sort=-ip", "baie3.exemple.fr 10.0.0.10 10.0.0.9"},
		{"by brand, then model", "?sort=marque", "10.0.0.10 baie3.exemple.fr 10.0.0.9"},
		{"by brand, backwards", "?sort=-marque", "10.0.0.9 baie3.exemple.fr 10.0.0.10"},
		{"by model", "?sort=modele", "10.0.0.10 10.0.0.9 baie3.exemple.fr"},
		{"by model, backwards", "?sort=-modele", "baie3.exemple.fr 10.0.0.9 10.0.0.10"},
		{"by site, without accents", "?sort=site", "baie3.exemple.fr 10.0.0.10 10.0.0.9"},
		{"by site, backwards", "?sort=-site", "10.0.0.9 10.0.0.10 baie3.exemple.fr"},
		{"by an unknown column", "?sort=password", "10.0.0.9 10.0.0.10 baie3.exemple.fr"},
		{"search of an address", "?q=0.0.9", "10.0.0.9"},
		{"search of words apart", "?q=9300+CISCO", "10.0.0.10"},
		{"search of brand and site", "?q=cisco+eclair", "baie3.exemple.fr"},
		{"search of a description and user", "?q=etage+exploit", "10.0.0.9 10.0.0.10 baie3.exemple.fr"},
		{"of a site", "?site=" + port, "10.0.0.9 10.0.0.10"},
		{"of a brand, however it is written", "?marque=cisco", "10.0.0.10 baie3.exemple.fr"},
		{"of both", "?marque=cisco&site=" + port, "10.0.0.10"},
	} {
		if got := rowNames(b.page("/admin/equipements" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	page = b.page("/admin/equipements?marque=cisco&site=" + mount)
	has(t, page, `selected>Éclairs (Brasseries)<`, `<option value="cisco" selected>`, "1 à 1 sur 1", "Tout afficher", `href="/admin/sites/`+mount)
	lacks(t, page, "clef de")
	has(t, b.page("/admin/equipements?q=personne"), "Rien ne correspond", "Tout afficher")
	english := s.admin()
	english.language = "en"
	has(t, english.page("/admin/equipements"), "New equipment", "Brand", "All")
}

func TestEquipementsSortByDate(t *testing.T) {
	s := newSite(t)
	place := s.place("Port de Kribi", 1, "Quai 3")
	for day, ip := range []string{"c", "a", "b"} {
		id := uuid.NewString()
		err := s.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
			return q.AddEquipement(ctx, db.AddEquipementParams{
				EquipementID: id, SiteID: place, IP: ip, Sources: "[]", Password: []byte{}, CreatedAt: db.At(time.Date(2026, 1, 1+day, 23, 30, 0, 0, time.UTC)),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	b := s.admin()
	if got := rowNames(b.page("/admin/equipements?sort=created")); got != "c a b" {
		t.Errorf("by date: %q", got)
	}
	page := b.page("/admin/equipements?sort=-created")
	if got := rowNames(page); got != "b a c" {
		t.Errorf("by date, backwards: %q", got)
	}
	has(t, page, "03/01/2026", `aria-sort="descending"`)
}

func TestTheListOfEquipementsHasPages(t *testing.T) {
	s := newSite(t)
	place := s.place("Port de Kribi", 1, "Quai 3")
	for i := range 60 {
		s.device(place, fmt.Sprintf("10.0.0.%d", i), "Cisco", "X")
	}
	b := s.admin()
	page := b.page("/admin/equipements?q=cisco")
	has(t, page, "1 à 50 sur 60", "page=2", ">10.0.0.49<")
	lacks(t, page, ">10.0.0.50<")
	page = b.page("/admin/equipements?q=cisco&page=2")
	has(t, page, "51 à 60 sur 60", ">10.0.0.50<", ">10.0.0.59<")
	lacks(t, page, ">10.0.0.49<")
}

func TestEquipementsAreExported(t *testing.T) {
	s := newSite(t)
	place := s.place("Port de Kribi", 1, "Quai 3")
	id := s.device(place, "10.0.0.9", "Cisco", "Catalyst 9300")
	s.device(place, "10.0.0.10", "MikroTik", "CCR")
	b := s.admin()
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get("/admin/equipements/export?marque=cisco&format=" + format)
		wantStatus(t, format, a, http.StatusOK)
		if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "equipements."+format) {
			t.Errorf("%s: named %q", format, got)
		}
		sheet, err := tableur.Read("x."+format, []byte(a.body))
		if err != nil {
			t.Fatal(format, err)
		}
		got := fmt.Sprint(sheet.Rows)
		if len(sheet.Rows) != 2 {
			t.Errorf("%s: %v", format, got)
		}
		has(t, got, "Adresse IP", "Modèle", "10.0.0.9", "Catalyst 9300", "Port de Kribi", "Quai 3", "snmp|ssh", id, place)
		lacks(t, got, "clef", "Mot de passe", "MikroTik")
	}
	wantStatus(t, "another format", b.get("/admin/equipements/export?format=pdf"), http.StatusUnprocessableEntity)

	// What was exported may be imported again: nothing is to be done.
	page := b.page(b.checked("equipements", b.get("/admin/equipements/export").body))
	has(t, page, "10.0.0.9", "10.0.0.10")
	lacks(t, page, `class="fault"`)
}

// deviceForm is a sound form of an equipment.
func deviceForm(siteID string) map[string]string {
	return map[string]string{
		"site": siteID, "ip": " baie3.exemple.fr ", "port": "8291", "marque": " MikroTik ", "modele": "CCR", "username": "exploitation",
		"password": "  deux blancs", "description": "Baie 3\r\nétage 2\r\n", "sources": "snmp\r\n\r\n  ssh  \r\n",
	}
}

// send posts the form.
func (b *browser) send(path string, form map[string]string) answer {
	b.t.Helper()
	var pairs []string
	for name, value := range form {
		pairs = append(pairs, name, value)
	}
	return b.post(path, pairs...)
}

func TestAnEquipementIsCreated(t *testing.T) {
	s := newSite(t)
	place := s.place("Port de Kribi", 1, "Quai 3")
	s.device(place, "10.0.0.9", "Cisco", "Catalyst 9300")
	b := s.admin()
	has(t, b.page("/admin/equipements/new"), "Choisissez un site", `<option value="Cisco"></option>`, `autocomplete="new-password"`, `list="marques"`)
	has(t, b.page("/admin/equipements/new?site="+place), `<option value="`+place+`" selected>Quai 3 (Port de Kribi)`)

	a := b.send("/admin/equipements/new", map[string]string{
		"site": place, "ip": "10.0.0.999", "port": "65536", "marque": "  ", "modele": "gardé", "password": "secret tapé", "sources": "snmp\nssh",
	})
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Une adresse IP ou un nom de machine est attendu.", "au plus 65535", "Ce champ est obligatoire.", `value="10.0.0.999"`,
		`value="gardé"`, "snmp\nssh</textarea>", place+`" selected`, `id="field-password-fault"`, "Saisissez de nouveau le mot de passe")
	lacks(t, a.body, "secret tapé")
	a = b.post("/admin/equipements/new")
	wantStatus(t, "an empty form", a, http.StatusUnprocessableEntity)
	if got := strings.Count(a.body, "Ce champ est obligatoire."); got != 4 {
		t.Errorf("%d fields are asked for, want site, address, port and brand", got)
	}
	form := deviceForm(uuid.NewString())
	a = b.send("/admin/equipements/new", form)
	wantStatus(t, "an unknown site", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-site-fault">Faites un choix`)
	form["site"] = "quai"
	has(t, b.send("/admin/equipements/new", form).body, `id="field-site-fault">Faites un choix`)

	a = b.send("/admin/equipements/new", deviceForm(place))
	wantStatus(t, "a sound form", a, http.StatusSeeOther)
	page := b.page(a.location)
	has(t, page, "L’équipement baie3.exemple.fr est créé.", "MikroTik CCR", "8291", "Baie 3\nétage 2</dd>", "<li>snmp</li><li>ssh</li>", "••••",
		`href="/admin/sites/`+place, "Port de Kribi", a.location+"/secret", a.location+"/edit", a.location+"/delete")
	lacks(t, page, "deux blancs")
	b.elevate()
	has(t, b.page(a.location+"/secret"), `id="secret">  deux blancs</code>`)
	if lines := s.journal(); lines[len(lines)-1] != "equipement.reveal MikroTik CCR baie3.exemple.fr" {
		t.Errorf("journal: %q", lines[len(lines)-1])
	}
}

func TestAnEquipementIsChanged(t *testing.T) {
	s := newSite(t)
	port, mount := s.place("Port de Kribi", 1, "Quai 3"), s.place("Brasseries", 2, "Éclairs")
	id := s.device(port, "10.0.0.9", "Cisco", "Catalyst 9300")
	path := "/admin/equipements/" + id
	b := s.admin()
	page := b.page(path + "/edit")
	has(t, page, port+`" selected`, `value="10.0.0.9"`, `value="22"`, `value="Cisco"`, `value="Catalyst 9300"`, `value="exploitation"`, "snmp\nssh</textarea>", "reste le même")
	lacks(t, page, "clef de", "Choisissez un site")

	form := deviceForm(port)
	form["port"] = "abc"
	a := b.send(path+"/edit", form)
	wantStatus(t, "a faulty form", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Un nombre entier est attendu.", `value="abc"`, `action="`+path+`/edit"`, "Modifier Cisco Catalyst 9300")

	form = deviceForm(mount)
	delete(form, "password")
	form["sources"], form["description"], form["username"] = "", "", ""
	a = b.send(path+"/edit", form)
	wantStatus(t, "a sound form", a, http.StatusSeeOther)
	page = b.page(path)
	has(t, page, "L’équipement baie3.exemple.fr est enregistré.", "Éclairs", "Brasseries")
	lacks(t, page, "exploitation", "<li>snmp", "Quai 3")
	b.elevate()
	has(t, b.page(path+"/secret"), ">clef de 10.0.0.9</code>")
	lines, err := s.Store.Read().JournalLines(t.Context(), db.JournalLinesParams{Action: "equipement.update", Since: "0", Until: "9999", RowLimit: -1})
	if err != nil || len(lines) != 1 {
		t.Fatalf("journal: %v %v", lines, err)
	}
	var before, after struct{ Site, IP, Password string }
	if err := json.Unmarshal([]byte(*lines[0].Before), &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(*lines[0].After), &after); err != nil {
		t.Fatal(err)
	}
	if before.Site != "Quai 3" || after.Site != "Éclairs" || before.IP != "10.0.0.9" || after.Password != "********" {
		t.Errorf("journal: %+v, then %+v", before, after)
	}

	form["password"] = "autre clef"
	b.send(path+"/edit", form)
	has(t, b.page(path+"/secret"), ">autre clef</code>")
	form["site"] = uuid.NewString()
	has(t, b.send(path+"/edit", form).body, `id="field-site-fault">Faites un choix`)
	for _, unknown := range []string{"/admin/equipements/" + uuid.NewString(), "/admin/equipements/x/edit", "/admin/equipements/x/delete", "/admin/equipements/x/secret"} {
		wantStatus(t, unknown, b.get(unknown), http.StatusNotFound)
	}
	wantStatus(t, "an identifier in capitals", b.get("/admin/equipements/"+strings.ToUpper(id)), http.StatusOK)
}

func TestASecretIsRevealed(t *testing.T) {
	s := newSite(t)
	place := s.place("Port de Kribi", 1, "Quai 3")
	path := "/admin/equipements/" + s.device(place, "10.0.0.9", "Cisco", "Catalyst 9300")
	b := s.holder("paul", "equipements:read", "equipements:secret")
	has(t, b.page(path), path+"/secret", "Révéler")
	before := len(s.journal())
	if a := b.get(path + "/secret"); !strings.HasPrefix(a.location, "/admin/confirm?next=") {
		t.Fatalf("not elevated: %d to %q", a.status, a.location)
	}
	if got := s.journal(); len(got) != before {
		t.Errorf("journal: %v", got[before:])
	}
	b.elevate()
	a := b.get(path + "/secret")
	wantStatus(t, "elevated", a, http.StatusOK)
	has(t, a.body, `<code class="secret" id="secret">clef de 10.0.0.9</code>`, `data-copy="secret" data-copied="Copié"`, "Masquer")
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: %q", got)
	}
	lacks(t, b.page(path), "clef de")
	if err := s.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		lines, err := q.JournalLines(ctx, db.JournalLinesParams{Action: "equipement.reveal", Since: "0", Until: "9999", RowLimit: -1})
		if err == nil && (len(lines) != 1 || lines[0].Account != "paul" || lines[0].Before != nil || lines[0].After != nil) {
			t.Errorf("journal: %+v", lines)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAnEquipementIsDeleted(t *testing.T) {
	s := newSite(t)
	path := "/admin/equipements/" + s.device(s.place("Port de Kribi", 1, "Quai 3"), "10.0.0.9", "Cisco", "Catalyst 9300")
	b := s.admin()
	for _, a := range []answer{b.get(path + "/delete"), b.post(path + "/delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("not elevated: %d to %q", a.status, a.location)
		}
	}
	b.elevate()
	has(t, b.page(path+"/delete"), "Supprimer Cisco Catalyst 9300 ?", "10.0.0.9 du site Quai 3")
	wantStatus(t, "only asked", b.get(path), http.StatusOK)
	if to := b.goes(path + "/delete"); to != "/admin/equipements" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/admin/equipements"), "L’équipement Cisco Catalyst 9300 est supprimé.", "aucun équipement")
	wantStatus(t, "deleted", b.get(path), http.StatusNotFound)
	wantStatus(t, "twice", b.post(path+"/delete"), http.StatusNotFound)
}

func TestEquipementsNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	place := s.place("Port de Kribi", 1, "Quai 3")
	path := "/admin/equipements/" + s.device(place, "10.0.0.9", "Cisco", "Catalyst 9300")
	b := s.holder("claire", "equipements:read")
	b.elevate()
	page := b.page("/admin/equipements")
	has(t, page, "10.0.0.9", "Quai 3")
	lacks(t, page, "/admin/equipements/new", "/admin/imports", "/admin/sites/")
	page = b.page(path)
	has(t, page, "Quai 3", "••••")
	lacks(t, page, path+"/", "/admin/sites/", "/admin/clients/", "/admin/journal")
	for _, refused := range []string{"/admin/equipements/new", path + "/edit", path + "/delete", path + "/secret"} {
		wantStatus(t, refused, b.get(refused), http.StatusForbidden)
	}
	for _, refused := range []string{"/admin/equipements/new", path + "/edit", path + "/delete"} {
		wantStatus(t, "POST "+refused, b.send(refused, deviceForm(place)), http.StatusForbidden)
	}
	wantStatus(t, "the list without equipements:read", s.holder("paul", "client_site:read").get("/admin/equipements"), http.StatusForbidden)
	// Who keeps equipment may have to do so without the passwords.
	keeper := s.holder("keeper", "equipements:read", "equipements:update")
	form := deviceForm(place)
	delete(form, "password")
	wantStatus(t, "a change", keeper.send(path+"/edit", form), http.StatusSeeOther)
	password, err := s.Store.Read().Equipement(t.Context(), strings.TrimPrefix(path, "/admin/equipements/"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := s.Keys.Unseal(password.Password, "equipements.password:"+password.EquipementID); err != nil || string(plain) != "clef de 10.0.0.9" {
		t.Errorf("password %q, %v", plain, err)
	}
}
