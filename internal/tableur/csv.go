package tableur

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"intendant/internal/errs"
)

// readText reads CSV in any of the encodings and separators of Read.
func (s *Sheet) readText(data []byte) error {
	text, err := decode(data)
	if err != nil {
		return err
	}
	r := records{text: text, line: 1}
	r.chooseSeparator()
	for r.more() {
		line := r.line
		cells, err := r.next()
		if err != nil {
			return err
		}
		if err := s.add(line, cells); err != nil {
			return err
		}
	}
	return nil
}

const byteOrderMark = "\ufeff"

// decode returns the file's text without its byte order mark.
func decode(data []byte) (string, error) {
	if rest, ok := bytes.CutPrefix(data, []byte(byteOrderMark)); ok {
		if !utf8.Valid(rest) {
			return "", refuse(errs.Malformed, BadEncoding, "the file announces UTF-8 and is not", 0)
		}
		data = rest
	} else if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		// What Excel calls "Unicode text".
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", refuse(errs.Malformed, BadEncoding, "the file announces UTF-16 and is not", 0).Because(err)
		}
		data = wide
	} else if !utf8.Valid(data) {
		western, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", refuse(errs.Malformed, BadEncoding, "the file is in an unknown encoding", 0).Because(err)
		}
		data = western
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", refuse(errs.Malformed, Binary, "the file is neither a workbook nor text", 0)
	}
	return string(data), nil
}

// records cuts a CSV text into records. encoding/csv would do, but for three
// things a person's file needs: the line of a record after line ends inside
// quotes, those line ends unchanged, and lone carriage returns.
type records struct {
	text      string
	pos       int
	line      int // of pos, from 1
	separator byte
}

// candidates in order of preference.
const candidates = ";\t,"

// chooseSeparator counts the candidates of the first record that is not
// blank, outside quotes, and takes the most frequent. A comma before a space
// is prose ("Remarques (bâtiment, étage)") and counts only where there is
// nothing else. A first line sep=; is Excel's own way to say it, and is
// passed over.
func (r *records) chooseSeparator() {
	if first, _, _ := strings.Cut(r.text, "\n"); len(first) >= 5 && first[:4] == "sep=" &&
		strings.IndexByte(candidates, first[4]) >= 0 && strings.TrimRight(first[5:], "\r") == "" {
		r.separator = first[4]
		r.pos = len(first)
		if r.more() {
			r.endLine()
		}
		return
	}
	var counts [len(candidates)]int
	prose, quoted, blank := 0, false, true
scan:
	for i := 0; i < len(r.text); i++ {
		switch c := r.text[i]; c {
		case '"':
			quoted, blank = !quoted, false
		case '\r', '\n':
			if !quoted && !blank {
				break scan
			}
		case ' ':
		default:
			blank = false
			k := strings.IndexByte(candidates, c)
			switch {
			case quoted || k < 0:
			case c == ',' && strings.HasPrefix(r.text[i+1:], " "):
				prose++
			default:
				counts[k]++
			}
		}
	}
	r.separator = ';'
	best := 0
	for k, n := range counts {
		if n > best {
			best, r.separator = n, candidates[k]
		}
	}
	if best == 0 && prose > 0 {
		r.separator = ','
	}
}

func (r *records) more() bool { return r.pos < len(r.text) }

// next returns the cells of the record at pos, without the empty ones at its
// end, and leaves pos at the start of the following line. It fails on quotes
// that make no sense, and on a record that is over the limit of columns.
func (r *records) next() ([]string, error) {
	var cells []string
	start := r.line
	for column := 0; ; column++ {
		cell, err := r.field()
		if err != nil {
			return nil, err
		}
		if cell != "" {
			if column >= MaxColumns {
				return nil, tooManyColumns(start)
			}
			// Only now the empty cells before it: a line of a million
			// semicolons costs nothing.
			for len(cells) < column {
				cells = append(cells, "")
			}
			cells = append(cells, unguard(cell))
		}
		if !r.more() {
			return cells, nil
		}
		if r.text[r.pos] != r.separator {
			r.endLine()
			return cells, nil
		}
		r.pos++
	}
}

// field returns the cell at pos and leaves pos on what ends it: a separator, a
// line end, or the end of the text. A quote inside a cell that does not start
// with one stands for itself, as in 5" disk.
func (r *records) field() (string, error) {
	if !strings.HasPrefix(r.text[r.pos:], `"`) {
		start := r.pos
		for r.more() && !r.atEnd() {
			r.pos++
		}
		return r.text[start:r.pos], nil
	}
	opened := r.line
	r.pos++
	var unescaped strings.Builder
	start := r.pos
	for {
		if !r.more() {
			return "", refuse(errs.Malformed, QuoteOpen, "a quote is never closed", opened)
		}
		switch r.text[r.pos] {
		case '\r', '\n':
			r.endLine()
		case '"':
			if !strings.HasPrefix(r.text[r.pos:], `""`) {
				unescaped.WriteString(r.text[start:r.pos])
				r.pos++
				return unescaped.String(), r.afterQuote()
			}
			r.pos++
			unescaped.WriteString(r.text[start:r.pos])
			r.pos++
			start = r.pos
		default:
			r.pos++
		}
	}
}

// afterQuote passes over spaces to what ends the cell.
func (r *records) afterQuote() error {
	for r.more() && !r.atEnd() {
		if r.text[r.pos] != ' ' {
			return refuse(errs.Malformed, TextAfterQuote, "text follows a closing quote", r.line)
		}
		r.pos++
	}
	return nil
}

// atEnd reports whether pos is on what ends an unquoted cell.
func (r *records) atEnd() bool {
	c := r.text[r.pos]
	return c == r.separator || c == '\n' || c == '\r'
}

// endLine passes over the line end at pos: \n, \r\n or \r.
func (r *records) endLine() {
	if strings.HasPrefix(r.text[r.pos:], "\r\n") {
		r.pos++
	}
	r.pos++
	r.line++
}
