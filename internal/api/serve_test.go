package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/errs"
)

// testCaller holds one permission.
type testCaller struct{ permission Permission }

func (testCaller) AccountID() int64                  { return 7 }
func (testCaller) AccountName() string               { return "dupont" }
func (c testCaller) Can(p Permission, _ string) bool { return p == c.permission }
func (testCaller) HasCookie() bool                   { return false }
func (testCaller) IsElevated() bool                  { return false }

// testTokens knows two bearers, one of which holds a permission.
type testTokens struct{}

func (testTokens) Authenticate(r *http.Request) (Caller, error) {
	token, ok := BearerOf(r.Header)
	switch {
	case !ok:
		return nil, nil
	case token == "writer":
		return testCaller{"thing:write"}, nil
	case token == "reader":
		return testCaller{"thing:read"}, nil
	}
	return nil, errs.New(errs.Unauthenticated, "", "Could not validate credentials")
}

// logBook is a log that may be read while the server writes to it.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newTestServer serves testRoutes; settings change the server before it runs.
func newTestServer(t testing.TB, settings ...func(*Server)) (*httptest.Server, *logBook) {
	t.Helper()
	router, err := NewRouter(&System{Name: "things", Dialect: FastAPI{}, Routes: testRoutes()})
	if err != nil {
		t.Fatal(err)
	}
	log := &logBook{}
	server := &Server{
		Router: router, Authenticator: testTokens{}, Fallback: FastAPI{},
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
	for _, set := range settings {
		set(server)
	}
	ts := httptest.NewServer(server)
	t.Cleanup(ts.Close)
	return ts, log
}

// call is a request: "POST /path", headers "Name: value", and a body.
type call struct {
	to      string
	headers []string
	body    string
}

// send returns the answer and its whole body; redirects are not followed.
func send(t testing.TB, ts *httptest.Server, c call) (*http.Response, string) {
	t.Helper()
	method, path, _ := strings.Cut(c.to, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, ts.URL+path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range c.headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Add(name, value)
	}
	resp, err := ts.Client().Transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp, bodyOf(t, resp)
}

// bodyOf reads the body of an answer.
func bodyOf(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// transcript is the whole answer as text: the status, the headers by name, an
// empty line, the body. Date and the request's number, which change each time,
// are left out, and the server's address is written "SERVER".
func transcript(ts *httptest.Server, resp *http.Response, body string) string {
	var b strings.Builder
	fmt.Fprintln(&b, resp.StatusCode)
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		if name != "Date" && name != "X-Request-Id" {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(resp.Header[name], " | "))
		}
	}
	b.WriteString("\n" + body)
	return strings.ReplaceAll(b.String(), ts.URL, "SERVER")
}

// jsonAnswer is the transcript of an answer in JSON with these further headers.
func jsonAnswer(status int, body string, headers ...string) string {
	all := append(headers, fmt.Sprintf("Content-Length: %d", len(body)), "Content-Type: application/json")
	slices.Sort(all)
	return fmt.Sprintf("%d\n%s\n\n%s", status, strings.Join(all, "\n"), body)
}

func detail(text string) string { return `{"detail":"` + text + `"}` }

