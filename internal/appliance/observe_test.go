package appliance_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
)

// TestMetricsOfTheAppliance scrapes a whole appliance: from this machine
// without a credential, from elsewhere with the permission only.
func TestMetricsOfTheAppliance(t *testing.T) {
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	handler := a.Counted(a.Server())
	call := func(peer, path, token string) (int, string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		req.RemoteAddr = peer
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		return rec.Code, rec.Body.String()
	}
	tokens := map[string]string{}
	admin, err := a.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]string{"chef": admin.UUID, "personne": ""} {
		account, err := a.Identity.CreateAccount(t.Context(), identity.NewAccount{UserName: name, LastName: name, RoleUUID: role})
		if err != nil {
			t.Fatal(err)
		}
		if tokens[name], err = a.Identity.IssueToken(t.Context(), account.ID, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, peer, token string
		want              int
	}{
		{"this machine", "127.0.0.1:5000", "", http.StatusOK},
		{"elsewhere, nobody", "192.0.2.7:5000", "", http.StatusUnauthorized},
		{"elsewhere, without the permission", "192.0.2.7:5000", tokens["personne"], http.StatusForbidden},
		{"elsewhere, with it", "192.0.2.7:5000", tokens["chef"], http.StatusOK},
	} {
		if status, body := call(tt.peer, "/metrics", tt.token); status != tt.want {
			t.Errorf("%s: %d, want %d: %s", tt.name, status, tt.want, body)
		}
	}
	call("192.0.2.7:5000", "/users/list", "")
	call("192.0.2.7:5000", "/users/list", tokens["chef"])
	_, text := call("127.0.0.1:5000", "/metrics", "")
	for _, want := range []string{
		`intendant_http_requests_total{class="4xx",method="GET",route="/users/list"} 1`,
		`intendant_http_requests_total{class="2xx",method="GET",route="/users/list"} 1`,
		`intendant_http_requests_total{class="4xx",method="GET",route="/metrics"} 2`,
		`version="1.2.3"`,
		"intendant_http_requests_in_flight 1\n",
		"intendant_backup_last_success_timestamp_seconds 0\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestDocumentationIsServed follows the page of the documentation to all that
// it names.
func TestDocumentationIsServed(t *testing.T) {
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	srv := httptest.NewServer(a.Server())
	defer srv.Close()
	get := func(path string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %v", path, resp.Status, err)
		}
		if path == "/docs" && !strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("policy %s, want that of the pages: %s", resp.Header.Get("Content-Security-Policy"), api.PagePolicy)
		}
		return string(text)
	}
	page := get("/docs")
	for _, attribute := range []string{`href="/`, `src="/`, `data-document="/`} {
		for _, rest := range strings.Split(page, attribute)[1:] {
			if path, _, _ := strings.Cut(rest, `"`); path != "" { // "/" itself leads to the login page
				get("/" + path)
			}
		}
	}
}
