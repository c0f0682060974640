package scolarite_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite"
	"intendant/internal/tableur"
)

// openJury starts the small site with two years of a BUT and two semesters of a
// DUT, marked and without decisions.
func openJury(t testing.TB) *site {
	t.Helper()
	s := open(t)
	s.exec(fixture(t, "jury.sql"))
	return s
}

// auto lets the rules decide on a semester.
func (s *site) auto(semestre string) {
	s.t.Helper()
	if a := s.post("formsemestre/"+semestre+"/jury/auto", `{"dry_run": false}`); a.StatusCode != 200 {
		s.t.Fatalf("jury of %s: %s", semestre, a.line())
	}
}

// decided is what was decided on a student: each UE and semester as
// "<semester>/<ue> code", RCUEs, years, where he may register.
func (s *site) decided(etudid string) string {
	s.t.Helper()
	return s.value(`SELECT concat_ws(' | ',
		(SELECT group_concat(concat(ifnull(formsemestre_id, '-'), '/', ifnull(ue_id, '*'), ' ', code, iif(compense_formsemestre_id, ' for ' || compense_formsemestre_id, '')), ', ')
			FROM (SELECT * FROM validations WHERE etudid = e.id ORDER BY formsemestre_id, ue_id)),
		(SELECT group_concat(concat(ue1_id, '+', ue2_id, ' ', code), ', ') FROM (SELECT * FROM validations_rcue WHERE etudid = e.id ORDER BY ue1_id)),
		(SELECT group_concat(concat('BUT', ordre, ' ', code, ' ', annee_scolaire), ', ') FROM (SELECT * FROM validations_annee WHERE etudid = e.id ORDER BY ordre)),
		(SELECT group_concat(concat(origin_formsemestre_id, '>S', semestre_id), ', ') FROM (SELECT * FROM autorisations WHERE etudid = e.id ORDER BY origin_formsemestre_id, semestre_id)))
		FROM etudiants e WHERE e.id = ` + etudid)
}

// events are what happened to a student because of juries.
func (s *site) events(etudid string) string {
	s.t.Helper()
	return s.value(`SELECT group_concat(concat(event_type, ' ', formsemestre_id, iif(ue_id, '/' || ue_id, ''), iif(comp_formsemestre_id, '>' || comp_formsemestre_id, '')), ', ')
		FROM (SELECT * FROM evenements WHERE etudid = ` + etudid + ` AND event_type NOT IN ('CREATION', 'INSCRIPTION') ORDER BY formsemestre_id, ue_id, event_type)`)
}

func TestDecisionsJury(t *testing.T) {
	s := openJury(t)
	// Before any decision: the levels with their means, and no code.
	s.example("decisions_jury.avant", request{to: "GET /ScoDoc/RT/api/formsemestre/202/decisions_jury", as: holding("RT", scolarite.ScoView)})
	for _, semestre := range []string{"201", "202", "205", "206"} {
		s.auto(semestre)
	}
	s.example("decisions_jury", request{to: "GET /ScoDoc/RT/api/formsemestre/202/decisions_jury", as: holding("RT", scolarite.ScoView)})
	wantShape(t, "decisions_jury", s.get("formsemestre/202/decisions_jury").json(t))
	s.example("decisions_jury.classique", request{to: "GET formsemestre/206/decisions_jury", as: chef})
	s.refuses([]refusal{
		{"nobody", request{to: "GET formsemestre/202/decisions_jury"}, "401 Non autorise (logic)"},
		{"anybody", request{to: "GET formsemestre/202/decisions_jury", as: other}, "403 permission requise : ScoView"},
		{"an unknown semester", request{to: "GET formsemestre/99/decisions_jury", as: chef}, "404 formsemestre inconnu"},
		{"another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/202/decisions_jury", as: chef}, "404 formsemestre inconnu"},
	})
}

