package carte

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Marker stands for one site, or for several that would overlap.
type Marker struct {
	// X and Y are the middle of the marker, Radius its size, in pixels.
	X, Y, Radius float64
	// Points are the sites it stands for, as indices into those drawn; at
	// least one.
	Points []int
	// Names are the names of those sites, in the same order.
	Names []string
	// Href is where the first of those sites leads.
	Href string
	// Label is the short text beside the marker: the site's name, cut when
	// long, with " +2" when two more sites lie under it.
	Label string
	// Text is where the label is written; its Text is empty when there is no
	// room for it.
	Text Text
	// Closer shows the sites of a cluster apart; nil for a single site, and
	// for sites too near one another for any view.
	Closer *View
}

const (
	siteRadius    = 6
	clusterRadius = 10
	// clusterPixels is how near two markers may come before they are one.
	clusterPixels = 18
	// labelSize is the font size of the names; a letter is taken to be
	// labelAdvance wide, a little more than most fonts have.
	labelSize    = 12
	labelAdvance = 6.8
	// longestLabel is in characters.
	longestLabel = 30
)

// markers gathers the points into markers. A cluster lies where its first
// point does, so that no two markers overlap.
func (f frame) markers(sites []Point, c Compass) (markers []Marker, outside []int) {
	for i, p := range sites {
		if !p.placeable() {
			outside = append(outside, i)
			continue
		}
		x, y := f.place(p.Lon, p.Lat)
		if !f.shows(x, y) {
			outside = append(outside, i)
			continue
		}
		name := p.Label
		if name == "" {
			name = c.position(p)
		}
		m := nearest(markers, x, y)
		if m == nil {
			markers = append(markers, Marker{X: x, Y: y, Radius: siteRadius, Href: p.Href})
			m = &markers[len(markers)-1]
		}
		m.Points = append(m.Points, i)
		m.Names = append(m.Names, name)
	}
	for i := range markers {
		f.finish(&markers[i], sites)
	}
	return markers, outside
}

// nearest returns the marker that a site at x, y would overlap, nil if none.
func nearest(markers []Marker, x, y float64) *Marker {
	var found *Marker
	best := math.Inf(1)
	for i := range markers {
		m := &markers[i]
		d := math.Hypot(m.X-x, m.Y-y)
		if d < clusterPixels && d < best {
			found, best = m, d
		}
	}
	return found
}

// finish gives a marker its label and, for a cluster, its closer view.
func (f frame) finish(m *Marker, sites []Point) {
	m.Label = shorten(m.Names[0])
	if len(m.Points) == 1 {
		return
	}
	m.Label += " +" + strconv.Itoa(len(m.Points)-1)
	m.Radius = clusterRadius
	members := make([]Point, len(m.Points))
	for i, index := range m.Points {
		members[i] = sites[index]
	}
	width, height := int(f.width), int(f.height)
	closer := fit(members, clusterSpan, width, height)
	if closer.Span >= f.view.Span {
		closer = View{closer.Lon, closer.Lat, f.view.Span / 2}.within(width, height)
	}
	near := newFrame(closer, width, height)
	x, y := near.place(members[0].Lon, members[0].Lat)
	for _, p := range members[1:] {
		px, py := near.place(p.Lon, p.Lat)
		if math.Hypot(px-x, py-y) >= clusterPixels {
			m.Closer = &closer
			return
		}
	}
}

func shorten(name string) string {
	if utf8.RuneCountInString(name) <= longestLabel {
		return name
	}
	return string([]rune(name)[:longestLabel-1]) + "…"
}

// textWidth guesses the width in pixels of a text at a font size. Characters
// from Hangul on are mostly as wide as they are high.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		if r >= 0x1100 && (r < 0x2000 || r >= 0x2e80) {
			w += size
		} else {
			w += labelAdvance * size / labelSize
		}
	}
	return w
}

// placeLabels writes the labels that fit: each is tried to the right of its
// marker, to the left, above and below, and left out when it would cover a
// marker, another text or the picture's edge every time. Sites given first
// are served first.
func (f frame) placeLabels(m *Map) {
	taken := []Box{{m.Scale.X - 4, m.Scale.Y - 16, m.Scale.Width + 8, 24}}
	for _, d := range m.Degrees {
		taken = append(taken, d.box(degreeSize))
	}
	for _, k := range m.Markers {
		taken = append(taken, Box{k.X - k.Radius, k.Y - k.Radius, 2 * k.Radius, 2 * k.Radius})
	}
	for i := range m.Markers {
		k := &m.Markers[i]
		gap := k.Radius + 4
		for _, t := range []Text{
			{k.X + gap, k.Y + 4, "start", k.Label},
			{k.X - gap, k.Y + 4, "end", k.Label},
			{k.X, k.Y - gap, "middle", k.Label},
			{k.X, k.Y + gap + 9, "middle", k.Label},
		} {
			box := t.box(labelSize)
			if f.free(box, taken) {
				t.X, t.Y = tenth(t.X), tenth(t.Y)
				k.Text = t
				taken = append(taken, box)
				break
			}
		}
	}
}

// box returns the room that a text takes at a font size.
func (t Text) box(size float64) Box {
	w := textWidth(t.Text, size)
	b := Box{X: t.X, Y: t.Y - 0.8*size, Width: w, Height: 1.1 * size}
	switch t.Anchor {
	case "middle":
		b.X -= w / 2
	case "end":
		b.X -= w
	}
	return b
}

func (f frame) free(b Box, taken []Box) bool {
	if b.X < 2 || b.Y < 2 || b.X+b.Width > f.width-2 || b.Y+b.Height > f.height-2 {
		return false
	}
	for _, t := range taken {
		if b.X < t.X+t.Width && t.X < b.X+b.Width && b.Y < t.Y+t.Height && t.Y < b.Y+b.Height {
			return false
		}
	}
	return true
}
