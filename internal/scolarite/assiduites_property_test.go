package scolarite_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// recordModel and justifModel are what the base should have of a student.
type recordModel struct {
	ID         int64
	Start, End time.Time
	State      string
}

type justifModel struct {
	id         int64
	start, end time.Time
	state      string
}

// attendanceModel does to a student what a naive program would.
type attendanceModel struct {
	s       *site
	where   *time.Location
	records []recordModel
	justifs []justifModel
}

// TestAttendanceIsThatOfANaiveProgram records, changes and deletes attendance
// and justifications in any order, and compares what is shown and counted.
func TestAttendanceIsThatOfANaiveProgram(t *testing.T) {
	s := open(t)
	where, err := time.LoadLocation("Europe/Paris")
	s.must(err)
	rapid.Check(t, func(t *rapid.T) {
		s.exec("DELETE FROM assiduites; DELETE FROM justificatifs")
		m := &attendanceModel{s: s, where: where}
		t.Repeat(map[string]func(*rapid.T){
			"":               m.check,
			"create records": m.createRecords,
			"edit a record":  m.editRecord,
			"delete records": m.deleteRecords,
			"create justif":  m.createJustif,
			"edit justif":    m.editJustif,
			"delete justif":  m.deleteJustif,
		})
	})
}

// span draws a time in whole quarters of an hour, short or long, about the
// night of a longer day.
func (m *attendanceModel) span(t *rapid.T) (start, end time.Time) {
	first := time.Date(2025, 10, 24, 0, 0, 0, 0, m.where)
	start = first.Add(time.Duration(rapid.IntRange(0, 5*96).Draw(t, "from")) * 15 * time.Minute)
	quarters := rapid.OneOf(rapid.IntRange(1, 16), rapid.IntRange(1, 300)).Draw(t, "quarters")
	return start, start.Add(time.Duration(quarters) * 15 * time.Minute)
}

func (m *attendanceModel) post(t *rapid.T, path string, body any) answer {
	text, err := json.Marshal(body)
	m.s.must(err)
	a := m.s.post(path, string(text))
	if a.StatusCode != 200 {
		t.Fatalf("%s %s: %s", path, text, a.line())
	}
	return a
}

var (
	recordStates = rapid.SampledFrom([]string{"absent", "retard", "present"})
	justifStates = rapid.SampledFrom([]string{"valide", "valide", "non_valide", "attente", "modifie"})
)

// batchAnswer is what was done of a list.
type batchAnswer struct{ Success []batchSuccess }

type batchSuccess struct {
	Indice  int
	Message struct {
		AssiduiteID int64 `json:"assiduite_id"`
		JustifID    int64 `json:"justif_id"`
	}
}

func (m *attendanceModel) createRecords(t *rapid.T) {
	var sent []map[string]string
	var drawn []recordModel
	for range rapid.IntRange(1, 4).Draw(t, "n") {
		start, end := m.span(t)
		r := recordModel{Start: start, End: end, State: recordStates.Draw(t, "state")}
		drawn = append(drawn, r)
		sent = append(sent, map[string]string{"date_debut": start.Format(time.RFC3339), "date_fin": end.Format(time.RFC3339), "etat": strings.ToUpper(r.State)})
	}
	var got batchAnswer
	m.s.must(json.Unmarshal([]byte(m.post(t, "assiduite/5/create", sent).body), &got))
	for i, r := range drawn {
		inTheWay := slices.ContainsFunc(m.records, func(o recordModel) bool { return o.Start.Before(r.End) && r.Start.Before(o.End) })
		at := slices.IndexFunc(got.Success, func(s batchSuccess) bool { return s.Indice == i })
		switch {
		case (at < 0) != inTheWay:
			t.Fatalf("record %d of %v: done %t, in the way %t", i, sent, at >= 0, inTheWay)
		case at >= 0:
			r.ID = got.Success[at].Message.AssiduiteID
			m.records = append(m.records, r)
		}
	}
}

func (m *attendanceModel) editRecord(t *rapid.T) {
	if len(m.records) == 0 {
		t.Skip("no record")
	}
	r := &m.records[rapid.IntRange(0, len(m.records)-1).Draw(t, "which")]
	r.State = recordStates.Draw(t, "state")
	m.post(t, fmt.Sprintf("assiduite/%d/edit", r.ID), map[string]any{"etat": r.State, "est_just": rapid.Bool().Draw(t, "est_just")})
}

func (m *attendanceModel) deleteRecords(t *rapid.T) {
	if len(m.records) == 0 {
		t.Skip("no record")
	}
	i := rapid.IntRange(0, len(m.records)-1).Draw(t, "which")
	m.post(t, "assiduite/delete", []int64{m.records[i].ID, 999_999})
	m.records = slices.Delete(m.records, i, i+1)
}

func (m *attendanceModel) createJustif(t *rapid.T) {
	j := justifModel{state: justifStates.Draw(t, "state")}
	j.start, j.end = m.span(t)
	var got batchAnswer
	body := []map[string]string{{"date_debut": j.start.Format(time.RFC3339), "date_fin": j.end.Format(time.RFC3339), "etat": j.state}}
	m.s.must(json.Unmarshal([]byte(m.post(t, "justificatif/5/create", body).body), &got))
	j.id = got.Success[0].Message.JustifID
	m.justifs = append(m.justifs, j)
}

