package pv

import "intendant/internal/scolarite/imprime"

// CellFormat writes a cell, its text made printable.
func (p *page) CellFormat(w, h float64, text, border string, ln int, align string, fill bool, link int, address string) {
	p.Document.CellFormat(w, h, imprime.Printable(text), border, ln, align, fill, link, address)
}

// Fit is that of a document, for a text made printable.
func (p *page) Fit(text, style string, size, w float64) string {
	return p.Document.Fit(imprime.Printable(text), style, size, w)
}

// SplitText returns the lines of a text as they are written.
func (p *page) SplitText(text string, w float64) []string {
	return p.Document.SplitText(imprime.Printable(text), w)
}
