package api

import (
	"io"
	"time"

	"intendant/internal/api/jsonvalue"
)

// Opt is a field that may be left out: absent, null and a value are three
// states. The binder knows its fields by their places.
type Opt[T any] struct {
	Set   bool // sent, be it null
	Null  bool
	Value T
}

// Some returns a field that was sent with this value.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, Value: v} }

// Get returns the value; ok is false when the field is absent or null.
func (o Opt[T]) Get() (v T, ok bool) { return o.Value, o.Set && !o.Null }

// Or returns the value, or fallback when the field is absent or null.
func (o Opt[T]) Or(fallback T) T {
	if v, ok := o.Get(); ok {
		return v
	}
	return fallback
}

// Ptr returns a pointer to the value, nil when the field is absent or null.
func (o Opt[T]) Ptr() *T {
	if v, ok := o.Get(); ok {
		return &v
	}
	return nil
}

func (Opt[T]) isOpt() {}

// Email is a checked e-mail address: outer blanks cut, domain in lower case.
type Email string

// ValueBinder is a type of the binding that a wing declares itself.
type ValueBinder interface {
	// BindValue reads v, a String when it comes from a path, a query or a form.
	BindValue(v jsonvalue.Value) *Problem
}

// Problem is why a value was refused, in the vocabulary of errs.Fault.
type Problem struct {
	Code, Message string
	Ctx           map[string]any
}

// ValueError is pydantic's fault for a value that a rule of the application
// refuses.
func ValueError(reason string) *Problem {
	return &Problem{Code: "value_error", Message: "Value error, " + reason, Ctx: map[string]any{"error": reason}}
}

// Upload is a file of a multipart form.
type Upload struct {
	Name, ContentType string
	Size              int64
	Open              func() (io.ReadCloser, error)
}

// Float is how answers write marks, hours and powers: 1.0, 26.45, 1e+21. It is
// declared where engines, which know nothing of answers, can use it too.
type Float = jsonvalue.Real

// NaiveTime is an instant written in UTC without a zone: 2025-08-13T09:49:13.
type NaiveTime struct{ time.Time }

// naiveLayout has whole seconds: parc's clock has no finer grain.
const naiveLayout = "2006-01-02T15:04:05"

// MarshalJSON writes the time; it never fails.
func (t NaiveTime) MarshalJSON() ([]byte, error) { return t.AppendJSON(nil), nil }

// AppendJSON appends the quoted time.
func (t NaiveTime) AppendJSON(dst []byte) []byte {
	dst = t.UTC().AppendFormat(append(dst, '"'), naiveLayout)
	return append(dst, '"')
}
