package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestUEsAreEdited(t *testing.T) {
	s := open(t)
	s.example("ue_edit", request{
		to: "POST /ScoDoc/RT/api/formation/ue/5/edit", as: holding("RT", scolarite.EditFormation),
		body: `{"titre": "Connecter les usagers", "ects": 8, "coef_rcue": 1.5, "color": "#0070c0", "id": 99, "formation_id": 2, "niveau_competence_id": 7}`,
	})
	shown := s.post("formation/ue/3/edit", `{}`).body
	if got := s.post("formation/ue/3/edit", shown).body; got != shown {
		t.Errorf("a UE sent back as it was shown has changed:\n%s\n%s", shown, got)
	}
	if got := s.value("SELECT ects IS NULL AND coefficient IS NULL AND code_apogee IS NULL FROM ues WHERE id = 3"); got != "1" {
		t.Error("what was not set is set")
	}
	if got := s.value("SELECT count(*) || max(action) FROM journal WHERE object_type = 'ue'"); got != "1ue.update" {
		t.Error(got)
	}
	a := s.post("formation/ue/6/edit", `{"acronyme": " UE 1.1 ", "numero": 3, "type": 5, "ue_code": "U", "is_external": true, "code_apogee": "", "coefficient": null, "semestre_idx": 1, "code_apogee_rcue": "R"}`)
	want := `{"id":6,"ue_id":6,"formation_id":2,"acronyme":"UE 1.1","numero":3,"titre":"Environnement des organisations","type":5,"ue_code":"U","ects":15.0,"coefficient":0.0,` +
		`"is_external":true,"code_apogee":"","semestre_idx":1,"color":null,"niveau_competence_id":null,"coef_rcue":1.0,"code_apogee_rcue":"R","parcour":[],"module_ue_coefs":[]}`
	if a.body != want {
		t.Errorf("got  %s\nwant %s", a.body, want)
	}
}

