package scolarite

import (
	"context"
	"math"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/jury"
)

type validationUEIn struct {
	etudidRef
	UEID           int64              `json:"ue_id"`
	Code           string             `json:"code"`
	MoyUE          api.Opt[api.Float] `json:"moy_ue" ge:"0" le:"20"`
	FormSemestreID api.Opt[int64]     `json:"formsemestre_id"`
	IsExternal     api.Opt[bool]      `json:"is_external"`
	decisionDate
}

// validationUERecord records the decision on a UE, in a semester or before and
// elsewhere. NotFound if the student or the semester is unknown, or he is not
// in it; Forbidden if the semester is locked; Invalid, with every fault, for a
// UE of another programme or a code that it cannot have.
func (s *Service) validationUERecord(ctx context.Context, in validationUEIn) (out Validation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := visibleEtudiant(ctx, q, in.Etudid)
		if err != nil {
			return err
		}
		row, err := s.newValidationUE(ctx, q, etud, in)
		if err != nil {
			return err
		}
		row, err = s.putValidation(ctx, q, etud, row)
		out = s.validationFrom(row)
		return err
	})
	return out, err
}

// newValidationUE is the decision on a UE that a body asks for.
func (s *Service) newValidationUE(ctx context.Context, q *db.Queries, etud db.Etudiant, in validationUEIn) (row db.Validation, err error) {
	var f patchFaults
	row = db.Validation{Etudid: etud.ID, UEID: &in.UEID, Code: in.Code, EventAt: s.dateOf(&f, in.decisionDate), IsExternal: in.IsExternal.Or(false)}
	ue, err := juryUE(ctx, q, &f, "ue_id", in.UEID, etud.DeptID)
	if err != nil {
		return row, err
	}
	if ue != nil {
		row.SemestreID = ue.SemestreIdx
		if codes := ueCodes(ue.formation); !slices.Contains(codes, jury.Code(in.Code)) {
			f.add("code", "code_unknown", "invalide ("+codeList(codes)+")")
		}
	}
	if moy, ok := in.MoyUE.Get(); ok {
		row.MoyUE = new(float64(moy))
	}
	id, ok := in.FormSemestreID.Get()
	if !ok {
		return row, errs.Faulty(f)
	}
	j, err := juryOf(ctx, q, etud.ID, id)
	if err != nil {
		return row, err
	}
	row.FormsemestreID, row.SemestreID = &j.sem.ID, &j.sem.SemestreID
	if ue != nil && !j.teaches(ue.formation) {
		f.add("formsemestre_id", "incompatible", "l'UE n'est pas de la formation de ce semestre")
	}
	if err := errs.Faulty(f); err != nil || in.MoyUE.Set {
		return row, err
	}
	row.MoyUE, err = s.meanOf(ctx, q, j, in.UEID)
	return row, err
}

func ueCodes(formation db.Formation) []jury.Code {
	if formation.TypeParcours == BUT {
		return jury.UECodes
	}
	return jury.UEClassiqueCodes
}

// meanOf is the mean of a student in a UE of the semester, nil for none.
func (s *Service) meanOf(ctx context.Context, q *db.Queries, j juryIn, ueID int64) (*float64, error) {
	results, err := s.loadResults(ctx, q, j.sem.ID)
	if err != nil {
		return nil, err
	}
	i, isIn := results.EtudiantIndex(j.etud.ID)
	u, isThere := results.UEIndex(ueID)
	if !isIn || !isThere {
		return nil, nil
	}
	return numberOrNil(results.Results.UE.At(u, i).Moyenne), nil
}

// numberOrNil is a number, nil for NaN.
func numberOrNil(f float64) *float64 {
	if math.IsNaN(f) {
		return nil
	}
	return &f
}

// validationKind is how the journal calls a decision.
func validationKind(row db.Validation) string {
	if row.UEID == nil {
		return "validation_formsemestre"
	}
	return "validation_ue"
}

// decisionKind is the kind of object that an action of the journal is about.
func decisionKind(action string) string {
	kind, _, _ := strings.Cut(action, ".")
	return kind
}

// putValidation records a decision on a semester or a UE in the place of the
// one before, with what it makes happen to the student, and writes the journal.
func (s *Service) putValidation(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Validation) (db.Validation, error) {
	old, err := q.ValidationIn(ctx, db.ValidationInParams{Etudid: row.Etudid, FormsemestreID: idOrZero(row.FormsemestreID), UEID: idOrZero(row.UEID)})
	if err != nil && !isNone(err) {
		return row, err
	}
	var before any
	if err == nil {
		before, row.ID = s.validationFrom(old), old.ID
		err = q.UpdateValidation(ctx, db.UpdateValidationParams{
			ID: row.ID, Code: row.Code, Assidu: row.Assidu, EventAt: row.EventAt, CompenseFormsemestreID: row.CompenseFormsemestreID,
			MoyUE: row.MoyUE, SemestreID: row.SemestreID, IsExternal: row.IsExternal,
		})
	} else {
		row, err = q.AddValidation(ctx, db.AddValidationParams{
			Etudid: row.Etudid, FormsemestreID: row.FormsemestreID, UEID: row.UEID, Code: row.Code, Assidu: row.Assidu, EventAt: row.EventAt,
			CompenseFormsemestreID: row.CompenseFormsemestreID, MoyUE: row.MoyUE, SemestreID: row.SemestreID, IsExternal: row.IsExternal,
		})
	}
	if err != nil {
		return row, err
	}
	if err := putJuryEvents(ctx, q, row); err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, validationKind(row)+".record", row.ID, etud, before, s.validationFrom(row))
}

func idOrZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

type validationFormSemestreIn struct {
	etudidRef
	FormSemestreID         int64          `json:"formsemestre_id"`
	Code                   string         `json:"code" enum:"ADM|ADC|ADJ|ATT|ATB|ATJ|AJ|NAR|RAT|DEF"`
	Assidu                 api.Opt[bool]  `json:"assidu"` // true by default
	CompenseFormSemestreID api.Opt[int64] `json:"compense_formsemestre_id"`
	decisionDate
}

// validationFormSemestreRecord records the decision on a classic semester and
// the codes of its UEs. NotFound if the student or the semester is unknown, or
// he is not in it; Forbidden if it is locked; Invalid, with every fault, for a
// semester of the BUT, a code that the curriculum does not know, or a semester
// that it cannot make up for.
func (s *Service) validationFormSemestreRecord(ctx context.Context, in validationFormSemestreIn) (out Validation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		row, err := s.newValidationFormSemestre(ctx, q, j, in)
		if err != nil {
			return err
		}
		results, err := s.loadResults(ctx, q, j.sem.ID)
		if err != nil {
			return err
		}
		row, err = s.putSemestre(ctx, q, j.etud, j.formation, results, row)
		out = s.validationFrom(row)
		return err
	})
	return out, err
}

func (s *Service) newValidationFormSemestre(ctx context.Context, q *db.Queries, j juryIn, in validationFormSemestreIn) (db.Validation, error) {
	var f patchFaults
	row := db.Validation{
		Etudid: j.etud.ID, FormsemestreID: &j.sem.ID, Code: in.Code, Assidu: new(in.Assidu.Or(true)), EventAt: s.dateOf(&f, in.decisionDate),
		CompenseFormsemestreID: in.CompenseFormSemestreID.Ptr(), SemestreID: &j.sem.SemestreID,
	}
	switch {
	case j.isAPC():
		f.add("formsemestre_id", "but", "un semestre de BUT n'a pas de décision de semestre")
	case !jury.CursusOf(j.formation.TypeParcours).Permet(jury.Code(in.Code)):
		f.add("code", "code_forbidden", "ce code n'existe pas dans ce cursus")
	}
	if id, ok := in.CompenseFormSemestreID.Get(); ok {
		reason, err := cannotCompense(ctx, q, j, id)
		if err != nil {
			return row, err
		}
		if reason != "" {
			f.add("compense_formsemestre_id", "compense", reason)
		}
	}
	return row, errs.Faulty(f)
}

// cannotCompense tells why a semester cannot make up for another of the
// student; "" when it can.
func cannotCompense(ctx context.Context, q *db.Queries, j juryIn, id int64) (string, error) {
	rows, err := q.JurySemestres(ctx, db.JSONList(j.etud.ID))
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rows, func(r db.JurySemestresRow) bool { return r.FormSemestre.ID == id })
	switch {
	case !j.sem.GestionCompensation:
		return "ce semestre ne gère pas la compensation", nil
	case i < 0 || rows[i].FormationCode != j.formation.FormationCode:
		return "l'étudiant n'est pas inscrit à ce semestre dans cette formation", nil
	case rows[i].FormSemestre.SemestreID != j.sem.SemestreID-1 && rows[i].FormSemestre.SemestreID != j.sem.SemestreID+1:
		return "les deux semestres ne se suivent pas", nil
	}
	return "", nil
}

// putSemestre records the decision on a classic semester and, of the same
// moment, the codes of its UEs.
func (s *Service) putSemestre(ctx context.Context, q *db.Queries, etud db.Etudiant, formation db.Formation, results *SemesterResults, row db.Validation) (db.Validation, error) {
	if err := clearCompense(ctx, q, etud.ID, *row.FormsemestreID); err != nil {
		return row, err
	}
	row, err := s.putValidation(ctx, q, etud, row)
	if err != nil {
		return row, err
	}
	i, ok := results.EtudiantIndex(etud.ID)
	if !ok {
		return row, nil
	}
	cursus, valide := jury.CursusOf(formation.TypeParcours), jury.Code(row.Code).ValideSemestre()
	for u := range results.UEs {
		mean := results.Results.UE.At(u, i).Moyenne
		code := cursus.CodeUE(mean, *row.Assidu, valide)
		if code == "" {
			continue
		}
		ue := db.Validation{
			Etudid: etud.ID, FormsemestreID: row.FormsemestreID, UEID: &results.UEs[u].ID, Code: string(code), EventAt: row.EventAt,
			MoyUE: &mean, SemestreID: row.SemestreID,
		}
		if _, err := s.putValidation(ctx, q, etud, ue); err != nil {
			return row, err
		}
	}
	return row, nil
}
