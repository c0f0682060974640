package db

import (
	"context"
	"database/sql"
	"sync"
)

// versionReader asks SQLite whether others changed the base. The number is only
// good on one connection, which is kept for it and never writes.
type versionReader struct {
	mu   sync.Mutex // the statement serves one at a time
	conn *sql.Conn
	stmt *sql.Stmt
}

func newVersionReader(ctx context.Context, readDB *sql.DB) (*versionReader, error) {
	conn, err := readDB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	stmt, err := conn.PrepareContext(ctx, "PRAGMA data_version")
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &versionReader{conn: conn, stmt: stmt}, nil
}

// read does not heed the end of ctx: it is over sooner than that is noticed.
func (v *versionReader) read(ctx context.Context) (version int64, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	err = v.stmt.QueryRowContext(context.WithoutCancel(ctx)).Scan(&version)
	return version, classify(err)
}

func (v *versionReader) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stmt.Close()
	v.conn.Close()
}