func TestServe(t *testing.T) {
	ts, _ := newTestServer(t)
	for _, tt := range []struct {
		name string
		call call
		want string
	}{
		{"unknown path", call{to: "GET /nowhere"}, jsonAnswer(404, detail("Not Found"))},
		{"wrong method", call{to: "PATCH /things/all"}, jsonAnswer(405, detail("Method Not Allowed"), "Allow: GET")},
		{"wrong method of a form", call{to: "GET /token"}, jsonAnswer(405, detail("Method Not Allowed"), "Allow: POST")},
		{"a later route has the method", call{to: "DELETE /things/all"}, jsonAnswer(404, detail("Thing not found"))},
		{"options", call{to: "OPTIONS /things/all"}, jsonAnswer(405, detail("Method Not Allowed"), "Allow: GET")},
		{"head", call{to: "HEAD /things/all"}, strings.TrimSuffix(jsonAnswer(405, detail("Method Not Allowed"), "Allow: GET"), detail("Method Not Allowed"))},
		{
			"trailing slash",
			call{to: "GET /things/all/?page=2&q=a%20b"},
			"307\nContent-Length: 0\nLocation: SERVER/things/all?page=2&q=a%20b\n\n",
		},
		{"trailing slash of an unknown path", call{to: "GET /nowhere/"}, jsonAnswer(404, detail("Not Found"))},
		{"raw utf-8", call{to: "GET /markup"}, jsonAnswer(200, `{"v":"<é>&"}`)},
		{"line separators", call{to: "POST /string", body: `{"v":"\u2028 \\u2028 \\\u2029"}`}, jsonAnswer(200, "{\"v\":\"\u2028 \\\\u2028 \\\\\u2029\"}")},
		{"plain text", call{to: "GET /things/all"}, "200\nContent-Length: 3\nContent-Type: text/plain; charset=utf-8\n\nall"},
		{"no content", call{to: "POST /small", body: `{"v":"a"}`}, "204\n\n"},
		{"conflict", call{to: "GET /conflict"}, jsonAnswer(409, detail("Already there"))},
		{"throttled", call{to: "GET /throttled"}, jsonAnswer(429, detail("Too many attempts"), "Retry-After: 30")},
		{"unavailable", call{to: "GET /unavailable"}, jsonAnswer(503, detail("Disk full"))},
		{
			"a rule of the service",
			call{to: "GET /ruled?q=x"},
			jsonAnswer(422, `{"detail":[{"type":"value_error","loc":["query","q"],"msg":"Value error, no such word","input":null}]}`),
		},
		{"too large", call{to: "POST /small", body: `{"v":"12345678901"}`}, jsonAnswer(413, detail("Request body too large"))},
		{"the largest body", call{to: "POST /small", body: `{"v":"12345678"}`}, "204\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, ts, tt.call)
			got := transcript(ts, resp, body)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, err := uuid.Parse(resp.Header.Get("X-Request-Id")); err != nil {
				t.Errorf("X-Request-Id: %v", err)
			}
		})
	}
}

