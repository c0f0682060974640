package scolarite

import (
	"strings"
	"time"
)

// momentLayouts are how clients write moments: with or without seconds, with
// or without an offset.
var (
	zonedLayouts = []string{
		"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
	}
	localLayouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04"}
)

// parseMoment reads an ISO 8601 date with or without a time; without an offset
// it is the time of the site's clocks, where an hour that they skip is the one
// after. In an address a + was often written as it is and arrives as a blank:
// 2026-03-17T08:00:00 01:00. isDay tells a date alone, which is its midnight.
// ok is false for anything else, and for years that no calendar of studies has.
func parseMoment(text string, where *time.Location) (t time.Time, isDay, ok bool) {
	text = strings.TrimSpace(text)
	if day, err := time.ParseInLocation(time.DateOnly, text, where); err == nil {
		return day, true, isPlausible(day)
	}
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
		if t, err := time.ParseInLocation(layout, text, where); err == nil {
			return t, false, isPlausible(t)
		}
	}
	return time.Time{}, false, false
}

// isPlausible keeps out the years that a typing error makes.
func isPlausible(t time.Time) bool { return t.Year() >= 1900 && t.Year() < 2200 }
