package scolarite_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

// row is what the base has of a record, on one line.
func (s *site) row(id int) string {
	s.t.Helper()
	return s.value(fmt.Sprintf(`SELECT concat_ws('|', etudid, ifnull(moduleimpl_id, '-'), debut_at, fin_at, etat, ifnull(description, '-'), entry_at,
		ifnull(account_id, '-'), est_just, ifnull(external_data, '-')) FROM assiduites WHERE id = %d`, id))
}

// lastAction is the last line of the journal.
func (s *site) lastAction() string {
	s.t.Helper()
	return s.value("SELECT concat_ws(' ', action, object_type, object_id, object_name) FROM journal ORDER BY id DESC LIMIT 1")
}

func TestAssiduiteCreate(t *testing.T) {
	s := openAttendance(t)
	secretary := holding("", scolarite.AbsChange)
	s.example("assiduite_create", request{
		to: "POST assiduite/etudid/1/create", as: secretary,
		body: `[{"date_debut": "2025-11-18T08:00", "date_fin": "2025-11-18T10:00", "etat": "absent", "moduleimpl_id": 1, "desc": "Sans nouvelles", "external_data": {"enseignant": "Mme Morvan"}},
{"date_debut": "2025-11-18T09:00", "date_fin": "2025-11-18T11:00", "etat": "retard"}]`,
	})
	by := s.value("SELECT id FROM accounts ORDER BY id DESC LIMIT 1")
	if got, want := s.row(9), "1|1|2025-11-18T07:00:00.000Z|2025-11-18T09:00:00.000Z|2|Sans nouvelles|2025-11-17T10:00:00.000Z|"+by+`|0|{"enseignant":"Mme Morvan"}`; got != want {
		t.Errorf("stored %s\nwant %s", got, want)
	}
	if got := s.lastAction(); got != "assiduite.create assiduite 9 Mme Simone COSTA" {
		t.Errorf("journal: %s", got)
	}
	s.example("assiduites_create", request{
		to: "POST assiduites/create", as: secretary,
		body: `[{"etudid": 2, "date_debut": "2025-11-18T08:00:00+01:00", "date_fin": "2025-11-18T10:00:00+01:00", "etat": "present"},
{"etudid": 999, "date_debut": "2025-11-18T08:00", "date_fin": "2025-11-18T10:00", "etat": "present"},
{"etudid": 6, "date_debut": "2025-11-18T08:00", "date_fin": "2025-11-18T10:00", "etat": "absent", "moduleimpl_id": "autre"}]`,
	})
	if got, want := s.row(11), "6|-|2025-11-18T07:00:00.000Z|2025-11-18T09:00:00.000Z|2|-|2025-11-17T10:00:00.000Z|"+by+`|0|{"module":"Autre"}`; got != want {
		t.Errorf("stored %s\nwant %s", got, want)
	}
}

// TestAssiduiteIsCreatedByEveryPath names the student in each way, and the
// department or none.
func TestAssiduiteIsCreatedByEveryPath(t *testing.T) {
	s := openAttendance(t)
	day := 1
	for _, base := range []string{"", "/ScoDoc/RT/api/"} {
		for _, student := range []string{"1", "etudid/1", "nip/22000001", "ine/INE0000001A"} {
			day++
			body := fmt.Sprintf(`[{"date_debut": "2025-12-%02dT08:00", "date_fin": "2025-12-%02dT10:00", "etat": "absent"}]`, day, day)
			got := s.post(base+"assiduite/"+student+"/create", body)
			if want := fmt.Sprintf(`200 {"errors":[],"success":[{"indice":0,"message":{"assiduite_id":%d}}]}`, day+7); got.line() != want {
				t.Errorf("%s: %s", student, got.line())
			}
		}
	}
	// On the base of all departments a code names who registered last.
	if got := s.value("SELECT group_concat(etudid, ' ' ORDER BY id) FROM assiduites WHERE id > 8"); got != "1 1 6 6 1 1 1 1" {
		t.Errorf("students: %s", got)
	}
}

// creating is the answer to the creation of one record for a student, without
// its wrapping: an id, or why not.
func (s *site) creating(student, record string) string {
	s.t.Helper()
	a := s.post("assiduite/"+student+"/create", "["+record+"]")
	return outcome(s.t, a)
}

