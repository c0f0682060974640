package main

import (
	"net/http"
	"path/filepath"
	"strings"
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

// TestFaultsNameTheirSetting gives each setting a value that cannot be used.
func TestFaultsNameTheirSetting(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	notPEM := secretFile(t, "no certificate")
	for _, row := range []struct {
		name, value string
		args        []string
		code        int
	}{
		{"INTENDANT_LISTEN", "nowhere", []string{"serve"}, 2},
		{"INTENDANT_LISTEN", "127.0.0.1:http!", []string{"serve"}, 2},
		{"INTENDANT_TLS_CERT", absent, []string{"serve"}, 2},
		{"INTENDANT_TLS_CERT", notPEM, []string{"serve"}, 2}, // without its key
		{"INTENDANT_TLS_CERT", notPEM, []string{"serve", "--tls-key", notPEM}, 2},
		{"INTENDANT_PUBLIC_URL", "intendant.example", []string{"serve"}, 2},
		{"INTENDANT_PUBLIC_URL", "ftp://intendant.example", []string{"serve"}, 2},
		{"INTENDANT_TRUSTED_PROXY", "10.0.0.1", []string{"serve"}, 2},
		{"INTENDANT_CORS_ORIGIN", "app.example", []string{"demo"}, 2},
		{"INTENDANT_MIN_PASSWORD", "7", []string{"serve"}, 2},
		{"INTENDANT_MIN_PASSWORD", "huit", []string{"serve"}, 2},
		{"INTENDANT_TZ", "Mars/Olympus", []string{"serve"}, 2},
		{"INTENDANT_SMTP_TLS", "maybe", []string{"serve"}, 2},
		{"INTENDANT_SMTP_PASSWORD_FILE", absent, []string{"serve", "--smtp-host", "mail.example"}, 2},
		{"INTENDANT_LOG_JSON", "perhaps", []string{"serve"}, 2},
		{"INTENDANT_BACKUP_AT", "25:00", []string{"serve"}, 2},
		{"INTENDANT_BACKUP_KEEP", "0", []string{"serve"}, 2},
		{"INTENDANT_PASSWORD_FILE", absent, []string{"init", "--admin", "chef"}, 1},
		{"INTENDANT_PASSWORD_FILE", absent, []string{"demo", "--load-only"}, 1},
		{"INTENDANT_PASSPHRASE_FILE", absent, []string{"backup", "tout.tar"}, 1},
		{"INTENDANT_NO_SUCH", "1", []string{"version"}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Setenv("INTENDANT_DATA", filepath.Join(t.TempDir(), "site"))
			t.Setenv(row.name, row.value)
			if out := command(t, row.code, row.args...); !strings.Contains(out, row.name) {
				t.Errorf("%s=%s is not named: %s", row.name, row.value, out)
			}
		})
	}
	t.Run("the line wins", func(t *testing.T) {
		t.Setenv("INTENDANT_TZ", "Europe/Paris")
		if out := command(t, 2, "serve", "--tz", "Mars/Olympus"); strings.Contains(out, "INTENDANT_TZ") {
			t.Errorf("the environment is blamed for the line: %s", out)
		}
	})
}
