package web

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/parc"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

const statusPath = "/admin/status"

// statusRoutes are the entries of the state of the server.
func (a *Admin) statusRoutes() []api.Route {
	return api.Family(
		"état du serveur",
		api.Get("status_page", parc.UsersUpdate, a.statusPage, statusPath).Doc("Qui est connecté : sessions et jetons de tous les comptes."),
		api.Get("status_export", parc.UsersUpdate, a.exportStatus, statusPath+"/export").Doc("Sessions et jetons en CSV ou XLSX."),
		api.Get("status_kick_page", parc.UsersUpdate, a.askStatusKick, statusPath+"/{id}/kick").Doc("Demande s'il faut déconnecter un compte partout."),
		api.Post("status_kick", parc.UsersUpdate, a.statusKick, statusPath+"/{id}/kick").Doc("Déconnecte un compte partout."),
	)
}

// connectionLine is a session or a token in the list.
type connectionLine struct {
	identity.Connection
	KindText string
	Client   string // the program, in short
	// CanKick says that the reader's rights reach the account.
	CanKick bool
}

// Name is the person's name, or the user name without one.
func (c connectionLine) Name() string { return orElse(c.Account.Nom(), c.Account.UserName) }

// lastUse is when the connection was last used as far as is known.
func (c connectionLine) lastUse() time.Time {
	if c.SeenAt != nil {
		return *c.SeenAt
	}
	return c.Since
}

// connectionKinds are the kinds of connections and the keys of their names.
var connectionKinds = []struct{ name, key string }{
	{identity.ConnectionOfBrowser, "status.kind_session"},
	{identity.FamilyOfLogin, "status.kind_login"},
	{identity.FamilyOfOne, "status.kind_personal"},
	{identity.FamilyOfScoDoc, "status.kind_scodoc"},
}

var connectionSorters = []sorter[connectionLine]{
	sortedBy("name", func(c connectionLine) string {
		return c.Account.LastName + " " + c.Account.FirstName + " " + c.Account.UserName
	}),
	sortedBy("kind", func(c connectionLine) string { return c.KindText }),
	sortedBy("client", func(c connectionLine) string { return c.Client }),
	sortedBy("address", func(c connectionLine) string { return c.Address }),
	{"since", func(a, b connectionLine) int { return a.Since.Compare(b.Since) }},
	{"seen", func(a, b connectionLine) int { return a.lastUse().Compare(b.lastUse()) }},
}

// statusFilters choose connections.
type statusFilters struct {
	Text string `query:"q" default:""`
	Kind string `query:"kind" default:""`
}

// chosen returns the connections that the filters choose.
func (f statusFilters) chosen(ctx context.Context, all []identity.Connection) []connectionLine {
	names := map[string]string{}
	for _, k := range connectionKinds {
		names[k.name] = text(ctx, k.key)
	}
	key := plier.Key(f.Text)
	var lines []connectionLine
	for _, c := range all {
		line := connectionLine{Connection: c, KindText: names[c.Kind], Client: clientName(c.UserAgent)}
		what := []string{c.Account.Nom(), c.Account.UserName, c.Address, c.UserAgent, line.Client}
		isFound := slices.ContainsFunc(what, func(s string) bool { return strings.Contains(plier.Key(s), key) })
		if isFound && (f.Kind == "" || f.Kind == c.Kind) {
			lines = append(lines, line)
		}
	}
	return lines
}

// statusPage is who is in the server.
type statusPage struct {
	List        listing
	Connections []connectionLine
	Filters     form
	Kinds       []choice
	// Accounts, Sessions and Tokens count what is open, whatever the filters.
	Accounts, Sessions, Tokens int
	Started                    time.Time
}

