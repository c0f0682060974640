package scolarite_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"intendant/internal/scolarite"
)

func TestEvaluationNotes(t *testing.T) {
	s := openMarks(t)
	s.example("evaluation_notes", request{to: "GET evaluation/101/notes", as: chef})
	for _, id := range []int{101, 102, 103, 107, 112, 113, 116} {
		wantShape(t, "evaluation_notes", s.get(fmt.Sprintf("evaluation/%d/notes", id)).json(t))
	}
	if got := s.get("evaluation/106/notes").line(); got != "200 {}" {
		t.Error(got)
	}
	// The marks of one who left the module stay.
	s.post("moduleimpl/1/etudid/2/desinscrit", "")
	if got := s.get("evaluation/101/notes").body; !strings.Contains(got, `"2":{"etudid":2,"evaluation_id":101,"value":9.0,"note_max":20.0`) {
		t.Error(got)
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET evaluation/101/notes"}, "401 Non autorise (logic)"},
		{"no permission", request{to: "GET evaluation/101/notes", as: other}, "403 permission requise : ScoView"},
		{"unknown", request{to: "GET evaluation/999/notes", as: chef}, "404 évaluation inconnue"},
		{"of another department", request{to: "GET /ScoDoc/GEA/api/evaluation/101/notes", as: chef}, "404 évaluation inconnue"},
	})
}

// marks returns the marks of an evaluation as they are shown, by etudid.
func (s *site) marks(id int) map[string]string {
	s.t.Helper()
	var shown map[string]struct{ Value json.RawMessage }
	if err := json.Unmarshal([]byte(s.get(fmt.Sprintf("evaluation/%d/notes", id)).body), &shown); err != nil {
		s.t.Fatal(err)
	}
	marks := map[string]string{}
	for etudid, m := range shown {
		marks[etudid] = strings.Trim(string(m.Value), `"`)
	}
	return marks
}

func (s *site) wantMarks(id int, want map[string]string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.marks(id)); diff != "" {
		s.t.Errorf("marks of evaluation %d (-want +got)\n%s", id, diff)
	}
}

// history returns the log of a mark, the first first.
func (s *site) history(id, etudid int) string {
	s.t.Helper()
	return s.value(fmt.Sprintf("SELECT group_concat(ifnull(value, 'ABS'), ' ') FROM (SELECT value FROM notes_log WHERE evaluation_id = %d AND etudid = %d ORDER BY id)", id, etudid))
}

