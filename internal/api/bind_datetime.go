package api

import (
	"math"
	"strconv"
	"strings"
	"time"

	"intendant/internal/api/jsonvalue"
)

// The reasons of pydantic, from the Rust crate speedate.
const (
	reasonTooShort  = "input is too short"
	reasonExtra     = "unexpected extra characters at the end of the input"
	reasonSeparator = "invalid date separator, expected `-`"
	reasonYear      = "invalid character in year"
	reasonMonth     = "invalid character in month"
	reasonDay       = "invalid character in day"
	reasonMonths    = "month value is outside expected range of 1-12"
	reasonDays      = "day value is outside expected range"
	reasonAfter9999 = "dates after 9999 are not supported as unix timestamps"
	reasonBefore0   = "dates before 0000 are not supported as unix timestamps"
	reasonNaN       = "NaN values not permitted"
)

var datetimeType = &Problem{Code: "datetime_type", Message: "Input should be a valid datetime"}

// notDatetime refuses a value that was understood, but is no instant.
func notDatetime(reason string) *Problem {
	return &Problem{"datetime_parsing", "Input should be a valid datetime, " + reason, map[string]any{"error": reason}}
}

// notDate refuses a text: pydantic tries it as a date last, and says what that
// found.
func notDate(reason string) *Problem {
	return &Problem{"datetime_from_date_parsing", "Input should be a valid datetime or date, " + reason, map[string]any{"error": reason}}
}

// datetimeOf reads an instant, in UTC: RFC 3339 with liberties, a date, or a
// Unix time, in seconds up to 2e10 and in milliseconds above. Without a zone it
// is taken for UTC.
func datetimeOf(v jsonvalue.Value) (time.Time, *Problem) {
	switch v.Kind() {
	case jsonvalue.String:
		return datetimeOfText(v.Text())
	case jsonvalue.Int:
		return fromUnix(v.Int(), notDatetime)
	case jsonvalue.BigInt:
		if v.Text()[0] == '-' {
			return time.Time{}, notDatetime(reasonBefore0)
		}
		return time.Time{}, notDatetime(reasonAfter9999)
	case jsonvalue.Float:
		return fromUnixFloat(v.Float())
	default:
		return time.Time{}, datetimeType
	}
}

func datetimeOfText(s string) (time.Time, *Problem) {
	year, month, day, reason := parseDate(s)
	if reason != "" {
		return datetimeOfNumber(s, reason)
	}
	clock, offset, ok := parseTime(s[10:])
	if !ok {
		return time.Time{}, notDate(reasonExtra)
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(clock - offset)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, outOfYears(t)
	}
	return t, nil
}

// parseDate reads the YYYY-MM-DD that s begins with, or says why it does not.
func parseDate(s string) (year, month, day int, reason string) {
	if len(s) < 10 {
		return 0, 0, 0, reasonTooShort
	}
	year, okYear := number(s[:4])
	month, okMonth := number(s[5:7])
	day, okDay := number(s[8:10])
	switch {
	case !okYear:
		return 0, 0, 0, reasonYear
	case s[4] != '-':
		return 0, 0, 0, reasonSeparator
	case !okMonth:
		return 0, 0, 0, reasonMonth
	case s[7] != '-':
		return 0, 0, 0, reasonSeparator
	case !okDay:
		return 0, 0, 0, reasonDay
	case month < 1 || month > 12:
		return 0, 0, 0, reasonMonths
	case day < 1 || day > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day():
		return 0, 0, 0, reasonDays
	}
	return year, month, day, ""
}

// parseTime reads what follows a date: nothing, or a separator, HH:MM, perhaps
// :SS, a fraction of which microseconds count, and a zone.
func parseTime(s string) (clock, offset time.Duration, ok bool) {
	if s == "" {
		return 0, 0, true
	}
	if len(s) < 6 || !strings.ContainsRune("Tt _", rune(s[0])) || s[3] != ':' {
		return 0, 0, false
	}
	hour, okHour := number(s[1:3])
	minute, okMinute := number(s[4:6])
	if !okHour || !okMinute || hour > 23 || minute > 59 {
		return 0, 0, false
	}
	clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	s = s[6:]
	if strings.HasPrefix(s, ":") {
		if len(s) < 3 {
			return 0, 0, false
		}
		second, okSecond := number(s[1:3])
		if !okSecond || second > 59 {
			return 0, 0, false
		}
		clock += time.Duration(second) * time.Second
		var fraction time.Duration
		if fraction, s, ok = parseFraction(s[3:]); !ok {
			return 0, 0, false
		}
		clock += fraction
	}
	offset, ok = parseZone(s)
	return clock, offset, ok
}

