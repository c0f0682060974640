package web

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const membersPath = "/project_users"

// memberViews are the pages of the users of projects.
func (a *Admin) memberViews(sys *api.System) error {
	return errors.Join(
		api.View(sys.Entry("project_users", "index"), a.membersView),
		api.View(sys.Entry("project_users", "show"), a.memberView),
		api.View(sys.Entry("project_users", "create"), a.addedMemberView),
		api.View(sys.Entry("project_users", "update"), a.updatedMemberView),
		api.View(sys.Entry("project_users", "destroy"), a.removedMemberView),
	)
}

// memberRoutes are the forms and questions of the users of projects. A
// superuser uses them for his own.
func (a *Admin) memberRoutes() []api.Route {
	const one = projectFormsPath + "/{id}/users/{username}"
	return api.Family(
		"utilisateurs de projets",
		api.Get("members_export", projets.Read, a.exportMembers, projectFormsPath+"/users/export").Or(a.Projets.IsSuperuser).
			Doc("Liste des utilisateurs des projets en CSV ou XLSX."),
		api.Get("member_new_page", projets.Write, a.newMemberPage, projectFormsPath+"/{id}/users/new").Or(a.Projets.IsSuperuser).
			Doc("Formulaire d'ajout d'un utilisateur à un projet."),
		api.Get("rights_page", projets.Read, a.rightsPage, projectFormsPath+"/{id}/rights").Or(a.Projets.IsSuperuser).
			Doc("Mène aux droits dans un projet."),
		api.Post("rights_edit", projets.Write, a.saveRights, projectFormsPath+"/{id}/rights").Or(a.Projets.IsSuperuser).Accepts(8<<20).
			Doc("Modifie les droits de plusieurs utilisateurs d'un projet."),
		api.Get("member_delete_page", projets.Write, a.askRemoveMember, one+"/delete").Or(a.Projets.IsSuperuser).
			Doc("Demande s'il faut retirer un utilisateur d'un projet."),
	)
}

func memberPath(userName string, projectID int64) string {
	return membersPath + "/" + url.PathEscape(userName) + "," + strconv.FormatInt(projectID, 10)
}

// rightsPath is where the reader sees the rights in a project: its own page, or
// for a superuser the list of its users.
func rightsPath(ctx context.Context, projectID int64) string {
	if api.CallerFrom(ctx).Can(projets.Read, "") {
		return projectPath(projectID)
	}
	return membersPath + "?project_id=" + strconv.FormatInt(projectID, 10)
}

// memberLine is a user of a project with the name of the project.
type memberLine struct {
	projets.ProjectUser
	Project string
}

// Name is the person's name, or the user name without one.
func (m memberLine) Name() string { return orElse(fullName(m.FirstName, m.LastName), m.UserName) }

// Path is the member's page.
func (m memberLine) Path() string { return memberPath(m.UserName, m.ProjectID) }

// IsSuperuser reports whether the member manages the project's users.
func (m memberLine) IsSuperuser() bool { return m.Superuser != nil && *m.Superuser }

// fullName is first and last name, of which either may be missing.
func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }

// membersPage is the list of the users of projects; with one project chosen,
// also their rights in it.
type membersPage struct {
	List     listing
	Members  []memberLine
	Filters  form
	Projects []choice
	Matrix   *memberMatrix // nil while no project is chosen
}

func (a *Admin) membersView(ctx context.Context, in projets.MemberSearch, _ []projets.MemberView, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	projects, err := a.managedProjects(ctx)
	if err != nil {
		return nil, err
	}
	page := membersPage{Filters: form{values: api.RequestFrom(ctx).URL.Query()}, Projects: []choice{{"", text(ctx, "list.all")}}}
	for _, p := range projects {
		page.Projects = append(page.Projects, choice{strconv.FormatInt(p.ID, 10), p.Name})
	}
	if id, ok := in.ProjectID.Get(); ok {
		matrix, err := a.matrixOf(ctx, id, nil)
		if err != nil {
			return nil, err
		}
		page.Matrix = &matrix
		page.List = newListing(ctx, listQuery{Page: 1}, "", false, int64(len(matrix.Rows)))
	} else {
		lines, err := a.memberLines(ctx, projects)
		if err != nil {
			return nil, err
		}
		page.List, page.Members = cutPage(ctx, lines, memberSorters...)
		page.List.Exports = projectFormsPath + "/users/export"
	}
	return a.show(ctx, "members/list", page)
}

// managedProjects returns the projects whose users the reader may see, by name.
func (a *Admin) managedProjects(ctx context.Context) ([]projets.Project, error) {
	scope, err := a.Projets.Manages(ctx, api.CallerFrom(ctx), projets.Read)
	if err != nil {
		return nil, err
	}
	projects, _, err := a.Projets.Projects(ctx, projets.ProjectQuery{ShowAll: true})
	return slices.DeleteFunc(projects, func(p projets.Project) bool { return !scope.Holds(p.ID) }), err
}

