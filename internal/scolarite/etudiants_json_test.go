package scolarite_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/api"
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

// TestEtudLongsOrder checks that members come in the order of the struct.
func TestEtudLongsOrder(t *testing.T) {
	year, mark := int64(2025), api.Float(14)
	list := scolarite.EtudLongs{{
		ID: 1, Nom: "COSTA", Email: new("a@etu.example"), Boursier: new(true),
		Admission: scolarite.Admission{Annee: &year, Physique: &mark, Bac: new("S")}, Adresses: []scolarite.Adresse{{ID: 2}, {ID: 3, Fax: new("1")}},
	}, {Adresses: []scolarite.Adresse{}}}
	want, err := json.Marshal([]scolarite.EtudLong(list))
	if err != nil {
		t.Fatal(err)
	}
	if got := list.AppendJSON(nil); string(got) != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := scolarite.EtudLongs(nil).AppendJSON(nil); string(got) != "[]" {
		t.Errorf("none: %s", got)
	}
}
