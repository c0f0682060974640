package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/scolarite/jury"
)

// What decisions make happen to a student.
const (
	eventUE           = "VALID_UE"
	eventSemestre     = "VALID_SEM"
	eventEchec        = "ECHEC_SEM"
	eventCompensation = "UTIL_COMPENSATION"
	eventRepetition   = "AUT_RED"
	eventExclusion    = "EXCLUS"
)

// putJuryEvents makes happen what a decision on a semester or a UE says, and
// nothing that the one before said.
func putJuryEvents(ctx context.Context, q *db.Queries, row db.Validation) error {
	if err := dropJuryEvents(ctx, q, row.Etudid, row.FormsemestreID, row.UEID); err != nil {
		return err
	}
	event := db.AddJuryEventParams{Etudid: row.Etudid, At: row.EventAt, FormsemestreID: row.FormsemestreID, UEID: row.UEID}
	switch code := jury.Code(row.Code); {
	case row.UEID != nil && code.ValideUE():
		event.EventType = eventUE
	case row.UEID != nil:
		return nil
	case code.ValideSemestre():
		event.EventType = eventSemestre
	case code == jury.AJ || code == jury.NAR:
		event.EventType = eventEchec
	}
	if event.EventType != "" {
		if err := q.AddJuryEvent(ctx, event); err != nil {
			return err
		}
	}
	if row.CompenseFormsemestreID == nil {
		return nil
	}
	event.EventType, event.CompFormsemestreID = eventCompensation, row.CompenseFormsemestreID
	return q.AddJuryEvent(ctx, event)
}

// dropJuryEvents takes back what a decision on a semester, or on a UE, made
// happen.
func dropJuryEvents(ctx context.Context, q *db.Queries, etudid int64, formSemestreID, ueID *int64) error {
	return q.DeleteJuryEvents(ctx, db.DeleteJuryEventsParams{
		Etudid: etudid, FormsemestreID: idOrZero(formSemestreID), UEID: idOrZero(ueID),
		Types: `["` + eventUE + `","` + eventSemestre + `","` + eventEchec + `","` + eventCompensation + `"]`,
	})
}

// putExclusion notes that a year ends with an exclusion, dropExclusion takes it
// back.
func putExclusion(ctx context.Context, q *db.Queries, row db.ValidationAnnee) error {
	if jury.Code(row.Code) != jury.EXCLU {
		return nil
	}
	return q.AddJuryEvent(ctx, db.AddJuryEventParams{Etudid: row.Etudid, At: row.At, FormsemestreID: row.FormsemestreID, EventType: eventExclusion})
}

func dropExclusion(ctx context.Context, q *db.Queries, row db.ValidationAnnee) error {
	if jury.Code(row.Code) != jury.EXCLU {
		return nil
	}
	return q.DeleteJuryEvents(ctx, db.DeleteJuryEventsParams{
		Etudid: row.Etudid, FormsemestreID: idOrZero(row.FormsemestreID), Types: `["` + eventExclusion + `"]`,
	})
}

// putRepetition notes that a student may do a semester again, dropRepetition
// takes it back.
func putRepetition(ctx context.Context, q *db.Queries, row db.Autorisation, sem db.FormSemestre) error {
	if row.SemestreID > sem.SemestreID {
		return nil
	}
	return q.AddJuryEvent(ctx, db.AddJuryEventParams{Etudid: row.Etudid, At: row.At, FormsemestreID: &sem.ID, EventType: eventRepetition})
}

func dropRepetition(ctx context.Context, q *db.Queries, row db.Autorisation) error {
	if row.OriginFormsemestreID == nil {
		return nil
	}
	return q.DeleteJuryEvents(ctx, db.DeleteJuryEventsParams{
		Etudid: row.Etudid, FormsemestreID: *row.OriginFormsemestreID, Types: `["` + eventRepetition + `"]`,
	})
}

// clearCompense frees the semester that made up for this one of a student.
func clearCompense(ctx context.Context, q *db.Queries, etudid, formSemestreID int64) error {
	if err := q.DeleteCompensations(ctx, db.DeleteCompensationsParams{Etudid: etudid, FormsemestreID: formSemestreID}); err != nil {
		return err
	}
	return q.ClearCompense(ctx, db.ClearCompenseParams{Etudid: etudid, FormsemestreID: formSemestreID})
}
