package web

import (
	"context"
	"time"

	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/backup"
	"intendant/internal/errs"
	"intendant/internal/mail"
	"intendant/internal/parc"
	"intendant/internal/projets"
	"intendant/internal/vigie"
)

const (
	// changesShown is how many changes the dashboard shows.
	changesShown = 10
	// backupAge is the age from which the last good backup is too old, and a
	// base without any has waited too long.
	backupAge = 48 * time.Hour
)

// dashboardRoutes are the entries of the dashboard.
func (a *Admin) dashboardRoutes() []api.Route {
	return api.Family(
		"tableau de bord",
		api.Get("dashboard", api.SignedIn, a.dashboard, "/admin/", "/admin").Doc("Compte, dernières modifications, disque, dernière sauvegarde."),
	)
}

// dashboardPage is what there is to know at a glance; the reader sees the parts
// he may.
type dashboardPage struct {
	Figures []figure
	Steps   []firstStep
	Lines   []journalLine
	Disk    *vigie.Disk   // nil when it is not for the reader
	Backup  *backupNotice // likewise
	// Failed and Held are the mails that could not be sent, and those that wait
	// for a server.
	Failed, Held int64
}

// figure is a number that leads to its list.
type figure struct {
	Label, Path string
	Number      int64
}

// firstStep is something to do in an empty base.
type firstStep struct{ Label, Path string }

// backupNotice tells of the last good backup.
type backupNotice struct {
	Last    backup.Attempt // the zero value when there was none
	IsStale bool
}

func (a *Admin) dashboard(ctx context.Context, _ api.None) (api.Result, error) {
	caller, q := api.CallerFrom(ctx), a.Store.Read()
	held, err := vigie.Count(ctx, q, a.Now())
	if err != nil {
		return nil, err
	}
	page := dashboardPage{Figures: figures(ctx, caller, held), Steps: firstSteps(ctx, caller, held)}
	managed, err := a.managedFigure(ctx, caller)
	if err != nil {
		return nil, err
	}
	page.Figures = append(page.Figures, managed...)
	if caller.Can(projets.Admin, "") {
		counts, err := a.Mail.Counts(ctx)
		if err != nil {
			return nil, err
		}
		page.Failed, page.Held = counts[mail.Failed], counts[mail.Held]
	}
	if caller.Can(journalRead, "") {
		lines, _, err := audit.List(ctx, q, audit.Query{Limit: changesShown})
		if err != nil {
			return nil, err
		}
		page.Lines = journalLines(ctx, lines)
	}
	if caller.Can(settingsUpdate, "") || caller.Can(backupCreate, "") {
		disk, err := vigie.DiskOf(a.Store.Path())
		if err != nil {
			return nil, err
		}
		page.Disk = &disk
	}
	if caller.Can(backupCreate, "") {
		last, hasOne, err := a.Backups.LastGood(ctx)
		if err != nil {
			return nil, err
		}
		page.Backup = &backupNotice{Last: last, IsStale: isStale(a.Now(), held.MadeAt, last, hasOne)}
	}
	return a.show(ctx, "dashboard/dashboard", page)
}

// isStale reports whether a base has been too long without a good backup.
func isStale(now, made time.Time, last backup.Attempt, hasOne bool) bool {
	since := made
	if hasOne {
		since = last.At
	}
	return now.Sub(since) > backupAge
}

func figures(ctx context.Context, caller api.Caller, held vigie.Holdings) []figure {
	var shown []figure
	for _, f := range []struct {
		label, path string
		needs       api.Permission
		number      int64
	}{
		{"menu.clients", "/admin/clients", parc.ClientsRead, held.Clients},
		{"menu.sites", "/admin/sites", parc.SitesRead, held.Sites},
		{"menu.equipements", "/admin/equipements", parc.EquipementsRead, held.Equipements},
		{"menu.projects", projectsPath, projets.Read, held.Projects},
		{"dashboard.accounts", "/admin/users", parc.UsersRead, held.Accounts},
		{"dashboard.sessions", "/admin/users?sort=-last_seen", parc.UsersRead, held.Sessions},
	} {
		if caller.Can(f.needs, "") {
			shown = append(shown, figure{text(ctx, f.label), f.path, f.number})
		}
	}
	return shown
}

// managedFigure is the number of projects that a reader without permission on
// projects manages the users of.
func (a *Admin) managedFigure(ctx context.Context, caller api.Caller) ([]figure, error) {
	if caller.Can(projets.Read, "") {
		return nil, nil
	}
	scope, err := a.Projets.Manages(ctx, caller, projets.Read)
	if errs.Is(err, errs.Forbidden) {
		return nil, nil
	}
	return []figure{{text(ctx, "dashboard.managed"), membersPath, int64(len(scope.Projects))}}, err
}

// firstSteps are what an empty base waits for, as far as the reader may do it.
func firstSteps(ctx context.Context, caller api.Caller, held vigie.Holdings) []firstStep {
	var steps []firstStep
	for _, s := range []struct {
		isDone      bool
		needs       api.Permission
		label, path string
	}{
		{held.Clients > 0, parc.ClientsCreate, "dashboard.step_client", "/admin/clients/new"},
		{held.Sites > 0, parc.SitesCreate, "dashboard.step_site", "/admin/sites/new"},
		{held.Projects > 0, projets.Admin, "dashboard.step_project", projectFormsPath + "/new"},
		{held.Accounts > 1, parc.UsersCreate, "dashboard.step_user", "/admin/users/new"},
	} {
		if !s.isDone && caller.Can(s.needs, "") {
			steps = append(steps, firstStep{text(ctx, s.label), s.path})
		}
	}
	return steps
}
