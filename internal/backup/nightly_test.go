package backup

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"intendant/db"
)

func TestNext(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ now, want string }{
		{"2026-03-02T02:59:00+01:00", "2026-03-02T03:00:00+01:00"},
		{"2026-03-02T03:00:00+01:00", "2026-03-03T03:00:00+01:00"},
		{"2026-03-28T23:00:00+01:00", "2026-03-29T03:00:00+02:00"}, // the night that loses an hour
		{"2026-12-31T12:00:00+01:00", "2027-01-01T03:00:00+01:00"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := next(now.In(paris), 3, 0).Format(time.RFC3339); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.now, got, tt.want)
		}
	}
	if _, _, err := ParseAt("25:00"); err == nil {
		t.Error("25:00 was accepted")
	}
}

func TestOnceKeepsTheLast(t *testing.T) {
	data := t.TempDir()
	s, err := db.Open(t.Context(), filepath.Join(data, "intendant.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	n := Nightly{Data: data, Base: "intendant.db", Keep: 2, Now: func() time.Time { return now }}
	for range 4 {
		if _, size, err := n.Once(t.Context()); err != nil || size == 0 {
			t.Fatal(size, err)
		}
		now = now.AddDate(0, 0, 1)
	}
	entries, err := os.ReadDir(filepath.Join(data, nightlyFolder))
	if err != nil || len(entries) != 2 || entries[1].Name() != "intendant-20260304-030000.tar" {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestRunMakesOneANight(t *testing.T) {
	data := t.TempDir() // without a base: each attempt fails and is recorded
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		nights := 0
		n := Nightly{
			Data: data, Base: "intendant.db", At: "03:00", Keep: 3, Now: time.Now,
			Record: func(_ context.Context, _ time.Time, _ string, _ int64, err error) {
				if err == nil {
					t.Error("a backup of nothing succeeded")
				}
				if nights++; nights == 3 {
					cancel()
				}
			},
		}
		start := time.Now()
		if err := n.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if days := time.Since(start).Hours() / 24; nights != 3 || days < 2 || days > 3.1 {
			t.Errorf("%d backups in %.1f days", nights, days)
		}
	})
}
