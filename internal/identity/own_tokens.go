package identity

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

// MaxTokenLifetime is the longest life of a token issued by hand.
const MaxTokenLifetime = 366 * 24 * time.Hour

// The kinds of [TokenFamily].
const (
	// FamilyOfLogin is renewed by the program that signed in.
	FamilyOfLogin = "login"
	// FamilyOfOne is a single access token, issued by hand.
	FamilyOfOne = "personal"
	// FamilyOfScoDoc is the token that ScoDoc's API gave.
	FamilyOfScoDoc = "scodoc"
)

// TokenFamily is what one login, or one token issued by hand, left alive.
type TokenFamily struct {
	ID      string    // a UUID
	Kind    string    // FamilyOfLogin, FamilyOfOne or FamilyOfScoDoc
	Created time.Time // of the oldest token alive
	Expires time.Time // of the last one
	Address string    // of who asked for the newest, "" for a command
	// UserAgent is the program that asked for the newest.
	UserAgent string
}

var errTokenUnknown = errs.New(errs.NotFound, "token_unknown", "Token not found")

// Tokens returns the families of an account that have a live token, the newest
// first, and ScoDoc's last; NotFound for an unknown account.
func (s *Service) Tokens(ctx context.Context, accountID int64) ([]TokenFamily, error) {
	return s.families(ctx, s.Store.Read(), accountID)
}

func (s *Service) families(ctx context.Context, q *db.Queries, accountID int64) ([]TokenFamily, error) {
	account, err := q.AccountByID(ctx, accountID)
	if err != nil {
		return nil, accountUnknown(err)
	}
	if !works(account, s.Now()) {
		return nil, nil
	}
	rows, err := q.LiveTokens(ctx, db.LiveTokensParams{AccountID: accountID, Epoch: account.Epoch, Now: s.now()})
	if err != nil {
		return nil, err
	}
	list := familiesOf(rows)
	opaque, err := s.liveOpaqueToken(ctx, q, account)
	if err != nil || opaque == nil {
		return list, err
	}
	return append(list, opaqueFamily(*opaque)), nil
}

// familiesOf puts live tokens together, the newest of which come first, and
// their families as well.
func familiesOf(rows []db.Token) []TokenFamily {
	var list []TokenFamily
	places := map[string]int{}
	for _, row := range rows {
		i, isKnown := places[row.Family]
		if !isKnown {
			i = len(list)
			places[row.Family] = i
			list = append(list, TokenFamily{
				ID: row.Family, Kind: FamilyOfOne, Expires: row.ExpiresAt.Time, Address: row.Address, UserAgent: row.UserAgent,
			})
		}
		f := &list[i]
		f.Created = row.CreatedAt.Time
		if row.ExpiresAt.After(f.Expires) {
			f.Expires = row.ExpiresAt.Time
		}
		if row.Kind == refreshToken {
			f.Kind = FamilyOfLogin
		}
	}
	return list
}

// RevokeToken ends the tokens of one family of an account; NotFound when it
// has no such family alive.
func (s *Service) RevokeToken(ctx context.Context, accountID int64, family string) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		account, err := q.AccountByID(ctx, accountID)
		if err != nil {
			return accountUnknown(err)
		}
		alive, err := s.families(ctx, q, accountID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(alive, func(f TokenFamily) bool { return f.ID == family })
		switch {
		case i < 0:
			return errTokenUnknown
		case alive[i].Kind == FamilyOfScoDoc:
			return s.endOpaqueToken(ctx, q, account)
		}
		return s.revokeFamily(ctx, q, family, account)
	})
}

// IssueToken returns an access token for an account, as the command line asks
// for one. A lifetime that is not positive, or over [MaxTokenLifetime], is
// Invalid.
func (s *Service) IssueToken(ctx context.Context, accountID int64, lifetime time.Duration) (string, error) {
	if lifetime <= 0 || lifetime > MaxTokenLifetime {
		return "", errs.NewInvalid("lifetime", "value_error", "Lifetime must be positive and at most a year")
	}
	var token string
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, accountID)
		if err != nil {
			return accountUnknown(err)
		}
		if token, err = s.issue(ctx, q, accountID, uuid.NewString(), accessToken, lifetime); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "token.create", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
	})
	return token, err
}

// IssueOwnToken returns an access token for ctx's caller. One who came with a
// token himself is Forbidden: a token that leaked must not beget others.
func (s *Service) IssueOwnToken(ctx context.Context, lifetime time.Duration) (string, error) {
	caller, ok := api.CallerFrom(ctx).(*Caller)
	if !ok {
		return "", errNoSession
	}
	if caller.jti != "" || caller.isOpaque {
		return "", errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
	}
	return s.IssueToken(ctx, caller.Account.ID, lifetime)
}