func (a *Admin) statusPage(ctx context.Context, in statusFilters) (api.Result, error) {
	all, err := a.Identity.Connections(ctx)
	if err != nil {
		return nil, err
	}
	page := statusPage{Filters: formWith("kind", in.Kind), Kinds: []choice{{"", text(ctx, "list.all")}}, Started: a.started}
	for _, k := range connectionKinds {
		page.Kinds = append(page.Kinds, choice{k.name, text(ctx, k.key)})
	}
	accounts := map[int64]bool{}
	for _, c := range all {
		accounts[c.Account.ID] = true
		if c.Kind == identity.ConnectionOfBrowser {
			page.Sessions++
		} else {
			page.Tokens++
		}
	}
	page.Accounts = len(accounts)
	page.List, page.Connections = cutPage(ctx, in.chosen(ctx, all), connectionSorters...)
	may := map[int64]bool{}
	for i, c := range page.Connections {
		if _, isKnown := may[c.Account.ID]; !isKnown {
			if may[c.Account.ID], err = a.Identity.MayChange(ctx, c.Account.ID); err != nil {
				return nil, err
			}
		}
		page.Connections[i].CanKick = may[c.Account.ID]
	}
	return a.show(ctx, "status/list", page)
}

type statusExport struct {
	statusFilters
	exportQuery
}

func (a *Admin) exportStatus(ctx context.Context, in statusExport) (api.Result, error) {
	all, err := a.Identity.Connections(ctx)
	if err != nil {
		return nil, err
	}
	lines := in.chosen(ctx, all)
	sortLines(ctx, lines, connectionSorters...)
	header := []string{
		"status.user_name", "status.name", "status.kind", "status.program", "status.address", "status.since", "status.seen", "status.expires",
	}
	return export(ctx, in.Format, text(ctx, "status.file"), header, a.statusRows(lines))
}

func (a *Admin) statusRows(lines []connectionLine) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, c := range lines {
			var seen tableur.Cell
			if c.SeenAt != nil {
				seen = c.SeenAt.In(a.Location)
			}
			row := []tableur.Cell{
				c.Account.UserName, c.Account.Nom(), c.KindText, c.UserAgent, c.Address, c.Since.In(a.Location), seen, c.Expires.In(a.Location),
			}
			if !yield(row) {
				return
			}
		}
	}
}

// statusQuestion asks whether to end all that an account has open.
func statusQuestion(ctx context.Context, account identity.Account) question {
	q := question{
		Section: text(ctx, "status.title"), SectionPath: statusPath, Back: statusPath, Title: text(ctx, "users.kick_title", account.UserName),
		Text: text(ctx, "users.kick_text"), Submit: text(ctx, "users.kick"), IsDanger: true,
	}
	if isSelf(ctx, account) {
		q.Text = text(ctx, "status.kick_self")
	}
	return q
}

func (a *Admin) askStatusKick(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, statusQuestion(ctx, account), nil)
}

func (a *Admin) statusKick(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Identity.Kick(ctx, account.ID); err != nil {
		return nil, err
	}
	return a.done(ctx, statusPath, "users.kick_done", account.UserName)
}

// browserMarks tell browsers by what they call themselves; each also calls
// itself by the names of those after it.
var browserMarks = []struct{ mark, name string }{
	{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Version/", "Safari"},
}

// systemMarks tell what a browser runs on, in the same way.
var systemMarks = []struct{ mark, name string }{
	{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
}

// longestClient is the length of a program's name beyond which it is cut, in
// characters.
const longestClient = 40

// clientName shortens the name that a program gives itself: "Firefox 128,
// Windows" for a browser, the first word of another, "releve/2".
func clientName(agent string) string {
	for _, b := range browserMarks {
		_, after, isIt := strings.Cut(agent, b.mark)
		if !isIt || !strings.HasPrefix(agent, "Mozilla/") {
			continue
		}
		end := strings.IndexFunc(after, func(c rune) bool { return c < '0' || c > '9' })
		if end < 0 {
			end = len(after)
		}
		name := strings.TrimSpace(b.name + " " + after[:end])
		for _, s := range systemMarks {
			if strings.Contains(agent, s.mark) {
				return name + ", " + s.name
			}
		}
		return name
	}
	first, _, _ := strings.Cut(agent, " ")
	if letters := []rune(first); len(letters) > longestClient {
		return string(letters[:longestClient]) + "…"
	}
	return first
}
