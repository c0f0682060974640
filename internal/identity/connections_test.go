package identity

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/api"
)

// connections returns what is open, each as "name kind".
func (b *bed) connections(ctx context.Context) []string {
	b.t.Helper()
	list, err := b.Connections(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, c := range list {
		name := c.Account.UserName + " " + c.Kind
		if c.IsCurrent {
			name += " here"
		}
		names = append(names, name)
	}
	return names
}

func TestConnectionsAreThoseOfEverybody(t *testing.T) {
	b := newBed(t)
	if got := b.connections(t.Context()); len(got) != 0 {
		t.Errorf("at first %q", got)
	}
	root, ada, bob := b.account("root", Admin), b.account("ada", Admin), b.account("bob", "")
	site := newVisits(b)
	first, second := site.visitor(), site.visitor()
	first.does("/in", "ada")
	opened := *b.clock
	*b.clock = opened.Add(2 * touchEvery)
	second.does("/in", "ada")
	b.pair(root)
	*b.clock = b.clock.Add(time.Minute)
	asked := api.WithRequest(t.Context(), &api.Request{Address: "192.0.2.8", UserAgent: "releve/2"})
	if _, err := b.IssueToken(asked, bob.ID, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	wantList(t, b.connections(t.Context()), "ada session", "ada session", "bob personal", "root login")

	list, err := b.Connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	account, err := b.Account(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	account.Grants = nil
	want := Connection{
		Account: account, Kind: ConnectionOfBrowser, Since: opened, Expires: opened.Add(sessionIdle), SeenAt: &opened,
		Address: "192.0.2.7", UserAgent: list[1].UserAgent,
	}
	if diff := cmp.Diff(want, list[1]); diff != "" {
		t.Errorf("a session (-want +got):\n%s", diff)
	}
	if got := list[2]; got.SeenAt != nil || got.Address != "192.0.2.8" || got.UserAgent != "releve/2" ||
		!got.Since.Equal(*b.clock) || !got.Expires.Equal(b.clock.Add(24*time.Hour)) {
		t.Errorf("a token: %+v", got)
	}
}

// TestTheConnectionOfTheRequest is told from the others.
func TestTheConnectionOfTheRequest(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	site := newVisits(b)
	v := site.visitor()
	site.visitor().does("/in", "ada")
	*b.clock = b.clock.Add(touchEvery)
	v.does("/in", "ada")
	handler := b.WithSession(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		wantList(t, b.connections(r.Context()), "ada session here", "ada session")
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: SessionCookie, Value: v.token()})
	handler.ServeHTTP(httptest.NewRecorder(), r)
}

func TestWhatEndsConnections(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*bed, Account) error
	}{
		{"kick", func(b *bed, a Account) error { return b.Kick(b.t.Context(), a.ID) }},
		{"deactivate", func(b *bed, a Account) error { _, err := b.Deactivate(b.t.Context(), a.ID); return err }},
		{"password", func(b *bed, a Account) error { return b.SetPassword(b.t.Context(), a.ID, "deux chaises bleues") }},
		{"time", func(b *bed, _ Account) error { *b.clock = b.clock.Add(b.RefreshLifetime); return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t)
			root := b.account("root", Admin)
			a := b.account("ada", Admin)
			if _, err := b.IssueToken(t.Context(), root.ID, MaxTokenLifetime); err != nil {
				t.Fatal(err)
			}
			*b.clock = b.clock.Add(time.Second)
			newVisits(b).visitor().does("/in", "ada")
			b.pair(a)
			wantList(t, b.connections(t.Context()), "ada session", "ada login", "root personal")
			if err := c.end(b, a); err != nil {
				t.Fatal(err)
			}
			wantList(t, b.connections(t.Context()), "root personal")
		})
	}
}

func wantList(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
