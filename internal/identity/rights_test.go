package identity

import (
	"context"
	"testing"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// as returns a context of a request by this account.
func (b *bed) as(a Account) context.Context {
	b.t.Helper()
	return api.WithRequest(b.t.Context(), &api.Request{Caller: b.mustBearer(b.pair(a).Access)})
}

// wantAbove checks that an act was refused because of rights.
func wantAbove(t *testing.T, what string, err error) {
	t.Helper()
	wantCode(t, what, err, errs.Forbidden, "rights_above")
	if e := errs.As(err); e != nil && e.Message != "Not enough permissions" {
		t.Errorf("%s: message %q", what, e.Message)
	}
}

func TestRightsDoNotClimb(t *testing.T) {
	b := newBed(t)
	b.departement("GEA")
	b.newRole("gerant", "users:read", "users:create", "users:update")
	reader := b.newRole("lecteur", "users:read")
	above := b.newRole("stock", "users:read", "equipements:read")
	admin := b.role(Admin)
	root, manager := b.account("root", Admin), b.account("gerant", "gerant")
	below, other := b.account("lecteur", "lecteur"), b.account("stock", "")
	if _, err := b.Grant(t.Context(), other.ID, "stock", "GEA"); err != nil {
		t.Fatal(err)
	}
	ctx := b.as(manager)
	refused := map[string]func() error{
		"create with admin": func() error { _, err := b.CreateAccount(ctx, NewAccount{RoleUUID: admin.UUID}); return err },
		"create with more":  func() error { _, err := b.CreateAccount(ctx, NewAccount{RoleUUID: above.UUID}); return err },
		"create with more, in a department": func() error {
			_, err := b.CreateAccount(ctx, NewAccount{RoleUUID: above.UUID, GrantedIn: "GEA"})
			return err
		},
		"raise oneself": func() error {
			_, err := b.UpdateAccount(ctx, manager.ID, AccountPatch{RoleUUID: &admin.UUID})
			return err
		},
		"grant oneself admin": func() error { _, err := b.Grant(ctx, manager.ID, Admin, ""); return err },
		"grant oneself more":  func() error { _, err := b.Grant(ctx, manager.ID, "stock", "GEA"); return err },
		"root's password":     func() error { return b.SetPassword(ctx, root.ID, "deux chaises bleues") },
		"root's e-mail": func() error {
			_, err := b.UpdateAccount(ctx, root.ID, AccountPatch{Email: ptr("x@example.com")})
			return err
		},
		"root's matricule": func() error {
			_, err := b.UpdateAccount(ctx, root.ID, AccountPatch{Matricule: ptr(int64(7))})
			return err
		},
		"root's role": func() error {
			_, err := b.UpdateAccount(ctx, root.ID, AccountPatch{RoleUUID: &reader.UUID})
			return err
		},
		"deactivate root":               func() error { _, err := b.Deactivate(ctx, root.ID); return err },
		"sign root out":                 func() error { return b.Kick(ctx, root.ID) },
		"revoke root's role":            func() error { _, err := b.Revoke(ctx, root.ID, Admin, ""); return err },
		"rights in one department only": func() error { return b.SetPassword(ctx, other.ID, "deux chaises bleues") },
		"a role with more": func() error {
			_, err := b.CreateRole(ctx, RoleChange{Name: ptr("x"), Add: refs("roles:read")})
			return err
		},
		"add to a role": func() error {
			_, err := b.UpdateRole(ctx, reader.UUID, RoleChange{Add: refs("roles:read")})
			return err
		},
		"replace a role's": func() error {
			all := refs("users:read", "roles:read")
			_, err := b.UpdateRole(ctx, reader.UUID, RoleChange{Permissions: &all})
			return err
		},
		"one of several roles": func() error {
			return b.UpdateRoles(ctx, map[string]RoleChange{reader.UUID: {Add: refs("users:update")}, above.UUID: {Add: refs("roles:read")}})
		},
	}
	actions := b.written(func() {
		for name, act := range refused {
			wantAbove(t, name, act())
		}
	})
	if actions != "" {
		t.Errorf("refused acts wrote %q in the journal", actions)
	}

	for _, c := range []struct {
		name string
		act  func() error
	}{
		{"names of root", func() error { _, err := b.UpdateAccount(ctx, root.ID, AccountPatch{LastName: ptr("Chef")}); return err }},
		{"root as it is", func() error {
			_, err := b.UpdateAccount(ctx, root.ID, AccountPatch{Email: &root.Email, Matricule: &root.Matricule})
			return err
		}},
		{"create with less", func() error { _, err := b.CreateAccount(ctx, NewAccount{RoleUUID: reader.UUID}); return err }},
		{"change one below", func() error { return b.SetPassword(ctx, below.ID, "deux chaises bleues") }},
		{"give what one has", func() error { _, err := b.Grant(ctx, below.ID, "gerant", "GEA"); return err }},
		{"add what one has", func() error {
			_, err := b.UpdateRole(ctx, reader.UUID, RoleChange{Add: refs("users:update")})
			return err
		}},
		{"keep a role's", func() error {
			all := refs("users:read", "equipements:read", "users:create")
			_, err := b.UpdateRole(ctx, above.UUID, RoleChange{Permissions: &all})
			return err
		}},
		{"admin may all", func() error { _, err := b.Grant(b.as(root), below.ID, Admin, "GEA"); return err }},
		{"a command too", func() error { _, err := b.Grant(t.Context(), below.ID, Admin, ""); return err }},
	} {
		if err := c.act(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWhatMayBeHandedOn(t *testing.T) {
	b := newBed(t)
	b.newRole("gerant", "users:read", "users:update")
	b.newRole("lecteur", "users:read")
	b.newRole("stock", "equipements:read")
	root, manager := b.account("root", Admin), b.account("gerant", "gerant")
	for _, c := range []struct {
		name        string
		ctx         context.Context
		roles       string
		permissions int
		mayRoot     bool
	}{
		{"manager", b.as(manager), "gerant lecteur", 2, false},
		{"admin", b.as(root), "admin gerant lecteur stock", len(Catalog()), true},
		{"command", t.Context(), "admin gerant lecteur stock", len(Catalog()), true},
	} {
		roles, err := b.GivableRoles(c.ctx)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, r := range roles {
			if i > 0 {
				got += " "
			}
			got += r.Name
		}
		if got != c.roles {
			t.Errorf("%s may give %q, want %q", c.name, got, c.roles)
		}
		if held, err := b.Givable(c.ctx); err != nil || len(held) != c.permissions {
			t.Errorf("%s may add %d permissions, %v, want %d", c.name, len(held), err, c.permissions)
		}
		if may, err := b.MayChange(c.ctx, root.ID); err != nil || may != c.mayRoot {
			t.Errorf("%s may change root: %t, %v", c.name, may, err)
		}
	}
}
