package edt_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/scolarite/edt"
)

var paris = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return loc
}()

// autumn is a semester: from September 2025 to January 2026.
var autumn = edt.Period{From: time.Date(2025, 9, 1, 0, 0, 0, 0, paris), To: time.Date(2026, 2, 1, 0, 0, 0, 0, paris), Location: paris}

// calendar makes one of the lines of its events; events are separated by a
// blank line.
func calendar(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(strings.TrimSpace(e), "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

// times reads a calendar and lists when its events are, in Paris.
func times(t *testing.T, text string) []string {
	t.Helper()
	events, err := edt.Read(t.Context(), strings.NewReader(text), autumn)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, e := range events {
		line := e.Start.In(paris).Format("2006-01-02 15:04") + " " + e.End.Sub(e.Start).String()
		if e.AllDay {
			line = e.Start.In(paris).Format("2006-01-02") + " " + e.End.In(paris).Format("2006-01-02")
		}
		list = append(list, line)
	}
	return list
}

func TestWhenEventsAre(t *testing.T) {
	for name, row := range map[string]struct {
		event string
		want  []string
	}{
		"in UTC":                   {"DTSTART:20251117T080000Z\nDTEND:20251117T100000Z", []string{"2025-11-17 09:00 2h0m0s"}},
		"in UTC, in summer":        {"DTSTART:20250915T080000Z\nDTEND:20250915T093000Z", []string{"2025-09-15 10:00 1h30m0s"}},
		"floating":                 {"DTSTART:20251117T080000\nDTEND:20251117T100000", []string{"2025-11-17 08:00 2h0m0s"}},
		"in a zone":                {"DTSTART;TZID=America/Guadeloupe:20251117T080000\nDURATION:PT1H30M", []string{"2025-11-17 13:00 1h30m0s"}},
		"in a zone with a path":    {"DTSTART;TZID=/example.org/Tzfile/America/Guadeloupe:20251117T080000\nDURATION:PT1H", []string{"2025-11-17 13:00 1h0m0s"}},
		"in a zone of Windows":     {"DTSTART;TZID=\"SA Western Standard Time\":20251117T080000\nDURATION:PT1H", []string{"2025-11-17 13:00 1h0m0s"}},
		"in an unknown zone":       {"DTSTART;TZID=Campus:20251117T080000\nDURATION:PT1H", []string{"2025-11-17 08:00 1h0m0s"}},
		"in a zone that is a file": {"DTSTART;TZID=../../etc/passwd:20251117T080000\nDURATION:PT1H", []string{"2025-11-17 08:00 1h0m0s"}},
		"without an end":           {"DTSTART:20251117T080000", []string{"2025-11-17 08:00 0s"}},
		"an end before":            {"DTSTART:20251117T080000\nDTEND:20251117T070000", []string{"2025-11-17 08:00 0s"}},
		"a duration in weeks":      {"DTSTART:20251117T080000\nDURATION:P1W", []string{"2025-11-17 08:00 168h0m0s"}},
		"a negative duration":      {"DTSTART:20251117T080000\nDURATION:-PT1H", []string{"2025-11-17 08:00 0s"}},
		"a day of duration over a change of the clocks": {"DTSTART:20251025T120000\nDURATION:P1D", []string{"2025-10-25 12:00 25h0m0s"}},
		"a whole day":                      {"DTSTART;VALUE=DATE:20251111", []string{"2025-11-11 2025-11-12"}},
		"whole days":                       {"DTSTART;VALUE=DATE:20251024\nDTEND;VALUE=DATE:20251103", []string{"2025-10-24 2025-11-03"}},
		"an hour that the clocks jump":     {"DTSTART:20250330T023000Z", []string{}},
		"before the period":                {"DTSTART:20250831T080000\nDTEND:20250831T100000", []string{}},
		"over its beginning":               {"DTSTART:20250831T230000\nDTEND:20250901T010000", []string{"2025-08-31 23:00 2h0m0s"}},
		"that ends as it begins":           {"DTSTART:20250831T230000\nDTEND:20250901T000000", []string{}},
		"at its very beginning":            {"DTSTART:20250901T000000", []string{"2025-09-01 00:00 0s"}},
		"at its end":                       {"DTSTART:20260201T000000\nDTEND:20260201T010000", []string{}},
		"cancelled":                        {"DTSTART:20251117T080000\nSTATUS:CANCELLED", []string{}},
		"no start":                         {"DTEND:20251117T080000", []string{}},
		"a start that is none":             {"DTSTART:soon", []string{}},
		"a day that no calendar has":       {"DTSTART:20251131T080000", []string{}},
		"a line that makes no sense":       {"DTSTART:20251117T080000\n???\nX;Y\nDTEND:20251117T090000", []string{"2025-11-17 08:00 1h0m0s"}},
		"a folded line":                    {"DTSTART:2025111\n 7T080000\nDTEND:20251117T090000", []string{"2025-11-17 08:00 1h0m0s"}},
		"names in lower case":              {"dtstart;tzid=Europe/Paris:20251117T080000\nduration:pt1h", []string{"2025-11-17 08:00 1h0m0s"}},
		"an alarm with times of its own":   {"DTSTART:20251117T080000\nBEGIN:VALARM\nDTSTART:20251118T080000\nDURATION:PT5M\nEND:VALARM\nDTEND:20251117T090000", []string{"2025-11-17 08:00 1h0m0s"}},
		"longer than a year":               {"DTSTART:20251117T080000\nDTEND:20351117T080000", []string{"2025-11-17 08:00 0s"}},
		"other days":                       {"DTSTART:20251117T080000\nDURATION:PT1H\nRDATE:20251119T090000,20251120T100000Z\nRDATE;VALUE=PERIOD:20251121T090000/PT3H", []string{"2025-11-17 08:00 1h0m0s", "2025-11-19 09:00 1h0m0s", "2025-11-20 11:00 1h0m0s", "2025-11-21 09:00 1h0m0s"}},
		"every week, over the change":      {"DTSTART;TZID=Europe/Paris:20251020T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3", []string{"2025-10-20 08:00 1h0m0s", "2025-10-27 08:00 1h0m0s", "2025-11-03 08:00 1h0m0s"}},
		"every week in UTC":                {"DTSTART:20251020T080000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2", []string{"2025-10-20 10:00 1h0m0s", "2025-10-27 09:00 1h0m0s"}},
		"two days a week until":            {"DTSTART:20260119T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260126T080000", []string{"2026-01-19 08:00 1h0m0s", "2026-01-21 08:00 1h0m0s", "2026-01-26 08:00 1h0m0s"}},
		"until a day":                      {"DTSTART:20260119T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260120", []string{"2026-01-19 08:00 1h0m0s", "2026-01-20 08:00 1h0m0s"}},
		"since long, to the period's end":  {"DTSTART:20200102T080000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTHDAY=2", []string{"2025-09-02 08:00 1h0m0s", "2025-10-02 08:00 1h0m0s", "2025-11-02 08:00 1h0m0s", "2025-12-02 08:00 1h0m0s", "2026-01-02 08:00 1h0m0s"}},
		"every year, a whole day":          {"DTSTART;VALUE=DATE:20001111\nRRULE:FREQ=YEARLY", []string{"2025-11-11 2025-11-12"}},
		"some left out":                    {"DTSTART;TZID=Europe/Paris:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE;TZID=Europe/Paris:20251118T080000,20251119T080000\nEXDATE:20251120T070000Z", []string{"2025-11-17 08:00 1h0m0s", "2025-11-21 08:00 1h0m0s"}},
		"a day left out":                   {"DTSTART:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20251117", []string{"2025-11-18 08:00 1h0m0s"}},
		"every hour":                       {"DTSTART:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=5", []string{"2025-11-17 08:00 1h0m0s"}},
		"a rule that is none":              {"DTSTART:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=OFTEN", []string{"2025-11-17 08:00 1h0m0s"}},
		"a rule past the end of its month": {"DTSTART:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=53MO", []string{"2025-11-17 08:00 1h0m0s"}},
		"a rule that gives no day":         {"DTSTART:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, times(t, calendar("UID:1\n"+row.event))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestARepetitionThatMoves(t *testing.T) {
	got := times(t, calendar(
		"UID:a\nDTSTART:20251117T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4",
		"UID:a\nRECURRENCE-ID:20251124T080000\nDTSTART:20251125T140000\nDURATION:PT2H",
		"UID:a\nRECURRENCE-ID:20251201T080000\nDTSTART:20251201T080000\nSTATUS:CANCELLED",
		"UID:b\nDTSTART:20251124T080000\nDURATION:PT1H",
	))
	want := []string{"2025-11-17 08:00 1h0m0s", "2025-11-24 08:00 1h0m0s", "2025-11-25 14:00 2h0m0s", "2025-12-08 08:00 1h0m0s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheLastVersionCounts(t *testing.T) {
	got := times(t, calendar(
		"UID:a\nSEQUENCE:2\nDTSTART:20251117T100000",
		"UID:a\nSEQUENCE:10\nDTSTART:20251117T110000",
		"UID:a\nDTSTART:20251117T120000",
		"DTSTART:20251117T130000\nSEQUENCE:1",
		"DTSTART:20251117T140000",
	))
	if diff := cmp.Diff([]string{"2025-11-17 11:00 0s", "2025-11-17 13:00 0s", "2025-11-17 14:00 0s"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	events, err := edt.Read(t.Context(), strings.NewReader(calendar(
		"UID:a\nDTSTART:20251117T080000\nSUMMARY;LANGUAGE=fr:R1.01\\, TD\nDESCRIPTION:\\n\\nRT1-TD1\\nDUPONT Marie\nCATEGORIES:un\nCATEGORIES:deux\nX-LONG:"+strings.Repeat("x", 20000)+"\nLOCATION:b\xe2timent\x80",
	)), autumn)
	if err != nil || len(events) != 1 {
		t.Fatal(events, err)
	}
	for name, want := range map[string]string{
		"summary": "R1.01, TD", "DESCRIPTION": "\n\nRT1-TD1\nDUPONT Marie", "Categories": "un\ndeux", "LOCATION": "bâtiment€", "X-LONG": "", "NONE": "",
	} {
		if got := events[0].Field(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSources(t *testing.T) {
	events, err := edt.Read(t.Context(), strings.NewReader(calendar("UID:a\nDTSTART:20251117T080000\nDESCRIPTION:\\nRT1-TD1; RT1-TD2\\nDUPONT Marie\\, RT1-TD1\\nProf: mdupont Prof: pmartin")), autumn)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		pattern, text, items string
	}{
		"no pattern":         {``, "RT1-TD1; RT1-TD2\nDUPONT Marie, RT1-TD1\nProf: mdupont Prof: pmartin", "RT1-TD1|RT1-TD2|DUPONT Marie|Prof: mdupont Prof: pmartin"},
		"without a group":    {`RT1-\w+`, "RT1-TD1", "RT1-TD1|RT1-TD2"},
		"with a group":       {`Prof: (\w+)`, "mdupont", "mdupont|pmartin"},
		"that finds a list":  {`(?s)^\s*(.*)DUPONT`, "RT1-TD1; RT1-TD2", "RT1-TD1|RT1-TD2"},
		"that finds nothing": {`Salle (\w+)`, "", ""},
		"an empty match":     {`x*`, "", ""},
	} {
		s := edt.Source{Field: "description"}
		if row.pattern != "" {
			s.Pattern = regexp.MustCompile(row.pattern)
		}
		if got := s.Text(events[0]); got != row.text {
			t.Errorf("%s: text %q, want %q", name, got, row.text)
		}
		if got := strings.Join(s.Items(events[0]), "|"); got != row.items {
			t.Errorf("%s: items %q, want %q", name, got, row.items)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, row := range []struct {
		text, name string
		want       bool
	}{
		{"R1.01 Réseaux", "R1.01", true},
		{"TD de r1.01.", "R1.01", true},
		{"R1.011", "R1.01", false},
		{"R1.01.2", "R1.01", false},
		{"xR1.01", "R1.01", false},
		{"2.R1.01", "R1.01", false},
		{"R1.011 puis R1.01", "R1.01", true},
		{"SAE/R1.01:", "R1.01", true},
		{"Économie", "economie", true},
		{"aa", "a", false},
		{"R1.01", "", false},
		{"", "R1.01", false},
	} {
		if got := edt.Mentions(row.text, row.name); got != row.want {
			t.Errorf("%q in %q: %v", row.name, row.text, got)
		}
	}
}

func TestNames(t *testing.T) {
	names := edt.Names[int]{}
	for i, name := range []string{"TD 1", "Étage", "td-1", "", " - "} {
		names.Add(name, i)
	}
	for name, want := range map[string][]int{"td 1": {0, 2}, "ETAGE": {1}, "TD1": nil, "": nil, "--": nil} {
		if got := names.Called(name); !slices.Equal(got, want) {
			t.Errorf("%q calls %v, want %v", name, got, want)
		}
	}
}

func TestMerge(t *testing.T) {
	read := func(events ...string) []edt.Event {
		list, err := edt.Read(t.Context(), strings.NewReader(calendar(events...)), autumn)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	var got []string
	for _, e := range edt.Merge(
		read("UID:late\nDTSTART:20251118T080000", "UID:both\nDTSTART:20251117T080000", "DTSTART:20251119T080000"),
		read("UID:both\nDTSTART:20251117T080000", "UID:both\nDTSTART:20251117T090000", "DTSTART:20251119T080000"),
	) {
		got = append(got, e.UID+e.Start.Format(" 02T15"))
	}
	if diff := cmp.Diff([]string{"both 17T08", "both 17T09", "late 18T08", " 19T08", " 19T08"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if edt.Merge() == nil {
		t.Error("nothing merged is null")
	}
}

func TestWhatIsNoCalendar(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "blank lines": "\r\n\r\n", "a page": "<!DOCTYPE html>\n<html>", "a card": "BEGIN:VCARD\nEND:VCARD\n",
		"an event alone": "BEGIN:VEVENT\nDTSTART:20251117T080000\nEND:VEVENT\n", "bytes": "\x00\x01\x02", "one long line": strings.Repeat("x", 1<<20),
	} {
		if _, err := edt.Read(t.Context(), strings.NewReader(text), autumn); !errors.Is(err, edt.ErrNotCalendar) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"a byte order mark": "\uFEFF" + calendar("DTSTART:20251117T080000"),
		"no end":            strings.TrimSuffix(calendar("DTSTART:20251117T080000"), "END:VCALENDAR\r\n"),
		"bare newlines":     strings.ReplaceAll(calendar("DTSTART:20251117T080000"), "\r", ""),
		"an event unended":  strings.Replace(calendar("DTSTART:20251116T080000", "DTSTART:20251117T080000"), "END:VEVENT\r\n", "", 1),
		"deep":              "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 1<<16) + calendar("DTSTART:20251117T080000"),
	} {
		if diff := cmp.Diff([]string{"2025-11-17 08:00 0s"}, times(t, text)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	broken := errors.New("broken")
	if _, err := edt.Read(t.Context(), io.MultiReader(strings.NewReader("BEGIN:VCALENDAR\n"), iotest.ErrReader(broken)), autumn); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	every := make([]string, 6) // four times a day each, all days of 153
	for i := range every {
		every[i] = fmt.Sprintf("UID:%d\nDTSTART:20250901T000000\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,10,20,30", i)
	}
	if _, err := edt.Read(t.Context(), strings.NewReader(calendar(every...)), autumn); !errors.Is(err, edt.ErrTooMany) {
		t.Errorf("repetitions: %v", err)
	}
	many := "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:VEVENT\nEND:VEVENT\n", 50_001)
	if _, err := edt.Read(t.Context(), strings.NewReader(many), autumn); !errors.Is(err, edt.ErrTooMany) {
		t.Errorf("events: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := edt.Read(ctx, strings.NewReader(calendar(every...)), autumn); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// FuzzRead reads whatever there is: it must not panic, nor run on, nor give an
// event outside of the period.
func FuzzRead(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "promo.ics"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Fuzz(readsWell)
}

// FuzzRules does the same for the rules of repetitions.
func FuzzRules(f *testing.F) {
	for _, rule := range []string{
		"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,-1TU;WKST=SU;INTERVAL=2", "FREQ=MONTHLY;BYDAY=-1FR,5MO;BYSETPOS=-1", "FREQ=YEARLY;BYWEEKNO=53,-1;BYDAY=MO",
		"FREQ=YEARLY;BYYEARDAY=-366,366;BYHOUR=23", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,-31;UNTIL=20300101", "FREQ=MONTHLY;INTERVAL=400;COUNT=3",
		"FREQ=YEARLY;BYDAY=53MO,-53SU", "FREQ=MONTHLY;BYDAY=53MO", "FREQ=YEARLY;BYEASTER=400", "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
	} {
		f.Add("20250903T080000", rule, "PT1H")
	}
	f.Fuzz(func(t *testing.T, start, rule, duration string) {
		readsWell(t, calendar("UID:1\nDTSTART:"+start+"\nDURATION:"+duration+"\nRRULE:"+rule))
	})
}

func readsWell(t *testing.T, text string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	events, err := edt.Read(ctx, strings.NewReader(text), autumn)
	if err != nil && !errors.Is(err, edt.ErrNotCalendar) && !errors.Is(err, edt.ErrTooMany) {
		t.Fatal(err)
	}
	for i, e := range events {
		if e.End.Before(e.Start) || !e.Start.Before(autumn.To) || e.End.Before(autumn.From) {
			t.Errorf("from %s to %s", e.Start, e.End)
		}
		if i > 0 && e.Start.Before(events[i-1].Start) {
			t.Errorf("%s after %s", e.Start, events[i-1].Start)
		}
	}
}

func TestATimetable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "promo.ics"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2025-10-06 08:00 2h0m0s", "2025-10-13 08:00 2h0m0s", "2025-10-20 08:00 2h0m0s", "2025-11-03 08:00 2h0m0s",
		"2025-11-11 2025-11-12", "2025-11-12 14:00 2h0m0s", "2025-11-17 08:00 2h0m0s", "2025-11-24 08:00 2h0m0s", "2025-12-01 08:00 2h0m0s",
	}
	if diff := cmp.Diff(want, times(t, string(text))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
