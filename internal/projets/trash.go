package projets

import (
	"context"
	"time"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/projets/bases"
)

// A database goes to the trash and comes back in three steps: its row is
// "moving", which keeps the name; the file moves; the row says where it is.
// trashed_at changes in the last one only: with it, a start after a crash
// knows which way the file was going.

// Discarded is a database in the trash.
type Discarded struct {
	ID        string // names it in the trash
	Name      string // which it had
	CreatedAt time.Time
	TrashedAt time.Time
	Bytes     int64 // 0 when the file is not there
}

// errMoved answers one of two who move a database at the same time.
var errMoved = errs.New(errs.Conflict, "database_moved", "The database has just been moved")

// move takes a row from its state to another, and returns Conflict when it is
// no longer in the former.
func move(ctx context.Context, q *db.Queries, row db.ProjectDatabase, to string, discarded *string, trashedAt *db.Time) error {
	n, err := q.MoveDatabase(ctx, db.MoveDatabaseParams{ID: row.ID, FromState: row.State, ToState: to, Discarded: discarded, TrashedAt: trashedAt})
	if err == nil && n == 0 {
		return errMoved
	}
	return err
}

// DeleteDatabase moves a database to the trash, or NotFound. One with projects
// is Invalid, the built-in template Forbidden, and one that a program holds
// open Unavailable.
func (s *Service) DeleteDatabase(ctx context.Context, name string) error {
	release, err := s.Bases.Share(ctx)
	if err != nil {
		return err
	}
	defer release()
	var row db.ProjectDatabase
	discarded := s.Bases.Discarded(name)
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		if row, err = ready(ctx, q, name); err != nil {
			return err
		}
		if name == bases.Template {
			return errs.New(errs.Forbidden, "database_built_in", "The template cannot be deleted")
		}
		projects, err := q.CountProjectsOfDatabase(ctx, row.ID)
		if err != nil {
			return err
		}
		if projects > 0 {
			return inUse("projects")
		}
		return move(ctx, q, row, "moving", &discarded, nil)
	})
	if err != nil {
		return err
	}
	s.at("leaving")
	ctx = context.WithoutCancel(ctx)
	row.State, row.Discarded = "moving", &discarded
	if err := s.Bases.Trash(ctx, name, discarded); err != nil {
		s.settleOrLog(ctx, row)
		return errs.New(errs.Unavailable, "database_busy", "The database is in use").Because(err)
	}
	s.at("left")
	err = s.settle(ctx, row)
	s.at("deleted")
	return err
}

// Trash returns what is in the trash, the latest first.
func (s *Service) Trash(ctx context.Context) ([]Discarded, error) {
	rows, err := s.Store.Read().TrashedDatabases(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Discarded, 0, len(rows))
	for _, row := range rows {
		if row.Discarded != nil && row.TrashedAt != nil {
			list = append(list, Discarded{*row.Discarded, row.Name, row.CreatedAt.Time, row.TrashedAt.Time, s.Bases.DiscardedSize(*row.Discarded)})
		}
	}
	return list, nil
}

func discardedUnknown(err error) error {
	return db.NotFound(err, "discarded_unknown", "Not Found")
}

// RestoreDatabase takes a database out of the trash; discarded is its ID
// there. An unknown one is NotFound, and a name that another has taken since a
// Conflict.
func (s *Service) RestoreDatabase(ctx context.Context, discarded string) (DatabaseView, error) {
	release, err := s.Bases.Share(ctx)
	if err != nil {
		return DatabaseView{}, err
	}
	defer release()
	var row db.ProjectDatabase
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		if row, err = q.TrashedDatabase(ctx, discarded); err != nil {
			return discardedUnknown(err)
		}
		used, err := q.CountDatabaseName(ctx, row.NameKey)
		if err != nil {
			return err
		}
		if used > 0 || s.Bases.Exists(row.Name) {
			return errs.New(errs.Conflict, "database_name_taken", "has already been taken")
		}
		return move(ctx, q, row, "moving", row.Discarded, row.TrashedAt)
	})
	if err != nil {
		return DatabaseView{}, err
	}
	s.at("returning")
	ctx = context.WithoutCancel(ctx)
	row.State = "moving"
	if err := s.Bases.Restore(discarded, row.Name); err != nil {
		s.settleOrLog(ctx, row)
		return DatabaseView{}, err
	}
	s.at("returned")
	if err := s.settle(ctx, row); err != nil {
		return DatabaseView{}, err
	}
	s.at("restored")
	return s.Database(ctx, row.Name)
}

// settle writes where the file of a moving database is: the file decides. A
// deletion or a return that came to its end has its line in the journal.
func (s *Service) settle(ctx context.Context, row db.ProjectDatabase) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		wasTrashed := row.TrashedAt != nil
		if s.Bases.Exists(row.Name) {
			if err := move(ctx, q, row, "ready", nil, nil); err != nil || !wasTrashed {
				return err
			}
			return s.recordDatabase(ctx, q, "database.restore", row.Name, nil, map[string]any{"discarded": row.Discarded})
		}
		trashedAt := row.TrashedAt
		if !wasTrashed {
			now := s.now()
			trashedAt = &now
		}
		if err := move(ctx, q, row, "trashed", row.Discarded, trashedAt); err != nil || wasTrashed {
			return err
		}
		return s.recordDatabase(ctx, q, "database.delete", row.Name, map[string]any{"owner_id": row.OwnerID}, map[string]any{"discarded": row.Discarded})
	})
}

// settleOrLog is settle for who has a better error to return: what it fails to
// write, the next start does.
func (s *Service) settleOrLog(ctx context.Context, row db.ProjectDatabase) {
	if err := s.settle(ctx, row); err != nil {
		s.Logger.Error("a database is neither here nor in the trash until the next start", "database", row.Name, "error", err)
	}
}

// EmptyDatabase removes a database from the trash for good; discarded is its
// ID there. An unknown one is NotFound.
func (s *Service) EmptyDatabase(ctx context.Context, discarded string) error {
	release, err := s.Bases.Share(ctx)
	if err != nil {
		return err
	}
	defer release()
	row, err := s.Store.Read().TrashedDatabase(ctx, discarded)
	if err != nil {
		return discardedUnknown(err)
	}
	if err := s.Bases.Empty(discarded); err != nil {
		return err
	}
	s.at("emptied")
	return s.Store.Write(context.WithoutCancel(ctx), func(ctx context.Context, q *db.Queries) error {
		n, err := q.DeleteDatabase(ctx, db.DeleteDatabaseParams{ID: row.ID, State: "trashed"})
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved
		}
		return s.recordDatabase(ctx, q, "database.empty", row.Name, map[string]any{"discarded": discarded}, nil)
	})
}
