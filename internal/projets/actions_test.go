package projets_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"intendant/internal/projets"
	"intendant/internal/projets/projetstest"
)

// actions are the GETs of the document that change something.
var actions = []string{
	"/users/testuser/disable", "/users/testuser/enable", "/users/testuser/kick",
	"/database/north/disableall", "/database/north/enableall", "/database/north/kickall",
}

// session signs an account in and returns its cookie.
func (s *site) session(name string) string {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(s.url+"/login", url.Values{"username": {name}, "password": {password}})
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	at, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	var pairs []string
	for _, c := range jar.Cookies(at) {
		pairs = append(pairs, c.String())
	}
	if resp.StatusCode != http.StatusSeeOther || len(pairs) == 0 {
		s.t.Fatalf("sign in: %s", resp.Status)
	}
	return "Cookie: " + strings.Join(pairs, "; ")
}

// bearer returns the header of a token of an account.
func (s *site) bearer(name string) string {
	s.t.Helper()
	account, err := s.Identity.AccountByUserName(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := s.Identity.IssueToken(s.t.Context(), account.ID, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	return "Authorization: Bearer " + token
}

// TestActionsAreForPrograms sends each GET that changes something with each
// credential and from each kind of page: what a page may have asked for behind
// a person's back is refused, and changes nothing.
func TestActionsAreForPrograms(t *testing.T) {
	s := open(t)
	projetstest.AddAccount(t, s.Appliance, "chef", password, projets.Admin)
	cookie, token := s.session("chef"), s.bearer("chef")
	const (
		same, cross, near, typed = "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: none"
		forbidden                = `403 {"status":403,"error":"Forbidden"}`
		denied                   = "401 HTTP Basic: Access denied."
		unknown                  = `404 {"status":404,"error":"Not Found"}`
		done                     = "200 "
	)
	for _, tt := range []struct {
		name, method, as string
		headers          []string
		want             string
	}{
		{"basic", "GET", "chef", nil, done},
		{"bearer", "GET", nobody, []string{token}, done},
		{"basic from our page", "GET", "chef", []string{same}, done},
		{"basic typed in", "GET", "chef", []string{typed}, done},
		{"basic from another site", "GET", "chef", []string{cross}, forbidden},
		{"basic from a neighbour", "GET", "chef", []string{near}, forbidden},
		{"bearer from another site", "GET", nobody, []string{token, cross}, forbidden},
		{"bearer from a neighbour", "GET", nobody, []string{token, near}, forbidden},
		{"session", "GET", nobody, []string{cookie}, forbidden},
		{"session from our page", "GET", nobody, []string{cookie, same}, forbidden},
		{"session from another site", "GET", nobody, []string{cookie, cross}, forbidden},
		{"session posting from our page", "POST", nobody, []string{cookie, same}, done},
		{"session posting from another site", "POST", nobody, []string{cookie, cross}, forbidden},
		{"session posting from a neighbour", "POST", nobody, []string{cookie, near}, forbidden},
		{"basic posting from another site", "POST", "chef", []string{cross}, forbidden},
		{"nobody", "GET", nobody, nil, denied},
		{"nobody from another site", "GET", nobody, []string{cross}, denied},
		{"basic asking for the head", "HEAD", "chef", nil, "404"},
		{"session asking for the head", "HEAD", nobody, []string{cookie}, "404"},
		{"basic putting", "PUT", "chef", nil, unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, path := range actions {
				lines := s.count("SELECT count(*) FROM journal")
				a := s.send(request{to: tt.method + " " + path, as: tt.as, headers: append(tt.headers, inJSON)})
				if tt.want == done && a.StatusCode != http.StatusOK || tt.want != done && a.line() != tt.want {
					t.Errorf("%s %s: %s, want %s", tt.method, path, a.line(), tt.want)
				}
				if wrote := s.count("SELECT count(*) FROM journal") > lines; wrote && tt.want != done {
					t.Errorf("%s %s changed something", tt.method, path)
				}
			}
		})
	}
}

// TestWhatActionsDo looks at what each action leaves, and answers.
func TestWhatActionsDo(t *testing.T) {
	s := open(t)
	projetstest.AddAccount(t, s.Appliance, "zoe", password)
	projetstest.AddMember(t, s.Appliance, "zoe", 1)
	user := func(active string) string {
		return `200 {"user":{"active":` + active + `,"created_at":"2016-11-28T12:22:35Z","email":"zoe@bativo.example","first_name":"Zoé","last_name":"zoe","username":"zoe"}}`
	}
	const north = `200 {"database":{"active":true,"created_at":"2016-11-01T09:39:14Z","id":"north","name":"north","owner_id":5,"projects":[{"id":1,"name":"Clinique Nord","no":"01"}],"size":45056}}`
	logIn := func() int {
		return s.send(request{to: "POST /projects/1/logins", as: "zoe", headers: []string{inJSON}, body: `{"client":"Revit"}`}).StatusCode
	}
	for _, step := range []struct {
		path, want string
		login      int // what zoe's login to her project answers then
		ends       bool
	}{
		{"/users/zoe/kick", user("true"), 201, true},
		{"/users/zoe/disable", user("false"), 401, true},
		{"/users/zoe/enable", user("true"), 201, false},
		{"/database/north/kickall", north, 201, true},
		{"/database/north/disableall", north, 403, false},
		{"/database/north/enableall", north, 201, false},
	} {
		before := ""
		if step.path != "/users/zoe/enable" {
			before = s.bearer("zoe")
		}
		if got := s.admin("GET " + step.path).line(); got != step.want {
			t.Errorf("%s:\n got %s\nwant %s", step.path, got, step.want)
		}
		if got := logIn(); got != step.login {
			t.Errorf("after %s a login answers %d, want %d", step.path, got, step.login)
		}
		if before == "" {
			continue
		}
		status := s.send(request{to: "GET /admin/", headers: []string{before}}).StatusCode
		if ended := status == http.StatusUnauthorized; ended != step.ends {
			t.Errorf("after %s her token answers %d", step.path, status)
		}
	}
	for _, path := range actions {
		path = strings.NewReplacer("testuser", "nobody", "north", "nowhere").Replace(path)
		if got := s.admin("GET " + path).line(); got != `404 {"status":404,"error":"Not Found"}` {
			t.Errorf("%s: %s", path, got)
		}
	}
}
