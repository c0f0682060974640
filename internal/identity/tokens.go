package identity

import (
	"context"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
)

// claims of a token, in the order in which parc's clients have always seen
// them.
type claims struct {
	Sub       string           `json:"sub"` // the matricule
	Email     string           `json:"email"`
	UserID    string           `json:"user_id"`
	RoleName  string           `json:"role_name"`
	RoleID    string           `json:"role_id"`
	JTI       string           `json:"jti"`
	TokenType string           `json:"token_type"`
	Exp       *jwt.NumericDate `json:"exp"`
}

// The methods of jwt.Claims.

func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Exp, nil }
func (c claims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (c claims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c claims) GetIssuer() (string, error)                   { return "", nil }
func (c claims) GetSubject() (string, error)                  { return c.Sub, nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

const (
	accessToken  = "access"
	refreshToken = "refresh"
)

// Pair is what a login gives: a short token to work with and a longer one to
// renew it, once.
type Pair struct{ Access, Refresh string }

// Login checks a password and opens a family of tokens. See
// [Service.CheckPassword].
func (s *Service) Login(ctx context.Context, login, password string) (Pair, error) {
	account, err := s.CheckPassword(ctx, login, password)
	if err != nil {
		return Pair{}, err
	}
	var pair Pair
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if pair, err = s.issuePair(ctx, q, account.ID, uuid.NewString()); err != nil {
			return err
		}
		now := s.now()
		if err := q.TouchAccount(ctx, db.TouchAccountParams{LastSeenAt: &now, ID: account.ID}); err != nil {
			return err
		}
		ctx = audit.WithActor(ctx, audit.Actor{ID: account.ID, Name: account.UserName})
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "token.create", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName})
	})
	return pair, err
}

// Refresh trades a refresh token for a new pair. A token presented twice was
// stolen, or its answer lost: the whole family ends.
func (s *Service) Refresh(ctx context.Context, token string) (Pair, error) {
	c, err := s.parse(token)
	if err != nil || c.TokenType != refreshToken {
		return Pair{}, errBadCredentials
	}
	var pair Pair
	reused := false
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		reused = false
		row, account, err := s.liveToken(ctx, q, c)
		if err != nil {
			return err
		}
		now := s.now()
		used, err := q.UseToken(ctx, db.UseTokenParams{UsedAt: &now, JTI: row.JTI})
		if err != nil {
			return err
		}
		if used == 0 {
			reused = true
			return s.revokeFamily(ctx, q, row.Family, account)
		}
		pair, err = s.issuePair(ctx, q, account.ID, row.Family)
		return err
	})
	if err == nil && reused {
		return Pair{}, errBadCredentials
	}
	return pair, err
}

// Logout ends the family of the token that ctx's request came with.
func (s *Service) Logout(ctx context.Context) error {
	caller, ok := api.CallerFrom(ctx).(*Caller)
	switch {
	case ok && caller.isOpaque:
		return s.EndOpaqueToken(ctx, caller.Account.ID)
	case !ok || caller.jti == "":
		return nil // a Basic credential has nothing to end
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Token(ctx, caller.jti)
		if err != nil {
			return db.NotFound(err, "token_unknown", "Token not found")
		}
		account, err := q.AccountByID(ctx, row.AccountID)
		if err != nil {
			return err
		}
		return s.revokeFamily(ctx, q, row.Family, account)
	})
}

func (s *Service) revokeFamily(ctx context.Context, q *db.Queries, family string, account db.Account) error {
	now := s.now()
	if _, err := q.RevokeFamily(ctx, db.RevokeFamilyParams{RevokedAt: &now, Family: family}); err != nil {
		return err
	}
	return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "token.revoke", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName})
}

// issuePair writes and signs an access and a refresh token.
func (s *Service) issuePair(ctx context.Context, q *db.Queries, accountID int64, family string) (Pair, error) {
	access, err := s.issue(ctx, q, accountID, family, accessToken, s.AccessLifetime)
	if err != nil {
		return Pair{}, err
	}
	refresh, err := s.issue(ctx, q, accountID, family, refreshToken, s.RefreshLifetime)
	return Pair{access, refresh}, err
}

func (s *Service) issue(ctx context.Context, q *db.Queries, accountID int64, family, kind string, lifetime time.Duration) (string, error) {
	row, err := q.AccountByID(ctx, accountID)
	account, err := one(ctx, q, row, err)
	if err != nil {
		return "", err
	}
	primary, _ := account.Primary()
	expires := s.Now().Add(lifetime).Truncate(time.Second)
	c := claims{
		Sub: strconv.FormatInt(account.Matricule, 10), Email: account.Email, UserID: account.UUID,
		RoleName: primary.RoleName, RoleID: primary.RoleUUID, JTI: uuid.NewString(), TokenType: kind, Exp: jwt.NewNumericDate(expires),
	}
	request := api.RequestFrom(ctx)
	err = q.AddToken(ctx, db.AddTokenParams{
		JTI: c.JTI, Family: family, AccountID: accountID, Kind: kind, Epoch: row.Epoch,
		CreatedAt: s.now(), ExpiresAt: db.At(expires), Address: request.Address, UserAgent: request.UserAgent,
	})
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(s.Keys.JWTKey())
}

func (s *Service) parse(token string) (claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(
		token, &c, func(*jwt.Token) (any, error) { return s.Keys.JWTKey(), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Now),
	)
	return c, err
}

// liveToken returns the row of a token that was neither revoked nor outlived
// by its account.
func (s *Service) liveToken(ctx context.Context, q *db.Queries, c claims) (db.Token, db.Account, error) {
	row, err := q.Token(ctx, c.JTI)
	if err != nil {
		return row, db.Account{}, badToken(err)
	}
	account, err := q.AccountByID(ctx, row.AccountID)
	if err != nil {
		return row, account, badToken(err)
	}
	if row.RevokedAt != nil || row.Kind != c.TokenType || !works(account, s.Now()) || row.Epoch != account.Epoch {
		return row, account, errBadCredentials
	}
	return row, account, nil
}

func badToken(err error) error {
	if db.NotFound(err, "", "") != err {
		return errBadCredentials
	}
	return err
}

// bearer returns the caller of a token, parc's or ScoDoc's: a read of the
// revision and a look-up when the token is known.
func (s *Service) bearer(ctx context.Context, token string) (*Caller, error) {
	q := s.Store.Read()
	revision, err := q.Revision(ctx, "identity")
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte(token))
	if c, ok := s.tokens.get(key, revision, s.Now()); ok {
		return c, nil
	}
	check := s.accessCaller
	if isOpaque(token) {
		check = s.opaqueCaller
	}
	caller, until, err := check(ctx, q, token)
	if err != nil {
		return nil, err
	}
	s.tokens.put(key, revision, caller, caller.bounded(until))
	return caller, nil
}

// accessCaller returns the caller of an access token of parc, and when the
// token ends.
func (s *Service) accessCaller(ctx context.Context, q *db.Queries, token string) (*Caller, time.Time, error) {
	c, err := s.parse(token)
	if err != nil || c.TokenType != accessToken {
		return nil, time.Time{}, errBadCredentials
	}
	_, account, err := s.liveToken(ctx, q, c)
	if err != nil {
		return nil, time.Time{}, err
	}
	caller, err := callerOf(ctx, q, account)
	if err != nil {
		return nil, time.Time{}, err
	}
	caller.jti = c.JTI
	return caller, c.Exp.Time, nil
}
