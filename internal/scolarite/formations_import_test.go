package scolarite_test

import (
	"regexp"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestFormationExport(t *testing.T) {
	s := open(t)
	s.example("formation_export_by_formation_id", request{to: "GET formation/1/export", as: chef})
	s.example("formation_export_by_formation_id.ids", request{to: "GET formation/1/export_with_ids", as: chef})
	s.example("formation_export_by_formation_id.dut", request{to: "GET /ScoDoc/GEA/api/formation/2/export", as: chef})
	if text := s.get("formation/1/export").body; regexp.MustCompile(`"(id|\w+_id)":`).MatchString(strings.ReplaceAll(strings.ReplaceAll(text, `"semestre_id"`, ""), `"edt_id"`, "")) {
		t.Errorf("ids in %s", text)
	}
	// UEs of other institutions stay at home, and so do coefficients towards
	// them; UEs of one code are told apart.
	s.exec(`UPDATE ues SET is_external = 1 WHERE id = 2; UPDATE ues SET ue_code = 'UCOD1' WHERE id IN (4, 5)`)
	text := s.get("formation/1/export").body
	if strings.Contains(text, "UE1.2") || strings.Contains(text, `"ue_reference":"UCOD2"`) {
		t.Errorf("an external UE in %s", text)
	}
	for _, reference := range []string{`"reference":"UCOD1"`, `"reference":"UCOD1-2"`, `"reference":"UCOD1-3"`, `{"ue_reference":"UCOD1-3","coef":12.0}`} {
		if !strings.Contains(text, reference) {
			t.Errorf("no %s in %s", reference, text)
		}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formation/1/export"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "GET formation/1/export_with_ids", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET formation/99/export", as: chef}, "404 formation inconnue"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/formation/1/export", as: chef}, "404 formation inconnue"},
	})
}

// TestExportAndImport takes the programmes of the fixture to an empty site, by
// way of its framework of competences, and finds there what left.
func TestExportAndImport(t *testing.T) {
	s := open(t)
	s.exec(`UPDATE ues SET ue_code = 'UCOD1' WHERE id = 4; UPDATE ue_parcours SET ects = 6.5; UPDATE formations SET archived = 1 WHERE id = 2;
		UPDATE modules SET ects = 3, edt_id = 'm1' WHERE id = 1; UPDATE niveaux SET libelle = NULL`)
	empty := openEmpty(t, scolarite.Reference)
	empty.exec(`INSERT INTO departements (id, acronym, visible, date_creation) VALUES (7, 'RT', 1, '2022-05-04T21:09:25.000Z')`)
	if a := empty.post("departement/RT/referentiel_competences/import", s.get("formation/1/referentiel_competences").body); a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	for _, path := range []string{"formation/1/export", "formation/2/export", "formation/3/export_with_ids"} {
		made := empty.post("formation/import?dept=RT", s.get(path).body)
		if made.StatusCode != 200 {
			t.Fatalf("%s: %s", path, made.line())
		}
		there := empty.get("formation/" + memberText(t, made, "id") + "/export").body
		here := s.get(strings.TrimSuffix(path, "_with_ids")).body
		version := regexp.MustCompile(`"version":\d+`)
		wantSame(t, path, version.ReplaceAllString(here, ""), version.ReplaceAllString(there, ""))
	}
	// The same programme again is the next version of it.
	for range 2 {
		if a := empty.post("/ScoDoc/RT/api/formation/import", s.get("formation/1/export").body); a.StatusCode != 200 {
			t.Fatal(a.line())
		}
	}
	wantSame(t, "versions", "1 FCOD1,2 FCOD1,3 FCOD1", empty.value(`SELECT group_concat(version || ' ' || formation_code) FROM formations WHERE acronyme = 'BUT R&T'`))
	wantSame(t, "codes of UEs", "1", empty.value(`SELECT count(DISTINCT codes) FROM (SELECT group_concat(ue_code) AS codes FROM ues JOIN formations f ON f.id = formation_id AND f.acronyme = 'BUT R&T' GROUP BY f.id)`))
	wantSame(t, "broken references", "0", empty.value("SELECT count(*) FROM pragma_foreign_key_check"))
}

// memberText is a member of an object, as text.
func memberText(t testing.TB, a answer, name string) string {
	t.Helper()
	m := regexp.MustCompile(`"` + name + `":"?([^",}]*)`).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no %s in %s", name, a.line())
	}
	return m[1]
}

