package identity

import (
	"cmp"
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// errRightsAbove has the message of a missing permission: to a program it is
// one.
var errRightsAbove = errs.New(errs.Forbidden, "rights_above", "Not enough permissions")

// rights are what a caller may hand on or touch in others: no more than it
// holds, else an account that manages accounts could make itself an
// administrator.
type rights struct {
	isUnlimited bool
	// runsScoDoc says that it holds ScoSuperAdmin in all departments: it may hand
	// on whatever is ScoDoc's.
	runsScoDoc bool
	held       map[string]map[string]bool // by department, "" for all
}

// rightsOf returns the rights of ctx's caller as they are in the base now.
// Administrators, and commands, which have no caller, are unlimited.
func rightsOf(ctx context.Context, q *db.Queries) (rights, error) {
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return rights{isUnlimited: true}, nil
	}
	grants, err := grantsOf(ctx, q, caller.AccountID())
	if err != nil {
		return rights{}, err
	}
	if holdsAdmin(grants) {
		return rights{isUnlimited: true}, nil
	}
	rows, err := q.PermissionsOf(ctx, caller.AccountID())
	if err != nil {
		return rights{}, err
	}
	r := rights{held: map[string]map[string]bool{}}
	for _, p := range rows {
		if r.held[p.Departement] == nil {
			r.held[p.Departement] = map[string]bool{}
		}
		r.held[p.Departement][p.Name] = true
	}
	r.runsScoDoc = r.held[""][scodocSuperAdmin]
	return r, nil
}

// covers reports whether a permission in a department is among the rights;
// held in all departments it is held in each.
func (r rights) covers(permission, departement string) bool {
	return r.isUnlimited || r.runsScoDoc && isScoDocs(permission) || r.held[""][permission] || r.held[departement][permission]
}

func (r rights) coverAll(permissions []db.Permission, departement string) bool {
	return !slices.ContainsFunc(permissions, func(p db.Permission) bool {
		return !r.covers(p.Ressource+":"+p.Action, departement)
	})
}

func (r rights) coverAccount(ctx context.Context, q *db.Queries, id int64) (bool, error) {
	if r.isUnlimited {
		return true, nil
	}
	rows, err := q.PermissionsOf(ctx, id)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(rows, func(p db.PermissionsOfRow) bool { return !r.covers(p.Name, p.Departement) }), nil
}

// mayTouch returns Forbidden when an account may do what ctx's caller may not.
func mayTouch(ctx context.Context, q *db.Queries, accountID int64) error {
	r, err := rightsOf(ctx, q)
	if err != nil {
		return err
	}
	covered, err := r.coverAccount(ctx, q, accountID)
	if err == nil && !covered {
		return errRightsAbove
	}
	return err
}

// mayRegrant returns Forbidden when the roles of an account are not for ctx's
// caller to change: it must hold all that the account does. A role that is
// ScoDoc's alone is for whoever runs ScoDoc, in all accounts.
func mayRegrant(ctx context.Context, q *db.Queries, accountID, roleID int64) error {
	r, err := rightsOf(ctx, q)
	if err != nil {
		return err
	}
	if r.runsScoDoc {
		permissions, err := q.PermissionsOfRole(ctx, roleID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(permissions, func(p db.Permission) bool { return p.Ressource != ScoDoc }) {
			return nil
		}
	}
	return mayTouch(ctx, q, accountID)
}

// mayGive returns Forbidden when a role holds what ctx's caller does not.
func mayGive(ctx context.Context, q *db.Queries, roleID int64, departement string) error {
	r, err := rightsOf(ctx, q)
	if err != nil || r.isUnlimited {
		return err
	}
	permissions, err := q.PermissionsOfRole(ctx, roleID)
	if err == nil && !r.coverAll(permissions, departement) {
		return errRightsAbove
	}
	return err
}

// mayAdd returns Forbidden when ctx's caller does not hold, everywhere, all
// that is being added to a role.
func mayAdd(ctx context.Context, q *db.Queries, permissions []db.Permission) error {
	r, err := rightsOf(ctx, q)
	if err == nil && !r.coverAll(permissions, "") {
		return errRightsAbove
	}
	return err
}

// MayChange reports whether ctx's caller may change how an account signs in
// and what it may do: it must itself hold everything that the account holds.
func (s *Service) MayChange(ctx context.Context, accountID int64) (bool, error) {
	err := mayTouch(ctx, s.Store.Read(), accountID)
	if errs.Is(err, errs.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// MayRedefine reports whether ctx's caller holds, in all departments, all that a
// role does: else taking it away, or its name, is somebody else's to do.
func (s *Service) MayRedefine(ctx context.Context, role Role) (bool, error) {
	r, err := rightsOf(ctx, s.Store.Read())
	return !slices.ContainsFunc(role.Permissions, func(p Permission) bool { return !r.covers(p.Name(), "") }), err
}

// GivableRoles returns the roles that ctx's caller may give in every
// department, by name.
func (s *Service) GivableRoles(ctx context.Context) ([]Role, error) {
	r, err := rightsOf(ctx, s.Store.Read())
	if err != nil {
		return nil, err
	}
	roles, err := s.Roles(ctx)
	if err != nil {
		return nil, err
	}
	roles = slices.DeleteFunc(roles, func(role Role) bool {
		return slices.ContainsFunc(role.Permissions, func(p Permission) bool { return !r.covers(p.Name(), "") })
	})
	SortRoles(roles)
	return roles, nil
}

// SortRoles puts roles in the order of their names, as people look them up.
func SortRoles(roles []Role) {
	slices.SortFunc(roles, func(a, b Role) int {
		return cmp.Or(cmp.Compare(plier.Key(a.Name), plier.Key(b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

// Givable returns the permissions of the catalog that ctx's caller may add to
// a role: those it holds everywhere.
func (s *Service) Givable(ctx context.Context) (map[string]bool, error) {
	r, err := rightsOf(ctx, s.Store.Read())
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, p := range Catalog() {
		if r.covers(p.Name(), "") {
			names[p.Name()] = true
		}
	}
	return names, nil
}
