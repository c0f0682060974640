package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"intendant/db"
)

const (
	// maxManifest bounds the manifest, in bytes.
	maxManifest = 16 << 20
	// ageHeader begins a sealed archive.
	ageHeader = "age-encryption.org/"
)

// Restored says what Restore checked and where it put what was there.
type Restored struct {
	Manifest Manifest
	Kept     string // folder of what was replaced, "" when there was nothing
}

// Restore puts an archive in the place of the data folder's content, with the
// server stopped. Everything is unpacked beside it and checked first:
// checksums, integrity of each base, schema. What it replaces is kept in
// "replaced-<time>" in the data folder. An archive without keys leaves the
// folder's own in place.
func Restore(ctx context.Context, data, file string, opts Options) (r Restored, err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return r, err
	}
	work, err := os.MkdirTemp(data, ".restore-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(work)
	if r.Manifest, err = unpack(file, work, opts); err != nil {
		return r, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	if err := verify(ctx, work, r.Manifest, opts.Base); err != nil {
		return r, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	r.Kept, err = swap(data, work, r.Manifest, opts)
	return r, err
}

// Check unpacks an archive beside itself, compares it with its manifest,
// checks each base, and removes the copy. It returns an error unless the
// archive can be restored.
func Check(ctx context.Context, file string, opts Options) (m Manifest, err error) {
	work, err := os.MkdirTemp(filepath.Dir(file), ".check-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(work)
	if m, err = unpack(file, work, opts); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	if err := verify(ctx, work, m, opts.Base); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return m, nil
}

// unpack writes the files of the archive below work.
func unpack(file, work string, opts Options) (m Manifest, err error) {
	f, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer f.Close()
	plain, err := unseal(f, opts.Passphrase)
	if err != nil {
		return m, err
	}
	tr := tar.NewReader(plain)
	head, err := tr.Next()
	if err != nil || head.Name != manifestName || head.Size > maxManifest {
		return m, errors.New("not a backup of Intendant")
	}
	if err := json.NewDecoder(tr).Decode(&m); err != nil || m.Program != "intendant" {
		return m, errors.New("not a backup of Intendant")
	}
	for {
		head, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return m, fmt.Errorf("the archive is cut short or damaged: %w", err)
		}
		if head.Typeflag != tar.TypeReg || !safeName(head.Name, opts.Base) {
			return m, fmt.Errorf("unexpected entry %q", head.Name)
		}
		if err := unpackFile(tr, filepath.Join(work, filepath.FromSlash(head.Name))); err != nil {
			return m, err
		}
	}
}

func unseal(f io.Reader, passphrase string) (io.Reader, error) {
	in := bufio.NewReader(f)
	start, err := in.Peek(len(ageHeader))
	if err != nil || !bytes.Equal(start, []byte(ageHeader)) {
		return in, nil
	}
	if passphrase == "" {
		return nil, errors.New("the archive is sealed: give its passphrase")
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(in, identity)
	if err != nil {
		return nil, fmt.Errorf("wrong passphrase or damaged archive: %w", err)
	}
	return plain, nil
}

func unpackFile(r io.Reader, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, r); err != nil {
		return fmt.Errorf("the archive is cut short or damaged: %w", err)
	}
	return f.Sync()
}

// verify compares what was unpacked with the manifest and checks each base.
func verify(ctx context.Context, work string, m Manifest, base string) error {
	if m.Schema > db.LatestSchema() {
		return fmt.Errorf("the backup has schema %d, this program knows only %d", m.Schema, db.LatestSchema())
	}
	found, err := describe(work)
	if err != nil {
		return err
	}
	for _, want := range m.Files {
		if !slices.Contains(found, want) {
			return fmt.Errorf("%s is missing or is not what was saved", want.Name)
		}
	}
	if len(found) != len(m.Files) {
		return errors.New("the archive holds files that its manifest does not name")
	}
	if !slices.ContainsFunc(m.Files, func(f File) bool { return f.Name == base }) {
		return fmt.Errorf("the archive has no %s", base)
	}
	for _, f := range m.Files {
		if f.Name == base || strings.HasPrefix(f.Name, databasesFolder+"/") {
			if err := db.CheckFile(ctx, filepath.Join(work, filepath.FromSlash(f.Name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// swap moves the present content aside and the restored content in.
func swap(data, work string, m Manifest, opts Options) (kept string, err error) {
	hasKeys := slices.ContainsFunc(m.Files, func(f File) bool { return strings.HasPrefix(f.Name, keysFolder+"/") })
	old := []string{opts.Base, opts.Base + "-wal", opts.Base + "-shm", databasesFolder, edtFolder}
	if hasKeys {
		old = append(old, keysFolder)
	}
	aside := filepath.Join(data, "replaced-"+opts.Now.UTC().Format("20060102T150405.000Z"))
	for _, name := range old {
		if _, err := os.Lstat(filepath.Join(data, name)); err != nil {
			continue
		}
		if kept == "" {
			if err := os.Mkdir(aside, 0o700); err != nil {
				return "", err
			}
			kept = aside
		}
		if err := os.Rename(filepath.Join(data, name), filepath.Join(aside, name)); err != nil {
			return kept, err
		}
	}
	for _, name := range []string{keysFolder, databasesFolder, edtFolder, opts.Base} {
		from := filepath.Join(work, name)
		if _, err := os.Lstat(from); err != nil {
			continue
		}
		if err := os.Rename(from, filepath.Join(data, name)); err != nil {
			return kept, err
		}
	}
	return kept, syncFolder(data)
}
