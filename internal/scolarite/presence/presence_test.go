package presence

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

var paris = func() *time.Location {
	where, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return where
}()

// at reads "2022-10-31 08:00" on the clocks of Paris.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, paris)
	if err != nil {
		panic(err)
	}
	return t
}

func absences(bounds ...string) []Record {
	var records []Record
	for i := 0; i < len(bounds); i += 2 {
		records = append(records, Record{Start: at(bounds[i]), End: at(bounds[i+1]), State: Absent})
	}
	return records
}

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		name    string
		records []Record
		want    Count
	}{
		{"nothing", nil, Count{}},
		{"a class", absences("2022-10-31 08:00", "2022-10-31 10:00"), Count{1, 1, 1, 2}},
		{"two in a morning", absences("2022-10-31 08:00", "2022-10-31 10:00", "2022-10-31 10:15", "2022-10-31 12:15"), Count{2, 1, 1, 4}},
		{"over midday", absences("2022-10-31 12:00", "2022-10-31 14:00"), Count{1, 1, 2, 2}},
		{"up to midday", absences("2022-10-31 11:00", "2022-10-31 13:00"), Count{1, 1, 1, 2}},
		{"an afternoon", absences("2022-10-31 13:00", "2022-10-31 15:30"), Count{1, 1, 1, 2.5}},
		{"a day and an hour", absences("2022-10-31 08:00", "2022-10-31 18:00", "2022-11-02 14:00", "2022-11-02 15:00"), Count{2, 2, 3, 11}},
		{"the later first", absences("2022-11-02 14:00", "2022-11-02 15:00", "2022-10-31 08:00", "2022-10-31 18:00"), Count{2, 2, 3, 11}},
		{"an evening", absences("2022-10-31 19:00", "2022-10-31 20:00"), Count{1, 1, 0, 1}},
		{"two days", absences("2022-11-02 14:00", "2022-11-03 10:00"), Count{1, 2, 2, 6}},
		{"a week with its end", absences("2022-11-03 14:00", "2022-11-08 10:00"), Count{1, 4, 6, 4 + 8 + 8 + 2}},
		{"a Saturday as it stands", absences("2022-11-05 08:00", "2022-11-05 12:00"), Count{1, 1, 1, 4}},
		{"from Wednesday to Saturday", absences("2020-01-15 08:00", "2020-01-18 18:00"), Count{1, 3, 6, 10 + 8 + 8}},
		{"from Friday to Saturday", absences("2020-01-17 08:00", "2020-01-18 18:00"), Count{1, 1, 2, 10}},
		{"from Sunday to Monday", absences("2020-01-19 08:00", "2020-01-20 12:00"), Count{1, 1, 1, 4}},
		{"an end of week as it stands", absences("2020-01-18 14:00", "2020-01-19 10:00"), Count{1, 2, 2, 4 + 2}},
		{"from evening to dawn", absences("2022-11-02 20:00", "2022-11-03 07:00"), Count{1, 2, 0, 0}},
		{"up to midnight", absences("2022-11-02 14:00", "2022-11-03 00:00"), Count{1, 1, 1, 10}},
		{"the night of the longer day", absences("2022-10-30 01:00", "2022-10-30 04:00"), Count{1, 1, 0, 4}},
		{"the night of the shorter day", absences("2023-03-26 01:00", "2023-03-26 04:00"), Count{1, 1, 0, 2}},
		{"the longer day", absences("2022-10-30 00:00", "2022-10-31 00:00"), Count{1, 1, 2, 25}},
		{"the shorter day", absences("2023-03-26 00:00", "2023-03-27 00:00"), Count{1, 1, 2, 23}},
		{"an hour that is skipped", []Record{{Start: time.Date(2023, 3, 26, 2, 30, 0, 0, paris), End: at("2023-03-26 04:00"), State: Absent}}, Count{1, 1, 0, 0.5}},
		{"thirds of an hour", absences("2022-10-31 08:00", "2022-10-31 08:20", "2022-10-31 09:00", "2022-10-31 09:20"), Count{2, 1, 1, 0.67}},
	} {
		if got := Usual(paris).Count(tt.records); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestSplit(t *testing.T) {
	records := absences("2022-10-31 08:00", "2022-10-31 10:00", "2022-10-31 14:00", "2022-10-31 16:00", "2022-11-02 08:00", "2022-11-02 09:00")
	records[1].IsJustified, records[2].State = true, Late
	got := Usual(paris).Split(records)
	want := Split{
		Absent: Detail{Count{2, 1, 2, 4}, Count{1, 1, 1, 2}, Count{1, 1, 1, 2}},
		Late:   Detail{Count: Count{1, 1, 1, 1}, Unjustified: Count{1, 1, 1, 1}},
		Total:  Count{3, 2, 3, 5},
	}
	if got != want {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	twice := got
	twice.Add(got)
	if twice.Total != (Count{6, 4, 6, 10}) || twice.Absent.Justified != (Count{2, 2, 2, 4}) {
		t.Errorf("two students: %+v", twice)
	}
}

// randomRecords draws records of a few weeks around a change of hour, long and
// short, whole quarters of an hour, overlapping or not.
func randomRecords(t *rapid.T) []Record {
	start := at("2022-10-17 00:00")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Record {
		from := start.Add(time.Duration(rapid.IntRange(0, 4*24*28).Draw(t, "from")) * 15 * time.Minute)
		length := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 900)).Draw(t, "quarters")
		return Record{
			Start: from, End: from.Add(time.Duration(length) * 15 * time.Minute),
			State: State(rapid.IntRange(0, 2).Draw(t, "state")),
		}
	}), 0, 12).Draw(t, "records")
}

