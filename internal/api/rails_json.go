package api

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/internal/api/jsonvalue"
)

// encodeRailsJSON returns the compact JSON of a value as Rails writes it: an
// object with a root inside it, a list as a bare array of such objects; inside
// of them no roots. <, > and & are escaped as encoding/json does.
func encodeRailsJSON(value any) ([]byte, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return []byte("null"), nil
	}
	shape, err := railsShapeOf(v.Type())
	if err != nil {
		return nil, err
	}
	raw, err := appendRooted(make([]byte, 0, min(shape.written.Load(), maxGuess)), shape, v)
	if err != nil {
		return nil, err
	}
	shape.written.Store(int64(len(raw)))
	if !slices.ContainsFunc(escaped, func(c string) bool { return bytes.Contains(raw, []byte(c)) }) {
		return raw, nil
	}
	var buf bytes.Buffer
	json.HTMLEscape(&buf, raw)
	return buf.Bytes(), nil
}

// maxGuess bounds what is set aside for an answer before it is written: one
// long list does not make all the short ones costly.
const maxGuess = 64 << 10

// escaped are the characters that json.HTMLEscape escapes. Looking for one at a
// time is ten times as fast as bytes.ContainsAny.
var escaped = []string{"<", ">", "&", "\u2028", "\u2029"}

// appendRooted appends a value under its root, and each item of a list so.
func appendRooted(dst []byte, s *railsShape, v reflect.Value) ([]byte, error) {
	s, v, err := settled(s, v)
	if err != nil {
		return nil, err
	}
	switch {
	case s.kind == railsList:
		return appendList(dst, v, func(dst []byte, item reflect.Value) ([]byte, error) { return appendRooted(dst, s.elem, item) })
	case s.root != "":
		dst = append(jsonvalue.AppendString(append(dst, '{'), s.root), ':')
		if dst, err = appendRails(dst, s, v); err != nil {
			return nil, err
		}
		return append(dst, '}'), nil
	}
	return appendRails(dst, s, v)
}

// settled follows pointers and interfaces to what they hold. A null stays the
// pointer or interface it is.
func settled(s *railsShape, v reflect.Value) (*railsShape, reflect.Value, error) {
	for (s.kind == railsPointer || s.kind == railsAny) && !v.IsNil() {
		v = v.Elem()
		if s.kind == railsPointer {
			s = s.elem
			continue
		}
		var err error
		if s, err = railsShapeOf(v.Type()); err != nil {
			return nil, v, err
		}
	}
	return s, v, nil
}

func appendList(dst []byte, v reflect.Value, item func([]byte, reflect.Value) ([]byte, error)) ([]byte, error) {
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = item(dst, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendRails appends a value without root.
func appendRails(dst []byte, s *railsShape, v reflect.Value) ([]byte, error) {
	s, v, err := settled(s, v)
	if err != nil {
		return nil, err
	}
	switch s.kind {
	case railsPointer, railsAny:
		return append(dst, "null"...), nil
	case railsInteger:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case railsUnsigned:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case railsBoolean:
		return strconv.AppendBool(dst, v.Bool()), nil
	case railsDatetime:
		return append(timeOf(v).AppendFormat(append(dst, '"'), railsTimeLayout), '"'), nil
	case railsFloat:
		return jsonvalue.AppendFloat(dst, v.Float()), nil
	case railsBinary:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return jsonvalue.AppendString(dst, scalarText(s.kind, v)), nil
	case railsText:
		text, err := ownText(v)
		return jsonvalue.AppendString(dst, text), err
	case railsList:
		return appendList(dst, v, func(dst []byte, item reflect.Value) ([]byte, error) { return appendRails(dst, s.elem, item) })
	case railsObject, railsMap:
		return appendObject(dst, s, v)
	default:
		return jsonvalue.AppendString(dst, scalarText(s.kind, v)), nil
	}
}

func appendObject(dst []byte, s *railsShape, v reflect.Value) ([]byte, error) {
	dst = append(dst, '{')
	isFirst := true
	err := eachMember(s, v, func(f *railsField, member reflect.Value) error {
		if !isFirst {
			dst = append(dst, ',')
		}
		isFirst = false
		dst = append(dst, f.key...)
		var err error
		dst, err = appendRails(dst, f.shape, member)
		return err
	})
	return append(dst, '}'), err
}

// eachMember calls visit with the members of an object or a map, by name.
func eachMember(s *railsShape, v reflect.Value, visit func(*railsField, reflect.Value) error) error {
	if s.kind == railsObject {
		for i := range s.fields {
			f := &s.fields[i]
			member := v.FieldByIndex(f.index)
			if f.omitsEmpty && member.IsZero() {
				continue
			}
			if err := visit(f, member); err != nil {
				return err
			}
		}
		return nil
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		name := key.String()
		f := &railsField{name: name, key: quotedKey(name), tag: xmlName(name), item: xmlName(singularOf(name)), shape: s.elem}
		if err := visit(f, v.MapIndex(key)); err != nil {
			return err
		}
	}
	return nil
}

// scalarText returns the text of a value without parts.
func scalarText(kind railsKind, v reflect.Value) string {
	switch kind {
	case railsInteger:
		return strconv.FormatInt(v.Int(), 10)
	case railsUnsigned:
		return strconv.FormatUint(v.Uint(), 10)
	case railsBoolean:
		return strconv.FormatBool(v.Bool())
	case railsFloat:
		return jsonvalue.FormatFloat(v.Float())
	case railsBinary:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	case railsDatetime:
		return timeOf(v).Format(railsTimeLayout)
	default:
		return v.String()
	}
}

// timeOf returns the instant of a [time.Time] or a [RailsTime], in UTC.
func timeOf(v reflect.Value) time.Time {
	if v.CanAddr() { // which needs no copy
		switch t := v.Addr().Interface().(type) {
		case *time.Time:
			return t.UTC()
		case *RailsTime:
			return t.UTC()
		}
	}
	if t, ok := v.Interface().(time.Time); ok {
		return t.UTC()
	}
	return v.Interface().(RailsTime).UTC()
}

// ownText returns the text that a value writes of itself.
func ownText(v reflect.Value) (string, error) {
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return "", fmt.Errorf("%s: %w", v.Type(), err)
	}
	return string(text), nil
}
