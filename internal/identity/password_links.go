package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// passwordPurpose marks the links by which a person chooses a password.
const passwordPurpose = "password"

const (
	// invitationLifetime is how long the link of an invitation works. People
	// are invited ahead of time and go on leave.
	invitationLifetime = 14 * 24 * time.Hour
	// forgottenLifetime is that of a link asked for: a mail may be late, and
	// without a mail server an administrator passes it on.
	forgottenLifetime = 24 * time.Hour
)

// Letters writes to people about their accounts, with the queries of the
// transaction of what it tells.
type Letters interface {
	// PasswordForgotten sends the secret of a link to choose a password.
	PasswordForgotten(ctx context.Context, q *db.Queries, to Account, secret string) error
	// PasswordChanged tells that the password is another one.
	PasswordChanged(ctx context.Context, q *db.Queries, to Account) error
}

// PasswordSecretWithin returns the secret of a link that works once, to choose
// the password of an account; links made before still work, until one of them
// is used. The secret itself is not kept.
func (s *Service) PasswordSecretWithin(ctx context.Context, q *db.Queries, accountID int64) (string, error) {
	return s.passwordSecret(ctx, q, accountID, invitationLifetime)
}

func (s *Service) passwordSecret(ctx context.Context, q *db.Queries, accountID int64, lifetime time.Duration) (string, error) {
	secret, now := rand.Text(), s.Now()
	return secret, q.AddOneTimeLink(ctx, db.AddOneTimeLinkParams{
		SecretHash: hashSecret(secret), Purpose: passwordPurpose, AccountID: &accountID, CreatedAt: db.At(now), ExpiresAt: db.At(now.Add(lifetime)),
	})
}

// PasswordLink returns whose password a link is for. A link that is unknown,
// used, too old, or that of an inactive or expired account is NotFound.
func (s *Service) PasswordLink(ctx context.Context, secret string) (Account, error) {
	return s.passwordLink(ctx, s.Store.Read(), secret)
}

func (s *Service) passwordLink(ctx context.Context, q *db.Queries, secret string) (Account, error) {
	link, err := q.OneTimeLink(ctx, db.OneTimeLinkParams{SecretHash: hashSecret(secret), Purpose: passwordPurpose})
	if err != nil {
		return Account{}, db.NotFound(err, errLinkSpent.Code, errLinkSpent.Message)
	}
	if link.AccountID == nil || !s.Now().Before(link.ExpiresAt.Time) {
		return Account{}, errLinkSpent
	}
	row, err := q.AccountByID(ctx, *link.AccountID)
	account, err := one(ctx, q, row, err)
	if err == nil && !account.WorksAt(s.Now()) {
		return Account{}, errLinkSpent
	}
	return account, err
}

// RedeemPassword gives the account of a link the password its holder chose,
// ends its sessions, tokens and other links, and tells it by mail: all or
// nothing. A link that no longer works is NotFound, see [Service.PasswordLink],
// and an unsuitable password Invalid.
func (s *Service) RedeemPassword(ctx context.Context, secret, password string) (Account, error) {
	account, err := s.PasswordLink(ctx, secret)
	if err != nil {
		return Account{}, err
	}
	if password == "" {
		return Account{}, errs.NewInvalid("password", "missing", "Field required")
	}
	hash, err := s.hashNew(ctx, password, account.UserName)
	if err != nil {
		return Account{}, err
	}
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if account, err = s.passwordLink(ctx, q, secret); err != nil {
			return err
		}
		return s.redeem(ctx, q, account, secret, hash)
	})
	if err != nil {
		return Account{}, err
	}
	s.throttle.succeeded(account.UUID) // he knows his password again
	return account, nil
}

func (s *Service) redeem(ctx context.Context, q *db.Queries, account Account, secret string, hash *string) error {
	now := s.now()
	n, err := q.UseOneTimeLink(ctx, db.UseOneTimeLinkParams{UsedAt: &now, SecretHash: hashSecret(secret)})
	if err != nil {
		return err
	}
	if n == 0 {
		return errLinkSpent
	}
	err = q.SetPasswordHash(ctx, db.SetPasswordHashParams{ID: account.ID, PasswordHash: hash, PasswordChangedAt: &now, UpdatedAt: now})
	if err != nil {
		return err
	}
	if err := endEverything(ctx, q, account.ID); err != nil {
		return err
	}
	if err := dropPasswordLinks(ctx, q, account.ID); err != nil {
		return err
	}
	// Whoever else is signed in on this browser, the holder of the link acts.
	ctx = audit.WithActor(ctx, audit.Actor{ID: account.ID, Name: account.UserName})
	err = audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: "account.password_reset", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName,
		After: map[string]string{"password": audit.Masked},
	})
	if err != nil || s.Letters == nil || account.Email == "" {
		return err
	}
	return s.Letters.PasswordChanged(ctx, q, account)
}

// dropPasswordLinks makes the links to choose a password useless: one that lies
// in a mailbox must not undo a later choice.
func dropPasswordLinks(ctx context.Context, q *db.Queries, accountID int64) error {
	return q.DropOneTimeLinksOf(ctx, db.DropOneTimeLinksOfParams{AccountID: &accountID, Purpose: passwordPurpose})
}

// RequestPassword sends a link to choose a new password to who signs in with
// this user name, e-mail or matricule. Who asks learns nothing: an account that
// does not exist, is inactive or expired, has no e-mail or was asked for too
// often gives the same nil, in about the same time. Too many questions from one address
// are Throttled.
func (s *Service) RequestPassword(ctx context.Context, login string) error {
	row, err := s.findLogin(ctx, login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	name, address := row.UUID, api.RequestFrom(ctx).Address
	if err != nil {
		name = plier.Key(login)
	}
	wait, isTooOften := s.asked.ask(name, address)
	if wait > 0 {
		return throttled(wait)
	}
	if isTooOften {
		return nil
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error { return s.answerForgotten(ctx, q, row) })
}

// answerForgotten writes a line of the journal in any case, so that the disk
// takes as long for an account that is not there; what was typed for it, which
// may be a password, is not in the line.
func (s *Service) answerForgotten(ctx context.Context, q *db.Queries, row db.Account) error {
	// The account may have changed since it was looked up.
	account := Account{}
	if row.ID != 0 {
		var err error
		row, err = q.AccountByID(ctx, row.ID)
		if account, err = one(ctx, q, row, err); err != nil {
			return err
		}
	}
	err := audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: "account.password_request", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName,
	})
	if err != nil || !account.WorksAt(s.Now()) || account.Email == "" || s.Letters == nil {
		return err
	}
	secret, err := s.passwordSecret(ctx, q, account.ID, forgottenLifetime)
	if err != nil {
		return err
	}
	return s.Letters.PasswordForgotten(ctx, q, account, secret)
}
