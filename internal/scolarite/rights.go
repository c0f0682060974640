package scolarite

import (
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

var (
	errLocked     = errs.New(errs.Forbidden, "formsemestre_locked", "formsemestre verrouillé")
	errNotAllowed = errs.New(errs.Forbidden, "operation_refused", "opération non autorisée")
)

// requireIn returns Forbidden unless ctx's caller holds a permission in a
// department, in all of them for "", whatever the base he came by.
func requireIn(ctx context.Context, p api.Permission, departement string) error {
	caller := api.CallerFrom(ctx)
	switch {
	case caller == nil || caller.Can(p, departement):
		return nil
	case departement == "":
		return errs.New(errs.Forbidden, "not_permitted_everywhere", "permission requise dans tous les départements : "+p.Short())
	}
	return errs.New(errs.Forbidden, "not_permitted_there", "permission requise dans le département "+departement+" : "+p.Short())
}

// requireEverywhere is [requireIn] all departments: it is for what belongs to
// none of them.
func requireEverywhere(ctx context.Context, p api.Permission) error { return requireIn(ctx, p, "") }

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

// mayDirect returns Forbidden unless the semester is unlocked and ctx's caller
// holds the permission or directs the semester.
func mayDirect(ctx context.Context, q *db.Queries, sem db.FormSemestre, p api.Permission) error {
	if !may(ctx, p) {
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

// mayChangeGroups is who may change the groups of a semester.
func mayChangeGroups(ctx context.Context, q *db.Queries, sem db.FormSemestre) error {
	return mayDirect(ctx, q, sem, EtudChangeGroups)
}

// mayRegister is who may register students in the modules of a semester.
func mayRegister(ctx context.Context, q *db.Queries, sem db.FormSemestre) error {
	return mayDirect(ctx, q, sem, EtudInscrit)
}
