package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const (
	databasesPath = "/database"
	// databaseForms is where the pages are that the contract does not name.
	databaseForms = "/admin/database"
)

// databaseViews are the pages of the entries of this family.
func (a *Admin) databaseViews(sys *api.System) error {
	return errors.Join(
		api.View(sys.Entry("database", "index"), a.databasesView),
		api.View(sys.Entry("database", "show"), a.databaseView),
		api.View(sys.Entry("database", "destroy"), a.deletedDatabaseView),
		api.View(sys.Entry("database", "disableall"), a.databaseActView("databases.disableall")),
		api.View(sys.Entry("database", "enableall"), a.databaseActView("databases.enableall")),
		api.View(sys.Entry("database", "kickall"), a.databaseActView("databases.kickall")),
	)
}

// databaseRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) databaseRoutes() []api.Route {
	const one, discarded = databaseForms + "/{dbname}", trashPath + "/{id}"
	return api.Family(
		"bases de données",
		api.Get("databases_export", projets.Read, a.exportDatabases, databaseForms+"/export").Doc("Liste des bases de données en CSV ou XLSX."),
		api.Get("database_disableall_page", projets.Admin, a.askDatabaseAct("databases.disableall"), one+"/disableall").Doc("Demande s'il faut désactiver les utilisateurs d'une base."),
		api.Get("database_enableall_page", projets.Admin, a.askDatabaseAct("databases.enableall"), one+"/enableall").Doc("Demande s'il faut réactiver les utilisateurs d'une base."),
		api.Get("database_kickall_page", projets.Admin, a.askDatabaseAct("databases.kickall"), one+"/kickall").Doc("Demande s'il faut déconnecter les utilisateurs d'une base."),
		api.Get("database_delete_page", projets.Admin, a.askDeleteDatabase, one+"/delete").Elevated().Doc("Demande s'il faut mettre une base à la corbeille."),
		api.Get("trash_page", projets.Admin, a.trashPage, trashPath).Doc("Bases de données à la corbeille."),
		api.Get("trash_restore_page", projets.Admin, a.askRestoreDatabase, discarded+"/restore").Doc("Demande s'il faut restaurer une base."),
		api.Post("trash_restore", projets.Admin, a.restoreDatabase, discarded+"/restore").Doc("Restaure une base de la corbeille."),
		api.Get("trash_delete_page", projets.Admin, a.askEmptyDatabase, discarded+"/delete").Elevated().Doc("Demande s'il faut supprimer une base pour de bon."),
		api.Post("trash_delete", projets.Admin, a.emptyDatabase, discarded+"/delete").Elevated().Doc("Supprime pour de bon une base de la corbeille."),
	)
}

func databasePath(name string) string { return databasesPath + "/" + name }

// databaseLine is a database in the list.
type databaseLine struct {
	projets.Database
	Owner string // its name, "" for the built-in template
}

// State names the state of a database, as the filter of the list does.
func (l databaseLine) State() string { return databaseState(l.IsMissing, l.IsBuiltIn) }

func databaseState(isMissing, isBuiltIn bool) string {
	switch {
	case isMissing:
		return "missing"
	case isBuiltIn:
		return "builtin"
	}
	return "active"
}

var databaseSorters = []sorter[databaseLine]{
	sortedBy("name", func(l databaseLine) string { return l.Name }),
	sortedBy("owner", func(l databaseLine) string { return l.Owner }),
	{"projects", func(x, y databaseLine) int { return cmp.Compare(x.ProjectCount, y.ProjectCount) }},
	{"size", func(x, y databaseLine) int { return cmp.Compare(x.Bytes, y.Bytes) }},
	{"created", func(x, y databaseLine) int { return x.CreatedAt.Compare(y.CreatedAt) }},
}

