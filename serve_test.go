package main

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestLimits: what a client could drag out or blow up comes to an end.
func TestLimits(t *testing.T) {
	srv := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if srv.ReadHeaderTimeout <= 0 || srv.ReadTimeout <= 0 || srv.WriteTimeout <= 0 || srv.IdleTimeout <= 0 {
		t.Errorf("a time without end: %+v", srv)
	}
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	url := start(t, "serve", "--data", data)
	for _, c := range []struct {
		name, header, body string
		want               int
	}{
		{"usual headers", strings.Repeat("a", 8<<10), "{}", http.StatusUnauthorized},
		{"long headers", strings.Repeat("a", 2*maxHeader), "{}", http.StatusRequestHeaderFieldsTooLarge},
		{"a long body", "a", `{"nom":"` + strings.Repeat("a", 1<<20) + `"}`, http.StatusRequestEntityTooLarge},
		{"a deep body", "a", strings.Repeat("[", 10000), http.StatusBadRequest},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/clients/register", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Test", c.header)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.name, resp.StatusCode, c.want)
		}
	}
}
