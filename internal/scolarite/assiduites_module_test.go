package scolarite

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"intendant/internal/api/jsonvalue"
)

// TestTheMarkOfAnotherModule adds the mark to any data and takes it back: what
// else there is stays as it is.
func TestTheMarkOfAnotherModule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"module", "enseignant", "", "é", "a\x00"}), 0, 5, rapid.ID).Draw(t, "keys")
		var members, beside []jsonvalue.Member
		for _, key := range keys {
			m := jsonvalue.Member{Key: key, Value: jsonvalue.OfArray(jsonvalue.OfInt(rapid.Int64().Draw(t, "n")), jsonvalue.OfString(rapid.String().Draw(t, "s")))}
			members = append(members, m)
			if key != "module" {
				beside = append(beside, m)
			}
		}
		data := jsonText(members)
		if got := unmarkOther(data); *got != *data {
			t.Fatalf("%s was marked by others, and became %s", *data, *got)
		}
		marked := markOther(data)
		want := jsonText(append(slices.Clone(beside), jsonvalue.Member{Key: "module", Value: jsonvalue.OfString("Autre")}))
		if diff := cmp.Diff(*want, *marked); diff != "" {
			t.Fatal(diff)
		}
		got := unmarkOther(marked)
		switch {
		case len(beside) == 0 && got != nil:
			t.Fatalf("nothing is left, but %s", *got)
		case len(beside) > 0 && *got != *jsonText(beside):
			t.Fatalf("%s without its mark is %s", *marked, *got)
		}
	})
	if got := *markOther(nil); got != `{"module":"Autre"}` {
		t.Error(got)
	}
	if got := unmarkOther(nil); got != nil {
		t.Error(*got)
	}
}
