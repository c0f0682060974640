package competences

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func file(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "orebut.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inJSON is the framework of orebut.xml as servers answer it.
const inJSON = `{"dept_id": 5, "id": 3, "annexe": "17", "specialite": "INFO", "specialite_long": "Informatique & numérique", "type_structure": "type1",
"type_departement": "secondaire", "type_titre": "B.U.T.", "version_orebut": "2021-12-11 00:00:00", "scodoc_orig_filename": "but-INFO.xml",
"competences": {
 "Réaliser": {"id": 41, "id_orebut": "11111111111111111111111111111111", "titre": "Réaliser", "titre_long": "Développer une application", "couleur": "c1", "numero": 1,
  "situations": [{"libelle": "En concevant une application mobile"}, "En intégrant une application dans un environnement"],
  "composantes_essentielles": [{"libelle": "En respectant les besoins décrits par le client"}],
  "niveaux": {"BUT1": {"libelle": "Développer des applications simples", "annee": "BUT1", "ordre": 1, "app_critiques": {
    "AC11.01": {"libelle": "Implémenter des conceptions simples", "oid": 1}, "AC11.02": {"libelle": "Élaborer des conceptions simples"}}},
   "BUT2": {"libelle": "Partir des exigences", "ordre": 2, "app_critiques": []}}},
 "Optimiser": {"id_orebut": "22222222222222222222222222222222", "titre_long": "Proposer des applications optimisées", "couleur": "c2", "numero": 2,
  "situations": [], "composantes_essentielles": [],
  "niveaux": {"BUT1": {"libelle": "Appréhender les structures de données", "annee": "BUT1", "ordre": 1, "app_critiques": {"AC12.01": {"libelle": "Analyser un problème avec méthode"}}}}}},
"parcours": {
 "A": {"code": "A", "numero": 0, "libelle": "Réalisation d'applications", "annees": {
  "1": {"ordre": 1, "competences": {"Réaliser": {"niveau": 1, "id_orebut": "11111111111111111111111111111111"}, "Optimiser": {"niveau": 1}}},
  "2": {"ordre": 2, "competences": {"Réaliser": {"niveau": 2}}}}},
 "B": {"numero": 1, "libelle": "Déploiement d'applications", "annees": {"1": {"ordre": 1, "competences": {"Réaliser": {"niveau": 1}}}}}}}`

func TestBothFormsSayTheSame(t *testing.T) {
	fromXML, err := Read([]byte(file(t)))
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := Read([]byte(inJSON))
	if err != nil {
		t.Fatal(err)
	}
	if fromJSON.OrigFilename != "but-INFO.xml" {
		t.Errorf("file name %q", fromJSON.OrigFilename)
	}
	fromJSON.OrigFilename = ""
	if diff := cmp.Diff(fromXML, fromJSON); diff != "" {
		t.Errorf("(-XML +JSON)\n%s", diff)
	}
	want := []Parcours{
		{"A", "Réalisation d'applications", 0, []Annee{{1, []NiveauAtteint{{0, 1}, {1, 1}}}, {2, []NiveauAtteint{{0, 2}}}}},
		{"B", "Déploiement d'applications", 1, []Annee{{1, []NiveauAtteint{{0, 1}}}}},
	}
	if diff := cmp.Diff(want, fromXML.Parcours); diff != "" {
		t.Errorf("tracks (-want +got)\n%s", diff)
	}
}

func TestVariationsOfXML(t *testing.T) {
	want, err := Read([]byte(file(t)))
	if err != nil {
		t.Fatal(err)
	}
	varied := strings.NewReplacer(
		"nom_court=", "titre=", `couleur="c1" id=`, `couleur="c1" id_orebut=`, `annee="BUT1"`, `annee="1"`, `annee="BUT2"`, `annee="BUT 2"`,
		`niveau="1" id="22222222222222222222222222222222"`, `niveau="1" nom="Optimiser"`, `type="B.U.T."`, `type_titre="B.U.T."`, `version="2021`, `version_orebut="2021`,
	).Replace(file(t))
	varied = strings.Replace(varied, `<?xml version_orebut=`, `<?xml version=`, 1)
	got, err := Read([]byte(varied))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct{ from, old, new, want string }{
		{inJSON, `"specialite": "INFO"`, `"specialite": ""`, "specialite : manquant"},
		{inJSON, `"titre": "Réaliser"`, `"titre": "Optimiser"`, "competences.Optimiser.titre : en double ; parcours.A.annees.1.competences.Optimiser : en double ; parcours.A.annees.2.competences.Réaliser : compétence inconnue ; parcours.B.annees.1.competences.Réaliser : compétence inconnue"},
		{inJSON, `"annee": "BUT1", "ordre": 1, "app_critiques": {` + "\n", `"annee": "BUT2", "ordre": 1, "app_critiques": {` + "\n", "competences.Réaliser.niveaux.BUT2.annee : en double"},
		{inJSON, `"annee": "BUT1"`, `"annee": "L1"`, "competences.Réaliser.niveaux.BUT1.annee : BUT1, BUT2 ou BUT3 attendu ; competences.Optimiser.niveaux.BUT1.annee : BUT1, BUT2 ou BUT3 attendu"},
		{inJSON, `"2": {"ordre": 2,`, `"2": {"ordre": 1,`, "parcours.A.annees.2.ordre : en double"},
		{inJSON, `"2": {"ordre": 2,`, `"2": {`, "parcours.A.annees.2.ordre : manquant"},
		{inJSON, `"2": {"ordre": 2,`, `"2": {"ordre": 4,`, "parcours.A.annees.2.ordre : hors limites (de 1 à 3)"},
		{inJSON, `"numero": 1, "libelle": "Dép`, `"code": "A", "libelle": "Dép`, "parcours.B.code : en double"},
		{file(t), `code="AC11.02"`, `code="AC11.01"`, "ligne 17, ac.code : en double"},
		{file(t), `nom_court="Optimiser"`, ``, "ligne 23, competence.nom_court : manquant"},
		{file(t), `<competence niveau="2" id="1`, `<competence niveau="2" id="3`, "ligne 37, competence : compétence inconnue"},
		{file(t), "referentiel_competence", "referentiel", "ligne 3, referentiel : référentiel de compétences attendu"},
		{`{"specialite": "X"}`, "", "", "competences : aucune compétence"},
		{`[]`, "", "", "référentiel de compétences attendu"},
	} {
		text := tt.from
		if tt.old != "" {
			if text = strings.ReplaceAll(text, tt.old, tt.new); text == tt.from {
				t.Fatalf("no %s", tt.old)
			}
		}
		if _, err := Read([]byte(text)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v\nwant %s", tt.new, err, tt.want)
		}
	}
}

// FuzzReadJSON checks that what is read keeps its word.
func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{inJSON, `{}`, `{"specialite": "X", "competences": {"A": {}}, "parcours": []}`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, ReadJSON, data) })
}

// FuzzReadXML is FuzzReadJSON for XML.
func FuzzReadXML(f *testing.F) {
	for _, seed := range []string{file(f), `<referentiel_competence/>`, `<a>&lt;</a>`, `<!DOCTYPE a>`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, ReadXML, data) })
}

func check(t *testing.T, read func([]byte) (Referentiel, error), data []byte) {
	ref, err := read(data)
	if err != nil {
		return
	}
	titles, codes := map[string]bool{}, map[string]bool{}
	for _, c := range ref.Competences {
		if c.Titre == "" || titles[c.Titre] || len(c.Niveaux) > 3 {
			t.Fatalf("competence %+v", c)
		}
		titles[c.Titre] = true
	}
	for _, p := range ref.Parcours {
		if p.Code == "" || codes[p.Code] || len(p.Annees) > 3 {
			t.Fatalf("track %+v", p)
		}
		codes[p.Code] = true
		for _, a := range p.Annees {
			for _, n := range a.Niveaux {
				if n.Competence < 0 || n.Competence >= len(ref.Competences) {
					t.Fatalf("year %+v", a)
				}
			}
		}
	}
}
