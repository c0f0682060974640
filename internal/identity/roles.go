package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

// Role is a named set of permissions.
type Role struct {
	ID                      int64
	UUID, Name, Description string
	Permissions             []Permission
	CreatedAt               time.Time
	Members                 int64 // accounts that hold it
}

// RoleChange is what to make of a role; nil leaves a part as it is.
type RoleChange struct {
	Name, Description *string
	Permissions       *[]PermissionRef // replaces them all
	// Ressource confines Permissions to those of one resource; the others stay.
	Ressource   string
	Add, Remove []PermissionRef
}

var (
	errRoleTaken     = errs.New(errs.Conflict, "role_taken", "Role already exists")
	errRoleInUse     = errs.New(errs.Conflict, "role_in_use", "Role is in use")
	errRoleIsLocal   = errs.New(errs.Conflict, "role_local", "Role is given in a department and ScoSuperAdmin is held in all of them only")
	errRoleProtected = errs.New(errs.Conflict, "role_protected", "Role admin cannot be changed")
)

func roleUnknown(err error) error { return db.NotFound(err, "role_unknown", "Role not found") }

// Roles returns every role in the order of its UUID.
func (s *Service) Roles(ctx context.Context) ([]Role, error) {
	q := s.Store.Read()
	rows, err := q.Roles(ctx)
	if err != nil {
		return nil, err
	}
	held, err := q.RolePermissions(ctx)
	if err != nil {
		return nil, err
	}
	permissions := map[int64][]Permission{}
	for _, p := range held {
		permissions[p.RoleID] = append(permissions[p.RoleID], Permission{ID: p.UUID, Ressource: p.Ressource, Action: p.Action})
	}
	roles := make([]Role, len(rows))
	for i, r := range rows {
		roles[i] = Role{
			ID: r.ID, UUID: r.UUID, Name: r.Name, Description: r.Description,
			Permissions: permissions[r.ID], CreatedAt: r.CreatedAt.Time, Members: r.Members,
		}
	}
	return roles, nil
}

// RoleByUUID returns one role, or NotFound.
func (s *Service) RoleByUUID(ctx context.Context, id string) (Role, error) {
	return roleByUUID(ctx, s.Store.Read(), id)
}

// RoleByName returns one role, or NotFound.
func (s *Service) RoleByName(ctx context.Context, name string) (Role, error) {
	row, err := s.Store.Read().RoleByName(ctx, name)
	if err != nil {
		return Role{}, roleUnknown(err)
	}
	return fillRole(ctx, s.Store.Read(), db.RoleByUUIDRow(row))
}

func roleByUUID(ctx context.Context, q *db.Queries, id string) (Role, error) {
	row, err := q.RoleByUUID(ctx, id)
	if err != nil {
		return Role{}, roleUnknown(err)
	}
	return fillRole(ctx, q, row)
}

func fillRole(ctx context.Context, q *db.Queries, row db.RoleByUUIDRow) (Role, error) {
	role := Role{ID: row.ID, UUID: row.UUID, Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.Time, Members: row.Members}
	held, err := q.PermissionsOfRole(ctx, row.ID)
	if err != nil {
		return Role{}, err
	}
	for _, p := range held {
		role.Permissions = append(role.Permissions, Permission{ID: p.UUID, Ressource: p.Ressource, Action: p.Action})
	}
	return role, nil
}

// maxRoleName is the greatest length of a role's name, in characters.
const maxRoleName = 64

func checkRoleName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return errs.NewInvalid("name", "missing", "Field required")
	case utf8.RuneCountInString(name) > maxRoleName:
		return errs.Faulty([]errs.Fault{{
			Loc: []any{"name"}, Code: "string_too_long", Message: fmt.Sprintf("String should have at most %d characters", maxRoleName),
			Input: name, Ctx: map[string]any{"max_length": maxRoleName},
		}})
	}
	return nil
}

// CreateRole adds a role. A name that is empty or over 64 characters is
// Invalid, one in use a Conflict, an unknown permission NotFound, one that
// ctx's caller does not hold Forbidden.
func (s *Service) CreateRole(ctx context.Context, c RoleChange) (Role, error) {
	if c.Name == nil {
		c.Name = new(string)
	}
	if err := checkRoleName(*c.Name); err != nil {
		return Role{}, err
	}
	var role Role
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.addRole(ctx, q, c)
		if err != nil {
			return err
		}
		if role, err = roleByUUID(ctx, q, row.UUID); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "role.create", ObjectType: "role", ObjectID: role.UUID, ObjectName: role.Name, After: roleImage(role)})
	})
	return role, err
}

func (s *Service) addRole(ctx context.Context, q *db.Queries, c RoleChange) (db.Role, error) {
	params := db.AddRoleParams{UUID: uuid.NewString(), Name: *c.Name, CreatedAt: s.now()}
	set(&params.Description, c.Description)
	row, err := q.AddRole(ctx, params)
	if err != nil {
		return row, roleClash(err)
	}
	return row, changePermissions(ctx, q, row.ID, c)
}

