package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // registers the driver
)

// Options say how to open a base. The zero value is fit for a server.
type Options struct {
	// MustExist refuses to create a base.
	MustExist bool
	// Readers is the number of reading connections; 0 means 4.
	Readers int
	// Logger hears of migrations and of the copies made before them; nil is
	// silence.
	Logger *slog.Logger
}

func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}

// Store is an open base.
type Store struct {
	path      string
	writeDB   *sql.DB
	readDB    *sql.DB
	readStmts *statements
	read      *Queries
	version   *versionReader
	w         *writer
}

// pragmas of every connection; busy_timeout first, so that the others wait for
// a neighbour.
//
// Checkpoints stay SQLite's own: passive, after the commit that leaves 4000
// pages (16 MB) in the WAL, and a last one when nobody has the base open any
// more. Litestream, when it follows the base, makes its own at 1000 pages and
// keeps a read transaction open, which holds ours back; 4000 keeps ours away
// from the moments when it lets go of it. A WAL restarted behind its back costs
// it a new snapshot, not a wrong copy. We never ask for RESTART or TRUNCATE.
var pragmas = []string{"busy_timeout(10000)", "foreign_keys(1)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "wal_autocheckpoint(4000)"}

func dsn(path string, more ...string) string {
	values := url.Values{"_pragma": append(append([]string{}, pragmas...), more...)}
	return FileURI(path) + "?" + values.Encode()
}

// FileURI names a file for SQLite, whatever characters its path has.
func FileURI(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath()
}

// Open opens the base at path, creates it when it is absent, and brings its
// schema up to date; a base with data is copied beside itself first. A base
// made by a later version is refused.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if err := prepareFile(path, opts.MustExist); err != nil {
		return nil, err
	}
	writeDB, err := sql.Open("sqlite", dsn(path, "cache_size(-8000)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	writeDB.SetMaxOpenConns(1)
	if err := firstContact(ctx, writeDB, path); err != nil {
		writeDB.Close()
		return nil, err
	}
	if err := migrate(ctx, writeDB, path, migrations, opts.logger()); err != nil {
		writeDB.Close()
		return nil, err
	}
	conn, err := writeDB.Conn(ctx)
	if err != nil {
		writeDB.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	readDB, err := sql.Open("sqlite", dsn(path, "cache_size(-4000)", "query_only(1)"))
	if err != nil {
		conn.Close()
		writeDB.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	readers := opts.Readers
	if readers == 0 {
		readers = 4
	}
	readDB.SetMaxOpenConns(readers + 1) // one reads the version alone
	readDB.SetMaxIdleConns(readers + 1)
	version, err := newVersionReader(ctx, readDB)
	if err != nil {
		readDB.Close()
		conn.Close()
		writeDB.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	w, err := newWriter(conn)
	if err != nil {
		version.close()
		readDB.Close()
		conn.Close()
		writeDB.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{path: path, writeDB: writeDB, readDB: readDB, readStmts: &statements{db: readDB}, version: version, w: w}
	s.read = New(s.readStmts)
	return s, nil
}

// firstContact opens the first connection. On an empty file that turns it into
// a WAL base, which no busy_timeout protects from another process doing the
// same: only there it is done under the lock of the migration.
func firstContact(ctx context.Context, db *sql.DB, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open the base: %w", err)
	}
	if info.Size() == 0 {
		release, err := lockMigration(ctx, path)
		if err != nil {
			return err
		}
		defer release()
	}
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s: %w", path, classify(err))
	}
	return nil
}

// prepareFile makes sure that the base is a file only its owner reads, also
// when it was copied here with a wider mode. SQLite gives the WAL the same.
func prepareFile(path string, mustExist bool) error {
	flags := os.O_RDWR | os.O_CREATE
	if mustExist {
		flags = os.O_RDWR
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return fmt.Errorf("open the base: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open the base: %w", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if err := f.Chmod(0o600); err != nil {
		return fmt.Errorf("close the base to others: %w", err)
	}
	return nil
}

// Read returns queries on the reading connections. Each sees the last commit.
func (s *Store) Read() *Queries { return s.read }

// ReadTx runs fn with queries that all see the same moment of the base, that of
// the first one. fn holds one reading connection: in it, use q alone.
func (s *Store) ReadTx(ctx context.Context, fn func(ctx context.Context, q *Queries) error) error {
	tx, err := s.readDB.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	snap := &snapshot{tx: tx, of: s.readStmts}
	defer func() {
		_ = tx.Rollback()
		snap.settle(ctx)
	}()
	return fn(ctx, New(snap))
}

// Write runs fn in a transaction and returns when it is on disk.
//
// Functions that wait, or that come while others run, share the transaction,
// each in its own savepoint: an error of fn, or a panic (returned as a
// *[PanicError]), undoes fn alone. ctx may withdraw fn until it starts; from
// then on its queries ignore cancellation. When SQLite itself ends the
// transaction, every function of it is run again alone: fn may run twice, and
// touches nothing but q. A full disk, a busy base or a failing device is an
// Unavailable error.
func (s *Store) Write(ctx context.Context, fn func(ctx context.Context, q *Queries) error) error {
	return s.w.write(ctx, fn)
}

// Version returns a number that moves whenever anybody commits a change, in
// this process or in another: what was read after it was taken is as the base
// still is while it stays the same.
func (s *Store) Version(ctx context.Context) (int64, error) { return s.version.read(ctx) }

// Stats counts what the writer did since the base was opened.
type Stats struct {
	Commits    int64         // transactions, hence fsyncs
	Committing time.Duration // spent in them putting the pages on disk
	Functions  int64         // functions answered
	Waiting    int           // functions that wait for their turn, now
}

// Stats returns the writer's counters.
func (s *Store) Stats() Stats {
	return Stats{
		Commits: s.w.commits.Load(), Committing: time.Duration(s.w.commitTime.Load()),
		Functions: s.w.functions.Load(), Waiting: len(s.w.queue),
	}
}

// Path returns the path of the base.
func (s *Store) Path() string { return s.path }

// Ping reads the version of the schema: the base answers and is ours.
func (s *Store) Ping(ctx context.Context) error {
	v, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if v != LatestSchema() {
		return fmt.Errorf("schema %d instead of %d", v, LatestSchema())
	}
	return nil
}

// SchemaVersion returns the number of the last migration applied.
func (s *Store) SchemaVersion(ctx context.Context) (int64, error) {
	return schemaVersion(ctx, s.readDB)
}

// Close answers the writes that wait, then closes the base.
func (s *Store) Close() error {
	err := s.w.close()
	s.version.close()
	s.readStmts.close()
	if e := s.readDB.Close(); err == nil {
		err = e
	}
	if e := s.writeDB.Close(); err == nil {
		err = e
	}
	return err
}

// JSONList returns ids as the JSON list that queries with json_each take.
func JSONList(ids ...int64) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}