func TestUEsAreNotEdited(t *testing.T) {
	s := open(t)
	s.refuses([]refusal{
		{"nobody", request{to: "POST formation/ue/4/edit", body: "{}"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST formation/ue/4/edit", as: account("mdupont"), body: "{}"}, "403 permission requise : EditFormation"},
		{"unknown", request{to: "POST formation/ue/99/edit", as: planning, body: "{}"}, "404 UE inconnue"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formation/ue/4/edit", as: planning, body: "{}"}, "404 UE inconnue"},
		{"a list", request{to: "POST formation/ue/4/edit", as: planning, body: "[]"}, "400 corps de la requête: invalide (objet attendu)"},
		{
			"bad values",
			request{to: "POST formation/ue/4/edit", as: planning, body: `{"numero": -1, "type": 7, "ects": "NaN", "coefficient": "x", "semestre_idx": 1.5, "titre": 3}`},
			"400 param 'numero': invalide (au moins 0), param 'titre': invalide (texte attendu), param 'type': invalide (au plus 6), param 'ects': invalide (nombre fini attendu), param 'coefficient': invalide (nombre attendu), param 'semestre_idx': invalide (entier attendu)",
		},
		{
			"emptied",
			request{to: "POST formation/ue/4/edit", as: planning, body: `{"acronyme": "", "ue_code": null, "type": null, "color": "rouge", "semestre_idx": null}`},
			"400 param 'acronyme': manquant, param 'type': ne peut être null, param 'ue_code': manquant, param 'color': invalide (#rrggbb attendu), param 'semestre_idx': manquant",
		},
		{"too long", request{to: "POST formation/ue/4/edit", as: planning, body: `{"code_apogee": "` + strings.Repeat("é", 513) + `"}`}, "400 param 'code_apogee': trop long (512 caractères au plus)"},
		{"control characters", request{to: "POST formation/ue/4/edit", as: planning, body: `{"ue_code": "\u0000", "code_apogee": "\u0000"}`}, "400 param 'ue_code': caractère interdit, param 'code_apogee': caractère interdit"},
		{"after the sixth semester", request{to: "POST formation/ue/4/edit", as: planning, body: `{"semestre_idx": 7}`}, "400 param 'semestre_idx': invalide (de 1 à 6 en BUT)"},
		{"with modules", request{to: "POST formation/ue/4/edit", as: planning, body: `{"semestre_idx": 1}`}, "400 param 'semestre_idx': l'UE a des modules d'un autre semestre"},
		{"before the first semester", request{to: "POST formation/ue/4/edit", as: planning, body: `{"semestre_idx": 0}`}, "400 param 'semestre_idx': invalide (de 1 à 6 en BUT)"},
	})
}

// TestUEsOfLockedSemesters: UE 1 holds a module of the locked semester, UE 2
// counts it.
func TestUEsOfLockedSemesters(t *testing.T) {
	s := open(t)
	const locked = "403 formation verrouillée (utilisée dans un semestre verrouillé)"
	for _, body := range []string{`{"ects": 13}`, `{"coefficient": 2}`, `{"coef_rcue": 2}`, `{"type": 2}`, `{"ue_code": "U"}`, `{"is_external": true}`} {
		s.refuses([]refusal{
			{"its module", request{to: "POST formation/ue/1/edit", as: planning, body: body}, locked},
			{"its coefficient", request{to: "POST formation/ue/2/edit", as: planning, body: body}, locked},
		})
	}
	a := s.post("formation/ue/1/edit", `{"titre": "Administrer les réseaux", "numero": 2, "ects": 12, "color": null}`)
	if a.StatusCode != 200 || s.value("SELECT titre || numero FROM ues WHERE id = 1") != "Administrer les réseaux2" {
		t.Error(a.line())
	}
	s.exec("UPDATE formsemestres SET etat = 1 WHERE id = 3")
	if a := s.post("formation/ue/1/edit", `{"ects": 13}`); a.StatusCode != 200 || !strings.Contains(a.body, `"ects":13.0`) {
		t.Error(a.line())
	}
}

func TestUEsMoveToAnotherSemester(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO ues (id, formation_id, acronyme, ue_code, semestre_idx, niveau_id) VALUES (50, 1, 'UE4.1', 'X', 4, 2);
		INSERT INTO ues (id, formation_id, acronyme, ue_code, semestre_idx, niveau_id) VALUES (51, 1, 'UE3.1', 'Y', 3, 2)`)
	s.refuses([]refusal{
		{"to another year", request{to: "POST formation/ue/50/edit", as: planning, body: `{"semestre_idx": 5}`}, "400 le niveau est de BUT2, pas de l'année de l'UE"},
		{"beside its twin", request{to: "POST formation/ue/50/edit", as: planning, body: `{"semestre_idx": 3}`}, "400 le niveau est déjà celui d'une autre UE de ce semestre, UE3.1"},
	})
	s.exec("UPDATE ues SET semestre_idx = 4 WHERE id = 51; UPDATE ues SET semestre_idx = 3 WHERE id = 50; DELETE FROM ues WHERE id = 51")
	if a := s.post("formation/ue/50/edit", `{"semestre_idx": 4}`); a.StatusCode != 200 {
		t.Error(a.line())
	}
}

// TestUEsWithoutSemesterAreGivenOne: programmes that became a BUT, and files of
// old ones, have UEs with modules and no semester.
func TestUEsWithoutSemesterAreGivenOne(t *testing.T) {
	s := open(t)
	s.exec("UPDATE ues SET semestre_idx = NULL WHERE id = 4")
	if a := s.post("formation/ue/4/edit", `{"semestre_idx": 1}`); a.StatusCode != 400 {
		t.Error(a.line())
	}
	if a := s.post("formation/ue/4/edit", `{"semestre_idx": 2}`); a.StatusCode != 200 || !strings.Contains(a.body, `"semestre_idx":2`) {
		t.Error(a.line())
	}
	// Outside the BUT the number says nothing; files have -1 for none.
	if a := s.post("formation/ue/6/edit", `{"semestre_idx": -1}`); a.StatusCode != 200 || !strings.Contains(a.body, `"semestre_idx":-1`) {
		t.Error(a.line())
	}
}

func TestUEsAreMade(t *testing.T) {
	s := open(t)
	s.example("ue_create", request{
		to: "POST /ScoDoc/RT/api/ue/create", as: holding("RT", scolarite.EditFormation),
		body: `{"formation_id": 1, "acronyme": "UE3.3", "titre": "Sécuriser", "semestre_idx": 3, "ects": 6, "code_apogee": "V2RTU33"}`,
	})
	if got := s.value("SELECT ue_code || ' ' || numero || ' ' || coef_rcue FROM ues ORDER BY id DESC"); got != "UCOD9 13 1.0" {
		t.Error(got)
	}
	s.post("ue/create", `{"formation_id": 2, "acronyme": "UE13", "ue_code": "UCOD6", "numero": 4, "coefficient": 10}`)
	if got := s.value("SELECT ue_code || ' ' || numero || ' ' || (semestre_idx IS NULL) FROM ues ORDER BY id DESC"); got != "UCOD6 4 1" {
		t.Error(got)
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST ue/create", body: "{}"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST ue/create", as: other, body: "{}"}, "403 permission requise : EditFormation"},
		{"nothing said", request{to: "POST ue/create", as: planning, body: "{}"}, "400 param 'formation_id': manquant, param 'acronyme': manquant"},
		{"unknown programme", request{to: "POST ue/create", as: planning, body: `{"formation_id": 99, "acronyme": "A"}`}, "404 formation inconnue"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/ue/create", as: planning, body: `{"formation_id": 1, "acronyme": "A"}`}, "404 formation inconnue"},
		{"a BUT without semester", request{to: "POST ue/create", as: planning, body: `{"formation_id": 1, "acronyme": " "}`}, "400 param 'acronyme': manquant, param 'semestre_idx': manquant"},
	})
}

func TestUEsAreDeleted(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO ues (id, formation_id, acronyme, ue_code) VALUES (50, 2, 'UE13', 'X');
		INSERT INTO matieres (id, ue_id, titre) VALUES (50, 50, 'Vide');
		INSERT INTO validations (id, etudid, ue_id, code, event_at) VALUES (50, 6, 50, 'ADM', '2025-01-01T00:00:00.000Z');
		INSERT INTO ues (id, formation_id, acronyme, ue_code) VALUES (51, 1, 'UE9', 'Y');
		INSERT INTO module_ue_coefs (module_id, ue_id, coef) VALUES (2, 51, 1)`)
	s.refuses([]refusal{
		{"no permission", request{to: "POST ue/50/delete", as: other}, "403 permission requise : EditFormation"},
		{"unknown", request{to: "POST ue/99/delete", as: planning}, "404 UE inconnue"},
		{"in another department", request{to: "POST /ScoDoc/RT/api/ue/50/delete", as: planning}, "404 UE inconnue"},
		{"with modules", request{to: "POST ue/8/delete", as: planning}, "409 cette UE a des modules, ou des modules y ont un coefficient"},
		{"with a coefficient", request{to: "POST ue/51/delete", as: planning}, "409 cette UE a des modules, ou des modules y ont un coefficient"},
		{"decided", request{to: "POST ue/50/delete", as: planning}, "409 des décisions de jury portent sur cette UE"},
	})
	s.exec("DELETE FROM validations WHERE id = 50")
	s.example("ue_delete", request{to: "POST ue/50/delete", as: planning})
	if got := s.value("SELECT count(*) FROM matieres WHERE id = 50"); got != "0" {
		t.Error("its subject is left")
	}
}
