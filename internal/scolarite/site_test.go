package scolarite_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/scolarite"
)

// now is when everything happens: a Monday of November 2025, 11:00 in Paris.
var now = time.Date(2025, 11, 17, 10, 0, 0, 0, time.UTC)

// site is a running appliance with the small site of testdata/site.sql.
type site struct {
	*appliance.Appliance
	t       testing.TB
	url     string
	data    string            // its folder
	callers map[string]string // tokens by who
	beside  *sql.DB           // see file
}

// open starts the site with the reference profile; opening it again with
// another one is [openWire].
func open(t testing.TB) *site {
	t.Helper()
	return openWire(t, scolarite.Reference)
}

func openWire(t testing.TB, wire scolarite.Wire) *site {
	t.Helper()
	s := openEmpty(t, wire)
	s.exec(fixture(t, "site.sql"))
	return s
}

// openAttendance is [open] with the attendance of testdata/attendance.sql.
func openAttendance(t testing.TB) *site {
	t.Helper()
	return openAttendanceWire(t, scolarite.Reference)
}

func openAttendanceWire(t testing.TB, wire scolarite.Wire) *site {
	t.Helper()
	s := openWire(t, wire)
	s.exec(fixture(t, "attendance.sql"))
	return s
}

// openMarks starts the site with the marks of testdata/marks.sql.
func openMarks(t testing.TB) *site {
	t.Helper()
	s := open(t)
	s.exec(fixture(t, "marks.sql"))
	return s
}

// openEmpty starts a site without any department.
func openEmpty(t testing.TB, wire scolarite.Wire) *site {
	t.Helper()
	s := &site{t: t, data: appliancetest.Folder(t), callers: map[string]string{}}
	var err error
	if s.Appliance, err = appliance.Open(t.Context(), appliance.Config{Data: s.data, Now: func() time.Time { return now }, Wire: wire}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Server())
	t.Cleanup(func() { srv.Close(); s.Close() })
	s.url = srv.URL
	return s
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exec runs statements on the file of the base, beside the server.
func (s *site) exec(statements string) {
	s.t.Helper()
	base := s.file()
	if _, err := base.ExecContext(s.t.Context(), statements); err != nil {
		s.t.Fatal(err)
	}
}

// value returns the single value that a query of the base gives, as text.
func (s *site) value(query string) string {
	s.t.Helper()
	base := s.file()
	var text sql.NullString
	if err := base.QueryRowContext(s.t.Context(), query).Scan(&text); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return text.String
}

// file is the base, opened beside the server as a command opens it. It is closed
// with the site.
func (s *site) file() *sql.DB {
	s.t.Helper()
	if s.beside == nil {
		var err error
		if s.beside, err = sql.Open("sqlite", db.FileURI(s.Store.Path())+"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"); err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { s.beside.Close() })
	}
	return s.beside
}

// who sends a request: nobody, a role of the site, an account of the fixture,
// or a holder of permissions made for the occasion.
type who string

const (
	nobody who = ""      // no credential at all
	chef   who = "chef"  // the administrator, who may do everything everywhere
	other  who = "other" // an account without any permission
)

// holding is an account that holds permissions in a department, "" for all.
func holding(departement string, permissions ...api.Permission) who {
	names := make([]string, len(permissions))
	for i, p := range permissions {
		names[i] = p.Short()
	}
	return who(departement + ":" + strings.Join(names, ","))
}

// account is an account of the fixture, mdupont for one, with ScoView in all
// departments and nothing else.
func account(userName string) who { return who("@" + userName) }

// token returns the Bearer token of a caller, whose account is made on first
// use.
func (s *site) token(w who) string {
	s.t.Helper()
	if token, ok := s.callers[string(w)]; ok {
		return token
	}
	ctx := s.t.Context()
	var id int64
	switch name, isFixture := strings.CutPrefix(string(w), "@"); {
	case isFixture:
		row, err := s.Identity.AccountByUserName(ctx, name)
		s.must(err)
		s.grant(row.ID, "", []string{"ScoView"})
		id = row.ID
	case w == chef:
		role, err := s.Identity.RoleByName(ctx, identity.Admin)
		s.must(err)
		id = s.newAccount(role.UUID)
	default:
		id = s.newAccount("")
		if departement, names, ok := strings.Cut(string(w), ":"); ok {
			s.grant(id, departement, strings.Split(names, ","))
		}
	}
	token, err := s.Identity.IssueToken(ctx, id, 24*time.Hour)
	s.must(err)
	s.callers[string(w)] = token
	return token
}

func (s *site) newAccount(role string) int64 {
	s.t.Helper()
	name := fmt.Sprintf("appelant%d", len(s.callers)+1)
	account, err := s.Identity.CreateAccount(s.t.Context(), identity.NewAccount{UserName: name, LastName: name, RoleUUID: role})
	s.must(err)
	return account.ID
}

