package projets

import (
	"context"
	"errors"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/projets/bases"
)

// A database is made in five steps, so that a crash after any of them leaves
// either nothing, once repaired, or the whole:
//
//  1. reserved: a row in the state "making" keeps the name, and the number
//     that the project will have is taken;
//  2. prepared: a copy of the template lies beside its place;
//  3. adopted: the copy holds the project;
//  4. published: the copy is in its place;
//  5. created: the row is "ready", the project has its own, the journal its
//     line.
//
// Until the fifth, a failure takes back what the others did, and so does the
// next start: a file whose row is "making" is nobody's. Until then it is
// somebody's, maybe a command's, who shares the folder.

// making is a database on its way.
type making struct {
	row     db.ProjectDatabase
	project Project
}

// createWithDatabase adds a project in a database of its own.
func (s *Service) createWithDatabase(ctx context.Context, in NewProject) (Project, error) {
	release, err := s.Bases.Share(ctx)
	if err != nil {
		return Project{}, err
	}
	defer release()
	m, err := s.reserve(ctx, in)
	if err != nil {
		return Project{}, err
	}
	s.at("reserved")
	p, err := s.build(ctx, m, in.NewDBTemplate.Value)
	if err == nil {
		s.at("created")
		return p, nil
	}
	if e := s.unmake(context.WithoutCancel(ctx), m.row); e != nil {
		s.Logger.Error("half a database is left until the next start", "database", m.row.Name, "error", e)
	}
	return Project{}, err
}

// reserve checks the request and takes the name and the project's number.
func (s *Service) reserve(ctx context.Context, in NewProject) (making, error) {
	var m making
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		p, err := s.check(ctx, q, in)
		if err != nil {
			return err
		}
		now := s.now()
		row, err := q.AddDatabase(ctx, db.AddDatabaseParams{
			Name: p.DatabaseID, NameKey: databaseKey(p.DatabaseID), OwnerID: &p.OwnerID, State: "making", CreatedAt: now,
		})
		if err != nil {
			return err
		}
		p.No = projectNo(1)
		// A number once given is never given again, even when its row goes:
		// the row comes back when the file is there.
		if p.ID, err = q.AddProject(ctx, s.projectRow(ctx, p, row.ID)); err != nil {
			return err
		}
		m = making{row, p}
		return q.DeleteProject(ctx, p.ID)
	})
	return m, err
}

func (s *Service) build(ctx context.Context, m making, template string) (Project, error) {
	p, name := m.project, m.row.Name
	if err := s.Bases.Prepare(ctx, template, name); err != nil {
		return Project{}, templateGone(err, template)
	}
	s.at("prepared")
	if err := s.Bases.Adopt(ctx, name, bases.Project{ID: p.ID, No: p.No, Name: p.Name}); err != nil {
		return Project{}, err
	}
	s.at("adopted")
	if err := s.Bases.Publish(name); err != nil {
		return Project{}, err
	}
	s.at("published")
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		var f faults
		// The owner is held by the row; the type may be gone since.
		if err := checkProjectType(ctx, q, &f, p.ProjectTypeID); err != nil {
			return err
		}
		if err := f.err(); err != nil {
			return err
		}
		if err := move(ctx, q, m.row, "ready", nil, nil); err != nil {
			return err
		}
		row := s.projectRow(ctx, p, m.row.ID)
		p.CreatedAt, p.CreatedBy = row.CreatedAt.Time, row.CreatedBy
		err := q.AddProjectInFile(ctx, db.AddProjectInFileParams{
			ID: p.ID, Name: row.Name, NameKey: row.NameKey, DatabaseID: row.DatabaseID, No: row.No, OwnerID: row.OwnerID,
			ProjectTypeID: row.ProjectTypeID, Constructor: row.Constructor, Description: row.Description,
			CreatedAt: row.CreatedAt, CreatedBy: row.CreatedBy,
		})
		if err != nil {
			return err
		}
		if err := s.recordDatabase(ctx, q, "database.create", name, nil, map[string]any{"template": template, "owner_id": p.OwnerID}); err != nil {
			return err
		}
		return s.recordProject(ctx, q, "project.create", p, nil, imageOf(p))
	})
	return p, err
}

// templateGone is for a template that was deleted while it was to be copied.
func templateGone(err error, template string) error {
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	var f faults
	f.notIncluded("new_db_template", template)
	return f.err()
}

// unmake removes what there is of a database that is being made: files first,
// so that a crash in between leaves the row that says whose they were.
func (s *Service) unmake(ctx context.Context, row db.ProjectDatabase) error {
	rows, err := s.Store.Read().DatabasesByState(ctx, "making")
	if err != nil {
		return err
	}
	isMaking := false
	for _, r := range rows {
		isMaking = isMaking || r.ID == row.ID && r.Name == row.Name
	}
	if !isMaking {
		return nil // it was made after all: the answer of the write was lost
	}
	discarded := s.Bases.Discarded(row.Name) + "-half"
	err = errors.Join(
		s.Bases.Discard(row.Name),
		s.Bases.Trash(ctx, row.Name, discarded),
		s.Bases.Empty(discarded),
	)
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		_, err := q.DeleteDatabase(ctx, db.DeleteDatabaseParams{ID: row.ID, State: "making"})
		return err
	})
}
