package api

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Source is where a value of In comes from.
type Source string

// The sources are named as the tags are.
const (
	FromPath  Source = "path"
	FromQuery Source = "query"
	FromJSON  Source = "json"
	FromForm  Source = "form"
	FromFile  Source = "file"
	FromBody  Source = "body" // the JSON body as a whole
	FromRaw   Source = "raw"  // the bytes of the body, whatever they are
)

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
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is not a struct", t)
	}
	p := &plan{}
	err := p.build(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	known, _ := plans.LoadOrStore(t, p)
	return known.(*plan), nil
}

func (p *plan) build(t reflect.Type) error {
	fields, err := fieldsOf(t, nil)
	if err != nil {
		return err
	}
	p.fields = fields
	for _, f := range fields {
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
			err = p.addBody(bodyJSON, f)
		case FromForm, FromFile:
			err = p.addBody(bodyForm, f)
		case FromRaw:
			err = p.addBody(bodyBytes, f)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	for _, f := range p.bodyFields {
		if p.bodyOptional && f.Required {
			return fmt.Errorf("%s is required in a body that may be absent", f.Name)
		}
	}
	return nil
}

func (p *plan) addBody(kind bodyKind, f *Field) error {
	if p.kind != bodyNone && p.kind != kind {
		return errors.New("a body is JSON or a form, not both")
	}
	isWhole := f.Source == FromBody || f.Source == FromRaw
	if len(p.bodyFields) > 0 && (isWhole || p.bodyFields[0].Source == FromBody || p.bodyFields[0].Source == FromRaw) {
		return errors.New("a whole body has no other fields")
	}
	p.kind = kind
	p.bodyFields = append(p.bodyFields, f)
	p.bodyOptional = p.bodyOptional || f.mayLackBody || isWhole && !f.Required
	return nil
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
	return fieldsWithin(t, prefix, nil)
}

// fieldsWithin is fieldsOf inside the structs being read already.
func fieldsWithin(t reflect.Type, prefix []int, parents []reflect.Type) ([]*Field, error) {
	if slices.Contains(parents, t) {
		return nil, fmt.Errorf("%s holds itself", t)
	}
	parents = append(parents[:len(parents):len(parents)], t)
	var fields []*Field
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(prefix[:len(prefix):len(prefix)], i)
		source, name, err := sourceTag(sf.Tag)
		if err == nil && source == "" && sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			if sf.Type == reflect.TypeFor[Form]() {
				continue
			}
			inner, err := fieldsWithin(sf.Type, index, parents)
			if err != nil {
				return nil, err
			}
			fields = append(fields, inner...)
			continue
		}
		if err == nil && source == "" {
			continue
		}
		f := &Field{Source: source, Name: name, Type: sf.Type, index: index}
		if err == nil {
			err = f.read(sf, parents)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sf.Name, err)
		}
		fields = append(fields, f)
	}
	return fields, doubled(fields)
}

// doubled reports a name given twice.
func doubled(fields []*Field) error {
	type key struct {
		source Source
		name   string
	}
	seen := make(map[key]bool, len(fields))
	for _, f := range fields {
		k := key{f.Source, f.Name}
		if seen[k] {
			return fmt.Errorf("%s %q is there twice", f.Source, f.Name)
		}
		seen[k] = true
	}
	return nil
}

// sourceTag returns where a tag says the value comes from, "" when it does not
// say.
func sourceTag(tag reflect.StructTag) (source Source, name string, err error) {
	for _, s := range []Source{FromPath, FromQuery, FromJSON, FromForm, FromFile, FromBody, FromRaw} {
		value, ok := tag.Lookup(string(s))
		value, _, _ = strings.Cut(value, ",") // json:"nom,omitempty"
		if !ok || value == "-" {
			continue
		}
		if source != "" {
			return "", "", fmt.Errorf("comes from both %s and %s", source, s)
		}
		if value == "" && s != FromBody && s != FromRaw {
			return "", "", fmt.Errorf("the %s tag has no name", s)
		}
		source, name = s, value
	}
	return source, name, nil
}

// checkDefault binds the default once, so that a bad one is found at start.
func (f *Field) checkDefault() error {
	switch {
	case !f.HasDefault:
		return nil
	case f.isList && (f.Default != "" || f.Type.Kind() != reflect.Slice):
		return errors.New("the default of a list is empty, that of an optional list is none")
	case f.Source == FromFile && !f.isList:
		return errors.New("a file has no default")
	}
	b := &binding{}
	f.setDefault(reflect.New(f.Type).Elem(), b)
	if len(b.faults) > 0 {
		return fmt.Errorf("default %q: %s", f.Default, b.faults[0].Message)
	}
	return nil
}
