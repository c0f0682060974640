package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"intendant/internal/errs"
)

// errEnded answers a function that hid the error with which SQLite ended its
// transaction.
var errEnded = errs.New(errs.Unavailable, "storage", "The storage does not answer")

// errGoexit answers a function that called runtime.Goexit.
var errGoexit = errors.New("the function given to Write called runtime.Goexit")

// maxBatch bounds the functions of one transaction.
const maxBatch = 256

// writer runs the functions given to [Store.Write], one goroutine for all.
type writer struct {
	conn  *sql.Conn
	stmts *statements
	q     *Queries
	queue chan *job

	mu      sync.RWMutex // guards closing against a send on queue
	closing bool
	done    chan struct{}

	// work and outcome lead to the hand and back; see call.
	work    chan *job
	outcome chan error

	ended, committing  atomic.Bool // see guard
	commits, functions atomic.Int64
	commitTime         atomic.Int64 // nanoseconds spent in COMMIT
}

// job is a function that waits for its turn.
type job struct {
	ctx   context.Context
	fn    func(context.Context, *Queries) error
	state atomic.Int32
	err   error
	done  chan error
}

const (
	jobWaiting int32 = iota
	jobStarted
	jobWithdrawn
)

func newWriter(conn *sql.Conn) (*writer, error) {
	w := &writer{
		conn: conn, stmts: &statements{db: conn}, queue: make(chan *job, maxBatch), done: make(chan struct{}),
		work: make(chan *job), outcome: make(chan error),
	}
	w.q = New(w.stmts)
	if err := w.guard(); err != nil {
		return nil, err
	}
	go w.hand()
	go w.loop()
	return w, nil
}

// write queues fn and waits for its transaction. See [Store.Write].
func (w *writer) write(ctx context.Context, fn func(context.Context, *Queries) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, fn: fn, done: make(chan error, 1)}
	if err := w.enqueue(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaiting, jobWithdrawn) {
			return ctx.Err()
		}
		return <-j.done
	}
}

