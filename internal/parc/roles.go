package parc

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/identity"
)

// roleRoutes are the entries of "roles", and our list of permissions.
func (s *Service) roleRoutes() []api.Route {
	return append(
		api.Family(
			"roles",
			api.Put("update_role", RolesUpdate, s.updateRole, "/roles/update").Doc("Update Role").
				Describe("Modifie un rôle : seuls les champs envoyés changent, et `permissions` remplace celles du rôle. Le changement vaut dès la requête suivante."),
			api.Post("create_role", RolesCreate, s.createRole, "/roles/create").Doc("Create Role").
				Describe("Crée un rôle avec ses permissions, désignées par leur identifiant, par un texte comme `users:read` ou par un objet `{\"ressource\", \"action\"}`."),
			api.Post("add_permissions", RolesUpdate, s.addPermissions, "/roles/add_permissions").Doc("Add Permissions").
				Describe("Ajoute des permissions à un rôle et rend les identifiants de toutes celles qu'il a."),
			api.Get("all_roles", RolesRead, s.allRoles, "/roles/list").Doc("All Roles").
				Describe("Liste les rôles et leurs permissions."),
			api.Delete("delete_role", RolesDelete, s.deleteRole, "/roles/{role_id}").Doc("Delete Role").
				Describe("Supprime un rôle que personne ne porte. Le rôle `admin` reste."),
		),
		api.Family(
			"permissions",
			api.Get("list_permissions", RolesRead, s.listPermissions, "/permissions/list").Doc("List Permissions").Extension().
				Describe("Liste les permissions qui peuvent être données à un rôle."),
		)...,
	)
}

// Permission is a permission as parc shows it.
type Permission struct {
	PermissionID string `json:"permission_id"`
	Ressource    string `json:"ressource"`
	Action       string `json:"action"`
}

// Role is a role with its permissions.
type Role struct {
	RoleID      string        `json:"role_id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Permissions []Permission  `json:"permissions"`
	Timestamp   api.NaiveTime `json:"timestamp"`
}

// RolePermissions is what add_permissions answers: ids only, and no time.
type RolePermissions struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Permissions []string `json:"permissions"`
}

// permissionRef is a permission in a request: an id, "ressource:action", or an
// object that says one or the other.
type permissionRef identity.PermissionRef

// BindValue implements api.ValueBinder.
func (p *permissionRef) BindValue(v jsonvalue.Value) *api.Problem {
	switch v.Kind() {
	case jsonvalue.String:
		p.setText(v.Text())
		return nil
	case jsonvalue.Object:
		if id, ok := v.Get("permission_id"); ok && id.Kind() == jsonvalue.String {
			p.setText(id.Text())
			return nil
		}
		ressource, _ := v.Get("ressource")
		action, _ := v.Get("action")
		p.Name = ressource.Text() + ":" + action.Text()
		return nil
	}
	return &api.Problem{Code: "string_type", Message: "Input should be a valid string"}
}

func (p *permissionRef) setText(text string) {
	if id, err := uuid.Parse(text); err == nil {
		p.ID = id.String()
		return
	}
	p.Name = strings.TrimSpace(text)
}

type newRole struct {
	Name        string                   `json:"name" minlen:"1"`
	Description string                   `json:"description"`
	Permissions api.Opt[[]permissionRef] `json:"permissions"`
}

type roleUpdate struct {
	RoleID      string                   `json:"role_id"`
	Name        api.Opt[string]          `json:"name" minlen:"1"`
	Description api.Opt[string]          `json:"description"`
	Permissions api.Opt[[]permissionRef] `json:"permissions"`
}

type addedPermissions struct {
	RoleID      string                   `json:"role_id"`
	Permissions api.Opt[[]permissionRef] `json:"permissions"`
}

type roleRef struct {
	RoleID string `path:"role_id"`
}

func refs(in []permissionRef) []identity.PermissionRef {
	out := make([]identity.PermissionRef, len(in))
	for i, p := range in {
		out[i] = identity.PermissionRef(p)
	}
	return out
}

func roleOf(r identity.Role) Role {
	role := Role{
		RoleID: r.UUID, Name: r.Name, Description: r.Description, Permissions: make([]Permission, len(r.Permissions)),
		Timestamp: api.NaiveTime{Time: r.CreatedAt},
	}
	for i, p := range r.Permissions {
		role.Permissions[i] = permissionOf(p)
	}
	return role
}

func permissionOf(p identity.Permission) Permission {
	return Permission{PermissionID: p.ID, Ressource: p.Ressource, Action: p.Action}
}

func (s *Service) createRole(ctx context.Context, in newRole) (Role, error) {
	role, err := s.identity.CreateRole(ctx, identity.RoleChange{Name: &in.Name, Description: &in.Description, Add: refs(in.Permissions.Value)})
	return roleOf(role), err
}

func (s *Service) updateRole(ctx context.Context, in roleUpdate) (Role, error) {
	change := identity.RoleChange{Name: in.Name.Ptr(), Description: in.Description.Ptr()}
	if permissions, ok := in.Permissions.Get(); ok {
		all := refs(permissions)
		change.Permissions = &all
	}
	role, err := s.identity.UpdateRole(ctx, strings.ToLower(in.RoleID), change)
	return roleOf(role), err
}

func (s *Service) addPermissions(ctx context.Context, in addedPermissions) (RolePermissions, error) {
	role, err := s.identity.UpdateRole(ctx, strings.ToLower(in.RoleID), identity.RoleChange{Add: refs(in.Permissions.Value)})
	out := RolePermissions{ID: role.UUID, Name: role.Name, Description: role.Description, Permissions: make([]string, len(role.Permissions))}
	for i, p := range role.Permissions {
		out.Permissions[i] = p.ID
	}
	return out, err
}

func (s *Service) allRoles(ctx context.Context, _ api.None) ([]Role, error) {
	roles, err := s.identity.Roles(ctx)
	out := make([]Role, len(roles))
	for i, r := range roles {
		out[i] = roleOf(r)
	}
	return out, err
}

func (s *Service) deleteRole(ctx context.Context, in roleRef) (api.NoContent, error) {
	return api.NoContent{}, s.identity.DeleteRole(ctx, strings.ToLower(in.RoleID))
}

// listPermissions returns every permission that a role may hold.
func (s *Service) listPermissions(context.Context, api.None) ([]Permission, error) {
	catalog := identity.Catalog()
	out := make([]Permission, len(catalog))
	for i, p := range catalog {
		out[i] = permissionOf(p)
	}
	return out, nil
}
