package presence

import (
	"slices"
	"time"
)

// Span is the time that a justification covers.
type Span struct{ Start, End time.Time }

// Covers reports whether the span covers a record whole, bounds included.
func (s Span) Covers(r Record) bool { return !s.Start.After(r.Start) && !s.End.Before(r.End) }

// Justify says of each record of a student whether one valid justification
// covers it whole; several do not add up, and a presence is never justified.
func Justify(records []Record, valid []Span) []bool {
	// Of the spans that begin before a record, the one that ends last decides.
	spans := slices.Clone(valid)
	slices.SortFunc(spans, func(a, b Span) int { return a.Start.Compare(b.Start) })
	ends := make([]time.Time, len(spans))
	for i, s := range spans {
		ends[i] = s.End
		if i > 0 && ends[i-1].After(s.End) {
			ends[i] = ends[i-1]
		}
	}
	justified := make([]bool, len(records))
	for i, r := range records {
		if r.State == Present {
			continue
		}
		n, _ := slices.BinarySearchFunc(spans, r.Start, func(s Span, t time.Time) int {
			if s.Start.After(t) {
				return 1
			}
			return -1
		})
		justified[i] = n > 0 && !ends[n-1].Before(r.End)
	}
	return justified
}
