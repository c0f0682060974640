package identity

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/audit"
)

func TestChangesAreInTheJournal(t *testing.T) {
	b := newBed(t)
	b.account("root", Admin)
	a := b.account("ada", "")
	role := b.newRole("lecteur")
	ctx := t.Context()
	for _, c := range []struct {
		want   string
		change func() error
	}{
		{"account.create", func() error { _, err := b.CreateAccount(ctx, NewAccount{}); return err }},
		{"account.update", func() error { _, err := b.UpdateAccount(ctx, a.ID, AccountPatch{LastName: ptr("B")}); return err }},
		{"account.deactivate", func() error { _, err := b.Deactivate(ctx, a.ID); return err }},
		{"account.activate", func() error { _, err := b.UpdateAccount(ctx, a.ID, AccountPatch{Active: ptr(true)}); return err }},
		{"account.kick", func() error { return b.Kick(ctx, a.ID) }},
		{"grant.add", func() error { _, err := b.Grant(ctx, a.ID, "lecteur", ""); return err }},
		{"grant.remove", func() error { _, err := b.Revoke(ctx, a.ID, "lecteur", ""); return err }},
		{"role.create", func() error { _, err := b.CreateRole(ctx, RoleChange{Name: ptr("autre")}); return err }},
		{"role.update", func() error { _, err := b.UpdateRole(ctx, role.UUID, RoleChange{Description: ptr("x")}); return err }},
		{"role.delete", func() error { return b.DeleteRole(ctx, role.UUID) }},
		{"token.create", func() error { _, err := b.IssueToken(ctx, a.ID, time.Hour); return err }},
	} {
		got := b.written(func() {
			if err := c.change(); err != nil {
				t.Fatalf("%s: %v", c.want, err)
			}
		})
		if got != c.want {
			t.Errorf("the journal has %q, want %q", got, c.want)
		}
	}
}

func TestAJournalLineTellsWhoAndWhat(t *testing.T) {
	b := newBed(t)
	root := b.account("root", Admin)
	a := b.account("ada", "")
	caller := b.mustBearer(b.pair(root).Access)
	ctx := api.WithRequest(t.Context(), &api.Request{ID: "r1", Address: "192.0.2.9", Caller: caller})
	if _, err := b.UpdateAccount(ctx, a.ID, AccountPatch{LastName: ptr("Byron")}); err != nil {
		t.Fatal(err)
	}
	line := b.journal()[len(b.journal())-1]
	if line.AccountID == nil || *line.AccountID != root.ID || line.Account != "root" || line.Address != "192.0.2.9" || line.RequestID != "r1" {
		t.Errorf("line %+v, want root at 192.0.2.9 in request r1", line)
	}
	if line.ObjectType != "account" || line.ObjectID != a.UUID || line.ObjectName != "ada" || !line.At.Equal(*b.clock) {
		t.Errorf("line %+v, want the account ada at %v", line, *b.clock)
	}
	if line.Before == nil || !strings.Contains(*line.Before, `"last_name":"ada"`) || line.After == nil || !strings.Contains(*line.After, `"last_name":"Byron"`) {
		t.Errorf("before and after of %+v lack the change", line)
	}
}

func TestPasswordsAreMaskedInTheJournal(t *testing.T) {
	b := newBed(t)
	const first, second = "cinq tables rondes", "deux chaises bleues"
	a, err := b.CreateAccount(t.Context(), NewAccount{UserName: "ada", Password: first})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SetPassword(t.Context(), a.ID, second); err != nil {
		t.Fatal(err)
	}
	lines := b.journal()
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2", len(lines))
	}
	for _, line := range lines {
		if line.After == nil || !strings.Contains(*line.After, `"password":"`+audit.Masked+`"`) {
			t.Errorf("%s: the line does not say that the password changed", line.Action)
		}
		for _, text := range []*string{line.Before, line.After} {
			for _, secret := range []string{first, second, "argon2"} {
				if text != nil && strings.Contains(*text, secret) {
					t.Errorf("%s: the line holds %q", line.Action, secret)
				}
			}
		}
	}
	if lines[1].Before == nil || strings.Contains(*lines[1].Before, "password") {
		t.Error("before the change the image has a password")
	}
}
