package identity

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"

	"intendant/internal/api"
)

// visits is a server whose paths do to the session what the pages do.
type visits struct {
	*bed
	url string
}

func newVisits(b *bed) *visits {
	b.t.Helper()
	acts := map[string]func(context.Context, string) (string, error){
		"/in": func(ctx context.Context, name string) (string, error) {
			_, err := b.SignIn(ctx, name, goodPassword)
			return "", err
		},
		"/out":     func(ctx context.Context, _ string) (string, error) { return "", b.SignOut(ctx) },
		"/elevate": func(ctx context.Context, password string) (string, error) { return "", b.Elevate(ctx, password) },
		"/who":     func(ctx context.Context, _ string) (string, error) { return whoIs(ctx), nil },
		"/password": func(ctx context.Context, next string) (string, error) {
			return "", b.ChangeOwnPassword(ctx, goodPassword, next)
		},
		"/note": func(ctx context.Context, text string) (string, error) { b.SetNotice(ctx, text); return "", nil },
		"/read": func(ctx context.Context, _ string) (string, error) { return b.TakeNotice(ctx), nil },
		"/keep": func(ctx context.Context, text string) (string, error) {
			b.SetSecret(ctx, "subject", text)
			return "", nil
		},
		"/take": func(ctx context.Context, subject string) (string, error) { return b.TakeSecret(ctx, subject), nil },
		"/others": func(ctx context.Context, _ string) (string, error) {
			return "", b.EndOtherSessions(ctx, api.CallerFrom(ctx).AccountID())
		},
	}
	handler := b.WithSession(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		caller, err := b.Authenticate(r)
		if err == nil && caller != nil {
			api.RequestFrom(ctx).Caller = caller
		}
		text := ""
		if err == nil {
			text, err = acts[r.URL.Path](ctx, r.URL.Query().Get("v"))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		fmt.Fprint(w, text)
	}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r.WithContext(api.WithRequest(r.Context(), &api.Request{Address: "192.0.2.7", UserAgent: r.UserAgent()})))
	}))
	b.t.Cleanup(server.Close)
	return &visits{b, server.URL}
}

func whoIs(ctx context.Context) string {
	c := api.CallerFrom(ctx)
	switch {
	case c == nil:
		return "nobody"
	case c.IsElevated():
		return c.AccountName() + " elevated"
	}
	return c.AccountName()
}

// visitor is a browser with its cookies.
type visitor struct {
	*visits
	client *http.Client
	// cookie is the last one set, nil for none.
	cookie *http.Cookie
}

func (v *visits) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return &visitor{v, &http.Client{Jar: jar}, nil}
}

// does visits a path with a value; the answer is "refused" for an error.
func (v *visitor) does(path, value string) string {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url+path+"?v="+url.QueryEscape(value), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		v.cookie = c
	}
	if resp.StatusCode != http.StatusOK {
		return "refused"
	}
	return string(body)
}

// wants visits a path and fails the test unless it answers so.
func (v *visitor) wants(what, path, value, want string) {
	v.t.Helper()
	if got := v.does(path, value); got != want {
		v.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// token is what the browser's cookie holds.
func (v *visitor) token() string {
	u, err := url.Parse(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == SessionCookie {
			return c.Value
		}
	}
	return ""
}
