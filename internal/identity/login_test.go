package identity

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/errs"
)

func TestBasicByAnyName(t *testing.T) {
	b := newBed(t)
	a := b.account("Ada", Admin)
	for _, login := range []string{"Ada", "ada@example.com", "ADA@Example.com", strconv.FormatInt(a.Matricule, 10)} {
		c, err := b.basic(login, goodPassword)
		if err != nil || c == nil || c.AccountID() != a.ID {
			t.Errorf("Basic as %q = %v, %v, want the account", login, c, err)
		}
	}
}

func TestBasicIsForgottenWhenTheAccountChanges(t *testing.T) {
	b := newBed(t)
	b.account("root", Admin)
	a := b.account("ada", Admin)
	if _, err := b.basic("ada", goodPassword); err != nil {
		t.Fatal(err)
	}
	if _, err := b.neighbour().Deactivate(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	_, err := b.basic("ada", goodPassword)
	wantCode(t, "after the account was made inactive", err, errs.Unauthenticated, "bad_login")
}

// TestBasicIsBelievedForAMinute: the hash is then computed again, and requests
// that come together wait for one.
func TestBasicIsBelievedForAMinute(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	key := b.Keys.MAC("basic", []byte("ada"), []byte(goodPassword))
	revision, err := b.Store.Read().Revision(t.Context(), "identity")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	callers := make([]api.Caller, 8)
	for i := range callers {
		wg.Go(func() {
			c, err := b.basic("ada", goodPassword)
			if err != nil {
				t.Error(err)
			}
			callers[i] = c
		})
	}
	wg.Wait()
	for _, c := range callers {
		if c != callers[0] {
			t.Error("two hashes for requests that came together")
		}
	}
	for after, want := range map[time.Duration]bool{0: true, 59 * time.Second: true, time.Minute: false} {
		if _, ok := b.callers.get(key, revision, b.clock.Add(after)); ok != want {
			t.Errorf("believed after %v: %t", after, ok)
		}
	}
}

func TestSchemes(t *testing.T) {
	b := newBed(t)
	token := b.pair(b.account("ada", Admin)).Access
	for _, header := range []string{"", "Digest username=ada", "ApiKey " + token, token, "Token " + token} {
		if c, err := b.with(header); c != nil || err != nil {
			t.Errorf("Authorization %.20q = %v, %v, want no credential", header, c, err)
		}
	}
	for _, header := range []string{"Bearer " + token, "bearer " + token, "BEARER  " + token} {
		if c, err := b.with(header); c == nil || err != nil {
			t.Errorf("Authorization %.20q = %v, %v, want ada", header, c, err)
		}
	}
	for _, header := range []string{"Bearer", "Bearer ", "Bearer x"} {
		_, err := b.with(header)
		wantCode(t, header, err, errs.Unauthenticated, "bad_credentials")
	}
	for _, header := range []string{"Basic", "Basic !", "Basic YWRh"} {
		_, err := b.with(header)
		wantCode(t, header, err, errs.Unauthenticated, "bad_login")
	}
}

func TestAFailedLoginTellsNothing(t *testing.T) {
	b := newBed(t)
	b.account("root", Admin)
	gone := b.account("gone", "")
	if _, err := b.Deactivate(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.CreateAccount(t.Context(), NewAccount{UserName: "empty"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ login, password string }{
		"wrong password": {"root", "trois lampes rouges"},
		"unknown user":   {"nobody", goodPassword},
		"unknown e-mail": {"nobody@example.com", goodPassword},
		"inactive":       {"gone", goodPassword},
		"no password":    {"empty", goodPassword},
		"nothing":        {"", ""},
	} {
		pair, err := b.Login(t.Context(), c.login, c.password)
		wantCode(t, name, err, errs.Unauthenticated, "bad_login")
		if err == nil || err.Error() != "Incorrect username or password" || pair != (Pair{}) {
			t.Errorf("%s: Login = %v, %v", name, pair, err)
		}
	}
}

func TestLogin(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	var pair Pair
	actions := b.written(func() {
		var err error
		if pair, err = b.Login(b.from("192.0.2.7"), "ada", goodPassword); err != nil {
			t.Fatal(err)
		}
	})
	if actions != "token.create" {
		t.Errorf("the journal has %q, want token.create", actions)
	}
	if last := b.journal()[len(b.journal())-1]; last.Account != "ada" || last.Address != "192.0.2.7" {
		t.Errorf("the journal names %q at %q, want ada at 192.0.2.7", last.Account, last.Address)
	}
	if c := b.mustBearer(pair.Access); c.AccountID() != a.ID {
		t.Errorf("the token is of account %d, want %d", c.AccountID(), a.ID)
	}
	seen, err := b.Account(t.Context(), a.ID)
	if err != nil || seen.LastSeenAt == nil || !seen.LastSeenAt.Equal(*b.clock) {
		t.Errorf("last seen %v, %v, want %v", seen.LastSeenAt, err, *b.clock)
	}
}

// fail counts failures as a login does, without the cost of the hashes.
func (b *bed) fail(n int, login, address string) {
	for range n {
		b.throttle.failed(login, address)
	}
}

func TestThrottleByAccount(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	ctx := b.from("192.0.2.1")
	b.fail(freeAccountFailures-1, a.UUID, "192.0.2.1")
	_, err := b.CheckPassword(ctx, "ADA@example.com", "trois lampes rouges") // whatever it is called by
	wantCode(t, "the last free failure", err, errs.Unauthenticated, "bad_login")

	_, err = b.CheckPassword(ctx, "ada", goodPassword)
	wantCode(t, "one more", err, errs.Throttled, "throttled")
	if e := errs.As(err); e == nil || e.RetryAfter < 1 {
		t.Errorf("error %v, want a delay", err)
	}
	_, err = b.CheckPassword(b.from("192.0.2.2"), "ada", goodPassword)
	wantCode(t, "from elsewhere", err, errs.Throttled, "throttled")
	_, err = b.basic("ada", goodPassword)
	wantCode(t, "by Basic", err, errs.Throttled, "throttled")

	*b.clock = b.clock.Add(time.Second)
	if _, err := b.CheckPassword(ctx, "ada", goodPassword); err != nil {
		t.Errorf("after the delay: %v", err)
	}
	if wait := b.throttle.wait(a.UUID, ""); wait != 0 {
		t.Errorf("after a success the wait is %v, want none", wait)
	}
}

func TestThrottleByAddress(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	for i := range freeAddressFailures {
		b.fail(1, fmt.Sprintf("guess%d", i), "192.0.2.1")
	}
	_, err := b.CheckPassword(b.from("192.0.2.1"), "ada", goodPassword)
	wantCode(t, "from the address of the failures", err, errs.Throttled, "throttled")
	if _, err := b.CheckPassword(b.from("192.0.2.2"), "ada", goodPassword); err != nil {
		t.Errorf("from another address: %v", err)
	}
	if wait := b.throttle.wait("", "192.0.2.1"); wait != time.Second {
		t.Errorf("a success cleared its address or another's: wait %v, want 1s", wait)
	}
}

// logHandlers are the two forms of the log.
var logHandlers = map[string]func(io.Writer) slog.Handler{
	"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
	"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
}

// TestGuessesAtOnce: sent together, they are no more than one after the other.
// Each that was checked is a line of the log that our fail2ban filter reads.
func TestGuessesAtOnce(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	for name, handler := range logHandlers {
		var said bytes.Buffer
		b.Logger, b.throttle = slog.New(handler(&said)), newThrottle(b.Now)
		var bad, throttled atomic.Int64
		var wg sync.WaitGroup
		for range 3 * freeAccountFailures {
			wg.Go(func() {
				_, err := b.CheckPassword(b.from("192.0.2.1"), "ada", "trois lampes rouges")
				switch {
				case errs.Is(err, errs.Unauthenticated):
					bad.Add(1)
				case errs.Is(err, errs.Throttled):
					throttled.Add(1)
				}
			})
		}
		wg.Wait()
		if bad.Load() != freeAccountFailures || throttled.Load() != 2*freeAccountFailures {
			t.Errorf("%s: %d checked and %d throttled, want %d and %d", name, bad.Load(), throttled.Load(), freeAccountFailures, 2*freeAccountFailures)
		}
		if got := banned(t, said.String()); len(got) != freeAccountFailures || got[0] != "192.0.2.1" {
			t.Errorf("%s: the filter finds %q in\n%s", name, got, said.String())
		}
	}
}

// TestNobodyForgesAnAddress: what is typed as a name may look like the end of a
// line of the log.
func TestNobodyForgesAnAddress(t *testing.T) {
	b := newBed(t)
	for _, handler := range logHandlers {
		for _, login := range []string{"x address=192.0.2.9", "x\n address=192.0.2.9\n", `x","address":"192.0.2.9"}` + "\n"} {
			var said bytes.Buffer
			b.Logger, b.throttle = slog.New(handler(&said)), newThrottle(b.Now)
			_, err := b.CheckPassword(b.from("192.0.2.1"), login, goodPassword)
			wantCode(t, login, err, errs.Unauthenticated, "bad_login")
			if got := banned(t, said.String()); !slices.Equal(got, []string{"192.0.2.1"}) {
				t.Errorf("%q: the filter finds %q in\n%s", login, got, said.String())
			}
		}
	}
}

// banned returns the address of each line that the fail2ban filter we ship finds.
func banned(t *testing.T, log string) []string {
	t.Helper()
	filter, err := os.ReadFile("../../deploy/fail2ban.conf")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(filter), "failregex = ")
	rest, _, _ = strings.Cut(rest, "\njournalmatch")
	var hosts []string
	for line := range strings.Lines(log) {
		for expression := range strings.Lines(rest) {
			re := regexp.MustCompile(strings.ReplaceAll(strings.TrimSpace(expression), "<HOST>", `([0-9a-fA-F.:]+)`))
			if found := re.FindStringSubmatch(strings.TrimSuffix(line, "\n")); found != nil {
				hosts = append(hosts, found[1])
			}
		}
	}
	return hosts
}

func TestThrottleDelays(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	th := newThrottle(func() time.Time { return now })
	for n, want := range []time.Duration{
		0, 0, 0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
		32 * time.Second, 64 * time.Second, 128 * time.Second, 256 * time.Second, 512 * time.Second, maxWait, maxWait,
	} {
		if got := th.wait("ada", ""); got != want {
			t.Errorf("after %d failures the wait is %v, want %v", n, got, want)
		}
		th.failed("ada", strconv.Itoa(n))
	}
	now = now.Add(maxWait)
	if got := th.wait("ada", ""); got != 0 {
		t.Errorf("after the longest delay the wait is %v, want 0", got)
	}
	now = now.Add(time.Nanosecond)
	th.failed("ada", "")
	if got := th.seen["account ada"].count; got != 1 {
		t.Errorf("old failures count: %d, want 1", got)
	}
	for i := range maxThrottled * 2 {
		th.failed(strconv.Itoa(i), "")
	}
	if len(th.seen) > maxThrottled+1 {
		t.Errorf("%d names remembered, want %d at most", len(th.seen), maxThrottled+1)
	}
}
