package coffre

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeySize is the length of every key file, in bytes.
const KeySize = 32

// loadKey reads a key file. It wraps fs.ErrNotExist when there is none.
func loadKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("key file %s is not a regular file", path)
	}
	if err := private(path, info); err != nil {
		return nil, err
	}
	// One byte more than a key tells a longer file without reading it all.
	buf := make([]byte, KeySize+1)
	n := 0
	for n < len(buf) {
		read, err := f.Read(buf[n:])
		n += read
		if err != nil {
			break
		}
	}
	if n != KeySize {
		return nil, fmt.Errorf("key file %s must hold exactly %d bytes: restore it from a backup", path, KeySize)
	}
	return buf[:KeySize:KeySize], nil
}

// private refuses what others than its owner may open.
func private(path string, info fs.FileInfo) error {
	if perm := info.Mode().Perm(); perm&0o077 != 0 {
		return fmt.Errorf("%s is open to other users (mode %04o): chmod go= %s", path, perm, path)
	}
	return nil
}

// makeKey writes a new random key at path, unless one is there: then it
// leaves it alone and returns nil. The file appears under its name only once
// whole and on disk, so neither another process nor a power cut ever shows a
// partial key.
func makeKey(path string) (err error) {
	// O_EXCL on the final name would show it empty for an instant to another
	// process. So the exclusive step is the link, which fails if path exists.
	var suffix [8]byte
	rand.Read(suffix[:])
	draft := path + "." + hex.EncodeToString(suffix[:]) + ".new"
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if removed := os.Remove(draft); err == nil && removed != nil {
			err = removed
		}
	}()
	key := make([]byte, KeySize)
	rand.Read(key)
	_, err = f.Write(key)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	if err := os.Link(draft, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("install key: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a folder survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closed := d.Close(); err == nil {
		err = closed
	}
	return err
}
