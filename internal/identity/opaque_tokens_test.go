package identity

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/coffre"
	"intendant/internal/errs"
)

// opaque returns the token of an account.
func (b *bed) opaque(a Account) string {
	b.t.Helper()
	token, err := b.OpaqueToken(b.t.Context(), a.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return token
}

func TestAnOpaqueTokenIsGivenAgain(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	first := b.opaque(a)
	if !regexp.MustCompile(`^[A-Za-z0-9+/]{32}$`).MatchString(first) {
		t.Errorf("token %q", first)
	}
	if c := b.mustBearer(first); c.AccountID() != a.ID || c.HasCookie() || !c.Can("users:read", "") {
		t.Errorf("caller %+v", c)
	}
	for _, step := range []struct {
		after   time.Duration
		isAgain bool
	}{{59*time.Minute - time.Second, true}, {time.Second, false}, {30 * time.Minute, true}} {
		*b.clock = b.clock.Add(step.after)
		token := b.opaque(a)
		if (token == first) != step.isAgain {
			t.Errorf("after %v: %q, before %q", step.after, token, first)
		}
		b.mustBearer(token)
		if token != first {
			b.wantDead("the one before", first)
			first = token
		}
	}
	*b.clock = b.clock.Add(30*time.Minute - time.Millisecond)
	b.mustBearer(first)
	*b.clock = b.clock.Add(time.Millisecond)
	b.wantDead("after an hour", first)
}

func TestTheBaseDoesNotSayOpaqueTokens(t *testing.T) {
	b := newBed(t)
	token := b.opaque(b.account("ada", ""))
	row, err := b.Store.Read().OpaqueToken(t.Context(), hashToken(token))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(row.Sealed), token) || strings.Contains(string(row.TokenHash), token) {
		t.Error("the token lies open in the base")
	}
	// Keys that were lost make another token, not an error.
	keys, err := coffre.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	other := bedOn(t, b.Store, keys)
	account, err := other.AccountByUserName(t.Context(), "ada")
	if err != nil {
		t.Fatal(err)
	}
	if again := other.opaque(account); again == token {
		t.Error("the same token with other keys")
	}
}

func TestOpaqueTokensAskedForTogetherAreOne(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", "")
	tokens := make([]string, 8)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() { tokens[i], _ = b.OpaqueToken(t.Context(), a.ID) })
	}
	wg.Wait()
	slices.Sort(tokens)
	if list := slices.Compact(tokens); len(list) != 1 || list[0] == "" {
		t.Errorf("tokens %q", list)
	}
}

// TestWhatEndsAnOpaqueToken ends it in every way, each seen by a cache that
// knew the token.
func TestWhatEndsAnOpaqueToken(t *testing.T) {
	b := newBed(t)
	b.account("chef", Admin)
	for name, end := range map[string]func(a Account, token string) error{
		"a kick":           func(a Account, _ string) error { return b.Kick(t.Context(), a.ID) },
		"another password": func(a Account, _ string) error { return b.SetPassword(t.Context(), a.ID, "deux chaises bleues") },
		"deactivation":     func(a Account, _ string) error { _, err := b.Deactivate(t.Context(), a.ID); return err },
		"an expiry": func(a Account, _ string) error {
			_, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{ExpiresAt: ptr(*b.clock)})
			return err
		},
		"an expiry to come": func(a Account, token string) error {
			_, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{ExpiresAt: ptr(b.clock.Add(time.Second))})
			b.mustBearer(token) // kept again, until then
			*b.clock = b.clock.Add(time.Second)
			return err
		},
		"its end": func(a Account, _ string) error { return b.EndOpaqueToken(t.Context(), a.ID) },
		"a logout": func(_ Account, token string) error {
			return b.Logout(api.WithRequest(t.Context(), &api.Request{Caller: b.mustBearer(token)}))
		},
		"a revocation": func(a Account, _ string) error {
			list, err := b.Tokens(t.Context(), a.ID)
			if err != nil || len(list) != 1 || list[0].Kind != FamilyOfScoDoc {
				t.Fatalf("tokens %+v, %v", list, err)
			}
			return b.RevokeToken(t.Context(), a.ID, list[0].ID)
		},
		"another process": func(a Account, _ string) error { return b.neighbour().EndOpaqueToken(t.Context(), a.ID) },
	} {
		a := b.account(strings.ReplaceAll(name, " ", "-"), "")
		token := b.opaque(a)
		b.mustBearer(token)
		if err := end(a, token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b.wantDead(name, token)
		if list, err := b.Tokens(t.Context(), a.ID); err != nil || len(list) > 0 {
			t.Errorf("%s: tokens %+v, %v", name, list, err)
		}
	}
}

func TestWhoGetsNoOpaqueToken(t *testing.T) {
	b := newBed(t)
	_, err := b.OpaqueToken(t.Context(), 99)
	wantCode(t, "an unknown account", err, errs.NotFound, "account_unknown")
	idle := b.account("idle", "")
	b.opaque(idle)
	if _, err := b.Deactivate(t.Context(), idle.ID); err != nil {
		t.Fatal(err)
	}
	_, err = b.OpaqueToken(t.Context(), idle.ID)
	wantCode(t, "an inactive account", err, errs.Unauthenticated, "bad_login")
	// A token that leaked must not beget others.
	caller := b.mustBearer(b.opaque(b.account("ada", "")))
	_, err = b.IssueOwnToken(api.WithRequest(t.Context(), &api.Request{Caller: caller}), time.Hour)
	wantCode(t, "a token from a token", err, errs.Forbidden, "not_permitted")
	b.wantDead("a token nobody gave", strings.Repeat("A", 32))
}

func TestOpaqueTokensAreListedAndPurged(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", "")
	actions := b.written(func() { b.opaque(a); b.opaque(a) })
	if actions != "token.create" {
		t.Errorf("journal %q", actions)
	}
	list, err := b.Connections(t.Context())
	if err != nil || len(list) != 1 || list[0].Kind != FamilyOfScoDoc || list[0].Account.UserName != "ada" || !list[0].Expires.Equal(b.clock.Add(time.Hour)) {
		t.Errorf("connections %+v, %v", list, err)
	}
	if seen, err := b.Account(t.Context(), a.ID); err != nil || seen.LastSeenAt == nil || !seen.LastSeenAt.Equal(*b.clock) {
		t.Errorf("last seen %+v, %v", seen.LastSeenAt, err)
	}
	if actions := b.written(func() { b.EndOpaqueToken(t.Context(), a.ID); b.EndOpaqueToken(t.Context(), a.ID) }); actions != "token.revoke" {
		t.Errorf("journal of two ends %q", actions)
	}
	b.opaque(a)
	count := func() int {
		rows, err := b.Store.Read().LiveOpaqueTokens(t.Context(), db.At(time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{time.Minute, 1}, {time.Hour, 0}} {
		*b.clock = b.clock.Add(step.after)
		if err := b.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != step.left {
			t.Errorf("%v later %d tokens are kept, want %d", step.after, n, step.left)
		}
	}
}
