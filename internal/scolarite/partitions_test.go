package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// grouping may change the groups of RT, and only on its base.
var grouping = holding("RT", scolarite.ScoView, scolarite.EtudChangeGroups)

// memberships lists who is in which group of a partition, "etudid:group".
func (s *site) memberships(partitionID int64) string {
	s.t.Helper()
	return s.value(fmt.Sprintf("SELECT group_concat(etudid || ':' || group_id, ' ' ORDER BY etudid) FROM groupe_membres WHERE partition_id = %d", partitionID))
}

func TestPartitionsAreShown(t *testing.T) {
	s := open(t)
	s.example("formsemestre_partitions", request{to: "GET formsemestre/1/partitions", as: chef})
	s.example("partition_info", request{to: "GET partition/6", as: holding("", scolarite.ScoView)})
	s.example("partition_info.defaut", request{to: "GET /ScoDoc/RT/api/partition/1", as: holding("RT", scolarite.ScoView)})
	if got := s.get("formsemestre/2/partitions").line(); got != "200 {}" {
		t.Errorf("a semester without partitions: %s", got)
	}
}

func TestAPartitionIsCreated(t *testing.T) {
	s := open(t)
	s.example("partition_create", request{to: "POST /ScoDoc/RT/api/formsemestre/1/partition/create", as: grouping, body: `{"partition_name": " Langue ", "bul_show_rank": true}`})
	// The first one of a semester, with everything said; a director may.
	a := s.send(request{
		to: "POST formsemestre/2/partition/create", as: account("mdupont"),
		body: `{"partition_name": "` + strings.Repeat("é", 32) + `", "numero": 7, "bul_show_rank": null, "show_in_lists": false, "groups_editable": false}`,
	})
	want := `200 {"id":12,"partition_id":12,"formsemestre_id":2,"partition_name":"` + strings.Repeat("é", 32) + `","numero":7,"bul_show_rank":false,"show_in_lists":false,"groups_editable":false,"groups":{}}`
	if got := a.line(); got != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}
	if got, want := s.get("partition/12").line(), a.line(); got != want {
		t.Errorf("read back: %s", got)
	}
	if got := s.post("formsemestre/2/partition/create", `{"partition_name": "TD", "numero": 0}`).line(); !strings.Contains(got, `"numero":0,`) {
		t.Errorf("the number 0: %s", got)
	}
	if got := s.value("SELECT group_concat(object_id || ' ' || object_name) FROM journal WHERE action = 'partition.create' AND object_type = 'partition'"); !strings.HasPrefix(got, "11 Langue,12 é") {
		t.Errorf("journal: %s", got)
	}
}

func TestAPartitionThatWillNotDo(t *testing.T) {
	s := open(t)
	create := func(body string) request {
		return request{to: "POST formsemestre/1/partition/create", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"no name", create(`{"numero": 3}`), "400 param 'partition_name': manquant"},
		{"an empty name", create(`{"partition_name": " "}`), "400 param 'partition_name': trop court (1 caractère au moins)"},
		{"a name too long", create(`{"partition_name": "` + strings.Repeat("é", 33) + `"}`), "400 param 'partition_name': trop long (32 caractères au plus)"},
		{"a control character", create(`{"partition_name": "T\u0000D"}`), "400 param 'partition_name': invalide"},
		{"a name taken", create(`{"partition_name": "TD "}`), "400 une partition de ce nom existe déjà dans ce semestre"},
		{"the reserved name", create(`{"partition_name": "Parcours"}`), "400 nom de partition réservé : Parcours"},
		{"wrong types", create(`{"partition_name": 3, "numero": "x", "show_in_lists": []}`), "400 param 'partition_name': invalide (texte attendu), param 'numero': invalide (entier attendu), param 'show_in_lists': invalide (booléen attendu)"},
		{"a negative number", create(`{"partition_name": "A", "numero": -1}`), "400 param 'numero': invalide (au moins 0)"},
		{"a list", create(`[]`), "400 corps de la requête: invalide (objet attendu)"},
		{"no body", create(``), "400 corps de la requête: manquant"},
		{"broken JSON", create(`{`), "400 corps de la requête: JSON invalide"},
		{"an unknown semester", request{to: "POST formsemestre/99/partition/create", as: chef, body: `{"partition_name": "A"}`}, "404 formsemestre inconnu"},
	})
	if got := s.value("SELECT count(*) FROM partitions"); got != "10" {
		t.Errorf("%s partitions", got)
	}
}

