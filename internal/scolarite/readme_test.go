package scolarite_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/scolarite"
)

// TestTheLinesOfTheReadme sends the calls of README.md to an empty site, one
// after the other: each builds on what the one before has made.
func TestTheLinesOfTheReadme(t *testing.T) {
	s := openEmpty(t, scolarite.Reference)
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	s.must(err)
	lines := regexp.MustCompile(`(?m)^envoyer (\S+)(?: '(.+)')?`).FindAllStringSubmatch(string(text), -1)
	if len(lines) != 10 {
		t.Fatalf("%d lines", len(lines))
	}
	if !strings.Contains(string(text), "-H '"+asJSON[0]+"'") {
		t.Error("its curl does not say that it sends JSON")
	}
	for _, line := range lines {
		if a := s.send(request{to: "POST " + line[1], as: chef, headers: asJSON, body: line[2]}); a.StatusCode != 200 {
			t.Fatalf("%s: %s", line[0], a.line())
		}
	}
	want(t, "its student, group and modules", s.value(`SELECT e.nom || ' ' || g.group_name || ' ' || (SELECT count(*) FROM moduleimpl_inscriptions)
		FROM etudiants e JOIN groupe_membres m ON m.etudid = e.id JOIN groupes g ON g.id = m.group_id WHERE g.group_name IS NOT NULL`), "COSTA TD1 1")
}
