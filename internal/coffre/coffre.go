// Package coffre seals the secrets that the base keeps: what is copied out of
// intendant.db says nothing without the key files beside it.
//
// The folder keys/ of the data folder holds three keys of 32 random bytes:
// seal.key for sealing, jwt.key for signing tokens, mac.key for keying caches.
package coffre

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// Folder is the name of the keys' folder inside the data folder.
const Folder = "keys"

const (
	sealFile = "seal.key"
	jwtFile  = "jwt.key"
	macFile  = "mac.key"
)

// version is the first byte of what Seal makes: XChaCha20-Poly1305, then 24
// bytes of nonce, the cipher text and its tag.
const version byte = 1

// Overhead is the number of bytes that sealing adds to a text.
const Overhead = 1 + chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

// ErrUnseal says that a sealed text is truncated or altered, or belongs to
// another key or context. It does not say which.
var ErrUnseal = errors.New("sealed text cannot be opened with this key and context")

// Coffre holds the keys. Its methods may be called at the same time. Whatever
// prints or logs it shows a mask.
type Coffre struct {
	// secrets is behind a pointer so that even a print of a struct that
	// contains a Coffre, which bypasses our methods, shows an address at most.
	secrets *secrets
}

type secrets struct {
	seal cipher.AEAD
	jwt  [KeySize]byte
	macs sync.Pool // of hash.Hash, keyed with mac.key
}

// Open reads the keys of a data folder and makes those that are missing: the
// folder keys/ with mode 0700, the files with 0600. Two processes may do so at
// the same time and get the same keys. It refuses a folder or a file that
// others may open, and a file of the wrong size.
//
// A lost seal.key is made anew and leaves what it sealed closed for ever:
// where the base already holds sealed texts, use OpenExisting.
func Open(dataDir string) (*Coffre, error) {
	dir := filepath.Join(dataDir, Folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := syncDir(dataDir); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return open(dir, true)
}

// OpenExisting reads the keys of a data folder and makes none: a missing
// folder or file is an error that wraps fs.ErrNotExist. It refuses what Open
// refuses.
func OpenExisting(dataDir string) (*Coffre, error) {
	return open(filepath.Join(dataDir, Folder), false)
}

func open(dir string, create bool) (*Coffre, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("keys: %s is not a folder", dir)
	}
	if err := private(dir, info); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	var keys [3][]byte
	for i, name := range []string{sealFile, jwtFile, macFile} {
		path := filepath.Join(dir, name)
		key, err := loadKey(path)
		if create && errors.Is(err, fs.ErrNotExist) {
			if err = makeKey(path); err == nil {
				key, err = loadKey(path)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		keys[i] = key
	}
	return build(keys[0], keys[1], keys[2])
}

func build(seal, jwt, mac []byte) (*Coffre, error) {
	aead, err := chacha20poly1305.NewX(seal)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	s := &secrets{seal: aead, jwt: [KeySize]byte(jwt)}
	s.macs.New = func() any { return hmac.New(sha256.New, mac) }
	return &Coffre{s}, nil
}

// Seal returns plain sealed under a fresh nonce, Overhead bytes longer. The
// context says what the text is ("equipements.password:12"); it is not stored,
// and Unseal wants the same: a sealed text moved to another row does not open.
func (c *Coffre) Seal(plain []byte, context string) []byte {
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, Overhead+len(plain))
	out[0] = version
	nonce := out[1:]
	rand.Read(nonce)
	return c.secrets.seal.Seal(out, nonce, plain, []byte(context))
}

// Unseal returns the text that Seal was given with the same context, never
// nil on success. It fails with ErrUnseal, or with an error that names the
// version when a newer program sealed the text.
func (c *Coffre) Unseal(sealed []byte, context string) ([]byte, error) {
	if len(sealed) < Overhead {
		return nil, ErrUnseal
	}
	if sealed[0] != version {
		return nil, fmt.Errorf("sealed text has version %d, this program knows %d", sealed[0], version)
	}
	nonce, text := sealed[1:1+chacha20poly1305.NonceSizeX], sealed[1+chacha20poly1305.NonceSizeX:]
	plain, err := c.secrets.seal.Open(make([]byte, 0, len(text)), nonce, text, []byte(context))
	if err != nil {
		return nil, ErrUnseal
	}
	return plain, nil
}

// JWTKey returns a copy of the key that signs tokens (HS256), 32 bytes.
func (c *Coffre) JWTKey() []byte {
	key := c.secrets.jwt
	return key[:]
}

// MAC returns the HMAC-SHA256 of the data under mac.key, to key a cache by a
// secret without holding it. Each piece is preceded by its length, so that
// ("ab", "c") and ("a", "bc") differ; the purpose keeps two caches apart.
func (c *Coffre) MAC(purpose string, data ...[]byte) [sha256.Size]byte {
	h := c.secrets.macs.Get().(hash.Hash)
	h.Reset()
	var length [8]byte
	write := func(piece []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(piece)))
		h.Write(length[:])
		h.Write(piece)
	}
	write([]byte(purpose))
	for _, piece := range data {
		write(piece)
	}
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	c.secrets.macs.Put(h)
	return sum
}

const masked = "coffre(********)"

// String returns a mask.
func (Coffre) String() string { return masked }

// GoString returns a mask, for %#v.
func (Coffre) GoString() string { return masked }

// Format writes a mask whatever the verb: %x would otherwise print fields.
func (Coffre) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// LogValue returns a mask.
func (Coffre) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalText returns a mask, for JSON and for text logs of a struct.
func (Coffre) MarshalText() ([]byte, error) { return []byte(masked), nil }
