package scolarite

import (
	"bytes"
	"encoding/json"
	"testing"

	"intendant/internal/api/jsonvalue"
)

// FuzzPreferences gives any JSON to every preference: what is kept is JSON that
// is read again as it stands, for it counts as not set otherwise.
func FuzzPreferences(f *testing.F) {
	for name, known := range knownPreferences {
		if again, ok := keptPreference(name, string(known.usual)); !ok || !bytes.Equal(again, known.usual) {
			f.Errorf("the usual %s of %s is read as %s", known.usual, name, again)
		}
	}
	for _, seed := range []string{`"7:30"`, `"dim, sam"`, `{"max":1}`, `1e2`, `"http://a/{edt_id}"`, `"x-group"`, `"(?i)td (\\d)"`, `"\ud800"`, `NaN`, `"\u2028<&"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := jsonvalue.Parse(data, 9)
		if err != nil {
			return
		}
		for name, known := range knownPreferences {
			value, refusal := known.read(v)
			if refusal != "" {
				continue
			}
			if again, ok := keptPreference(name, string(value)); !json.Valid(value) || !ok || !bytes.Equal(again, value) {
				t.Errorf("%s of %s is kept as %s and read as %s", name, data, value, again)
			}
		}
	})
}
