package main

import (
	"context"
	"fmt"
	"os"

	"intendant/internal/appliance"
	"intendant/internal/demo"
	"intendant/internal/motdepasse"
)

type demoCmd struct {
	Data string `help:"Dossier vide à remplir ; un dossier temporaire sans cela. / Empty folder to fill; a temporary one otherwise." type:"path" env:"INTENDANT_DATA"`
	listenFlags
	passwordFlag
	LoadOnly bool `name:"load-only" help:"Remplit sans démarrer. / Fill and do not serve."`
}

// Run fills an empty folder with sample data, prints the password it
// drew for the administrator, and serves.
func (c *demoCmd) Run(ctx context.Context, out output) error {
	if c.Data == "" {
		folder, err := os.MkdirTemp("", "intendant-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		c.Data = folder
	}
	if entries, err := os.ReadDir(c.Data); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s : le dossier n'est pas vide / the folder is not empty", c.Data)
	}
	password, isGiven := motdepasse.Generate(), c.PasswordFile != ""
	if isGiven {
		var err error
		if password, err = c.read(); err != nil {
			return err
		}
	}
	cfg, err := c.config(c.Data)
	if err != nil {
		return err
	}
	a, err := appliance.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := createAdmin(byCommand(ctx), a, "admin", password); err != nil {
		return err
	}
	if err := demo.Load(byCommand(ctx), a); err != nil {
		return err
	}
	out.printf("Compte : admin\n")
	if !isGiven {
		out.printf("Mot de passe : %s\n", password)
	}
	if c.LoadOnly {
		return nil
	}
	return c.serve(ctx, out, a)
}