func TestAPartitionIsEdited(t *testing.T) {
	s := open(t)
	a := s.example("partition_edit", request{to: "POST /ScoDoc/RT/api/partition/6/edit", as: grouping, body: `{"partition_name": "Travaux dirigés", "numero": 9, "bul_show_rank": false}`})
	if got := s.get("partition/6").line(); got != a.line() {
		t.Errorf("read back: %s", got)
	}
	for body, want := range map[string]string{
		`{}`: a.line(), `{"partition_name": null, "numero": null, "show_in_lists": null}`: a.line(), `{"partition_name": "Travaux dirigés"}`: a.line(),
	} {
		if got := s.post("partition/6/edit", body).line(); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action = 'partition.update'"); got != "1" {
		t.Errorf("%s lines in the journal, for one change", got)
	}
	// What is reserved keeps its name, not the rest.
	for _, to := range []string{"partition/7/edit", "partition/1/edit"} {
		if got := s.post(to, `{"bul_show_rank": true, "groups_editable": false}`); got.StatusCode != 200 || !strings.Contains(got.body, `"bul_show_rank":true`) {
			t.Errorf("%s: %s", to, got.line())
		}
	}
	if got := s.post("partition/7/edit", `{"partition_name": "Parcours"}`); got.StatusCode != 200 {
		t.Error(got.line())
	}
	s.refuses([]refusal{
		{"the default one named", request{to: "POST partition/1/edit", as: chef, body: `{"partition_name": "Tous"}`}, "400 cette partition ne peut être renommée"},
		{"Parcours renamed", request{to: "POST partition/7/edit", as: chef, body: `{"partition_name": "Voie"}`}, "400 cette partition ne peut être renommée"},
		{"Parcours made editable", request{to: "POST partition/7/edit", as: chef, body: `{"groups_editable": true}`}, "400 les groupes de cette partition ne peuvent être rendus éditables"},
		{"the default one made editable", request{to: "POST partition/1/edit", as: chef, body: `{"groups_editable": true}`}, "400 les groupes de cette partition ne peuvent être rendus éditables"},
		{"a name taken", request{to: "POST partition/8/edit", as: chef, body: `{"partition_name": "Travaux dirigés"}`}, "400 une partition de ce nom existe déjà dans ce semestre"},
		{"the reserved name", request{to: "POST partition/8/edit", as: chef, body: `{"partition_name": "Parcours"}`}, "400 nom de partition réservé : Parcours"},
		{"an empty name", request{to: "POST partition/8/edit", as: chef, body: `{"partition_name": ""}`}, "400 param 'partition_name': trop court (1 caractère au moins)"},
		{"a wrong type", request{to: "POST partition/8/edit", as: chef, body: `{"numero": "deux"}`}, "400 param 'numero': invalide (entier attendu)"},
	})
}

func TestAPartitionIsDeleted(t *testing.T) {
	s := open(t)
	s.example("partition_delete", request{to: "POST partition/6/delete", as: account("mdupont")})
	if got := s.value("SELECT count(*) FROM groupes WHERE partition_id = 6"); got != "0" {
		t.Errorf("%s groups are left", got)
	}
	if got := s.value("SELECT count(*) FROM inscriptions WHERE formsemestre_id = 1"); got != "4" {
		t.Errorf("%s registrations", got)
	}
	if got := s.memberships(6) + "," + s.memberships(1); got != ",1:1 2:1 3:1 4:1" {
		t.Errorf("memberships: %s", got)
	}
	if got := s.value("SELECT count(*) FROM inscriptions WHERE parcours_id IS NOT NULL"); got != "3" {
		t.Errorf("%s parcours", got)
	}
	if got := s.post("partition/7/delete", "").line(); got != `200 {"OK":true}` {
		t.Error(got)
	}
	if got := s.value("SELECT group_concat(id) FROM inscriptions WHERE parcours_id IS NOT NULL"); got != "5" {
		t.Errorf("with a parcours: %s, want that of the other semester alone", got)
	}
	s.refuses([]refusal{{"the default one", request{to: "POST partition/1/delete", as: chef}, "400 la partition par défaut ne peut être supprimée"}})
}

