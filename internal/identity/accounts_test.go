package identity

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/errs"
)

func TestCreateAccount(t *testing.T) {
	b := newBed(t)
	role := b.newRole("lecteur", "users:read")
	a, err := b.CreateAccount(t.Context(), NewAccount{
		FirstName: "Ada", LastName: "Lovelace", Email: "Ada@example.com", Password: goodPassword, RoleUUID: role.UUID,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Account{
		ID: a.ID, UUID: a.UUID, UserName: "100000", Matricule: 100000, FirstName: "Ada", LastName: "Lovelace", Email: "Ada@example.com",
		Active: true, HasPassword: true, CreatedAt: *b.clock, UpdatedAt: *b.clock, PasswordChangedAt: b.clock,
		Grants: []Grant{{ID: a.Grants[0].ID, RoleUUID: role.UUID, RoleName: "lecteur", Primary: true}},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	again, err := b.AccountByMatricule(t.Context(), 100000)
	if diff := cmp.Diff(a, again); diff != "" || err != nil {
		t.Errorf("read again (-created +read): %v\n%s", err, diff)
	}
	if _, err := b.CheckPassword(t.Context(), "100000", goodPassword); err != nil {
		t.Errorf("its password: %v", err)
	}
	_, err = b.Account(t.Context(), a.ID+1)
	wantCode(t, "an unknown number", err, errs.NotFound, "account_unknown")
}

func TestNextMatricule(t *testing.T) {
	b := newBed(t)
	for _, c := range []struct {
		given *int64
		want  int64
	}{
		{ptr(int64(7586)), 7586}, // below the range, it does not count
		{nil, 100000},
		{nil, 100001},
		{ptr(int64(100010)), 100010},
		{nil, 100011},
	} {
		a, err := b.CreateAccount(t.Context(), NewAccount{Matricule: c.given})
		if err != nil || a.Matricule != c.want {
			t.Errorf("matricule %d, %v, want %d", a.Matricule, err, c.want)
		}
	}
}

func TestDuplicateAccounts(t *testing.T) {
	b := newBed(t)
	first := b.account("ada", "")
	second := b.account("bob", "")
	for name, c := range map[string]struct {
		n       NewAccount
		code    string
		message string
	}{
		"matricule":                {NewAccount{UserName: "x", Matricule: &first.Matricule}, "matricule_taken", "Matricule already exists"},
		"e-mail":                   {NewAccount{UserName: "x", Email: "ada@example.com"}, "email_taken", "Email already exists"},
		"e-mail in another case":   {NewAccount{UserName: "x", Email: "ADA@example.com"}, "email_taken", "Email already exists"},
		"user name":                {NewAccount{UserName: "ada"}, "user_name_taken", "Username already exists"},
		"e-mail, with a role lost": {NewAccount{UserName: "x", Email: "ada@example.com", RoleUUID: "none"}, "email_taken", "Email already exists"},
	} {
		actions := b.written(func() {
			_, err := b.CreateAccount(t.Context(), c.n)
			wantCode(t, name, err, errs.Conflict, c.code)
			if err == nil || err.Error() != c.message {
				t.Errorf("%s: error %v, want %q", name, err, c.message)
			}
		})
		if actions != "" {
			t.Errorf("%s: a failed creation wrote %q in the journal", name, actions)
		}
	}
	for name, c := range map[string]struct {
		p    AccountPatch
		code string
	}{
		"matricule": {AccountPatch{Matricule: &first.Matricule}, "matricule_taken"},
		"e-mail":    {AccountPatch{Email: ptr("Ada@EXAMPLE.com")}, "email_taken"},
	} {
		actions := b.written(func() {
			_, err := b.UpdateAccount(t.Context(), second.ID, c.p)
			wantCode(t, "update, "+name, err, errs.Conflict, c.code)
		})
		if actions != "" {
			t.Errorf("%s: a failed update wrote %q in the journal", name, actions)
		}
	}
	if _, err := b.UpdateAccount(t.Context(), first.ID, AccountPatch{Email: ptr("ADA@example.com"), Matricule: &first.Matricule}); err != nil {
		t.Errorf("one's own e-mail in another case: %v", err)
	}
	for range 2 {
		if _, err := b.CreateAccount(t.Context(), NewAccount{}); err != nil {
			t.Errorf("accounts without e-mail clash: %v", err)
		}
	}
}

func TestUserNames(t *testing.T) {
	b := newBed(t)
	for _, name := range []string{"list", "create", "Update", "DELETE"} {
		_, err := b.CreateAccount(t.Context(), NewAccount{UserName: name})
		wantCode(t, name, err, errs.Invalid, "user_name_reserved")
	}
	for _, name := range []string{"a b", "é", "a/b", "a:b", "a\n", " ", strings.Repeat("a", 65)} {
		_, err := b.CreateAccount(t.Context(), NewAccount{UserName: name})
		wantCode(t, name, err, errs.Invalid, "user_name_form")
	}
	for _, name := range []string{"a", `IUT\ada`, "ada@example.com", "a.b_c-d", "lists", strings.Repeat("a", 64)} {
		if a, err := b.CreateAccount(t.Context(), NewAccount{UserName: name}); err != nil || a.UserName != name {
			t.Errorf("%q: %q, %v", name, a.UserName, err)
		}
	}
}

func TestFaultyValues(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", "")
	for name, c := range map[string]struct {
		n    NewAccount
		kind errs.Kind
		code string
	}{
		"short password":             {NewAccount{Password: "court"}, errs.Invalid, "password_too_short"},
		"password like the name":     {NewAccount{UserName: "lampes-vertes", Password: "Lampes-Vertes"}, errs.Invalid, "password_is_user_name"},
		"password of the matricule":  {NewAccount{Matricule: ptr(int64(84725193)), Password: "84725193"}, errs.Invalid, "password_is_user_name"},
		"no e-mail where one must":   {NewAccount{NeedsEmail: true}, errs.Invalid, "missing"},
		"unknown role":               {NewAccount{RoleUUID: "none"}, errs.NotFound, "role_unknown"},
		"unknown role's departement": {NewAccount{RoleUUID: b.role(Admin).UUID, GrantedIn: "GEA"}, errs.NotFound, "departement_unknown"},
	} {
		_, err := b.CreateAccount(t.Context(), c.n)
		wantCode(t, name, err, c.kind, c.code)
	}
	_, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{Email: ptr(""), NeedsEmail: true})
	wantCode(t, "taking the e-mail away", err, errs.Invalid, "missing")
	_, err = b.UpdateAccount(t.Context(), a.ID, AccountPatch{RoleUUID: ptr("none")})
	wantCode(t, "unknown role", err, errs.NotFound, "role_unknown")
	wantCode(t, "unknown account", b.Kick(t.Context(), a.ID+1), errs.NotFound, "account_unknown")
	_, total, err := b.Accounts(t.Context(), AccountQuery{})
	if err != nil || total != 1 {
		t.Errorf("%d accounts, %v: a refused one was kept", total, err)
	}
}

func TestUpdateAccountLeavesTheRest(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	token := b.pair(a).Access
	got, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{LastName: ptr("Byron")})
	if err != nil {
		t.Fatal(err)
	}
	want := a
	want.LastName = "Byron"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if name := b.mustBearer(token).Account.Nom(); name != "Ada Byron" {
		t.Errorf("the next request sees %q, want Ada Byron", name)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	b := newBed(t)
	b.departement("GEA")
	a := b.account("ada", Admin)
	plain := b.newRole("lecteur")
	// Neither an administrator of one department nor an inactive one counts.
	local := b.account("local", "")
	if _, err := b.Grant(t.Context(), local.ID, Admin, "GEA"); err != nil {
		t.Fatal(err)
	}
	gone := b.account("gone", Admin)
	if _, err := b.Deactivate(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	token := b.pair(a).Access
	actions := b.written(func() {
		_, err := b.Deactivate(t.Context(), a.ID)
		wantCode(t, "deactivate", err, errs.Conflict, "last_admin")
		_, err = b.Revoke(t.Context(), a.ID, Admin, "")
		wantCode(t, "revoke", err, errs.Conflict, "last_admin")
		_, err = b.UpdateAccount(t.Context(), a.ID, AccountPatch{RoleUUID: &plain.UUID})
		wantCode(t, "another role", err, errs.Conflict, "last_admin")
	})
	if actions != "" {
		t.Errorf("refused changes wrote %q in the journal", actions)
	}
	if c := b.mustBearer(token); !c.Can("users:delete", "") {
		t.Error("a refused change took the rights away")
	}
	if _, err := b.UpdateAccount(t.Context(), gone.ID, AccountPatch{Active: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Deactivate(t.Context(), a.ID); err != nil {
		t.Errorf("with another administrator: %v", err)
	}
}

func TestAccounts(t *testing.T) {
	b := newBed(t)
	for _, name := range []string{"carl", "ada", "bob"} {
		b.account(name, Admin)
	}
	bob, err := b.AccountByUserName(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Deactivate(t.Context(), bob.ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		q     AccountQuery
		want  string
		total int64
	}{
		"by name":      {AccountQuery{Sort: "name"}, "ada bob carl", 3},
		"by matricule": {AccountQuery{Sort: "matricule"}, "carl ada bob", 3},
		"page":         {AccountQuery{Sort: "name", Limit: 1, Offset: 1}, "bob", 3},
		"past the end": {AccountQuery{Limit: 2, Offset: 4}, "", 3},
		"active":       {AccountQuery{Sort: "name", Active: ptr(true)}, "ada carl", 2},
		"inactive":     {AccountQuery{Active: ptr(false)}, "bob", 1},
		"text":         {AccountQuery{Text: "CÀRL"}, "carl", 1},
		"role":         {AccountQuery{RoleUUID: "none"}, "", 0},
	} {
		list, total, err := b.Accounts(t.Context(), c.q)
		var names []string
		for _, a := range list {
			names = append(names, a.UserName)
		}
		if got := strings.Join(names, " "); err != nil || got != c.want || total != c.total {
			t.Errorf("%s: %q of %d, %v, want %q of %d", name, got, total, err, c.want, c.total)
		}
	}
	list, _, err := b.Accounts(t.Context(), AccountQuery{})
	if err != nil || len(list) != 3 || list[0].UUID > list[1].UUID || list[1].UUID > list[2].UUID {
		t.Errorf("%v, %v: not in the order of the UUID", list, err)
	}
}

func TestEmailsThatDifferByASignAreTwo(t *testing.T) {
	if emailKey("O'Neil@example.com") == emailKey("o-neil@example.com") || emailKey("É@example.com") == emailKey("e@example.com") {
		t.Error("two addresses share a key")
	}
	if emailKey("Zoe@Example.com") != emailKey("zoe@example.COM") {
		t.Error("one address has two keys")
	}
}
