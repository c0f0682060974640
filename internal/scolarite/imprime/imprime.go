// Package imprime begins the documents that are printed: A4, our fonts, and
// bytes that depend on what is printed alone.
package imprime

import (
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Font is the family of what is printed, regular ("") and bold ("B").
const Font = "go"

// The orientations of a page.
const (
	Portrait  = "P"
	Landscape = "L"
)

// New begins a document without pages, whose lengths are in millimetres and
// whose pages end where the caller says. "{pages}" in a text stands for their
// number. The title and the date are in its properties: a document of no date
// bears that of 1 January 1970, for fpdf would take the hour it is.
func New(orientation, title string, margin float64, date time.Time) *fpdf.Fpdf {
	if date.IsZero() {
		date = time.Unix(0, 0)
	}
	p := fpdf.New(orientation, "mm", "A4", "")
	p.SetCatalogSort(true)
	p.SetCreationDate(date.UTC())
	p.SetModificationDate(date.UTC())
	p.SetProducer("Intendant", true)
	p.SetTitle(title, true)
	p.SetLang("fr")
	p.AddUTF8FontFromBytes(Font, "", goregular.TTF)
	p.AddUTF8FontFromBytes(Font, "B", gobold.TTF)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, margin)
	p.AliasNbPages("{pages}")
	return p
}
