package scolarite_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/scolarite"
)

const goodPassword = "trois lampes vertes"

// unauthorized is what clients compare before they ask for a new token.
const unauthorized = `401 {"error":"Unauthorized","status":401,"message":"Non autorise (logic)"}`

// basic is the header of a user name and a password.
func basic(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// withPassword opens the site, where mdupont may sign in and holds ScoView
// everywhere.
func withPassword(t *testing.T) *site {
	t.Helper()
	return withPasswordAs(t, scolarite.Reference)
}

func withPasswordAs(t *testing.T, wire scolarite.Wire) *site {
	t.Helper()
	s := openWire(t, wire)
	s.must(s.Identity.SetPassword(t.Context(), 101, goodPassword))
	s.token(account("mdupont")) // grants
	return s
}

var tokenAnswer = regexp.MustCompile(`^200 \{"token":"([A-Za-z0-9+/]{32})"\}$`)

// fetch asks for mdupont's token.
func (s *site) fetch() string {
	s.t.Helper()
	a := s.send(request{to: "POST tokens", headers: []string{basic("mdupont", goodPassword)}})
	m := tokenAnswer.FindStringSubmatch(a.line())
	if m == nil {
		s.t.Fatalf("POST tokens: %s", a.line())
	}
	return m[1]
}

// bearer sends a GET with a token.
func (s *site) bearer(path, token string) answer {
	s.t.Helper()
	return s.send(request{to: "GET " + path, headers: []string{"Authorization: Bearer " + token}})
}

func TestTokenExample(t *testing.T) {
	s := withPassword(t)
	const known = "K7fQ2mXc9Lr+4TzWb1YhVd8NsPa6UgEo" // the base holds it, to be given again
	hash := sha256.Sum256([]byte(known))
	s.write(func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, 101)
		if err != nil {
			return err
		}
		return q.PutOpaqueToken(ctx, db.PutOpaqueTokenParams{
			TokenHash: hash[:], AccountID: 101, Sealed: s.Keys.Seal([]byte(known), "opaque_tokens.sealed:101"), Epoch: row.Epoch,
			CreatedAt: db.At(now), ExpiresAt: db.At(now.Add(61 * time.Second)),
		})
	})
	s.example("token_get", request{to: "POST tokens", headers: []string{basic("mdupont", goodPassword)}})
	s.example("token_get.refus", request{to: "POST tokens", headers: []string{basic("mdupont", "mauvais mot de passe")}})
	s.example("token_delete", request{to: "DELETE tokens", headers: []string{"Authorization: Bearer " + known}})
	if got := s.value("SELECT count(*) FROM opaque_tokens"); got != "0" {
		t.Errorf("%s tokens are left", got)
	}
	if got := s.bearer("users/query", known).line(); got != unauthorized {
		t.Error(got)
	}
}

func TestATokenWorksOnEveryWing(t *testing.T) {
	s := withPassword(t)
	role, err := s.Identity.RoleByName(t.Context(), "admin")
	s.must(err)
	_, err = s.Identity.Grant(t.Context(), 101, role.Name, "")
	s.must(err)
	token := s.fetch()
	if again := s.fetch(); again != token {
		t.Errorf("two tokens, %q and %q", token, again)
	}
	for _, path := range []string{"permissions", "/ScoDoc/RT/api/permissions", "/users/list", "/projects.json", "/admin/"} {
		if a := s.bearer(path, token); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, a.line())
		}
	}
	if a := s.send(request{to: "DELETE /ScoDoc/GEA/api/tokens", headers: []string{basic("mdupont", goodPassword)}}); a.StatusCode != http.StatusNoContent || a.body != "" {
		t.Errorf("DELETE: %s", a.line())
	}
	if got := s.bearer("permissions", token).line(); got != unauthorized {
		t.Errorf("after its end: %s", got)
	}
	a := s.send(request{to: "POST /ScoDoc/RT/api/tokens", headers: []string{basic("mdupont", goodPassword)}})
	if !tokenAnswer.MatchString(a.line()) || strings.Contains(a.body, token) {
		t.Errorf("on the base of a department: %s", a.line())
	}
}