func TestPartitionsArePutInOrder(t *testing.T) {
	s := open(t)
	a := s.example("formsemestre_set_partitions_order", request{to: "POST formsemestre/1/partitions/order", as: account("mdupont"), body: `[8, 6, 7]`})
	if got := s.value("SELECT group_concat(id || ':' || numero, ' ' ORDER BY numero) FROM partitions WHERE formsemestre_id = 1"); got != "1:0 8:1 6:2 7:3" {
		t.Errorf("numbers: %s", got)
	}
	if got := s.send(request{to: "POST formsemestre/1/partitions/order", as: chef, body: `[8, 6, 7]`}).line(); got != a.line() {
		t.Errorf("once more: %s", got)
	}
	if got := s.value("SELECT before || after FROM journal WHERE action = 'formsemestre.order_partitions'"); got != "[7,6,8][8,6,7]" {
		t.Errorf("journal: %s", got)
	}
	if got := s.post("formsemestre/2/partitions/order", "[]").line(); got != "200 []" {
		t.Errorf("none to order: %s", got)
	}
	for _, c := range [][2]string{{`[7]`, "1:0 7:1 8:2 6:3"}, {`[6, 1, 8]`, "1:0 6:1 8:2 7:3"}, {`[]`, "1:0 6:1 8:2 7:3"}} {
		s.post("formsemestre/1/partitions/order", c[0])
		if got := s.value("SELECT group_concat(id || ':' || numero, ' ' ORDER BY numero) FROM partitions WHERE formsemestre_id = 1"); got != c[1] {
			t.Errorf("numbers after %s: %s", c[0], got)
		}
	}
	const wrong = "400 liste de partitions invalide : celles du semestre, une fois chacune"
	order := func(body string) request {
		return request{to: "POST formsemestre/1/partitions/order", as: chef, body: body}
	}
	s.refuses([]refusal{
		{"one of another semester", order(`[6, 7, 9]`), wrong},
		{"one twice", order(`[6, 7, 7]`), wrong},
		{"texts", order(`["a"]`), "400 corps de la requête: invalide (entier attendu)"},
		{"an object", order(`{}`), "400 corps de la requête: invalide (liste attendue)"},
		{"no body", order(``), "400 corps de la requête: manquant"},
	})
}

func TestGroupsArePutInOrder(t *testing.T) {
	s := open(t)
	a := s.example("partition_order_groups", request{to: "POST partition/6/groups/order", as: account("mdupont"), body: `[7, 6]`})
	if got := s.get("partition/6").line(); got != a.line() {
		t.Errorf("read back: %s", got)
	}
	if got := s.post("partition/7/groups/order", `[9, 8]`); got.StatusCode != 200 || !strings.Contains(got.body, `"groups":{"9":`) {
		t.Errorf("parcours: %s", got.line())
	}
	if got := s.post("partition/6/groups/order", `[6]`); got.StatusCode != 200 || !strings.Contains(got.body, `"groups":{"6":`) {
		t.Errorf("one of them: %s", got.line())
	}
	const wrong = "400 liste de groupes invalide : ceux de la partition, une fois chacun"
	for _, body := range []string{`[6, 8]`, `[6, 6]`, `[6, 7, 7]`} {
		s.refuses([]refusal{{body, request{to: "POST partition/6/groups/order", as: chef, body: body}, wrong}})
	}
	s.refuses([]refusal{{"not numbers", request{to: "POST partition/6/groups/order", as: chef, body: `[6, [7]]`}, "400 corps de la requête: invalide (entier attendu)"}})
}

func TestAStudentLeavesAPartition(t *testing.T) {
	s := open(t)
	s.example("partition_remove_etud", request{to: "POST partition/6/remove_etudiant/1", as: account("mdupont")})
	if got := s.memberships(6); got != "2:7 3:6" {
		t.Errorf("TD: %s", got)
	}
	// It is no error when he is not in it, nor for who is not registered.
	for _, to := range []string{"partition/6/remove_etudiant/1", "partition/6/remove_etudiant/5"} {
		if got := s.post(to, ""); got.StatusCode != 200 {
			t.Errorf("%s: %s", to, got.line())
		}
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action = 'group.leave'"); got != "1" {
		t.Errorf("%s lines in the journal", got)
	}
	if s.post("partition/7/remove_etudiant/1", ""); s.value("SELECT parcours_id FROM inscriptions WHERE id = 1") != "" {
		t.Error("he kept his parcours")
	}
	s.refuses([]refusal{
		{"the default one", request{to: "POST partition/1/remove_etudiant/1", as: chef}, "403 partition non editable"},
		{"an unknown student", request{to: "POST partition/6/remove_etudiant/99", as: chef}, "404 étudiant inconnu"},
		{"one of another department", request{to: "POST /ScoDoc/RT/api/partition/6/remove_etudiant/7", as: grouping}, "404 étudiant inconnu"},
	})
}

