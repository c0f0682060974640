package api

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"intendant/internal/api/jsonvalue"
)

// RailsTime is an instant as Rails 3 writes it: UTC, whole seconds,
// "2016-11-01T09:39:14Z". A column that may be null is a pointer to one.
type RailsTime struct{ time.Time }

// railsTimeLayout is that of times in UTC, which end in Z.
const railsTimeLayout = time.RFC3339

// MarshalJSON writes the quoted time; it never fails.
func (t RailsTime) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(nil, `"`+railsTimeLayout+`"`), nil
}

// Decimal is a number of a decimal column, "12.5": a text in JSON, so that no
// digit is lost. What is bound has no needless zero but one digit on each side
// of the point: "12.0", "-0.25".
type Decimal string

// maxDecimal is the number of characters a decimal may have.
const maxDecimal = 40

var (
	plainDecimal   = regexp.MustCompile(`^[+-]?[0-9]*\.?[0-9]+$`)
	decimalParsing = &Problem{Code: "decimal_parsing", Message: "Input should be a valid decimal"}
)

// BindValue reads a number, or its text.
func (d *Decimal) BindValue(v jsonvalue.Value) *Problem {
	var text string
	switch v.Kind() {
	case jsonvalue.Int:
		text = strconv.FormatInt(v.Int(), 10)
	case jsonvalue.BigInt, jsonvalue.String:
		text = strings.TrimSpace(v.Text())
	case jsonvalue.Float:
		if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			text = strconv.FormatFloat(f, 'f', -1, 64)
		}
	default:
	}
	if len(text) > maxDecimal || !plainDecimal.MatchString(text) {
		return decimalParsing
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign = "-"
	}
	whole, fraction, _ := strings.Cut(strings.TrimLeft(text, "+-"), ".")
	whole, fraction = orElse(strings.TrimLeft(whole, "0"), "0"), orElse(strings.TrimRight(fraction, "0"), "0")
	if whole == "0" && fraction == "0" {
		sign = ""
	}
	*d = Decimal(sign + whole + "." + fraction)
	return nil
}

// Created is the answer of an entry that made something: 201, the object, and
// where it is.
type Created[T any] struct {
	Value T
	// Location is a path of this server, without suffix: "/owners/11". It is
	// written as an absolute address.
	Location string
}

func (c Created[T]) made() (value any, location string) { return c.Value, c.Location }

// maker is any Created.
type maker interface {
	made() (value any, location string)
}

// Rooted is an object that Rails writes under a name, its root key.
type Rooted interface {
	// RailsRoot returns the name in snake case and in the singular, the same
	// for every value of a type: "project_user".
	RailsRoot() string
}

// pluralOf returns the plural of an English noun in snake case.
func pluralOf(noun string) string {
	switch {
	case endsIn(noun, "s", "x", "z", "ch", "sh"):
		return noun + "es"
	case len(noun) > 1 && noun[len(noun)-1] == 'y' && !strings.ContainsRune("aeiou", rune(noun[len(noun)-2])):
		return noun[:len(noun)-1] + "ies"
	}
	return noun + "s"
}

// singularOf undoes pluralOf; a noun that is no plural stays as it is. A
// plural in "ses" is taken for that of a noun in "se": database, not gas.
func singularOf(noun string) string {
	switch {
	case len(noun) > 3 && strings.HasSuffix(noun, "ies"):
		return strings.TrimSuffix(noun, "ies") + "y"
	case endsIn(noun, "xes", "zes", "ches", "shes", "sses"):
		return strings.TrimSuffix(noun, "es")
	case strings.HasSuffix(noun, "s") && !strings.HasSuffix(noun, "ss"):
		return strings.TrimSuffix(noun, "s")
	}
	return noun
}

func endsIn(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}
