package api

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"intendant/internal/api/jsonvalue"
)

// bound adds the field's bounds to the decoder of a value of type t, which is
// no list. Bounds that t cannot have are an error.
func (f *Field) bound(t reflect.Type, decode decoder) (decoder, error) {
	hasRange := f.Ge != nil || f.Le != nil
	hasText := f.MinLen > 0 || f.MaxLen > 0 || f.Pattern != nil || f.Enum != nil
	if !hasRange && !hasText {
		return decode, nil
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		if hasText {
			return nil, errors.New("a number has no length, pattern or list of texts")
		}
		return f.checked(decode, f.outsideRange), nil
	case reflect.String:
		if hasRange {
			return nil, errors.New("a text has no range")
		}
		decode = f.checked(decode, func(x reflect.Value) *Problem { return f.outsideText(x.String()) })
		if f.Enum != nil {
			return f.listed(decode), nil
		}
		return decode, nil
	default:
		return nil, fmt.Errorf("a %s has no bounds", t)
	}
}

// boundItem adds the bounds that hold for each item of a list.
func (f *Field) boundItem(t reflect.Type, item decoder) (decoder, error) {
	each := *f
	each.MinLen, each.MaxLen = 0, 0
	return each.bound(t, item)
}

// boundLength adds the bounds on the number of items of a list.
func (f *Field) boundLength(decode decoder) decoder {
	if f.MinLen == 0 && f.MaxLen == 0 {
		return decode
	}
	return f.checked(decode, func(list reflect.Value) *Problem {
		switch n := list.Len(); {
		case n < f.MinLen:
			return &Problem{
				"too_short", fmt.Sprintf("List should have at least %s after validation, not %d", plural(f.MinLen, "item"), n),
				map[string]any{"field_type": "List", "min_length": f.MinLen, "actual_length": n},
			}
		case f.MaxLen > 0 && n > f.MaxLen:
			return &Problem{
				"too_long", fmt.Sprintf("List should have at most %s after validation, not %d", plural(f.MaxLen, "item"), n),
				map[string]any{"field_type": "List", "max_length": f.MaxLen, "actual_length": n},
			}
		}
		return nil
	})
}

// checked adds a check to a decoder, made only of what was read without fault.
func (f *Field) checked(decode decoder, check func(reflect.Value) *Problem) decoder {
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		before := len(b.faults)
		decode(v, dst, b)
		if len(b.faults) > before {
			return
		}
		if x, ok := present(dst); ok {
			if problem := check(x); problem != nil {
				b.refuse(problem, v)
			}
		}
	}
}

// present returns the value inside an item that is an Opt or a pointer; ok is
// false without one.
func present(v reflect.Value) (reflect.Value, bool) {
	switch {
	case v.Kind() == reflect.Pointer:
		return v.Elem(), !v.IsNil()
	case v.Kind() == reflect.Struct && isOptional(v.Type()):
		return v.Field(optValue), v.Field(optSet).Bool() && !v.Field(optNull).Bool()
	}
	return v, true
}

// listed replaces whatever is wrong with the value by the list of those
// allowed: pydantic's Literal does not look at types.
func (f *Field) listed(decode decoder) decoder {
	quoted := make([]string, len(f.Enum))
	for i, text := range f.Enum {
		quoted[i] = "'" + text + "'"
	}
	expected := quoted[0]
	if last := len(quoted) - 1; last > 0 {
		expected = strings.Join(quoted[:last], ", ") + " or " + quoted[last]
	}
	problem := &Problem{"literal_error", "Input should be " + expected, map[string]any{"expected": expected}}
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		before := len(b.faults)
		decode(v, dst, b)
		if len(b.faults) > before {
			b.faults = b.faults[:before]
			b.refuse(problem, v)
		}
	}
}

// outsideRange returns the bound that a number breaks; nil when it keeps them.
// Ctx has a float where the field is one, though the message has not.
func (f *Field) outsideRange(x reflect.Value) *Problem {
	n, ctx := 0.0, func(bound float64) any { return int64(bound) }
	if x.Kind() == reflect.Float64 {
		n, ctx = x.Float(), func(bound float64) any { return Float(bound) }
	} else {
		n = float64(x.Int())
	}
	switch {
	case f.Ge != nil && n < *f.Ge:
		return &Problem{"greater_than_equal", "Input should be greater than or equal to " + plain(*f.Ge), map[string]any{"ge": ctx(*f.Ge)}}
	case f.Le != nil && n > *f.Le:
		return &Problem{"less_than_equal", "Input should be less than or equal to " + plain(*f.Le), map[string]any{"le": ctx(*f.Le)}}
	}
	return nil
}

func plain(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

// outsideText returns the first bound that a text breaks.
func (f *Field) outsideText(s string) *Problem {
	n := utf8.RuneCountInString(s)
	switch {
	case n < f.MinLen:
		return &Problem{"string_too_short", "String should have at least " + plural(f.MinLen, "character"), map[string]any{"min_length": f.MinLen}}
	case f.MaxLen > 0 && n > f.MaxLen:
		return &Problem{"string_too_long", "String should have at most " + plural(f.MaxLen, "character"), map[string]any{"max_length": f.MaxLen}}
	case f.Pattern != nil && !f.Pattern.MatchString(s):
		return &Problem{"string_pattern_mismatch", "String should match pattern '" + f.Pattern.String() + "'", map[string]any{"pattern": f.Pattern.String()}}
	case f.Enum != nil && !slices.Contains(f.Enum, s):
		return &Problem{Code: "literal_error"} // worded by listed
	}
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// The bounds of every integer: those of int64, since the base holds no other.
var (
	intTooLarge = &Problem{"less_than_equal", "Input should be less than or equal to 9223372036854775807", map[string]any{"le": int64(math.MaxInt64)}}
	intTooSmall = &Problem{"greater_than_equal", "Input should be greater than or equal to -9223372036854775808", map[string]any{"ge": int64(math.MinInt64)}}
)
