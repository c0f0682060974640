package web

import (
	"context"
	"slices"

	"intendant/internal/api"
	"intendant/internal/identity"
)

// roleFormPage is the form of a role.
type roleFormPage struct {
	Form   form
	Role   identity.Role // the zero value for a new one
	Groups []permissionGroup
	// IsAdmin leaves nothing but the description to change.
	IsAdmin bool
}

// choosable returns every permission; those that the reader does not hold are
// fixed.
func (a *Admin) choosable(ctx context.Context) ([]permissionGroup, error) {
	givable, err := a.Identity.Givable(ctx)
	if err != nil {
		return nil, err
	}
	groups := permissionGroups(ctx, func(string) bool { return true })
	for _, g := range groups {
		for i := range g.Permissions {
			g.Permissions[i].IsFixed = !givable[g.Permissions[i].Name]
		}
	}
	return groups, nil
}

func (a *Admin) newRolePage(ctx context.Context, _ api.None) (api.Result, error) {
	groups, err := a.choosable(ctx)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "roles/form", roleFormPage{Form: formWith(), Groups: groups})
}

type roleForm struct {
	api.Form
	Name        string   `form:"name" maxlen:"64"`
	Description string   `form:"description" default:"" maxlen:"500"`
	Permissions []string `form:"permissions" default:""`
}

func (a *Admin) createRole(ctx context.Context, in roleForm) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		var role identity.Role
		role, err = a.Identity.CreateRole(ctx, identity.RoleChange{Name: &in.Name, Description: &in.Description, Add: permissionRefs(in.Permissions)})
		if err == nil {
			return a.done(ctx, rolePath(role), "roles.created", role.Name)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	groups, err := a.choosable(ctx)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "roles/form", roleFormPage{Form: f, Groups: groups})
}

func permissionRefs(names []string) []identity.PermissionRef {
	refs := make([]identity.PermissionRef, len(names))
	for i, name := range names {
		refs[i] = identity.PermissionRef{Name: name}
	}
	return refs
}

func (a *Admin) editRolePage(ctx context.Context, in roleRef) (api.Result, error) {
	role, err := a.role(ctx, in)
	if err != nil {
		return nil, err
	}
	pairs := []string{"name", role.Name, "description", role.Description}
	for _, name := range permissionNames(role) {
		pairs = append(pairs, "permissions", name)
	}
	page, err := a.roleFormPage(ctx, role, formWith(pairs...))
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "roles/form", page)
}

func (a *Admin) roleFormPage(ctx context.Context, role identity.Role, f form) (roleFormPage, error) {
	page := roleFormPage{Form: f, Role: role, IsAdmin: role.Name == identity.Admin}
	var err error
	page.Groups, err = a.choosable(ctx)
	return page, err
}

type roleEdit struct {
	roleForm
	roleRef
}

func (a *Admin) updateRole(ctx context.Context, in roleEdit) (api.Result, error) {
	role, err := a.role(ctx, in.roleRef)
	if err != nil {
		return nil, err
	}
	givable, err := a.Identity.Givable(ctx)
	if err != nil {
		return nil, err
	}
	if len(in.Faults) == 0 {
		change := identity.RoleChange{Name: &in.Name, Description: &in.Description}
		if role.Name != identity.Admin {
			change.Add, change.Remove = difference(role, in.Permissions, givable)
		}
		if _, err = a.Identity.UpdateRole(ctx, role.UUID, change); err == nil {
			return a.done(ctx, rolePath(role), "roles.saved", in.Name)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	// A browser does not send the boxes that cannot be changed.
	for _, name := range permissionNames(role) {
		if !givable[name] || role.Name == identity.Admin {
			f.values.Add("permissions", name)
		}
	}
	page, err := a.roleFormPage(ctx, role, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "roles/form", page)
}

// difference returns what to add to a role and to take from it for it to hold
// what is wanted. What is not givable was not offered, and stays as it is.
func difference(role identity.Role, wanted []string, givable map[string]bool) (add, remove []identity.PermissionRef) {
	held := permissionNames(role)
	for _, p := range identity.Catalog() {
		name := p.Name()
		if !givable[name] {
			continue
		}
		switch isHeld, isWanted := slices.Contains(held, name), slices.Contains(wanted, name); {
		case isWanted && !isHeld:
			add = append(add, identity.PermissionRef{Name: name})
		case isHeld && !isWanted:
			remove = append(remove, identity.PermissionRef{Name: name})
		}
	}
	return add, remove
}

func roleQuestion(ctx context.Context, role identity.Role) question {
	return question{
		Section: text(ctx, "roles.title"), SectionPath: "/admin/roles", Name: role.Name, Back: rolePath(role),
		Title: text(ctx, "roles.delete_title", role.Name), Text: text(ctx, "roles.delete_text"),
		Submit: text(ctx, "roles.delete"), IsDanger: true,
	}
}

func (a *Admin) askDeleteRole(ctx context.Context, in roleRef) (api.Result, error) {
	role, err := a.role(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, roleQuestion(ctx, role), nil)
}

func (a *Admin) deleteRole(ctx context.Context, in roleRef) (api.Result, error) {
	role, err := a.role(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Identity.DeleteRole(ctx, role.UUID); err != nil {
		return a.ask(ctx, roleQuestion(ctx, role), err)
	}
	return a.done(ctx, "/admin/roles", "roles.deleted", role.Name)
}
