package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/tableur"
	"intendant/web/catalog"
)

// form is what a page shows of a form: the values, and what is wrong beside
// each field.
type form struct {
	values url.Values
	faults map[string][]string
	// General are the faults of no field in particular.
	General []string
}

// formWith returns a form to fill in, with the values it begins with.
func formWith(pairs ...string) form {
	f := form{values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// formSent returns the form of ctx's request as it was sent, for a view, with
// what err says is wrong; see [Admin.formOf].
func (a *Admin) formSent(ctx context.Context, err error) (form, error) {
	return a.formOf(ctx, api.Form{Values: api.RequestFrom(ctx).Form}, err)
}

// Value returns the value of a field, the last one where a box left unticked
// is sent as a hidden field before it.
func (f form) Value(name string) string {
	if values := f.values[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// Has reports whether a value of the field is v.
func (f form) Has(name, v string) bool { return slices.Contains(f.values[name], v) }

// IsFaulty reports whether anything is wrong.
func (f form) IsFaulty() bool { return len(f.faults) > 0 || len(f.General) > 0 }

// conflicts say which field of a form a clash with the base belongs to.
var conflicts = map[string]string{
	"email_taken": "email", "matricule_taken": "matricule", "user_name_taken": "user_name", "role_taken": "name", "code_taken": "code",
	"bad_login": "password", "client_unknown": "client", "template_name_taken": "name",
}

// formOf returns the form as it was sent, with the faults of the binding and
// those of err, which is what the service said. An error that is not about the
// values is returned.
func (a *Admin) formOf(ctx context.Context, sent api.Form, err error) (form, error) {
	f := form{values: sent.Values, faults: map[string][]string{}}
	if f.values == nil {
		f.values = url.Values{}
	}
	faults := sent.Faults
	if err != nil {
		e := errs.As(err)
		switch {
		case e == nil:
			return f, err
		case e.Kind == errs.Invalid && len(e.Faults) > 0:
			faults = append(slices.Clip(faults), e.Faults...)
		case e.Kind == errs.Conflict || e.Kind == errs.Invalid || e.Kind == errs.Throttled || e.Code == "bad_login":
			f.add(conflicts[e.Code], a.errorText(ctx, e))
		default:
			return f, err
		}
	}
	for _, fault := range faults {
		f.add(fault.Field(), faultText(language(ctx), fault))
	}
	return f, nil
}

func (f *form) add(name, message string) {
	if name == "" {
		f.General = append(f.General, message)
		return
	}
	if !slices.Contains(f.faults[name], message) {
		f.faults[name] = append(f.faults[name], message)
	}
}

// unplaced returns the form with all its faults about the whole, for a page
// without its fields.
func (f form) unplaced() form {
	for _, name := range slices.Sorted(maps.Keys(f.faults)) {
		f.General = append(f.General, f.faults[name]...)
	}
	f.faults = nil
	return f
}

// again shows a form once more, with what is wrong beside its fields.
func (a *Admin) again(ctx context.Context, name string, data any) (api.Result, error) {
	return a.render(ctx, name, http.StatusUnprocessableEntity, data)
}

// faultText says in a language what is wrong with one value.
func faultText(lang catalog.Lang, fault errs.Fault) string {
	key := "fault." + fault.Code
	if _, isEmail := fault.Ctx["reason"]; isEmail {
		key = "fault.email"
	}
	if fault.Code == "value_error" && fault.Field() == "ip" {
		key = "fault.host"
	}
	if special := key + "_" + fault.Field(); catalog.Has(lang, special) {
		key = special
	}
	if !catalog.Has(lang, key) {
		return fault.Message
	}
	for _, name := range []string{"ge", "le", "gt", "lt", "min_length", "max_length", "placeholder"} {
		if bound, ok := fault.Ctx[name]; ok {
			return lang.Text(key, bound)
		}
	}
	return lang.Text(key)
}

// errorText says in the reader's language what went wrong.
func (a *Admin) errorText(ctx context.Context, e *errs.Error) string {
	lang := language(ctx)
	if text, ok := FaultText(lang, e); ok {
		return text
	}
	return lang.Text("error." + kindNames[e.Kind])
}

// FaultText says in a language what went wrong; false when the catalog has no
// text for just that.
func FaultText(lang catalog.Lang, e *errs.Error) (string, bool) {
	if len(e.Faults) > 0 {
		texts := make([]string, len(e.Faults))
		for i, fault := range e.Faults {
			texts[i] = faultText(lang, fault)
		}
		return strings.Join(texts, " "), true
	}
	return lang.Text("error." + e.Code), catalog.Has(lang, "error."+e.Code)
}

var kindNames = map[errs.Kind]string{
	errs.Internal: "internal", errs.Invalid: "invalid", errs.Malformed: "malformed", errs.Unauthenticated: "unauthenticated",
	errs.Forbidden: "forbidden", errs.NotFound: "not_found", errs.Conflict: "conflict", errs.TooLarge: "too_large",
	errs.Throttled: "throttled", errs.Unavailable: "unavailable",
}

// choice is one of the values offered by a field.
type choice struct{ Value, Label string }

// field is one field of a form, ready for its template.
type field struct {
	Name, ID, Label, Value, Hint, Type, Autocomplete string
	// InputMode, Pattern and Rows are those of HTML.
	InputMode, Rows, Step string
	// List is the id of a datalist; Unticked is what a box sends that is not
	// ticked, "" for nothing.
	List, Unticked      string
	Faults              []string
	Choices             []choice
	IsRequired, IsWide  bool
	IsChecked, HasFocus bool

	form form
}

// Describedby names the elements that explain the field to a screen reader.
func (f field) Describedby() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if len(f.Faults) > 0 {
		ids = append(ids, f.ID+"-fault")
	}
	return strings.Join(ids, " ")
}

// Has reports whether v is the field's value or one of them.
func (f field) Has(v string) bool { return f.form.Has(f.Name, v) }

// newField reads the options "required", "wide", "focus", "type=email",
// "hint=sites.hint", "autocomplete=username", "mode=decimal", "rows=4",
// "unticked=false". A name may be nested, "owner[name]"; its faults are those
// of the last part.
func newField(lang catalog.Lang, f form, name, label string, options []string) field {
	x := field{Name: name, ID: fieldID(name), Label: lang.Text(label), Value: f.Value(name), Type: "text", Faults: f.faults[lastPart(name)], form: f}
	x.IsChecked = x.Value != "" && x.Value != "false"
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "required":
			x.IsRequired = true
		case "wide":
			x.IsWide = true
		case "focus":
			x.HasFocus = true
		case "type":
			x.Type = value
		case "hint":
			x.Hint = hintText(lang, value)
		case "autocomplete":
			x.Autocomplete = value
		case "mode":
			x.InputMode = value
		case "rows":
			x.Rows = value
		case "step":
			x.Step = value
		case "list":
			x.List = value
		case "unticked":
			x.Unticked = value
		default:
			panic("web: unknown option of a field: " + option)
		}
	}
	if x.Type == "password" {
		x.Value = ""
	}
	return x
}

// fieldID names the element of a field: "field-owner-name" for "owner[name]".
func fieldID(name string) string {
	return "field-" + strings.NewReplacer("[", "-", "]", "").Replace(name)
}

// lastPart returns "name" of "owner[name]".
func lastPart(name string) string {
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '[')+1:], "]")
}

// hintText returns the text of a key, or of "key 8" with what the
// blank leads.
func hintText(lang catalog.Lang, value string) string {
	if key, argument, hasArgument := strings.Cut(value, " "); hasArgument {
		return lang.Text(key, argument)
	}
	return lang.Text(value)
}

// decimal is a number as people type it: with a comma or a point, and blanks
// between its thousands.
type decimal float64

// BindValue implements api.ValueBinder.
func (d *decimal) BindValue(v jsonvalue.Value) *api.Problem {
	n, ok := tableur.Number(v.Text())
	if !ok {
		return &api.Problem{Code: "float_parsing", Message: "Input should be a valid number, unable to parse string as a number"}
	}
	*d = decimal(n)
	return nil
}