func TestServeCredentials(t *testing.T) {
	ts, _ := newTestServer(t)
	const good = `{"site_id":"00000000-0000-0000-0000-00000000000A","ip":"10.0.0.1","marque":"M","sources":[],"port":1}`
	const bearer = "Www-Authenticate: Bearer"
	anonymous := jsonAnswer(401, detail("Not authenticated"), bearer)
	badToken := jsonAnswer(401, detail("Could not validate credentials"), bearer)
	for _, tt := range []struct {
		name string
		call call
		want string
	}{
		{"nothing sent", call{body: good}, anonymous},
		{"another scheme", call{headers: []string{"Authorization: Basic YTpi"}, body: good}, anonymous},
		{"empty token", call{headers: []string{"Authorization: Bearer"}, body: good}, badToken},
		{"bad token", call{headers: []string{"Authorization: Bearer x"}, body: good}, badToken},
		{"without the permission", call{headers: []string{"Authorization: Bearer reader"}, body: good}, jsonAnswer(403, detail("Not enough permissions"))},
		{"with it", call{headers: []string{"Authorization: bearer writer"}, body: good}, jsonAnswer(200, strings.Replace(good, "A", "a", 1))},
		{"before validation", call{body: `{}`}, anonymous},
		{"before the permission's validation", call{headers: []string{"Authorization: Bearer reader"}, body: `[]`}, jsonAnswer(403, detail("Not enough permissions"))},
		{"empty body", call{}, anonymous},
		{"broken body as text", call{headers: []string{"Content-Type: text/plain"}, body: `{`}, anonymous},
		{
			"broken json comes first",
			call{body: `{"ip":}`},
			jsonAnswer(422, `{"detail":[{"type":"json_invalid","loc":["body",6],"msg":"JSON decode error","input":{},"ctx":{"error":"Expecting value"}}]}`),
		},
		{"unreadable body comes first", call{body: "{\"ip\":\"\xff\"}"}, jsonAnswer(400, detail("There was an error parsing the body"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.call.to = "POST /things/register"
			resp, body := send(t, ts, tt.call)
			if diff := cmp.Diff(tt.want, transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestInternalErrors(t *testing.T) {
	for _, tt := range []struct{ path, logged string }{
		{"/panics", "lost its head"},
		{"/internal", "password of the base: 1234"},
	} {
		t.Run(tt.path[1:], func(t *testing.T) {
			ts, log := newTestServer(t)
			resp, body := send(t, ts, call{to: "GET " + tt.path})
			if diff := cmp.Diff(jsonAnswer(500, detail("Internal Server Error")), transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			id := resp.Header.Get("X-Request-Id")
			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			if id == "" || len(lines) != 1 || !strings.Contains(lines[0], "request="+id) || !strings.Contains(lines[0], tt.logged) {
				t.Errorf("request %q: log is %q", id, lines)
			}
		})
	}
}

func TestClientAddress(t *testing.T) {
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	inner := netip.MustParsePrefix("10.0.0.0/8")
	for _, tt := range []struct {
		name    string
		trusted []netip.Prefix
		headers []string
		want    string
	}{
		{"no proxy", nil, nil, "127.0.0.1"},
		{"a stranger lies", nil, []string{"X-Forwarded-For: 192.0.2.9"}, "127.0.0.1"},
		{"another proxy is trusted", []netip.Prefix{inner}, []string{"X-Forwarded-For: 192.0.2.9"}, "127.0.0.1"},
		{"a trusted proxy", []netip.Prefix{loopback}, []string{"X-Forwarded-For: 192.0.2.9"}, "192.0.2.9"},
		{"only what it added counts", []netip.Prefix{loopback}, []string{"X-Forwarded-For: 203.0.113.1, 192.0.2.9"}, "192.0.2.9"},
		{"two trusted proxies", []netip.Prefix{loopback, inner}, []string{"X-Forwarded-For: 192.0.2.9", "X-Forwarded-For: 10.1.1.1"}, "192.0.2.9"},
		{"not an address", []netip.Prefix{loopback}, []string{"X-Forwarded-For: 192.0.2.9, unknown"}, "127.0.0.1"},
		{"a trusted proxy says nothing", []netip.Prefix{loopback}, nil, "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ts, _ := newTestServer(t, func(s *Server) { s.TrustedProxies = tt.trusted })
			if _, got := send(t, ts, call{to: "GET /address", headers: tt.headers}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	const site = "https://app.example.com"
	const exposed = "Access-Control-Allow-Origin: " + site + "\nAccess-Control-Expose-Headers: X-Request-Id, Location, Content-Disposition\n"
	const text = "Content-Length: 3\nContent-Type: text/plain; charset=utf-8\n"
	preflight := []string{"Origin: " + site, "Access-Control-Request-Method: PUT"}
	refused := jsonAnswer(405, detail("Method Not Allowed"), "Allow: GET")
	for _, tt := range []struct {
		name    string
		origins []string
		call    call
		want    string
	}{
		{"off", nil, call{to: "GET /things/all", headers: []string{"Origin: " + site}}, "200\n" + text + "\nall"},
		{"preflight, off", nil, call{to: "OPTIONS /things/all", headers: preflight}, refused},
		{"on", []string{site}, call{to: "GET /things/all", headers: []string{"Origin: " + site}}, "200\n" + exposed + text + "Vary: Origin\n\nall"},
		{"any site", []string{"*"}, call{to: "GET /things/all", headers: []string{"Origin: " + site}}, "200\n" + exposed + text + "Vary: Origin\n\nall"},
		{"another site", []string{site}, call{to: "GET /things/all", headers: []string{"Origin: https://evil.example"}}, "200\n" + text + "Vary: Origin\n\nall"},
		{"no origin", []string{site}, call{to: "GET /things/all"}, "200\n" + text + "\nall"},
		{
			"preflight",
			[]string{site},
			call{to: "OPTIONS /things/all", headers: preflight},
			"204\nAccess-Control-Allow-Headers: Authorization, Content-Type, Accept\nAccess-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\n" +
				exposed + "Access-Control-Max-Age: 600\nVary: Origin\n\n",
		},
		{
			"preflight of another site",
			[]string{site},
			call{to: "OPTIONS /things/all", headers: []string{"Origin: https://evil.example", "Access-Control-Request-Method: PUT"}},
			jsonAnswer(405, detail("Method Not Allowed"), "Allow: GET", "Vary: Origin"),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ts, _ := newTestServer(t, func(s *Server) { s.CORSOrigins = func(context.Context) []string { return tt.origins } })
			resp, body := send(t, ts, tt.call)
			if diff := cmp.Diff(tt.want, transcript(ts, resp, body)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
