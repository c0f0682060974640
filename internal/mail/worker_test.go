package mail

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/internal/coffre"
)

func TestWhatTheServerGets(t *testing.T) {
	box := newPostbox(t).start()
	b := newBed(t, box.settings())
	id := b.queue("zoe@ecole.example")
	b.work()
	item := b.want(id, Sent, "sent")
	if !item.SentAt.Equal(b.clock.now()) || item.LastError != "" {
		t.Errorf("sent at %v, error %q", item.SentAt, item.LastError)
	}
	row, err := b.Store.Read().OutboxMessage(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{
		"Auto-Submitted: auto-generated",
		"Date: Mon, 02 Mar 2026 10:00:00 +0000",
		"MIME-Version: 1.0",
		"Message-ID: <REF@ecole.example>",
		"Subject: =?UTF-8?q?Invitation_au_projet_H=C3=B4pital_Nord?=",
		"X-Auto-Response-Suppress: All",
		`From: "Intendant" <intendant@ecole.example>`,
		"To: <zoe@ecole.example>",
		"Content-Transfer-Encoding: quoted-printable",
		"Content-Type: text/plain; charset=UTF-8",
		"",
		"Bonjour Zo=C3=A9,",
		"",
		"Vous =C3=AAtes invit=C3=A9 =C3=A0 rejoindre le projet H=C3=B4pital Nord sur=",
		" https://intendant.ecole.example.",
		"Votre nom d=E2=80=99utilisateur : cmartin",
		"",
		"Pour commencer, ouvrez ce lien :",
		"https://intendant.ecole.example/l/SECRET",
		"",
		"Si vous n=E2=80=99attendiez pas cette invitation, ignorez ce message.",
		"",
	}
	got := box.got()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	text := strings.Replace(got[0].text, row.MessageRef, "REF", 1)
	if diff := cmp.Diff(strings.Join(lines, "\r\n"), text); diff != "" {
		t.Errorf("letter (-want +got):\n%s", diff)
	}
	if got[0].from != "intendant@ecole.example" || got[0].to != "zoe@ecole.example" {
		t.Errorf("from %q to %q", got[0].from, got[0].to)
	}
	b.clock.move(patience)
	b.work()
	b.want(id, Sent, "sent")
}

func TestARefusalIsFinal(t *testing.T) {
	box := newPostbox(t).start()
	box.behave(nil, func(to string) error {
		if to == "nobody@ecole.example" {
			return answer(550, "no such user")
		}
		return nil
	}, nil)
	b := newBed(t, box.settings())
	lost, fine := b.queue("nobody@ecole.example"), b.queue("zoe@ecole.example")
	b.work()
	item := b.want(lost, Failed, "refused")
	if !strings.Contains(item.LastError, "550") || !strings.Contains(item.LastError, "no such user") {
		t.Errorf("error %q", item.LastError)
	}
	b.want(fine, Sent, "sent")
	b.clock.move(patience)
	b.work()
	b.want(lost, Failed, "refused")

	// Someone mends the address on the server and asks again.
	box.behave(nil, nil, func() error { return answer(554, "spam") })
	if err := b.Retry(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(lost, Failed, "refused", "refused")
	box.behave(nil, nil, nil)
	if err := b.Retry(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(lost, Sent, "refused", "refused", "sent")
}

func TestBackOff(t *testing.T) {
	box := newPostbox(t).start()
	box.behave(nil, func(string) error { return answer(451, "greylisted") }, nil)
	b := newBed(t, box.settings())
	id := b.queue("zoe@ecole.example")
	start := b.clock.now()
	for i, wait := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 4 * time.Hour} {
		b.work()
		item, results := b.item(id)
		if len(results) != i+1 || !item.NextTryAt.Equal(b.clock.now().Add(wait)) {
			t.Fatalf("attempt %d: %v, next try %v from now", i+1, results, item.NextTryAt.Sub(b.clock.now()))
		}
		b.clock.move(wait - time.Millisecond)
		b.work()
		if _, results := b.item(id); len(results) != i+1 {
			t.Fatalf("tried again before %v", wait)
		}
		b.clock.move(time.Millisecond)
	}
	for range 100 {
		b.work()
		b.clock.move(4 * time.Hour)
	}
	item, results := b.item(id)
	if item.State != Failed || !strings.Contains(item.LastError, "greylisted") {
		t.Errorf("state %s, error %q", item.State, item.LastError)
	}
	_, attempts, err := b.Message(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if last := attempts[len(attempts)-1].At.Sub(start); last > patience || last < patience-4*time.Hour {
		t.Errorf("given up after %d attempts and %v", len(results), last)
	}

	// Who asks again gets three days again.
	if err := b.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.work()
	if item, again := b.item(id); item.State != Waiting || len(again) != len(results)+1 {
		t.Errorf("after a retry: %s, %d attempts", item.State, len(again))
	}
}

func TestAGreylistedMessageGoesOut(t *testing.T) {
	box := newPostbox(t).start()
	first := true
	box.behave(nil, func(string) error {
		if first {
			first = false
			return answer(451, "greylisted")
		}
		return nil
	}, nil)
	b := newBed(t, box.settings())
	late, next := b.queue("late@ecole.example"), b.queue("next@ecole.example")
	b.work()
	b.want(late, Waiting, "postponed")
	b.want(next, Sent, "sent")
	b.clock.move(time.Minute)
	b.work()
	b.want(late, Sent, "postponed", "sent")
}

func TestAServerThatIsAwayAndComesBack(t *testing.T) {
	box := newPostbox(t).start()
	box.stop()
	b := newBed(t, box.settings())
	first, second := b.queue("first@ecole.example"), b.queue("second@ecole.example")
	if o, ok := b.Outage(); ok {
		t.Errorf("not tried yet: %+v", o)
	}
	start := b.clock.now()
	b.work()
	b.want(first, Waiting, "postponed")
	b.want(second, Waiting) // one is enough to know
	b.work()
	b.want(second, Waiting)
	b.clock.move(time.Minute)
	b.work()
	b.want(second, Waiting, "postponed")
	b.want(first, Waiting, "postponed")
	o, ok := b.Outage()
	if !ok || !o.Since.Equal(start) || !o.Until.Equal(b.clock.now().Add(5*time.Minute)) || !strings.Contains(o.Error, "refused") {
		t.Errorf("outage %+v, %v", o, ok)
	}

	box.start()
	b.clock.move(5 * time.Minute)
	b.work()
	b.want(first, Sent, "postponed", "sent")
	b.want(second, Sent, "postponed", "sent")
	if n := len(box.got()); n != 2 {
		t.Errorf("%d letters", n)
	}
	if o, ok := b.Outage(); ok {
		t.Errorf("it is back: %+v", o)
	}
}

func TestAServerThatHangs(t *testing.T) {
	release := make(chan struct{})
	box := newPostbox(t).start()
	box.behave(func() error { <-release; return nil }, nil, nil)
	defer close(release)
	settings := box.settings()
	settings.Timeout = 100 * time.Millisecond
	b := newBed(t, settings)
	id := b.queue("zoe@ecole.example")
	b.work()
	item := b.want(id, Waiting, "postponed")
	if !strings.Contains(item.LastError, "timeout") {
		t.Errorf("error %q", item.LastError)
	}
	box.behave(nil, nil, nil)
	b.Server.Timeout = 20 * time.Second
	b.clock.move(time.Minute)
	b.work()
	b.want(id, Sent, "postponed", "sent")
}

// A wrong setting must not fail every message that waits.
func TestASenderRefusedFailsNothing(t *testing.T) {
	box := newPostbox(t).start()
	box.behave(func() error { return answer(550, "who are you") }, nil, nil)
	b := newBed(t, box.settings())
	id := b.queue("zoe@ecole.example")
	b.work()
	b.want(id, Waiting, "postponed")
	box.behave(nil, nil, nil)
	if err := b.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.want(id, Sent, "postponed", "sent")
}

// The process dies after the server took the message, before that is written.
func TestAKillBetweenSendingAndRecording(t *testing.T) {
	box := newPostbox(t).start()
	folder, keysFolder := t.TempDir(), t.TempDir()
	keys, err := coffre.Open(keysFolder)
	if err != nil {
		t.Fatal(err)
	}
	open := func() *db.Store {
		t.Helper()
		store, err := db.Open(t.Context(), filepath.Join(folder, "intendant.db"), db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	b := &bed{t: t, clock: &clock{at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}}
	store := open()
	b.Service = b.on(store, keys, box.settings())
	cut, untouched := b.queue("cut@ecole.example"), b.queue("untouched@ecole.example")
	row, err := store.Read().DueOutbox(t.Context(), b.now().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.beginAttempt(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	if v, err := b.deliver(t.Context(), row); v != delivered || err != nil {
		t.Fatal(v, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	store = open()
	defer store.Close()
	b.Service = b.on(store, keys, box.settings())
	b.want(cut, Waiting, "started")
	b.work()
	b.want(cut, Waiting, "started")
	b.want(untouched, Sent, "sent")
	b.clock.move(time.Minute)
	b.work()
	b.want(cut, Sent, "interrupted", "sent")
	got := box.got()
	if len(got) != 3 || messageID(got[0]) != messageID(got[2]) || messageID(got[0]) == messageID(got[1]) {
		t.Errorf("%d letters; the one sent twice must have one Message-ID", len(got))
	}
}

func messageID(l letter) string {
	_, rest, _ := strings.Cut(l.text, "Message-ID: ")
	id, _, _ := strings.Cut(rest, "\r\n")
	return id
}

func TestRunSendsWhatIsQueued(t *testing.T) {
	box := newPostbox(t).start()
	b := newBed(t, box.settings())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	id := b.queue("zoe@ecole.example")
	if got := <-box.arrived; got.to != "zoe@ecole.example" {
		t.Errorf("to %q", got.to)
	}

	// What is on its way when the server stops arrives, and is marked so.
	taken, release := make(chan struct{}), make(chan struct{})
	box.behave(nil, nil, func() error { close(taken); <-release; return nil })
	last := b.queue("last@ecole.example")
	<-taken
	never := b.queue("never@ecole.example")
	stop()
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	b.want(id, Sent, "sent")
	b.want(last, Sent, "sent")
	b.want(never, Waiting)
}
