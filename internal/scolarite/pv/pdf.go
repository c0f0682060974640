package pv

import (
	"fmt"
	"io"

	"intendant/internal/scolarite/imprime"
)

// The page is A4 on its side; lengths are in millimetres, letters in points.
const (
	margin     = 10.
	width      = 297 - 2*margin
	bottom     = 210 - margin - 6 // above the number of the page
	rowHeight  = 8.
	headHeight = 11.
	nameWidth  = 52.
	nipWidth   = 21.
	suiteWidth = 20.
	letters    = 7.
	smallest   = 4.5
)

// PDF writes the minutes to be printed and signed. It fails when w does.
func (m *Minutes) PDF(w io.Writer) error {
	p := newPage(m)
	p.title()
	p.table()
	p.legend()
	p.signature()
	if err := p.Output(w); err != nil {
		return fmt.Errorf("minutes of %s: %w", m.Session, err)
	}
	return nil
}

// page draws minutes.
type page struct {
	*imprime.Document
	m     *Minutes
	other float64 // the width of a column of marks
}

func newPage(m *Minutes) *page {
	p := &page{Document: imprime.New(imprime.Layout{Orientation: imprime.Landscape, Margin: margin, Smallest: smallest}, "Procès-verbal de jury – "+m.Semestre, m.Date), m: m}
	p.SetFooterFunc(p.foot)
	columns := 1 + len(m.UEs) + len(m.RCUEs) + 2 // the general mean, the decision, ECTS
	p.other = min((width-nameWidth-nipWidth-suiteWidth)/float64(columns), 22)
	p.AddPage()
	return p
}

func (p *page) foot() {
	p.SetXY(margin, 210-margin-4)
	p.SetFont(imprime.Font, "", letters)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(width/2, 4, p.m.Semestre+" – "+p.m.Session, "", 0, "L", false, 0, "")
	p.CellFormat(width/2, 4, fmt.Sprintf("page %d/{pages}", p.PageNo()), "", 0, "R", false, 0, "")
	p.SetTextColor(0, 0, 0)
}

func (p *page) title() {
	p.SetFont(imprime.Font, "B", 14)
	p.CellFormat(width, 8, "Procès-verbal de jury", "", 1, "C", false, 0, "")
	p.SetFont(imprime.Font, "", 10)
	for _, line := range []string{p.m.Departement, p.m.Formation, p.m.Semestre + " – " + p.m.Session} {
		p.CellFormat(width, 5, p.Fit(line, "", 10, width), "", 1, "C", false, 0, "")
	}
	p.SetFont(imprime.Font, "", 9)
	p.Ln(2)
	p.CellFormat(width, 5, p.m.preamble(), "", 1, "L", false, 0, "")
	p.Ln(1)
}

// table draws a line for each student; the head is drawn again on each page.
func (p *page) table() {
	p.head()
	for i := range p.m.Etudiants {
		if p.GetY()+rowHeight > bottom {
			p.AddPage()
			p.head()
		}
		p.line(&p.m.Etudiants[i], i%2 == 1)
	}
}

func (p *page) head() {
	p.SetFillColor(225, 229, 236)
	p.box(nameWidth, headHeight, "B", true, "L", "Étudiant")
	p.box(nipWidth, headHeight, "B", true, "L", "NIP")
	p.box(p.other, headHeight, "B", true, "C", "Moyenne")
	for _, u := range p.m.UEs {
		p.box(p.other, headHeight, "B", true, "C", u)
	}
	for _, r := range p.m.RCUEs {
		p.box(p.other, headHeight, "B", true, "C", "RCUE", r[0], r[1])
	}
	p.box(p.other, headHeight, "B", true, "C", p.m.Decision)
	p.box(p.other, headHeight, "B", true, "C", "ECTS")
	p.box(suiteWidth, headHeight, "B", true, "C", "Autorisé en")
	p.Ln(headHeight)
}

func (p *page) line(e *Etudiant, isOdd bool) {
	p.SetFillColor(246, 247, 250)
	name := []string{e.nom()}
	if e.Etat != "" {
		name = append(name, e.Etat)
	}
	p.box(nameWidth, rowHeight, "", isOdd, "L", name...)
	p.box(nipWidth, rowHeight, "", isOdd, "L", e.NIP)
	p.box(p.other, rowHeight, "", isOdd, "C", mean(e.Generale))
	for _, cells := range [][]Cell{e.UEs, e.RCUEs} {
		for _, c := range cells {
			if c.Absent {
				p.box(p.other, rowHeight, "", isOdd, "C")
				continue
			}
			lines := []string{mean(c.Moyenne)}
			if c.Code != "" {
				lines = append(lines, c.Code)
			}
			p.box(p.other, rowHeight, "", isOdd, "C", lines...)
		}
	}
	decision, credits := e.Decision, ects(e.ECTS)
	if !e.isDecided() {
		decision, credits = "–", "–"
	}
	p.box(p.other, rowHeight, "B", isOdd, "C", decision)
	p.box(p.other, rowHeight, "", isOdd, "C", credits)
	p.box(suiteWidth, rowHeight, "", isOdd, "C", e.Suite)
	p.Ln(rowHeight)
}

// box draws a cell with some lines of text in its middle, and leaves the pen at
// its right.
func (p *page) box(w, h float64, style string, fill bool, align string, lines ...string) {
	x, y := p.GetXY()
	mode := "D"
	if fill {
		mode = "FD"
	}
	p.SetDrawColor(170, 176, 188)
	p.Rect(x, y, w, h, mode)
	step := min(3.2, h/float64(max(1, len(lines))))
	top := y + (h-step*float64(len(lines)))/2
	for i, text := range lines {
		text = p.Fit(text, style, letters, w-1.5)
		p.SetXY(x, top+float64(i)*step)
		p.CellFormat(w, step, text, "", 0, align+"M", false, 0, "")
	}
	p.SetXY(x+w, y)
}

// legend says what the codes that are printed mean.
func (p *page) legend() {
	if len(p.m.Legende) == 0 {
		return
	}
	p.Ln(3)
	p.SetFont(imprime.Font, "", letters)
	text := ""
	for i, l := range p.m.Legende {
		if i > 0 {
			text += "  ·  "
		}
		text += l.Code + " : " + l.Texte
	}
	lines := p.SplitText(text, width-2)
	if p.GetY()+float64(len(lines))*4 > bottom {
		p.AddPage()
	}
	for _, line := range lines {
		p.CellFormat(width, 4, line, "", 1, "L", false, 0, "")
	}
}

func (p *page) signature() {
	const height = 30
	if p.GetY()+height > bottom {
		p.AddPage()
	}
	p.Ln(4)
	p.SetFont(imprime.Font, "", 9)
	p.SetX(margin + width*2/3)
	p.CellFormat(width/3, 5, "Le président du jury", "", 1, "L", false, 0, "")
	p.SetX(margin + width*2/3)
	p.CellFormat(width/3, 5, "Nom, date et signature :", "", 1, "L", false, 0, "")
}
