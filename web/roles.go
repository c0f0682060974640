package web

import (
	"context"
	"iter"
	"slices"
	"strings"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/parc"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

// roleRoutes are the entries of the roles.
func (a *Admin) roleRoutes() []api.Route {
	return api.Family(
		"rôles",
		api.Get("roles_page", parc.RolesRead, a.rolesPage, "/admin/roles").Doc("Liste des rôles."),
		api.Get("roles_export", parc.RolesRead, a.exportRoles, "/admin/roles/export").Doc("Liste des rôles en CSV ou XLSX."),
		api.Get("roles_matrix_page", parc.RolesRead, a.matrixPage, "/admin/roles/matrix").Doc("Permissions de tous les rôles."),
		api.Get("roles_matrix_edit_page", parc.RolesUpdate, a.editMatrixPage, "/admin/roles/matrix/edit").Elevated().Doc("Formulaire des permissions de tous les rôles."),
		api.Post("roles_matrix_edit", parc.RolesUpdate, a.saveMatrix, "/admin/roles/matrix/edit").Elevated().Accepts(8<<20).Doc("Modifie les permissions des rôles."),
		api.Get("role_new_page", parc.RolesCreate, a.newRolePage, "/admin/roles/new").Doc("Formulaire d'un rôle."),
		api.Post("role_new", parc.RolesCreate, a.createRole, "/admin/roles/new").Doc("Crée un rôle."),
		api.Get("role_page", parc.RolesRead, a.rolePage, "/admin/roles/{id}").Doc("Un rôle, ses permissions et ses membres."),
		api.Get("role_edit_page", parc.RolesUpdate, a.editRolePage, "/admin/roles/{id}/edit").Elevated().Doc("Formulaire de modification d'un rôle."),
		api.Post("role_edit", parc.RolesUpdate, a.updateRole, "/admin/roles/{id}/edit").Elevated().Doc("Modifie un rôle."),
		api.Get("role_delete_page", parc.RolesDelete, a.askDeleteRole, "/admin/roles/{id}/delete").Elevated().Doc("Demande s'il faut supprimer un rôle."),
		api.Post("role_delete", parc.RolesDelete, a.deleteRole, "/admin/roles/{id}/delete").Elevated().Doc("Supprime un rôle que personne n'a."),
	)
}

// rolesPage is the list of roles.
type rolesPage struct {
	List  listing
	Roles []identity.Role
}

// findRoles returns the roles whose name or description holds the text, in the
// order asked for. A server has tens of them at most.
func (a *Admin) findRoles(ctx context.Context, in listQuery) (roles []identity.Role, column string, isDescending bool, err error) {
	roles, err = a.Identity.Roles(ctx)
	key := plier.Key(in.Text)
	roles = slices.DeleteFunc(roles, func(r identity.Role) bool { return !strings.Contains(plier.Key(r.Name+" "+r.Description), key) })
	identity.SortRoles(roles)
	column, isDescending = in.order("name", "members")
	if column == "members" {
		slices.SortStableFunc(roles, func(x, y identity.Role) int { return int(x.Members - y.Members) })
	}
	if isDescending {
		slices.Reverse(roles)
	}
	return roles, column, isDescending, err
}

func (a *Admin) rolesPage(ctx context.Context, in listQuery) (api.Result, error) {
	roles, column, isDescending, err := a.findRoles(ctx, in)
	if err != nil {
		return nil, err
	}
	total := int64(len(roles))
	roles = roles[min(in.offset(), total):min(in.offset()+pageSize, total)]
	return a.show(ctx, "roles/list", rolesPage{List: newListing(ctx, in, column, isDescending, total), Roles: roles})
}

type roleExport struct {
	listQuery
	exportQuery
}

func (a *Admin) exportRoles(ctx context.Context, in roleExport) (api.Result, error) {
	roles, _, _, err := a.findRoles(ctx, in.listQuery)
	if err != nil {
		return nil, err
	}
	return export(ctx, in.Format, text(ctx, "roles.file"), []string{"roles.name", "roles.description", "roles.members", "roles.permissions"}, roleRows(roles))
}

func roleRows(roles []identity.Role) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, r := range roles {
			if !yield([]tableur.Cell{r.Name, r.Description, r.Members, strings.Join(permissionNames(r), ", ")}) {
				return
			}
		}
	}
}

func permissionNames(r identity.Role) []string {
	names := make([]string, len(r.Permissions))
	for i, p := range r.Permissions {
		names[i] = p.Name()
	}
	return names
}

type roleRef struct {
	ID string `path:"id"`
}

func (a *Admin) role(ctx context.Context, in roleRef) (identity.Role, error) {
	return a.Identity.RoleByUUID(ctx, strings.ToLower(in.ID))
}

func rolePath(r identity.Role) string { return "/admin/roles/" + r.UUID }

// membersShown is how many members the page of a role names.
const membersShown = 20

// rolePage is one role.
type rolePage struct {
	Role    identity.Role
	IsAdmin bool
	Groups  []permissionGroup // of what it holds
	Members []identity.Account
}

func (a *Admin) rolePage(ctx context.Context, in roleRef) (api.Result, error) {
	role, err := a.role(ctx, in)
	if err != nil {
		return nil, err
	}
	names := permissionNames(role)
	page := rolePage{
		Role: role, IsAdmin: role.Name == identity.Admin,
		Groups: permissionGroups(ctx, func(name string) bool { return slices.Contains(names, name) }),
	}
	if api.CallerFrom(ctx).Can(parc.UsersRead, "") {
		page.Members, _, err = a.Identity.Accounts(ctx, identity.AccountQuery{RoleUUID: role.UUID, Sort: "name", Limit: membersShown})
		if err != nil {
			return nil, err
		}
	}
	return a.show(ctx, "roles/detail", page)
}

// permissionGroup are the permissions on one kind of resource.
type permissionGroup struct {
	Title       string
	Permissions []permissionLine
}

// permissionLine is a permission and what it allows.
type permissionLine struct {
	Name, Label string
	// IsFixed says that the reader does not hold it, so cannot hand it on.
	IsFixed bool
	Cells   []matrixCell // of the matrix only
}

// permissionGroups returns the permissions of the catalog that are wanted, in
// its order; a resource none is wanted of is left out.
func permissionGroups(ctx context.Context, isWanted func(name string) bool) []permissionGroup {
	var groups []permissionGroup
	places := map[string]int{} // a resource may come twice in the catalog
	for _, p := range identity.Catalog() {
		if !isWanted(p.Name()) {
			continue
		}
		i, known := places[p.Ressource]
		if !known {
			i = len(groups)
			places[p.Ressource] = i
			groups = append(groups, permissionGroup{Title: text(ctx, permissionKey("group:"+p.Ressource))})
		}
		groups[i].Permissions = append(groups[i].Permissions, permissionLine{Name: p.Name(), Label: text(ctx, permissionKey(p.Name()))})
	}
	return groups
}

// permissionKey names the text of a permission in the catalog; "group:users" is
// the title of those on users.
func permissionKey(name string) string { return "permissions." + strings.ReplaceAll(name, ":", "_") }
