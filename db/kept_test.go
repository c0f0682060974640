package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestKeptFollowsTheBase(t *testing.T) {
	s := open(t)
	neighbour := openAt(t, s.Path()) // another process
	var kept Kept[int]
	readings := 0
	var fault error
	read := func(ctx context.Context) (int, error) {
		readings++
		rows, err := s.Read().Backups(ctx, 99)
		return len(rows), errors.Join(err, fault)
	}
	broken := errors.New("broken")
	for _, step := range []struct {
		name            string
		do              func() error
		fault           error
		value, readings int
	}{
		{"nothing yet", nil, nil, 0, 1},
		{"asked again", nil, nil, 0, 1},
		{"changed here", func() error { return s.Write(t.Context(), set("a", "1")) }, nil, 1, 2},
		{"asked again after the change", nil, nil, 1, 2},
		{"changed by another process", func() error { return neighbour.Write(t.Context(), set("b", "1")) }, nil, 2, 3},
		{"a write taken back", func() error {
			if err := s.Write(t.Context(), func(context.Context, *Queries) error { return broken }); !errors.Is(err, broken) {
				return err
			}
			return nil
		}, nil, 2, 3},
		{"a reading that fails", func() error { return s.Write(t.Context(), set("c", "1")) }, broken, 0, 4},
		{"the next one", nil, nil, 3, 5},
	} {
		if step.do != nil {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
		fault = step.fault
		value, err := kept.Get(t.Context(), s, read)
		if value != step.value || readings != step.readings || !errors.Is(err, step.fault) {
			t.Errorf("%s: %d after %d readings, %v; want %d after %d, %v", step.name, value, readings, err, step.value, step.readings, step.fault)
		}
	}
}

// TestKeptMissesNoChange changes the base while a value is read: the reading
// may have missed it, the next one has not.
func TestKeptMissesNoChange(t *testing.T) {
	s := open(t)
	var kept Kept[int]
	read := func(ctx context.Context) (int, error) {
		rows, err := s.Read().Backups(ctx, 99)
		if err == nil && len(rows) == 0 {
			err = s.Write(ctx, set("in between", "1"))
		}
		return len(rows), err
	}
	for _, want := range []int{0, 1} {
		if got, err := kept.Get(t.Context(), s, read); got != want || err != nil {
			t.Errorf("%d, %v; want %d", got, err, want)
		}
	}
}

// TestKeptOfMany writes and reads from many goroutines: what a writer wrote it
// finds in the value.
func TestKeptOfMany(t *testing.T) {
	s := open(t)
	var kept Kept[map[string]bool]
	var readings atomic.Int64
	read := func(ctx context.Context) (map[string]bool, error) {
		readings.Add(1)
		rows, err := s.Read().Backups(ctx, 999)
		names := make(map[string]bool, len(rows))
		for _, row := range rows {
			names[row.File] = true
		}
		return names, err
	}
	var wg sync.WaitGroup
	for writer := range 8 {
		wg.Go(func() {
			for i := range 8 {
				name := fmt.Sprint(writer, " ", i)
				if err := s.Write(t.Context(), set(name, "1")); err != nil {
					t.Error(err)
				}
				names, err := kept.Get(t.Context(), s, read)
				if err != nil || !names[name] {
					t.Errorf("%s is not in the value: %v", name, err)
				}
			}
		})
	}
	wg.Wait()
	if n := readings.Load(); n > 64 {
		t.Errorf("%d readings for 64 changes", n)
	}
}
