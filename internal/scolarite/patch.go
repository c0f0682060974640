package scolarite

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/tree"
)

// maxTexte bounds texts of one line, titles and codes, in characters.
const maxTexte = 512

// patchFaults collects what is wrong with a patch, one object of the body sent
// to change another: the first of it, for a list may be as long as a body.
type patchFaults []errs.Fault

const maxFaults = 50

func (f *patchFaults) add(field, code, message string) {
	if len(*f) < maxFaults {
		*f = append(*f, errs.Fault{Loc: []any{field}, Code: code, Message: "param '" + field + "': " + message})
	}
}

func (f *patchFaults) missing(field string) { f.add(field, "missing", "manquant") }

// take adds the faults of an Invalid error, and returns any other.
func (f *patchFaults) take(err error) error {
	if !errs.Is(err, errs.Invalid) {
		return err
	}
	*f = append(*f, errs.As(err).Faults...)
	return nil
}

// isText reports whether a text will do: not too long, nothing invisible.
func (f *patchFaults) isText(field, text string) bool {
	switch {
	case utf8.RuneCountInString(text) > maxTexte:
		f.add(field, "text_too_long", fmt.Sprintf("trop long (%d caractères au plus)", maxTexte))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		f.add(field, "text_invisible", "caractère invisible")
	default:
		return true
	}
	return false
}

// put sets what cannot be missing.
func put[T any](f *patchFaults, field string, dst *T, v api.Opt[T]) {
	switch {
	case v.Null:
		f.add(field, "null", "ne peut être null")
	case v.Set:
		*dst = v.Value
	}
}

// putText sets a text that may be missing: null and blanks clear it.
func putText(f *patchFaults, field string, dst **string, v api.Opt[string]) {
	if !v.Set {
		return
	}
	if text := strings.TrimSpace(v.Value); f.isText(field, text) {
		*dst = textOrNil(text)
	}
}

// putName sets a text that is never empty, on as many lines as it has.
func putName(f *patchFaults, field string, dst *string, v api.Opt[string]) {
	if !v.Set {
		return
	}
	*dst = strings.TrimSpace(v.Value)
	switch {
	case *dst == "":
		f.missing(field)
	case !tree.IsText(*dst):
		f.add(field, "text_forbidden", "caractère interdit")
	}
}

// putProse sets a text of as many lines as it has, which null and blanks clear.
func putProse(f *patchFaults, field string, dst **string, v api.Opt[string]) {
	if !v.Set {
		return
	}
	*dst = textOrNil(strings.TrimSpace(v.Value))
	if !tree.IsText(v.Value) {
		f.add(field, "text_forbidden", "caractère interdit")
	}
}

// putWord sets a text that must be one of a list.
func putWord(f *patchFaults, field string, dst *string, v api.Opt[string], words []string) {
	if v.Set && !v.Null && !slices.Contains(words, v.Value) {
		f.add(field, "unknown", "invalide ("+strings.Join(words, ", ")+")")
		return
	}
	put(f, field, dst, v)
}

// putNumber sets a number that null clears.
func putNumber[T int64 | float64](dst **T, v api.Opt[T]) {
	if v.Set {
		*dst = v.Ptr()
	}
}

// putShown sets a number that answers show as 0.0 when there is none:
// sent back as it was shown, it is none still.
func putShown(dst **float64, v api.Opt[float64]) {
	if v.Set && (*dst != nil || v.Value != 0) {
		*dst = v.Ptr()
	}
}
