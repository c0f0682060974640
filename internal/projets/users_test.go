package projets

import (
	"encoding/json"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

func TestAUserHasSixKeys(t *testing.T) {
	b := newBed(t)
	u := b.user("first.last")
	got, err := json.Marshal(u)
	wantNone(t, err)
	want := `{"active":true,"created_at":"` + u.CreatedAt.Format("2006-01-02T15:04:05Z") + `","email":"first.last@example.com","first_name":"Åsne","last_name":"first.last","username":"first.last"}`
	if string(got) != want {
		t.Errorf("user %s", got)
	}
	read, err := b.User(t.Context(), "first.last")
	if err != nil || read.AccountID != u.AccountID {
		t.Errorf("user %+v %v", read, err)
	}
}

func TestUserFaults(t *testing.T) {
	b := newBed(t)
	b.user("ada")
	other := func(change func(*NewUser)) NewUser { in := person("bob"); change(&in); return in }
	for name, row := range map[string]struct {
		in   NewUser
		want []string
	}{
		"nothing":          {NewUser{}, []string{"username missing", "first_name missing", "last_name missing", "email missing"}},
		"taken":            {person("ada"), []string{"username taken", "email taken"}},
		"an e-mail in use": {other(func(in *NewUser) { in.Email = api.Some(api.Email("ADA@example.com")) }), []string{"email taken"}},
		"a comma":          {other(func(in *NewUser) { in.UserName = api.Some("a,1") }), []string{"username invalid"}},
		"a path of parc":   {other(func(in *NewUser) { in.UserName = api.Some("list") }), []string{"username invalid"}},
		"too long a name":  {other(func(in *NewUser) { in.LastName = api.Some(strings.Repeat("x", 256)) }), []string{"last_name string_too_long"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.CreateUser(t.Context(), row.in)
			wantFaults(t, err, row.want...)
		})
	}
	if n := b.count("SELECT count(*) FROM accounts"); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

func TestUsersAreFound(t *testing.T) {
	b := newBed(t)
	b.user("Zoe")
	b.user("ada")
	b.user("bob")
	_, err := b.UpdateUser(t.Context(), "bob", UserPatch{LastName: api.Some("Müller")})
	wantNone(t, err)
	for name, row := range map[string]struct {
		query UserQuery
		want  string
		total int64
	}{
		"everybody":      {UserQuery{}, "ada bob Zoe", 3},
		"by user name":   {UserQuery{Text: "ZO"}, "Zoe", 1},
		"by last name":   {UserQuery{Text: "muller"}, "bob", 1},
		"by first name":  {UserQuery{Text: "åsne"}, "ada bob Zoe", 3},
		"by e-mail":      {UserQuery{Text: "ada@ex"}, "ada", 1},
		"nobody":         {UserQuery{Text: "%"}, "", 0},
		"a page of them": {UserQuery{Paging: Paging{Limit: 1, Offset: 1}}, "bob", 3},
	} {
		t.Run(name, func(t *testing.T) {
			list, total, err := b.Users(t.Context(), row.query)
			wantNone(t, err)
			var names []string
			for _, u := range list {
				names = append(names, u.UserName)
			}
			if got := strings.Join(names, " "); got != row.want || total != row.total {
				t.Errorf("found %q of %d, want %q of %d", got, total, row.want, row.total)
			}
		})
	}
}

func TestAUserChanges(t *testing.T) {
	b := newBed(t)
	b.user("ada")
	b.user("bob")
	u, err := b.UpdateUser(t.Context(), "ada", UserPatch{FirstName: api.Some("Ada"), Email: api.Some(api.Email("a@example.com"))})
	if err != nil || u.FirstName != "Ada" || u.LastName != "ada" || *u.Email != "a@example.com" {
		t.Errorf("user %+v %v", u, err)
	}
	_, err = b.UpdateUser(t.Context(), "ada", UserPatch{
		FirstName: api.Opt[string]{Set: true, Null: true}, LastName: api.Some(" "), Email: api.Some(api.Email("bob@example.com")), Active: api.Opt[bool]{Set: true, Null: true},
	})
	wantFaults(t, err, "first_name missing", "last_name missing", "email taken", "active missing")
	_, err = b.UpdateUser(t.Context(), "nobody", UserPatch{})
	wantKind(t, err, errs.NotFound)
	for _, step := range []struct {
		do     func() (User, error)
		active bool
		epoch  int
	}{
		{func() (User, error) { return b.Kick(t.Context(), "ada") }, true, 1},
		{func() (User, error) { return b.Disable(t.Context(), "ada") }, false, 2},
		{func() (User, error) { return b.Enable(t.Context(), "ada") }, true, 2},
	} {
		u, err := step.do()
		if err != nil || u.Active != step.active {
			t.Errorf("user %+v %v", u, err)
		}
		if n := b.count("SELECT epoch FROM accounts WHERE user_name = 'ada'"); n != step.epoch {
			t.Errorf("epoch %d, want %d", n, step.epoch)
		}
	}
}

func TestADeletedUserIsUnknown(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	u := b.member("ada", p.ID, Membership{})
	wantNone(t, b.DeleteUser(t.Context(), "ada"))
	_, err := b.User(t.Context(), "ada")
	wantKind(t, err, errs.NotFound)
	wantKind(t, b.DeleteUser(t.Context(), "ada"), errs.NotFound)
	_, err = b.Enable(t.Context(), "ada")
	wantKind(t, err, errs.NotFound)
	list, _, err := b.Users(t.Context(), UserQuery{})
	if err != nil || len(list) != 0 {
		t.Errorf("users %+v %v", list, err)
	}
	if n := b.count("SELECT (SELECT count(*) FROM project_users) * 10 + (SELECT count(*) FROM accounts WHERE active = 0)"); n != 1 {
		t.Errorf("state %d", n)
	}
	_, err = b.CreateUser(t.Context(), person("ada"))
	wantFaults(t, err, "username taken", "email taken")
	// Whoever makes the account active again brings the user back; disabled
	// later, he is no longer taken for deleted.
	active := true
	_, err = b.Identity.UpdateAccount(t.Context(), u.AccountID, identity.AccountPatch{Active: &active})
	wantNone(t, err)
	_, err = b.Disable(t.Context(), "ada")
	wantNone(t, err)
	_, err = b.Enable(t.Context(), "ada")
	wantNone(t, err)
}

func TestTheLastAdministratorStays(t *testing.T) {
	b := newBed(t)
	role, err := b.Identity.RoleByName(t.Context(), identity.Admin)
	wantNone(t, err)
	_, err = b.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "root", RoleUUID: role.UUID})
	wantNone(t, err)
	p := b.create(b.ask("north", "Nord"))
	_, err = b.AddProjectUser(t.Context(), NewProjectUser{ProjectID: api.Some(p.ID), User: NewUser{UserName: api.Some("root")}})
	wantNone(t, err)
	wantKind(t, b.DeleteUser(t.Context(), "root"), errs.Conflict)
	_, err = b.Disable(t.Context(), "root")
	wantKind(t, err, errs.Conflict)
	if n := b.count("SELECT (SELECT count(*) FROM project_users) * 10 + (SELECT count(*) FROM removed_users)"); n != 10 {
		t.Errorf("state %d", n)
	}
	// One who writes projects only does not touch who holds more.
	writer := b.user("writer")
	ctx := b.as(writer.AccountID, "writer", Write)
	_, err = b.Disable(ctx, "root")
	wantKind(t, err, errs.Forbidden)
	_, err = b.Kick(ctx, "root")
	wantKind(t, err, errs.Forbidden)
	_, err = b.KickAll(ctx, "north")
	wantNone(t, err)
}
