package identity

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/motdepasse"
	"intendant/internal/plier"
)

var (
	errBadLogin       = errs.New(errs.Unauthenticated, "bad_login", "Incorrect username or password")
	errBadCredentials = errs.New(errs.Unauthenticated, "bad_credentials", "Could not validate credentials")
)

// CheckPassword returns the account that signs in with this user name, e-mail
// or matricule. A wrong password, an unknown, an inactive or an expired account
// are the same Unauthenticated error and take the same time; too many of them
// are Throttled.
func (s *Service) CheckPassword(ctx context.Context, login, password string) (Account, error) {
	row, err := s.findLogin(ctx, login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Account{}, err
	}
	// Whatever an account is called by, its failures are counted together.
	name, address := row.UUID, api.RequestFrom(ctx).Address
	if err != nil {
		name = plier.Key(login)
	}
	// One after the other: guesses sent together would all be checked before
	// the first failure counts.
	for _, key := range []string{"account " + name, "address " + address} {
		giveBack, err := s.turns.take(ctx, key)
		if err != nil {
			return Account{}, err
		}
		defer giveBack()
	}
	// The account as it is now, not as it was when the wait began.
	if row, err = s.findLogin(ctx, login); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Account{}, err
	}
	if wait := s.throttle.wait(name, address); wait > 0 {
		return Account{}, throttled(wait)
	}
	ok := false
	if err != nil || row.PasswordHash == nil {
		err = motdepasse.VerifyNothing(ctx, password)
	} else {
		ok, err = s.verify(ctx, row, password)
	}
	if err != nil {
		return Account{}, err
	}
	if !ok || !works(row, s.Now()) {
		s.throttle.failed(name, address)
		s.Logger.Warn("login failed", "account", login, "address", address)
		return Account{}, errBadLogin
	}
	s.throttle.succeeded(name)
	return one(ctx, s.Store.Read(), row, nil)
}

// works reports whether an account is active and not expired.
func works(row db.Account, now time.Time) bool { return accountOf(row).WorksAt(now) }

// verify checks the password, and hashes it anew when the parameters moved.
func (s *Service) verify(ctx context.Context, row db.Account, password string) (bool, error) {
	ok, rehash, err := s.verifyHash(ctx, *row.PasswordHash, password)
	if err != nil || !ok || !rehash {
		return ok, err
	}
	hash, err := motdepasse.Hash(ctx, password)
	if err != nil {
		return false, err
	}
	return true, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		return q.ReplacePasswordHash(ctx, db.ReplacePasswordHashParams{NewHash: &hash, ID: row.ID, OldHash: row.PasswordHash})
	})
}

func (s *Service) findLogin(ctx context.Context, login string) (db.Account, error) {
	q := s.Store.Read()
	row, err := q.AccountByUserName(ctx, login)
	if !errors.Is(err, sql.ErrNoRows) {
		return row, err
	}
	if strings.Contains(login, "@") {
		row, err = q.AccountByEmailKey(ctx, emailKey(login))
		if !errors.Is(err, sql.ErrNoRows) {
			return row, err
		}
	}
	if matricule, e := strconv.ParseInt(login, 10, 64); e == nil {
		return q.AccountByMatricule(ctx, matricule)
	}
	return row, err
}

// Authenticate implements api.Authenticator for Bearer and Basic credentials
// and, without an Authorization header, for browser sessions; a credential of
// another scheme counts as none.
func (s *Service) Authenticate(r *http.Request) (api.Caller, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		c, err := s.sessionCaller(r.Context())
		if c == nil {
			return nil, err
		}
		return c, err
	}
	scheme, credential, _ := strings.Cut(header, " ")
	var c *Caller
	var err error
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		c, err = s.bearer(r.Context(), strings.TrimSpace(credential))
	case strings.EqualFold(scheme, "Basic"):
		c, err = s.basicCaller(r)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}
