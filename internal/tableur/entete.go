package tableur

import (
	"strconv"
	"strings"
	"time"

	"intendant/internal/plier"
)

// Fault is one thing wrong with one place of an imported sheet. The pages'
// catalog makes the sentence from Code.
type Fault struct {
	// Line is that of Row.Line; 0 when the whole sheet is to blame.
	Line int
	// Column is the title as the sheet has it, or the first accepted title of
	// a column that the sheet lacks; "" when the whole row is to blame.
	Column string
	Code   string
	// Value is the text found there.
	Value string
}

// Codes of Match's faults.
const (
	ColumnMissing = "column_missing" // a required column; Column says which
	ColumnUnknown = "column_unknown" // a title that is not asked for
	ColumnTwice   = "column_twice"   // a second title for the same column
	RowTooLong    = "row_too_long"   // text in a cell beyond the titles
)

// Column is a column that an import understands.
type Column struct {
	// Key is the name that the import gives it.
	Key string
	// Titles are the accepted titles, the preferred one first. Case, accents,
	// hyphens, underscores and spaces around do not matter.
	Titles []string
	// Required says that a sheet without it is refused.
	Required bool
}

// Table is a sheet whose header has been read.
type Table struct {
	// Rows are those below the header.
	Rows []Entry
	// at maps a key to a position in Row.Cells, titles to the sheet's title.
	at     map[string]int
	titles map[string]string
}

// Entry is a row below the header, read by the keys of the columns.
type Entry struct {
	Row
	table *Table
}

// Match reads the first row of a sheet as titles. The table is never nil and
// serves the columns that were found, so that an import may go on to report
// the faults of the rows as well; ColumnUnknown may be a mere warning. The
// faults come in the order of the sheet, missing columns first.
func Match(sheet *Sheet, columns []Column) (*Table, []Fault) {
	t := &Table{at: map[string]int{}, titles: map[string]string{}}
	known := map[string]string{}
	for _, c := range columns {
		t.titles[c.Key] = c.Key
		if len(c.Titles) > 0 {
			t.titles[c.Key] = c.Titles[0]
		}
		for _, title := range c.Titles {
			known[titleKey(title)] = c.Key
		}
	}
	var header Row
	if len(sheet.Rows) > 0 {
		header = sheet.Rows[0]
		t.Rows = make([]Entry, len(sheet.Rows)-1)
		for i, row := range sheet.Rows[1:] {
			t.Rows[i] = Entry{row, t}
		}
	}
	var odd []Fault
	for i, cell := range header.Cells {
		title := strings.TrimSpace(cell)
		if title == "" {
			continue
		}
		key, ok := known[titleKey(title)]
		if !ok {
			odd = append(odd, Fault{header.Line, title, ColumnUnknown, title})
			continue
		}
		if _, twice := t.at[key]; twice {
			odd = append(odd, Fault{header.Line, title, ColumnTwice, title})
			continue
		}
		t.at[key], t.titles[key] = i, title
	}
	var faults []Fault
	for _, c := range columns {
		if c.Required && !t.Has(c.Key) {
			faults = append(faults, Fault{header.Line, t.titles[c.Key], ColumnMissing, ""})
		}
	}
	faults = append(faults, odd...)
	for _, row := range t.Rows {
		// Most often a separator that should have been inside quotes: every
		// cell after it is in the wrong column.
		for i := len(header.Cells); i < len(row.Cells); i++ {
			if text := strings.TrimSpace(row.Cells[i]); text != "" {
				faults = append(faults, Fault{row.Line, "", RowTooLong, text})
				break
			}
		}
	}
	return t, faults
}

func titleKey(title string) string { return plier.Key(strings.ReplaceAll(title, "_", " ")) }

// Has reports whether the sheet has the column.
func (t *Table) Has(key string) bool {
	_, ok := t.at[key]
	return ok
}

// Get returns the row's text in a column, without the white space around it;
// "" when the row ends before it or the sheet lacks it.
func (e Entry) Get(key string) string {
	i, ok := e.table.at[key]
	if !ok {
		return ""
	}
	return strings.TrimSpace(e.Cell(i))
}

// Fault returns a fault about the row's text in a column.
func (e Entry) Fault(key, code string) Fault {
	return Fault{e.Line, e.table.titles[key], code, e.Get(key)}
}

// digitGroups are the spaces put between thousands.
var digitGroups = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "")

// Number reads a cell as a number, with a decimal comma or point and spaces
// between thousands: "1 234,5". It reports false for anything else.
func Number(cell string) (float64, bool) {
	text := strings.Replace(digitGroups.Replace(cell), ",", ".", 1)
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false // what ParseFloat knows besides: inf, 0x1p4, 1_000
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// Day reads a cell as a day, written 2006-01-02 or 02/01/2006, at midnight
// UTC. It reports false for anything else.
func Day(cell string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2/1/2006"} {
		if day, err := time.Parse(layout, strings.TrimSpace(cell)); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}
