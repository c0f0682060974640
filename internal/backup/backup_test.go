package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/backup"
	"intendant/internal/demo"
)

var at = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

func options() backup.Options { return backup.Options{Base: appliance.BaseName, Now: at} }

// sample returns a data folder with sample data and a timetable.
func sample(t *testing.T) (data, equipement string) {
	t.Helper()
	data = t.TempDir()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if err := demo.LoadSite(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	rows, err := a.Store.Read().AllEquipements(t.Context())
	if err != nil || len(rows) < 400 {
		t.Fatal(len(rows), err)
	}
	if err := os.MkdirAll(filepath.Join(data, "edt"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "edt", "s1.ics"), []byte("BEGIN:VCALENDAR"), 0o600); err != nil {
		t.Fatal(err)
	}
	return data, rows[0].EquipementID
}

// secret reads the password of an equipment in a data folder.
func secret(t *testing.T, data, id string) string {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	row, err := a.Store.Read().Equipement(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := a.Keys.Unseal(row.Password, "equipements.password:"+id)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestRestoreIntoAnEmptyFolder(t *testing.T) {
	data, id := sample(t)
	want := secret(t, data, id)
	for _, passphrase := range []string{"", "une phrase de passe"} {
		opts := options()
		opts.Passphrase = passphrase
		file := filepath.Join(t.TempDir(), "tout.tar")
		m, err := backup.Create(t.Context(), data, file, opts)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		empty := t.TempDir()
		r, err := backup.Restore(t.Context(), empty, file, opts)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Manifest.Files) != len(m.Files) || len(m.Files) < 5 || r.Kept != "" {
			t.Errorf("%d files of %d, kept in %q", len(r.Manifest.Files), len(m.Files), r.Kept)
		}
		if got := secret(t, empty, id); got != want {
			t.Errorf("password %q, want %q", got, want)
		}
		if text, err := os.ReadFile(filepath.Join(empty, "edt", "s1.ics")); err != nil || string(text) != "BEGIN:VCALENDAR" {
			t.Errorf("timetable %q, %v", text, err)
		}
		if passphrase == "" {
			continue
		}
		for _, wrong := range []string{"", "une autre"} {
			opts.Passphrase = wrong
			if _, err := backup.Restore(t.Context(), t.TempDir(), file, opts); err == nil {
				t.Errorf("opened with the passphrase %q", wrong)
			}
		}
	}
}

func TestRestoreKeepsWhatItReplaces(t *testing.T) {
	data, id := sample(t)
	file := filepath.Join(t.TempDir(), "tout.tar")
	if _, err := backup.Create(t.Context(), data, file, options()); err != nil {
		t.Fatal(err)
	}
	other, otherID := sample(t)
	otherSecret := secret(t, other, otherID)
	r, err := backup.Restore(t.Context(), other, file, options())
	if err != nil {
		t.Fatal(err)
	}
	secret(t, other, id)
	if got := secret(t, r.Kept, otherID); got != otherSecret {
		t.Errorf("what was replaced: password %q, want %q", got, otherSecret)
	}
}

func TestWithoutKeys(t *testing.T) {
	data, id := sample(t)
	opts := options()
	opts.WithoutKeys = true
	file := filepath.Join(t.TempDir(), "sans.tar")
	m, err := backup.Create(t.Context(), data, file, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		if strings.HasPrefix(f.Name, "keys/") {
			t.Errorf("%s is in it", f.Name)
		}
	}
	want := secret(t, data, id)
	if _, err := backup.Restore(t.Context(), data, file, options()); err != nil {
		t.Fatal(err)
	}
	if got := secret(t, data, id); got != want {
		t.Errorf("with the keys that stayed: %q, want %q", got, want)
	}
}

// TestDamagedArchivesChangeNothing cuts and alters an archive in many places.
func TestDamagedArchivesChangeNothing(t *testing.T) {
	data, _ := sample(t)
	file := filepath.Join(t.TempDir(), "tout.tar")
	if _, err := backup.Create(t.Context(), data, file, options()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	target, id := sample(t)
	want := secret(t, target, id)
	step := len(whole) / 9
	for i := 600; i < len(whole)-4096; i += step {
		altered := append([]byte{}, whole...)
		altered[i] ^= 0x55
		for name, content := range map[string][]byte{"cut": whole[:i], "altered": altered} {
			bad := filepath.Join(t.TempDir(), "bad.tar")
			if err := os.WriteFile(bad, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Restore(t.Context(), target, bad, options()); err == nil && name == "cut" {
				t.Errorf("restored an archive cut at byte %d", i)
			}
		}
	}
	if got := secret(t, target, id); got != want {
		t.Errorf("password %q, want %q", got, want)
	}
	if entries, err := filepath.Glob(filepath.Join(target, ".restore-*")); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestCreateIsWholeOrNothing(t *testing.T) {
	data, _ := sample(t)
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Create(ctx, data, filepath.Join(folder, "x.tar"), options()); err == nil {
		t.Error("a cancelled backup succeeded")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
	taken := filepath.Join(folder, "y.tar")
	if err := os.WriteFile(taken, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Create(t.Context(), data, taken, options()); err == nil {
		t.Error("an existing file was replaced")
	}
}
