package identity

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/errs"
)

func TestTheDirectoryIsSearchedAndSorted(t *testing.T) {
	b := newBed(t)
	for _, n := range []NewAccount{
		{UserName: "zoe", FirstName: "Zoé", LastName: "Abel", Email: "Zoé.A-b@exemple.fr"},
		{UserName: "jean-paul", FirstName: "Jean", LastName: "Œuvre"},
		{UserName: "bob", LastName: "Martin", Email: "bob@exemple.fr"},
	} {
		*b.clock = b.clock.Add(time.Hour)
		if _, err := b.CreateAccount(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	b.exec("UPDATE accounts SET last_seen_at = created_at WHERE user_name <> 'zoe'")
	for _, c := range []struct {
		name  string
		query AccountQuery
		want  string
	}{
		{"by name", AccountQuery{Sort: "name"}, "zoe bob jean-paul"},
		{"by name, backwards", AccountQuery{Sort: "name", IsDescending: true}, "jean-paul bob zoe"},
		{"by user name", AccountQuery{Sort: "user_name"}, "bob jean-paul zoe"},
		{"by matricule, backwards", AccountQuery{Sort: "matricule", IsDescending: true}, "bob jean-paul zoe"},
		{"by last visit", AccountQuery{Sort: "last_seen"}, "zoe jean-paul bob"},
		{"by last visit, backwards", AccountQuery{Sort: "last_seen", IsDescending: true}, "bob jean-paul zoe"},
		{"second page backwards", AccountQuery{Sort: "name", IsDescending: true, Limit: 1, Offset: 1}, "bob"},
		{"an e-mail with an accent and a hyphen", AccountQuery{Text: " ZOÉ.A-B@", Sort: "name"}, "zoe"},
		{"the host of e-mails", AccountQuery{Text: "exemple.fr", Sort: "name"}, "zoe bob"},
		{"a name without its accents", AccountQuery{Text: "oeuvre", Sort: "name"}, "jean-paul"},
		{"a user name with a hyphen", AccountQuery{Text: "jean-p", Sort: "name"}, "jean-paul"},
		{"a matricule", AccountQuery{Text: "100002"}, "bob"},
		{"a blank", AccountQuery{Text: "  ", Sort: "name"}, "zoe bob jean-paul"},
		{"a hyphen", AccountQuery{Text: "-", Sort: "name"}, "zoe"},
		{"nothing", AccountQuery{Text: "x%"}, ""},
	} {
		list, total, err := b.Accounts(t.Context(), c.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range list {
			got = append(got, a.UserName)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
		if want := int64(len(got)); c.query.Limit == 0 && total != want || c.query.Limit > 0 && total != 3 {
			t.Errorf("%s: %d in all", c.name, total)
		}
	}
}

func TestDepartementsAreInOrder(t *testing.T) {
	b := newBed(t)
	b.departement("INFO")
	b.departement("GEA")
	if got, err := b.Departements(t.Context()); err != nil || strings.Join(got, " ") != "GEA INFO" {
		t.Errorf("Departements = %v, %v", got, err)
	}
}

func TestNamesOfRoles(t *testing.T) {
	b := newBed(t)
	role := b.newRole("lecteur")
	for name, c := range map[string]struct{ text, code string }{
		"empty": {"", "missing"}, "blank": {" \t", "missing"}, "long": {strings.Repeat("é", 65), "string_too_long"},
	} {
		_, err := b.CreateRole(t.Context(), RoleChange{Name: &c.text})
		wantCode(t, name, err, errs.Invalid, c.code)
		_, err = b.UpdateRole(t.Context(), role.UUID, RoleChange{Name: &c.text})
		wantCode(t, name+", changed", err, errs.Invalid, c.code)
	}
	_, err := b.CreateRole(t.Context(), RoleChange{})
	wantCode(t, "none", err, errs.Invalid, "missing")
	b.newRole(strings.Repeat("é", 64))
}

func TestARoleAlreadyHeldIsNotJournaled(t *testing.T) {
	b := newBed(t)
	b.newRole("lecteur")
	a := b.account("ada", "lecteur")
	actions := b.written(func() {
		if _, err := b.Grant(t.Context(), a.ID, "lecteur", ""); err != nil {
			t.Fatal(err)
		}
	})
	if actions != "" {
		t.Errorf("the journal has %q", actions)
	}
}
