package main

import (
	"net/http"
	"path/filepath"
	"testing"

	"intendant/internal/appliance"
	"intendant/internal/settings"
)

// TestSettingsOfTheServer follows the settings of the base in the commands, and
// those of the command line in the server.
func TestSettingsOfTheServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	command(t, 0, "user", "password", "chef", "--password-file", secretFile(t, "agrafe-correcte-7"), "--data", data)
	a, err := appliance.Open(t.Context(), appliance.Config{Data: data, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	least, origins := 20, "https://app.example"
	err = a.Settings.Update(t.Context(), settings.Change{MinPassword: &least, CORSOrigins: &origins})
	if e := a.Close(); err != nil || e != nil {
		t.Fatal(err, e)
	}
	command(t, 1, "user", "password", "chef", "--password-file", secretFile(t, "agrafe-correcte-7"), "--data", data)

	for _, row := range []struct {
		name  string
		flags []string
		want  string // the site allowed
	}{
		{"from the base", nil, "https://app.example"},
		{"from the command line", []string{"--cors-origin", "https://autre.example", "--min-password", "12"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			url := start(t, append([]string{"serve", "--data", data, "--backup-at", "off"}, row.flags...)...)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/openapi.json", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", "https://app.example")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.Header.Get("Access-Control-Allow-Origin"); got != row.want {
				t.Errorf("%q is allowed, want %q", got, row.want)
			}
		})
	}
	command(t, 2, "serve", "--data", data, "--min-password", "7")
	command(t, 2, "serve", "--data", data, "--cors-origin", "app.example")
}