func TestEvaluationSetNotes(t *testing.T) {
	s := openMarks(t)
	s.exec("INSERT INTO validations (id, etudid, formsemestre_id, code, event_at) VALUES (200, 101, 1, 'ADM', '2026-02-01T10:00:00.000Z')")
	s.example("evaluation_set_notes", request{
		to: "POST evaluation/101/notes/set", as: s.teacher("mdupont"),
		body: `{"notes": [[1, 13], [2, "9,0"], [3, "abs"], [101, 12.25], [102, "SUP"]], "comment": "après relecture de l'épreuve <1>"}`,
	})
	s.wantMarks(101, map[string]string{"1": "13.0", "2": "9.0", "3": "ABS", "101": "12.25"})
	for etudid, want := range map[int]string{1: "12.5", 2: "", 3: "-1002.0", 101: "10.5 12.5", 102: "ABS -1001.0"} {
		if got := s.history(101, etudid); got != want {
			t.Errorf("history of %d: %s, want %s", etudid, got, want)
		}
	}
	for query, want := range map[string]string{
		"SELECT comment || '|' || account_id || '|' || at FROM notes WHERE evaluation_id = 101 AND etudid = 1":                        "après relecture de l'épreuve <1>|101|2025-11-17T10:00:00.000Z",
		"SELECT ifnull(comment, '-') || '|' || account_id || '|' || at FROM notes WHERE evaluation_id = 101 AND etudid = 2":           "-|101|2025-10-06T09:00:00.000Z",
		"SELECT comment || '|' || account_id || '|' || at FROM notes_log WHERE evaluation_id = 101 AND value = 12.5 AND etudid = 101": "copie relue|101|2025-10-07T12:30:00.000Z",
		"SELECT object_name || before || after FROM journal WHERE action = 'notes.set'":                                               `R1.01, Contrôle 1{"1":12.5,"3":"ATT","101":12.5,"102":"ABS"}{"1":13.0,"3":"ABS","101":12.25}`,
	} {
		if got := s.value(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestNotesEntered tells what each text does to a mark.
func TestNotesEntered(t *testing.T) {
	s := openMarks(t)
	for _, c := range []struct{ entered, first, then string }{ // to no mark, to a mark of 12
		{`14.5`, "14.5", "14.5"},
		{`"14,5"`, "14.5", "14.5"},
		{`" 7 "`, "7.0", "7.0"},
		{`"1e1"`, "10.0", "10.0"},
		{`0`, "0.0", "0.0"},
		{`-0.0`, "0.0", "0.0"},
		{`20`, "20.0", "20.0"},
		{`12.00005`, "12.00005", "12.0"}, // too little to be a change
		{`12.0002`, "12.0002", "12.0002"},
		{`"ABS"`, "ABS", "ABS"},
		{`"absent"`, "ABS", "ABS"},
		{`"EXC"`, "EXC", "EXC"},
		{`"Neutralisée"`, "EXC", "EXC"},
		{`" att "`, "ATT", "ATT"},
		{`"SUP"`, "", ""},
		{`"suppr"`, "", ""},
		{`"DEM"`, "", "12.0"},
		{`"Démission"`, "", "12.0"},
		{`""`, "", "12.0"},
		{`"  "`, "", "12.0"},
		{`null`, "", "12.0"},
		{`20.001`, "refused", "refused"},
		{`-0.001`, "refused", "refused"},
		{`-1000`, "refused", "refused"},
		{`"-1002"`, "refused", "refused"},
		{`"12 5"`, "refused", "refused"},
		{`"1,2,3"`, "refused", "refused"},
		{`"inf"`, "refused", "refused"},
		{`"nan"`, "refused", "refused"},
		{`"0x1p2"`, "refused", "refused"},
		{`1e999`, "refused", "refused"},
		{`99999999999999999999999`, "refused", "refused"},
		{`true`, "refused", "refused"},
		{`[12]`, "refused", "refused"},
		{`{}`, "refused", "refused"},
	} {
		for before, want := range map[string]string{"": c.first, "12.0": c.then} {
			s.exec("DELETE FROM notes WHERE evaluation_id = 101")
			if before != "" {
				s.exec("INSERT INTO notes (evaluation_id, etudid, value, at) VALUES (101, 1, 12, '2025-10-06T09:00:00.000Z')")
			}
			a := s.post("evaluation/101/notes/set", `{"notes": [[1, `+c.entered+`]]}`)
			got := s.marks(101)["1"]
			changed := strings.HasPrefix(a.body, `{"etudids_changed":[1]`)
			if want == "refused" {
				if a.StatusCode != 400 || got != before {
					t.Errorf("%s to %q: %s, then %s", c.entered, before, a.line(), got)
				}
				continue
			}
			if a.StatusCode != 200 || got != want || changed != (want != before) {
				t.Errorf("%s to %q: %s, then %q, want %q", c.entered, before, a.line(), got, want)
			}
		}
	}
}

// TestNotesBounds are the bounds by kind of module and of evaluation.
func TestNotesBounds(t *testing.T) {
	s := openMarks(t)
	s.exec("UPDATE evaluations SET note_max = 5000 WHERE id = 118")
	for _, c := range []struct {
		name    string
		id      int
		in, out string
	}{
		{"usual, out of 10", 102, "0 10", "-0.5 10.5"},
		{"retake", 104, "0 20", "-1 21"},
		{"second session", 115, "0 20", "-1 21"},
		{"malus", 116, "-20 0 20", "-20.5 20.5"},
		{"bonus, whose lowest is above what stands for EXC", 118, "-999 5000", "-1000 -1002 5001"},
	} {
		etudid := 1
		if c.id > 110 {
			etudid = 104
		}
		for v := range strings.FieldsSeq(c.in) {
			if a := s.post(fmt.Sprintf("evaluation/%d/notes/set", c.id), fmt.Sprintf(`{"notes": [[%d, %s]]}`, etudid, v)); a.StatusCode != 200 {
				t.Errorf("%s: %s: %s", c.name, v, a.line())
			}
		}
		for v := range strings.FieldsSeq(c.out) {
			if a := s.post(fmt.Sprintf("evaluation/%d/notes/set", c.id), fmt.Sprintf(`{"notes": [[%d, %s]]}`, etudid, v)); a.StatusCode != 400 {
				t.Errorf("%s: %s: %s", c.name, v, a.line())
			}
		}
	}
}

func TestSetNotesRefusals(t *testing.T) {
	s := openMarks(t)
	const to = "POST evaluation/101/notes/set"
	s.refuses([]refusal{
		{"nobody", request{to: to}, "401 Non autorise (logic)"},
		{"no permission", request{to: to, as: other, body: `{"notes": []}`}, "403 permission requise : EnsView"},
		{"unknown", request{to: "POST evaluation/999/notes/set", as: chef, body: `{"notes": []}`}, "404 évaluation inconnue"},
		{"of another department", request{to: "POST /ScoDoc/GEA/api/evaluation/101/notes/set", as: chef, body: `{"notes": []}`}, "404 évaluation inconnue"},
		{"no JSON", request{to: to, as: chef, body: `{"notes": [`}, "400 corps de la requête: JSON invalide"},
		{"no notes", request{to: to, as: chef, body: `{}`}, "404 param 'notes': manquant"},
		{"no list", request{to: to, as: chef, body: `{"notes": {"1": 12}}`}, "404 param 'notes': invalide (liste attendue)"},
		{"null", request{to: to, as: chef, body: `{"notes": null}`}, "404 param 'notes': invalide (liste attendue)"},
		{"a long comment", request{to: to, as: chef, body: `{"notes": [], "comment": "` + strings.Repeat("a", 513) + `"}`}, "404 param 'comment': trop long (512 caractères au plus)"},
		{
			"each that is wrong",
			request{to: to, as: chef, body: `{"notes": [[1, 13], [2, 20.5], [4, 10], [6, 10], 12, [1], ["2", 3], [1, 14], [3, "douze et demi, ou treize"], [999, 10], [101, "x"]]}`},
			"400 notes[1] : étudiant 2 : note 20,5 hors barème (de 0 à 20), notes[2] : étudiant 4 non inscrit au module, notes[3] : étudiant 6 non inscrit au module, " +
				"notes[4] : [etudid, note] attendu, notes[5] : [etudid, note] attendu, notes[6] : [etudid, note] attendu, notes[7] : étudiant 1 donné deux fois, " +
				"notes[8] : étudiant 3 : note invalide « douze et demi, ou tr… », notes[9] : étudiant 999 non inscrit au module, notes[10] : étudiant 101 : note invalide « x »",
		},
		{"too many", request{to: to, as: chef, body: `{"notes": [` + strings.Repeat("0,", 10_000) + `0]}`}, "400 trop de notes (10000 au plus)"},
	})
	s.wantMarks(101, map[string]string{"1": "12.5", "2": "9.0", "3": "ATT", "101": "12.5", "102": "ABS"})
	s.exec("UPDATE formsemestres SET etat = 0 WHERE id = 1")
	s.refuses([]refusal{{"locked", request{to: to, as: chef, body: `{"notes": [[1, 13]]}`}, "403 formsemestre verrouillé"}})
	// What changes nothing writes nothing.
	s.exec("UPDATE formsemestres SET etat = 1 WHERE id = 1")
	before := s.value("SELECT count(*) FROM journal")
	if got := s.post("evaluation/101/notes/set", `{"notes": [[1, 12.5], [2, null], [3, "ATT"]], "comment": "x"}`).line(); got != `200 {"etudids_changed":[],"etudids_with_decision":[],"history_menu":{}}` {
		t.Error(got)
	}
	if after := s.value("SELECT count(*) FROM journal"); after != before {
		t.Error("it wrote to the journal")
	}
}

// TestNotesRights tells who may mark: account 103 directs semester 4 and is in
// charge of module 7, which account 104 teaches.
func TestNotesRights(t *testing.T) {
	s := openMarks(t)
	s.exec("UPDATE moduleimpls SET responsable_id = 104 WHERE id = 8")
	jpetit, aleroy := s.teacher("jpetit"), s.teacher("aleroy")
	mark := 0
	wants := func(name string, id int, as who, want string) {
		t.Helper()
		mark++
		a := s.send(request{to: fmt.Sprintf("POST evaluation/%d/notes/set", id), as: as, body: fmt.Sprintf(`{"notes": [[103, %d]]}`, mark)})
		if got := strings.TrimSpace(a.line()[:3] + " " + a.message()); got != want {
			t.Errorf("%s: %s, want %s", name, a.line(), want)
		}
	}
	everybody := map[string]struct {
		as            who
		id            int
		before, after string // the jury
	}{
		"who directs the semester":                   {aleroy, 111, "200", "200"},
		"a teacher":                                  {jpetit, 111, "200", "403 opération non autorisée"},
		"who is in charge of the module":             {jpetit, 113, "200", "403 opération non autorisée"},
		"a teacher of another module":                {jpetit, 114, "403 opération non autorisée", "403 opération non autorisée"},
		"a holder of EditAllNotes":                   {holding("", scolarite.EnsView, scolarite.EditAllNotes), 111, "200", "200"},
		"a holder of EditAllEvals":                   {holding("", scolarite.EnsView, scolarite.EditAllEvals), 111, "403 opération non autorisée", "403 opération non autorisée"},
		"a holder of EditAllNotes in its department": {holding("GEA", scolarite.EnsView, scolarite.EditAllNotes), 111, "403 permission requise : EnsView", "403 permission requise : EnsView"},
		"who directs another semester, with nothing": {s.teacher("mdupont"), 111, "403 opération non autorisée", "403 opération non autorisée"},
	}
	for name, c := range everybody {
		wants(name, c.id, c.as, c.before)
	}
	s.exec("INSERT INTO validations_dut120 (etudid, formsemestre_id, referentiel_id, at) VALUES (7, 4, 1, '2026-02-01T10:00:00.000Z')")
	for name, c := range everybody {
		wants(name+", after the jury", c.id, c.as, c.after)
	}
	s.exec("DELETE FROM validations_dut120")
	s.exec("INSERT INTO autorisations (etudid, formation_code, semestre_id, at, origin_formsemestre_id) VALUES (7, 'FCOD2', 2, '2026-02-01T10:00:00.000Z', 4)")
	wants("an authorisation is no decision", 111, jpetit, "200")
}

// TestNotesOfThoseWhoLeft: marks of one who left a module stay, cannot be
// written, and count again when he is back.
func TestNotesOfThoseWhoLeft(t *testing.T) {
	s := openMarks(t)
	s.post("moduleimpl/1/etudid/2/desinscrit", "")
	if got := s.post("evaluation/101/notes/set", `{"notes": [[2, 15]]}`).line(); !strings.HasPrefix(got, "400 ") {
		t.Error(got)
	}
	s.post("moduleimpl/1/etudid/2/inscrit", "")
	if got := s.post("evaluation/101/notes/set", `{"notes": [[2, 15]]}`); got.StatusCode != 200 || s.history(101, 2) != "9.0" {
		t.Error(got.line())
	}
}

// TestHistoryOfMarks checks that a mark holds its last accepted value, and its
// log every value it had before, whatever is sent.
func TestHistoryOfMarks(t *testing.T) {
	s := openMarks(t)
	etudids := []int{1, 2, 3, 101, 102}
	texts := []string{`"ABS"`, `"EXC"`, `"ATT"`, `"SUP"`, `"DEM"`, `""`, `null`, `"12,5"`, `21`, `"x"`}
	rapid.Check(t, func(rt *rapid.T) {
		s.exec("DELETE FROM notes WHERE evaluation_id = 106; DELETE FROM notes_log WHERE evaluation_id = 106")
		now, past := map[int]string{}, map[int][]string{}
		for range rapid.IntRange(1, 8).Draw(rt, "requests") {
			chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(etudids[:2]), 0, 2, rapid.ID).Draw(rt, "students")
			chosen = append(chosen, rapid.SliceOfNDistinct(rapid.SampledFrom(etudids[3:]), 0, 2, rapid.ID).Draw(rt, "others")...)
			entered := map[int]string{}
			var list []string
			for _, etudid := range chosen {
				text := rapid.OneOf(rapid.SampledFrom(texts), rapid.Custom(func(rt *rapid.T) string {
					return strconv.FormatFloat(float64(rapid.IntRange(0, 80).Draw(rt, "quarters"))/4, 'f', -1, 64)
				})).Draw(rt, "mark")
				entered[etudid] = text
				list = append(list, fmt.Sprintf("[%d, %s]", etudid, text))
			}
			a := s.post("evaluation/106/notes/set", `{"notes": [`+strings.Join(list, ", ")+`]}`)
			isRefused := false
			for _, text := range entered {
				isRefused = isRefused || text == `21` || text == `"x"`
			}
			if isRefused != (a.StatusCode == 400) || !isRefused && a.StatusCode != 200 {
				rt.Fatalf("%v: %s", list, a.line())
			}
			if isRefused {
				continue
			}
			var changed []int
			for _, etudid := range chosen {
				if enterInto(now, past, etudid, entered[etudid]) {
					changed = append(changed, etudid)
				}
			}
			var set struct {
				EtudidsChanged []int `json:"etudids_changed"`
			}
			if err := json.Unmarshal([]byte(a.body), &set); err != nil || !slices.Equal(set.EtudidsChanged, changed) {
				rt.Fatalf("%v changed %v, want %v", list, set.EtudidsChanged, changed)
			}
		}
		want := map[string]string{}
		for etudid, mark := range now {
			want[strconv.Itoa(etudid)] = mark
		}
		if got := s.marks(106); !maps.Equal(got, want) {
			rt.Fatalf("marks %v, want %v", got, want)
		}
		for _, etudid := range etudids {
			if got := s.history(106, etudid); got != strings.Join(past[etudid], " ") {
				rt.Fatalf("history of %d: %s, want %s", etudid, got, past[etudid])
			}
		}
	})
}

// enterInto does to marks and their past what a request should.
func enterInto(now map[int]string, past map[int][]string, etudid int, text string) (isChange bool) {
	mark := strings.Trim(text, `"`)
	if v, err := strconv.ParseFloat(strings.Replace(mark, ",", ".", 1), 64); err == nil {
		mark = strconv.FormatFloat(v, 'f', -1, 64)
		if v == math.Trunc(v) {
			mark += ".0"
		}
	}
	before, isThere := now[etudid]
	if mark == "" || mark == "null" || mark == "DEM" || mark == before && isThere || mark == "SUP" && !isThere {
		return false
	}
	kept := map[string]string{"EXC": "-1000.0", "ATT": "-1002.0", "SUP": "-1001.0"}
	if isThere {
		logged, isWord := kept[before]
		if !isWord {
			logged = before
		}
		past[etudid] = append(past[etudid], logged)
	}
	if mark == "SUP" {
		past[etudid] = append(past[etudid], kept[mark])
		delete(now, etudid)
		return true
	}
	now[etudid] = mark
	return true
}
