package scolarite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// Wire is how answers are written where the servers that people run differ
// from the published document.
type Wire string

// The profiles: what the document shows, and what servers in production
// answer.
const (
	Reference  Wire = "reference"
	Production Wire = "production"
)

// Instant is a moment written in the site's time with its numeric offset:
// 2024-03-22T19:33:36.868000+01:00, without a fraction when there is none.
type Instant struct{ time.Time }

// instant returns a moment as answers write it.
func (s *Service) instant(t db.Time) Instant { return Instant{t.In(s.Location)} }

// instantOrNil is instant for what may be NULL.
func (s *Service) instantOrNil(t *db.Time) *Instant {
	if t == nil {
		return nil
	}
	at := s.instant(*t)
	return &at
}

// String returns the text of the answers.
func (t Instant) String() string {
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format("2006-01-02T15:04:05.000000-07:00")
}

// MarshalJSON writes the moment; it never fails.
func (t Instant) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// momentLayouts are the ISO texts of a moment.
var momentLayouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04",
}

// moment reads an ISO text, which is in the site's time without a zone. A blank
// may stand for its "T", and for its "+", as in addresses.
func (s *Service) moment(text string) (t time.Time, ok bool) {
	if day := len(time.DateOnly); len(text) > day && text[day] == ' ' {
		text = text[:day] + "T" + text[day+1:]
	}
	text = strings.Replace(text, " ", "+", 1)
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, text, s.Location); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// dateCourante reads the parameter of this name: a day, or a moment for the day
// that it is at the site; today when it is absent. Anything else is Invalid.
func (s *Service) dateCourante(param api.Opt[string]) (db.Day, error) {
	text := param.Or("")
	if text == "" {
		return s.today(), nil
	}
	if day, err := db.ParseDay(text); err == nil {
		return day, nil
	}
	if t, ok := s.moment(text); ok {
		return db.DayOf(t.In(s.Location)), nil
	}
	return db.Day{}, errs.NewInvalid("date_courante", "datetime_parsing", "invalid date")
}

// dayOrNil returns the text of a day, nil for none.
func dayOrNil(d *db.Day) *string {
	if d == nil {
		return nil
	}
	text := d.String()
	return &text
}

// frenchDay writes a day as DD/MM/YYYY.
func frenchDay(d db.Day) string { return d.Time().Format("02/01/2006") }

// floatOrNil returns a number as answers write it, nil for none.
func floatOrNil(f *float64) *api.Float {
	if f == nil {
		return nil
	}
	x := api.Float(*f)
	return &x
}

// floatOrZero is a number, 0 for none.
func floatOrZero(f *float64) api.Float {
	if f == nil {
		return 0
	}
	return api.Float(*f)
}

// textOrEmpty is a text, "" for none.
func textOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// textOrNil is a text, nil when it is empty.
func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Ordered is a JSON object whose members keep their order, {} when there is
// none: clients read UEs and partitions in it.
type Ordered[T any] []Member[T]

// Member is a member of an object.
type Member[T any] struct {
	Name  string
	Value T
}

// Add appends a member.
func (o *Ordered[T]) Add(name string, value T) { *o = append(*o, Member[T]{name, value}) }

// AddID appends a member named by an id.
func (o *Ordered[T]) AddID(id int64, value T) { o.Add(fmt.Sprint(id), value) }

// MarshalJSON writes the members in order.
func (o Ordered[T]) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	buf.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			buf.WriteByte(',')
		}
		if err := enc.Encode(m.Name); err != nil {
			return nil, err
		}
		buf.Truncate(buf.Len() - 1) // the encoder's newline
		buf.WriteByte(':')
		if err := enc.Encode(m.Value); err != nil {
			return nil, err
		}
		buf.Truncate(buf.Len() - 1)
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}
