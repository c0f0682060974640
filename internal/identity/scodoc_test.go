package identity

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestWhereAnAccountBelongs(t *testing.T) {
	b := newBed(t)
	b.departement("GEA")
	b.departement("RT")
	_, err := b.CreateAccount(t.Context(), NewAccount{UserName: "eva", Departement: "INFO"})
	wantCode(t, "an unknown department", err, errs.NotFound, "departement_unknown")
	a, err := b.CreateAccount(t.Context(), NewAccount{UserName: "ada", Departement: "GEA", EdtID: "ADA", IsInactive: true, ExpiresAt: b.clock})
	if err != nil {
		t.Fatal(err)
	}
	if a.Departement != "GEA" || a.EdtID != "ADA" || a.Active || a.ExpiresAt == nil || !a.ExpiresAt.Equal(*b.clock) || len(a.Grants) > 0 {
		t.Errorf("created %+v", a)
	}
	actions := b.written(func() {
		if a, err = b.UpdateAccount(t.Context(), a.ID, AccountPatch{Departement: ptr("RT"), EdtID: ptr(""), LastName: ptr("Lovelace")}); err != nil {
			t.Fatal(err)
		}
		_, err = b.UpdateAccount(t.Context(), a.ID, AccountPatch{Departement: ptr("RT")})
	})
	if a.Departement != "RT" || a.EdtID != "" || a.ExpiresAt == nil || actions != "account.update" || err != nil {
		t.Errorf("changed %+v, journal %q, %v", a, actions, err)
	}
	if line := b.journal()[len(b.journal())-1]; !strings.Contains(*line.After, `"departement":"RT"`) || !strings.Contains(*line.Before, `"edt_id":"ADA"`) {
		t.Errorf("journal %+v", line)
	}
	_, err = b.UpdateAccount(t.Context(), a.ID, AccountPatch{Departement: ptr("INFO")})
	wantCode(t, "moved to an unknown one", err, errs.NotFound, "departement_unknown")
	b.exec("PRAGMA foreign_keys = 1; DELETE FROM departements WHERE acronym = 'RT'")
	if a, err = b.Account(t.Context(), a.ID); err != nil || a.Departement != "" {
		t.Errorf("after its department: %+v, %v", a, err)
	}
}

