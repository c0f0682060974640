// Package catalog holds every text of the pages, in French and in English.
//
// A text is named "section.name" and lies in the file of its section. "%s" and
// "%d" stand for what the page puts in, in order; a text with a number has two
// forms, "one site|%d sites".
package catalog

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language of the pages.
type Lang string

// The languages there are, the first being the default.
const (
	French  Lang = "fr"
	English Lang = "en"
)

// Languages returns them in the order they are offered.
func Languages() []Lang { return []Lang{French, English} }

//go:embed fr/*.json en/*.json
var files embed.FS

var texts = load()

func load() map[Lang]map[string]string {
	all := map[Lang]map[string]string{}
	for _, lang := range Languages() {
		all[lang] = map[string]string{}
		entries, err := files.ReadDir(string(lang))
		if err != nil {
			panic(err) // the folder is part of the program
		}
		for _, e := range entries {
			content, err := files.ReadFile(path.Join(string(lang), e.Name()))
			if err != nil {
				panic(err)
			}
			var section map[string]string
			if err := json.Unmarshal(content, &section); err != nil {
				panic(fmt.Sprintf("catalog: %s/%s: %v", lang, e.Name(), err))
			}
			prefix := strings.TrimSuffix(e.Name(), ".json") + "."
			for name, text := range section {
				all[lang][prefix+name] = text
			}
		}
	}
	return all
}

// Keys returns the names of all the texts of a language, in order.
func Keys(lang Lang) []string { return slices.Sorted(maps.Keys(texts[lang])) }

// Has reports whether a text exists.
func Has(lang Lang, key string) bool { _, ok := texts[lang][key]; return ok }

// Text returns a text with its arguments put in; one that is missing is shown
// as its key, which the tests refuse.
func (l Lang) Text(key string, args ...any) string {
	text, ok := texts[l][key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Count returns the form of a text that goes with n, which is its first
// argument unless the form has no place for it.
func (l Lang) Count(key string, n int64, args ...any) string {
	text, ok := texts[l][key]
	if !ok {
		return key
	}
	one, many, hasForms := strings.Cut(text, "|")
	isOne := n == 1 || l == French && n == 0
	if !hasForms || !isOne {
		one = orElse(many, one)
	}
	one = strings.Replace(one, "%d", l.Number(n), 1)
	if len(args) == 0 {
		return one
	}
	return fmt.Sprintf(one, args...)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

var matcher = language.NewMatcher([]language.Tag{language.French, language.English})

// Choose returns the language for a preference of the reader, "" for none,
// and the Accept-Language of his browser.
func Choose(preference, accept string) Lang {
	if slices.Contains(Languages(), Lang(preference)) {
		return Lang(preference)
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return French
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return French
	}
	return Languages()[i]
}
