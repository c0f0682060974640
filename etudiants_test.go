package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"intendant/db"
	"intendant/internal/appliance"
)

// TestEtudiantsImport imports students by the command line: told first, then
// written, then refused.
func TestEtudiantsImport(t *testing.T) {
	data := filepath.Join(t.TempDir(), "site")
	command(t, 0, "init", "--data", data, "--admin", "chef", "--password-file", secretFile(t, chefPassword))
	addDepartement(t, data, "RT")
	file := filepath.Join(t.TempDir(), "nouveaux.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name, sheet string
		code        int
		args        []string
		want        string
	}{
		{"told", "Nom;Prénom;NIP\nLe Gall;Anne;22000001\nPetit;Luc;22000002\n", 0, nil, "Lignes : 2. À créer : 2. À modifier : 0. Rien n'a été écrit : --apply écrit.\n"},
		{"written", "Nom;Prénom;NIP\nLe Gall;Anne;22000001\nPetit;Luc;22000002\n", 0, []string{"--apply"}, "Lignes : 2. Créés : 2. Modifiés : 0.\n"},
		{"changed", "NIP;E-mail\n22000001;anne@etu.example\n", 0, []string{"--apply"}, "Lignes : 1. Créés : 0. Modifiés : 1.\n"},
		{"homonym", "Nom;Prénom\nPetit;Luc\n;Ana\n", 1, []string{"--apply"}, "Ligne 2, colonne Nom : 1 homonyme détecté.\nLigne 3, colonne Nom : manquant.\nintendant: rien n'a été écrit, erreurs : 2 / nothing was written, errors: 2\n"},
		{"by force", "Nom;Prénom\nPetit;Luc\n", 0, []string{"--apply", "--force"}, "Lignes : 1. Créés : 1. Modifiés : 0.\n"},
		{"no sheet", "Nom\n\"Petit\n", 1, nil, "intendant: nouveaux.csv: ligne 2 : guillemet jamais refermé"},
	} {
		write(step.sheet)
		got := command(t, step.code, append([]string{"etudiants", "import", file, "--dept", "RT", "--data", data}, step.args...)...)
		if !strings.HasPrefix(got, step.want) {
			t.Errorf("%s: %s", step.name, got)
		}
	}
	if got := command(t, 1, "etudiants", "import", file, "--dept", "XX", "--data", data); !strings.Contains(got, "guillemet") {
		t.Error(got)
	}
	write("Nom;Prénom\nA;B\n")
	if got := command(t, 1, "etudiants", "import", file, "--dept", "XX", "--data", data); !strings.Contains(got, "--dept XX") || !strings.Contains(got, "département inconnu") {
		t.Error(got)
	}
	command(t, 2, "etudiants", "import", file, "--data", data)
	command(t, 2, "etudiants", "import", file+".absent", "--dept", "RT", "--data", data)
	author, count := journalOf(t, data)
	if author != "ligne de commande" || count != 3 {
		t.Errorf("%d imports by %q in the journal", count, author)
	}
}

func addDepartement(t *testing.T, data, acronym string) {
	t.Helper()
	inBase(t, data, func(base *sql.DB) error {
		_, err := base.ExecContext(t.Context(), "INSERT INTO departements (acronym, date_creation) VALUES (?, '2025-01-01T00:00:00.000Z')", acronym)
		return err
	})
}

// journalOf returns who imported students, and how often.
func journalOf(t *testing.T, data string) (author string, count int) {
	t.Helper()
	inBase(t, data, func(base *sql.DB) error {
		return base.QueryRowContext(t.Context(), "SELECT max(account), count(*) FROM journal WHERE action = 'etudiants.import'").Scan(&author, &count)
	})
	return author, count
}

func inBase(t *testing.T, data string, fn func(*sql.DB) error) {
	t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(filepath.Join(data, appliance.BaseName)))
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	if err := fn(base); err != nil {
		t.Fatal(err)
	}
}
