package appliance_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
)

const walkPassword = "trois lampes vertes"

// walker is a running appliance with an account for each permission.
type walker struct {
	*appliance.Appliance
	t       *testing.T
	url     string
	tokens  map[string]string // by user name
	cookies map[string]http.CookieJar
}

// nobody is the account without any permission.
const nobody = "personne"

func newWalker(t *testing.T) *walker {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Server())
	t.Cleanup(func() { server.Close(); a.Close() })
	w := &walker{a, t, server.URL, map[string]string{}, map[string]http.CookieJar{}}
	admin, err := a.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	w.account("chef", admin.UUID) // so that there is an administrator besides
	w.account(nobody, "")
	for _, r := range a.Router.Routes() {
		if name := holder(r.Needs); name != "" && w.tokens[name] == "" {
			permission := string(r.Needs)
			role, err := a.Identity.CreateRole(t.Context(), identity.RoleChange{Name: &permission, Add: []identity.PermissionRef{{Name: permission}}})
			if err != nil {
				t.Fatal(err)
			}
			w.account(name, role.UUID)
		}
	}
	return w
}

// holder names the account that holds just one permission, "" for those that
// need none.
func holder(p api.Permission) string {
	if p == api.Public || p == api.SignedIn {
		return ""
	}
	return strings.NewReplacer(":", ".", "_", "-").Replace(string(p))
}

func (w *walker) account(name, role string) {
	w.t.Helper()
	account, err := w.Identity.CreateAccount(w.t.Context(), identity.NewAccount{UserName: name, LastName: name, Password: walkPassword, RoleUUID: role})
	if err != nil {
		w.t.Fatal(err)
	}
	if w.tokens[name], err = w.Identity.IssueToken(w.t.Context(), account.ID, time.Hour); err != nil {
		w.t.Fatal(err)
	}
	w.signIn(name)
}

// signIn opens a browser session.
func (w *walker) signIn(name string) {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.cookies[name] = jar
	form := url.Values{"username": {name}, "password": {walkPassword}}
	if status, _ := w.send(http.MethodPost, "/login", form.Encode(), name, true, nil); status != http.StatusSeeOther {
		w.t.Fatalf("sign in as %s: %d", name, status)
	}
}

