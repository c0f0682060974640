package motdepasse

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"
)

func mustHash(t *testing.T, password string) string {
	t.Helper()
	phc, err := Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return phc
}

func TestHashAndVerify(t *testing.T) {
	const password = "cinq héros sur un pont"
	phc := mustHash(t, password)
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", phc)
	}
	if mustHash(t, password) == phc {
		t.Error("two hashes of one password are equal")
	}
	for _, c := range []struct {
		name, password string
		want           bool
	}{
		{"the password", password, true},
		{"accents as separate characters", strings.Replace(password, "é", "e\u0301", 1), true},
		{"another password", "cinq heros sur un pont", false},
		{"nothing", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, rehash, err := Verify(t.Context(), phc, c.password)
			if ok != c.want || rehash || err != nil {
				t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
			}
		})
	}
	if _, err := Hash(t.Context(), ""); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty password: %v", err)
	}
}

// The vector is of the reference implementation's own test: version 19,
// t=2, m=2^8, p=1.
func TestVerifyReferenceVector(t *testing.T) {
	const phc = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	ok, rehash, err := Verify(t.Context(), phc, "password")
	if !ok || !rehash || err != nil {
		t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
	}
	if ok, rehash, err = Verify(t.Context(), phc, "passwore"); ok || rehash || err != nil {
		t.Errorf("wrong password: got %v, rehash %v, %v", ok, rehash, err)
	}
}

func TestRehash(t *testing.T) {
	salt := []byte("sixteen bytes ..")
	of := func(p params, salt []byte, size uint32) string {
		return stored{p, salt, argon2.IDKey([]byte("secret"), salt, p.time, p.memory, p.lanes, size)}.String()
	}
	for _, c := range []struct {
		name, phc string
		want      bool
	}{
		{"today's parameters", of(current, salt, hashSize), false},
		{"a longer salt", of(current, append(salt, salt...), hashSize), false},
		{"less memory", of(params{8 * 1024, 2, 1}, salt, hashSize), true},
		{"more time", of(params{19 * 1024, 3, 1}, salt, hashSize), true},
		{"more lanes", of(params{19 * 1024, 2, 4}, salt, hashSize), true},
		{"a short salt", of(current, salt[:8], hashSize), true},
		{"a short hash", of(current, salt, 16), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, rehash, err := Verify(t.Context(), c.phc, "secret")
			if !ok || rehash != c.want || err != nil {
				t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
			}
		})
	}
}

func TestNoMoreThanTwoAtOnceAndTheWaitEndsWithTheContext(t *testing.T) {
	for range atOnce {
		slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	phc := stored{current, make([]byte, saltSize), make([]byte, hashSize)}.String()
	errs := make(chan error)
	go func() { _, err := Hash(ctx, "secret"); errs <- err }()
	go func() { _, _, err := Verify(ctx, phc, "secret"); errs <- err }()
	go func() { errs <- VerifyNothing(ctx, "secret") }()
	cancel()
	for range 3 {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	for range atOnce {
		<-slots
	}
}

func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := VerifyNothing(ctx, "secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestMemoryIsGivenBack(t *testing.T) {
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := VerifyNothing(t.Context(), "secret"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	synctest.Test(t, func(*testing.T) {
		releasing.Store(false)
		releaseSoon()
		time.Sleep(quiet)
		synctest.Wait()
	})
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if kept := (m.HeapInuse + m.HeapIdle - m.HeapReleased) >> 20; kept >= 19 {
		t.Errorf("%d MiB are still held", kept)
	}
}

func TestParseRefuses(t *testing.T) {
	const salt, hash = "c29tZXNhbHQ", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	for name, phc := range map[string]string{
		"nothing":                  "",
		"a plain text":             "secret",
		"another function":         "$argon2i$v=19$m=256,t=2,p=1$" + salt + "$" + hash,
		"bcrypt":                   "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
		"another version":          "$argon2id$v=16$m=256,t=2,p=1$" + salt + "$" + hash,
		"no version":               "$argon2id$m=256,t=2,p=1$" + salt + "$" + hash,
		"two parameters":           "$argon2id$v=19$m=256,t=2$" + salt + "$" + hash,
		"another order":            "$argon2id$v=19$t=2,m=256,p=1$" + salt + "$" + hash,
		"a sign":                   "$argon2id$v=19$m=+256,t=2,p=1$" + salt + "$" + hash,
		"a leading zero":           "$argon2id$v=19$m=0256,t=2,p=1$" + salt + "$" + hash,
		"no time":                  "$argon2id$v=19$m=256,t=0,p=1$" + salt + "$" + hash,
		"no lanes":                 "$argon2id$v=19$m=256,t=2,p=0$" + salt + "$" + hash,
		"too much memory":          "$argon2id$v=19$m=131073,t=2,p=1$" + salt + "$" + hash,
		"memory beyond 32 bits":    "$argon2id$v=19$m=4294967552,t=2,p=1$" + salt + "$" + hash,
		"too much time":            "$argon2id$v=19$m=256,t=11,p=1$" + salt + "$" + hash,
		"too many lanes":           "$argon2id$v=19$m=256,t=2,p=9$" + salt + "$" + hash,
		"memory below eight lanes": "$argon2id$v=19$m=63,t=2,p=8$" + salt + "$" + hash,
		"a short salt":             "$argon2id$v=19$m=256,t=2,p=1$c29tZQ$" + hash,
		"a long salt":              "$argon2id$v=19$m=256,t=2,p=1$" + strings.Repeat("c29t", 22) + "$" + hash,
		"a short hash":             "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$nf65EOgL",
		"padding":                  "$argon2id$v=19$m=256,t=2,p=1$" + salt + "=$" + hash,
		"a line end in the hash":   "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$" + hash + "\n",
		"one part more":            "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$" + hash + "$",
	} {
		t.Run(name, func(t *testing.T) {
			if ok, _, err := Verify(t.Context(), phc, "password"); ok || !errors.Is(err, ErrHash) {
				t.Errorf("got %v, %v", ok, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, phc string) {
		s, err := parse(phc)
		if err != nil {
			if !errors.Is(err, ErrHash) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if s.String() != phc {
			t.Fatalf("%q is written back as %q", phc, s.String())
		}
		if s.memory > maxMemory || s.time > maxTime || s.lanes > maxLanes || s.lanes == 0 || s.time == 0 {
			t.Fatalf("%q is out of bounds", phc)
		}
	})
}

func BenchmarkVerifyNothing(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := VerifyNothing(b.Context(), "secret"); err != nil {
			b.Fatal(err)
		}
	}
}
