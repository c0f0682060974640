package bulletin

import (
	"bytes"
	"fmt"

	"codeberg.org/go-pdf/fpdf"

	"intendant/internal/scolarite/imprime"
)

// The page is A4 upright; lengths are in millimetres, letters in points.
const (
	margin     = 12.
	width      = 210 - 2*margin
	bottom     = 297 - margin - 6 // above the number of the page
	lineHeight = 3.7
	padding    = 0.7 // above and below the lines of a row
	maxLines   = 3   // of a cell
	letters    = 8.
	small      = 7.
	smallest   = 5.

	pictureHeight = 32.
	logoWidth     = 45.
	logoHeight    = 18.
)

// page draws a report card.
type page struct {
	*imprime.Document
	b *Bulletin
}

func newPage(b *Bulletin) *page {
	p := &page{imprime.New(imprime.Layout{Orientation: imprime.Portrait, Margin: margin, Smallest: smallest}, clean("Bulletin – "+b.Nom+" – "+b.Semestre), b.Date), b}
	p.SetHeaderFunc(p.head)
	p.SetFooterFunc(p.foot)
	p.AddPage()
	return p
}

// head draws what is across a page, and from the second whose it is.
func (p *page) head() {
	if across := clean(p.b.Filigrane); across != "" {
		p.SetTextColor(236, 236, 240)
		text := p.Fit(across, "B", 90, 230)
		p.TransformBegin()
		p.TransformRotate(50, 105, 150)
		p.Text(105-p.GetStringWidth(text)/2, 155, text)
		p.TransformEnd()
		p.SetTextColor(0, 0, 0)
	}
	p.SetXY(margin, margin)
	if p.PageNo() == 1 {
		return
	}
	p.cell(width/2, 5, "B", small, "L", p.b.Nom)
	p.cell(width/2, 5, "", small, "R", "Bulletin de notes – "+p.b.Semestre)
	p.rule(margin + 5)
	p.SetXY(margin, margin+7)
}

