package identity

import (
	"context"
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

// Grant gives a role in a department, "" for all of them. A role already held
// stays; the first role of an account is its primary one. It is Forbidden to
// give what ctx's caller does not hold, or to who holds more; whoever runs
// ScoDoc gives its roles to all.
func (s *Service) Grant(ctx context.Context, accountID int64, roleName, departement string) (Account, error) {
	return s.changeGrants(ctx, accountID, "grant.add", roleName, departement, func(ctx context.Context, q *db.Queries, role db.RoleByNameRow, before Account) error {
		if err := mayGive(ctx, q, role.ID, departement); err != nil {
			return err
		}
		_, hasPrimary := before.Primary()
		return addGrant(ctx, q, accountID, role.ID, departement, !hasPrimary)
	})
}

// Revoke takes a role back; NotFound when the account does not hold it,
// Forbidden when it holds more than ctx's caller, as in [Service.Grant]. When the primary role goes,
// the oldest that is left takes its place.
func (s *Service) Revoke(ctx context.Context, accountID int64, roleName, departement string) (Account, error) {
	return s.changeGrants(ctx, accountID, "grant.remove", roleName, departement, func(ctx context.Context, q *db.Queries, role db.RoleByNameRow, before Account) error {
		var left []Grant
		var found *Grant
		for _, g := range before.Grants {
			if g.RoleUUID == role.UUID && g.Departement == departement {
				found = &g
				continue
			}
			left = append(left, g)
		}
		if found == nil {
			return errs.New(errs.NotFound, "grant_unknown", "Role not held")
		}
		if _, err := q.DeleteGrant(ctx, found.ID); err != nil {
			return err
		}
		if found.Primary && len(left) > 0 {
			return q.MakeGrantPrimary(ctx, left[0].ID)
		}
		return nil
	})
}

func (s *Service) changeGrants(ctx context.Context, id int64, action, roleName, departement string,
	change func(context.Context, *db.Queries, db.RoleByNameRow, Account) error,
) (Account, error) {
	var after Account
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, id)
		before, err := one(ctx, q, row, err)
		if err != nil {
			return err
		}
		role, err := q.RoleByName(ctx, roleName)
		if err != nil {
			return roleUnknown(err)
		}
		if err := mayRegrant(ctx, q, id, role.ID); err != nil {
			return err
		}
		if err := change(ctx, q, role, before); err != nil {
			return err
		}
		if after, err = one(ctx, q, row, nil); err != nil {
			return err
		}
		if slices.Equal(before.Grants, after.Grants) {
			return nil
		}
		if err := s.keepAnAdministrator(ctx, q, before, after); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{
			Action: action, ObjectType: "account", ObjectID: after.UUID, ObjectName: after.UserName,
			Before: accountImage(before, false), After: accountImage(after, false),
		})
	})
	return after, err
}
