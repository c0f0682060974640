package projets

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/plier"
)

// ProjectQuery chooses projects. The zero value means all that are active.
type ProjectQuery struct {
	Text    string // in the name, whatever its case and accents
	ShowAll bool   // inactive ones too
	OwnerID int64  // 0 for every owner
	IDs     []int64
	Paging
}

// has reports whether the query, whose folded text is given, chooses a project.
func (query ProjectQuery) has(p *listedProject, text string) bool {
	return (query.ShowAll || p.Active) && (query.OwnerID == 0 || p.OwnerID == query.OwnerID) &&
		(query.IDs == nil || slices.Contains(query.IDs, p.ID)) && strings.Contains(p.key, text)
}

// Projects returns a page of projects by name, and how many match in all.
func (s *Service) Projects(ctx context.Context, query ProjectQuery) ([]Project, int64, error) {
	all, err := s.listed.Get(ctx, s.Store, s.listProjects)
	if err != nil {
		return nil, 0, err
	}
	text := plier.Key(query.Text)
	found := make([]Project, 0, len(all))
	for i := range all {
		if query.has(&all[i], text) {
			found = append(found, all[i].Project)
		}
	}
	total := int64(len(found))
	found = found[min(query.Offset, total):]
	if query.Limit > 0 {
		found = found[:min(query.Limit, int64(len(found)))]
	}
	return found, total, nil
}

// listedProject is a project and what its list is searched by.
type listedProject struct {
	Project
	key string // the name, folded
}

// listProjects reads all projects, by name. They are kept until the base
// changes: a list is read far more often than anything changes, and to read it
// from the base takes ten times as long as to write it to the wire. What the
// projects point to is shared, and never changed.
func (s *Service) listProjects(ctx context.Context) ([]listedProject, error) {
	rows, err := s.Store.Read().Projects(ctx)
	if err != nil {
		return nil, err
	}
	projects := make([]listedProject, len(rows))
	for i, row := range rows {
		projects[i] = listedProject{projectOf(row), plier.Key(row.Name)}
	}
	return projects, nil
}
