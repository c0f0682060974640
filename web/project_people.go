package web

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const (
	// peoplePath is that of the wing; the forms and questions are elsewhere.
	peoplePath      = "/users"
	peopleFormsPath = "/admin/people"
)

// userViews are the pages of the entries of "/users".
func (a *Admin) userViews(sys *api.System) error {
	return errors.Join(
		api.View(sys.Entry("users", "index"), a.peopleView),
		api.View(sys.Entry("users", "show"), a.personView),
		api.View(sys.Entry("users", "create"), a.personCreatedView),
		api.View(sys.Entry("users", "update"), a.personUpdatedView),
		api.View(sys.Entry("users", "destroy"), a.personDestroyedView),
		api.View(sys.Entry("users", "disable"), a.personActView("people.disable")),
		api.View(sys.Entry("users", "enable"), a.personActView("people.enable")),
		api.View(sys.Entry("users", "kick"), a.personActView("people.kick")),
	)
}

// userPageRoutes are the pages that have no entry in the wing: forms,
// questions, exports. A superuser of a project uses them for its people.
func (a *Admin) userPageRoutes() []api.Route {
	const one = peopleFormsPath + "/{username}"
	mine := a.Projets.IsSuperuser
	return api.Family(
		"utilisateurs des projets",
		api.Get("people_export", projets.Read, a.exportPeople, peopleFormsPath+"/export").Or(mine).Doc("Liste des utilisateurs des projets en CSV ou XLSX."),
		api.Get("person_new_page", projets.Admin, a.newPersonPage, peopleFormsPath+"/new").Doc("Formulaire d'un utilisateur des projets."),
		api.Get("person_edit_page", projets.Admin, a.editPersonPage, one+"/edit").Or(mine).Doc("Formulaire de modification d'un utilisateur des projets."),
		api.Get("person_disable_page", projets.Admin, a.askPersonPage("people.disable"), one+"/disable").Or(mine).Doc("Demande s'il faut désactiver un utilisateur."),
		api.Get("person_kick_page", projets.Admin, a.askPersonPage("people.kick"), one+"/kick").Or(mine).Doc("Demande s'il faut déconnecter un utilisateur."),
		api.Get("person_delete_page", projets.Admin, a.askPersonPage("people.delete"), one+"/delete").Or(mine).Elevated().Doc("Demande s'il faut supprimer un utilisateur."),
	)
}

func personPath(userName string) string { return peoplePath + "/" + url.PathEscape(userName) }

// personLine is a user of projects in the list.
type personLine struct {
	projets.User
	Projects int64
}

// Nom is first and last name.
func (p personLine) Nom() string { return fullName(p.FirstName, p.LastName) }

// Address is the e-mail, "" for none.
func (p personLine) Address() string { return shown(p.Email) }

// peopleSorters are the orders of the list.
var peopleSorters = []sorter[personLine]{
	sortedBy("name", func(p personLine) string { return p.LastName + " " + p.FirstName }),
	sortedBy("user_name", func(p personLine) string { return p.UserName }),
	sortedBy("email", personLine.Address),
	{"projects", func(a, b personLine) int { return cmp.Compare(a.Projects, b.Projects) }},
	{"created", func(a, b personLine) int { return a.CreatedAt.Compare(b.CreatedAt) }},
}

// personLines returns the users in the state that the query of ctx's page asks
// for.
func (a *Admin) personLines(ctx context.Context, users []projets.User) ([]personLine, error) {
	counts, err := a.Projets.ProjectCounts(ctx)
	if err != nil {
		return nil, err
	}
	state := api.RequestFrom(ctx).URL.Query().Get("active")
	var lines []personLine
	for _, u := range users {
		if state == "yes" && !u.Active || state == "no" && u.Active {
			continue
		}
		lines = append(lines, personLine{u, counts[u.AccountID]})
	}
	return lines, nil
}

// peoplePage is the list of the users of projects.
type peoplePage struct {
	List    listing
	People  []personLine
	Filters form
	States  []choice
}

func (a *Admin) peopleView(ctx context.Context, _ projets.UserSearch, users []projets.User, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	lines, err := a.personLines(ctx, users)
	if err != nil {
		return nil, err
	}
	list, lines := cutPage(ctx, lines, peopleSorters...)
	list.Exports = peopleFormsPath + "/export"
	return a.show(ctx, "people/list", peoplePage{
		List: list, People: lines, Filters: formWith("active", list.Query.Get("active")),
		States: []choice{{"", text(ctx, "list.all")}, {"yes", text(ctx, "people.active")}, {"no", text(ctx, "people.inactive")}},
	})
}

