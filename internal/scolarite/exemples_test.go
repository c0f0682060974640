package scolarite_test

import (
	"os"
	"path/filepath"
	"testing"

	"intendant/internal/scolarite"
)

// TestEveryFunctionHasItsExample wants of each entry that the documents show a
// recorded exchange, which the reference page shows; see [site.example].
func TestEveryFunctionHasItsExample(t *testing.T) {
	s := openEmpty(t, scolarite.Reference)
	for _, r := range s.Router.Routes() {
		if r.System != "scolarite" || r.IsHidden {
			continue
		}
		if _, err := os.Stat(filepath.Join("exemples", r.Name+".txt")); err != nil {
			t.Errorf("%s: %s has no example", r.Family, r.Name)
		}
	}
}
