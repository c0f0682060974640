package api

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"intendant/internal/api/jsonvalue"
)

// schema is the part of JSON Schema that the documents use, its members in
// the order of FastAPI's.
type schema struct {
	Ref                  string           `json:"$ref,omitempty"`
	AnyOf                []*schema        `json:"anyOf,omitempty"`
	Properties           ordered[*schema] `json:"properties,omitempty"`
	Type                 string           `json:"type,omitempty"`
	Items                *schema          `json:"items,omitempty"`
	AdditionalProperties *schema          `json:"additionalProperties,omitempty"`
	Format               string           `json:"format,omitempty"`
	Maximum              *float64         `json:"maximum,omitempty"`
	Minimum              *float64         `json:"minimum,omitempty"`
	MaxLength            int              `json:"maxLength,omitempty"`
	MinLength            int              `json:"minLength,omitempty"`
	Pattern              string           `json:"pattern,omitempty"`
	Enum                 []string         `json:"enum,omitempty"`
	Default              json.RawMessage  `json:"default,omitempty"`
	Required             []string         `json:"required,omitempty"`
	Title                string           `json:"title,omitempty"`
}

// schemaKey tells the schemas of a type apart: as it is read and as it is
// written, a type has not the same required members.
type schemaKey struct {
	of      reflect.Type
	isInput bool
}

// The two schemas of FastAPI's refusals; its generation of the document shows
// neither input nor ctx.
var (
	validationError = &schema{
		Properties: ordered[*schema]{
			{"loc", &schema{Type: "array", Items: &schema{AnyOf: []*schema{{Type: "string"}, {Type: "integer"}}}, Title: "Location"}},
			{"msg", &schema{Type: "string", Title: "Message"}},
			{"type", &schema{Type: "string", Title: "Error Type"}},
		},
		Type: "object", Required: []string{"loc", "msg", "type"}, Title: "ValidationError",
	}
	httpValidationError = &schema{
		Properties: ordered[*schema]{
			{"detail", &schema{Type: "array", Items: &schema{Ref: refTo("ValidationError")}, Title: "Detail"}},
		},
		Type: "object", Title: "HTTPValidationError",
	}
)

func refTo(name string) string { return "#/components/schemas/" + name }

// named returns a reference to the schema of a key, built on first use. The
// name is taken before build runs, so that a type may refer to itself.
func (d *document) named(key schemaKey, name string, build func() *schema) *schema {
	if known, ok := d.names[key]; ok {
		return &schema{Ref: refTo(known)}
	}
	if owner, taken := d.owners[name]; taken {
		if owner.of != key.of && d.err == nil {
			d.err = fmt.Errorf("%s and %s both want the schema name %s", owner.of, key.of, name)
		}
		if key.isInput {
			name += "-Input"
		} else {
			name += "-Output"
		}
	}
	d.names[key], d.owners[name] = name, key
	s := build()
	s.Title = name
	d.schemas[name] = s
	return &schema{Ref: refTo(name)}
}

// schemaName is the exported form of a type's name: NewUser for newUser,
// Page_Site_ for Page[Site]; "" for a type without a name.
func schemaName(t reflect.Type) string {
	base, args, isGeneric := strings.Cut(t.Name(), "[")
	if base == "" {
		return ""
	}
	name := upperFirst(base)
	if !isGeneric {
		return name
	}
	for _, arg := range strings.Split(strings.TrimSuffix(args, "]"), ",") {
		name += "_" + upperFirst(arg[strings.LastIndexAny(arg, "./")+1:])
	}
	return name + "_"
}

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// titleOf is pydantic's title of a name: "Client Id" for client_id.
func titleOf(name string) string {
	out := []rune(strings.TrimSpace(strings.ReplaceAll(name, "_", " ")))
	previous := ' '
	for i, c := range out {
		out[i] = unicode.ToLower(c)
		if !unicode.IsLetter(previous) {
			out[i] = unicode.ToUpper(c)
		}
		previous = c
	}
	return string(out)
}

// object is the schema of values that are bound by name.
func (d *document) object(fields []*Field) *schema {
	s := &schema{Type: "object"}
	for _, f := range fields {
		d.property(s, f.Name, d.input(f), f.Required)
	}
	return s
}

func (d *document) property(s *schema, name string, value *schema, required bool) {
	if value.Ref == "" {
		value.Title = titleOf(name)
	}
	s.Properties.set(name, value)
	if required {
		s.Required = append(s.Required, name)
	}
}

