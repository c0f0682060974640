package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"intendant/internal/errs"
)

// PanicError is what [Store.Write] returns when its function panicked.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

// errClosed is returned by a store that is closing down.
var errClosed = errs.New(errs.Unavailable, "closing", "The server is stopping")

// NotFound turns sql.ErrNoRows into a NotFound error with this code and
// message, and leaves any other error as it is.
func NotFound(err error, code, message string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.New(errs.NotFound, code, message)
	}
	return err
}

// UniqueColumn reports whether err breaks a unique constraint, and names its
// column as "table.column", or the index when it is on an expression.
func UniqueColumn(err error) (string, bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return "", false
	}
	if c := e.Code(); c != sqlite3.SQLITE_CONSTRAINT_UNIQUE && c != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return "", false
	}
	_, name, _ := strings.Cut(e.Error(), "failed: ")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "UNIQUE constraint failed: "), " (")
	if index, found := strings.CutPrefix(name, "index '"); found {
		name = strings.TrimSuffix(index, "'")
	}
	return name, true
}

// IsForeignKey reports whether err breaks a foreign key.
func IsForeignKey(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_TRIGGER)
}

// classify tells the caller what he can do about an error of the storage.
func classify(err error) error {
	switch primaryCode(err) {
	case sqlite3.SQLITE_FULL:
		return errs.New(errs.Unavailable, "disk_full", "No space left to store this").Because(err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		busy := errs.New(errs.Unavailable, "busy", "The database is busy")
		busy.RetryAfter = 1
		return busy.Because(err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
		return errs.New(errs.Unavailable, "storage", "The storage does not answer").Because(err)
	}
	return err
}

// primaryCode is the SQLite result code without its extension, 0 when err is
// not SQLite's or was classified already.
func primaryCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}
