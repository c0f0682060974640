package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"intendant/internal/projets"
)

type databaseCmd struct {
	List       databaseListCmd       `cmd:"" help:"Liste les bases. / List the databases."`
	Backup     databaseBackupCmd     `cmd:"" help:"Copie une base dans un fichier. / Copy a database into a file."`
	Disableall databaseDisableAllCmd `cmd:"" help:"Désactive les utilisateurs des projets d'une base. / Disable the users of a database's projects."`
	Enableall  databaseEnableAllCmd  `cmd:"" help:"Réactive les utilisateurs des projets d'une base. / Enable the users of a database's projects."`
	Kickall    databaseKickAllCmd    `cmd:"" help:"Déconnecte les utilisateurs des projets d'une base. / Sign the users of a database's projects out."`
	Delete     databaseDeleteCmd     `cmd:"" help:"Met à la corbeille une base sans projet. / Throw away a database without projects."`
	Trash      databaseTrashCmd      `cmd:"" help:"Liste la corbeille. / List the trash."`
	Restore    databaseRestoreCmd    `cmd:"" help:"Sort une base de la corbeille. / Take a database out of the trash."`
	Empty      databaseEmptyCmd      `cmd:"" help:"Efface pour de bon une base de la corbeille. / Remove a database in the trash for good."`
}

// databaseArg names a database.
type databaseArg struct {
	projetsFlag
	Name string `arg:"" help:"Nom de la base. / Name of the database."`
}

// with names the database in what goes wrong.
func (c databaseArg) with(ctx context.Context, fn func(context.Context, *projets.Service) error) error {
	if err := c.projetsFlag.with(ctx, fn); err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	return nil
}

type databaseListCmd struct{ projetsFlag }

// Run lists the databases, one a line: name, projects, bytes, and "absente"
// when the file is not there.
func (c *databaseListCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		list, err := s.Databases(ctx)
		for _, d := range list {
			note := ""
			if d.IsMissing {
				note = "absente"
			}
			out.printf("%s\t%d\t%d\t%s\n", d.Name, d.ProjectCount, d.Bytes, note)
		}
		return err
	})
}

type databaseBackupCmd struct {
	databaseArg
	File string `arg:"" optional:"" help:"Fichier à écrire, qui n'existe pas encore ; BASE-DATE.backup ici sans cela. / File to write, not there yet; NAME-DATE.backup here otherwise." type:"path"`
}

// Run writes a consistent, checked copy of a database.
func (c *databaseBackupCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		b, err := s.BackupDatabase(ctx, c.Name)
		if err != nil {
			return err
		}
		defer b.File.Close()
		if c.File == "" {
			c.File = b.Name
		}
		size, err := writeNew(c.File, b.File)
		if err == nil {
			out.printf("%s : %d octets\n", c.File, size)
		}
		return err
	})
}

// writeNew writes a file that is not there yet, whole and on disk or not at
// all, and returns its size.
func writeNew(path string, from io.Reader) (int64, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(file, from)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path))
	}
	return size, nil
}

// toAll does something to the users of a database's projects.
func (c databaseArg) toAll(ctx context.Context, do func(*projets.Service, context.Context, string) (projets.DatabaseView, error)) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		_, err := do(s, ctx, c.Name)
		return err
	})
}

type databaseDisableAllCmd struct{ databaseArg }

// Run keeps the users of a database's projects out of them.
func (c *databaseDisableAllCmd) Run(ctx context.Context) error {
	return c.toAll(ctx, (*projets.Service).DisableAll)
}

type databaseEnableAllCmd struct{ databaseArg }

// Run lets them in again.
func (c *databaseEnableAllCmd) Run(ctx context.Context) error {
	return c.toAll(ctx, (*projets.Service).EnableAll)
}

type databaseKickAllCmd struct{ databaseArg }

// Run ends their sessions and tokens; a running server refuses them at once.
func (c *databaseKickAllCmd) Run(ctx context.Context) error {
	return c.toAll(ctx, (*projets.Service).KickAll)
}

type databaseDeleteCmd struct{ databaseArg }

// Run moves a database to the trash.
func (c *databaseDeleteCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error { return s.DeleteDatabase(ctx, c.Name) })
}

type databaseTrashCmd struct{ projetsFlag }

// Run lists the trash, one database a line: what to restore it by, its name,
// since when (UTC).
func (c *databaseTrashCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		list, err := s.Trash(ctx)
		for _, d := range list {
			out.printf("%s\t%s\t%s\n", d.ID, d.Name, d.TrashedAt.UTC().Format(time.RFC3339))
		}
		return err
	})
}

// discardedArg names a database in the trash.
type discardedArg struct {
	projetsFlag
	ID string `arg:"" help:"Identifiant donné par trash. / Identifier from trash."`
}

// with names it in what goes wrong.
func (c discardedArg) with(ctx context.Context, fn func(context.Context, *projets.Service) error) error {
	if err := c.projetsFlag.with(ctx, fn); err != nil {
		return fmt.Errorf("%s: %w", c.ID, err)
	}
	return nil
}

type databaseRestoreCmd struct{ discardedArg }

// Run takes a database out of the trash.
func (c *databaseRestoreCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		d, err := s.RestoreDatabase(ctx, c.ID)
		if err == nil {
			out.printf("Base %s restaurée.\n", d.Name)
		}
		return err
	})
}

type databaseEmptyCmd struct{ discardedArg }

// Run removes a database from the trash for good.
func (c *databaseEmptyCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error { return s.EmptyDatabase(ctx, c.ID) })
}
