package web

import (
	"context"
	"unicode/utf8"

	"intendant/internal/api"
	"intendant/internal/backup"
	"intendant/internal/errs"
)

// backupCreate is the permission to make backups and to take them out.
const backupCreate api.Permission = "backup:create"

const (
	backupsPath = "/admin/backups"
	// attemptsShown is how many attempts the page lists.
	attemptsShown = 50
	// leastPassphrase is the least number of characters of a passphrase: an
	// archive can be tried at leisure by whoever holds it.
	leastPassphrase = 12
)

// backupRoutes are the entries of the backups.
func (a *Admin) backupRoutes() []api.Route {
	return api.Family(
		"sauvegardes",
		api.Get("backups_page", backupCreate, a.backupsPage, backupsPath).Doc("Sauvegardes gardées et tentées."),
		api.Post("backup_make", backupCreate, a.makeBackup, backupsPath).Elevated().Doc("Fait une sauvegarde complète."),
		api.Get("backup_file", backupCreate, a.backupFile, backupsPath+"/{file}").Elevated().Doc("Télécharge une sauvegarde."),
	)
}

// backupsPage lists what is kept and what was tried.
type backupsPage struct {
	Form form
	// NeedsPassword says that the reader must give the password again before
	// he can make a backup.
	NeedsPassword bool
	Last          backup.Run
	Stored        []backup.Stored
	Attempts      []backup.Attempt
	Running       Running
	Keep          int
}

func (a *Admin) backupsPage(ctx context.Context, _ api.None) (api.Result, error) {
	page, err := a.backups(ctx, formWith())
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "backups/list", page)
}

func (a *Admin) backups(ctx context.Context, f form) (backupsPage, error) {
	caller := api.CallerFrom(ctx)
	page := backupsPage{
		Form: f, NeedsPassword: caller.HasCookie() && !caller.IsElevated(), Last: a.Backups.Last(), Running: a.Running, Keep: a.Running.BackupKeep,
	}
	if page.Keep == 0 {
		page.Keep = backup.DefaultKeep
	}
	var err error
	if page.Stored, err = a.Backups.Stored(); err != nil {
		return page, err
	}
	page.Attempts, err = a.Backups.Attempts(ctx, attemptsShown)
	return page, err
}

type backupForm struct {
	api.Form
	Passphrase string `form:"passphrase" default:""`
	Again      string `form:"passphrase_again" default:""`
}

// check returns what is wrong with the passphrase; none at all is right.
func (in backupForm) check() error {
	switch {
	case in.Passphrase != in.Again:
		return errs.NewInvalid("passphrase_again", "passphrase_differs", "The two passphrases differ")
	case in.Passphrase != "" && utf8.RuneCountInString(in.Passphrase) < leastPassphrase:
		return errs.Faulty([]errs.Fault{{
			Loc: []any{"passphrase"}, Code: "string_too_short", Message: "Passphrase is too short", Ctx: map[string]any{"min_length": leastPassphrase},
		}})
	}
	return nil
}

func (a *Admin) makeBackup(ctx context.Context, in backupForm) (api.Result, error) {
	err := in.check()
	if len(in.Faults) == 0 && err == nil {
		err = a.Backups.Start(ctx, in.Passphrase)
		if err == nil || errs.Is(err, errs.Conflict) { // the page shows the one under way
			return api.Redirect{To: backupsPath}, nil
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	page, err := a.backups(ctx, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "backups/list", page)
}

type backupRef struct {
	File string `path:"file"`
}

func (a *Admin) backupFile(ctx context.Context, in backupRef) (api.Result, error) {
	f, stored, err := a.Backups.Open(ctx, in.File)
	if err != nil {
		return nil, err
	}
	contentType := "application/x-tar"
	if stored.IsSealed {
		contentType = "application/octet-stream"
	}
	return api.File{Name: stored.Name, ContentType: contentType, Content: f, Size: stored.Size, Modified: stored.Modified}, nil
}
