package scolarite

import (
	"context"
	"fmt"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/programme"
)

type formationFile struct {
	Dept          api.Opt[string] `query:"dept"`
	ReferentielID api.Opt[int64]  `query:"referentiel_competence_id"`
	Body          []byte          `raw:""`
}

// importFormation makes a programme of a file and returns it. See
// [Service.ImportFormation].
func (s *Service) importFormation(ctx context.Context, in formationFile) (Formation, error) {
	return s.ImportFormation(ctx, NewProgramme{Dept: in.Dept.Or(""), ReferentielID: in.ReferentielID.Ptr(), Data: in.Body})
}

// NewProgramme is a file to make a programme of.
type NewProgramme struct {
	Dept string // acronym of the department; "" for that of the request's base
	// ReferentielID is the framework of competences to look names up in, 0 to
	// leave them out; nil is the one that the file names.
	ReferentielID *int64
	Data          []byte
}

// ImportFormation makes a programme of a file: the next version of the
// programme of its acronym and title, if the department has one. NotFound if
// there is no such department or framework, Malformed with the place of every
// fault. Nothing is written then.
func (s *Service) ImportFormation(ctx context.Context, in NewProgramme) (Formation, error) {
	if _, err := s.importDepartement(ctx, s.Store.Read(), in.Dept); err != nil {
		return Formation{}, err
	}
	file, err := programme.Read(in.Data)
	if err != nil {
		return Formation{}, fileFault(err)
	}
	if in.ReferentielID != nil && *in.ReferentielID == 0 {
		file.WithoutCompetences()
	}
	var formation Formation
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		dept, err := s.importDepartement(ctx, q, in.Dept)
		if err != nil {
			return err
		}
		referentielID, err := importReferentielID(ctx, q, dept.ID, &file, in.ReferentielID)
		if err != nil {
			return err
		}
		id, err := addProgramme(ctx, q, dept.ID, &file, referentielID)
		if err != nil {
			return err
		}
		if formation, err = s.formation(ctx, q, id); err != nil {
			return err
		}
		return s.record(ctx, q, "formation.import", "formation", id, file.Acronyme, nil, struct {
			Formation
			UEs     int `json:"ues"`
			Modules int `json:"modules"`
		}{formation, len(file.UE), file.Modules()})
	})
	return formation, err
}

// importDepartement returns the department that a programme goes to. NotFound
// if there is none, or none is named on the base of all.
func (s *Service) importDepartement(ctx context.Context, q *db.Queries, acronym string) (db.Departement, error) {
	switch dept := deptOf(ctx); {
	case acronym != "":
		return visibleDepartementNamed(ctx, q, acronym)
	case dept != 0:
		return visibleDepartement(ctx, q, dept)
	}
	return db.Departement{}, errs.New(errs.NotFound, "dept_missing", "param 'dept': manquant")
}

// importReferentielID finds the framework of competences of a file, and in it
// what the file speaks of; nil is none. chosen is that of the caller, if any.
func importReferentielID(ctx context.Context, q *db.Queries, deptID int64, file *programme.Programme, chosen *int64) (*int64, error) {
	id, err := namedReferentiel(ctx, q, deptID, file, chosen)
	if id == nil || err != nil {
		return nil, err
	}
	known, err := knownCompetences(ctx, q, *id)
	if err != nil {
		return nil, err
	}
	return id, fileFault(file.Resolve(known))
}

// namedReferentiel returns the framework that the caller or the file names, nil
// for none.
func namedReferentiel(ctx context.Context, q *db.Queries, deptID int64, file *programme.Programme, chosen *int64) (*int64, error) {
	switch {
	case chosen != nil && *chosen == 0:
		return nil, nil
	case chosen != nil:
		row, err := visibleReferentiel(ctx, q, *chosen)
		if err == nil && row.DeptID != deptID {
			err = errReferentielUnknown
		}
		return &row.ID, err
	case file.RefcompSpecialite == "" && !file.NamesCompetences():
		return nil, nil
	case file.RefcompSpecialite == "":
		return nil, fileFault(file.Fault("refcomp_specialite",
			"manquant, mais le fichier cite des compétences : précisez referentiel_competence_id, 0 pour les laisser de côté"))
	}
	row, err := q.ReferentielNamed(ctx, db.ReferentielNamedParams{
		DeptID: deptID, Specialite: file.RefcompSpecialite, VersionOrebut: file.RefcompVersionOrebut, TypeTitre: file.RefcompTypeTitre,
	})
	if errs.Is(db.NotFound(err, "", ""), errs.NotFound) {
		return nil, fileFault(file.Fault("refcomp_specialite", fmt.Sprintf(
			"le département n'a pas le référentiel %s (%s) : chargez-le d'abord, ou précisez referentiel_competence_id, 0 pour s'en passer",
			file.RefcompSpecialite, file.RefcompVersionOrebut)))
	}
	return &row.ID, err
}