// databaseLines returns the databases that the query of ctx's page looks for.
func (a *Admin) databaseLines(ctx context.Context, databases []projets.Database) ([]databaseLine, error) {
	names, err := a.ownerNames(ctx)
	if err != nil {
		return nil, err
	}
	query := api.RequestFrom(ctx).URL.Query()
	key, state := plier.Key(query.Get("q")), query.Get("state")
	var lines []databaseLine
	for _, d := range databases {
		line := databaseLine{Database: d}
		if d.OwnerID != nil {
			line.Owner = names[*d.OwnerID]
		}
		if strings.Contains(plier.Key(d.Name+" "+line.Owner), key) && (state == "" || state == line.State()) {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// databasesPage is the list of databases.
type databasesPage struct {
	List      listing
	Databases []databaseLine
	Filters   form
	States    []choice
	Bytes     int64 // of all that were found
	Trashed   int   // in the trash, for who may see it
}

func (a *Admin) databasesView(ctx context.Context, _ api.None, databases []projets.Database, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	lines, err := a.databaseLines(ctx, databases)
	if err != nil {
		return nil, err
	}
	page := databasesPage{
		Filters: formWith("state", api.RequestFrom(ctx).URL.Query().Get("state")),
		States: []choice{
			{"", text(ctx, "list.all")},
			{"active", text(ctx, "databases.state_active")},
			{"missing", text(ctx, "databases.state_missing")},
			{"builtin", text(ctx, "databases.state_builtin")},
		},
	}
	for _, line := range lines {
		page.Bytes += line.Bytes
	}
	page.List, page.Databases = cutPage(ctx, lines, databaseSorters...)
	page.List.Exports = databaseForms + "/export"
	if api.CallerFrom(ctx).Can(projets.Admin, "") {
		trash, err := a.Projets.Trash(ctx)
		if err != nil {
			return nil, err
		}
		page.Trashed = len(trash)
	}
	return a.show(ctx, "databases/list", page)
}

func (a *Admin) exportDatabases(ctx context.Context, in exportQuery) (api.Result, error) {
	databases, err := a.Projets.Databases(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := a.databaseLines(ctx, databases)
	if err != nil {
		return nil, err
	}
	sortLines(ctx, lines, databaseSorters...)
	header := []string{"databases.name", "databases.owner", "databases.projects", "databases.bytes", "databases.state", "databases.created"}
	return export(ctx, in.Format, text(ctx, "databases.file"), header, a.databaseRows(ctx, lines))
}

func (a *Admin) databaseRows(ctx context.Context, lines []databaseLine) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, l := range lines {
			state := text(ctx, fmt.Sprintf("databases.state_%s", l.State()))
			if !yield([]tableur.Cell{l.Name, l.Owner, l.ProjectCount, l.Bytes, state, l.CreatedAt.In(a.Location)}) {
				return
			}
		}
	}
}

// databasePage is one database and what is in it.
type databasePage struct {
	Database projets.DatabaseView
	Owner    projets.Owner // the zero value for the built-in template
	// Users are in its projects; Disabled may not enter one of them.
	Users, Disabled int
}

// State names the state of the database.
func (p databasePage) State() string {
	return databaseState(p.Database.IsMissing, p.Database.IsBuiltIn)
}

func (a *Admin) databaseView(ctx context.Context, _ projets.DatabaseRef, database projets.DatabaseView, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	page := databasePage{Database: database}
	if database.OwnerID != nil {
		if page.Owner, err = a.Projets.Owner(ctx, *database.OwnerID); err != nil {
			return nil, err
		}
	}
	if page.Users, page.Disabled, err = a.usersOfDatabase(ctx, database); err != nil {
		return nil, err
	}
	return a.show(ctx, "databases/detail", page)
}

// usersOfDatabase counts the people in the projects of a database, and those
// of them who are kept out of one.
func (a *Admin) usersOfDatabase(ctx context.Context, database projets.DatabaseView) (users, disabled int, err error) {
	ids := make([]int64, len(database.Projects))
	for i, p := range database.Projects {
		ids[i] = p.ID
	}
	members, err := a.Projets.ProjectUsers(ctx, ids...)
	isOut := map[int64]bool{}
	for _, m := range members {
		isOut[m.AccountID] = isOut[m.AccountID] || !m.Enabled
	}
	for _, out := range isOut {
		if out {
			disabled++
		}
	}
	return len(isOut), disabled, err
}

// askDatabaseAct asks before an act on all users of a database; key is the
// beginning of its texts and ends with the name of the act.
func (a *Admin) askDatabaseAct(key string) func(context.Context, projets.DatabaseRef) (api.Result, error) {
	return func(ctx context.Context, in projets.DatabaseRef) (api.Result, error) {
		database, err := a.Projets.Database(ctx, in.Name)
		if err != nil {
			return nil, err
		}
		users, _, err := a.usersOfDatabase(ctx, database)
		if err != nil {
			return nil, err
		}
		act := strings.TrimPrefix(key, "databases.")
		return a.ask(ctx, question{
			Section: text(ctx, "databases.title"), SectionPath: databasesPath, Name: database.Name, Back: databasePath(database.Name),
			Title: text(ctx, key+"_title", database.Name), Text: language(ctx).Count(key+"_text", int64(users)), Submit: text(ctx, key),
			IsDanger: act != "enableall", Action: databasePath(database.Name) + "/" + act,
		}, nil)
	}
}

func (a *Admin) databaseActView(key string) func(context.Context, projets.DatabaseRef, projets.DatabaseView, error) (api.Result, error) {
	return func(ctx context.Context, _ projets.DatabaseRef, database projets.DatabaseView, err error) (api.Result, error) {
		if err != nil {
			return nil, err
		}
		return a.done(ctx, databasePath(database.Name), key+"_done", database.Name)
	}
}

// databaseDeletePage asks before a database goes to the trash, or says why it
// cannot.
type databaseDeletePage struct {
	Form     form
	Database projets.DatabaseView
}

func (a *Admin) askDeleteDatabase(ctx context.Context, in projets.DatabaseRef) (api.Result, error) {
	database, err := a.Projets.Database(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "databases/delete", databaseDeletePage{formWith(), database})
}

func (a *Admin) deletedDatabaseView(ctx context.Context, in projets.DatabaseRef, _ api.NoContent, err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, databasesPath, "databases.deleted", in.Name)
	}
	if !errs.Is(err, errs.Invalid) {
		return nil, err
	}
	database, e := a.Projets.Database(ctx, in.Name)
	if e != nil {
		return nil, e
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "databases/delete", databaseDeletePage{f.unplaced(), database})
}