// outcome returns the message of a batch of one.
func outcome(t testing.TB, a answer) string {
	t.Helper()
	var batch struct{ Errors, Success []struct{ Message any } }
	if err := json.Unmarshal([]byte(a.body), &batch); err != nil || a.StatusCode != 200 || len(batch.Errors)+len(batch.Success) != 1 {
		t.Fatalf("no batch of one: %s", a.line())
	}
	if len(batch.Errors) == 1 {
		return fmt.Sprint(batch.Errors[0].Message)
	}
	message, err := json.Marshal(batch.Success[0].Message)
	if err != nil {
		t.Fatal(err)
	}
	return string(message)
}

func TestAssiduitesAreReadAsTheyAreSent(t *testing.T) {
	s := openAttendance(t)
	for i, c := range []struct{ record, want string }{
		{`"date_debut": "2026-01-05T08:00", "date_fin": "2026-01-05T10:00", "etat": "absent"`, "1|-|2026-01-05T07:00:00.000Z|2026-01-05T09:00:00.000Z|2|-|-"},
		{`"date_debut": "2026-01-06T08:00:00", "date_fin": "2026-01-06T10:00:30", "etat": "RETARD"`, "1|-|2026-01-06T07:00:00.000Z|2026-01-06T09:00:30.000Z|1|-|-"},
		{`"date_debut": "2026-01-07T08:00:00+0100", "date_fin": "2026-01-07T10:00+01:00", "etat": "Present"`, "1|-|2026-01-07T07:00:00.000Z|2026-01-07T09:00:00.000Z|0|-|-"},
		{`"date_debut": "2026-01-08T08:00:00Z", "date_fin": "2026-01-08 10:00:00 00:00", "etat": " absent "`, "1|-|2026-01-08T08:00:00.000Z|2026-01-08T10:00:00.000Z|2|-|-"},
		{`"date_debut": "2026-01-09", "date_fin": "2026-01-10", "etat": "absent"`, "1|-|2026-01-08T23:00:00.000Z|2026-01-09T23:00:00.000Z|2|-|-"},
		{`"date_debut": "2026-01-12T08:00", "date_fin": "2026-01-12T10:00", "etat": "absent", "moduleimpl_id": null, "desc": null, "external_data": null`, "1|-|2026-01-12T07:00:00.000Z|2026-01-12T09:00:00.000Z|2|-|-"},
		{`"date_debut": "2026-01-13T08:00", "date_fin": "2026-01-13T10:00", "etat": "absent", "moduleimpl_id": "2", "desc": ""`, "1|2|2026-01-13T07:00:00.000Z|2026-01-13T09:00:00.000Z|2||-"},
		{`"date_debut": "2026-01-14T08:00", "date_fin": "2026-01-14T10:00", "etat": "absent", "moduleimpl_id": ""`, "1|-|2026-01-14T07:00:00.000Z|2026-01-14T09:00:00.000Z|2|-|-"},
		{
			`"date_debut": "2026-01-15T08:00", "date_fin": "2026-01-15T10:00", "etat": "absent", "moduleimpl_id": "Autre", "external_data": {"module": 3, "a": 1}`,
			`1|-|2026-01-15T07:00:00.000Z|2026-01-15T09:00:00.000Z|2|-|{"a":1,"module":"Autre"}`,
		},
		{`"date_debut": "2026-01-16T08:00", "date_fin": "2026-01-16T10:00", "etat": "absent", "est_just": true`, "1|-|2026-01-16T07:00:00.000Z|2026-01-16T09:00:00.000Z|2|-|-"},
		{`"date_debut": "2026-01-19T08:00", "date_fin": "2026-01-19T10:00", "etat": "absent", "external_data": {}`, "1|-|2026-01-19T07:00:00.000Z|2026-01-19T09:00:00.000Z|2|-|{}"},
		// The night of the longer day: 02:30 is there twice, the first is meant.
		{`"date_debut": "2026-10-25T02:30", "date_fin": "2026-10-25T02:30:00+01:00", "etat": "absent"`, "1|-|2026-10-25T00:30:00.000Z|2026-10-25T01:30:00.000Z|2|-|-"},
		// That of the shorter day: 02:30 is not there, and moves forward.
		{`"date_debut": "2026-03-29T02:30", "date_fin": "2026-03-29T04:00", "etat": "absent"`, "1|-|2026-03-29T01:30:00.000Z|2026-03-29T02:00:00.000Z|2|-|-"},
	} {
		id := i + 9
		if got, want := s.creating("1", "{"+c.record+"}"), fmt.Sprintf(`{"assiduite_id":%d}`, id); got != want {
			t.Fatalf("%s: %s, want %s", c.record, got, want)
		}
		got := s.value(fmt.Sprintf(`SELECT concat_ws('|', etudid, ifnull(moduleimpl_id, '-'), debut_at, fin_at, etat, ifnull(description, '-'), ifnull(external_data, '-'))
			FROM assiduites WHERE id = %d AND est_just = 0`, id))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.record, got, c.want)
		}
	}
}

