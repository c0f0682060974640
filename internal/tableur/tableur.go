// Package tableur reads the sheets that people import (CSV and XLSX) and
// writes those that they export.
package tableur

import (
	"bytes"
	"fmt"
	"strings"

	"intendant/internal/errs"
)

// Limits of what Read accepts.
const (
	MaxBytes   = 20 << 20
	MaxRows    = 100_000
	MaxColumns = 200
)

// Codes of Read's errors, which are also keys of the pages' catalog.
const (
	TooManyBytes   = "sheet_too_large"
	TooManyRows    = "sheet_too_many_rows"
	TooManyColumns = "sheet_too_many_columns"
	Empty          = "sheet_empty"
	Binary         = "sheet_binary"           // neither text nor a workbook
	OldWorkbook    = "sheet_old_workbook"     // .xls, or a workbook with a password
	BadWorkbook    = "sheet_bad_workbook"     // a zip archive, but no readable XLSX
	BadEncoding    = "sheet_bad_encoding"     // announces Unicode and is not
	QuoteOpen      = "sheet_quote_open"       // a quote is never closed
	TextAfterQuote = "sheet_text_after_quote" // "abc"def
)

// Sheet is what a file holds: rows of text, the header among them.
type Sheet struct {
	// Name is the sheet's own name for a workbook, the file's name otherwise.
	Name string
	// Rows are those with something in them, in order.
	Rows []Row
}

// Row is a row with at least one cell that is not blank. Empty cells at its
// end are left out.
type Row struct {
	// Line is where a person finds the row: the number of its first line in an
	// editor, or of the row in the workbook, from 1.
	Line  int
	Cells []string
}

// Cell returns the text of a cell by its position from 0, "" beyond the end.
func (r Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// Read reads an uploaded file. The content decides how, never the name, which
// is only kept:
//
//   - an XLSX workbook: its first sheet, see readWorkbook for dates and numbers;
//   - CSV in UTF-8 with or without a byte order mark, UTF-16 with one, or else
//     Windows-1252; separated by semicolons, commas or tabs, as its first line
//     tells; with quotes and line ends inside quotes.
//
// It fails with an errs.Error of kind TooLarge, Malformed or Invalid (nothing
// in the file), bearing one of the codes above. Where a line is to blame, the
// error has one fault whose Ctx holds it under "line".
func Read(name string, data []byte) (*Sheet, error) {
	if len(data) > MaxBytes {
		return nil, refuse(errs.TooLarge, TooManyBytes, fmt.Sprintf("the file is over %d MB", MaxBytes>>20), 0)
	}
	sheet := &Sheet{Name: name}
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		err = sheet.readWorkbook(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		err = refuse(errs.Malformed, OldWorkbook, "old Excel workbook, or workbook with a password: save it as XLSX without password", 0)
	default:
		err = sheet.readText(data)
	}
	if err != nil {
		return nil, err
	}
	if len(sheet.Rows) == 0 {
		return nil, refuse(errs.Invalid, Empty, "the file is empty", 0)
	}
	return sheet, nil
}

// add appends a row found at a line. Cells end with one that is not empty; a
// row of white space is left out.
func (s *Sheet) add(line int, cells []string) error {
	blank := true
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			blank = false
			break
		}
	}
	if blank {
		return nil
	}
	if len(cells) > MaxColumns {
		return tooManyColumns(line)
	}
	if len(s.Rows) == MaxRows {
		return refuse(errs.TooLarge, TooManyRows, fmt.Sprintf("the sheet has over %d rows", MaxRows), line)
	}
	s.Rows = append(s.Rows, Row{line, cells})
	return nil
}

func tooManyColumns(line int) error {
	return refuse(errs.TooLarge, TooManyColumns, fmt.Sprintf("the sheet has over %d columns", MaxColumns), line)
}

// refuse makes an error of Read; line is 0 when none is to blame.
func refuse(kind errs.Kind, code, message string, line int) *errs.Error {
	e := errs.New(kind, code, message)
	if line > 0 {
		e.Message = fmt.Sprintf("line %d: %s", line, message)
		e.Faults = []errs.Fault{{Loc: []any{"file"}, Code: code, Message: message, Ctx: map[string]any{"line": line}}}
	}
	return e
}
