package web

import (
	"context"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/projets/bases"
)

// projectFormPage is the form of a new project, or of one to change.
type projectFormPage struct {
	Form    form
	Project projets.Project // the zero value for a new one
	Owners  []choice
	Types   []choice
	// Ways are a new database or an existing one, Databases those there are.
	Ways      []choice
	Databases []choice
}

// projectForm returns the page of a form, with what there is to choose.
func (a *Admin) projectForm(ctx context.Context, f form, project projets.Project) (projectFormPage, error) {
	page := projectFormPage{
		Form: f, Project: project,
		Ways: []choice{{"1", text(ctx, "projects.new_database")}, {"0", text(ctx, "projects.existing_database")}},
	}
	var err error
	if page.Owners, err = a.ownerChoices(ctx); err != nil {
		return page, err
	}
	types, err := a.Projets.ProjectTypes(ctx)
	if err != nil {
		return page, err
	}
	for _, t := range types {
		page.Types = append(page.Types, choice{strconv.FormatInt(t.ID, 10), t.Name})
	}
	databases, err := a.Projets.Databases(ctx)
	if err != nil {
		return page, err
	}
	for _, d := range databases {
		if !d.IsMissing {
			page.Databases = append(page.Databases, choice{d.Name, d.Name})
		}
	}
	return page, nil
}

func (a *Admin) ownerChoices(ctx context.Context) ([]choice, error) {
	owners, err := a.Projets.Owners(ctx)
	choices := make([]choice, len(owners))
	for i, o := range owners {
		choices[i] = choice{strconv.FormatInt(o.ID, 10), o.Name}
	}
	return choices, err
}

// projectStart is what the form of a new project begins with.
type projectStart struct {
	Database string `query:"database" default:""` // to put it into
	Owner    string `query:"owner" default:""`    // a number
}

func (a *Admin) newProjectPage(ctx context.Context, in projectStart) (api.Result, error) {
	way := "1"
	if in.Database != "" {
		way = "0"
	}
	f := formWith(
		"project[new_db]", way, "project[new_db_template]", bases.Template, "project[existing_db_name]", in.Database, "project[owner_id]", in.Owner,
	)
	page, err := a.projectForm(ctx, f, projets.Project{})
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "projects/form", page)
}

func (a *Admin) createdProjectView(ctx context.Context, _ projets.ProjectBody, out api.Created[projets.Project], err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, projectPath(out.Value.ID), "projects.created_notice", out.Value.Name)
	}
	return a.projectAgain(ctx, projets.Project{}, err)
}

// projectAgain shows the form of a project as it was sent, with what err says
// is wrong.
func (a *Admin) projectAgain(ctx context.Context, project projets.Project, err error) (api.Result, error) {
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	page, err := a.projectForm(ctx, f, project)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "projects/form", page)
}

func (a *Admin) editProjectPage(ctx context.Context, in projets.ProjectRef) (api.Result, error) {
	p, err := a.Projets.Project(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	f := formWith(
		"project[name]", p.Name, "project[owner_id]", strconv.FormatInt(p.OwnerID, 10), "project[project_type_id]", strconv.FormatInt(p.ProjectTypeID, 10),
		"project[constructor]", p.Constructor, "project[description]", shown(p.Description), "project[contact]", shown(p.Contact),
		"project[gross_area]", shown((*string)(p.GrossArea)), "project[active]", strconv.FormatBool(p.Active),
	)
	if p.Status != nil {
		f.values.Set("project[status]", strconv.FormatInt(*p.Status, 10))
	}
	page, err := a.projectForm(ctx, f, p)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "projects/form", page)
}

// shown is a text that may be missing, for a field.
func shown(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func (a *Admin) updatedProjectView(ctx context.Context, in projets.ProjectChange, _ api.NoContent, err error) (api.Result, error) {
	project, missing := a.Projets.Project(ctx, int64(in.ID))
	if missing != nil {
		return nil, missing
	}
	if err == nil {
		return a.done(ctx, projectPath(project.ID), "projects.saved", project.Name)
	}
	return a.projectAgain(ctx, project, err)
}

func (a *Admin) askDeleteProject(ctx context.Context, in projets.ProjectRef) (api.Result, error) {
	return a.askProject(ctx, int64(in.ID), nil)
}

func (a *Admin) askProject(ctx context.Context, id int64, err error) (api.Result, error) {
	p, missing := a.Projets.Project(ctx, id)
	if missing != nil {
		return nil, missing
	}
	return a.ask(ctx, question{
		Section: text(ctx, "projects.title"), SectionPath: projectsPath, Name: p.Name, Back: projectPath(id),
		Title: text(ctx, "projects.delete_title", p.Name), Text: text(ctx, "projects.delete_text", p.DatabaseID),
		Submit: text(ctx, "form.delete"), IsDanger: true, Action: projectPath(id), Method: "delete",
	}, err)
}

func (a *Admin) deletedProjectView(ctx context.Context, in projets.ProjectRef, _ api.NoContent, err error) (api.Result, error) {
	if err != nil {
		return a.askProject(ctx, int64(in.ID), err)
	}
	return a.done(ctx, projectsPath, "projects.deleted")
}
