package coffre

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func mustOpen(t testing.TB) *Coffre {
	t.Helper()
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSealAndUnseal(t *testing.T) {
	c := mustOpen(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		context := rapid.String().Draw(t, "context")
		sealed := c.Seal(plain, context)
		if len(sealed) != len(plain)+Overhead {
			t.Fatalf("sealed %d bytes into %d", len(plain), len(sealed))
		}
		got, err := c.Unseal(sealed, context)
		if err != nil || got == nil || !bytes.Equal(got, plain) {
			t.Fatalf("unsealed %q, %v; want %q", got, err, plain)
		}
	})
}

func TestSealIsNeverTwiceTheSame(t *testing.T) {
	c := mustOpen(t)
	if bytes.Equal(c.Seal([]byte("secret"), "x"), c.Seal([]byte("secret"), "x")) {
		t.Error("two seals of one text are equal")
	}
}

func TestUnsealRefuses(t *testing.T) {
	c, other := mustOpen(t), mustOpen(t)
	const context = "equipements.password:12"
	sealed := c.Seal([]byte("secret"), context)
	flipped := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for _, tc := range []struct {
		name    string
		coffre  *Coffre
		sealed  []byte
		context string
	}{
		{"another key", other, sealed, context},
		{"another context", c, sealed, "equipements.password:13"},
		{"no context", c, sealed, ""},
		{"nothing", c, nil, context},
		{"truncated", c, sealed[:len(sealed)-1], context},
		{"shorter than the overhead", c, sealed[:Overhead-1], context},
		{"nonce altered", c, flipped(1), context},
		{"text altered", c, flipped(1 + 24), context},
		{"tag altered", c, flipped(len(sealed) - 1), context},
		{"longer", c, append(bytes.Clone(sealed), 0), context},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if plain, err := tc.coffre.Unseal(tc.sealed, tc.context); !errors.Is(err, ErrUnseal) || plain != nil {
				t.Errorf("got %q, %v", plain, err)
			}
		})
	}
	t.Run("another version", func(t *testing.T) {
		b := bytes.Clone(sealed)
		b[0] = 2
		if _, err := c.Unseal(b, context); err == nil || !strings.Contains(err.Error(), "version 2") {
			t.Errorf("got %v", err)
		}
	})
}

func TestKeysLast(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealed := first.Seal([]byte("secret"), "x")
	for name, reopen := range map[string]func(string) (*Coffre, error){"Open": Open, "OpenExisting": OpenExisting} {
		again, err := reopen(dir)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := again.Unseal(sealed, "x"); err != nil || string(plain) != "secret" {
			t.Errorf("%s: unsealed %q, %v", name, plain, err)
		}
		if !bytes.Equal(first.JWTKey(), again.JWTKey()) {
			t.Errorf("%s: another token key", name)
		}
		if first.MAC("p", []byte("d")) != again.MAC("p", []byte("d")) {
			t.Errorf("%s: another MAC", name)
		}
	}
}

func TestFilesArePrivateAndAlone(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	keys := filepath.Join(dir, Folder)
	if info, err := os.Stat(keys); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(keys)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() != KeySize {
			t.Errorf("%s: %v, %d bytes, %v", e.Name(), info.Mode(), info.Size(), err)
		}
		content, err := os.ReadFile(filepath.Join(keys, e.Name()))
		if err != nil || seen[string(content)] {
			t.Errorf("%s: key used twice (%v)", e.Name(), err)
		}
		seen[string(content)] = true
	}
	if got := strings.Join(names, " "); got != "jwt.key mac.key seal.key" {
		t.Errorf("files: %s", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(keys string) error
		want   string
	}{
		{"a short key", func(k string) error { return os.WriteFile(filepath.Join(k, sealFile), make([]byte, 31), 0o600) }, "exactly 32 bytes"},
		{"a long key", func(k string) error { return os.WriteFile(filepath.Join(k, jwtFile), make([]byte, 33), 0o600) }, "exactly 32 bytes"},
		{"an empty key", func(k string) error { return os.WriteFile(filepath.Join(k, macFile), nil, 0o600) }, "exactly 32 bytes"},
		{"a key the group may read", func(k string) error { return os.Chmod(filepath.Join(k, sealFile), 0o640) }, "open to other users (mode 0640)"},
		{"a key all may read", func(k string) error { return os.Chmod(filepath.Join(k, macFile), 0o604) }, "open to other users"},
		{"a folder all may list", func(k string) error { return os.Chmod(k, 0o755) }, "open to other users (mode 0755)"},
		{"a folder for a key", func(k string) error {
			return errors.Join(os.Remove(filepath.Join(k, sealFile)), os.Mkdir(filepath.Join(k, sealFile), 0o700))
		}, "not a regular file"},
		{"a file for the folder", func(k string) error {
			return errors.Join(os.RemoveAll(k), os.WriteFile(k, nil, 0o600))
		}, "keys: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Open(dir); err != nil {
				t.Fatal(err)
			}
			if err := tc.damage(filepath.Join(dir, Folder)); err != nil {
				t.Fatal(err)
			}
			for name, open := range map[string]func(string) (*Coffre, error){"Open": Open, "OpenExisting": OpenExisting} {
				if _, err := open(dir); err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("%s: %v, want %q", name, err, tc.want)
				}
			}
		})
	}
}

func TestOpenExistingMakesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenExisting(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("made %v, %v", entries, err)
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, Folder, sealFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenExisting(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// childFolder, when set, makes the test binary a process that opens the
// coffre there and prints a MAC.
const childFolder = "COFFRE_TEST_FOLDER"

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	c, err := Open(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%x %x", c.MAC("p"), c.JWTKey())
}

func TestProcessesCreatingAtOnceAgree(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	const processes = 6
	outputs := make([]string, processes)
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), childFolder+"="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("process %d: %v: %s", i, err, out)
			}
			outputs[i] = string(out)
		})
	}
	wg.Wait()
	for i, out := range outputs {
		if out != outputs[0] || out == "" {
			t.Errorf("process %d has other keys", i)
		}
	}
}

func TestMAC(t *testing.T) {
	c := mustOpen(t)
	base := c.MAC("login", []byte("ab"), []byte("c"))
	if base != c.MAC("login", []byte("ab"), []byte("c")) {
		t.Error("not stable")
	}
	for name, other := range map[string][32]byte{
		"pieces cut elsewhere": c.MAC("login", []byte("a"), []byte("bc")),
		"one piece":            c.MAC("login", []byte("abc")),
		"one more empty piece": c.MAC("login", []byte("ab"), []byte("c"), nil),
		"another purpose":      c.MAC("token", []byte("ab"), []byte("c")),
		"another key":          mustOpen(t).MAC("login", []byte("ab"), []byte("c")),
	} {
		if other == base {
			t.Errorf("%s: same MAC", name)
		}
	}
}

func TestUseAtTheSameTime(t *testing.T) {
	c := mustOpen(t)
	want := c.MAC("p", []byte("data"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if c.MAC("p", []byte("data")) != want {
					t.Error("another MAC")
				}
				if plain, err := c.Unseal(c.Seal([]byte("s"), "x"), "x"); err != nil || string(plain) != "s" {
					t.Errorf("unsealed %q, %v", plain, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestJWTKeyIsACopy(t *testing.T) {
	c := mustOpen(t)
	want := bytes.Clone(c.JWTKey())
	clear(c.JWTKey())
	if !bytes.Equal(c.JWTKey(), want) {
		t.Error("the key changed")
	}
}

func TestNothingPrintsKeys(t *testing.T) {
	c := mustOpen(t)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "c", c, "v", *c, "in", struct{ C *Coffre }{c})
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "c", c, "in", struct{ C Coffre }{*c})
	js, err := json.Marshal(map[string]any{"c": c, "v": *c})
	if err != nil {
		t.Fatal(err)
	}
	text := log.String() + string(js)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text += fmt.Sprintf(verb, c) + fmt.Sprintf(verb, *c)
	}
	// fmt does not call the methods of an unexported field.
	hidden := fmt.Sprintf("%v %+v %#v", struct{ c Coffre }{*c}, struct{ c Coffre }{*c}, struct{ c *Coffre }{c})
	key := c.JWTKey()
	for _, form := range []string{string(key), fmt.Sprintf("%x", key), strings.Trim(fmt.Sprint(key), "[]")} {
		if strings.Contains(text+hidden, form) {
			t.Errorf("a key shows as %q", form)
		}
	}
	if rest := strings.ReplaceAll(fmt.Sprintf("%v%+v%#v%x%d", c, *c, c, *c, c), masked, ""); rest != "" {
		t.Errorf("beside the mask: %q", rest)
	}
}

func BenchmarkUnseal(b *testing.B) {
	c := mustOpen(b)
	sealed := c.Seal([]byte("motdepasse-1234"), "equipements.password:12")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Unseal(sealed, "equipements.password:12"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	c := mustOpen(b)
	b.ReportAllocs()
	for b.Loop() {
		c.Seal([]byte("motdepasse-1234"), "equipements.password:12")
	}
}

func BenchmarkMAC(b *testing.B) {
	c := mustOpen(b)
	b.ReportAllocs()
	for b.Loop() {
		c.MAC("basic", []byte("someone"), []byte("password"))
	}
}
