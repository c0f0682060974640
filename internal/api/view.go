package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

// View gives an entry the page that answers its HTML requests. The handler runs
// first; view gets what was bound (faulty values left zero), what the handler
// returned (zero with an error), and the error: the faults of the binding, or
// what the handler said. It shows a form again by a [Page] of status 422,
// answers a success by a [Redirect], and returns the errors it has no page for.
// The fields as they were typed are in [Request.Form].
//
// A nil entry, or one of other types, is a fault of the program.
func View[In, Out any](r *Route, view func(ctx context.Context, in In, out Out, err error) (Result, error)) error {
	if r == nil {
		return errors.New("view of an entry that does not exist")
	}
	if in, out := reflect.TypeFor[In](), reflect.TypeFor[Out](); in != r.in || out != r.out {
		return fmt.Errorf("view of %s: it takes %s and %s, the entry has %s and %s", r.Name, in, out, r.in, r.out)
	}
	r.view = func(ctx context.Context, in, out any, err error) (Result, error) {
		o, _ := out.(Out) // zero when the handler was not reached
		return view(ctx, in.(In), o, err)
	}
	return nil
}

// Entry returns the entry of this family and name, the first of several; nil
// when there is none.
func (sys *System) Entry(family, name string) *Route {
	for i := range sys.Routes {
		if sys.Routes[i].Family == family && sys.Routes[i].Name == name {
			return &sys.Routes[i]
		}
	}
	return nil
}

// HasView reports whether a page answers the entry's HTML requests.
func (r *Route) HasView() bool { return r.view != nil }

// IsAction reports whether the entry changes something by GET; see [Route.Acts].
func (r *Route) IsAction() bool { return r.acts }

// shown is the answer of a view, which does not share its entry's status.
type shown struct{ Result }

func (s shown) writeTo(w http.ResponseWriter, r *http.Request, _ int) error {
	return s.Result.writeTo(w, r, 0)
}

// show runs the handler and then the view.
func (r *Route) show(ctx context.Context, src *input) (any, error) {
	src.keepsIn = true
	out, err := r.call(ctx, r.plan, src)
	result, err := r.view(ctx, src.in, out, r.locate(err))
	if err != nil {
		return nil, err
	}
	if result == nil {
		return nil, fmt.Errorf("the view of %s shows nothing", r.Name)
	}
	return shown{result}, nil
}
