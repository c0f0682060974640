package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

// upload sends a file with the kind of list it holds.
func (b *browser) upload(kind, name string, data []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("kind", kind); err != nil {
		b.t.Fatal(err)
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, "/admin/imports", w.FormDataContentType(), &body)
}

// checked uploads a list that can be read and returns the path of its check.
func (b *browser) checked(kind, data string) string {
	b.t.Helper()
	a := b.upload(kind, "liste.csv", []byte(data))
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("upload: %d\n%s", a.status, a.body)
	}
	return a.location
}

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// confirmed confirms a check and returns the page of the result.
func (b *browser) confirmed(path string) string {
	b.t.Helper()
	seen := seenField.FindStringSubmatch(b.page(path))
	if seen == nil {
		b.t.Fatalf("%s has nothing to confirm", path)
	}
	if to := b.goes(path+"/confirm", "seen", seen[1]); to != path+"/progress" {
		b.t.Fatalf("confirmed: %s", to)
	}
	for {
		page := b.page(path + "/progress")
		if !strings.Contains(page, `http-equiv="refresh"`) {
			return page
		}
		has(b.t, page, "<progress ")
	}
}

// withClient adds the client 1001 and a site on it, and returns both
// identifiers.
func (s *site) withClient() (client, place string) {
	s.t.Helper()
	client, place = uuid.NewString(), uuid.NewString()
	err := s.Store.Write(s.t.Context(), func(ctx context.Context, q *db.Queries) error {
		now := db.At(time.Now())
		if _, err := q.AddClient(ctx, db.AddClientParams{ClientID: client, Nom: "Port de Kribi", NomKey: plier.Key("Port de Kribi"), Code: 1001, CreatedAt: now}); err != nil {
			return err
		}
		_, err := q.AddSite(ctx, db.AddSiteParams{SiteID: place, ClientID: client, Name: "Quai 3", NameKey: "quai 3", Longitude: 9.5, Latitude: 4.25, Description: "ancien", CreatedAt: now})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return client, place
}

func (s *site) siteNames() string {
	s.t.Helper()
	rows, err := s.Store.Read().SitesWithClient(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range rows {
		names[r.Name+" ("+r.Description+")"] = true
	}
	return fmt.Sprint(names)
}

const siteList = "client;nom;longitude;latitude;description;couleur\n1001;Quai 4;9,7;4,1;neuf;x\n1001;QUAI-3;9,5;4,25;changé;x\n"

func TestImportingSites(t *testing.T) {
	s := newSite(t)
	s.withClient()
	b := s.admin()
	page := b.page("/admin/imports?kind=equipements")
	has(t, page, `enctype="multipart/form-data"`, `<option value="equipements" selected>`, "Importer une liste", "Mot de passe", "obligatoire", `href="/admin/imports"`)
	path := b.checked("sites", siteList)
	page = b.page(path)
	has(t, page, "ligne à créer", "ligne à mettre à jour", "Colonne inconnue, ignorée : couleur", "Rien n’est encore enregistré.", "Création", "Mise à jour", "9,7", "QUAI-3", "liste.csv")
	if got := s.siteNames(); got != "map[Quai 3 (ancien):true]" {
		t.Errorf("the check wrote: %s", got)
	}
	for _, act := range []string{"/confirm", "/cancel", "/progress"} {
		if a := b.get(path + act); a.location != path {
			t.Errorf("GET %s leads to %q (%d)", act, a.location, a.status)
		}
	}
	page = b.confirmed(path)
	has(t, page, "Importation terminée", "Tout le fichier est enregistré.", `href="/admin/sites"`)
	if got := s.siteNames(); got != "map[QUAI-3 (changé):true Quai 4 (neuf):true]" {
		t.Errorf("imported: %s", got)
	}
	if a := b.get(path); a.location != path+"/progress" {
		t.Errorf("the check of a finished import leads to %q", a.location)
	}
	if to := b.goes(path+"/confirm", "seen", "x"); to != path+"/progress" {
		t.Errorf("confirmed again: %q", to)
	}
	has(t, b.page(b.checked("sites", siteList)), "ne change rien")
}

func TestImportingEquipementFromAWorkbook(t *testing.T) {
	s := newSite(t)
	s.withClient()
	b := s.admin()
	template := b.get("/admin/imports/template?kind=equipements&format=xlsx")
	if template.status != http.StatusOK {
		t.Fatal(template.status)
	}
	data := []byte(template.body)
	a := b.upload("equipements", "modele.xlsx", data)
	has(t, b.page(a.location), "Ce site n’existe pas.", "Terminal à conteneurs", "modele.xlsx")
	sheet, err := tableur.Read("x", data)
	if err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	for _, row := range sheet.Rows {
		csv.WriteString(strings.ReplaceAll(strings.Join(row.Cells, "\t"), "Terminal à conteneurs", "Quai 3") + "\n")
	}
	page := b.confirmed(b.checked("equipements", csv.String()))
	has(t, page, "Voir les équipements", `href="/admin/equipements"`)
	rows, err := s.Store.Read().AllEquipements(t.Context())
	if err != nil || len(rows) != 1 || rows[0].IP != "10.0.3.1" || rows[0].Port != 22 || rows[0].Sources != `["snmp","ssh"]` {
		t.Errorf("%+v %v", rows, err)
	}
}

func TestTemplatesAreAcceptedInBothLanguages(t *testing.T) {
	s := newSite(t)
	s.withClient()
	for _, language := range []string{"fr", "en"} {
		for _, kind := range []string{"sites", "equipements"} {
			b := s.admin()
			b.language = language
			a := b.get("/admin/imports/template?kind=" + kind + "&format=csv")
			if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Type"), "text/csv") {
				t.Fatalf("%s %s: %d", kind, language, a.status)
			}
			page := b.page(b.checked(kind, a.body))
			lacks(t, page, "ignorée", "ignored", "missing", "manque")
			if a := b.get("/admin/imports/template?kind=" + kind + "&format=pdf"); a.status != http.StatusUnprocessableEntity {
				t.Errorf("as PDF: %d", a.status)
			}
		}
	}
}

func TestFaultsOfAnImport(t *testing.T) {
	s := newSite(t)
	s.withClient()
	b := s.admin()
	path := b.checked("sites", "client;nom;longitude;latitude\n1001;<b>A</b>;200;4\n9;B;1;abc\n1001;C;1;1\n1001;c;1;1\n")
	page := b.page(path)
	has(t, page, "Le fichier ne peut pas être importé", "Ligne 2", "La longitude va de -180 à 180 degrés.", "200", "Aucun client n’a ce code ni ce nom.", "Un nombre est attendu.", "C’est le même élément qu’à la ligne 4.")
	lacks(t, page, "/confirm", "<b>A")
	a := b.post(path+"/confirm", "seen", "x")
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("a faulty sheet was confirmed: %d to %q", a.status, a.location)
	}
	if got := s.siteNames(); got != "map[Quai 3 (ancien):true]" {
		t.Errorf("it was imported: %s", got)
	}
	for _, format := range []string{"csv", "xlsx"} {
		a := b.get(path + "/faults?format=" + format)
		sheet, err := tableur.Read("x", []byte(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if len(sheet.Rows) != 5 || strings.Join(sheet.Rows[1].Cells, "|") != "2|longitude|200|La longitude va de -180 à 180 degrés." {
			t.Errorf("%s: %+v", format, sheet.Rows)
		}
	}
	b.language = "en"
	has(t, b.page(path), "A longitude goes from -180 to 180 degrees.", "faulty rows", "Line 2")

	var many strings.Builder
	many.WriteString("client;nom;longitude;latitude\n")
	for i := range 250 {
		fmt.Fprintf(&many, "9;Site %d;1;1\n", i)
	}
	page = b.page(b.checked("sites", many.String()))
	has(t, page, "And 50 more faults.", "Line 201")
	lacks(t, page, "Line 202")
}

func TestFilesThatCannotBeRead(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	for name, c := range map[string]struct{ kind, file, data, want string }{
		"no file":      {"sites", "", "", "Ce champ est obligatoire."},
		"unknown kind": {"clients", "a.csv", "a;b\n", "Faites un choix dans la liste."},
		"empty":        {"sites", "a.csv", "\n\n", "Ce fichier est vide."},
		"binary":       {"sites", "a.csv", "a\x00b", "Ce fichier n’est ni un classeur XLSX ni du texte CSV."},
		"workbook":     {"sites", "a.xlsx", "PK\x03\x04abc", "Ce classeur XLSX est illisible."},
		"open quote":   {"equipements", "a.csv", "a;b\nc;\"d\n", "Ligne 2 : Un guillemet n’est jamais refermé."},
		"too large":    {"sites", "a.csv", strings.Repeat("a", tableur.MaxBytes+1), "Ce fichier est trop volumineux."},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.upload(c.kind, c.file, []byte(c.data))
			if a.status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", a.status)
			}
			has(t, a.body, c.want)
			if c.kind != "clients" {
				has(t, a.body, `<option value="`+c.kind+`" selected>`)
			}
		})
	}
	if a := b.upload("sites", "a.csv", bytes.Repeat([]byte("a"), tableur.MaxBytes+2<<20)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("over the limit of the request: %d", a.status)
	}
}

