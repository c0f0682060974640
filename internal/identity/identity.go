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

	"github.com/alexedwards/scs/v2"

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
	// Policy returns what new passwords must be, at this moment; nil means the
	// usual policy.
	Policy func(context.Context) (motdepasse.Policy, error)
	// AccessLifetime and RefreshLifetime are those of parc's tokens; 0 means
	// 48 hours and 7 days.
	AccessLifetime, RefreshLifetime time.Duration
	// SecureCookies keeps the cookie of a session off plain HTTP.
	SecureCookies bool
	// Letters takes what is written to people; nil writes nothing.
	Letters Letters
}

// Service answers for accounts.
type Service struct {
	Config
	tokens    *verified
	callers   *verified // of sessions and Basic credentials
	passwords *passwords
	throttle  *throttle // of wrong passwords
	asked     *throttle // of forgotten ones
	turns     *turns
	sessions  *scs.SessionManager
	// verifyHash is motdepasse.Verify; tests count its calls.
	verifyHash func(ctx context.Context, phc, password string) (ok, rehash bool, err error)
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
	s := &Service{
		Config: cfg, tokens: newVerified(), callers: newVerified(), passwords: newPasswords(), throttle: newThrottle(cfg.Now),
		asked: newThrottle(cfg.Now), turns: newTurns(), verifyHash: motdepasse.Verify,
	}
	s.sessions = s.newSessions()
	return s, s.syncPermissions(ctx)
}

// now returns the present instant as the base keeps it.
func (s *Service) now() db.Time { return db.At(s.Now()) }

// PasswordPolicy returns what new passwords must be, at this moment.
func (s *Service) PasswordPolicy(ctx context.Context) (motdepasse.Policy, error) {
	if s.Policy == nil {
		return motdepasse.Policy{}, nil
	}
	return s.Policy(ctx)
}
