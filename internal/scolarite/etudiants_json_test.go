package scolarite_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/scolarite"
)

// TestEtudLongsJSON checks that the list written by hand is what reflection
// writes.
func TestEtudLongsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := make(scolarite.EtudLongs, rapid.IntRange(0, 3).Draw(t, "students"))
		for i := range list {
			list[i] = rapid.Make[scolarite.EtudLong]().Draw(t, "student")
			if list[i].Adresses == nil {
				list[i].Adresses = []scolarite.Adresse{}
			}
		}
		byReflection, err := json.Marshal([]scolarite.EtudLong(list))
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(list.AppendJSON(nil), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(byReflection, &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", list.AppendJSON(nil), byReflection)
		}
	})
}