// parseFraction reads .123456 or ,123456; further digits are dropped.
func parseFraction(s string) (fraction time.Duration, rest string, ok bool) {
	if s == "" || s[0] != '.' && s[0] != ',' {
		return 0, s, true
	}
	n := 1
	unit := 100 * time.Millisecond
	for ; n < len(s) && '0' <= s[n] && s[n] <= '9'; n++ {
		if unit >= time.Microsecond {
			fraction += time.Duration(s[n]-'0') * unit
			unit /= 10
		}
	}
	return fraction, s[n:], n > 1
}

// parseZone reads nothing, Z, or an offset of less than a day: +02:00, -0530,
// also with the real minus sign.
func parseZone(s string) (time.Duration, bool) {
	if s == "" || s == "Z" || s == "z" {
		return 0, true
	}
	sign := time.Duration(1)
	switch {
	case s[0] == '+':
		s = s[1:]
	case s[0] == '-':
		sign, s = -1, s[1:]
	case strings.HasPrefix(s, "−"):
		sign, s = -1, strings.TrimPrefix(s, "−")
	default:
		return 0, false
	}
	if len(s) == 5 && s[2] == ':' {
		s = s[:2] + s[3:]
	}
	if len(s) != 4 {
		return 0, false
	}
	hour, okHour := number(s[:2])
	minute, okMinute := number(s[2:])
	ok := okHour && okMinute && hour <= 23 && minute <= 59
	return sign * (time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute), ok
}

// number reads a text of digits only.
func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// datetimeOfNumber reads a Unix time written in a text. One that is neither
// this nor a date is refused for what it lacks as a date.
func datetimeOfNumber(s, reason string) (time.Time, *Problem) {
	digits := strings.TrimPrefix(s, "-")
	if digits == s {
		digits = strings.TrimPrefix(s, "+")
	}
	whole := strings.TrimLeft(digits, "0123456789")
	switch {
	case digits != "" && whole == "":
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return fromUnix(n, notDate)
		}
	case strings.HasPrefix(whole, ".") && !strings.ContainsAny(whole, "_xXpPnN"):
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			if t, problem := fromUnixFloat(f); problem == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, notDate(reason)
}

// Above this number, a Unix time is in milliseconds.
const millisecondsAbove = 20_000_000_000

// The first and last seconds that a Unix time may name.
const (
	firstSecond = -62_167_219_200 // of year 0
	lastSecond  = 253_402_300_799 // of year 9999
)

// fromUnix reads a Unix time, refused in the given words when out of range.
func fromUnix(n int64, refuse func(string) *Problem) (time.Time, *Problem) {
	if n >= -millisecondsAbove && n <= millisecondsAbove {
		return instant(n, 0, refuse)
	}
	seconds, milliseconds := n/1000, n%1000
	if milliseconds < 0 {
		seconds, milliseconds = seconds-1, milliseconds+1000
	}
	return instant(seconds, milliseconds*1000, refuse)
}

// fromUnixFloat reads a Unix time with a fraction, rounded to the microsecond.
func fromUnixFloat(f float64) (time.Time, *Problem) {
	unit := 1.0 // in a second
	if math.Abs(f) > millisecondsAbove {
		unit = 1000
	}
	seconds := math.Floor(f / unit)
	switch {
	case math.IsNaN(f):
		return time.Time{}, notDatetime(reasonNaN)
	case seconds > lastSecond:
		return time.Time{}, notDatetime(reasonAfter9999)
	case seconds < firstSecond:
		return time.Time{}, notDatetime(reasonBefore0)
	}
	microseconds := math.Round((f - seconds*unit) * (1e6 / unit))
	return instant(int64(seconds), int64(microseconds), notDatetime)
}

func instant(seconds, microseconds int64, refuse func(string) *Problem) (time.Time, *Problem) {
	switch {
	case seconds > lastSecond:
		return time.Time{}, refuse(reasonAfter9999)
	case seconds < firstSecond:
		return time.Time{}, refuse(reasonBefore0)
	}
	t := time.Unix(seconds, 0).Add(time.Duration(microseconds) * time.Microsecond).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, outOfYears(t)
	}
	return t, nil
}

func outOfYears(t time.Time) *Problem {
	return notDatetime("year " + strconv.Itoa(t.Year()) + " is out of range")
}
