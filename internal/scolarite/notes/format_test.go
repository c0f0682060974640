package notes_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"intendant/internal/scolarite/notes"
)

func TestFormat(t *testing.T) {
	for value, text := range map[float64]string{
		12.5: "12.50", 9.999: "10.00", 9.994: "09.99", 9.995: "09.99", 10.005: "10.01", 7.005: "07.00",
		notes.Sur20(5, 10): "10.00", 13. / 3: "04.33", 0: "00.00", 20: "20.00", 100: "100.00", -1.5: "-1.50",
		9.625: "09.62", 12.375: "12.38", -0.001: "00.00", -12: "-12.00", math.NaN(): "~",
	} {
		if got := notes.Format(value); got != text {
			t.Errorf("Format(%v) = %s, want %s", value, got, text)
		}
	}
}

// TestFormatRounds prints as fmt does, whatever the mean: at the middle of two
// hundredths, beside it, and anywhere.
func TestFormatRounds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	check := func(v float64) {
		if got, want := notes.Format(v), fmt.Sprintf("%05.2f", v); got != want {
			t.Errorf("Format(%v) = %s, want %s", v, got, want)
		}
	}
	for n := range 11000 {
		middle := (float64(n) + 0.5) / 100
		check(middle)
		check(math.Nextafter(middle, 0))
		check(math.Nextafter(middle, 200))
		check(float64(n) / 100)
		check(random.Float64() * 20)
		check(float64(random.IntN(2000)) / float64(1+random.IntN(99)))
	}
}

func TestNoteString(t *testing.T) {
	for note, text := range map[notes.Note]string{
		notes.Valeur(7): "07.00", notes.ABS: "ABS", notes.EXC: "EXC", notes.ATT: "ATT", {}: "~",
	} {
		if got := note.String(); got != text {
			t.Errorf("%+v prints %s, want %s", note, got, text)
		}
	}
}

func TestFormatCoef(t *testing.T) {
	for coef, text := range map[float64]string{
		1: "1", 1.5: "1.5", 2.25: "2.25", 1. / 3: "0.33", 2.999: "3", 0.001: "0.001", 1. / 3000: "0.000333333",
		0: "0", 20: "20", 100: "100", 0.01: "0.01",
	} {
		if got := notes.FormatCoef(coef); got != text {
			t.Errorf("FormatCoef(%v) = %s, want %s", coef, got, text)
		}
	}
}

func TestMention(t *testing.T) {
	for mean, mention := range map[float64]string{
		0: "Nul", 0.004: "Nul", 0.005: "Faible", 3: "Faible", 7: "Insuffisant", 9.99: "Insuffisant", 10: "Passable",
		11.99: "Passable", 12: "Assez bien", 14: "Bien", 16: "Très bien", 18: "Excellent", 20: "Excellent",
		20.004: "Excellent", 20.1: "", math.NaN(): "",
	} {
		if got := notes.Mention(mean); got != mention {
			t.Errorf("Mention(%v) = %q, want %q", mean, got, mention)
		}
	}
}

func TestAtteint(t *testing.T) {
	for mean, reached := range map[float64]bool{10: true, 9.996: true, 9.995: false, 9.99: false, math.NaN(): false} {
		if got := notes.Atteint(mean, 10); got != reached {
			t.Errorf("Atteint(%v, 10) = %v", mean, got)
		}
	}
}
