package db

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// timeLayout has a fixed width, so that the order of the text is the order of
// time.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Time is an instant as the base keeps it: UTC text with milliseconds.
type Time struct{ time.Time }

// At returns t as the base keeps it.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// String returns the text in the base.
func (t Time) String() string { return t.UTC().Format(timeLayout) }

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) { return t.String(), nil }

// Scan implements sql.Scanner; anything but our own text is an error.
func (t *Time) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("instant: %T instead of text", src)
	}
	// time.Parse knows this layout by heart, ours not; it takes other zones too.
	parsed, err := time.Parse(time.RFC3339, text)
	if err == nil && (len(text) != len(timeLayout) || text[len(text)-1] != 'Z') {
		err = errors.New("not as the base keeps it")
	}
	if err != nil {
		return fmt.Errorf("instant %q: %w", text, err)
	}
	t.Time = parsed
	return nil
}

// dayLayout orders days as text, like timeLayout.
const dayLayout = "2006-01-02"

// Day is a day of the calendar as the base keeps it, without hour or zone. It
// may be compared with ==.
type Day struct{ midnight time.Time }

// DayOf returns the day it is at t where t's location is.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// ParseDay reads "2006-01-02"; a day that no calendar has is an error.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(dayLayout, text)
	if err != nil {
		return Day{}, fmt.Errorf("day %q: %w", text, err)
	}
	return Day{t}, nil
}

// Time returns the day's midnight in UTC.
func (d Day) Time() time.Time { return d.midnight }

// String returns the text in the base.
func (d Day) String() string { return d.midnight.Format(dayLayout) }

// Value implements driver.Valuer.
func (d Day) Value() (driver.Value, error) { return d.String(), nil }

// Scan implements sql.Scanner; anything but our own text is an error.
func (d *Day) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("day: %T instead of text", src)
	}
	parsed, err := ParseDay(text)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
