// Package graphique draws charts as SVG for the pages: bars that lie, stacked
// by series.
//
// A drawing has neither script nor style and is as wide as its place: lengths
// across are percentages, heights pixels, so that texts keep their size on a
// phone. The classes below, all starting with graphique, are the stylesheet's.
package graphique

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MostSeries is how many series the stylesheet has colours for; [Chart.Folded]
// brings a chart down to it.
const MostSeries = 8

// Chart is a chart of bars. The page gives the same figures as a table, for
// those who do not see it.
type Chart struct {
	// ID begins the ids of the drawing, which are unique on the page.
	ID string
	// Title and Description tell what it shows.
	Title, Description string
	// Series are the names of the parts of each bar.
	Series []string
	Bars   []Bar
	// Number writes a figure; nil writes its digits.
	Number func(int64) string
}

// Bar is one bar: a value, not negative, for each series.
type Bar struct {
	Label  string
	Values []int64
}

// Total is the length of the bar.
func (b Bar) Total() (sum int64) {
	for _, v := range b.Values {
		sum += v
	}
	return sum
}

// Totals returns the sum of each series.
func (c Chart) Totals() []int64 {
	totals := make([]int64, len(c.Series))
	for _, b := range c.Bars {
		for i, v := range b.Values {
			totals[i] += v
		}
	}
	return totals
}

// Folded returns the chart with its series in the order of their totals, the
// greatest first, and those past the most-th in one called others. Equal ones
// keep their order.
func (c Chart) Folded(most int, others string) Chart {
	totals := c.Totals()
	order := make([]int, len(c.Series))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(totals[b], totals[a]) })
	kept := len(order)
	if kept > most {
		kept = most - 1
	}
	folded := c
	folded.Series, folded.Bars = nil, make([]Bar, len(c.Bars))
	for _, s := range order[:kept] {
		folded.Series = append(folded.Series, c.Series[s])
	}
	if kept < len(order) {
		folded.Series = append(folded.Series, others)
	}
	for i, b := range c.Bars {
		values := make([]int64, len(folded.Series))
		for place, s := range order {
			values[min(place, len(values)-1)] += b.Values[s]
		}
		folded.Bars[i] = Bar{b.Label, values}
	}
	return folded
}

// Scale returns the distance between two lines of the grid, 1, 2 or 5 times a
// power of ten, and the end of the scale, a multiple of it: no less than
// greatest, which may be anything that is counted, in at most five steps.
func Scale(greatest int64) (step, end int64) {
	const steps = 5
	for factor := int64(1); ; factor *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if step = n * factor; (greatest+step-1)/step <= steps {
				return step, max(1, (greatest+step-1)/step) * step
			}
		}
	}
}

// Heights, in pixels.
const (
	rowHeight  = 46
	labelBase  = 16 // from the top of a row to the line its text stands on
	barTop     = 23
	barHeight  = 16
	axisHeight = 22
)

// longestLabel is how many characters of a label fit above its bar on a phone.
const longestLabel = 36

// HTML returns the drawing as one svg element; nothing without bars.
func (c Chart) HTML() template.HTML {
	if len(c.Bars) == 0 {
		return ""
	}
	var greatest int64
	for _, b := range c.Bars {
		greatest = max(greatest, b.Total())
	}
	step, end := Scale(greatest)
	foot := len(c.Bars) * rowHeight
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="graphique" role="img" aria-labelledby="%[1]s-titre %[1]s-description" width="100%%" height="%[2]d">`,
		escape(c.ID), foot+axisHeight)
	fmt.Fprintf(&b, "\n<title id=\"%[1]s-titre\">%[2]s</title>\n<desc id=\"%[1]s-description\">%[3]s</desc>\n", escape(c.ID), escape(c.Title), escape(c.Description))
	c.writeGrid(&b, step, end, foot)
	for i, bar := range c.Bars {
		c.writeBar(&b, bar, i*rowHeight, end)
	}
	b.WriteString("</svg>\n")
	return template.HTML(b.String())
}

func (c Chart) writeGrid(b *bytes.Buffer, step, end int64, foot int) {
	b.WriteString("<g class=\"graphique-grille\">\n")
	for at := int64(0); at <= end; at += step {
		x, anchor := percent(at, end), "middle"
		switch at {
		case 0:
			anchor = "start"
		case end:
			anchor = "end"
		}
		fmt.Fprintf(b, "<line x1=\"%[1]s\" x2=\"%[1]s\" y1=\"0\" y2=\"%[2]d\"/><text x=\"%[1]s\" y=\"%[3]d\" text-anchor=\"%[4]s\">%[5]s</text>\n",
			x, foot, foot+labelBase, anchor, escape(c.number(at)))
	}
	b.WriteString("</g>\n")
}

func (c Chart) writeBar(b *bytes.Buffer, bar Bar, top int, end int64) {
	fmt.Fprintf(b, "<g><title>%[1]s : %[2]s</title>\n"+
		"<text class=\"graphique-nom\" x=\"0\" y=\"%[3]d\">%[4]s</text>"+
		"<text class=\"graphique-total\" x=\"100%%\" y=\"%[3]d\" text-anchor=\"end\">%[2]s</text>\n",
		escape(bar.Label), escape(c.number(bar.Total())), top+labelBase, escape(shortened(bar.Label)))
	var before int64
	for i, v := range bar.Values {
		if v == 0 {
			continue
		}
		fmt.Fprintf(b, "<rect class=\"graphique-s%d\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"><title>%s, %s : %s</title></rect>\n",
			i%MostSeries+1, percent(before, end), top+barTop, percent(v, end), barHeight, escape(bar.Label), escape(c.Series[i]), escape(c.number(v)))
		before += v
	}
	b.WriteString("</g>\n")
}

func (c Chart) number(n int64) string {
	if c.Number == nil {
		return strconv.FormatInt(n, 10)
	}
	return c.Number(n)
}

// percent writes a share of the width with three decimals at most, a hundredth
// of a pixel on any screen.
func percent(part, whole int64) string {
	text := strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 3, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "%"
}

func shortened(label string) string {
	if utf8.RuneCountInString(label) <= longestLabel {
		return label
	}
	return strings.TrimRight(string([]rune(label)[:longestLabel-1]), " ") + "…"
}

// escape makes a text fit for an attribute or an element, in HTML and XML;
// characters that neither allows become U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
