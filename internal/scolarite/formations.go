package scolarite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// BUT is the type_parcours of a Bachelor universitaire de technologie, whose
// modules count towards several UEs (APC).
const BUT = 700

// formationRoutes are the entries of "API Formations" and of our extension for
// programmes.
func (s *Service) formationRoutes() []api.Route {
	return slices.Concat([]api.Route{
		api.Get("formations", ScoView, s.formations, "/formations").
			Doc("Retourne la liste de toutes les formations (tous départements, sauf si route départementale)."),
		api.Get("formations_ids", ScoView, s.formationsIDs, "/formations_ids").
			Doc("Retourne la liste de toutes les id de formations (tous départements, ou du département indiqué dans la route)"),
		api.Get("formation_get", ScoView, s.formationGet, "/formation/{formation_id:int}").Doc("La formation d'id donné."),
		api.Post("formation_create", EditFormation, s.CreateFormation, "/formation/create").Extension().Refuses(http.StatusBadRequest).
			Doc("Crée une formation.").
			Describe("Sur la base globale, `dept` (acronyme) ou `dept_id` donne le département. Une formation de mêmes acronyme et titre qu'une autre " +
				"du département en est la version suivante et, sauf `formation_code`, en garde le code. " +
				"`referentiel_competence_id` est un référentiel du même département. " + typesParcours),
		api.Post("formation_edit", EditFormation, s.formationEdit, "/formation/{formation_id:int}/edit").Extension().Refuses(http.StatusBadRequest).
			Doc("Modifie une formation : seuls les champs envoyés changent.").
			Describe("`type_parcours` ne change pas quand la formation a des semestres : 409. " + typesParcours),
		api.Post("formation_delete", EditFormation, s.formationDelete, "/formation/{formation_id:int}/delete").Extension().
			Doc("Supprime une formation, ses UE, matières et modules.").
			Describe("409 quand elle a des semestres, ou que des décisions de jury portent sur ses UE."),
	}, s.ueRoutes(), s.niveauRoutes(), s.matiereRoutes(), s.moduleRoutes(), s.codeApogeeRoutes(), s.programmeFileRoutes(), s.referentielRoutes())
}

const typesParcours = "`type_parcours` : 0 classique (par défaut), 100 DUT, 110 DUT en 4 semestres, 120 DUT en 2 semestres, 200 licence LMD, " +
	"210 et 220 licence professionnelle, 300 master, 700 BUT."

// Formation is a programme as answers show it.
type Formation struct {
	ID                      int64       `json:"id"`
	FormationID             int64       `json:"formation_id"`
	DeptID                  int64       `json:"dept_id"`
	Acronyme                string      `json:"acronyme"`
	Titre                   string      `json:"titre"`
	TitreOfficiel           string      `json:"titre_officiel"`
	Version                 int64       `json:"version"`
	FormationCode           string      `json:"formation_code"`
	TypeParcours            int64       `json:"type_parcours"`
	CodeSpecialite          string      `json:"code_specialite"`
	ReferentielCompetenceID *int64      `json:"referentiel_competence_id"`
	Commentaire             string      `json:"commentaire"`
	Archived                bool        `json:"archived"`
	Departement             Departement `json:"departement"`
}

// formationsByID returns the programmes of these ids.
func (s *Service) formationsByID(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Formation, error) {
	rows, err := q.FormationsByID(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, err
	}
	departements, err := s.departementsByID(ctx, q)
	if err != nil {
		return nil, err
	}
	formations := make(map[int64]Formation, len(rows))
	for _, row := range rows {
		formations[row.ID] = formationOf(row, departements[row.DeptID])
	}
	return formations, nil
}

func formationOf(row db.Formation, departement Departement) Formation {
	return Formation{
		ID: row.ID, FormationID: row.ID, DeptID: row.DeptID, Acronyme: row.Acronyme, Titre: row.Titre, TitreOfficiel: row.TitreOfficiel,
		Version: row.Version, FormationCode: row.FormationCode, TypeParcours: row.TypeParcours, CodeSpecialite: textOrEmpty(row.CodeSpecialite),
		ReferentielCompetenceID: row.ReferentielID, Commentaire: textOrEmpty(row.Commentaire), Archived: row.Archived, Departement: departement,
	}
}

