package identity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

const (
	// sessionIdle ends a session that nobody uses; sessionLifetime ends the
	// others.
	sessionIdle     = 4 * time.Hour
	sessionLifetime = 24 * time.Hour
	// elevationLifetime is how long the password given again is believed.
	elevationLifetime = 10 * time.Minute
	// touchEvery is how often the last visit of a session is written down.
	touchEvery = time.Minute
	// SessionCookie is the name of the browser's cookie.
	SessionCookie = "intendant_session"
)

// The values of a session.
const (
	sessionAccount  = "account"
	sessionEpoch    = "epoch"
	sessionOpened   = "opened"
	sessionElevated = "elevated"
	sessionNotice   = "notice"
	sessionSecret   = "secret"
	// sessionStored marks what was read from the base: it may be saved there
	// again, but not brought back once it has been deleted.
	sessionStored = "stored"
)

var errNoSession = errs.New(errs.Unauthenticated, "not_authenticated", "Not authenticated")

// Session is a browser that an account is signed in on.
type Session struct {
	ID                         string // hexadecimal
	CreatedAt, SeenAt, Expires time.Time
	Address, UserAgent         string
	IsCurrent                  bool
}

// newSessions returns the manager of browser sessions.
func (s *Service) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Lifetime, m.IdleTimeout = sessionLifetime, sessionIdle
	m.Store, m.Codec = sessionStore{s}, sessionCodec{}
	m.Cookie.Name, m.Cookie.Persist, m.Cookie.Secure = SessionCookie, false, s.SecureCookies
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		s.Logger.Error("session", "request", api.RequestFrom(r.Context()).ID, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
	return m
}

// hasSessions marks the contexts that scs knows: it panics for others.
type hasSessions struct{}

// WithSession loads the browser session of each request to next, and saves it
// with the answer.
func (s *Service) WithSession(next http.Handler) http.Handler {
	return s.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), hasSessions{}, true)))
	}))
}

// sessionValue returns a value of the session of ctx, "" when there is none.
func (s *Service) sessionValue(ctx context.Context, key string) string {
	if ctx.Value(hasSessions{}) == nil {
		return ""
	}
	return s.sessions.GetString(ctx, key)
}

// SignIn checks a password and opens a browser session for the account, under
// a new token. See [Service.CheckPassword].
func (s *Service) SignIn(ctx context.Context, login, password string) (Account, error) {
	account, err := s.CheckPassword(ctx, login, password)
	if err != nil {
		return Account{}, err
	}
	return account, s.openSession(ctx, account.ID)
}

func (s *Service) openSession(ctx context.Context, accountID int64) error {
	var row db.Account
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		now := s.now()
		if err := q.TouchAccount(ctx, db.TouchAccountParams{LastSeenAt: &now, ID: accountID}); err != nil {
			return err
		}
		var err error
		if row, err = q.AccountByID(ctx, accountID); err != nil {
			return err
		}
		ctx = audit.WithActor(ctx, audit.Actor{ID: row.ID, Name: row.UserName})
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "session.create", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
	})
	if err != nil {
		return err
	}
	if err := s.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionAccount, strconv.FormatInt(row.ID, 10))
	s.sessions.Put(ctx, sessionEpoch, strconv.FormatInt(row.Epoch, 10))
	s.sessions.Put(ctx, sessionOpened, s.now().String())
	return nil
}

// SignOut ends the session of ctx; without one nothing happens.
func (s *Service) SignOut(ctx context.Context) error {
	if s.sessionValue(ctx, sessionAccount) == "" {
		return nil
	}
	caller := api.CallerFrom(ctx)
	if err := s.sessions.Destroy(ctx); err != nil || caller == nil {
		return err
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, caller.AccountID())
		if err != nil {
			return accountUnknown(err)
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "session.end", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
	})
}

// Elevate checks the password of the session's account again, and lets it do
// for a while what asks for that.
func (s *Service) Elevate(ctx context.Context, password string) error {
	caller := api.CallerFrom(ctx)
	if caller == nil || !caller.HasCookie() {
		return errNoSession
	}
	if _, err := s.CheckPassword(ctx, caller.AccountName(), password); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionElevated, db.At(s.Now().Add(elevationLifetime)).String())
	return nil
}

// SetNotice keeps a text for the next page of the session; without a session
// it is lost.
func (s *Service) SetNotice(ctx context.Context, text string) {
	if s.sessionValue(ctx, sessionAccount) != "" {
		s.sessions.Put(ctx, sessionNotice, text)
	}
}

// TakeNotice returns the text kept for this page, once.
func (s *Service) TakeNotice(ctx context.Context) string {
	if s.sessionValue(ctx, sessionNotice) == "" {
		return ""
	}
	return s.sessions.PopString(ctx, sessionNotice)
}

// SetSecret keeps a text to be shown once, by the page that asks for the same
// subject; it lies sealed in the base meanwhile. Without a session it is lost.
func (s *Service) SetSecret(ctx context.Context, subject, text string) {
	if s.sessionValue(ctx, sessionAccount) == "" {
		return
	}
	sealed := base64.StdEncoding.EncodeToString(s.Keys.Seal([]byte(text), sessionSecret+":"+subject))
	s.sessions.Put(ctx, sessionSecret, subject+" "+sealed)
}

