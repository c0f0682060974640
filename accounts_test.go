package main

import (
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"intendant/db"
	"intendant/internal/appliance"
)

func TestTokensFromTheCommandLine(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	url := start(t, "serve", "--data", data)

	// The older form, without a subcommand, still issues.
	var tokens []string
	for _, args := range [][]string{
		{"token", "chef", "--data", data},
		{"token", "chef", "--lifetime", "1h", "--data", data},
		{"token", "create", "chef", "--data", data},
		{"token", "create", "chef", "--days", "30", "--data", data},
	} {
		token := strings.TrimSpace(command(t, 0, args...))
		if status := get(t, url+"/users/list", token); status != http.StatusOK {
			t.Errorf("%v: %d", args, status)
		}
		tokens = append(tokens, token)
	}
	list := strings.Split(strings.TrimSpace(command(t, 0, "token", "list", "chef", "--data", data)), "\n")
	if len(list) != len(tokens) || !strings.Contains(list[0], "\tpersonal\t") {
		t.Fatalf("tokens %q, want %d", list, len(tokens))
	}
	id, _, _ := strings.Cut(list[0], "\t") // of the newest
	command(t, 0, "token", "revoke", "chef", id, "--data", data)
	refused := 0
	for _, token := range tokens {
		if get(t, url+"/users/list", token) == http.StatusUnauthorized {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d tokens are refused, want 1", refused)
	}
	if list := command(t, 0, "token", "list", "chef", "--data", data); strings.Contains(list, id) {
		t.Errorf("the revoked one is listed: %s", list)
	}

	command(t, 1, "token", "revoke", "chef", id, "--data", data)
	command(t, 1, "token", "revoke", "personne", id, "--data", data)
	command(t, 1, "token", "list", "personne", "--data", data)
	command(t, 1, "token", "create", "chef", "--days", "400", "--data", data)
	command(t, 1, "token", "create", "chef", "--days=-1", "--data", data)
	command(t, 2, "token", "create", "chef", "--days", "1", "--lifetime", "1h", "--data", data)
	command(t, 2, "token", "revoke", "chef", "--data", data)
}

// typed makes standard input say a line.
func typed(t *testing.T, line string) {
	t.Helper()
	file, err := os.Open(secretFile(t, line))
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = file
	t.Cleanup(func() { os.Stdin = before; file.Close() })
}

// TestTheDocumentsAccount types the lines of the configuration that ScoDoc's
// document gives, then uses the account as its examples do.
func TestTheDocumentsAccount(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	t.Setenv("INTENDANT_DATA", data)
	command(t, 0, "init", "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	command(t, 0, "role", "create", "LecteurAPI")
	command(t, 0, "role", "edit", "LecteurAPI", "-a", "ScoView")
	command(t, 0, "user", "create", "lecteur_api", "LecteurAPI", "@all")
	command(t, 0, "user", "role", "lecteur_api", "-a", "LecteurAPI")
	typed(t, "agrafe-correcte-7")
	command(t, 0, "user", "password", "lecteur_api")

	if out := command(t, 1, "role", "create", "LecteurAPI"); !strings.Contains(out, "Un rôle porte déjà ce nom.") {
		t.Errorf("a second role of the name: %s", out)
	}
	url := start(t, "serve")
	answer := func(method, path string, sign func(*http.Request)) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, url+"/ScoDoc/api/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		sign(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %s, %v", method, path, resp.StatusCode, body, err)
		}
		return strings.TrimSpace(string(body))
	}
	var given struct{ Token string }
	text := answer(http.MethodPost, "tokens", func(r *http.Request) { r.SetBasicAuth("lecteur_api", "agrafe-correcte-7") })
	if err := json.Unmarshal([]byte(text), &given); err != nil || len(given.Token) != 32 {
		t.Fatalf("%s: %v", text, err)
	}
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+given.Token) }
	for _, path := range []string{"users/query", "departements"} {
		if got := answer(http.MethodGet, path, bearer); got != "[]" {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestAccountsOfADepartment(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	t.Setenv("INTENDANT_DATA", data)
	command(t, 0, "init", "--admin", "chef", "--password-file", secretFile(t, "cheval-batterie-9"))
	base, err := sql.Open("sqlite", db.FileURI(filepath.Join(data, appliance.BaseName)))
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	if _, err := base.ExecContext(t.Context(), "INSERT INTO departements (acronym, date_creation) VALUES ('GEA_2', '2025-09-01T00:00:00.000Z')"); err != nil {
		t.Fatal(err)
	}
	command(t, 0, "user", "create", "ada", "Ens", "GEA_2")
	command(t, 0, "role", "create", "chef_de_site")
	for _, step := range []struct{ option, text, want string }{
		{"-a", "Secr_GEA_2", "Ens_GEA_2,Secr_GEA_2"}, // the first underscore counts
		{"-a", "chef_de_site", "Ens_GEA_2,Secr_GEA_2,chef_de_site"},
		{"-r", "chef_de_site", "Ens_GEA_2,Secr_GEA_2"},
		{"-r", "Ens_GEA_2", "Secr_GEA_2"},
		{"-a", "Observateur_", "Secr_GEA_2,Observateur"},
	} {
		command(t, 0, "user", "role", "ada", step.option, step.text)
		if list := command(t, 0, "user", "list"); !strings.Contains(list, "ada\t100001\t\tactif\t"+step.want+"\n") {
			t.Errorf("%s %s: %s", step.option, step.text, list)
		}
	}
	// All or nothing: a role must not stay of what failed.
	command(t, 1, "user", "role", "ada", "-a", "SuperAdmin", "-a", "Inconnu")
	command(t, 1, "user", "role", "ada", "-a", "SuperAdmin", "-r", "Ens_GEA_2")
	if list := command(t, 0, "user", "list"); !strings.Contains(list, "ada\t100001\t\tactif\tSecr_GEA_2,Observateur\n") {
		t.Errorf("after failures: %s", list)
	}
	command(t, 0, "user", "role", "ada", "-a", "Ens_GEA_2", "-r", "Observateur")
	if list := command(t, 0, "user", "list"); !strings.Contains(list, "ada\t100001\t\tactif\tSecr_GEA_2,Ens_GEA_2\n") {
		t.Errorf("both at once: %s", list)
	}
	var departement string
	row := base.QueryRowContext(t.Context(), "SELECT d.acronym FROM accounts a JOIN departements d ON d.id = a.departement_id WHERE a.user_name = 'ada'")
	if err := row.Scan(&departement); err != nil || departement != "GEA_2" {
		t.Errorf("ada belongs to %q, %v", departement, err)
	}
	command(t, 1, "user", "role", "ada", "-r", "Ens")
	command(t, 1, "user", "role", "ada", "-a", "Ens_XX")
	command(t, 1, "user", "role", "ada", "-a", "Inconnu")
	command(t, 1, "role", "edit", "Ens", "-a", "ScoVoir")
}