// TestAssiduitesThatWillNotDo sends records that are refused by themselves: the
// answer is 200, and nothing is written.
func TestAssiduitesThatWillNotDo(t *testing.T) {
	s := openAttendance(t)
	s.exec("INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) VALUES (7, 1)") // odd, but of another department
	const at = `"date_debut": "2026-01-05T08:00", "date_fin": "2026-01-05T10:00"`
	s.token(chef) // making the account writes to the journal
	before := s.value("SELECT (SELECT count(*) FROM journal) || ' ' || (SELECT count(*) FROM assiduites)")
	for _, c := range []struct{ record, want string }{
		{`{}`, "param 'date_debut': manquant, param 'date_fin': manquant, param 'etat': manquant"},
		{`{"date_debut": null, "date_fin": null, "etat": null}`, "param 'date_debut': manquant, param 'date_fin': manquant, param 'etat': manquant"},
		{`{"date_debut": "hier", "date_fin": 1767600000, "etat": "malade"}`, "param 'date_debut': format invalide, param 'date_fin': format invalide, param 'etat': invalide"},
		{`{"date_debut": "2026-01-05T25:00", "date_fin": "05/01/2026", "etat": 2}`, "param 'date_debut': format invalide, param 'date_fin': format invalide, param 'etat': invalide"},
		{`{"date_debut": "0001-01-01", "date_fin": "9999-12-31", "etat": []}`, "param 'date_debut': format invalide, param 'date_fin': format invalide, param 'etat': invalide"},
		{`{"date_debut": "2026-01-05T10:00", "date_fin": "2026-01-05T08:00", "etat": "absent"}`, "la date de fin doit être après la date de début"},
		{`{"date_debut": "2026-01-05T10:00", "date_fin": "2026-01-05T10:00", "etat": "absent"}`, "la date de fin doit être après la date de début"},
		{`{"date_debut": "2026-01-05T10:00:00.0001", "date_fin": "2026-01-05T10:00:00.0002", "etat": "absent"}`, "la date de fin doit être après la date de début"},
		{`{` + at + `, "etat": "absent", "desc": 3, "external_data": [], "moduleimpl_id": true, "est_just": "oui"}`, "param 'desc': invalide, param 'external_data': n'est pas un objet JSON, param 'moduleimpl_id': invalide, param 'est_just': invalide (booléen attendu)"},
		{`{` + at + `, "etat": "absent", "external_data": {"a": {"b": -1E400}}}`, "param 'external_data': contient un nombre trop grand"},
		{`{` + at + `, "etat": "absent", "external_data": "{}"}`, "param 'external_data': n'est pas un objet JSON"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": "un autre"}`, "param 'moduleimpl_id': invalide"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": 1.5}`, "param 'moduleimpl_id': invalide"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": 92233720368547758080}`, "param 'moduleimpl_id': invalide"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": 999}`, "param 'moduleimpl_id': invalide"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": -1}`, "param 'moduleimpl_id': invalide"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": 4}`, "l'étudiant n'est pas inscrit au module"},
		{`{` + at + `, "etat": "absent", "moduleimpl_id": 12}`, "formsemestre verrouillé"},
		{`{"date_debut": "2024-10-08T08:00", "date_fin": "2024-10-08T10:00", "etat": "absent"}`, "formsemestre verrouillé"},
		{`{"date_debut": "2025-10-06T09:00", "date_fin": "2025-10-06T11:00", "etat": "present"}`, "la période est en conflit avec une plage enregistrée (absent, du 2025-10-06T08:00:00+02:00 au 2025-10-06T10:00:00+02:00)"},
		{`{"date_debut": "2025-10-06T07:00", "date_fin": "2025-10-06T13:00", "etat": "present"}`, "la période est en conflit avec une plage enregistrée (absent, du 2025-10-06T08:00:00+02:00 au 2025-10-06T10:00:00+02:00)"},
		{`{"date_debut": "2025-10-06T10:30", "date_fin": "2025-10-06T11:00", "etat": "present"}`, "la période est en conflit avec une plage enregistrée (retard, du 2025-10-06T10:15:00+02:00 au 2025-10-06T12:15:00+02:00)"},
		{`{"date_debut": "2025-10-01", "date_fin": "2025-12-01", "etat": "absent"}`, "la période est en conflit avec une plage enregistrée (absent, du 2025-10-06T08:00:00+02:00 au 2025-10-06T10:00:00+02:00)"},
		{`null`, "l'élément n'est pas un objet JSON"},
		{`[]`, "l'élément n'est pas un objet JSON"},
		{`"absent"`, "l'élément n'est pas un objet JSON"},
		{`12`, "l'élément n'est pas un objet JSON"},
	} {
		if got := s.creating("1", c.record); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.record, got, c.want)
		}
	}
	for _, c := range []struct{ record, want string }{
		{`{` + at + `, "etat": "absent"}`, "param 'etudid': manquant"},
		{`{"etudid": null, ` + at + `, "etat": "absent"}`, "param 'etudid': invalide"},
		{`{"etudid": "1", ` + at + `, "etat": "absent"}`, "param 'etudid': invalide"},
		{`{"etudid": 999, ` + at + `, "etat": "absent"}`, "étudiant inconnu"},
		{`{"etudid": 6, ` + at + `, "etat": "absent"}`, "étudiant inconnu"}, // of another department
		{`{"etudid": 1, ` + at + `, "etat": "absent", "moduleimpl_id": 7}`, "param 'moduleimpl_id': invalide"},
		{`3`, "l'élément n'est pas un objet JSON"},
	} {
		if got := outcome(t, s.post("/ScoDoc/RT/api/assiduites/create", "["+c.record+"]")); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.record, got, c.want)
		}
	}
	if after := s.value("SELECT (SELECT count(*) FROM journal) || ' ' || (SELECT count(*) FROM assiduites)"); after != before {
		t.Errorf("lines of the journal and records: %s, before %s", after, before)
	}
}

