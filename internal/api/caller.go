package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Caller is who sends a request, once known.
type Caller interface {
	// AccountID is the number of the account, 0 for none.
	AccountID() int64
	// AccountName is the account's user name.
	AccountName() string
	// Can reports whether the caller holds p in the department; the empty
	// department asks for a right that holds in all of them.
	Can(p Permission, departement string) bool
	// HasCookie reports whether a browser session, which the browser sends by
	// itself, is the credential.
	HasCookie() bool
	// IsElevated reports whether a browser session gave the password again of
	// late.
	IsElevated() bool
}

// Authenticator finds who sends a request.
type Authenticator interface {
	// Authenticate returns nil and no error when r carries no credential, and
	// an Unauthenticated error when it carries a bad one.
	Authenticate(r *http.Request) (Caller, error)
}

// Request is what a handler may know of the request beyond its In.
type Request struct {
	ID          string // unique, in every log line and in X-Request-Id
	Address     string // the client's address, without port
	UserAgent   string
	Departement string // acronym in a departmental path, "" elsewhere
	// DepartementID is the row of Departement, 0 elsewhere.
	DepartementID int64
	Method        string
	URL           *url.URL
	Header        http.Header
	Host          string
	IsTLS         bool
	Route         *Route // nil until matched
	Caller        Caller // nil until known
	// Format is the form of the answer that the request asks for; "" when it
	// can have none that we write, or when its system has but one.
	Format Format
	// Form holds the fields of a form as they were sent, "owner[name]" among
	// them; nil for any other body.
	Form url.Values

	hasSuffix bool // the path named the format
}

type requestKey struct{}

// RequestFrom returns the request ctx belongs to; an empty one outside of any
// request, so that its fields can always be read.
func RequestFrom(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{URL: &url.URL{}}
}

// WithRequest returns a context that belongs to r.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// CallerFrom returns who sends the request of ctx, nil when nobody is known.
func CallerFrom(ctx context.Context) Caller { return RequestFrom(ctx).Caller }

// PublicURL returns the address of this server as the client wrote it, without
// a final slash: "https://host:port".
func (r *Request) PublicURL() string {
	if r.IsTLS {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// BearerOf returns the token of a Bearer credential, which may be empty.
func BearerOf(h http.Header) (token string, ok bool) {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}
