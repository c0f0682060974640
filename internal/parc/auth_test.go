package parc_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	notAuthenticated = `{"detail":"Not authenticated"}`
	badCredentials   = `{"detail":"Could not validate credentials"}`
	badLogin         = `{"detail":"Incorrect username or password"}`
	wrongMethod      = `{"detail":"Method Not Allowed"}`
)

// ask sends a request with these headers ("Name: value", "" for none). It
// returns the status, the headers that matter to a client, and the body.
func (s *site) ask(t *testing.T, method, path, body string, headers ...string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		if name, value, ok := strings.Cut(h, ": "); ok {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := fmt.Sprint(resp.StatusCode)
	for _, name := range []string{"Allow", "Location", "WWW-Authenticate"} {
		if value := resp.Header.Get(name); value != "" {
			answer += " " + name + ": " + strings.ReplaceAll(value, s.url, "SERVER")
		}
	}
	return strings.TrimSpace(answer + " " + string(text))
}

// TestPathsOfUsers: list, create, update and delete/… are parc's whatever the
// method, though projets has /users/{username}; so is a user by his number.
func TestPathsOfUsers(t *testing.T) {
	s := open(t)
	const bearer = "401 WWW-Authenticate: Bearer " + notAuthenticated
	const projets = "401 WWW-Authenticate: Basic"
	for _, c := range []struct{ method, path, anonymous, asAdmin string }{
		{"PUT", "/users/list", "405 Allow: GET " + wrongMethod, "405 Allow: GET " + wrongMethod},
		{"DELETE", "/users/list", "405 Allow: GET " + wrongMethod, "405 Allow: GET " + wrongMethod},
		{"PATCH", "/users/create", "405 Allow: GET " + wrongMethod, "405 Allow: GET " + wrongMethod},
		{"POST", "/users/update", "405 Allow: GET " + wrongMethod, "405 Allow: GET " + wrongMethod},
		{"HEAD", "/users/update", "405 Allow: GET", "405 Allow: GET"},
		{"GET", "/users/update", bearer, `404 {"detail":"User not found"}`},
		{"GET", "/users/delete/disable", "405 Allow: DELETE " + wrongMethod, "405 Allow: DELETE " + wrongMethod},
		{"GET", "/users/list/?a=%20", "307 Location: SERVER/users/list?a=%20", "307 Location: SERVER/users/list?a=%20"},
		{"GET", "/users/1", bearer, `404 {"detail":"User not found"}`},
		{"GET", "/users/chef", projets, `404 {"detail":"User not found"}`},
		{"GET", "/users/chef/", projets, "307 Location: SERVER/users/chef"},
		{"OPTIONS", "/users/1", "405 Allow: GET " + wrongMethod, "405 Allow: GET " + wrongMethod},
	} {
		if got := s.ask(t, c.method, c.path, ""); got != c.anonymous && (c.anonymous != projets || !strings.HasPrefix(got, projets)) {
			t.Errorf("%s %s: %s\nwant %s", c.method, c.path, got, c.anonymous)
		}
		if got := s.ask(t, c.method, c.path, "", "Authorization: Bearer "+s.admin); got != c.asAdmin {
			t.Errorf("%s %s with a token: %s\nwant %s", c.method, c.path, got, c.asAdmin)
		}
	}
}

// pair logs in, or exchanges a refresh token, and returns both tokens.
func (s *site) pair(t *testing.T, path, body string, headers ...string) (access, refresh string) {
	t.Helper()
	answer := s.ask(t, "POST", path, body, headers...)
	text, ok := strings.CutPrefix(answer, "200 ")
	var out struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Type    string `json:"token_type"`
	}
	if err := json.Unmarshal([]byte(text), &out); !ok || err != nil || out.Type != "bearer" {
		t.Fatalf("POST %s: %s", path, answer)
	}
	return out.Access, out.Refresh
}

const (
	asJSON = "Content-Type: application/json"
	asForm = "Content-Type: application/x-www-form-urlencoded"
)

func (s *site) withPassword(t *testing.T) (form string) {
	t.Helper()
	s.must(t, "POST", "/users/create", fmt.Sprintf(`{"matricule":7586,"nom":"Zoé","email":"zoe@example.com","password":"cheval-batterie-9","role_id":%q}`, s.adminRole))
	return url.Values{"username": {"7586"}, "password": {"cheval-batterie-9"}}.Encode()
}

