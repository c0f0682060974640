package apidocs

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/api"
)

// nobody is an authenticator that knows no caller.
type nobody struct{}

func (nobody) Authenticate(*http.Request) (api.Caller, error) { return nil, nil }

func handler(t *testing.T, documents ...Document) http.Handler {
	t.Helper()
	rt, err := api.NewRouter(&api.System{Name: "server", Dialect: api.FastAPI{}, Routes: Routes(documents...)})
	if err != nil {
		t.Fatal(err)
	}
	return &api.Server{Router: rt, Authenticator: nobody{}, Fallback: api.FastAPI{}}
}

func get(t *testing.T, h http.Handler, path string) (*http.Response, string) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	resp := rec.Result()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

var two = []Document{
	{Prefix: "/docs", URL: "/openapi.json", Title: "Parc"},
	{Prefix: "/projets/docs", URL: "/projets/openapi.json", Title: "Projets & bases"},
}

func TestPagesNameEachOther(t *testing.T) {
	h := handler(t, two...)
	for _, tt := range []struct {
		path string
		want []string
	}{
		{"/docs", []string{
			`<html lang="fr">`, `<title>Parc · Documentation de l&#39;API</title>`, `data-document="/openapi.json"`,
			`data-oauth2-return="/docs/oauth2-redirect"`, `<a href="/docs" aria-current="page">Parc</a>`,
			`<a href="/projets/docs">Projets &amp; bases</a>`, `src="/docs/assets/swagger-ui-bundle.js?v=`,
		}},
		{"/projets/docs", []string{
			`data-document="/projets/openapi.json"`, `<a href="/projets/docs" aria-current="page">`, `<a href="/docs">Parc</a>`,
			`src="/docs/assets/swagger-ui-bundle.js?v=`, `data-oauth2-return="/projets/docs/oauth2-redirect"`,
		}},
		{"/docs/oauth2-redirect", []string{`<html lang="fr">`, `src="/static/docs.js?v=`, `<a href="/docs">`}},
		{"/projets/docs/oauth2-redirect", []string{`<a href="/projets/docs">`}},
	} {
		resp, body := get(t, h, tt.path)
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %s %s", tt.path, resp.Status, resp.Header.Get("Content-Type"))
		}
		if got := resp.Header.Get("Content-Security-Policy"); got != Policy {
			t.Errorf("%s: policy %s", tt.path, got)
		}
		for _, want := range tt.want {
			// The template writes an apostrophe of its own text as it is.
			want = strings.ReplaceAll(want, "&#39;", "'")
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s in\n%s", tt.path, want, body)
			}
		}
		for _, forbidden := range []string{"<style", "style=", "onload=", "http://", "https://", "<script>"} {
			if strings.Contains(body, forbidden) {
				t.Errorf("%s: %s in the page", tt.path, forbidden)
			}
		}
	}
}

func TestPolicyAddsOnlyPicturesInTheStyleSheet(t *testing.T) {
	if Policy == api.PagePolicy || strings.Replace(Policy, " data:", "", 1) != api.PagePolicy {
		t.Errorf("policy %s", Policy)
	}
}

func TestAssets(t *testing.T) {
	h := handler(t, two...)
	_, page := get(t, h, "/docs")
	found := regexp.MustCompile(`"(/docs/assets/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(found) != len(served) {
		t.Errorf("the page names %d files: %v", len(found), found)
	}
	types := map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
	for _, f := range found {
		resp, body := get(t, h, f[1])
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %s, %s", f[1], resp.Status, resp.Header.Get("Cache-Control"))
		}
		name, sum, _ := strings.Cut(f[1], "?v=")
		if want := types[name[strings.LastIndex(name, ".")+1:]]; resp.Header.Get("Content-Type") != want {
			t.Errorf("%s: type %s, want %s", f[1], resp.Header.Get("Content-Type"), want)
		}
		if resp.Header.Get("ETag") != `"`+sum+`"` || len(body) < 100_000 || int64(len(body)) != resp.ContentLength || !strings.Contains(body, "swagger-ui") {
			t.Errorf("%s: tag %s, %d bytes of %d", f[1], resp.Header.Get("ETag"), len(body), resp.ContentLength)
		}
	}
	for _, name := range []string{"oauth2-redirect.html", "embed.go", "swagger-ui.css.gz", ".."} {
		if resp, _ := get(t, h, "/docs/assets/"+name); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}

func TestNoDocumentNoPage(t *testing.T) {
	if routes := Routes(); len(routes) != 0 {
		t.Errorf("%d routes", len(routes))
	}
}
