package scolarite_test

import (
	"testing"

	"intendant/internal/scolarite"
)

// where is where a student stands in a semester: registration, modules, groups,
// events.
func (s *site) where(etudid, formsemestre string) string {
	s.t.Helper()
	return s.value(`SELECT concat_ws(' | ',
		(SELECT concat_ws(' ', etat, etape, parcours_id) FROM inscriptions WHERE etudid = e.id AND formsemestre_id = f.id),
		(SELECT group_concat(moduleimpl_id, ' ') FROM (SELECT i.moduleimpl_id FROM moduleimpl_inscriptions i JOIN moduleimpls m ON m.id = i.moduleimpl_id
			WHERE i.etudid = e.id AND m.formsemestre_id = f.id ORDER BY 1)),
		(SELECT group_concat(group_id, ' ') FROM (SELECT g.group_id FROM groupe_membres g JOIN partitions p ON p.id = g.partition_id
			WHERE g.etudid = e.id AND p.formsemestre_id = f.id ORDER BY 1)),
		(SELECT group_concat(event_type || '@' || at, ' ') FROM (SELECT event_type, at FROM evenements WHERE etudid = e.id AND formsemestre_id = f.id ORDER BY id)))
		FROM etudiants e, formsemestres f WHERE e.id = ` + etudid + ` AND f.id = ` + formsemestre)
}

const inscribed = "INSCRIPTION@2025-11-17T10:00:00.000Z"

func TestFormSemestreEtudInscrit(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO module_parcours (module_id, parcours_id) VALUES (2, 2)`)
	secretary := holding("RT", scolarite.EtudInscrit)
	s.example("formsemestre_etud_inscrit", request{
		to: "POST /ScoDoc/RT/api/formsemestre/1/etudid/5/inscrit", as: secretary, body: `{"group_ids": [6, 8], "etape": "V1RT"}`,
	})
	// R1.02 is of the other track, and sport is for those who want it.
	if got, want := s.where("5", "1"), "I V1RT 1 | 1 3 | 1 6 8 | "+inscribed; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := s.value("SELECT action || ' ' || object_type || ' ' || object_name FROM journal ORDER BY id DESC LIMIT 1"); got != "inscription.create inscription PETIT Luc, BUT Réseaux et Télécommunications semestre 1" {
		t.Errorf("journal: %s", got)
	}
	for _, c := range []struct{ name, to, body, etudid, sem, want string }{
		{"without a body", "formsemestre/2/etudid/5/inscrit", "", "5", "2", "I | 5 6 | 2 | " + inscribed},
		{"with nothing in it", "formsemestre/2/etudid/2/inscrit", "{}", "2", "2", "I | 5 6 | 2 | " + inscribed},
		{"with nulls", "formsemestre/2/etudid/3/inscrit", `{"group_ids": null, "etape": null}`, "3", "2", "I | 5 6 | 2 | " + inscribed},
		{"in the group of everybody by name", "formsemestre/2/etudid/4/inscrit", `{"group_ids": [2], "etape": ""}`, "4", "2", "I | 5 6 | 2 | " + inscribed},
	} {
		if a := s.post(c.to, c.body); a.StatusCode != 200 {
			t.Errorf("%s: %s", c.name, a.line())
		}
		if got := s.where(c.etudid, c.sem); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	// Malus is a module like others, sport is not.
	s.must(s.Scolarite.Desinscrire(t.Context(), 4, 7))
	if a := s.post("formsemestre/4/etudid/7/inscrit", ""); a.StatusCode != 200 || s.where("7", "4") != "I | 7 8 9 10 | 4 | "+inscribed {
		t.Errorf("classic: %s, %s", a.line(), s.where("7", "4"))
	}
}

func TestFormSemestreEtudInscritRefusals(t *testing.T) {
	s := open(t)
	inscrit := func(sem, etudid, body string) request {
		return request{to: "POST formsemestre/" + sem + "/etudid/" + etudid + "/inscrit", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST formsemestre/1/etudid/5/inscrit"}, "401 Non autorise (logic)"},
		{"who directs the semester", request{to: "POST formsemestre/1/etudid/5/inscrit", as: account("mdupont")}, "403 permission requise : EtudInscrit"},
		{"an unknown semester", inscrit("99", "5", ""), "404 formsemestre inconnu"},
		{"an unknown student", inscrit("1", "99", ""), "404 étudiant inconnu"},
		{"a student of another department", inscrit("1", "7", ""), "404 étudiant inconnu"},
		{"a semester of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/1/etudid/5/inscrit", as: chef}, "404 formsemestre inconnu"},
		{"a locked semester", inscrit("3", "5", ""), "403 formsemestre verrouillé"},
		{"twice", inscrit("1", "1", ""), "400 étudiant déjà inscrit à ce semestre"},
		{"twice, resigned", inscrit("1", "4", ""), "400 étudiant déjà inscrit à ce semestre"},
		{"groups of another semester", inscrit("1", "5", `{"group_ids": [6, 11, 99]}`), "400 param 'group_ids': le groupe 11 n'est pas de ce semestre, param 'group_ids': le groupe 99 n'est pas de ce semestre"},
		{"two groups of a partition", inscrit("1", "5", `{"group_ids": [6, 7]}`), "400 param 'group_ids': le groupe 7 est d'une partition déjà citée"},
		{"groups that are none", inscrit("1", "5", `{"group_ids": "6"}`), "400 param 'group_ids': invalide (liste attendue)"},
		{"a step that is none", inscrit("1", "5", `{"etape": 3}`), "400 param 'etape': invalide (texte attendu)"},
		{"no JSON", inscrit("1", "5", `{`), "400 corps de la requête: JSON invalide"},
	})
	if got := s.where("5", "1"); got != "" {
		t.Errorf("written: %s", got)
	}
}

func TestFormSemestreEtudDesinscrit(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO evaluations (id, moduleimpl_id) VALUES (1, 1);
		INSERT INTO notes (evaluation_id, etudid, value, at) VALUES (1, 1, 12, '2025-11-01T10:00:00.000Z')`)
	s.example("formsemestre_etud_desinscrit", request{to: "POST /ScoDoc/RT/api/formsemestre/1/etudid/1/desinscrit", as: holding("RT", scolarite.EtudInscrit)})
	if got := s.where("1", "1"); got != "INSCRIPTION@2025-08-25T08:00:00.000Z" {
		t.Errorf("left: %s", got)
	}
	if got := s.value("SELECT count(*) FROM notes WHERE etudid = 1"); got != "1" {
		t.Errorf("%s marks are left", got)
	}
	if got := s.where("1", "3"); got != "I 1 | 12 | 3 11" {
		t.Errorf("in another semester: %s", got)
	}
	if got := s.value("SELECT action || ' ' || object_id FROM journal ORDER BY id DESC LIMIT 1"); got != "inscription.delete 1" {
		t.Errorf("journal: %s", got)
	}
}

