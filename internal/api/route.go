package api

import (
	"context"
	"net/http"
	"reflect"

	"intendant/internal/errs"
)

// Permission names what a caller must hold: "client_site:read", or one of
// [Public] and [SignedIn].
type Permission string

const (
	// Public entries need no credential.
	Public Permission = "public"
	// SignedIn entries need an account and no permission.
	SignedIn Permission = "signed-in"
)

// Route is one entry of the table of a wing: everything the server, the
// documents and the tests know of it.
type Route struct {
	System  string // the wing, set when it is mounted: "parc"
	Family  string // the heading of the wing's reference it stands under
	Name    string // the function's name in the reference
	Method  string
	Paths   []string // relative to the system's base; {name} or {name:int}
	Needs   Permission
	Summary string
	// Description is the long text of the reference page, in Markdown.
	Description string
	// IsExtension marks what the wing's published document does not have.
	IsExtension bool
	// IsHidden leaves the entry out of the OpenAPI document.
	IsHidden bool
	// Status is the code of success; 0 means 200, or 204 for [NoContent].
	Status int
	// MaxBody is the largest body read, in bytes; 0 means [DefaultMaxBody].
	MaxBody int64
	// NeedsElevation asks a browser session for the password again.
	NeedsElevation bool
	// OpenToLoopback lets a client on this machine in without a credential.
	OpenToLoopback bool

	in, out reflect.Type
	call    callFunc
	plan    *plan
	system  *System
	order   int // place in the declaration of all systems
}

// callFunc binds a request to the handler's In and calls it.
type callFunc func(ctx context.Context, p *plan, src *input) (any, error)

// None is the In of a handler that takes nothing.
type None struct{}

// Get declares an entry answered to GET. See [Handle].
func Get[In, Out any](name string, needs Permission, h func(context.Context, In) (Out, error), paths ...string) Route {
	return Handle(http.MethodGet, name, needs, h, paths...)
}

// Post declares an entry answered to POST. See [Handle].
func Post[In, Out any](name string, needs Permission, h func(context.Context, In) (Out, error), paths ...string) Route {
	return Handle(http.MethodPost, name, needs, h, paths...)
}

// Put declares an entry answered to PUT. See [Handle].
func Put[In, Out any](name string, needs Permission, h func(context.Context, In) (Out, error), paths ...string) Route {
	return Handle(http.MethodPut, name, needs, h, paths...)
}

// Delete declares an entry answered to DELETE. See [Handle].
func Delete[In, Out any](name string, needs Permission, h func(context.Context, In) (Out, error), paths ...string) Route {
	return Handle(http.MethodDelete, name, needs, h, paths...)
}

// Handle declares an entry. In is a struct whose tags say where each value
// comes from; Out is written by the dialect unless it is a [Result].
func Handle[In, Out any](method, name string, needs Permission, h func(context.Context, In) (Out, error), paths ...string) Route {
	return Route{
		Name:   name,
		Method: method,
		Paths:  paths,
		Needs:  needs,
		in:     reflect.TypeFor[In](),
		out:    reflect.TypeFor[Out](),
		call: func(ctx context.Context, p *plan, src *input) (any, error) {
			var in In
			faults := p.bind(src, reflect.ValueOf(&in).Elem())
			if form, ok := any(&in).(formTaker); ok {
				form.takeForm(src.body.form, faults)
			} else if len(faults) > 0 {
				return nil, errs.Faulty(faults)
			}
			return h(ctx, in)
		},
	}
}

// Doc sets the one-line summary.
func (r Route) Doc(summary string) Route { r.Summary = summary; return r }

// Describe sets the long description.
func (r Route) Describe(text string) Route { r.Description = text; return r }

// Extension marks the entry as ours: not in the wing's published document.
func (r Route) Extension() Route { r.IsExtension = true; return r }

// Hidden leaves the entry out of the OpenAPI document.
func (r Route) Hidden() Route { r.IsHidden = true; return r }

// Answers sets the status code of success.
func (r Route) Answers(status int) Route { r.Status = status; return r }

// Accepts sets the largest body read, in bytes.
func (r Route) Accepts(maxBody int64) Route { r.MaxBody = maxBody; return r }

// Elevated asks a browser session for the password again before this entry.
func (r Route) Elevated() Route { r.NeedsElevation = true; return r }

// Loopback lets a client on this machine in without a credential.
func (r Route) Loopback() Route { r.OpenToLoopback = true; return r }

// Family gives every route the heading it stands under.
func Family(name string, routes ...Route) []Route {
	for i := range routes {
		routes[i].Family = name
	}
	return routes
}
