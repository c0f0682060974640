package db

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// limitPages makes the disk full after extra pages more.
func limitPages(t *testing.T, s *Store, extra int) {
	t.Helper()
	var pages, limit int
	if err := s.readDB.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := s.w.conn.QueryRowContext(t.Context(), "PRAGMA max_page_count="+strconv.Itoa(pages+extra)).Scan(&limit); err != nil {
		t.Fatal(err)
	}
}

func TestAFunctionRunAgainKeepsItsError(t *testing.T) {
	s := open(t)
	limitPages(t, s, 4)
	failed := errors.New("failed")
	out := together(
		t, s,
		func(ctx context.Context, q *Queries) error { _ = set("a", "1")(ctx, q); return failed },
		set("huge", strings.Repeat("x", 1<<20)),
	)
	if !errors.Is(out[0], failed) {
		t.Errorf("the function that failed was answered %v", out[0])
	}
	if got := stored(t, s); got != 0 {
		t.Errorf("%d rows, want none", got)
	}
}

func TestNothingIsCommittedAfterTheTransactionEnded(t *testing.T) {
	for _, answer := range []error{nil, errors.New("refused")} {
		s := open(t)
		limitPages(t, s, 4)
		err := s.Write(t.Context(), func(ctx context.Context, q *Queries) error {
			_ = set("huge", strings.Repeat("x", 1<<20))(ctx, q) // SQLite ends the transaction
			_ = set("ghost", "1")(ctx, q)
			return answer
		})
		if err == nil {
			t.Errorf("a function that hid a full disk and returned %v was acknowledged", answer)
		}
		if got := stored(t, s); got != 0 {
			t.Errorf("%d rows of a function that failed", got)
		}
	}
}

func TestGoexitEndsTheFunctionAlone(t *testing.T) {
	s := open(t)
	out := together(
		t, s,
		func(ctx context.Context, q *Queries) error {
			_ = set("a", "1")(ctx, q)
			runtime.Goexit()
			return nil
		},
		set("b", "1"),
	)
	if !errors.Is(out[0], errGoexit) || out[1] != nil || stored(t, s) != 1 {
		t.Errorf("errors %v, %d rows", out, stored(t, s))
	}
}

func TestBackupOfAnAbsentBase(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "absent.db"), filepath.Join(dir, "copy.db")
	if err := BackupFile(t.Context(), src, dst); err == nil {
		t.Error("an absent base was backed up")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

func TestFirstOpensAtTheSameTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intendant.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(t.Context(), path, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestACommitThatFails leaves a foreign key for COMMIT to find: it fails for
// all, and only the one at fault fails alone.
func TestACommitThatFails(t *testing.T) {
	s := open(t)
	out := together(
		t, s,
		set("a", "1"),
		func(ctx context.Context, q *Queries) error {
			if _, err := q.db.ExecContext(ctx, "PRAGMA defer_foreign_keys = 1"); err != nil {
				return err
			}
			return q.AddGrant(ctx, AddGrantParams{AccountID: 1, RoleID: 1})
		},
		set("b", "1"),
	)
	if out[0] != nil || !IsForeignKey(out[1]) || out[2] != nil {
		t.Errorf("errors %v", out)
	}
	if got := stored(t, s); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
	if err := CheckFile(t.Context(), backupOf(t, s)); err != nil {
		t.Error(err)
	}
}

// TestAnInterruptedFunction gives a query a context of its own, with which
// SQLite ends an INSERT that has no end, and the transaction with it.
func TestAnInterruptedFunction(t *testing.T) {
	s := open(t)
	out := together(
		t, s,
		set("a", "1"),
		func(ctx context.Context, q *Queries) error {
			short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
			defer cancel()
			_, err := q.db.ExecContext(short, `INSERT INTO settings
				WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'n' || i, '' FROM n`)
			return err
		},
		set("b", "1"),
	)
	if out[0] != nil || out[1] == nil || out[2] != nil {
		t.Errorf("errors %v", out)
	}
	if got := stored(t, s); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}