// TestASemesterElsewhereGoesWithItsLastStudent unregisters the only student of
// a semester of another institution, and of one that is not.
func TestASemesterElsewhereGoesWithItsLastStudent(t *testing.T) {
	s := open(t)
	s.exec("UPDATE formsemestres SET modalite = 'EXT' WHERE id = 4")
	for _, c := range []struct{ etudid, left string }{{"6", "5"}, {"7", "4"}} {
		if a := s.post("formsemestre/4/etudid/"+c.etudid+"/desinscrit", ""); a.line() != `200 {"OK":true}` {
			t.Errorf("%s: %s", c.etudid, a.line())
		}
		if got := s.value("SELECT count(*) FROM formsemestres"); got != c.left {
			t.Errorf("after %s, %s semesters are left", c.etudid, got)
		}
	}
	if got := s.value("SELECT action || ' ' || object_name FROM journal ORDER BY id DESC LIMIT 1"); got != "formsemestre.delete DUT GEA semestre 1" {
		t.Errorf("journal: %s", got)
	}
	if got := s.value("SELECT count(*) FROM pragma_foreign_key_check"); got != "0" {
		t.Errorf("%s broken references", got)
	}
}

func TestFormSemestreEtudDesinscritRefusals(t *testing.T) {
	s := open(t)
	desinscrit := func(sem, etudid string) request {
		return request{to: "POST formsemestre/" + sem + "/etudid/" + etudid + "/desinscrit", as: chef}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST formsemestre/1/etudid/1/desinscrit"}, "401 Non autorise (logic)"},
		{"who directs the semester", request{to: "POST formsemestre/1/etudid/1/desinscrit", as: account("mdupont")}, "403 permission requise : EtudInscrit"},
		{"an unknown semester", desinscrit("99", "1"), "404 formsemestre inconnu"},
		{"an unknown student", desinscrit("1", "99"), "404 étudiant inconnu"},
		{"a student of another department", desinscrit("1", "7"), "404 étudiant inconnu"},
		{"a semester of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/1/etudid/1/desinscrit", as: chef}, "404 formsemestre inconnu"},
		{"a locked semester", desinscrit("3", "1"), "403 formsemestre verrouillé"},
		{"a student who is not in it", desinscrit("1", "5"), "404 étudiant non inscrit à ce semestre"},
	})
	for _, decision := range []string{
		"INSERT INTO validations (etudid, formsemestre_id, ue_id, code, event_at) VALUES (1, 1, 1, 'ADM', '2026-02-01T10:00:00.000Z')",
		"INSERT INTO validations (etudid, formsemestre_id, code, event_at) VALUES (1, 1, 'ADM', '2026-02-01T10:00:00.000Z')",
		"INSERT INTO validations_rcue (etudid, formsemestre_id, ue1_id, ue2_id, code, at) VALUES (1, 1, 1, 4, 'ADM', '2026-02-01T10:00:00.000Z')",
		"INSERT INTO validations_annee (etudid, formsemestre_id, ordre, referentiel_id, annee_scolaire, code, at) VALUES (1, 1, 1, 1, 2025, 'ADM', '2026-02-01T10:00:00.000Z')",
		"INSERT INTO validations_dut120 (etudid, formsemestre_id, referentiel_id, at) VALUES (1, 1, 1, '2026-02-01T10:00:00.000Z')",
		"INSERT INTO autorisations (etudid, origin_formsemestre_id, formation_code, semestre_id, at) VALUES (1, 1, 'FCOD1', 2, '2026-02-01T10:00:00.000Z')",
	} {
		s.exec(decision)
		s.refuses([]refusal{{decision, desinscrit("1", "1"), "403 un jury a pris une décision sur cet étudiant dans ce semestre"}})
		s.exec("DELETE FROM validations WHERE formsemestre_id = 1; DELETE FROM validations_rcue; DELETE FROM validations_annee; DELETE FROM validations_dut120; DELETE FROM autorisations WHERE origin_formsemestre_id = 1")
	}
	if got := s.where("1", "1"); got != "I V1RT 1 | 1 2 3 | 1 6 8 | INSCRIPTION@2025-08-25T08:00:00.000Z" {
		t.Errorf("written: %s", got)
	}
}

