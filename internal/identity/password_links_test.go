package identity

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// postman keeps what is written to people; failure makes it fail.
type postman struct {
	letters []string
	secret  string // of the last link
	failure error
}

func (p *postman) PasswordForgotten(_ context.Context, _ *db.Queries, to Account, secret string) error {
	p.letters, p.secret = append(p.letters, "forgotten "+to.Email), secret
	return p.failure
}

func (p *postman) PasswordChanged(_ context.Context, _ *db.Queries, to Account) error {
	p.letters = append(p.letters, "changed "+to.Email)
	return p.failure
}

// post gives the service of the bed a postman.
func (b *bed) post() *postman {
	p := &postman{}
	b.Letters = p
	return p
}

// link returns the secret of an invitation.
func (b *bed) link(account Account) string {
	b.t.Helper()
	var secret string
	err := b.Store.Write(b.t.Context(), func(ctx context.Context, q *db.Queries) (err error) {
		secret, err = b.PasswordSecretWithin(ctx, q, account.ID)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return secret
}

const chosen = "deux chaises bleues"

func TestAPasswordIsChosenByALink(t *testing.T) {
	b := newBed(t)
	p := b.post()
	ada := b.account("ada", "")
	secret, other := b.link(ada), b.link(ada)
	token := b.pair(ada).Access
	for _, wrong := range []string{"", "x", strings.ToLower(secret), secret + "A"} {
		_, err := b.PasswordLink(t.Context(), wrong)
		wantCode(t, "the link "+wrong, err, errs.NotFound, "link_spent")
		_, err = b.RedeemPassword(t.Context(), wrong, chosen)
		wantCode(t, "a password by the link "+wrong, err, errs.NotFound, "link_spent")
	}
	if account, err := b.PasswordLink(t.Context(), secret); err != nil || account.UserName != "ada" {
		t.Fatalf("%+v, %v", account, err)
	}
	for password, code := range map[string]string{"": "missing", "court": "password_too_short", "azertyuiop": "password_common"} {
		_, err := b.RedeemPassword(t.Context(), secret, password)
		wantCode(t, "the password "+password, err, errs.Invalid, code)
	}

	// Somebody else is signed in on this browser: it is ada who acts.
	root := b.account("root", "")
	ctx := api.WithRequest(t.Context(), &api.Request{Caller: b.mustBearer(b.pair(root).Access)})
	actions := b.written(func() {
		if _, err := b.RedeemPassword(ctx, secret, chosen); err != nil {
			t.Fatal(err)
		}
	})
	line := b.journal()[len(b.journal())-1]
	if actions != "account.password_reset" || line.Account != "ada" || strings.Contains(*line.After, chosen) {
		t.Errorf("the journal has %q by %s: %s", actions, line.Account, *line.After)
	}
	if _, err := b.basic("ada", chosen); err != nil {
		t.Errorf("the password does not work: %v", err)
	}
	if _, err := b.basic("ada", goodPassword); err == nil {
		t.Error("the old one still does")
	}
	if _, err := b.with("Bearer " + token); err == nil {
		t.Error("a token still works")
	}
	for _, spent := range []string{secret, other} {
		_, err := b.RedeemPassword(t.Context(), spent, "trois tabourets verts")
		wantCode(t, "a link after one was used", err, errs.NotFound, "link_spent")
	}
	if want := []string{"changed ada@example.com"}; !slices.Equal(p.letters, want) {
		t.Errorf("letters %q, want %q", p.letters, want)
	}
}

func TestAPasswordLinkEnds(t *testing.T) {
	b := newBed(t)
	b.account("root", Admin)
	ada := b.account("ada", "")
	fails := func(name, secret string) {
		t.Helper()
		_, err := b.PasswordLink(t.Context(), secret)
		wantCode(t, name, err, errs.NotFound, "link_spent")
	}
	secret := b.link(ada)
	if _, err := b.Deactivate(t.Context(), ada.ID); err != nil {
		t.Fatal(err)
	}
	fails("of an inactive account", secret)
	if _, err := b.UpdateAccount(t.Context(), ada.ID, AccountPatch{Active: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	if err := b.SetPassword(t.Context(), ada.ID, chosen); err != nil {
		t.Fatal(err)
	}
	fails("after another choice", secret)
	secret = b.link(ada)
	*b.clock = b.clock.Add(invitationLifetime - time.Second)
	if _, err := b.PasswordLink(t.Context(), secret); err != nil {
		t.Error(err)
	}
	*b.clock = b.clock.Add(time.Second)
	fails("too late", secret)
}

// TestAPasswordIsChosenOnce uses one link from many sides at once.
func TestAPasswordIsChosenOnce(t *testing.T) {
	b := newBed(t)
	p := b.post()
	secret := b.link(b.account("ada", ""))
	var mu sync.Mutex
	done := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := b.RedeemPassword(t.Context(), secret, chosen); err == nil {
				mu.Lock()
				done++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if done != 1 || len(p.letters) != 1 {
		t.Errorf("%d times, letters %q", done, p.letters)
	}
}

func TestAFailureKeepsThePasswordAndTheLink(t *testing.T) {
	b := newBed(t)
	p := b.post()
	secret := b.link(b.account("ada", ""))
	p.failure = errors.New("no room")
	if _, err := b.RedeemPassword(t.Context(), secret, chosen); !errors.Is(err, p.failure) {
		t.Errorf("error %v", err)
	}
	if _, err := b.basic("ada", goodPassword); err != nil {
		t.Errorf("the old password: %v", err)
	}
	if _, err := b.PasswordLink(t.Context(), secret); err != nil {
		t.Errorf("the link: %v", err)
	}
}

func TestAForgottenPassword(t *testing.T) {
	b := newBed(t)
	p := b.post()
	b.account("root", Admin)
	ada := b.account("ada", "")
	off := b.account("eve", "")
	if _, err := b.Deactivate(t.Context(), off.ID); err != nil {
		t.Fatal(err)
	}
	silent, err := b.CreateAccount(t.Context(), NewAccount{UserName: "sans-adresse"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		login, object string
		letters       int
	}{
		{"ada", ada.UUID, 1},
		{"ADA@example.com", ada.UUID, 1},
		{"eve", off.UUID, 0},
		{"sans-adresse", silent.UUID, 0},
		{"personne", "", 0},
		{"personne@example.com", "", 0},
		{"", "", 0},
	} {
		p.letters = nil
		actions := b.written(func() {
			if err := b.RequestPassword(t.Context(), row.login); err != nil {
				t.Errorf("%s: %v", row.login, err)
			}
		})
		line := b.journal()[len(b.journal())-1]
		if actions != "account.password_request" || line.ObjectID != row.object || line.After != nil {
			t.Errorf("%s: the journal has %q about %q", row.login, actions, line.ObjectID)
		}
		if len(p.letters) != row.letters {
			t.Errorf("%s: letters %q", row.login, p.letters)
		}
	}
	if err := b.RequestPassword(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	*b.clock = b.clock.Add(forgottenLifetime - time.Second)
	if account, err := b.RedeemPassword(t.Context(), p.secret, chosen); err != nil || account.UserName != "ada" {
		t.Errorf("the link gives %+v, %v", account, err)
	}
	if err := b.RequestPassword(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	*b.clock = b.clock.Add(forgottenLifetime)
	_, err = b.PasswordLink(t.Context(), p.secret)
	wantCode(t, "a link of yesterday", err, errs.NotFound, "link_spent")
}

func TestForgottenPasswordsAreThrottled(t *testing.T) {
	b := newBed(t)
	p := b.post()
	b.account("ada", "")
	from := func(address string) context.Context {
		return api.WithRequest(t.Context(), &api.Request{Address: address})
	}
	// By account, whatever it is called, and in silence.
	for i, login := range []string{"ada", "ada@example.com", "ada", "ada", "ada", "ada", "ada@example.com"} {
		if err := b.RequestPassword(from("192.0.2."+strconv.Itoa(i)), login); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.letters) != freeAccountFailures {
		t.Errorf("%d letters, want %d", len(p.letters), freeAccountFailures)
	}
	// Also when they come together.
	b.account("eve", "")
	p.letters = nil
	var wg sync.WaitGroup
	for i := range 2 * freeAccountFailures {
		wg.Go(func() {
			if err := b.RequestPassword(from("198.51.100."+strconv.Itoa(i)), "eve"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(p.letters) != freeAccountFailures {
		t.Errorf("%d letters to eve, want %d", len(p.letters), freeAccountFailures)
	}
	// By address, whatever is asked for.
	for range freeAddressFailures {
		if err := b.RequestPassword(from("192.0.2.99"), "personne"); err != nil {
			t.Fatal(err)
		}
	}
	for _, login := range []string{"personne", "ada"} {
		wantCode(t, login, b.RequestPassword(from("192.0.2.99"), login), errs.Throttled, "throttled")
	}
	// A wrong password is another matter.
	if wait := b.throttle.wait("ada", "192.0.2.99"); wait != 0 {
		t.Errorf("signing in waits %v", wait)
	}
	*b.clock = b.clock.Add(maxWait + time.Second)
	if err := b.RequestPassword(from("192.0.2.99"), "ada"); err != nil {
		t.Error(err)
	}
}
