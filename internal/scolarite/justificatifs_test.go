package scolarite_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
)

func TestJustificatifExamples(t *testing.T) {
	s := openAttendance(t)
	s.example("justificatif", request{to: "GET justificatif/1", as: account("mdupont")})
	s.example("justificatif.restreint", request{to: "GET justificatif/2", as: account("mdupont")})
	s.example("justificatifs", request{to: "GET /ScoDoc/RT/api/justificatifs/nip/22000001/query?etat=valide,attente&order=1", as: chef})
	s.example("justificatifs_dept", request{to: "GET justificatifs/dept/1/query?courant=t", as: chef})
	s.example("justificatifs_formsemestre", request{to: "GET justificatifs/formsemestre/1?group_id=7", as: chef})
	s.example("justif_justifies", request{to: "GET justificatif/1/justifies", as: chef})
	s.example("justif_create", request{to: "POST /ScoDoc/RT/api/justificatif/nip/22000001/create", as: chef, body: `[
  {"date_debut": "2025-11-10T08:00:00", "date_fin": "2025-11-10T18:00:00", "etat": "valide", "raison": "Convocation", "external_data": {"origine": "portail"}},
  {"date_debut": "2025-11-11", "date_fin": "2025-11-10", "etat": "peut-être", "external_data": 1}
]`})
	s.example("justif_edit", request{to: "POST justificatif/1/edit", as: chef, body: `{"date_debut": "2025-10-06T09:00", "raison": "Certificat médical reçu"}`})
	s.example("justif_delete", request{to: "POST justificatif/delete", as: chef, body: `[5, 99, "1"]`})

	s = openAttendanceWire(t, scolarite.Production)
	s.example("justificatif.production", request{to: "GET justificatif/1", as: chef})
	if got := members(t, s.get("justificatifs/dept/1"), "etat"); got != "MODIFIE VALIDE ATTENTE NON_VALIDE" {
		t.Errorf("in production: %s", got)
	}
}

func TestJustificatifShapes(t *testing.T) {
	for _, wire := range []scolarite.Wire{scolarite.Reference, scolarite.Production} {
		s := openAttendanceWire(t, wire)
		for _, path := range []string{"justificatifs/1", "justificatifs/dept/1", "justificatifs/formsemestre/1", "assiduite/1/justificatifs/long"} {
			t.Log(wire, path)
			list := s.get(path).json(t)
			wantShape(t, "justificatifs", list)
			for _, j := range list.([]any) {
				keys := slices.Sorted(maps.Keys(j.(map[string]any)))
				want := "code_nip date_debut date_fin entry_date etat etudid external_data fichier"
				if path == "justificatifs/dept/1" {
					want += " formsemestre"
				}
				if got := strings.Join(keys, " "); got != want+" justif_id raison user_id user_name user_nom_complet" {
					t.Errorf("keys %s", got)
				}
			}
		}
	}
}

// justifs are the ids of a list of justifications.
func (s *site) justifs(path string) string {
	s.t.Helper()
	return members(s.t.(*testing.T), s.get(path), "justif_id")
}

