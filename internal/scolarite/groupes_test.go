package scolarite_test

import (
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestTheStudentsOfAGroup(t *testing.T) {
	s := open(t)
	s.example("group_etudiants", request{to: "GET group/6/etudiants", as: holding("", scolarite.ScoView)})
	s.example("group_etudiants_query", request{to: "GET group/1/etudiants/query?etat=DEF", as: chef})
	for query, want := range map[string]string{
		"group/1/etudiants": "1 2 4 3", "group/1/etudiants/query": "1 2 4 3", "group/1/etudiants/query?etat=": "1 2 4 3", "group/1/etudiants/query?etat=I": "1 2",
		"group/1/etudiants/query?etat=D": "4", "group/1/etudiants/query?etat=defaillants": "3", "group/6/etudiants/query?etat=I": "1", "group/10/etudiants": "",
	} {
		if got := s.ids(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	// Who is in the group and has left the semester is not shown.
	s.exec("DELETE FROM inscriptions WHERE id = 3")
	if got := s.ids("group/6/etudiants"); got != "1" {
		t.Errorf("after one has left: %s", got)
	}
	s.refuses([]refusal{{"an unknown state", request{to: "GET group/1/etudiants/query?etat=X", as: chef}, "404 param 'etat': invalide (I, D ou DEF)"}})
}

// ids returns the ids of the objects of a list.
func (s *site) ids(path string) string {
	s.t.Helper()
	var ids []string
	for _, o := range s.get(path).json(s.t).([]any) {
		ids = append(ids, string(o.(map[string]any)["id"].(interface{ String() string }).String()))
	}
	return strings.Join(ids, " ")
}

func TestAGroupIsCreated(t *testing.T) {
	s := open(t)
	s.example("group_create", request{to: "POST partition/6/group/create", as: account("mdupont"), body: `{"group_name": "TD3", "edt_id": "rt1-td3"}`})
	if got := s.get("partition/6").body; !strings.Contains(got, `"13":{"id":13,"group_id":13,"partition_id":6,"group_name":"TD3","numero":2,"edt_id":"rt1-td3"}}`) {
		t.Errorf("read back: %s", got)
	}
	if got := s.post("partition/8/group/create", `{"group_name": "`+strings.Repeat("é", 64)+`", "numero": 0, "edt_id": null}`); got.StatusCode != 200 || !strings.Contains(got.body, `"numero":0,"edt_id":null`) {
		t.Error(got.line())
	}
	s.exec("UPDATE partitions SET groups_editable = 0 WHERE id = 8")
	create := func(partition, body string) request {
		return request{to: "POST partition/" + partition + "/group/create", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"no name", create("6", `{}`), "400 param 'group_name': manquant"},
		{"a null name", create("6", `{"group_name": null}`), "400 param 'group_name': invalide (texte attendu)"},
		{"an empty name", create("6", `{"group_name": ""}`), "400 param 'group_name': trop court (1 caractère au moins)"},
		{"a name too long", create("6", `{"group_name": "`+strings.Repeat("é", 65)+`"}`), "400 param 'group_name': trop long (64 caractères au plus)"},
		{"a name taken", create("6", `{"group_name": "TD1"}`), "400 un groupe de ce nom existe déjà dans cette partition"},
		{"an invisible edt_id", create("6", `{"group_name": "A", "edt_id": "a\u0000"}`), "400 param 'edt_id': invalide"},
		{"an edt_id too long", create("6", `{"group_name": "A", "edt_id": "`+strings.Repeat("x", 256)+`"}`), "400 param 'edt_id': trop long (255 caractères au plus)"},
		{"in the default partition", create("1", `{"group_name": "A"}`), "403 partition non editable"},
		{"in Parcours", create("7", `{"group_name": "A"}`), "403 partition non editable"},
		{"in one that is not editable", create("8", `{"group_name": "A"}`), "403 partition non editable"},
	})
}

func TestAGroupIsEdited(t *testing.T) {
	s := open(t)
	s.example("group_edit", request{to: "POST group/6/edit", as: account("mdupont"), body: `{"group_name": "TD A", "numero": 4, "edt_id": null}`})
	if got := s.value("SELECT group_name || numero || ifnull(edt_id, '-') FROM groupes WHERE id = 6"); got != "TD A4-" {
		t.Errorf("stored: %s", got)
	}
	if got := s.post("group/6/edit", `{"group_name": null, "numero": null}`).line(); !strings.Contains(got, `"group_name":"TD A","numero":4`) {
		t.Errorf("nothing to change: %s", got)
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action = 'group.update' AND object_type = 'group'"); got != "1" {
		t.Errorf("%s lines in the journal, for one change", got)
	}
	s.refuses([]refusal{
		{"a name taken", request{to: "POST group/6/edit", as: chef, body: `{"group_name": "TD2"}`}, "400 un groupe de ce nom existe déjà dans cette partition"},
		{"an empty name", request{to: "POST group/6/edit", as: chef, body: `{"group_name": " "}`}, "400 param 'group_name': trop court (1 caractère au moins)"},
		{"a wrong type", request{to: "POST group/6/edit", as: chef, body: `{"numero": 1.5}`}, "400 param 'numero': invalide (entier attendu)"},
		{"that of everybody", request{to: "POST group/1/edit", as: chef, body: `{"numero": 1}`}, "403 partition non editable"},
		{"a parcours", request{to: "POST group/8/edit", as: chef, body: `{"group_name": "X"}`}, "403 partition non editable"},
	})
}

func TestTheEdtIDOfAGroup(t *testing.T) {
	s := open(t)
	s.example("group_set_edt_id", request{to: "POST group/8/set_edt_id/rt1-cyber,rt1-secu", as: account("mdupont")})
	if got := s.value("SELECT edt_id FROM groupes WHERE id = 8"); got != "rt1-cyber,rt1-secu" {
		t.Errorf("stored: %s", got)
	}
	if got := s.post("group/1/set_edt_id/tous", ""); got.StatusCode != 200 {
		t.Errorf("the group of everybody: %s", got.line())
	}
	s.refuses([]refusal{{"invisible", request{to: "POST group/8/set_edt_id/a%00", as: chef}, "404 param 'edt_id': invalide"}})
	s.refuses([]refusal{{"no text", request{to: "POST group/8/set_edt_id/a%ff", as: chef}, "404 param 'edt_id': invalide"}})
	s.refuses([]refusal{{"too long", request{to: "POST group/8/set_edt_id/" + strings.Repeat("x", 256), as: chef}, "404 param 'edt_id': trop long (255 caractères au plus)"}})
}

func TestAGroupIsDeleted(t *testing.T) {
	s := open(t)
	s.example("group_delete", request{to: "POST group/6/delete", as: account("mdupont")})
	if got := s.memberships(6) + "," + s.memberships(1); got != "2:7,1:1 2:1 3:1 4:1" {
		t.Errorf("memberships: %s", got)
	}
	s.refuses([]refusal{
		{"it is gone", request{to: "POST group/6/delete", as: chef}, "404 groupe inconnu"},
		{"that of everybody", request{to: "POST group/1/delete", as: chef}, "403 partition non editable"},
		{"a parcours", request{to: "POST group/8/delete", as: chef}, "403 partition non editable"},
	})
}

func TestAStudentChangesGroup(t *testing.T) {
	s := open(t)
	s.example("group_set_etudiant", request{to: "POST group/7/set_etudiant/1", as: account("mdupont")})
	if got := s.memberships(6) + "," + s.memberships(7); got != "1:7 2:7 3:6,1:8 2:9" {
		t.Errorf("memberships: %s", got)
	}
	if s.post("group/7/set_etudiant/1", ""); s.value("SELECT group_concat(before || after) FROM journal WHERE action = 'group.join'") != `{"etudid":1,"group_id":6}{"etudid":1,"group_id":7}` {
		t.Error(s.value("SELECT group_concat(before || after) FROM journal WHERE action = 'group.join'"))
	}
	if s.post("group/10/set_etudiant/4", ""); s.memberships(8) != "4:10" {
		t.Errorf("TP: %s", s.memberships(8))
	}
	s.refuses([]refusal{
		{"one of no semester", request{to: "POST group/6/set_etudiant/5", as: chef}, "404 étudiant non inscrit au semestre de ce groupe"},
		{"one of another department", request{to: "POST group/6/set_etudiant/7", as: chef}, "404 étudiant non inscrit au semestre de ce groupe"},
		{"one the base does not know", request{to: "POST /ScoDoc/RT/api/group/6/set_etudiant/7", as: grouping}, "404 étudiant inconnu"},
		{"an unknown one", request{to: "POST group/6/set_etudiant/99", as: chef}, "404 étudiant inconnu"},
		{"the group of everybody", request{to: "POST group/1/set_etudiant/1", as: chef}, "403 partition non editable"},
	})
}

func TestAStudentLeavesAGroup(t *testing.T) {
	s := open(t)
	s.example("group_remove_etud", request{to: "POST group/6/remove_etudiant/1", as: account("mdupont")})
	if got := s.memberships(6); got != "2:7 3:6" {
		t.Errorf("memberships: %s", got)
	}
	for _, to := range []string{"group/6/remove_etudiant/1", "group/6/remove_etudiant/2", "group/6/remove_etudiant/5"} {
		if got := s.post(to, ""); got.StatusCode != 200 {
			t.Errorf("%s: %s", to, got.line())
		}
	}
	if got := s.memberships(6); got != "2:7 3:6" {
		t.Errorf("who was not in the group: %s", got)
	}
	s.refuses([]refusal{
		{"the group of everybody", request{to: "POST group/1/remove_etudiant/1", as: chef}, "403 partition non editable"},
		{"an unknown student", request{to: "POST group/6/remove_etudiant/99", as: chef}, "404 étudiant inconnu"},
	})
}
