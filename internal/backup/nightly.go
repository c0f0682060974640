package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// nightlyFolder is where the data folder keeps backups, those made by hand too.
const nightlyFolder = "backups"

// How the names of kept backups begin, and the time in them.
const (
	nightlyPrefix = "intendant-"
	manualPrefix  = "manuel-"
	nameTime      = "20060102-150405"
)

// Nightly makes a backup each night and keeps the last ones.
type Nightly struct {
	Data string
	Base string
	At   string // local time of the day, "03:00"; "" makes none
	Keep int    // how many are kept
	Now  func() time.Time
	// Record is told of each attempt; err is nil for a good one.
	Record func(ctx context.Context, at time.Time, file string, size int64, err error)
}

// ParseAt returns hour and minute of "03:00".
func ParseAt(text string) (hour, minute int, err error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, 0, fmt.Errorf("time of day %q: want HH:MM", text)
	}
	return t.Hour(), t.Minute(), nil
}

// next returns the first moment after now at that hour and minute of the local
// day. An hour that daylight saving skips is the one after.
func next(now time.Time, hour, minute int) time.Time {
	y, m, d := now.Date()
	at := time.Date(y, m, d, hour, minute, 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(y, m, d+1, hour, minute, 0, 0, now.Location())
	}
	return at
}

// Run makes backups until ctx ends. A failure is recorded and the next night
// tries again.
func (n Nightly) Run(ctx context.Context) error {
	hour, minute, err := ParseAt(n.At)
	if err != nil {
		return err
	}
	for {
		wait := time.NewTimer(next(n.Now(), hour, minute).Sub(n.Now()))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
		file, size, err := n.Once(ctx)
		n.Record(ctx, n.Now(), file, size, err)
	}
}

// Once makes one backup in the folder backups and removes those over Keep. It
// returns its path and size in bytes.
func (n Nightly) Once(ctx context.Context) (file string, size int64, err error) {
	folder := filepath.Join(n.Data, nightlyFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", 0, err
	}
	now := n.Now()
	file = filepath.Join(folder, nightlyPrefix+now.UTC().Format(nameTime)+".tar")
	if _, err := Create(ctx, n.Data, file, Options{Base: n.Base, Now: now}); err != nil {
		return file, 0, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return file, 0, err
	}
	return file, info.Size(), prune(folder, nightlyPrefix, n.Keep)
}

// prune removes the oldest backups over keep whose names begin with prefix;
// the names order by time. Those made at night and those made by hand do not
// push each other out.
func prune(folder, prefix string, keep int) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && storedName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for len(names) > max(keep, 1) {
		if err := os.Remove(filepath.Join(folder, names[0])); err != nil {
			return err
		}
		names = names[1:]
	}
	return nil
}
