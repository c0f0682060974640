package mail

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/db/dbtest"
	"intendant/internal/coffre"
)

// clock is a time that the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bed is a service on a base of its own.
type bed struct {
	*Service
	t     *testing.T
	clock *clock
}

func newBed(t *testing.T, server Server) *bed {
	t.Helper()
	keys, err := coffre.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bed{t: t, clock: &clock{at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}}
	b.Service = b.on(dbtest.Open(t), keys, server)
	return b
}

func (b *bed) on(store *db.Store, keys *coffre.Coffre, server Server) *Service {
	b.t.Helper()
	s, err := New(Config{Store: store, Keys: keys, Now: b.clock.now, Server: server, Site: "https://intendant.ecole.example"})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// queue puts an invitation for that address in the outbox.
func (b *bed) queue(to string) int64 {
	b.t.Helper()
	id, err := b.queueMessage(Message{TemplateID: ProjectInvitation, To: to, Values: Values{
		Username: "cmartin", FirstName: "Zoé", Project: "Hôpital Nord", Link: "https://intendant.ecole.example/l/SECRET",
	}})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bed) queueMessage(m Message) (id int64, err error) {
	err = b.Store.Write(b.t.Context(), func(ctx context.Context, q *db.Queries) error {
		id, err = b.Queue(ctx, q, m)
		return err
	})
	return id, err
}

// work does what Run does each time it looks.
func (b *bed) work() {
	b.t.Helper()
	if err := b.pass(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// item returns a message and the results of its attempts.
func (b *bed) item(id int64) (Item, []string) {
	b.t.Helper()
	item, attempts, err := b.Message(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	results := []string{}
	for _, a := range attempts {
		results = append(results, a.Result)
	}
	return item, results
}

// want compares the state of a message and the results of its attempts.
func (b *bed) want(id int64, state State, results ...string) Item {
	b.t.Helper()
	item, got := b.item(id)
	if item.State != state {
		b.t.Errorf("state %s, want %s (%s)", item.State, state, item.LastError)
	}
	if results == nil {
		results = []string{}
	}
	if diff := cmp.Diff(results, got); diff != "" {
		b.t.Errorf("attempts (-want +got):\n%s", diff)
	}
	if item.Attempts != int64(len(got)) {
		b.t.Errorf("%d attempts counted, %d on record", item.Attempts, len(got))
	}
	return item
}
