package scolarite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/scolarite/competences"
	"intendant/internal/scolarite/tree"
)

type referentielFile struct {
	referentielsOf
	Filename string `query:"filename" default:"" maxlen:"255"`
	Body     []byte `raw:""`
}

// importReferentiel loads a framework into a department and returns it. See
// [Service.ImportReferentiel].
func (s *Service) importReferentiel(ctx context.Context, in referentielFile) (Referentiel, error) {
	return s.ImportReferentiel(ctx, in.Acronym, in.Filename, in.Body)
}

// ImportReferentiel loads the file of a framework, JSON or the XML of OrÉBUT,
// into a department and returns the framework. filename is kept with it; ""
// leaves what the file says. NotFound if there is no such department, Malformed
// with the place of every fault, Conflict when the department has this
// speciality in this version.
func (s *Service) ImportReferentiel(ctx context.Context, acronym, filename string, data []byte) (Referentiel, error) {
	if _, err := visibleDepartementNamed(ctx, s.Store.Read(), acronym); err != nil {
		return Referentiel{}, err
	}
	file, err := competences.Read(data)
	if err != nil {
		return Referentiel{}, fileFault(err)
	}
	if filename != "" {
		file.OrigFilename = filename
	}
	var ref Referentiel
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		dept, err := visibleDepartementNamed(ctx, q, acronym)
		if err != nil {
			return err
		}
		id, err := s.addReferentiel(ctx, q, dept.ID, file)
		if err != nil {
			return err
		}
		if ref, err = s.referentiel(ctx, q, id); err != nil {
			return err
		}
		return s.record(ctx, q, "referentiel.import", "referentiel", id, file.Specialite, nil, referentielLine(db.Referentiel{
			ID: id, DeptID: dept.ID, Specialite: file.Specialite, SpecialiteLong: &file.SpecialiteLong, TypeTitre: &file.TypeTitre,
			VersionOrebut: &file.VersionOrebut, LoadedAt: s.now(), OrigFilename: &file.OrigFilename,
		}))
	})
	return ref, err
}

// fileFault tells a client what is wrong with his file.
func fileFault(err error) error {
	var faults *tree.Error
	if errors.As(err, &faults) {
		return errs.New(errs.Malformed, "file_faulty", faults.Error())
	}
	return err
}

// addReferentiel writes a framework and returns its id.
func (s *Service) addReferentiel(ctx context.Context, q *db.Queries, deptID int64, file competences.Referentiel) (int64, error) {
	twin, err := q.ReferentielNamed(ctx, db.ReferentielNamedParams{
		DeptID: deptID, Specialite: file.Specialite, VersionOrebut: file.VersionOrebut, TypeTitre: file.TypeTitre,
	})
	if err == nil {
		return 0, errs.New(errs.Conflict, "referentiel_loaded", fmt.Sprintf("ce référentiel de compétences est déjà chargé (id %d)", twin.ID))
	}
	if err := db.NotFound(err, "", ""); !errs.Is(err, errs.NotFound) {
		return 0, err
	}
	id, err := q.AddReferentiel(ctx, db.AddReferentielParams{
		DeptID: deptID, Annexe: textOrNil(file.Annexe), Specialite: file.Specialite, SpecialiteLong: textOrNil(file.SpecialiteLong),
		TypeStructure: textOrNil(file.TypeStructure), TypeDepartement: textOrNil(file.TypeDepartement), TypeTitre: textOrNil(file.TypeTitre),
		VersionOrebut: textOrNil(file.VersionOrebut), LoadedAt: s.now(), OrigFilename: textOrNil(file.OrigFilename),
	})
	if err != nil {
		return 0, err
	}
	ids := make([]int64, len(file.Competences))
	for i, c := range file.Competences {
		if ids[i], err = addCompetence(ctx, q, id, c); err != nil {
			return 0, err
		}
	}
	for _, p := range file.Parcours {
		if err := addParcours(ctx, q, id, p, ids); err != nil {
			return 0, err
		}
	}
	return id, nil
}

func addCompetence(ctx context.Context, q *db.Queries, referentielID int64, c competences.Competence) (int64, error) {
	situations, err := json.Marshal(c.Situations)
	if err != nil {
		return 0, err
	}
	composantes, err := json.Marshal(c.Composantes)
	if err != nil {
		return 0, err
	}
	id, err := q.AddCompetence(ctx, db.AddCompetenceParams{
		ReferentielID: referentielID, IDOrebut: textOrNil(c.IDOrebut), Titre: c.Titre, TitreLong: textOrNil(c.TitreLong),
		Couleur: textOrNil(c.Couleur), Numero: c.Numero, Situations: string(situations), Composantes: string(composantes),
	})
	if err != nil {
		return 0, err
	}
	for _, n := range c.Niveaux {
		niveau, err := q.AddNiveau(ctx, db.AddNiveauParams{CompetenceID: id, Annee: n.Annee, Ordre: n.Ordre, Libelle: textOrNil(n.Libelle)})
		if err != nil {
			return 0, err
		}
		for _, a := range n.AppCritiques {
			if err := q.AddAppCritique(ctx, db.AddAppCritiqueParams{NiveauID: niveau, Code: a.Code, Libelle: textOrNil(a.Libelle)}); err != nil {
				return 0, err
			}
		}
	}
	return id, nil
}

// addParcours writes a track; competences are the rows of the framework's.
func addParcours(ctx context.Context, q *db.Queries, referentielID int64, p competences.Parcours, rows []int64) error {
	id, err := q.AddParcours(ctx, db.AddParcoursParams{ReferentielID: referentielID, Code: p.Code, Numero: p.Numero, Libelle: textOrNil(p.Libelle)})
	if err != nil {
		return err
	}
	for _, a := range p.Annees {
		annee, err := q.AddParcoursAnnee(ctx, db.AddParcoursAnneeParams{ParcoursID: id, Ordre: a.Ordre})
		if err != nil {
			return err
		}
		for _, n := range a.Niveaux {
			err := q.AddParcoursCompetence(ctx, db.AddParcoursCompetenceParams{AnneeID: annee, CompetenceID: rows[n.Competence], Niveau: n.Ordre})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
