package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/db/dbtest"
	"intendant/internal/api"
	"intendant/internal/audit"
)

// caller is an account without rights.
type caller struct {
	id   int64
	name string
}

func (c caller) AccountID() int64              { return c.id }
func (c caller) AccountName() string           { return c.name }
func (caller) Can(api.Permission, string) bool { return false }
func (caller) HasCookie() bool                 { return false }
func (caller) IsElevated() bool                { return false }

var at = time.Date(2026, 3, 2, 11, 0, 0, 123_999_999, time.FixedZone("CET", 3600))

func record(ctx context.Context, store *db.Store, e audit.Entry) error {
	return store.Write(ctx, func(ctx context.Context, q *db.Queries) error { return audit.Record(ctx, q, at, e) })
}

func lines(t *testing.T, store *db.Store) []db.Journal {
	t.Helper()
	list, err := store.Read().JournalLines(t.Context(), db.JournalLinesParams{Since: "0", Until: "9999", RowLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestRecordKeepsEverything(t *testing.T) {
	store := dbtest.Open(t)
	ctx := api.WithRequest(t.Context(), &api.Request{ID: "r1", Address: "192.0.2.1", Caller: caller{7, "ada"}})
	err := record(ctx, store, audit.Entry{
		Action: "site.update", ObjectType: "site", ObjectID: "s1", ObjectName: "Labo",
		Before: map[string]any{"name": "é"}, After: []string{"a", audit.Masked},
	})
	if err != nil {
		t.Fatal(err)
	}
	id, before, after := int64(7), `{"name":"é"}`, `["a","********"]`
	want := []db.Journal{{
		ID: 1, At: db.Time{Time: time.Date(2026, 3, 2, 10, 0, 0, 123_000_000, time.UTC)}, AccountID: &id, Account: "ada",
		Address: "192.0.2.1", RequestID: "r1", Action: "site.update", ObjectType: "site", ObjectID: "s1", ObjectName: "Labo",
		Before: &before, After: &after, SearchKey: "labo ada",
	}}
	if diff := cmp.Diff(want, lines(t, store)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAChangeOfNothingIsNoLine(t *testing.T) {
	store := dbtest.Open(t)
	type image struct {
		Name string `json:"name"`
	}
	for _, e := range []audit.Entry{
		{Action: "x.update", ObjectType: "x", Before: image{"<a>"}, After: image{"<a>"}},
		{Action: "x.update", ObjectType: "x", Before: image{"<a>"}, After: image{"b"}},
		{Action: "x.kick", ObjectType: "x"},
	} {
		if err := record(t.Context(), store, e); err != nil {
			t.Fatal(err)
		}
	}
	got := lines(t, store)
	if len(got) != 2 || got[0].Action != "x.kick" || got[1].After == nil || *got[1].After != `{"name":"b"}` || *got[1].Before != `{"name":"<a>"}` {
		t.Errorf("the journal has %v", got)
	}
}

func TestWhoActs(t *testing.T) {
	request := api.WithRequest(context.Background(), &api.Request{Caller: caller{7, "ada"}})
	for _, c := range []struct {
		name string
		ctx  context.Context
		id   int64
		who  string
	}{
		{"nobody", context.Background(), 0, ""},
		{"a request of nobody", api.WithRequest(context.Background(), &api.Request{}), 0, ""},
		{"a caller", request, 7, "ada"},
		{"a command", audit.WithActor(context.Background(), audit.Actor{Name: "ligne de commande"}), 0, "ligne de commande"},
		{"an actor wins over the caller", audit.WithActor(request, audit.Actor{ID: 8, Name: "bob"}), 8, "bob"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := dbtest.Open(t)
			if err := record(c.ctx, store, audit.Entry{Action: "x.y", ObjectType: "x"}); err != nil {
				t.Fatal(err)
			}
			line := lines(t, store)[0]
			var id int64
			if line.AccountID != nil {
				id = *line.AccountID
			}
			if id != c.id || line.Account != c.who || (line.AccountID == nil) != (c.id == 0) {
				t.Errorf("account %v %q, want %d %q", line.AccountID, line.Account, c.id, c.who)
			}
			if line.Before != nil || line.After != nil {
				t.Errorf("before %v, after %v, want none", line.Before, line.After)
			}
		})
	}
}

func TestNoLineWithoutItsChange(t *testing.T) {
	store := dbtest.Open(t)
	stop := errors.New("stop")
	err := store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		if err := audit.Record(ctx, q, at, audit.Entry{Action: "x.y", ObjectType: "x"}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("Write = %v, want the error of its function", err)
	}
	if got := lines(t, store); len(got) != 0 {
		t.Errorf("the journal has %v, want nothing", got)
	}
}

func TestNoChangeWithoutItsLine(t *testing.T) {
	store := dbtest.Open(t)
	for name, e := range map[string]audit.Entry{
		"before": {Action: "x.y", ObjectType: "x", Before: func() {}},
		"after":  {Action: "x.y", ObjectType: "x", After: func() {}},
	} {
		err := store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
			if err := q.SetSetting(ctx, db.SetSettingParams{Name: "x", Value: "y"}); err != nil {
				return err
			}
			return audit.Record(ctx, q, at, e)
		})
		if err == nil {
			t.Errorf("%s: an image that has no JSON was recorded", name)
		}
	}
	settings, err := store.Read().Settings(t.Context())
	if err != nil || len(settings) != 0 || len(lines(t, store)) != 0 {
		t.Errorf("settings %v, %v: the change was kept", settings, err)
	}
}
