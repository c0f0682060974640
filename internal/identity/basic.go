package identity

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/http"
	"sync"
	"time"

	"intendant/db"
)

// basicLifetime is how long a Basic credential is believed without a hash.
const basicLifetime = time.Minute

// basicCaller checks a Basic credential: one hash a minute for each, however
// many requests come with it, at once or while other accounts change.
func (s *Service) basicCaller(r *http.Request) (*Caller, error) {
	login, password, ok := r.BasicAuth()
	if !ok {
		return nil, errBadLogin
	}
	ctx, now := r.Context(), s.Now()
	revision, err := s.Store.Read().Revision(ctx, "identity")
	if err != nil {
		return nil, err
	}
	key := s.Keys.MAC("basic", []byte(login), []byte(password))
	if c, ok := s.callers.get(key, revision, now); ok {
		return c, nil
	}
	// Requests that come together when it is forgotten wait for one hash.
	giveBack, err := s.turns.take(ctx, "basic "+string(key[:]))
	if err != nil {
		return nil, err
	}
	defer giveBack()
	if c, ok := s.callers.get(key, revision, now); ok {
		return c, nil
	}
	row, until, err := s.checkBasic(ctx, key, login, password, now)
	if err != nil {
		return nil, err
	}
	c, err := callerOf(ctx, s.Store.Read(), row)
	if err != nil {
		return nil, err
	}
	s.callers.put(key, revision, c, c.bounded(until))
	return c, nil
}

// checkBasic returns the account of a credential and until when it is
// believed; see [Service.CheckPassword] for its errors.
func (s *Service) checkBasic(ctx context.Context, key [sha256.Size]byte, login, password string, now time.Time) (db.Account, time.Time, error) {
	// The row is read before the password is checked: one that changes in
	// between is not believed next time.
	row, err := s.findLogin(ctx, login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return row, time.Time{}, err
	}
	if until, ok := s.passwords.believed(key, row, now); ok {
		return row, until, nil
	}
	account, err := s.CheckPassword(ctx, login, password)
	if err != nil {
		return row, time.Time{}, err
	}
	if account.ID != row.ID { // the name has just become another's
		return row, time.Time{}, errBadLogin
	}
	until := now.Add(basicLifetime)
	s.passwords.believe(key, row, until)
	return row, until, nil
}

// passwords remembers which credentials were checked, by their MAC.
type passwords struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]knownPassword
}

// knownPassword is the account as it was when its password was checked.
type knownPassword struct {
	accountID, epoch int64
	hash             string
	until            time.Time
}

func newPasswords() *passwords {
	return &passwords{known: map[[sha256.Size]byte]knownPassword{}}
}

// believed reports whether the credential was checked lately for this account,
// and nothing has ended it since: a new password, a kick, the end of the
// account.
func (p *passwords) believed(key [sha256.Size]byte, row db.Account, now time.Time) (until time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.known[key]
	ok = ok && now.Before(k.until) && works(row, now) && row.PasswordHash != nil &&
		k.accountID == row.ID && k.epoch == row.Epoch && k.hash == *row.PasswordHash
	return k.until, ok
}

func (p *passwords) believe(key [sha256.Size]byte, row db.Account, until time.Time) {
	if row.PasswordHash == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxVerified {
		clear(p.known)
	}
	p.known[key] = knownPassword{row.ID, row.Epoch, *row.PasswordHash, until}
}
