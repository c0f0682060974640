package scolarite_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// absence adds an absence of a student; the bounds are UTC, without seconds.
func (s *site) absence(etudid int, debut, fin string, isJustified bool) {
	s.t.Helper()
	justified := 0
	if isJustified {
		justified = 1
	}
	s.exec(fmt.Sprintf(`INSERT INTO assiduites (etudid, debut_at, fin_at, etat, est_just, entry_at)
		VALUES (%d, '%s:00.000Z', '%s:00.000Z', 2, %d, '2025-11-17T10:00:00.000Z')`, etudid, debut, fin, justified))
}

// count is the count of a student: "1 1 1 2.0" in the order of the units.
func (s *site) count(path string) string {
	s.t.Helper()
	c := s.get(path).json(s.t).(map[string]any)
	return fmt.Sprint(c["compte"], " ", c["journee"], " ", c["demi"], " ", c["heure"])
}

func TestAssiduitesCount(t *testing.T) {
	s := openAttendance(t)
	viewer := holding("", scolarite.ScoView)
	s.example("assiduites_count", request{to: "GET assiduites/etudid/1/count?formsemestre_id=1", as: viewer})
	s.example("assiduites_count.split", request{to: "GET assiduites/nip/22000002/count/query?split=1&formsemestre_id=1", as: viewer})
	s.example("assiduites_formsemestre_count", request{to: "GET assiduites/formsemestre/1/count", as: viewer})
	s.example("assiduites_formsemestre_count.split", request{to: "GET assiduites/formsemestre/1/count/query?split&metric=demi,compte&etat=retard,absent", as: viewer})
}

