package identity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func names(role Role) []string {
	list := []string{}
	for _, p := range role.Permissions {
		list = append(list, p.Name())
	}
	return list
}

func TestAdminHoldsTheWholeCatalog(t *testing.T) {
	b := newBed(t)
	if diff := cmp.Diff(Catalog(), b.role(Admin).Permissions); diff != "" {
		t.Errorf("(-catalog +admin):\n%s", diff)
	}
	seen := map[string]bool{}
	for _, p := range Catalog() {
		if _, err := uuid.Parse(p.ID); err != nil || seen[p.ID] || seen[p.Name()] {
			t.Errorf("permission %v: %v, or twice", p, err)
		}
		seen[p.ID], seen[p.Name()] = true, true
	}
}

func TestNewBringsPermissionsUpToDate(t *testing.T) {
	b := newBed(t)
	before := b.role(Admin)
	for _, c := range []struct{ name, query string }{
		{"one is missing", "DELETE FROM permissions WHERE ressource = 'backup'"},
		{"one has another name", "UPDATE permissions SET action = 'former', uuid = 'former' WHERE ressource = 'metrics'"},
	} {
		b.exec(c.query)
		held := map[string]bool{}
		for _, name := range names(b.neighbour().role(Admin)) {
			held[name] = true
		}
		for _, p := range Catalog() {
			if !held[p.Name()] {
				t.Errorf("%s: admin lacks %s", c.name, p.Name())
			}
		}
	}
	if after := b.role(Admin); after.UUID != before.UUID {
		t.Errorf("admin became %s, want %s", after.UUID, before.UUID)
	}
}

func TestRoleAdminIsProtected(t *testing.T) {
	b := newBed(t)
	admin := b.role(Admin)
	actions := b.written(func() {
		wantCode(t, "delete", b.DeleteRole(t.Context(), admin.UUID), errs.Conflict, "role_protected")
		for name, c := range map[string]RoleChange{
			"rename": {Name: ptr("chef")},
			"empty":  {Permissions: &[]PermissionRef{}},
			"take":   {Remove: refs("users:read")},
		} {
			_, err := b.UpdateRole(t.Context(), admin.UUID, c)
			wantCode(t, name, err, errs.Conflict, "role_protected")
		}
	})
	if actions != "" {
		t.Errorf("refused changes wrote %q in the journal", actions)
	}
	if diff := cmp.Diff(admin, b.role(Admin)); diff != "" {
		t.Errorf("admin changed (-before +after):\n%s", diff)
	}
	got, err := b.UpdateRole(t.Context(), admin.UUID, RoleChange{Name: ptr(Admin), Description: ptr("Tout")})
	if err != nil || got.Description != "Tout" || len(got.Permissions) != len(admin.Permissions) {
		t.Errorf("a new description: %v, %v", got, err)
	}
}

// TestSuperAdminIsNotLocal: what gives ScoSuperAdmin is given in all
// departments or not at all, whichever comes first.
func TestSuperAdminIsNotLocal(t *testing.T) {
	b := newBed(t)
	b.departement("RT")
	local, everywhere := b.newRole("local", "ScoView"), b.newRole("partout", "ScoView")
	root, ada := b.account("root", Admin), b.account("ada", "partout")
	if _, err := b.Grant(t.Context(), ada.ID, "local", "RT"); err != nil {
		t.Fatal(err)
	}
	actions := b.written(func() {
		for name, c := range map[string]RoleChange{
			"add":              {Add: refs("ScoSuperAdmin")},
			"replace":          {Permissions: ptr(refs("ScoView", "scodoc:ScoSuperAdmin"))},
			"replace ScoDoc's": {Permissions: ptr(refs("ScoSuperAdmin")), Ressource: ScoDoc},
		} {
			_, err := b.UpdateRole(b.as(root), local.UUID, c)
			wantCode(t, name, err, errs.Conflict, "role_local")
			_, err = b.UpdateRole(t.Context(), local.UUID, c)
			wantCode(t, name+", a command", err, errs.Conflict, "role_local")
			wantCode(t, name+", with others", b.UpdateRoles(b.as(root), map[string]RoleChange{local.UUID: c, everywhere.UUID: c}), errs.Conflict, "role_local")
		}
	})
	if actions != "" {
		t.Errorf("refused changes wrote %q in the journal", actions)
	}
	if diff := cmp.Diff([]string{"scodoc:ScoView"}, names(b.role("local"))); diff != "" {
		t.Error(diff)
	}
	if _, err := b.UpdateRole(b.as(root), everywhere.UUID, RoleChange{Add: refs("ScoSuperAdmin")}); err != nil {
		t.Errorf("given everywhere: %v", err)
	}
	if _, err := b.UpdateRole(b.as(root), local.UUID, RoleChange{Add: refs("EnsView")}); err != nil {
		t.Errorf("another permission: %v", err)
	}
}

