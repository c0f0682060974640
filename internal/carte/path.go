package carte

import (
	"math"
	"strconv"
)

// spot is a place on the picture in tenths of a pixel. Lines are clipped and
// thinned in whole numbers, so that every machine draws the same.
type spot struct{ x, y int64 }

const (
	// bleed is how far beyond the picture, in tenths of a pixel, lines are
	// cut: the cut and its stroke stay out of sight.
	bleed = 80
	// finest is the first tolerance of thinning, in tenths of a pixel.
	finest = 4
	// landBudget and borderBudget are the most bytes of a path; a longer one
	// is thinned again, coarser.
	landBudget, borderBudget = 90_000, 25_000
)

// path returns the data of an SVG path: the lines of the set that the frame
// shows, clipped to it and thinned until they fit in the budget of bytes.
func (f frame) path(set *lineSet, closed bool, budget int) string {
	lines := f.clipped(set, closed)
	for tolerance := int64(finest); ; tolerance *= 2 {
		out := make([]byte, 0, budget)
		for _, line := range lines {
			out = appendLine(out, thin(line, tolerance), closed, tolerance)
		}
		// At a thousand times the first tolerance nothing is left.
		if len(out) <= budget || tolerance > finest*1000 {
			return string(out)
		}
	}
}

// clipped returns the lines of the set within the frame. The Earth is laid
// side by side as often as the frame is wide.
func (f frame) clipped(set *lineSet, closed bool) [][]spot {
	per := coast().perDegree
	window := window{-bleed, -bleed, int64(f.width)*10 + bleed, int64(f.height)*10 + bleed}
	var lines [][]spot
	var buffer []spot
	for i, b := range set.bounds {
		for turn := -360.0; turn <= 360; turn += 360 {
			low := f.project(vertex{b.west, b.south}, turn, per)
			high := f.project(vertex{b.east, b.north}, turn, per)
			if high.x < window.left || low.x > window.right || low.y < window.top || high.y > window.bottom {
				continue
			}
			buffer = buffer[:0]
			for _, v := range set.line(i) {
				buffer = append(buffer, f.project(v, turn, per))
			}
			if closed {
				lines = append(lines, window.ring(buffer))
			} else {
				lines = window.line(lines, buffer)
			}
		}
	}
	return lines
}

// project returns where a vertex falls after turning the Earth by so many
// degrees. The conversions keep a compiler from fusing the operations, which
// would round otherwise on some machines.
func (f frame) project(v vertex, turn, perDegree float64) spot {
	lon := float64(v.x)/perDegree + turn - f.view.Lon
	lat := float64(v.y)/perDegree - f.view.Lat
	return spot{
		int64(math.Round(f.width*5 + float64(lon*f.perLon*10))),
		int64(math.Round(f.height*5 - float64(lat*f.perLat*10))),
	}
}

// appendLine writes one line of a path, relative after its first point.
// Nothing is written of an island too small to be seen.
func appendLine(out []byte, line []spot, closed bool, tolerance int64) []byte {
	if closed && len(line) > 0 && line[0] == line[len(line)-1] {
		line = line[:len(line)-1] // z closes it
	}
	if len(line) < 2 || closed && (len(line) < 3 || tiny(line, tolerance)) {
		return out
	}
	out = append(out, 'M')
	out = appendTenths(out, line[0].x, true)
	out = appendTenths(out, line[0].y, false)
	out = append(out, 'l')
	for i := 1; i < len(line); i++ {
		out = appendTenths(out, line[i].x-line[i-1].x, i == 1)
		out = appendTenths(out, line[i].y-line[i-1].y, false)
	}
	if closed {
		out = append(out, 'z')
	}
	return out
}

func tiny(ring []spot, tolerance int64) bool {
	box := window{ring[0].x, ring[0].y, ring[0].x, ring[0].y}
	for _, p := range ring {
		box.left, box.right = min(box.left, p.x), max(box.right, p.x)
		box.top, box.bottom = min(box.top, p.y), max(box.bottom, p.y)
	}
	return box.right-box.left <= tolerance && box.bottom-box.top <= tolerance
}

// appendTenths writes a number of tenths as pixels, with a space before it
// unless its sign or its being the first keeps it apart.
func appendTenths(out []byte, v int64, first bool) []byte {
	switch {
	case v < 0:
		out = append(out, '-')
		v = -v
	case !first:
		out = append(out, ' ')
	}
	if v >= 10 || v == 0 {
		out = strconv.AppendInt(out, v/10, 10)
	}
	if v%10 != 0 {
		out = append(out, '.', byte('0'+v%10))
	}
	return out
}
