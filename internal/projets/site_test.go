package projets_test

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/projets/projetstest"
)

// site is a running appliance with what the examples of the document suppose,
// at the second they were recorded.
type site struct {
	*appliance.Appliance
	t    testing.TB
	url  string
	data string // its folder
}

func open(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, data: appliancetest.Folder(t)}
	var err error
	if s.Appliance, err = appliance.Open(t.Context(), appliance.Config{Data: s.data, Now: projetstest.Now}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Server())
	t.Cleanup(func() { srv.Close(); s.Close() })
	s.url = srv.URL
	projetstest.Load(t, s.Appliance)
	return s
}

// password is that of every account but the document's.
const password = "trois lampes vertes"

// nobody sends no credential.
const nobody = ""

// request is one request. Headers are written "Name: value".
type request struct {
	to      string // "GET /projects.json"
	as      string // who sends it, by Basic; testadmin or one whose password is password
	headers []string
	body    string // JSON unless a header says another type
}

const (
	inJSON   = "Accept: application/json"
	inXML    = "Accept: application/xml"
	fromJSON = "Content-Type: application/json; charset=UTF-8"
	fromXML  = "Content-Type: application/xml"
	fromForm = "Content-Type: application/x-www-form-urlencoded"
)

// answer is what the server said.
type answer struct {
	*http.Response
	text string // the body
}

func (s *site) send(r request) answer {
	s.t.Helper()
	method, path, _ := strings.Cut(r.to, " ")
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(r.body))
	if err != nil {
		s.t.Fatal(err)
	}
	if r.body != "" {
		r.headers = append([]string{fromJSON}, r.headers...)
	}
	for _, h := range r.headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	switch r.as {
	case nobody:
	case projetstest.AdminName:
		req.SetBasicAuth(r.as, projetstest.AdminPassword)
	default:
		req.SetBasicAuth(r.as, password)
	}
	return s.do(req)
}

func (s *site) do(req *http.Request) answer {
	s.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req) // redirects are answers too
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, strings.ReplaceAll(string(text), s.url, "SERVER")}
}

// admin sends a request as testadmin.
func (s *site) admin(to string, body ...string) answer {
	s.t.Helper()
	return s.send(request{to: to, as: projetstest.AdminName, headers: []string{inJSON}, body: strings.Join(body, "")})
}

// line is the status and the body, on one line.
func (a answer) line() string { return strings.TrimSpace(fmt.Sprint(a.StatusCode, " ", a.text)) }

// whole is the answer without what differs each time.
func (s *site) whole(a answer) string {
	var out strings.Builder
	fmt.Fprintln(&out, a.StatusCode)
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		a.Header.Del(name)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.ReplaceAll(strings.Join(a.Header[name], ", "), s.url, "SERVER"))
	}
	out.WriteString("\n" + a.text)
	return out.String()
}

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file of testdata.
func golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
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

// count returns the single number that a query of the base gives.
func (s *site) count(query string, args ...any) int {
	s.t.Helper()
	return projetstest.Value[int](s.t, s.Appliance, query, args...)
}

// files returns the names in the folder of the databases, but for the locks and
// for what SQLite keeps beside an open file.
func (s *site) files() []string {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.data, appliance.DatabasesFolder))
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-wal") && !strings.HasSuffix(e.Name(), "-shm") && !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}
