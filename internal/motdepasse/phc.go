package motdepasse

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// params are what a hash was made with: m in KiB, t in passes, p in lanes.
type params struct {
	memory, time uint32
	lanes        uint8
}

// current is OWASP's minimum for argon2id, chosen so that a small server
// stays small.
var current = params{memory: 19 * 1024, time: 2, lanes: 1}

// Sizes of what we write, in bytes.
const (
	saltSize = 16
	hashSize = 32
)

// Upper bounds of what we read: a hash imported from another system may cost
// more than ours, but one line of the base must not be able to take the
// server's memory or hold a processor for seconds.
const (
	maxMemory = 128 * 1024 // KiB
	maxTime   = 10
	maxLanes  = 8
	maxSalt   = 64
	maxHash   = 64
	minSalt   = 8
	minHash   = 16
)

// ErrHash says that a stored hash is not an argon2id PHC string, or asks for
// more work than the server accepts.
var ErrHash = errors.New("stored password hash is not acceptable")

func badHash(why string) error { return fmt.Errorf("%w: %s", ErrHash, why) }

// encoding is PHC's base64: the standard alphabet, no padding, no stray bits.
var encoding = base64.RawStdEncoding.Strict()

// stored is a parsed PHC string.
type stored struct {
	params
	salt, hash []byte
}

// String returns $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (s stored) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.memory, s.time, s.lanes,
		encoding.EncodeToString(s.salt), encoding.EncodeToString(s.hash))
}

// parse reads a PHC string. It accepts only what String writes: parameters in
// that order, no sign, no leading zero. It fails with ErrHash.
func parse(phc string) (stored, error) {
	var s stored
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return s, badHash("not an argon2id string")
	}
	if parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return s, badHash("unknown version of argon2")
	}
	settings := strings.Split(parts[3], ",")
	if len(settings) != 3 {
		return s, badHash("three parameters expected")
	}
	var numbers [3]uint32
	for i, limit := range []struct {
		prefix   string
		min, max uint32
	}{{"m=", 8, maxMemory}, {"t=", 1, maxTime}, {"p=", 1, maxLanes}} {
		digits, ok := strings.CutPrefix(settings[i], limit.prefix)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || strconv.FormatUint(n, 10) != digits {
			return s, badHash("parameter " + limit.prefix + " unreadable")
		}
		if n < uint64(limit.min) || n > uint64(limit.max) {
			return s, badHash("parameter " + limit.prefix + " out of bounds")
		}
		numbers[i] = uint32(n)
	}
	s.params = params{numbers[0], numbers[1], uint8(numbers[2])}
	if s.memory < 8*uint32(s.lanes) {
		return s, badHash("too little memory for its lanes")
	}
	var err error
	if s.salt, err = decode(parts[4], minSalt, maxSalt); err != nil {
		return s, err
	}
	s.hash, err = decode(parts[5], minHash, maxHash)
	return s, err
}

func decode(text string, least, most int) ([]byte, error) {
	if len(text) > encoding.EncodedLen(most) || strings.ContainsAny(text, "\r\n") {
		return nil, badHash("salt or hash unreadable")
	}
	b, err := encoding.DecodeString(text)
	if err != nil || len(b) < least || len(b) > most {
		return nil, badHash("salt or hash unreadable")
	}
	return b, nil
}
