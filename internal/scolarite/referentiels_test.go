package scolarite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

// testFile is the text of a file of testdata.
func testFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantSame compares two answers.
func wantSame(t testing.TB, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got)\n%s", what, d)
	}
}

func TestReferentielCompetences(t *testing.T) {
	s := open(t)
	s.example("referentiel_competences", request{to: "GET formation/1/referentiel_competences", as: chef})
	if got := s.get("formation/2/referentiel_competences").line(); got != "200 null" {
		t.Error(got)
	}
	s.example("departement_referentiels", request{to: "GET departement/RT/referentiels", as: chef})
	if got := s.get("departement/GEA/referentiels").line(); got != "200 []" {
		t.Error(got)
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formation/1/referentiel_competences"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "GET formation/1/referentiel_competences", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET formation/99/referentiel_competences", as: chef}, "404 formation inconnue"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/formation/1/referentiel_competences", as: chef}, "404 formation inconnue"},
		{"list, nobody", request{to: "GET departement/RT/referentiels"}, "401 Non autorise (logic)"},
		{"list, without the permission", request{to: "GET departement/RT/referentiels", as: other}, "403 permission requise : ScoView"},
		{"list of nothing", request{to: "GET departement/XX/referentiels", as: chef}, "404 département inconnu"},
		{"list of another", request{to: "GET /ScoDoc/GEA/api/departement/RT/referentiels", as: chef}, "404 département inconnu"},
	})
}

func TestNoReferentielInProduction(t *testing.T) {
	s := openWire(t, scolarite.Production)
	if got := s.get("formation/2/referentiel_competences").line(); got != "200 {}" {
		t.Error(got)
	}
}

// idsOut takes out of an answer what differs from one base to another.
func idsOut(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"id", "oid", "dept_id", "scodoc_date_loaded"} {
			delete(v, name)
		}
		for _, member := range v {
			idsOut(member)
		}
	case []any:
		for _, item := range v {
			idsOut(item)
		}
	}
	return v
}

func TestReferentielImport(t *testing.T) {
	s := open(t)
	xml := s.example("referentiel_competences_import", request{
		to: "POST departement/GEA/referentiel_competences/import?filename=but-info.xml", as: chef, body: testFile(t, "orebut.xml"),
	})
	if got := s.value("SELECT action || ' ' || object_name FROM journal ORDER BY id DESC LIMIT 1"); got != "referentiel.import INFO" {
		t.Errorf("journal: %s", got)
	}
	// What an answer says can be loaded elsewhere, and says the same there.
	json := s.post("/ScoDoc/RT/api/departement/RT/referentiel_competences/import", xml.body)
	want, got := idsOut(xml.json(t)), idsOut(json.json(t))
	wantSame(t, "JSON of the answer", want, got)
	again := s.get("formation/1/referentiel_competences")
	if a := s.post("departement/GEA/referentiel_competences/import", again.body); a.StatusCode != 200 {
		t.Fatal(a.line())
	} else {
		wantSame(t, "the fixture's", idsOut(again.json(t)), idsOut(a.json(t)))
		// The order is kept too.
		for _, pair := range [][2]string{{`"Administrer":{`, `"Connecter":{`}, {`"Connecter":{`, `"Sécuriser":{`}, {`"Cyber":{`, `"DevCloud":{`}} {
			if strings.Index(a.body, pair[0]) > strings.Index(a.body, pair[1]) {
				t.Errorf("%s comes after %s", pair[0], pair[1])
			}
		}
	}
	to := "POST departement/GEA/referentiel_competences/import"
	s.refuses([]refusal{
		{"nobody", request{to: to, body: "{}"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: to, as: holding("", scolarite.ScoView), body: "{}"}, "403 permission requise : EditFormation"},
		{"unknown department", request{to: "POST departement/XX/referentiel_competences/import", as: chef, body: "{}"}, "404 département inconnu"},
		{"another department", request{to: "POST /ScoDoc/RT/api/departement/GEA/referentiel_competences/import", as: chef, body: "{}"}, "404 département inconnu"},
		{"twice", request{to: to, as: chef, body: testFile(t, "orebut.xml")}, "409 ce référentiel de compétences est déjà chargé (id 2)"},
		{"nothing", request{to: to, as: chef}, "400 ligne 1, colonne 1 : JSON invalide"},
		{"broken JSON", request{to: to, as: chef, body: "{\n \"specialite\": }"}, "400 ligne 2, colonne 16 : JSON invalide"},
		{"broken XML", request{to: to, as: chef, body: "<referentiel_competence>\n<competences>\n</x>"}, "400 ligne 3 : XML invalide"},
		{
			"faults",
			request{to: to, as: chef, body: `{"competences": {"Coder": {"numero": "un", "niveaux": {"BUT4": {}}}}, "parcours": {"A": {"annees": {"1": {"ordre": 1, "competences": {"Lire": {}}}}}}}`},
			"400 specialite : manquant ; competences.Coder.numero : entier attendu ; competences.Coder.niveaux.BUT4.annee : BUT1, BUT2 ou BUT3 attendu ; parcours.A.annees.1.competences.Lire : compétence inconnue",
		},
		{"long file name", request{to: to + "?filename=" + strings.Repeat("x", 256), as: chef, body: testFile(t, "orebut.xml")}, "404 param 'filename': trop long (255 caractères au plus)"},
	})
	if got := s.value("SELECT count(*) FROM referentiels"); got != "4" {
		t.Errorf("%s frameworks", got)
	}
}

