package scolarite

import (
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/errs"
)

var (
	errLocked     = errs.New(errs.Forbidden, "formsemestre_locked", "formsemestre verrouillé")
	errNotAllowed = errs.New(errs.Forbidden, "operation_refused", "opération non autorisée")
)

// unlocked returns Forbidden when a semester is locked.
func unlocked(sem db.FormSemestre) error {
	if !sem.Etat {
		return errLocked
	}
	return nil
}

// isResponsable reports whether ctx's caller directs the semester.
func isResponsable(ctx context.Context, q *db.Queries, formsemestreID int64) (bool, error) {
	caller := callerID(ctx)
	if caller == nil {
		return false, nil
	}
	ids, err := q.ResponsablesOf(ctx, formsemestreID)
	return slices.Contains(ids, *caller), err
}

// mayChangeGroups returns Forbidden unless the semester is unlocked and ctx's
// caller holds EtudChangeGroups or directs the semester.
func mayChangeGroups(ctx context.Context, q *db.Queries, sem db.FormSemestre) error {
	if !may(ctx, EtudChangeGroups) {
		directs, err := isResponsable(ctx, q, sem.ID)
		if err != nil {
			return err
		}
		if !directs {
			return errNotAllowed
		}
	}
	return unlocked(sem)
}

// mayRegister returns Forbidden unless the semester is unlocked and ctx's
// caller holds EtudInscrit or directs the semester.
func mayRegister(ctx context.Context, q *db.Queries, sem db.FormSemestre) error {
	if !may(ctx, EtudInscrit) {
		directs, err := isResponsable(ctx, q, sem.ID)
		if err != nil {
			return err
		}
		if !directs {
			return errNotAllowed
		}
	}
	return unlocked(sem)
}
