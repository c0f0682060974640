package identity

import (
	"context"
	"fmt"
	"slices"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

// grantPrimary makes a role, in a department or in all, the account's primary
// one in the place of the former.
func (s *Service) grantPrimary(ctx context.Context, q *db.Queries, accountID int64, roleUUID, departement string) error {
	role, err := q.RoleByUUID(ctx, roleUUID)
	if err != nil {
		return roleUnknown(err)
	}
	if err := mayGive(ctx, q, role.ID, departement); err != nil {
		return err
	}
	held, err := grantsOf(ctx, q, accountID)
	if err != nil {
		return err
	}
	for _, g := range held {
		if g.Primary || g.RoleUUID == role.UUID && g.Departement == departement {
			if _, err := q.DeleteGrant(ctx, g.ID); err != nil {
				return err
			}
		}
	}
	return addGrant(ctx, q, accountID, role.ID, departement, true)
}

func grantsOf(ctx context.Context, q *db.Queries, accountID int64) ([]Grant, error) {
	accounts, err := withGrants(ctx, q, []db.Account{{ID: accountID}})
	if err != nil {
		return nil, err
	}
	return accounts[0].Grants, nil
}

func addGrant(ctx context.Context, q *db.Queries, accountID, roleID int64, departement string, isPrimary bool) error {
	params := db.AddGrantParams{AccountID: accountID, RoleID: roleID, IsPrimary: isPrimary}
	if departement != "" {
		id, err := q.DepartementID(ctx, departement)
		if err != nil {
			return db.NotFound(err, "departement_unknown", "Department not found")
		}
		params.DepartementID = &id
	}
	return q.AddGrant(ctx, params)
}

// GrantChange is a role to give to an account, or to take back from it, in a
// department, "" for all of them.
type GrantChange struct {
	Role, Departement string
	Revoke            bool
}

// String is the change as commands write it: ROLE or ROLE_DEPT.
func (c GrantChange) String() string {
	if c.Departement == "" {
		return c.Role
	}
	return c.Role + "_" + c.Departement
}

// Grant gives a role in a department, see [Service.ChangeGrants].
func (s *Service) Grant(ctx context.Context, accountID int64, roleName, departement string) (Account, error) {
	return s.ChangeGrants(ctx, accountID, GrantChange{Role: roleName, Departement: departement})
}

// Revoke takes a role back, see [Service.ChangeGrants].
func (s *Service) Revoke(ctx context.Context, accountID int64, roleName, departement string) (Account, error) {
	return s.ChangeGrants(ctx, accountID, GrantChange{Role: roleName, Departement: departement, Revoke: true})
}

// ChangeGrants gives roles to an account and takes them back, in order: all of
// them or, when one fails, none. A role already held stays; the first role of an
// account is its primary one, and when that goes the oldest that is left takes
// its place. NotFound for an unknown role or department, and for a role to take
// back that is not held. It is Forbidden to give what ctx's caller does not
// hold, or to change what holds more; whoever runs ScoDoc gives its roles to
// all.
func (s *Service) ChangeGrants(ctx context.Context, accountID int64, changes ...GrantChange) (Account, error) {
	var account Account
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, accountID)
		if account, err = one(ctx, q, row, err); err != nil {
			return err
		}
		for _, c := range changes {
			before := account
			if err := c.apply(ctx, q, before); err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
			if account, err = one(ctx, q, row, nil); err != nil {
				return err
			}
			if err := s.recordGrants(ctx, q, c, before, account); err != nil {
				return err
			}
		}
		return nil
	})
	return account, err
}

// apply makes a change of what an account holds.
func (c GrantChange) apply(ctx context.Context, q *db.Queries, before Account) error {
	role, err := q.RoleByName(ctx, c.Role)
	if err != nil {
		return roleUnknown(err)
	}
	if err := mayRegrant(ctx, q, before.ID, role.ID); err != nil {
		return err
	}
	if c.Revoke {
		return deleteGrant(ctx, q, before, role.UUID, c.Departement)
	}
	if err := mayGive(ctx, q, role.ID, c.Departement); err != nil {
		return err
	}
	_, hasPrimary := before.Primary()
	return addGrant(ctx, q, before.ID, role.ID, c.Departement, !hasPrimary)
}

// deleteGrant takes a role back; NotFound when the account does not hold it.
func deleteGrant(ctx context.Context, q *db.Queries, before Account, roleUUID, departement string) error {
	at := slices.IndexFunc(before.Grants, func(g Grant) bool { return g.RoleUUID == roleUUID && g.Departement == departement })
	if at < 0 {
		return errs.New(errs.NotFound, "grant_unknown", "Role not held")
	}
	if _, err := q.DeleteGrant(ctx, before.Grants[at].ID); err != nil {
		return err
	}
	left := slices.Delete(slices.Clone(before.Grants), at, at+1)
	if before.Grants[at].Primary && len(left) > 0 {
		return q.MakeGrantPrimary(ctx, left[0].ID)
	}
	return nil
}

// recordGrants writes a change in the journal, if it is one; a Conflict when it
// leaves nobody to administer the site.
func (s *Service) recordGrants(ctx context.Context, q *db.Queries, c GrantChange, before, after Account) error {
	if slices.Equal(before.Grants, after.Grants) {
		return nil
	}
	if err := s.keepAnAdministrator(ctx, q, before, after); err != nil {
		return err
	}
	action := "grant.add"
	if c.Revoke {
		action = "grant.remove"
	}
	return audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: action, ObjectType: "account", ObjectID: after.UUID, ObjectName: after.UserName,
		Before: accountImage(before, false), After: accountImage(after, false),
	})
}
