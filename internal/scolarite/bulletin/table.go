package bulletin

import "intendant/internal/scolarite/imprime"

// ink is how a kind of rows is drawn.
type ink struct {
	style   string
	size    float64
	fill    [3]int
	indent  float64 // of the texts
	grey    int     // of the letters
	isShade bool
}

var inks = map[Kind]ink{
	Plain:  {size: letters},
	Strong: {style: "B", size: letters, fill: [3]int{240, 242, 247}, isShade: true},
	Detail: {size: small, indent: 3, grey: 70},
}

// table draws a table under its title. Neither stands at the foot of a page
// without a row.
func (p *page) table(t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	widths := t.widths()
	heights := make([]float64, len(t.Rows))
	for i := range t.Rows {
		heights[i] = p.height(t, &t.Rows[i], widths)
	}
	heading := 5.5
	p.room(6 + heading + p.together(t, heights, 0))
	if t.Titre != "" {
		p.cell(width, 6, "B", 9, "L", t.Titre)
		p.Ln(6)
	}
	p.heads(t, widths, heading)
	for i := range t.Rows {
		if p.room(p.together(t, heights, i)) {
			p.heads(t, widths, heading)
		}
		p.row(t, &t.Rows[i], widths, heights[i])
	}
	p.Ln(3)
}

// together is the height of a row and of the first of its details.
func (p *page) together(t *Table, heights []float64, i int) float64 {
	h := heights[i]
	if t.Rows[i].Kind != Detail && i+1 < len(t.Rows) && t.Rows[i+1].Kind == Detail {
		h += heights[i+1]
	}
	return h
}

// widths shares the width of the page: columns give way together when they are
// too many.
func (t *Table) widths() []float64 {
	const least = 45. // of what takes the rest
	sum := 0.
	for _, c := range t.Columns {
		sum += c.Width
	}
	scale := 1.
	if sum > width-least {
		scale = (width - least) / sum
	}
	widths := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		if widths[i] = c.Width * scale; c.Width == 0 {
			widths[i] = width - sum*scale
		}
	}
	return widths
}

func (p *page) height(t *Table, r *Row, widths []float64) float64 {
	n := 1
	for i, text := range r.Cells {
		if t.Columns[i].Left {
			n = max(n, len(p.lines(r, text, widths[i])))
		}
	}
	return float64(n)*lineHeight + 2*padding
}

// lines breaks the text of a cell, and chooses the letters of its row.
func (p *page) lines(r *Row, text string, w float64) []string {
	of := inks[r.Kind]
	p.SetFont(imprime.Font, of.style, of.size)
	return p.wrap(text, w-2.5-of.indent)
}

func (p *page) heads(t *Table, widths []float64, h float64) {
	p.SetFillColor(225, 229, 236)
	p.SetDrawColor(170, 176, 188)
	for i, c := range t.Columns {
		x, y := p.GetXY()
		p.Rect(x, y, widths[i], h, "FD")
		p.cell(widths[i], h, "B", small, align(c), c.Titre)
	}
	p.Ln(h)
}

func align(c Column) string {
	if c.Left {
		return "L"
	}
	return "C"
}

func (p *page) row(t *Table, r *Row, widths []float64, h float64) {
	of, mode := inks[r.Kind], "D"
	if of.isShade {
		p.SetFillColor(of.fill[0], of.fill[1], of.fill[2])
		mode = "FD"
	}
	p.SetDrawColor(200, 205, 214)
	p.SetTextColor(of.grey, of.grey, of.grey)
	for i, c := range t.Columns {
		x, y := p.GetXY()
		p.Rect(x, y, widths[i], h, mode)
		switch {
		case i >= len(r.Cells) || r.Cells[i] == "":
		case c.Left:
			for k, line := range p.lines(r, r.Cells[i], widths[i]) {
				p.SetXY(x+of.indent, y+padding+float64(k)*lineHeight)
				p.CellFormat(widths[i]-of.indent, lineHeight, line, "", 0, "LM", false, 0, "")
			}
		default:
			p.cell(widths[i], h, of.style, of.size, "C", r.Cells[i])
		}
		p.SetXY(x+widths[i], y)
	}
	p.SetTextColor(0, 0, 0)
	p.Ln(h)
}
