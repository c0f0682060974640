// Package appliance puts the parts together: the data folder, the accounts,
// the wings, one server.
package appliance

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // a site server may have no zone files

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/backup"
	"intendant/internal/coffre"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/internal/metriques"
	"intendant/internal/parc"
	"intendant/internal/projets"
	"intendant/internal/projets/bases"
	"intendant/internal/scolarite"
	"intendant/internal/settings"
	"intendant/web"
)

// BaseName is the file of the data folder that holds everything but keys,
// project databases and timetables.
const BaseName = "intendant.db"

// DatabasesFolder holds the project databases, in the data folder.
const DatabasesFolder = "databases"

// TimetablesFolder holds the timetables of semesters, in the data folder.
const TimetablesFolder = "edt"

// DefaultZone is where the clocks are of a site that says nothing.
const DefaultZone = "Europe/Paris"

// Config says where the data lie and how to treat them.
type Config struct {
	Data      string // the data folder
	Logger    *slog.Logger
	Now       func() time.Time // nil means time.Now
	MustExist bool             // refuse to make a base
	// MinPassword is the shortest password, in characters; 0 leaves it to the
	// settings. So does an empty CORSOrigins, see api.Server.
	MinPassword int
	CORSOrigins []string
	// SecureCookies keeps sessions off plain HTTP.
	SecureCookies bool
	Version       string
	// SMTP is who takes the mail; its zero value is nobody.
	SMTP mail.Server
	// Location is where the site's clocks are; nil means Europe/Paris.
	Location *time.Location
	// Wire is how scolarité writes its answers; "" means scolarite.Reference.
	Wire scolarite.Wire
	// Running is what the settings page tells of the process.
	Running web.Running
}

// Appliance is an open data folder with all that works on it.
type Appliance struct {
	Config
	Store    *db.Store
	Keys     *coffre.Coffre
	Settings *settings.Service
	Identity *identity.Service
	Parc     *parc.Service
	Mail     *mail.Service
	Projets  *projets.Service
	// Scolarite answers for student records.
	Scolarite *scolarite.Service
	Web       *web.Admin
	Router    *api.Router
	Metrics   *metriques.Metrics
	Backups   *backup.Service
}

// Open opens the data folder, making what is missing of it unless
// cfg.MustExist.
func Open(ctx context.Context, cfg Config) (*Appliance, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Location == nil {
		paris, err := time.LoadLocation(DefaultZone)
		if err != nil {
			return nil, fmt.Errorf("time zone of the site: %w", err)
		}
		cfg.Location = paris
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if !cfg.MustExist {
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
	}
	keys, err := openKeys(cfg)
	if err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, filepath.Join(cfg.Data, BaseName), db.Options{MustExist: cfg.MustExist, Logger: cfg.Logger})
	if err != nil {
		return nil, err
	}
	a := &Appliance{Config: cfg, Store: store, Keys: keys}
	if err := a.assemble(ctx); err != nil {
		store.Close()
		return nil, err
	}
	return a, nil
}

// openKeys makes the keys before there is a base, and never after: new keys
// would not open what the lost ones sealed.
func openKeys(cfg Config) (*coffre.Coffre, error) {
	_, err := os.Stat(filepath.Join(cfg.Data, BaseName))
	if os.IsNotExist(err) && !cfg.MustExist {
		return coffre.Open(cfg.Data)
	}
	if err != nil {
		return nil, fmt.Errorf("open the base: %w", err)
	}
	keys, err := coffre.OpenExisting(cfg.Data)
	if err != nil {
		return nil, fmt.Errorf("the base is there but not its keys, put %s/%s back: %w", cfg.Data, coffre.Folder, err)
	}
	return keys, nil
}

