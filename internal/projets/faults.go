package projets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// The longest texts, in characters.
const (
	maxName = 255
	maxText = 4000
)

// faults are what is wrong with the values of a request, all of it.
type faults []errs.Fault

func (f *faults) add(field, code, message string, input any) {
	*f = append(*f, errs.Fault{Loc: []any{field}, Code: code, Message: message, Input: input})
}

func (f *faults) missing(field string) { f.add(field, "missing", "can't be blank", nil) }

func (f *faults) taken(field string, input any) {
	f.add(field, "taken", "has already been taken", input)
}

func (f *faults) invalid(field string, input any) { f.add(field, "invalid", "is invalid", input) }

// notIncluded is the fault of a value that names nothing, or is none of a few.
func (f *faults) notIncluded(field string, input any) {
	f.add(field, "literal_error", "is not included in the list", input)
}

func (f *faults) tooLong(field string, limit int, input string) bool {
	if utf8.RuneCountInString(input) <= limit {
		return false
	}
	f.add(field, "string_too_long", "is too long", input)
	(*f)[len(*f)-1].Ctx = map[string]any{"max_length": limit}
	return true
}

// err returns an Invalid error with all the faults, nil without any.
func (f *faults) err() error { return errs.Faulty(*f) }

// join adds the faults that err carries; any other error is returned.
func (f *faults) join(err error) error {
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid || len(e.Faults) == 0 {
		return err
	}
	*f = append(*f, e.Faults...)
	return nil
}

// clean adds a fault for a text with a control character, which nobody types
// and which breaks a list, a mail or a log; a long text may have lines and
// tabs.
func (f *faults) clean(field string, limit int, text string) {
	if strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && (limit <= maxName || !strings.ContainsRune("\r\n\t", r))
	}) {
		f.add(field, "control_character", "is invalid", text)
	}
}

// required returns a text that must be there and not blank.
func (f *faults) required(field string, o api.Opt[string], limit int) string {
	v, _ := o.Get()
	if strings.TrimSpace(v) == "" {
		f.missing(field)
		return ""
	}
	f.tooLong(field, limit, v)
	f.clean(field, limit, v)
	return v
}

// text changes a text that must not be blank, when it was sent.
func (f *faults) text(field string, dst *string, o api.Opt[string], limit int) {
	if o.Set {
		*dst = f.required(field, o, limit)
	}
}

// optionalText changes a text that may be null, when it was sent. An empty one
// leaves null as it is: a form sends it for each field that nobody filled in.
func (f *faults) optionalText(field string, dst **string, o api.Opt[string], limit int) {
	if !o.Set || *dst == nil && o.Value == "" {
		return
	}
	*dst = o.Ptr()
	if *dst != nil {
		f.tooLong(field, limit, **dst)
		f.clean(field, limit, **dst)
	}
}

// value changes what may not be null, when it was sent.
func value[T any](f *faults, field string, dst *T, o api.Opt[T]) {
	switch {
	case !o.Set:
	case o.Null:
		f.missing(field)
	default:
		*dst = o.Value
	}
}

// optional changes what may be null, when it was sent.
func optional[T any](dst **T, o api.Opt[T]) {
	if o.Set {
		*dst = o.Ptr()
	}
}

// inUse is the error of deleting what others hang on.
func inUse(by string) error { return errs.NewInvalid(by, "in_use", "are in the way") }
