package api

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"intendant/internal/api/jsonvalue"
)

// railsShape is how values of a type are written, computed once for each.
type railsShape struct {
	kind   railsKind
	elem   *railsShape // of a pointer, a list or a map
	fields []railsField
	root   string // "" when the type has none
	list   string // the plural of root
	// written is how long the last JSON of such a value was, in bytes: about
	// what the next one takes.
	written atomic.Int64
}

// railsField is a member of an object.
type railsField struct {
	name  string // "owner_id"
	key   string // in JSON, with its colon
	tag   string // in XML: "owner-id"
	item  string // in XML, an item's, when the member is a list
	index []int
	shape *railsShape
	// omitsEmpty leaves a zero member out, as json's omitempty asks.
	omitsEmpty bool
}

type railsKind int

// The kinds of columns, and what is made of them.
const (
	railsString railsKind = iota
	railsInteger
	railsUnsigned
	railsDecimal
	railsFloat
	railsBoolean
	railsDatetime
	railsBinary
	railsText    // writes its own text
	railsPointer // null, or its elem
	railsAny     // what it holds decides
	railsObject
	railsMap
	railsList
)

// columnType is the type attribute of each kind in XML, "" for none.
var columnType = map[railsKind]string{
	railsInteger: "integer", railsUnsigned: "integer", railsDecimal: "decimal", railsFloat: "float",
	railsBoolean: "boolean", railsDatetime: "datetime", railsBinary: "binary", railsList: "array",
}

// column returns the kind of the value behind the pointers.
func (s *railsShape) column() railsKind {
	for s.kind == railsPointer {
		s = s.elem
	}
	return s.kind
}

var railsShapes sync.Map // reflect.Type to *railsShape

// railsShapeOf returns the shape of a type; an error when no value of it can be
// written.
func railsShapeOf(t reflect.Type) (*railsShape, error) {
	if known, ok := railsShapes.Load(t); ok {
		return known.(*railsShape), nil
	}
	s, err := buildShape(t, map[reflect.Type]*railsShape{})
	if err != nil {
		return nil, err
	}
	known, _ := railsShapes.LoadOrStore(t, s)
	return known.(*railsShape), nil
}

// buildShape makes the shape of t; seen holds those under way, so that a type
// may refer to itself.
func buildShape(t reflect.Type, seen map[reflect.Type]*railsShape) (*railsShape, error) {
	if known, ok := seen[t]; ok {
		return known, nil
	}
	s := &railsShape{kind: leafKind(t)}
	seen[t] = s
	if s.kind != railsString {
		return s, nil
	}
	var err error
	switch t.Kind() {
	case reflect.String:
	case reflect.Interface:
		s.kind = railsAny
	case reflect.Pointer:
		s.kind = railsPointer
		s.elem, err = buildShape(t.Elem(), seen)
	case reflect.Slice, reflect.Array:
		s.kind = railsList
		s.elem, err = buildShape(t.Elem(), seen)
	case reflect.Map:
		s.kind = railsMap
		if t.Key().Kind() != reflect.String {
			return nil, fmt.Errorf("a %s has no names to write", t)
		}
		s.elem, err = buildShape(t.Elem(), seen)
	case reflect.Struct:
		s.kind = railsObject
		if s.root = rootOf(t); s.root != "" {
			s.list = pluralOf(s.root)
		}
		s.fields, err = shapeFields(t, nil, seen)
	default:
		return nil, fmt.Errorf("a %s cannot be written", t)
	}
	return s, err
}

// leafKind returns the kind of a value without parts; railsString for a text
// and for all the rest.
func leafKind(t reflect.Type) railsKind {
	switch t {
	case reflect.TypeFor[RailsTime](), reflect.TypeFor[time.Time]():
		return railsDatetime
	case reflect.TypeFor[Decimal]():
		return railsDecimal
	case reflect.TypeFor[[]byte]():
		return railsBinary
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) && t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
		return railsText
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return railsInteger
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return railsUnsigned
	case reflect.Float32, reflect.Float64:
		return railsFloat
	case reflect.Bool:
		return railsBoolean
	default:
		return railsString
	}
}

// rootOf returns the root of a struct type, "" when it has none.
func rootOf(t reflect.Type) string {
	if rooted, ok := reflect.New(t).Interface().(Rooted); ok {
		return rooted.RailsRoot()
	}
	return ""
}

// shapeFields returns the members of a struct with json tags in alphabetical
// order, those of embedded structs among them.
func shapeFields(t reflect.Type, prefix []int, seen map[reflect.Type]*railsShape) ([]railsField, error) {
	var fields []railsField
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(prefix[:len(prefix):len(prefix)], i)
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case name == "" && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			inner, err := shapeFields(sf.Type, index, seen)
			if err != nil {
				return nil, err
			}
			fields = append(fields, inner...)
		case name != "" && sf.IsExported():
			shape, err := buildShape(sf.Type, seen)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			fields = append(fields, railsField{
				name, quotedKey(name), dashed(name), dashed(singularOf(name)), index, shape, options == "omitempty",
			})
		}
	}
	if len(prefix) > 0 {
		return fields, nil
	}
	slices.SortStableFunc(fields, func(a, b railsField) int { return cmp.Compare(a.name, b.name) })
	for i := 1; i < len(fields); i++ {
		if fields[i].name == fields[i-1].name {
			return nil, fmt.Errorf("%s has two fields %s", t, fields[i].name)
		}
	}
	return fields, nil
}

// quotedKey is a name as JSON has it before its value.
func quotedKey(name string) string { return string(jsonvalue.AppendString(nil, name)) + ":" }

// dashed is a name as XML has it.
func dashed(name string) string { return strings.ReplaceAll(name, "_", "-") }