func (p *page) foot() {
	p.rule(297 - margin - 4.5)
	p.SetXY(margin, 297-margin-4)
	p.SetTextColor(90, 90, 90)
	p.cell(width*3/4, 4, "", small, "L", joined(" – ", p.b.Departement, p.b.Semestre, p.b.Annee))
	p.SetFont(imprime.Font, "", small)
	p.SetX(margin + width - p.GetStringWidth("page 10/10") - 2) // how many pages is known at the end
	p.CellFormat(width/4, 4, fmt.Sprintf("page %d/{pages}", p.PageNo()), "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
}

// joined joins the texts that are not empty.
func joined(sep string, texts ...string) string {
	out := ""
	for _, text := range texts {
		if out != "" && text != "" {
			out += sep
		}
		out += text
	}
	return out
}

func (p *page) rule(y float64) {
	p.SetDrawColor(170, 176, 188)
	p.Line(margin, y, margin+width, y)
}

// title draws the logo at the left of what is printed.
func (p *page) title() {
	x, y := margin, p.GetY()
	if p.b.Logo != nil {
		w, _ := p.picture("logo", p.b.Logo, x, y, logoWidth, logoHeight)
		x += w + 5
	}
	w := margin + width - x
	for i, text := range []string{p.b.Departement, p.b.Formation} {
		if text != "" {
			p.SetX(x)
			p.cell(w, 5, map[int]string{0: "B"}[i], 10, "L", text)
			p.Ln(5)
		}
	}
	p.SetX(x)
	p.cell(w, 8, "B", 14, "L", "Bulletin de notes")
	p.Ln(8)
	if p.b.Logo != nil {
		p.SetY(max(p.GetY(), y+logoHeight))
	}
	p.SetFillColor(225, 229, 236)
	p.Rect(margin, p.GetY()+1, width, 7, "F")
	p.SetXY(margin, p.GetY()+1)
	p.cell(width*3/4, 7, "B", 10, "L", p.b.Semestre)
	p.cell(width/4, 7, "", 10, "R", p.b.Annee)
	p.Ln(9)
}

// student draws who the report card is of: the photograph at the left of two
// columns of texts.
func (p *page) student() {
	x, y := margin, p.GetY()
	end := y
	if p.b.Photo != nil {
		w, h := p.picture("photo", p.b.Photo, x, y, pictureHeight, pictureHeight)
		x, end = x+w+5, y+h
	}
	w := margin + width - x
	p.SetXY(x, y)
	p.cell(w, 7, "B", 12, "L", p.b.Nom)
	for i, column := range [][]Ligne{p.b.Identite, p.b.Scolarite} {
		p.SetY(y + 7.5)
		for _, l := range column {
			p.SetX(x + float64(i)*w/2)
			p.cell(25, 4.6, "", letters, "L", l.Libelle)
			p.cell(w/2-26, 4.6, "B", letters, "L", l.Texte)
			p.Ln(4.6)
		}
		end = max(end, p.GetY())
	}
	p.SetY(end + 3)
}

// picture draws a picture in the top left of a place, and returns how much of it
// that takes.
func (p *page) picture(name string, content []byte, x, y, maxWidth, maxHeight float64) (w, h float64) {
	options := fpdf.ImageOptions{ImageType: "jpg"}
	info := p.RegisterImageOptionsReader(name, options, bytes.NewReader(content))
	if p.Err() {
		return 0, 0
	}
	scale := min(maxWidth/info.Width(), maxHeight/info.Height())
	w, h = info.Width()*scale, info.Height()*scale
	p.ImageOptions(name, x, y, w, h, false, options, 0, "")
	return w, h
}

// cell draws a text on one line, in letters small enough, and leaves the pen at
// its right.
func (p *page) cell(w, h float64, style string, size float64, align, text string) {
	text = p.Fit(clean(text), style, size, w-2)
	p.CellFormat(w, h, text, "", 0, align+"M", false, 0, "")
}

// wrap breaks a text into lines, no more than maxLines.
func (p *page) wrap(text string, w float64) []string {
	text = clean(text)
	if p.GetStringWidth(text) <= w {
		return []string{text}
	}
	lines := p.SplitText(text, w)
	if len(lines) > maxLines {
		lines = lines[:maxLines]
		lines[maxLines-1] = p.Cut(lines[maxLines-1]+"…", w)
	}
	return lines
}

// remarks draws texts of any length, each after what it is about; a page may
// end between two lines.
func (p *page) remarks() {
	const label = 32.
	for _, l := range p.b.Remarques {
		if l.Texte == "" {
			continue
		}
		p.SetFont(imprime.Font, "", letters)
		for i, line := range p.SplitText(clean(l.Texte), width-label-3) {
			p.room(4.6)
			if i == 0 {
				p.cell(label, 4.6, "B", letters, "L", l.Libelle)
			}
			p.SetX(margin + label)
			p.SetFont(imprime.Font, "", letters)
			p.CellFormat(width-label, 4.6, line, "", 0, "LM", false, 0, "")
			p.Ln(4.6)
		}
	}
}

// room begins a page unless this one has room for a height.
func (p *page) room(h float64) (began bool) {
	if p.GetY()+h <= bottom {
		return false
	}
	p.AddPage()
	return true
}

func (p *page) signature() {
	if p.b.Signature == "" {
		return
	}
	const h, w = 20., 70.
	p.room(h + 2)
	y := p.GetY() + 2
	p.SetDrawColor(170, 176, 188)
	p.Rect(margin+width-w, y, w, h, "D")
	for i, text := range []string{p.b.Signature, "Nom, date et signature :"} {
		p.SetXY(margin+width-w+1, y+1+float64(i)*4.5)
		p.cell(w-2, 4.5, map[int]string{0: "B"}[i], letters, "L", text)
	}
}
