package projets

import (
	"context"
	"fmt"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
	"intendant/internal/projets/bases"
)

// NewProject is a project to create. All is required, of the three names of
// databases those that go with NewDB.
type NewProject struct {
	Constructor    api.Opt[string] `json:"constructor"`
	Description    api.Opt[string] `json:"description"`
	ExistingDBName api.Opt[string] `json:"existing_db_name"`
	Name           api.Opt[string] `json:"name"`
	NewDB          api.Opt[bool]   `json:"new_db"`
	NewDBName      api.Opt[string] `json:"new_db_name"`
	NewDBTemplate  api.Opt[string] `json:"new_db_template"`
	OwnerID        api.Opt[int64]  `json:"owner_id"`
	ProjectTypeID  api.Opt[int64]  `json:"project_type_id"`
}

// CreateProject adds a project, in a new database or in an existing one;
// faults of the values are Invalid, all of them at once. Whatever goes wrong
// leaves neither a row nor a file.
func (s *Service) CreateProject(ctx context.Context, in NewProject) (Project, error) {
	if isNew, ok := in.NewDB.Get(); !ok || isNew {
		return s.createWithDatabase(ctx, in)
	}
	return s.attach(ctx, in)
}

// check returns the project and all that is wrong with the request. The
// project lacks what the service gives: numbers, dates.
func (s *Service) check(ctx context.Context, q *db.Queries, in NewProject) (Project, error) {
	var f faults
	isNew, known := in.NewDB.Get()
	p := Project{Active: true}
	var err error
	switch {
	case !known:
		f.missing("new_db")
	case isNew:
		p.DatabaseID, err = s.checkNewDatabase(ctx, q, &f, in)
	default:
		p.DatabaseID = f.required("existing_db_name", in.ExistingDBName, maxName)
		err = s.checkReady(ctx, q, &f, "existing_db_name", p.DatabaseID)
	}
	if err != nil {
		return p, err
	}
	p.Name = f.required("name", in.Name, maxName)
	p.Constructor = f.required("constructor", in.Constructor, maxName)
	description := f.required("description", in.Description, maxText)
	p.Description = &description
	var ok bool
	if p.OwnerID, ok = in.OwnerID.Get(); !ok {
		f.missing("owner_id")
	} else if err := checkOwner(ctx, q, &f, p.OwnerID); err != nil {
		return p, err
	}
	if p.ProjectTypeID, ok = in.ProjectTypeID.Get(); !ok {
		f.missing("project_type_id")
	} else if err := checkProjectType(ctx, q, &f, p.ProjectTypeID); err != nil {
		return p, err
	}
	return p, f.err()
}

func (s *Service) checkNewDatabase(ctx context.Context, q *db.Queries, f *faults, in NewProject) (string, error) {
	template := f.required("new_db_template", in.NewDBTemplate, maxName)
	if err := s.checkReady(ctx, q, f, "new_db_template", template); err != nil {
		return "", err
	}
	name, _ := in.NewDBName.Get()
	if name == "" {
		f.missing("new_db_name")
		return "", nil
	}
	if err := bases.CheckName("new_db_name", name); err != nil {
		return "", f.join(err)
	}
	used, err := q.CountDatabaseName(ctx, databaseKey(name))
	if err != nil {
		return "", err
	}
	// A file without a row may have been put there by hand: it is not ours
	// to write over.
	if used > 0 || s.Bases.Exists(name) {
		f.taken("new_db_name", name)
	}
	return name, nil
}

// checkReady adds a fault unless the database can be used; "" has its fault
// already.
func (s *Service) checkReady(ctx context.Context, q *db.Queries, f *faults, field, name string) error {
	if name == "" {
		return nil
	}
	_, err := ready(ctx, q, name)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	if err != nil || !s.Bases.Exists(name) {
		f.notIncluded(field, name)
	}
	return nil
}

// databaseKey is what two names may not share.
func databaseKey(name string) string { return strings.ToLower(name) }

// projectNo writes the number of a project in its database.
func projectNo(n int64) string { return fmt.Sprintf("%02d", n) }

// attach adds a project to a database that is there.
func (s *Service) attach(ctx context.Context, in NewProject) (Project, error) {
	release, err := s.numbering(ctx)
	if err != nil {
		return Project{}, err
	}
	defer release()
	if _, err := s.check(ctx, s.Store.Read(), in); err != nil {
		return Project{}, err
	}
	// The file remembers the projects that were deleted.
	lastInFile, err := s.Bases.LastNo(ctx, in.ExistingDBName.Value)
	if err != nil {
		return Project{}, err
	}
	var p Project
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if p, err = s.check(ctx, q, in); err != nil {
			return err
		}
		d, err := ready(ctx, q, p.DatabaseID)
		if err != nil {
			return err
		}
		last, err := q.LastProjectNo(ctx, d.ID)
		if err != nil {
			return err
		}
		p.No = projectNo(max(last, lastInFile) + 1)
		params := s.projectRow(ctx, p, d.ID)
		if p.ID, err = q.AddProject(ctx, params); err != nil {
			return err
		}
		p.CreatedAt, p.CreatedBy = params.CreatedAt.Time, params.CreatedBy
		return s.recordProject(ctx, q, "project.create", p, nil, imageOf(p))
	})
	if err != nil {
		return Project{}, err
	}
	s.at("attached")
	if err := s.put(context.WithoutCancel(ctx), p.ID); err != nil {
		s.Logger.Error("project not written into its database", "project", p.ID, "error", err)
	}
	return p, nil
}

func (s *Service) projectRow(ctx context.Context, p Project, databaseID int64) db.AddProjectParams {
	return db.AddProjectParams{
		Name: p.Name, NameKey: plier.Key(p.Name), DatabaseID: databaseID, No: p.No, OwnerID: p.OwnerID, ProjectTypeID: p.ProjectTypeID,
		Constructor: p.Constructor, Description: p.Description, CreatedAt: s.now(), CreatedBy: actor(ctx),
	}
}
