package appliance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is the file that a running server holds.
const lockName = "server.lock"

// Lock takes the place of the one server of a data folder. The lock falls with
// the process that holds it; commands that work beside a server do not take it.
func Lock(data string) (unlock func(), err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(data, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("a server is running on %s", data)
		}
		return nil, fmt.Errorf("lock %s: %w", data, err)
	}
	return func() { f.Close() }, nil
}
