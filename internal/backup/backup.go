// Package backup puts a whole data folder into one file and back.
//
// The file is a tar: consistent copies of every SQLite file, the timetables,
// the keys, and first a manifest with the checksum of each. A passphrase seals
// it with age. Nothing is replaced before everything is checked, and what is
// replaced is kept.
package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"intendant/db"
)

// manifestName is the first file of the archive.
const manifestName = "manifest.json"

// Folders of the data folder that go into an archive beside the base.
const (
	keysFolder      = "keys"
	databasesFolder = "databases"
	edtFolder       = "edt"
)

// Manifest says what an archive holds.
type Manifest struct {
	Program string    `json:"program"`
	Made    time.Time `json:"made"`
	Schema  int64     `json:"schema"`
	Files   []File    `json:"files"`
}

// File is one file of an archive.
type File struct {
	Name   string `json:"name"` // relative to the data folder, with slashes
	Size   int64  `json:"size"` // in bytes
	SHA256 string `json:"sha256"`
}

// Options of an archive.
type Options struct {
	Base        string // name of the main SQLite file in the data folder
	WithoutKeys bool
	Passphrase  string // "" leaves the archive unsealed
	Now         time.Time
}

// Create writes an archive of the data folder to file, which must not exist;
// others may write to the base meanwhile. Its mode is 0600, and it has its name
// only when it is whole and on disk.
func Create(ctx context.Context, data, file string, opts Options) (m Manifest, err error) {
	if _, err := os.Lstat(file); err == nil {
		return m, fmt.Errorf("%s exists already", file)
	}
	work, err := os.MkdirTemp(filepath.Dir(file), ".intendant-backup-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(work)
	if m, err = gather(ctx, data, work, opts); err != nil {
		return m, err
	}
	part := filepath.Join(work, "archive")
	if err := writeArchive(part, work, m, opts.Passphrase); err != nil {
		return m, err
	}
	if err := os.Rename(part, file); err != nil {
		return m, err
	}
	return m, syncFolder(filepath.Dir(file))
}

// gather copies the data folder into work/data and describes it.
func gather(ctx context.Context, data, work string, opts Options) (Manifest, error) {
	m := Manifest{Program: "intendant", Made: opts.Now.UTC(), Schema: db.LatestSchema()}
	bases := []string{opts.Base}
	projects, err := filepath.Glob(filepath.Join(data, databasesFolder, "*.db"))
	if err != nil {
		return m, err
	}
	for _, path := range projects {
		bases = append(bases, databasesFolder+"/"+filepath.Base(path))
	}
	for _, name := range bases {
		to := filepath.Join(work, "data", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return m, err
		}
		if err := db.BackupFile(ctx, filepath.Join(data, filepath.FromSlash(name)), to); err != nil {
			return m, err
		}
	}
	folders := []string{edtFolder}
	if !opts.WithoutKeys {
		folders = append(folders, keysFolder)
	}
	for _, folder := range folders {
		if err := copyFolder(filepath.Join(data, folder), filepath.Join(work, "data", folder)); err != nil {
			return m, err
		}
	}
	m.Files, err = describe(filepath.Join(work, "data"))
	return m, err
}

// copyFolder copies the plain files of a folder; an absent folder is empty.
func copyFolder(from, to string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// describe lists the files below a folder with their checksums, by name.
func describe(root string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		sum := sha256.New()
		size, err := io.Copy(sum, f)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files = append(files, File{Name: filepath.ToSlash(name), Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
		return nil
	})
	return files, err
}

func writeArchive(path, work string, m Manifest, passphrase string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var out io.Writer = f
	if passphrase != "" {
		recipient, err := age.NewScryptRecipient(passphrase)
		if err != nil {
			return err
		}
		sealed, err := age.Encrypt(f, recipient)
		if err != nil {
			return err
		}
		if err := writeTar(sealed, work, m); err != nil {
			return err
		}
		if err := sealed.Close(); err != nil {
			return err
		}
		return f.Sync()
	}
	if err := writeTar(out, work, m); err != nil {
		return err
	}
	return f.Sync()
}

func writeTar(w io.Writer, work string, m Manifest) error {
	tw := tar.NewWriter(w)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := tw.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(text)), ModTime: m.Made}); err != nil {
		return err
	}
	if _, err := tw.Write(text); err != nil {
		return err
	}
	for _, file := range m.Files {
		if err := addFile(tw, filepath.Join(work, "data", filepath.FromSlash(file.Name)), file, m.Made); err != nil {
			return err
		}
	}
	return tw.Close()
}

func addFile(tw *tar.Writer, path string, file File, at time.Time) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := tw.WriteHeader(&tar.Header{Name: file.Name, Mode: 0o600, Size: file.Size, ModTime: at}); err != nil {
		return err
	}
	_, err = io.Copy(tw, f)
	return err
}

// safeName reports whether a name of an archive stays in the data folder and
// is one that Create writes.
func safeName(name, base string) bool {
	if name == base {
		return true
	}
	folder, file, ok := strings.Cut(name, "/")
	return ok && file != "" && filepath.IsLocal(file) && !strings.ContainsAny(file, `/\`) &&
		slices.Contains([]string{keysFolder, databasesFolder, edtFolder}, folder)
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
