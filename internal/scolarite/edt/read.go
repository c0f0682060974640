package edt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"golang.org/x/text/encoding/charmap"
)

const (
	// maxLine is the length of the longest line read, in bytes once unfolded:
	// the parser's work grows with its square. Longer ones are passed over.
	maxLine = 16 << 10
	// maxComponents is how many events a calendar may describe.
	maxComponents = 50_000
	// maxEvents is how many of them may happen in a period.
	maxEvents = 20_000
)

// Read returns what a calendar has in a period, in the order of time. It fails
// with ErrNotCalendar, ErrTooMany, or the error of ctx or r.
func Read(ctx context.Context, r io.Reader, p Period) ([]Event, error) {
	components, err := components(ctx, r)
	if err != nil {
		return nil, err
	}
	return expand(ctx, components, p)
}

// component is a VEVENT: its properties as they stand, in order.
type component []property

type property struct {
	name   string // upper case
	params map[string][]string
	value  string
}

// first returns the first property of a name, false without any.
func (c component) first(name string) (property, bool) {
	for _, p := range c {
		if p.name == name {
			return p, true
		}
	}
	return property{}, false
}

// text returns the value of the first property of a name, "" without any.
func (c component) text(name string) string {
	p, _ := c.first(name)
	return p.value
}

// param returns a parameter of a property, "" without one.
func (p property) param(name string) string {
	for k, values := range p.params {
		if strings.EqualFold(k, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// components returns the events of a calendar. The library's own reader of
// calendars is not used: it follows nested components down without a bound, and
// gives up at the first line out of place.
func components(ctx context.Context, r io.Reader) ([]component, error) {
	lines := ics.NewCalendarStream(r)
	var events []component
	nest := nesting{}
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		line, err := lines.ReadLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading: %w", err)
		}
		isLast := err != nil
		if line != nil {
			events = nest.take(parse(*line), events)
		}
		if n == 0 && !nest.isCalendar {
			return nil, ErrNotCalendar
		}
		if len(events) > maxComponents {
			return nil, ErrTooMany
		}
		if isLast {
			return events, nil
		}
	}
}

// parse reads a line; one that makes no sense is nil. What is not UTF-8 is taken
// for Windows-1252, which old servers write.
func parse(line ics.ContentLine) *property {
	if len(line) > maxLine {
		return nil
	}
	text := string(line)
	if !utf8.ValidString(text) {
		text, _ = charmap.Windows1252.NewDecoder().String(text) // every byte has a character
	}
	parsed, err := ics.ParseProperty(ics.ContentLine(text))
	if err != nil || parsed == nil {
		return nil
	}
	return &property{strings.ToUpper(parsed.IANAToken), parsed.ICalParameters, parsed.Value}
}

// nesting is where in a calendar the reader is.
type nesting struct {
	isCalendar bool // its first line was read
	inEvent    bool
	inner      int // components open inside the event: alarms
	event      component
}

// take goes one line further, and appends an event to events at its end.
func (n *nesting) take(p *property, events []component) []component {
	if p == nil {
		return events
	}
	value := strings.ToUpper(strings.TrimSpace(p.value))
	switch {
	case p.name == "BEGIN" && value == "VCALENDAR":
		n.isCalendar = true
	case p.name == "BEGIN" && value == "VEVENT": // also when the one before has no end
		n.inEvent, n.inner, n.event = true, 0, nil
	case !n.inEvent:
	case p.name == "END" && value == "VEVENT":
		n.inEvent = false
		return append(events, n.event)
	case p.name == "BEGIN":
		n.inner++
	case p.name == "END":
		n.inner = max(n.inner-1, 0)
	case n.inner == 0:
		n.event = append(n.event, *p)
	}
	return events
}
