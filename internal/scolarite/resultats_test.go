package scolarite_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

func TestResultats(t *testing.T) {
	s := openMarks(t)
	s.exec(`INSERT INTO assiduites (etudid, debut_at, fin_at, etat, entry_at, est_just) VALUES
		(1, '2025-10-02T07:00:00.000Z', '2025-10-02T09:00:00.000Z', 2, '2025-10-02T09:00:00.000Z', 1),
		(1, '2025-10-03T07:00:00.000Z', '2025-10-03T15:00:00.000Z', 2, '2025-10-03T15:00:00.000Z', 0),
		(1, '2025-10-06T07:00:00.000Z', '2025-10-06T09:00:00.000Z', 1, '2025-10-06T09:00:00.000Z', 0),
		(1, '2025-03-06T07:00:00.000Z', '2025-03-06T09:00:00.000Z', 2, '2025-03-06T09:00:00.000Z', 0)`)
	s.example("formsemestre_resultat", request{to: "GET formsemestre/1/resultats", as: chef})
	s.example("formsemestre_resultat.raw", request{to: "GET formsemestre/1/resultats?format=raw", as: chef})
	s.example("formsemestre_resultat.classique", request{to: "GET formsemestre/4/resultats", as: chef})
	s.example("moduleimpl_notes", request{to: "GET moduleimpl/1/notes", as: chef})
	s.example("moduleimpl_notes.classique", request{to: "GET moduleimpl/9/notes", as: chef})
	s.example("formsemestre_etat_evaluations", request{to: "GET formsemestre/1/etat_evals", as: chef})
}

// TestResultatShapes checks what the clients in use read, where there are marks
// and where there is nothing.
func TestResultatShapes(t *testing.T) {
	s := openMarks(t)
	for _, tt := range []struct{ shape, path string }{
		{"resultats", "formsemestre/1/resultats"},
		{"resultats_classique", "formsemestre/4/resultats"},
		{"resultats_raw", "formsemestre/1/resultats?format=raw"},
		{"moduleimpl_notes", "moduleimpl/1/notes"},
		{"etat_evals", "formsemestre/1/etat_evals"},
		{"etat_evals", "formsemestre/4/etat_evals"},
	} {
		t.Log(tt.path)
		wantShape(t, tt.shape, s.get(tt.path).json(t))
	}
	for _, path := range []string{"formsemestre/5/resultats", "formsemestre/5/etat_evals", "formsemestre/2/resultats?format=raw", "moduleimpl/5/notes"} {
		if got := s.get(path).body; got != "[]" {
			t.Errorf("%s is %s", path, got)
		}
	}
}

func TestResultatsAreRefused(t *testing.T) {
	s := openMarks(t)
	var list []refusal
	for path, unknown := range map[string]string{
		"formsemestre/%d/resultats": "formsemestre inconnu", "formsemestre/%d/etat_evals": "formsemestre inconnu", "moduleimpl/%d/notes": "moduleimpl inconnu",
	} {
		one := "GET " + fmt.Sprintf(path, 1)
		list = append(list,
			refusal{"nobody", request{to: one}, "401 Non autorise (logic)"},
			refusal{"without the permission", request{to: one, as: other}, "403 permission requise : ScoView"},
			refusal{"with that of another department", request{to: one, as: holding("GEA", scolarite.ScoView)}, "403 permission requise : ScoView"},
			refusal{"from another department", request{to: "GET /ScoDoc/GEA/api/" + fmt.Sprintf(path, 1), as: chef}, "404 " + unknown},
			refusal{"unknown", request{to: "GET " + fmt.Sprintf(path, 99), as: chef}, "404 " + unknown},
		)
	}
	s.refuses(append(list,
		refusal{"another format", request{to: "GET formsemestre/1/resultats?format=xls", as: chef}, "400 param 'format': invalide (raw)"},
		refusal{"an empty format", request{to: "GET formsemestre/1/resultats?format=", as: chef}, "400 param 'format': invalide (raw)"},
		refusal{"another format of what is unknown", request{to: "GET formsemestre/99/resultats?format=xls", as: chef}, "404 formsemestre inconnu"},
	))
	if got := s.send(request{to: "GET /ScoDoc/RT/api/formsemestre/1/resultats", as: holding("RT", scolarite.ScoView)}).StatusCode; got != 200 {
		t.Errorf("in the department: %d", got)
	}
}