type peopleExport struct {
	projets.UserSearch
	exportQuery
}

func (a *Admin) exportPeople(ctx context.Context, in peopleExport) (api.Result, error) {
	users, _, err := a.Projets.Users(ctx, projets.UserQuery{Text: in.Text})
	if err != nil {
		return nil, err
	}
	lines, err := a.personLines(ctx, users)
	if err != nil {
		return nil, err
	}
	sortLines(ctx, lines, peopleSorters...)
	header := []string{
		"people.user_name", "people.last_name", "people.first_name", "people.email", "people.state", "people.projects", "people.created",
	}
	return export(ctx, in.Format, text(ctx, "people.file"), header, a.personRows(ctx, lines))
}

func (a *Admin) personRows(ctx context.Context, lines []personLine) iter.Seq[[]tableur.Cell] {
	states := map[bool]string{true: text(ctx, "people.active"), false: text(ctx, "people.inactive")}
	return func(yield func([]tableur.Cell) bool) {
		for _, p := range lines {
			row := []tableur.Cell{p.UserName, p.LastName, p.FirstName, p.Address(), states[p.Active], p.Projects, p.CreatedAt.In(a.Location)}
			if !yield(row) {
				return
			}
		}
	}
}

// personPlace is a person's place in a project, as the page tells it.
type personPlace struct {
	memberLine
	ProjectPath string
	IsOpen      bool // the project is active
	Levels      []personLevel
	Powers      []string
}

// RoleName is the person's role in the project, "" for none.
func (p personPlace) RoleName() string { return shown(p.Role) }

// personLevel are the modules on which a person has one level of rights.
type personLevel struct{ Level, Modules string }

// personLevels tells rights in words, the greatest first.
func personLevels(ctx context.Context, r projets.Rights) []personLevel {
	var list []personLevel
	for _, level := range levels(language(ctx)) {
		var names []string
		for _, m := range modules {
			if strconv.FormatInt(m.level(r), 10) == level.Value {
				names = append(names, text(ctx, m.label))
			}
		}
		if len(names) > 0 {
			list = append(list, personLevel{level.Label, strings.Join(names, ", ")})
		}
	}
	return list
}

// personPage is a user of projects.
type personPage struct {
	Person  projets.User
	Account identity.Account
	Places  []personPlace
	// CanChange says that the reader may change this user; else Why says what
	// keeps one from it who may change others.
	CanChange bool
	Why       string
}

// Nom is first and last name.
func (p personPage) Nom() string { return fullName(p.Person.FirstName, p.Person.LastName) }

// Path is where the acts on the user are.
func (p personPage) Path() string { return personPath(p.Person.UserName) }

// FormsPath is where its forms and questions are.
func (p personPage) FormsPath() string {
	return peopleFormsPath + "/" + url.PathEscape(p.Person.UserName)
}

func (a *Admin) personView(ctx context.Context, _ projets.UserRef, u projets.User, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	page := personPage{Person: u}
	if page.Account, err = a.Identity.Account(ctx, u.AccountID); err != nil {
		return nil, err
	}
	if page.Places, err = a.personPlaces(ctx, u); err != nil {
		return nil, err
	}
	if page.CanChange, page.Why, err = a.mayChangePerson(ctx, u); err != nil {
		return nil, err
	}
	return a.show(ctx, "people/detail", page)
}

