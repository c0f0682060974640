package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

// DefaultKeep is how many backups of a kind are kept when nobody says.
const DefaultKeep = 14

// Service makes backups when somebody asks for one, and hands out those that
// are kept in the data folder. Its methods may be called from several
// goroutines.
type Service struct {
	Store *db.Store
	Data  string // the data folder
	Base  string // name of the main SQLite file in it
	// Keep is how many backups made by hand are kept; 0 means DefaultKeep.
	Keep   int
	Now    func() time.Time
	Logger *slog.Logger

	mu     sync.Mutex
	run    Run
	cancel context.CancelFunc // of the run under way, nil for none
	work   sync.WaitGroup
	closed bool
}

// Run is the last backup asked for since the process was started.
type Run struct {
	Started   time.Time // zero when there was none
	IsRunning bool
	Name      string // of the file
	Size      int64  // in bytes, once ended well
	Err       error  // why it came to nothing
}

var errRunning = errs.New(errs.Conflict, "backup_running", "A backup is being made")

// Start begins a backup and returns; it goes on when the request of ctx has
// ended, and is written down when it is done. A passphrase seals it. While
// another one is being made it is a Conflict.
func (s *Service) Start(ctx context.Context, passphrase string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errs.New(errs.Unavailable, "closing", "The server is stopping")
	}
	if s.run.IsRunning {
		return errRunning
	}
	now := s.Now()
	name := manualPrefix + now.UTC().Format(nameTime) + ".tar"
	if passphrase != "" {
		name += ".age"
	}
	s.run = Run{Started: now, IsRunning: true, Name: name}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	s.work.Go(func() {
		defer cancel()
		size, err := s.make(work, name, passphrase, now)
		if err != nil {
			s.Logger.Error("backup", "file", name, "error", err)
		}
		s.mu.Lock()
		s.run.IsRunning, s.run.Size, s.run.Err, s.cancel = false, size, err, nil
		s.mu.Unlock()
	})
	return nil
}

// Last returns the last backup asked for.
func (s *Service) Last() Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run
}

// Close gives up a backup under way and waits until it has cleaned up.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// make makes, checks and writes down one backup, and returns its size in
// bytes.
func (s *Service) make(ctx context.Context, name, passphrase string, now time.Time) (int64, error) {
	folder := filepath.Join(s.Data, nightlyFolder)
	file := filepath.Join(folder, name)
	size, failure := s.write(ctx, folder, file, Options{Base: s.Base, Passphrase: passphrase, Now: now})
	message := ""
	if failure != nil {
		message = failure.Error()
	}
	err := s.Store.Write(context.WithoutCancel(ctx), func(ctx context.Context, q *db.Queries) error {
		if _, err := q.RecordBackup(ctx, db.RecordBackupParams{At: db.At(now), File: file, Size: size, Checked: failure == nil, Message: message}); err != nil {
			return err
		}
		if failure != nil {
			return nil
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "backup.create", ObjectType: "backup", ObjectName: name})
	})
	return size, errors.Join(failure, err)
}

func (s *Service) write(ctx context.Context, folder, file string, opts Options) (int64, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return 0, err
	}
	if _, err := Create(ctx, s.Data, file, opts); err != nil {
		return 0, err
	}
	if _, err := Check(ctx, file, opts); err != nil {
		return 0, errors.Join(err, os.Remove(file))
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	if err := prune(folder, manualPrefix, s.keep()); err != nil {
		s.Logger.Error("old backups not removed", "error", err) // this one is good
	}
	return info.Size(), nil
}

func (s *Service) keep() int {
	if s.Keep == 0 {
		return DefaultKeep
	}
	return s.Keep
}

// Stored is a backup in the folder of the backups.
type Stored struct {
	Name     string
	Size     int64 // in bytes
	Modified time.Time
	IsManual bool // made by hand, not at night
	IsSealed bool // with a passphrase
}

// storedName is the form of the names that the server gives.
var storedName = regexp.MustCompile(`^(` + nightlyPrefix + `|` + manualPrefix + `)\d{8}-\d{6}\.tar(\.age)?$`)

// Stored returns the backups of the folder, newest first; none when there is
// no folder.
func (s *Service) Stored() ([]Stored, error) {
	entries, err := os.ReadDir(filepath.Join(s.Data, nightlyFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the backups: %w", err)
	}
	list := []Stored{}
	for _, e := range entries {
		if !storedName.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // pruned meanwhile
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the backups: %w", err)
		}
		list = append(list, storedOf(info))
	}
	slices.SortStableFunc(list, func(a, b Stored) int { return b.Modified.Compare(a.Modified) })
	return list, nil
}

func storedOf(info fs.FileInfo) Stored {
	return Stored{
		Name: info.Name(), Size: info.Size(), Modified: info.ModTime(),
		IsManual: strings.HasPrefix(info.Name(), manualPrefix), IsSealed: strings.HasSuffix(info.Name(), ".age"),
	}
}

// Open opens a backup of the folder, and writes in the journal that ctx's
// caller takes it out. A name that is not one of [Service.Stored] is NotFound.
func (s *Service) Open(ctx context.Context, name string) (*os.File, Stored, error) {
	unknown := errs.New(errs.NotFound, "backup_unknown", "Backup not found")
	if !storedName.MatchString(name) {
		return nil, Stored{}, unknown
	}
	root, err := os.OpenRoot(filepath.Join(s.Data, nightlyFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Stored{}, unknown
	}
	if err != nil {
		return nil, Stored{}, fmt.Errorf("open the backups: %w", err)
	}
	defer root.Close()
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Stored{}, unknown
	}
	if err != nil {
		return nil, Stored{}, fmt.Errorf("open a backup: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = unknown
	}
	if err == nil {
		err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
			return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "backup.download", ObjectType: "backup", ObjectName: name})
		})
	}
	if err != nil {
		f.Close()
		return nil, Stored{}, err
	}
	return f, storedOf(info), nil
}

// Attempt is a backup that was tried, at night, by hand or by the command.
type Attempt struct {
	At      time.Time
	Name    string // of the file, without its folder
	Size    int64  // in bytes
	IsGood  bool
	Message string // why it came to nothing
}

func attemptOf(row db.Backup) Attempt {
	return Attempt{At: row.At.Time, Name: filepath.Base(row.File), Size: row.Size, IsGood: row.Checked, Message: row.Message}
}

// Attempts returns the latest attempts, newest first.
func (s *Service) Attempts(ctx context.Context, limit int64) ([]Attempt, error) {
	rows, err := s.Store.Read().Backups(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("read the backups: %w", err)
	}
	attempts := make([]Attempt, len(rows))
	for i, row := range rows {
		attempts[i] = attemptOf(row)
	}
	return attempts, nil
}

// LastGood returns the last backup that succeeded; ok is false when none did.
func (s *Service) LastGood(ctx context.Context) (last Attempt, ok bool, err error) {
	row, err := s.Store.Read().LastGoodBackup(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Attempt{}, false, nil
	}
	if err != nil {
		return Attempt{}, false, fmt.Errorf("read the backups: %w", err)
	}
	return attemptOf(row), true, nil
}
