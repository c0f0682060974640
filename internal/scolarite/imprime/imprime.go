// Package imprime begins the documents that are printed: A4, our fonts, and
// bytes that depend on what is printed alone.
package imprime

import (
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/text/unicode/norm"
)

// Font is the family of what is printed, regular ("") and bold ("B").
const Font = "go"

// The orientations of a page.
const (
	Portrait  = "P"
	Landscape = "L"
)

// Layout is how the pages of a document are laid out: the margin is in
// millimetres, the smallest letters that a text may be drawn in are in points.
type Layout struct {
	Orientation      string
	Margin, Smallest float64
}

// Document is a document that is being drawn.
type Document struct {
	*fpdf.Fpdf
	smallest float64
}

// New begins a document without pages, whose lengths are in millimetres and
// whose pages end where the caller says. "{pages}" in a text stands for their
// number. The title and the date are in its properties: a document of no date
// bears that of 1 January 1970, for fpdf would take the hour it is.
func New(l Layout, title string, date time.Time) *Document {
	if date.IsZero() {
		date = time.Unix(0, 0)
	}
	d := &Document{fpdf.New(l.Orientation, "mm", "A4", ""), l.Smallest}
	d.SetCatalogSort(true)
	d.SetCreationDate(date.UTC())
	d.SetModificationDate(date.UTC())
	d.SetProducer("Intendant", true)
	d.SetTitle(title, true)
	d.SetLang("fr")
	d.AddUTF8FontFromBytes(Font, "", goregular.TTF)
	d.AddUTF8FontFromBytes(Font, "B", gobold.TTF)
	d.SetMargins(l.Margin, l.Margin, l.Margin)
	d.SetAutoPageBreak(false, l.Margin)
	d.AliasNbPages("{pages}")
	return d
}

// Fit chooses letters small enough for a printable text in the width w, and
// cuts what does not fit even then.
func (d *Document) Fit(text, style string, size, w float64) string {
	for d.SetFont(Font, style, size); d.GetStringWidth(text) > w && size > d.smallest; size -= 0.5 {
		d.SetFont(Font, style, size-0.5)
	}
	return d.Cut(text, w)
}

// Cut ends a printable text that is too long with an ellipsis.
func (d *Document) Cut(text string, w float64) string {
	if d.GetStringWidth(text) <= w {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && d.GetStringWidth(string(runes)+"…") > w {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// Printable makes a text one that the fonts can write: composed, and without
// what no font here has; a character beyond the basic plane stops fpdf. Lines
// stay.
func Printable(text string) string {
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
