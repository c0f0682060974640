package db

import (
	"context"
	"errors"
	"testing"
)

func TestKeptByFollowsTheBase(t *testing.T) {
	s := open(t)
	neighbour := openAt(t, s.Path()) // another process
	var kept KeptBy[string, int]
	broken := errors.New("broken")
	readings := 0
	var fault error
	read := func(ctx context.Context) (int, error) {
		readings++
		rows, err := s.Read().Backups(ctx, 99)
		return len(rows), errors.Join(err, fault)
	}
	for _, step := range []struct {
		name, key       string
		do              func() error
		fault           error
		value, readings int
	}{
		{"nothing yet", "a", nil, nil, 0, 1},
		{"asked again", "a", nil, nil, 0, 1},
		{"another key", "b", nil, nil, 0, 2},
		{"changed here", "a", func() error { return s.Write(t.Context(), set("a", "1")) }, nil, 1, 3},
		{"the other key has changed too", "b", nil, nil, 1, 4},
		{"changed by another process", "a", func() error { return neighbour.Write(t.Context(), set("b", "1")) }, nil, 2, 5},
		{"a reading that fails", "c", nil, broken, 2, 6},
		{"is not kept", "c", nil, nil, 2, 7},
		{"too many keys, with a fourth", "d", nil, nil, 2, 8},
		{"the oldest are gone", "a", nil, nil, 2, 9},
	} {
		if step.do != nil {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
		fault = step.fault
		value, err := kept.Get(t.Context(), s, 2, step.key, read)
		if value != step.value || readings != step.readings || !errors.Is(err, step.fault) {
			t.Errorf("%s: %d after %d readings, %v; want %d after %d, %v", step.name, value, readings, err, step.value, step.readings, step.fault)
		}
	}
}