func TestJustificatifFilters(t *testing.T) {
	s := openAttendance(t)
	for _, tt := range []struct{ query, want string }{
		{"", "5 1 2"},
		{"order=1", "2 1 5"},
		{"order=false", "2 1 5"}, // not empty
		{"order=", "5 1 2"},
		{"user_id=101", "1"},
		{"user_id=999", ""},
		{"etat=valide", "1"},
		{"etat=ATTENTE,%20Modifie", "5 2"},
		{"etat=", "5 1 2"},
		{"courant=t", "1 2"},
		{"courant=Vrai", "1 2"},
		{"courant=1", "1 2"},
		{"courant=f", "5 1 2"},
		{"date_debut=2025-10-06", "1 2"},
		{"date_debut=2025-10-06T00:00:01", "2"},
		{"date_fin=2025-10-06", "5 1"}, // to its midnight
		{"date_fin=2025-10-06T23:59:59", "5"},
		{"date_debut=2025-11-10T12:00:00+01:00", "2"}, // a + that arrives as a blank
		{"date_debut=2025-11-10T12:00:00%2B01:00", "2"},
		{"date_debut=2025-11-10T11:00:00Z&date_fin=2025-11-10T17:00:00Z", "2"},
		{"date_debut=2025-11-10T12:01&date_fin=2025-12-01", ""},
		{"date_debut=2024-12-02&date_fin=2025-11-01&courant=v", "1"},
		{"group_id=6", "5 1 2"},
		{"group_id=7", ""},
		{"user_id=102&etat=attente&courant=t&group_id=6&order=1", "2"},
	} {
		for _, path := range []string{"justificatifs/1?", "justificatifs/etudid/1/query?"} {
			if got := s.justifs(path + tt.query); got != tt.want {
				t.Errorf("%s: %q, want %q", path+tt.query, got, tt.want)
			}
		}
	}
	for _, tt := range []struct{ path, want string }{
		{"justificatifs/formsemestre/1", "1 2 3"},
		{"justificatifs/formsemestre/1/query?group_id=7&etat=non_valide&user_id=101&date_debut=2025-11-17&date_fin=2025-11-17&courant=1", "3"},
		{"justificatifs/formsemestre/1/query?order=t", "3 2 1"},
		{"justificatifs/formsemestre/3", "5"},
		{"justificatifs/formsemestre/3/query?courant=t", ""},
		{"justificatifs/formsemestre/4", "4"},
		{"justificatifs/formsemestre/5", ""},
		{"justificatifs/dept/1", "5 1 2 3"},
		{"justificatifs/dept/1/query?group_id=6&courant=t&order=1&etat=valide,attente&date_fin=2025-12-01", "2 1"},
		{"justificatifs/dept/1/query?user_id=101", "1 3"},
		{"justificatifs/dept/2", "4"},
		{"justificatifs/dept/3", ""},
	} {
		if got := s.justifs(tt.path); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestJustificatifPaths(t *testing.T) {
	s := openAttendance(t)
	want := s.get("justificatifs/1").body
	for _, of := range []string{"ine/INE0000001A", "nip/22000001", "etudid/1", "1"} {
		for _, query := range []string{"", "?", "/query", "/query?"} {
			if got := s.get("/ScoDoc/RT/api/justificatifs/" + of + query).body; got != want {
				t.Errorf("%s%s: %s", of, query, got)
			}
		}
	}
	// On the base of all departments a code is that of the latest registered.
	for _, path := range []string{"justificatifs/nip/22000001", "justificatifs/ine/INE0000001A/query", "/ScoDoc/GEA/api/justificatifs/nip/22000001"} {
		if got := s.justifs(path); got != "4" {
			t.Errorf("%s: %s", path, got)
		}
	}
	for i, of := range []string{"ine/INE0000001A", "nip/22000001", "etudid/1", "1"} {
		body := fmt.Sprintf(`[{"date_debut": "2025-12-0%d", "date_fin": "2025-12-09", "etat": "attente"}]`, i+1)
		id := 6 + i
		if got := s.post("/ScoDoc/RT/api/justificatif/"+of+"/create", body).line(); got != fmt.Sprintf(`200 {"errors":[],"success":[{"indice":0,"message":{"justif_id":%d,"couverture":[]}}]}`, id) {
			t.Errorf("%s: %s", of, got)
		}
		if got := s.value(fmt.Sprint("SELECT etudid FROM justificatifs WHERE id = ", id)); got != "1" {
			t.Errorf("%s: of %s", of, got)
		}
	}
}

// TestJustificatifSemesters: what lies whole in a semester of the student says
// which in the list of a department; what has some of its time is in its own.
func TestJustificatifSemesters(t *testing.T) {
	s := openAttendance(t)
	s.exec(`DELETE FROM justificatifs;
INSERT INTO justificatifs (id, etudid, debut_at, fin_at, etat, entry_at) VALUES
  (1, 1, '2025-08-31T22:00:00.000Z', '2026-01-31T23:00:00.000Z', 0, '2025-11-01T08:00:00.000Z'), -- all of semester 1
  (2, 1, '2026-01-31T22:59:00.000Z', '2026-02-03T08:00:00.000Z', 0, '2025-11-01T08:00:00.000Z'), -- its last minute
  (3, 1, '2026-01-31T23:00:00.000Z', '2026-02-03T08:00:00.000Z', 0, '2025-11-01T08:00:00.000Z'), -- the moment after
  (4, 1, '2025-08-31T08:00:00.000Z', '2025-08-31T22:00:00.000Z', 0, '2025-11-01T08:00:00.000Z'), -- until the moment before
  (5, 5, '2025-10-01T08:00:00.000Z', '2025-10-01T09:00:00.000Z', 0, '2025-11-01T08:00:00.000Z'); -- of who is in none
INSERT INTO inscriptions (id, etudid, formsemestre_id, etat) VALUES (90, 1, 2, 'I');`)
	var got []string
	for _, item := range s.get("justificatifs/dept/1").json(t).([]any) {
		j := item.(map[string]any)
		got = append(got, fmt.Sprint(j["justif_id"], " ", j["formsemestre"]))
	}
	want := []string{
		"4 <nil>", "1 map[id:1 title:BUT Réseaux et Télécommunications semestre 1]", "5 <nil>", "2 <nil>",
		"3 map[id:2 title:BUT Réseaux et Télécommunications semestre 2]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(s.get("justificatifs/5").body, "formsemestre") {
		t.Error("formsemestre in the list of a student")
	}
	for path, want := range map[string]string{"justificatifs/formsemestre/1": "1 2", "justificatifs/formsemestre/2": "2 3"} {
		if got := s.justifs(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestJustificatifReason looks for reasons wherever justifications are shown.
func TestJustificatifReason(t *testing.T) {
	s := openAttendance(t)
	paths := []string{
		"justificatif/1", "justificatif/2", "justificatifs/1", "justificatifs/dept/1", "justificatifs/formsemestre/1/query",
		"assiduite/1/justificatifs/long", "assiduite/3/justificatifs/long", "assiduites/1?with_justifs=1", "assiduites/1/query?with_justif=1",
		"assiduites/formsemestre/1?with_justifs=1", "assiduites/group/query?etudids=1,2&with_justifs=1", "assiduites/1/evaluations?with_justifs=1",
	}
	for _, tt := range []struct {
		name         string
		as           who
		base         string
		sees, ignore []string
	}{
		{"the author of one", account("mdupont"), "/ScoDoc/api/", []string{"Certificat médical"}, []string{"Convocation", "Obsèques"}},
		{"the author of the other", account("pmartin"), "/ScoDoc/api/", []string{"Convocation"}, []string{"Certificat", "Obsèques"}},
		{"neither", holding("", scolarite.ScoView, scolarite.AbsChange), "/ScoDoc/api/", nil, []string{"Certificat", "Convocation", "Obsèques"}},
		{"with the permission", holding("", scolarite.ScoView, scolarite.AbsJustifView), "/ScoDoc/api/", []string{"Certificat médical", "Convocation", "Obsèques"}, nil},
		{"with it in the department", holding("RT", scolarite.ScoView, scolarite.AbsJustifView), "/ScoDoc/RT/api/", []string{"Certificat médical", "Convocation", "Obsèques"}, nil},
	} {
		var all strings.Builder
		for _, path := range paths {
			a := s.send(request{to: "GET " + tt.base + path, as: tt.as})
			if a.StatusCode != 200 {
				t.Fatalf("%s: %s %s", tt.name, path, a.line())
			}
			all.WriteString(a.body)
			for _, reason := range tt.ignore {
				if strings.Contains(a.body, reason) {
					t.Errorf("%s sees %s in %s", tt.name, reason, path)
				}
			}
		}
		for _, reason := range tt.sees {
			if !strings.Contains(all.String(), reason) {
				t.Errorf("%s does not see %s", tt.name, reason)
			}
		}
	}
	if got := member(t, s.send(request{to: "GET justificatif/2", as: account("mdupont")}), "raison"); got != nil {
		t.Errorf("a reason kept back is %v", got)
	}
}

// TestJustificatifJournal: reasons stay out of the journal, but not that they
// changed.
func TestJustificatifJournal(t *testing.T) {
	s := openAttendance(t)
	s.post("justificatif/2/create", `[{"date_debut": "2025-11-03T08:00", "date_fin": "2025-11-03T10:00", "etat": "attente", "raison": "Secret un", "external_data": {"a": 1}}]`)
	s.post("justificatif/6/edit", `{"raison": "Secret deux"}`)
	s.post("justificatif/6/edit", `{"raison": "Secret deux", "etat": "attente"}`) // nothing new
	s.post("justificatif/6/edit", `{"external_data": null}`)
	s.post("justificatif/6/edit", `{"raison": null, "etat": "valide"}`)
	s.post("justificatif/delete", `[6]`)
	golden(t, "testdata/justificatifs_journal.txt", s.value(`SELECT group_concat(action || ' ' || object_type || ' ' || object_id || ' ' || object_name || '
  - ' || ifnull(before, '') || '
  + ' || ifnull(after, ''), '
') FROM (SELECT * FROM journal WHERE action LIKE 'justif%' ORDER BY id)`)+"\n")
	if got := s.value("SELECT count(*) FROM journal WHERE ifnull(before, '') || ifnull(after, '') LIKE '%Secret%'"); got != "0" {
		t.Errorf("%s lines tell a reason", got)
	}
}

// justified are the ids of the records of a student that are justified, and
// checks that no other student's changed.
func (s *site) justified(etudid int) string {
	s.t.Helper()
	return s.value(fmt.Sprintf("SELECT ifnull(group_concat(id, ' '), '') FROM (SELECT id FROM assiduites WHERE etudid = %d AND est_just ORDER BY id)", etudid))
}

// TestJustificatifMoves follows est_just through all that changes a
// justification.
func TestJustificatifMoves(t *testing.T) {
	s := openAttendance(t)
	for i, tt := range []struct{ path, body, want, justified string }{
		{"justificatif/1/edit", `{"etat": "attente"}`, `{"couverture":{"avant":[1,2],"apres":[]}}`, ""},
		{"justificatif/1/edit", `{"etat": "VALIDE"}`, `{"couverture":{"avant":[],"apres":[1,2]}}`, "1 2"},
		{"justificatif/1/edit", `{"date_fin": "2025-10-06T10:00:00"}`, `{"couverture":{"avant":[1,2],"apres":[1]}}`, "1"}, // to the end of one, the bound is in
		{"justificatif/1/edit", `{"date_debut": "2025-10-06T08:00:00.001"}`, `{"couverture":{"avant":[1],"apres":[]}}`, ""},
		{"justificatif/1/edit", `{"date_debut": "2025-10-06T08:00:00", "date_fin": "2025-10-06T12:15:00"}`, `{"couverture":{"avant":[],"apres":[1,2]}}`, "1 2"},
		{"justificatif/2/edit", `{"etat": "valide"}`, `{"couverture":{"avant":[],"apres":[3]}}`, "1 2 3"},
		{"justificatif/2/edit", `{}`, `{"couverture":{"avant":[3],"apres":[3]}}`, "1 2 3"},
		{"justificatif/2/edit", `{"date_debut": null, "date_fin": null, "etat": null, "raison": null, "external_data": {"x": [1.5, "é"]}}`, `{"couverture":{"avant":[3],"apres":[3]}}`, "1 2 3"},
		// A second justification keeps what the first justified.
		{"justificatif/1/create", `[{"date_debut": "2025-10-01", "date_fin": "2025-10-31", "etat": "valide"}]`, `{"errors":[],"success":[{"indice":0,"message":{"justif_id":6,"couverture":[1,2]}}]}`, "1 2 3"},
		{"justificatif/delete", `[1]`, `{"errors":[],"success":[{"indice":0,"message":"OK"}]}`, "1 2 3"},
		{"justificatif/delete", `[6, 2]`, `{"errors":[],"success":[{"indice":0,"message":"OK"},{"indice":1,"message":"OK"}]}`, ""},
		// Presence is never justified, nor are several justifications one.
		{"justificatif/1/create", `[{"date_debut": "2025-11-12", "date_fin": "2025-11-13", "etat": "valide"}]`, `{"errors":[],"success":[{"indice":0,"message":{"justif_id":7,"couverture":[]}}]}`, ""},
		{"justificatif/1/create", `[{"date_debut": "2025-11-10T14:00", "date_fin": "2025-11-10T15:00", "etat": "valide"}, {"date_debut": "2025-11-10T15:00", "date_fin": "2025-11-10T16:00", "etat": "valide"}]`, `{"errors":[],"success":[{"indice":0,"message":{"justif_id":8,"couverture":[]}},{"indice":1,"message":{"justif_id":9,"couverture":[]}}]}`, ""},
		{"justificatif/1/create", `[{"date_debut": "2025-11-10T14:00", "date_fin": "2025-11-10T16:00", "etat": "non_valide"}]`, `{"errors":[],"success":[{"indice":0,"message":{"justif_id":10,"couverture":[]}}]}`, ""},
		{"justificatif/1/create", `[{"date_debut": "2025-11-10T14:00", "date_fin": "2025-11-10T16:00", "etat": "valide"}]`, `{"errors":[],"success":[{"indice":0,"message":{"justif_id":11,"couverture":[3]}}]}`, "3"},
	} {
		if got := s.post(tt.path, tt.body).line(); got != "200 "+tt.want {
			t.Errorf("%d %s %s:\n got %s\nwant 200 %s", i, tt.path, tt.body, got, tt.want)
		}
		if got := s.justified(1); got != tt.justified {
			t.Errorf("%d %s %s: justified %q, want %q", i, tt.path, tt.body, got, tt.justified)
		}
		if got := s.justified(6); got != "" {
			t.Errorf("%d: of another student %s", i, got)
		}
	}
	if got := s.get("justificatif/11/justifies").line(); got != "200 [3]" {
		t.Errorf("justifies: %s", got)
	}
	if got := s.get("justificatif/10/justifies").line(); got != "200 []" {
		t.Errorf("a refused one justifies %s", got)
	}
}

func TestJustificatifCreated(t *testing.T) {
	s := openAttendance(t)
	author := holding("RT", scolarite.AbsChange, scolarite.ScoView)
	s.send(request{to: "POST /ScoDoc/RT/api/justificatif/nip/22000002/create", as: author, body: `[{"date_debut": "2025-07-01T08:00:00+02:00", "date_fin": "2025-07-01T10:30Z", "etat": "modifie", "raison": "Été \u0000 \ud800 😀", "external_data": {"z": 1, "a": {"b": [null, 12345678901234567890, 1e300]}}, "autre": true}]`})
	got := s.send(request{to: "GET /ScoDoc/RT/api/justificatif/6", as: author})
	id := s.value("SELECT max(id) FROM accounts")
	want := fmt.Sprintf(`200 {"justif_id":6,"etudid":2,"code_nip":"22000002","date_debut":"2025-07-01T08:00:00+02:00","date_fin":"2025-07-01T12:30:00+02:00","etat":"modifie","raison":"Été \u0000 � 😀","fichier":null,"entry_date":"2025-11-17T11:00:00+01:00","user_id":%s,"user_name":%q,"user_nom_complet":%q,"external_data":{"z":1,"a":{"b":[null,12345678901234567890,1e+300]}}}`,
		id, s.value("SELECT user_name FROM accounts WHERE id = "+id), member(t, s.get("user/"+id), "nomcomplet"))
	if got.line() != want {
		t.Errorf(" got %s\nwant %s", got.line(), want)
	}
}

func TestJustificatifFaults(t *testing.T) {
	s := openAttendance(t)
	const good = `"date_debut": "2025-12-01T08:00", "date_fin": "2025-12-01T10:00"`
	for _, tt := range []struct{ item, message string }{
		{`{}`, "param 'date_debut': manquant, param 'date_fin': manquant, param 'etat': manquant"},
		{`{"date_debut": null, "date_fin": null, "etat": null}`, "param 'date_debut': manquant, param 'date_fin': manquant, param 'etat': manquant"},
		{`{"date_debut": "hier", "date_fin": 12, "etat": "absent"}`, "param 'date_debut': format invalide, param 'date_fin': format invalide, param 'etat': invalide"},
		{`{` + good + `, "etat": 0}`, "param 'etat': invalide"},
		{`{` + good + `, "etat": ""}`, "param 'etat': invalide"},
		{`{` + good + `, "etat": "valide", "raison": 5}`, "param 'raison': invalide"},
		{`{` + good + `, "etat": "valide", "raison": ["a"]}`, "param 'raison': invalide"},
		{`{` + good + `, "etat": "valide", "external_data": "{}"}`, "param 'external_data': n'est pas un objet JSON"},
		{`{` + good + `, "etat": "valide", "external_data": []}`, "param 'external_data': n'est pas un objet JSON"},
		{`{` + good + `, "etat": "valide", "external_data": {"a": [1e400]}}`, "param 'external_data': contient un nombre trop grand"},
		{`{"date_debut": "2025-12-01T10:00", "date_fin": "2025-12-01T10:00", "etat": "valide"}`, "la date de fin doit être après la date de début"},
		{`{"date_debut": "2025-12-01T10:00:00.0001", "date_fin": "2025-12-01T10:00:00.0002", "etat": "valide"}`, "la date de fin doit être après la date de début"},
		{`{"date_debut": "2025-12-02", "date_fin": "2025-12-01", "etat": "valide"}`, "la date de fin doit être après la date de début"},
		{`{"date_debut": "0001-01-01", "date_fin": "9999-12-31", "etat": "valide"}`, "param 'date_debut': format invalide, param 'date_fin': format invalide"},
		{`[]`, "l'élément n'est pas un objet JSON"},
		{`null`, "l'élément n'est pas un objet JSON"},
		{`"a"`, "l'élément n'est pas un objet JSON"},
		{`1e999`, "l'élément n'est pas un objet JSON"},
	} {
		s.refusesItem("justificatif/1/create", tt.item, tt.message)
	}
	for item, message := range map[string]string{
		`99`: "justificatif inconnu", `-1`: "justificatif inconnu", `0`: "justificatif inconnu",
		`"1"`: "id invalide (entier attendu)", `1.0`: "id invalide (entier attendu)", `true`: "id invalide (entier attendu)", `null`: "id invalide (entier attendu)",
		`{"justif_id": 1}`: "id invalide (entier attendu)", `[1]`: "id invalide (entier attendu)", `99999999999999999999`: "id invalide (entier attendu)",
	} {
		s.refusesItem("justificatif/delete", item, message)
	}
	s.refusesItem("/ScoDoc/GEA/api/justificatif/delete", "1", "justificatif inconnu")
	// One that is refused does not keep the others back, nor is one deleted twice.
	if got := s.post("justificatif/delete", `[99, 3, 3]`).line(); got != `200 {"errors":[{"indice":0,"message":"justificatif inconnu"},{"indice":2,"message":"justificatif inconnu"}],"success":[{"indice":1,"message":"OK"}]}` {
		t.Error(got)
	}
	if got := s.post("justificatif/delete", `[]`).line(); got != `200 {"errors":[],"success":[]}` {
		t.Error(got)
	}
}

// refusesItem sends a list of one item that must be refused, with a message and
// nothing written.
func (s *site) refusesItem(path, item, message string) {
	s.t.Helper()
	const image = "SELECT group_concat(id || etat || debut_at || fin_at, ' ') || (SELECT count(*) FROM journal) FROM justificatifs"
	s.token(chef)
	before := s.value(image)
	want := fmt.Sprintf(`200 {"errors":[{"indice":0,"message":%q}],"success":[]}`, message)
	if got := s.post(path, "["+item+"]").line(); got != want {
		s.t.Errorf("%s %s\n got %s\nwant %s", path, item, got, want)
	}
	if s.value(image) != before {
		s.t.Errorf("%s %s changed something", path, item)
	}
}

func TestJustificatifRefusals(t *testing.T) {
	s := openAttendance(t)
	const item = `[{"date_debut": "2025-12-01", "date_fin": "2025-12-02", "etat": "valide"}]`
	viewer, changer := holding("", scolarite.ScoView), holding("", scolarite.AbsChange)
	list := []refusal{
		{"nobody", request{to: "GET justificatif/1"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET justificatif/1", as: other}, "403 permission requise : ScoView"},
		{"a department's on the base of all", request{to: "GET justificatif/1", as: holding("RT", scolarite.ScoView)}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET justificatif/99", as: chef}, "404 justificatif inconnu"},
		{"far too large", request{to: "GET justificatif/99999999999999999999", as: chef}, "404 adresse inconnue"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/justificatif/1", as: chef}, "404 justificatif inconnu"},
		{"create as nobody", request{to: "POST justificatif/1/create", body: item}, "401 Non autorise (logic)"},
		{"create as a viewer", request{to: "POST justificatif/1/create", as: viewer, body: item}, "403 permission requise : AbsChange"},
		{"create for nobody", request{to: "POST justificatif/99/create", as: changer, body: item}, "404 étudiant inconnu"},
		{"create for no NIP", request{to: "POST justificatif/nip/0/create", as: changer, body: item}, "404 étudiant inconnu"},
		{"create in another department", request{to: "POST /ScoDoc/GEA/api/justificatif/1/create", as: chef, body: item}, "404 étudiant inconnu"},
		{"create an object", request{to: "POST justificatif/1/create", as: chef, body: `{"etat": "valide"}`}, "404 Le contenu envoyé n'est pas une liste"},
		{"create null", request{to: "POST justificatif/1/create", as: chef, body: `null`}, "404 corps de la requête: manquant"},
		{"create nothing", request{to: "POST justificatif/1/create", as: chef}, "404 corps de la requête: manquant"},
		{"create a number", request{to: "POST justificatif/1/create", as: chef, body: `12`}, "404 Le contenu envoyé n'est pas une liste"},
		{"create half a list", request{to: "POST justificatif/1/create", as: chef, body: `[{`}, "400 corps de la requête: JSON invalide"},
		{"create what is not UTF-8", request{to: "POST justificatif/1/create", as: chef, body: "[\"\xff\"]"}, "400 corps de la requête illisible"},
		{"create too deep", request{to: "POST justificatif/1/create", as: chef, body: strings.Repeat("[", 300) + strings.Repeat("]", 300)}, "400 corps de la requête illisible"},
		{"delete as a viewer", request{to: "POST justificatif/delete", as: viewer, body: "[1]"}, "403 permission requise : AbsChange"},
		{"delete an object", request{to: "POST justificatif/delete", as: chef, body: `{"id": 1}`}, "404 Le contenu envoyé n'est pas une liste"},
		{"edit as a viewer", request{to: "POST justificatif/1/edit", as: viewer, body: "{}"}, "403 permission requise : AbsChange"},
		{"edit an unknown one", request{to: "POST justificatif/99/edit", as: chef, body: "{}"}, "404 justificatif inconnu"},
		{"edit another department's", request{to: "POST /ScoDoc/GEA/api/justificatif/1/edit", as: chef, body: `{"etat": "attente"}`}, "404 justificatif inconnu"},
		{"edit with a list", request{to: "POST justificatif/1/edit", as: chef, body: "[]"}, "404 l'élément n'est pas un objet JSON"},
		{"edit with nothing", request{to: "POST justificatif/1/edit", as: chef}, "404 corps de la requête: manquant"},
		{"edit badly", request{to: "POST justificatif/1/edit", as: chef, body: `{"etat": 1, "raison": {}, "date_debut": "", "date_fin": false, "external_data": 0}`}, "404 param 'date_debut': format invalide, param 'date_fin': format invalide, param 'etat': invalide, param 'raison': invalide, param 'external_data': n'est pas un objet JSON"},
		{"edit to end before it begins", request{to: "POST justificatif/1/edit", as: chef, body: `{"date_fin": "2025-10-05"}`}, "404 la date de fin doit être après la date de début"},
		{"justifies as a viewer", request{to: "GET justificatif/1/justifies", as: viewer}, "403 permission requise : AbsChange"},
		{"justifies of an unknown one", request{to: "GET justificatif/99/justifies", as: changer}, "404 justificatif inconnu"},
		{"list of nobody", request{to: "GET justificatifs/99", as: chef}, "404 étudiant inconnu"},
		{"list of another department's", request{to: "GET /ScoDoc/GEA/api/justificatifs/1", as: chef}, "404 étudiant inconnu"},
		{"list without permission", request{to: "GET justificatifs/1", as: changer}, "403 permission requise : ScoView"},
		{"list of an unknown department", request{to: "GET justificatifs/dept/99", as: chef}, "404 département inconnu"},
		{"list of another department", request{to: "GET /ScoDoc/RT/api/justificatifs/dept/2", as: chef}, "404 département inconnu"},
		{"list of an unknown semester", request{to: "GET justificatifs/formsemestre/99", as: chef}, "404 formsemestre inconnu"},
		{"list of another department's semester", request{to: "GET /ScoDoc/RT/api/justificatifs/formsemestre/4", as: chef}, "404 formsemestre inconnu"},
		{"another department's group", request{to: "GET /ScoDoc/RT/api/justificatifs/1?group_id=12", as: chef}, "404 groupe inconnu"},
	}
	for query, want := range map[string]string{
		"etat=absent": "404 le paramètre 'etat' est invalide", "etat=valide,": "404 le paramètre 'etat' est invalide",
		"courant=oui": "404 le paramètre 'courant' est invalide", "date_debut=demain": "404 le paramètre 'date_debut' est invalide",
		"date_fin=2025-13-01": "404 le paramètre 'date_fin' est invalide", "group_id=99": "404 groupe inconnu",
		"group_id=a": "404 param 'group_id': invalide (entier attendu)", "user_id=moi": "404 param 'user_id': invalide (entier attendu)",
	} {
		for _, path := range []string{"justificatifs/1", "justificatifs/nip/22000002/query", "justificatifs/dept/1", "justificatifs/formsemestre/1/query"} {
			list = append(list, refusal{query, request{to: "GET " + path + "?" + query, as: chef}, want})
		}
	}
	s.refuses(list)
	if got := s.value("SELECT count(*) || ' ' || sum(etat) FROM justificatifs"); got != "5 6" {
		t.Errorf("justifications: %s", got)
	}
}
