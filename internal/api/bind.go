package api

import (
	"maps"
	"mime/multipart"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// input is a request as the binder sees it.
type input struct {
	path  func(name string) (string, bool)
	query url.Values
	body  body
	// isLax converts values as Rails does: any scalar to a text, a blank text
	// to nothing.
	isLax bool
	// keepsIn leaves what was bound in in, for the view.
	keepsIn bool
	in      any
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
	bodyBytes
)

// binding is one request being bound: the way to the value at hand, and what
// is wrong so far.
type binding struct {
	way    []step
	faults []errs.Fault
	space  [6]step // the usual way, without a second allocation
	isLax  bool
}

// step is one of a way: the name of a member, or the index of an item.
type step struct {
	name    string
	index   int
	isIndex bool
}

// refuse reports the value at hand.
func (b *binding) refuse(p *Problem, input any) {
	loc := make([]any, len(b.way))
	for i, s := range b.way {
		if s.isIndex {
			loc[i] = s.index
		} else {
			loc[i] = s.name
		}
	}
	b.faults = append(b.faults, errs.Fault{Loc: loc, Code: p.Code, Message: p.Message, Input: input, Ctx: p.Ctx})
}

// enter goes one step down to a member, enterItem to an item; leave comes back.
func (b *binding) enter(name string) { b.way = append(b.way, step{name: name}) }

func (b *binding) enterItem(index int) { b.way = append(b.way, step{index: index, isIndex: true}) }

func (b *binding) leave() { b.way = b.way[:len(b.way)-1] }

var (
	missing   = &Problem{Code: "missing", Message: "Field required"}
	modelType = &Problem{Code: "model_attributes_type", Message: "Input should be a valid dictionary or object to extract fields from"}
)

// bind fills dst, a struct of the plan's type, and reports every fault at
// once: parameters of dependencies first, then path, query and body, each in
// field order.
func (p *plan) bind(in *input, dst reflect.Value) []errs.Fault {
	b := &binding{isLax: in.isLax}
	b.way = b.space[:0]
	for _, group := range p.groups {
		for _, f := range group {
			b.bindParameter(f, in, dst.FieldByIndex(f.index))
		}
	}
	switch p.kind {
	case bodyJSON:
		b.bindJSON(p, &in.body, dst)
	case bodyForm:
		b.enter("body")
		for _, f := range p.bodyFields {
			b.enter(f.Name)
			b.bindForm(f, &in.body, dst.FieldByIndex(f.index))
			b.leave()
		}
	case bodyBytes:
		dst.FieldByIndex(p.bodyFields[0].index).SetBytes([]byte(in.body.raw))
	default:
	}
	return b.faults
}

// bindParameter binds a parameter of the path or the query; of a repeated one
// the last counts.
func (b *binding) bindParameter(f *Field, in *input, dst reflect.Value) {
	if f.Source == FromPath {
		b.enter("path")
		b.enter(f.Name)
		if text, ok := in.path(f.Name); ok {
			f.decode(jsonvalue.OfString(text), dst, b)
		} else {
			b.absent(f, dst, nil)
		}
	} else {
		b.enter("query")
		b.enter(f.Name)
		b.bindTexts(f, in.query[f.Name], dst)
	}
	b.leave()
	b.leave()
}

// bindTexts binds the values of a query parameter or a form field: all of them
// to a list, the last one to anything else.
func (b *binding) bindTexts(f *Field, values []string, dst reflect.Value) {
	switch {
	case len(values) == 0:
		b.absent(f, dst, nil)
	case f.isList:
		items := make([]jsonvalue.Value, len(values))
		for i, text := range values {
			items[i] = jsonvalue.OfString(text)
		}
		f.decode(jsonvalue.OfArray(items...), dst, b)
	default:
		if v, ok := b.read(f, jsonvalue.OfString(values[len(values)-1])); ok {
			f.decode(v, dst, b)
		} else {
			b.absent(f, dst, nil)
		}
	}
}

// bindForm binds a field of a form, where an empty text counts as absent: a
// page sends the fields nobody filled so, and FastAPI reads them so. A field
// with the tag empty:"true" keeps it: to send it is to clear something.
func (b *binding) bindForm(f *Field, in *body, dst reflect.Value) {
	if f.Source == FromFile {
		b.bindFile(f, in.filesOf(f.Name), dst)
		return
	}
	values := in.form[f.Name]
	if n := len(values); n > 0 && values[n-1] == "" && !f.keepsEmpty && (n == 1 || !f.isList) {
		values = nil
	}
	b.bindTexts(f, values, dst)
}

// AnyFile names, in the tag of a file, every field of a form at once: some
// clients call the field one thing, some another.
const AnyFile = "*"

// filesOf returns the files sent under a name, or all of them, in the order of
// their fields' names.
func (b *body) filesOf(name string) []*multipart.FileHeader {
	if name != AnyFile {
		return b.files[name]
	}
	var all []*multipart.FileHeader
	for _, field := range slices.Sorted(maps.Keys(b.files)) {
		all = append(all, b.files[field]...)
	}
	return all
}

// bindFile binds the files sent under one name.
func (b *binding) bindFile(f *Field, headers []*multipart.FileHeader, dst reflect.Value) {
	if len(headers) == 0 {
		b.absent(f, dst, nil)
		return
	}
	uploads := make([]Upload, len(headers))
	for i, h := range headers {
		uploads[i] = Upload{
			Name: h.Filename, ContentType: h.Header.Get("Content-Type"), Size: h.Size,
			Open: openUpload(h),
		}
	}
	switch dst := dst.Addr().Interface().(type) {
	case *[]Upload:
		*dst = uploads
	case *Upload:
		*dst = f.pick(uploads)
	case **Upload:
		upload := f.pick(uploads)
		*dst = &upload
	case *Opt[Upload]:
		*dst = Some(f.pick(uploads))
	}
}

// pick returns the file that counts where one is wanted: the last under a name,
// as of any parameter, but the first of all.
func (f *Field) pick(uploads []Upload) Upload {
	if f.Name == AnyFile {
		return uploads[0]
	}
	return uploads[len(uploads)-1]
}

// bindJSON binds the fields of a JSON body, or the body as a whole.
func (b *binding) bindJSON(p *plan, in *body, dst reflect.Value) {
	b.enter("body")
	defer b.leave()
	value := in.json
	switch {
	case in.kind == bodyRaw:
		value = jsonvalue.OfString(in.raw)
	case in.kind != bodyJSON || value.Kind() == jsonvalue.Null:
		if !p.bodyOptional {
			b.refuse(missing, nil)
			return
		}
		for _, f := range p.bodyFields {
			if f.HasDefault {
				b.absent(f, dst.FieldByIndex(f.index), nil)
			}
		}
		return
	}
	if whole := p.bodyFields[0]; whole.Source == FromBody {
		whole.decode(value, dst.FieldByIndex(whole.index), b)
		return
	}
	b.bindObject(p.bodyFields, value, dst)
}

// bindObject binds the members of a JSON object to the fields of dst.
func (b *binding) bindObject(fields []*Field, value jsonvalue.Value, dst reflect.Value) {
	if value.Kind() != jsonvalue.Object {
		b.refuse(modelType, value)
		return
	}
	for _, f := range fields {
		b.enter(f.Name)
		v, ok := value.Get(f.Name)
		if ok {
			v, ok = b.read(f, v)
		}
		if ok {
			f.decode(v, dst.FieldByIndex(f.index), b)
		} else {
			b.absent(f, dst.FieldByIndex(f.index), value)
		}
		b.leave()
	}
}

// read returns a value as the field takes it, and false when it is none. To
// Rails a blank text is no number, date or boolean, and null is no value where
// one is required.
func (b *binding) read(f *Field, v jsonvalue.Value) (jsonvalue.Value, bool) {
	if !b.isLax {
		return v, true
	}
	if f.blankIsNull && v.Kind() == jsonvalue.String && strings.TrimSpace(v.Text()) == "" {
		v = jsonvalue.Value{}
	}
	_, isOptional := Optional(f.Type)
	return v, isOptional || v.Kind() != jsonvalue.Null
}

// absent gives the field its default, or reports it missing from container.
func (b *binding) absent(f *Field, dst reflect.Value, container any) {
	switch {
	case f.HasDefault:
		f.setDefault(dst, b)
	case f.Required:
		b.refuse(missing, container)
	case f.isList && dst.Kind() == reflect.Slice:
		f.decode(jsonvalue.OfArray(), dst, b)
	}
}

// setDefault gives the field its default. An empty one means nothing: no
// items, or a text that need not keep the bounds of those sent.
func (f *Field) setDefault(dst reflect.Value, b *binding) {
	switch {
	case f.isList:
		dst.Set(reflect.MakeSlice(f.Type, 0, 0))
	case f.Default == "" && f.Type.Kind() == reflect.String && !isBinder(f.Type):
		dst.SetZero()
	default:
		f.decode(jsonvalue.OfString(f.Default), dst, b)
	}
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
