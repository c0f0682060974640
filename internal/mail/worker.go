package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"intendant/db"
)

const (
	// patience is how long a message is tried, from its first attempt.
	patience = 72 * time.Hour
	// longestOutage bounds how long a silent server is left alone.
	longestOutage = 15 * time.Minute
	// look is how often the worker looks without being poked: for messages that
	// are due again, and for those of a command beside the server.
	look = 5 * time.Second
	// stopping is what a message on its way gets to arrive when the worker ends.
	stopping = 5 * time.Second
	// maxError bounds what is kept of an error, in bytes.
	maxError = 500
)

var delays = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}

// delay is the wait after that many failures, from 1 on.
func delay(failures int) time.Duration {
	return delays[min(max(failures, 1), len(delays))-1]
}

// Run sends what is due until ctx ends, and returns when the message on its
// way has arrived or a few seconds have passed. One Run at a time works on a
// base. Without a server it holds what waits and does nothing. It fails only when
// the base does at the very start.
func (s *Service) Run(ctx context.Context) error {
	if !s.Server.IsSet() {
		if err := s.holdAll(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := s.pass(ctx); err != nil && ctx.Err() == nil {
			s.Logger.ErrorContext(ctx, "outbox", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.poked:
			s.settle(ctx)
		}
	}
}

// settle returns once the transactions that wait are over: a poke may come from
// inside one, before there is anything to see.
func (s *Service) settle(ctx context.Context) {
	_ = s.Store.Write(ctx, func(context.Context, *db.Queries) error { return nil })
}

// pass sends all that is due.
func (s *Service) pass(ctx context.Context) error {
	if err := s.releaseHeld(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil && !s.outage.lasts(s.Now()) {
		row, err := s.Store.Read().DueOutbox(ctx, s.now().String())
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.attempt(ctx, row); err != nil {
			return fmt.Errorf("message %d: %w", row.ID, err)
		}
	}
	return nil
}

// holdAll holds what waits since the server was still set.
func (s *Service) holdAll(ctx context.Context) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		_, err := q.HoldWaitingOutbox(ctx)
		return err
	})
}

// releaseHeld lets go what was queued without a server, maybe by a command
// that does not know it.
func (s *Service) releaseHeld(ctx context.Context) error {
	held, err := s.Store.Read().HasHeldOutbox(ctx)
	if err != nil || !held {
		return err
	}
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		_, err := q.ReleaseHeldOutbox(ctx, s.now())
		return err
	})
}

// attempt tries to send a message once. It returns an error only when the base
// fails; what the server does is recorded.
func (s *Service) attempt(ctx context.Context, row db.Outbox) error {
	id, err := s.beginAttempt(ctx, row)
	if err != nil || id == 0 {
		return err
	}
	// On its way, a message outlives ctx for a moment: cut off after its last
	// byte it would arrive, and be sent again.
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopping, cancel) })()
	v, failure := s.deliver(sending, row)
	switch v {
	case unreachable:
		s.outage.begin(s.Now(), failure)
		s.Logger.WarnContext(ctx, "smtp server unusable", "server", s.Server, "error", failure)
	case delivered, postponed, refused:
		s.outage.end()
	}
	return s.record(ctx, row, id, v, failure)
}

// beginAttempt writes the attempt down before anything is sent and returns its
// id, 0 when the message is not due any more. The message is due again after
// the delay whatever happens to this process.
func (s *Service) beginAttempt(ctx context.Context, row db.Outbox) (id int64, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		id = 0
		now := s.now()
		n, err := q.BeginOutboxAttempt(ctx, db.BeginOutboxAttemptParams{
			ID: row.ID, Now: now.String(), GiveUpAt: db.At(now.Add(patience)).String(), NextTryAt: db.At(now.Add(delay(int(row.Attempts) + 1))),
		})
		if err != nil || n == 0 {
			return err
		}
		if err := q.InterruptOutboxAttempts(ctx, row.ID); err != nil {
			return err
		}
		id, err = q.AddOutboxAttempt(ctx, db.AddOutboxAttemptParams{OutboxID: row.ID, At: now})
		return err
	})
	return id, err
}

func (s *Service) deliver(ctx context.Context, row db.Outbox) (verdict, error) {
	body, err := s.unseal(row)
	if err != nil {
		return refused, err
	}
	msg, err := s.Server.compose(row, body, s.Now())
	if err != nil {
		return refused, err
	}
	return s.Server.send(ctx, msg)
}

// record writes down how an attempt ended. It insists, for a message that was
// sent and is not marked so would be sent again.
func (s *Service) record(ctx context.Context, row db.Outbox, attempt int64, v verdict, failure error) (err error) {
	ctx = context.WithoutCancel(ctx)
	for try := range 5 {
		time.Sleep(time.Duration(try) * time.Second)
		err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
			return s.recordWith(ctx, q, row, attempt, v, failure)
		})
		if err == nil {
			return nil
		}
	}
	return err
}

func (s *Service) recordWith(ctx context.Context, q *db.Queries, row db.Outbox, attempt int64, v verdict, failure error) error {
	now, message := s.now(), shortened(failure)
	end := db.EndOutboxAttemptParams{ID: attempt, Result: "postponed", Message: message, EndedAt: &now}
	switch v {
	case delivered:
		end.Result = "sent"
		if err := q.MarkOutboxSent(ctx, db.MarkOutboxSentParams{ID: row.ID, SentAt: &now}); err != nil {
			return err
		}
	case refused:
		end.Result = "refused"
		if err := q.FailOutbox(ctx, db.FailOutboxParams{ID: row.ID, LastError: message}); err != nil {
			return err
		}
	case postponed, unreachable:
		if err := postpone(ctx, q, row, now, message); err != nil {
			return err
		}
	}
	return q.EndOutboxAttempt(ctx, end)
}

// postpone puts a message off, or fails it when its time would be over by then.
func postpone(ctx context.Context, q *db.Queries, row db.Outbox, now db.Time, message string) error {
	next := now.Add(delay(int(row.Attempts) + 1))
	if row.GiveUpAt != nil && next.After(row.GiveUpAt.Time) {
		return q.FailOutbox(ctx, db.FailOutboxParams{ID: row.ID, LastError: message})
	}
	return q.PostponeOutbox(ctx, db.PostponeOutboxParams{ID: row.ID, NextTryAt: db.At(next), LastError: message})
}

func shortened(failure error) string {
	if failure == nil {
		return ""
	}
	text := oneLine(failure.Error())
	if len(text) > maxError {
		text = oneLine(text[:maxError]) + "…"
	}
	return text
}
