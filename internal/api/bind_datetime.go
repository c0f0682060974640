package api

import (
	"math"
	"strings"
	"time"

	"intendant/internal/api/jsonvalue"
)

var datetimeType = &Problem{Code: "datetime_type", Message: "Input should be a valid datetime"}

// datetimeOf reads a time as pydantic does: ISO 8601 with or without a zone, a
// day alone, or seconds since 1970. A time without a zone is in UTC.
func datetimeOf(v jsonvalue.Value) (time.Time, *Problem) {
	switch v.Kind() {
	case jsonvalue.Int, jsonvalue.Float:
		return unixTime(v.Float())
	case jsonvalue.String:
		text := strings.TrimSpace(v.Text())
		if t, ok := parseDatetime(text); ok {
			return t, nil
		}
		t, reason := parseDay(text)
		if reason == "" {
			return t, nil
		}
		// A text that is a number is a count of seconds.
		if f, problem := floatOf(jsonvalue.OfString(text)); problem == nil {
			return unixTime(f)
		}
		return t, &Problem{"datetime_from_date_parsing", "Input should be a valid datetime or date, " + reason, map[string]any{"error": reason}}
	}
	return time.Time{}, datetimeType
}

// unixTime takes counts too large for the seconds of our age as milliseconds.
func unixTime(seconds float64) (time.Time, *Problem) {
	const watershed = 2e10
	if math.Abs(seconds) > watershed {
		seconds /= 1000
	}
	const year1, year10000 = -62135596800, 253402300800
	if !(seconds >= year1 && seconds < year10000) {
		const reason = "dates after 9999 are not supported as unix timestamps"
		return time.Time{}, &Problem{"datetime_parsing", "Input should be a valid datetime, " + reason, map[string]any{"error": reason}}
	}
	return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC(), nil
}

// parseDatetime reads a day, one of "T", "t", "_" or a blank, and a time of
// day with an optional zone; ok is false when s is not that.
func parseDatetime(s string) (t time.Time, ok bool) {
	if len(s) < len("2006-01-02T15:04") || !strings.ContainsRune("Tt _", rune(s[10])) {
		return t, false
	}
	clock := strings.ToUpper(s[11:])
	zone := ""
	if i := strings.IndexAny(clock, "Z+-"); i >= 0 {
		clock, zone = clock[:i], clock[i:]
	}
	layout := "2006-01-02T15:04"
	switch {
	case len(clock) == len("15:04"):
	case len(clock) >= len("15:04:05"):
		// The parser takes a fraction after the seconds by itself.
		layout = "2006-01-02T15:04:05"
	default:
		return t, false
	}
	switch len(zone) {
	case 0:
	case len("Z"), len("+0100"):
		layout += "Z0700"
	case len("+01"):
		layout += "Z07"
	case len("+01:00"):
		layout += "Z07:00"
	default:
		return t, false
	}
	t, err := time.Parse(layout, s[:10]+"T"+clock+zone)
	return t.UTC().Truncate(time.Microsecond), err == nil
}

// parseDay reads "2006-01-02", or says what is wrong in the words of pydantic,
// which are those of Rust's speedate crate.
func parseDay(s string) (t time.Time, reason string) {
	if len(s) < len(time.DateOnly) {
		return t, "input is too short"
	}
	for i, c := range []byte(s[:len(time.DateOnly)]) {
		isDigit := c >= '0' && c <= '9'
		switch {
		case i == 4 || i == 7:
			if c != '-' {
				return t, "invalid date separator, expected `-`"
			}
		case isDigit:
		case i < 4:
			return t, "invalid character in year"
		case i < 7:
			return t, "invalid character in month"
		default:
			return t, "invalid character in day"
		}
	}
	if month := s[5:7]; month < "01" || month > "12" {
		return t, "month value is outside expected range of 1-12"
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	switch {
	case err != nil:
		return t, "day value is outside expected range"
	case len(s) > len(time.DateOnly):
		return t, "unexpected extra characters at the end of the input"
	}
	return t, ""
}
