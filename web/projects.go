package web

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const (
	projectsPath = "/projects"
	// projectFormsPath is where the forms and questions of projects are.
	projectFormsPath = "/admin/projects"
)

// projectViews are the pages of the wing's projects.
func (a *Admin) projectViews(sys *api.System) error {
	return errors.Join(
		api.View(sys.Entry("projects", "index"), a.projectsView),
		api.View(sys.Entry("projects", "show"), a.projectView),
		api.View(sys.Entry("projects", "create"), a.createdProjectView),
		api.View(sys.Entry("projects", "update"), a.updatedProjectView),
		api.View(sys.Entry("projects", "destroy"), a.deletedProjectView),
	)
}

// projectRoutes are the forms, questions and exports of projects.
func (a *Admin) projectRoutes() []api.Route {
	return api.Family(
		"projets",
		api.Get("projects_export", projets.Read, a.exportProjects, projectFormsPath+"/export").Doc("Liste des projets en CSV ou XLSX."),
		api.Get("project_new_page", projets.Admin, a.newProjectPage, projectFormsPath+"/new").Doc("Formulaire d'un projet."),
		api.Get("project_edit_page", projets.Write, a.editProjectPage, projectFormsPath+"/{id}/edit").Doc("Formulaire de modification d'un projet."),
		api.Get("project_delete_page", projets.Admin, a.askDeleteProject, projectFormsPath+"/{id}/delete").Elevated().Doc("Demande s'il faut supprimer un projet."),
	)
}

func projectPath(id int64) string { return projectsPath + "/" + strconv.FormatInt(id, 10) }

// projectLine is a project with the names of what it refers to.
type projectLine struct {
	projets.Project
	Owner, Type string
}

// projectLines gives projects the names of their owners and types.
func (a *Admin) projectLines(ctx context.Context, projects []projets.Project) ([]projectLine, error) {
	ownerNames, err := a.ownerNames(ctx)
	if err != nil {
		return nil, err
	}
	types, err := a.Projets.ProjectTypes(ctx)
	if err != nil {
		return nil, err
	}
	typeNames := map[int64]string{}
	for _, t := range types {
		typeNames[t.ID] = t.Name
	}
	lines := make([]projectLine, len(projects))
	for i, p := range projects {
		lines[i] = projectLine{p, ownerNames[p.OwnerID], typeNames[p.ProjectTypeID]}
	}
	return lines, nil
}

// Area is the gross area in m², 0 for none.
func (p projectLine) Area() float64 {
	area, _ := strconv.ParseFloat(shown((*string)(p.GrossArea)), 64)
	return area
}

// projectSorters are the orders of the list of projects.
var projectSorters = []sorter[projectLine]{
	sortedBy("name", func(p projectLine) string { return p.Name }),
	{"id", func(a, b projectLine) int { return cmp.Compare(a.ID, b.ID) }},
	sortedBy("database", func(p projectLine) string { return p.DatabaseID + " " + p.No }),
	sortedBy("owner", func(p projectLine) string { return p.Owner }),
	sortedBy("type", func(p projectLine) string { return p.Type }),
	{"created", func(a, b projectLine) int { return a.CreatedAt.Compare(b.CreatedAt) }},
}

// projectsPage is the list of projects.
type projectsPage struct {
	List     listing
	Projects []projectLine
	Filters  form
	Owners   []choice
	States   []choice
}

func (a *Admin) projectsView(ctx context.Context, in projets.ProjectSearch, out []projets.ProjectEntry, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	projects := make([]projets.Project, len(out))
	for i, entry := range out {
		projects[i] = entry.Project
	}
	lines, err := a.projectLines(ctx, projects)
	if err != nil {
		return nil, err
	}
	owners, err := a.ownerChoices(ctx)
	if err != nil {
		return nil, err
	}
	page := projectsPage{
		Filters: form{values: api.RequestFrom(ctx).URL.Query()},
		Owners:  append([]choice{{"", text(ctx, "list.all")}}, owners...),
		States:  []choice{{"", text(ctx, "projects.only_active")}, {"1", text(ctx, "projects.all_states")}},
	}
	page.List, page.Projects = cutPage(ctx, lines, projectSorters...)
	page.List.TextName, page.List.Exports = "query", projectFormsPath+"/export"
	return a.show(ctx, "projects/list", page)
}

type projectExport struct {
	projets.ProjectSearch
	exportQuery
}

func (a *Admin) exportProjects(ctx context.Context, in projectExport) (api.Result, error) {
	projects, _, err := a.Projets.Projects(ctx, in.Query())
	if err != nil {
		return nil, err
	}
	lines, err := a.projectLines(ctx, projects)
	if err != nil {
		return nil, err
	}
	sortLines(ctx, lines, projectSorters...)
	header := []string{
		"projects.id", "projects.name", "projects.no", "projects.database", "projects.owner", "projects.type", "projects.constructor",
		"projects.description", "projects.contact", "projects.gross_area", "projects.status", "projects.state", "projects.created",
	}
	return export(ctx, in.Format, text(ctx, "projects.file"), header, a.projectRows(ctx, lines))
}

func (a *Admin) projectRows(ctx context.Context, lines []projectLine) iter.Seq[[]tableur.Cell] {
	states := map[bool]string{true: text(ctx, "projects.active"), false: text(ctx, "projects.inactive")}
	return func(yield func([]tableur.Cell) bool) {
		for _, p := range lines {
			row := []tableur.Cell{
				p.ID, p.Name, p.No, p.DatabaseID, p.Owner, p.Type, p.Constructor, cell(p.Description), cell(p.Contact),
				cell((*string)(p.GrossArea)), cell(p.Status), states[p.Active], p.CreatedAt.In(a.Location),
			}
			if !yield(row) {
				return
			}
		}
	}
}

// cell is a value that may be missing, for a spreadsheet.
func cell[T any](v *T) tableur.Cell {
	if v == nil {
		return nil
	}
	return *v
}

// projectPage is one project and its members.
type projectPage struct {
	Project projectLine
	Members memberMatrix
}

func (a *Admin) projectView(ctx context.Context, _ projets.ProjectRef, out projets.Project, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	lines, err := a.projectLines(ctx, []projets.Project{out})
	if err != nil {
		return nil, err
	}
	page := projectPage{Project: lines[0]}
	if page.Members, err = a.matrixOf(ctx, out.ID, nil); err != nil {
		return nil, err
	}
	return a.show(ctx, "projects/detail", page)
}
