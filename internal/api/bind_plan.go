package api

import (
	"fmt"
	"io"
	"mime/multipart"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// Source is where a value of In comes from.
type Source string

// Where a value may come from, as a fault's location begins.
const (
	FromPath  Source = "path"
	FromQuery Source = "query"
	FromJSON  Source = "json"
	FromForm  Source = "form"
	FromFile  Source = "file"
	FromBody  Source = "body" // the JSON body as a whole
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
	Ge, Le       *float64 // bounds of a number
	MinLen       int      // characters of a text, 0 for no bound
	MaxLen       int
	Pattern      *regexp.Regexp
	Enum         []string

	index       []int
	isList      bool
	mayLackBody bool // the whole body may be left out
	decode      decoder
	element     decoder // of a list
}

// decoder reads value into dst and appends what is wrong with it.
type decoder func(value jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault)

// plan is how an In is bound, computed once for each type.
type plan struct {
	fields       []*Field
	groups       [3][]*Field // dependencies, path, query
	bodyFields   []*Field
	kind         bodyKind
	bodyOptional bool // the whole body may be absent
}

var plans sync.Map // reflect.Type to *plan

// planFor returns the plan of an In type; an error is a fault of the program.
func planFor(t reflect.Type) (*plan, error) {
	if known, ok := plans.Load(t); ok {
		return known.(*plan), nil
	}
	p := &plan{}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is not a struct", t)
	}
	fields, err := fieldsOf(t, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	for _, f := range fields {
		p.fields = append(p.fields, f)
		switch f.Source {
		case FromPath:
			p.groups[1] = append(p.groups[1], f)
		case FromQuery:
			group := 2
			if f.IsDependency {
				group = 0
			}
			p.groups[group] = append(p.groups[group], f)
		case FromJSON, FromBody:
			p.kind = bodyJSON
			p.bodyFields = append(p.bodyFields, f)
			p.bodyOptional = !f.Required && f.mayLackBody
		case FromForm, FromFile:
			p.kind = bodyForm
			p.bodyFields = append(p.bodyFields, f)
		}
	}
	known, _ := plans.LoadOrStore(t, p)
	return known.(*plan), nil
}

// body returns the kind of body the plan wants.
func (p *plan) body() bodyKind { return p.kind }

// Fields returns the values of the route's In, in declaration order.
func (r *Route) Fields() []*Field {
	if r.plan == nil {
		return nil
	}
	return r.plan.fields
}

// fieldsOf reads the tags of a struct; embedded structs are flattened.
func fieldsOf(t reflect.Type, prefix []int) ([]*Field, error) {
	var fields []*Field
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(prefix[:len(prefix):len(prefix)], i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			if sf.Type == reflect.TypeFor[Form]() {
				continue
			}
			inner, err := fieldsOf(sf.Type, index)
			if err != nil {
				return nil, err
			}
			fields = append(fields, inner...)
			continue
		}
		f, err := fieldOf(sf, index)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sf.Name, err)
		}
		if f != nil {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

func fieldOf(sf reflect.StructField, index []int) (*Field, error) {
	f := &Field{Type: sf.Type, index: index}
	for _, source := range []Source{FromPath, FromQuery, FromJSON, FromForm, FromFile, FromBody} {
		if name, ok := sf.Tag.Lookup(string(source)); ok {
			f.Source, f.Name = source, name
		}
	}
	if f.Source == "" {
		return nil, nil
	}
	f.Default, f.HasDefault = sf.Tag.Lookup("default")
	f.IsDependency = sf.Tag.Get("dep") == "true"
	f.isList = sf.Type.Kind() == reflect.Slice && (f.Source == FromQuery || f.Source == FromForm || f.Source == FromFile)
	f.Required = !f.HasDefault && sf.Type.Kind() != reflect.Pointer && !isOptional(sf.Type) &&
		(!f.isList || f.Source == FromFile)
	f.mayLackBody = sf.Tag.Get("body_optional") == "true"
	if err := f.readBounds(sf.Tag); err != nil {
		return nil, err
	}
	if f.Source == FromFile {
		if sf.Type != reflect.TypeFor[Upload]() && sf.Type != reflect.TypeFor[[]Upload]() {
			return nil, fmt.Errorf("a file is an Upload, not %s", sf.Type)
		}
		return f, nil
	}
	t := sf.Type
	if f.isList {
		t = t.Elem()
	}
	decode, err := decoderOf(t)
	if err != nil {
		return nil, err
	}
	f.decode = f.within(decode)
	if f.isList {
		f.element = f.decode
	}
	return f, nil
}

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
			if err != nil {
				return fmt.Errorf("bound %s: %w", name, err)
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

func isOptional(t reflect.Type) bool {
	_, ok := reflect.Zero(t).Interface().(interface{ isOpt() })
	return ok
}

// Optional returns the type inside an Opt or a pointer, and whether t was one.
func Optional(t reflect.Type) (reflect.Type, bool) {
	switch {
	case t.Kind() == reflect.Pointer:
		return t.Elem(), true
	case t.Kind() == reflect.Struct && isOptional(t):
		return t.Field(2).Type, true
	}
	return t, false
}

func openUpload(h *multipart.FileHeader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return h.Open() }
}