func TestFormationImport(t *testing.T) {
	s := open(t)
	s.example("formation_import", request{to: "POST formation/import?dept=GEA", as: chef, body: testFile(t, "formation.json")})
	wantSame(t, "journal", "formation.import formation 4 DUT Info", s.value("SELECT action || ' ' || object_type || ' ' || object_id || ' ' || object_name FROM journal ORDER BY id DESC LIMIT 1"))
	s.example("formation_import.lue", request{to: "GET formation/4/export", as: chef})
	// The XML of an old server says the same.
	if a := s.post("/ScoDoc/GEA/api/formation/import", testFile(t, "formation.xml")); a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	same := strings.NewReplacer(`"version":1`, `"version":2`)
	wantSame(t, "XML", same.Replace(s.get("formation/4/export").body), s.get("formation/5/export").body)
	wantSame(t, "what is not there is NULL", "1", s.value(`SELECT count(*) FROM formations f JOIN ues u ON u.formation_id = f.id JOIN modules m ON m.ue_id = u.id
		WHERE f.id = 5 AND f.code_specialite IS NULL AND u.ects IS NULL AND u.coefficient IS NULL AND u.code_apogee IS NULL AND u.semestre_idx IS NULL AND m.ects IS NULL AND m.code_apogee IS NULL`))
	wantSame(t, "a UE without code", "UCOD9 UCOD10", s.value("SELECT group_concat(ue_code, ' ') FROM ues WHERE is_external = 1"))
}

// TestFormationCodes checks whose code a programme gets.
func TestFormationCodes(t *testing.T) {
	s := open(t)
	for _, step := range []struct{ name, body, want string }{
		{"its own, nobody has it", `{"acronyme": "A", "titre": "T", "formation_code": "XYZ"}`, "XYZ 1"},
		{"that of its versions", `{"acronyme": "A", "titre": "T", "formation_code": "XYZ"}`, "XYZ 2"},
		{"another's: that of its last version", `{"acronyme": "A", "titre": "T", "formation_code": "FCOD3"}`, "XYZ 3"},
		{"another's: a new one", `{"acronyme": "B", "titre": "T", "formation_code": "FCOD3"}`, "FCOD4 1"},
		{"none: a new one", `{"acronyme": "C", "titre": "T", "formation_code": ""}`, "FCOD5 1"},
		{"none: that of its last version", `{"acronyme": "C", "titre": "T"}`, "FCOD5 2"},
		{"a great one", `{"acronyme": "D", "titre": "T", "formation_code": "FCOD99999999999999999999"}`, "FCOD99999999999999999999 1"},
		{"a new one beside it", `{"acronyme": "E", "titre": "T"}`, "FCOD6 1"},
		{"of another department", `{"acronyme": "BUT R&T", "titre": "BUT Réseaux et Télécommunications", "formation_code": "FCOD1"}`, "FCOD7 1"},
	} {
		a := s.post("formation/import?dept=GEA", step.body)
		if a.StatusCode != 200 {
			t.Fatalf("%s: %s", step.name, a.line())
		}
		wantSame(t, step.name, step.want, memberText(t, a, "formation_code")+" "+memberText(t, a, "version"))
	}
}

