package mail

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// State is how far a message has come.
type State string

// The states of a message.
const (
	Held      State = "held"      // there is no SMTP server
	Waiting   State = "waiting"   // to be sent at NextTryAt, or being sent
	Sent      State = "sent"      // accepted by the server
	Failed    State = "failed"    // refused, or given up after three days
	Cancelled State = "cancelled" // by someone
)

// Item is a message of the outbox, without its body.
type Item struct {
	ID         int64
	TemplateID int64 // 0 for none
	AccountID  int64 // 0 for none, or deleted since
	Recipient  string
	Subject    string
	State      State
	CreatedAt  time.Time
	NextTryAt  time.Time // means something while Waiting
	GiveUpAt   time.Time // zero until the first attempt
	SentAt     time.Time // zero unless Sent
	Attempts   int64
	LastError  string // what the server, or the way to it, said last
}

// Attempt is one try to send a message.
type Attempt struct {
	At      time.Time
	EndedAt time.Time // zero when it was cut short, or is under way
	// Result is "started", "sent", "postponed", "refused" or "interrupted".
	Result  string
	Message string
}

// Filter chooses messages. Zero values choose all.
type Filter struct {
	State State
	Text  string // in the recipient or the subject, without regard to accents
	// Limit is the size of a page; 0 means 50.
	Limit, Offset int64
}

// Outbox returns a page of messages, newest first, and how many match in all.
func (s *Service) Outbox(ctx context.Context, f Filter) (items []Item, total int64, err error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	key := plier.Key(f.Text)
	err = s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		rows, err := q.OutboxMessages(ctx, db.OutboxMessagesParams{State: string(f.State), Text: key, RowLimit: f.Limit, RowOffset: f.Offset})
		if err != nil {
			return err
		}
		items = make([]Item, len(rows))
		for i, row := range rows {
			items[i] = itemOf(row)
		}
		total, err = q.CountOutboxMessages(ctx, db.CountOutboxMessagesParams{State: string(f.State), Text: key})
		return err
	})
	return items, total, err
}

func itemOf(row db.OutboxMessagesRow) Item {
	return Item{
		ID: row.ID, TemplateID: value(row.TemplateID), AccountID: value(row.AccountID), Recipient: row.Recipient, Subject: row.Subject,
		State: State(row.State), CreatedAt: row.CreatedAt.Time, NextTryAt: row.NextTryAt.Time, GiveUpAt: instant(row.GiveUpAt),
		SentAt: instant(row.SentAt), Attempts: row.Attempts, LastError: row.LastError,
	}
}

func value(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

func instant(t *db.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

var errOutboxUnknown = errs.New(errs.NotFound, "outbox_unknown", "Message not found")

// Message returns one message and its attempts, oldest first; an unknown one
// is NotFound.
func (s *Service) Message(ctx context.Context, id int64) (item Item, attempts []Attempt, err error) {
	err = s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.OutboxMessage(ctx, id)
		if err != nil {
			return db.NotFound(err, errOutboxUnknown.Code, errOutboxUnknown.Message)
		}
		item = itemOfFull(row)
		rows, err := q.OutboxAttempts(ctx, id)
		if err != nil {
			return err
		}
		attempts = make([]Attempt, len(rows))
		for i, a := range rows {
			attempts[i] = Attempt{At: a.At.Time, EndedAt: instant(a.EndedAt), Result: a.Result, Message: a.Message}
		}
		return nil
	})
	return item, attempts, err
}

func itemOfFull(row db.Outbox) Item {
	return itemOf(db.OutboxMessagesRow{
		ID: row.ID, TemplateID: row.TemplateID, AccountID: row.AccountID, Recipient: row.Recipient, Subject: row.Subject,
		CreatedAt: row.CreatedAt, State: row.State, NextTryAt: row.NextTryAt, GiveUpAt: row.GiveUpAt,
		Attempts: row.Attempts, LastError: row.LastError, SentAt: row.SentAt,
	})
}

// Body returns the text of a message, which may hold a link that signs its
// recipient in: who may see it is the caller's to check. An unknown message is
// NotFound.
func (s *Service) Body(ctx context.Context, id int64) (string, error) {
	row, err := s.Store.Read().OutboxMessage(ctx, id)
	if err != nil {
		return "", db.NotFound(err, errOutboxUnknown.Code, errOutboxUnknown.Message)
	}
	return s.unseal(row)
}