// knownCompetences returns what programmes may name in a framework.
func knownCompetences(ctx context.Context, q *db.Queries, referentielID int64) (programme.Known, error) {
	known := programme.Known{Parcours: map[string]int64{}, AppCritiques: map[string][]int64{}}
	parcours, err := q.ReferentielParcours(ctx, referentielID)
	if err != nil {
		return known, err
	}
	for _, p := range parcours {
		known.Parcours[p.Code] = p.ID
	}
	niveaux, err := q.ReferentielNiveaux(ctx, referentielID)
	if err != nil {
		return known, err
	}
	for _, n := range niveaux {
		known.Niveaux = append(known.Niveaux, programme.Niveau{ID: n.ID, Competence: n.Titre, Libelle: textOrEmpty(n.Libelle), Annee: n.Annee, Ordre: n.Ordre})
	}
	critiques, err := q.ReferentielAppCritiques(ctx, referentielID)
	for _, a := range critiques {
		known.AppCritiques[a.Code] = append(known.AppCritiques[a.Code], a.ID)
	}
	return known, err
}

// addProgramme writes a programme whose names are resolved, and returns its id.
func addProgramme(ctx context.Context, q *db.Queries, deptID int64, f *programme.Programme, referentielID *int64) (int64, error) {
	version, code, err := versionAndCode(ctx, q, deptID, f)
	if err != nil {
		return 0, err
	}
	row, err := q.AddFormation(ctx, db.AddFormationParams{
		DeptID: deptID, Acronyme: f.Acronyme, Titre: f.Titre, TitreOfficiel: f.TitreOfficiel, Version: version, FormationCode: code,
		TypeParcours: f.TypeParcours, CodeSpecialite: textOrNil(f.CodeSpecialite), ReferentielID: referentielID,
		Commentaire: textOrNil(f.Commentaire), Archived: f.Archived,
	})
	if err != nil {
		return 0, err
	}
	ues, err := addProgrammeUEs(ctx, q, row.ID, f.UE)
	if err != nil {
		return 0, err
	}
	references := make(map[string]int64, len(ues))
	for i, ue := range f.UE {
		references[ue.Reference] = ues[i]
	}
	for i, ue := range f.UE {
		for _, m := range ue.Matiere {
			matiere, err := q.AddMatiere(ctx, db.AddMatiereParams{UEID: ues[i], Titre: textOrNil(m.Titre), Numero: m.Numero})
			if err != nil {
				return 0, err
			}
			for _, module := range m.Module {
				if err := addProgrammeModule(ctx, q, row.ID, matiere, module, references); err != nil {
					return 0, err
				}
			}
		}
	}
	return row.ID, nil
}

// versionAndCode returns the version that a file becomes, and its code: its own
// when a version of the programme has it or nothing else does, else that of the
// last version, else a new one.
func versionAndCode(ctx context.Context, q *db.Queries, deptID int64, f *programme.Programme) (version int64, code string, err error) {
	last, err := q.LastVersion(ctx, db.LastVersionParams{DeptID: deptID, Acronyme: f.Acronyme, Titre: f.Titre})
	if err != nil && !errs.Is(db.NotFound(err, "", ""), errs.NotFound) {
		return 0, "", err
	}
	version = last.Version + 1
	if f.FormationCode != "" {
		owns, err := q.ProgrammeOwnsCode(ctx, db.ProgrammeOwnsCodeParams{
			FormationCode: f.FormationCode, DeptID: deptID, Acronyme: f.Acronyme, Titre: f.Titre,
		})
		if err != nil || owns != 0 {
			return version, f.FormationCode, err
		}
	}
	if last.FormationCode != "" {
		return version, last.FormationCode, nil
	}
	n, err := q.NextFormationCode(ctx)
	return version, fmt.Sprint("FCOD", n), err
}