// TestHowClientsAskForTokens sends the request as curl, requests, PHP and
// mobile applications do, byte for byte.
func TestHowClientsAskForTokens(t *testing.T) {
	s := withPassword(t)
	credential := basic("mdupont", goodPassword) + "\r\nAccept: */*\r\n"
	for _, c := range []struct{ name, headers, body string }{
		{"no body, no length", "", ""},
		{"length 0", "Content-Length: 0\r\n", ""},
		{"length 0 of a form", "Content-Length: 0\r\nContent-Type: application/x-www-form-urlencoded\r\n", ""},
		{"chunked, with an empty body", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\n", "0\r\n\r\n"},
		{"chunked, waiting for the go-ahead", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", ""},
		{"JSON without a body", "Content-Type: application/json\r\n", ""},
		{"JSON of length 0", "Content-Type: application/json\r\nContent-Length: 0\r\n", ""},
		{"a form that is not for it", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n", "a=1"},
	} {
		for _, path := range []string{"/ScoDoc/api/tokens", "/ScoDoc/RT/api/tokens", "/ScoDoc/api/tokens?"} {
			got := s.raw("POST " + path + " HTTP/1.1\r\nHost: intendant.example\r\n" + credential + c.headers + "\r\n" + c.body)
			if !tokenAnswer.MatchString(got) {
				t.Errorf("%s: POST %s: %s", c.name, path, got)
			}
		}
	}
}

// raw sends bytes on a connection of their own and returns the status and the
// body of the answer.
func (s *site) raw(text string) string {
	s.t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), time.Minute)
	s.must(err)
	defer conn.Close()
	s.must(conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, text)
	s.must(err)
	r := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		s.must(err)
		if resp.StatusCode == http.StatusContinue {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		s.must(err)
		resp.Body.Close()
		return fmt.Sprint(resp.StatusCode, " ", strings.TrimSpace(string(body)))
	}
}

func TestWhoGetsNoToken(t *testing.T) {
	s := withPassword(t)
	s.must(s.Identity.SetPassword(t.Context(), 102, goodPassword))
	_, err := s.Identity.Deactivate(t.Context(), 102)
	s.must(err)
	s.must(s.Identity.SetPassword(t.Context(), 103, goodPassword))
	s.exec("UPDATE accounts SET expires_at = '2025-11-17T10:00:00.000Z' WHERE id = 103")
	for _, c := range []struct {
		name string
		request
	}{
		{"nobody", request{}},
		{"a wrong password", request{headers: []string{basic("mdupont", "mauvais mot de passe")}}},
		{"an unknown account", request{headers: []string{basic("personne", goodPassword)}}},
		{"an inactive account", request{headers: []string{basic("pmartin", goodPassword)}}},
		{"an expired account", request{headers: []string{basic("aleroy", goodPassword)}}},
		{"an account without a password", request{headers: []string{basic("jpetit", "")}}},
		{"no credential in the header", request{headers: []string{"Authorization: Basic"}}},
		{"a token of parc", request{as: chef}},
		{"a token of ScoDoc", request{headers: []string{"Authorization: Bearer " + s.fetch()}}},
		{"a token nobody gave", request{headers: []string{"Authorization: Bearer " + strings.Repeat("A", 32)}}},
		{"another scheme", request{headers: []string{"Authorization: Digest x"}}},
	} {
		c.to = "POST tokens"
		before := s.value("SELECT count(*) FROM opaque_tokens")
		if got := s.send(c.request).line(); got != unauthorized {
			t.Errorf("%s: %s", c.name, got)
		}
		if after := s.value("SELECT count(*) FROM opaque_tokens"); after != before {
			t.Errorf("%s: %s tokens, %s before", c.name, after, before)
		}
	}
	if got := s.send(request{to: "POST /ScoDoc/INCONNU/api/tokens", headers: []string{basic("mdupont", goodPassword)}}).line(); !strings.HasPrefix(got, "404 ") {
		t.Errorf("in an unknown department: %s", got)
	}
	if got := s.send(request{to: "GET tokens", headers: []string{basic("mdupont", goodPassword)}}).line(); !strings.HasPrefix(got, "405 ") {
		t.Errorf("GET: %s", got)
	}
}

func TestGuessingATokenIsThrottled(t *testing.T) {
	s := withPassword(t)
	wrong := request{to: "POST tokens", headers: []string{basic("mdupont", "mauvais mot de passe")}}
	for range 5 {
		if got := s.send(wrong).line(); got != unauthorized {
			t.Fatal(got)
		}
	}
	a := s.send(wrong)
	if want := `429 {"error":"Too Many Requests","status":429,"message":"trop de tentatives, réessayez plus tard"}`; a.line() != want || a.Header.Get("Retry-After") == "" {
		t.Errorf("%s, retry after %q", a.line(), a.Header.Get("Retry-After"))
	}
	wrong.headers = []string{basic("mdupont", goodPassword)}
	if got := s.send(wrong); got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the right password meanwhile: %s", got.line())
	}
}

// TestABrowserFetchesNoToken sends the cookie of a session, from our pages and
// from those of others.
func TestABrowserFetchesNoToken(t *testing.T) {
	s := withPassword(t)
	signIn := s.send(request{
		to: "POST /login", body: "username=mdupont&password=" + strings.ReplaceAll(goodPassword, " ", "+"), headers: []string{"Sec-Fetch-Site: same-origin"},
	})
	cookie := signIn.Header.Get("Set-Cookie")
	if cookie == "" {
		t.Fatalf("sign in: %s", signIn.line())
	}
	cookie, _, _ = strings.Cut(cookie, ";")
	for _, c := range []struct{ site, method, want string }{
		{"same-origin", "POST", unauthorized},
		{"cross-site", "POST", `403 {"error":"Forbidden","status":403,"message":"requête d'un autre site refusée"}`},
		{"cross-site", "DELETE", `403 {"error":"Forbidden","status":403,"message":"requête d'un autre site refusée"}`},
		{"same-origin", "DELETE", "204"},
	} {
		if got := s.send(request{to: c.method + " tokens", headers: []string{"Cookie: " + cookie, "Sec-Fetch-Site: " + c.site}}).line(); got != c.want {
			t.Errorf("%s, %s: %s", c.method, c.site, got)
		}
	}
}

// TestAStaleTokenSaysSo ends a token in the ways that end others: the answer is
// the one that makes clients ask again.
func TestAStaleTokenSaysSo(t *testing.T) {
	s := withPassword(t)
	for name, end := range map[string]func() error{
		"a kick":         func() error { return s.Identity.Kick(t.Context(), 101) },
		"a new password": func() error { return s.Identity.SetPassword(t.Context(), 101, goodPassword) },
		"its hour":       func() error { s.exec("UPDATE opaque_tokens SET expires_at = '2025-11-17T10:00:00.000Z'"); return nil },
	} {
		token := s.fetch()
		if a := s.bearer("users/query", token); a.StatusCode != http.StatusOK {
			t.Errorf("%s: before, %s", name, a.line())
		}
		s.must(end())
		if got := s.bearer("users/query", token).line(); got != unauthorized {
			t.Errorf("%s: %s", name, got)
		}
	}
}