// TestWhoChangesGroups sends every entry that writes as those who may not.
func TestWhoChangesGroups(t *testing.T) {
	s := open(t)
	before := s.value("SELECT (SELECT count(*) FROM groupe_membres) || (SELECT group_concat(id || ':' || numero || ifnull(partition_name, '')) FROM partitions) || (SELECT group_concat(id || ':' || numero || ifnull(group_name, '')) FROM groupes)")
	for _, e := range []struct{ open, locked, foreign, body, unknown string }{
		{"formsemestre/1/partition/create", "formsemestre/3/partition/create", "formsemestre/4/partition/create", `{"partition_name": "A"}`, "formsemestre inconnu"},
		{"formsemestre/1/partitions/order", "formsemestre/3/partitions/order", "formsemestre/4/partitions/order", `[6, 7, 8]`, "formsemestre inconnu"},
		{"formsemestre/1/groups_save_auto_assignment", "formsemestre/3/groups_save_auto_assignment", "formsemestre/4/groups_save_auto_assignment", `{}`, "formsemestre inconnu"},
		{"partition/6/edit", "partition/9/edit", "partition/10/edit", `{"numero": 5}`, "partition inconnue"},
		{"partition/6/delete", "partition/9/delete", "partition/10/delete", ``, "partition inconnue"},
		{"partition/6/groups/order", "partition/9/groups/order", "partition/10/groups/order", `[7, 6]`, "partition inconnue"},
		{"partition/6/remove_etudiant/1", "partition/9/remove_etudiant/1", "partition/10/remove_etudiant/6", ``, "partition inconnue"},
		{"partition/6/group/create", "partition/9/group/create", "partition/10/group/create", `{"group_name": "A"}`, "partition inconnue"},
		{"group/6/edit", "group/11/edit", "group/12/edit", `{"numero": 5}`, "groupe inconnu"},
		{"group/6/delete", "group/11/delete", "group/12/delete", ``, "groupe inconnu"},
		{"group/6/set_edt_id/x", "group/11/set_edt_id/x", "group/12/set_edt_id/x", ``, "groupe inconnu"},
		{"group/6/set_etudiant/2", "group/11/set_etudiant/1", "group/12/set_etudiant/7", ``, "groupe inconnu"},
		{"group/6/remove_etudiant/1", "group/11/remove_etudiant/1", "group/12/remove_etudiant/6", ``, "groupe inconnu"},
	} {
		s.refuses([]refusal{
			{"nobody", request{to: "POST " + e.open, body: e.body}, "401 Non autorise (logic)"},
			{"without ScoView", request{to: "POST " + e.open, as: other, body: e.body}, "403 permission requise : ScoView"},
			{"with ScoView only", request{to: "POST " + e.open, as: holding("", scolarite.ScoView), body: e.body}, "403 opération non autorisée"},
			{"who directs another semester", request{to: "POST " + e.open, as: account("aleroy"), body: e.body}, "403 opération non autorisée"},
			{"a locked semester", request{to: "POST " + e.locked, as: chef, body: e.body}, "403 formsemestre verrouillé"},
			{"a locked semester, its director", request{to: "POST " + e.locked, as: account("pmartin"), body: e.body}, "403 formsemestre verrouillé"},
			{"a right of another department", request{to: "POST /ScoDoc/GEA/api/" + e.foreign, as: grouping, body: e.body}, "403 permission requise : ScoView"},
			{"another department's", request{to: "POST /ScoDoc/RT/api/" + e.foreign, as: grouping, body: e.body}, "404 " + e.unknown},
			{"an unknown one", request{to: "POST " + strings.Replace(strings.Replace(e.open, "/1/", "/99/", 1), "/6/", "/99/", 1), as: chef, body: e.body}, "404 " + e.unknown},
		})
	}
	if after := s.value("SELECT (SELECT count(*) FROM groupe_membres) || (SELECT group_concat(id || ':' || numero || ifnull(partition_name, '')) FROM partitions) || (SELECT group_concat(id || ':' || numero || ifnull(group_name, '')) FROM groupes)"); after != before {
		t.Errorf("something was written\nbefore %s\nafter  %s", before, after)
	}
}

// TestWhoReadsGroups sends every entry that reads as those who may not.
func TestWhoReadsGroups(t *testing.T) {
	s := open(t)
	for _, path := range []string{"formsemestre/4/partitions", "formsemestre/4/groups_get_auto_assignment", "formsemestre/4/edt", "partition/10", "group/12/etudiants", "group/12/etudiants/query"} {
		unknown := map[string]string{"f": "formsemestre inconnu", "p": "partition inconnue", "g": "groupe inconnu"}[path[:1]]
		s.refuses([]refusal{
			{"nobody", request{to: "GET " + path}, "401 Non autorise (logic)"},
			{"without ScoView", request{to: "GET " + path, as: other}, "403 permission requise : ScoView"},
			{"with ScoView of one department", request{to: "GET " + path, as: grouping}, "403 permission requise : ScoView"},
			{"another department's", request{to: "GET /ScoDoc/RT/api/" + path, as: grouping}, "404 " + unknown},
			{"an unknown one", request{to: "GET " + strings.NewReplacer("/4/", "/99/", "/12/", "/99/", "/10", "/99").Replace(path), as: chef}, "404 " + unknown},
			{"not a number", request{to: "GET " + strings.NewReplacer("/4/", "/x/", "/12/", "/x/", "/10", "/x").Replace(path), as: chef}, "404 adresse inconnue"},
		})
	}
}
