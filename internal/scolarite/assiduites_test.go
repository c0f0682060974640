package scolarite_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// TestAttendanceOfTheFixture checks that what the fixture says justified is
// what the rules say.
func TestAttendanceOfTheFixture(t *testing.T) {
	openAttendance(t).wantJustified()
}

// wantJustified compares est_just of all records with the naive answer.
func (s *site) wantJustified() {
	s.t.Helper()
	if got := s.value(`SELECT count(*) FROM assiduites a WHERE est_just <> (etat > 0 AND EXISTS (
		SELECT 1 FROM justificatifs j WHERE j.etudid = a.etudid AND j.etat = 0 AND j.debut_at <= a.debut_at AND j.fin_at >= a.fin_at))`); got != "0" {
		s.t.Errorf("%s records have another est_just than their justifications say", got)
	}
}

// recordIDs returns the ids of the records in a list, or of each student of an
// object: "1 2", "1: 1 2; 2:".
func recordIDs(value any) string {
	var b strings.Builder
	switch v := value.(type) {
	case []any:
		for i, a := range v {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprint(&b, a.(map[string]any)["assiduite_id"])
		}
	case map[string]any:
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(strings.TrimSpace(key + ": " + recordIDs(v[key])))
		}
	}
	return b.String()
}

// records returns the ids of the records that a path answers.
func (s *site) records(path string) string {
	s.t.Helper()
	return recordIDs(s.get(path).json(s.t))
}

func TestAssiduitesAreShown(t *testing.T) {
	s := openAttendance(t)
	viewer := holding("", scolarite.ScoView)
	s.example("assiduite", request{to: "GET assiduite/1", as: viewer})
	s.example("assiduite_justificatifs", request{to: "GET assiduite/1/justificatifs", as: viewer})
	s.example("assiduite_justificatifs.long", request{to: "GET assiduite/1/justificatifs/long", as: viewer})
	s.example("assiduites", request{to: "GET assiduites/nip/22000002", as: viewer})
	s.example("assiduites.query", request{to: "GET assiduites/etudid/1/query?date_debut=2025-11-10T08:00&etat=absent,retard&with_justif", as: viewer})
	s.example("assiduites_group", request{to: "GET assiduites/group/query?etudids=2,3", as: viewer})
	s.example("assiduites_formsemestre", request{to: "GET assiduites/formsemestre/1?moduleimpl_id=2", as: viewer})
	s.example("assiduites_evaluations", request{to: "GET assiduites/2/evaluations", as: viewer})
	s.example("evaluation_assiduites", request{to: "GET evaluation/1/assiduites", as: viewer})
}

// TestAssiduiteInProduction reads what servers in production write otherwise.
func TestAssiduiteInProduction(t *testing.T) {
	s := openAttendanceWire(t, scolarite.Production)
	s.example("assiduite.production", request{to: "GET assiduite/2", as: chef})
	for _, state := range []string{"absent", "Absent", "ABSENT"} {
		if got := s.records("assiduites/1?etat=" + state); got != "7 1 3" {
			t.Errorf("%s: %s", state, got)
		}
	}
	s.example("assiduites_count.production", request{to: "GET assiduites/1/count?split&metric=compte", as: chef})
	if got := s.post("assiduite/2/create", `[{"date_debut": "2025-11-18T08:00", "date_fin": "2025-11-18T10:00", "etat": "Retard"}]`); !strings.Contains(got.body, `{"assiduite_id":9}`) {
		t.Error(got.line())
	}
	if got := s.get("assiduite/9").body; !strings.Contains(got, `"etat":"RETARD"`) {
		t.Error(got)
	}
}

