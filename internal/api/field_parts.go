package api

import "reflect"

// Parts returns the fields of the object that the value is, or of each object
// of the list that it is; nil when it is neither, or reads itself.
func (f *Field) Parts() []*Field {
	if f.Source != FromJSON && f.Source != FromBody {
		return nil
	}
	t, _ := Optional(f.Type)
	if t.Kind() == reflect.Slice && !isBinder(t) {
		t, _ = Optional(t.Elem())
	}
	if t.Kind() != reflect.Struct || isBinder(t) || scalarDecoder(t) != nil {
		return nil
	}
	fields, err := fieldsOf(t, nil)
	if err != nil {
		return nil // the route that has it was refused at start
	}
	return fields
}
