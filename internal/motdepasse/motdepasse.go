// Package motdepasse hashes and checks passwords, says which ones are
// acceptable, and makes readable random ones.
package motdepasse

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// atOnce bounds the hashes computed at the same time: each takes 19 MiB and a
// processor.
const atOnce = 2

var slots = make(chan struct{}, atOnce)

// ErrEmpty is what Hash returns for an empty password, which no account has.
var ErrEmpty = errors.New("empty password")

// Hash returns the argon2id hash of a password under a fresh salt, as a PHC
// string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash. At most two hashes are
// computed at a time; the wait for a turn ends with ctx, whose error is
// returned. It does not apply the policy.
func Hash(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", ErrEmpty
	}
	s := stored{params: current, salt: make([]byte, saltSize)}
	rand.Read(s.salt)
	var err error
	if s.hash, err = derive(ctx, password, s.params, s.salt, hashSize); err != nil {
		return "", err
	}
	return s.String(), nil
}

// Verify reports whether the password is the one that phc was made from, and
// if so whether phc should be replaced by a new Hash because its parameters
// are not today's. The error is ErrHash when phc is unreadable or asks for too
// much, or that of ctx when it ended during the wait.
func Verify(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	s, err := parse(phc)
	if err != nil {
		return false, false, err
	}
	got, err := derive(ctx, password, s.params, s.salt, len(s.hash))
	if err != nil {
		return false, false, err
	}
	if subtle.ConstantTimeCompare(got, s.hash) != 1 {
		return false, false, nil
	}
	return true, s.params != current || len(s.salt) < saltSize || len(s.hash) != hashSize, nil
}

// VerifyNothing spends the work of a Verify that fails, so that the time of an
// answer does not tell an unknown user from a wrong password. The only error
// is that of ctx.
func VerifyNothing(ctx context.Context, password string) error {
	_, err := derive(ctx, password, current, make([]byte, saltSize), hashSize)
	return err
}

func derive(ctx context.Context, password string, p params, salt []byte, size int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		<-slots
		releaseSoon()
	}()
	// Composed form, as RFC 8265 asks: one keyboard sends é as one character,
	// another as two.
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, p.time, p.memory, p.lanes, uint32(size)), nil
}
