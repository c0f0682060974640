package identity

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"intendant/internal/errs"
)

func TestASessionFromSignInToSignOut(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.wants("at first", "/who", "", "nobody")
	if v.token() != "" {
		t.Error("who does not sign in has a cookie")
	}
	actions := b.written(func() { v.wants("sign in", "/in", "ada", "") })
	if actions != "session.create" {
		t.Errorf("the journal has %q", actions)
	}
	c := v.cookie
	if c == nil || c.Name != SessionCookie || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 0 || !c.Expires.IsZero() || c.Secure {
		t.Errorf("cookie %+v", c)
	}
	v.wants("signed in", "/who", "", "ada")
	actions = b.written(func() { v.wants("sign out", "/out", "", "") })
	if actions != "session.end" {
		t.Errorf("the journal has %q", actions)
	}
	v.wants("signed out", "/who", "", "nobody")
	if n := b.sessionRows("1 = 1"); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestSecureCookies(t *testing.T) {
	b := newBed(t)
	b.SecureCookies = true
	b.sessions = b.newSessions()
	b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.does("/in", "ada")
	if v.cookie == nil || !v.cookie.Secure {
		t.Errorf("cookie %+v, want a secure one", v.cookie)
	}
}

// sessionRows counts the sessions in the base that fulfil a condition.
func (b *bed) sessionRows(where string, args ...any) int {
	b.t.Helper()
	base, err := sql.Open("sqlite", "file:"+b.Store.Path()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		b.t.Fatal(err)
	}
	defer base.Close()
	n := 0
	if err := base.QueryRowContext(b.t.Context(), "SELECT count(*) FROM sessions WHERE "+where, args...).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestTheBaseHoldsNoToken(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.does("/in", "ada")
	token := v.token()
	if n := b.sessionRows("token_hash = ?", hashToken(token)); n != 1 {
		t.Errorf("%d sessions under the hash, want 1", n)
	}
	if n := b.sessionRows("token_hash = CAST(? AS BLOB) OR instr(data, CAST(? AS BLOB)) > 0", token, token); n != 0 {
		t.Errorf("%d sessions hold the token itself", n)
	}
}

func TestAnotherTokenAtSignIn(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	b.account("bob", Admin)
	site := newVisits(b)
	v := site.visitor()
	// A token that an attacker chose opens nothing.
	u, err := url.Parse(site.url)
	if err != nil {
		t.Fatal(err)
	}
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: SessionCookie, Value: "chosen", Path: "/"}})
	v.does("/in", "ada")
	first := v.token()
	if first == "chosen" || first == "" {
		t.Errorf("token %q after signing in", first)
	}
	v.does("/elevate", goodPassword)
	v.does("/in", "bob")
	if v.token() == first {
		t.Error("the same token for another account")
	}
	v.wants("the other account", "/who", "", "bob")
	thief := site.visitor()
	thief.client.Jar.SetCookies(u, []*http.Cookie{{Name: SessionCookie, Value: first, Path: "/"}})
	thief.wants("the former token", "/who", "", "nobody")
}

func TestSessionsEndWithTime(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	site := newVisits(b)
	v := site.visitor()
	v.does("/in", "ada")
	*b.clock = b.clock.Add(sessionIdle - time.Second)
	v.wants("before the end", "/who", "", "ada")
	*b.clock = b.clock.Add(sessionIdle - time.Second)
	v.wants("the visit counted", "/who", "", "ada")
	*b.clock = b.clock.Add(sessionIdle)
	v.wants("unused for long", "/who", "", "nobody")

	v = site.visitor()
	v.does("/in", "ada")
	opened := *b.clock
	for b.clock.Sub(opened) < sessionLifetime-time.Hour {
		*b.clock = b.clock.Add(time.Hour)
		v.wants("each hour", "/who", "", "ada")
	}
	*b.clock = opened.Add(sessionLifetime)
	v.wants("a day later", "/who", "", "nobody")
	if err := b.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	*b.clock = b.clock.Add(time.Second)
	if err := b.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.sessionRows("1 = 1"); n != 0 {
		t.Errorf("%d sessions are left after the purge", n)
	}
}

func TestAVisitIsWrittenOnceAMinute(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.does("/in", "ada")
	seen := func(want time.Time) {
		t.Helper()
		list, err := b.Sessions(t.Context(), a.ID)
		if err != nil || len(list) != 1 {
			t.Fatalf("sessions %v, %v", list, err)
		}
		if got := list[0]; !got.SeenAt.Equal(want) || got.Address != "192.0.2.7" || !strings.HasPrefix(got.UserAgent, "Go-http-client") {
			t.Errorf("session %+v, want it seen at %v", got, want)
		}
	}
	opened := *b.clock
	v.does("/who", "") // the sign-in's own session is saved as read, once
	*b.clock = opened.Add(touchEvery - time.Second)
	v.does("/who", "")
	seen(opened)
	*b.clock = opened.Add(touchEvery)
	v.does("/who", "")
	seen(*b.clock)
}