func (s *site) grant(id int64, departement string, permissions []string) {
	s.t.Helper()
	name := fmt.Sprintf("role%d", len(s.callers)+1)
	refs := make([]identity.PermissionRef, len(permissions))
	for i, p := range permissions {
		refs[i] = identity.PermissionRef{Name: p}
	}
	role, err := s.Identity.CreateRole(s.t.Context(), identity.RoleChange{Name: &name, Add: refs})
	s.must(err)
	_, err = s.Identity.Grant(s.t.Context(), id, role.Name, departement)
	s.must(err)
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// request is one request. A path that does not begin with a slash is below
// /ScoDoc/api.
type request struct {
	to      string // "GET departements", "POST /ScoDoc/RT/api/etudiant/create"
	as      who
	headers []string // "Name: value"
	body    string
}

// asJSON are the headers of a body that says it is JSON.
var asJSON = []string{"Content-Type: application/json"}

// answer is what the server said.
type answer struct {
	*http.Response
	body string
}

func (s *site) send(r request) answer {
	s.t.Helper()
	method, path, _ := strings.Cut(r.to, " ")
	if !strings.HasPrefix(path, "/") {
		path = scolarite.Base + "/" + path
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(r.body))
	s.must(err)
	if r.as != nobody {
		req.Header.Set("Authorization", "Bearer "+s.token(r.as))
	}
	if r.body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl says
	}
	for _, h := range r.headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // redirects are answers too
	s.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	s.must(err)
	return answer{resp, string(body)}
}

// get sends a GET as the administrator and wants 200.
func (s *site) get(path string) answer {
	s.t.Helper()
	a := s.send(request{to: "GET " + path, as: chef})
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s", path, a.line())
	}
	return a
}

// post sends a POST as the administrator.
func (s *site) post(path, body string) answer {
	s.t.Helper()
	return s.send(request{to: "POST " + path, as: chef, body: body})
}

// line is the status and the body, on one line.
func (a answer) line() string { return strings.TrimSpace(fmt.Sprint(a.StatusCode, " ", a.body)) }

// json decodes the body; numbers stay as they are written.
func (a answer) json(t testing.TB) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(a.body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return v
}

// message is the French text of an error, "" when the answer is none.
func (a answer) message() string {
	var e struct{ Message string }
	_ = json.Unmarshal([]byte(a.body), &e)
	return e.Message
}

var update = flag.Bool("update", false, "write the golden files anew")

// example sends a request and compares the whole exchange with a golden file
// of exemples/, which the reference page shows under the function's name.
func (s *site) example(function string, r request) answer {
	s.t.Helper()
	a := s.send(r)
	var out bytes.Buffer
	method, path, _ := strings.Cut(r.to, " ")
	if !strings.HasPrefix(path, "/") {
		path = scolarite.Base + "/" + path
	}
	fmt.Fprintf(&out, "> %s %s\n", method, path)
	switch {
	case !utf8.ValidString(r.body):
		fmt.Fprintf(&out, "> (%d octets)\n", len(r.body))
	case r.body != "":
		fmt.Fprintf(&out, "> %s\n", strings.ReplaceAll(r.body, "\n", "\n> "))
	}
	fmt.Fprintf(&out, "< %d %s\n\n", a.StatusCode, a.Header.Get("Content-Type"))
	switch {
	case strings.HasPrefix(a.Header.Get("Content-Type"), "application/json"):
		if err := json.Indent(&out, []byte(a.body), "", "  "); err != nil {
			s.t.Fatalf("%s: %v in %s", r.to, err, a.body)
		}
	case strings.HasPrefix(a.Header.Get("Content-Type"), "text/"):
		out.WriteString(a.body)
	default:
		fmt.Fprintf(&out, "(%d octets)", len(a.body))
	}
	golden(s.t, filepath.Join("exemples", function+".txt"), out.String()+"\n")
	return a
}

// golden compares a text with a file.
func golden(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", path, diff)
	}
}

// refusal is a request that is refused and the whole answer to it, and what
// must not have changed.
type refusal struct {
	name    string
	request request
	want    string // "404 étudiant inconnu": the status and the message
}

// refuses sends requests that must be refused, each with the body of an error
// and nothing in the journal for it.
func (s *site) refuses(list []refusal) {
	s.t.Helper()
	for _, r := range list {
		if r.request.as != nobody {
			s.token(r.request.as) // making the account writes to the journal
		}
		before := s.value("SELECT count(*) FROM journal")
		a := s.send(r.request)
		if got := fmt.Sprint(a.StatusCode, " ", a.message()); got != r.want {
			s.t.Errorf("%s: %s\n got %s\nwant %s", r.name, r.request.to, a.line(), r.want)
		}
		if after := s.value("SELECT count(*) FROM journal"); after != before {
			s.t.Errorf("%s: %s changed something", r.name, r.request.to)
		}
	}
}

// write runs fn in a transaction of the store.
func (s *site) write(fn func(ctx context.Context, q *db.Queries) error) {
	s.t.Helper()
	s.must(s.Store.Write(s.t.Context(), fn))
}
