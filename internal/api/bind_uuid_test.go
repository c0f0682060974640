package api

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestParseUUID(t *testing.T) {
	const want = "67e55044-10b1-426f-9247-bb680e5fe0c8"
	for _, text := range []string{
		want,
		strings.ToUpper(want),
		"67e5504410b1426f9247bb680e5fe0c8",
		"67E5504410B1426F9247BB680E5FE0C8",
		"{" + want + "}",
		"urn:uuid:" + want,
	} {
		id, reason := parseUUID(text)
		if reason != "" || id.String() != want {
			t.Errorf("%s: got %s, %q", text, id, reason)
		}
	}
}

func TestParseUUIDFaults(t *testing.T) {
	const found = "invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found "
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "invalid length: expected length 32 for simple format, found 0"},
		{"short", "abc", "invalid length: expected length 32 for simple format, found 3"},
		{"33 digits", "67e5504410b1426f9247bb680e5fe0c8a", "invalid length: expected length 32 for simple format, found 33"},
		{"first character", "xyz", found + "`x` at 1"},
		{"a later character", "67e5504g", found + "`g` at 8"},
		{"beyond ascii", "67é", found + "`é` at 3"},
		{"a blank before", " 67e55044-10b1-426f-9247-bb680e5fe0c8", found + "` ` at 1"},
		{"inside braces", "{6x}", found + "`x` at 3"},
		{"after the prefix", "urn:uuid:x", found + "`x` at 10"},
		{"an open brace alone", "{67e55044-10b1-426f-9247-bb680e5fe0c8", found + "`{` at 1"},
		{"three hyphens", "67e55044-10b1-426f-9247bb680e5fe0c8", "invalid group count: expected 5, found 4"},
		{"one hyphen", "12-34", "invalid group count: expected 5, found 2"},
		{"five hyphens", "67e55044-10b1-426f-9247-bb68-0e5fe0c8", "invalid group count: expected 5, found 6"},
		{"no hyphen in braces", "{67}", "invalid group count: expected 5, found 1"},
		{"first group short", "67e5504-10b1-426f-9247-bb680e5fe0c8", "invalid group length in group 0: expected 8, found 7"},
		{"second group long", "67e55044-10b110b1-426f-9247-bb680e5fe0c8", "invalid group length in group 1: expected 4, found 8"},
		{"third group short", "67e55044-10b1-42-9247-bb680e5fe0c8", "invalid group length in group 2: expected 4, found 2"},
		{"fourth group long", "67e55044-10b1-426f-92471-bb680e5fe0c8", "invalid group length in group 3: expected 4, found 5"},
		{"last group long", "67e55044-10b1-426f-9247-bb680e5fe0c81", "invalid group length in group 4: expected 12, found 13"},
		{"no hyphen in braces, 32 digits", "{67e5504410b1426f9247bb680e5fe0c8}", "invalid group count: expected 5, found 1"},
		{"no hyphen after the prefix, 32 digits", "urn:uuid:67e5504410b1426f9247bb680e5fe0c8", "invalid group count: expected 5, found 1"},
		{"no hyphen in braces, 36 digits", "{67e5504410b1426f9247bb680e5fe0c80123}", "invalid length: expected length 32 for simple format, found 36"},
		{"braces alone", "{}", "invalid group count: expected 5, found 1"},
		{"the prefix in capitals", "URN:UUID:67e55044-10b1-426f-9247-bb680e5fe0c8", found + "`U` at 1"},
		{"a close brace alone", "67e55044-10b1-426f-9247-bb680e5fe0c8}", found + "`}` at 37"},
		{"in braces of the right length", "{67e55044-10z1-426f-9247-bb680e5fe0c8}", found + "`z` at 12"},
		{"after the prefix, of the right length", "urn:uuid:67e55044-10z1-426f-9247-bb680e5fe0c8", found + "`z` at 12"},
		{"in braces of another length", "{67e55044-10z1-426f-9247-bb680e5fe0c}", found + "`z` at 13"},
		{"four hyphens alone", "----", "invalid group length in group 0: expected 8, found 0"},
		{"first group long, in braces", "{067e55044-10b1-426f-9247-bb680e5fe0c8}", "invalid group length in group 0: expected 8, found 9"},
		{"second group long, after the prefix", "urn:uuid:67e55044-010b1-426f-9247-bb680e5fe0c8", "invalid group length in group 1: expected 4, found 5"},
		{"third group long, in braces", "{67e55044-10b1-0426f-9247-bb680e5fe0c8}", "invalid group length in group 2: expected 4, found 5"},
		{"fourth group short, after the prefix", "urn:uuid:67e55044-10b1-426f-247-bb680e5fe0c8", "invalid group length in group 3: expected 4, found 3"},
		{"last group short, in braces", "{67e55044-10b1-426f-9247-bb680e5fe0c}", "invalid group length in group 4: expected 12, found 13"},
		{"last group long, after the prefix", "urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c80", "invalid group length in group 4: expected 12, found 22"},
		{"last group short", "67e55044-10b1-426f-9247-bb680e5fe0c", "invalid group length in group 4: expected 12, found 11"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id, reason := parseUUID(tt.text)
			if reason != tt.want || id != (uuid.UUID{}) {
				t.Errorf("got %s, %q\nwant %q", id, reason, tt.want)
			}
		})
	}
}

// FuzzParseUUID checks that a UUID prints back as it was written, in lower
// case, and that a refused text has a reason.
func FuzzParseUUID(f *testing.F) {
	for _, seed := range []string{
		"", "abc", "é", "{}", "urn:uuid:", "----", "{----}", "67e5504410b1426f9247bb680e5fe0c8",
		"{67E55044-10b1-426f-9247-bb680e5fe0c8}", "urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8",
		"67e55044-10b110b1-426f-9247-bb680e5fe0c8", "-67e5504410b1-426f-9247-bb680e5fe0c8",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, reason := parseUUID(text)
		if reason != "" {
			if id != (uuid.UUID{}) {
				t.Errorf("%q is refused (%s) with a value, %s", text, reason, id)
			}
			return
		}
		bare := strings.Trim(strings.TrimPrefix(text, "urn:uuid:"), "{}")
		printed := id.String()
		if strings.ReplaceAll(strings.ToLower(bare), "-", "") != strings.ReplaceAll(printed, "-", "") {
			t.Errorf("%q prints as %s", text, printed)
		}
		if again, reason := parseUUID(printed); again != id || reason != "" {
			t.Errorf("%s reads back as %s, %q", printed, again, reason)
		}
	})
}
