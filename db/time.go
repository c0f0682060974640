package db

import (
	"database/sql/driver"
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
	parsed, err := time.Parse(timeLayout, text)
	if err != nil {
		return fmt.Errorf("instant %q: %w", text, err)
	}
	t.Time = parsed
	return nil
}
