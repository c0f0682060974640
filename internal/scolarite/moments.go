package scolarite

import (
	"strings"
	"time"
)

// How clients write moments: with or without seconds, with or without an
// offset; see parseMoment.
var (
	zonedLayouts = []string{
		"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
	}
	localLayouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly}
)

// parseMoment reads an ISO 8601 date with or without a time; without an offset
// it is the time of the site's clocks, see [onClock]. In an address a + was
// often written as it is and arrives as a blank: 2026-03-17T08:00:00 01:00.
// isDay tells a date alone, which is its midnight. ok is false for anything
// else, and for years that no calendar of studies has.
func parseMoment(text string, where *time.Location) (t time.Time, isDay, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > len(time.DateOnly) && (text[len(time.DateOnly)] == ' ' || text[len(time.DateOnly)] == 't') {
		text = text[:len(time.DateOnly)] + "T" + text[len(time.DateOnly)+1:]
	}
	text = strings.Replace(text, " ", "+", 1)
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, false, isPlausible(t)
		}
	}
	for _, layout := range localLayouts {
		if wall, err := time.Parse(layout, text); err == nil {
			t := onClock(wall, where)
			return t, layout == time.DateOnly, isPlausible(t)
		}
	}
	return time.Time{}, false, false
}

// onClock returns when the clocks of a place show the time that wall has in
// UTC. Of an hour that they show twice the first is meant, and one that they
// skip is the one after.
func onClock(wall time.Time, where *time.Location) time.Time {
	_, before := wall.AddDate(0, 0, -1).In(where).Zone()
	first := wall.Add(-time.Duration(before) * time.Second).In(where)
	_, offset := first.Zone()
	if offset == before {
		return first
	}
	second := wall.Add(-time.Duration(offset) * time.Second).In(where)
	if _, now := second.Zone(); now == offset {
		return second
	}
	return first
}

// isPlausible keeps out the years that a typing error makes.
func isPlausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 2200 }
