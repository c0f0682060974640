package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestModulesAreShown(t *testing.T) {
	s := open(t)
	s.example("formation_module_get", request{to: "GET formation/module/1", as: account("mdupont")})
	s.example("formation_module_get.parcours", request{to: "GET /ScoDoc/RT/api/formation/module/6", as: holding("RT", scolarite.ScoView)})
	s.refuses([]refusal{
		{"nobody", request{to: "GET formation/module/1"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET formation/module/1", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET formation/module/99", as: chef}, "404 module inconnu"},
		{"in another department", request{to: "GET /ScoDoc/GEA/api/formation/module/1", as: chef}, "404 module inconnu"},
	})
}

func TestModulesAreEdited(t *testing.T) {
	s := open(t)
	s.example("formation_module_edit", request{
		to: "POST /ScoDoc/RT/api/formation/module/5/edit", as: holding("RT", scolarite.EditFormation),
		body: `{"abbrev": "Techno", "heures_cours": 12.5, "heures_td": 10, "ue_coefs": {"4": 12, "5": 2.5}, "parcours": [2], "app_critiques": [3], "ue_id": 1, "id": 9}`,
	})
	for _, id := range []string{"1", "5", "6", "7"} {
		shown := s.get("formation/module/" + id).body
		if got := s.post("formation/module/"+id+"/edit", shown).body; got != shown {
			t.Errorf("a module sent back as it was shown has changed:\n%s\n%s", shown, got)
		}
	}
	if got := s.value("SELECT count(*) || max(action) FROM journal WHERE object_type = 'module'"); got != "1module.update" {
		t.Error(got)
	}
	a := s.post("formation/module/5/edit", `{"ue_coefs": [{"ue_id": 4, "coef": 0}, {"ue_id": 5, "coef": 3}], "parcours": [], "app_critiques": {}, "titre": "", "heures_td": null}`)
	want := `{"id":5,"module_id":5,"titre":null,"abbrev":"Techno","code":"R2.01","heures_cours":12.5,"heures_td":null,"heures_tp":null,"coefficient":null,"ects":null,` +
		`"ue_id":4,"formation_id":1,"matiere_id":4,"semestre_id":2,"numero":1,"code_apogee":"","module_type":2,"edt_id":null,"parcours":[],` +
		`"ue_coefs":[{"ue_id":5,"module_id":5,"coef":3.0}],"app_critiques":{}}`
	if a.body != want {
		t.Errorf("got  %s\nwant %s", a.body, want)
	}
	a = s.post("formation/module/7/edit", `{"code": "M1", "coefficient": 4, "semestre_id": -1, "numero": 7, "module_type": 1, "ects": 2, "edt_id": "eco", "code_apogee": "A,B"}`)
	for _, want := range []string{`"code":"M1"`, `"coefficient":4.0,"ects":2.0`, `"semestre_id":-1,"numero":7,"code_apogee":"A,B","module_type":1,"edt_id":"eco"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s without %s", a.body, want)
		}
	}
}

func TestModulesAreNotEdited(t *testing.T) {
	s := open(t)
	const notCoefs = "400 param 'ue_coefs': invalide ({ue_id: coefficient de 0 à 10000} attendu)"
	edit := func(id, body string) request {
		return request{to: "POST formation/module/" + id + "/edit", as: planning, body: body}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST formation/module/5/edit", body: "{}"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST formation/module/5/edit", as: account("mdupont"), body: "{}"}, "403 permission requise : EditFormation"},
		{"unknown", edit("99", "{}"), "404 module inconnu"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formation/module/5/edit", as: planning, body: "{}"}, "404 module inconnu"},
		{
			"bad values", edit("5", `{"code": null, "heures_cours": -1, "module_type": 4, "semestre_id": true, "titre": [], "numero": "x"}`),
			"400 param 'titre': invalide (texte attendu), param 'heures_cours': invalide (au moins 0), param 'numero': invalide (entier attendu), param 'module_type': invalide (au plus 3)",
		},
		{"emptied", edit("5", `{"code": " ", "numero": null}`), "400 param 'code': manquant, param 'numero': ne peut être null"},
		{"control characters", edit("5", `{"code": "R\u0000", "edt_id": "\u0000"}`), "400 param 'code': caractère interdit, param 'edt_id': caractère interdit"},
		{"no semester", edit("7", `{"semestre_id": 0}`), "400 param 'semestre_id': invalide (-1, ou au moins 1)"},
		{"not the semester of its UE", edit("5", `{"semestre_id": 1}`), "400 param 'semestre_id': le module n'est pas du semestre de son UE"},
		{"coefficients of a text", edit("5", `{"ue_coefs": "4"}`), notCoefs},
		{"a coefficient of a text", edit("5", `{"ue_coefs": {"4": "2"}}`), notCoefs},
		{"a coefficient of nothing", edit("5", `{"ue_coefs": [{"coef": 2}]}`), notCoefs},
		{"a negative coefficient", edit("5", `{"ue_coefs": {"4": -2}}`), notCoefs},
		{"a coefficient of a name", edit("5", `{"ue_coefs": {"UE1": 2}}`), notCoefs},
		{"a list of numbers", edit("5", `{"ue_coefs": [4]}`), notCoefs},
		{"unknown UE", edit("5", `{"ue_coefs": {"99": 2}}`), "404 UE inconnue dans la formation"},
		{"UE of another programme", edit("5", `{"ue_coefs": {"6": 2}}`), "404 UE inconnue dans la formation"},
		{"coefficients outside the BUT", edit("7", `{"ue_coefs": {"6": 2}}`), "400 param 'ue_coefs': réservé au BUT"},
		{"unknown track", edit("5", `{"parcours": [1, 99]}`), "404 parcours inconnu dans le référentiel de la formation"},
		{"no track", edit("7", `{"parcours": [1]}`), "404 parcours inconnu dans le référentiel de la formation"},
		{"tracks of a text", edit("5", `{"parcours": "1"}`), "400 param 'parcours': invalide (liste attendue)"},
		{"tracks of texts", edit("5", `{"parcours": ["1"]}`), "400 param 'parcours': invalide (entier attendu)"},
		{"unknown skill", edit("5", `{"app_critiques": [1, 99]}`), "404 apprentissage critique inconnu dans le référentiel de la formation"},
		{"no skill", edit("7", `{"app_critiques": [1]}`), "404 apprentissage critique inconnu dans le référentiel de la formation"},
	})
}

func TestModulesOfLockedSemesters(t *testing.T) {
	s := open(t)
	for _, body := range []string{`{"coefficient": 2}`, `{"module_type": 3}`, `{"ue_coefs": {"1": 11}}`, `{"ue_coefs": {"2": 0}}`, `{"parcours": [1]}`} {
		s.refuses([]refusal{{"taught there", request{to: "POST formation/module/1/edit", as: planning, body: body}, "403 formation verrouillée (utilisée dans un semestre verrouillé)"}})
	}
	if got := s.value("SELECT group_concat(ue_id || ':' || coef) FROM module_ue_coefs WHERE module_id = 1"); got != "1:12.0,2:4.0" {
		t.Errorf("coefficients are now %s", got)
	}
	a := s.post("formation/module/1/edit", `{"titre": "Réseaux", "heures_tp": 28, "ue_coefs": {"1": 12}, "module_type": 2}`)
	if a.StatusCode != 200 || s.value("SELECT titre || heures_tp FROM modules WHERE id = 1") != "Réseaux28.0" {
		t.Error(a.line())
	}
}

func TestModulesAreMade(t *testing.T) {
	s := open(t)
	s.exec("INSERT INTO ues (id, formation_id, acronyme, titre, ue_code, semestre_idx) VALUES (50, 1, 'UE3.1', 'Administrer', 'X', 3), (51, 2, 'UE13', NULL, 'Y', NULL)")
	s.example("module_create", request{
		to: "POST /ScoDoc/RT/api/module/create", as: holding("RT", scolarite.EditFormation),
		body: `{"ue_id": 50, "code": "R3.01", "titre": "Infrastructures de sécurité", "module_type": 2, "heures_cours": 12, "ue_coefs": {"50": 10}, "parcours": [1]}`,
	})
	if got := s.value("SELECT m.semestre_id || ' ' || m.numero || ' ' || t.titre FROM modules m JOIN matieres t ON t.id = m.matiere_id ORDER BY m.id DESC"); got != "3 1 Administrer" {
		t.Error(got)
	}
	// Then the UE has a subject; a classic module weighs 1 and is in it or in
	// the one that is said.
	for _, to := range []struct{ body, want string }{
		{`{"ue_id": 50, "code": "SAE3.01", "module_type": 3}`, "10 3 2 none"},
		{`{"ue_id": 6, "code": "M1103"}`, "6 1 10 1.0"},
		{`{"matiere_id": 9, "ue_id": 6, "code": "M2103", "semestre_id": 2, "coefficient": 2.5, "numero": 4}`, "9 2 4 2.5"},
	} {
		a := s.post("module/create", to.body)
		if a.StatusCode != 200 {
			t.Fatal(a.line())
		}
		if got := s.value("SELECT matiere_id || ' ' || semestre_id || ' ' || numero || ' ' || ifnull(coefficient, 'none') FROM modules ORDER BY id DESC"); got != to.want {
			t.Errorf("%s: %s, want %s", to.body, got, to.want)
		}
	}
	make := func(body string) request { return request{to: "POST module/create", as: planning, body: body} }
	s.refuses([]refusal{
		{"nobody", request{to: "POST module/create", body: "{}"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST module/create", as: other, body: "{}"}, "403 permission requise : EditFormation"},
		{"nothing said", make("{}"), "400 param 'code': manquant"},
		{"nowhere", make(`{"code": "A"}`), "400 param 'ue_id': manquant"},
		{"blank", make(`{"ue_id": 6, "code": ""}`), "400 param 'code': manquant"},
		{"unknown UE", make(`{"ue_id": 99, "code": "A"}`), "404 UE inconnue"},
		{"unknown subject", make(`{"matiere_id": 99, "code": "A"}`), "404 matière inconnue"},
		{"subject of another UE", make(`{"matiere_id": 9, "ue_id": 7, "code": "A"}`), "400 param 'matiere_id': matière d'une autre UE"},
		{"no subject", make(`{"ue_id": 51, "code": "A"}`), "400 param 'matiere_id': l'UE n'a pas de matière"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/module/create", as: planning, body: `{"ue_id": 50, "code": "A"}`}, "404 UE inconnue"},
		{"another semester", make(`{"ue_id": 50, "code": "A", "semestre_id": 4}`), "400 param 'semestre_id': le module n'est pas du semestre de son UE"},
		{"UE of another programme", make(`{"ue_id": 50, "code": "A", "ue_coefs": {"6": 1}}`), "404 UE inconnue dans la formation"},
	})
}

func TestModulesAreDeleted(t *testing.T) {
	s := open(t)
	s.exec("INSERT INTO modules (id, formation_id, ue_id, matiere_id, code) VALUES (50, 2, 6, 6, 'VIDE')")
	s.refuses([]refusal{
		{"no permission", request{to: "POST module/50/delete", as: other}, "403 permission requise : EditFormation"},
		{"unknown", request{to: "POST module/99/delete", as: planning}, "404 module inconnu"},
		{"in another department", request{to: "POST /ScoDoc/RT/api/module/50/delete", as: planning}, "404 module inconnu"},
		{"taught", request{to: "POST module/7/delete", as: planning}, "409 ce module est enseigné dans un semestre"},
	})
	s.example("module_delete", request{to: "POST module/50/delete", as: planning})
	if got := s.value("SELECT count(*) FROM modules WHERE id = 50"); got != "0" {
		t.Error("it is still there")
	}
}
