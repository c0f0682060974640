package reference_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"intendant/internal/api"
	"intendant/internal/scolarite/reference"
)

// nobody is an authenticator that knows no caller.
type nobody struct{}

func (nobody) Authenticate(*http.Request) (api.Caller, error) { return nil, nil }

type depart struct {
	Acronym string          `path:"acronym"`
	ID      api.Opt[int64]  `path:"dept_id"`
	Jour    api.Opt[string] `query:"date_courante"`
}

type liste struct {
	ID    int64            `path:"id"`
	Etats []string         `query:"etat"`
	Long  bool             `query:"long" default:"false"`
	Annee api.Opt[int64]   `query:"annee" ge:"1900" le:"2100000"`
	Seuil api.Opt[float64] `query:"seuil"`
}

type adresse struct {
	Ville string `json:"ville" maxlen:"80"`
	Pays  string `json:"pays" default:"France"`
}

type etudiant struct {
	Nom      string             `json:"nom" minlen:"1"`
	Civilite api.Opt[string]    `json:"civilite" enum:"M|F|X"`
	Adresses []adresse          `json:"adresses"`
	Groupes  api.Opt[[]int64]   `json:"groupes" maxlen:"9"`
	Notes    map[string]float64 `json:"notes"`
}

type photo struct {
	Fichier api.Upload `file:"*"`
}

type brut struct {
	Texte []byte `raw:""`
}

type ordre struct {
	IDs []int64 `body:""`
}

func says[In any](context.Context, In) (api.Text, error) { return "", nil }

// system is a small table with everything that the page can show.
func system() *api.System {
	sys := &api.System{Name: "scolarite", Base: "/ScoDoc/api", Departmental: true, Dialect: api.ScoDoc{}, Title: "Essai", Version: "9"}
	sys.Routes = append(sys.Routes, api.Family(
		"Départements",
		api.Get("departements_list", "scodoc:ScoView", says[api.None], "/departements").Doc("Liste les départements."),
		api.Get("departement_etudiants", "scodoc:ScoView", says[depart], "/departement/{acronym}/etudiants", "/departement/id/{dept_id:int}/etudiants").
			Doc("Les étudiants d'un département.").Describe("Par `nom`, puis :\n\n- par **prénom**\n  usuel\n- par `etudid`\n\nExemple :\n\n    /departement/RT/etudiants\n"),
		api.Get("liste", "scodoc:ScoView", says[liste], "/liste/{id:int}/query", "/liste/{id:int}").Doc("Une liste <filtrée>."),
	)...)
	sys.Routes = append(sys.Routes, api.Family(
		"Étudiants",
		api.Post("etudiant_create", "scodoc:EtudInscrit", says[etudiant], "/etudiant/create").Refuses(400).Doc("Crée un étudiant."),
		api.Post("etudiant_photo", "scodoc:EtudChangeAdr", says[photo], "/etudiant/photo").Doc("Dépose une photo.").Extension(),
		api.Post("groupes_save", "scodoc:ScoView", says[brut], "/groupes/save").Doc("Enregistre les groupes."),
		api.Post("groupes_order", "scodoc:ScoView", says[ordre], "/groupes/order").Doc("Range les groupes."),
		api.Get("groupes", "scodoc:ScoView", says[api.None], "/groupes").Doc("Les groupes."),
		api.Post("groupes", "scodoc:ScoView", says[api.None], "/groupes").Doc("Change les groupes."),
		api.Post("token_get", api.SignedIn, says[api.None], "/tokens").Doc("Un jeton."),
		api.Get("ouvert", api.Public, says[api.None], "/ouvert").Doc("Ouvert à tous."),
		api.Get("cache", api.Public, says[api.None], "/cache").Doc("Montré nulle part.").Hidden(),
	)...)
	return sys
}

var exemples = fstest.MapFS{
	"departements_list.txt": {Data: []byte("> GET /ScoDoc/api/departements\n< 200 application/json\n\n" +
		`[{"id": 1, "taux": 12.0, "acronym": "R&T <1>", "vide": [], "rien": {}}, {"id": 2}, {"id": 3}]` + "\n")},
	"etudiant_create.txt": {Data: []byte("> POST /ScoDoc/api/etudiant/create\n> {\"nom\":\n>  \"x\"}\n< 200 application/json\n\n{\"OK\": true}\n")},
}

