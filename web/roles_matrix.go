package web

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/api"
	"intendant/internal/identity"
)

// matrixPage is every permission against every role.
type matrixPage struct {
	Roles  []identity.Role // the columns
	Groups []permissionGroup
	// IsForm lets the boxes be ticked.
	IsForm bool
}

// matrixCell is a permission of a role.
type matrixCell struct {
	Value     string // the role's UUID and the permission's name
	Role      string
	IsChecked bool
	// IsFixed marks what the form cannot change: the role admin, and what the
	// reader does not hold.
	IsFixed bool
}

// cellSeparator parts a role from a permission; neither has it in.
const cellSeparator = "|"

func (a *Admin) matrixPage(ctx context.Context, _ api.None) (api.Result, error) {
	page, err := a.matrix(ctx)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "roles/matrix", page)
}

func (a *Admin) editMatrixPage(ctx context.Context, _ api.None) (api.Result, error) {
	page, err := a.matrix(ctx)
	if err != nil {
		return nil, err
	}
	page.IsForm = true
	return a.show(ctx, "roles/matrix", page)
}

func (a *Admin) matrix(ctx context.Context) (matrixPage, error) {
	roles, err := a.Identity.Roles(ctx)
	if err != nil {
		return matrixPage{}, err
	}
	identity.SortRoles(roles)
	groups, err := a.choosable(ctx)
	if err != nil {
		return matrixPage{}, err
	}
	held := make([]map[string]bool, len(roles))
	for i, r := range roles {
		held[i] = map[string]bool{}
		for _, name := range permissionNames(r) {
			held[i][name] = true
		}
	}
	for _, g := range groups {
		for i := range g.Permissions {
			p := &g.Permissions[i]
			for k, r := range roles {
				p.Cells = append(p.Cells, matrixCell{
					Value: r.UUID + cellSeparator + p.Name, Role: r.Name,
					IsChecked: held[k][p.Name], IsFixed: p.IsFixed || r.Name == identity.Admin,
				})
			}
		}
	}
	return matrixPage{Roles: roles, Groups: groups}, nil
}

type matrixForm struct {
	// Roles are the columns that were shown: a role made since is left alone.
	Roles []string `form:"role" default:""`
	Cells []string `form:"cell" default:""`
}

func (a *Admin) saveMatrix(ctx context.Context, in matrixForm) (api.Result, error) {
	roles, err := a.Identity.Roles(ctx)
	if err != nil {
		return nil, err
	}
	givable, err := a.Identity.Givable(ctx)
	if err != nil {
		return nil, err
	}
	wanted := map[string][]string{}
	for _, cell := range in.Cells {
		id, name, _ := strings.Cut(cell, cellSeparator)
		wanted[id] = append(wanted[id], name)
	}
	changes := map[string]identity.RoleChange{}
	for _, role := range roles {
		if role.Name == identity.Admin || !slices.Contains(in.Roles, role.UUID) {
			continue
		}
		add, remove := difference(role, wanted[role.UUID], givable)
		if len(add)+len(remove) > 0 {
			changes[role.UUID] = identity.RoleChange{Add: add, Remove: remove}
		}
	}
	if len(changes) == 0 {
		return a.done(ctx, "/admin/roles/matrix", "roles.matrix_same")
	}
	if err := a.Identity.UpdateRoles(ctx, changes); err != nil {
		return nil, err
	}
	a.Identity.SetNotice(ctx, language(ctx).Count("roles.matrix_saved", int64(len(changes))))
	return api.Redirect{To: "/admin/roles/matrix"}, nil
}