// memberLines returns the users of projects that match the text of ctx's query.
func (a *Admin) memberLines(ctx context.Context, projects []projets.Project) ([]memberLine, error) {
	names, ids := map[int64]string{}, make([]int64, len(projects))
	for i, p := range projects {
		names[p.ID], ids[i] = p.Name, p.ID
	}
	users, err := a.Projets.ProjectUsers(ctx, ids...)
	if err != nil {
		return nil, err
	}
	wanted := plier.Key(api.RequestFrom(ctx).URL.Query().Get("q"))
	var lines []memberLine
	for _, u := range users {
		line := memberLine{u, names[u.ProjectID]}
		if strings.Contains(plier.Key(line.Name()+" "+u.UserName+" "+line.Project), wanted) {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

var memberSorters = []sorter[memberLine]{
	sortedBy("name", memberLine.Name),
	sortedBy("user_name", func(m memberLine) string { return m.UserName }),
	sortedBy("project", func(m memberLine) string { return m.Project }),
	{"created", func(a, b memberLine) int { return a.CreatedAt.Compare(b.CreatedAt) }},
	{"superuser", func(a, b memberLine) int { return cmp.Compare(boolRank(b.IsSuperuser()), boolRank(a.IsSuperuser())) }},
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *Admin) exportMembers(ctx context.Context, in exportQuery) (api.Result, error) {
	projects, err := a.managedProjects(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := a.memberLines(ctx, projects)
	if err != nil {
		return nil, err
	}
	sortLines(ctx, lines, memberSorters...)
	header := []string{"members.user_name", "members.first_name", "members.last_name", "members.email", "members.project", "members.project_id", "members.since"}
	for _, m := range modules {
		header = append(header, m.label)
	}
	for _, f := range flags {
		header = append(header, f.label)
	}
	return export(ctx, in.Format, text(ctx, "members.file"), append(header, "members.enabled"), a.memberRows(ctx, lines))
}

func (a *Admin) memberRows(ctx context.Context, lines []memberLine) iter.Seq[[]tableur.Cell] {
	words := map[bool]string{true: text(ctx, "members.yes"), false: text(ctx, "members.no")}
	return func(yield func([]tableur.Cell) bool) {
		for _, m := range lines {
			row := []tableur.Cell{m.UserName, m.FirstName, m.LastName, cell(m.Email), m.Project, m.ProjectID, m.CreatedAt.In(a.Location)}
			for _, module := range modules {
				row = append(row, module.level(m.Rights))
			}
			for _, flag := range flags {
				row = append(row, words[flag.isSet(m.ProjectUser)])
			}
			if !yield(append(row, words[m.Enabled && m.Active])) {
				return
			}
		}
	}
}

// memberPage is one user of a project: his rights as a form, when the reader
// may change them.
type memberPage struct {
	Form    form
	Member  memberLine
	Back    string // the page of the project
	Rights  []field
	Flags   []field
	CanEdit bool
}

func (a *Admin) memberView(ctx context.Context, in projets.MemberRef, _ projets.MemberView, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	page, err := a.memberPage(ctx, in)
	if err != nil {
		return nil, err
	}
	page.fill(ctx, formOfMember(page.Member.ProjectUser))
	return a.show(ctx, "members/detail", page)
}

// member returns a user of a project and the name of the project.
func (a *Admin) member(ctx context.Context, in projets.MemberRef) (memberLine, error) {
	u, err := a.Projets.ProjectUser(ctx, in.UserName, int64(in.ProjectID))
	if err != nil {
		return memberLine{}, err
	}
	p, err := a.Projets.Project(ctx, u.ProjectID)
	return memberLine{u, p.Name}, err
}

func (a *Admin) memberPage(ctx context.Context, in projets.MemberRef) (memberPage, error) {
	line, err := a.member(ctx, in)
	if err != nil {
		return memberPage{}, err
	}
	canEdit, err := a.mayEditMembers(ctx, line.ProjectID)
	return memberPage{Member: line, Back: rightsPath(ctx, line.ProjectID), CanEdit: canEdit}, err
}

// mayEditMembers reports whether the reader may change the users of a project.
func (a *Admin) mayEditMembers(ctx context.Context, projectID int64) (bool, error) {
	scope, err := a.Projets.Manages(ctx, api.CallerFrom(ctx), projets.Write)
	if errs.Is(err, errs.Forbidden) {
		return false, nil
	}
	return err == nil && scope.Holds(projectID), err
}

// fill makes the fields of the page from a form.
func (p *memberPage) fill(ctx context.Context, f form) {
	p.Form = f
	p.Rights, p.Flags = rightFields(language(ctx), f)
}

func (a *Admin) updatedMemberView(ctx context.Context, in projets.MemberChange, _ api.NoContent, err error) (api.Result, error) {
	page, missing := a.memberPage(ctx, in.MemberRef)
	if missing != nil {
		return nil, missing
	}
	if err == nil {
		return a.done(ctx, page.Member.Path(), "members.saved", page.Member.Name(), page.Member.Project)
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	page.fill(ctx, f)
	return a.again(ctx, "members/detail", page)
}

// memberToRemove names a user of a project in a path of ours.
type memberToRemove struct {
	ID       projets.Number `path:"id"`
	UserName string         `path:"username"`
}

func (a *Admin) askRemoveMember(ctx context.Context, in memberToRemove) (api.Result, error) {
	return a.askMember(ctx, projets.MemberRef{UserName: in.UserName, ProjectID: in.ID}, nil)
}

func (a *Admin) askMember(ctx context.Context, in projets.MemberRef, err error) (api.Result, error) {
	m, missing := a.member(ctx, in)
	if missing != nil {
		return nil, missing
	}
	return a.ask(ctx, question{
		Section: m.Project, SectionPath: rightsPath(ctx, m.ProjectID), Name: m.Name(), Back: m.Path(),
		Title: text(ctx, "members.remove_title", m.Name(), m.Project), Text: text(ctx, "members.remove_text"),
		Submit: text(ctx, "members.remove"), IsDanger: true, Action: m.Path(), Method: "delete",
	}, err)
}

func (a *Admin) removedMemberView(ctx context.Context, in projets.MemberRef, _ api.NoContent, err error) (api.Result, error) {
	if err != nil {
		return a.askMember(ctx, in, err)
	}
	return a.done(ctx, rightsPath(ctx, int64(in.ProjectID)), "members.removed", in.UserName)
}
