package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// planning is who may write programmes everywhere.
var planning = holding("", scolarite.EditFormation, scolarite.ScoView)

func TestFormationsAreShown(t *testing.T) {
	s := open(t)
	s.example("formations", request{to: "GET /ScoDoc/RT/api/formations", as: holding("RT", scolarite.ScoView)})
	s.example("formations_ids", request{to: "GET formations_ids", as: chef})
	s.example("formation_get", request{to: "GET formation/2", as: chef})
	for path, want := range map[string]string{
		"formations_ids": "[1,2,3]", "/ScoDoc/RT/api/formations_ids": "[1,3]", "/ScoDoc/GEA/api/formations_ids": "[2]", "/ScoDoc/OLD/api/formations_ids": "[]",
	} {
		if got := s.get(path).body; got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := strings.Count(s.get("formations").body, `"formation_code"`); got != 3 {
		t.Errorf("%d programmes", got)
	}
	if got := s.get("/ScoDoc/OLD/api/formations").body; got != "[]" {
		t.Error(got)
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formation/1"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET formations", as: other}, "403 permission requise : ScoView"},
		{"another department's right", request{to: "GET formations", as: holding("RT", scolarite.ScoView)}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET formation/99", as: chef}, "404 formation inconnue"},
		{"in another department", request{to: "GET /ScoDoc/GEA/api/formation/1", as: chef}, "404 formation inconnue"},
	})
}

func TestFormationsAreMade(t *testing.T) {
	s := open(t)
	s.example("formation_create", request{
		to: "POST /ScoDoc/GEA/api/formation/create", as: holding("GEA", scolarite.EditFormation),
		body: `{"acronyme": "BUT GEA", "titre": "BUT Gestion des entreprises", "type_parcours": 700}`,
	})
	if got := s.get("formation/4").body; !strings.Contains(got, `"formation_code":"FCOD4"`) || !strings.Contains(got, `"titre_officiel":"BUT Gestion des entreprises"`) {
		t.Error(got)
	}
	// The next version keeps the code; another department has its own.
	for _, to := range []struct{ body, want string }{
		{`{"dept": "GEA", "acronyme": "BUT GEA", "titre": "BUT Gestion des entreprises", "type_parcours": 700, "archived": true}`, "2 FCOD4 2 1"},
		{`{"dept_id": 1, "acronyme": "BUT GEA", "titre": "BUT Gestion des entreprises", "titre_officiel": "Bachelor"}`, "1 FCOD5 1 0"},
		{`{"dept": "RT", "acronyme": " DU ", "titre": "Diplôme", "formation_code": "DU1", "commentaire": "à relire", "code_specialite": "DU"}`, "1 DU1 1 0"},
	} {
		a := s.post("formation/create", to.body)
		if a.StatusCode != 200 {
			t.Fatal(a.line())
		}
		if got := s.value("SELECT version || ' ' || formation_code || ' ' || dept_id || ' ' || archived FROM formations ORDER BY id DESC"); got != to.want {
			t.Errorf("%s: %s, want %s", to.body, got, to.want)
		}
	}
	if got := s.value("SELECT action || ' ' || object_name FROM journal ORDER BY id DESC"); got != "formation.create DU" {
		t.Error(got)
	}
	a := s.post("formation/create", `{"dept": "RT", "acronyme": "BUT", "titre": "BUT", "type_parcours": 700, "referentiel_competence_id": 1}`)
	if a.StatusCode != 200 || !strings.Contains(a.body, `"referentiel_competence_id":1`) || s.value("SELECT action FROM journal ORDER BY id DESC") != "formation.referentiel" {
		t.Error(a.line())
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST formation/create", body: "{}"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST formation/create", as: account("mdupont"), body: "{}"}, "403 permission requise : EditFormation"},
		{"broken JSON", request{to: "POST formation/create", as: planning, body: "{"}, "400 corps de la requête: JSON invalide"},
		{"nothing said", request{to: "POST formation/create", as: planning, body: "{}"}, "400 param 'acronyme': manquant, param 'titre': manquant"},
		{"blank", request{to: "POST formation/create", as: planning, body: `{"dept": "RT", "acronyme": " ", "titre": "", "archived": null}`}, "400 param 'acronyme': manquant, param 'titre': manquant, param 'archived': ne peut être null"},
		{"no department", request{to: "POST formation/create", as: planning, body: `{"acronyme": "A", "titre": "B"}`}, "400 param 'dept': manquant"},
		{"unknown department", request{to: "POST formation/create", as: planning, body: `{"dept": "NO", "acronyme": "A", "titre": "B"}`}, "404 département inconnu"},
		{"another department's framework", request{to: "POST formation/create", as: planning, body: `{"dept": "GEA", "acronyme": "A", "titre": "B", "referentiel_competence_id": 1}`}, "404 référentiel de compétences inconnu"},
		{"another department", request{to: "POST /ScoDoc/RT/api/formation/create", as: planning, body: `{"dept_id": 2, "acronyme": "A", "titre": "B"}`}, "404 département inconnu"},
		{"bad values", request{to: "POST formation/create", as: planning, body: `{"dept": "RT", "acronyme": 1, "titre": "B", "type_parcours": -1}`}, "400 param 'acronyme': invalide (texte attendu), param 'type_parcours': invalide (au moins 0)"},
	})
}

