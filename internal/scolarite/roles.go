package scolarite

import (
	"context"
	"slices"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// roleRoutes are the entries of "API Utilisateurs" about roles.
func (s *Service) roleRoutes() []api.Route {
	return []api.Route{
		api.Get("permissions_list", UsersView, s.permissionsList, "/permissions").
			Doc("Liste des noms de permissions définies."),
		api.Post("role_create", ScoSuperAdmin, s.roleCreate, "/role/create/{role_name}").Elevated().
			Doc("Création d'un nouveau rôle avec les permissions données.").
			Describe("`permissions`, une liste de noms, peut manquer, le corps aussi. Un nom déjà pris ou une permission inconnue : 404."),
		api.Post("role_delete", ScoSuperAdmin, s.roleDelete, "/role/{role_name}/delete").Elevated().
			Doc("Suppression d'un rôle.").
			Describe("Un rôle que des utilisateurs ont encore ne se supprime pas : 409. Un rôle qui donne des droits hors de ScoDoc que vous n'avez pas : 403."),
		api.Post("role_edit", ScoSuperAdmin, s.roleEdit, "/role/{role_name}/edit").Elevated().
			Doc("Édition d'un rôle. On peut spécifier un nom et/ou des permissions.").
			Describe("`role_name` renomme le rôle ; `permissions` remplace ses permissions ScoDoc. Celles des autres ailes, qui ne sont pas montrées, restent."),
		api.Get("role_get", UsersView, s.roleGet, "/role/{role_name}").
			Doc("Un rôle."),
		api.Post("role_permission_add", ScoSuperAdmin, s.rolePermissionAdd, "/role/{role_name}/add_permission/{perm_name}").Elevated().
			Doc("Ajoute une permission à un rôle."),
		api.Post("role_permission_remove", ScoSuperAdmin, s.rolePermissionRemove, "/role/{role_name}/remove_permission/{perm_name}").Elevated().
			Doc("Retire une permission d'un rôle."),
		api.Get("roles_list", UsersView, s.rolesList, "/roles").
			Doc("Tous les rôles définis."),
	}
}

// Role is a role with the permissions that ScoDoc knows; those of the other
// wings are not shown.
type Role struct {
	ID          int64    `json:"id"`
	RoleName    string   `json:"role_name"`
	Permissions []string `json:"permissions"`
}

func roleOf(r identity.Role) Role {
	return Role{r.ID, r.Name, scodocNames(r.Permissions)}
}

// scodocNames returns the permissions that are ScoDoc's, by the names that it
// gives them.
func scodocNames(permissions []identity.Permission) []string {
	names := []string{}
	for _, p := range permissions {
		if p.Ressource == identity.ScoDoc {
			names = append(names, p.Action)
		}
	}
	return names
}

// permissionsList returns every permission that a role can have.
func (s *Service) permissionsList(context.Context, api.None) ([]string, error) {
	return scodocNames(identity.Catalog()), nil
}

// rolesList returns every role of the site, by name.
func (s *Service) rolesList(ctx context.Context, _ api.None) ([]Role, error) {
	roles, err := s.Identity.Roles(ctx)
	if err != nil {
		return nil, err
	}
	identity.SortRoles(roles)
	list := make([]Role, len(roles))
	for i, r := range roles {
		list[i] = roleOf(r)
	}
	return list, nil
}

type roleRef struct {
	Name string `path:"role_name"`
}

// roleGet returns a role, or NotFound.
func (s *Service) roleGet(ctx context.Context, in roleRef) (Role, error) {
	role, err := s.Identity.RoleByName(ctx, in.Name)
	return roleOf(role), err
}

type roleCreateIn struct {
	roleRef
	Permissions api.Opt[[]string] `json:"permissions" body_optional:"true"`
}

// roleCreate adds a role. A name that is taken or no name at all is Invalid, an
// unknown permission NotFound.
func (s *Service) roleCreate(ctx context.Context, in roleCreateIn) (Role, error) {
	if err := requireEverywhere(ctx, ScoSuperAdmin); err != nil {
		return Role{}, err
	}
	role, err := s.Identity.CreateRole(ctx, identity.RoleChange{Name: &in.Name, Add: scodocRefs(in.Permissions.Or(nil))})
	return roleOf(role), roleFault(err)
}

type roleEditIn struct {
	roleRef
	RoleName    api.Opt[string]   `json:"role_name"`
	Permissions api.Opt[[]string] `json:"permissions"`
}

// roleEdit renames a role and replaces its ScoDoc permissions. An unknown role
// or permission is NotFound, a name that is taken Invalid, the role of all
// rights a Conflict; another name for a role that gives more than the caller
// has is Forbidden.
func (s *Service) roleEdit(ctx context.Context, in roleEditIn) (Role, error) {
	change := identity.RoleChange{Name: in.RoleName.Ptr(), Ressource: identity.ScoDoc}
	if names, ok := in.Permissions.Get(); ok {
		refs := scodocRefs(names)
		change.Permissions = &refs
	}
	return s.changeRole(ctx, in.Name, change)
}

type rolePermissionRef struct {
	roleRef
	Permission string `path:"perm_name"`
}

// rolePermissionAdd gives a role a permission, which it may have already. An
// unknown role or permission is NotFound.
func (s *Service) rolePermissionAdd(ctx context.Context, in rolePermissionRef) (Role, error) {
	return s.changeRole(ctx, in.Name, identity.RoleChange{Add: scodocRefs([]string{in.Permission})})
}

// rolePermissionRemove takes a permission from a role, which need not have it.
// An unknown role or permission is NotFound, the role of all rights a Conflict.
func (s *Service) rolePermissionRemove(ctx context.Context, in rolePermissionRef) (Role, error) {
	return s.changeRole(ctx, in.Name, identity.RoleChange{Remove: scodocRefs([]string{in.Permission})})
}

func (s *Service) changeRole(ctx context.Context, name string, change identity.RoleChange) (Role, error) {
	if err := requireEverywhere(ctx, ScoSuperAdmin); err != nil {
		return Role{}, err
	}
	role, err := s.Identity.RoleByName(ctx, name)
	if err != nil {
		return Role{}, err
	}
	if change.Name != nil && *change.Name != role.Name {
		if err := s.mayRedefine(ctx, role); err != nil {
			return Role{}, err
		}
	}
	role, err = s.Identity.UpdateRole(ctx, role.UUID, change)
	return roleOf(role), roleFault(err)
}

// roleDelete removes a role that nobody has: else it is a Conflict, as is the
// role of all rights. NotFound for an unknown one, Forbidden for one that gives
// more than the caller has.
func (s *Service) roleDelete(ctx context.Context, in roleRef) (OK, error) {
	if err := requireEverywhere(ctx, ScoSuperAdmin); err != nil {
		return OK{}, err
	}
	role, err := s.Identity.RoleByName(ctx, in.Name)
	if err != nil {
		return OK{}, err
	}
	if err := s.mayRedefine(ctx, role); err != nil {
		return OK{}, err
	}
	return done, s.Identity.DeleteRole(ctx, role.UUID)
}

func (s *Service) mayRedefine(ctx context.Context, role identity.Role) error {
	may, err := s.Identity.MayRedefine(ctx, role)
	if err == nil && !may {
		err = errs.New(errs.Forbidden, "rights_above", "")
	}
	return err
}

// scodocRefs names permissions of ScoDoc, and none of the other wings.
func scodocRefs(names []string) []identity.PermissionRef {
	refs := make([]identity.PermissionRef, len(names))
	for i, name := range names {
		refs[i].Name = identity.ScoDoc + ":" + name
	}
	return refs
}

// roleFault makes a value that will not do of what identity says of a name.
func roleFault(err error) error {
	e := errs.As(err)
	switch {
	case e == nil:
		return err
	case e.Code == "role_taken":
		return errs.NewInvalid("role_name", e.Code, e.Message)
	case len(e.Faults) == 0:
		return err
	}
	faults := slices.Clone(e.Faults)
	for i := range faults {
		faults[i].Loc = []any{"role_name"}
	}
	return errs.Faulty(faults)
}

// usualRoles are those that come with ScoDoc. They belong to the people of the
// site once they are there.
var usualRoles = []struct {
	name, description string
	permissions       []api.Permission
}{
	{"Observateur", "Consultation des bulletins", []api.Permission{Observateur}},
	{"Ens", "Enseignant", []api.Permission{
		AbsAddBillet, AbsChange, EnsView, EtudAnnotations, Observateur, UsersView, ScoView,
	}},
	{"Secr", "Secrétariat d'un département", []api.Permission{
		AbsAddBillet, AbsChange, EditApogee, EtudAnnotations, EtudChangeAdr, Observateur, UsersView, ScoView, ViewEtudData, AbsJustifView,
	}},
	{"Admin", "Direction d'un département", []api.Permission{
		AbsAddBillet, AbsChange, EditFormation, EditPreferences, EditAllEvals, EditAllNotes, EditApogee, EditTags, EnsView,
		EtudAnnotations, EtudChangeAdr, EtudChangeGroups, EtudInscrit, EditFormSemestre, Observateur, UsersAdmin, UsersView, ScoView,
		ViewEtudData, AbsJustifView,
	}},
	{"RespPe", "Poursuite d'études, en plus d'un rôle d'enseignant", []api.Permission{EditTags}},
	{"SuperAdmin", "Toutes les permissions de ScoDoc", allPermissions()},
}

// allPermissions are the permissions that ScoDoc knows.
func allPermissions() []api.Permission {
	var all []api.Permission
	for _, p := range identity.Catalog() {
		if p.Ressource == identity.ScoDoc {
			all = append(all, api.Permission(p.Name()))
		}
	}
	return all
}

// addRoles adds ScoDoc's usual roles to a base that has never had them.
func (s *Service) addRoles(ctx context.Context) error {
	roles := make([]identity.RoleChange, len(usualRoles))
	for i, r := range usualRoles {
		roles[i] = identity.RoleChange{Name: &r.name, Description: &r.description}
		for _, p := range r.permissions {
			roles[i].Add = append(roles[i].Add, identity.PermissionRef{Name: string(p)})
		}
	}
	return s.Identity.AddUsualRoles(ctx, "scolarite", roles)
}
