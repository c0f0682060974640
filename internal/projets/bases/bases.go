// Package bases keeps the project databases: real SQLite files, one for each,
// in a folder of their own.
//
//	databases/north.db                   a database
//	databases/.north.part                one being made
//	databases/trash/north-20260302T101500.db   one deleted, kept
//
// It knows nothing of the appliance's own base: the caller says which names
// are in use, and repairs what a crash left between the two with
// [Folder.RemoveUnknown].
package bases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/errs"
)

// Template is the name of the database that is built in.
const Template = "dev-template"

const (
	suffix = ".db"
	// partSuffix ends the name of a file being made.
	partSuffix = ".part"
	trash      = "trash"
)

// schema is what every project database holds.
const schema = `
CREATE TABLE projects (
  id   INTEGER PRIMARY KEY,
  no   TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE rooms (
  id         INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  number     TEXT NOT NULL,
  name       TEXT NOT NULL,
  area       REAL,
  UNIQUE (project_id, number)
) STRICT;
CREATE TABLE items (
  id     INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  name   TEXT NOT NULL
) STRICT;
CREATE TABLE occurrences (
  id       INTEGER PRIMARY KEY,
  room_id  INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  item_id  INTEGER NOT NULL REFERENCES items (id),
  quantity REAL NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX occurrences_room ON occurrences (room_id);
CREATE INDEX occurrences_item ON occurrences (item_id);
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings (name, value) VALUES ('schema', '1');
`

// Folder is the folder of the project databases.
type Folder struct {
	dir string
	// Now is the clock, which names what goes to the trash.
	Now func() time.Time
}

// Open opens the folder, makes what is missing of it, and the built-in
// template.
func Open(ctx context.Context, dir string, now func() time.Time) (*Folder, error) {
	f := &Folder{dir: dir, Now: now}
	if err := os.MkdirAll(filepath.Join(dir, trash), 0o700); err != nil {
		return nil, fmt.Errorf("folder of the project databases: %w", err)
	}
	if f.Exists(Template) {
		return f, nil
	}
	release, err := f.Own(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if f.Exists(Template) { // another process made it meanwhile
		return f, nil
	}
	return f, f.makeTemplate(ctx)
}

func (f *Folder) makeTemplate(ctx context.Context) error {
	part := f.part(Template)
	if err := removeBase(part); err != nil {
		return err
	}
	base, err := open(part, "rwc")
	if err != nil {
		return err
	}
	if _, err := base.ExecContext(ctx, schema); err != nil {
		base.Close()
		return fmt.Errorf("make %s: %w", Template, err)
	}
	if err := base.Close(); err != nil {
		return err
	}
	return f.Publish(Template)
}

// The form of a name; the reserved ones are those of SQLite and of Windows,
// where a copy may be opened.
var (
	form     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
	reserved = []string{"main", "temp", "trash", "con", "prn", "aux", "nul"}
)

// CheckName returns an Invalid error about the field unless name may be that
// of a database: letters, digits, "_" and "-", at most 63.
func CheckName(field, name string) error {
	lower := strings.ToLower(name)
	if !form.MatchString(name) || slices.Contains(reserved, lower) || strings.HasPrefix(lower, "sqlite_") {
		return errs.NewInvalid(field, "invalid", "is invalid")
	}
	return nil
}

// path returns the file of a name, which CheckName has accepted: it cannot
// leave the folder.
func (f *Folder) path(name string) string { return filepath.Join(f.dir, name+suffix) }

func (f *Folder) part(name string) string { return filepath.Join(f.dir, "."+name+partSuffix) }

// Exists reports whether the database has a file. On a file system that knows
// no case, "North" exists when "north" does.
func (f *Folder) Exists(name string) bool {
	_, err := os.Lstat(f.path(name))
	return form.MatchString(name) && err == nil
}

// Size returns the bytes that a database takes, its WAL included; 0 when it
// has no file.
func (f *Folder) Size(name string) int64 {
	return sizeOf(f.path(name))
}

// DiscardedSize is [Folder.Size] of a database in the trash.
func (f *Folder) DiscardedSize(discarded string) int64 { return sizeOf(f.discardedPath(discarded)) }

func sizeOf(path string) int64 {
	var total int64
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(path + end); err == nil {
			total += info.Size()
		}
	}
	return total
}

