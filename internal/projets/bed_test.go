package projets

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/coffre"
	"intendant/internal/errs"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/internal/projets/bases"
)

// outbox keeps what it passes on.
type outbox struct {
	*mail.Service
	messages []mail.Message
}

func (o *outbox) Queue(ctx context.Context, q *db.Queries, m mail.Message) (int64, error) {
	o.messages = append(o.messages, m)
	return o.Service.Queue(ctx, q, m)
}

// caller is an account that sends a request.
type caller struct {
	id          int64
	name        string
	permissions []api.Permission
}

func (c caller) AccountID() int64    { return c.id }
func (c caller) AccountName() string { return c.name }
func (c caller) HasCookie() bool     { return false }
func (c caller) IsElevated() bool    { return false }
func (c caller) Can(p api.Permission, _ string) bool {
	return slices.Contains(c.permissions, p)
}

// bed is a service on a data folder of its own, with a clock that each look at
// moves by a second.
type bed struct {
	*Service
	t      testing.TB
	data   string
	outbox *outbox
	log    *bytes.Buffer
	owner  int64
}

func newBed(t testing.TB) *bed {
	t.Helper()
	b, closeBed, err := openBed(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b.t = t
	t.Cleanup(closeBed)
	owner, err := b.CreateOwner(t.Context(), OwnerPatch{Name: api.Some("Propriétaire")})
	if err != nil {
		t.Fatal(err)
	}
	b.owner = owner.ID
	return b
}

// openBed opens the service of a data folder, as a start of the server does,
// but without repairing.
func openBed(ctx context.Context, data string) (*bed, func(), error) {
	keys, err := coffre.Open(data)
	if err != nil {
		return nil, nil, err
	}
	store, err := db.Open(ctx, filepath.Join(data, "intendant.db"), db.Options{})
	if err != nil {
		return nil, nil, err
	}
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	b := &bed{data: data, log: &bytes.Buffer{}}
	var looks atomic.Int64
	now := func() time.Time { return start.Add(time.Duration(looks.Add(1)) * time.Second) }
	accounts, err := identity.New(ctx, identity.Config{Store: store, Keys: keys, Now: now})
	if err != nil {
		return nil, nil, err
	}
	letters, err := mail.New(mail.Config{Store: store, Keys: keys, Now: now})
	if err != nil {
		return nil, nil, err
	}
	folder, err := bases.Open(ctx, filepath.Join(data, "databases"), now)
	if err != nil {
		return nil, nil, err
	}
	b.outbox = &outbox{Service: letters}
	b.Service, err = New(ctx, Config{
		Store: store, Identity: accounts, Mail: b.outbox, Bases: folder, Now: now,
		Link:   func(_ context.Context, secret string) string { return "https://site.example/lien/" + secret },
		Logger: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	return b, func() { store.Close() }, err
}

// ask is a request for a project in a new database.
func (b *bed) ask(database, name string) NewProject {
	return NewProject{
		NewDB: api.Some(true), NewDBTemplate: api.Some(bases.Template), NewDBName: api.Some(database), Name: api.Some(name),
		Constructor: api.Some("Bâtisseurs"), Description: api.Some("Un essai"), OwnerID: api.Some(b.owner), ProjectTypeID: api.Some(int64(1)),
	}
}

// in is a request for a project in an existing database.
func (b *bed) in(database, name string) NewProject {
	in := b.ask(database, name)
	in.NewDB, in.NewDBName, in.NewDBTemplate = api.Some(false), api.Opt[string]{}, api.Opt[string]{}
	in.ExistingDBName = api.Some(database)
	return in
}

func (b *bed) create(in NewProject) Project {
	b.t.Helper()
	p, err := b.CreateProject(b.t.Context(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// user creates a user whose names are his user name.
func (b *bed) user(name string) User {
	b.t.Helper()
	u, err := b.CreateUser(b.t.Context(), person(name))
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

func person(name string) NewUser {
	return NewUser{
		UserName: api.Some(name), FirstName: api.Some("Åsne"), LastName: api.Some(name),
		Email: api.Some(api.Email(name + "@example.com")),
	}
}

// member adds a user to a project without a mail.
func (b *bed) member(name string, project int64, m Membership) ProjectUser {
	b.t.Helper()
	u, err := b.AddProjectUser(b.t.Context(), NewProjectUser{
		ProjectID: api.Some(project), User: person(name), Membership: m, MailType: api.Some(SkipEmail),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// as returns a context whose requests are an account's.
func (b *bed) as(accountID int64, name string, permissions ...api.Permission) context.Context {
	return api.WithRequest(b.t.Context(), &api.Request{Caller: caller{accountID, name, permissions}})
}

// count returns the single number that a query of the base gives.
func (b *bed) count(query string) int {
	b.t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(b.Store.Path())+"?mode=ro")
	if err != nil {
		b.t.Fatal(err)
	}
	defer base.Close()
	var n int
	if err := base.QueryRowContext(b.t.Context(), query).Scan(&n); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// inFile returns the single text that a query of a project database gives.
func (b *bed) inFile(database, query string) string {
	b.t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(filepath.Join(b.data, "databases", database+".db")))
	if err != nil {
		b.t.Fatal(err)
	}
	defer base.Close()
	var text sql.NullString
	if err := base.QueryRowContext(b.t.Context(), query).Scan(&text); err != nil {
		b.t.Fatalf("%s: %s: %v", database, query, err)
	}
	return text.String
}

// files returns what the folder of the databases holds, but for the locks and
// for what SQLite keeps beside an open file.
func (b *bed) files() []string {
	b.t.Helper()
	var names []string
	root := filepath.Join(b.data, "databases")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "-wal") || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, ".lock") {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, name)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return names
}

// codes returns the faults of an error as "field code", in order; nil when it
// is not Invalid.
func codes(err error) []string {
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid {
		return nil
	}
	var list []string
	for _, f := range e.Faults {
		list = append(list, f.Field()+" "+f.Code)
	}
	return list
}

// wantFaults fails the test unless err has exactly these faults.
func wantFaults(t testing.TB, err error, want ...string) {
	t.Helper()
	got := codes(err)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("faults %q (%v), want %q", got, err, want)
	}
}

func wantKind(t testing.TB, err error, kind errs.Kind) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Errorf("error %v, want kind %d", err, kind)
	}
}

func wantNone(t testing.TB, errors ...error) {
	t.Helper()
	for _, err := range errors {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// copyFile copies a file of the folder of the databases.
func (b *bed) copyFile(from, to string) {
	b.t.Helper()
	root := filepath.Join(b.data, "databases")
	text, err := os.ReadFile(filepath.Join(root, from))
	wantNone(b.t, errors.Join(err, os.WriteFile(filepath.Join(root, to), text, 0o600)))
}

func nameOnly(name string) OwnerPatch { return OwnerPatch{Name: api.Some(name)} }

// emptyJournal forgets what the preparation of a test did.
func (b *bed) emptyJournal() error {
	base, err := sql.Open("sqlite", db.FileURI(b.Store.Path())+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	_, err = base.ExecContext(b.t.Context(), "DELETE FROM journal")
	return errors.Join(err, base.Close())
}