// Parcours is a track of a framework of competences, as semesters show it.
type Parcours struct {
	ID      int64                  `json:"id"`
	Code    string                 `json:"code"`
	Numero  int64                  `json:"numero"`
	Libelle string                 `json:"libelle"`
	Annees  Ordered[ParcoursAnnee] `json:"annees"` // by "1", "2", "3"
}

// ParcoursAnnee is a year of a track.
type ParcoursAnnee struct {
	Ordre       int64                       `json:"ordre"`
	Competences Ordered[ParcoursCompetence] `json:"competences"` // by title
}

// ParcoursCompetence is the level that a year reaches in a competence.
type ParcoursCompetence struct {
	Niveau   int64   `json:"niveau"`
	IDOrebut *string `json:"id_orebut"`
}

type formationRef struct {
	FormationID int64 `path:"formation_id"`
}

// formations returns every programme, those of the department on its base, by
// acronym, title and version.
func (s *Service) formations(ctx context.Context, _ api.None) ([]Formation, error) {
	formations := []Formation{}
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		ids, err := q.FormationIDs(ctx, deptOf(ctx))
		if err != nil {
			return err
		}
		byID, err := s.formationsByID(ctx, q, ids)
		for _, id := range ids {
			formations = append(formations, byID[id])
		}
		return err
	})
	return formations, err
}

// formationsIDs returns the ids of the same programmes.
func (s *Service) formationsIDs(ctx context.Context, _ api.None) ([]int64, error) {
	return s.Store.Read().FormationIDs(ctx, deptOf(ctx))
}

// formationGet returns a programme. NotFound if it is unknown or lies in a
// department that the request does not see.
func (s *Service) formationGet(ctx context.Context, in formationRef) (Formation, error) {
	var formation Formation
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleFormation(ctx, q, in.FormationID)
		if err != nil {
			return err
		}
		formation, err = s.formation(ctx, q, row.ID)
		return err
	})
	return formation, err
}

func (s *Service) formation(ctx context.Context, q *db.Queries, id int64) (Formation, error) {
	byID, err := s.formationsByID(ctx, q, []int64{id})
	return byID[id], err
}

// FormationDetails are what may be left out of a programme.
type FormationDetails struct {
	TitreOfficiel  api.Opt[string] `json:"titre_officiel" maxlen:"512"`
	TypeParcours   api.Opt[int64]  `json:"type_parcours" ge:"0" le:"9999"`
	CodeSpecialite api.Opt[string] `json:"code_specialite" maxlen:"32"`
	Commentaire    api.Opt[string] `json:"commentaire" maxlen:"4096"`
	Archived       api.Opt[bool]   `json:"archived"`
}

func (d FormationDetails) apply(f *patchFaults, row *db.Formation) {
	putName(f, "titre_officiel", &row.TitreOfficiel, d.TitreOfficiel)
	put(f, "type_parcours", &row.TypeParcours, d.TypeParcours)
	putProse(f, "code_specialite", &row.CodeSpecialite, d.CodeSpecialite)
	putProse(f, "commentaire", &row.Commentaire, d.Commentaire)
	put(f, "archived", &row.Archived, d.Archived)
}

// NewFormation is a programme to make, in the department of the base or else
// in the one it names.
type NewFormation struct {
	Dept          api.Opt[string] `json:"dept"` // its acronym
	DeptID        api.Opt[int64]  `json:"dept_id"`
	Acronyme      string          `json:"acronyme" maxlen:"128"`
	Titre         string          `json:"titre" maxlen:"512"`
	FormationCode api.Opt[string] `json:"formation_code" maxlen:"32"`
	ReferentielID api.Opt[int64]  `json:"referentiel_competence_id"`
	FormationDetails
}

