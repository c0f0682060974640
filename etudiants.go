package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"intendant/internal/scolarite"
)

type etudiantsCmd struct {
	Import etudiantsImportCmd `cmd:"" help:"Importe une liste d'étudiants, CSV ou XLSX. / Import a list of students, CSV or XLSX."`
}

type etudiantsImportCmd struct {
	dataFlag
	File  string `arg:"" help:"Fichier à importer. / File to import." type:"existingfile"`
	Dept  string `help:"Acronyme du département. / Acronym of the department." required:""`
	Apply bool   `help:"Écrit ; sinon dit ce qui serait écrit. / Write; otherwise tell what would be written."`
	Force bool   `help:"Admet les homonymes. / Admit homonyms."`
}

// Run imports students into a department, or tells what that would do. It
// prints a line for each thing wrong with the sheet, and fails when there is
// any: nothing is written then.
func (c *etudiantsImportCmd) Run(ctx context.Context, out output) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	name := filepath.Base(c.File)
	sheet, err := scolarite.ReadSheet(name, data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	in := scolarite.EtudImport{Dept: c.Dept, Sheet: sheet, Apply: c.Apply, Force: c.Force}
	if c.Apply && term.IsTerminal(int(os.Stderr.Fd())) {
		bar := progressbar.NewOptions(len(sheet.Rows)-1, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription(name), progressbar.OptionClearOnFinish())
		in.Progress = func(done int) { _ = bar.Set(done) } // a terminal that is gone is no reason to stop
	}
	report, err := a.Scolarite.ImportEtudiants(byCommand(ctx), in)
	if err != nil {
		return fmt.Errorf("--dept %s: %w", c.Dept, err)
	}
	return c.tell(out, report)
}

// tell prints a report; it fails when the report has errors.
func (c *etudiantsImportCmd) tell(out output, report scolarite.ImportReport) error {
	for _, e := range report.Errors {
		if e.Column == "" {
			out.printf("Ligne %d : %s.\n", e.Line, e.Message)
		} else {
			out.printf("Ligne %d, colonne %s : %s.\n", e.Line, e.Column, e.Message)
		}
	}
	if n := len(report.Errors); n > 0 {
		return fmt.Errorf("rien n'a été écrit, erreurs : %d / nothing was written, errors: %d", n, n)
	}
	if c.Apply {
		out.printf("Lignes : %d. Créés : %d. Modifiés : %d.\n", report.Total, report.Created, report.Updated)
	} else {
		out.printf("Lignes : %d. À créer : %d. À modifier : %d. Rien n'a été écrit : --apply écrit.\n", report.Total, report.Created, report.Updated)
	}
	return nil
}