// TakeSecret returns the text kept for a subject, once; "" when there is none.
func (s *Service) TakeSecret(ctx context.Context, subject string) string {
	sealed, found := strings.CutPrefix(s.sessionValue(ctx, sessionSecret), subject+" ")
	if !found {
		return ""
	}
	s.sessions.Remove(ctx, sessionSecret)
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return ""
	}
	text, err := s.Keys.Unseal(raw, sessionSecret+":"+subject)
	if err != nil {
		return ""
	}
	return string(text)
}

// ChangeOwnPassword replaces the password of ctx's caller, who gives the
// present one. Every token and every other session of the account ends.
func (s *Service) ChangeOwnPassword(ctx context.Context, current, next string) error {
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return errNoSession
	}
	if next == "" {
		return errs.NewInvalid("password", "missing", "Field required")
	}
	if _, err := s.CheckPassword(ctx, caller.AccountName(), current); err != nil {
		return err
	}
	if err := s.SetPassword(ctx, caller.AccountID(), next); err != nil {
		return err
	}
	if !caller.HasCookie() {
		return nil
	}
	return s.openSession(ctx, caller.AccountID())
}

// Sessions returns the live sessions of an account, the last used first.
func (s *Service) Sessions(ctx context.Context, accountID int64) ([]Session, error) {
	rows, err := s.Store.Read().SessionsOf(ctx, db.SessionsOfParams{AccountID: accountID, Now: s.now()})
	if err != nil {
		return nil, err
	}
	current := s.currentHash(ctx)
	list := make([]Session, len(rows))
	for i, row := range rows {
		list[i] = Session{
			ID: hex.EncodeToString(row.TokenHash), CreatedAt: row.CreatedAt.Time, SeenAt: row.SeenAt.Time, Expires: row.ExpiresAt.Time,
			Address: row.Address, UserAgent: row.UserAgent, IsCurrent: bytes.Equal(row.TokenHash, current),
		}
	}
	return list, nil
}

// currentHash returns the hash of the token of ctx's session, nil for none.
func (s *Service) currentHash(ctx context.Context) []byte {
	if ctx.Value(hasSessions{}) == nil {
		return nil
	}
	token := s.sessions.Token(ctx)
	if token == "" {
		return nil
	}
	return hashToken(token)
}

// EndSession ends one session of an account, or is NotFound.
func (s *Service) EndSession(ctx context.Context, accountID int64, id string) error {
	return s.endSessions(ctx, accountID, func(ctx context.Context, q *db.Queries) error {
		n, err := q.DeleteSessionOf(ctx, db.DeleteSessionOfParams{AccountID: accountID, ID: id})
		if err == nil && n == 0 {
			return errs.New(errs.NotFound, "session_unknown", "Session not found")
		}
		return err
	})
}

// EndOtherSessions ends every session of an account but that of ctx.
func (s *Service) EndOtherSessions(ctx context.Context, accountID int64) error {
	keep := s.currentHash(ctx)
	if keep == nil {
		keep = []byte{}
	}
	return s.endSessions(ctx, accountID, func(ctx context.Context, q *db.Queries) error {
		_, err := q.DeleteOtherSessionsOf(ctx, db.DeleteOtherSessionsOfParams{AccountID: accountID, TokenHash: keep})
		return err
	})
}

func (s *Service) endSessions(ctx context.Context, accountID int64, end func(context.Context, *db.Queries) error) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, accountID)
		if err != nil {
			return accountUnknown(err)
		}
		if err := end(ctx, q); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "session.end", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
	})
}

// sessionCaller returns the caller of the browser session of ctx, nil without
// one.
func (s *Service) sessionCaller(ctx context.Context) (*Caller, error) {
	id, err := strconv.ParseInt(s.sessionValue(ctx, sessionAccount), 10, 64)
	if err != nil {
		return nil, nil
	}
	q := s.Store.Read()
	revision, err := q.Revision(ctx, "identity")
	if err != nil {
		return nil, err
	}
	epoch := s.sessionValue(ctx, sessionEpoch)
	key := sha256.Sum256(fmt.Appendf(nil, "session %d %s", id, epoch))
	known, ok := s.callers.get(key, revision, s.Now())
	if !ok {
		row, err := q.AccountByID(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if !works(row, s.Now()) || strconv.FormatInt(row.Epoch, 10) != epoch {
			return nil, nil
		}
		if known, err = callerOf(ctx, q, row); err != nil {
			return nil, err
		}
		s.callers.put(key, revision, known, known.bounded(s.Now().Add(sessionIdle)))
	}
	caller := *known
	caller.hasCookie = true
	var until db.Time
	if until.Scan(s.sessionValue(ctx, sessionElevated)) == nil {
		caller.isElevated = s.Now().Before(until.Time)
	}
	return &caller, nil
}

// Purge deletes the sessions, tokens and links that are past their time.
func (s *Service) Purge(ctx context.Context) error {
	var sessions, tokens, opaque int64
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		now := s.now()
		if sessions, err = q.PurgeSessions(ctx, now); err != nil {
			return err
		}
		if tokens, err = q.PurgeTokens(ctx, now); err != nil {
			return err
		}
		if opaque, err = q.PurgeOpaqueTokens(ctx, now); err != nil {
			return err
		}
		return q.PurgeOneTimeLinks(ctx, now)
	})
	if err == nil && sessions+tokens+opaque > 0 {
		s.Logger.Log(ctx, slog.LevelDebug, "purged", "sessions", sessions, "tokens", tokens+opaque)
	}
	return err
}
