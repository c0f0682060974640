package catalog

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	french, english := Keys(French), Keys(English)
	for _, key := range french {
		if !slices.Contains(english, key) {
			t.Errorf("%s has no English text", key)
			continue
		}
		if f, e := verbs(texts[French][key]), verbs(texts[English][key]); !slices.Equal(f, e) {
			t.Errorf("%s: the arguments differ: %v, %v", key, f, e)
		}
		if texts[French][key] == "" || texts[English][key] == "" {
			t.Errorf("%s is empty", key)
		}
	}
	for _, key := range english {
		if !slices.Contains(french, key) {
			t.Errorf("%s has no French text", key)
		}
	}
}

var verb = regexp.MustCompile(`%[a-z]`)

func verbs(text string) []string {
	_, many, ok := strings.Cut(text, "|")
	if ok {
		text = many
	}
	return verb.FindAllString(text, -1)
}

// named finds the texts that templates and Go files ask for.
var named = regexp.MustCompile(`"([a-z]+\.[a-z][a-z0-9_]*)"`)

func TestEveryTextThatIsAskedForExists(t *testing.T) {
	sections := map[string]bool{}
	for _, key := range Keys(French) {
		section, _, _ := strings.Cut(key, ".")
		sections[section] = true
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".html") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range named.FindAllStringSubmatch(string(content), -1) {
			section, name, _ := strings.Cut(m[1], ".")
			if isAction(m[1]) {
				continue
			}
			if sections[section] && !Has(French, m[1]) && !slices.Contains([]string{"css", "js", "svg", "html"}, name) {
				t.Errorf("%s asks for %s", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isAction reports whether a name is an action of the journal, "account.update",
// which looks like a text.
func isAction(name string) bool {
	return Has(French, "journal.action_"+strings.ReplaceAll(name, ".", "_"))
}

func TestFrenchIsTheDefault(t *testing.T) {
	for _, row := range []struct {
		preference, accept string
		want               Lang
	}{
		{"", "", French},
		{"", "fr-CA,en;q=0.5", French},
		{"", "en-US,en;q=0.9,fr;q=0.8", English},
		{"", "de,it", French},
		{"", "de,en;q=0.5", English},
		{"fr", "en", French},
		{"en", "fr", English},
		{"xx", "fr", French},
		{"", ";;;", French},
	} {
		if got := Choose(row.preference, row.accept); got != row.want {
			t.Errorf("Choose(%q, %q) = %s, want %s", row.preference, row.accept, got, row.want)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC)
	for _, row := range []struct{ got, want string }{
		{French.Number(1234567), "1\u202f234\u202f567"},
		{English.Number(-1234), "-1,234"},
		{French.Number(12), "12"},
		{French.Decimal(2.35), "2,35"},
		{English.Decimal(2.35), "2.35"},
		{French.Size(999), "999\u00a0octets"},
		{French.Size(12_345_678), "12,3\u00a0Mo"},
		{English.Size(123_456_789), "123\u00a0MB"},
		{French.Moment(at), "02/03/2026 à 09:05"},
		{English.Date(at), "2 Mar 2026"},
	} {
		if row.got != row.want {
			t.Errorf("%q, want %q", row.got, row.want)
		}
	}
}
