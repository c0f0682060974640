package tableur

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
)

// Cell is what an exported cell may hold: string, int, int64, float64,
// time.Time, or nil for an empty cell. Numbers keep fifteen digits, which is
// what a spreadsheet keeps; NaN and the infinities are empty cells. Instants
// are written by the clock of their own location, to the second, and as a day
// alone at midnight; the zero time is an empty cell.
type Cell = any

// Export is a list to write as a file. Read gives back the cells that it
// wrote, as text: numbers and instants in the form Read describes, except
// that CSV has a decimal comma (Number reads both). Characters that a
// workbook cannot hold, such as NUL, are left out of both formats.
type Export struct {
	// Title names the sheet of a workbook; characters that Excel refuses
	// there are left out.
	Title  string
	Header []string
	// Rows yields the rows below the header, which are read once. A yielded
	// slice is not kept. A row of empty cells is written, but Read skips it.
	Rows iter.Seq[[]Cell]
}

// CSV writes the list as French Excel opens it with a double click: UTF-8
// with a byte order mark, semicolons, CRLF, decimal comma (with a point it
// would take 12.5 for the 12th of May). Text that a spreadsheet would run as
// a formula is preceded by an apostrophe, see guard. It fails when w does, or
// on a cell of a type that Cell does not name.
func (e Export) CSV(w io.Writer) error {
	out := bufio.NewWriter(w)
	// bufio keeps the first error of w and returns it from Flush.
	out.WriteString(byteOrderMark)
	for i, title := range e.Header {
		writeField(out, i, guard(clean(title)))
	}
	out.WriteString("\r\n")
	line := 1
	for row := range e.Rows {
		line++
		for i, cell := range row {
			text, err := csvText(cell)
			if err != nil {
				return fmt.Errorf("export row %d, column %d: %w", line, i+1, err)
			}
			writeField(out, i, text)
		}
		if _, err := out.WriteString("\r\n"); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// writeField quotes whatever Read, or another program, could cut elsewhere:
// the other separators too, so that Read finds ours.
func writeField(out *bufio.Writer, column int, text string) {
	if column > 0 {
		out.WriteByte(';')
	}
	if !strings.ContainsAny(text, ";,\t\"\r\n") && strings.TrimSpace(text) == text && !strings.HasPrefix(text, "sep=") {
		out.WriteString(text)
		return
	}
	out.WriteByte('"')
	out.WriteString(strings.ReplaceAll(text, `"`, `""`))
	out.WriteByte('"')
}

func csvText(cell Cell) (string, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case string:
		return guard(clean(v)), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		if v, ok := fifteenDigits(v); ok {
			return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", ",", 1), nil
		}
		return "", nil
	case time.Time:
		return timeText(v), nil
	default:
		return "", fmt.Errorf("cell of type %T", cell)
	}
}

func timeText(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case isMidnight(t):
		return t.Format(time.DateOnly)
	default:
		return t.Format(time.DateTime)
	}
}

func isMidnight(t time.Time) bool {
	hour, minute, second := t.Clock()
	return hour == 0 && minute == 0 && second == 0
}

// fifteenDigits rounds to what a spreadsheet keeps, so that both formats say
// the same and 0.1+0.2 is 0.3. It reports false for what is no number there.
func fifteenDigits(v float64) (float64, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	return rounded + 0, err == nil // + 0 turns -0 into 0
}

// clean leaves out what XML cannot hold, and replaces bytes that are not
// UTF-8 by U+FFFD.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, text)
}
