package identity

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/audit"
)

// The functions of this file do their work in a transaction of the caller's:
// a wing that adds a person to a project writes the account, the membership
// and the mail together or not at all.

// AccountWithin returns an account as q has it, or NotFound.
func (s *Service) AccountWithin(ctx context.Context, q *db.Queries, id int64) (Account, error) {
	row, err := q.AccountByID(ctx, id)
	return one(ctx, q, row, err)
}

// CreateAccountWithin adds an account without a password; see
// [Service.CreateAccount] for its errors. A password is an error: hashing it
// would hold the writer.
func (s *Service) CreateAccountWithin(ctx context.Context, q *db.Queries, n NewAccount) (Account, error) {
	if n.Password != "" {
		return Account{}, errors.New("a password cannot be set within a transaction")
	}
	return s.createAccount(ctx, q, n, nil)
}

// UpdateAccountWithin changes an account; see [Service.UpdateAccount] for its
// errors. A password is an error, as in [Service.CreateAccountWithin].
func (s *Service) UpdateAccountWithin(ctx context.Context, q *db.Queries, id int64, p AccountPatch) (Account, error) {
	if p.Password != nil {
		return Account{}, errors.New("a password cannot be set within a transaction")
	}
	return s.updateAccount(ctx, q, id, p, nil)
}

// KickWithin ends every token and session of an account; see [Service.Kick]
// for its errors.
func (s *Service) KickWithin(ctx context.Context, q *db.Queries, id int64) error {
	if err := mayTouch(ctx, q, id); err != nil {
		return err
	}
	return s.EndWithin(ctx, q, id)
}

// MayTouchWithin returns Forbidden when an account may do what ctx's caller may
// not: changing even its names is then somebody else's to decide.
func (s *Service) MayTouchWithin(ctx context.Context, q *db.Queries, id int64) error {
	return mayTouch(ctx, q, id)
}

// EndWithin is [Service.KickWithin] for a wing that sends everybody away, be
// it who holds more than ctx's caller: that the caller may is the wing's to
// know. NotFound for an unknown account.
func (s *Service) EndWithin(ctx context.Context, q *db.Queries, id int64) error {
	row, err := q.AccountByID(ctx, id)
	if err != nil {
		return accountUnknown(err)
	}
	if err := endEverything(ctx, q, id); err != nil {
		return err
	}
	return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "account.kick", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
}

// IssueTokenWithin returns an access token for an account; NotFound when there
// is none.
func (s *Service) IssueTokenWithin(ctx context.Context, q *db.Queries, accountID int64, lifetime time.Duration) (string, error) {
	row, err := q.AccountByID(ctx, accountID)
	if err != nil {
		return "", accountUnknown(err)
	}
	token, err := s.issue(ctx, q, accountID, uuid.NewString(), accessToken, lifetime)
	if err != nil {
		return "", err
	}
	return token, audit.Record(ctx, q, s.Now(), audit.Entry{Action: "token.create", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
}
