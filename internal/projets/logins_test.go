package projets

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestALoginGivesAToken(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	u := b.member("ada", p.ID, Membership{})
	ctx := b.as(u.AccountID, "ada")
	login, err := b.LogIn(ctx, p.ID, api.Some("Revit"))
	wantNone(t, err)
	c, err := b.Identity.Authenticate(bearer(t, login.Token))
	if err != nil || c.AccountID() != u.AccountID {
		t.Errorf("caller %v %v", c, err)
	}
	_, err = b.Kick(t.Context(), "ada")
	wantNone(t, err)
	_, err = b.Identity.Authenticate(bearer(t, login.Token))
	wantKind(t, err, errs.Unauthenticated)

	_, err = b.LogIn(ctx, p.ID, api.Opt[string]{})
	wantFaults(t, err, "client missing")
	_, err = b.LogIn(ctx, p.ID, api.Some(strings.Repeat("x", 65)))
	wantFaults(t, err, "client string_too_long")
	_, err = b.LogIn(ctx, 99, api.Some("Revit"))
	wantKind(t, err, errs.NotFound)
	_, err = b.LogIn(t.Context(), p.ID, api.Some("Revit"))
	wantKind(t, err, errs.Unauthenticated)
}

func bearer(t *testing.T, token string) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	wantNone(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

func TestWhoMayNotLogIn(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	u := b.member("ada", p.ID, Membership{})
	stranger := b.user("bob")
	ctx := b.as(u.AccountID, "ada")
	forbidden := func(ctx context.Context) {
		t.Helper()
		_, err := b.LogIn(ctx, p.ID, api.Some("Revit"))
		wantKind(t, err, errs.Forbidden)
	}
	forbidden(b.as(stranger.AccountID, "bob", Admin))
	_, err := b.DisableAll(t.Context(), "north")
	wantNone(t, err)
	forbidden(ctx)
	_, err = b.EnableAll(t.Context(), "north")
	wantNone(t, err)
	_, err = b.Disable(t.Context(), "ada")
	wantNone(t, err)
	forbidden(ctx)
	_, err = b.Enable(t.Context(), "ada")
	wantNone(t, err)
	_, err = b.UpdateProject(t.Context(), p.ID, ProjectPatch{Active: api.Some(false)})
	wantNone(t, err)
	forbidden(ctx)
	if n := b.count("SELECT count(*) FROM project_logins"); n != 0 {
		t.Errorf("%d logins", n)
	}
}

func TestLoginsAreCountedByDay(t *testing.T) {
	b := newBed(t)
	add := func(at string, project, account int64, client string) {
		var when db.Time
		wantNone(t, when.Scan(at), b.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
			return q.AddProjectLogin(ctx, db.AddProjectLoginParams{At: when, ProjectID: project, DatabaseID: "north", AccountID: account, Client: client})
		}))
	}
	add("2021-03-01T23:59:59.999Z", 7, 1, "Revit") // a day too old for the default
	add("2021-03-02T00:00:00.000Z", 7, 1, "Revit")
	add("2026-03-01T23:59:59.999Z", 7, 1, "Revit")
	add("2026-03-02T00:00:00.000Z", 7, 2, "Revit")
	add("2026-03-02T23:59:59.999Z", 7, 2, "web")
	add("2026-03-03T00:00:00.000Z", 8, 2, "Revit") // tomorrow
	day := func(text string) *db.Day {
		d, err := db.ParseDay(text)
		wantNone(t, err)
		return &d
	}
	for name, row := range map[string]struct {
		period Period
		logins []LoginCount
		users  []UserCount
		people int64
	}{
		"five years": {Period{}, []LoginCount{{"Revit", 3, "north", 7}, {"web", 1, "north", 7}}, []UserCount{{2, "north", 7}}, 2},
		"one day":    {Period{day("2026-03-02"), day("2026-03-02")}, []LoginCount{{"Revit", 1, "north", 7}, {"web", 1, "north", 7}}, []UserCount{{1, "north", 7}}, 1},
		"until a day": {
			Period{nil, day("2026-03-03")},
			[]LoginCount{{"Revit", 2, "north", 7}, {"web", 1, "north", 7}, {"Revit", 1, "north", 8}},
			[]UserCount{{2, "north", 7}, {1, "north", 8}},
			2,
		},
		"for ever":   {Period{day("2026-03-03"), day("9999-12-31")}, []LoginCount{{"Revit", 1, "north", 8}}, []UserCount{{1, "north", 8}}, 1},
		"from a day": {Period{day("2021-03-01"), nil}, []LoginCount{{"Revit", 4, "north", 7}, {"web", 1, "north", 7}}, []UserCount{{2, "north", 7}}, 2},
		"backwards":  {Period{day("2026-03-02"), day("2026-03-01")}, []LoginCount{}, []UserCount{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			logins, err := b.Logins(t.Context(), row.period)
			if err != nil || !slices.Equal(logins, row.logins) {
				t.Errorf("logins %+v %v, want %+v", logins, err, row.logins)
			}
			users, err := b.UniqueUsers(t.Context(), row.period)
			if err != nil || !slices.Equal(users, row.users) {
				t.Errorf("users %+v %v, want %+v", users, err, row.users)
			}
			if people, err := b.People(t.Context(), row.period); err != nil || people != row.people {
				t.Errorf("people %d %v, want %d", people, err, row.people)
			}
		})
	}
}
