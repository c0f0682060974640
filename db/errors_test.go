package db

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"intendant/internal/errs"
)

func TestUniqueColumnNamesAnIndexOnAnExpression(t *testing.T) {
	s := open(t)
	err := s.Write(t.Context(), func(ctx context.Context, q *Queries) error {
		if _, err := q.db.ExecContext(ctx, "CREATE TABLE once (a TEXT, b TEXT) STRICT"); err != nil {
			return err
		}
		if _, err := q.db.ExecContext(ctx, "CREATE UNIQUE INDEX once_a_b ON once (a, ifnull(b, ''))"); err != nil {
			return err
		}
		_, err := q.db.ExecContext(ctx, "INSERT INTO once VALUES ('x', NULL), ('x', NULL)")
		return err
	})
	if name, ok := UniqueColumn(err); !ok || name != "once_a_b" {
		t.Errorf("%q, %v for %v", name, ok, err)
	}
}

func TestUniqueColumnNamesAPrimaryKey(t *testing.T) {
	s := open(t)
	err := s.Write(t.Context(), func(ctx context.Context, q *Queries) error {
		draft := func() error {
			_, err := q.db.ExecContext(ctx, "INSERT INTO settings VALUES ('a', '1')")
			return err
		}
		if err := draft(); err != nil {
			return err
		}
		return draft()
	})
	if name, ok := UniqueColumn(err); !ok || name != "settings.name" {
		t.Errorf("%q, %v for %v", name, ok, err)
	}
}

func TestOtherErrorsKeepTheirNature(t *testing.T) {
	other := errors.New("other")
	if name, ok := UniqueColumn(other); ok || name != "" {
		t.Errorf("unique %q", name)
	}
	if IsForeignKey(other) || IsForeignKey(nil) {
		t.Error("taken for a foreign key")
	}
	if err := NotFound(other, "c", "m"); err != other {
		t.Errorf("NotFound changed it into %v", err)
	}
	if err := NotFound(nil, "c", "m"); err != nil {
		t.Errorf("NotFound made %v of no error", err)
	}
	err := NotFound(sql.ErrNoRows, "site_unknown", "unknown site")
	if !errs.Is(err, errs.NotFound) || errs.As(err).Code != "site_unknown" {
		t.Errorf("no rows became %v", err)
	}
}

func TestABusyBaseIsUnavailable(t *testing.T) {
	s := open(t)
	neighbour := openAt(t, s.Path())
	err := neighbour.Write(t.Context(), func(ctx context.Context, _ *Queries) error {
		// The store's own patience is seconds; the test's is none.
		if _, err := s.w.conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
			return err
		}
		err := s.Write(ctx, set("a", "1"))
		if e := errs.As(err); e == nil || e.Kind != errs.Unavailable || e.Code != "busy" || e.RetryAfter == 0 {
			t.Errorf("beside a neighbour that writes: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), set("a", "1")); err != nil {
		t.Errorf("once the neighbour is done: %v", err)
	}
}
