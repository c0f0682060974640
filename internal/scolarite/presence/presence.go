// Package presence counts attendance: records, days, half-days, hours; and says
// what justifies what. It knows neither the base nor HTTP.
package presence

import (
	"math"
	"time"
)

// State is what a student was.
type State uint8

// The states, by the numbers that the contract gives them.
const (
	Present State = iota
	Late
	Absent
)

// Record is one entry of the attendance of a student.
type Record struct {
	Start, End  time.Time // Start is before End
	State       State
	IsJustified bool
}

// Calendar is what a site says of its days.
type Calendar struct {
	// Location is where the clocks are.
	Location *time.Location
	// Morning, Noon and Evening bound the two halves of a day, as time since
	// midnight on the clock.
	Morning, Noon, Evening time.Duration
	// IsOff tells the days without work, by time.Weekday.
	IsOff [7]bool
	// DayHours is what a whole day inside a long record is worth, in hours.
	DayHours float64
}

// Usual returns the calendar of a site that says nothing: halves from 8 to 13
// and from 13 to 18 hours, no work on Saturday and Sunday, 8 hours a day.
func Usual(where *time.Location) Calendar {
	c := Calendar{Location: where, Morning: 8 * time.Hour, Noon: 13 * time.Hour, Evening: 18 * time.Hour, DayHours: 8}
	c.IsOff[time.Saturday], c.IsOff[time.Sunday] = true, true
	return c
}

// Count is how much attendance there is in some records.
type Count struct {
	Records int
	Days    int     // distinct days touched
	Halves  int     // distinct half-days touched
	Hours   float64 // elapsed, to the hundredth
}

// Add adds the count of another student.
func (c *Count) Add(o Count) {
	c.Records += o.Records
	c.Days += o.Days
	c.Halves += o.Halves
	c.Hours = math.Round((c.Hours+o.Hours)*100) / 100
}

// Count counts the records of one student.
//
// A record within a day counts as it stands, be it on a day without work: its
// elapsed hours, and each half it overlaps. In a record over several days the
// first counts from its start to the evening, the last from the morning to its
// end, and each day of work between is a day, two halves and DayHours; days
// without work count for nothing, at its ends too unless it has no other. What
// touches a half only at its bound is not in it.
func (c Calendar) Count(records []Record) Count {
	var t tally
	k := clocks{Calendar: c}
	for _, r := range records {
		k.add(r, &t)
	}
	return t.count()
}

// A day of a tally has these marks.
const (
	touched = 1 << iota
	morning
	afternoon
)

// tally gathers the days of the records of one student.
type tally struct {
	records int
	hours   time.Duration
	whole   float64 // hours of whole days within long records
	first   int     // the number of the day that days begins with
	days    []uint8 // marks
}

func (t *tally) count() Count {
	c := Count{Records: t.records, Hours: math.Round((t.hours.Hours()+t.whole)*100) / 100}
	for _, marks := range t.days {
		if marks&touched != 0 {
			c.Days++
		}
		if marks&morning != 0 {
			c.Halves++
		}
		if marks&afternoon != 0 {
			c.Halves++
		}
	}
	return c
}

// mark adds marks to a day, by its number.
func (t *tally) mark(day int, marks uint8) {
	switch {
	case len(t.days) == 0:
		t.first = day
	case day < t.first:
		t.days = append(make([]uint8, t.first-day, t.first-day+len(t.days)), t.days...)
		t.first = day
	}
	for len(t.days) <= day-t.first {
		t.days = append(t.days, 0)
	}
	t.days[day-t.first] |= marks
}

// clocks knows the bounds of the day it was last asked about: the records of a
// student come in order, and the bounds of a day are dear to compute.
type clocks struct {
	Calendar
	day                    int
	isKnown                bool
	morning, noon, evening time.Time
}

// look computes the bounds of a day.
func (k *clocks) look(day int) {
	if k.isKnown && k.day == day {
		return
	}
	k.day, k.isKnown = day, true
	k.morning, k.noon, k.evening = k.at(day, k.Morning), k.at(day, k.Noon), k.at(day, k.Evening)
}

// add counts one record in some tallies.
func (k *clocks) add(r Record, tallies ...*tally) {
	start, end := r.Start.In(k.Location), r.End.In(k.Location)
	firstDay, lastDay := dayNumber(start), dayNumber(end)
	if lastDay > firstDay && end.Equal(k.at(lastDay, 0)) {
		lastDay-- // it ends with the day before
	}
	if firstDay == lastDay {
		marks := touched | k.halves(firstDay, start, end)
		for _, t := range tallies {
			t.records++
			t.mark(firstDay, marks)
			t.hours += end.Sub(start)
		}
		return
	}
	k.look(firstDay)
	evening := k.evening
	firstMarks, firstHours := touched|k.halves(firstDay, start, evening), max(evening.Sub(start), 0)
	k.look(lastDay)
	dawn := k.morning
	lastMarks, lastHours := touched|k.halves(lastDay, dawn, end), max(end.Sub(dawn), 0)
	if k.hasWork(firstDay, lastDay) {
		if k.IsOff[weekday(firstDay)] {
			firstMarks, firstHours = 0, 0
		}
		if k.IsOff[weekday(lastDay)] {
			lastMarks, lastHours = 0, 0
		}
	}
	for _, t := range tallies {
		t.records++
		t.mark(firstDay, firstMarks)
		for day := firstDay + 1; day < lastDay; day++ {
			if !k.IsOff[weekday(day)] {
				t.mark(day, touched|morning|afternoon)
				t.whole += k.DayHours
			}
		}
		t.mark(lastDay, lastMarks)
		t.hours += firstHours + lastHours
	}
}

// hasWork reports whether there is a day of work among some days.
func (c Calendar) hasWork(first, last int) bool {
	for day := first; day <= last && day < first+7; day++ {
		if !c.IsOff[weekday(day)] {
			return true
		}
	}
	return false
}

// halves returns the marks of the halves of a day that the time from start to
// end overlaps.
func (k *clocks) halves(day int, start, end time.Time) uint8 {
	k.look(day)
	var marks uint8
	if overlaps(start, end, k.morning, k.noon) {
		marks |= morning
	}
	if overlaps(start, end, k.noon, k.evening) {
		marks |= afternoon
	}
	return marks
}

// overlaps reports whether two spans share more than a bound.
func overlaps(start, end, from, to time.Time) bool {
	return start.Before(end) && start.Before(to) && from.Before(end)
}

// at returns the moment when the clock shows a time of a day. An hour that the
// clock skips is the one after.
func (c Calendar) at(day int, clock time.Duration) time.Time {
	y, m, d := time.Unix(int64(day)*86400, 0).UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, int(clock), c.Location)
}

// dayNumber numbers the day that the clock shows, from 1970-01-01.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// weekday returns the day of the week of a numbered day: 1970-01-01 was a
// Thursday.
func weekday(day int) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }
