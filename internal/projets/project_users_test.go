package projets

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

func TestANewUserOfAProjectIsInvited(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	u, err := b.AddProjectUser(t.Context(), NewProjectUser{
		ProjectID: api.Some(p.ID), Membership: Membership{RoomRights: api.Some(int64(1))}, User: person("oyvindb"), MailType: api.Some("6"),
	})
	wantNone(t, err)
	if u.UserName != "oyvindb" || u.Role != nil || u.Superuser != nil || u.UserRoleID != nil || u.AddonAdmin || u.NoWebAdminAccess || !u.Enabled ||
		u.Rights != (Rights{Room: 1, Consignation: 4, Equipment: 4, Modelstore: 4, RoomSurfaceTreatment: 4, System: 4, Tender: 4}) {
		t.Errorf("user %+v", u)
	}
	if len(b.outbox.messages) != 1 {
		t.Fatalf("messages %+v", b.outbox.messages)
	}
	m := b.outbox.messages[0]
	if m.TemplateID != 6 || m.To != "oyvindb@example.com" || m.AccountID != u.AccountID || m.Values.Project != "Nord" || m.Values.FirstName != "Åsne" ||
		len(m.Values.Link) <= len("https://site.example/lien/") {
		t.Errorf("message %+v", m)
	}
	// Added to another project, he still has no password to sign in with.
	q := b.create(b.in("north", "Aile"))
	_, err = b.AddProjectUser(t.Context(), NewProjectUser{ProjectID: api.Some(q.ID), User: NewUser{UserName: api.Some("oyvindb")}, MailType: api.Some("5")})
	wantNone(t, err)
	if n := b.count("SELECT (SELECT count(*) FROM outbox) * 10 + (SELECT count(*) FROM one_time_links WHERE purpose = 'password' AND account_id IS NOT NULL)"); n != 22 {
		t.Errorf("messages and links %d", n)
	}
}

func TestOneWithAPasswordGetsNoLinkToChooseOne(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	_, err := b.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: "ada", Email: "ada@example.com", Password: "trois lampes vertes"})
	wantNone(t, err)
	_, err = b.AddProjectUser(t.Context(), NewProjectUser{ProjectID: api.Some(p.ID), User: NewUser{UserName: api.Some("ada")}})
	wantNone(t, err)
	if m := b.outbox.messages[0]; m.Values.Link != "https://site.example/lien/" || m.TemplateID != 6 {
		t.Errorf("message %+v", m)
	}
	if n := b.count("SELECT count(*) FROM one_time_links"); n != 0 {
		t.Errorf("%d links", n)
	}
}

func TestSkipEmailSendsNothing(t *testing.T) {
	b := newBed(t)
	b.member("ada", b.create(b.ask("north", "Nord")).ID, Membership{})
	if len(b.outbox.messages) > 0 || b.count("SELECT count(*) FROM one_time_links") > 0 {
		t.Errorf("messages %+v", b.outbox.messages)
	}
}

// TestProjectUserFaults adds who cannot be: nothing is written, nothing sent.
func TestProjectUserFaults(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	q := b.create(b.in("north", "Aile"))
	b.member("ada", p.ID, Membership{})
	id := api.Some(q.ID)
	zero, five, null := api.Some(int64(0)), api.Some(int64(5)), api.Opt[int64]{Set: true, Null: true}
	for name, row := range map[string]struct {
		in   NewProjectUser
		want []string
	}{
		"nothing":            {NewProjectUser{}, []string{"project_id missing", "username missing", "first_name missing", "last_name missing", "email missing"}},
		"an unknown project": {NewProjectUser{ProjectID: api.Some(int64(99)), User: person("bob")}, []string{"project_id literal_error"}},
		"levels out of the list": {NewProjectUser{
			ProjectID: id, User: person("bob"),
			Membership: Membership{RoomRights: zero, TenderRights: five, RoomSurfaceTreatmentRights: null},
		}, []string{"room_rights literal_error", "tender_rights literal_error", "room_surface_treatment_rights literal_error"}},
		"an unknown template": {NewProjectUser{ProjectID: id, User: person("bob"), MailType: api.Some("99")}, []string{"mail_type literal_error"}},
		"no template": {
			NewProjectUser{ProjectID: id, User: person("bob"), MailType: api.Some("six"), Membership: Membership{RoomRights: zero}},
			[]string{"mail_type literal_error", "room_rights literal_error"},
		},
		"an unknown user without names": {NewProjectUser{ProjectID: id, User: NewUser{UserName: api.Some("bob")}}, []string{"first_name missing", "last_name missing", "email missing"}},
		"a known user whose data differ": {
			NewProjectUser{ProjectID: id, User: NewUser{
				UserName: api.Some("ada"), FirstName: api.Some("Åsna"), LastName: api.Some("ada"), Email: api.Some(api.Email("x@example.com")),
			}},
			[]string{"first_name user_differs", "email user_differs"},
		},
		"a user of the project": {NewProjectUser{ProjectID: api.Some(p.ID), User: person("ada")}, []string{"username taken"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.AddProjectUser(t.Context(), row.in)
			wantFaults(t, err, row.want...)
		})
	}
	if n := b.count("SELECT (SELECT count(*) FROM project_users) * 100 + (SELECT count(*) FROM accounts) * 10 + (SELECT count(*) FROM outbox)"); n != 110 {
		t.Errorf("rows %d", n)
	}
}

func TestAProjectUserChanges(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	b.member("first.last", p.ID, Membership{RoomRights: api.Some(Limited), Role: api.Some("Architecte")})
	u, err := b.UpdateProjectUser(t.Context(), "first.last", p.ID, Membership{
		EquipmentRights: api.Some(ReadOnly), Superuser: api.Some(true), AddonAdmin: api.Some(true), NoWebAdminAccess: api.Some(true),
		Role: api.Opt[string]{Set: true, Null: true}, UserRoleID: api.Some(int64(7)),
	})
	wantNone(t, err)
	if u.Room != 2 || u.Equipment != 3 || u.Tender != 4 || !*u.Superuser || !u.AddonAdmin || !u.NoWebAdminAccess || u.Role != nil || *u.UserRoleID != 7 {
		t.Errorf("user %+v", u)
	}
	_, err = b.UpdateProjectUser(t.Context(), "first.last", p.ID, Membership{SystemRights: api.Some(int64(9))})
	wantFaults(t, err, "system_rights literal_error")
	_, err = b.UpdateProjectUser(t.Context(), "first.last", 99, Membership{})
	wantKind(t, err, errs.NotFound)
	wantNone(t, b.DeleteProjectUser(t.Context(), "first.last", p.ID))
	wantKind(t, b.DeleteProjectUser(t.Context(), "first.last", p.ID), errs.NotFound)
	_, err = b.User(t.Context(), "first.last")
	wantNone(t, err)
	if n := b.count("SELECT count(*) FROM journal WHERE object_id = 'first.last,1'"); n != 3 {
		t.Errorf("%d lines", n)
	}
}

// TestASuperuserManagesHisProjects gives an account one project to manage and
// tries everything from there.
func TestASuperuserManagesHisProjects(t *testing.T) {
	b := newBed(t)
	mine, other := b.create(b.ask("north", "Le mien")), b.create(b.ask("south", "L’autre"))
	chief := b.member("chief", mine.ID, Membership{Superuser: api.Some(true)})
	b.member("ada", mine.ID, Membership{})
	b.member("both", mine.ID, Membership{})
	b.member("both", other.ID, Membership{})
	b.member("stranger", other.ID, Membership{})
	ctx := b.as(chief.AccountID, "chief")
	add := func(name string, project int64) error {
		_, err := b.AddProjectUser(ctx, NewProjectUser{ProjectID: api.Some(project), User: person(name)})
		return err
	}
	edit := func(name string) error {
		_, err := b.UpdateUser(ctx, name, UserPatch{FirstName: api.Some("X")})
		return err
	}
	change := func(name string, project int64) error {
		_, err := b.UpdateProjectUser(ctx, name, project, Membership{RoomRights: api.Some(Full)})
		return err
	}
	toChange := func(name string) error { _, err := b.UserToChange(ctx, name); return err }
	see := func(name string, project int64) error { _, err := b.ProjectUser(ctx, name, project); return err }
	know := func(name string) error { _, err := b.User(ctx, name); return err }
	for _, row := range []struct {
		name string
		err  error
		want errs.Kind // Internal for none
	}{
		{"see in mine", see("both", mine.ID), errs.Internal},
		{"see in the other", see("both", other.ID), errs.NotFound},
		{"change in mine", change("both", mine.ID), errs.Internal},
		{"change in the other", change("both", other.ID), errs.NotFound},
		{"delete in the other", b.DeleteProjectUser(ctx, "both", other.ID), errs.NotFound},
		{"add to mine", add("new", mine.ID), errs.Internal},
		{"add to the other", add("newer", other.ID), errs.NotFound},
		{"add to an unknown one", add("newer", 99), errs.NotFound},
		{"know a person of mine", know("both"), errs.Internal},
		{"know a stranger", know("stranger"), errs.NotFound},
		{"change a person of mine alone", toChange("ada"), errs.Internal},
		{"change a person of both", toChange("both"), errs.Forbidden},
		{"change a stranger", toChange("stranger"), errs.NotFound},
		{"edit a person of mine alone", edit("ada"), errs.Internal},
		{"edit a person of both", edit("both"), errs.Forbidden},
		{"edit a stranger", edit("stranger"), errs.NotFound},
		{"delete a person of both", b.DeleteUser(ctx, "both"), errs.Forbidden},
		{"delete from mine", b.DeleteProjectUser(ctx, "both", mine.ID), errs.Internal},
	} {
		if row.want == errs.Internal && row.err != nil || row.want != errs.Internal && !errs.Is(row.err, row.want) {
			t.Errorf("%s: %v", row.name, row.err)
		}
	}
	list, _, err := b.Users(ctx, UserQuery{})
	wantNone(t, err)
	var names []string
	for _, u := range list {
		names = append(names, u.UserName)
	}
	if got := strings.Join(names, " "); got != "ada chief new" {
		t.Errorf("users %q", got)
	}
	members, err := b.ProjectUsers(ctx, mine.ID, other.ID)
	if err != nil || len(members) != 3 {
		t.Errorf("users %+v %v", members, err)
	}
}

func TestThePlacesOfAUser(t *testing.T) {
	b := newBed(t)
	mine, other := b.create(b.ask("north", "Le mien")), b.create(b.ask("south", "L’autre"))
	chief := b.member("chief", mine.ID, Membership{Superuser: api.Some(true)})
	both := b.member("both", other.ID, Membership{Role: api.Some("Architecte")})
	b.member("both", mine.ID, Membership{RoomRights: api.Some(Full)})
	alone := b.user("alone")
	for _, row := range []struct {
		name   string
		ctx    context.Context
		places []int64
		counts map[int64]int64
	}{
		{"a command", t.Context(), []int64{mine.ID, other.ID}, map[int64]int64{chief.AccountID: 1, both.AccountID: 2}},
		{"a superuser", b.as(chief.AccountID, "chief"), []int64{mine.ID}, map[int64]int64{chief.AccountID: 1, both.AccountID: 1}},
	} {
		places, err := b.PlacesOf(row.ctx, both.AccountID)
		wantNone(t, err)
		var ids []int64
		for _, p := range places {
			ids = append(ids, p.ProjectID)
		}
		if !slices.Equal(ids, row.places) || places[0].Room != Full || places[0].UserName != "both" {
			t.Errorf("%s: places %+v", row.name, places)
		}
		counts, err := b.ProjectCounts(row.ctx)
		if err != nil || !maps.Equal(counts, row.counts) {
			t.Errorf("%s: counts %v %v", row.name, counts, err)
		}
	}
	places, err := b.PlacesOf(t.Context(), alone.AccountID)
	if err != nil || len(places) != 0 {
		t.Errorf("places %+v %v", places, err)
	}
	_, err = b.PlacesOf(b.as(alone.AccountID, "alone"), both.AccountID)
	wantKind(t, err, errs.Forbidden)
	_, err = b.ProjectCounts(b.as(alone.AccountID, "alone"))
	wantKind(t, err, errs.Forbidden)
}

func TestWhoManagesWhat(t *testing.T) {
	b := newBed(t)
	p := b.create(b.ask("north", "Nord"))
	yes := api.Some(true)
	superuser := b.member("superuser", p.ID, Membership{Superuser: yes})
	kept := b.member("kept", p.ID, Membership{Superuser: yes, NoWebAdminAccess: yes})
	plain := b.member("plain", p.ID, Membership{})
	for _, row := range []struct {
		name   string
		caller api.Caller
		need   api.Permission
		want   string
	}{
		{"a command", nil, Write, "all"},
		{"a reader reads", caller{permissions: []api.Permission{Read}}, Read, "all"},
		{"a reader does not write", caller{permissions: []api.Permission{Read}}, Write, "forbidden"},
		{"a writer reads", caller{permissions: []api.Permission{Write}}, Read, "all"},
		{"an administrator writes", caller{permissions: []api.Permission{Admin}}, Write, "all"},
		{"a superuser", caller{id: superuser.AccountID}, Write, "[1]"},
		{"a superuser kept from administration", caller{id: kept.AccountID}, Write, "forbidden"},
		{"a user", caller{id: plain.AccountID}, Read, "forbidden"},
	} {
		sc, err := b.Manages(t.Context(), row.caller, row.need)
		got := fmt.Sprint(sc.Projects)
		switch {
		case errs.Is(err, errs.Forbidden):
			got = "forbidden"
		case err != nil:
			got = err.Error()
		case sc.All:
			got = "all"
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
	if _, err := b.DisableAll(t.Context(), "north"); err != nil {
		t.Fatal(err)
	}
	_, err := b.Manages(t.Context(), caller{id: superuser.AccountID}, Write)
	wantKind(t, err, errs.Forbidden)
}