func TestFormSemestreEtudEtat(t *testing.T) {
	s := open(t)
	const path = "/ScoDoc/RT/api/formsemestre/1/etudid/1/etat"
	const before = "INSCRIPTION@2025-08-25T08:00:00.000Z"
	s.example("formsemestre_etud_etat", request{to: "POST " + path, as: holding("RT", scolarite.EtudInscrit), body: `{"etat": "D", "date": "2025-11-03"}`})
	for i, c := range []struct{ body, etat, events string }{
		{`{"etat": "D", "date": "2025-11-03"}`, "D", before + " DEMISSION@2025-11-02T23:00:00.000Z"}, // midnight in Paris
		{`{"etat": "D", "date": "04/11/2025"}`, "D", before + " DEMISSION@2025-11-03T23:00:00.000Z"},
		{`{"etat": "DEF"}`, "DEF", before + " DEFAILLANCE@2025-11-17T10:00:00.000Z"},
		{`{"etat": "I"}`, "I", before},
		{`{"etat": "DEF", "date": null}`, "DEF", before + " DEFAILLANCE@2025-11-17T10:00:00.000Z"},
	} {
		a := s.post(path, c.body)
		if a.StatusCode != 200 {
			t.Errorf("%s: %s", c.body, a.line())
		}
		if got, want := s.where("1", "1"), c.etat+" V1RT 1 | 1 2 3 | 1 6 8 | "+c.events; got != want {
			t.Errorf("%d %s: got %s, want %s", i, c.body, got, want)
		}
	}
	if got := s.value("SELECT group_concat(action, ' ') FROM journal WHERE object_type = 'inscription'"); got != "inscription.update inscription.update inscription.update inscription.update inscription.update" {
		t.Errorf("journal: %s", got) // the first change sent twice is written once
	}
	etat := func(sem, etudid, body string) request {
		return request{to: "POST formsemestre/" + sem + "/etudid/" + etudid + "/etat", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST " + path, body: `{"etat": "D"}`}, "401 Non autorise (logic)"},
		{"who directs the semester", request{to: "POST " + path, as: account("mdupont"), body: `{"etat": "D"}`}, "403 permission requise : EtudInscrit"},
		{"an unknown semester", etat("99", "1", `{"etat": "D"}`), "404 formsemestre inconnu"},
		{"an unknown student", etat("1", "99", `{"etat": "D"}`), "404 étudiant inconnu"},
		{"a student of another department", etat("1", "6", `{"etat": "D"}`), "404 étudiant inconnu"},
		{"a semester of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/1/etudid/1/etat", as: chef, body: `{"etat": "D"}`}, "404 formsemestre inconnu"},
		{"a locked semester", etat("3", "1", `{"etat": "D"}`), "403 formsemestre verrouillé"},
		{"a student who is not in it", etat("1", "5", `{"etat": "D"}`), "404 étudiant non inscrit à ce semestre"},
		{"a state that is none", etat("1", "1", `{"etat": "X"}`), "404 param 'etat': invalide"},
		{"no state", etat("1", "1", `{}`), "404 param 'etat': manquant"},
		{"a day that is none", etat("1", "1", `{"etat": "D", "date": "hier"}`), "404 param 'date': invalide (date attendue)"},
		{"no body", etat("1", "1", ""), "404 corps de la requête: manquant"},
	})
}
