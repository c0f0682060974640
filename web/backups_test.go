package web_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/backup"
)

var backupLink = regexp.MustCompile(`href="(/admin/backups/manuel-\d{8}-\d{6}\.tar(?:\.age)?)"`)

// backedUp makes a backup through the page and returns the link to it.
func (b *browser) backedUp(pairs ...string) string {
	b.t.Helper()
	if to := b.goes("/admin/backups", pairs...); to != "/admin/backups" {
		b.t.Fatal(to)
	}
	for {
		page := b.page("/admin/backups")
		if strings.Contains(page, `http-equiv="refresh"`) {
			has(b.t, page, "Sauvegarde en cours", "<progress ")
			time.Sleep(5 * time.Millisecond)
			continue
		}
		has(b.t, page, "La sauvegarde est faite et vérifiée")
		link := backupLink.FindStringSubmatch(page)
		if link == nil {
			b.t.Fatal("no link:", page)
		}
		return link[1]
	}
}

func TestBackupIsMadeAndDownloaded(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/backups")
	has(t, page, "aucune sauvegarde sur le serveur", "Aucune sauvegarde n’a encore été tentée", `href="/admin/confirm?next=/admin/backups"`)
	lacks(t, page, `name="passphrase"`)
	b.elevate()
	for _, passphrase := range []string{"", "quatre mots pour voir"} {
		link := b.backedUp("passphrase", passphrase, "passphrase_again", passphrase)
		a := b.get(link)
		name := filepath.Base(link)
		if a.status != http.StatusOK || a.header.Get("Content-Disposition") != `attachment; filename="`+name+`"` {
			t.Fatal(a.status, a.header)
		}
		if a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) {
			t.Error(a.header.Get("Content-Length"), len(a.body))
		}
		isSealed := strings.HasPrefix(a.body, "age-encryption.org/")
		if isSealed != (passphrase != "") || strings.HasSuffix(name, ".age") != isSealed {
			t.Errorf("%s: sealed %t", name, isSealed)
		}
		if want := map[bool]string{false: "application/x-tar", true: "application/octet-stream"}[isSealed]; a.header.Get("Content-Type") != want {
			t.Error(a.header.Get("Content-Type"))
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(a.body), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(t.Context(), t.TempDir(), file, backup.Options{Base: appliance.BaseName, Passphrase: passphrase, Now: time.Now()}); err != nil {
			t.Error(err)
		}
	}
	has(t, b.page("/admin/backups"), "à la main", "scellée", "réussie")
	has(t, b.page("/admin/journal?kind=backup"), "Sauvegarde téléchargée", "Sauvegarde faite")
}

func TestBackupFaults(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	b.elevate()
	for pair, want := range map[[2]string]string{
		{"trop court", "trop court"}:                  "Au moins 12 caractères",
		{"quatre mots pour voir", "quatre mots pour"}: "Les deux phrases diffèrent",
	} {
		a := b.post("/admin/backups", "passphrase", pair[0], "passphrase_again", pair[1])
		if a.status != http.StatusUnprocessableEntity {
			t.Error(a.status)
		}
		has(t, a.body, want)
		lacks(t, a.body, pair[0]) // a passphrase is not sent back
	}
	if stored, err := s.Backups.Stored(); err != nil || len(stored) != 0 {
		t.Error(stored, err)
	}
	b.goes("/admin/backups", "passphrase", "quatre mots pour voir", "passphrase_again", "quatre mots pour voir")
	b.goes("/admin/backups") // one under way is left alone and shown
}

func TestBackupFailureIsShown(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	b.elevate()
	if err := os.WriteFile(filepath.Join(s.Data, "backups"), nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	b.goes("/admin/backups")
	for s.Backups.Last().IsRunning {
		time.Sleep(time.Millisecond)
	}
	if err := os.Remove(filepath.Join(s.Data, "backups")); err != nil {
		t.Fatal(err)
	}
	has(t, b.page("/admin/backups"), "La sauvegarde a échoué", "échouée")
}

func TestNightlyBackupsAreListed(t *testing.T) {
	s := newSite(t)
	night := backup.Nightly{Data: s.Data, Base: appliance.BaseName, Keep: 3, Now: time.Now}
	file, _, err := night.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := s.admin()
	has(t, b.page("/admin/backups"), filepath.Base(file), "de nuit", "Les 14 dernières")
	b.elevate()
	if a := b.get("/admin/backups/" + filepath.Base(file)); a.status != http.StatusOK || len(a.body) == 0 {
		t.Error(a.status)
	}
	b.language = "en"
	has(t, b.page("/admin/backups"), "nightly", "Kept on the server")
}

func TestBackupRights(t *testing.T) {
	s := newSite(t)
	if err := errors.Join(os.Mkdir(filepath.Join(s.Data, "backups"), 0o700), os.WriteFile(filepath.Join(s.Data, "backups", "notes.txt"), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	b := s.admin()
	for _, a := range []answer{b.post("/admin/backups"), b.get("/admin/backups/manuel-20260302-030000.tar")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?") {
			t.Errorf("not asked for the password: %d %s", a.status, a.location)
		}
	}
	b.elevate()
	for _, name := range []string{"notes.txt", "..%2fintendant.db", "%2e%2e%2fintendant.db", "manuel-20260302-030000.tar", "intendant.db"} {
		if a := b.get("/admin/backups/" + name); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	other := s.holder("sans", "journal:read")
	for _, a := range []answer{other.get("/admin/backups"), other.post("/admin/backups"), other.get("/admin/backups/notes.txt")} {
		if a.status != http.StatusForbidden {
			t.Error(a.status)
		}
	}
}
