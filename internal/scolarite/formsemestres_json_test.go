package scolarite_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"intendant/internal/scolarite"
)

// TestFormSemestresJSON checks that the list written by hand is what reflection
// writes, to the byte.
func TestFormSemestresJSON(t *testing.T) {
	s := open(t)
	s.exec(`UPDATE formsemestres SET titre = 'A "B" <C> & D', elt_passage_apo = 'P', scodoc7_id = 'SEM1', bul_hide_xml = 1, block_moyennes = 1,
		block_moyenne_generale = 1, mode_calcul_moyennes = 3, gestion_compensation = 1, gestion_semestrielle = 1, resp_can_edit = 1,
		resp_can_change_ens = 0, ens_can_edit_eval = 1 WHERE id = 1`)
	list, err := s.Scolarite.FormSemestres(t.Context(), scolarite.FormSemestreFilter{})
	s.must(err)
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	s.must(enc.Encode([]scolarite.FormSemestre(list)))
	if diff := cmp.Diff(want.String(), string(list.AppendJSON(nil))+"\n"); diff != "" {
		t.Errorf("(-reflection +written)\n%s", diff)
	}
	if got := string(scolarite.FormSemestres(nil).AppendJSON(nil)); got != "[]" {
		t.Errorf("none is %s", got)
	}
}

// TestEtudInscritLongsJSON checks that the list written by hand is what
// reflection writes.
func TestEtudInscritLongsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := make(scolarite.EtudInscritLongs, rapid.IntRange(0, 3).Draw(t, "students"))
		for i := range list {
			list[i].EtudLong = rapid.Make[scolarite.EtudLong]().Draw(t, "student")
			list[i].Groups = rapid.SliceOfN(rapid.Make[scolarite.EtudGroup](), 0, 3).Draw(t, "groups")
			if list[i].Adresses == nil {
				list[i].Adresses = []scolarite.Adresse{}
			}
		}
		byReflection, err := json.Marshal([]scolarite.EtudInscritLong(list))
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
