// Package edt reads timetables: iCalendar files (RFC 5545) as the events of a
// period, repetitions written out, and the names that stand in their texts.
//
// Real calendars are untidy and may come from anywhere: a line or an event that
// makes no sense is passed over, what is too much is refused, and the context
// bounds the time.
package edt

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"intendant/internal/plier"
)

var (
	// ErrNotCalendar is returned for what is no iCalendar object.
	ErrNotCalendar = errors.New("not an iCalendar object")
	// ErrTooMany is returned for a calendar with more events than any
	// timetable has.
	ErrTooMany = errors.New("too many events")
)

// Period is the time whose events are wanted.
type Period struct {
	From, To time.Time // To excluded
	// Location is where floating times are, and days begin.
	Location *time.Location
}

// touches reports whether an event happens in the period, be it in part.
func (p Period) touches(start, end time.Time) bool {
	return start.Before(p.To) && (end.After(p.From) || start.Equal(p.From))
}

// Event is something that happens once.
type Event struct {
	UID        string // the same for all repetitions
	Start, End time.Time
	AllDay     bool
	fields     map[string]string // shared by the repetitions
}

// Field returns the text of a property of the event, by its name in any case:
// "SUMMARY", "X-GROUP". Properties that are there several times stand one a
// line.
func (e Event) Field(name string) string { return e.fields[strings.ToUpper(name)] }

// Merge puts the events of several calendars in the order of time. One that is
// in several of them is taken once.
func Merge(calendars ...[]Event) []Event {
	type key struct {
		uid   string
		start int64
	}
	events, seen := []Event{}, map[key]bool{}
	for _, calendar := range calendars {
		for _, e := range calendar {
			k := key{e.UID, e.Start.Unix()}
			if e.UID != "" && seen[k] {
				continue
			}
			seen[k] = true
			events = append(events, e)
		}
	}
	sortByTime(events)
	return events
}

func sortByTime(events []Event) {
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.UID, b.UID))
	})
}

// Source says where in an event names are to be found.
type Source struct {
	Field string
	// Pattern finds them: its first group, or the whole of what it matches
	// when it has none. Without a pattern the names are found by comparison.
	Pattern *regexp.Regexp
}

// Text returns the text of the source: the first that the pattern finds, or
// the whole field.
func (s Source) Text(e Event) string {
	text := strings.TrimSpace(e.Field(s.Field))
	if s.Pattern == nil {
		return text
	}
	if found := s.found(text); len(found) > 0 {
		return found[0]
	}
	return ""
}

// Items returns the names that the source holds: what the pattern finds, or
// the lines of the field, taken apart at commas and semicolons.
func (s Source) Items(e Event) []string {
	texts := []string{e.Field(s.Field)}
	if s.Pattern != nil {
		texts = s.found(texts[0])
	}
	items := []string{}
	for _, text := range texts {
		for _, item := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' }) {
			if item = strings.TrimSpace(item); item != "" && !slices.Contains(items, item) {
				items = append(items, item)
			}
		}
	}
	return items
}

func (s Source) found(text string) []string {
	var found []string
	for _, m := range s.Pattern.FindAllStringSubmatch(text, -1) {
		if item := strings.TrimSpace(m[min(1, len(m)-1)]); item != "" {
			found = append(found, item)
		}
	}
	return found
}

// Names finds things by their names. Case, accents and blanks do not matter.
type Names[T any] map[string][]T

// Add gives a thing a name. Nothing is called by blanks.
func (n Names[T]) Add(name string, thing T) {
	if key := plier.Key(name); key != "" {
		n[key] = append(n[key], thing)
	}
}

// Called returns the things of a name, in the order in which they got it.
func (n Names[T]) Called(name string) []T { return n[plier.Key(name)] }

// Mentions reports whether a name stands in a text on its own: "R1.01" in "R1.01
// TD" and in "SAE/R1.01:", not in "R1.011" or "R1.01.2". Case and accents do
// not matter.
func Mentions(text, name string) bool {
	text, name = plier.Key(text), plier.Key(name)
	if name == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		if !endsInWord(text[:i]) && !beginsInWord(text[i+len(name):]) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		from = i + size
	}
}

// endsInWord reports whether what comes before a name goes on into it.
func endsInWord(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	if r == '.' {
		r, _ = utf8.DecodeLastRuneInString(before[:len(before)-size])
	}
	return isWord(r)
}

// beginsInWord reports whether what comes after a name goes on from it.
func beginsInWord(after string) bool {
	r, size := utf8.DecodeRuneInString(after)
	if r == '.' {
		r, _ = utf8.DecodeRuneInString(after[size:])
	}
	return isWord(r)
}

// isWord reports whether a letter or a digit is at hand; there is none at the
// ends of a text.
func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