// TestABatchGoesOn has one refused in each of several ways between some that
// are done, each under its place.
func TestABatchGoesOn(t *testing.T) {
	s := openAttendance(t)
	got := s.post("assiduite/3/create", `[{"date_debut": "2026-01-05T08:00", "date_fin": "2026-01-05T10:00", "etat": "absent"}, 4,
		{"date_debut": "2026-01-05T10:00", "date_fin": "2026-01-05T12:00", "etat": "retard"},
		{"date_debut": "2026-01-05T09:00", "date_fin": "2026-01-05T11:00", "etat": "absent"},
		{"date_debut": "2026-01-05T07:00", "date_fin": "2026-01-05T08:00", "etat": "present"}]`)
	want := `200 {"errors":[{"indice":1,"message":"l'élément n'est pas un objet JSON"},` +
		`{"indice":3,"message":"la période est en conflit avec une plage enregistrée (absent, du 2026-01-05T08:00:00+01:00 au 2026-01-05T10:00:00+01:00)"}],` +
		`"success":[{"indice":0,"message":{"assiduite_id":9}},{"indice":2,"message":{"assiduite_id":10}},{"indice":4,"message":{"assiduite_id":11}}]}`
	if diff := cmp.Diff(want, got.line()); diff != "" {
		t.Error(diff)
	}
	if got := s.post("assiduite/3/create", `[]`).line(); got != `200 {"errors":[],"success":[]}` {
		t.Errorf("an empty list: %s", got)
	}
	if got := s.value("SELECT count(*) FROM journal WHERE action = 'assiduite.create'"); got != "3" {
		t.Errorf("%s lines of the journal", got)
	}
}

