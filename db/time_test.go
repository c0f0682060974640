package db

import (
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	at := At(time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600)))
	if at.String() != "2026-03-01T11:00:00.123Z" {
		t.Error(at)
	}
	var back Time
	if err := back.Scan(at.String()); err != nil || !back.Equal(at.Time) {
		t.Error(back, err)
	}
	if err := back.Scan("2026-03-01"); err == nil {
		t.Error("a day was taken for an instant")
	}
}

func TestDay(t *testing.T) {
	day, err := ParseDay("2026-03-01")
	if err != nil || day.String() != "2026-03-01" {
		t.Fatal(day, err)
	}
	paris := time.FixedZone("", 3600)
	if got := DayOf(time.Date(2026, 3, 1, 0, 30, 0, 0, paris)); got != day {
		t.Errorf("half past midnight in Paris is on %v", got)
	}
	var back Day
	if err := back.Scan("2026-03-01"); err != nil || back != day {
		t.Error(back, err)
	}
	for _, src := range []any{"2026-02-30", "2026-3-1", "2026-03-01T00:00:00.000Z", nil, 3} {
		if err := back.Scan(src); err == nil {
			t.Errorf("%v was taken for a day", src)
		}
	}
	if value, err := day.Value(); err != nil || value != "2026-03-01" {
		t.Error(value, err)
	}
}
