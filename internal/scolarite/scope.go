package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// findDepartement returns the row of a department named in a path; NotFound
// for an unknown one.
func (s *Service) findDepartement(ctx context.Context, acronym string) (int64, error) {
	id, err := s.Store.Read().DepartementID(ctx, acronym)
	return id, db.NotFound(err, "departement_unknown", "département inconnu")
}

// deptOf returns the department that ctx's request is confined to, 0 on the
// base of all departments.
func deptOf(ctx context.Context) int64 { return api.RequestFrom(ctx).DepartementID }

// sees reports whether an object of a department exists for ctx's request.
func sees(ctx context.Context, deptID int64) bool {
	dept := deptOf(ctx)
	return dept == 0 || dept == deptID
}

// may reports whether ctx's caller holds a permission in the department of the
// path, or in all of them on the base of all. Commands, which have no caller,
// may do everything.
func may(ctx context.Context, p api.Permission) bool {
	request := api.RequestFrom(ctx)
	return request.Caller == nil || request.Caller.Can(p, request.Departement)
}

// seesSomewhere lets into the lists of all departments who may see some of
// them.
func seesSomewhere(ctx context.Context, caller api.Caller) (bool, error) {
	c, ok := caller.(*identity.Caller)
	if !ok || deptOf(ctx) != 0 {
		return false, nil
	}
	everywhere, acronyms := c.DepartementsWith(ScoView)
	return everywhere || len(acronyms) > 0, nil
}

// departmental returns Forbidden on the base of all departments for a caller
// whose permissions are all held in departments. It is for the entries that
// need no permission, which would otherwise let him in there.
func departmental(ctx context.Context, caller api.Caller) error {
	c, ok := caller.(*identity.Caller)
	if !ok || deptOf(ctx) != 0 {
		return nil
	}
	isDepartmental := false
	for _, p := range allPermissions() {
		everywhere, acronyms := c.DepartementsWith(p)
		if everywhere {
			return nil
		}
		isDepartmental = isDepartmental || len(acronyms) > 0
	}
	if isDepartmental {
		return errs.New(errs.Forbidden, "departmental", "permission requise dans tous les départements")
	}
	return nil
}

// callerID returns the account of ctx's caller, nil without one.
func callerID(ctx context.Context) *int64 {
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return nil
	}
	id := caller.AccountID()
	return &id
}

// The functions below return a row that exists for ctx's request, NotFound
// otherwise.

func visibleDepartement(ctx context.Context, q *db.Queries, id int64) (db.Departement, error) {
	row, err := q.Departement(ctx, id)
	if err == nil && !sees(ctx, row.ID) {
		return db.Departement{}, errs.New(errs.NotFound, "departement_unknown", "département inconnu")
	}
	return row, db.NotFound(err, "departement_unknown", "département inconnu")
}

func visibleDepartementNamed(ctx context.Context, q *db.Queries, acronym string) (db.Departement, error) {
	row, err := q.DepartementByAcronym(ctx, acronym)
	if err == nil && !sees(ctx, row.ID) {
		return db.Departement{}, errs.New(errs.NotFound, "departement_unknown", "département inconnu")
	}
	return row, db.NotFound(err, "departement_unknown", "département inconnu")
}

func visibleEtudiant(ctx context.Context, q *db.Queries, etudid int64) (db.Etudiant, error) {
	row, err := q.Etudiant(ctx, etudid)
	if err == nil && !sees(ctx, row.DeptID) {
		return db.Etudiant{}, errs.New(errs.NotFound, "etudiant_unknown", "étudiant inconnu")
	}
	return row, db.NotFound(err, "etudiant_unknown", "étudiant inconnu")
}

func visibleFormation(ctx context.Context, q *db.Queries, id int64) (db.Formation, error) {
	row, err := q.Formation(ctx, id)
	if err == nil && !sees(ctx, row.DeptID) {
		return db.Formation{}, errs.New(errs.NotFound, "formation_unknown", "formation inconnue")
	}
	return row, db.NotFound(err, "formation_unknown", "formation inconnue")
}

func visibleFormSemestre(ctx context.Context, q *db.Queries, id int64) (db.FormSemestre, error) {
	row, err := q.FormSemestre(ctx, id)
	if err == nil && !sees(ctx, row.DeptID) {
		return db.FormSemestre{}, errs.New(errs.NotFound, "formsemestre_unknown", "formsemestre inconnu")
	}
	return row, db.NotFound(err, "formsemestre_unknown", "formsemestre inconnu")
}

// visibleModuleImpl returns a moduleimpl and its semester.
func visibleModuleImpl(ctx context.Context, q *db.Queries, id int64) (db.ModuleImpl, db.FormSemestre, error) {
	row, err := q.ModuleImpl(ctx, id)
	if err != nil {
		return row, db.FormSemestre{}, db.NotFound(err, "moduleimpl_unknown", "moduleimpl inconnu")
	}
	sem, err := visibleFormSemestre(ctx, q, row.FormsemestreID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "moduleimpl_unknown", "moduleimpl inconnu")
	}
	return row, sem, err
}

// visiblePartition returns a partition and its semester.
func visiblePartition(ctx context.Context, q *db.Queries, id int64) (db.Partition, db.FormSemestre, error) {
	row, err := q.Partition(ctx, id)
	if err != nil {
		return row, db.FormSemestre{}, db.NotFound(err, "partition_unknown", "partition inconnue")
	}
	sem, err := visibleFormSemestre(ctx, q, row.FormsemestreID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "partition_unknown", "partition inconnue")
	}
	return row, sem, err
}

// visibleGroup returns a group, its partition and its semester.
func visibleGroup(ctx context.Context, q *db.Queries, id int64) (db.Groupe, db.Partition, db.FormSemestre, error) {
	row, err := q.Groupe(ctx, id)
	if err != nil {
		return row, db.Partition{}, db.FormSemestre{}, db.NotFound(err, "group_unknown", "groupe inconnu")
	}
	partition, sem, err := visiblePartition(ctx, q, row.PartitionID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "group_unknown", "groupe inconnu")
	}
	return row, partition, sem, err
}

// visibleUE returns a UE and its programme.
func visibleUE(ctx context.Context, q *db.Queries, id int64) (db.UE, db.Formation, error) {
	row, err := q.UE(ctx, id)
	if err != nil {
		return row, db.Formation{}, db.NotFound(err, "ue_unknown", "UE inconnue")
	}
	formation, err := visibleFormation(ctx, q, row.FormationID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "ue_unknown", "UE inconnue")
	}
	return row, formation, err
}

// visibleModule returns a module and its programme.
func visibleModule(ctx context.Context, q *db.Queries, id int64) (db.Module, db.Formation, error) {
	row, err := q.Module(ctx, id)
	if err != nil {
		return row, db.Formation{}, db.NotFound(err, "module_unknown", "module inconnu")
	}
	formation, err := visibleFormation(ctx, q, row.FormationID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "module_unknown", "module inconnu")
	}
	return row, formation, err
}
