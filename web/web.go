// Package web is the pages: what people see of the appliance in a browser.
//
// Pages call the services of the wings, as the APIs do. Each section is a file
// with its routes, inputs, handlers, and a folder of templates; every text is
// in the catalog.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/apidocs"
	"intendant/internal/backup"
	"intendant/internal/errs"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/internal/parc"
	"intendant/internal/projets"
	"intendant/internal/scolarite"
	"intendant/internal/settings"
	"intendant/static"
)

// Config is what the pages are made of.
type Config struct {
	Identity *identity.Service
	Parc     *parc.Service
	Projets  *projets.Service
	// Scolarite tells how it writes its answers.
	Scolarite *scolarite.Service
	Mail      *mail.Service
	Store     *db.Store
	Data      string // the data folder
	Version   string
	Logger    *slog.Logger
	Now       func() time.Time // nil means time.Now
	// Location is where the site's clocks are; nil means time.Local.
	Location *time.Location
	Settings *settings.Service
	Backups  *backup.Service
	Running  Running
	// Documents are the OpenAPI documents there are; Routes returns the whole
	// table, which is complete only once the pages are in it.
	Documents []apidocs.Document
	Routes    func() []*api.Route
}

// Running is what only the program that serves knows of itself, for the
// settings page. A zero field is not shown.
type Running struct {
	Listen, PublicURL string
	BackupAt          string // local time of the nightly backup, "off" for none
	BackupKeep        int    // how many are kept, 0 for the usual number
}

// Admin serves the pages.
type Admin struct {
	Config
	templates templates
	started   time.Time
}

// New parses the templates; a faulty one is an error.
func New(cfg Config) (*Admin, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Location == nil {
		cfg.Location = time.Local
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	a := &Admin{Config: cfg, started: cfg.Now()}
	var err error
	a.templates, err = pagesIn(cfg.Location)
	return a, err
}

// System returns the table of the pages.
func (a *Admin) System() *api.System {
	sys := &api.System{Name: "admin", Dialect: dialect{a}}
	for _, section := range [][]api.Route{
		a.homeRoutes(), a.loginRoutes(), a.passwordRoutes(), a.setupRoutes(), a.dashboardRoutes(), a.userRoutes(), a.roleRoutes(), a.accountRoutes(), a.importRoutes(),
		a.clientRoutes(), a.siteRoutes(), a.mapRoutes(), a.equipementRoutes(),
		a.journalRoutes(), a.backupRoutes(), a.settingsRoutes(), a.documentRoutes(),
		a.projectRoutes(), a.projectTypeRoutes(), a.ownerRoutes(), a.memberRoutes(), a.databaseRoutes(), a.userPageRoutes(), a.statusRoutes(), a.loginPageRoutes(), a.emailRoutes(), a.scodocRoutes(),
	} {
		sys.Routes = append(sys.Routes, section...)
	}
	for i := range sys.Routes {
		sys.Routes[i].IsExtension, sys.Routes[i].IsHidden = true, true
	}
	return sys
}

// homeRoutes are the ways in, and the files of the pages.
func (a *Admin) homeRoutes() []api.Route {
	return api.Family(
		"accueil",
		api.Get("root", api.Public, a.root, "/").Doc("Mène au tableau de bord ou à la connexion."),
		api.Get("static_file", api.Public, a.staticFile, "/static/{file}").Doc("Feuille de style, scripts et images des pages."),
		api.Post("set_language", api.Public, a.setLanguage, "/langue").Doc("Choisit la langue des pages."),
	)
}

func (a *Admin) root(ctx context.Context, _ api.None) (api.Redirect, error) {
	if api.CallerFrom(ctx) == nil {
		return api.Redirect{To: "/login"}, nil
	}
	return api.Redirect{To: "/admin/"}, nil
}

type fileRef struct {
	File string `path:"file"`
}

func (a *Admin) staticFile(_ context.Context, in fileRef) (api.File, error) {
	asset, ok := static.Find(in.File)
	if !ok {
		return api.File{}, errs.New(errs.NotFound, "page_unknown", "Not Found")
	}
	return api.File{
		ContentType: asset.ContentType, Content: asset.Reader(), Size: int64(len(asset.Bytes)), ETag: asset.ETag,
		Inline: true, CacheControl: "public, max-age=31536000, immutable",
	}, nil
}

// languageCookie keeps the language a reader chose.
const languageCookie = "intendant_langue"

type languageChoice struct {
	Lang string `form:"lang" enum:"fr|en"`
	Next string `form:"next" default:"/"`
}

func (a *Admin) setLanguage(ctx context.Context, in languageChoice) (api.Redirect, error) {
	return api.Redirect{To: localPath(in.Next, "/"), Cookie: &http.Cookie{
		Name: languageCookie, Value: in.Lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: api.RequestFrom(ctx).IsTLS,
	}}, nil
}
