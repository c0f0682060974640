package projets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/projets/bases"
)

// addTemplate gives the built-in template its row.
func (s *Service) addTemplate(ctx context.Context) error {
	_, err := ready(ctx, s.Store.Read(), bases.Template)
	if err == nil {
		return nil
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		return q.AddDatabaseUnlessThere(ctx, db.AddDatabaseUnlessThereParams{
			Name: bases.Template, NameKey: databaseKey(bases.Template), CreatedAt: s.now(),
		})
	})
}

// repairPatience is how long a start waits for commands: copying a large
// template takes seconds.
const repairPatience = 30 * time.Second

// Repair brings the base and the files together again after a crash, or after
// somebody moved files by hand:
//
//   - a database that was being made goes, row and files;
//   - one on its way to the trash or back is noted where its file is;
//   - a file that no row knows goes to the trash, never for good;
//   - a project that its database's file lacks is written into it;
//   - a database without a file is logged, and shown as missing.
//
// Only the process that serves calls it, before it does. What a command has
// under way looks like what a crash left: it waits until there is nothing, and
// repairs nothing when that takes too long; a command that never ends must not
// keep the server from starting. It goes on after an error and returns them
// all.
func (s *Service) Repair(ctx context.Context) error {
	waiting, cancel := context.WithTimeoutCause(ctx, repairPatience, errors.New("a command is at work on the databases"))
	defer cancel()
	release, err := s.Bases.Own(waiting)
	if err != nil {
		return fmt.Errorf("not repaired: %w", err)
	}
	defer release()
	ctx = audit.WithActor(ctx, audit.Actor{Name: "repair"})
	return errors.Join(s.dropMaking(ctx), s.settleMoving(ctx), s.trashUnknown(ctx), s.putMissing(ctx), s.logMissing(ctx))
}

func (s *Service) dropMaking(ctx context.Context) error {
	rows, err := s.Store.Read().DatabasesByState(ctx, "making")
	for _, row := range rows {
		s.Logger.Warn("a database was being made when the server stopped: removed", "database", row.Name)
		err = errors.Join(err, s.unmake(ctx, row))
	}
	return err
}

func (s *Service) settleMoving(ctx context.Context) error {
	rows, err := s.Store.Read().DatabasesByState(ctx, "moving")
	for _, row := range rows {
		s.Logger.Warn("a database was being moved when the server stopped", "database", row.Name)
		err = errors.Join(err, s.settle(ctx, row))
	}
	return err
}

// trashUnknown clears the folder of what no row knows.
func (s *Service) trashUnknown(ctx context.Context) error {
	taken, err := s.Store.Read().DatabaseNames(ctx)
	if err != nil {
		return err
	}
	names, err := s.Bases.Names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.Contains(taken, name) {
			continue
		}
		s.Logger.Warn("a database file that nothing knows: moved to the trash", "database", name)
		discarded := s.Bases.Discarded(name)
		if e := s.Bases.Trash(ctx, name, discarded); e != nil {
			err = errors.Join(err, e)
			continue
		}
		err = errors.Join(err, s.noteTrashed(ctx, name, discarded))
	}
	// What is left are files being made, and backups nobody fetched.
	return errors.Join(err, s.Bases.RemoveUnknown(ctx, func(string) bool { return true }))
}

// noteTrashed lists a file in the trash, whence it may be restored.
func (s *Service) noteTrashed(ctx context.Context, name, discarded string) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		now := s.now()
		_, err := q.AddDatabase(ctx, db.AddDatabaseParams{
			Name: name, NameKey: databaseKey(name), State: "trashed", Discarded: &discarded, CreatedAt: now, TrashedAt: &now,
		})
		if err != nil {
			return err
		}
		return s.recordDatabase(ctx, q, "database.delete", name, nil, map[string]any{"discarded": discarded})
	})
}

func (s *Service) putMissing(ctx context.Context) error {
	release, err := s.Bases.Number(ctx)
	if err != nil {
		return err
	}
	defer release()
	ids, err := s.Store.Read().ProjectsNotInFile(ctx)
	for _, id := range ids {
		err = errors.Join(err, s.put(ctx, id))
	}
	return err
}

func (s *Service) logMissing(ctx context.Context) error {
	rows, err := s.Store.Read().ReadyDatabases(ctx)
	for _, row := range rows {
		if !s.Bases.Exists(row.Name) {
			s.Logger.Error("the file of a database is missing", "database", row.Name)
		}
	}
	return err
}