// Reveal is [Service.Body] for a person, whom the journal names.
func (s *Service) Reveal(ctx context.Context, id int64) (body string, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.OutboxMessage(ctx, id)
		if err != nil {
			return db.NotFound(err, errOutboxUnknown.Code, errOutboxUnknown.Message)
		}
		if body, err = s.unseal(row); err != nil {
			return err
		}
		return s.journal(ctx, q, "outbox.reveal", row, nil)
	})
	if err != nil {
		return "", err
	}
	return body, nil
}

func (s *Service) unseal(row db.Outbox) (string, error) {
	body, err := s.Keys.Unseal(row.Body, sealContext(row.ID))
	if err != nil {
		return "", fmt.Errorf("message %d: %w", row.ID, err)
	}
	return string(body), nil
}

// Counts returns the number of messages in each state.
func (s *Service) Counts(ctx context.Context) (map[State]int64, error) {
	rows, err := s.Store.Read().OutboxCounts(ctx)
	if err != nil {
		return nil, err
	}
	counts := make(map[State]int64, len(rows))
	for _, row := range rows {
		counts[State(row.State)] = row.N
	}
	return counts, nil
}

// Retry sends a message again as soon as possible, for three more days; also
// one that failed or was cancelled. One that is sent already is a Conflict, an
// unknown one NotFound.
func (s *Service) Retry(ctx context.Context, id int64) error {
	err := s.change(ctx, id, "outbox.retry", func(ctx context.Context, q *db.Queries) (int64, error) {
		return q.RetryOutbox(ctx, db.RetryOutboxParams{ID: id, State: string(s.firstState()), NextTryAt: s.now()})
	})
	if err != nil {
		return err
	}
	s.sendAtOnce()
	return nil
}

// RetryFailed does for every message that failed what [Service.Retry] does for
// one, and returns their number.
func (s *Service) RetryFailed(ctx context.Context) (n int64, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		n, err = q.RetryFailedOutbox(ctx, db.RetryFailedOutboxParams{State: string(s.firstState()), NextTryAt: s.now()})
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{
			Action: "outbox.retry_failed", ObjectType: "outbox", After: map[string]any{"messages": n},
		})
	})
	if err != nil {
		return 0, err
	}
	s.sendAtOnce()
	return n, nil
}

// firstState is that of a message to send.
func (s *Service) firstState() State {
	if s.Server.IsSet() {
		return Waiting
	}
	return Held
}

// sendAtOnce is for who asks to send again: he may just have mended the server.
func (s *Service) sendAtOnce() {
	s.outage.end()
	s.Poke()
}

// Cancel keeps a message from being sent, unless the server has it already. One
// that is sent or cancelled is a Conflict, an unknown one NotFound.
func (s *Service) Cancel(ctx context.Context, id int64) error {
	return s.change(ctx, id, "outbox.cancel", func(ctx context.Context, q *db.Queries) (int64, error) {
		return q.CancelOutbox(ctx, id)
	})
}

// change moves a message on and says so in the journal. A change that concerns
// no row comes too late.
func (s *Service) change(ctx context.Context, id int64, action string, do func(context.Context, *db.Queries) (int64, error)) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.OutboxMessage(ctx, id)
		if err != nil {
			return db.NotFound(err, errOutboxUnknown.Code, errOutboxUnknown.Message)
		}
		n, err := do(ctx, q)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "outbox_settled", "This message is sent or cancelled already")
		}
		return s.journal(ctx, q, action, row, map[string]any{"state": row.State})
	})
}

func (s *Service) journal(ctx context.Context, q *db.Queries, action string, row db.Outbox, before any) error {
	return audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: action, ObjectType: "outbox", ObjectID: strconv.FormatInt(row.ID, 10), ObjectName: row.Recipient + " : " + row.Subject, Before: before,
	})
}

// Purge removes the messages queued before that instant to which nothing more
// will happen: sent, failed, cancelled. It returns their number.
func (s *Service) Purge(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		n, err = q.PurgeOutbox(ctx, db.At(before).String())
		return err
	})
	return n, err
}
