// Package projets keeps projects, their owners, the databases they are in and
// the people who work on them.
//
// Quirks of the contract, kept: the id of a database is its name; a user is
// known by his user name; rights are 1 full, 2 limited, 3 read, 4 none; a
// project keeps its number in its database for good, be it deleted.
package projets

import (
	"context"
	"log/slog"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/internal/projets/bases"
)

// The permissions of the wing. Each includes those before it.
const (
	Read  api.Permission = "projets:read"
	Write api.Permission = "projets:write"
	Admin api.Permission = "projets:admin"
)

// Mail is where invitations go; a *mail.Service is one.
type Mail interface {
	// Queue puts a message in the outbox with the queries of the caller's
	// transaction, and returns its id.
	Queue(ctx context.Context, q *db.Queries, m mail.Message) (int64, error)
	// Templates returns the templates of mails in the order of their ids.
	Templates(ctx context.Context) ([]mail.Template, error)
}

// Config is what the service is made of.
type Config struct {
	Store    *db.Store
	Identity *identity.Service
	Mail     Mail
	Bases    *bases.Folder
	// Link makes the address that a mail gives, from the secret of a one-time
	// link to choose a password; without a secret, that of the sign-in page.
	Link   func(ctx context.Context, secret string) string
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger
}

// Service answers for projects.
type Service struct {
	Config
	// listed spares the base the lists of projects.
	listed db.Kept[[]listedProject]
	// at is called at each step of what touches both the base and the files,
	// with the name of the step; tests stop there.
	at func(step string)
}

// New returns the service, with the built-in template among the databases.
// Whoever serves calls [Service.Repair] next.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Config: cfg, at: func(string) {}}
	return s, s.addTemplate(ctx)
}

func (s *Service) now() db.Time { return db.At(s.Now()) }

// record writes a line of the journal about one object.
func (s *Service) record(ctx context.Context, q *db.Queries, action, kind, id, name string, before, after any) error {
	return audit.Record(ctx, q, s.Now(), audit.Entry{Action: action, ObjectType: kind, ObjectID: id, ObjectName: name, Before: before, After: after})
}

// actor returns the user name of ctx's caller, nil without one.
func actor(ctx context.Context) *string {
	caller := api.CallerFrom(ctx)
	if caller == nil {
		return nil
	}
	name := caller.AccountName()
	return &name
}

// Paging is a page of a list.
type Paging struct {
	Limit, Offset int64 // Limit 0 means all
}

func (p Paging) limit() int64 {
	if p.Limit == 0 {
		return -1
	}
	return p.Limit
}

func asInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
