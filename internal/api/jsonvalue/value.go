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
//
// It is kept to five words, because a body may hold half a million of them.
type Value struct {
	kind Kind
	bits uint64 // an Int, the bits of a Float, 1 for true
	text string // a String, the digits of a BigInt
	node *node  // an Array or an Object that is not empty
}

type node struct {
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

// OfArray returns an Array of the items, which it keeps.
func OfArray(items ...Value) Value {
	if len(items) == 0 {
		return Value{kind: Array}
	}
	return Value{kind: Array, node: &node{items: items}}
}

// OfInt returns an Int.
func OfInt(n int64) Value { return Value{kind: Int, bits: uint64(n)} }

// OfBool returns a Bool.
func OfBool(b bool) Value {
	if b {
		return Value{kind: Bool, bits: 1}
	}
	return Value{kind: Bool}
}

// OfObject returns an Object of the members, which it keeps; their keys must
// differ.
func OfObject(members ...Member) Value {
	if len(members) == 0 {
		return Value{kind: Object}
	}
	return Value{kind: Object, node: &node{members: members}}
}

func ofFloat(f float64) Value { return Value{kind: Float, bits: math.Float64bits(f)} }

// Kind returns the type of v.
func (v Value) Kind() Kind { return v.kind }

// Bool returns the value of a Bool.
func (v Value) Bool() bool { return v.bits != 0 }

// Int returns the value of an Int, 1 for true and 0 for false.
func (v Value) Int() int64 { return int64(v.bits) }

// Float returns the value of a Float, and the nearest double of an Int or a
// BigInt, infinite when there is none.
func (v Value) Float() float64 {
	switch v.kind {
	case Int, Bool:
		return float64(v.Int())
	case BigInt:
		f, _ := strconv.ParseFloat(v.text, 64)
		return f
	}
	return math.Float64frombits(v.bits)
}

// IsFinite reports whether every Float in v is a number that JSON can write.
func (v Value) IsFinite() bool {
	if v.kind == Float {
		return !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
	}
	for _, item := range v.Items() {
		if !item.IsFinite() {
			return false
		}
	}
	for _, m := range v.Members() {
		if !m.Value.IsFinite() {
			return false
		}
	}
	return true
}

// Text returns the value of a String, or the digits of a BigInt.
func (v Value) Text() string { return v.text }

// Items returns the elements of an Array.
func (v Value) Items() []Value {
	if v.node == nil {
		return nil
	}
	return v.node.items
}

// Members returns the members of an Object in the order of their first
// appearance.
func (v Value) Members() []Member {
	if v.node == nil {
		return nil
	}
	return v.node.members
}

// Get returns the member of an Object with this key; ok is false without one.
func (v Value) Get(key string) (member Value, ok bool) {
	members := v.Members()
	for i := range members {
		if members[i].Key == key {
			return members[i].Value, true
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
		return strconv.AppendInt(dst, v.Int(), 10)
	case BigInt:
		return append(dst, v.text...)
	case Float:
		return AppendFloat(dst, v.Float())
	case String:
		return AppendString(dst, v.text)
	case Array:
		dst = append(dst, '[')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, m := range v.Members() {
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

// FormatFloat returns f as Python's repr writes it: 1.0, 26.45, 1e+21, nan,
// inf. The exponent is used from 1e16 up and below 1e-4.
func FormatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return string(AppendFloat(nil, f))
}

// AppendFloat appends f as [FormatFloat] writes it; null when it is not finite,
// since JSON has no word for that.
func AppendFloat(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(dst, "null"...)
	case abs != 0 && (abs < 1e-4 || abs >= 1e16):
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

// Real is a number that is always written with a decimal point or an exponent,
// as [FormatFloat] writes it: 1.0, 26.45, 1e+21.
type Real float64

// MarshalJSON writes the number, null when it is not finite; it never fails.
func (r Real) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// AppendJSON appends the number, null when it is not finite.
func (r Real) AppendJSON(dst []byte) []byte { return AppendFloat(dst, float64(r)) }

const hexDigits = "0123456789abcdef"

// AppendString appends s quoted: raw UTF-8, escapes for quotes, backslashes
// and control characters only. Bytes that are not UTF-8 become U+FFFD.
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
		dst = appendEscape(append(dst, s[start:i]...), c)
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
