// Package settings holds what an administrator may change while the server
// runs: the name of the site, the shortest password, the sites whose pages may
// call the APIs.
//
// Values are kept in the base, so that the commands beside a server follow them
// too. One that was given when the server was started wins over the base.
package settings

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/motdepasse"
)

// Settings are the values in force.
type Settings struct {
	// SiteName stands in the head of every page; "" for the product's name.
	SiteName string
	// MinPassword is the least number of characters of a password.
	MinPassword int
	// CORSOrigins are the other sites whose pages may call the APIs, as
	// browsers name them: "https://app.example:8443"; "*" for all of them.
	CORSOrigins []string
}

// Bounds of MinPassword, and its value when nobody chose one.
const (
	LeastMinPassword = motdepasse.DefaultMinLength
	MostMinPassword  = 64
)

// Fixed are the values given when the process was started; zero values were
// not given.
type Fixed struct {
	MinPassword int
	CORSOrigins []string
}

// Service reads and changes the settings. Its methods may be called from
// several goroutines.
type Service struct {
	store *db.Store
	now   func() time.Time
	fixed Fixed

	mu       sync.Mutex
	revision int64 // that of kept, 0 for none
	kept     Settings
}

// New returns the settings of a base.
func New(store *db.Store, now func() time.Time, fixed Fixed) *Service {
	return &Service{store: store, now: now, fixed: fixed}
}

// Fixed returns the values given when the process was started.
func (s *Service) Fixed() Fixed { return s.fixed }

// Current returns the values in force. They are read again when the base says
// that they changed, whoever changed them. The lists are not to be written to.
func (s *Service) Current(ctx context.Context) (Settings, error) {
	stored, err := s.stored(ctx)
	if err != nil {
		return Settings{}, err
	}
	return s.fixed.over(stored), nil
}

func (f Fixed) over(v Settings) Settings {
	if f.MinPassword != 0 {
		v.MinPassword = f.MinPassword
	}
	if f.CORSOrigins != nil {
		v.CORSOrigins = f.CORSOrigins
	}
	return v
}

// stored returns the values of the base.
func (s *Service) stored(ctx context.Context) (Settings, error) {
	// The revision is read first: a change made in between is seen next time.
	revision, err := s.store.Read().Revision(ctx, "settings")
	if err != nil {
		return Settings{}, fmt.Errorf("read the settings: %w", err)
	}
	s.mu.Lock()
	kept, isFresh := s.kept, s.revision == revision
	s.mu.Unlock()
	if isFresh {
		return kept, nil
	}
	fresh, err := read(ctx, s.store.Read())
	if err != nil {
		return Settings{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if revision > s.revision {
		s.revision, s.kept = revision, fresh
	}
	return fresh, nil
}

// The names of the rows.
const (
	siteName    = "site_name"
	minPassword = "min_password"
	corsOrigins = "cors_origins" // one a line
)

func read(ctx context.Context, q *db.Queries) (Settings, error) {
	v := Settings{MinPassword: LeastMinPassword}
	rows, err := q.Settings(ctx)
	if err != nil {
		return v, fmt.Errorf("read the settings: %w", err)
	}
	for _, row := range rows {
		switch row.Name {
		case siteName:
			v.SiteName = row.Value
		case minPassword:
			if v.MinPassword, err = strconv.Atoi(row.Value); err != nil {
				return v, fmt.Errorf("setting %s: %w", row.Name, err)
			}
		case corsOrigins:
			v.CORSOrigins = strings.Fields(row.Value)
		}
	}
	return v, nil
}

// Policy returns what passwords must be.
func (s *Service) Policy(ctx context.Context) (motdepasse.Policy, error) {
	v, err := s.Current(ctx)
	return motdepasse.Policy{MinLength: v.MinPassword}, err
}

// Change is what to make of the settings; nil leaves one as it is.
type Change struct {
	SiteName    *string
	MinPassword *int
	// CORSOrigins holds one origin a line; see [ParseOrigins].
	CORSOrigins *string
}

// Update changes the settings and writes it in the journal; what is in force
// already writes nothing. It reports every fault of the values at once, and a
// value that was fixed when the process was started as "setting_fixed".
func (s *Service) Update(ctx context.Context, c Change) error {
	change, err := s.check(c)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, err := read(ctx, q)
		if err != nil {
			return err
		}
		after := change(before)
		was, is := rows(before), rows(after)
		hasChanged := false
		for _, name := range []string{siteName, minPassword, corsOrigins} {
			if was[name] == is[name] {
				continue
			}
			hasChanged = true
			if err := put(ctx, q, name, is[name]); err != nil {
				return err
			}
		}
		if !hasChanged {
			return nil
		}
		return audit.Record(ctx, q, s.now(), audit.Entry{Action: "settings.update", ObjectType: "settings", Before: image(before), After: image(after)})
	})
}

// rows returns what the base holds for some values, "" for the usual ones.
func rows(v Settings) map[string]string {
	least := ""
	if v.MinPassword != LeastMinPassword {
		least = strconv.Itoa(v.MinPassword)
	}
	return map[string]string{siteName: v.SiteName, minPassword: least, corsOrigins: strings.Join(v.CORSOrigins, "\n")}
}

func put(ctx context.Context, q *db.Queries, name, value string) error {
	if value == "" {
		_, err := q.DeleteSetting(ctx, name)
		return err
	}
	return q.SetSetting(ctx, db.SetSettingParams{Name: name, Value: value})
}

// image is the settings as the journal keeps them.
func image(v Settings) any {
	return struct {
		SiteName    string   `json:"site_name"`
		MinPassword int      `json:"min_password"`
		CORSOrigins []string `json:"cors_origins"`
	}{v.SiteName, v.MinPassword, slices.Clip(v.CORSOrigins)}
}
