package tableur

import (
	"regexp"
	"strings"
)

// A spreadsheet runs a CSV cell that starts with one of these as a formula,
// and a formula can send the sheet elsewhere.
const dangerous = "=+-@\t\r\n"

// plainNumber is what may start with a sign all the same.
var plainNumber = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?$`)

// guard puts an apostrophe before a CSV cell that a spreadsheet would take
// for a formula. One that already looks guarded gets another, so that unguard
// gives back every cell as it was.
func guard(cell string) string {
	if isGuardable(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes off the apostrophe that guard put. It cannot tell ours from
// that of another program which guards its cells in the same way, and there
// too the cell without it is the one that was meant. Any other apostrophe at
// the start of a cell stays.
func unguard(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && isGuardable(rest) {
		return rest
	}
	return cell
}

func isGuardable(cell string) bool {
	start := strings.TrimLeft(cell, "'")
	return start != "" && strings.IndexByte(dangerous, start[0]) >= 0 && !plainNumber.MatchString(start)
}
