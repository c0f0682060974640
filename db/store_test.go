package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/errs"
)

func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "intendant.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// set writes a row of a table without triggers: with one, SQLite keeps the
// transaction when the disk is full.
func set(name, value string) func(context.Context, *Queries) error {
	return func(ctx context.Context, q *Queries) error {
		_, err := q.RecordBackup(ctx, RecordBackupParams{At: At(time.Unix(0, 0)), File: name, Message: value})
		return err
	}
}

func stored(t testing.TB, s *Store) int {
	t.Helper()
	rows, err := s.Read().Backups(t.Context(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

// hold keeps the writer busy until release, so that what is queued meanwhile
// shares one transaction.
func hold(t *testing.T, s *Store, wg *sync.WaitGroup) (release func()) {
	t.Helper()
	block, started := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		s.Write(t.Context(), func(context.Context, *Queries) error { close(started); <-block; return nil })
	})
	<-started
	return func() { close(block) }
}

// TestABatchIsBounded: however many wait, none waits for all the others.
func TestABatchIsBounded(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	release := hold(t, s, &wg)
	for range 2 * maxBatch {
		wg.Go(func() {
			if err := s.Write(t.Context(), func(context.Context, *Queries) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	for len(s.w.queue) < maxBatch {
		time.Sleep(time.Millisecond)
	}
	before := s.Stats().Commits
	release()
	wg.Wait()
	if got := s.Stats().Commits - before; got < 3 {
		t.Errorf("%d writes took %d commits", 2*maxBatch+1, got)
	}
}

// TestWritesThatWaitShareACommit: those that come while one runs go to disk
// with it.
func TestWritesThatWaitShareACommit(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	release := hold(t, s, &wg)
	const n = 50
	for i := range n {
		wg.Go(func() {
			if err := s.Write(t.Context(), set(fmt.Sprint(i), "x")); err != nil {
				t.Error(err)
			}
		})
	}
	for len(s.w.queue) < n {
		time.Sleep(time.Millisecond)
	}
	before := s.Stats().Commits
	release()
	wg.Wait()
	if got := s.Stats().Commits - before; got != 1 {
		t.Errorf("%d writes and the one they waited for took %d commits, want 1", n, got)
	}
	if got := stored(t, s); got != n {
		t.Errorf("%d rows, want %d", got, n)
	}
}

// together runs the functions in one transaction, and returns their errors.
func together(t *testing.T, s *Store, fns ...func(context.Context, *Queries) error) []error {
	t.Helper()
	var wg sync.WaitGroup
	release := hold(t, s, &wg)
	out := make([]error, len(fns))
	for i, fn := range fns {
		queued := len(s.w.queue)
		wg.Go(func() { out[i] = s.Write(t.Context(), fn) })
		for len(s.w.queue) == queued {
			time.Sleep(time.Millisecond)
		}
	}
	release()
	wg.Wait()
	return out
}

func TestAFunctionFailsAlone(t *testing.T) {
	s := open(t)
	failed := errors.New("failed")
	out := together(
		t, s,
		set("a", "1"),
		func(ctx context.Context, q *Queries) error { _ = set("b", "1")(ctx, q); return failed },
		func(ctx context.Context, q *Queries) error { _ = set("c", "1")(ctx, q); panic("boum") },
		set("d", "1"),
	)
	var p *PanicError
	if out[0] != nil || !errors.Is(out[1], failed) || !errors.As(out[2], &p) || out[3] != nil {
		t.Fatalf("errors %v", out)
	}
	if p.Value != "boum" || !strings.Contains(string(p.Stack), "store_test") {
		t.Errorf("panic %v without its stack", p.Value)
	}
	if got := stored(t, s); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

func TestCancelBeforeStartWithdraws(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	release := hold(t, s, &wg)
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan error)
	go func() { out <- s.Write(ctx, set("a", "1")) }()
	for len(s.w.queue) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-out; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	wg.Wait()
	if err := s.Write(t.Context(), set("b", "1")); err != nil {
		t.Fatal(err)
	}
	if got := stored(t, s); got != 1 {
		t.Errorf("%d rows, want only the one not withdrawn", got)
	}
}

func TestCancelInMidWriteIsIgnored(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Write(ctx, func(ctx context.Context, q *Queries) error {
		if err := set("a", "1")(ctx, q); err != nil {
			return err
		}
		cancel()
		return set("b", "1")(ctx, q)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := stored(t, s); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

func TestFullDisk(t *testing.T) {
	s := open(t)
	limit := func(pages string) {
		t.Helper()
		err := s.Write(t.Context(), func(ctx context.Context, q *Queries) error {
			var n int
			return q.db.QueryRowContext(ctx, "PRAGMA max_page_count="+pages).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var pages int
	if err := s.readDB.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit(strconv.Itoa(pages + 4))
	out := together(t, s, set("a", "1"), set("huge", strings.Repeat("x", 1<<20)), set("b", "1"))
	if out[0] != nil || out[2] != nil {
		t.Errorf("neighbours of the full one: %v", out)
	}
	if !errs.Is(out[1], errs.Unavailable) || errs.As(out[1]).Code != "disk_full" {
		t.Errorf("the full one: %v", out[1])
	}
	if got := stored(t, s); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
	if err := CheckFile(t.Context(), backupOf(t, s)); err != nil {
		t.Error(err)
	}
	limit("1000000")
	if err := s.Write(t.Context(), set("huge", strings.Repeat("x", 1<<20))); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func backupOf(t testing.TB, s *Store) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestACommitThatFailsIsTriedAlone(t *testing.T) {
	s := open(t)
	runs := 0
	out := together(
		t, s,
		set("a", "1"),
		func(ctx context.Context, q *Queries) error {
			if runs++; runs == 1 { // ends the transaction under the others
				_, err := q.db.ExecContext(ctx, "ROLLBACK")
				return err
			}
			return set("b", "1")(ctx, q)
		},
	)
	if out[0] != nil || out[1] != nil || stored(t, s) != 2 || runs != 2 {
		t.Errorf("errors %v, %d rows, %d runs", out, stored(t, s), runs)
	}
}

func TestTwoStoresOnOneFile(t *testing.T) {
	a := open(t)
	b := openAt(t, a.Path())
	var wg sync.WaitGroup
	for i, s := range []*Store{a, b, a, b} {
		wg.Go(func() {
			for k := range 25 {
				if err := s.Write(t.Context(), set(fmt.Sprint(i, " ", k), "x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := stored(t, a); got != 100 {
		t.Errorf("%d rows, want 100", got)
	}
}

func TestBackupUnderWriteLoad(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := 0; ctx.Err() == nil; k++ {
				s.Write(ctx, set(fmt.Sprint(i, " ", k), strings.Repeat("x", 500)))
			}
		})
	}
	to := backupOf(t, s)
	cancel()
	wg.Wait()
	info, err := os.Stat(to)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	if err := s.Backup(t.Context(), to); err == nil {
		t.Error("a second backup replaced the first")
	}
	openAt(t, to)
}

func TestGuards(t *testing.T) {
	s := open(t)
	if _, err := s.readDB.Exec("INSERT INTO settings VALUES ('a', 'b')"); err == nil {
		t.Error("a reader wrote")
	}
	err := s.Write(t.Context(), func(ctx context.Context, q *Queries) error {
		return q.AddGrant(ctx, AddGrantParams{AccountID: 1, RoleID: 1})
	})
	if !IsForeignKey(err) {
		t.Errorf("a grant to nobody: %v", err)
	}
	add := func(ctx context.Context, q *Queries) error {
		_, err := q.AddRole(ctx, AddRoleParams{UUID: fmt.Sprint(time.Now().UnixNano()), Name: "x", CreatedAt: At(time.Now())})
		return err
	}
	if err := s.Write(t.Context(), add); err != nil {
		t.Fatal(err)
	}
	if column, ok := UniqueColumn(s.Write(t.Context(), add)); !ok || column != "roles.name" {
		t.Errorf("unique %q, %v", column, ok)
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "absent.db"), Options{MustExist: true}); err == nil {
		t.Error("opened an absent base")
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// BenchmarkWrite16 writes another value each time: SQLite leaves the page clean
// when the bytes stay the same, and a commit without a dirty page has no fsync.
func BenchmarkWrite16(b *testing.B) {
	s := open(b)
	var n atomic.Int64
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := s.Write(b.Context(), set("a", strconv.FormatInt(n.Add(1), 10))); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := open(b)
	for b.Loop() {
		if _, err := s.Read().Revision(b.Context(), "identity"); err != nil {
			b.Fatal(err)
		}
	}
}