// minuteByMinute counts by walking over every minute of every record.
func minuteByMinute(c Calendar, records []Record) Count {
	count := Count{Records: len(records)}
	days, halves := map[string]bool{}, map[string]bool{}
	minutes := 0
	for _, r := range records {
		last := r.End.Add(-time.Nanosecond).In(c.Location).Format(time.DateOnly)
		first := r.Start.In(c.Location).Format(time.DateOnly)
		between := map[string]bool{}
		hasWork := false
		for m := r.Start; m.Before(r.End); m = m.Add(time.Minute) {
			hasWork = hasWork || !c.IsOff[m.In(c.Location).Weekday()]
		}
		for m := r.Start; m.Before(r.End); m = m.Add(time.Minute) {
			local := m.In(c.Location)
			day, clock := local.Format(time.DateOnly), time.Duration(local.Hour())*time.Hour+time.Duration(local.Minute())*time.Minute
			isWhole := day != first && day != last
			switch {
			case first == last:
				minutes++
			case c.IsOff[local.Weekday()] && (isWhole || hasWork):
				continue
			case isWhole && !between[day]:
				between[day] = true
				minutes += int(c.DayHours * 60)
			case !isWhole && (day == first && clock < c.Evening || day == last && clock >= c.Morning):
				minutes++
			}
			days[day] = true
			isCounted := first == last || isWhole || day == first && clock < c.Evening || day == last && clock >= c.Morning
			if isCounted && clock >= c.Morning && clock < c.Noon {
				halves[day+" am"] = true
			}
			if isCounted && clock >= c.Noon && clock < c.Evening {
				halves[day+" pm"] = true
			}
		}
	}
	count.Days, count.Halves, count.Hours = len(days), len(halves), float64(minutes)/60
	return count
}

func TestCountIsThatOfEveryMinute(t *testing.T) {
	c := Usual(paris)
	rapid.Check(t, func(t *rapid.T) {
		records := randomRecords(t)
		if got, want := c.Count(records), minuteByMinute(c, records); got != want {
			t.Fatalf("%+v, minute by minute %+v", got, want)
		}
	})
}

func TestJustifyIsTheNaiveAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := randomRecords(t)
		var valid []Span
		for _, r := range randomRecords(t) {
			valid = append(valid, Span{r.Start, r.End})
		}
		for i, got := range Justify(records, valid) {
			r := records[i]
			want := r.State != Present && slices.ContainsFunc(valid, func(s Span) bool { return s.Covers(r) })
			if got != want {
				t.Fatalf("%+v justified %t, want %t", r, got, want)
			}
		}
	})
}

func BenchmarkCount(b *testing.B) {
	c := Usual(paris)
	var records []Record
	for day := range 150 {
		start := at("2022-09-01 08:00").AddDate(0, 0, day)
		records = append(records, Record{start, start.Add(2 * time.Hour), Absent, false}, Record{start.Add(5 * time.Hour), start.Add(7 * time.Hour), Late, false})
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Count(records)
	}
}

// TestSplitIsTheCountOfEachPart compares a split with the counts of its parts.
func TestSplitIsTheCountOfEachPart(t *testing.T) {
	c := Usual(paris)
	rapid.Check(t, func(t *rapid.T) {
		records := randomRecords(t)
		for i := range records {
			records[i].IsJustified = rapid.Bool().Draw(t, "justified")
		}
		part := func(keep func(Record) bool) Count {
			return c.Count(slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return !keep(r) }))
		}
		detail := func(state State) Detail {
			justified := func(r Record) bool { return r.State == state && r.IsJustified && state != Present }
			return Detail{
				part(func(r Record) bool { return r.State == state }), part(justified),
				part(func(r Record) bool { return r.State == state && !justified(r) }),
			}
		}
		want := Split{Present: detail(Present), Late: detail(Late), Absent: detail(Absent), Total: c.Count(records)}
		if got := c.Split(records); got != want {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
	})
}
