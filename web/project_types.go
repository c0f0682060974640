package web

import (
	"context"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/projets"
)

const projectTypesPath = "/admin/project-types"

// projectTypeRoutes are the entries of the types of projects.
func (a *Admin) projectTypeRoutes() []api.Route {
	const one = projectTypesPath + "/{id}"
	return api.Family(
		"types de projets",
		api.Get("project_types_page", projets.Admin, a.projectTypesPage, projectTypesPath).Doc("Types de projets."),
		api.Post("project_type_new", projets.Admin, a.createProjectType, projectTypesPath).Doc("Crée un type de projets."),
		api.Get("project_type_page", projets.Admin, a.toProjectTypes, one).Doc("Mène aux types de projets."),
		api.Post("project_type_edit", projets.Admin, a.renameProjectType, one).Doc("Renomme un type de projets."),
		api.Get("project_type_delete_page", projets.Admin, a.askDeleteProjectType, one+"/delete").Doc("Demande s'il faut supprimer un type de projets."),
		api.Post("project_type_delete", projets.Admin, a.deleteProjectType, one+"/delete").Doc("Supprime un type qu'aucun projet n'a."),
	)
}

// projectTypesPageData is the types, each in a form of its own, and the form of
// a new one.
type projectTypesPageData struct {
	Types []projectTypeForm
	New   form
}

type projectTypeForm struct {
	projets.ProjectType
	Form form
}

// projectTypesWith returns the page on which the form of one type, 0 for the
// new one, is as it was sent.
func (a *Admin) projectTypesWith(ctx context.Context, id int64, sent form) (projectTypesPageData, error) {
	page := projectTypesPageData{New: formWith()}
	types, err := a.Projets.ProjectTypes(ctx)
	for _, t := range types {
		f := formWith("name", t.Name)
		if t.ID == id {
			f = sent
		}
		page.Types = append(page.Types, projectTypeForm{t, f})
	}
	if id == 0 {
		page.New = sent
	}
	return page, err
}

func (a *Admin) projectTypesPage(ctx context.Context, _ api.None) (api.Result, error) {
	page, err := a.projectTypesWith(ctx, 0, formWith())
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "types/list", page)
}

type newProjectType struct {
	api.Form
	Name typedName `form:"name"`
}

func (a *Admin) createProjectType(ctx context.Context, in newProjectType) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		if _, err = a.Projets.CreateProjectType(ctx, string(in.Name)); err == nil {
			return a.done(ctx, projectTypesPath, "types.created", in.Name)
		}
	}
	return a.projectTypesAgain(ctx, 0, in.Form, err)
}

func (a *Admin) projectTypesAgain(ctx context.Context, id int64, sent api.Form, err error) (api.Result, error) {
	f, err := a.formOf(ctx, sent, err)
	if err != nil {
		return nil, err
	}
	page, err := a.projectTypesWith(ctx, id, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "types/list", page)
}

type projectTypeRef struct {
	ID projets.Number `path:"id"`
}

func (a *Admin) toProjectTypes(context.Context, projectTypeRef) (api.Result, error) {
	return api.Redirect{To: projectTypesPath}, nil
}

type projectTypeEdit struct {
	newProjectType
	projectTypeRef
}

func (a *Admin) renameProjectType(ctx context.Context, in projectTypeEdit) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		if _, err = a.Projets.RenameProjectType(ctx, int64(in.ID), string(in.Name)); err == nil {
			return a.done(ctx, projectTypesPath, "types.saved", in.Name)
		}
	}
	return a.projectTypesAgain(ctx, int64(in.ID), in.Form, err)
}

func (a *Admin) askDeleteProjectType(ctx context.Context, in projectTypeRef) (api.Result, error) {
	return a.askProjectType(ctx, in, nil)
}

func (a *Admin) askProjectType(ctx context.Context, in projectTypeRef, err error) (api.Result, error) {
	t, missing := a.Projets.ProjectType(ctx, int64(in.ID))
	if missing != nil {
		return nil, missing
	}
	return a.ask(ctx, question{
		Section: text(ctx, "types.title"), SectionPath: projectTypesPath, Name: t.Name, Back: projectTypesPath,
		Title: text(ctx, "types.delete_title", t.Name), Text: text(ctx, "types.delete_text"), Submit: text(ctx, "form.delete"), IsDanger: true,
		Action: projectTypesPath + "/" + strconv.FormatInt(t.ID, 10) + "/delete",
	}, err)
}

func (a *Admin) deleteProjectType(ctx context.Context, in projectTypeRef) (api.Result, error) {
	if err := a.Projets.DeleteProjectType(ctx, int64(in.ID)); err != nil {
		return a.askProjectType(ctx, in, err)
	}
	return a.done(ctx, projectTypesPath, "types.deleted")
}
