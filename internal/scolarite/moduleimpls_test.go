package scolarite_test

import (
	"testing"

	"intendant/internal/scolarite"
)

func TestModuleImplInscriptions(t *testing.T) {
	s := open(t)
	s.example("moduleimpl_inscriptions", request{to: "GET moduleimpl/1/inscriptions", as: holding("", scolarite.ScoView)})
	if a := s.get("moduleimpl/4/inscriptions"); a.body != "[]" {
		t.Errorf("nobody is %s", a.line())
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET moduleimpl/1/inscriptions"}, "401 Non autorise (logic)"},
		{"without the permission", request{to: "GET moduleimpl/1/inscriptions", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET moduleimpl/99/inscriptions", as: chef}, "404 moduleimpl inconnu"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/moduleimpl/1/inscriptions", as: chef}, "404 moduleimpl inconnu"},
	})
}

// members are the students of a module.
func (s *site) members(moduleimpl string) string {
	s.t.Helper()
	return s.value("SELECT group_concat(etudid, ' ') FROM (SELECT etudid FROM moduleimpl_inscriptions WHERE moduleimpl_id = " + moduleimpl + " ORDER BY etudid)")
}

func TestModuleImplEtudInscrit(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO evaluations (id, moduleimpl_id) VALUES (1, 4);
		INSERT INTO notes (evaluation_id, etudid, value, at) VALUES (1, 1, 12, '2025-11-01T10:00:00.000Z')`)
	s.example("moduleimpl_etud_inscrit", request{to: "POST moduleimpl/4/etudid/1/inscrit", as: account("mdupont")}) // who directs the semester
	if got := s.members("4"); got != "1" {
		t.Errorf("in the module: %s", got)
	}
	if got := s.value("SELECT action || ' ' || object_id || ' ' || object_name || ' ' || account FROM journal ORDER BY id DESC LIMIT 1"); got != "moduleimpl.inscrit 4 SPORT1, COSTA Simone mdupont" {
		t.Errorf("journal: %s", got)
	}
	first := s.post("moduleimpl/4/etudid/1/inscrit", "")
	if first.line() != `200 {"id":14,"etudid":1,"moduleimpl_id":4}` {
		t.Errorf("again: %s", first.line())
	}
	if a := s.send(request{to: "POST /ScoDoc/RT/api/moduleimpl/4/etudid/4/inscrit", as: holding("RT", scolarite.ScoView, scolarite.EtudInscrit)}); a.StatusCode != 200 || s.members("4") != "1 4" {
		t.Errorf("a secretary: %s", a.line())
	}
	s.example("moduleimpl_etud_desinscrit", request{to: "POST moduleimpl/4/etudid/1/desinscrit", as: account("mdupont")})
	if got := s.members("4"); got != "4" {
		t.Errorf("left in the module: %s", got)
	}
	if got := s.value("SELECT value FROM notes WHERE etudid = 1"); got != "12" {
		t.Errorf("his mark is %s", got)
	}
}

func TestModuleImplEtudInscritRefusals(t *testing.T) {
	s := open(t)
	for _, act := range []string{"inscrit", "desinscrit"} {
		post := func(modimpl, etudid string) request {
			return request{to: "POST moduleimpl/" + modimpl + "/etudid/" + etudid + "/" + act, as: chef}
		}
		s.refuses([]refusal{
			{"nobody", request{to: "POST moduleimpl/1/etudid/1/" + act}, "401 Non autorise (logic)"},
			{"without the permission at the door", request{to: "POST moduleimpl/1/etudid/1/" + act, as: other}, "403 permission requise : ScoView"},
			{"who sees and directs nothing", request{to: "POST moduleimpl/1/etudid/1/" + act, as: holding("", scolarite.ScoView)}, "403 opération non autorisée"},
			{"who teaches it and directs nothing", request{to: "POST moduleimpl/1/etudid/1/" + act, as: account("aleroy")}, "403 opération non autorisée"},
			{"who directs another semester", request{to: "POST moduleimpl/7/etudid/6/" + act, as: account("mdupont")}, "403 opération non autorisée"},
			{"with the right in another department", request{to: "POST /ScoDoc/GEA/api/moduleimpl/7/etudid/6/" + act, as: holding("RT", scolarite.ScoView, scolarite.EtudInscrit)}, "403 permission requise : ScoView"},
			{"an unknown module", post("99", "1"), "404 moduleimpl inconnu"},
			{"an unknown student", post("1", "99"), "404 étudiant inconnu"},
			{"of another department", request{to: "POST /ScoDoc/GEA/api/moduleimpl/1/etudid/1/" + act, as: chef}, "404 moduleimpl inconnu"},
			{"a student of another department", request{to: "POST /ScoDoc/RT/api/moduleimpl/1/etudid/6/" + act, as: chef}, "404 étudiant inconnu"},
			{"a locked semester", post("12", "1"), "403 formsemestre verrouillé"},
			{"a locked semester, who directs it", request{to: "POST moduleimpl/12/etudid/1/" + act, as: account("pmartin")}, "403 formsemestre verrouillé"},
			{"a student who is not in the semester", post("1", "5"), "404 étudiant non inscrit à ce semestre"},
		})
	}
	s.refuses([]refusal{{"a student who is not in the module", request{to: "POST moduleimpl/4/etudid/1/desinscrit", as: chef}, "404 étudiant non inscrit à ce module"}})
	if got := s.value("SELECT count(*) FROM moduleimpl_inscriptions"); got != "13" {
		t.Errorf("%s registrations", got)
	}
}

func TestModuleImplCreate(t *testing.T) {
	s := open(t)
	s.exec("UPDATE accounts SET active = 0 WHERE id = 104")
	s.example("moduleimpl_create", request{to: "POST formsemestre/2/moduleimpl/create", as: holding("", scolarite.EditFormSemestre), body: `{"module_id": 1, "responsable_id": 102}`})
	for _, c := range []struct{ body, want string }{
		{`{"module_id": 2}`, "2 101"}, // who directs the semester first
		{`{"module_id": 3, "responsable_id": null}`, "3"},
	} {
		if a := s.post("formsemestre/2/moduleimpl/create", c.body); a.StatusCode != 200 {
			t.Errorf("%s: %s", c.body, a.line())
		}
		if got := s.value("SELECT concat_ws(' ', module_id, responsable_id) FROM moduleimpls ORDER BY id DESC LIMIT 1"); got != c.want {
			t.Errorf("%s: %s", c.body, got)
		}
	}
	create := func(sem, body string) request {
		return request{to: "POST formsemestre/" + sem + "/moduleimpl/create", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST formsemestre/2/moduleimpl/create", body: `{}`}, "401 Non autorise (logic)"},
		{"who directs the semester", request{to: "POST formsemestre/2/moduleimpl/create", as: account("mdupont"), body: `{}`}, "403 permission requise : EditFormSemestre"},
		{"an unknown semester", create("99", `{"module_id": 4}`), "404 formsemestre inconnu"},
		{"of another department", request{to: "POST /ScoDoc/GEA/api/formsemestre/2/moduleimpl/create", as: chef, body: `{"module_id": 4}`}, "404 formsemestre inconnu"},
		{"a locked semester", create("3", `{"module_id": 4}`), "403 formsemestre verrouillé"},
		{"a module of another programme", create("2", `{"module_id": 7}`), "404 module inconnu dans la formation du semestre"},
		{"an unknown module", create("2", `{"module_id": 99}`), "404 module inconnu dans la formation du semestre"},
		{"no module", create("2", `{}`), "404 param 'module_id': manquant"},
		{"a module that is there", create("2", `{"module_id": 5}`), "409 ce module est déjà dans le semestre"},
		{"a closed account", create("2", `{"module_id": 4, "responsable_id": 104}`), "404 param 'responsable_id': utilisateur 104 inconnu ou inactif"},
		{"an unknown account", create("2", `{"module_id": 4, "responsable_id": 9}`), "404 param 'responsable_id': utilisateur 9 inconnu ou inactif"},
	})
}

func TestModuleImplSetEnseignants(t *testing.T) {
	s := open(t)
	s.exec("UPDATE accounts SET active = 0 WHERE id = 104")
	s.example("moduleimpl_set_enseignants", request{to: "POST moduleimpl/1/enseignants", as: holding("", scolarite.EditFormSemestre), body: `[103, 101, 103]`})
	const teachers = "SELECT ifnull(group_concat(account_id, ' '), '') FROM moduleimpl_enseignants WHERE moduleimpl_id = 1"
	if got := s.value(teachers); got != "101 103" {
		t.Errorf("teachers: %s", got)
	}
	if got := s.value("SELECT before || after FROM journal ORDER BY id DESC LIMIT 1"); got != `{"formsemestre_id":1,"module_id":1,"responsable_id":101,"ens":["pmartin"]}{"formsemestre_id":1,"module_id":1,"responsable_id":101,"ens":["mdupont","aleroy"]}` {
		t.Errorf("journal: %s", got)
	}
	set := func(modimpl, body string) request {
		return request{to: "POST moduleimpl/" + modimpl + "/enseignants", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"nobody", request{to: "POST moduleimpl/1/enseignants", body: `[]`}, "401 Non autorise (logic)"},
		{"who directs the semester", request{to: "POST moduleimpl/1/enseignants", as: account("mdupont"), body: `[]`}, "403 permission requise : EditFormSemestre"},
		{"unknown", set("99", `[]`), "404 moduleimpl inconnu"},
		{"of another department", request{to: "POST /ScoDoc/GEA/api/moduleimpl/1/enseignants", as: chef, body: `[]`}, "404 moduleimpl inconnu"},
		{"a locked semester", set("12", `[101]`), "403 formsemestre verrouillé"},
		{"a closed account and an unknown one", set("1", `[101, 104, 9]`), "404 param 'enseignants': utilisateur 104 inconnu ou inactif, param 'enseignants': utilisateur 9 inconnu ou inactif"},
		{"no list", set("1", `{"uids": [101]}`), "404 corps de la requête: invalide (liste attendue)"},
		{"no body", set("1", ""), "404 corps de la requête: manquant"},
	})
	if a := s.post("moduleimpl/1/enseignants", "[]"); a.StatusCode != 200 || s.value(teachers) != "" {
		t.Errorf("nobody: %s, %s", a.line(), s.value(teachers))
	}
}
