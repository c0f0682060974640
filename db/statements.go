package db

import (
	"context"
	"database/sql"
	"sync"
)

// statements prepares each query once, on first use, and keeps it. It is the
// DBTX of all queries of one connection or pool.
type statements struct {
	db interface {
		DBTX
		PrepareContext(context.Context, string) (*sql.Stmt, error)
	}
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

// known returns the prepared query, nil when it was not used yet.
func (s *statements) known(query string) *sql.Stmt {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.prepared[query]
}

func (s *statements) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := s.known(query); st != nil {
		return st, nil
	}
	st, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.prepared[query]; first != nil {
		st.Close()
		return first, nil
	}
	if s.prepared == nil {
		s.prepared = map[string]*sql.Stmt{}
	}
	s.prepared[query] = st
	return st, nil
}

// ExecContext implements DBTX.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// PrepareContext implements DBTX.
func (s *statements) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return s.db.PrepareContext(ctx, query)
}

// QueryContext implements DBTX.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// QueryRowContext implements DBTX.
func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return s.db.QueryRowContext(ctx, query, args...) // carries the same error
	}
	return st.QueryRowContext(ctx, args...)
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.prepared {
		st.Close()
	}
	s.prepared = nil
}

// snapshot runs queries inside one read transaction, on its connection alone:
// to prepare a query for the pool takes another one, and snapshots that hold
// every connection would wait for it forever. A query met here for the first
// time runs unprepared; settle prepares it for the next.
type snapshot struct {
	tx *sql.Tx
	of *statements

	mu  sync.Mutex
	met []string
}

// stmt returns the prepared query, bound to the transaction, or nil.
func (s *snapshot) stmt(ctx context.Context, query string) *sql.Stmt {
	if st := s.of.known(query); st != nil {
		return s.tx.StmtContext(ctx, st)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met = append(s.met, query)
	return nil
}

// settle prepares what the transaction met, once it is over. An error is left
// to the query's next use, which will say it.
func (s *snapshot) settle(ctx context.Context) {
	for _, query := range s.met {
		_, _ = s.of.stmt(ctx, query)
	}
}

// ExecContext implements DBTX.
func (s *snapshot) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, query, args...)
}

// PrepareContext implements DBTX.
func (s *snapshot) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return s.tx.PrepareContext(ctx, query)
}

// QueryContext implements DBTX.
func (s *snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := s.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return s.tx.QueryContext(ctx, query, args...)
}

// QueryRowContext implements DBTX.
func (s *snapshot) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if st := s.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return s.tx.QueryRowContext(ctx, query, args...)
}
