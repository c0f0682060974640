package api

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"intendant/internal/api/jsonvalue"
)

// uuidOf reads a UUID: 32 characters, or 36 with hyphens, these also in braces
// or after "urn:uuid:".
func uuidOf(v jsonvalue.Value) (uuid.UUID, *Problem) {
	if v.Kind() != jsonvalue.String {
		return uuid.UUID{}, &Problem{Code: "uuid_type", Message: "UUID input should be a string, bytes or UUID object"}
	}
	id, reason := parseUUID(v.Text())
	if reason != "" {
		return id, &Problem{"uuid_parsing", "Input should be a valid UUID, " + reason, map[string]any{"error": reason}}
	}
	return id, nil
}

// The lengths of a UUID without hyphens and with.
const (
	simpleUUID     = 32
	hyphenatedUUID = 36
)

// The places and lengths of the five groups of a hyphenated UUID.
var (
	groupStarts  = [5]int{0, 9, 14, 19, 24}
	groupLengths = [5]int{8, 4, 4, 4, 12}
)

// parseUUID returns why s is not a UUID in the words of pydantic, which are
// those of Rust's uuid crate; "" when it is one.
func parseUUID(s string) (uuid.UUID, string) {
	inner, offset, isSimple := s, 0, true
	switch {
	case len(s) >= 2 && s[0] == '{' && s[len(s)-1] == '}':
		inner, offset, isSimple = s[1:len(s)-1], 1, false
	case strings.HasPrefix(s, "urn:uuid:"):
		inner, offset, isSimple = s[9:], 9, false
	}
	if len(inner) == hyphenatedUUID {
		// What stood around is forgotten: faults are counted from the inside.
		s, offset, isSimple = inner, 0, true
	}
	hyphens := 0
	var bounds [4]int
	for i, c := range inner {
		switch {
		case c == '-':
			if hyphens < 4 {
				bounds[hyphens] = i
			}
			hyphens++
		case !isHexDigit(c):
			return uuid.UUID{}, fmt.Sprintf("invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `%c` at %d", c, i+offset+1)
		}
	}
	if hyphens == 0 && isSimple && len(inner) == simpleUUID || hyphens == 4 && len(inner) == hyphenatedUUID {
		if id, err := uuid.Parse(inner); err == nil {
			return id, ""
		}
	}
	switch {
	case hyphens == 0 && isSimple:
		return uuid.UUID{}, fmt.Sprintf("invalid length: expected length 32 for simple format, found %d", len(s))
	case hyphens != 4:
		return uuid.UUID{}, fmt.Sprintf("invalid group count: expected 5, found %d", hyphens+1)
	}
	for i, at := range bounds {
		if at != groupStarts[i+1]-1 {
			return uuid.UUID{}, groupFault(i, at-groupStarts[i])
		}
	}
	return uuid.UUID{}, groupFault(4, len(s)-groupStarts[4]) // with braces and prefix, a quirk of the crate
}

func groupFault(group, found int) string {
	return fmt.Sprintf("invalid group length in group %d: expected %d, found %d", group, groupLengths[group], max(found, 0))
}

func isHexDigit(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
