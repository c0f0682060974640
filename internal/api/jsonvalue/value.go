// Package jsonvalue reads and writes JSON the way Python does: ordered
// objects, big integers, NaN, and the same words and places in its errors.
//
// FastAPI echoes what it received and reports syntax errors in the words of
// Python's json module; both are part of its contract.
package jsonvalue

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Kind is the type of a value.
type Kind uint8

// The kinds of JSON values. Integers that do not fit int64 are BigInt.
const (
	Null Kind = iota
	Bool
	Int
	BigInt
	Float
	String
	Array
	Object
)

// Value is one JSON value. The zero Value is null.
type Value struct {
	kind    Kind
	number  int64 // Int; 1 for true
	float   float64
	text    string // String; the digits of a BigInt
	items   []Value
	members []Member
}

// Member is a key of an object and its value.
type Member struct {
	Key   string
	Value Value
}

// OfString returns a String.
func OfString(s string) Value { return Value{kind: String, text: s} }

// Kind returns the type of v.
func (v Value) Kind() Kind { return v.kind }

// Bool returns the value of a Bool.
func (v Value) Bool() bool { return v.number != 0 }

// Int returns the value of an Int.
func (v Value) Int() int64 { return v.number }

// Float returns the value of a Float, and the nearest double of an Int or a
// BigInt.
func (v Value) Float() float64 {
	switch v.kind {
	case Int:
		return float64(v.number)
	case BigInt:
		f, _ := strconv.ParseFloat(v.text, 64) // infinite when out of range
		return f
	}
	return v.float
}

// Text returns the value of a String, or the digits of a BigInt.
func (v Value) Text() string { return v.text }

// Items returns the elements of an Array.
func (v Value) Items() []Value { return v.items }

// Members returns the members of an Object in the order of their first
// appearance.
func (v Value) Members() []Member { return v.members }

// Get returns the member of an Object with this key.
func (v Value) Get(key string) (Value, bool) {
	for i := range v.members {
		if v.members[i].Key == key {
			return v.members[i].Value, true
		}
	}
	return Value{}, false
}

// MarshalJSON writes v compactly. It never fails.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// AppendJSON appends v as Python's json.dumps writes it with ensure_ascii off
// and compact separators. NaN and the infinities, which JSON lacks, are null.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case Bool:
		return strconv.AppendBool(dst, v.Bool())
	case Int:
		return strconv.AppendInt(dst, v.number, 10)
	case BigInt:
		return append(dst, v.text...)
	case Float:
		if math.IsNaN(v.float) || math.IsInf(v.float, 0) {
			return append(dst, "null"...)
		}
		return AppendFloat(dst, v.float)
	case String:
		return AppendString(dst, v.text)
	case Array:
		dst = append(dst, '[')
		for i, item := range v.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, m := range v.members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, m.Key), ':')
			dst = m.Value.AppendJSON(dst)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

// AppendFloat appends f as Python's repr: 1.0, 26.45, 1e+21. The exponent is
// used from 1e16 up and below 1e-4.
func AppendFloat(dst []byte, f float64) []byte {
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s quoted: raw UTF-8, escapes for quotes, backslashes
// and control characters only.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
