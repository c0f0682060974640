// Package errs gives errors a kind that every contract understands.
//
// Services return these errors and know nothing of HTTP; a dialect turns the
// kind into a status code and the rest into its own body.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what went wrong in terms every contract understands; only a
// dialect knows the status code and the body it becomes.
type Kind int

// Internal is the zero value: an error nobody classified is never shown.
const (
	Internal        Kind = iota
	Invalid              // understood, but a value is not acceptable
	Malformed            // could not be read at all: broken syntax or encoding
	Unauthenticated      // no credential, or a bad one
	Forbidden            // known caller, not allowed
	NotFound             // no such object for this caller
	Conflict             // clashes with what is stored
	TooLarge             // over a limit on size
	Throttled            // too many attempts, to be tried again later
	Unavailable          // the server cannot do it now: disk full, shutting down
)

// Fault is one thing wrong with one value of a request.
type Fault struct {
	// Loc is the way to the value: "body", "sources", 1. A service gives the
	// field's name alone; the kernel puts the source before it.
	Loc []any
	// Code names the fault, in the vocabulary of pydantic where it has a word:
	// missing, int_parsing, value_error, greater_than_equal.
	Code string
	// Message is the text of the wing's contract. Pages show the catalog's
	// text for Code instead.
	Message string
	// Input is the value received.
	Input any
	// Ctx holds what the message was made from: {"ge": 1}.
	Ctx map[string]any
}

// Field returns the last name in the fault's location, which is the field a
// page shows it beside; "" when the fault concerns the whole request.
func (f Fault) Field() string {
	for i := len(f.Loc) - 1; i >= 0; i-- {
		if name, ok := f.Loc[i].(string); ok {
			if i == 0 && (name == "body" || name == "query" || name == "path") {
				return ""
			}
			return name
		}
	}
	return ""
}

// Error is a classified error. Message is shown to the client; the wrapped
// error, if any, only to the log.
type Error struct {
	Kind    Kind
	Message string
	// Code lets a page say the same in the reader's language: "site_unknown".
	Code   string
	Faults []Fault
	// RetryAfter is the number of seconds before a Throttled or Unavailable
	// request is worth repeating; 0 when unknown.
	RetryAfter int
	wrapped    error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Faults {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%v: %s", f.Loc, f.Message)
	}
	if e.wrapped != nil {
		fmt.Fprintf(&b, ": %v", e.wrapped)
	}
	return b.String()
}

// Unwrap returns the cause, nil when there is none.
func (e *Error) Unwrap() error { return e.wrapped }

// Because returns a copy of e that wraps the cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.wrapped = cause
	return &c
}

// New returns an error of the given kind; code may be empty.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// NewInvalid returns an Invalid error about one field.
func NewInvalid(field, code, message string) *Error {
	return &Error{Kind: Invalid, Faults: []Fault{{Loc: []any{field}, Code: code, Message: message}}}
}

// Faulty returns an Invalid error that reports all the faults at once; nil
// when there are none.
func Faulty(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Faults: faults}
}

// KindOf returns the kind of the first classified error in err's chain,
// Internal when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// As returns the first classified error in err's chain, nil when there is
// none.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err is of the given kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