// AddUsualRoles adds the roles that come with a wing to a base that has never
// had them: one of the same name is left as it is, and one that people delete
// does not come back. As with the role admin, the journal says nothing of it.
func (s *Service) AddUsualRoles(ctx context.Context, wing string, roles []RoleChange) error {
	mark := "roles_of_" + wing
	isDone := func(ctx context.Context, q *db.Queries) (bool, error) {
		rows, err := q.Settings(ctx)
		return slices.ContainsFunc(rows, func(row db.Setting) bool { return row.Name == mark }), err
	}
	if done, err := isDone(ctx, s.Store.Read()); done || err != nil {
		return err
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if done, err := isDone(ctx, q); done || err != nil {
			return err
		}
		for _, c := range roles {
			_, err := q.RoleByName(ctx, *c.Name)
			if errors.Is(err, sql.ErrNoRows) {
				_, err = s.addRole(ctx, q, c)
			}
			if err != nil {
				return fmt.Errorf("role %s: %w", *c.Name, err)
			}
		}
		return q.SetSetting(ctx, db.SetSettingParams{Name: mark, Value: s.now().String()})
	})
}

// UpdateRole changes a role. The role admin keeps its name and all its
// permissions: touching them is a Conflict. A permission that ctx's caller does
// not hold cannot be added: Forbidden; nor can ScoSuperAdmin to a role given in
// one department: a Conflict. See [Service.CreateRole] for the name.
func (s *Service) UpdateRole(ctx context.Context, id string, c RoleChange) (Role, error) {
	var role Role
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		role, err = s.updateRole(ctx, q, id, c)
		return err
	})
	return role, err
}

// UpdateRoles changes several roles, by UUID, all of them or none.
func (s *Service) UpdateRoles(ctx context.Context, changes map[string]RoleChange) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		for _, id := range slices.Sorted(maps.Keys(changes)) {
			if _, err := s.updateRole(ctx, q, id, changes[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) updateRole(ctx context.Context, q *db.Queries, id string, c RoleChange) (Role, error) {
	before, err := roleByUUID(ctx, q, id)
	if err != nil {
		return Role{}, err
	}
	if before.Name == Admin && (c.Permissions != nil || len(c.Remove) > 0 || c.Name != nil && *c.Name != Admin) {
		return Role{}, errRoleProtected
	}
	params := db.UpdateRoleParams{ID: before.ID, Name: before.Name, Description: before.Description}
	if c.Name != nil {
		if err := checkRoleName(*c.Name); err != nil {
			return Role{}, err
		}
		params.Name = *c.Name
	}
	set(&params.Description, c.Description)
	if err := q.UpdateRole(ctx, params); err != nil {
		return Role{}, roleClash(err)
	}
	if err := changePermissions(ctx, q, before.ID, c); err != nil {
		return Role{}, err
	}
	after, err := roleByUUID(ctx, q, id)
	if err != nil {
		return Role{}, err
	}
	return after, audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: "role.update", ObjectType: "role", ObjectID: after.UUID, ObjectName: after.Name,
		Before: roleImage(before), After: roleImage(after),
	})
}

// DeleteRole removes a role that nobody holds; else, and for admin, Conflict.
func (s *Service) DeleteRole(ctx context.Context, id string) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		role, err := roleByUUID(ctx, q, id)
		switch {
		case err != nil:
			return err
		case role.Name == Admin:
			return errRoleProtected
		case role.Members > 0:
			return errRoleInUse
		}
		if _, err := q.DeleteRole(ctx, role.ID); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "role.delete", ObjectType: "role", ObjectID: role.UUID, ObjectName: role.Name, Before: roleImage(role)})
	})
}

func changePermissions(ctx context.Context, q *db.Queries, roleID int64, c RoleChange) error {
	add, err := resolve(ctx, q, c.Add)
	if err != nil {
		return err
	}
	remove, err := resolve(ctx, q, c.Remove)
	if err != nil {
		return err
	}
	held, err := q.PermissionsOfRole(ctx, roleID)
	if err != nil {
		return err
	}
	if c.Permissions != nil {
		wanted, err := resolve(ctx, q, *c.Permissions)
		if err != nil {
			return err
		}
		for _, p := range held {
			if c.Ressource == "" || p.Ressource == c.Ressource {
				remove = append(remove, p)
			}
		}
		add = append(wanted, add...)
	}
	added := slices.DeleteFunc(slices.Clone(add), func(p db.Permission) bool { return slices.Contains(held, p) })
	if err := mayAdd(ctx, q, added); err != nil {
		return err
	}
	if err := mayHold(ctx, q, roleID, added); err != nil {
		return err
	}
	for _, p := range remove {
		if err := q.DeleteRolePermission(ctx, db.DeleteRolePermissionParams{RoleID: roleID, PermissionID: p.ID}); err != nil {
			return err
		}
	}
	for _, p := range add {
		if err := q.AddRolePermission(ctx, db.AddRolePermissionParams{RoleID: roleID, PermissionID: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// mayHold returns a Conflict when a role given in one department would get
// ScoSuperAdmin: nobody runs ScoDoc there alone.
func mayHold(ctx context.Context, q *db.Queries, roleID int64, added []db.Permission) error {
	if !slices.ContainsFunc(added, func(p db.Permission) bool { return p.Ressource+":"+p.Action == scodocSuperAdmin }) {
		return nil
	}
	n, err := q.CountLocalGrants(ctx, roleID)
	if err == nil && n > 0 {
		return errRoleIsLocal
	}
	return err
}

func roleClash(err error) error {
	if column, ok := db.UniqueColumn(err); ok && column == "roles.name" {
		return errRoleTaken
	}
	return err
}

// roleImage is a role as the journal keeps it.
func roleImage(r Role) any {
	names := make([]string, len(r.Permissions))
	for i, p := range r.Permissions {
		names[i] = p.Name()
	}
	return struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Permissions []string `json:"permissions"`
	}{r.Name, r.Description, names}
}
