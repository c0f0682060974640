package backup_test

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/audit"
	"intendant/internal/backup"
	"intendant/internal/errs"
)

// byHand returns the service of a small data folder and its appliance.
func byHand(t *testing.T, keep int) (*backup.Service, *appliance.Appliance, *time.Time) {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	now := at
	s := &backup.Service{
		Store: a.Store, Data: a.Data, Base: appliance.BaseName, Keep: keep, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
	}
	t.Cleanup(s.Close)
	return s, a, &now
}

// made makes a backup by hand and waits for it.
func made(t *testing.T, s *backup.Service, passphrase string) backup.Run {
	t.Helper()
	if err := s.Start(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	for s.Last().IsRunning {
		time.Sleep(time.Millisecond)
	}
	return s.Last()
}

func TestAMadeBackupIsGoodAndWrittenDown(t *testing.T) {
	for passphrase, name := range map[string]string{"": "manuel-20260302-030000.tar", "quatre mots pour voir": "manuel-20260302-030000.tar.age"} {
		s, a, _ := byHand(t, 0)
		run := made(t, s, passphrase)
		if run.Err != nil || run.Name != name || run.Size == 0 {
			t.Fatalf("%+v", run)
		}
		opts := options()
		opts.Passphrase = passphrase
		if _, err := backup.Check(t.Context(), filepath.Join(a.Data, "backups", name), opts); err != nil {
			t.Error(err)
		}
		stored, err := s.Stored()
		if err != nil || len(stored) != 1 || stored[0].Name != name || !stored[0].IsManual || stored[0].IsSealed != (passphrase != "") || stored[0].Size != run.Size {
			t.Errorf("%+v, %v", stored, err)
		}
		attempts, err := s.Attempts(t.Context(), 10)
		if diff := cmp.Diff([]backup.Attempt{{At: at, Name: name, Size: run.Size, IsGood: true}}, attempts); err != nil || diff != "" {
			t.Error(err, diff)
		}
		last, ok, err := s.LastGood(t.Context())
		if err != nil || !ok || last.Name != name {
			t.Error(last, ok, err)
		}
		f, info, err := s.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, f)
		f.Close()
		if err != nil || n != run.Size || info.Name != name {
			t.Errorf("%d bytes of %d, %+v, %v", n, run.Size, info, err)
		}
		lines, _, err := audit.List(t.Context(), a.Store.Read(), audit.Query{ObjectType: "backup"})
		if err != nil || len(lines) != 2 || lines[0].Action != "backup.download" || lines[1].Action != "backup.create" || lines[1].ObjectName != name {
			t.Errorf("%+v, %v", lines, err)
		}
		entries, err := os.ReadDir(filepath.Join(a.Data, "backups"))
		if err != nil || len(entries) != 1 {
			t.Errorf("something is left over: %v, %v", entries, err)
		}
	}
}

func TestKeptByHandAndByNightApart(t *testing.T) {
	s, a, now := byHand(t, 2)
	night := backup.Nightly{Data: a.Data, Base: appliance.BaseName, Keep: 1, Now: s.Now}
	for range 3 {
		made(t, s, "")
		if _, _, err := night.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(time.Minute)
	}
	stored, err := s.Stored()
	var names []string
	for _, b := range stored {
		names = append(names, b.Name)
	}
	want := []string{"intendant-20260302-030200.tar", "manuel-20260302-030200.tar", "manuel-20260302-030100.tar"}
	if diff := cmp.Diff(want, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAFailureIsWrittenDown(t *testing.T) {
	s, a, _ := byHand(t, 0)
	made(t, s, "")
	run := made(t, s, "") // in the same second: the name is taken
	if run.Err == nil {
		t.Fatal("a backup was written over another")
	}
	attempts, err := s.Attempts(t.Context(), 1)
	if err != nil || len(attempts) != 1 || attempts[0].IsGood || !strings.Contains(attempts[0].Message, "exists already") {
		t.Errorf("%+v, %v", attempts, err)
	}
	_, total, err := audit.List(t.Context(), a.Store.Read(), audit.Query{Action: "backup.create"})
	if err != nil || total != 1 {
		t.Errorf("%d lines, %v", total, err)
	}
}

func TestOpenStaysInTheFolder(t *testing.T) {
	s, a, _ := byHand(t, 0)
	if _, _, err := s.Open(t.Context(), "manuel-20260302-030000.tar"); !errs.Is(err, errs.NotFound) {
		t.Errorf("without a folder: %v", err)
	}
	made(t, s, "")
	folder := filepath.Join(a.Data, "backups")
	for _, name := range []string{"autre.tar", "manuel-20260302-030000.tar.part", "intendant-20260302-030000.tar"} {
		if name != "intendant-20260302-030000.tar" {
			if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.Symlink(filepath.Join(a.Data, appliance.BaseName), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{
		"", ".", "..", "../intendant.db", "autre.tar", "manuel-20260302-030000.tar.part", "/etc/passwd", `..\intendant.db`,
		"manuel-20260302-030000.tar/../autre.tar", "manuel-20260302-030001.tar", "manuel-20260302-030000.tar\n",
	} {
		if f, _, err := s.Open(t.Context(), name); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q: %v", name, err)
			if f != nil {
				f.Close()
			}
		}
	}
	if f, _, err := s.Open(t.Context(), "intendant-20260302-030000.tar"); err == nil {
		f.Close()
		t.Error("a link out of the folder was followed")
	}
	if stored, err := s.Stored(); err != nil || len(stored) != 1 {
		t.Errorf("%+v, %v", stored, err)
	}
}

func TestOneAtATime(t *testing.T) {
	s, _, _ := byHand(t, 0)
	if err := s.Start(t.Context(), "une phrase assez longue"); err != nil {
		t.Fatal(err)
	}
	// Sealing takes about a second: the first one is not done yet.
	if err := s.Start(t.Context(), ""); !errs.Is(err, errs.Conflict) {
		t.Errorf("a second one: %v", err)
	}
	s.Close()
	if err := s.Start(t.Context(), ""); !errs.Is(err, errs.Unavailable) {
		t.Errorf("after the end: %v", err)
	}
}

func TestCheckRefusesADamagedArchive(t *testing.T) {
	s, a, _ := byHand(t, 0)
	run := made(t, s, "")
	path := filepath.Join(a.Data, "backups", run.Name)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 0xff
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Check(t.Context(), path, options()); err == nil {
		t.Error("a damaged archive passed")
	}
}
