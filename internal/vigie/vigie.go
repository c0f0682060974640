// Package vigie keeps an eye on the machine and on the base: how much they
// hold, how much room is left.
package vigie

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"intendant/db"
)

// Holdings are what the base holds.
type Holdings struct {
	Clients, Sites, Equipements, Accounts, Projects int64
	// Sessions are those that browsers have open.
	Sessions int64
	// MadeAt is when the base was made.
	MadeAt time.Time
}

// Count counts what the base holds at a moment.
func Count(ctx context.Context, q *db.Queries, now time.Time) (Holdings, error) {
	row, err := q.Holdings(ctx, db.At(now).String())
	if err != nil {
		return Holdings{}, fmt.Errorf("count what the base holds: %w", err)
	}
	var made db.Time
	if err := made.Scan(row.MadeAt); err != nil {
		return Holdings{}, fmt.Errorf("count what the base holds: %w", err)
	}
	return Holdings{
		Clients: row.Clients, Sites: row.Sites, Equipements: row.Equipements, Accounts: row.Accounts, Projects: row.Projects,
		Sessions: row.Sessions, MadeAt: made.Time,
	}, nil
}

// Below these the volume is nearly full.
const (
	leastFree = 1 << 30 // bytes
	leastPart = 10      // a tenth of the volume
)

// Disk is the room on the volume of the data folder, in bytes.
type Disk struct {
	Base int64 // size of the base with its log
	// Free and Total are those of the volume; a Total of 0 means unknown.
	Free, Total int64
}

// IsNearlyFull reports whether less than a tenth of the volume, or less than
// 1 GiB, is left.
func (d Disk) IsNearlyFull() bool {
	return d.Total > 0 && (d.Free < leastFree || d.Free < d.Total/leastPart)
}

// DiskOf looks at the volume that the base at path lies on.
func DiskOf(path string) (Disk, error) {
	var d Disk
	for _, file := range []string{path, path + "-wal"} {
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) { // a base that was just opened has no log
			continue
		}
		if err != nil {
			return d, fmt.Errorf("look at the disk: %w", err)
		}
		d.Base += info.Size()
	}
	free, total, err := room(path)
	if err != nil {
		return d, fmt.Errorf("look at the disk: %w", err)
	}
	d.Free, d.Total = free, total
	return d, nil
}
