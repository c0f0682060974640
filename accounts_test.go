package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
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