func TestTheBaseChangesBeforeTheConfirmation(t *testing.T) {
	s := newSite(t)
	client, place := s.withClient()
	b := s.admin()
	path := b.checked("sites", siteList)
	seen := seenField.FindStringSubmatch(b.page(path))[1]
	err := s.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		if _, err := q.DeleteSite(ctx, place); err != nil {
			return err
		}
		_, err := q.DeleteClient(ctx, client)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := b.post(path+"/confirm", "seen", seen)
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", a.status)
	}
	has(t, a.body, "Les données ont changé depuis la vérification.", "Ligne 2", "Aucun client n’a ce code ni ce nom.")
	if got := s.siteNames(); got != "map[]" {
		t.Errorf("imported: %s", got)
	}
}

// The base changes after the import was started, while it waits for another
// write.
func TestAnImportThatFails(t *testing.T) {
	s := newSite(t)
	client, place := s.withClient()
	b := s.admin()
	path := b.checked("sites", siteList)
	seen := seenField.FindStringSubmatch(b.page(path))[1]
	started, release, written := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		written <- s.Store.Write(context.Background(), func(ctx context.Context, q *db.Queries) error {
			close(started)
			<-release
			if _, err := q.DeleteSite(ctx, place); err != nil {
				return err
			}
			_, err := q.DeleteClient(ctx, client)
			return err
		})
	}()
	<-started
	b.goes(path+"/confirm", "seen", seen)
	has(t, b.page(path+"/progress"), `http-equiv="refresh"`, `<progress id="import-progress" value="0" max="2">`, "0 lignes sur 2", "Importation en cours")
	if a := b.get(path); a.location != path+"/progress" {
		t.Errorf("the check of a running import leads to %q", a.location)
	}
	close(release)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	page := b.page(path + "/progress")
	for strings.Contains(page, `http-equiv="refresh"`) {
		page = b.page(path + "/progress")
	}
	has(t, page, "Importation abandonnée", "Rien n’a été enregistré.", "Les données ont changé depuis la vérification.",
		"Ligne 2 (Port de Kribi) : Aucun client n’a ce code ni ce nom.", `href="`+path+`"`)
	if got := s.siteNames(); got != "map[]" {
		t.Errorf("imported: %s", got)
	}
	has(t, b.page(path), "Aucun client n’a ce code ni ce nom.")
}

