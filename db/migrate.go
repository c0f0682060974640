package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
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

// migrate applies the steps that the base lacks.
func migrate(ctx context.Context, db *sql.DB, file string, fsys fs.FS) error {
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
	case have > 0:
		if err := copyBefore(ctx, file, have); err != nil {
			return err
		}
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, fsys)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema %d to %d: %w", have, want, err)
	}
	return nil
}

// copyBefore keeps the base as it was beside it: "intendant.db.before-v3".
func copyBefore(ctx context.Context, file string, version int64) error {
	to := fmt.Sprintf("%s.before-v%d", file, version)
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("replace %s: %w", to, err)
	}
	if err := BackupFile(ctx, file, to); err != nil {
		return fmt.Errorf("copy before migrating: %w", err)
	}
	return nil
}
