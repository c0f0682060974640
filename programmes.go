package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"intendant/internal/appliance"
	"intendant/internal/scolarite"
	"intendant/internal/scolarite/programme"
)

// maxFile is the largest file that is read, in bytes: as much as the server
// takes.
const maxFile = 16 << 20

// scolariteFlag opens the data folder for student records.
type scolariteFlag struct{ dataFlag }

// with opens the base and calls fn.
func (f scolariteFlag) with(ctx context.Context, fn func(context.Context, *scolarite.Service) error) error {
	a, err := appliance.Open(ctx, appliance.Config{Data: f.Data, MustExist: true})
	if err != nil {
		return err
	}
	defer a.Close()
	return fn(byCommand(ctx), a.Scolarite)
}

// importArgs are a file and the department that it goes to.
type importArgs struct {
	scolariteFlag
	File string `arg:"" help:"Fichier à lire, - pour l'entrée standard. / File to read, - for standard input."`
	Dept string `help:"Sigle du département. / Acronym of the department." required:""`
}

// read returns what the file holds, and says that it is being read: a command
// that waits for standard input would look stuck.
func (a importArgs) read(out output) ([]byte, error) {
	from := io.Reader(os.Stdin)
	if a.File != "-" {
		f, err := os.Open(a.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	out.printf("Lecture de %s…\n", a.File)
	data, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s : plus de %d Mio / more than %d MiB", a.File, maxFile>>20, maxFile>>20)
	}
	return data, err
}

// name names the file in what goes wrong.
func (a importArgs) name(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", a.File, err)
}

type formationCmd struct {
	Import formationImportCmd `cmd:"" help:"Crée une formation à partir d'un fichier JSON ou XML. / Make a programme of a JSON or XML file."`
	Export formationExportCmd `cmd:"" help:"Écrit une formation dans un fichier JSON. / Write a programme to a JSON file."`
}

type formationImportCmd struct {
	importArgs
	Referentiel *int64 `help:"Numéro du référentiel de compétences, 0 pour aucun ; sinon celui que le fichier nomme. / Number of the framework of competences, 0 for none; otherwise the one that the file names."`
}

// Run makes a programme of a file and prints its number.
func (c *formationImportCmd) Run(ctx context.Context, out output) error {
	data, err := c.read(out)
	if err != nil {
		return err
	}
	return c.with(ctx, func(ctx context.Context, s *scolarite.Service) error {
		f, err := s.ImportFormation(ctx, scolarite.NewProgramme{Dept: c.Dept, ReferentielID: c.Referentiel, Data: data})
		if err != nil {
			return c.name(err)
		}
		file, err := programme.Read(data) // once more, to say what was in it
		if err != nil {
			return c.name(err)
		}
		out.printf("Formation %d créée : %s version %d, %d UE, %d modules.\n", f.ID, f.Acronyme, f.Version, len(file.UE), file.Modules())
		return nil
	})
}

type formationExportCmd struct {
	scolariteFlag
	ID      int64  `arg:"" help:"Numéro de la formation. / Number of the programme."`
	Out     string `help:"Fichier à écrire, sinon la sortie standard. / File to write, else standard output." type:"path"`
	WithIDs bool   `name:"with-ids" help:"Avec les numéros de la base. / With the numbers of the base."`
}

// Run writes a programme to a file; one that is there is replaced.
func (c *formationExportCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *scolarite.Service) error {
		f, err := s.ExportFormation(ctx, c.ID, c.WithIDs)
		if err != nil {
			return fmt.Errorf("%d: %w", c.ID, err)
		}
		if c.Out == "" {
			return programme.Write(out, f)
		}
		file, err := os.Create(c.Out)
		if err != nil {
			return err
		}
		if err := programme.Write(file, f); err != nil {
			file.Close()
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
		out.printf("%s : %s version %d, %d UE, %d modules.\n", c.Out, f.Acronyme, f.Version, len(f.UE), f.Modules())
		return nil
	})
}

type referentielCmd struct {
	Import referentielImportCmd `cmd:"" help:"Charge un référentiel de compétences, JSON ou XML d'OrÉBUT. / Load a framework of competences, JSON or the XML of OrÉBUT."`
	List   referentielListCmd   `cmd:"" help:"Liste les référentiels d'un département. / List the frameworks of a department."`
}

type referentielImportCmd struct{ importArgs }

// Run loads a framework and prints its number.
func (c *referentielImportCmd) Run(ctx context.Context, out output) error {
	data, err := c.read(out)
	if err != nil {
		return err
	}
	return c.with(ctx, func(ctx context.Context, s *scolarite.Service) error {
		name := ""
		if strings.EqualFold(filepath.Ext(c.File), ".xml") { // JSON says of which XML file it is
			name = filepath.Base(c.File)
		}
		ref, err := s.ImportReferentiel(ctx, c.Dept, name, data)
		if err != nil {
			return c.name(err)
		}
		out.printf("Référentiel %d chargé : %s, %d compétences, %d parcours.\n", ref.ID, ref.Specialite, len(ref.Competences), len(ref.Parcours))
		return nil
	})
}

type referentielListCmd struct {
	scolariteFlag
	Dept string `help:"Sigle du département. / Acronym of the department." required:""`
}

// Run lists frameworks, one a line: number, speciality, version, title of the
// diploma, file.
func (c *referentielListCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *scolarite.Service) error {
		list, err := s.Referentiels(ctx, c.Dept)
		for _, r := range list {
			out.printf("%d\t%s\t%s\t%s\t%s\n", r.ID, r.Specialite, r.VersionOrebut, r.TypeTitre, r.ScoDocOrigFilename)
		}
		return err
	})
}
