package api

import (
	"mime/multipart"
	"net/url"
	"reflect"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// input is a request as the binder sees it.
type input struct {
	path  func(name string) (string, bool)
	query url.Values
	body  body
}

// body is the body as it was read.
type body struct {
	kind  bodyKind
	json  jsonvalue.Value
	raw   string
	form  url.Values
	files map[string][]*multipart.FileHeader
}

type bodyKind int

const (
	bodyNone bodyKind = iota // nothing expected, or nothing sent
	bodyJSON
	bodyRaw // sent to a JSON route with another Content-Type
	bodyForm
)

// bind fills dst, a struct of the plan's type, and reports every fault at
// once: parameters of dependencies first, then path, query and body, each in
// field order.
func (p *plan) bind(in *input, dst reflect.Value) []errs.Fault {
	var faults []errs.Fault
	for _, group := range p.groups {
		for _, f := range group {
			f.bindText(in, dst.FieldByIndex(f.index), &faults)
		}
	}
	switch {
	case p.kind == bodyForm:
		for _, f := range p.bodyFields {
			f.bindForm(in, dst.FieldByIndex(f.index), &faults)
		}
	case p.kind == bodyJSON:
		p.bindJSON(in, dst, &faults)
	}
	return faults
}

// bindJSON binds the fields of a JSON body, or the body as a whole.
func (p *plan) bindJSON(in *input, dst reflect.Value, faults *[]errs.Fault) {
	loc := []any{"body"}
	value := in.body.json
	switch {
	case in.body.kind == bodyRaw:
		value = jsonvalue.OfString(in.body.raw)
	case in.body.kind != bodyJSON || value.Kind() == jsonvalue.Null:
		if !p.bodyOptional {
			*faults = append(*faults, missing(loc, nil))
		}
		return
	}
	if whole := p.bodyFields[0]; whole.Source == FromBody {
		whole.decode(value, dst.FieldByIndex(whole.index), loc, faults)
		return
	}
	bindObject(p.bodyFields, value, dst, loc, faults)
}

// bindObject binds the members of a JSON object to fields.
func bindObject(fields []*Field, value jsonvalue.Value, dst reflect.Value, loc []any, faults *[]errs.Fault) {
	if value.Kind() != jsonvalue.Object {
		*faults = append(*faults, errs.Fault{
			Loc: loc, Code: "model_attributes_type",
			Message: "Input should be a valid dictionary or object to extract fields from", Input: value,
		})
		return
	}
	for _, f := range fields {
		v, ok := value.Get(f.Name)
		if !ok {
			f.absent(dst.FieldByIndex(f.index), below(loc, f.Name), value, faults)
			continue
		}
		f.decode(v, dst.FieldByIndex(f.index), below(loc, f.Name), faults)
	}
}

// below returns loc with one more step, in an array of its own.
func below(loc []any, step any) []any {
	return append(loc[:len(loc):len(loc)], step)
}

// bindText binds a parameter of the path or the query; of a repeated one the
// last counts.
func (f *Field) bindText(in *input, dst reflect.Value, faults *[]errs.Fault) {
	loc := []any{string(f.Source), f.Name}
	if f.Source == FromPath {
		text, ok := in.path(f.Name)
		if !ok {
			f.absent(dst, loc, nil, faults)
			return
		}
		f.decode(jsonvalue.OfString(text), dst, loc, faults)
		return
	}
	values := in.query[f.Name]
	if f.isList {
		f.decodeAll(values, dst, loc, faults)
		return
	}
	if len(values) == 0 {
		f.absent(dst, loc, nil, faults)
		return
	}
	f.decode(jsonvalue.OfString(values[len(values)-1]), dst, loc, faults)
}

// bindForm binds a field of a form, where an empty text counts as absent.
func (f *Field) bindForm(in *input, dst reflect.Value, faults *[]errs.Fault) {
	loc := []any{"body", f.Name}
	if f.Source == FromFile {
		f.bindFile(in.body.files[f.Name], dst, loc, faults)
		return
	}
	values := in.body.form[f.Name]
	if f.isList {
		f.decodeAll(values, dst, loc, faults)
		return
	}
	if len(values) == 0 || values[len(values)-1] == "" {
		f.absent(dst, loc, nil, faults)
		return
	}
	f.decode(jsonvalue.OfString(values[len(values)-1]), dst, loc, faults)
}

func (f *Field) bindFile(headers []*multipart.FileHeader, dst reflect.Value, loc []any, faults *[]errs.Fault) {
	if len(headers) == 0 {
		f.absent(dst, loc, nil, faults)
		return
	}
	uploads := make([]Upload, len(headers))
	for i, h := range headers {
		uploads[i] = Upload{
			Name: h.Filename, ContentType: h.Header.Get("Content-Type"), Size: h.Size,
			Open: openUpload(h),
		}
	}
	if f.isList {
		dst.Set(reflect.ValueOf(uploads))
		return
	}
	dst.Set(reflect.ValueOf(uploads[0]))
}

// decodeAll binds every value of a repeated parameter to a list.
func (f *Field) decodeAll(values []string, dst reflect.Value, loc []any, faults *[]errs.Fault) {
	list := reflect.MakeSlice(dst.Type(), len(values), len(values))
	for i, text := range values {
		f.element(jsonvalue.OfString(text), list.Index(i), below(loc, i), faults)
	}
	dst.Set(list)
}

// absent gives the field its default, or reports it missing from container.
func (f *Field) absent(dst reflect.Value, loc []any, container any, faults *[]errs.Fault) {
	if f.HasDefault {
		f.decode(jsonvalue.OfString(f.Default), dst, loc, faults)
		return
	}
	if f.Required {
		*faults = append(*faults, missing(loc, container))
	}
}

func missing(loc []any, container any) errs.Fault {
	return errs.Fault{Loc: loc, Code: "missing", Message: "Field required", Input: container}
}

// sourceOf returns where the field of this name comes from, as the first step
// of a fault's location.
func (r *Route) sourceOf(name string) string {
	for _, group := range r.plan.groups {
		for _, f := range group {
			if f.Name == name {
				return string(f.Source)
			}
		}
	}
	return "body"
}