// serve mounts the page on the table and returns the text of an address.
func serve(t *testing.T, files fstest.MapFS, isProduction bool) (get func(path string) string) {
	t.Helper()
	sys := system()
	page := reference.New(reference.Config{System: sys, Path: "/doc", Document: "/openapi.json", Exemples: files, IsProduction: isProduction})
	sys.Routes = append(sys.Routes, api.Family("documentation", api.Get("doc", api.Public, page.Show, "/doc").Doc("Cette page.").Hidden())...)
	router, err := api.NewRouter(sys)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(&api.Server{Router: router, Authenticator: nobody{}, Fallback: api.FastAPI{}})
	t.Cleanup(srv.Close)
	return func(path string) string {
		t.Helper()
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" || resp.Header.Get("Content-Security-Policy") != api.PagePolicy {
			t.Fatalf("%s: %s %v\n%s", path, resp.Status, resp.Header, body)
		}
		return strings.ReplaceAll(string(body), srv.URL, "SERVEUR")
	}
}

// section is the part of a page under an id.
func section(t *testing.T, page, id string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, ` id="`+id+`"`)
	if !ok {
		t.Fatalf("no %s in the page", id)
	}
	part, _, _ := strings.Cut(rest, "</section>")
	return part
}

// bare is markup without its tags, each line trimmed.
func bare(markup string) string {
	_, markup, _ = strings.Cut(markup, ">") // the end of the opening tag
	markup = regexp.MustCompile(`<(wbr|/?code|/?var|/?span|/?a|/?abbr)\b[^>]*>`).ReplaceAllString(markup, "")
	markup = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(markup, "\n")
	var lines []string
	for line := range strings.Lines(html.UnescapeString(markup)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestPage(t *testing.T) {
	page := serve(t, exemples, false)("/ScoDoc/api/doc")
	for _, tt := range []struct{ name, id, want string }{
		{"the map joins what nothing parts, parameters last", "carte", `Carte syntaxique
Ce qui suit /ScoDoc/api/. Ouvrez un mot ; le ? mène à l'entrée.
departement
id/<int:dept_id>/etudiants?date_courante=<string:date_courante> GET ?
<string:acronym>/etudiants?date_courante=<string:date_courante> GET ?
departements GET ?
etudiant
create POST ?
photo POST ? ext.
groupes
groupes GET ? POST ?
order POST ?
save POST ?
liste/<int:id>
liste/<int:id> GET ?
query?etat=<array[string]:etat>&long=<bool:long>&annee=<int:annee>&seuil=<float:seuil> GET ?
ouvert GET ?
tokens POST ?`},
		{"the table is sorted", "tableau", `Tableau récapitulatif
Route
Méthode
Permission
departement_etudiants
GET
ScoView
departements_list
GET
ScoView
etudiant_create
POST
EtudInscrit
etudiant_photo ext.
POST
EtudChangeAdr
groupes
GET
ScoView
groupes
POST
ScoView
groupes_order
POST
ScoView
groupes_save
POST
ScoView
liste
GET
ScoView
ouvert
GET
Aucune permission requise
token_get
POST
Compte requis`},
		{"an example cut short", "departements_list", `departements_list
Liste les départements.
Route
/ScoDoc/api/departements
Méthode
GET
Permission
ScoView
Exemple de résultat
GET /ScoDoc/api/departements → 200 application/json
[
{
"id": 1,
"taux": 12.0,
"acronym": "R&T <1>",
"vide": [],
"rien": {}
},
{
"id": 2
},
...
]`},
		{"a description, and a parameter of one path of two", "departement_etudiants", `departement_etudiants
Les étudiants d'un département.
Routes
/ScoDoc/api/departement/<string:acronym>/etudiants/ScoDoc/api/departement/id/<int:dept_id>/etudiants
Méthode
GET
Permission
ScoView
Par nom, puis :
par **prénom** usuel
par etudid
Exemple :
/departement/RT/etudiants
Paramètre
Dans
Type
Requis
Par défaut
Limites
acronym
chemin
texte
oui
dept_id
chemin
entier
selon le chemin
date_courante
requête
texte
non`},
		{"a body and its parts", "etudiant_create", `etudiant_create
Crée un étudiant.
Route
/ScoDoc/api/etudiant/create
Méthode
POST
Permission
EtudInscrit
Corps refusé
400
Paramètre
Dans
Type
Requis
Par défaut
Limites
nom
corps
texte
oui
1 caractère au moins
civilite
corps
texte
non
M, F, X
adresses
corps
liste d'objets
oui
adresses.ville
corps
texte
oui
80 caractères au plus
adresses.pays
corps
texte
non
France
groupes
corps
liste d'entiers
non
9 éléments au plus
notes
corps
objet
oui
Exemple de résultat
POST /ScoDoc/api/etudiant/create → 200 application/json
{"nom":
"x"}
{
"OK": true
}`},
		{"a file of any name, ours", "etudiant_photo", `etudiant_photo extension d'Intendant
Dépose une photo.
Route
/ScoDoc/api/etudiant/photo
Méthode
POST
Permission
EtudChangeAdr
Paramètre
Dans
Type
Requis
Par défaut
Limites
(un fichier)
formulaire
fichier
oui`},
	} {
		if got := bare(section(t, page, tt.id)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if got := bare(section(t, page, "groupes_save")); !strings.HasSuffix(got, "(tout le corps)\ncorps\noctets\nnon") {
		t.Errorf("bytes: %s", got)
	}
	if got := bare(section(t, page, "groupes_order")); !strings.HasSuffix(got, "(tout le corps)\ncorps\nliste d'entiers\noui") {
		t.Errorf("a whole body: %s", got)
	}
	if got := bare(section(t, page, "liste")); !strings.Contains(got, "au moins 1900 ; au plus 2100000") {
		t.Errorf("bounds: %s", got)
	}
	if strings.Contains(page, "Montré nulle part") {
		t.Error("a hidden entry is shown")
	}
	if !strings.Contains(page, "Les 11 fonctions auxquelles ce serveur répond, sur 13 chemins.") || !strings.Contains(page, "-X POST SERVEUR/ScoDoc/api/tokens") {
		t.Error("the introduction counts badly or names another server")
	}
}

// TestPageHoldsTogether wants every link of the page to lead somewhere, every
// id once, and nothing inline.
func TestPageHoldsTogether(t *testing.T) {
	page := serve(t, exemples, false)("/ScoDoc/api/doc")
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("two parts have the id %s", m[1])
		}
		ids[m[1]] = true
	}
	links := regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 40 {
		t.Errorf("%d links", len(links))
	}
	for _, m := range links {
		if !ids[m[1]] {
			t.Errorf("a link leads to #%s, which is nowhere", m[1])
		}
	}
	for _, forbidden := range []string{"<style", " style=", "<script", " onclick=", "http://", "https://", "ZgotmplZ"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("%s in the page", forbidden)
		}
	}
}

func TestSearch(t *testing.T) {
	get := serve(t, exemples, false)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"EtudInscrit", []string{"etudiant_create"}},
		{"étudiants département", []string{"departement_etudiants"}},
		{"post GROUPES", []string{"groupes-post", "groupes_order", "groupes_save"}},
		{"compte requis", []string{"token_get"}},
		{"introuvable", nil},
	} {
		page := get("/ScoDoc/api/doc?q=" + url.QueryEscape(tt.query))
		var got []string
		for _, m := range regexp.MustCompile(`class="card ref-entry" id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != strings.Join(tt.want, " ") {
			t.Errorf("%s: got %v, want %v", tt.query, got, tt.want)
		}
		if strings.Contains(page, `id="jeton"`) || !strings.Contains(page, `href="/ScoDoc/api/doc">Toute la référence`) {
			t.Errorf("%s: the whole page is shown, or no way to it", tt.query)
		}
	}
	if page := get("/ScoDoc/api/doc?q=" + url.QueryEscape(`"><b>`)); strings.Contains(page, "<b>") || !strings.Contains(page, "Rien ne correspond") {
		t.Error("what was looked for is not escaped, or found")
	}
}

func TestProfile(t *testing.T) {
	for isProduction, want := range map[bool]string{false: "<strong>reference</strong>", true: "<strong>production</strong>"} {
		page := serve(t, exemples, isProduction)("/ScoDoc/api/doc")
		if part := section(t, page, "profils"); !strings.Contains(part, want) || strings.Contains(part, "RETARD") {
			t.Errorf("%s is not the profile, or what no entry answers is shown: %s", want, part)
		}
	}
}

// TestBadExemple makes of a file that is no exchange an error of the server,
// not a page that hides it.
func TestBadExemple(t *testing.T) {
	for name, text := range map[string]string{
		"no answer":      "> GET /x\n",
		"no empty line":  "> GET /x\n< 200 text/plain\nbody",
		"not json":       "> GET /x\n< 200 application/json\n\n{]\n",
		"cut short":      "> GET /x\n< 200 application/json\n\n[1,\n",
		"something else": "GET /x\n< 200 text/plain\n\nbody",
	} {
		page := reference.New(reference.Config{System: system(), Exemples: fstest.MapFS{"departements_list.txt": {Data: []byte(text)}}})
		if _, err := page.Show(t.Context(), reference.Search{}); err == nil || !strings.Contains(err.Error(), "example of departements_list") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
