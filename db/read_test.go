package db

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// openWith opens an empty base with options of the test's own.
func openWith(t testing.TB, opts Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "intendant.db"), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestReadTxNeedsOneConnection would hang if a query's first use inside a
// snapshot took a second connection: the snapshots of the others hold them all.
func TestReadTxNeedsOneConnection(t *testing.T) {
	s := openWith(t, Options{Readers: 1})
	for range 2 { // the second time, the query is among those prepared
		err := s.ReadTx(t.Context(), func(ctx context.Context, q *Queries) error {
			if _, err := q.Settings(ctx); err != nil {
				return err
			}
			_, err := q.Revision(ctx, "identity")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.readStmts.mu.RLock()
	defer s.readStmts.mu.RUnlock()
	if got := len(s.readStmts.prepared); got != 2 {
		t.Errorf("%d queries stay prepared after the snapshot, want 2", got)
	}
}

func TestReadTxSeesOneMoment(t *testing.T) {
	s := open(t)
	err := s.ReadTx(t.Context(), func(ctx context.Context, q *Queries) error {
		before, err := q.Backups(ctx, 9)
		if err != nil {
			return err
		}
		if err := s.Write(ctx, set("a", "1")); err != nil {
			return err
		}
		after, err := q.Backups(ctx, 9)
		if len(before) != 0 || len(after) != 0 {
			return fmt.Errorf("%d rows, then %d", len(before), len(after))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if got := stored(t, s); got != 1 {
		t.Errorf("%d rows after the snapshot, want 1", got)
	}
}

// TestAReadWaitsNoLongerThanItsContext holds the only connection.
func TestAReadWaitsNoLongerThanItsContext(t *testing.T) {
	s := openWith(t, Options{Readers: 1})
	err := s.ReadTx(t.Context(), func(ctx context.Context, q *Queries) error {
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		if _, err := s.Read().Settings(short); err == nil {
			return fmt.Errorf("a read found a second connection")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestReadsAtTheSameTime(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				if _, err := s.Read().Revision(t.Context(), "identity"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// TestVersionMovesWithEveryCommit: ours, and those of another process.
func TestVersionMovesWithEveryCommit(t *testing.T) {
	s := open(t)
	neighbour := openAt(t, s.Path())
	version := func() int64 {
		t.Helper()
		v, err := s.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	last := version()
	for _, step := range []struct {
		name string
		do   func() error
		want bool
	}{
		{"nothing", func() error { return nil }, false},
		{"a read", func() error { _, err := s.Read().Settings(t.Context()); return err }, false},
		{"a write", func() error { return s.Write(t.Context(), set("a", "1")) }, true},
		{"a neighbour's read", func() error { _, err := neighbour.Read().Settings(t.Context()); return err }, false},
		{"a neighbour's write", func() error { return neighbour.Write(t.Context(), set("b", "1")) }, true},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		now := version()
		if (now != last) != step.want {
			t.Errorf("%s: version %d after %d", step.name, now, last)
		}
		last = now
	}
}

func TestVersionOfManyAtOnce(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				if _, err := s.Version(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s.Close()
	if _, err := s.Version(t.Context()); err == nil {
		t.Error("a closed base has a version")
	}
}
