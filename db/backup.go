package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes a consistent, checked copy of the base to path, while others
// read and write.
func (s *Store) Backup(ctx context.Context, path string) error {
	return BackupFile(ctx, s.path, path)
}

// BackupFile copies the SQLite file src, live or not, to dst, which must not
// exist. The copy is made beside it under a name of its own ("dst.123.part"),
// checked, and named when it is on disk: dst is a whole copy or nothing, even
// when two make it at once. Its mode is 0600.
func BackupFile(ctx context.Context, src, dst string) (err error) {
	if _, err := os.Lstat(dst); err == nil {
		return fmt.Errorf("%s exists already", dst)
	}
	f, err := os.CreateTemp(filepath.Dir(dst), filepath.Base(dst)+".*.part") // 0600
	if err != nil {
		return err
	}
	part := f.Name()
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if err := f.Close(); err != nil {
		return err
	}
	if err := vacuumInto(ctx, src, part); err != nil {
		return err
	}
	if err := CheckFile(ctx, part); err != nil {
		return err
	}
	if err := syncPath(part); err != nil {
		return err
	}
	if err := os.Rename(part, dst); err != nil {
		return err
	}
	return syncPath(filepath.Dir(dst))
}

func vacuumInto(ctx context.Context, src, dst string) error {
	// mode=rw: a source that is absent is an error, not a new empty base; and
	// no pragma of ours, which would turn a plain copy into a WAL base.
	db, err := sql.Open("sqlite", FileURI(src)+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", dst); err != nil {
		return fmt.Errorf("copy %s: %w", filepath.Base(src), classify(err))
	}
	return nil
}

// CheckFile returns an error unless the SQLite file at path is whole: its
// pages, indexes and foreign keys. It reads the file alone, without its WAL or
// a lock: it is for copies, not for a base in use.
func CheckFile(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", FileURI(path)+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("check %s: %w", filepath.Base(path), err)
	}
	if verdict != "ok" {
		return fmt.Errorf("check %s: %s", filepath.Base(path), verdict)
	}
	rows, err := db.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return fmt.Errorf("check %s: %w", filepath.Base(path), err)
	}
	defer rows.Close()
	if rows.Next() {
		return fmt.Errorf("check %s: a row points to nothing", filepath.Base(path))
	}
	return rows.Err()
}

// syncPath waits until a file or a folder is on disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
