package scolarite

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api/jsonvalue"
)

// FuzzNote reads any text as a mark: what is accepted is within bounds or one
// of the words, is read back as it is shown, and is never a number that stands
// for a word; what is not is said in a few words.
func FuzzNote(f *testing.F) {
	for _, text := range []string{"12,5", " 7 ", "ABS", "exc", "NEU", "att", "SUPR", "Démission", "", "-0", "1e1", "20.0001", "-1000", "-1002", "inf", "0x1p4", "1_0", "\xff", "１２"} {
		f.Add(text, 20.0, int64(0), int64(0))
	}
	f.Add("-999", 5000.0, evaluationBonus, int64(0))
	f.Add("-20", 20.0, int64(0), int64(moduleMalus))
	f.Fuzz(func(t *testing.T, text string, noteMax float64, kind, module int64) {
		if !(noteMax >= 0 && noteMax <= 10_000) {
			return
		}
		bounds := baremeOf(db.Evaluation{NoteMax: noteMax, EvaluationType: kind}, db.Module{ModuleType: module})
		e, wrong := bounds.parse(text)
		if wrong != "" {
			if utf8.RuneCountInString(wrong) > 400 || e.note.value != nil {
				t.Errorf("%q: %q, %v", text, wrong, e)
			}
			return
		}
		if e.isEmpty {
			return
		}
		v, isNumber := e.note.number()
		if isNumber && (!bounds.holds(v) || v <= noteEXC) {
			t.Errorf("%q is %v, %s", text, v, bounds)
		}
		again, wrong := bounds.parse(e.note.String())
		if wrong != "" || !again.note.isSame(e.note) || isNumber && *again.note.value != v {
			t.Errorf("%q is %s, read again %v, %s", text, e.note, again, wrong)
		}
		shown, err := json.Marshal(e.note)
		if err != nil || isNumber != !strings.HasPrefix(string(shown), `"`) || isNumber && !strings.ContainsAny(string(shown), ".e") {
			t.Errorf("%q is shown %s, %v", text, shown, err)
		}
		value, err := jsonvalue.Parse(shown, 4)
		if err != nil {
			t.Fatal(err)
		}
		if sent, wrong := bounds.read(value); wrong != "" || !sent.note.isSame(e.note) {
			t.Errorf("%s sent back is %v, %s", shown, sent, wrong)
		}
	})
}
