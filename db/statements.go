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

func (s *statements) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	st := s.prepared[query]
	s.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	st, err := s.db.PrepareContext(context.WithoutCancel(ctx), query)
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

// snapshot runs prepared statements inside one read transaction.
type snapshot struct {
	tx *sql.Tx
	of *statements
}

// ExecContext implements DBTX.
func (s snapshot) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, query, args...)
}

// PrepareContext implements DBTX.
func (s snapshot) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return s.tx.PrepareContext(ctx, query)
}

// QueryContext implements DBTX.
func (s snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := s.of.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.tx.StmtContext(ctx, st).QueryContext(ctx, args...)
}

// QueryRowContext implements DBTX.
func (s snapshot) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := s.of.stmt(ctx, query)
	if err != nil {
		return s.tx.QueryRowContext(ctx, query, args...)
	}
	return s.tx.StmtContext(ctx, st).QueryRowContext(ctx, args...)
}
