package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// newUEs are UEs that no semester uses: 50 in the third one, 51 beside it, 52
// in the fifth, 53 in a programme of RT without competences.
const newUEs = `INSERT INTO ues (id, formation_id, acronyme, ue_code, semestre_idx) VALUES
	(50, 1, 'UE3.1', 'UCOD50', 3), (51, 1, 'UE3.2', 'UCOD51', 3), (52, 1, 'UE5.1', 'UCOD52', 5), (53, 3, 'UE1', 'UCOD53', 3);
	INSERT INTO referentiels (id, dept_id, specialite, loaded_at) VALUES (50, 2, 'GEA', '2022-06-27T09:17:04.890Z');
	INSERT INTO competences (id, referentiel_id, titre) VALUES (50, 50, 'Analyser');
	INSERT INTO niveaux (id, competence_id, annee, ordre) VALUES (50, 50, 'BUT2', 1);
	INSERT INTO parcours (id, referentiel_id, code) VALUES (50, 50, 'CG2P')`

func TestUEsAreTiedToParcours(t *testing.T) {
	s := open(t)
	s.exec(newUEs)
	s.example("ue_set_parcours", request{to: "POST /ScoDoc/RT/api/formation/ue/50/set_parcours", as: holding("RT", scolarite.EditFormation), body: "[2, 1, 2]"})
	s.exec("UPDATE ue_parcours SET ects = 5 WHERE ue_id = 50 AND parcours_id = 1")
	s.post("formation/ue/50/set_parcours", "[1]")
	if got := s.value("SELECT group_concat(parcours_id || ':' || ects) FROM ue_parcours WHERE ue_id = 50"); got != "1:5.0" {
		t.Errorf("the UE is now in %s", got)
	}
	if got := s.value(`SELECT before || after FROM journal ORDER BY id DESC`); !strings.Contains(got, `"parcours":["Cyber","DevCloud"]}`) || !strings.Contains(got, `"parcours":["Cyber"]}`) {
		t.Error(got)
	}
	if got, want := s.post("formation/ue/50/set_parcours", "[]").body, `{"status":0,"message":"UE3.1 est de tous les parcours"}`; got != want {
		t.Error(got)
	}
	if got := s.value("SELECT count(*) FROM ue_parcours WHERE ue_id = 50"); got != "0" {
		t.Error("it has tracks still")
	}
	s.exec("UPDATE ues SET niveau_id = 6 WHERE id = 50")
	s.refuses([]refusal{
		{"nobody", request{to: "POST formation/ue/50/set_parcours", body: "[]"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST formation/ue/50/set_parcours", as: other, body: "[]"}, "403 permission requise : EditFormation"},
		{"unknown UE", request{to: "POST formation/ue/99/set_parcours", as: planning, body: "[]"}, "404 UE inconnue"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formation/ue/50/set_parcours", as: planning, body: "[]"}, "404 UE inconnue"},
		{"no body", request{to: "POST formation/ue/50/set_parcours", as: planning}, "400 corps de la requête: manquant"},
		{"not a list", request{to: "POST formation/ue/50/set_parcours", as: planning, body: `{"parcours": [1]}`}, "400 corps de la requête: invalide (liste attendue)"},
		{"not ids", request{to: "POST formation/ue/50/set_parcours", as: planning, body: `["Cyber"]`}, "400 corps de la requête: invalide (entier attendu)"},
		{"unknown track", request{to: "POST formation/ue/50/set_parcours", as: planning, body: "[1, 99]"}, "404 parcours inconnu dans le référentiel de la formation"},
		{"track of another framework", request{to: "POST formation/ue/50/set_parcours", as: planning, body: "[50]"}, "404 parcours inconnu dans le référentiel de la formation"},
		{"programme without framework", request{to: "POST formation/ue/53/set_parcours", as: planning, body: "[1]"}, "404 parcours inconnu dans le référentiel de la formation"},
		{"track without the level", request{to: "POST formation/ue/50/set_parcours", as: planning, body: "[1, 2]"}, "400 un parcours de l'UE n'atteint pas le niveau « Sécuriser » de BUT2"},
		{"of a locked semester", request{to: "POST formation/ue/1/set_parcours", as: planning, body: "[1]"}, "403 formation verrouillée (utilisée dans un semestre verrouillé)"},
	})
	s.exec("INSERT INTO ue_parcours (ue_id, parcours_id) VALUES (51, 1), (50, 2); UPDATE ues SET niveau_id = 2 WHERE id IN (50, 51)")
	s.refuses([]refusal{
		{"level of another UE", request{to: "POST formation/ue/50/set_parcours", as: planning, body: "[1, 2]"}, "400 le niveau est déjà celui d'une autre UE de ce semestre, UE3.2"},
		{"level of another UE for all", request{to: "POST formation/ue/50/set_parcours", as: planning, body: "[]"}, "400 le niveau est déjà celui d'une autre UE de ce semestre, UE3.2"},
	})
}

func TestUEsAreTiedToNiveaux(t *testing.T) {
	s := open(t)
	s.exec(newUEs)
	rt := holding("RT", scolarite.EditFormation)
	s.example("ue_assoc_niveau", request{to: "POST /ScoDoc/RT/api/formation/ue/50/assoc_niveau/2", as: rt})
	if got := s.value("SELECT niveau_id FROM ues WHERE id = 50"); got != "2" {
		t.Error(got)
	}
	assoc := func(ue, niveau string) request {
		return request{to: "POST formation/ue/" + ue + "/assoc_niveau/" + niveau, as: planning}
	}
	if a := s.send(assoc("50", "2")); a.StatusCode != 200 {
		t.Error(a.line()) // again
	}
	const taken, locked = "404 le niveau est déjà celui d'une autre UE de ce semestre, UE3.1", "403 formation verrouillée (utilisée dans un semestre verrouillé)"
	s.refuses([]refusal{
		{"nobody", request{to: "POST formation/ue/50/assoc_niveau/2"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "POST formation/ue/50/assoc_niveau/2", as: other}, "403 permission requise : EditFormation"},
		{"unknown UE", assoc("99", "2"), "404 UE inconnue"},
		{"in another department", request{to: "POST /ScoDoc/GEA/api/formation/ue/50/assoc_niveau/2", as: planning}, "404 UE inconnue"},
		{"unknown level", assoc("50", "99"), "404 niveau de compétence inconnu"},
		{"level of another department", request{to: "POST /ScoDoc/RT/api/formation/ue/50/assoc_niveau/50", as: rt}, "404 niveau de compétence inconnu"},
		{"level of another framework", assoc("50", "50"), "404 le niveau n'est pas du référentiel de la formation"},
		{"programme without framework", assoc("53", "2"), "404 le niveau n'est pas du référentiel de la formation"},
		{"another year", assoc("50", "1"), "404 le niveau est de BUT1, pas de l'année de l'UE"},
		{"another year still", assoc("52", "2"), "404 le niveau est de BUT2, pas de l'année de l'UE"},
		{"that of another UE", assoc("51", "2"), taken},
		{"of a locked semester", assoc("2", "1"), "404 le niveau est déjà celui d'une autre UE de ce semestre, UE1.1"},
		{"untied in a locked semester", request{to: "POST formation/ue/2/desassoc_niveau", as: planning}, locked},
	})
	// Two UEs share a level when no student has both.
	s.exec("INSERT INTO ue_parcours (ue_id, parcours_id) VALUES (50, 1)")
	s.refuses([]refusal{{"all tracks", assoc("51", "2"), taken}})
	s.exec("INSERT INTO ue_parcours (ue_id, parcours_id) VALUES (51, 2)")
	if a := s.send(assoc("51", "2")); a.StatusCode != 200 {
		t.Error(a.line())
	}
	s.refuses([]refusal{{"not reached", assoc("51", "6"), "404 un parcours de l'UE n'atteint pas le niveau « Sécuriser » de BUT2"}})

	s.example("ue_desassoc_niveau", request{to: "POST formation/ue/50/desassoc_niveau", as: planning})
	if got := s.value("SELECT niveau_id IS NULL FROM ues WHERE id = 50"); got != "1" {
		t.Error("it has its level still")
	}
	before := s.value("SELECT count(*) FROM journal")
	if a := s.send(request{to: "POST formation/ue/50/desassoc_niveau", as: planning}); a.StatusCode != 200 || s.value("SELECT count(*) FROM journal") != before {
		t.Error(a.line())
	}
	s.refuses([]refusal{
		{"nobody unties", request{to: "POST formation/ue/51/desassoc_niveau"}, "401 Non autorise (logic)"},
		{"untied without permission", request{to: "POST formation/ue/51/desassoc_niveau", as: other}, "403 permission requise : EditFormation"},
		{"unknown UE untied", request{to: "POST formation/ue/99/desassoc_niveau", as: planning}, "404 UE inconnue"},
		{"untied in another department", request{to: "POST /ScoDoc/GEA/api/formation/ue/51/desassoc_niveau", as: planning}, "404 UE inconnue"},
	})
}