const trashPath = databaseForms + "/trash"

// trashData is what is in the trash.
type trashData struct {
	Databases []projets.Discarded
	Bytes     int64
}

func (a *Admin) trashPage(ctx context.Context, _ api.None) (api.Result, error) {
	list, err := a.Projets.Trash(ctx)
	if err != nil {
		return nil, err
	}
	page := trashData{Databases: list}
	for _, d := range list {
		page.Bytes += d.Bytes
	}
	return a.show(ctx, "databases/trash", page)
}

type discardedRef struct {
	ID string `path:"id"`
}

// discarded returns a database of the trash, or NotFound.
func (a *Admin) discarded(ctx context.Context, in discardedRef) (projets.Discarded, error) {
	list, err := a.Projets.Trash(ctx)
	if err != nil {
		return projets.Discarded{}, err
	}
	i := slices.IndexFunc(list, func(d projets.Discarded) bool { return d.ID == in.ID })
	if i < 0 {
		return projets.Discarded{}, errs.New(errs.NotFound, "database_unknown", "Not Found")
	}
	return list[i], nil
}

// askAboutDiscarded asks about a database in the trash; key is the beginning
// of its texts.
func (a *Admin) askAboutDiscarded(ctx context.Context, d projets.Discarded, key string, isDanger bool, err error) (api.Result, error) {
	lang := language(ctx)
	return a.ask(ctx, question{
		Section: lang.Text("databases.trash"), SectionPath: trashPath, Back: trashPath,
		Title: lang.Text(key+"_title", d.Name), Text: lang.Text(key+"_text", a.clock(ctx, d.TrashedAt)), Submit: lang.Text(key), IsDanger: isDanger,
	}, err)
}

// clock writes an instant by the site's clocks, for a text.
func (a *Admin) clock(ctx context.Context, t time.Time) string {
	return language(ctx).Moment(t.In(a.Location))
}

func (a *Admin) askRestoreDatabase(ctx context.Context, in discardedRef) (api.Result, error) {
	d, err := a.discarded(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.askAboutDiscarded(ctx, d, "databases.restore", false, nil)
}

func (a *Admin) restoreDatabase(ctx context.Context, in discardedRef) (api.Result, error) {
	d, err := a.discarded(ctx, in)
	if err != nil {
		return nil, err
	}
	if _, err := a.Projets.RestoreDatabase(ctx, d.ID); err != nil {
		return a.askAboutDiscarded(ctx, d, "databases.restore", false, err)
	}
	return a.done(ctx, databasePath(d.Name), "databases.restored", d.Name)
}

func (a *Admin) askEmptyDatabase(ctx context.Context, in discardedRef) (api.Result, error) {
	d, err := a.discarded(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.askAboutDiscarded(ctx, d, "databases.empty", true, nil)
}

func (a *Admin) emptyDatabase(ctx context.Context, in discardedRef) (api.Result, error) {
	d, err := a.discarded(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Projets.EmptyDatabase(ctx, d.ID); err != nil {
		return a.askAboutDiscarded(ctx, d, "databases.empty", true, err)
	}
	return a.done(ctx, trashPath, "databases.emptied", d.Name)
}
