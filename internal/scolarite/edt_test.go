package scolarite_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/appliance"
	"intendant/internal/scolarite"
)

// timetable puts a calendar into the data folder, from testdata.
func (s *site) timetable(id, file string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	s.must(err)
	s.must(os.MkdirAll(filepath.Join(s.data, appliance.TimetablesFolder), 0o755))
	s.must(os.WriteFile(filepath.Join(s.data, appliance.TimetablesFolder, id+".ics"), text, 0o600))
}

// prefer sets a preference of the semester 1; value is JSON.
func (s *site) prefer(name, value string) {
	s.t.Helper()
	s.exec(fmt.Sprintf("DELETE FROM preferences WHERE formsemestre_id = 1 AND name = '%s'; INSERT INTO preferences (formsemestre_id, name, value) VALUES (1, '%s', '%s')", name, name, strings.ReplaceAll(value, "'", "''")))
}

// edt asks for the timetable of the semester 1 and lists its events, one a line.
func (s *site) edt(query string) []string {
	s.t.Helper()
	a := s.get("formsemestre/1/edt" + query)
	list, ok := a.json(s.t).([]any)
	if !ok {
		s.t.Fatal(a.line())
	}
	lines := []string{}
	for _, o := range list {
		e := o.(map[string]any)
		lines = append(lines, fmt.Sprint(e["start"].(string)[5:16], " ", e["title"], " | ", e["calendarId"], " ", e["group_id"], " ", e["group_edt_id"], " | ", e["moduleimpl_id"], " | ", e["edt_ens_ids"], " = ", e["ens_user_names"]))
	}
	return lines
}

