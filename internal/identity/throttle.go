package identity

import (
	"context"
	"sync"
	"time"

	"intendant/internal/errs"
)

const (
	// freeAccountFailures and freeAddressFailures cost nothing: people mistype,
	// and a school shares one address.
	freeAccountFailures = 5
	freeAddressFailures = 20
	// maxWait is the longest delay; failures older than it are forgotten.
	maxWait = 15 * time.Minute
	// maxThrottled bounds the names and addresses remembered.
	maxThrottled = 10000
)

// throttle delays those who fail to sign in, by account and by address; another
// one those who ask for a password, where each question counts as a failure.
type throttle struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[string]*failures
}

type failures struct {
	count int
	last  time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, seen: map[string]*failures{}}
}

// wait returns how long this login must wait from this address, 0 for not at
// all.
func (t *throttle) wait(account, address string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(t.left("account "+account, freeAccountFailures), t.left("address "+address, freeAddressFailures))
}

// ask counts a question about an account, and returns how long its address must
// wait instead, or whether the account was asked for too often. Questions sent
// together are counted one by one.
func (t *throttle) ask(account, address string) (wait time.Duration, isTooOften bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait := t.left("address "+address, freeAddressFailures); wait > 0 {
		return wait, false
	}
	isTooOften = t.left("account "+account, freeAccountFailures) > 0
	t.count(account, address)
	return 0, isTooOften
}

// left doubles the delay with each failure past the free ones: 1 s, 2 s, 4 s…
func (t *throttle) left(key string, free int) time.Duration {
	f := t.seen[key]
	if f == nil || f.count < free {
		return 0
	}
	delay := maxWait
	if n := f.count - free; n < 10 {
		delay = min(maxWait, time.Second<<n)
	}
	return max(0, delay-t.now().Sub(f.last))
}

// failed counts a failure.
func (t *throttle) failed(account, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count(account, address)
}

func (t *throttle) count(account, address string) {
	now := t.now()
	if len(t.seen) >= maxThrottled {
		for key, f := range t.seen {
			if now.Sub(f.last) > maxWait {
				delete(t.seen, key)
			}
		}
		if len(t.seen) >= maxThrottled {
			clear(t.seen)
		}
	}
	for _, key := range []string{"account " + account, "address " + address} {
		f := t.seen[key]
		if f == nil || now.Sub(f.last) > maxWait {
			f = &failures{}
			t.seen[key] = f
		}
		f.count++
		f.last = now
	}
}

// succeeded forgets the failures of an account, not those of an address.
func (t *throttle) succeeded(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.seen, "account "+account)
}

// throttled is the error of who must wait that long.
func throttled(wait time.Duration) error {
	e := errs.New(errs.Throttled, "throttled", "Too many attempts, try again later")
	e.RetryAfter = int(wait.Seconds()) + 1
	return e
}

// turns lets those who need the same thing have it one after the other.
type turns struct {
	mu    sync.Mutex
	byKey map[string]*turn
}

type turn struct {
	free  chan struct{} // holds a value while nobody has the turn
	users int           // who have it or wait for it
}

func newTurns() *turns { return &turns{byKey: map[string]*turn{}} }

// take waits for the turn of a key and returns what gives it back. The only
// error is that of ctx, when it ends first.
func (t *turns) take(ctx context.Context, key string) (giveBack func(), err error) {
	t.mu.Lock()
	mine := t.byKey[key]
	if mine == nil {
		mine = &turn{free: make(chan struct{}, 1)}
		mine.free <- struct{}{}
		t.byKey[key] = mine
	}
	mine.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(t.byKey, key)
		}
	}
	select {
	case <-mine.free:
		return func() { mine.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
