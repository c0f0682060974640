// Package audit keeps the journal: who did what, when, from where, and what
// was there before and after.
//
// A line is written in the transaction of the change itself, so that there is
// no change without its line and no line without its change.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/plier"
)

// Masked stands for a secret in the journal and in answers.
const Masked = "********"

// Entry is one line of the journal. Before and After are kept as JSON; nil
// leaves them out. Secrets are the caller's to mask.
type Entry struct {
	Action                           string // "equipement.update"
	ObjectType, ObjectID, ObjectName string
	Before, After                    any
}

// Actor is who acts when no request tells: a command, a job.
type Actor struct {
	ID   int64 // 0 for none
	Name string
}

type actorKey struct{}

// WithActor returns a context whose changes are the actor's.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// actorOf returns the actor set in ctx, else the caller of its request.
func actorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	if c := api.CallerFrom(ctx); c != nil {
		return Actor{ID: c.AccountID(), Name: c.AccountName()}
	}
	return Actor{}
}

// Record writes one line with the queries of the change's own transaction; none
// when both images are given and are the same, for then nothing has changed.
func Record(ctx context.Context, q *db.Queries, at time.Time, e Entry) error {
	before, err := text(e.Before)
	if err != nil {
		return err
	}
	after, err := text(e.After)
	if err != nil {
		return err
	}
	if before != nil && after != nil && *before == *after {
		return nil
	}
	actor, request := actorOf(ctx), api.RequestFrom(ctx)
	var id *int64
	if actor.ID != 0 {
		id = &actor.ID
	}
	err = q.AddJournalLine(ctx, db.AddJournalLineParams{
		At: db.At(at), AccountID: id, Account: actor.Name, Address: request.Address, RequestID: request.ID,
		Action: e.Action, ObjectType: e.ObjectType, ObjectID: e.ObjectID, ObjectName: e.ObjectName,
		Before: before, After: after, SearchKey: searchKey(e.ObjectName, actor.Name),
	})
	if err != nil {
		return fmt.Errorf("journal %s: %w", e.Action, err)
	}
	return nil
}

func text(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // people read it in exports
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	s := strings.TrimSuffix(b.String(), "\n")
	return &s, nil
}

// searchKey is what a line is found by: its names, folded.
func searchKey(names ...string) string { return plier.Key(strings.Join(names, " ")) }