// TestResultatsFollow reads a change back through the answer, whoever made it.
func TestResultatsFollow(t *testing.T) {
	s := openMarks(t)
	wanted := func(what, path, key, want string) {
		t.Helper()
		for _, row := range s.listed(path) {
			if row["etudid"] == json.Number("1") {
				if got := fmt.Sprint(row[key]); got != want {
					t.Errorf("%s: %s is %s, want %s", what, key, got, want)
				}
			}
		}
	}
	const path = "formsemestre/1/resultats"
	wanted("at first", path, "moy_res_1_1", "14.10")
	if a := s.post("evaluation/101/notes/set", `{"notes": [[1, 20]]}`); a.StatusCode != 200 {
		t.Fatal(a.line())
	}
	wanted("a mark saved", path, "moy_res_1_1", "15.60")
	s.exec("UPDATE notes SET value = 0 WHERE evaluation_id = 101 AND etudid = 1")
	wanted("a mark written beside the server", path, "moy_res_1_1", "11.60")
	s.exec("UPDATE formsemestres SET block_moyenne_generale = 1 WHERE id = 1")
	wanted("general means blocked", path, "moy_gen", "~")
	wanted("general means blocked", path, "rang", "")
	wanted("general means blocked", path, "moy_res_1_1", "11.60")
	s.exec("UPDATE formsemestres SET block_moyennes = 1 WHERE id = 1")
	wanted("means blocked", path, "moy_ue_1", "~")
	s.exec("UPDATE evaluations SET blocked_until_at = '2025-11-18T00:00:00.000Z' WHERE id = 101")
	wanted("an evaluation blocked", path, "moy_res_1_1", "14.50")
	s.exec("INSERT INTO preferences (dept_id, name, value) VALUES (1, 'assi_metrique', '\"H.\"')")
	s.exec("INSERT INTO assiduites (etudid, debut_at, fin_at, etat, entry_at) VALUES (1, '2025-10-03T07:00:00.000Z', '2025-10-03T08:30:00.000Z', 2, '2025-10-03T15:00:00.000Z')")
	wanted("an absence, in hours", path, "nbabs", "1.5")
	s.exec("UPDATE assiduites SET est_just = 1")
	wanted("justified", path, "nbabsjust", "1.5")
	s.exec("UPDATE assiduites SET etat = 1")
	wanted("come late", path, "nbabs", "0")
}

// TestResultatsOfParcours: UE 5 is of parcours 1 alone, where it gives other
// credits. Who has no parcours has every UE.
func TestResultatsOfParcours(t *testing.T) {
	s := openMarks(t)
	s.exec(`UPDATE ue_parcours SET ects = 3 WHERE ue_id = 5;
		INSERT INTO inscriptions (etudid, formsemestre_id, parcours_id) VALUES (1, 2, 1), (2, 2, 2), (101, 2, NULL);
		INSERT INTO moduleimpl_inscriptions (moduleimpl_id, etudid) VALUES (5, 1), (6, 1), (5, 2), (6, 2), (5, 101), (6, 101);
		INSERT INTO evaluations (id, moduleimpl_id) VALUES (201, 5), (202, 6);
		INSERT INTO notes (evaluation_id, etudid, value, at) VALUES
		  (201, 1, 12, '2026-03-01T09:00:00.000Z'), (201, 2, 12, '2026-03-01T09:00:00.000Z'), (201, 101, 12, '2026-03-01T09:00:00.000Z'),
		  (202, 1, 14, '2026-03-01T09:00:00.000Z'), (202, 2, 14, '2026-03-01T09:00:00.000Z'), (202, 101, 14, '2026-03-01T09:00:00.000Z')`)
	got := map[string]string{}
	for _, row := range s.listed("formsemestre/2/resultats") {
		got[fmt.Sprint(row["etudid"])] = fmt.Sprint(row["rang"], ", ", row["moy_gen"], " ", row["moy_ue_4"], " ", row["moy_ue_5"], " ", row["moy_sae_6_5"], " ", row["ues_validables"], " ", row["ects"])
	}
	for etudid, want := range map[string]string{
		"1":   "2, 12.38 12.00 14.00 14.00 2/2 16.0", // (12*13 + 14*3) / 16
		"2":   "3, 12.00 12.00 ~ ~ 1/1 13.0",
		"101": "1, 12.73 12.00 14.00 14.00 2/2 20.5", // (12*13 + 14*7.5) / 20.5
	} {
		if got[etudid] != want {
			t.Errorf("student %s: %s, want %s", etudid, got[etudid], want)
		}
	}
}

// TestResultatsOfUECoefs: a classic semester may weigh its UEs by coefficients
// of its own, in the place of the programme's, and have a formula of its own.
func TestResultatsOfUECoefs(t *testing.T) {
	s := openMarks(t)
	mean := func() string {
		for _, row := range s.listed("formsemestre/4/resultats") {
			if row["etudid"] == json.Number("103") { // UEs 14.25 and 12, sport 14
				return fmt.Sprint(row["bonus"], " ", row["moy_gen"])
			}
		}
		return ""
	}
	for _, tt := range []struct{ change, want string }{
		{"", "00.20 13.55"}, // (14.25*4.5 + 12*3) / 7.5, and 4/20
		{"INSERT INTO preferences (formsemestre_id, name, value) VALUES (4, 'use_ue_coefs', 'true')", "00.20 13.32"},    // both 15
		{"INSERT INTO formsemestre_ue_coefs (formsemestre_id, ue_id, coef) VALUES (4, 6, 1), (4, 7, 3)", "00.20 12.76"}, // 12.5625
		{"UPDATE formsemestres SET bonus_func = 'bonus_lille' WHERE id = 4", "00.16 12.72"},
		{"UPDATE preferences SET value = '\"\"' WHERE name = 'bonus_sport_func_name'", "00.16 12.72"},
		{"UPDATE formsemestres SET bonus_func = NULL WHERE id = 4", "00.00 12.56"},
	} {
		if tt.change != "" {
			s.exec(tt.change)
		}
		if got := mean(); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.change, got, tt.want)
		}
	}
}

// listed are the rows of an answer.
func (s *site) listed(path string) []map[string]any {
	s.t.Helper()
	var rows []map[string]any
	dec := json.NewDecoder(strings.NewReader(s.get(path).body))
	dec.UseNumber()
	s.must(dec.Decode(&rows))
	return rows
}
