package scolarite

import (
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

type validationRCUEIn struct {
	etudidRef
	Code           string         `json:"code" enum:"ADM|CMP|ADJ|ADSUP|AJ|ATJ|RAT|DEF|ABAN"`
	UE1ID          int64          `json:"ue1_id"`
	UE2ID          int64          `json:"ue2_id"`
	FormSemestreID api.Opt[int64] `json:"formsemestre_id"`
	ParcoursID     api.Opt[int64] `json:"parcours_id"`
	decisionDate
}

// validationRCUERecord records the decision on the level of a competence, in
// the place of any other on the same UEs. NotFound if the student or the
// semester is unknown; Forbidden if the semester is locked; Invalid, with every
// fault, if the UEs are not those of the odd and the even semester of a level,
// or what else is named is not of their programme.
func (s *Service) validationRCUERecord(ctx context.Context, in validationRCUEIn) (out ValidationRCUE, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := visibleEtudiant(ctx, q, in.Etudid)
		if err != nil {
			return err
		}
		at, err := s.checkRCUE(ctx, q, etud, in)
		if err != nil {
			return err
		}
		row, err := s.putRCUE(ctx, q, etud, db.PutValidationRCUEParams{
			Etudid: etud.ID, FormsemestreID: in.FormSemestreID.Ptr(), Ue1ID: in.UE1ID, Ue2ID: in.UE2ID, ParcoursID: in.ParcoursID.Ptr(), At: at, Code: in.Code,
		})
		out = s.validationRCUEFrom(row)
		return err
	})
	return out, err
}

func (s *Service) checkRCUE(ctx context.Context, q *db.Queries, etud db.Etudiant, in validationRCUEIn) (db.Time, error) {
	var f patchFaults
	at := s.dateOf(&f, in.decisionDate)
	ue1, err := juryUE(ctx, q, &f, "ue1_id", in.UE1ID, etud.DeptID)
	if err != nil {
		return at, err
	}
	ue2, err := juryUE(ctx, q, &f, "ue2_id", in.UE2ID, etud.DeptID)
	if err != nil {
		return at, err
	}
	if ue1 != nil && ue2 != nil {
		pairUEs(&f, ue1.UE, ue2.UE)
	}
	if id, ok := in.FormSemestreID.Get(); ok {
		j, err := juryOf(ctx, q, etud.ID, id)
		if err != nil {
			return at, err
		}
		if ue1 != nil && !j.teaches(ue1.formation) || ue2 != nil && !j.teaches(ue2.formation) {
			f.add("formsemestre_id", "incompatible", "les UEs ne sont pas de la formation de ce semestre")
		}
	}
	if id, ok := in.ParcoursID.Get(); ok {
		tracks, err := trackIDs(ctx, q, ue1)
		if err != nil {
			return at, err
		}
		if !slices.Contains(tracks, id) {
			f.add("parcours_id", "unknown", "parcours inconnu dans cette formation")
		}
	}
	return at, errs.Faulty(f)
}

// pairUEs holds that two UEs are those of a level: of the odd semester, then of
// the even one of the same year.
func pairUEs(f *patchFaults, ue1, ue2 db.UE) {
	if ue1.NiveauID == nil || ue2.NiveauID == nil || *ue1.NiveauID != *ue2.NiveauID {
		f.add("ue2_id", "level", "les UEs ne sont pas associées au même niveau de compétence")
		return
	}
	if ue1.SemestreIdx == nil || ue2.SemestreIdx == nil || *ue1.SemestreIdx%2 != 1 || *ue2.SemestreIdx != *ue1.SemestreIdx+1 {
		f.add("ue1_id", "order", "ue1 doit être d'un semestre impair et ue2 du semestre pair qui le suit")
	}
}

// juryUEOf is a UE and its programme.
type juryUEOf struct {
	db.UE
	formation db.Formation
}

// juryUE returns a UE of a department; nil, and a fault, when there is none.
func juryUE(ctx context.Context, q *db.Queries, f *patchFaults, field string, id, deptID int64) (*juryUEOf, error) {
	ue, formation, err := visibleUE(ctx, q, id)
	switch {
	case errs.Is(err, errs.NotFound) || err == nil && formation.DeptID != deptID:
		f.add(field, "ue_unknown", "UE inconnue")
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &juryUEOf{ue, formation}, nil
}

// teaches tells whether a programme is the semester's, or a version of it, or
// shares its framework of competences.
func (j juryIn) teaches(f db.Formation) bool {
	return f.FormationCode == j.formation.FormationCode ||
		f.ReferentielID != nil && j.formation.ReferentielID != nil && *f.ReferentielID == *j.formation.ReferentielID
}

func trackIDs(ctx context.Context, q *db.Queries, ue *juryUEOf) ([]int64, error) {
	if ue == nil {
		return nil, nil
	}
	return q.ParcoursOfFormation(ctx, ue.formation.ID)
}

// putRCUE records a decision and writes the journal.
func (s *Service) putRCUE(ctx context.Context, q *db.Queries, etud db.Etudiant, p db.PutValidationRCUEParams) (db.ValidationRCUE, error) {
	var before any
	old, err := q.ValidationRCUEOn(ctx, db.ValidationRCUEOnParams{Etudid: p.Etudid, Ue1ID: p.Ue1ID, Ue2ID: p.Ue2ID})
	switch {
	case err == nil:
		before = s.validationRCUEFrom(old)
	case !isNone(err):
		return old, err
	}
	row, err := q.PutValidationRCUE(ctx, p)
	if err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, "validation_rcue.record", row.ID, etud, before, s.validationRCUEFrom(row))
}

// isNone tells whether a query of one row found none.
func isNone(err error) bool { return errs.Is(db.NotFound(err, "none", "none"), errs.NotFound) }