// addProgrammeUEs writes UEs and returns their ids. Codes are kept, by them
// UEs of two versions are the same to students who have one; those without get
// a new one.
func addProgrammeUEs(ctx context.Context, q *db.Queries, formationID int64, ues []programme.ProgrammeUE) ([]int64, error) {
	next, err := q.NextUECode(ctx)
	if err != nil {
		return nil, err
	}
	taken := make(map[string]bool, len(ues))
	for _, ue := range ues {
		taken[ue.UECode] = true
	}
	ids := make([]int64, len(ues))
	for i, ue := range ues {
		code := ue.UECode
		for code == "" || ue.UECode == "" && taken[code] {
			code = fmt.Sprint("UCOD", next)
			next++
		}
		if ids[i], err = addProgrammeUE(ctx, q, formationID, ue, code); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func addProgrammeUE(ctx context.Context, q *db.Queries, formationID int64, ue programme.ProgrammeUE, code string) (int64, error) {
	var niveau *int64
	if ue.NiveauCompetenceID != 0 {
		niveau = &ue.NiveauCompetenceID
	}
	row, err := q.AddUE(ctx, db.AddUEParams{
		FormationID: formationID, Acronyme: ue.Acronyme, Numero: ue.Numero, Titre: textOrNil(ue.Titre), Type: ue.Type, UECode: code,
		Ects: (*float64)(ue.ECTS), IsExternal: ue.IsExternal, CodeApogee: textOrNil(ue.CodeApogee), Coefficient: shownOrNil(ue.Coefficient),
		SemestreIdx: ue.SemestreIdx, NiveauID: niveau, CodeApogeeRcue: textOrNil(ue.CodeApogeeRCUE), CoefRcue: float64(ue.CoefRCUE),
		Color: textOrNil(ue.Color),
	})
	if err != nil {
		return 0, err
	}
	for _, p := range ue.Parcours {
		err := q.AddUEParcoursECTS(ctx, db.AddUEParcoursECTSParams{UEID: row.ID, ParcoursID: p.ID, Ects: (*float64)(p.ECTS)})
		if err != nil {
			return 0, err
		}
	}
	return row.ID, nil
}

// shownOrNil returns a number that files show as 0.0 when there is none, nil for
// none.
func shownOrNil(f api.Float) *float64 {
	if f == 0 {
		return nil
	}
	return (*float64)(&f)
}

// addProgrammeModule writes a module into a matière; references are the UEs of
// the file.
func addProgrammeModule(ctx context.Context, q *db.Queries, formationID int64, in db.Matiere, m programme.ProgrammeModule, references map[string]int64) error {
	row, err := q.AddModule(ctx, db.AddModuleParams{
		FormationID: formationID, UEID: in.UEID, MatiereID: in.ID, Titre: textOrNil(m.Titre), Abbrev: textOrNil(m.Abbrev), Code: m.Code,
		HeuresCours: (*float64)(m.HeuresCours), HeuresTd: (*float64)(m.HeuresTD), HeuresTp: (*float64)(m.HeuresTP),
		Coefficient: (*float64)(m.Coefficient), Ects: (*float64)(m.ECTS), SemestreID: m.SemestreID, Numero: m.Numero,
		CodeApogee: textOrNil(m.CodeApogee), ModuleType: m.ModuleType, EdtID: textOrNil(m.EdtID),
	})
	if err != nil {
		return err
	}
	for _, c := range m.Coefficients {
		err := q.SetModuleUECoef(ctx, db.SetModuleUECoefParams{ModuleID: row.ID, UEID: references[c.UEReference], Coef: float64(c.Coef)})
		if err != nil {
			return err
		}
	}
	for _, p := range m.Parcours {
		if err := q.AddModuleParcours(ctx, db.AddModuleParcoursParams{ModuleID: row.ID, ParcoursID: p.ID}); err != nil {
			return err
		}
	}
	for _, a := range m.AppCritiqueIDs {
		if err := q.AddModuleAppCritique(ctx, db.AddModuleAppCritiqueParams{ModuleID: row.ID, AppCritiqueID: a}); err != nil {
			return err
		}
	}
	for _, t := range m.Tags {
		if err := q.AddModuleTag(ctx, db.AddModuleTagParams{ModuleID: row.ID, Title: t.Name}); err != nil {
			return err
		}
	}
	return nil
}