func TestSetReferentiel(t *testing.T) {
	s := open(t)
	to := "formation/3/referentiel_competences"
	s.example("formation_set_referentiel", request{to: "POST " + to, as: chef, body: `{"referentiel_competence_id": 1}`})
	if got := s.value("SELECT referentiel_id FROM formations WHERE id = 3"); got != "1" {
		t.Errorf("framework %s", got)
	}
	if got := s.value("SELECT action || ' ' || before || ' ' || after FROM journal ORDER BY id DESC LIMIT 1"); got != `formation.referentiel {"referentiel_competence_id":null} {"referentiel_competence_id":1}` {
		t.Errorf("journal: %s", got)
	}
	lines := s.value("SELECT count(*) FROM journal")
	if a := s.post(to, `{"referentiel_competence_id": 1}`); a.StatusCode != 200 || s.value("SELECT count(*) FROM journal") != lines {
		t.Errorf("the same again: %s", a.line())
	}
	if a := s.post(to, `{"referentiel_competence_id": null}`); a.StatusCode != 200 || !strings.Contains(a.body, `"referentiel_competence_id":null`) {
		t.Errorf("none: %s", a.line())
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST " + to, body: `{"referentiel_competence_id": 1}`}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "POST " + to, as: other, body: `{"referentiel_competence_id": 1}`}, "403 permission requise : EditFormation"},
		{"unknown programme", request{to: "POST formation/99/referentiel_competences", as: chef, body: `{"referentiel_competence_id": 1}`}, "404 formation inconnue"},
		{"programme of another department", request{to: "POST /ScoDoc/GEA/api/" + to, as: chef, body: `{"referentiel_competence_id": 1}`}, "404 formation inconnue"},
		{"unknown framework", request{to: "POST " + to, as: chef, body: `{"referentiel_competence_id": 99}`}, "404 référentiel de compétences inconnu"},
		{"framework of another department", request{to: "POST formation/2/referentiel_competences", as: chef, body: `{"referentiel_competence_id": 1}`}, "404 référentiel de compétences inconnu"},
		{"no choice", request{to: "POST " + to, as: chef, body: `{}`}, "400 param 'referentiel_competence_id': manquant"},
		{"not a number", request{to: "POST " + to, as: chef, body: `{"referentiel_competence_id": "x"}`}, "400 param 'referentiel_competence_id': invalide (entier attendu)"},
		{"broken", request{to: "POST " + to, as: chef, body: `{`}, "400 corps de la requête: JSON invalide"},
		{"in use", request{to: "POST formation/1/referentiel_competences", as: chef, body: `{"referentiel_competence_id": null}`}, "409 des UE, des modules ou des semestres de la formation utilisent son référentiel de compétences"},
	})
}
