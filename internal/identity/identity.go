// Package identity knows who people are and what they may do: accounts, roles,
// permissions, grants, passwords, tokens.
//
// There is one account base for the three wings. A role is a set of
// permissions; a grant binds an account to a role, for every department or for
// one.
package identity

import (
	"context"
	"log/slog"
	"time"

	"intendant/db"
	"intendant/internal/coffre"
	"intendant/internal/motdepasse"
)

// Config is what the service is made of.
type Config struct {
	Store  *db.Store
	Keys   *coffre.Coffre
	Logger *slog.Logger
	Now    func() time.Time // nil means time.Now
	Policy motdepasse.Policy
	// AccessLifetime and RefreshLifetime are those of parc's tokens; 0 means
	// 48 hours and 7 days.
	AccessLifetime, RefreshLifetime time.Duration
}

// Service answers for accounts.
type Service struct {
	Config
	tokens   *verified
	basic    *verified
	throttle *throttle
}

// New returns the service and brings the table of permissions up to date: the
// role admin holds them all.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.AccessLifetime == 0 {
		cfg.AccessLifetime = 48 * time.Hour
	}
	if cfg.RefreshLifetime == 0 {
		cfg.RefreshLifetime = 7 * 24 * time.Hour
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Config: cfg, tokens: newVerified(), basic: newVerified(), throttle: newThrottle(cfg.Now)}
	return s, s.syncPermissions(ctx)
}

// now returns the present instant as the base keeps it.
func (s *Service) now() db.Time { return db.At(s.Now()) }