// TestBodiesThatAreNoBatch sends each list something else.
func TestBodiesThatAreNoBatch(t *testing.T) {
	s := openAttendance(t)
	var list []refusal
	for _, path := range []string{"assiduite/1/create", "assiduite/nip/22000002/create", "assiduites/create", "assiduites/edit", "assiduite/delete"} {
		for body, want := range map[string]string{
			`{}`: "404 Le contenu envoyé n'est pas une liste", `null`: "404 corps de la requête: manquant",
			`"a"`: "404 Le contenu envoyé n'est pas une liste", `1`: "404 Le contenu envoyé n'est pas une liste",
			"[" + strings.Repeat("1,", 20_000) + "1]": "413 Le contenu envoyé compte plus de 20000 éléments",
		} {
			list = append(list, refusal{fmt.Sprintf("%.20s", body), request{to: "POST " + path, as: chef, body: body}, want})
		}
		for _, body := range []string{`[`, `[1,]`, `{"a":`, `[{"external_data": {"a": NaN}}]`, `[Infinity]`, `[-Infinity]`} {
			if a := s.post(path, body); a.StatusCode != 400 {
				t.Errorf("%s, %s: %s", path, body, a.line())
			}
		}
		list = append(list, refusal{"without permission", request{to: "POST " + path, as: holding("", scolarite.ScoView), body: "[]"}, "403 permission requise : AbsChange"})
	}
	for _, student := range []string{"999", "etudid/999", "nip/999", "ine/999"} {
		list = append(list, refusal{"an unknown student", request{to: "POST assiduite/" + student + "/create", as: chef, body: "[]"}, "404 étudiant inconnu"})
	}
	list = append(list, refusal{"a student of another department", request{to: "POST /ScoDoc/GEA/api/assiduite/1/create", as: chef, body: "[]"}, "404 étudiant inconnu"})
	s.refuses(list)
}

// TestDataThatIsTooLarge keeps the data of a record when the new would change on
// the way.
func TestDataThatIsTooLarge(t *testing.T) {
	s := openAttendance(t)
	s.refuses([]refusal{
		{"an assiduité", request{to: "POST assiduite/1/edit", as: chef, body: `{"external_data": {"a": 1e400}}`}, "404 param 'external_data': contient un nombre trop grand"},
		{"a justificatif", request{to: "POST justificatif/1/edit", as: chef, body: `{"external_data": {"a": 1e400}}`}, "404 param 'external_data': contient un nombre trop grand"},
		{"no number", request{to: "POST assiduite/1/edit", as: chef, body: `{"external_data": {"a": NaN}}`}, "400 corps de la requête: JSON invalide"},
	})
	if got := s.value("SELECT external_data FROM assiduites WHERE id = 1"); got != `{"enseignant":"Mme Morvan"}` {
		t.Errorf("kept %s", got)
	}
}

func TestAssiduiteEdit(t *testing.T) {
	s := openAttendance(t)
	s.example("assiduite_edit", request{to: "POST assiduite/1/edit", as: holding("", scolarite.AbsChange), body: `{"etat": "retard", "desc": "Arrivée à 8 h 20"}`})
	if got, want := s.row(1), `1|1|2025-10-06T06:00:00.000Z|2025-10-06T08:00:00.000Z|1|Arrivée à 8 h 20|2025-10-06T08:05:00.000Z|101|1|{"enseignant":"Mme Morvan"}`; got != want {
		t.Errorf("stored %s\nwant %s", got, want)
	}
	if got := s.lastAction(); got != "assiduite.update assiduite 1 Mme Simone COSTA" {
		t.Errorf("journal: %s", got)
	}
	for _, c := range []struct{ body, column, want string }{
		{`{}`, "etat", "1"},
		{`{"etat": null}`, "etat", "1"},
		{`{"etat": "Present"}`, "etat || est_just", "00"}, // a presence is not justified
		{`{"etat": "ABSENT", "est_just": false}`, "etat || est_just", "21"},
		{`{"est_just": null}`, "est_just", "1"},
		{`{"desc": "a"}`, "description", "a"},
		{`{"desc": null}`, "description IS NULL", "1"},
		{`{"moduleimpl_id": 2}`, "moduleimpl_id || external_data", `2{"enseignant":"Mme Morvan"}`},
		{`{"moduleimpl_id": "autre"}`, "ifnull(moduleimpl_id, '-') || external_data", `-{"enseignant":"Mme Morvan","module":"Autre"}`},
		{`{"moduleimpl_id": "AUTRE"}`, "ifnull(moduleimpl_id, '-') || external_data", `-{"enseignant":"Mme Morvan","module":"Autre"}`},
		{`{"moduleimpl_id": "3"}`, "moduleimpl_id || external_data", `3{"enseignant":"Mme Morvan"}`},
		{`{"external_data": {"b": [1, 2.50, "é"]}}`, "external_data", `{"b":[1,2.5,"é"]}`},
		{`{"external_data": {"module": "Autre"}, "moduleimpl_id": null}`, "ifnull(moduleimpl_id, '-') || external_data", `-{"module":"Autre"}`},
		{`{"moduleimpl_id": null}`, "ifnull(external_data, '-')", "-"},
		{`{"external_data": {"module": "Anglais"}}`, "external_data", `{"module":"Anglais"}`},
		{`{"moduleimpl_id": 1}`, "moduleimpl_id || external_data", `1{"module":"Anglais"}`},
		{`{"external_data": null}`, "ifnull(external_data, '-')", "-"},
		{`{"date_debut": "2025-12-01T08:00", "etudid": 2, "unknown": {}}`, "debut_at || etudid", "2025-10-06T06:00:00.000Z1"},
	} {
		if a := s.post("assiduite/1/edit", c.body); a.line() != `200 {"OK":true}` {
			t.Errorf("%s: %s", c.body, a.line())
		}
		if got := s.value("SELECT " + c.column + " FROM assiduites WHERE id = 1"); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.body, c.column, got, c.want)
		}
	}
	s.wantJustified()
}

