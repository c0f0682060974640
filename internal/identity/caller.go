package identity

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"intendant/db"
	"intendant/internal/api"
)

// Caller is an account that sends a request, and what it may do.
type Caller struct {
	Account Account
	rights  map[string]map[api.Permission]bool // by department, "" for all
	jti     string                             // of parc's token that it came with, if any
	// isOpaque says that it came with a token of ScoDoc's.
	isOpaque bool
	// hasCookie and isElevated are those of a browser session.
	hasCookie, isElevated bool
}

// AccountID implements api.Caller.
func (c *Caller) AccountID() int64 { return c.Account.ID }

// AccountName implements api.Caller.
func (c *Caller) AccountName() string { return c.Account.UserName }

// Can implements api.Caller.
func (c *Caller) Can(p api.Permission, departement string) bool {
	return c.rights[""][p] || departement != "" && c.rights[departement][p]
}

// DepartementsWith returns where the caller holds p: everywhere, or in the
// departments of these acronyms, in order.
func (c *Caller) DepartementsWith(p api.Permission) (everywhere bool, acronyms []string) {
	if c.rights[""][p] {
		return true, nil
	}
	for acronym, held := range c.rights {
		if held[p] {
			acronyms = append(acronyms, acronym)
		}
	}
	slices.Sort(acronyms)
	return false, acronyms
}

// HasCookie implements api.Caller.
func (c *Caller) HasCookie() bool { return c.hasCookie }

// IsElevated implements api.Caller.
func (c *Caller) IsElevated() bool { return c.isElevated }

// bounded returns a moment up to which the caller can be kept: that one, or when
// its account expires.
func (c *Caller) bounded(until time.Time) time.Time {
	if end := c.Account.ExpiresAt; end != nil && end.Before(until) {
		return *end
	}
	return until
}

// includes are the permissions that come with a higher one of the same kind.
var includes = map[string][]api.Permission{
	"projets:write": {"projets:read"},
	"projets:admin": {"projets:read", "projets:write"},
}

// callerOf loads the rights of an account.
func callerOf(ctx context.Context, q *db.Queries, row db.Account) (*Caller, error) {
	account, err := one(ctx, q, row, nil)
	if err != nil {
		return nil, err
	}
	held, err := q.PermissionsOf(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	c := &Caller{Account: account, rights: map[string]map[api.Permission]bool{}}
	for _, p := range held {
		if c.rights[p.Departement] == nil {
			c.rights[p.Departement] = map[api.Permission]bool{}
		}
		c.rights[p.Departement][api.Permission(p.Name)] = true
		for _, included := range includes[p.Name] {
			c.rights[p.Departement][included] = true
		}
	}
	return c, nil
}

// maxVerified bounds the credentials kept.
const maxVerified = 4096

// verified keeps the callers of credentials checked before. All are forgotten
// when the identity revision of the base moves: a change made by any process
// is seen by the next request.
type verified struct {
	mu       sync.Mutex
	revision int64
	callers  map[[sha256.Size]byte]verifiedCaller
}

type verifiedCaller struct {
	caller *Caller
	until  time.Time
}

func newVerified() *verified {
	return &verified{callers: map[[sha256.Size]byte]verifiedCaller{}}
}

func (v *verified) get(key [sha256.Size]byte, revision int64, now time.Time) (*Caller, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.revision != revision {
		return nil, false
	}
	known, ok := v.callers[key]
	return known.caller, ok && now.Before(known.until)
}

func (v *verified) put(key [sha256.Size]byte, revision int64, c *Caller, until time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if revision < v.revision {
		return
	}
	if revision > v.revision || len(v.callers) >= maxVerified {
		clear(v.callers)
		v.revision = revision
	}
	v.callers[key] = verifiedCaller{c, until}
}
