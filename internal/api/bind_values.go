package api

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// decoderOf returns how values of t are read, with pydantic's lax conversions.
func decoderOf(t reflect.Type) (decoder, error) {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[ValueBinder]()) {
		return decodeBinder, nil
	}
	switch t {
	case reflect.TypeFor[uuid.UUID]():
		return scalar(uuidOf, func(dst reflect.Value, id uuid.UUID) { dst.Set(reflect.ValueOf(id)) }), nil
	case reflect.TypeFor[Email]():
		return scalar(emailOf, func(dst reflect.Value, e string) { dst.SetString(e) }), nil
	case reflect.TypeFor[time.Time]():
		return scalar(datetimeOf, func(dst reflect.Value, t time.Time) { dst.Set(reflect.ValueOf(t)) }), nil
	case reflect.TypeFor[jsonvalue.Value]():
		return func(v jsonvalue.Value, dst reflect.Value, _ []any, _ *[]errs.Fault) { dst.Set(reflect.ValueOf(v)) }, nil
	}
	if inner, ok := Optional(t); ok {
		return optionalDecoder(t, inner)
	}
	switch t.Kind() {
	case reflect.String:
		return scalar(stringOf, reflect.Value.SetString), nil
	case reflect.Int, reflect.Int64:
		return scalar(intOf, reflect.Value.SetInt), nil
	case reflect.Float64:
		return scalar(floatOf, reflect.Value.SetFloat), nil
	case reflect.Bool:
		return scalar(boolOf, reflect.Value.SetBool), nil
	case reflect.Slice:
		return listDecoder(t)
	case reflect.Struct:
		fields, err := fieldsOf(t, nil)
		if err != nil {
			return nil, err
		}
		return func(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
			bindObject(fields, v, dst, loc, faults)
		}, nil
	}
	return nil, fmt.Errorf("no values of type %s can be bound", t)
}

// scalar makes a decoder of a conversion and a setter.
func scalar[T any](convert func(jsonvalue.Value) (T, *Problem), set func(reflect.Value, T)) decoder {
	return func(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
		x, problem := convert(v)
		if problem != nil {
			*faults = append(*faults, problem.at(loc, v))
			return
		}
		set(dst, x)
	}
}

func (p *Problem) at(loc []any, input jsonvalue.Value) errs.Fault {
	return errs.Fault{Loc: loc, Code: p.Code, Message: p.Message, Input: input, Ctx: p.Ctx}
}

func decodeBinder(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
	if problem := dst.Addr().Interface().(ValueBinder).BindValue(v); problem != nil {
		*faults = append(*faults, problem.at(loc, v))
	}
}

// optionalDecoder reads an Opt or a pointer; null is a value of both.
func optionalDecoder(t, inner reflect.Type) (decoder, error) {
	decode, err := decoderOf(inner)
	if err != nil {
		return nil, err
	}
	if t.Kind() == reflect.Pointer {
		return func(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
			if v.Kind() == jsonvalue.Null {
				return
			}
			dst.Set(reflect.New(inner))
			decode(v, dst.Elem(), loc, faults)
		}, nil
	}
	return func(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
		dst.Field(0).SetBool(true)
		if v.Kind() == jsonvalue.Null {
			dst.Field(1).SetBool(true)
			return
		}
		decode(v, dst.Field(2), loc, faults)
	}, nil
}

func listDecoder(t reflect.Type) (decoder, error) {
	decode, err := decoderOf(t.Elem())
	if err != nil {
		return nil, err
	}
	return func(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
		if v.Kind() != jsonvalue.Array {
			*faults = append(*faults, errs.Fault{Loc: loc, Code: "list_type", Message: "Input should be a valid list", Input: v})
			return
		}
		items := v.Items()
		list := reflect.MakeSlice(t, len(items), len(items))
		for i, item := range items {
			decode(item, list.Index(i), below(loc, i), faults)
		}
		dst.Set(list)
	}, nil
}

// within adds the field's bounds to a decoder.
func (f *Field) within(decode decoder) decoder {
	if f.Ge == nil && f.Le == nil && f.MinLen == 0 && f.MaxLen == 0 && f.Pattern == nil && f.Enum == nil {
		return decode
	}
	return func(v jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
		before := len(*faults)
		decode(v, dst, loc, faults)
		if len(*faults) > before {
			return
		}
		if x, ok := present(dst); ok {
			if problem := f.outside(x); problem != nil {
				*faults = append(*faults, problem.at(loc, v))
			}
		}
	}
}

// present returns the value inside optional types; ok is false without one.
func present(v reflect.Value) (reflect.Value, bool) {
	switch {
	case v.Kind() == reflect.Pointer:
		return v.Elem(), !v.IsNil()
	case v.Kind() == reflect.Struct && isOptional(v.Type()):
		return v.Field(2), v.Field(0).Bool() && !v.Field(1).Bool()
	}
	return v, true
}

// outside returns the first bound that x breaks.
func (f *Field) outside(x reflect.Value) *Problem {
	switch x.Kind() {
	case reflect.Int, reflect.Int64:
		return f.outsideRange(float64(x.Int()), func(bound float64) any { return int64(bound) })
	case reflect.Float64:
		return f.outsideRange(x.Float(), func(bound float64) any { return Float(bound) })
	case reflect.String:
		return f.outsideText(x.String())
	}
	return nil
}

func (f *Field) outsideRange(x float64, ctx func(float64) any) *Problem {
	if f.Ge != nil && x < *f.Ge {
		return &Problem{"greater_than_equal", "Input should be greater than or equal to " + bound(*f.Ge), map[string]any{"ge": ctx(*f.Ge)}}
	}
	if f.Le != nil && x > *f.Le {
		return &Problem{"less_than_equal", "Input should be less than or equal to " + bound(*f.Le), map[string]any{"le": ctx(*f.Le)}}
	}
	return nil
}

