package projets

import (
	"context"
	"strconv"
	"time"

	"intendant/internal/api/jsonvalue"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// nodeRoutes are the entries of "/node".
func (s *Service) nodeRoutes() []api.Route {
	return api.Family(
		"node",
		api.Get("logins", Read, s.logins, "/node/logins").Doc("Compte les connexions par projet et par client : from_date, to_date."),
		api.Get("unique_users", Read, s.uniqueUsers, "/node/unique_users").Extension().
			Doc("Compte les personnes connectées à chaque projet : from_date, to_date."),
	)
}

// day is a day of a query, "2026-03-02".
type day struct{ db.Day }

// BindValue implements api.ValueBinder.
func (d *day) BindValue(v jsonvalue.Value) *api.Problem {
	var err error
	if d.Day, err = db.ParseDay(v.Text()); err != nil {
		return &api.Problem{Code: "date_parsing", Message: "is invalid"}
	}
	return nil
}

// OpenAPI says what a day is in the document.
func (day) OpenAPI() (kind, format string) { return "string", "date" }

// PeriodSearch is the query of the statistics: days, both included.
type PeriodSearch struct {
	From api.Opt[day] `query:"from_date"`
	To   api.Opt[day] `query:"to_date"`
}

// Period returns the days that were asked for.
func (q PeriodSearch) Period() Period {
	var p Period
	if d, ok := q.From.Get(); ok {
		p.From = &d.Day
	}
	if d, ok := q.To.Get(); ok {
		p.To = &d.Day
	}
	return p
}

func (s *Service) logins(ctx context.Context, in PeriodSearch) ([]LoginCount, error) {
	return s.Logins(ctx, in.Period())
}

func (s *Service) uniqueUsers(ctx context.Context, in PeriodSearch) ([]UserCount, error) {
	return s.UniqueUsers(ctx, in.Period())
}

// LoginBody is the body of a login to a project.
type LoginBody struct {
	ProjectRef
	Client api.Opt[string] `json:"client"`
}

// OpenedLogin is a login as its answer has it.
type OpenedLogin struct {
	ExpiresAt api.RailsTime `json:"expires_at"`
	Token     string        `json:"token"`
}

// RailsRoot is the login's name in the contract.
func (OpenedLogin) RailsRoot() string { return "login" }

func (s *Service) logInTo(ctx context.Context, in LoginBody) (OpenedLogin, error) {
	login, err := s.LogIn(ctx, int64(in.ID), in.Client)
	return OpenedLogin{ExpiresAt: api.RailsTime{Time: login.ExpiresAt}, Token: login.Token}, err
}

// tokenLifetime is how long the token of a login works.
const tokenLifetime = 12 * time.Hour

// maxClient is the longest name of a client, in characters.
const maxClient = 64

// Login is what a login to a project gives.
type Login struct {
	Token     string
	ExpiresAt time.Time
}

// LogIn records that ctx's caller opens a project with a client such as
// "Revit", and returns a token for his account. An unknown project is
// NotFound; an inactive one, and a caller who is not one of its enabled users,
// Forbidden.
func (s *Service) LogIn(ctx context.Context, projectID int64, client api.Opt[string]) (Login, error) {
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return Login{}, errs.New(errs.Unauthenticated, "not_authenticated", "Not authenticated")
	}
	var login Login
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		project, err := projectByID(ctx, q, projectID)
		if err != nil {
			return err
		}
		if err := mayLogIn(ctx, q, caller.AccountID(), project); err != nil {
			return err
		}
		var f faults
		name := f.required("client", client, maxClient)
		if err := f.err(); err != nil {
			return err
		}
		now := s.now()
		err = q.AddProjectLogin(ctx, db.AddProjectLoginParams{
			At: now, ProjectID: projectID, DatabaseID: project.DatabaseID, AccountID: caller.AccountID(), Client: name,
		})
		if err != nil {
			return err
		}
		login.ExpiresAt = now.Add(tokenLifetime).Truncate(time.Second)
		if login.Token, err = s.Identity.IssueTokenWithin(ctx, q, caller.AccountID(), tokenLifetime); err != nil {
			return err
		}
		return s.record(ctx, q, "project.login", "project", strconv.FormatInt(projectID, 10), project.Name, nil, map[string]string{"client": name})
	})
	return login, err
}