// Project is a row of the table projects of a database.
type Project struct {
	ID       int64
	No, Name string
}

// Prepare makes the file of a new database beside its place: a consistent copy
// of the template without the template's projects and what hangs on them.
// [Folder.Publish] puts it there. An unknown template is NotFound.
func (f *Folder) Prepare(ctx context.Context, template, name string) error {
	if !f.Exists(template) {
		return errs.New(errs.NotFound, "database_unknown", "Not Found")
	}
	part := f.part(name)
	if err := removeBase(part); err != nil {
		return err
	}
	if err := f.copyQuiet(ctx, template, part); err != nil {
		return errors.Join(err, removeBase(part))
	}
	return nil
}

// copyQuiet copies a database while nobody writes to it: with an empty WAL and
// the lock of a writer held, the file alone is the whole of it. That is as
// fast as copying a file, which VACUUM INTO is not.
func (f *Folder) copyQuiet(ctx context.Context, name, to string) error {
	base, err := open(f.path(name), "rw")
	if err != nil {
		return err
	}
	defer base.Close()
	conn, err := base.Conn(ctx)
	if err != nil {
		return fmt.Errorf("copy %s: %w", name, err)
	}
	defer conn.Close()
	for range quietTries {
		var busy, frames, moved int64
		if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
		if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
		wal, err := os.Stat(f.path(name) + "-wal")
		if err == nil && wal.Size() > 0 { // somebody wrote in between
			if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
				return fmt.Errorf("copy %s: %w", name, err)
			}
			continue
		}
		err = copyFile(f.path(name), to)
		_, e := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, e)
	}
	// Writers never leave it alone: the slower copy waits for nobody.
	return db.BackupFile(ctx, f.path(name), to)
}

// quietTries is how often copyQuiet looks for a moment without writers.
const quietTries = 5

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, src); err != nil {
		dst.Close()
		return err
	}
	if err := dst.Sync(); err != nil {
		dst.Close()
		return err
	}
	return dst.Close()
}

// Publish puts a prepared file in its place and waits until that is on disk.
func (f *Folder) Publish(name string) error {
	if err := errors.Join(os.Chmod(f.part(name), 0o600), f.hand(f.part(name))); err != nil {
		return fmt.Errorf("publish %s: %w", name, err)
	}
	if err := os.Rename(f.part(name), f.path(name)); err != nil {
		return fmt.Errorf("publish %s: %w", name, err)
	}
	return f.sync("")
}

