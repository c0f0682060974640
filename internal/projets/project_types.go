package projets

import (
	"context"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// ProjectType is a kind of project.
type ProjectType struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// RailsRoot is the type's name in the contract.
func (ProjectType) RailsRoot() string { return "project_type" }

func projectTypeUnknown(err error) error {
	return db.NotFound(err, "project_type_unknown", "Not Found")
}

func projectTypeClash(err error, name string) error {
	if column, ok := db.UniqueColumn(err); ok && column == "project_types.name" {
		var f faults
		f.taken("name", name)
		return f.err()
	}
	return err
}

// ProjectTypes returns all types by number.
func (s *Service) ProjectTypes(ctx context.Context) ([]ProjectType, error) {
	rows, err := s.Store.Read().ProjectTypes(ctx)
	if err != nil {
		return nil, err
	}
	types := make([]ProjectType, len(rows))
	for i, row := range rows {
		types[i] = ProjectType(row)
	}
	return types, nil
}

// ProjectType returns a type, or NotFound.
func (s *Service) ProjectType(ctx context.Context, id int64) (ProjectType, error) {
	row, err := s.Store.Read().ProjectType(ctx, id)
	return ProjectType(row), projectTypeUnknown(err)
}

// CreateProjectType adds a type; a name that is blank, too long or taken is
// Invalid.
func (s *Service) CreateProjectType(ctx context.Context, name string) (ProjectType, error) {
	if err := checkTypeName(name); err != nil {
		return ProjectType{}, err
	}
	var made ProjectType
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AddProjectType(ctx, name)
		if err != nil {
			return projectTypeClash(err, name)
		}
		made = ProjectType(row)
		return s.recordType(ctx, q, "project_type.create", made, nil, made)
	})
	return made, err
}

// RenameProjectType gives a type another name, or NotFound; see
// [Service.CreateProjectType] for the name.
func (s *Service) RenameProjectType(ctx context.Context, id int64, name string) (ProjectType, error) {
	if err := checkTypeName(name); err != nil {
		return ProjectType{}, err
	}
	after := ProjectType{ID: id, Name: name}
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, err := q.ProjectType(ctx, id)
		if err != nil {
			return projectTypeUnknown(err)
		}
		if err := q.RenameProjectType(ctx, db.RenameProjectTypeParams{ID: id, Name: name}); err != nil {
			return projectTypeClash(err, name)
		}
		return s.recordType(ctx, q, "project_type.update", after, ProjectType(before), after)
	})
	return after, err
}

// DeleteProjectType removes a type, or NotFound; one that projects have is
// Invalid.
func (s *Service) DeleteProjectType(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.ProjectType(ctx, id)
		if err != nil {
			return projectTypeUnknown(err)
		}
		projects, err := q.CountProjectsOfType(ctx, id)
		if err != nil {
			return err
		}
		if projects > 0 {
			return inUse("projects")
		}
		if err := q.DeleteProjectType(ctx, id); err != nil {
			return err
		}
		return s.recordType(ctx, q, "project_type.delete", ProjectType(row), ProjectType(row), nil)
	})
}

func checkTypeName(name string) error {
	var f faults
	f.required("name", api.Some(name), maxName)
	return f.err()
}

func (s *Service) recordType(ctx context.Context, q *db.Queries, action string, t ProjectType, before, after any) error {
	return s.record(ctx, q, action, "project_type", strconv.FormatInt(t.ID, 10), t.Name, before, after)
}

// checkProjectType adds a fault unless the type is there.
func checkProjectType(ctx context.Context, q *db.Queries, f *faults, id int64) error {
	_, err := q.ProjectType(ctx, id)
	if errs.Is(projectTypeUnknown(err), errs.NotFound) {
		f.notIncluded("project_type_id", id)
		return nil
	}
	return err
}

// checkOwner adds a fault unless the owner is there.
func checkOwner(ctx context.Context, q *db.Queries, f *faults, id int64) error {
	_, err := q.Owner(ctx, id)
	if errs.Is(ownerUnknown(err), errs.NotFound) {
		f.notIncluded("owner_id", id)
		return nil
	}
	return err
}
