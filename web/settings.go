package web

import (
	"context"
	"runtime"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/backup"
	"intendant/internal/errs"
	"intendant/internal/mail"
	"intendant/internal/scolarite"
	"intendant/internal/settings"
)

// settingsUpdate is the permission to change how the server behaves.
const settingsUpdate api.Permission = "settings:update"

const settingsPath = "/admin/settings"

// settingsRoutes are the entries of the settings.
func (a *Admin) settingsRoutes() []api.Route {
	return api.Family(
		"réglages",
		api.Get("settings_page", settingsUpdate, a.settingsPage, settingsPath).Doc("Réglages en vigueur, et ce avec quoi le serveur tourne."),
		api.Get("settings_edit_page", settingsUpdate, a.editSettingsPage, settingsPath+"/edit").Elevated().Doc("Formulaire des réglages."),
		api.Post("settings_edit", settingsUpdate, a.updateSettings, settingsPath+"/edit").Elevated().Doc("Change les réglages."),
	)
}

// settingsPage shows the settings in force and what the server runs with.
type settingsPage struct {
	Current settings.Settings
	// How the fixed values were given, "" for those that can be changed here.
	PasswordFixed, OriginsFixed string
	Running                     Running
	Data, TimeZone              string
	GoVersion                   string
	Schema                      int64
	BackupKeep                  int
	Mail                        mail.Server
	Wire                        scolarite.Wire
}

func (a *Admin) settingsPage(ctx context.Context, _ api.None) (api.Result, error) {
	current, err := a.Settings.Current(ctx)
	if err != nil {
		return nil, err
	}
	schema, err := a.Store.SchemaVersion(ctx)
	if err != nil {
		return nil, err
	}
	page := settingsPage{
		Current: current, Running: a.Running, Data: a.Data, TimeZone: a.Location.String(), GoVersion: runtime.Version(), Schema: schema,
		BackupKeep: a.Running.BackupKeep, Mail: a.Mail.Server, Wire: a.Scolarite.Wire,
	}
	page.PasswordFixed, page.OriginsFixed = a.fixedBy()
	if page.BackupKeep == 0 {
		page.BackupKeep = backup.DefaultKeep
	}
	return a.show(ctx, "settings/settings", page)
}

// fixedBy returns the flags that fixed values, "" for those that are free.
func (a *Admin) fixedBy() (password, origins string) {
	fixed := a.Settings.Fixed()
	if fixed.MinPassword != 0 {
		password = "--min-password (INTENDANT_MIN_PASSWORD)"
	}
	if fixed.CORSOrigins != nil {
		origins = "--cors-origin (INTENDANT_CORS_ORIGIN)"
	}
	return password, origins
}

// settingsFormPage is the form of the settings.
type settingsFormPage struct {
	Form                        form
	Current                     settings.Settings
	PasswordFixed, OriginsFixed string
}

func (a *Admin) settingsForm(ctx context.Context, f form) (settingsFormPage, error) {
	current, err := a.Settings.Current(ctx)
	page := settingsFormPage{Form: f, Current: current}
	page.PasswordFixed, page.OriginsFixed = a.fixedBy()
	return page, err
}

func (a *Admin) editSettingsPage(ctx context.Context, _ api.None) (api.Result, error) {
	page, err := a.settingsForm(ctx, formWith())
	if err != nil {
		return nil, err
	}
	page.Form = formWith(
		"site_name", page.Current.SiteName, "min_password", strconv.Itoa(page.Current.MinPassword),
		"cors_origins", strings.Join(page.Current.CORSOrigins, "\n"),
	)
	return a.show(ctx, "settings/edit", page)
}

// settingsInput is what the form sends; a value that is fixed is not in it.
type settingsInput struct {
	api.Form
	SiteName    string       `form:"site_name" default:""`
	MinPassword api.Opt[int] `form:"min_password"`
	CORSOrigins string       `form:"cors_origins" default:""`
}

func (a *Admin) updateSettings(ctx context.Context, in settingsInput) (api.Result, error) {
	change := settings.Change{SiteName: &in.SiteName}
	fixed := a.Settings.Fixed()
	var missing error
	if fixed.MinPassword == 0 {
		if change.MinPassword = in.MinPassword.Ptr(); change.MinPassword == nil && len(in.Faults) == 0 {
			missing = errs.NewInvalid("min_password", "missing", "Field required")
		}
	}
	if fixed.CORSOrigins == nil {
		change.CORSOrigins = &in.CORSOrigins
	}
	err := missing
	if len(in.Faults) == 0 && missing == nil {
		if err = a.Settings.Update(ctx, change); err == nil {
			return a.done(ctx, settingsPath, "settings.saved")
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	page, err := a.settingsForm(ctx, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "settings/edit", page)
}
