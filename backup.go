package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/audit"
	"intendant/internal/backup"
)

// sealFlag is the passphrase of an archive.
type sealFlag struct {
	PassphraseFile string `name:"passphrase-file" help:"Fichier de la phrase de passe qui scelle l'archive. / File with the passphrase that seals the archive." env:"INTENDANT_PASSPHRASE_FILE" type:"path"`
}

func (f sealFlag) read() (string, error) {
	if f.PassphraseFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(f.PassphraseFile)
	if err != nil {
		return "", fmt.Errorf("--passphrase-file: %w", err)
	}
	passphrase := strings.TrimRight(string(text), "\r\n")
	if passphrase == "" {
		return "", fmt.Errorf("--passphrase-file: %s : la phrase est vide / the passphrase is empty", f.PassphraseFile)
	}
	return passphrase, nil
}

type backupCmd struct {
	dataFlag
	sealFlag
	WithoutKeys bool   `name:"without-keys" help:"Sans les clés. / Leave the keys out."`
	File        string `arg:"" help:"Archive à écrire. / Archive to write." type:"path"`
}

// Run writes an archive, beside a server that may be running.
func (c *backupCmd) Run(ctx context.Context, out output) error {
	passphrase, err := c.read()
	if err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	now := time.Now()
	m, err := backup.Create(ctx, c.Data, c.File, backup.Options{Base: appliance.BaseName, WithoutKeys: c.WithoutKeys, Passphrase: passphrase, Now: now})
	if err != nil {
		return err
	}
	size, err := fileSize(c.File)
	if err != nil {
		return err
	}
	err = a.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if _, err := q.RecordBackup(ctx, db.RecordBackupParams{At: db.At(now), File: c.File, Size: size, Checked: true}); err != nil {
			return err
		}
		return audit.Record(byCommand(ctx), q, now, audit.Entry{Action: "backup.create", ObjectType: "backup", ObjectName: filepath.Base(c.File)})
	})
	printChecked(out, m)
	return err
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func printChecked(out output, m backup.Manifest) {
	for _, f := range m.Files {
		out.printf("%s  %s  %d octets\n", f.SHA256[:16], f.Name, f.Size)
	}
	out.printf("%d fichiers vérifiés, schéma %d.\n", len(m.Files), m.Schema)
}

type restoreCmd struct {
	dataFlag
	sealFlag
	File string `arg:"" help:"Archive à lire. / Archive to read." type:"existingfile"`
}

// Run restores an archive, with the server stopped.
func (c *restoreCmd) Run(ctx context.Context, out output) error {
	passphrase, err := c.sealFlag.read()
	if err != nil {
		return err
	}
	unlock, err := appliance.Lock(c.Data)
	if err != nil {
		return errors.Join(errors.New("arrêtez d'abord le serveur / stop the server first"), err)
	}
	defer unlock()
	r, err := backup.Restore(ctx, c.Data, c.File, backup.Options{Base: appliance.BaseName, Passphrase: passphrase, Now: time.Now()})
	if err != nil {
		return err
	}
	printChecked(out, r.Manifest)
	if r.Kept != "" {
		out.printf("L'ancien contenu est dans %s.\n", r.Kept)
	}
	return nil
}