// send sends a request as an account, with its session or its token; "" is
// nobody at all. It returns the status and where the answer leads.
func (w *walker) send(method, path, body, name string, hasCookie bool, header map[string]string) (status int, to string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", "192.0.2.1") // not this machine, whose entries are open to it
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	switch {
	case name != "" && hasCookie:
		client.Jar = w.cookies[name]
	case name != "":
		req.Header.Set("Authorization", "Bearer "+w.tokens[name])
	}
	for key, value := range header {
		req.Header.Set(key, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Location")
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// filled puts values into a path: a number where the route wants one, else an
// identifier that exists nowhere.
func filled(path string) string {
	return parameter.ReplaceAllStringFunc(path, func(p string) string {
		if strings.HasSuffix(p, ":int}") {
			return "999999999"
		}
		return "00000000-0000-0000-0000-000000000000"
	})
}

// TestWalk sends each entry of the table without a credential, as an account
// that may do nothing, and as one that holds just its permission, with a token
// and with a browser session: a new route cannot escape its permission.
func TestWalk(t *testing.T) {
	w := newWalker(t)
	for _, r := range w.Router.Routes() {
		for _, path := range r.Paths {
			at := filled(r.Base() + path)
			w.anonymous(r, at)
			if r.Needs != api.Public {
				w.strangers(r, at)
			}
			w.holders(r, at)
		}
	}
}

// refused reports a status by which an entry keeps somebody out.
func refused(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

func (w *walker) anonymous(r *api.Route, path string) {
	w.t.Helper()
	status, _ := w.send(r.Method, path, "", "", false, nil)
	wantRefusal := r.Needs != api.Public
	if wantRefusal && status != http.StatusUnauthorized || !wantRefusal && status == http.StatusForbidden || status >= 500 {
		w.t.Errorf("%s %s (%s) without a credential: %d", r.Method, path, r.Needs, status)
	}
	if !wantRefusal || strings.Contains(path[strings.LastIndexByte(path, '/'):], ".") {
		return
	}
	status, to := w.send(r.Method, path, "", "", false, map[string]string{"Accept": "text/html"})
	if status != http.StatusSeeOther || to != "/login?"+(url.Values{"next": {path}}).Encode() {
		w.t.Errorf("%s %s in a browser: %d to %q", r.Method, path, status, to)
	}
}

func (w *walker) strangers(r *api.Route, path string) {
	w.t.Helper()
	for _, hasCookie := range []bool{false, true} {
		if hasCookie {
			status, _ := w.send(r.Method, path, "", nobody, true, map[string]string{"Sec-Fetch-Site": "cross-site"})
			if r.Method != http.MethodGet && status != http.StatusForbidden {
				w.t.Errorf("%s %s from another site: %d", r.Method, path, status)
			}
		}
		if r.Needs == api.SignedIn {
			continue
		}
		if status, _ := w.send(r.Method, path, "", nobody, hasCookie, nil); status != http.StatusForbidden {
			w.t.Errorf("%s %s (%s) without the permission: %d", r.Method, path, r.Needs, status)
		}
	}
}

func (w *walker) holders(r *api.Route, path string) {
	w.t.Helper()
	if r.Name == "token_get" {
		return // for Basic credentials alone
	}
	name := holder(r.Needs)
	if name == "" {
		name = nobody
	}
	for _, hasCookie := range []bool{true, false} {
		if isTwin(r) && hasCookie != (r.System == "projets") {
			continue
		}
		method := r.Method
		if hasCookie && r.IsAction() {
			if status, _ := w.send(method, path, "", name, true, nil); status != http.StatusForbidden {
				w.t.Errorf("%s %s from a session: %d", method, path, status)
			}
			method = http.MethodPost
		}
		status, to := w.send(method, path, "", name, hasCookie, nil)
		isAsked := r.NeedsElevation && hasCookie
		switch {
		case isAsked && (status != http.StatusSeeOther && status != http.StatusForbidden || status == http.StatusSeeOther && !strings.HasPrefix(to, "/admin/confirm?")):
			w.t.Errorf("%s %s is not asked for the password again: %d to %q", r.Method, path, status, to)
		case !isAsked && r.Needs != api.Public && refused(status), status >= 500:
			w.t.Errorf("%s %s (%s) with the permission (cookie: %t): %d", r.Method, path, r.Needs, hasCookie, status)
		}
	}
	w.renew(name)
}

// isTwin reports whether parc and projets share the path: parc answers a token,
// projets a session.
func isTwin(r *api.Route) bool {
	return r.Method == http.MethodGet && (r.Paths[0] == "/users/{user_id}" || r.Paths[0] == "/users/{username}")
}

// renew gives an account what an entry may have ended: its session, its
// tokens.
func (w *walker) renew(name string) {
	w.t.Helper()
	account, err := w.Identity.AccountByUserName(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	if status, _ := w.send(http.MethodGet, "/admin/", "", name, true, nil); status != http.StatusOK {
		w.signIn(name)
	}
	if status, _ := w.send(http.MethodGet, "/admin/", "", name, false, nil); status != http.StatusOK {
		if w.tokens[name], err = w.Identity.IssueToken(w.t.Context(), account.ID, time.Hour); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestEveryEntryIsDocumented finds what the documents would leave blank.
func TestEveryEntryIsDocumented(t *testing.T) {
	w := newWalker(t)
	names := map[string]*api.Route{}
	for _, r := range w.Router.Routes() {
		if r.Summary == "" || r.Family == "" {
			t.Errorf("%s %s: no summary or no family", r.System, r.Name)
		}
		key := fmt.Sprint(r.System, " ", r.Family, " ", r.Name, " ", r.Method)
		// A function of scolarité is several entries where its paths answer in
		// several forms.
		if known := names[key]; known != nil && (r.System != "scolarite" || known.Needs != r.Needs || slices.Contains(known.Paths, r.Paths[0])) {
			t.Errorf("two entries are named %s", key)
		}
		names[key] = r
	}
}
