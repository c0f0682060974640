package scolarite

import (
	"math"
	"strconv"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/plier"
)

// How the base keeps marks that are not numbers; an absence is NULL.
const (
	noteEXC  = -1000.0
	noteSUPR = -1001.0 // a mark taken away, in the history only
	noteATT  = -1002.0
)

// NoteValue is a mark as the base keeps it. It is written as a number, on the scale
// of its evaluation, or as ABS, EXC or ATT.
type NoteValue struct{ value *float64 }

// String returns the mark as people write it: 12,5, ABS.
func (n NoteValue) String() string {
	if word := n.word(); word != "" {
		return word
	}
	return plainNumber(*n.value)
}

// MarshalJSON writes the mark; it never fails.
func (n NoteValue) MarshalJSON() ([]byte, error) {
	if word := n.word(); word != "" {
		return []byte(`"` + word + `"`), nil
	}
	return api.Float(*n.value).MarshalJSON()
}

// number returns the mark when it is one.
func (n NoteValue) number() (v float64, ok bool) {
	if n.word() != "" {
		return 0, false
	}
	return *n.value, true
}

// word returns what is written for a mark that is not a number, "" for one.
func (n NoteValue) word() string {
	if n.value == nil {
		return "ABS"
	}
	switch *n.value {
	case noteEXC:
		return "EXC"
	case noteATT:
		return "ATT"
	case noteSUPR:
		return "SUPR"
	default:
		return ""
	}
}

// isSame reports whether a mark is another, but for what rounding may change.
func (n NoteValue) isSame(other NoteValue) bool {
	if n.value == nil || other.value == nil {
		return n.value == other.value
	}
	return math.Abs(*n.value-*other.value) <= 1e-4
}

// noteEntry is what is entered for a student: a mark, that there is none any more
// (SUPR), or nothing at all.
type noteEntry struct {
	isEmpty bool
	note    NoteValue
}

func (e noteEntry) erases() bool {
	return !e.isEmpty && e.note.value != nil && *e.note.value == noteSUPR
}

// bareme is the least and the most that a mark may be.
type bareme struct{ min, max float64 }

// baremeOf returns the bounds of the marks of an evaluation: those of a malus
// are points out of 20, to take or to give, those of a bonus may be below 0.
func baremeOf(row db.Evaluation, module db.Module) bareme {
	switch {
	case module.ModuleType == moduleMalus:
		return bareme{-20, 20}
	case row.EvaluationType == evaluationBonus:
		return bareme{-min(row.NoteMax, -noteEXC-1), row.NoteMax} // above what stands for EXC
	default:
		return bareme{0, row.NoteMax}
	}
}

func (b bareme) holds(v float64) bool { return v >= b.min && v <= b.max }

// String returns "de 0 à 20".
func (b bareme) String() string { return "de " + plainNumber(b.min) + " à " + plainNumber(b.max) }

// noteWords are the beginnings of what is entered instead of a number, without
// capitals and accents.
var noteWords = []struct {
	start string
	entry noteEntry
}{
	{"abs", noteEntry{}},
	{"exc", noteEntry{note: NoteValue{new(noteEXC)}}},
	{"neu", noteEntry{note: NoteValue{new(noteEXC)}}},
	{"att", noteEntry{note: NoteValue{new(noteATT)}}},
	{"sup", noteEntry{note: NoteValue{new(noteSUPR)}}},
	{"dem", noteEntry{isEmpty: true}}, // as sheets show who resigned
}

// parse reads a mark as people enter it, and says what is wrong with it, "" for
// nothing: a number within bounds, with a decimal comma or point, or a word.
func (b bareme) parse(text string) (e noteEntry, wrong string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return noteEntry{isEmpty: true}, ""
	}
	key := plier.Key(text)
	for _, w := range noteWords {
		if strings.HasPrefix(key, w.start) {
			return w.entry, ""
		}
	}
	if strings.Trim(text, "0123456789.,+-eE") != "" { // what ParseFloat knows besides: inf, 0x1p4, 1_0
		return noteEntry{}, notNote(text)
	}
	v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil {
		return noteEntry{}, notNote(text)
	}
	return b.number(v)
}

func (b bareme) number(v float64) (e noteEntry, wrong string) {
	if !b.holds(v) {
		return noteEntry{}, "note " + plainNumber(v) + " hors barème (" + b.String() + ")"
	}
	return noteEntry{note: NoteValue{new(v + 0)}}, "" // + 0 turns -0 into 0
}

// read reads a mark out of JSON: a number, a text as people enter it, or null
// for nothing.
func (b bareme) read(v jsonvalue.Value) (e noteEntry, wrong string) {
	switch v.Kind() {
	case jsonvalue.Null:
		return noteEntry{isEmpty: true}, ""
	case jsonvalue.Int, jsonvalue.BigInt, jsonvalue.Float:
		return b.number(v.Float())
	case jsonvalue.String:
		return b.parse(v.Text())
	default:
		return noteEntry{}, "note invalide (nombre ou texte attendu)"
	}
}

// notNote says that a text is no mark; a long one is cut.
func notNote(text string) string {
	if runes := []rune(text); len(runes) > 20 {
		text = string(runes[:20]) + "…"
	}
	return "note invalide « " + text + " »"
}

// plainNumber writes a number as people do: 20, 12,5.
func plainNumber(v float64) string {
	format := byte('f')
	if math.Abs(v) >= 1e15 {
		format = 'g'
	}
	return strings.Replace(strconv.FormatFloat(v, format, -1, 64), ".", ",", 1)
}