func (m *attendanceModel) editJustif(t *rapid.T) {
	if len(m.justifs) == 0 {
		t.Skip("no justification")
	}
	j := &m.justifs[rapid.IntRange(0, len(m.justifs)-1).Draw(t, "which")]
	body := map[string]string{}
	if rapid.Bool().Draw(t, "change the state") {
		j.state = justifStates.Draw(t, "state")
		body["etat"] = j.state
	}
	if rapid.Bool().Draw(t, "change the time") {
		j.start, j.end = m.span(t)
		body["date_debut"], body["date_fin"] = j.start.Format(time.RFC3339), j.end.Format(time.RFC3339)
	}
	m.post(t, fmt.Sprintf("justificatif/%d/edit", j.id), body)
}

func (m *attendanceModel) deleteJustif(t *rapid.T) {
	if len(m.justifs) == 0 {
		t.Skip("no justification")
	}
	i := rapid.IntRange(0, len(m.justifs)-1).Draw(t, "which")
	m.post(t, "justificatif/delete", []int64{m.justifs[i].id})
	m.justifs = slices.Delete(m.justifs, i, i+1)
}

// isJustified is the naive answer: one valid justification covers the whole.
func (m *attendanceModel) isJustified(r recordModel) bool {
	return r.State != "present" && slices.ContainsFunc(m.justifs, func(j justifModel) bool {
		return j.state == "valide" && !j.start.After(r.Start) && !j.end.Before(r.End)
	})
}

// check compares what is shown of the student, and counted, with the model.
func (m *attendanceModel) check(t *rapid.T) {
	slices.SortFunc(m.records, func(a, b recordModel) int { return a.Start.Compare(b.Start) })
	var want []string
	for i, r := range m.records {
		want = append(want, fmt.Sprint(r.ID, r.Start.Format(time.RFC3339), r.End.Format(time.RFC3339), r.State, m.isJustified(r)))
		if i > 0 && m.records[i-1].End.After(r.Start) {
			t.Fatalf("%v overlap", m.records[i-1:i+1])
		}
	}
	var shown []struct {
		ID      int64  `json:"assiduite_id"`
		Start   string `json:"date_debut"`
		End     string `json:"date_fin"`
		State   string `json:"etat"`
		EstJust bool   `json:"est_just"`
	}
	m.s.must(json.Unmarshal([]byte(m.s.get("assiduites/5").body), &shown))
	var got []string
	for _, a := range shown {
		got = append(got, fmt.Sprint(a.ID, a.Start, a.End, a.State, a.EstJust))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	all := m.s.count("assiduites/5/count")
	if naive := m.naiveCount(func(recordModel) bool { return true }); all != naive {
		t.Fatalf("counted %s, naively %s", all, naive)
	}
	unjustified := m.s.count("assiduites/5/count?est_just=false")
	if naive := m.naiveCount(func(r recordModel) bool { return r.State != "present" && !m.isJustified(r) }); unjustified != naive {
		t.Fatalf("counted %s that are not justified, naively %s", unjustified, naive)
	}
}

// naiveCount walks over every quarter of an hour of the records kept. Of a
// record over several days it counts to 18 hours of the first, from 8 hours of
// the last, and 8 hours of each day between; Saturday and Sunday are left out,
// unless there is nothing else.
func (m *attendanceModel) naiveCount(keep func(recordModel) bool) string {
	isWorked := func(at time.Time) bool {
		day := at.In(m.where).Weekday()
		return day != time.Saturday && day != time.Sunday
	}
	records, quarters := 0, 0
	days, halves, whole := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range m.records {
		if !keep(r) {
			continue
		}
		records++
		first, last := r.Start.In(m.where).Format(time.DateOnly), r.End.Add(-1).In(m.where).Format(time.DateOnly)
		hasWork := false
		for at := r.Start; at.Before(r.End); at = at.Add(15 * time.Minute) {
			hasWork = hasWork || isWorked(at)
		}
		for at := r.Start; at.Before(r.End); at = at.Add(15 * time.Minute) {
			local := at.In(m.where)
			day, hour := local.Format(time.DateOnly), local.Hour()
			isBetween := day != first && day != last
			if hasWork && first != last && !isWorked(at) {
				continue
			}
			days[day] = true
			if isBetween {
				whole[day] = true
			} else if first != last && (day == first && hour >= 18 || day == last && hour < 8) {
				continue
			} else {
				quarters++
			}
			if hour >= 8 && hour < 13 {
				halves[day+" morning"] = true
			}
			if hour >= 13 && hour < 18 {
				halves[day+" afternoon"] = true
			}
		}
	}
	hours, err := json.Marshal(float64(quarters)/4 + float64(8*len(whole)))
	m.s.must(err)
	text := string(hours)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return fmt.Sprint(records, " ", len(days), " ", len(halves), " ", text)
}