// Adopt makes a project the only one of a prepared file. The rooms of the
// template's first project become its own; other projects of the template go,
// with their rooms.
func (f *Folder) Adopt(ctx context.Context, name string, p Project) error {
	return within(ctx, f.part(name), func(tx *sql.Tx) error {
		for _, step := range []struct {
			query string
			args  []any
		}{
			{"UPDATE projects SET no = 'template ' || id", nil},
			{"INSERT INTO projects (id, no, name) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET no = excluded.no, name = excluded.name", []any{p.ID, p.No, p.Name}},
			{"UPDATE rooms SET project_id = ?1 WHERE project_id = (SELECT min(id) FROM projects WHERE id <> ?1) AND NOT EXISTS (SELECT 1 FROM rooms WHERE project_id = ?1)", []any{p.ID}},
			{"DELETE FROM projects WHERE id <> ?", []any{p.ID}},
		} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutProject writes a project into a database, or its new name. Those that the
// appliance deleted stay, with their rooms.
func (f *Folder) PutProject(ctx context.Context, name string, p Project) error {
	return within(ctx, f.path(name), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO projects (id, no, name) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET no = excluded.no, name = excluded.name`, p.ID, p.No, p.Name)
		return err
	})
}

// LastNo returns the highest number of a project that a database ever had, 0
// for none.
func (f *Folder) LastNo(ctx context.Context, name string) (last int64, err error) {
	err = within(ctx, f.path(name), func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT ifnull(max(CAST(no AS INTEGER)), 0) FROM projects").Scan(&last)
	})
	return last, err
}

// within runs fn in a transaction of the database at path.
func within(ctx context.Context, path string, fn func(*sql.Tx) error) (err error) {
	base, err := open(path, "rw")
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, base.Close())
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}()
	tx, err := base.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Discard removes a prepared file; there may be none.
func (f *Folder) Discard(name string) error { return removeBase(f.part(name)) }

// Backup returns a consistent, checked copy of a database as an open file
// without a name: it is gone when it is closed.
func (f *Folder) Backup(ctx context.Context, name string) (*os.File, error) {
	if !f.Exists(name) {
		return nil, errs.New(errs.NotFound, "database_unknown", "Not Found")
	}
	dir, err := os.MkdirTemp(f.dir, ".backup-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, name+suffix)
	if err := db.BackupFile(ctx, f.path(name), copied); err != nil {
		return nil, err
	}
	return os.Open(copied)
}

// Discarded names a deleted database in the trash: "north-20260302T101500".
func (f *Folder) Discarded(name string) string {
	return name + "-" + f.Now().UTC().Format("20060102T150405.000")
}

// discardedPath returns the file of a name that Discarded gave.
func (f *Folder) discardedPath(discarded string) string {
	return filepath.Join(f.dir, trash, discarded+suffix)
}

// Trash moves the file of a database to the trash under the name that
// Discarded gave. It may be called again after a crash.
func (f *Folder) Trash(ctx context.Context, name, discarded string) error {
	if !f.Exists(name) {
		return nil // an earlier call did it
	}
	if err := settle(ctx, f.path(name)); err != nil {
		return err
	}
	if err := os.Rename(f.path(name), f.discardedPath(discarded)); err != nil {
		return err
	}
	return errors.Join(f.sync(trash), f.sync(""))
}

// Restore moves a database back from the trash. It may be called again after a
// crash; one that is nowhere is NotFound.
func (f *Folder) Restore(discarded, name string) error {
	if f.Exists(name) {
		return nil
	}
	err := os.Rename(f.discardedPath(discarded), f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return errs.New(errs.NotFound, "database_unknown", "Not Found")
	}
	if err != nil {
		return err
	}
	return errors.Join(f.sync(""), f.sync(trash))
}

// Empty removes a database from the trash for good.
func (f *Folder) Empty(discarded string) error {
	return removeBase(f.discardedPath(discarded))
}

// Names returns the databases that have a file, in order.
func (f *Folder) Names() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok && form.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// RemoveUnknown deletes what a crash left: files being made, and databases
// that known does not hold. The latter go to the trash, never for good: they
// may be somebody's.
func (f *Folder) RemoveUnknown(ctx context.Context, known func(name string) bool) error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, ".backup-"):
			err = errors.Join(err, os.RemoveAll(filepath.Join(f.dir, name)))
		case strings.HasPrefix(name, ".") && strings.HasSuffix(name, partSuffix):
			err = errors.Join(err, removeBase(filepath.Join(f.dir, name)))
		}
	}
	names, e := f.Names()
	err = errors.Join(err, e)
	for _, name := range names {
		if !known(name) {
			err = errors.Join(err, f.Trash(ctx, name, f.Discarded(name)))
		}
	}
	return err
}

// settle moves what is in the WAL into the file, so that the file alone is the
// whole database.
func settle(ctx context.Context, path string) error {
	base, err := open(path, "rw")
	if err != nil {
		return err
	}
	var mode string
	err = base.QueryRowContext(ctx, "PRAGMA journal_mode(DELETE)").Scan(&mode)
	if err == nil && mode != "delete" {
		err = fmt.Errorf("%s is in use", filepath.Base(path))
	}
	return errors.Join(err, base.Close())
}

// open opens a file with what every connection to a project database needs.
func open(path, mode string) (*sql.DB, error) {
	return sql.Open("sqlite", db.FileURI(path)+"?mode="+mode+"&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
}

func removeBase(path string) error {
	var err error
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if e := os.Remove(path + end); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// sync waits until a folder is on disk.
func (f *Folder) sync(sub string) error {
	dir, err := os.Open(filepath.Join(f.dir, sub))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
