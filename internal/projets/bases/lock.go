package bases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// The commands work in the folder beside the server. Locks keep them apart; one
// falls with the process that holds it.
const (
	// folderLock is shared by who changes files and the rows about them, and
	// held alone by who sets right what a crash left: to him, what is under way
	// looks the same.
	folderLock = ".folder.lock"
	// numbersLock is held while a project is numbered and put into the file of
	// a database that others may use.
	numbersLock = ".numbers.lock"
)

// lockPause is how often a lock that others hold is tried again.
const lockPause = 10 * time.Millisecond

// Share keeps the folder from being repaired until release is called. It waits
// as long as ctx lets it.
func (f *Folder) Share(ctx context.Context) (release func(), err error) {
	return f.lock(ctx, folderLock, syscall.LOCK_SH)
}

// Own waits until nobody shares the folder, and keeps everybody out until
// release is called.
func (f *Folder) Own(ctx context.Context) (release func(), err error) {
	return f.lock(ctx, folderLock, syscall.LOCK_EX)
}

// Number lets one at a time number projects until release is called.
func (f *Folder) Number(ctx context.Context) (release func(), err error) {
	return f.lock(ctx, numbersLock, syscall.LOCK_EX)
}

// lock opens the file anew each time: such locks exclude each other within a
// process too.
func (f *Folder) lock(ctx context.Context, name string, how int) (func(), error) {
	path := filepath.Join(f.dir, name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.hand(path); err != nil {
		file.Close()
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { file.Close() }, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", name, context.Cause(ctx))
		case <-time.After(lockPause):
		}
	}
}

// hand gives a new file to who owns the folder: a command that root runs beside
// the service must not leave what the service cannot open. What SQLite keeps
// beside the file follows by itself.
func (f *Folder) hand(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(f.dir)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return os.Chown(path, int(owner.Uid), int(owner.Gid))
}
