package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

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

	commits, functions atomic.Int64
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

func newWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, stmts: &statements{db: conn}, queue: make(chan *job, maxBatch), done: make(chan struct{})}
	w.q = New(w.stmts)
	go w.loop()
	return w
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
	for first := range w.queue {
		batch := append(make([]*job, 0, 16), first)
	drain:
		for len(batch) < maxBatch {
			select {
			case j, ok := <-w.queue:
				if !ok {
					break drain
				}
				batch = append(batch, j)
			default:
				break drain
			}
		}
		w.run(batch)
	}
}

// run takes the batch through one transaction, or each function through its
// own when SQLite ended the common one.
func (w *writer) run(batch []*job) {
	started := batch[:0]
	for _, j := range batch {
		if j.state.CompareAndSwap(jobWaiting, jobStarted) {
			started = append(started, j)
		}
	}
	if len(started) == 0 {
		return
	}
	if err := w.together(started); err != nil {
		for _, j := range started {
			j.err = w.together([]*job{j})
			if j.err == nil {
				continue
			}
			j.err = classify(j.err)
		}
	}
	for _, j := range started {
		w.functions.Add(1)
		j.done <- j.err
	}
}

// together runs the jobs in one transaction and sets the error of each. It
// returns an error when the transaction as a whole came to nothing.
func (w *writer) together(jobs []*job) error {
	ctx := context.Background()
	if _, err := w.stmts.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, j := range jobs {
		if err := w.attempt(j); err != nil {
			w.rollback()
			return err
		}
	}
	if _, err := w.stmts.ExecContext(ctx, "COMMIT"); err != nil {
		w.rollback()
		return fmt.Errorf("commit: %w", err)
	}
	w.commits.Add(1)
	return nil
}

// attempt runs one function in its savepoint and sets its error. It returns an
// error when SQLite ended the transaction under it.
func (w *writer) attempt(j *job) error {
	ctx := context.Background()
	if _, err := w.stmts.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	j.err = w.call(j)
	if j.err != nil {
		if endsTransaction(j.err) {
			return j.err
		}
		if _, err := w.stmts.ExecContext(ctx, "ROLLBACK TO job"); err != nil {
			return errors.Join(err, j.err)
		}
		j.err = classify(j.err)
	}
	_, err := w.stmts.ExecContext(ctx, "RELEASE job")
	return err
}

// call runs the function; its panic becomes a *PanicError.
func (w *writer) call(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return j.fn(context.WithoutCancel(j.ctx), w.q)
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
	return w.conn.Close()
}