// TestAnEditOfWhatAStudentHasLeft changes a record of a module that its student
// no longer takes: the module stays, or goes.
func TestAnEditOfWhatAStudentHasLeft(t *testing.T) {
	s := openAttendance(t)
	s.exec("DELETE FROM moduleimpl_inscriptions WHERE etudid = 1 AND moduleimpl_id = 1")
	for _, body := range []string{`{"etat": "retard"}`, `{"moduleimpl_id": 1}`, `{"moduleimpl_id": null}`} {
		if a := s.post("assiduite/1/edit", body); a.line() != `200 {"OK":true}` {
			t.Errorf("%s: %s", body, a.line())
		}
	}
	s.refuses([]refusal{{"back into it", request{to: "POST assiduite/1/edit", as: chef, body: `{"moduleimpl_id": 1}`}, "404 l'étudiant n'est pas inscrit au module"}})
}

func TestAssiduitesEdit(t *testing.T) {
	s := openAttendance(t)
	s.example("assiduites_edit", request{
		to: "POST assiduites/edit", as: holding("", scolarite.AbsChange),
		body: `[{"assiduite_id": 3, "moduleimpl_id": 2}, {"assiduite_id": 999, "etat": "absent"}, {"assiduite_id": 5, "etat": "retard"}]`,
	})
	if got := s.value("SELECT group_concat(id || '=' || etat || ifnull(moduleimpl_id, '-') || ifnull(external_data, '-'), ' ') FROM assiduites WHERE id IN (3, 5)"); got != "3=22- 5=11-" {
		t.Errorf("stored %s", got)
	}
	if got := s.value("SELECT group_concat(action || object_id, ' ') FROM journal WHERE object_type = 'assiduite'"); got != "assiduite.update3 assiduite.update5" {
		t.Errorf("journal: %s", got)
	}
	s.token(chef) // making the account writes to the journal
	for body, want := range map[string]string{
		`[{}]`: "param 'assiduite_id': manquant", `[{"assiduite_id": "1"}]`: "param 'assiduite_id': invalide", `[{"assiduite_id": null}]`: "param 'assiduite_id': invalide",
		`[1]`: "l'élément n'est pas un objet JSON", `[{"assiduite_id": 8, "etat": "absent"}]`: "Assiduite non existante",
		`[{"assiduite_id": 1, "etat": "x", "moduleimpl_id": {}}]`: "param 'etat': invalide, param 'moduleimpl_id': invalide",
		`[{"assiduite_id": 7, "etat": "retard"}]`:                 "formsemestre verrouillé",
		`[{"assiduite_id": 1, "moduleimpl_id": 12}]`:              "formsemestre verrouillé",
		`[{"assiduite_id": 1, "moduleimpl_id": 4}]`:               "l'étudiant n'est pas inscrit au module",
	} {
		before := s.value("SELECT count(*) FROM journal")
		if got := outcome(t, s.post("/ScoDoc/RT/api/assiduites/edit", body)); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
		if s.value("SELECT count(*) FROM journal") != before {
			t.Errorf("%s changed something", body)
		}
	}
}

