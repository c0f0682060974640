package web

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/graphique"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const (
	loginsPath      = "/node/logins"
	uniqueUsersPath = "/node/unique_users"
	// mostBars is how many projects the charts show; the tables show all.
	mostBars = 20
)

// loginViews are the pages of the entries of this family.
func (a *Admin) loginViews(sys *api.System) error {
	return errors.Join(
		api.View(sys.Entry("node", "logins"), a.loginsView),
		api.View(sys.Entry("node", "unique_users"), a.uniqueUsersView),
	)
}

// loginPageRoutes are the pages that have no entry in the wing: the files of
// the figures.
func (a *Admin) loginPageRoutes() []api.Route {
	return api.Family(
		"connexions aux projets",
		api.Get("logins_export", projets.Read, a.exportLogins, "/admin/logins/export").
			Doc("Connexions par projet et par client, ou personnes par projet, en CSV ou XLSX."),
	)
}

// loginsPage are the figures of a period.
type loginsPage struct {
	Period form
	Path   string
	// Query is the period as it was asked for, "" for the usual one.
	Query string
	// IsFaulty says that there are no figures, for the days are wrong.
	IsFaulty bool
	From, To db.Day
	Chart    template.HTML
	// IsCut says that the chart leaves projects out.
	IsCut   bool
	Series  []loginSeries
	Rows    []loginRow
	Total   int64 // logins
	People  int64 // each once
	Exports []choice
}

// loginSeries is a kind of client and the colour of its bars.
type loginSeries struct {
	Name  string
	Color int
	Total int64
}

// loginRow is a project and its figures, one for each series.
type loginRow struct {
	ProjectID     int64
	Name          string
	IsGone        bool // deleted since
	Database      string
	Counts        []int64
	Total, People int64
}

// Path is the page of the project, "" when it is gone.
func (r loginRow) Path() string {
	if r.IsGone {
		return ""
	}
	return projectPath(r.ProjectID)
}

// newLoginsPage returns a page with the form of its period. It has no figures
// when a day cannot be read, which err then says, or when the period runs
// backwards; an error that is not about the days is returned.
func (a *Admin) newLoginsPage(ctx context.Context, path, of string, in projets.PeriodSearch, err error) (loginsPage, error) {
	typed := api.RequestFrom(ctx).URL.Query()
	page := loginsPage{Path: path, Period: form{values: url.Values{}, faults: map[string][]string{}}}
	page.From, page.To = a.Projets.Days(in.Period())
	for name, day := range map[string]db.Day{"from_date": page.From, "to_date": page.To} {
		page.Period.values.Set(name, day.String())
		if typed.Get(name) != "" {
			page.Period.values.Set(name, typed.Get(name))
		}
	}
	if err != nil {
		e := errs.As(err)
		if e == nil || e.Kind != errs.Invalid || len(e.Faults) == 0 {
			return page, err
		}
		for _, fault := range e.Faults {
			page.Period.add(fault.Field(), text(ctx, "logins.bad_day"))
		}
	} else if page.To.Time().Before(page.From.Time()) {
		page.Period.add("to_date", text(ctx, "logins.backwards"))
	}
	page.IsFaulty = page.Period.IsFaulty()
	query := url.Values{}
	for _, name := range []string{"from_date", "to_date"} {
		if value := typed.Get(name); value != "" && !page.IsFaulty {
			query.Set(name, value)
		}
	}
	if len(query) > 0 {
		page.Query = "?" + query.Encode()
	}
	query.Set("of", of)
	for _, format := range []string{"csv", "xlsx"} {
		query.Set("format", format)
		page.Exports = append(page.Exports, choice{"/admin/logins/export?" + query.Encode(), format})
	}
	return page, nil
}

// withoutBlanks returns the address of a form that was sent with a day left
// blank, which is none, without it; "" for any other.
func withoutBlanks(ctx context.Context, path string) string {
	query := api.RequestFrom(ctx).URL.Query()
	hasBlank := false
	for _, name := range []string{"from_date", "to_date"} {
		if query.Has(name) && query.Get(name) == "" {
			query.Del(name)
			hasBlank = true
		}
	}
	switch {
	case !hasBlank:
		return ""
	case len(query) == 0:
		return path
	}
	return path + "?" + query.Encode()
}

// showLogins shows a page, with the status that the API has for faulty days.
func (a *Admin) showLogins(ctx context.Context, name string, page loginsPage, err error) (api.Result, error) {
	status := http.StatusOK
	switch {
	case err != nil:
		status = http.StatusBadRequest
	case page.IsFaulty:
		status = http.StatusUnprocessableEntity
	}
	return a.render(ctx, name, status, page)
}

func (a *Admin) loginsView(ctx context.Context, in projets.PeriodSearch, counts []projets.LoginCount, err error) (api.Result, error) {
	if to := withoutBlanks(ctx, loginsPath); to != "" {
		return api.Redirect{To: to}, nil
	}
	page, e := a.newLoginsPage(ctx, loginsPath, "logins", in, err)
	if e != nil {
		return nil, e
	}
	if !page.IsFaulty {
		if err := a.fillLogins(ctx, &page, in.Period(), counts); err != nil {
			return nil, err
		}
	}
	return a.showLogins(ctx, "logins/logins", page, err)
}

