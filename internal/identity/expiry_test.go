package identity

import (
	"testing"
	"time"

	"intendant/internal/errs"
)

// TestAnExpiredAccountIsKeptOut lets an account expire while all that it may
// sign in with is known to the caches.
func TestAnExpiredAccountIsKeptOut(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", "")
	end := b.clock.Add(30 * time.Second) // within the minute that a Basic credential is believed
	if _, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{ExpiresAt: &end}); err != nil {
		t.Fatal(err)
	}
	v := newVisits(b).visitor()
	v.wants("sign in", "/in", "ada", "")
	pair, opaque := b.pair(a), b.opaque(a)
	p, link := b.post(), b.link(a)
	use := func() []error {
		_, basic := b.basic("ada", goodPassword)
		_, access := b.with("Bearer " + pair.Access)
		_, scodoc := b.with("Bearer " + opaque)
		return []error{basic, access, scodoc}
	}
	for _, err := range use() {
		if err != nil {
			t.Errorf("before: %v", err)
		}
	}
	v.wants("before", "/who", "", "ada")

	*b.clock = end
	for i, err := range use() {
		if !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("credential %d after the end: %v", i, err)
		}
	}
	v.wants("after the end", "/who", "", "nobody")
	_, err := b.CheckPassword(t.Context(), "ada", goodPassword)
	wantCode(t, "password", err, errs.Unauthenticated, "bad_login")
	_, err = b.Refresh(t.Context(), pair.Refresh)
	wantCode(t, "refresh", err, errs.Unauthenticated, "bad_credentials")
	if list, err := b.Connections(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("connections %+v, %v", list, err)
	}
	if list, err := b.Tokens(t.Context(), a.ID); err != nil || len(list) > 0 {
		t.Errorf("tokens %+v, %v", list, err)
	}
	_, err = b.PasswordLink(t.Context(), link)
	wantCode(t, "a link", err, errs.NotFound, errLinkSpent.Code)
	if err := b.RequestPassword(t.Context(), "ada"); err != nil || len(p.letters) > 0 {
		t.Errorf("letters %q, %v", p.letters, err)
	}

	never := time.Time{}
	if again, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{ExpiresAt: &never}); err != nil || again.ExpiresAt != nil {
		t.Errorf("%+v, %v", again.ExpiresAt, err)
	}
	*b.clock = b.clock.Add(time.Hour) // the failures above are forgotten
	if _, err := b.CheckPassword(t.Context(), "ada", goodPassword); err != nil {
		t.Errorf("without an end: %v", err)
	}
}

func TestAnAdministratorWhoExpiresLeavesNobody(t *testing.T) {
	b := newBed(t)
	root, end := b.account("root", Admin), b.clock.Add(time.Hour)
	_, err := b.UpdateAccount(t.Context(), root.ID, AccountPatch{ExpiresAt: &end})
	wantCode(t, "an end of the last one", err, errs.Conflict, "last_admin")
	second := b.account("second", Admin)
	if _, err := b.UpdateAccount(t.Context(), second.ID, AccountPatch{ExpiresAt: &end}); err != nil {
		t.Fatal(err)
	}
	_, err = b.Deactivate(t.Context(), root.ID)
	wantCode(t, "the last who stays", err, errs.Conflict, "last_admin")
	if _, err := b.Deactivate(t.Context(), second.ID); err != nil {
		t.Errorf("the one who goes: %v", err)
	}
}
