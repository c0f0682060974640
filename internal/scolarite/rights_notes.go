package scolarite

import (
	"context"

	"intendant/db"
)

// mayEditEvaluations returns Forbidden unless the semester is unlocked and
// ctx's caller holds EditAllEvals, is in charge of the module, directs the
// semester, or teaches the module where the semester lets teachers do it.
func mayEditEvaluations(ctx context.Context, q *db.Queries, module db.ModuleImpl, sem db.FormSemestre) error {
	isAllowed := may(ctx, EditAllEvals) || isInCharge(ctx, module)
	var err error
	if !isAllowed {
		isAllowed, err = isResponsable(ctx, q, sem.ID)
	}
	if err == nil && !isAllowed && sem.EnsCanEditEval {
		isAllowed, err = teaches(ctx, q, module)
	}
	switch {
	case err != nil:
		return err
	case !isAllowed:
		return errNotAllowed
	}
	return unlocked(sem)
}

// mayEditNotes returns Forbidden unless the semester is unlocked and ctx's
// caller holds EditAllNotes, directs the semester, or, as long as no jury
// decided anything in it, is in charge of the module or teaches it.
func mayEditNotes(ctx context.Context, q *db.Queries, module db.ModuleImpl, sem db.FormSemestre) error {
	isAllowed := may(ctx, EditAllNotes)
	var err error
	if !isAllowed {
		isAllowed, err = isResponsable(ctx, q, sem.ID)
	}
	if err == nil && !isAllowed {
		isAllowed, err = mayMarkAsTeacher(ctx, q, module, sem)
	}
	switch {
	case err != nil:
		return err
	case !isAllowed:
		return errNotAllowed
	}
	return unlocked(sem)
}

func mayMarkAsTeacher(ctx context.Context, q *db.Queries, module db.ModuleImpl, sem db.FormSemestre) (bool, error) {
	isTeacher := isInCharge(ctx, module)
	var err error
	if !isTeacher {
		isTeacher, err = teaches(ctx, q, module)
	}
	if err != nil || !isTeacher {
		return false, err
	}
	isDecided, err := q.SemestreIsDecided(ctx, sem.ID)
	return isDecided == 0, err
}

// isInCharge reports whether ctx's caller is the one in charge of a module.
func isInCharge(ctx context.Context, module db.ModuleImpl) bool {
	caller := callerID(ctx)
	return caller != nil && module.ResponsableID != nil && *module.ResponsableID == *caller
}

// teaches reports whether ctx's caller is among the teachers of a module.
func teaches(ctx context.Context, q *db.Queries, module db.ModuleImpl) (bool, error) {
	caller := callerID(ctx)
	if caller == nil {
		return false, nil
	}
	n, err := q.IsEnseignant(ctx, db.IsEnseignantParams{ModuleimplID: module.ID, AccountID: *caller})
	return n != 0, err
}