// TestTokensOverHTTP goes through the life of tokens as a client sees it.
func TestTokensOverHTTP(t *testing.T) {
	s := open(t)
	form := s.withPassword(t)
	const refused = "401 WWW-Authenticate: Bearer " + badCredentials
	list := func(token string) string { return s.ask(t, "GET", "/clients/all", "", "Authorization: Bearer "+token) }
	refresh := func(token string) string {
		return s.ask(t, "POST", "/auth/refresh", fmt.Sprintf(`{"refresh_token":%q}`, token), asJSON)
	}
	want := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
	}

	access, first := s.pair(t, "/auth/login", form, asForm)
	want("an access token", list(access), "200 []")
	want("a refresh token as a bearer", list(first), refused)
	want("an access token to refresh", refresh(access), refused)
	_, second := s.pair(t, "/auth/refresh", fmt.Sprintf(`{"refresh_token":%q}`, first), asJSON)
	third, fourth := s.pair(t, "/auth/refresh", "", "Authorization: Bearer "+second)
	want("a rotated token", list(third), "200 []")
	want("a refresh token used again", refresh(first), refused)
	want("its family", list(third), refused)
	want("the last refresh token", refresh(fourth), refused)

	access, first = s.pair(t, "/auth/login", form, asForm)
	want("log out", s.ask(t, "POST", "/auth/logout", "", "Authorization: Bearer "+access), "204")
	want("after it", list(access), refused)
	want("refresh after it", refresh(first), refused)

	want("no token to refresh", s.ask(t, "POST", "/auth/refresh", "{}", asJSON), "401 WWW-Authenticate: Bearer "+notAuthenticated)
	want("nothing at all", s.ask(t, "POST", "/auth/refresh", ""), "401 WWW-Authenticate: Bearer "+notAuthenticated)
	want("log out without a token", s.ask(t, "POST", "/auth/logout", ""), "401 WWW-Authenticate: Bearer "+notAuthenticated)
}

// TestCredentialsOverHTTP: what each kind of credential is answered.
func TestCredentialsOverHTTP(t *testing.T) {
	s := open(t)
	form := s.withPassword(t)
	const missing = `422 {"detail":[{"type":"missing","loc":["body","username"],"msg":"Field required","input":null},{"type":"missing","loc":["body","password"],"msg":"Field required","input":null}]}`
	for _, c := range []struct{ name, method, path, body, header, want string }{
		{"json for a form", "POST", "/auth/login", `{"username":"7586"}`, asJSON, missing},
		{"nothing for a form", "POST", "/auth/login", "", "", missing},
		{"another grant", "POST", "/auth/login", form + "&grant_type=code", asForm, `422 {"detail":[{"type":"string_pattern_mismatch","loc":["body","grant_type"],"msg":"String should match pattern '^password$'","input":"code","ctx":{"pattern":"^password$"}}]}`},
		{"a wrong password", "POST", "/auth/login", "username=7586&password=x", asForm, "401 WWW-Authenticate: Bearer " + badLogin},
		{"an unknown user", "POST", "/auth/login", "username=x&password=x", asForm, "401 WWW-Authenticate: Bearer " + badLogin},
		{"nothing", "GET", "/clients/all", "", "", "401 WWW-Authenticate: Bearer " + notAuthenticated},
		{"another scheme", "GET", "/clients/all", "", "Authorization: Digest x", "401 WWW-Authenticate: Bearer " + notAuthenticated},
		{"an empty token", "GET", "/clients/all", "", "Authorization: Bearer", "401 WWW-Authenticate: Bearer " + badCredentials},
		{"basic", "GET", "/clients/all", "", "Authorization: Basic NzU4NjpjaGV2YWwtYmF0dGVyaWUtOQ==", "200 []"},
		{"basic by e-mail", "GET", "/clients/all", "", "Authorization: basic Wm9lQGV4YW1wbGUuY29tOmNoZXZhbC1iYXR0ZXJpZS05", "200 []"},
		{"a wrong basic", "GET", "/clients/all", "", "Authorization: Basic NzU4Njp4", "401 WWW-Authenticate: Bearer " + badLogin},
	} {
		if got := s.ask(t, c.method, c.path, c.body, c.header); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestPasswordsOverHTTP: what the policy refuses is a fault of the field.
func TestPasswordsOverHTTP(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ password, want string }{
		{"court", `{"type":"password_too_short","loc":["body","password"],"msg":"The password must have at least 8 characters.","input":null,"ctx":{"min_length":8}}`},
		{strings.Repeat("é", 513), `{"type":"password_too_long","loc":["body","password"],"msg":"The password is too long (1024 bytes at most).","input":null,"ctx":{"max_length":1024}}`},
		{"84725193", `{"type":"password_is_user_name","loc":["body","password"],"msg":"The password must differ from the user name.","input":null}`},
		{"azertyuiop", `{"type":"password_common","loc":["body","password"],"msg":"This password is too common: it would soon be guessed.","input":null}`},
	} {
		body := fmt.Sprintf(`{"matricule":84725193,"nom":"Zoé","email":"zoe@example.com","password":%q,"role_id":%q}`, c.password, s.adminRole)
		s.expect(t, s.admin, "POST", "/users/create", body, 422, `{"detail":[`+c.want+`]}`)
	}
}
