package scolarite

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"intendant/db"
)

// FuzzEndOfAnAccount reads any text as the end of an account: what is accepted
// comes back from the base as it was, and only a blank text is never.
func FuzzEndOfAnAccount(f *testing.F) {
	for _, text := range []string{"", "2026-06-30", "2026-01-31T12:00:00+01:00", "2026-01-31 12:00", "9999-12-31", "0001-01-01T00:00:00Z", "2026-01-31T12:00:00.123456-0300"} {
		f.Add(text)
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		f.Fatal(err)
	}
	s := &Service{Config: Config{Location: paris}}
	f.Fuzz(func(t *testing.T, text string) {
		end, ok := s.endOf(text)
		if !ok {
			return
		}
		if end.IsZero() != (strings.TrimSpace(text) == "") {
			t.Fatalf("%q ends at %v", text, end)
		}
		var kept db.Time
		if err := kept.Scan(db.At(end).String()); err != nil || end.Sub(kept.Time).Abs() >= time.Millisecond {
			t.Errorf("%q ends at %v, kept as %v, %v", text, end, kept, err)
		}
	})
}

// FuzzInitials abbreviates any first name: never longer than it by more than a
// full stop for each part, and with no blank at either end.
func FuzzInitials(f *testing.F) {
	for _, name := range []string{"Pierre", "Jean-Christophe", "marie  odile", "Charles", "J.-C.", " - ", "É"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := initialsOf(name)
		if got != strings.TrimSpace(got) || !utf8.ValidString(got) || got != "" && !strings.HasSuffix(got, ".") || strings.Contains(got, "..") {
			t.Errorf("%q is abbreviated %q", name, got)
		}
	})
}
