package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
)

// ScoDoc's tokens say nothing: an account has one at a time, which is given
// again while it lives. Hence the base keeps it sealed beside its hash.

const (
	opaqueLifetime = time.Hour
	// opaqueMargin is what must be left of a token that is given again.
	opaqueMargin = time.Minute
	// opaqueBytes is how many random bytes make a token, of 32 characters.
	opaqueBytes = 24
)

// isOpaque tells a token of ScoDoc's from one of parc's, which has dots.
func isOpaque(token string) bool {
	return len(token) == base64.StdEncoding.EncodedLen(opaqueBytes) && !strings.Contains(token, ".")
}

// sealContext says what is sealed: the token of this account.
func sealContext(accountID int64) string { return fmt.Sprintf("opaque_tokens.sealed:%d", accountID) }

// OpaqueToken returns the token of an account, good for an hour when it is new
// and for more than a minute in any case. NotFound for an unknown account,
// Unauthenticated for one that is inactive or expired.
func (s *Service) OpaqueToken(ctx context.Context, accountID int64) (string, error) {
	account, err := s.Store.Read().AccountByID(ctx, accountID)
	if err != nil {
		return "", accountUnknown(err)
	}
	token, err := s.givenAgain(ctx, s.Store.Read(), account)
	if token != "" || err != nil {
		return token, err
	}
	var secret [opaqueBytes]byte
	rand.Read(secret[:])
	fresh := base64.StdEncoding.EncodeToString(secret[:])
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		token, err = s.putOpaqueToken(ctx, q, accountID, fresh)
		return err
	})
	return token, err
}

// putOpaqueToken gives an account this token, unless another request has just
// given it one.
func (s *Service) putOpaqueToken(ctx context.Context, q *db.Queries, accountID int64, fresh string) (string, error) {
	account, err := q.AccountByID(ctx, accountID)
	if err != nil {
		return "", accountUnknown(err)
	}
	if !works(account, s.Now()) {
		return "", errBadLogin
	}
	if token, err := s.givenAgain(ctx, q, account); token != "" || err != nil {
		return token, err
	}
	now, request := s.now(), api.RequestFrom(ctx)
	err = q.PutOpaqueToken(ctx, db.PutOpaqueTokenParams{
		TokenHash: hashToken(fresh), AccountID: accountID, Sealed: s.Keys.Seal([]byte(fresh), sealContext(accountID)), Epoch: account.Epoch,
		CreatedAt: now, ExpiresAt: db.At(now.Add(opaqueLifetime)), Address: request.Address, UserAgent: request.UserAgent,
	})
	if err != nil {
		return "", err
	}
	if err := q.TouchAccount(ctx, db.TouchAccountParams{LastSeenAt: &now, ID: accountID}); err != nil {
		return "", err
	}
	return fresh, audit.Record(ctx, q, s.Now(), audit.Entry{Action: "token.create", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName})
}

// givenAgain returns the token that an account has, "" when there is none or
// hardly anything is left of it. One sealed with another key is none.
func (s *Service) givenAgain(ctx context.Context, q *db.Queries, account db.Account) (string, error) {
	row, err := s.liveOpaqueToken(ctx, q, account)
	if err != nil || row == nil || row.ExpiresAt.Sub(s.Now()) <= opaqueMargin {
		return "", err
	}
	token, err := s.Keys.Unseal(row.Sealed, sealContext(account.ID))
	if err != nil {
		s.Logger.Warn("a token does not open", "account", account.UserName, "error", err)
		return "", nil
	}
	return string(token), nil
}

// liveOpaqueToken returns the token of an account when it has one alive, else
// nil.
func (s *Service) liveOpaqueToken(ctx context.Context, q *db.Queries, account db.Account) (*db.OpaqueToken, error) {
	row, err := q.OpaqueTokenOf(ctx, account.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil || !s.isAlive(row, account) {
		return nil, err
	}
	return &row, nil
}

// isAlive reports whether nothing has ended a token yet.
func (s *Service) isAlive(row db.OpaqueToken, account db.Account) bool {
	now := s.Now()
	return works(account, now) && row.Epoch == account.Epoch && now.Before(row.ExpiresAt.Time)
}

// opaqueCaller returns the caller of a token of ScoDoc's, and when the token
// ends.
func (s *Service) opaqueCaller(ctx context.Context, q *db.Queries, token string) (*Caller, time.Time, error) {
	row, err := q.OpaqueToken(ctx, hashToken(token))
	if err != nil {
		return nil, time.Time{}, badToken(err)
	}
	account, err := q.AccountByID(ctx, row.AccountID)
	if err != nil {
		return nil, time.Time{}, badToken(err)
	}
	if !s.isAlive(row, account) {
		return nil, time.Time{}, errBadCredentials
	}
	caller, err := callerOf(ctx, q, account)
	if err != nil {
		return nil, time.Time{}, err
	}
	caller.isOpaque = true
	return caller, row.ExpiresAt.Time, nil
}

// EndOpaqueToken ends the token of an account; without one nothing happens.
// NotFound for an unknown account.
func (s *Service) EndOpaqueToken(ctx context.Context, accountID int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		account, err := q.AccountByID(ctx, accountID)
		if err != nil {
			return accountUnknown(err)
		}
		return s.endOpaqueToken(ctx, q, account)
	})
}

func (s *Service) endOpaqueToken(ctx context.Context, q *db.Queries, account db.Account) error {
	alive, err := s.liveOpaqueToken(ctx, q, account)
	if err != nil {
		return err
	}
	if _, err := q.DeleteOpaqueTokenOf(ctx, account.ID); err != nil || alive == nil {
		return err
	}
	return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "token.revoke", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName})
}

// opaqueFamily is a token as people see it. Its ID is made from the hash, of
// which nobody can make the token.
func opaqueFamily(row db.OpaqueToken) TokenFamily {
	return TokenFamily{
		ID: uuid.NewSHA1(uuid.Nil, row.TokenHash).String(), Kind: FamilyOfScoDoc, Created: row.CreatedAt.Time, Expires: row.ExpiresAt.Time,
		Address: row.Address, UserAgent: row.UserAgent,
	}
}