// TestDecisionsJuryOfASemesterAlone lists students whose year is not over, those
// who left, and what was acquired before.
func TestDecisionsJuryOfASemesterAlone(t *testing.T) {
	s := openMarks(t)
	var got []string
	for _, row := range s.get("formsemestre/1/decisions_jury").json(t).([]any) {
		row := row.(map[string]any)
		for _, rcue := range row["rcues"].([]any) {
			rcue := rcue.(map[string]any)
			if rcue["moy"] != nil || rcue["code"] != nil || rcue["ue_2"].(map[string]any)["moy"] != nil {
				t.Errorf("a level is known: %v", rcue)
			}
		}
		got = append(got, row["etat"].(string))
	}
	if diff := cmp.Diff([]string{"I", "I", "I", "D", "I", "DEF"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestJuryAutoBUT(t *testing.T) {
	s := openJury(t)
	s.auto("201")
	if got, want := s.decided("202"), "201/1 CMP, 201/2 ADM, 201/201 ADM | 201>S2"; got != want {
		t.Errorf("after the odd semester: %s, want %s", got, want)
	}
	s.auto("202")
	for _, c := range []struct{ etudid, want, events string }{
		{"201", "201/1 ADM, 201/2 ADM, 201/201 ADM, 202/4 ADM, 202/5 ADM, 202/202 ADM | 1+4 ADM, 2+5 ADM, 201+202 ADM | BUT1 ADM 2023 | 201>S2, 202>S3", "VALID_UE 201/1, VALID_UE 201/2, VALID_UE 201/201, VALID_UE 202/4, VALID_UE 202/5, VALID_UE 202/202"},
		{"202", "201/1 CMP, 201/2 ADM, 201/201 ADM, 202/4 ADM, 202/5 ADM, 202/202 ADM | 1+4 CMP, 2+5 ADM, 201+202 ADM | BUT1 ADM 2023 | 201>S2, 202>S3", "VALID_UE 201/1, VALID_UE 201/2, VALID_UE 201/201, VALID_UE 202/4, VALID_UE 202/5, VALID_UE 202/202"},
		{"203", "201/1 ADM, 201/2 ADM, 201/201 AJ, 202/4 ADM, 202/5 ADM, 202/202 AJ | 1+4 ADM, 2+5 ADM, 201+202 AJ | BUT1 PASD 2023 | 201>S2, 202>S3", "VALID_UE 201/1, VALID_UE 201/2, VALID_UE 202/4, VALID_UE 202/5"},
		{"204", "201/1 ADM, 201/2 ADM, 201/201 AJ, 202/4 ADM, 202/5 ADM, 202/202 AJ | 1+4 ADM, 2+5 ADM, 201+202 AJ | BUT1 RED 2023 | 201>S2, 202>S1", "VALID_UE 201/1, VALID_UE 201/2, AUT_RED 202, VALID_UE 202/4, VALID_UE 202/5"},
		{"205", "201/1 AJ, 201/2 AJ, 201/201 AJ, 202/4 AJ, 202/5 AJ, 202/202 AJ | 1+4 AJ, 2+5 AJ, 201+202 AJ | BUT1 RED 2023 | 201>S2, 202>S1", "AUT_RED 202"},
		{"206", "201/1 ADM, 201/2 ADM, 201/201 ADM, 202/4 DEM, 202/5 DEM, 202/202 DEM | BUT1 DEM 2023 | 201>S2", "VALID_UE 201/1, VALID_UE 201/2, VALID_UE 201/201"},
		{"207", "201/1 ADM, 201/2 ADM, 201/201 ADM, 202/4 DEF, 202/5 DEF, 202/202 DEF | BUT1 DEF 2023 | 201>S2", "VALID_UE 201/1, VALID_UE 201/2, VALID_UE 201/201"},
		{"208", "201/1 AJ, 201/2 ADM, 201/201 ADM, 202/4 AJ, 202/5 ADM, 202/202 ADM | 1+4 AJ, 2+5 ADM, 201+202 ADM | BUT1 PASD 2023 | 201>S2, 202>S3", "VALID_UE 201/2, VALID_UE 201/201, VALID_UE 202/5, VALID_UE 202/202"},
	} {
		if got := s.decided(c.etudid); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.etudid, got, c.want)
		}
		if got := s.events(c.etudid); got != c.events {
			t.Errorf("%s: events %s", c.etudid, got)
		}
	}
	// A second time changes nothing.
	lines := s.value("SELECT count(*) FROM journal")
	before := s.get("formsemestre/202/decisions_jury").body
	s.auto("201")
	s.auto("202")
	if after := s.get("formsemestre/202/decisions_jury").body; after != before {
		t.Errorf("again: %s", cmp.Diff(before, after))
	}
	if got := s.value("SELECT count(*) FROM journal WHERE id > " + lines + " AND action NOT LIKE 'autorisation%'"); got != "0" {
		t.Errorf("%s lines more in the journal", got)
	}
}

// TestALevelBringsTheOnesBelow: the level of the second year gives that of the
// first, its UEs, and the year that this completes.
func TestALevelBringsTheOnesBelow(t *testing.T) {
	s := openJury(t)
	for _, semestre := range []string{"201", "202", "203", "204"} {
		s.auto(semestre)
	}
	want := "201/1 ADSUP, 201/2 ADM, 201/201 ADM, 202/4 ADSUP, 202/5 ADM, 202/202 ADM, 203/203 ADM, 204/204 ADM | " +
		"1+4 ADSUP, 2+5 ADM, 201+202 ADM, 203+204 ADM | BUT1 ADSUP 2024, BUT2 ADM 2024 | 201>S2, 202>S3, 203>S4, 204>S5"
	if got := s.decided("208"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestJuryAutoKeepsWhatAJuryDecided: a weaker proposal does not replace a
// decision, and what was pronounced against a student stays.
func TestJuryAutoKeepsWhatAJuryDecided(t *testing.T) {
	s := openJury(t)
	for _, c := range []struct{ etudid, kind, body string }{
		{"204", "validation_rcue", `{"code": "ADJ", "ue1_id": 201, "ue2_id": 202, "formsemestre_id": 202}`},
		{"205", "validation_annee_but", `{"formsemestre_id": 202, "code": "EXCLU"}`},
		{"201", "validation_ue", `{"formsemestre_id": 202, "ue_id": 4, "code": "ATJ"}`},
	} {
		if a := s.post("etudiant/"+c.etudid+"/jury/"+c.kind+"/record", c.body); a.StatusCode != 200 {
			t.Fatal(a.line())
		}
	}
	s.auto("202")
	for etudid, want := range map[string]string{
		// The jury gave the level: its UEs are ADJR, and the year is whole.
		"204": "201/1 ADM, 201/2 ADM, 201/201 ADJR, 202/4 ADM, 202/5 ADM, 202/202 ADJR | 1+4 ADM, 2+5 ADM, 201+202 ADJ | BUT1 ADM 2023 | 202>S3",
		"205": "201/1 AJ, 201/2 AJ, 201/201 AJ, 202/4 AJ, 202/5 AJ, 202/202 AJ | 1+4 AJ, 2+5 AJ, 201+202 AJ | BUT1 EXCLU 2023",
		"201": "201/1 ADM, 201/2 ADM, 201/201 ADM, 202/4 ADM, 202/5 ADM, 202/202 ADM | 1+4 ADM, 2+5 ADM, 201+202 ADM | BUT1 ADM 2023 | 202>S3",
	} {
		if got := s.decided(etudid); got != want {
			t.Errorf("%s:\n got %s\nwant %s", etudid, got, want)
		}
	}
	if got := s.events("205"); got != "EXCLUS 202" {
		t.Errorf("events of the excluded: %s", got)
	}
}

func TestJuryAutoClassique(t *testing.T) {
	s := openJury(t)
	s.auto("205")
	if got, want := s.decided("212"), "205/* ATT, 205/6 AJ, 205/7 AJ | 205>S2"; got != want {
		t.Errorf("after the first semester: %s, want %s", got, want)
	}
	s.auto("206")
	for _, c := range []struct{ etudid, want, events string }{
		{"211", "205/* ADM, 205/6 ADM, 205/7 ADM, 206/* ADM, 206/205 ADM, 206/206 ADM | 205>S2, 206>S3", "VALID_SEM 205, VALID_UE 205/6, VALID_UE 205/7, VALID_SEM 206, VALID_UE 206/205, VALID_UE 206/206"},
		{"212", "205/* ADC, 205/6 CMP, 205/7 CMP, 206/* ADM for 205, 206/205 ADM, 206/206 ADM | 205>S2, 206>S3", "VALID_SEM 205, VALID_UE 205/6, VALID_UE 205/7, UTIL_COMPENSATION 206>205, VALID_SEM 206, VALID_UE 206/205, VALID_UE 206/206"},
		{"213", "205/* ADM, 205/6 ADM, 205/7 ADM, 206/* ATT, 206/205 AJ, 206/206 AJ | 205>S2, 206>S3", "VALID_SEM 205, VALID_UE 205/6, VALID_UE 205/7"},
		{"214", "205/* AJ, 205/6 ADM, 205/7 AJ, 206/* AJ, 206/205 ADM, 206/206 AJ | 205>S2, 206>S1", "ECHEC_SEM 205, VALID_UE 205/6, AUT_RED 206, ECHEC_SEM 206, VALID_UE 206/205"},
		{"215", "205/* ADM, 205/6 ADM, 205/7 ADM, 206/* DEF | 205>S2", "VALID_SEM 205, VALID_UE 205/6, VALID_UE 205/7"},
		{"216", "205/* ADM, 205/6 ADM, 205/7 ADM | 205>S2", "VALID_SEM 205, VALID_UE 205/6, VALID_UE 205/7"},
	} {
		if got := s.decided(c.etudid); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.etudid, got, c.want)
		}
		if got := s.events(c.etudid); got != c.events {
			t.Errorf("%s: events\n got %s\nwant %s", c.etudid, got, c.events)
		}
	}
}

// TestASemesterMakesUpForTheNext: where the last semester is made up for by the
// one before, that one says so, and a deletion frees it.
func TestASemesterMakesUpForTheNext(t *testing.T) {
	s := openJury(t)
	s.exec("UPDATE formations SET type_parcours = 120 WHERE id = 2") // two semesters
	s.auto("205")
	s.auto("206")
	if got, want := s.decided("213"), "205/* ADM for 206, 205/6 ADM, 205/7 ADM, 206/* ADC, 206/205 CMP, 206/206 CMP | 205>S2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	id := s.value("SELECT id FROM validations WHERE etudid = 213 AND formsemestre_id = 206 AND ue_id IS NULL")
	s.example("validation_formsemestre_delete.compense", request{
		to: "POST /ScoDoc/GEA/api/etudiant/213/jury/validation_formsemestre/" + id + "/delete", as: account("aleroy"),
	})
	// The codes of its UEs came with it, and go with it.
	if got, want := s.decided("213"), "205/* ADM, 205/6 ADM, 205/7 ADM | 205>S2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := s.value("SELECT count(*) FROM evenements WHERE etudid = 213 AND 206 IN (formsemestre_id, comp_formsemestre_id)"); got != "0" {
		t.Errorf("%s events are left", got)
	}
	if a := s.post("formsemestre/206/etudid/213/desinscrit", ""); a.StatusCode != 200 {
		t.Errorf("still decided: %s", a.line())
	}
}