func bound(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (f *Field) outsideText(s string) *Problem {
	n := utf8.RuneCountInString(s)
	switch {
	case n < f.MinLen:
		return &Problem{"string_too_short", "String should have at least " + characters(f.MinLen), map[string]any{"min_length": f.MinLen}}
	case f.MaxLen > 0 && n > f.MaxLen:
		return &Problem{"string_too_long", "String should have at most " + characters(f.MaxLen), map[string]any{"max_length": f.MaxLen}}
	case f.Pattern != nil && !f.Pattern.MatchString(s):
		return &Problem{"string_pattern_mismatch", "String should match pattern '" + f.Pattern.String() + "'", map[string]any{"pattern": f.Pattern.String()}}
	}
	for _, allowed := range f.Enum {
		if s == allowed {
			return nil
		}
	}
	if f.Enum == nil {
		return nil
	}
	expected := "'" + strings.Join(f.Enum, "', '") + "'"
	if i := strings.LastIndex(expected, ", "); i > 0 {
		expected = expected[:i] + " or " + expected[i+2:]
	}
	return &Problem{"literal_error", "Input should be " + expected, map[string]any{"expected": expected}}
}

func characters(n int) string {
	if n == 1 {
		return "1 character"
	}
	return strconv.Itoa(n) + " characters"
}

func stringOf(v jsonvalue.Value) (string, *Problem) {
	if v.Kind() != jsonvalue.String {
		return "", &Problem{Code: "string_type", Message: "Input should be a valid string"}
	}
	return v.Text(), nil
}

var (
	intType      = &Problem{Code: "int_type", Message: "Input should be a valid integer"}
	intParsing   = &Problem{Code: "int_parsing", Message: "Input should be a valid integer, unable to parse string as an integer"}
	intFromFloat = &Problem{Code: "int_from_float", Message: "Input should be a valid integer, got a number with a fractional part"}
	finiteNumber = &Problem{Code: "finite_number", Message: "Input should be a finite number"}
	floatType    = &Problem{Code: "float_type", Message: "Input should be a valid number"}
	floatParsing = &Problem{Code: "float_parsing", Message: "Input should be a valid number, unable to parse string as a number"}
	boolType     = &Problem{Code: "bool_type", Message: "Input should be a valid boolean"}
	boolParsing  = &Problem{Code: "bool_parsing", Message: "Input should be a valid boolean, unable to interpret input"}
	intTooLarge  = &Problem{"less_than_equal", "Input should be less than or equal to 9223372036854775807", map[string]any{"le": int64(math.MaxInt64)}}
	intTooSmall  = &Problem{"greater_than_equal", "Input should be greater than or equal to -9223372036854775808", map[string]any{"ge": int64(math.MinInt64)}}
)

// intOf reads an integer; one over 64 bits breaks the bound of int64.
func intOf(v jsonvalue.Value) (int64, *Problem) {
	switch v.Kind() {
	case jsonvalue.Int, jsonvalue.Bool:
		return v.Int(), nil
	case jsonvalue.BigInt:
		return intText(v.Text())
	case jsonvalue.Float:
		f := v.Float()
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
	case jsonvalue.String:
		return intText(v.Text())
	}
	return 0, intType
}

// intText reads what pydantic takes for an integer: blanks around, a sign,
// single underscores between digits, a fraction of zeros.
func intText(s string) (int64, *Problem) {
	s = strings.TrimSpace(s)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return 0, intParsing
	}
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	if hasFraction && (fraction == "" || strings.Trim(fraction, "0") != "") {
		return 0, intParsing
	}
	if whole == "" || whole[0] == '_' || whole[len(whole)-1] == '_' || strings.Contains(whole, "__") {
		return 0, intParsing
	}
	plain := strings.ReplaceAll(whole, "_", "")
	for i := range len(plain) {
		if plain[i] < '0' || plain[i] > '9' {
			return 0, intParsing
		}
	}
	isNegative := strings.HasPrefix(s, "-")
	if isNegative {
		plain = "-" + plain
	}
	n, err := strconv.ParseInt(plain, 10, 64)
	switch {
	case err == nil:
		return n, nil
	case isNegative:
		return 0, intTooSmall
	}
	return 0, intTooLarge
}

func floatOf(v jsonvalue.Value) (float64, *Problem) {
	var f float64
	switch v.Kind() {
	case jsonvalue.Int, jsonvalue.BigInt, jsonvalue.Float:
		f = v.Float()
	case jsonvalue.Bool:
		f = float64(v.Int())
	case jsonvalue.String:
		text := strings.TrimSpace(v.Text())
		if strings.ContainsAny(text, "xXpP") || strings.Contains(text, "__") {
			return 0, floatParsing
		}
		parsed, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		if err != nil && !math.IsInf(parsed, 0) {
			return 0, floatParsing
		}
		f = parsed
	default:
		return 0, floatType
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, finiteNumber
	}
	return f, nil
}

func boolOf(v jsonvalue.Value) (bool, *Problem) {
	switch v.Kind() {
	case jsonvalue.Bool:
		return v.Bool(), nil
	case jsonvalue.Int, jsonvalue.Float:
		if f := v.Float(); f == 0 || f == 1 {
			return f == 1, nil
		}
		return false, boolParsing
	case jsonvalue.BigInt:
		return false, boolParsing
	case jsonvalue.String:
		switch strings.ToLower(v.Text()) {
		case "true", "on", "yes", "y", "t", "1":
			return true, nil
		case "false", "off", "no", "n", "f", "0":
			return false, nil
		}
		return false, boolParsing
	}
	return false, boolType
}
