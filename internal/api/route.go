package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"intendant/internal/errs"
)

// Permission names what a caller must hold: "client_site:read", or one of
// [Public] and [SignedIn].
type Permission string

// Short returns what stands behind the colon: the name that ScoDoc's documents
// give a permission.
func (p Permission) Short() string {
	if _, name, ok := strings.Cut(string(p), ":"); ok {
		return name
	}
	return string(p)
}

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
	// RefusalStatus is the code for a body whose values will not do, where the
	// wing's contract has several; 0 means the dialect's own.
	RefusalStatus int
	// MaxBody is the largest body read, in bytes; 0 means [DefaultMaxBody].
	MaxBody int64
	// NeedsJSONType refuses a body that does not say that it is JSON, where the
	// wing reads one as JSON whatever it says.
	NeedsJSONType bool
	// NeedsElevation asks a browser session for the password again.
	NeedsElevation bool
	// OpenToLoopback lets a client on this machine in without a credential.
	OpenToLoopback bool

	in, out    reflect.Type
	call       callFunc
	view       viewFunc // nil for none
	plan       *plan
	system     *System
	order      int    // place in the declaration of all systems
	twin       string // a second method it answers to, "" for none
	acts       bool   // a GET that changes state
	hasFormats bool   // a suffix of the path names the form of the answer
	claims     func(*http.Request) bool
	or         func(ctx context.Context, caller Caller) (bool, error)
	unless     func(ctx context.Context, caller Caller) error
	names      func(ctx context.Context, segment string) bool
}

// callFunc binds a request to the handler's In and calls it.
type callFunc func(ctx context.Context, p *plan, src *input) (any, error)

// viewFunc shows what a handler returned, or its error, as a page.
type viewFunc func(ctx context.Context, in, out any, err error) (Result, error)

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

// Patch declares an entry answered to PATCH and to PUT alike: Rails runs the
// same partial update for both. See [Handle].
func Patch[In, Out any](name string, needs Permission, h func(context.Context, In) (Out, error), paths ...string) Route {
	r := Handle(http.MethodPatch, name, needs, h, paths...)
	r.twin = http.MethodPut
	return r
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
			if src.keepsIn {
				src.in = in
			}
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

// Refuses sets the code for a body whose values will not do.
func (r Route) Refuses(status int) Route { r.RefusalStatus = status; return r }

// Accepts sets the largest body read, in bytes.
func (r Route) Accepts(maxBody int64) Route { r.MaxBody = maxBody; return r }

// JSONOnly refuses, as Malformed, a request whose Content-Type is not
// application/json.
func (r Route) JSONOnly() Route { r.NeedsJSONType = true; return r }

// Elevated asks a browser session for the password again before this entry.
func (r Route) Elevated() Route { r.NeedsElevation = true; return r }

// Or lets those in too who lack the permission but may use the entry for some
// things: the handler decides which.
func (r Route) Or(may func(ctx context.Context, caller Caller) (bool, error)) Route {
	r.or = may
	return r
}

// Unless keeps out callers whom the permission, or having an account, would let
// in: those for whom refuse returns an error, which is their answer.
func (r Route) Unless(refuse func(ctx context.Context, caller Caller) error) Route {
	r.unless = refuse
	return r
}

// Loopback lets a client on this machine in without a credential.
func (r Route) Loopback() Route { r.OpenToLoopback = true; return r }

// Claims makes the entry answer only the requests that is reports. The others
// go to the next entry of the same method and path, which may be of another
// system declared later.
func (r Route) Claims(is func(*http.Request) bool) Route { r.claims = is; return r }

// Names tells the entry which last segments are a name as they stand, suffix
// included: a user called "a.json" is not user "a" in JSON. It matters only to
// systems with the habit [Habits.Formats], and is asked only of segments that
// end like a format.
func (r Route) Names(is func(ctx context.Context, segment string) bool) Route { r.names = is; return r }

// Acts marks a GET that changes state. It is answered to GET with an
// Authorization header and to POST, never to HEAD; a browser session must POST;
// and a request that another site's page made is refused whatever its
// credential.
func (r Route) Acts() Route { r.acts, r.twin = true, http.MethodPost; return r }

// Methods returns the methods the entry answers to, HEAD left out.
func (r *Route) Methods() []string {
	if r.twin == "" {
		return []string{r.Method}
	}
	return []string{r.Method, r.twin}
}

// answers reports whether the entry answers to the method.
func (r *Route) answers(method string) bool {
	return method != "" && (r.Method == method || r.twin == method)
}

// Family gives every route the heading it stands under.
func Family(name string, routes ...Route) []Route {
	for i := range routes {
		routes[i].Family = name
	}
	return routes
}