func TestJuryAutoDryRun(t *testing.T) {
	s := openJury(t)
	secretary := holding("RT", scolarite.EtudInscrit)
	s.token(secretary)
	before := s.value("SELECT count(*) FROM journal")
	s.example("formsemestre_jury_auto", request{
		to: "POST /ScoDoc/RT/api/formsemestre/202/jury/auto", as: secretary, body: `{"dry_run": true, "etudids": [202]}`,
	})
	if got := s.decided("202"); got != "" || s.value("SELECT count(*) FROM journal") != before {
		t.Errorf("a dry run wrote %s", got)
	}
	dry := s.post("formsemestre/202/jury/auto", `{"dry_run": true}`)
	wet := s.post("formsemestre/202/jury/auto", `{"dry_run": false}`)
	made := regexp.MustCompile(`("etudid":\d+,"id":)\d+(,"origin_formsemestre_id")`) // nothing has an id in a dry run
	if want := made.ReplaceAllString(wet.body, "${1}null$2"); dry.body != want || want == wet.body {
		t.Error(cmp.Diff(want, dry.body))
	}
	if got := s.get("formsemestre/202/decisions_jury").body; got != wet.body {
		t.Error(cmp.Diff(wet.body, got))
	}
}

func TestJuryPV(t *testing.T) {
	s := openJury(t)
	s.auto("201")
	s.auto("202")
	s.example("formsemestre_jury_pv", request{to: "GET formsemestre/202/jury/pv/xlsx", as: chef})
	a := s.get("formsemestre/202/jury/pv/pdf")
	if got := a.Header.Get("Content-Type"); got != "application/pdf" || !strings.HasPrefix(a.body, "%PDF-") {
		t.Errorf("%s %.20q", got, a.body)
	}
	sheet, err := tableur.Read("pv.xlsx", []byte(s.get("formsemestre/202/jury/pv/xlsx").body))
	s.must(err)
	var text bytes.Buffer
	for _, row := range sheet.Rows {
		text.WriteString(strings.Join(row.Cells, ";") + "\n")
	}
	golden(t, "testdata/jury-pv.csv", text.String())
	for _, format := range []string{"pdf", "xlsx"} {
		one := s.get("formsemestre/202/jury/pv/" + format).body
		if two := s.get("formsemestre/202/jury/pv/" + format).body; one != two {
			t.Errorf("%s: the same decisions give other bytes", format)
		}
		s.get("formsemestre/5/jury/pv/" + format) // nobody is in it
	}
	s.refuses([]refusal{
		{"nobody", request{to: "GET formsemestre/202/jury/pv/pdf"}, "401 Non autorise (logic)"},
		{"anybody", request{to: "GET formsemestre/202/jury/pv/pdf", as: other}, "403 permission requise : ScoView"},
		{"another format", request{to: "GET formsemestre/202/jury/pv/doc", as: chef}, "404 le paramètre 'format' est invalide"},
		{"an unknown semester", request{to: "GET formsemestre/99/jury/pv/pdf", as: chef}, "404 formsemestre inconnu"},
		{"another department", request{to: "GET /ScoDoc/GEA/api/formsemestre/202/jury/pv/pdf", as: chef}, "404 formsemestre inconnu"},
	})
}
