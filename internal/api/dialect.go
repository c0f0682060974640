package api

import "net/http"

// Dialect is how a wing writes on the wire what the kernel found: values,
// errors, and the small habits of its framework.
type Dialect interface {
	// Habits says how the wing treats methods, slashes and bodies.
	Habits() Habits
	// WriteValue writes the answer of a handler.
	WriteValue(w http.ResponseWriter, r *http.Request, status int, value any) error
	// WriteError writes err, whose kind decides the status. An Internal error
	// has been logged; its text is never shown.
	WriteError(w http.ResponseWriter, r *http.Request, err error)
	// WriteNoRoute answers a path that the wing owns and no route matches.
	WriteNoRoute(w http.ResponseWriter, r *http.Request)
	// WriteWrongMethod answers a path that exists for other methods; allow are
	// those of the first route in declaration order.
	WriteWrongMethod(w http.ResponseWriter, r *http.Request, allow []string)
}

// Habits are the rules of a framework that the kernel applies itself.
type Habits struct {
	// HeadAsGet answers HEAD as GET without its body; else HEAD is a wrong
	// method.
	HeadAsGet bool
	// AllMethods tells a wrong method every one that the path has; else only
	// that of the first route declared.
	AllMethods bool
	// Slash says what happens to a path with a trailing slash too many.
	Slash SlashHabit
	// BodyBeforeCredentials checks the syntax of a JSON body before anything
	// is known of the caller.
	BodyBeforeCredentials bool
	// AnyContentType reads a body as JSON whatever its Content-Type says.
	AnyContentType bool
	// StrictJSON refuses NaN and Infinity, which Python takes for JSON.
	StrictJSON bool
	// Formats takes a suffix .json, .xml or .html off the last segment of a
	// path, and else heeds Accept; see [Request.Format].
	Formats bool
	// Params reads the fields of a body from JSON, XML, a form and the query
	// alike, and converts their values as Rails does.
	Params bool
	// MethodOverride lets a POST say that it stands for PUT, PATCH or DELETE.
	MethodOverride bool
	// MaxBody is the largest body of a route that says nothing, in bytes; 0
	// means [DefaultMaxBody].
	MaxBody int64
	// CacheControl is sent where an answer says nothing of its own.
	CacheControl string
	// IsHTML marks pages for people: unsafe methods are checked for their
	// origin even without a session.
	IsHTML bool
}

// SlashHabit is what a wing does with a trailing slash.
type SlashHabit int

// What a wing may do with a trailing slash.
const (
	SlashIsNotFound SlashHabit = iota
	SlashRedirects             // 307 to the path without
	SlashIgnored
)