func TestCancellingAnImport(t *testing.T) {
	s := newSite(t)
	s.withClient()
	b := s.admin()
	path := b.checked("sites", siteList)
	if to := b.goes(path + "/cancel"); to != "/admin/imports" {
		t.Errorf("leads to %q", to)
	}
	has(t, b.page("/admin/imports"), "Le fichier est oublié ; rien n’a été importé.")
	for _, more := range []string{"", "/faults", "/progress"} {
		if a := b.get(path + more); a.status != http.StatusNotFound {
			t.Errorf("%s is still there: %d", more, a.status)
		}
	}
	if a := b.post(path + "/cancel"); a.status != http.StatusNotFound {
		t.Errorf("cancelled twice: %d", a.status)
	}
}

func TestWhoMayImport(t *testing.T) {
	s := newSite(t)
	s.withClient()
	path := s.admin().checked("sites", siteList)
	for _, c := range []struct {
		name        string
		permissions []string
		kinds       string
	}{
		{"lecteur", []string{"client_site:read", "equipements:read"}, ""},
		{"moitie", []string{"client_site:create", "equipements:update"}, ""},
		{"sites", []string{"client_site:create", "client_site:update"}, "sites"},
		{"machines", []string{"equipements:create", "equipements:update"}, "equipements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.holder(c.name, c.permissions...)
			a := b.get("/admin/imports")
			if a.status != http.StatusOK || strings.Contains(a.body, "n’avez le droit") != (c.kinds == "") {
				t.Errorf("the page: %d %s", a.status, a.body)
			}
			if isOffered := strings.Contains(b.page("/admin/"), `<li><a href="/admin/imports">`); isOffered != (c.kinds != "") {
				t.Errorf("the menu leads there: %t", isOffered)
			}
			for _, kind := range []string{"sites", "equipements"} {
				isAllowed := kind == c.kinds
				if strings.Contains(a.body, `<option value="`+kind+`"`) != isAllowed {
					t.Errorf("%s is offered: %t", kind, !isAllowed)
				}
				want := http.StatusForbidden
				if isAllowed {
					want = http.StatusSeeOther
				}
				if a := b.upload(kind, "a.csv", []byte("client;nom\n")); a.status != want {
					t.Errorf("upload of %s: %d", kind, a.status)
				}
				if a := b.get("/admin/imports/template?kind=" + kind); (a.status == http.StatusOK) != isAllowed {
					t.Errorf("template of %s: %d", kind, a.status)
				}
			}
			if a := b.get(path); a.status != http.StatusNotFound {
				t.Errorf("the sheet of another: %d", a.status)
			}
			if a := b.post(path+"/confirm", "seen", "x"); a.status != http.StatusNotFound {
				t.Errorf("confirm the sheet of another: %d", a.status)
			}
		})
	}
}
