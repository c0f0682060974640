package api

import (
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"

	"intendant/internal/api/jsonvalue"
)

// decoder reads a value into dst and reports to b what is wrong with it.
type decoder func(v jsonvalue.Value, dst reflect.Value, b *binding)

// makeDecoder sets how the field is read: the bounds of a list's items hold
// for each of them.
func (f *Field) makeDecoder(parents []reflect.Type) error {
	inner, _ := Optional(f.Type)
	isSlice := inner.Kind() == reflect.Slice && !isBinder(inner) && scalarDecoder(inner) == nil
	var decode decoder
	var err error
	if isSlice {
		item, itemErr := decoderOf(inner.Elem(), parents)
		if itemErr != nil {
			return itemErr
		}
		base, _ := Optional(inner.Elem())
		item, err = f.boundItem(base, item)
		decode = f.boundLength(listDecoder(inner, item))
	} else {
		decode, err = decoderOf(inner, parents)
		if err == nil {
			decode, err = f.bound(inner, decode)
		}
	}
	f.decode = optionalDecoder(f.Type, decode)
	return err
}

// decoderOf returns how values of t are read, with pydantic's lax conversions;
// an error when no value of t can be.
func decoderOf(t reflect.Type, parents []reflect.Type) (decoder, error) {
	if isBinder(t) {
		return decodeBinder, nil
	}
	if decode := scalarDecoder(t); decode != nil {
		return decode, nil
	}
	if inner, ok := Optional(t); ok {
		decode, err := decoderOf(inner, parents)
		return optionalDecoder(t, decode), err
	}
	switch t.Kind() {
	case reflect.Slice:
		item, err := decoderOf(t.Elem(), parents)
		return listDecoder(t, item), err
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			break
		}
		item, err := decoderOf(t.Elem(), parents)
		return mapDecoder(t, item), err
	case reflect.Struct:
		return structDecoder(t, parents)
	default:
	}
	return nil, fmt.Errorf("no value can be read into a %s", t)
}

// scalarDecoder returns how the types without parts are read, nil for the
// others.
func scalarDecoder(t reflect.Type) decoder {
	switch t {
	case reflect.TypeFor[uuid.UUID]():
		return exactly(uuidOf)
	case reflect.TypeFor[time.Time]():
		return exactly(datetimeOf)
	case reflect.TypeFor[Email]():
		return exactly(emailOf)
	case reflect.TypeFor[jsonvalue.Value]():
		return exactly(func(v jsonvalue.Value) (jsonvalue.Value, *Problem) { return v, nil })
	}
	switch t.Kind() {
	case reflect.String:
		return decodeString
	case reflect.Int, reflect.Int64:
		return scalar(intOf, reflect.Value.SetInt)
	case reflect.Float64:
		return scalar(floatOf, reflect.Value.SetFloat)
	case reflect.Bool:
		return scalar(boolOf, reflect.Value.SetBool)
	default:
		return nil
	}
}

// scalar makes a decoder of a conversion and a setter.
func scalar[T any](convert func(jsonvalue.Value) (T, *Problem), set func(reflect.Value, T)) decoder {
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		x, problem := convert(v)
		if problem != nil {
			b.refuse(problem, v)
			return
		}
		set(dst, x)
	}
}

var strictString = scalar(stringOf, reflect.Value.SetString)

// decodeString reads a text, and to Rails the text of any scalar.
func decodeString(v jsonvalue.Value, dst reflect.Value, b *binding) {
	if b.isLax {
		v = asText(v)
	}
	strictString(v, dst, b)
}

// asText returns the text of a number or a boolean; other values as they are.
func asText(v jsonvalue.Value) jsonvalue.Value {
	switch v.Kind() {
	case jsonvalue.Bool, jsonvalue.Int, jsonvalue.BigInt, jsonvalue.Float:
		return jsonvalue.OfString(string(v.AppendJSON(nil)))
	default:
		return v
	}
}

// exactly makes a decoder of a conversion to the very type of dst.
func exactly[T any](convert func(jsonvalue.Value) (T, *Problem)) decoder {
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		x, problem := convert(v)
		if problem != nil {
			b.refuse(problem, v)
			return
		}
		*dst.Addr().Interface().(*T) = x
	}
}

func decodeBinder(v jsonvalue.Value, dst reflect.Value, b *binding) {
	if problem := dst.Addr().Interface().(ValueBinder).BindValue(v); problem != nil {
		b.refuse(problem, v)
	}
}

// The places of Opt's fields.
const (
	optSet = iota
	optNull
	optValue
)

// optionalDecoder reads an Opt or a pointer, of which null is a value; any
// other type is read by decode itself.
func optionalDecoder(t reflect.Type, decode decoder) decoder {
	switch {
	case t.Kind() == reflect.Pointer:
		inner := t.Elem()
		return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
			if v.Kind() == jsonvalue.Null {
				return
			}
			dst.Set(reflect.New(inner))
			decode(v, dst.Elem(), b)
		}
	case isOptional(t):
		return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
			dst.Field(optSet).SetBool(true)
			if v.Kind() == jsonvalue.Null {
				dst.Field(optNull).SetBool(true)
				return
			}
			decode(v, dst.Field(optValue), b)
		}
	}
	return decode
}

var (
	listType = &Problem{Code: "list_type", Message: "Input should be a valid list"}
	dictType = &Problem{Code: "dict_type", Message: "Input should be a valid dictionary"}
)

func listDecoder(t reflect.Type, item decoder) decoder {
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		if v.Kind() != jsonvalue.Array {
			b.refuse(listType, v)
			return
		}
		items := v.Items()
		list := reflect.MakeSlice(t, len(items), len(items))
		for i, x := range items {
			b.enterItem(i)
			item(x, list.Index(i), b)
			b.leave()
		}
		dst.Set(list)
	}
}

func mapDecoder(t reflect.Type, item decoder) decoder {
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		if v.Kind() != jsonvalue.Object {
			b.refuse(dictType, v)
			return
		}
		members := v.Members()
		table := reflect.MakeMapWithSize(t, len(members))
		for _, m := range members {
			b.enter(m.Key)
			x := reflect.New(t.Elem()).Elem()
			item(m.Value, x, b)
			table.SetMapIndex(reflect.ValueOf(m.Key).Convert(t.Key()), x)
			b.leave()
		}
		dst.Set(table)
	}
}

func structDecoder(t reflect.Type, parents []reflect.Type) (decoder, error) {
	fields, err := fieldsWithin(t, nil, parents)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("no field of %s has a json tag", t)
	}
	for _, f := range fields {
		if f.Source != FromJSON {
			return nil, fmt.Errorf("%s of %s comes from the %s, inside a body", f.Name, t, f.Source)
		}
	}
	return func(v jsonvalue.Value, dst reflect.Value, b *binding) {
		b.bindObject(fields, v, dst)
	}, nil
}
