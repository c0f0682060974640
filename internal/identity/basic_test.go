package identity

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/errs"
	"intendant/internal/motdepasse"
)

// counting makes the service count the passwords that it hashes to check one.
func (b *bed) counting() *atomic.Int64 {
	var n atomic.Int64
	b.verifyHash = func(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
		n.Add(1)
		return motdepasse.Verify(ctx, phc, password)
	}
	return &n
}

func (b *bed) mustBasic(login, password string) *Caller {
	b.t.Helper()
	c, err := b.basic(login, password)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func TestBasicHashesOnceAMinute(t *testing.T) {
	b := newBed(t)
	b.account("root", Admin)
	b.account("ada", "")
	hashes := b.counting()
	for _, step := range []struct {
		name string
		do   func()
		want int64
	}{
		{"the first request", func() {}, 1},
		{"the next ones", func() { b.mustBasic("ada", goodPassword) }, 1},
		{"another account is made", func() { b.account("bob", "") }, 1},
		{"another account changes", func() {
			bob, err := b.AccountByUserName(t.Context(), "bob")
			if err == nil {
				_, err = b.neighbour().Deactivate(t.Context(), bob.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"just before a minute", func() { *b.clock = b.clock.Add(basicLifetime - time.Nanosecond) }, 1},
		{"after a minute", func() { *b.clock = b.clock.Add(time.Nanosecond) }, 2},
		{"another name of the account", func() { b.mustBasic("ada@example.com", goodPassword) }, 3},
	} {
		step.do()
		b.mustBasic("ada", goodPassword)
		if got := hashes.Load(); got != step.want {
			t.Errorf("%s: %d hashes, want %d", step.name, got, step.want)
		}
	}
}

func TestBasicHashesOnceForManyAtOnce(t *testing.T) {
	b := newBed(t)
	b.account("ada", "")
	hashes := b.counting()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := b.basic("ada", goodPassword); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := hashes.Load(); got != 1 {
		t.Errorf("%d hashes, want 1", got)
	}
}

// TestWhatEndsABasicCredential changes the account of a credential in use,
// from another process: the next request knows.
func TestWhatEndsABasicCredential(t *testing.T) {
	const other = "quatre lampes bleues"
	for _, tt := range []struct {
		name   string
		change func(s *Service, id int64) error
		isBad  bool
		hashes int64
	}{
		{"a kick", func(s *Service, id int64) error { return s.Kick(context.Background(), id) }, false, 1},
		{"the end of the account", func(s *Service, id int64) error { _, err := s.Deactivate(context.Background(), id); return err }, true, 1},
		{"a new password", func(s *Service, id int64) error { return s.SetPassword(context.Background(), id, other) }, true, 1},
		{"a new name", func(s *Service, id int64) error {
			name := "Adèle"
			_, err := s.UpdateAccount(context.Background(), id, AccountPatch{FirstName: &name})
			return err
		}, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBed(t)
			b.account("root", Admin)
			id := b.account("ada", "").ID
			b.mustBasic("ada", goodPassword)
			if err := tt.change(b.neighbour().Service, id); err != nil {
				t.Fatal(err)
			}
			hashes := b.counting()
			_, err := b.basic("ada", goodPassword)
			if errs.Is(err, errs.Unauthenticated) != tt.isBad || !tt.isBad && err != nil || hashes.Load() != tt.hashes {
				t.Errorf("%v after %d hashes, want %d", err, hashes.Load(), tt.hashes)
			}
		})
	}
}

// TestBasicHasTheRightsOfNow gives a role to an account whose credential is in
// use.
func TestBasicHasTheRightsOfNow(t *testing.T) {
	b := newBed(t)
	b.newRole("reader", "projets:read")
	a := b.account("ada", "")
	if b.mustBasic("ada", goodPassword).Can("projets:read", "") {
		t.Fatal("a right too early")
	}
	hashes, role := b.counting(), b.role("reader").UUID
	if _, err := b.UpdateAccount(t.Context(), a.ID, AccountPatch{RoleUUID: &role}); err != nil {
		t.Fatal(err)
	}
	if !b.mustBasic("ada", goodPassword).Can("projets:read", "") || hashes.Load() != 0 {
		t.Errorf("the right is missing, or took %d hashes", hashes.Load())
	}
}

func TestAWrongBasicPasswordIsThrottled(t *testing.T) {
	b := newBed(t)
	b.account("ada", "")
	hashes := b.counting()
	for range freeAccountFailures {
		_, err := b.basic("ada", "trois lampes rouges")
		wantCode(t, "a wrong password", err, errs.Unauthenticated, "bad_login")
	}
	_, err := b.basic("ada", "trois lampes rouges")
	wantCode(t, "one too many", err, errs.Throttled, "throttled")
	if got := hashes.Load(); got != freeAccountFailures {
		t.Errorf("%d hashes, want %d: a refusal costs none", got, freeAccountFailures)
	}
}
