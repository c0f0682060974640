package identity

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestGrantsByDepartment(t *testing.T) {
	b := newBed(t)
	b.departement("GEA")
	b.departement("INFO")
	b.newRole("secretaire", "users:read")
	b.newRole("technicien", "equipements:read")
	a := b.account("ada", "")
	token := b.pair(a).Access
	can := func(p api.Permission, departement string, want bool) {
		t.Helper()
		if got := b.mustBearer(token).Can(p, departement); got != want {
			t.Errorf("Can(%q, %q) = %t, want %t", p, departement, got, want)
		}
	}
	can("users:read", "GEA", false)
	if _, err := b.Grant(t.Context(), a.ID, "secretaire", "GEA"); err != nil {
		t.Fatal(err)
	}
	can("users:read", "GEA", true)
	can("users:read", "INFO", false)
	can("users:read", "", false)
	can("users:create", "GEA", false)
	if _, err := b.Grant(t.Context(), a.ID, "technicien", ""); err != nil {
		t.Fatal(err)
	}
	can("equipements:read", "", true)
	can("equipements:read", "INFO", true)
	can("users:read", "INFO", false)
	where := func(p api.Permission, wantEverywhere bool, want ...string) {
		t.Helper()
		everywhere, acronyms := b.mustBearer(token).DepartementsWith(p)
		if everywhere != wantEverywhere || !slices.Equal(acronyms, want) {
			t.Errorf("DepartementsWith(%q) = %t, %q, want %t, %q", p, everywhere, acronyms, wantEverywhere, want)
		}
	}
	if _, err := b.Grant(t.Context(), a.ID, "secretaire", "INFO"); err != nil {
		t.Fatal(err)
	}
	where("users:read", false, "GEA", "INFO")
	where("equipements:read", true)
	where("users:create", false)
	if _, err := b.Revoke(t.Context(), a.ID, "secretaire", "GEA"); err != nil {
		t.Fatal(err)
	}
	can("users:read", "GEA", false)
	can("equipements:read", "GEA", true)
}

// held is what an account's grants look like, without their numbers.
func held(a Account) []Grant {
	list := []Grant{}
	for _, g := range a.Grants {
		list = append(list, Grant{RoleName: g.RoleName, Departement: g.Departement, Primary: g.Primary})
	}
	return list
}

func TestPrimaryGrant(t *testing.T) {
	b := newBed(t)
	b.departement("GEA")
	first, second := b.newRole("un"), b.newRole("deux")
	b.newRole("trois")
	a := b.account("ada", "")
	step := func(what string, want []Grant) func(Account, error) {
		return func(got Account, err error) {
			t.Helper()
			if diff := cmp.Diff(want, held(got)); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
			}
			again, err := b.Account(t.Context(), a.ID)
			if diff := cmp.Diff(got, again); diff != "" || err != nil {
				t.Errorf("%s, read again: %v\n%s", what, err, diff)
			}
		}
	}
	ctx := t.Context()
	step("the first is primary", []Grant{{RoleName: "un", Departement: "GEA", Primary: true}})(b.Grant(ctx, a.ID, "un", "GEA"))
	three := []Grant{{RoleName: "un", Departement: "GEA", Primary: true}, {RoleName: "deux"}, {RoleName: "trois"}}
	if _, err := b.Grant(ctx, a.ID, "deux", ""); err != nil {
		t.Fatal(err)
	}
	step("the others are not", three)(b.Grant(ctx, a.ID, "trois", ""))
	step("a role already held stays", three)(b.Grant(ctx, a.ID, "deux", ""))
	step("the same in another department is another", append(three, Grant{RoleName: "un"}))(b.Grant(ctx, a.ID, "un", ""))
	step("revoking the primary promotes the oldest", []Grant{{RoleName: "deux", Primary: true}, {RoleName: "trois"}, {RoleName: "un"}})(b.Revoke(ctx, a.ID, "un", "GEA"))
	step("revoking another leaves it", []Grant{{RoleName: "deux", Primary: true}, {RoleName: "un"}})(b.Revoke(ctx, a.ID, "trois", ""))
	step("a new primary role, held already", []Grant{{RoleName: "un", Primary: true}})(b.UpdateAccount(ctx, a.ID, AccountPatch{RoleUUID: &first.UUID}))
	step("a new primary role", []Grant{{RoleName: "deux", Primary: true}})(b.UpdateAccount(ctx, a.ID, AccountPatch{RoleUUID: &second.UUID}))
	step("none left", []Grant{})(b.Revoke(ctx, a.ID, "deux", ""))
	none, err := b.Account(ctx, a.ID)
	if g, ok := none.Primary(); ok || err != nil {
		t.Errorf("Primary = %v, %v, want none", g, err)
	}
}

func TestGrantRefusals(t *testing.T) {
	b := newBed(t)
	b.newRole("un")
	a := b.account("ada", "")
	actions := b.written(func() {
		_, err := b.Grant(t.Context(), a.ID, "zero", "")
		wantCode(t, "unknown role", err, errs.NotFound, "role_unknown")
		_, err = b.Grant(t.Context(), a.ID, "un", "GEA")
		wantCode(t, "unknown department", err, errs.NotFound, "departement_unknown")
		_, err = b.Grant(t.Context(), a.ID+1, "un", "")
		wantCode(t, "unknown account", err, errs.NotFound, "account_unknown")
		_, err = b.Revoke(t.Context(), a.ID, "un", "")
		wantCode(t, "a role not held", err, errs.NotFound, "grant_unknown")
	})
	if actions != "" {
		t.Errorf("refused changes wrote %q in the journal", actions)
	}
}