// TestShapesOfAssiduites checks what clients read, key by key; see [TestShapes].
// They cut dates at the + and read the rest as local time.
func TestShapesOfAssiduites(t *testing.T) {
	s := openAttendanceWire(t, scolarite.Production)
	for _, tt := range []struct{ shape, path string }{
		{"assiduites", "assiduites/etudid/1"},
		{"assiduites", "assiduites/nip/22000002/query?formsemestre_id=1"},
		{"assiduites", "assiduites/formsemestre/1"},
		{"assiduites_justifs", "assiduites/formsemestre/1?with_justifs=1"},
		{"assiduites_group", "assiduites/group/query?etudids=1,2"},
		{"assiduites_group", "evaluation/1/assiduites"},
		{"assiduites_evaluations", "assiduites/etudid/1/evaluations"},
		{"assiduites_count", "assiduites/nip/22000002/count"},
		{"assiduites_count", "assiduites/formsemestre/1/count"},
		{"assiduites_count_split", "assiduites/nip/22000002/count/query?split=1&formsemestre_id=1"},
		{"assiduites_count_split", "assiduites/formsemestre/1/count/query?split=1"},
	} {
		t.Log(tt.path)
		wantShape(t, tt.shape, s.get(tt.path).json(t))
	}
	local := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00$`)
	for _, a := range s.get("assiduites/formsemestre/1").json(t).([]any) {
		a := a.(map[string]any)
		for _, key := range []string{"date_debut", "date_fin", "entry_date"} {
			if text := a[key].(string); !local.MatchString(text) {
				t.Errorf("%s is %s", key, text)
			}
		}
		if state := a["etat"].(string); state != strings.ToUpper(state) {
			t.Errorf("the state is %s", state)
		}
	}
}

// TestAssiduitesByEveryPath asks for the records and the counts of a student in
// each of the sixteen ways.
func TestAssiduitesByEveryPath(t *testing.T) {
	s := openAttendance(t)
	for _, base := range []string{"", "/ScoDoc/RT/api/"} {
		for _, student := range []string{"1", "etudid/1", "nip/22000001", "ine/INE0000001A"} {
			path, same := base+"assiduites/"+student, "assiduites/1"
			if base == "" && (student[0] == 'n' || student[0] == 'i') {
				same = "assiduites/6" // a code names who registered last
			}
			for _, suffix := range []string{"", "?", "/query", "/query?", "/query?etat="} {
				if got := s.get(path + suffix).body; got != s.get(same).body {
					t.Errorf("%s: %s", path+suffix, got)
				}
				if got := s.get(path + "/count" + suffix).body; got != s.get(same+"/count").body {
					t.Errorf("%s: %s", path+"/count"+suffix, got)
				}
			}
			if got := s.get(path + "/evaluations").body; got != s.get(same+"/evaluations").body {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
	if got := s.records("/ScoDoc/GEA/api/assiduites/nip/22000001"); got != "8" {
		t.Errorf("the same person in another department: %s", got)
	}
	if a, b := s.get("assiduites/formsemestre/1").body, s.get("assiduites/formsemestre/1/query?").body; a != b {
		t.Errorf("with /query: %s\nwithout: %s", b, a)
	}
	if a, b := s.get("assiduites/formsemestre/1/count").body, s.get("assiduites/formsemestre/1/count/query?").body; a != b {
		t.Errorf("with /query: %s\nwithout: %s", b, a)
	}
}

func TestAssiduitesAreFiltered(t *testing.T) {
	s := openAttendance(t)
	for _, c := range []struct{ filter, want string }{
		{"", "7 1 2 3 4"},
		{"user_id=101", "1 3"},
		{"user_id=999", ""},
		{"est_just=true", "1 2"},
		{"est_just=t", "1 2"},
		{"est_just=Vrai", "1 2"},
		{"est_just=v", "1 2"},
		{"est_just=1", "1 2"},
		{"est_just=false", "7 3"}, // 4 is a presence
		{"est_just=faux", "7 3"},
		{"est_just=f", "7 3"},
		{"est_just=0", "7 3"},
		{"moduleimpl_id=1", "1 4"},
		{"moduleimpl_id=999", ""},
		{"moduleimpl_id=", "3"},
		{"date_debut=2025-10-06", "1 2 3 4"},
		{"date_debut=2025-10-06T08:00", "1 2 3 4"},
		{"date_debut=2025-10-06T08:00:01", "2 3 4"},
		{"date_debut=2025-10-06T08:00:00%2B02:00", "1 2 3 4"},
		{"date_debut=2025-10-06T08:00:00+02:00", "1 2 3 4"}, // a + that came as a blank
		{"date_debut=2025-10-06T06:00:00Z", "1 2 3 4"},
		{"date_debut=2025-10-06T06:00:01Z", "2 3 4"},
		{"date_debut=", "7 1 2 3 4"},
		{"date_fin=2025-10-06", "7 1 2"},
		{"date_fin=2025-10-06T10:00", "7 1"},
		{"date_fin=2025-10-06T09:59:59", "7"},
		{"date_debut=2025-10-06T09:00&date_fin=2025-10-06T10:00", ""}, // what lies within, not what overlaps
		{"date_debut=2025-11-12&date_fin=2025-10-06", ""},
		{"etat=absent", "7 1 3"},
		{"etat=RETARD", "2"},
		{"etat=Absent,%20present", "7 1 3 4"},
		{"etat=", "7 1 2 3 4"},
		{"formsemestre_id=1", "1 2 3 4"},
		{"formsemestre_id=3", "7"},
		{"formsemestre_id=2", ""},
		{"formsemestre_id=1&date_debut=2025-11-01&etat=absent&moduleimpl_id=&est_just=f&user_id=101", "3"},
		{"formsemestre_id=1&date_fin=2025-11-01", "1 2"},
		{"unknown=1", "7 1 2 3 4"},
	} {
		for _, path := range []string{"assiduites/1", "assiduites/1/query"} {
			if got := s.records(path + "?" + c.filter); got != c.want {
				t.Errorf("%s?%s: %s, want %s", path, c.filter, got, c.want)
			}
		}
		if got := s.records("assiduites/group/query?etudids=1,3&" + c.filter); got != strings.TrimSpace("1: "+c.want)+"; 3:" {
			t.Errorf("group, %s: %s", c.filter, got)
		}
		if got := s.get("assiduites/1/count/query?metric=compte&" + c.filter).body; strings.TrimSpace(got) != fmt.Sprintf(`{"compte":%d}`, len(strings.Fields(c.want))) {
			t.Errorf("count, %s: %s", c.filter, got)
		}
	}
}

// TestAssiduitesOfFormSemestre reads the records of all its students that lie
// within it, with every filter.
func TestAssiduitesOfFormSemestre(t *testing.T) {
	s := openAttendance(t)
	s.exec(`INSERT INTO assiduites (id, etudid, debut_at, fin_at, etat, entry_at) VALUES
		(20, 2, '2025-08-31T21:00:00.000Z', '2025-08-31T23:00:00.000Z', 2, '2025-09-01T00:00:00.000Z'),
		(21, 2, '2025-08-31T23:00:00.000Z', '2025-09-01T01:00:00.000Z', 2, '2025-09-01T00:00:00.000Z'),
		(22, 2, '2026-01-31T21:00:00.000Z', '2026-01-31T23:00:00.000Z', 2, '2025-09-01T00:00:00.000Z'),
		(23, 2, '2026-01-31T23:00:00.000Z', '2026-01-31T23:30:00.000Z', 2, '2025-09-01T00:00:00.000Z')`)
	for _, c := range []struct{ filter, want string }{
		{"", "21 1 5 2 3 4 6 22"}, // 20 begins the day before, 23 the day after
		{"etat=retard", "2 6"},
		{"est_just=1", "1 2"},
		{"moduleimpl_id=1", "1 5 4 6"},
		{"moduleimpl_id=", "21 3 22"},
		{"user_id=102", "2"},
		{"date_fin=2025-10-06", "21 1 5 2"},
		{"date_debut=2025-11-01", "3 4 6 22"},
		{"formsemestre_id=3", ""},
		{"with_justifs=1&etat=retard", "2 6"},
	} {
		if got := s.records("assiduites/formsemestre/1?" + c.filter); got != c.want {
			t.Errorf("%s: %s, want %s", c.filter, got, c.want)
		}
		if got := s.get("assiduites/formsemestre/1/count?metric=compte&" + c.filter).body; strings.TrimSpace(got) != fmt.Sprintf(`{"compte":%d}`, len(strings.Fields(c.want))) {
			t.Errorf("count, %s: %s", c.filter, got)
		}
	}
}

// TestAssiduitesWithJustificatifs asks for the justifications that cover each
// record, in both spellings.
func TestAssiduitesWithJustificatifs(t *testing.T) {
	s := openAttendance(t)
	for suffix, want := range map[string]bool{
		"with_justif": true, "with_justifs": true, "with_justif=1": true, "with_justifs=1": true, "with_justifs=true": true, "with_justifs=oui": true,
		"": false, "with_justifs=0": false, "with_justif=false": false,
	} {
		for _, path := range []string{"assiduites/1/query?", "assiduites/formsemestre/1?", "assiduites/group/query?etudids=1&"} {
			body := s.get(path + suffix).body
			if got := strings.Contains(body, `"justificatifs":[{"justif_id":1,`); got != want {
				t.Errorf("%s%s: %t", path, suffix, got)
			}
			if got := strings.Contains(body, `"justificatifs":[{"justif_id":2,`); got != want { // waiting, but it covers
				t.Errorf("%s%s: %t of one that waits", path, suffix, got)
			}
			if got := strings.Contains(body, `"justificatifs":[]`); got != want { // of the presence
				t.Errorf("%s%s: %t empty lists", path, suffix, got)
			}
		}
	}
	// Who may not know why sees that there is a justification, and no reason.
	body := s.send(request{to: "GET assiduites/1?with_justifs=1", as: holding("", scolarite.ScoView)}).body
	if !strings.Contains(body, `"justif_id":1,`) || strings.Contains(body, "Certificat") {
		t.Error(body)
	}
}

func TestAssiduitesOfSeveralStudents(t *testing.T) {
	s := openAttendance(t)
	for query, want := range map[string]string{
		"1,2": "1: 7 1 2 3 4; 2: 5 6", "2,%201": "1: 7 1 2 3 4; 2: 5 6", "3": "3:", "2,2": "2: 5 6", "6,7": "6: 8; 7:",
	} {
		if got := s.records("assiduites/group/query?etudids=" + query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := s.get("assiduites/group/query?etudids=3,2").body; !strings.HasPrefix(got, `{"3":[],"2":[`) {
		t.Errorf("in the order asked for: %s", got)
	}
	get := func(to string) request { return request{to: "GET " + to, as: chef} }
	s.refuses([]refusal{
		{"no students", get("assiduites/group/query"), "404 param 'etudids': manquant"},
		{"an empty list", get("assiduites/group/query?etudids="), "404 le paramètre 'etudids' est invalide (liste d'ids attendue)"},
		{"no ids", get("assiduites/group/query?etudids=a,b"), "404 le paramètre 'etudids' est invalide (liste d'ids attendue)"},
		{"an id too large", get("assiduites/group/query?etudids=1,92233720368547758080"), "404 le paramètre 'etudids' est invalide (liste d'ids attendue)"},
		{"an unknown student", get("assiduites/group/query?etudids=1,999"), "404 étudiant inconnu"},
		{"students of two departments", get("assiduites/group/query?etudids=1,6"), "404 les étudiants sont de départements différents"},
		{"of another department", get("/ScoDoc/GEA/api/assiduites/group/query?etudids=1"), "404 étudiant inconnu"},
		{"of two, seen from one", get("/ScoDoc/RT/api/assiduites/group/query?etudids=1,6"), "404 étudiant inconnu"},
	})
}

// TestAssiduitesAtEvaluations asks which records share some time with an
// evaluation.
func TestAssiduitesAtEvaluations(t *testing.T) {
	s := openAttendance(t)
	s.exec(`INSERT INTO assiduites (id, etudid, debut_at, fin_at, etat, entry_at) VALUES
		(20, 3, '2025-10-06T05:00:00.000Z', '2025-10-06T06:00:00.000Z', 2, '2025-10-06T06:00:00.000Z'),
		(21, 3, '2025-10-06T07:59:59.000Z', '2025-10-06T09:00:00.000Z', 2, '2025-10-06T06:00:00.000Z')`)
	for path, want := range map[string]string{
		"evaluation/1/assiduites": "1: 1; 2: 5; 3: 21", // 2 begins after, 20 ends when it begins
		"evaluation/2/assiduites": "1: 3; 2:; 3:",
		"evaluation/3/assiduites": "1:; 2:; 3:", // has no hours
		"evaluation/4/assiduites": "6: 8; 7:",
	} {
		if got := s.records(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for student, want := range map[string]string{"1": "3= 1=1 2=3", "3": "3= 1=21 2=", "4": "", "5": "", "6": "4=8", "7": "4="} {
		var parts []string
		for _, e := range s.get("assiduites/" + student + "/evaluations").json(t).([]any) {
			e := e.(map[string]any)
			parts = append(parts, fmt.Sprint(e["evaluation_id"], "=", recordIDs(e["assiduites"])))
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("student %s: %s, want %s", student, got, want)
		}
	}
}

// TestAssiduiteJustificatifs lists what covers a record: the bounds count, the
// state does not.
func TestAssiduiteJustificatifs(t *testing.T) {
	s := openAttendance(t)
	s.exec(`INSERT INTO justificatifs (id, etudid, debut_at, fin_at, etat, entry_at) VALUES
		(20, 1, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 3, '2025-10-06T06:00:00.000Z'),
		(21, 1, '2025-10-06T06:00:00.001Z', '2025-10-06T08:00:00.000Z', 0, '2025-10-06T06:00:00.000Z'),
		(22, 2, '2025-10-06T06:00:00.000Z', '2025-10-06T08:00:00.000Z', 0, '2025-10-06T06:00:00.000Z')`)
	for id, want := range map[string]string{"1": "[1,20]", "2": "[1]", "3": "[2]", "4": "[]", "5": "[22]", "8": "[]"} {
		if got := strings.TrimSpace(s.get("assiduite/" + id + "/justificatifs").body); got != want {
			t.Errorf("record %s: %s, want %s", id, got, want)
		}
	}
}

// TestAssiduitesAreRefused asks for what is unknown or not understood.
func TestAssiduitesAreRefused(t *testing.T) {
	s := openAttendance(t)
	get := func(to string) request { return request{to: "GET " + to, as: chef} }
	list := []refusal{
		{"an unknown record", get("assiduite/999"), "404 Assiduite non existante"},
		{"of another department", get("/ScoDoc/GEA/api/assiduite/1"), "404 Assiduite non existante"},
		{"its justifications", get("/ScoDoc/GEA/api/assiduite/1/justificatifs"), "404 Assiduite non existante"},
		{"its justifications in full", get("assiduite/999/justificatifs/long"), "404 Assiduite non existante"},
		{"an unknown evaluation", get("evaluation/999/assiduites"), "404 évaluation inconnue"},
		{"an evaluation of another department", get("/ScoDoc/GEA/api/evaluation/1/assiduites"), "404 évaluation inconnue"},
		{"an unknown semester", get("assiduites/formsemestre/999"), "404 formsemestre inconnu"},
		{"a semester of another department", get("/ScoDoc/GEA/api/assiduites/formsemestre/1"), "404 formsemestre inconnu"},
		{"the count of an unknown semester", get("assiduites/formsemestre/999/count"), "404 formsemestre inconnu"},
		{"the count of a semester of another department", get("/ScoDoc/GEA/api/assiduites/formsemestre/1/count"), "404 formsemestre inconnu"},
		{"the evaluations of an unknown student", get("assiduites/999/evaluations"), "404 étudiant inconnu"},
		{"nobody", request{to: "GET assiduites/1"}, "401 Non autorise (logic)"},
		{"without permission", request{to: "GET assiduites/1", as: other}, "403 permission requise : ScoView"},
		{"with it in another department", request{to: "GET /ScoDoc/RT/api/assiduites/1", as: holding("GEA", scolarite.ScoView)}, "403 permission requise : ScoView"},
	}
	for _, path := range []string{"assiduites/1", "assiduites/1/query", "assiduites/1/count", "assiduites/formsemestre/1", "assiduites/formsemestre/1/count", "assiduites/group/query"} {
		for filter, want := range map[string]string{
			"est_just=peut-etre": "le paramètre 'est_just' est invalide", "est_just=": "le paramètre 'est_just' est invalide",
			"moduleimpl_id=autre": "le paramètre 'moduleimpl_id' est invalide", "moduleimpl_id=1,2": "le paramètre 'moduleimpl_id' est invalide",
			"date_debut=hier": "le paramètre 'date_debut' est invalide", "date_debut=2025-02-30": "le paramètre 'date_debut' est invalide",
			"date_fin=06/10/2025": "le paramètre 'date_fin' est invalide", "date_fin=20251-10-06": "le paramètre 'date_fin' est invalide",
			"etat=malade": "le paramètre 'etat' est invalide", "etat=absent,,retard": "le paramètre 'etat' est invalide", "etat=2": "le paramètre 'etat' est invalide",
			"formsemestre_id=999": "le paramètre 'formsemestre_id' n'existe pas", "formsemestre_id=a": "param 'formsemestre_id': invalide (entier attendu)",
			"user_id=moi": "param 'user_id': invalide (entier attendu)",
		} {
			list = append(list, refusal{filter, get(path + "?etudids=1&" + filter), "404 " + want})
		}
		if strings.HasSuffix(path, "count") {
			list = append(list,
				refusal{"an unknown unit", get(path + "?metric=minute"), "404 le paramètre 'metric' est invalide"},
				refusal{"an empty unit", get(path + "?metric=compte,"), "404 le paramètre 'metric' est invalide"})
		}
	}
	for _, student := range []string{"999", "etudid/999", "nip/999", "ine/999"} {
		for _, suffix := range []string{"", "/query", "/count", "/count/query", "/evaluations"} {
			list = append(list, refusal{"an unknown student", get("assiduites/" + student + suffix), "404 étudiant inconnu"})
		}
	}
	for _, student := range []string{"1", "etudid/1"} {
		list = append(list, refusal{"a student of another department", get("/ScoDoc/GEA/api/assiduites/" + student), "404 étudiant inconnu"})
	}
	s.refuses(list)
	if a := s.send(get("/ScoDoc/RT/api/assiduites/1?formsemestre_id=4")); a.StatusCode != http.StatusNotFound {
		t.Errorf("a filter by a semester of another department: %s", a.line())
	}
}

// TestAuthorNames: the author of a record is called as users are.
func TestAuthorNames(t *testing.T) {
	s := openAttendance(t)
	for _, tt := range []struct{ first, last, want string }{
		{"p", "ensg", "P Ensg"},
		{"", "admin", "Admin"},
		{"JEAN-PAUL", "DE  LA TOUR", "Jean-Paul De La Tour"},
		{"", "", "mdupont"},
	} {
		s.exec(fmt.Sprintf("UPDATE accounts SET first_name = '%s', last_name = '%s' WHERE user_name = 'mdupont'", tt.first, tt.last))
		id := s.value("SELECT id FROM accounts WHERE user_name = 'mdupont'")
		s.exec("UPDATE assiduites SET account_id = " + id + " WHERE id = 1")
		s.exec("UPDATE justificatifs SET account_id = " + id + " WHERE id = 1")
		s.exec("INSERT OR IGNORE INTO moduleimpl_enseignants (moduleimpl_id, account_id) VALUES (1, " + id + ")")
		for path, key := range map[string]string{"user/" + id: "nomcomplet", "assiduite/1": "user_nom_complet", "justificatif/1": "user_nom_complet"} {
			if got := member(t, s.get(path), key); got != tt.want {
				t.Errorf("%s: %v, want %s", path, got, tt.want)
			}
		}
		if got := s.get("formsemestre/1/programme").body; !strings.Contains(got, fmt.Sprintf(`"nomcomplet":%q`, tt.want)) {
			t.Errorf("programme: no %s in %s", tt.want, got)
		}
	}
}
