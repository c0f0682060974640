package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/parc"
	"intendant/internal/projets"
	"intendant/internal/tableur"
	"intendant/web/catalog"
)

// journalRead is the permission to see who did what.
const journalRead api.Permission = "journal:read"

// journalRoutes are the entries of the journal.
func (a *Admin) journalRoutes() []api.Route {
	return api.Family(
		"journal",
		api.Get("journal_page", journalRead, a.journalPage, "/admin/journal").Doc("Journal des modifications."),
		api.Get("journal_export", journalRead, a.exportJournal, "/admin/journal/export").Doc("Journal en CSV ou XLSX."),
	)
}

// journalSort is the order of the journal from its beginning; "" is the usual
// one, from its end.
const journalSort = "at"

// journalFilters choose lines. Days are those of the site's clocks; one that
// is no day means no bound.
type journalFilters struct {
	listQuery
	Account string `query:"account" default:""`
	Kind    string `query:"object_type" default:""`
	Object  string `query:"object_id" default:""`
	Since   string `query:"since" default:""`
	Until   string `query:"until" default:""`
}

// query returns the service's view of the filters, without a page. The last
// day is in it.
func (f journalFilters) query(where *time.Location) audit.Query {
	q := audit.Query{Text: f.Text, Account: f.Account, ObjectType: f.Kind, ObjectID: f.Object, OldestFirst: f.Sort == journalSort}
	if day, err := time.ParseInLocation(time.DateOnly, f.Since, where); err == nil {
		q.Since = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, f.Until, where); err == nil {
		q.Until = day.AddDate(0, 0, 1)
	}
	return q
}

// objectKind is a kind of object that the journal tells about: where its page
// is, and who may see it.
type objectKind struct {
	name  string
	path  string // "" when it has no page of its own
	needs api.Permission
}

var objectKinds = []objectKind{
	{"account", "/admin/users/", parc.UsersRead},
	{"role", "/admin/roles/", parc.RolesRead},
	{"client", "/admin/clients/", parc.ClientsRead},
	{"site", "/admin/sites/", parc.SitesRead},
	{"equipement", "/admin/equipements/", parc.EquipementsRead},
	{"project", "/projects/", projets.Read},
	{"owner", "/owners/", projets.Read},
	{"database", "/database/", projets.Read},
	{"project_user", "/project_users/", projets.Read},
	{"project_type", "", ""},
	{"email_template", emailForms + "/", projets.Read},
	{"outbox", outboxPath + "/", projets.Admin},
	{"settings", "", ""},
	{"backup", "", ""},
}

// objectPath returns the page of a line's object, "" when there is none, none
// any more, or none for the reader.
func objectPath(caller api.Caller, line audit.Line) string {
	i := slices.IndexFunc(objectKinds, func(k objectKind) bool { return k.name == line.ObjectType })
	isGone := strings.HasSuffix(line.Action, ".delete") || strings.HasSuffix(line.Action, ".empty")
	if i < 0 || objectKinds[i].path == "" || line.ObjectID == "" || isGone || !caller.Can(objectKinds[i].needs, "") {
		return ""
	}
	return objectKinds[i].path + line.ObjectID
}

// journalLine is a line of the journal on a page.
type journalLine struct {
	audit.Line
	What    string // what was done, in the reader's language
	Path    string // page of the object, "" for none
	Details []audit.Change
}

func journalLines(ctx context.Context, lines []audit.Line) []journalLine {
	lang, caller := language(ctx), api.CallerFrom(ctx)
	shown := make([]journalLine, len(lines))
	for i, line := range lines {
		shown[i] = journalLine{Line: line, What: actionText(lang, line.Action), Path: objectPath(caller, line), Details: details(lang, line)}
	}
	return shown
}

// actionText says what an action means, or names it as the journal does.
func actionText(lang catalog.Lang, action string) string {
	key := fmt.Sprintf("journal.action_%s", strings.ReplaceAll(action, ".", "_"))
	if !catalog.Has(lang, key) {
		return action
	}
	return lang.Text(key)
}