func (w *writer) enqueue(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closing {
		return errClosed
	}
	select {
	case w.queue <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

func (w *writer) loop() {
	defer close(w.done)
	defer close(w.work)
	for first := range w.queue {
		if first.start() {
			w.run(first)
		}
	}
}

// start takes the job away from its caller, who may not withdraw it any more.
func (j *job) start() bool { return j.state.CompareAndSwap(jobWaiting, jobStarted) }

// next returns the next job that waits, started; nil when none does.
func (w *writer) next() *job {
	for {
		select {
		case j := <-w.queue: // nil once the queue is closed
			if j == nil || j.start() {
				return j
			}
		default:
			return nil
		}
	}
}

// run takes a job, and those that come before it is to be committed, through
// one transaction, or each through its own when SQLite ended the common one.
func (w *writer) run(first *job) {
	jobs, err := w.transact(first, w.next)
	switch {
	case err == nil:
	case errors.As(err, new(beginError)):
		// No function ran. Trying each alone would make every caller wait a
		// busy_timeout of its own, one after the other.
		for _, j := range jobs {
			j.err = classify(err)
		}
	default:
		for _, j := range jobs {
			// j.err is the function's own error; a transaction that came to
			// nothing takes its place.
			if _, err := w.transact(j, alone); err != nil {
				j.err = classify(err)
			}
		}
	}
	for _, j := range jobs {
		w.functions.Add(1)
		j.done <- j.err
	}
}

// alone lets no other job into a transaction.
func alone() *job { return nil }

// beginError says that the transaction never began.
type beginError struct{ cause error }

func (e beginError) Error() string { return fmt.Sprintf("begin: %v", e.cause) }
func (e beginError) Unwrap() error { return e.cause }

// transact runs the first job and those that next returns, until it returns
// nil, in one transaction, and sets the error of each. It returns the jobs, and
// an error when the transaction as a whole came to nothing.
func (w *writer) transact(first *job, next func() *job) (jobs []*job, err error) {
	ctx := context.Background()
	w.ended.Store(false)
	if _, err := w.stmts.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		for j := first; j != nil; j = next() {
			jobs = append(jobs, j)
		}
		return jobs, beginError{err}
	}
	for j := first; j != nil; j = next() {
		jobs = append(jobs, j)
		if err := w.attempt(j); err != nil {
			w.rollback()
			return jobs, err
		}
		if len(jobs) == maxBatch {
			break
		}
	}
	start := time.Now()
	w.committing.Store(true)
	_, err = w.stmts.ExecContext(ctx, "COMMIT")
	w.committing.Store(false)
	if err != nil {
		w.rollback()
		return jobs, fmt.Errorf("commit: %w", err)
	}
	w.commits.Add(1)
	w.commitTime.Add(int64(time.Since(start)))
	return jobs, nil
}

// attempt runs one function in its savepoint and sets its error. It returns an
// error when SQLite ended the transaction under it.
func (w *writer) attempt(j *job) error {
	ctx := context.Background()
	if _, err := w.stmts.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	j.err = w.call(j)
	if w.ended.Load() {
		// The hook knows, whatever the function made of the error it saw.
		if j.err == nil {
			return errEnded
		}
		return j.err
	}
	if j.err != nil {
		if _, err := w.stmts.ExecContext(ctx, "ROLLBACK TO job"); err != nil {
			return errors.Join(err, j.err)
		}
		j.err = classify(j.err)
	}
	_, err := w.stmts.ExecContext(ctx, "RELEASE job")
	return err
}

// call runs the function on the hand, so that neither its panic nor its
// runtime.Goexit (a test's Fatal) takes the writer along.
func (w *writer) call(j *job) error {
	w.work <- j
	return <-w.outcome
}

// hand runs what call gives it. Goexit ends the goroutine whatever is
// deferred: another one takes its place.
func (w *writer) hand() {
	stopped := false
	defer func() {
		if !stopped {
			w.outcome <- errGoexit
			go w.hand()
		}
	}()
	for j := range w.work {
		w.outcome <- w.protect(j)
	}
	stopped = true
}

// protect runs the function; its panic becomes a *PanicError.
func (w *writer) protect(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return j.fn(context.WithoutCancel(j.ctx), w.q)
}

// guard watches the connection's transactions. The rollback hook tells that
// SQLite ended one. The commit hook refuses every commit but the writer's:
// without it, what a function still writes after SQLite ended its transaction
// would be committed statement by statement.
func (w *writer) guard() error {
	return w.conn.Raw(func(driverConn any) error {
		c, ok := driverConn.(interface {
			RegisterCommitHook(sqlite.CommitHookFn)
			RegisterRollbackHook(sqlite.RollbackHookFn)
		})
		if !ok {
			return fmt.Errorf("driver %T has no transaction hooks", driverConn)
		}
		c.RegisterRollbackHook(func() { w.ended.Store(true) })
		c.RegisterCommitHook(func() int32 {
			if w.committing.Load() {
				return 0
			}
			return 1
		})
		return nil
	})
}

// unguard takes the hooks away: the driver keeps them by the connection's
// address, which a later one may get.
func (w *writer) unguard() error {
	return w.conn.Raw(func(driverConn any) error {
		if c, ok := driverConn.(interface {
			RegisterCommitHook(sqlite.CommitHookFn)
			RegisterRollbackHook(sqlite.RollbackHookFn)
		}); ok {
			c.RegisterCommitHook(nil)
			c.RegisterRollbackHook(nil)
		}
		return nil
	})
}

// rollback ends a transaction that may have ended by itself already.
func (w *writer) rollback() {
	_, _ = w.stmts.ExecContext(context.Background(), "ROLLBACK")
}

// close answers all that wait and stops.
func (w *writer) close() error {
	w.mu.Lock()
	if w.closing {
		w.mu.Unlock()
		return nil
	}
	w.closing = true
	close(w.queue)
	w.mu.Unlock()
	<-w.done
	w.stmts.close()
	return errors.Join(w.unguard(), w.conn.Close())
}