func TestRoles(t *testing.T) {
	b := newBed(t)
	read := Catalog()[0]
	role, err := b.CreateRole(t.Context(), RoleChange{
		Name: ptr("lecteur"), Description: ptr("Lit"),
		Permissions: &[]PermissionRef{{ID: read.ID}, {Name: "roles:read"}, {Name: "ScoView"}, {Name: "users:read"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"users:read", "roles:read", "scodoc:ScoView"}, names(role)); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		name   string
		change RoleChange
		want   []string
	}{
		{"add and remove", RoleChange{Add: refs("clients:read", "users:read"), Remove: refs("roles:read", "journal:read")}, []string{"users:read", "clients:read", "scodoc:ScoView"}},
		{"nothing", RoleChange{}, []string{"users:read", "clients:read", "scodoc:ScoView"}},
		{"replace", RoleChange{Permissions: ptr(refs("clients:read", "roles:read"))}, []string{"roles:read", "clients:read"}},
		{"replace by none", RoleChange{Permissions: &[]PermissionRef{}}, []string{}},
	} {
		got, err := b.UpdateRole(t.Context(), role.UUID, c.change)
		if diff := cmp.Diff(c.want, names(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
		if again, err := b.RoleByUUID(t.Context(), role.UUID); err != nil || cmp.Diff(got, again) != "" {
			t.Errorf("%s: read again %v, %v", c.name, again, err)
		}
	}
	all, err := b.Roles(t.Context())
	if err != nil || len(all) != 2 || all[0].UUID > all[1].UUID {
		t.Errorf("Roles = %v, %v, want two by UUID", all, err)
	}
	if err := b.DeleteRole(t.Context(), role.UUID); err != nil {
		t.Errorf("delete: %v", err)
	}
	_, err = b.RoleByName(t.Context(), "lecteur")
	wantCode(t, "after delete", err, errs.NotFound, "role_unknown")
}

func TestRoleRefusals(t *testing.T) {
	b := newBed(t)
	role := b.newRole("lecteur", "users:read")
	other := b.newRole("autre")
	b.account("ada", "lecteur")
	actions := b.written(func() {
		_, err := b.CreateRole(t.Context(), RoleChange{Name: ptr("lecteur")})
		wantCode(t, "create a name in use", err, errs.Conflict, "role_taken")
		_, err = b.UpdateRole(t.Context(), other.UUID, RoleChange{Name: ptr("lecteur")})
		wantCode(t, "rename to a name in use", err, errs.Conflict, "role_taken")
		_, err = b.CreateRole(t.Context(), RoleChange{Name: ptr("neuf"), Add: refs("users:fly")})
		wantCode(t, "an unknown permission", err, errs.NotFound, "permission_unknown")
		_, err = b.UpdateRole(t.Context(), role.UUID, RoleChange{Name: ptr("x"), Add: []PermissionRef{{ID: uuid.NewString()}, {}}})
		wantCode(t, "an unknown permission's UUID", err, errs.NotFound, "permission_unknown")
		_, err = b.UpdateRole(t.Context(), role.UUID, RoleChange{Add: []PermissionRef{{}}})
		wantCode(t, "no name at all", err, errs.NotFound, "permission_unknown")
		wantCode(t, "delete while held", b.DeleteRole(t.Context(), role.UUID), errs.Conflict, "role_in_use")
		wantCode(t, "delete an unknown one", b.DeleteRole(t.Context(), "none"), errs.NotFound, "role_unknown")
		_, err = b.UpdateRole(t.Context(), "none", RoleChange{})
		wantCode(t, "update an unknown one", err, errs.NotFound, "role_unknown")
	})
	if actions != "" {
		t.Errorf("refused changes wrote %q in the journal", actions)
	}
	_, err := b.RoleByName(t.Context(), "neuf")
	wantCode(t, "the role with an unknown permission", err, errs.NotFound, "role_unknown")
	if got := b.role("lecteur"); got.Members != 1 || got.UUID != role.UUID {
		t.Errorf("role %v, want one member and its name", got)
	}
}

func TestPermissionsChangeAtTheNextRequest(t *testing.T) {
	b := newBed(t)
	role := b.newRole("lecteur", "users:read")
	token := b.pair(b.account("ada", "lecteur")).Access
	beside := b.neighbour()
	check := func(what string, want map[api.Permission]bool) {
		t.Helper()
		bearer := b.mustBearer(token)
		basic, err := b.basic("ada", goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		for p, can := range want {
			if bearer.Can(p, "") != can || basic.Can(p, "") != can {
				t.Errorf("%s: Can(%s) = %t by token, %t by Basic, want %t", what, p, bearer.Can(p, ""), basic.Can(p, ""), can)
			}
		}
	}
	check("at first", map[api.Permission]bool{"users:read": true, "users:create": false})
	for _, c := range []struct {
		what   string
		by     *bed
		change RoleChange
		want   map[api.Permission]bool
	}{
		{"added", b, RoleChange{Add: refs("users:create")}, map[api.Permission]bool{"users:read": true, "users:create": true}},
		{"taken", b, RoleChange{Remove: refs("users:read")}, map[api.Permission]bool{"users:read": false, "users:create": true}},
		{"replaced by another process", beside, RoleChange{Permissions: ptr(refs("roles:read"))}, map[api.Permission]bool{"users:create": false, "roles:read": true}},
	} {
		if _, err := c.by.UpdateRole(t.Context(), role.UUID, c.change); err != nil {
			t.Fatal(err)
		}
		check(c.what, c.want)
	}
}