func TestAssiduiteDelete(t *testing.T) {
	s := openAttendance(t)
	s.example("assiduite_delete", request{to: "POST assiduite/delete", as: holding("", scolarite.AbsChange), body: `[1, 999, 2]`})
	if got := s.value("SELECT group_concat(id, ' ' ORDER BY id) FROM assiduites"); got != "3 4 5 6 7 8" {
		t.Errorf("left: %s", got)
	}
	if got := s.lastAction(); got != "assiduite.delete assiduite 2 Mme Simone COSTA" {
		t.Errorf("journal: %s", got)
	}
	for body, want := range map[string]string{
		`["3"]`: "id invalide (entier attendu)", `[null]`: "id invalide (entier attendu)", `[3.0]`: "id invalide (entier attendu)",
		`[92233720368547758080]`: "id invalide (entier attendu)", `[{"assiduite_id": 3}]`: "id invalide (entier attendu)",
		`[7]`: "formsemestre verrouillé", `[8]`: "Assiduite non existante", `[1]`: "Assiduite non existante", `[-1]`: "Assiduite non existante",
	} {
		if got := outcome(t, s.post("/ScoDoc/RT/api/assiduite/delete", body)); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if got := s.value("SELECT group_concat(id, ' ' ORDER BY id) FROM assiduites"); got != "3 4 5 6 7 8" {
		t.Errorf("left: %s", got)
	}
	if got := s.post("assiduite/delete", `[3, 3]`).body; strings.TrimSpace(got) != `{"errors":[{"indice":1,"message":"Assiduite non existante"}],"success":[{"indice":0,"message":"OK"}]}` {
		t.Errorf("twice: %s", got)
	}
}

// TestAssiduiteEditIsRefused changes what is not there, and to what will not
// do.
func TestAssiduiteEditIsRefused(t *testing.T) {
	s := openAttendance(t)
	edit := func(path, body string) request { return request{to: "POST " + path, as: chef, body: body} }
	s.refuses([]refusal{
		{"an unknown record", edit("assiduite/999/edit", `{}`), "404 Assiduite non existante"},
		{"of another department", edit("/ScoDoc/GEA/api/assiduite/1/edit", `{}`), "404 Assiduite non existante"},
		{"an unknown state", edit("assiduite/1/edit", `{"etat": "malade"}`), "404 param 'etat': invalide"},
		{"all faults at once", edit("assiduite/1/edit", `{"etat": 1, "desc": [], "external_data": 1, "moduleimpl_id": "x", "est_just": 1}`), "404 param 'etat': invalide, param 'desc': invalide, param 'external_data': n'est pas un objet JSON, param 'moduleimpl_id': invalide, param 'est_just': invalide (booléen attendu)"},
		{"an unknown module", edit("assiduite/1/edit", `{"moduleimpl_id": 999}`), "404 param 'moduleimpl_id': invalide"},
		{"a module of another department", edit("/ScoDoc/RT/api/assiduite/1/edit", `{"moduleimpl_id": 7}`), "404 param 'moduleimpl_id': invalide"},
		{"a module that the student does not take", edit("assiduite/1/edit", `{"moduleimpl_id": 4}`), "404 l'étudiant n'est pas inscrit au module"},
		{"a module of a locked semester", edit("assiduite/1/edit", `{"moduleimpl_id": 12}`), "403 formsemestre verrouillé"},
		{"a record in a locked semester", edit("assiduite/7/edit", `{"etat": "retard"}`), "403 formsemestre verrouillé"},
		{"a list", edit("assiduite/1/edit", `[]`), "404 l'élément n'est pas un objet JSON"},
		{"nothing", edit("assiduite/1/edit", `null`), "404 corps de la requête: manquant"},
		{"without permission", request{to: "POST assiduite/1/edit", as: holding("", scolarite.ScoView), body: `{}`}, "403 permission requise : AbsChange"},
		{"nobody", request{to: "POST assiduite/1/edit", body: `{}`}, "401 Non autorise (logic)"},
	})
}

// TestExternalDataIsKeptAsItIsSent sends objects there and back.
func TestExternalDataIsKeptAsItIsSent(t *testing.T) {
	s := openAttendance(t)
	deep := strings.Repeat(`{"a":`, 200) + `{}` + strings.Repeat(`}`, 200)
	for i, data := range []string{
		`{}`, `{"enseignant":"Mme Morvan"}`, `{"z":1,"a":2}`, `{"n":12345678901234567890,"f":1.0,"g":0.1,"e":1e+300}`, `{"t":"é \u0000 <b>&amp;</b> 😀"}`,
		`{"":null,"l":[true,false,[],{}]}`, deep, `{"a":"\u2028\u2029"}`,
	} {
		day := fmt.Sprintf("2026-01-%02d", i+5)
		record := `{"date_debut": "` + day + `T08:00", "date_fin": "` + day + `T10:00", "etat": "absent", "external_data": ` + data + `, "desc": "a\u0000<é>"}`
		if got := s.creating("1", record); !strings.HasPrefix(got, `{"assiduite_id":`) {
			t.Fatalf("%s: %s", data, got)
		}
		var shown struct {
			Desc         string          `json:"desc"`
			ExternalData json.RawMessage `json:"external_data"`
		}
		if err := json.Unmarshal([]byte(s.get(fmt.Sprint("assiduite/", i+9)).body), &shown); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decoded(t, data), decoded(t, string(shown.ExternalData))); diff != "" {
			t.Errorf("%.60s: %s", data, diff)
		}
		if shown.Desc != "a\u0000<é>" {
			t.Errorf("text: %q", shown.Desc)
		}
	}
}

