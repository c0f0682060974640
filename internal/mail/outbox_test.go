package mail

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/internal/coffre"
	"intendant/internal/errs"
)

func TestWithoutAServerMessagesAreHeld(t *testing.T) {
	b := newBed(t, Server{})
	id := b.queue("zoe@ecole.example")
	b.want(id, Held)
	if body, err := b.Body(t.Context(), id); err != nil || !bytes.Contains([]byte(body), []byte("/l/SECRET\n")) {
		t.Errorf("body %q, %v", body, err)
	}
	if err := b.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.want(id, Held)

	// Ten days later there is a server.
	b.clock.move(240 * time.Hour)
	box := newPostbox(t).start()
	without := b.Service
	b.Service = b.on(b.Store, b.Keys, box.settings())
	b.work()
	b.want(id, Sent, "sent")

	// It goes away again, with something waiting.
	later := b.queue("later@ecole.example")
	b.want(later, Waiting)
	if err := without.holdAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := without.Run(ctx); err != nil {
		t.Errorf("a worker stopped before it began: %v", err)
	}
	b.want(later, Held)
}

func TestQueueRefuses(t *testing.T) {
	b := newBed(t, Server{})
	if _, err := b.queueMessage(Message{TemplateID: 99, To: "a@b.example"}); !errs.Is(err, errs.NotFound) {
		t.Errorf("unknown template: %v", err)
	}
	for _, to := range []string{
		"", "ada", "Ada <a@b.example>", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", " a@b.example", "a@b.example\x00", `"a b"@c.example`,
	} {
		if _, err := b.queueMessage(Message{TemplateID: PasswordChanged, To: to}); !slices.Equal(codes(err), []string{"email: email"}) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if _, total, err := b.Outbox(t.Context(), Filter{}); err != nil || total != 0 {
		t.Errorf("%d messages, %v", total, err)
	}
}

// A message lives and dies with the transaction of its cause.
func TestQueueIsUndoneWithItsTransaction(t *testing.T) {
	b := newBed(t, Server{})
	no := errors.New("no")
	err := b.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		if _, err := b.Queue(ctx, q, Message{TemplateID: PasswordChanged, To: "a@b.example"}); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	if counts, err := b.Counts(t.Context()); err != nil || len(counts) != 0 {
		t.Errorf("%v, %v", counts, err)
	}
}

func TestOutbox(t *testing.T) {
	b := newBed(t, Server{})
	first, second, third := b.queue("zoe@ecole.example"), b.queue("ada@ecole.example"), b.queue("max@lycee.example")
	if err := b.Cancel(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		filter Filter
		want   []int64
		total  int64
	}{
		"all, newest first": {Filter{}, []int64{third, second, first}, 3},
		"a page":            {Filter{Limit: 1, Offset: 1}, []int64{second}, 3},
		"by state":          {Filter{State: Held}, []int64{third, first}, 2},
		"by recipient":      {Filter{Text: "ECOLE"}, []int64{second, first}, 2},
		"by subject":        {Filter{Text: "hopital"}, []int64{third, second, first}, 3},
		"both":              {Filter{State: Cancelled, Text: "lycee"}, []int64{}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			items, total, err := b.Outbox(t.Context(), c.filter)
			if err != nil || total != c.total {
				t.Fatal(total, err)
			}
			ids := []int64{}
			for _, item := range items {
				ids = append(ids, item.ID)
			}
			if diff := cmp.Diff(c.want, ids); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	want := Item{
		ID: first, TemplateID: ProjectInvitation, Recipient: "zoe@ecole.example", Subject: "Invitation au projet Hôpital Nord",
		State: Held, CreatedAt: b.clock.now(), NextTryAt: b.clock.now(),
	}
	if diff := cmp.Diff(want, b.want(first, Held)); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	counts, err := b.Counts(t.Context())
	if diff := cmp.Diff(map[State]int64{Held: 2, Cancelled: 1}, counts); err != nil || diff != "" {
		t.Errorf("counts %v (-want +got):\n%s", err, diff)
	}
}

func TestCancelAndRetry(t *testing.T) {
	box := newPostbox(t).start()
	b := newBed(t, box.settings())
	id := b.queue("zoe@ecole.example")
	if err := b.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(id, Cancelled)
	if err := b.Cancel(t.Context(), id); !errs.Is(err, errs.Conflict) {
		t.Errorf("cancelled twice: %v", err)
	}
	if err := b.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(id, Sent, "sent")
	if err := b.Cancel(t.Context(), id); !errs.Is(err, errs.Conflict) {
		t.Errorf("cancelled once sent: %v", err)
	}
	if err := b.Retry(t.Context(), id); !errs.Is(err, errs.Conflict) {
		t.Errorf("retried once sent: %v", err)
	}
	for name, err := range map[string]error{"retry": b.Retry(t.Context(), 99), "cancel": b.Cancel(t.Context(), 99)} {
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("%s of an unknown message: %v", name, err)
		}
	}
	if _, _, err := b.Message(t.Context(), 99); !errs.Is(err, errs.NotFound) {
		t.Errorf("unknown message: %v", err)
	}
	if _, err := b.Body(t.Context(), 99); !errs.Is(err, errs.NotFound) {
		t.Errorf("body of an unknown message: %v", err)
	}
	const name = " zoe@ecole.example : Invitation au projet Hôpital Nord"
	if got := journal(t, b.Store); !slices.Equal(got, []string{"outbox.retry" + name, "outbox.cancel" + name}) {
		t.Errorf("journal %q", got)
	}
}

func TestRetryFailed(t *testing.T) {
	box := newPostbox(t).start()
	b := newBed(t, box.settings())
	if n, err := b.RetryFailed(t.Context()); n != 0 || err != nil {
		t.Errorf("nothing failed: %d, %v", n, err)
	}
	box.behave(nil, func(string) error { return answer(550, "no") }, nil)
	first, second, cancelled := b.queue("first@ecole.example"), b.queue("second@ecole.example"), b.queue("cancelled@ecole.example")
	if err := b.Cancel(t.Context(), cancelled); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(first, Failed, "refused")
	box.behave(nil, nil, nil)
	if n, err := b.RetryFailed(t.Context()); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	b.work()
	b.want(first, Sent, "refused", "sent")
	b.want(second, Sent, "refused", "sent")
	b.want(cancelled, Cancelled)
	if got := journal(t, b.Store); !slices.Equal(got, []string{"outbox.retry_failed ", "outbox.cancel cancelled@ecole.example : Invitation au projet Hôpital Nord"}) {
		t.Errorf("journal %q", got)
	}
}

func TestRevealIsInTheJournal(t *testing.T) {
	b := newBed(t, Server{})
	id := b.queue("zoe@ecole.example")
	body, err := b.Reveal(t.Context(), id)
	if plain, e := b.Body(t.Context(), id); err != nil || e != nil || body != plain {
		t.Errorf("%q, %v, %v", body, err, e)
	}
	if _, err := b.Reveal(t.Context(), 99); !errs.Is(err, errs.NotFound) {
		t.Errorf("unknown: %v", err)
	}
	if got := journal(t, b.Store); !slices.Equal(got, []string{"outbox.reveal zoe@ecole.example : Invitation au projet Hôpital Nord"}) {
		t.Errorf("journal %q", got)
	}
}

// Cancelled while the server has it: what happened is what is shown.
func TestCancelWhileItIsSent(t *testing.T) {
	box := newPostbox(t).start()
	b := newBed(t, box.settings())
	sent, postponed := b.queue("sent@ecole.example"), b.queue("postponed@ecole.example")
	var failures []error
	box.behave(nil, func(to string) error {
		if to == "sent@ecole.example" {
			failures = append(failures, b.Cancel(context.WithoutCancel(t.Context()), sent))
			return nil
		}
		failures = append(failures, b.Cancel(context.WithoutCancel(t.Context()), postponed))
		return answer(451, "later")
	}, nil)
	b.work()
	if len(failures) != 2 || failures[0] != nil || failures[1] != nil {
		t.Fatal(failures)
	}
	b.want(sent, Sent, "sent")
	b.want(postponed, Cancelled, "postponed")
}

func TestTheBaseDoesNotShowTheLink(t *testing.T) {
	b := newBed(t, Server{})
	id := b.queue("zoe@ecole.example")
	for _, file := range []string{b.Store.Path(), b.Store.Path() + "-wal"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte("SECRET")) {
			t.Errorf("the link is in %s", file)
		}
	}
	other, err := coffre.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	box := newPostbox(t).start()
	right := b.Keys
	b.Service = b.on(b.Store, other, box.settings())
	b.work()
	b.want(id, Failed, "refused") // not lost: the keys may come back
	b.Service = b.on(b.Store, right, box.settings())
	if err := b.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(id, Sent, "refused", "sent")
}

func TestPurge(t *testing.T) {
	b := newBed(t, Server{})
	old, held := b.queue("old@ecole.example"), b.queue("held@ecole.example")
	if err := b.Cancel(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	b.clock.move(time.Hour)
	young := b.queue("young@ecole.example")
	if err := b.Cancel(t.Context(), young); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Purge(t.Context(), b.clock.now()); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	b.want(held, Held)
	b.want(young, Cancelled)
}