// departement returns the department to make the programme in.
func (in NewFormation) departement(ctx context.Context, q *db.Queries) (db.Departement, error) {
	if acronym, ok := in.Dept.Get(); ok {
		return visibleDepartementNamed(ctx, q, acronym)
	}
	id := deptOf(ctx)
	if named, ok := in.DeptID.Get(); ok {
		id = named
	}
	if id == 0 {
		return db.Departement{}, errs.NewInvalid("dept", "missing", "")
	}
	return visibleDepartement(ctx, q, id)
}

// CreateFormation makes a programme and returns it. NotFound for an unknown
// department, or a framework of competences that it has not; faults of the
// values are Invalid.
func (s *Service) CreateFormation(ctx context.Context, in NewFormation) (Formation, error) {
	var formation Formation
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.CreateFormationWithin(ctx, q, in)
		if err != nil {
			return err
		}
		formation, err = s.formation(ctx, q, row.ID)
		return err
	})
	return formation, err
}

// CreateFormationWithin is [Service.CreateFormation] within a transaction. A
// programme of the same acronym and title is followed by the next version,
// which keeps its code: students capitalise UEs from one to the other.
func (s *Service) CreateFormationWithin(ctx context.Context, q *db.Queries, in NewFormation) (db.Formation, error) {
	departement, err := in.departement(ctx, q)
	if err != nil {
		return db.Formation{}, err
	}
	row := db.Formation{DeptID: departement.ID, Version: 1}
	var f patchFaults
	putName(&f, "acronyme", &row.Acronyme, api.Some(in.Acronyme))
	putName(&f, "titre", &row.Titre, api.Some(in.Titre))
	row.TitreOfficiel = row.Titre
	in.apply(&f, &row)
	putName(&f, "formation_code", &row.FormationCode, in.FormationCode)
	if err := errs.Faulty(f); err != nil {
		return row, err
	}
	if err := nextVersion(ctx, q, &row); err != nil {
		return row, err
	}
	row, err = q.AddFormation(ctx, db.AddFormationParams{
		DeptID: row.DeptID, Acronyme: row.Acronyme, Titre: row.Titre, TitreOfficiel: row.TitreOfficiel, Version: row.Version,
		FormationCode: row.FormationCode, TypeParcours: row.TypeParcours, CodeSpecialite: row.CodeSpecialite, Commentaire: row.Commentaire, Archived: row.Archived,
	})
	if err != nil {
		return row, err
	}
	if err := s.record(ctx, q, "formation.create", "formation", row.ID, row.Acronyme, nil, formationImageOf(row)); err != nil {
		return row, err
	}
	row.ReferentielID, err = in.ReferentielID.Ptr(), s.associate(ctx, q, row, in.ReferentielID.Ptr())
	return row, err
}

// nextVersion numbers a programme after those of its acronym and title, and
// gives it a code when it has none.
func nextVersion(ctx context.Context, q *db.Queries, row *db.Formation) error {
	last, err := q.LastVersion(ctx, db.LastVersionParams{DeptID: row.DeptID, Acronyme: row.Acronyme, Titre: row.Titre})
	switch {
	case err == nil:
		row.Version = last.Version + 1
		if row.FormationCode == "" {
			row.FormationCode = last.FormationCode
		}
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if row.FormationCode != "" {
		return nil
	}
	n, err := q.NextFormationCode(ctx)
	row.FormationCode = fmt.Sprint("FCOD", n)
	return err
}

// FormationChange is what to change of a programme.
type FormationChange struct {
	Acronyme api.Opt[string] `json:"acronyme" maxlen:"128"`
	Titre    api.Opt[string] `json:"titre" maxlen:"512"`
	FormationDetails
}

type formationChangeOf struct {
	formationRef
	FormationChange
}

// formationEdit is [Service.EditFormation].
func (s *Service) formationEdit(ctx context.Context, in formationChangeOf) (Formation, error) {
	return s.EditFormation(ctx, in.FormationID, in.FormationChange)
}

// EditFormation changes a programme and returns it as it is then. NotFound if
// it is unknown; Conflict when another has the acronym, title and version, or
// for another type_parcours when it has semesters; faults of the values are
// Invalid.
func (s *Service) EditFormation(ctx context.Context, id int64, in FormationChange) (Formation, error) {
	var after Formation
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, err := visibleFormation(ctx, q, id)
		if err != nil {
			return err
		}
		row := before
		var f patchFaults
		putName(&f, "acronyme", &row.Acronyme, in.Acronyme)
		putName(&f, "titre", &row.Titre, in.Titre)
		in.apply(&f, &row)
		if err := errs.Faulty(f); err != nil {
			return err
		}
		if row.TypeParcours != before.TypeParcours {
			if err := hasNoFormSemestre(ctx, q, id); err != nil {
				return err
			}
		}
		if err := updateFormation(ctx, q, row); err != nil {
			return err
		}
		if err := s.record(ctx, q, "formation.update", "formation", id, row.Acronyme, formationImageOf(before), formationImageOf(row)); err != nil {
			return err
		}
		after, err = s.formation(ctx, q, id)
		return err
	})
	return after, err
}

