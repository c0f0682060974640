package identity

import (
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/db"
	"intendant/db/dbtest"
	"intendant/internal/api"
	"intendant/internal/coffre"
	"intendant/internal/errs"
	"intendant/internal/motdepasse"
)

const goodPassword = "trois lampes vertes"

// sharedHash is the hash of goodPassword, computed once for all the tests.
var sharedHash = sync.OnceValues(func() (string, error) { return motdepasse.Hash(context.Background(), goodPassword) })

// bed is a service on a base of its own, with a clock that the test moves.
type bed struct {
	*Service
	t     *testing.T
	clock *time.Time
}

func newBed(t *testing.T) *bed {
	t.Helper()
	keys, err := coffre.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return bedOn(t, dbtest.Open(t), keys)
}

func bedOn(t *testing.T, store *db.Store, keys *coffre.Coffre) *bed {
	t.Helper()
	clock := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	s, err := New(t.Context(), Config{Store: store, Keys: keys, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	return &bed{s, t, &clock}
}

// neighbour is another service on the same file, as a command has.
func (b *bed) neighbour() *bed {
	b.t.Helper()
	store, err := db.Open(b.t.Context(), b.Store.Path(), db.Options{MustExist: true})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { store.Close() })
	return bedOn(b.t, store, b.Keys)
}

// account creates an account whose password is goodPassword; role "" is none.
func (b *bed) account(userName, role string) Account {
	b.t.Helper()
	hash, err := sharedHash()
	if err != nil {
		b.t.Fatal(err)
	}
	n := NewAccount{UserName: userName, FirstName: "Ada", LastName: userName, Email: userName + "@example.com"}
	if role != "" {
		n.RoleUUID = b.role(role).UUID
	}
	var account Account
	err = b.Store.Write(b.t.Context(), func(ctx context.Context, q *db.Queries) error {
		account, err = b.createAccount(ctx, q, n, &hash)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return account
}

func (b *bed) role(name string) Role {
	b.t.Helper()
	role, err := b.RoleByName(b.t.Context(), name)
	if err != nil {
		b.t.Fatal(err)
	}
	return role
}

// newRole creates a role that holds the permissions of these names.
func (b *bed) newRole(name string, permissions ...string) Role {
	b.t.Helper()
	role, err := b.CreateRole(b.t.Context(), RoleChange{Name: &name, Add: refs(permissions...)})
	if err != nil {
		b.t.Fatal(err)
	}
	return role
}

func refs(names ...string) []PermissionRef {
	list := make([]PermissionRef, len(names))
	for i, name := range names {
		list[i] = PermissionRef{Name: name}
	}
	return list
}

// pair opens a family of tokens without the cost of a login.
func (b *bed) pair(account Account) Pair {
	b.t.Helper()
	var pair Pair
	err := b.Store.Write(b.t.Context(), func(ctx context.Context, q *db.Queries) (err error) {
		pair, err = b.issuePair(ctx, q, account.ID, "family of "+account.UserName)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return pair
}

// with authenticates a request that has this Authorization header.
func (b *bed) with(header string) (*Caller, error) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, "/", nil)
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	c, err := b.Authenticate(r)
	if c == nil {
		return nil, err
	}
	return c.(*Caller), err
}

func (b *bed) basic(login, password string) (*Caller, error) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, "/", nil)
	r.SetBasicAuth(login, password)
	return b.with(r.Header.Get("Authorization"))
}

func (b *bed) mustBearer(token string) *Caller {
	b.t.Helper()
	c, err := b.with("Bearer " + token)
	if err != nil || c == nil {
		b.t.Fatalf("Authenticate = %v, %v, want a caller", c, err)
	}
	return c
}

func (b *bed) wantDead(what, token string) {
	b.t.Helper()
	c, err := b.with("Bearer " + token)
	wantCode(b.t, what, err, errs.Unauthenticated, "bad_credentials")
	if c != nil {
		b.t.Errorf("%s: the caller is %v, want none", what, c)
	}
}

// wantCode checks the kind and the code of an error; of an Invalid one, the
// code of its first fault.
func wantCode(t *testing.T, what string, err error, kind errs.Kind, code string) {
	t.Helper()
	e := errs.As(err)
	if e == nil {
		t.Errorf("%s: error %v, want %q", what, err, code)
		return
	}
	got := e.Code
	if len(e.Faults) > 0 {
		got = e.Faults[0].Code
	}
	if e.Kind != kind || got != code {
		t.Errorf("%s: error %v of kind %v and code %q, want %v, %q", what, err, e.Kind, got, kind, code)
	}
}

// exec changes the base behind the service's back.
func (b *bed) exec(query string, args ...any) {
	b.t.Helper()
	base, err := sql.Open("sqlite", "file:"+b.Store.Path()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		b.t.Fatal(err)
	}
	defer base.Close()
	if _, err := base.ExecContext(b.t.Context(), query, args...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) departement(acronym string) {
	b.t.Helper()
	b.exec("INSERT INTO departements (acronym, date_creation) VALUES (?, ?)", acronym, db.At(*b.clock).String())
}

// journal returns the lines written so far, the oldest first.
func (b *bed) journal() []db.Journal {
	b.t.Helper()
	lines, err := b.Store.Read().JournalLines(b.t.Context(), db.JournalLinesParams{Since: "0", Until: "9999", RowLimit: -1})
	if err != nil {
		b.t.Fatal(err)
	}
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines
}

// written runs change and returns the actions of the lines it wrote.
func (b *bed) written(change func()) string {
	b.t.Helper()
	before := len(b.journal())
	change()
	var actions []string
	for _, line := range b.journal()[before:] {
		actions = append(actions, line.Action)
	}
	return strings.Join(actions, " ")
}

// from returns a context of a request from this address.
func (b *bed) from(address string) context.Context {
	return api.WithRequest(b.t.Context(), &api.Request{Address: address})
}

func ptr[T any](v T) *T { return &v }
