package api

import (
	"fmt"
	"io"
	"mime/multipart"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Field is one value of In: what the binder and the documents know of it.
type Field struct {
	Name         string
	Source       Source
	Type         reflect.Type
	Required     bool
	Default      string
	HasDefault   bool
	IsDependency bool     // of a shared dependency: its faults come first
	IsRoot       bool     // an object without which a body is malformed: root:"true"
	Ge, Le       *float64 // bounds of a number, or of a list's numbers
	MinLen       int      // characters of a text, items of a list; 0 for no bound
	MaxLen       int
	Pattern      *regexp.Regexp
	Enum         []string

	index       []int
	isList      bool // every value of a repeated parameter counts
	mayLackBody bool // the whole body may be left out
	keepsEmpty  bool // an empty text of a form is a value: empty:"true"
	blankIsNull bool // Rails reads a blank text as no value
	decode      decoder
}

// read completes the field from its declaration.
func (f *Field) read(sf reflect.StructField, parents []reflect.Type) error {
	if !sf.IsExported() {
		return fmt.Errorf("is not exported")
	}
	f.Default, f.HasDefault = sf.Tag.Lookup("default")
	f.IsDependency = sf.Tag.Get("dep") == "true"
	f.mayLackBody = sf.Tag.Get("body_optional") == "true"
	f.IsRoot = sf.Tag.Get("root") == "true"
	inner, isOptional := Optional(f.Type)
	f.keepsEmpty = sf.Tag.Get("empty") == "true"
	if f.keepsEmpty && (f.Source != FromForm || inner.Kind() != reflect.String) {
		return fmt.Errorf("an empty %s of the %s is no value", f.Type, f.Source)
	}
	f.blankIsNull = blankIsNull(inner)
	if f.IsRoot && (f.Source != FromJSON || inner.Kind() != reflect.Struct || isOptional) {
		return fmt.Errorf("a root is an object of the body, not a %s", f.Type)
	}
	f.isList = isRepeated(f.Source, inner)
	f.Required = !f.HasDefault && !isOptional && (!f.isList || f.Source == FromFile)
	if err := f.readBounds(sf.Tag); err != nil {
		return err
	}
	if f.Source == FromRaw {
		if f.Type != reflect.TypeFor[[]byte]() {
			return fmt.Errorf("a raw body is bytes, not a %s", f.Type)
		}
		f.Required = false
		return nil
	}
	if f.Source == FromFile {
		if inner != reflect.TypeFor[Upload]() && f.Type != reflect.TypeFor[[]Upload]() {
			return fmt.Errorf("a file is an Upload, not a %s", f.Type)
		}
		return f.checkDefault()
	}
	if err := f.makeDecoder(parents); err != nil {
		return err
	}
	if f.isText() && !f.isList && !takesText(inner) {
		return fmt.Errorf("a %s cannot be read from the %s", f.Type, f.Source)
	}
	return f.checkDefault()
}

// isText reports whether the value comes as text, not as JSON.
func (f *Field) isText() bool {
	return f.Source == FromPath || f.Source == FromQuery || f.Source == FromForm
}

// isRepeated reports whether each value of a repeated parameter is an item.
func isRepeated(source Source, t reflect.Type) bool {
	return t.Kind() == reflect.Slice && !isBinder(t) &&
		(source == FromQuery || source == FromForm || source == FromFile)
}

// takesText reports whether a text can become a value of t.
func takesText(t reflect.Type) bool {
	if isBinder(t) || scalarDecoder(t) != nil {
		return true
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Struct:
		return false
	default:
		return true
	}
}

// blankIsNull reports whether a blank text is no value of t: t is neither a
// text nor made of parts.
func blankIsNull(t reflect.Type) bool {
	if isBinder(t) || t == reflect.TypeFor[Email]() || t == reflect.TypeFor[uuid.UUID]() || t == reflect.TypeFor[time.Time]() {
		return true
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64, reflect.Bool:
		return true
	default:
		return false
	}
}

// readBounds reads the tags that narrow what is accepted.
func (f *Field) readBounds(tag reflect.StructTag) error {
	for name, dst := range map[string]**float64{"ge": &f.Ge, "le": &f.Le} {
		if text, ok := tag.Lookup(name); ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fmt.Errorf("bound %s: %w", name, err)
			}
			*dst = &n
		}
	}
	for name, dst := range map[string]*int{"minlen": &f.MinLen, "maxlen": &f.MaxLen} {
		if text, ok := tag.Lookup(name); ok {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return fmt.Errorf("bound %s: %q is not a length", name, text)
			}
			*dst = n
		}
	}
	if text, ok := tag.Lookup("pattern"); ok {
		re, err := regexp.Compile(text)
		if err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
		f.Pattern = re
	}
	if text, ok := tag.Lookup("enum"); ok {
		f.Enum = strings.Split(text, "|")
	}
	return nil
}

func isBinder(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[ValueBinder]())
}

func isOptional(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.Implements(reflect.TypeFor[interface{ isOpt() }]())
}

// Optional returns the type inside an Opt or a pointer, and whether t was one.
func Optional(t reflect.Type) (reflect.Type, bool) {
	switch {
	case t.Kind() == reflect.Pointer:
		return t.Elem(), true
	case isOptional(t):
		return t.Field(optValue).Type, true
	}
	return t, false
}

func openUpload(h *multipart.FileHeader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return h.Open() }
}
