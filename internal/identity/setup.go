package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

// setupLifetime is how long the link to the first administrator's page works.
const setupLifetime = 24 * time.Hour

// setupPurpose marks the links to that page.
const setupPurpose = "setup"

var errLinkSpent = errs.New(errs.NotFound, "link_spent", "This link is unknown, spent or too old")

// NeedsSetup reports whether nobody can sign in yet: there is no account.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := s.Store.Read().CountAccounts(ctx)
	return n == 0, err
}

// SetupSecret returns the secret of a link that works once, to create the
// first administrator. Links made before stop working.
func (s *Service) SetupSecret(ctx context.Context) (string, error) {
	secret := rand.Text()
	now := s.Now()
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if err := q.DropOneTimeLinks(ctx, setupPurpose); err != nil {
			return err
		}
		return q.AddOneTimeLink(ctx, db.AddOneTimeLinkParams{
			SecretHash: hashSecret(secret), Purpose: setupPurpose, CreatedAt: db.At(now), ExpiresAt: db.At(now.Add(setupLifetime)),
		})
	})
	return secret, err
}

func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// CheckSetup returns nil while the secret may create the first administrator,
// else NotFound.
func (s *Service) CheckSetup(ctx context.Context, secret string) error {
	return s.checkSetup(ctx, s.Store.Read(), secret)
}

func (s *Service) checkSetup(ctx context.Context, q *db.Queries, secret string) error {
	accounts, err := q.CountAccounts(ctx)
	if err != nil {
		return err
	}
	if accounts > 0 {
		return errLinkSpent
	}
	link, err := q.OneTimeLink(ctx, db.OneTimeLinkParams{SecretHash: hashSecret(secret), Purpose: setupPurpose})
	if err != nil {
		return db.NotFound(err, errLinkSpent.Code, errLinkSpent.Message)
	}
	if !s.Now().Before(link.ExpiresAt.Time) {
		return errLinkSpent
	}
	return nil
}

// CompleteSetup creates the first administrator and spends the link, both or
// neither. A spent link is NotFound, a fault of the values Invalid.
func (s *Service) CompleteSetup(ctx context.Context, secret string, n NewAccount) (Account, error) {
	if err := s.CheckSetup(ctx, secret); err != nil {
		return Account{}, err
	}
	if n.Password == "" {
		return Account{}, errs.NewInvalid("password", "missing", "Field required")
	}
	role, err := s.RoleByName(ctx, Admin)
	if err != nil {
		return Account{}, err
	}
	n.RoleUUID = role.UUID
	hash, err := s.hashNew(ctx, n.Password, n.UserName)
	if err != nil {
		return Account{}, err
	}
	var account Account
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if err := s.checkSetup(ctx, q, secret); err != nil {
			return err
		}
		now := s.now()
		if _, err := q.UseOneTimeLink(ctx, db.UseOneTimeLinkParams{UsedAt: &now, SecretHash: hashSecret(secret)}); err != nil {
			return err
		}
		account, err = s.createAccount(audit.WithActor(ctx, audit.Actor{Name: n.UserName}), q, n, hash)
		return err
	})
	return account, err
}