// personPlaces returns a user's places in the projects that the reader may see, by
// their names.
func (a *Admin) personPlaces(ctx context.Context, u projets.User) ([]personPlace, error) {
	rows, err := a.Projets.PlacesOf(ctx, u.AccountID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids, held := make([]int64, len(rows)), map[int64]projets.ProjectUser{}
	for i, row := range rows {
		ids[i], held[row.ProjectID] = row.ProjectID, row
	}
	projects, _, err := a.Projets.Projects(ctx, projets.ProjectQuery{IDs: ids, ShowAll: true})
	if err != nil {
		return nil, err
	}
	places := make([]personPlace, len(projects))
	for i, p := range projects {
		member := held[p.ID]
		places[i] = personPlace{
			memberLine: memberLine{member, p.Name}, ProjectPath: rightsPath(ctx, p.ID), IsOpen: p.Active, Levels: personLevels(ctx, member.Rights),
		}
		for _, f := range flags {
			if f.isSet(member) {
				places[i].Powers = append(places[i].Powers, text(ctx, f.label))
			}
		}
	}
	return places, nil
}

// mayChangePerson reports whether the reader may change a user; why not is ""
// for one who may change nobody.
func (a *Admin) mayChangePerson(ctx context.Context, u projets.User) (may bool, why string, err error) {
	caller := api.CallerFrom(ctx)
	if !caller.Can(projets.Admin, "") {
		if is, err := a.Projets.IsSuperuser(ctx, caller); err != nil || !is {
			return false, "", err
		}
	}
	_, err = a.Projets.UserToChange(ctx, u.UserName)
	switch {
	case errs.Is(err, errs.Forbidden):
		return false, text(ctx, "people.elsewhere"), nil
	case errs.Is(err, errs.NotFound): // one who reads all and manages some
		return false, "", nil
	case err != nil:
		return false, "", err
	}
	covered, err := a.Identity.MayChange(ctx, u.AccountID)
	if err == nil && !covered {
		why = text(ctx, "people.above")
	}
	return covered, why, err
}

// personFormPage is the form of a new user, or of one to change.
type personFormPage struct {
	Form   form
	Person projets.User // the zero value for a new one
}

// Path is where the form goes, and comes back to.
func (p personFormPage) Path() string { return personPath(p.Person.UserName) }

func (a *Admin) newPersonPage(ctx context.Context, _ api.None) (api.Result, error) {
	return a.show(ctx, "people/form", personFormPage{Form: formWith()})
}

func (a *Admin) personCreatedView(ctx context.Context, _ projets.UserBody, made api.Created[projets.User], err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, personPath(made.Value.UserName), "people.created_notice", made.Value.UserName)
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "people/form", personFormPage{Form: f})
}

func (a *Admin) editPersonPage(ctx context.Context, in projets.UserRef) (api.Result, error) {
	u, err := a.Projets.UserToChange(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	f := formWith("user[last_name]", u.LastName, "user[first_name]", u.FirstName, "user[email]", shown(u.Email))
	return a.show(ctx, "people/form", personFormPage{Form: f, Person: u})
}

func (a *Admin) personUpdatedView(ctx context.Context, in projets.UserChange, _ api.NoContent, err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, personPath(in.UserName), "people.saved", in.UserName)
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	u, err := a.Projets.UserToChange(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "people/form", personFormPage{Form: f, Person: u})
}

// askPersonPage returns the page of a question about a user; key is the
// beginning of its texts.
func (a *Admin) askPersonPage(key string) func(context.Context, projets.UserRef) (api.Result, error) {
	return func(ctx context.Context, in projets.UserRef) (api.Result, error) {
		return a.askPerson(ctx, in.UserName, key, nil)
	}
}

// askPerson asks about a user; err is why the act was refused, nil for the
// first time.
func (a *Admin) askPerson(ctx context.Context, userName, key string, err error) (api.Result, error) {
	u, unknown := a.Projets.UserToChange(ctx, userName)
	if unknown != nil {
		return nil, unknown
	}
	q := question{
		Section: text(ctx, "people.title"), SectionPath: peoplePath, Name: u.UserName, Back: personPath(u.UserName),
		Title: text(ctx, key+"_title", u.UserName), Text: text(ctx, key+"_text"), Submit: text(ctx, key), IsDanger: true,
	}
	if api.CallerFrom(ctx).AccountID() == u.AccountID {
		q.Text += " " + text(ctx, key+"_self")
	}
	q.Action = q.Back + "/" + strings.TrimPrefix(key, "people.")
	if key == "people.delete" {
		places, err := a.Projets.PlacesOf(ctx, u.AccountID)
		if err != nil {
			return nil, err
		}
		q.Text = language(ctx).Count("people.delete_places", int64(len(places))) + " " + q.Text
		q.Action, q.Method = q.Back, "delete"
	}
	return a.ask(ctx, q, err)
}

// personActView answers an act with the user as it left him, or with the
// question and the reason why not.
func (a *Admin) personActView(key string) func(context.Context, projets.UserRef, projets.User, error) (api.Result, error) {
	return func(ctx context.Context, in projets.UserRef, u projets.User, err error) (api.Result, error) {
		if err == nil {
			return a.done(ctx, personPath(u.UserName), key+"_done", u.UserName)
		}
		return a.personRefused(ctx, in.UserName, key, err)
	}
}

// personRefused asks again, unless the error is not about the user's state.
func (a *Admin) personRefused(ctx context.Context, userName, key string, err error) (api.Result, error) {
	if !errs.Is(err, errs.Conflict) {
		return nil, err
	}
	return a.askPerson(ctx, userName, key, err)
}

func (a *Admin) personDestroyedView(ctx context.Context, in projets.UserRef, _ api.NoContent, err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, peoplePath, "people.delete_done", in.UserName)
	}
	return a.personRefused(ctx, in.UserName, "people.delete", err)
}
