// Package mail writes to people: templates, an outbox, a worker that speaks
// SMTP.
//
// A message is queued in the transaction of the change that causes it, so that
// there is none without its change and no change without it. The worker sends
// it later, as often as it takes; each attempt is on record before the server
// is spoken to, so that a message is never sent twice without a trace. Without
// an SMTP server messages are held, and go out once there is one.
package mail

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"intendant/db"
	"intendant/internal/coffre"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// Config is what the service is made of.
type Config struct {
	Store  *db.Store
	Keys   *coffre.Coffre
	Logger *slog.Logger     // nil is silence
	Now    func() time.Time // nil means time.Now
	// Server is who takes our mail; its zero value is nobody.
	Server Server
	// Site is what messages call this installation: its public address.
	Site string
}

// Service is the outbox and its worker.
type Service struct {
	Config
	poked  chan struct{}
	outage outage
}

// New returns the service. It fails when the settings of the SMTP server
// contradict each other.
func New(cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Server.IsSet() {
		if err := cfg.Server.Check(); err != nil {
			return nil, err
		}
	}
	return &Service{Config: cfg, poked: make(chan struct{}, 1)}, nil
}

func (s *Service) now() db.Time { return db.At(s.Now()) }

// Message asks for an e-mail from a template.
type Message struct {
	TemplateID int64
	// AccountID is whose business it is; 0 for nobody's.
	AccountID int64
	To        string // a bare address, without a name
	Values    Values
}

// Values fill the placeholders of a template. An empty one leaves its place
// empty, but for FirstName, which Username replaces.
type Values struct {
	Username, FirstName, Project string
	// Link is absolute. It may hold a secret: the outbox seals the body, and
	// subjects may not have it.
	Link string
}

var errTemplateUnknown = errs.New(errs.NotFound, "template_unknown", "E-mail template not found")

// Queue puts a message in the outbox with the queries of the caller's own
// transaction, and returns its id. An unknown template is NotFound, an address
// that is not one Invalid.
func (s *Service) Queue(ctx context.Context, q *db.Queries, m Message) (int64, error) {
	if !isAddress(m.To) {
		return 0, errs.NewInvalid("email", "email", "is not an e-mail address")
	}
	row, err := q.EmailTemplate(ctx, m.TemplateID)
	if err != nil {
		return 0, db.NotFound(err, errTemplateUnknown.Code, errTemplateUnknown.Message)
	}
	subject, body := render(row.Subject, row.Body, s.substitutes(m.Values))
	id, err := q.AddOutbox(ctx, db.AddOutboxParams{
		TemplateID: &m.TemplateID, AccountID: optional(m.AccountID), Recipient: m.To, Subject: subject,
		MessageRef: strings.ToLower(rand.Text()), SearchKey: plier.Key(m.To + " " + subject), CreatedAt: s.now(), State: string(s.firstState()),
	})
	if err != nil {
		return 0, fmt.Errorf("queue a message: %w", err)
	}
	err = q.SetOutboxBody(ctx, db.SetOutboxBodyParams{ID: id, Body: s.Keys.Seal([]byte(body), sealContext(id))})
	if err != nil {
		return 0, fmt.Errorf("queue a message: %w", err)
	}
	s.Poke()
	return id, nil
}

// Poke makes the worker look at the outbox now rather than within its few
// seconds. It may be called inside a transaction.
func (s *Service) Poke() {
	select {
	case s.poked <- struct{}{}:
	default: // it is about to look
	}
}

func sealContext(id int64) string { return "outbox:" + strconv.FormatInt(id, 10) }

func optional(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// isAddress reports whether text is one bare address, fit for a header.
func isAddress(text string) bool {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return false
	}
	a, err := netmail.ParseAddress(text)
	return err == nil && a.Name == "" && a.Address == text
}

// Outage is a server that could not be used when it was last tried.
type Outage struct {
	Since, Until time.Time // Until is when it is tried next
	Error        string    // what went wrong last
}

// Outage returns what the worker of this process knows of a server that cannot
// be used; ok is false when it knows of nothing.
func (s *Service) Outage() (o Outage, ok bool) {
	s.outage.mu.Lock()
	defer s.outage.mu.Unlock()
	return Outage{s.outage.since, s.outage.until, s.outage.last}, s.outage.failures > 0
}

// outage is what the worker remembers of a server that does not answer.
type outage struct {
	mu           sync.Mutex
	failures     int
	since, until time.Time
	last         string
}

// begin notes one more failure at now: until the delay is over nothing is
// tried, for each message would only wait for the same server.
func (o *outage) begin(now time.Time, failure error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failures == 0 {
		o.since = now
	}
	o.failures++
	o.last = shortened(failure)
	o.until = now.Add(min(delay(o.failures), longestOutage))
}

func (o *outage) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failures, o.until, o.since, o.last = 0, time.Time{}, time.Time{}, ""
}

func (o *outage) lasts(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return now.Before(o.until)
}
