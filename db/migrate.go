package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations is the folder of the schema's steps.
var migrations = func() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err)
	}
	return sub
}()

// LatestSchema returns the number of the last migration this program knows.
func LatestSchema() int64 { return latest(migrations) }

func latest(fsys fs.FS) int64 {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		panic(err) // the pattern is constant
	}
	var last int64
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > last {
			last = n
		}
	}
	return last
}

// schemaVersion returns 0 for a base that no migration has touched.
func schemaVersion(ctx context.Context, db *sql.DB) (int64, error) {
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'").Scan(&tables); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	if tables == 0 {
		return 0, nil
	}
	var version int64
	if err := db.QueryRowContext(ctx, "SELECT ifnull(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1").Scan(&version); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

// hasTables tells a base with data from a new one, whatever made its tables.
func hasTables(ctx context.Context, db *sql.DB) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema
		WHERE type = 'table' AND name <> 'goose_db_version' AND substr(name, 1, 7) <> 'sqlite_'`).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("read the schema: %w", err)
	}
	return n > 0, nil
}

// migrate applies the steps that the base lacks.
func migrate(ctx context.Context, db *sql.DB, file string, fsys fs.FS, log *slog.Logger) error {
	have, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	want := latest(fsys)
	switch {
	case have == want:
		return nil
	case have > want:
		return fmt.Errorf("the base has schema %d, this program knows only %d: use the newer program", have, want)
	}
	release, err := lockMigration(ctx, file)
	if err != nil {
		return err
	}
	defer release()
	// A command and the server may have started together: the other one may
	// have done the work while this one waited.
	if have, err = schemaVersion(ctx, db); err != nil || have == want {
		return err
	}
	full, err := hasTables(ctx, db)
	if err != nil {
		return err
	}
	if full {
		to, err := copyBefore(ctx, file, have)
		if err != nil {
			return err
		}
		log.InfoContext(ctx, "base copied before migrating", "copy", to, "schema", have)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, fsys)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema %d to %d: %w", have, want, err)
	}
	log.InfoContext(ctx, "base migrated", "from", have, "to", want)
	return nil
}

// lockMigration lets one process at a time migrate the base. goose lists the
// pending steps outside the transactions that apply them, so SQLite's own
// locks on the base do not. The lock is one of SQLite, on an empty file beside
// the base, and falls with the process. The file stays: SQLite fails in whoever
// waits for a file that is removed.
func lockMigration(ctx context.Context, file string) (release func(), err error) {
	name := file + ".migrating"
	if err := prepareFile(name, false); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", FileURI(name)+"?_pragma=busy_timeout(60000)")
	if err != nil {
		return nil, fmt.Errorf("lock the migration: %w", err)
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("lock the migration: %w", classify(err))
	}
	return func() {
		conn.Close()
		db.Close()
	}, nil
}

// copyBefore keeps the base as it was beside it: "intendant.db.before-v3".
func copyBefore(ctx context.Context, file string, version int64) (to string, err error) {
	to = fmt.Sprintf("%s.before-v%d", file, version)
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("replace %s: %w", to, err)
	}
	if err := BackupFile(ctx, file, to); err != nil {
		return "", fmt.Errorf("copy before migrating: %w", err)
	}
	return to, nil
}