func TestFormationImportRefusals(t *testing.T) {
	s := open(t)
	to := "POST formation/import?dept=RT"
	but := s.get("formation/1/export").body
	unknown := strings.NewReplacer(`"code":"Cyber"`, `"code":"Nulle"`, `"AC11.02"`, `"AC99"`, `"apc_niveau_competence":"Connecter"`, `"apc_niveau_competence":"Lire"`).Replace(but)
	s.refuses([]refusal{
		{"nobody", request{to: to, body: "{}"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: to, as: holding("", scolarite.ScoView), body: "{}"}, "403 permission requise : EditFormation"},
		{"permission elsewhere", request{to: "POST /ScoDoc/RT/api/formation/import", as: holding("GEA", scolarite.EditFormation), body: "{}"}, "403 permission requise : EditFormation"},
		{"no department", request{to: "POST formation/import", as: chef, body: "{}"}, "404 param 'dept': manquant"},
		{"unknown department", request{to: "POST formation/import?dept=XX", as: chef, body: "{}"}, "404 département inconnu"},
		{"another department than the base's", request{to: "POST /ScoDoc/RT/api/formation/import?dept=GEA", as: chef, body: "{}"}, "404 département inconnu"},
		{"nothing", request{to: to, as: chef}, "400 ligne 1, colonne 1 : JSON invalide"},
		{"a list", request{to: to, as: chef, body: "[]"}, "400 formation attendue"},
		{"another element", request{to: to, as: chef, body: "<ue/>"}, "400 ligne 1, ue : formation attendue"},
		{"broken XML", request{to: to, as: chef, body: "<formation>\n<ue>"}, "400 ligne 2 : XML invalide"},
		{"a document type", request{to: to, as: chef, body: `<!DOCTYPE x [<!ENTITY a "b">]><formation acronyme="&a;"/>`}, "400 ligne 1 : DOCTYPE refusé"},
		{"an entity", request{to: to, as: chef, body: `<formation acronyme="&a;"/>`}, "400 ligne 1 : XML invalide"},
		{"too deep", request{to: to, as: chef, body: strings.Repeat("[", 40)}, "400 plus de 32 niveaux d'imbrication"},
		{
			"faults in JSON",
			request{to: to, as: chef, body: `{"acronyme": " ", "type_parcours": "x", "ue": [{"acronyme": "U", "type": 9, "reference": 1, "matiere": [
			{"titre": "M", "module": [{"coefficient": "deux", "coefficients": [{"ue_reference": 1, "coef": 2}, {"ue_reference": 2, "coef": "x"}]}]}, {"titre": "M"}]}, 3]}`},
			"400 acronyme : manquant ; titre : manquant ; type_parcours : entier attendu ; ue[0].type : hors limites (de 0 à 6) ; " +
				"ue[0].matiere[0].module[0].code : manquant ; ue[0].matiere[0].module[0].coefficient : nombre attendu ; " +
				"ue[0].matiere[0].module[0].coefficients[1].coef : nombre attendu ; ue[0].matiere[1].titre : en double dans l'UE ; " +
				"ue[1].acronyme : manquant ; ue[0].matiere[0].module[0].coefficients : UE inconnue (2)",
		},
		{
			"faults in XML",
			request{to: to, as: chef, body: "<formation acronyme='A' titre='T'>\n <ue acronyme='U'>\n  <matiere>\n   <module code='M' coefficient='deux'/>\n  </matiere>\n </ue>\n</formation>"},
			"400 ligne 4, module.coefficient : nombre attendu",
		},
		{
			"unknown competences",
			request{to: to, as: chef, body: unknown},
			"400 ue[1].apc_niveau_competence : niveau de compétence inconnu ; ue[4].parcours : parcours inconnu (Nulle) ; ue[4].apc_niveau_competence : niveau de compétence inconnu ; " +
				"ue[0].matiere[0].module[0].app_critiques : apprentissage critique inconnu (AC99) ; ue[4].matiere[0].module[0].parcours : parcours inconnu (Nulle)",
		},
		{
			"an unknown framework",
			request{to: "POST formation/import?dept=GEA", as: chef, body: but},
			"400 refcomp_specialite : le département n'a pas le référentiel RT (2021-12-11 00:00:00) : chargez-le d'abord, ou précisez referentiel_competence_id, 0 pour s'en passer",
		},
		{
			"competences of no framework",
			request{to: to, as: chef, body: strings.ReplaceAll(but, "refcomp_specialite", "x")},
			"400 refcomp_specialite : manquant, mais le fichier cite des compétences : précisez referentiel_competence_id, 0 pour les laisser de côté",
		},
		{"a framework that is not", request{to: to + "&referentiel_competence_id=99", as: chef, body: but}, "404 référentiel de compétences inconnu"},
		{"a framework of another department", request{to: "POST formation/import?dept=GEA&referentiel_competence_id=1", as: chef, body: but}, "404 référentiel de compétences inconnu"},
	})
	if got := s.value("SELECT count(*) FROM formations"); got != "3" {
		t.Errorf("%s programmes", got)
	}
	// The caller may say which framework is meant, or that none is.
	nameless := strings.ReplaceAll(but, "refcomp_specialite", "x")
	if a := s.post("formation/import?dept=RT&referentiel_competence_id=1", nameless); a.StatusCode != 200 || memberText(t, a, "referentiel_competence_id") != "1" {
		t.Error(a.line())
	}
	if a := s.post("formation/import?dept=GEA&referentiel_competence_id=0", but); a.StatusCode != 200 || memberText(t, a, "referentiel_competence_id") != "null" {
		t.Error(a.line())
	}
	if got := s.value("SELECT count(*) FROM ues JOIN formations f ON f.id = formation_id WHERE f.dept_id = 2 AND niveau_id IS NOT NULL"); got != "0" {
		t.Errorf("%s UEs with a level of nothing", got)
	}
	if a := s.post("formation/import?dept=RT", "{"+strings.Repeat(" ", 16<<20)); a.StatusCode != 413 {
		t.Errorf("too large: %s", a.line())
	}
}