func TestTheTimetableOfASemester(t *testing.T) {
	s := open(t)
	s.timetable("rt1", "rt1.ics")
	s.exec("UPDATE accounts SET edt_id = 'DUPONT Marie, dupontm' WHERE id = 101")
	s.example("formsemestre_edt", request{to: "GET formsemestre/1/edt?group_ids=6&show_modules_titles=false", as: holding("", scolarite.ScoView)})
	const (
		lecture = "11-17T08:00 R1.01 Init. réseaux | tous <nil> <nil> | 1 | [DUPONT Marie] = [mdupont]"
		td1     = "11-17T10:00 R1.02 Principes et architecture des réseaux | TD1 6 rt1-td1 | 2 | [pmartin] = [pmartin]"
		td2     = "11-17T10:00 SAE1.01 Se sensibiliser à l’hygiène informatique | TD2 7 TD2 | 3 | [] = []"
		both    = "11-18T14:00 Projet | TD1 6 RT1-TD1 | <nil> | [] = []"
		holiday = "11-19T00:00 Banalisé | tous <nil> <nil> | <nil> | [] = []"
	)
	for query, want := range map[string][]string{
		"":                  {lecture, td1, td2, both, holiday},
		"?group_ids=":       {lecture, td1, td2, both, holiday},
		"?group_ids=1":      {lecture, td1, td2, both, holiday}, // everybody
		"?group_ids=6":      {lecture, td1, both, holiday},
		"?group_ids=7":      {lecture, td2, strings.Replace(both, "TD1 6 RT1-TD1", "TD2 7 TD2", 1), holiday},
		"?group_ids=6,%207": {lecture, td1, td2, both, holiday},
		"?group_ids=8":      {lecture, holiday},
	} {
		if diff := cmp.Diff(want, s.edt(query)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
	}
	s.exec("UPDATE groupes SET edt_id = 'RT1' WHERE id = 1; UPDATE modules SET edt_id = 'Projet,Tut' WHERE id = 3")
	got := s.edt("?group_ids=8&show_modules_titles=0")
	if want := []string{"11-17T08:00 R1.01 | tous 1 RT1 | 1 | [DUPONT Marie] = [mdupont]", "11-19T00:00 Banalisé | tous <nil> <nil> | <nil> | [] = []"}; !cmp.Equal(want, got) {
		t.Errorf("of everybody: %q", got)
	}
	if got := s.edt("?group_ids=6")[2]; !strings.HasPrefix(got, "11-18T14:00 SAE1.01 Se sensib") {
		t.Errorf("a module by its name in timetables: %s", got)
	}
	s.refuses([]refusal{
		{"not ids", request{to: "GET formsemestre/1/edt?group_ids=a", as: chef}, "404 param 'group_ids': invalide (entier attendu)"},
		{"a group of another semester", request{to: "GET formsemestre/1/edt?group_ids=6,11", as: chef}, "404 groupe inconnu"},
		{"not a boolean", request{to: "GET formsemestre/1/edt?show_modules_titles=peut-%C3%AAtre", as: chef}, "404 param 'show_modules_titles': invalide (booléen attendu)"},
	})
}

func TestPreferencesOfTheTimetable(t *testing.T) {
	s := open(t)
	s.timetable("rt1", "rt1.ics")
	s.prefer("edt_ics_title_field", `"LOCATION"`)
	s.prefer("edt_ics_title_regexp", `"Salle (\\w+)"`)
	s.prefer("edt_ics_group_field", `"X-GROUPES"`)
	s.prefer("edt_ics_group_regexp", `"[A-Z0-9-]+"`)
	s.prefer("edt_ics_mod_field", `"X-MODULE"`)
	s.prefer("edt_ics_mod_regexp", `"^mod:(.*)$"`)
	s.prefer("edt_ics_uid_field", `"X-ENS"`)
	s.prefer("edt_ics_uid_regexp", `"\\w+"`)
	want := []string{
		"11-17T08:00 R1.02 Principes et architecture des réseaux | TD2 7 TD2 | 2 | [mdupont inconnu] = [mdupont]",
		"11-17T10:00 B12 | tous <nil> AUTRE | <nil> | [] = []",
	}
	if diff := cmp.Diff(want, s.edt("")[:2]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSeveralTimetables(t *testing.T) {
	s := open(t)
	s.timetable("rt1", "rt1.ics")
	s.timetable("rt1-bis", "rt1-bis.ics")
	s.exec("UPDATE formsemestres SET edt_id = ' rt1 , rt1-bis,' WHERE id = 1")
	if got := s.edt(""); len(got) != 6 || !strings.HasPrefix(got[5], "11-20T08:00 R1.01") {
		t.Errorf("%d events: %q", len(got), got)
	}
}

func TestThereIsNoTimetable(t *testing.T) {
	s := open(t)
	s.example("formsemestre_edt.absent", request{to: "GET formsemestre/2/edt", as: chef})
	s.timetable("rt1", "rt1.ics")
	s.timetable("page", "site.sql")
	s.must(os.WriteFile(filepath.Join(s.data, appliance.TimetablesFolder, "gros.ics"), make([]byte, 10<<20+1), 0o600))
	s.must(os.Mkdir(filepath.Join(s.data, appliance.TimetablesFolder, "dossier.ics"), 0o755))
	s.must(os.WriteFile(filepath.Join(s.data, "secret.ics"), []byte("BEGIN:VCALENDAR\n"), 0o600))
	for id, want := range map[string]string{
		"":          "Pas d'emploi du temps : le semestre n'a pas d'edt_id",
		" , ":       "Pas d'emploi du temps : le semestre n'a pas d'edt_id",
		"rt2":       "Emploi du temps introuvable (rt2)",
		"rt1,rt2":   "Emploi du temps introuvable (rt2)",
		"../secret": "Nom d'emploi du temps invalide (../secret)",
		"a/b":       "Nom d'emploi du temps invalide (a/b)",
		"..":        "Nom d'emploi du temps invalide (..)",
		"page":      "Emploi du temps illisible : ce n'est pas un calendrier iCalendar (page)",
		"gros":      "Emploi du temps trop volumineux",
		"dossier":   "Emploi du temps inaccessible",
	} {
		s.exec("UPDATE formsemestres SET edt_id = '" + id + "' WHERE id = 1")
		if got := s.get("formsemestre/1/edt").json(t); got != want {
			t.Errorf("%q: %v, want %s", id, got, want)
		}
	}
}

// calendars is a server of calendars that counts who asks.
func calendars(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "rt1.ics"))
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Query().Get("cal") {
		case "rt1", "a&b/é +":
			_, _ = w.Write(text)
		case "gros":
			_, _ = io.Copy(w, io.LimitReader(zeros{}, 11<<20))
		case "page":
			_, _ = io.WriteString(w, "<html>")
		case "lent":
			<-r.Context().Done()
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestATimetableFromElsewhere(t *testing.T) {
	s := open(t)
	address, asked := calendars(t)
	s.prefer("edt_sem_ics_url", `"`+address+`/ics?cal={edt_id}"`)
	for range 3 {
		if got := s.edt(""); len(got) != 5 {
			t.Errorf("%d events", len(got))
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	// It is asked again after some minutes.
	now = now.Add(6 * time.Minute)
	defer func() { now = now.Add(-6 * time.Minute) }()
	if s.edt(""); asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
	for id, want := range map[string]string{
		"absent": "Emploi du temps inaccessible",
		"gros":   "Emploi du temps trop volumineux",
		"page":   "Emploi du temps illisible : ce n'est pas un calendrier iCalendar (page)",
	} {
		s.exec("UPDATE formsemestres SET edt_id = '" + id + "' WHERE id = 1")
		if got := s.get("formsemestre/1/edt").json(t); got != want {
			t.Errorf("%q: %v, want %s", id, got, want)
		}
	}
	s.exec("UPDATE formsemestres SET edt_id = 'a&b/é +' WHERE id = 1")
	if got := s.edt(""); len(got) != 5 {
		t.Errorf("a name to escape: %d events", len(got))
	}
	// An address without a place for the name is one calendar for all.
	s.exec("UPDATE formsemestres SET edt_id = NULL WHERE id = 1")
	s.prefer("edt_sem_ics_url", `"`+address+`/ics?cal=rt1"`)
	if got := s.edt(""); len(got) != 5 {
		t.Errorf("one for all: %d events", len(got))
	}
	s.prefer("edt_sem_ics_url", `"http://127.0.0.1:1/ics"`)
	if got := s.get("formsemestre/1/edt").json(t); got != "Emploi du temps inaccessible" {
		t.Errorf("nobody answers: %v", got)
	}
}
