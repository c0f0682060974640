package edt

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// expansion writes out the events of a calendar.
type expansion struct {
	period Period
	zones  *zones
	// moved are the repetitions that have an event of their own, by the UID
	// and the moment at which they would be.
	moved  map[repetition]bool
	events []Event
}

type repetition struct {
	uid string
	at  int64
}

// expand returns the events of the period.
func expand(ctx context.Context, components []component, p Period) ([]Event, error) {
	x := &expansion{
		period: p, zones: &zones{site: p.Location, known: map[string]*time.Location{}},
		moved: map[repetition]bool{}, events: []Event{},
	}
	components = latest(components)
	for _, c := range components {
		if at, ok := x.recurrenceID(c); ok {
			x.moved[repetition{c.text("UID"), at.Unix()}] = true
		}
	}
	for _, c := range components {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := x.add(ctx, c); err != nil {
			return nil, err
		}
	}
	sortByTime(x.events)
	return x.events, nil
}

func (x *expansion) recurrenceID(c component) (moment, bool) {
	p, ok := c.first("RECURRENCE-ID")
	if !ok {
		return moment{}, false
	}
	return x.zones.moment(p, p.value)
}

// latest leaves out what a later version of the same event replaces: same UID,
// same repetition, a higher SEQUENCE.
func latest(components []component) []component {
	type key struct{ uid, repetition string }
	version := func(c component) (k key, n int) {
		n, _ = strconv.Atoi(strings.TrimSpace(c.text("SEQUENCE"))) // 0 for none
		return key{c.text("UID"), c.text("RECURRENCE-ID")}, n
	}
	last := map[key]int{}
	for _, c := range components {
		k, n := version(c)
		last[k] = max(last[k], n)
	}
	return slices.DeleteFunc(components, func(c component) bool {
		k, n := version(c)
		return k.uid != "" && n < last[k]
	})
}

// add appends what one VEVENT says: nothing when it makes no sense or was
// cancelled.
func (x *expansion) add(ctx context.Context, c component) error {
	p, ok := c.first("DTSTART")
	if !ok || strings.EqualFold(strings.TrimSpace(c.text("STATUS")), "CANCELLED") {
		return nil
	}
	start, ok := x.zones.moment(p, p.value)
	if !ok {
		return nil
	}
	e := Event{UID: c.text("UID"), AllDay: start.isDate, fields: fieldsOf(c)}
	long := x.zones.lengthOf(c, start)
	if _, isMoved := x.recurrenceID(c); isMoved {
		return x.put(e, start.Time, long)
	}
	skip := x.skipped(c, e.UID)
	if rule := x.rule(c, start); rule != nil {
		if err := x.repeat(ctx, rule, e, long, skip); err != nil {
			return err
		}
	} else if !skip(start.Time) {
		if err := x.put(e, start.Time, long); err != nil {
			return err
		}
	}
	for _, at := range x.zones.moments(c, "RDATE") {
		if !skip(at.Time) && !at.Equal(start.Time) {
			if err := x.put(e, at.Time, long); err != nil {
				return err
			}
		}
	}
	return nil
}

// fieldsOf returns the properties of an event by name.
func fieldsOf(c component) map[string]string {
	fields := make(map[string]string, len(c))
	for _, p := range c {
		if before, ok := fields[p.name]; ok {
			if len(before) < maxLine {
				fields[p.name] = before + "\n" + p.value
			}
			continue
		}
		fields[p.name] = p.value
	}
	return fields
}

// skipped returns what tells the repetitions that do not take place as the rule
// says: those in EXDATE, a day without hour taking all of its day, and those
// that have an event of their own.
func (x *expansion) skipped(c component, uid string) func(time.Time) bool {
	at, days := map[int64]bool{}, map[string]bool{}
	for _, m := range x.zones.moments(c, "EXDATE") {
		if m.isDate {
			days[m.Format(dateLayout)] = true
		} else {
			at[m.Unix()] = true
		}
	}
	return func(t time.Time) bool {
		return at[t.Unix()] || x.moved[repetition{uid, t.Unix()}] && uid != "" || len(days) > 0 && days[t.In(x.zones.site).Format(dateLayout)]
	}
}

// put appends an event that happens at start, if that is in the period.
func (x *expansion) put(e Event, start time.Time, long length) error {
	e.Start, e.End = start, long.after(start)
	if !x.period.touches(e.Start, e.End) {
		return nil
	}
	if len(x.events) >= maxEvents {
		return ErrTooMany
	}
	x.events = append(x.events, e)
	return nil
}

// repeat appends the repetitions that a rule gives.
func (x *expansion) repeat(ctx context.Context, rule *rrule.RRule, e Event, long length, skip func(time.Time) bool) error {
	next := rule.Iterator()
	for n := 0; ; n++ {
		at, ok := next()
		if !ok || !at.Before(x.period.To) {
			return nil
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if skip(at) {
			continue
		}
		if err := x.put(e, at, long); err != nil {
			return err
		}
	}
}

// firstYear is the earliest one in which an event with repetitions may begin:
// they are counted from there.
const firstYear = 1970

// rule returns the rule of an event, nil when it happens once: it has none, or
// one that no timetable has and that the library cannot bear. Lists longer than
// their values are many, hours repeated, offsets past the end of a month and
// days counted from Easter make it run without end or out of its tables.
func (x *expansion) rule(c component, start moment) *rrule.RRule {
	text := strings.ToUpper(strings.TrimSpace(c.text("RRULE")))
	if text == "" || start.Year() < firstYear || len(text) > 500 {
		return nil
	}
	option, err := rrule.StrToROptionInLocation(text, start.Location())
	if err != nil || !isBearable(option) {
		return nil
	}
	option.Dtstart = start.Time
	if untilPattern.MatchString(text) { // a day is meant to its end
		option.Until = option.Until.AddDate(0, 0, 1).Add(-time.Second)
	}
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return nil
	}
	return rule
}

func isBearable(o *rrule.ROption) bool {
	if o.Freq > rrule.DAILY || o.Interval < 0 || o.Interval > 400 || o.Count < 0 || len(o.Byeaster) > 0 {
		return false
	}
	if max(1, len(o.Byhour))*max(1, len(o.Byminute))*max(1, len(o.Bysecond)) > 96 {
		return false
	}
	for _, day := range o.Byweekday {
		if n := day.N(); (n < -5 || n > 5) && (o.Freq != rrule.YEARLY || len(o.Bymonth) > 0) {
			return false
		}
	}
	return true
}