func updateFormation(ctx context.Context, q *db.Queries, row db.Formation) error {
	err := q.UpdateFormation(ctx, db.UpdateFormationParams{
		Acronyme: row.Acronyme, Titre: row.Titre, TitreOfficiel: row.TitreOfficiel, TypeParcours: row.TypeParcours,
		CodeSpecialite: row.CodeSpecialite, Commentaire: row.Commentaire, Archived: row.Archived, ID: row.ID,
	})
	if _, isTaken := db.UniqueColumn(err); isTaken {
		return errs.New(errs.Conflict, "formation_taken", "une formation de mêmes acronyme, titre et version existe déjà")
	}
	return err
}

// formationDelete is [Service.DeleteFormation].
func (s *Service) formationDelete(ctx context.Context, in formationRef) (OK, error) {
	return done, s.DeleteFormation(ctx, in.FormationID)
}

// DeleteFormation removes a programme with its UEs, subjects and modules.
// NotFound if it is unknown; Conflict when it has semesters, or juries decided
// on its UEs.
func (s *Service) DeleteFormation(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleFormation(ctx, q, id)
		if err != nil {
			return err
		}
		if err := hasNoFormSemestre(ctx, q, id); err != nil {
			return err
		}
		if n, err := q.CountDecisionsOnFormation(ctx, id); err != nil {
			return err
		} else if n > 0 {
			return errs.New(errs.Conflict, "formation_decided", "des décisions de jury portent sur des UE de cette formation")
		}
		if err := q.DeleteFormation(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, "formation.delete", "formation", id, row.Acronyme, formationImageOf(row), nil)
	})
}

// hasNoFormSemestre returns Conflict when a programme has semesters.
func hasNoFormSemestre(ctx context.Context, q *db.Queries, formationID int64) error {
	n, err := q.CountFormSemestresOfFormation(ctx, formationID)
	if err == nil && n > 0 {
		return errs.New(errs.Conflict, "formation_in_use", "cette formation a des semestres")
	}
	return err
}

// formationImage is a programme as the journal keeps it.
type formationImage struct {
	DeptID         int64  `json:"dept_id"`
	Acronyme       string `json:"acronyme"`
	Titre          string `json:"titre"`
	TitreOfficiel  string `json:"titre_officiel"`
	Version        int64  `json:"version"`
	FormationCode  string `json:"formation_code"`
	TypeParcours   int64  `json:"type_parcours"`
	CodeSpecialite string `json:"code_specialite"`
	Commentaire    string `json:"commentaire"`
	Archived       bool   `json:"archived"`
}

func formationImageOf(row db.Formation) formationImage {
	return formationImage{
		DeptID: row.DeptID, Acronyme: row.Acronyme, Titre: row.Titre, TitreOfficiel: row.TitreOfficiel, Version: row.Version, FormationCode: row.FormationCode,
		TypeParcours: row.TypeParcours, CodeSpecialite: textOrEmpty(row.CodeSpecialite), Commentaire: textOrEmpty(row.Commentaire), Archived: row.Archived,
	}
}