func TestAccountsByDepartmentAndName(t *testing.T) {
	b := newBed(t)
	b.departement("GEA")
	b.departement("RT")
	for _, n := range []NewAccount{
		{UserName: "a", LastName: "Étienne", FirstName: "Zoé", Departement: "GEA"},
		{UserName: "b", LastName: "ETIEMBLE", Departement: "RT"},
		{UserName: "c", LastName: "d'Étiolles"},
		{UserName: "d", FirstName: "Étienne"},
	} {
		if _, err := b.CreateAccount(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		query AccountQuery
		want  string
	}{
		{"all", AccountQuery{}, "a b c d"},
		{"of a department", AccountQuery{Departements: []string{"GEA"}}, "a"},
		{"of two", AccountQuery{Departements: []string{"RT", "GEA"}}, "a b"},
		{"of none", AccountQuery{Departements: []string{""}}, "c d"},
		{"of an unknown one", AccountQuery{Departements: []string{"INFO"}}, ""},
		{"of no department at all", AccountQuery{Departements: []string{}}, ""},
		{"start of a name", AccountQuery{Start: "éTI"}, "a b"},
		{"start and department", AccountQuery{Start: "eti", Departements: []string{"RT", ""}}, "b"},
		{"start with signs of LIKE", AccountQuery{Start: "e_i%"}, ""},
		{"with an apostrophe", AccountQuery{Start: "D'E"}, "c"},
	} {
		c.query.Sort, c.query.Limit = "user_name", 10
		list, total, err := b.Accounts(t.Context(), c.query)
		names := make([]string, len(list))
		for i, a := range list {
			names[i] = a.UserName
		}
		if got := strings.Join(names, " "); got != c.want || err != nil || int(total) != len(list) {
			t.Errorf("%s: %q, %d in all, %v, want %q", c.name, got, total, err, c.want)
		}
	}
}

// TestWhoRunsScoDoc gives an account ScoSuperAdmin and nothing else: it hands
// on all that is ScoDoc's and nothing of the other wings.
func TestWhoRunsScoDoc(t *testing.T) {
	b := newBed(t)
	b.departement("RT")
	b.newRole("super", "ScoSuperAdmin", "users:update")
	b.newRole("Ens", "ScoView", "EnsView")
	b.newRole("mixte", "ScoView", "equipements:read")
	stock := b.newRole("stock", "equipements:read")
	super, local := b.account("super", "super"), b.account("local", "")
	if _, err := b.Grant(t.Context(), local.ID, "super", "RT"); err != nil {
		t.Fatal(err)
	}
	keeper := b.account("magasinier", "stock")
	ctx, name := b.as(super), "nouveau"
	for what, act := range map[string]func() error{
		"a role of its own": func() error { _, err := b.Grant(ctx, keeper.ID, "Ens", ""); return err },
		"in a department":   func() error { _, err := b.Grant(ctx, keeper.ID, "Ens", "RT"); return err },
		"a role made of ScoDoc": func() error {
			_, err := b.CreateRole(ctx, RoleChange{Name: &name, Add: refs("EditAllNotes")})
			return err
		},
		"ScoDoc's part of a role": func() error {
			_, err := b.UpdateRole(ctx, stock.UUID, RoleChange{Permissions: ptr(refs("EnsView")), Ressource: ScoDoc})
			return err
		},
	} {
		if err := act(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.Revoke(ctx, keeper.ID, "Ens", "RT"); err != nil {
		t.Errorf("take it back: %v", err)
	}
	for what, act := range map[string]func() error{
		"a role with more":          func() error { _, err := b.Grant(ctx, keeper.ID, "mixte", ""); return err },
		"a role of parc":            func() error { _, err := b.Grant(ctx, super.ID, "stock", ""); return err },
		"take a role of parc":       func() error { _, err := b.Revoke(ctx, keeper.ID, "stock", ""); return err },
		"admin":                     func() error { _, err := b.Grant(ctx, super.ID, Admin, ""); return err },
		"a password":                func() error { return b.SetPassword(ctx, keeper.ID, "deux chaises bleues") },
		"held in a department only": func() error { _, err := b.Grant(b.as(local), keeper.ID, "Ens", "RT"); return err },
		"a permission of parc": func() error {
			_, err := b.UpdateRole(ctx, stock.UUID, RoleChange{Add: refs("users:delete")})
			return err
		},
	} {
		wantAbove(t, what, act())
	}
	role := b.role("stock")
	if names := permissionNames(role); !slices.Equal(names, []string{"equipements:read", "scodoc:EnsView"}) {
		t.Errorf("the role holds %q", names)
	}
	for name, want := range map[string]bool{"Ens": true, "stock": false, "mixte": false} {
		if may, err := b.MayRedefine(ctx, b.role(name)); err != nil || may != want {
			t.Errorf("may redefine %s: %t, %v", name, may, err)
		}
	}
}

func permissionNames(r Role) []string {
	names := make([]string, len(r.Permissions))
	for i, p := range r.Permissions {
		names[i] = p.Name()
	}
	return names
}

func TestUsualRolesComeOnce(t *testing.T) {
	b := newBed(t)
	usual := []RoleChange{
		{Name: ptr("Ens"), Description: ptr("Enseignant"), Add: refs("ScoView", "EnsView")},
		{Name: ptr("Secr"), Add: refs("ScoView")},
	}
	b.newRole("Secr", "users:read")
	add := func() {
		t.Helper()
		if err := b.AddUsualRoles(t.Context(), "scolarite", usual); err != nil {
			t.Fatal(err)
		}
	}
	if actions := b.written(add); actions != "" {
		t.Errorf("journal %q", actions)
	}
	ens := b.role("Ens")
	if diff := cmp.Diff([]string{"scodoc:ScoView", "scodoc:EnsView"}, permissionNames(ens)); diff != "" || ens.Description != "Enseignant" {
		t.Errorf("%+v %s", ens, diff)
	}
	if names := permissionNames(b.role("Secr")); !slices.Equal(names, []string{"users:read"}) {
		t.Errorf("a role that was there holds %q", names)
	}
	if err := b.DeleteRole(t.Context(), ens.UUID); err != nil {
		t.Fatal(err)
	}
	add()
	_, err := b.RoleByName(t.Context(), "Ens")
	wantCode(t, "a deleted role", err, errs.NotFound, "role_unknown")
	err = b.AddUsualRoles(t.Context(), "autre", []RoleChange{{Name: ptr("x"), Add: refs("inconnue")}})
	wantCode(t, "an unknown permission", err, errs.NotFound, "permission_unknown")
}

func TestDepartementsOfACallerWithBoth(t *testing.T) {
	c := &Caller{rights: map[string]map[api.Permission]bool{"": {"p": true}, "RT": {"p": true, "q": true}}}
	if everywhere, list := c.DepartementsWith("p"); !everywhere || list != nil {
		t.Errorf("%t, %q", everywhere, list)
	}
	if everywhere, list := c.DepartementsWith("q"); everywhere || !slices.Equal(list, []string{"RT"}) {
		t.Errorf("%t, %q", everywhere, list)
	}
}
