package pv

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// printable is a text that the fonts can write: composed, and without what no
// font here has; a character beyond the basic plane stops the maker of the
// document.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xffff:
			return '?'
		}
		return r
	}, norm.NFC.String(text))
}

// CellFormat writes a cell, its text made printable.
func (p *page) CellFormat(w, h float64, text, border string, ln int, align string, fill bool, link int, address string) {
	p.Fpdf.CellFormat(w, h, printable(text), border, ln, align, fill, link, address)
}

// GetStringWidth returns the width of a text as it is written.
func (p *page) GetStringWidth(text string) float64 { return p.Fpdf.GetStringWidth(printable(text)) }

// SplitText returns the lines of a text as they are written.
func (p *page) SplitText(text string, w float64) []string {
	return p.Fpdf.SplitText(printable(text), w)
}