// TestCountsByExample creates records as clients do, and counts them.
func TestCountsByExample(t *testing.T) {
	for _, c := range []struct {
		name, records, want string
	}{
		{"nothing", "", "0 0 0 0.0"},
		{"a class", "2022-10-31T08:00 2022-10-31T10:00", "1 1 1 2.0"},
		{"two in a morning", "2022-10-31T08:00 2022-10-31T10:00 2022-10-31T10:15 2022-10-31T12:15", "2 1 1 4.0"},
		{"over midday", "2022-10-31T12:00 2022-10-31T14:00", "1 1 2 2.0"},
		{"up to midday", "2022-10-31T11:00 2022-10-31T13:00", "1 1 1 2.0"},
		{"an afternoon", "2022-10-31T13:00 2022-10-31T15:30", "1 1 1 2.5"},
		{"a day and an hour", "2022-10-31T08:00 2022-10-31T18:00 2022-11-02T14:00 2022-11-02T15:00", "2 2 3 11.0"},
		{"two records that touch", "2022-10-31T08:00 2022-10-31T10:00 2022-10-31T10:00 2022-10-31T12:00", "2 1 1 4.0"},
		{"from Thursday to Tuesday", "2022-11-03T14:00 2022-11-08T10:00", "1 4 6 22.0"},
		{"a Saturday", "2022-11-05T08:00 2022-11-05T12:00", "1 1 1 4.0"},
		{"the longer night", "2022-10-30T00:00 2022-10-30T06:00", "1 1 0 7.0"},
		{"the shorter night", "2023-03-26T00:00 2023-03-26T06:00", "1 1 0 5.0"},
		{"an hour that there is not", "2023-03-26T02:30 2023-03-26T04:00", "1 1 0 0.5"},
		{"a whole week", "2022-11-07 2022-11-14", "1 5 10 50.0"}, // 18 hours, four days of 8, neither Saturday nor Sunday
		{"twenty minutes", "2022-10-31T08:00 2022-10-31T08:20", "1 1 1 0.33"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			var records []string
			bounds := strings.Fields(c.records)
			for i := 0; i < len(bounds); i += 2 {
				records = append(records, fmt.Sprintf(`{"date_debut": %q, "date_fin": %q, "etat": "absent"}`, bounds[i], bounds[i+1]))
			}
			if got := s.post("assiduite/1/create", "["+strings.Join(records, ",")+"]"); !strings.Contains(got.body, `"errors":[]`) {
				t.Fatal(got.line())
			}
			if got := s.count("assiduites/1/count"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestCountsBySemesterAndDay counts half-days as they were counted before there
// were records: each is one of 8 to 12 or 13 to 17 hours.
func TestCountsBySemesterAndDay(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO formsemestres (id, dept_id, formation_id, semestre_id, titre, date_debut, date_fin) VALUES (9, 1, 1, 2, 'Ancien', '2021-01-01', '2021-06-30');
		INSERT INTO inscriptions (etudid, formsemestre_id) VALUES (2, 9)`)
	s.absence(2, "2021-01-15T07:00", "2021-01-15T11:00", true)
	s.absence(2, "2021-01-18T12:00", "2021-01-18T16:00", true)
	s.absence(2, "2021-01-19T07:00", "2021-01-19T11:00", true)
	s.absence(2, "2021-01-19T12:00", "2021-01-19T16:00", true)
	s.absence(2, "2021-01-22T07:00", "2021-01-22T11:00", false)
	s.absence(2, "2021-06-30T06:00", "2021-06-30T10:00", false)
	s.absence(2, "2021-06-30T11:00", "2021-06-30T15:00", false)
	s.absence(2, "2020-03-02T07:00", "2020-04-02T15:00", false) // a month before
	for query, want := range map[string]string{
		"formsemestre_id=9": "7", "formsemestre_id=9&est_just=true": "4", "formsemestre_id=9&est_just=false": "3",
	} {
		for _, path := range []string{"assiduites/2/count?", "assiduites/formsemestre/9/count?"} {
			if got := strings.TrimSpace(s.get(path + "metric=demi&" + query).body); got != `{"demi":`+want+`}` {
				t.Errorf("%s%s: %s", path, query, got)
			}
		}
	}
	s.exec("DELETE FROM assiduites WHERE debut_at LIKE '2021-01-19%'")
	if got := s.count("assiduites/2/count?formsemestre_id=9"); got != "5 4 5 20.0" {
		t.Errorf("without a day: %s", got)
	}
	// From Wednesday to Saturday, whole days, and the Friday and Saturday of them
	// justified: there is no work on Saturday.
	s.absence(3, "2020-01-15T07:00", "2020-01-18T17:00", false)
	s.absence(4, "2020-01-17T07:00", "2020-01-18T17:00", true)
	for path, want := range map[string]string{"assiduites/3/count": "1 3 6 26.0", "assiduites/4/count?est_just=true": "1 1 2 10.0"} {
		if got := s.count(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestCountsAreShownAsAsked(t *testing.T) {
	s := openAttendance(t)
	for query, want := range map[string]string{
		"":                              `{"compte":2,"journee":2,"demi":2,"heure":3.0}`,
		"metric=":                       `{"compte":2,"journee":2,"demi":2,"heure":3.0}`,
		"metric=heure":                  `{"heure":3.0}`,
		"metric=Heure,%20compte":        `{"compte":2,"heure":3.0}`,
		"metric=demi,demi":              `{"demi":2}`,
		"metric=journee&split=0":        `{"journee":2}`,
		"metric=journee&split=false":    `{"journee":2}`,
		"metric=compte&etat=retard":     `{"compte":1}`,
		"metric=demi&split&etat=absent": `{"absent":{"demi":0,"justifie":{"demi":0},"non_justifie":{"demi":0}},"total":{"demi":0}}`,
		"metric=heure&split=oui": `{"present":{"heure":2.0,"justifie":{"heure":0.0},"non_justifie":{"heure":2.0}},` +
			`"retard":{"heure":1.0,"justifie":{"heure":0.0},"non_justifie":{"heure":1.0}},` +
			`"absent":{"heure":0.0,"justifie":{"heure":0.0},"non_justifie":{"heure":0.0}},"total":{"heure":3.0}}`,
	} {
		for _, path := range []string{"assiduites/2/count", "assiduites/2/count/query"} {
			if got := strings.TrimSpace(s.get(path + "?" + query).body); got != want {
				t.Errorf("%s?%s: %s\nwant %s", path, query, got, want)
			}
		}
	}
}

// TestCountsFollowThePreferences changes what a department says of its days:
// its students' counts change, the others' do not.
func TestCountsFollowThePreferences(t *testing.T) {
	s := open(t)
	for _, etudid := range []int{1, 6} {
		s.absence(etudid, "2025-11-06T13:00", "2025-11-11T09:00", false) // Thursday 14:00 to Tuesday 10:00
		s.absence(etudid, "2025-11-12T10:00", "2025-11-12T11:30", false) // 11:00 to 12:30
	}
	paths := []string{"assiduites/1/count", "assiduites/formsemestre/1/count", "assiduites/6/count", "assiduites/formsemestre/4/count"}
	want := func(when string, counts ...string) {
		t.Helper()
		for i, path := range paths {
			if got := s.count(path); got != counts[i/2] {
				t.Errorf("%s, %s: %s, want %s", when, path, got, counts[i/2])
			}
		}
	}
	set := func(place, values string) {
		t.Helper()
		if a := s.post(place, values); a.StatusCode != 200 {
			t.Fatal(a.line())
		}
	}
	const usual = "2 5 7 23.5"
	want("at first", usual, usual)
	set("departement/RT/preferences", `{"assi_heures_jour": 6.5}`)
	want("shorter days", "2 5 7 20.5", usual)
	set("departement/RT/preferences", `{"non_travail": "dim"}`)
	want("work on Saturday", "2 6 9 27.0", usual)
	set("departement/RT/preferences", `{"non_travail": ""}`)
	want("work on Sunday", "2 7 11 33.5", usual)
	set("departement/RT/preferences", `{"non_travail": "lun, ven, sam, dim"}`)
	want("two days of work", "2 3 3 7.5", usual)
	set("departement/RT/preferences", `{"non_travail": null, "assi_heures_jour": null, "assi_lunch_time": "12:00"}`)
	want("an early midday", "2 5 8 23.5", usual)
	set("departement/RT/preferences", `{"assi_lunch_time": null, "assi_morning_time": "09:00", "assi_afternoon_time": "17:00"}`)
	want("short bounds", "2 5 7 21.5", usual)
	set("departement/RT/preferences", `{"assi_morning_time": null, "assi_afternoon_time": null}`)
	set("preferences", `{"assi_heures_jour": 7}`)
	want("for all", "2 5 7 21.5", "2 5 7 21.5")
}

// TestCountsOfASemesterAreNewAfterAnyWrite changes the base in every way that
// could leave an old count.
func TestCountsOfASemesterAreNewAfterAnyWrite(t *testing.T) {
	s := openAttendance(t)
	const path = "assiduites/formsemestre/1/count"
	want := func(after, count string) {
		t.Helper()
		for range 2 {
			if got := s.count(path); got != count {
				t.Errorf("%s: %s, want %s", after, got, count)
			}
		}
	}
	want("at first", "6 5 5 11.0")
	s.post("assiduite/3/create", `[{"date_debut": "2025-11-18T08:00", "date_fin": "2025-11-18T10:00", "etat": "absent"}]`)
	want("a record more", "7 6 6 13.0")
	if got := s.count(path + "?etat=present"); got != "2 2 2 4.0" {
		t.Errorf("another question: %s", got)
	}
	if got := s.count(path + "?etat=present&user_id=101"); got != "1 1 1 2.0" {
		t.Errorf("a third: %s", got)
	}
	s.post("assiduite/delete", `[9]`)
	want("a record less", "6 5 5 11.0")
	s.exec("DELETE FROM assiduites WHERE id = 1") // by other hands
	want("beside the server", "5 5 5 9.0")
	s.exec("DELETE FROM inscriptions WHERE etudid = 2 AND formsemestre_id = 1")
	want("a student less", "3 3 3 6.0")
	s.exec("UPDATE formsemestres SET date_fin = '2025-10-31' WHERE id = 1")
	want("a shorter semester", "1 1 1 2.0")
	// What a department may not see is not there, though it was just counted.
	s.refuses([]refusal{
		{"the same from another department", request{to: "GET /ScoDoc/GEA/api/" + path, as: chef}, "404 formsemestre inconnu"},
		{"without permission", request{to: "GET " + path, as: other}, "403 permission requise : ScoView"},
	})
}

// TestTheCountOfASemesterIsThatOfItsStudents adds up what each has.
func TestTheCountOfASemesterIsThatOfItsStudents(t *testing.T) {
	s := openAttendance(t)
	s.absence(3, "2025-11-10T07:00", "2025-11-10T07:20", true)
	s.absence(3, "2025-11-11T07:00", "2025-11-13T07:10", false)
	for _, query := range []string{"", "etat=absent", "est_just=1", "moduleimpl_id="} {
		var sum [4]float64
		for _, etudid := range []string{"1", "2", "3", "4"} {
			var c [4]float64
			fmt.Sscan(s.count("assiduites/"+etudid+"/count?formsemestre_id=1&"+query), &c[0], &c[1], &c[2], &c[3])
			for i := range sum {
				sum[i] += c[i]
			}
		}
		var got [4]float64
		fmt.Sscan(s.count("assiduites/formsemestre/1/count?"+query), &got[0], &got[1], &got[2], &got[3])
		for i := range sum {
			if diff := got[i] - sum[i]; diff > 1e-9 || diff < -1e-9 {
				t.Errorf("%s: %v, students %v", query, got, sum)
			}
		}
	}
}
