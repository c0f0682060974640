package identity

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestTokensAreListedByFamily(t *testing.T) {
	b := newBed(t)
	ada, bob := b.account("ada", Admin), b.account("bob", Admin)
	pair := b.pair(ada)
	b.pair(bob)
	opened := *b.clock
	*b.clock = opened.Add(time.Hour)
	ctx := api.WithRequest(t.Context(), &api.Request{Address: "192.0.2.8", UserAgent: "releve/2"})
	token, err := b.IssueToken(ctx, ada.ID, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.Tokens(t.Context(), ada.ID)
	if err != nil || len(list) != 2 {
		t.Fatalf("tokens %v, %v, want two families", list, err)
	}
	want := []TokenFamily{
		{ID: list[0].ID, Kind: FamilyOfOne, Created: *b.clock, Expires: b.clock.Add(24 * time.Hour), Address: "192.0.2.8", UserAgent: "releve/2"},
		{ID: "family of ada", Kind: FamilyOfLogin, Created: opened, Expires: opened.Add(b.RefreshLifetime)},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := b.Refresh(t.Context(), pair.Refresh); err != nil {
		t.Fatal(err)
	}
	if list, err := b.Tokens(t.Context(), ada.ID); err != nil || len(list) != 2 {
		t.Errorf("renewed: %v, %v, want the same two families", list, err)
	}

	wantCode(t, "another's", b.RevokeToken(t.Context(), ada.ID, "family of bob"), errs.NotFound, "token_unknown")
	wantCode(t, "none", b.RevokeToken(t.Context(), ada.ID, ""), errs.NotFound, "token_unknown")
	wantCode(t, "nobody's", b.RevokeToken(t.Context(), bob.ID+1, "x"), errs.NotFound, "account_unknown")
	actions := b.written(func() {
		if err := b.RevokeToken(t.Context(), ada.ID, want[0].ID); err != nil {
			t.Fatal(err)
		}
	})
	if actions != "token.revoke" {
		t.Errorf("the journal has %q", actions)
	}
	b.wantDead("the token", token)
	b.mustBearer(pair.Access)
	wantCode(t, "twice", b.RevokeToken(t.Context(), ada.ID, want[0].ID), errs.NotFound, "token_unknown")

	*b.clock = b.clock.Add(b.RefreshLifetime)
	if list, err := b.Tokens(t.Context(), ada.ID); err != nil || len(list) != 0 {
		t.Errorf("after their time: %v, %v", list, err)
	}
	b.pair(ada)
	if err := b.Kick(t.Context(), ada.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := b.Tokens(t.Context(), ada.ID); err != nil || len(list) != 0 {
		t.Errorf("kicked: %v, %v", list, err)
	}
}

func TestTheLifeOfATokenIsBounded(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	for _, lifetime := range []time.Duration{0, -time.Hour, MaxTokenLifetime + time.Second} {
		_, err := b.IssueToken(t.Context(), a.ID, lifetime)
		wantCode(t, lifetime.String(), err, errs.Invalid, "value_error")
	}
	if _, err := b.IssueToken(t.Context(), a.ID, MaxTokenLifetime); err != nil {
		t.Error(err)
	}
}

func TestATokenBegetsNoOther(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	_, err := b.IssueOwnToken(b.as(a), time.Hour)
	wantCode(t, "with a token", err, errs.Forbidden, "not_permitted")
	_, err = b.IssueOwnToken(t.Context(), time.Hour)
	wantCode(t, "nobody", err, errs.Unauthenticated, "not_authenticated")
	c, err := b.basic("ada", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	token, err := b.IssueOwnToken(api.WithRequest(t.Context(), &api.Request{Caller: c}), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	b.mustBearer(token)
}