func mayLogIn(ctx context.Context, q *db.Queries, accountID int64, project Project) error {
	member, err := q.Membership(ctx, db.MembershipParams{AccountID: accountID, ProjectID: project.ID})
	if err = db.NotFound(err, "", ""); err != nil {
		if errs.Is(err, errs.NotFound) {
			return errNotPermitted
		}
		return err
	}
	account, err := q.AccountByID(ctx, accountID)
	if err != nil {
		return err
	}
	if !member.Enabled || !account.Active || !project.Active {
		return errNotPermitted
	}
	return nil
}

// Period is a span of days, both included, in UTC. A nil From is five years
// before To, a nil To today.
type Period struct{ From, To *db.Day }

// Days returns the first and the last day that a period stands for.
func (s *Service) Days(p Period) (from, to db.Day) {
	to = db.DayOf(s.Now().UTC())
	if p.To != nil {
		to = *p.To
	}
	from = db.DayOf(to.Time().AddDate(-5, 0, 0))
	if p.From != nil {
		from = *p.From
	}
	return from, to
}

// bounds returns the first instant of the period and the first after it. The
// base orders instants as text, which ends with the year 9999.
func (s *Service) bounds(p Period) (since, until db.Time) {
	from, to := s.Days(p)
	end := to.Time().AddDate(0, 0, 1)
	if end.Year() > 9999 {
		end = end.Add(-time.Millisecond)
	}
	return db.At(from.Time()), db.At(end)
}

// LoginCount counts the logins to a project from one client.
type LoginCount struct {
	Client     string `json:"client"`
	Count      int64  `json:"count"`
	DatabaseID string `json:"database_id"` // a name
	ProjectID  int64  `json:"project_id"`
}

// RailsRoot is the count's name in the contract.
func (LoginCount) RailsRoot() string { return "login" }

// Logins counts the logins of a period by project and client, in that order.
func (s *Service) Logins(ctx context.Context, p Period) ([]LoginCount, error) {
	since, until := s.bounds(p)
	rows, err := s.Store.Read().CountProjectLogins(ctx, db.CountProjectLoginsParams{Since: since, Until: until})
	if err != nil {
		return nil, err
	}
	list := make([]LoginCount, len(rows))
	for i, row := range rows {
		list[i] = LoginCount{Client: row.Client, Count: row.N, DatabaseID: row.DatabaseID, ProjectID: row.ProjectID}
	}
	return list, nil
}

// UserCount counts the people who logged in to a project.
type UserCount struct {
	Count      int64  `json:"count"`
	DatabaseID string `json:"database_id"` // a name
	ProjectID  int64  `json:"project_id"`
}

// RailsRoot is the count's name in the contract.
func (UserCount) RailsRoot() string { return "unique_user" }

// UniqueUsers counts the people who logged in to each project in a period, in
// the order of the projects.
func (s *Service) UniqueUsers(ctx context.Context, p Period) ([]UserCount, error) {
	since, until := s.bounds(p)
	rows, err := s.Store.Read().CountProjectLoginUsers(ctx, db.CountProjectLoginUsersParams{Since: since, Until: until})
	if err != nil {
		return nil, err
	}
	list := make([]UserCount, len(rows))
	for i, row := range rows {
		list[i] = UserCount{Count: row.N, DatabaseID: row.DatabaseID, ProjectID: row.ProjectID}
	}
	return list, nil
}

// People counts those who logged in to any project in a period, each once.
func (s *Service) People(ctx context.Context, p Period) (int64, error) {
	since, until := s.bounds(p)
	return s.Store.Read().CountLoginPeople(ctx, db.CountLoginPeopleParams{Since: since, Until: until})
}
