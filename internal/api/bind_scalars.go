package api

import (
	"math"
	"strconv"
	"strings"

	"intendant/internal/api/jsonvalue"
)

var (
	stringType   = &Problem{Code: "string_type", Message: "Input should be a valid string"}
	intType      = &Problem{Code: "int_type", Message: "Input should be a valid integer"}
	intParsing   = &Problem{Code: "int_parsing", Message: "Input should be a valid integer, unable to parse string as an integer"}
	intFromFloat = &Problem{Code: "int_from_float", Message: "Input should be a valid integer, got a number with a fractional part"}
	finiteNumber = &Problem{Code: "finite_number", Message: "Input should be a finite number"}
	floatType    = &Problem{Code: "float_type", Message: "Input should be a valid number"}
	floatParsing = &Problem{Code: "float_parsing", Message: "Input should be a valid number, unable to parse string as a number"}
	boolType     = &Problem{Code: "bool_type", Message: "Input should be a valid boolean"}
	boolParsing  = &Problem{Code: "bool_parsing", Message: "Input should be a valid boolean, unable to interpret input"}
)

// stringOf reads a text; nothing else becomes one.
func stringOf(v jsonvalue.Value) (string, *Problem) {
	if v.Kind() != jsonvalue.String {
		return "", stringType
	}
	return v.Text(), nil
}

// intOf reads an integer; one over 64 bits breaks the bound of int64.
func intOf(v jsonvalue.Value) (int64, *Problem) {
	switch v.Kind() {
	case jsonvalue.Int, jsonvalue.Bool:
		return v.Int(), nil
	case jsonvalue.BigInt:
		if v.Text()[0] == '-' {
			return 0, intTooSmall
		}
		return 0, intTooLarge
	case jsonvalue.Float:
		return intOfFloat(v.Float())
	case jsonvalue.String:
		return intOfText(v.Text())
	default:
		return 0, intType
	}
}

func intOfFloat(f float64) (int64, *Problem) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return 0, finiteNumber
	case f != math.Trunc(f):
		return 0, intFromFloat
	case f >= 1<<63:
		return 0, intTooLarge
	case f < -1<<63:
		return 0, intTooSmall
	}
	return int64(f), nil
}

// intOfText reads what pydantic takes for an integer: blanks around, a sign,
// single underscores between digits, a fraction of zeros.
func intOfText(s string) (int64, *Problem) {
	s = strings.TrimSpace(s)
	isNegative := strings.HasPrefix(s, "-")
	digits := s
	if isNegative || strings.HasPrefix(s, "+") {
		digits = s[1:]
	}
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	if hasFraction && (fraction == "" || strings.Trim(fraction, "0") != "") {
		return 0, intParsing
	}
	if whole == "" || whole[0] == '_' || whole[len(whole)-1] == '_' || strings.Contains(whole, "__") {
		return 0, intParsing
	}
	whole = strings.ReplaceAll(whole, "_", "")
	for i := range len(whole) {
		if whole[i] < '0' || whole[i] > '9' {
			return 0, intParsing
		}
	}
	if isNegative {
		whole = "-" + whole
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err == nil:
		return n, nil
	case isNegative:
		return 0, intTooSmall
	}
	return 0, intTooLarge
}

// floatOf reads a finite number.
func floatOf(v jsonvalue.Value) (float64, *Problem) {
	var f float64
	switch v.Kind() {
	case jsonvalue.Int, jsonvalue.BigInt, jsonvalue.Float:
		f = v.Float()
	case jsonvalue.Bool:
		f = float64(v.Int())
	case jsonvalue.String:
		var ok bool
		if f, ok = floatOfText(v.Text()); !ok {
			return 0, floatParsing
		}
	default:
		return 0, floatType
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, finiteNumber
	}
	return f, nil
}

// floatOfText reads a number, infinities and NaN among them: decimal, with
// blanks around it, or with single underscores anywhere but at its ends.
func floatOfText(s string) (float64, bool) {
	if strings.Contains(s, "_") {
		isMisplaced := strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__")
		if isMisplaced || s != strings.TrimSpace(s) {
			return 0, false
		}
		s = strings.ReplaceAll(s, "_", "")
	}
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "xXpP") { // Go's hexadecimal floats
		return 0, false
	}
	if unsigned := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+"); strings.EqualFold(unsigned, "nan") && len(s)-len(unsigned) < 2 {
		return math.NaN(), true
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0) // out of range is infinite
}

// boolOf reads a boolean, or one of the words and numbers that stand for it.
func boolOf(v jsonvalue.Value) (bool, *Problem) {
	switch v.Kind() {
	case jsonvalue.Bool:
		return v.Bool(), nil
	case jsonvalue.Int, jsonvalue.Float:
		f := v.Float()
		switch {
		case f == 0 || f == 1:
			return f == 1, nil
		case f != math.Trunc(f) || math.Abs(f) > 1<<63: // no integer of 64 bits
			return false, boolType
		}
		return false, boolParsing
	case jsonvalue.String:
		switch strings.ToLower(v.Text()) {
		case "true", "on", "yes", "y", "t", "1":
			return true, nil
		case "false", "off", "no", "n", "f", "0":
			return false, nil
		}
		return false, boolParsing
	default:
		return false, boolType
	}
}
