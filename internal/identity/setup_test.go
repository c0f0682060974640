package identity

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/errs"
)

// firstAdmin is what the form of the first start sends.
var firstAdmin = NewAccount{UserName: "chef", LastName: "Martin", Email: "chef@example.com", Password: goodPassword}

func TestTheSetupLinkWorksOnce(t *testing.T) {
	b := newBed(t)
	if needs, err := b.NeedsSetup(t.Context()); !needs || err != nil {
		t.Errorf("NeedsSetup = %t, %v on an empty base", needs, err)
	}
	secret, err := b.SetupSecret(t.Context())
	if err != nil || len(secret) < 20 {
		t.Fatalf("secret %q, %v", secret, err)
	}
	for _, wrong := range []string{"", "x", strings.ToLower(secret), secret + "A"} {
		wantCode(t, "the link "+wrong, b.CheckSetup(t.Context(), wrong), errs.NotFound, "link_spent")
	}
	if err := b.CheckSetup(t.Context(), secret); err != nil {
		t.Fatal(err)
	}

	for name, c := range map[string]struct {
		change func(*NewAccount)
		code   string
	}{
		"no password":         {func(n *NewAccount) { n.Password = "" }, "missing"},
		"a common password":   {func(n *NewAccount) { n.Password = "azertyuiop" }, "password_common"},
		"a reserved name":     {func(n *NewAccount) { n.UserName = "list" }, "user_name_reserved"},
		"a name with a blank": {func(n *NewAccount) { n.UserName = "le chef" }, "user_name_form"},
	} {
		n := firstAdmin
		c.change(&n)
		_, err := b.CompleteSetup(t.Context(), secret, n)
		wantCode(t, name, err, errs.Invalid, c.code)
	}
	if err := b.CheckSetup(t.Context(), secret); err != nil {
		t.Errorf("refused forms spent the link: %v", err)
	}

	var account Account
	actions := b.written(func() {
		if account, err = b.CompleteSetup(t.Context(), secret, firstAdmin); err != nil {
			t.Fatal(err)
		}
	})
	if actions != "account.create" {
		t.Errorf("the journal has %q", actions)
	}
	if line := b.journal()[0]; line.Account != "chef" {
		t.Errorf("the journal names %q", line.Account)
	}
	if primary, ok := account.Primary(); !ok || primary.RoleName != Admin || primary.Departement != "" {
		t.Errorf("account %+v", account)
	}
	if _, err := b.CheckPassword(t.Context(), "chef", goodPassword); err != nil {
		t.Error(err)
	}
	if needs, err := b.NeedsSetup(t.Context()); needs || err != nil {
		t.Errorf("NeedsSetup = %t, %v afterwards", needs, err)
	}
	wantCode(t, "the link again", b.CheckSetup(t.Context(), secret), errs.NotFound, "link_spent")
	second := firstAdmin
	second.UserName, second.Email = "autre", "autre@example.com"
	_, err = b.CompleteSetup(t.Context(), secret, second)
	wantCode(t, "a second administrator", err, errs.NotFound, "link_spent")
}

func TestTheSetupLinkExpires(t *testing.T) {
	b := newBed(t)
	secret, err := b.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	*b.clock = b.clock.Add(setupLifetime - time.Second)
	if err := b.CheckSetup(t.Context(), secret); err != nil {
		t.Error(err)
	}
	*b.clock = b.clock.Add(time.Second)
	wantCode(t, "too old", b.CheckSetup(t.Context(), secret), errs.NotFound, "link_spent")
	_, err = b.CompleteSetup(t.Context(), secret, firstAdmin)
	wantCode(t, "too old, completed", err, errs.NotFound, "link_spent")
}

func TestANewSetupLinkReplacesTheFormer(t *testing.T) {
	b := newBed(t)
	first, err := b.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "the former", b.CheckSetup(t.Context(), first), errs.NotFound, "link_spent")
	if err := b.CheckSetup(t.Context(), second); err != nil {
		t.Error(err)
	}
}

func TestNoSetupWhereSomebodyIs(t *testing.T) {
	b := newBed(t)
	secret, err := b.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.account("ada", "") // made by a command while the link waited
	wantCode(t, "the link", b.CheckSetup(t.Context(), secret), errs.NotFound, "link_spent")
	_, err = b.CompleteSetup(t.Context(), secret, firstAdmin)
	wantCode(t, "the form", err, errs.NotFound, "link_spent")
}