func TestFormationsAreEdited(t *testing.T) {
	s := open(t)
	s.example("formation_edit", request{to: "POST formation/3/edit", as: planning, body: `{"titre_officiel": "Licence professionnelle Cyberdéfense", "archived": true}`})
	s.post("formation/3/edit", `{"type_parcours": 0, "commentaire": " ", "code_specialite": "CY"}`)
	if got := s.get("formation/3").body; !strings.Contains(got, `"type_parcours":0,"code_specialite":"CY","referentiel_competence_id":null,"commentaire":"","archived":true`) {
		t.Error(got)
	}
	if got := s.get("formation/1").body; s.post("formation/1/edit", got).body != got {
		t.Error("a programme sent back as it was shown has changed")
	}
	if got := s.value("SELECT count(*) FROM journal WHERE object_type = 'formation'"); got != "2" {
		t.Errorf("%s lines of journal", got)
	}
	s.exec("INSERT INTO formations (dept_id, acronyme, titre, titre_officiel, version, formation_code) VALUES (1, 'LP', 'Licence', 'Licence', 1, 'X')")
	s.refuses([]refusal{
		{"no permission", request{to: "POST formation/3/edit", as: other, body: "{}"}, "403 permission requise : EditFormation"},
		{"no body", request{to: "POST formation/3/edit", as: planning}, "400 corps de la requête: manquant"},
		{"unknown", request{to: "POST formation/99/edit", as: planning, body: "{}"}, "404 formation inconnue"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formation/3/edit", as: planning, body: "{}"}, "404 formation inconnue"},
		{"emptied", request{to: "POST formation/3/edit", as: planning, body: `{"acronyme": null, "titre": "", "titre_officiel": " "}`}, "400 param 'acronyme': manquant, param 'titre': manquant, param 'titre_officiel': manquant"},
		{"control characters", request{to: "POST formation/3/edit", as: planning, body: `{"titre": "L\u0000P", "commentaire": "\u001b[0m"}`}, "400 param 'titre': caractère interdit, param 'commentaire': caractère interdit"},
		{"taken", request{to: "POST formation/3/edit", as: planning, body: `{"acronyme": "LP", "titre": "Licence"}`}, "409 une formation de mêmes acronyme, titre et version existe déjà"},
		{"other curriculum with semesters", request{to: "POST formation/1/edit", as: planning, body: `{"type_parcours": 100}`}, "409 cette formation a des semestres"},
	})
}

func TestFormationsAreDeleted(t *testing.T) {
	s := open(t)
	s.refuses([]refusal{
		{"no permission", request{to: "POST formation/3/delete", as: other}, "403 permission requise : EditFormation"},
		{"unknown", request{to: "POST formation/99/delete", as: planning}, "404 formation inconnue"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formation/3/delete", as: planning}, "404 formation inconnue"},
		{"with semesters", request{to: "POST formation/1/delete", as: planning}, "409 cette formation a des semestres"},
	})
	s.exec(`INSERT INTO ues (id, formation_id, acronyme, ue_code, is_external) VALUES (50, 3, 'EXT', 'X', 1);
		INSERT INTO validations (id, etudid, ue_id, code, event_at, is_external) VALUES (50, 1, 50, 'ADM', '2025-01-01T00:00:00.000Z', 1)`)
	s.refuses([]refusal{
		{"decided", request{to: "POST formation/3/delete", as: planning}, "409 des décisions de jury portent sur des UE de cette formation"},
	})
	s.exec("DELETE FROM validations WHERE id = 50")
	s.example("formation_delete", request{to: "POST formation/3/delete", as: planning})
	if got := s.value("SELECT (SELECT count(*) FROM formations) || ' ' || (SELECT count(*) FROM ues WHERE id = 50)"); got != "2 0" {
		t.Error(got)
	}
}
