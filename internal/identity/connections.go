package identity

import (
	"bytes"
	"context"
	"slices"
	"time"

	"intendant/db"
)

// ConnectionOfBrowser is the kind of a [Connection] by a browser; the others
// are those of [TokenFamily].
const ConnectionOfBrowser = "session"

// Connection is a browser session, or a family of tokens, that is alive. A
// program that sends its password with each request has none.
type Connection struct {
	Account        Account // without its grants
	Kind           string  // ConnectionOfBrowser, FamilyOfLogin, FamilyOfOne or FamilyOfScoDoc
	Since, Expires time.Time
	SeenAt         *time.Time // nil for tokens, whose use is not written down
	Address        string     // "" for a token that a command issued
	UserAgent      string
	IsCurrent      bool // it is the session of ctx's request
}

// Connections returns what every account has open: the sessions, the last used
// first, then the tokens, the newest first, and ScoDoc's last.
func (s *Service) Connections(ctx context.Context) ([]Connection, error) {
	q, now := s.Store.Read(), s.now()
	sessions, err := q.LiveSessions(ctx, now)
	if err != nil {
		return nil, err
	}
	tokens, err := q.AllLiveTokens(ctx, now)
	if err != nil {
		return nil, err
	}
	opaque, err := q.LiveOpaqueTokens(ctx, now)
	if err != nil {
		return nil, err
	}
	var ids []int64
	holders := map[string]int64{} // by family
	for _, row := range sessions {
		if row.AccountID != nil {
			ids = append(ids, *row.AccountID)
		}
	}
	for _, row := range tokens {
		ids = append(ids, row.AccountID)
		holders[row.Family] = row.AccountID
	}
	for _, row := range opaque {
		ids = append(ids, row.AccountID)
	}
	slices.Sort(ids)
	rows, err := q.AccountsIn(ctx, db.JSONList(slices.Compact(ids)...))
	if err != nil {
		return nil, err
	}
	accounts := map[int64]Account{}
	for _, row := range rows {
		accounts[row.ID] = accountOf(row)
	}
	var list []Connection
	add := func(accountID int64, c Connection) {
		// One who has just been made inactive or deleted is not there, nor one
		// whose account is expired.
		if c.Account = accounts[accountID]; c.Account.WorksAt(now.Time) {
			list = append(list, c)
		}
	}
	current := s.currentHash(ctx)
	for _, row := range sessions {
		if row.AccountID != nil {
			add(*row.AccountID, Connection{
				Kind: ConnectionOfBrowser, Since: row.CreatedAt.Time, Expires: row.ExpiresAt.Time, SeenAt: &row.SeenAt.Time,
				Address: row.Address, UserAgent: row.UserAgent, IsCurrent: bytes.Equal(row.TokenHash, current),
			})
		}
	}
	families := familiesOf(tokens)
	for _, row := range opaque {
		f := opaqueFamily(row)
		families, holders[f.ID] = append(families, f), row.AccountID
	}
	for _, f := range families {
		add(holders[f.ID], Connection{
			Kind: f.Kind, Since: f.Created, Expires: f.Expires, Address: f.Address, UserAgent: f.UserAgent,
		})
	}
	return list, nil
}
