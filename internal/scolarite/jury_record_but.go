package scolarite

import (
	"context"
	"fmt"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

type validationAnneeIn struct {
	etudidRef
	FormSemestreID int64          `json:"formsemestre_id"`
	Code           string         `json:"code" enum:"ADM|ADJ|ADSUP|PASD|PAS1NCI|RED|NAR|ATJ|RAT|DEF|ABAN|ABL|DEM|EXCLU"`
	AnneeScolaire  api.Opt[int64] `json:"annee_scolaire" ge:"1900" le:"2199"`
	decisionDate
}

// validationAnneeRecord records the decision on the year of the BUT that a
// semester is in, in the place of any other. NotFound if the student or the
// semester is unknown, or he is not in it; Forbidden if it is locked; Invalid
// if it is no semester of the BUT.
func (s *Service) validationAnneeRecord(ctx context.Context, in validationAnneeIn) (out ValidationAnnee, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		referentiel, err := j.referentiel()
		if err != nil {
			return err
		}
		var f patchFaults
		at := s.dateOf(&f, in.decisionDate)
		if err := errs.Faulty(f); err != nil {
			return err
		}
		row, err := s.putAnnee(ctx, q, j.etud, db.PutValidationAnneeParams{
			Etudid: j.etud.ID, Ordre: (j.sem.SemestreID + 1) / 2, FormsemestreID: &j.sem.ID, ReferentielID: referentiel,
			AnneeScolaire: in.AnneeScolaire.Or(AnneeScolaire(j.sem.DateDebut)), At: at, Code: in.Code,
		})
		out = s.validationAnneeFrom(row)
		return err
	})
	return out, err
}

// putAnnee records a decision, with what it makes happen to the student, and
// writes the journal.
func (s *Service) putAnnee(ctx context.Context, q *db.Queries, etud db.Etudiant, p db.PutValidationAnneeParams) (db.ValidationAnnee, error) {
	var before any
	old, err := q.ValidationAnneeOn(ctx, db.ValidationAnneeOnParams{Etudid: p.Etudid, Ordre: p.Ordre, ReferentielID: p.ReferentielID})
	switch {
	case err == nil:
		before = s.validationAnneeFrom(old)
		err = dropExclusion(ctx, q, old)
	case isNone(err):
		err = nil
	}
	if err != nil {
		return old, err
	}
	row, err := q.PutValidationAnnee(ctx, p)
	if err != nil {
		return row, err
	}
	if err := putExclusion(ctx, q, row); err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, "validation_annee_but.record", row.ID, etud, before, s.validationAnneeFrom(row))
}

type validationDUT120In struct {
	etudidRef
	FormSemestreID int64 `json:"formsemestre_id"`
	decisionDate
}

// validationDUT120Record records the DUT of a student of the BUT. NotFound if
// the student or the semester is unknown, or he is not in it; Forbidden if it is
// locked; Invalid if it is no semester of the BUT.
func (s *Service) validationDUT120Record(ctx context.Context, in validationDUT120In) (out ValidationDUT120, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		referentiel, err := j.referentiel()
		if err != nil {
			return err
		}
		var f patchFaults
		at := s.dateOf(&f, in.decisionDate)
		if err := errs.Faulty(f); err != nil {
			return err
		}
		var before any
		old, err := q.ValidationDUT120On(ctx, db.ValidationDUT120OnParams{Etudid: j.etud.ID, ReferentielID: referentiel})
		switch {
		case err == nil:
			before = s.validationDUT120From(old)
		case !isNone(err):
			return err
		}
		row, err := q.PutValidationDUT120(ctx, db.PutValidationDUT120Params{Etudid: j.etud.ID, FormsemestreID: j.sem.ID, ReferentielID: referentiel, At: at})
		if err != nil {
			return err
		}
		out = s.validationDUT120From(row)
		return s.recordDecision(ctx, q, "validation_dut120.record", row.ID, j.etud, before, out)
	})
	return out, err
}

type autorisationIn struct {
	etudidRef
	FormSemestreID int64 `json:"formsemestre_id"`
	SemestreID     int64 `json:"semestre_id"`
	decisionDate
}

// autorisationRecord allows a student to register in a semester of his
// programme. NotFound if the student or the semester is unknown, or he is not
// in it; Forbidden if it is locked; Invalid for a number that no semester has.
func (s *Service) autorisationRecord(ctx context.Context, in autorisationIn) (out Autorisation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		var f patchFaults
		at := s.dateOf(&f, in.decisionDate)
		if n := in.SemestreID; n != -1 && (n < 1 || n > 12) {
			f.add("semestre_id", "out_of_range", "invalide (1 à 12, ou -1)")
		}
		if err := errs.Faulty(f); err != nil {
			return err
		}
		row, err := s.putAutorisation(ctx, q, j.etud, j.sem, j.formation.FormationCode, in.SemestreID, at)
		out = s.autorisationFrom(row)
		return err
	})
	return out, err
}

// putAutorisation allows a registration, once: a second time moves its date.
func (s *Service) putAutorisation(ctx context.Context, q *db.Queries, etud db.Etudiant, sem db.FormSemestre, code string, semestreID int64, at db.Time) (db.Autorisation, error) {
	rows, err := q.AutorisationsFrom(ctx, sem.ID)
	if err != nil {
		return db.Autorisation{}, err
	}
	for _, row := range rows {
		if row.Etudid != etud.ID || row.SemestreID != semestreID || row.FormationCode != code {
			continue
		}
		before := s.autorisationFrom(row)
		row.At = at
		if err := q.SetAutorisationDate(ctx, db.SetAutorisationDateParams{ID: row.ID, At: at}); err != nil {
			return row, err
		}
		return row, s.recordDecision(ctx, q, "autorisation_inscription.record", row.ID, etud, before, s.autorisationFrom(row))
	}
	row, err := q.AddAutorisation(ctx, db.AddAutorisationParams{Etudid: etud.ID, FormationCode: code, SemestreID: semestreID, At: at, OriginFormsemestreID: &sem.ID})
	if err != nil {
		return row, fmt.Errorf("allow student %d to register: %w", etud.ID, err)
	}
	if err := putRepetition(ctx, q, row, sem); err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, "autorisation_inscription.record", row.ID, etud, nil, s.autorisationFrom(row))
}