func (a *Appliance) assemble(ctx context.Context) (err error) {
	a.Settings = settings.New(a.Store, a.Now, settings.Fixed{MinPassword: a.MinPassword, CORSOrigins: a.CORSOrigins})
	if a.Mail, err = mail.New(mail.Config{
		Store: a.Store, Keys: a.Keys, Logger: a.Logger, Now: a.Now, Server: a.SMTP, Site: a.publicURL(ctx),
	}); err != nil {
		return err
	}
	a.Identity, err = identity.New(ctx, identity.Config{
		Store: a.Store, Keys: a.Keys, Logger: a.Logger, Now: a.Now, Policy: a.Settings.Policy, SecureCookies: a.SecureCookies,
		Letters: letters{a},
	})
	if err != nil {
		return err
	}
	a.Metrics = a.newMetrics()
	a.Backups = &backup.Service{Store: a.Store, Data: a.Data, Base: BaseName, Keep: a.Running.BackupKeep, Now: a.Now, Logger: a.Logger}
	a.Parc = parc.New(a.Store, a.Keys, a.Identity, a.Now)
	folder, err := bases.Open(ctx, filepath.Join(a.Data, DatabasesFolder), a.Now)
	if err != nil {
		return err
	}
	a.Projets, err = projets.New(ctx, projets.Config{
		Store: a.Store, Identity: a.Identity, Mail: a.Mail, Bases: folder, Link: a.passwordLink, Now: a.Now, Logger: a.Logger,
	})
	if err != nil {
		return err
	}
	a.Scolarite, err = scolarite.New(ctx, scolarite.Config{
		Store: a.Store, Identity: a.Identity, Wire: a.Wire, Timetables: filepath.Join(a.Data, TimetablesFolder),
		Location: a.Location, Now: a.Now, Logger: a.Logger,
	})
	if err != nil {
		return err
	}
	a.Web, err = web.New(web.Config{
		Identity: a.Identity, Parc: a.Parc, Projets: a.Projets, Scolarite: a.Scolarite, Mail: a.Mail, Store: a.Store, Data: a.Data, Version: a.Version,
		Logger: a.Logger, Now: a.Now, Location: a.Location, Settings: a.Settings, Backups: a.Backups, Running: a.Running, Documents: documents,
		Routes: func() []*api.Route { return a.Router.Routes() },
	})
	if err != nil {
		return err
	}
	wing := a.Projets.System()
	if err := a.Web.ShowProjets(wing); err != nil {
		return err
	}
	// A wing comes after the site, whose pages lie among its paths too: what it
	// does not have there is its own to say.
	a.Router, err = api.NewRouter(a.Parc.System(), a.siteSystem(), wing, a.Scolarite.System(), a.Scolarite.Pages(), a.Web.System())
	return err
}

// Server returns the handler of all requests.
func (a *Appliance) Server() *api.Server {
	return &api.Server{
		Router: a.Router, Authenticator: a.Identity, Fallback: a.Web.Fallback(), Logger: a.Logger,
		WithSession: a.Identity.WithSession, LoginPath: "/login", Observe: a.Metrics.Observe,
		CORSOrigins: a.corsOrigins,
	}
}

// corsOrigins returns none when the settings cannot be read: nothing is open by
// accident.
func (a *Appliance) corsOrigins(ctx context.Context) []string {
	current, err := a.Settings.Current(ctx)
	if err != nil {
		a.Logger.Error("settings", "error", err)
		return nil
	}
	return current.CORSOrigins
}

// Close answers what is under way and closes the base.
func (a *Appliance) Close() error {
	a.Backups.Close()
	return a.Store.Close()
}

// siteSystem returns the entries by which others watch the process.
func (a *Appliance) siteSystem() *api.System {
	return &api.System{Name: "server", Dialect: api.FastAPI{}, Routes: append(a.observedRoutes(), api.Family(
		"santé",
		api.Get("healthz", api.Public, func(context.Context, api.None) (api.Text, error) { return "ok\n", nil }, "/healthz").
			Doc("Le processus répond.").Extension(),
		api.Get("readyz", api.Public, a.ready, "/readyz").Doc("La base répond et son schéma est le bon.").Extension(),
	)...)}
}

func (a *Appliance) ready(ctx context.Context, _ api.None) (api.Text, error) {
	if err := a.Store.Ping(ctx); err != nil {
		return "", err
	}
	return "ok\n", nil
}