func TestElevationPasses(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.wants("by nobody", "/elevate", goodPassword, "refused")
	v.does("/in", "ada")
	v.wants("with another password", "/elevate", "mauvais", "refused")
	v.wants("not yet", "/who", "", "ada")
	v.wants("with the password", "/elevate", goodPassword, "")
	*b.clock = b.clock.Add(elevationLifetime - time.Second)
	v.wants("elevated", "/who", "", "ada elevated")
	*b.clock = b.clock.Add(time.Second)
	v.wants("no longer", "/who", "", "ada")
}

func TestWhatEndsSessions(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*bed, Account) error
	}{
		{"kick", func(b *bed, a Account) error { return b.Kick(b.t.Context(), a.ID) }},
		{"deactivate", func(b *bed, a Account) error { _, err := b.Deactivate(b.t.Context(), a.ID); return err }},
		{"password", func(b *bed, a Account) error { return b.SetPassword(b.t.Context(), a.ID, "deux chaises bleues") }},
		{"row deleted", func(b *bed, a Account) error {
			list, err := b.Sessions(b.t.Context(), a.ID)
			if err != nil {
				return err
			}
			return b.EndSession(b.t.Context(), a.ID, list[0].ID)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t)
			b.account("root", Admin)
			a := b.account("ada", Admin)
			site := newVisits(b)
			v, other := site.visitor(), site.visitor()
			v.does("/in", "ada")
			other.does("/in", "root")
			if err := c.end(b, a); err != nil {
				t.Fatal(err)
			}
			// What is written to an ended session does not bring it back.
			v.does("/note", "encore")
			*b.clock = b.clock.Add(2 * touchEvery)
			v.wants("after the end", "/who", "", "nobody")
			if n := b.sessionRows("account_id = ?", a.ID); n != 0 {
				t.Errorf("%d sessions of the account", n)
			}
			other.wants("another account", "/who", "", "root")
		})
	}
}

// TestASessionEndedInMidRequest ends a session while its request is under way:
// the answer must not save it again.
func TestASessionEndedInMidRequest(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.does("/in", "ada")
	handler := b.WithSession(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b.SetNotice(r.Context(), "trop tard")
		if err := b.Kick(b.t.Context(), a.ID); err != nil {
			t.Error(err)
		}
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: SessionCookie, Value: v.token()})
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if n := b.sessionRows("1 = 1"); n != 0 {
		t.Errorf("%d sessions came back", n)
	}
}

func TestANewPasswordKeepsOnlyThePresentSession(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	site := newVisits(b)
	v, other := site.visitor(), site.visitor()
	v.does("/in", "ada")
	other.does("/in", "ada")
	token, former := b.pair(a).Access, v.token()
	v.wants("an unsuitable one", "/password", "ada", "refused")
	v.wants("unchanged", "/who", "", "ada")
	v.wants("a good one", "/password", "deux chaises bleues", "")
	v.wants("here", "/who", "", "ada")
	other.wants("there", "/who", "", "nobody")
	if v.token() == former {
		t.Error("the token is the same")
	}
	b.wantDead("a Bearer token", token)
}

func TestOtherSessionsEnd(t *testing.T) {
	b := newBed(t)
	a := b.account("ada", Admin)
	site := newVisits(b)
	v, other := site.visitor(), site.visitor()
	v.does("/in", "ada")
	other.does("/in", "ada")
	v.wants("end the others", "/others", "", "")
	v.wants("here", "/who", "", "ada")
	other.wants("there", "/who", "", "nobody")
	list, err := b.Sessions(t.Context(), a.ID)
	if err != nil || len(list) != 1 {
		t.Errorf("sessions %v, %v, want one", list, err)
	}
	wantCode(t, "unknown", b.EndSession(t.Context(), a.ID, "00"), errs.NotFound, "session_unknown")
	wantCode(t, "another's", b.EndSession(t.Context(), a.ID+1, list[0].ID), errs.NotFound, "account_unknown")
}

func TestNoticesAndSecretsAreReadOnce(t *testing.T) {
	b := newBed(t)
	b.account("ada", Admin)
	v := newVisits(b).visitor()
	v.does("/note", "perdu")
	v.does("/keep", "perdu")
	if v.token() != "" {
		t.Error("a notice made a session")
	}
	v.does("/in", "ada")
	v.wants("from before the session", "/read", "", "")
	v.does("/note", "C’est fait")
	v.wants("a notice", "/read", "", "C’est fait")
	v.wants("a notice again", "/read", "", "")
	v.does("/keep", "k7mw-x2fa")
	if n := b.sessionRows("instr(data, CAST('k7mw' AS BLOB)) > 0"); n != 0 {
		t.Error("the base holds the secret in clear")
	}
	v.wants("another subject", "/take", "else", "")
	v.wants("a secret", "/take", "subject", "k7mw-x2fa")
	v.wants("a secret again", "/take", "subject", "")
}