// input is the schema of a bound value, with its bounds and its default.
func (d *document) input(f *Field) *schema {
	t, isNullable := Optional(f.Type)
	s := d.typed(t, true)
	at := s
	if f.isList {
		at = s.Items
	}
	at.Minimum, at.Maximum, at.MinLength, at.MaxLength, at.Enum = f.Ge, f.Le, f.MinLen, f.MaxLen, f.Enum
	if f.Pattern != nil {
		at.Pattern = f.Pattern.String()
	}
	if isNullable {
		s = orNull(s)
	}
	if f.HasDefault && !f.isList {
		s.Default = defaultOf(at.Type, f.Default)
	}
	return s
}

func defaultOf(kind, text string) json.RawMessage {
	switch kind {
	case "integer", "number", "boolean":
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
		if b, err := strconv.ParseBool(text); err == nil && kind == "boolean" {
			return strconv.AppendBool(nil, b)
		}
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always encodes
	}
	return quoted
}

func orNull(s *schema) *schema { return &schema{AnyOf: []*schema{s, {Type: "null"}}} }

// output is the schema of a value that a dialect writes.
func (d *document) output(t reflect.Type) *schema { return d.typed(t, false) }

// described is a [ValueBinder] that says what it reads: "string" and "date".
type described interface {
	OpenAPI() (kind, format string)
}

// typed is the schema of a type; {}, which is anything, for a type that writes
// or reads itself in a way only it knows.
func (d *document) typed(t reflect.Type, isInput bool) *schema {
	if inner, ok := Optional(t); ok {
		return orNull(d.typed(inner, isInput))
	}
	switch t {
	case reflect.TypeFor[uuid.UUID]():
		return &schema{Type: "string", Format: "uuid"}
	case reflect.TypeFor[Email]():
		return &schema{Type: "string", Format: "email"}
	case reflect.TypeFor[Float]():
		return &schema{Type: "number"}
	case reflect.TypeFor[NaiveTime](), reflect.TypeFor[RailsTime](), reflect.TypeFor[time.Time]():
		return &schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[Upload]():
		return &schema{Type: "string", Format: "binary"}
	case reflect.TypeFor[jsonvalue.Value]():
		return &schema{}
	}
	if self, ok := reflect.Zero(t).Interface().(described); ok && isInput {
		kind, format := self.OpenAPI()
		return &schema{Type: kind, Format: format}
	}
	switch {
	case isInput && t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(reflect.TypeFor[ValueBinder]()),
		!isInput && t.Implements(reflect.TypeFor[json.Marshaler]()):
		return &schema{}
	case !isInput && t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return &schema{Type: "string"}
	}
	switch t.Kind() {
	case reflect.String:
		return &schema{Type: "string"}
	case reflect.Bool:
		if isInput && d.isRails {
			return booleanSent()
		}
		return &schema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &schema{Type: "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &schema{Type: "integer"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return &schema{Type: "string", Format: "byte"}
		}
		return &schema{Type: "array", Items: d.typed(t.Elem(), isInput)}
	case reflect.Map:
		return &schema{Type: "object", AdditionalProperties: d.typed(t.Elem(), isInput)}
	case reflect.Struct:
		return d.structure(t, isInput)
	default:
		return &schema{}
	}
}

// structure is the schema of a struct: a reference when its type has a name.
func (d *document) structure(t reflect.Type, isInput bool) *schema {
	build := func() *schema {
		s := &schema{Type: "object"}
		d.members(s, t)
		return s
	}
	if isInput {
		build = func() *schema {
			fields, err := fieldsOf(t, nil)
			if err != nil && d.err == nil {
				d.err = fmt.Errorf("%s: %w", t, err)
			}
			return d.object(fields)
		}
	}
	name := schemaName(t)
	if name == "" {
		return build()
	}
	return d.named(schemaKey{t, isInput}, name, build)
}

// members adds the fields of a struct as encoding/json writes them: embedded
// structs flattened, the outer of two fields of one name kept.
func (d *document) members(s *schema, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		embedded := f.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case f.Anonymous && name == "" && embedded.Kind() == reflect.Struct:
			d.members(s, embedded)
			continue
		case !f.IsExported(), name == "-" && options == "":
			continue
		case name == "":
			name = f.Name
		}
		mayLack := slices.ContainsFunc(strings.Split(options, ","), func(o string) bool { return o == "omitempty" || o == "omitzero" })
		s.Required = slices.DeleteFunc(s.Required, func(other string) bool { return other == name })
		d.property(s, name, d.output(f.Type), !mayLack)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