// details returns the changes of a line with the names and the words of the
// language.
func details(lang catalog.Lang, line audit.Line) []audit.Change {
	changes := line.Changes()
	for i, c := range changes {
		key := fmt.Sprintf("journal.field_%s", strings.ReplaceAll(c.Field, ".", "_"))
		if catalog.Has(lang, key) {
			changes[i].Field = lang.Text(key)
		}
		changes[i].Before, changes[i].After = wordOf(lang, c.Before), wordOf(lang, c.After)
	}
	return changes
}

func wordOf(lang catalog.Lang, value string) string {
	switch value {
	case "true":
		return lang.Text("journal.yes")
	case "false":
		return lang.Text("journal.no")
	}
	return value
}

// journalPage is the journal.
type journalPage struct {
	List     listing
	Lines    []journalLine
	Filters  form
	Accounts []choice
	Kinds    []choice
}

func (a *Admin) journalPage(ctx context.Context, in journalFilters) (api.Result, error) {
	query := in.query(a.Location)
	query.Limit, query.Offset = pageSize, in.offset()
	lines, total, err := audit.List(ctx, a.Store.Read(), query)
	if err != nil {
		return nil, err
	}
	names, err := audit.Accounts(ctx, a.Store.Read())
	if err != nil {
		return nil, err
	}
	page := journalPage{
		List: newListing(ctx, in.listQuery, journalSort, !query.OldestFirst, total), Lines: journalLines(ctx, lines),
		Filters:  formWith("account", in.Account, "object_type", in.Kind, "since", in.Since, "until", in.Until),
		Accounts: []choice{{"", text(ctx, "list.all")}}, Kinds: []choice{{"", text(ctx, "list.all")}},
	}
	for _, name := range names {
		page.Accounts = append(page.Accounts, choice{name, name})
	}
	for _, k := range objectKinds {
		page.Kinds = append(page.Kinds, choice{k.name, kindText(language(ctx), k.name)})
	}
	return a.show(ctx, "journal/list", page)
}

type journalExport struct {
	journalFilters
	exportQuery
}

func (a *Admin) exportJournal(ctx context.Context, in journalExport) (api.Result, error) {
	header := []string{
		"journal.at", "journal.who", "journal.what", "journal.kind", "journal.object", "journal.object_id", "journal.changes",
		"journal.address", "journal.request",
	}
	rows := &journalRows{}
	result, err := export(ctx, in.Format, text(ctx, "journal.file"), header, rows.of(a, ctx, in.query(a.Location)))
	if stream, ok := result.(api.Stream); ok {
		write := stream.Write
		stream.Write = func(w io.Writer) error { return errors.Join(write(w), rows.failure) }
		return stream, err
	}
	return result, err
}

// journalRows reads the lines as the file is written; failure is why it ends
// too soon.
type journalRows struct{ failure error }

func (r *journalRows) of(a *Admin, ctx context.Context, query audit.Query) iter.Seq[[]tableur.Cell] {
	lang := language(ctx)
	return func(yield func([]tableur.Cell) bool) {
		for line, err := range audit.All(ctx, a.Store.Read(), query) {
			if err != nil {
				r.failure = err
				return
			}
			row := []tableur.Cell{
				line.At.In(a.Location), line.Account, actionText(lang, line.Action), kindText(lang, line.ObjectType), line.ObjectName,
				line.ObjectID, changesText(lang, line), line.Address, line.RequestID,
			}
			if !yield(row) {
				return
			}
		}
	}
}

func kindText(lang catalog.Lang, kind string) string {
	if key := fmt.Sprintf("journal.kind_%s", kind); catalog.Has(lang, key) {
		return lang.Text(key)
	}
	return kind
}

// changesText writes the changes of a line in one cell, one a line.
func changesText(lang catalog.Lang, line audit.Line) string {
	changes := details(lang, line)
	texts := make([]string, len(changes))
	for i, c := range changes {
		texts[i] = lang.Text("journal.change", c.Field, c.Before, c.After)
	}
	return strings.Join(texts, "\n")
}
