package edt

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	dateLayout  = "20060102"
	localLayout = "20060102T150405"
	utcLayout   = "20060102T150405Z"
)

// moment is a DATE or a DATE-TIME.
type moment struct {
	time.Time
	isDate bool
}

// zones finds the time zones that a calendar names, each once.
type zones struct {
	site  *time.Location
	known map[string]*time.Location
}

// windowsZones are the names that Outlook gives to the zones of France.
var windowsZones = map[string]string{
	"Romance Standard Time": "Europe/Paris", "W. Europe Standard Time": "Europe/Berlin", "GMT Standard Time": "Europe/London",
	"SA Western Standard Time": "America/Guadeloupe", "SA Eastern Standard Time": "America/Cayenne", "E. Africa Standard Time": "Indian/Mayotte",
	"Mauritius Standard Time": "Indian/Reunion", "Central Pacific Standard Time": "Pacific/Noumea", "UTC": "UTC",
}

// zone returns a zone by its TZID: a name of the IANA base, perhaps at the end
// of a path, or one of Windows; the site's for any other and for none.
func (z *zones) zone(tzid string) *time.Location {
	if tzid == "" {
		return z.site
	}
	if loc, ok := z.known[tzid]; ok {
		return loc
	}
	name := strings.TrimSpace(tzid)
	if iana, ok := windowsZones[name]; ok {
		name = iana
	}
	loc := z.site
	for parts := strings.Split(name, "/"); len(parts) > 0; parts = parts[1:] {
		if len(parts) > 3 || parts[0] == "" || strings.EqualFold(parts[0], "local") {
			continue
		}
		if found, err := time.LoadLocation(strings.Join(parts, "/")); err == nil {
			loc = found
			break
		}
	}
	if len(z.known) < 100 {
		z.known[tzid] = loc
	}
	return loc
}

// moment reads a DATE or a DATE-TIME of a property; false for what is neither.
func (z *zones) moment(p property, text string) (moment, bool) {
	text = strings.TrimSpace(text)
	loc := z.zone(p.param("TZID"))
	switch len(text) {
	case len(dateLayout):
		t, err := time.ParseInLocation(dateLayout, text, z.site)
		return moment{t, true}, err == nil
	case len(localLayout):
		t, err := time.ParseInLocation(localLayout, text, loc)
		return moment{t, false}, err == nil
	case len(utcLayout):
		t, err := time.Parse(utcLayout, text)
		return moment{t, false}, err == nil
	}
	return moment{}, false
}

// moments reads a list of them, of EXDATE or RDATE; of a period its start.
func (z *zones) moments(c component, name string) []moment {
	var list []moment
	for _, p := range c {
		if p.name != name {
			continue
		}
		for text := range strings.SplitSeq(p.value, ",") {
			start, _, _ := strings.Cut(text, "/")
			if m, ok := z.moment(p, start); ok {
				list = append(list, m)
			}
		}
	}
	return list
}

// length is how long an event lasts: so many days of the calendar, and so much
// time.
type length struct {
	days int
	time time.Duration
}

func (l length) after(start time.Time) time.Time { return start.AddDate(0, 0, l.days).Add(l.time) }

// lengthOf returns how long an event lasts: until DTEND, for its DURATION, a
// day without either if it has no hour, and no time if it has.
func (z *zones) lengthOf(c component, start moment) length {
	if p, ok := c.first("DTEND"); ok {
		end, ok := z.moment(p, p.value)
		switch {
		case ok && end.After(start.Time) && start.isDate && end.isDate:
			return length{days: daysBetween(start.Time, end.Time)}
		case ok && end.After(start.Time) && end.Sub(start.Time) < 366*24*time.Hour:
			return length{time: end.Sub(start.Time)}
		}
	} else if l, ok := parseDuration(c.text("DURATION")); ok {
		return l
	}
	if start.isDate {
		return length{days: 1}
	}
	return length{}
}

// daysBetween counts days of the calendar, a year's at most; those with a
// change of the clocks are days too.
func daysBetween(from, to time.Time) int {
	return min(int(to.Sub(from).Hours()+12)/24, 366)
}

// untilPattern finds an UNTIL without hour.
var untilPattern = regexp.MustCompile(`UNTIL=\d{8}(?:;|$)`)

var durationPattern = regexp.MustCompile(`^\+?P(?:(\d{1,2})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)

// parseDuration reads P1DT2H30M; false for what is none, or less than nothing.
func parseDuration(text string) (length, bool) {
	m := durationPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(text)))
	if m == nil {
		return length{}, false
	}
	n := func(i int) int {
		v, _ := strconv.Atoi(m[i]) // digits, or nothing
		return v
	}
	return length{
		days: 7*n(1) + n(2),
		time: time.Duration(n(3))*time.Hour + time.Duration(n(4))*time.Minute + time.Duration(n(5))*time.Second,
	}, true
}
