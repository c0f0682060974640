package bases

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestLocks has two folders on the same files, as two processes have.
func TestLocks(t *testing.T) {
	f := folder(t)
	other, err := Open(t.Context(), f.dir, f.Now)
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	held := func(take func(context.Context) (func(), error)) func() {
		t.Helper()
		release, err := take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	refused := func(name string, take func(context.Context) (func(), error)) {
		t.Helper()
		if release, err := take(impatient); err == nil {
			release()
			t.Errorf("%s did not wait", name)
		}
	}
	one, two := held(f.Share), held(other.Share)
	refused("the owner", other.Own)
	held(other.Number)() // another lock
	one()
	refused("the owner", f.Own)
	two()
	alone := held(f.Own)
	refused("who shares", other.Share)
	refused("another owner", f.Own)
	alone()
	held(other.Share)()
	number := held(f.Number)
	refused("who numbers", f.Number)
	number()
	held(other.Number)()
}

// TestTheTemplateIsMadeOnce opens an empty folder from many sides at once.
func TestTheTemplateIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "databases")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			f, err := Open(t.Context(), dir, time.Now)
			if err != nil {
				t.Error(err)
				return
			}
			if !f.Exists(Template) {
				t.Error("no template")
			}
		})
	}
	wg.Wait()
	if left, err := filepath.Glob(filepath.Join(dir, ".*.part*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestFilesBelongToTheOwnerOfTheFolder has root, when the tests run as root,
// work in the folder of another: the service can open what is made.
func TestFilesBelongToTheOwnerOfTheFolder(t *testing.T) {
	f := folder(t)
	if os.Geteuid() == 0 {
		if err := os.Chown(f.dir, 12345, 12345); err != nil {
			t.Fatal(err)
		}
	}
	f.made(t, Template, "north")
	for _, take := range []func(context.Context) (func(), error){f.Share, f.Number} {
		release, err := take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	stat := func(path string) (owner uint32, mode os.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Sys().(*syscall.Stat_t).Uid, info.Mode().Perm()
	}
	want, _ := stat(f.dir)
	for _, name := range []string{"north" + suffix, folderLock, numbersLock} {
		if owner, mode := stat(filepath.Join(f.dir, name)); owner != want || mode != 0o600 {
			t.Errorf("%s belongs to %d, mode %o, want %d", name, owner, mode, want)
		}
	}
	if _, mode := stat(f.path(Template)); mode != 0o600 {
		t.Errorf("the template has mode %o", mode)
	}
}