// decoded reads JSON; numbers stay as they are written.
func decoded(t testing.TB, text string) any {
	t.Helper()
	return answer{body: text}.json(t)
}

// TestOddTextIsTaken sends what JSON allows, and what it does not: the answer is
// no failure of ours, and what is kept can be read.
func TestOddTextIsTaken(t *testing.T) {
	s := openAttendance(t)
	for i, text := range []string{`\ud800`, `\udc00\ud800`, "\xff\xfe", "é\xc3", `\u0000`, `\ufffe`, strings.Repeat("x", 1<<20)} {
		for _, key := range []string{"desc", "etat", "date_debut", "moduleimpl_id"} {
			record := map[string]string{"desc": "a", "etat": "absent", "date_debut": fmt.Sprintf("2026-01-%02dT08:00", i+5), "moduleimpl_id": "autre"}
			record[key] = text
			body := fmt.Sprintf(`[{"date_debut": "%s", "date_fin": "2026-01-%02dT10:00", "etat": "%s", "desc": "%s", "moduleimpl_id": "%s", "external_data": {"%s": "%s"}}]`,
				record["date_debut"], i+5, record["etat"], record["desc"], record["moduleimpl_id"], text, text)
			a := s.post("assiduite/1/create", body)
			if a.StatusCode != 200 && a.StatusCode != 400 {
				t.Errorf("%.20q as %s: %.200s", text, key, a.line())
			}
		}
	}
	for _, path := range []string{"assiduites/1", "assiduites/formsemestre/1", "formsemestre/1/assiduites/export?format=xlsx", "formsemestre/1/assiduites/export"} {
		s.get(path)
	}
	s.get("assiduites/1").json(t)
}

// TestLocks records over the bounds of semesters: 3 is locked, from 2 September
// 2024 to 31 January 2025, 1 is open from 1 September 2025.
func TestLocks(t *testing.T) {
	s := openAttendance(t)
	const locked = "formsemestre verrouillé"
	for _, tt := range []struct{ name, from, until, want string }{
		{"before any semester", "2024-08-30T08:00", "2024-08-30T10:00", ""},
		{"up to the night before the lock", "2024-08-31T08:00", "2024-09-02T00:00", ""},
		{"into the lock", "2024-08-31T08:00", "2024-09-02T00:00:01", locked},
		{"around the lock", "2024-08-31T08:00", "2025-02-02T08:00", locked},
		{"inside the lock", "2024-09-10T08:00", "2024-09-12T08:00", locked},
		{"out of the lock", "2025-01-31T23:59", "2025-02-02T00:00", locked},
		{"after the lock", "2025-02-01T00:00", "2025-02-02T00:00", ""},
		{"out of the lock into the open", "2025-01-31T08:00", "2025-09-01T08:00", locked},
		{"before the lock into the open", "2024-08-31T10:00", "2025-09-01T08:00", ""},
	} {
		item := fmt.Sprintf(`{"date_debut": %q, "date_fin": %q, "etat": "absent"}`, tt.from, tt.until)
		if tt.want != "" {
			s.refusesItem("assiduite/1/create", item, tt.want)
			continue
		}
		s.exec("DELETE FROM assiduites WHERE etudid = 1")
		if got := s.post("assiduite/1/create", "["+item+"]").body; !strings.Contains(got, `"errors":[]`) {
			t.Errorf("%s: %s", tt.name, got)
		}
		s.exec("DELETE FROM assiduites WHERE etudid = 1")
	}
	s.exec("INSERT INTO billets (id, etudid, debut_at, fin_at, entry_at) VALUES (20, 1, '2024-08-31T08:00:00.000Z', '2024-09-03T08:00:00.000Z', '2025-11-17T10:00:00.000Z')")
	s.refuses([]refusal{{"a note of absence into the lock", request{to: "POST billets_absence/20/process", as: chef, body: `{"justifie": false}`}, "403 " + locked}})
}