func (a *Admin) fillLogins(ctx context.Context, page *loginsPage, period projets.Period, counts []projets.LoginCount) error {
	users, err := a.Projets.UniqueUsers(ctx, period)
	if err != nil {
		return err
	}
	rows, err := a.loginRows(ctx, users)
	if err != nil {
		return err
	}
	chart := graphique.Chart{}
	for _, c := range counts {
		if !slices.Contains(chart.Series, c.Client) {
			chart.Series = append(chart.Series, c.Client)
		}
	}
	slices.Sort(chart.Series)
	for _, row := range rows {
		bar := graphique.Bar{Label: row.Name, Values: make([]int64, len(chart.Series))}
		for _, c := range counts {
			if c.ProjectID == row.ProjectID && c.DatabaseID == row.Database {
				bar.Values[slices.Index(chart.Series, c.Client)] += c.Count
			}
		}
		chart.Bars = append(chart.Bars, bar)
	}
	chart = chart.Folded(graphique.MostSeries, text(ctx, "logins.others"))
	for i, total := range chart.Totals() {
		page.Series = append(page.Series, loginSeries{chart.Series[i], i + 1, total})
		page.Total += total
	}
	for i := range rows {
		rows[i].Counts, rows[i].Total = chart.Bars[i].Values, chart.Bars[i].Total()
	}
	if page.People, err = a.Projets.People(ctx, period); err != nil {
		return err
	}
	page.draw(ctx, rows, chart.Series, "logins.chart")
	return nil
}

// draw orders the rows and makes the chart of the first of them.
func (p *loginsPage) draw(ctx context.Context, rows []loginRow, series []string, key string) {
	slices.SortStableFunc(rows, func(a, b loginRow) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ProjectID, b.ProjectID))
	})
	p.Rows, p.IsCut = rows, len(rows) > mostBars
	lang := language(ctx)
	chart := graphique.Chart{
		ID: "connexions", Title: lang.Text(key), Series: series, Number: lang.Number,
		Description: lang.Text("logins.chart_text", lang.Date(p.From.Time()), lang.Date(p.To.Time())),
	}
	for _, row := range rows[:min(len(rows), mostBars)] {
		chart.Bars = append(chart.Bars, graphique.Bar{Label: row.Name, Values: row.Counts})
	}
	p.Chart = chart.HTML()
}

// loginRows returns a row for each project that somebody logged in to, with the
// number of people and nothing else yet.
func (a *Admin) loginRows(ctx context.Context, users []projets.UserCount) ([]loginRow, error) {
	names, err := a.projectNames(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]loginRow, len(users))
	for i, u := range users {
		name, isThere := names[u.ProjectID]
		if !isThere {
			name = text(ctx, "logins.gone", u.ProjectID)
		}
		rows[i] = loginRow{ProjectID: u.ProjectID, Name: name, IsGone: !isThere, Database: u.DatabaseID, People: u.Count}
	}
	return rows, nil
}

// projectNames returns the names of all projects, for logins outlive them.
func (a *Admin) projectNames(ctx context.Context) (map[int64]string, error) {
	projects, _, err := a.Projets.Projects(ctx, projets.ProjectQuery{ShowAll: true})
	names := make(map[int64]string, len(projects))
	for _, p := range projects {
		names[p.ID] = p.Name
	}
	return names, err
}

func (a *Admin) uniqueUsersView(ctx context.Context, in projets.PeriodSearch, counts []projets.UserCount, err error) (api.Result, error) {
	if to := withoutBlanks(ctx, uniqueUsersPath); to != "" {
		return api.Redirect{To: to}, nil
	}
	page, e := a.newLoginsPage(ctx, uniqueUsersPath, "users", in, err)
	if e != nil {
		return nil, e
	}
	if !page.IsFaulty {
		rows, err := a.loginRows(ctx, counts)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			rows[i].Counts, rows[i].Total = []int64{row.People}, row.People
		}
		if page.People, err = a.Projets.People(ctx, in.Period()); err != nil {
			return nil, err
		}
		page.draw(ctx, rows, []string{text(ctx, "logins.people")}, "logins.people_chart")
	}
	return a.showLogins(ctx, "logins/users", page, err)
}

type loginsExport struct {
	projets.PeriodSearch
	exportQuery
	Of string `query:"of" default:"logins" enum:"logins|users"`
}

func (a *Admin) exportLogins(ctx context.Context, in loginsExport) (api.Result, error) {
	names, err := a.projectNames(ctx)
	if err != nil {
		return nil, err
	}
	header := []string{"logins.project_id", "logins.project", "logins.database"}
	if in.Of == "users" {
		counts, err := a.Projets.UniqueUsers(ctx, in.Period())
		if err != nil {
			return nil, err
		}
		return export(ctx, in.Format, text(ctx, "logins.users_file"), append(header, "logins.people"), loginCells(counts, func(c projets.UserCount) []tableur.Cell {
			return []tableur.Cell{c.ProjectID, names[c.ProjectID], c.DatabaseID, c.Count}
		}))
	}
	counts, err := a.Projets.Logins(ctx, in.Period())
	if err != nil {
		return nil, err
	}
	return export(ctx, in.Format, text(ctx, "logins.file"), append(header, "logins.client", "logins.logins"), loginCells(counts, func(c projets.LoginCount) []tableur.Cell {
		return []tableur.Cell{c.ProjectID, names[c.ProjectID], c.DatabaseID, c.Client, c.Count}
	}))
}

// loginCells makes a row of each count.
func loginCells[T any](items []T, row func(T) []tableur.Cell) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, item := range items {
			if !yield(row(item)) {
				return
			}
		}
	}
}
