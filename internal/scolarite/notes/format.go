package notes

import (
	"math"
	"slices"
	"strconv"
)

// Format prints a mean or a mark on 20 as bulletins do: two decimals, at least
// five characters ("07.00", "100.00", "-1.50"), "~" for NaN.
func Format(v float64) string { return string(AppendFormat(nil, v)) }

// AppendFormat appends what [Format] prints.
func AppendFormat(dst []byte, v float64) []byte {
	if math.IsNaN(v) {
		return append(dst, '~')
	}
	if n, ok := hundredths(v); ok {
		return append(dst, byte('0'+n/1000), byte('0'+n/100%10), '.', byte('0'+n/10%10), byte('0'+n%10))
	}
	var room [24]byte
	text := strconv.AppendFloat(room[:0], v, 'f', 2, 64)
	if string(text) == "-0.00" {
		text = text[1:]
	}
	for range 5 - len(text) {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

// hundredths rounds what is from 0 to less than 100 to hundredths, many times
// faster than printing does; ok is false for the rest and for what lies so
// close to the middle of two that the product may have been rounded across.
func hundredths(v float64) (n int, ok bool) {
	if !(v >= 0 && v < 99.99) {
		return 0, false
	}
	scaled := v * 100
	n = int(scaled)
	rest := scaled - float64(n)
	if math.Abs(rest-0.5) < 1e-9 {
		return 0, false
	}
	if rest > 0.5 {
		n++
	}
	return n, true
}

// String prints a mark: a number as [Format] does, on its own scale, "ABS",
// "EXC", "ATT", and "~" if none was entered.
func (n Note) String() string {
	switch n.Kind {
	case Nombre:
		return Format(n.Value)
	case Absent:
		return "ABS"
	case Excuse:
		return "EXC"
	case Attendue:
		return "ATT"
	}
	return "~"
}

// FormatCoef prints a coefficient with two decimals at most and no zero too
// many; below 0.01, with six significant digits.
func FormatCoef(v float64) string {
	if v >= 0.01 {
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'f', 2, 64), 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// bornes are the bounds of the mentions, each below its own: the first and the
// last to the tolerance of all thresholds.
var (
	bornes   = []float64{tolerance, 7, 10, 12, 14, 16, 18, 20 + tolerance}
	mentions = []string{"Nul", "Faible", "Insuffisant", "Passable", "Assez bien", "Bien", "Très bien", "Excellent"}
)

// Mention is the French word for a general mean; empty for NaN and past 20.
func Mention(mean float64) string {
	above, found := slices.BinarySearch(bornes, mean)
	if found {
		above++
	}
	if math.IsNaN(mean) || above >= len(mentions) {
		return ""
	}
	return mentions[above]
}
