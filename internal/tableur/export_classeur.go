package tableur

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Widths of columns, in characters.
const (
	minWidth = 8
	maxWidth = 60
)

// measured is how many rows the widths are taken from: the stream wants them
// before the first row.
const measured = 200

// XLSX writes the list as a workbook of one sheet, its header in bold and
// always in view. Text stays text, whatever it looks like: no guard is needed.
// Excel's own limits hold: text over 32,767 characters is cut. The same list
// gives the same bytes. It fails when w does, on a cell of a type that Cell
// does not name, and on more than 1,048,575 rows.
func (e Export) XLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := e.fill(f); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// workbook writes rows, cell by cell in the styles of the file.
type workbook struct {
	stream             *excelize.StreamWriter
	bold, day, instant int
	line               int
}

func (e Export) fill(f *excelize.File) error {
	name := sheetName(e.Title)
	if err := f.SetSheetName(f.GetSheetName(0), name); err != nil {
		return err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Intendant", Title: clean(e.Title)}); err != nil {
		return err
	}
	var b workbook
	var err error
	if b.bold, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	// Formats 14 and 22 are built in and follow the reader's country.
	if b.day, err = f.NewStyle(&excelize.Style{NumFmt: 14}); err != nil {
		return err
	}
	if b.instant, err = f.NewStyle(&excelize.Style{NumFmt: 22}); err != nil {
		return err
	}
	if b.stream, err = f.NewStreamWriter(name); err != nil {
		return err
	}
	panes := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := b.stream.SetPanes(panes); err != nil {
		return err
	}
	return b.write(e)
}

// write holds back the first rows until the widths are known.
func (b *workbook) write(e Export) error {
	header := make([]any, len(e.Header))
	widths := make([]int, len(e.Header))
	for i, title := range e.Header {
		title = clean(title)
		header[i] = excelize.Cell{StyleID: b.bold, Value: title}
		widths[i] = width(title)
	}
	var held [][]Cell
	holding := true
	release := func() error {
		holding = false
		for i, n := range widths {
			if err := b.stream.SetColWidth(i+1, i+1, float64(max(minWidth, min(maxWidth, n+2)))); err != nil {
				return err
			}
		}
		if err := b.put(header); err != nil {
			return err
		}
		for _, row := range held {
			if err := b.row(row); err != nil {
				return err
			}
		}
		held = nil
		return nil
	}
	for row := range e.Rows {
		if !holding {
			if err := b.row(row); err != nil {
				return err
			}
			continue
		}
		held = append(held, slices.Clone(row))
		for i := range min(len(row), len(widths)) {
			if text, err := csvText(row[i]); err == nil {
				widths[i] = max(widths[i], width(text))
			}
		}
		if len(held) == measured {
			if err := release(); err != nil {
				return err
			}
		}
	}
	if holding {
		if err := release(); err != nil {
			return err
		}
	}
	return b.stream.Flush()
}

func (b *workbook) row(row []Cell) error {
	values := make([]any, len(row))
	for i, cell := range row {
		value, err := b.value(cell)
		if err != nil {
			return fmt.Errorf("row %d, column %d: %w", b.line+1, i+1, err)
		}
		values[i] = value
	}
	return b.put(values)
}

func (b *workbook) put(values []any) error {
	b.line++
	name, err := excelize.CoordinatesToCellName(1, b.line)
	if err != nil {
		return err
	}
	return b.stream.SetRow(name, values)
}

// exactIntegers is the first integer that fifteen digits do not hold; from
// there on a number is written as text.
const exactIntegers = 1_000_000_000_000_000

// value returns what the stream writes for a cell.
func (b *workbook) value(cell Cell) (any, error) {
	switch v := cell.(type) {
	case nil:
		return nil, nil
	case string:
		return clean(v), nil
	case int:
		return b.value(int64(v))
	case int64:
		if v <= -exactIntegers || v >= exactIntegers {
			return csvText(v)
		}
		return v, nil
	case float64:
		if v, ok := fifteenDigits(v); ok {
			return v, nil
		}
		return nil, nil
	case time.Time:
		// Excel's calendar starts in 1900, with a day too many in February.
		if v.IsZero() || v.Year() <= 1900 || v.Year() > 9999 {
			return timeText(v), nil
		}
		style := b.instant
		if isMidnight(v) {
			style = b.day
		}
		return excelize.Cell{StyleID: style, Value: v.Truncate(time.Second)}, nil
	default:
		return nil, fmt.Errorf("cell of type %T", cell)
	}
}

// width returns the number of characters of a cell's longest line.
func width(text string) int {
	longest := 0
	for line := range strings.Lines(text) {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	return longest
}

// sheetName makes a title fit Excel's rules: at most 31 UTF-16 units, none of
// : \ / ? * [ ], no apostrophe at either end.
func sheetName(title string) string {
	title = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`:\/?*[]`, r) {
			return -1
		}
		return r
	}, clean(title))
	units := 0
	for i, r := range title {
		if units++; r > '\uffff' {
			units++
		}
		if units > excelize.MaxSheetNameLength {
			title = title[:i]
			break
		}
	}
	if title = strings.Trim(title, " '"); title == "" {
		return "Liste"
	}
	return title
}
