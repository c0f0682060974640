package main

import "math"

// tolerance is how far, in degrees of latitude, a simplified line may stray
// from its source. About 1.8 km: two pixels on a map 1000 km wide.
const tolerance = 0.016

// simplify keeps the points of an arc that Douglas and Peucker's method
// needs, both ends included. Borders and coast share arcs, so they still meet
// afterwards. Longitudes are narrowed by the cosine of the latitude, else the
// far north would keep too much.
func simplify(arc []point, tolerance float64) []point {
	n := len(arc)
	if n < 3 {
		return arc
	}
	keep := make([]bool, n)
	keep[0], keep[n-1] = true, true
	spans := [][2]int{{0, n - 1}}
	if arc[0] == arc[n-1] {
		// An island: its farthest point, and the farthest from the chord
		// between the two, so that the smallest one stays a triangle.
		far := farthest(arc, 0, n-1)
		keep[far] = true
		spans = [][2]int{{0, far}, {far, n - 1}}
		third := farthest(arc, 0, far)
		if other := farthest(arc, far, n-1); distance(arc[other], arc[far], arc[0]) > distance(arc[third], arc[0], arc[far]) {
			third = other
		}
		keep[third] = true
	}
	for len(spans) > 0 {
		s := spans[len(spans)-1]
		spans = spans[:len(spans)-1]
		if s[1]-s[0] < 2 {
			continue
		}
		far := farthest(arc, s[0], s[1])
		if distance(arc[far], arc[s[0]], arc[s[1]]) <= tolerance {
			continue
		}
		keep[far] = true
		spans = append(spans, [2]int{s[0], far}, [2]int{far, s[1]})
	}
	var kept []point
	for i, p := range arc {
		if keep[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// farthest returns the index strictly between from and to of the point
// farthest from the segment that joins them; from when there is none.
func farthest(arc []point, from, to int) int {
	best, index := -1.0, from
	for i := from + 1; i < to; i++ {
		if d := distance(arc[i], arc[from], arc[to]); d > best {
			best, index = d, i
		}
	}
	return index
}

// distance returns how far p lies from the segment ab, in degrees of
// latitude.
func distance(p, a, b point) float64 {
	k := math.Cos(p[1] * math.Pi / 180)
	px, py := (p[0]-a[0])*k, p[1]-a[1]
	bx, by := (b[0]-a[0])*k, b[1]-a[1]
	if length := bx*bx + by*by; length > 0 {
		t := min(max((px*bx+py*by)/length, 0), 1)
		px, py = px-t*bx, py-t*by
	}
	return math.Hypot(px, py)
}

// unwrap lets longitudes run beyond 180 where a line crosses the antimeridian
// rather than jump to the other side of the world.
func unwrap(line []point) []point {
	for i := 1; i < len(line); i++ {
		turns := math.Round((line[i][0] - line[i-1][0]) / 360)
		line[i][0] -= 360 * turns
	}
	return line
}

// closeRing unwraps a ring. One that goes all the way round the Earth, which
// Antarctica alone does, is closed through the pole.
func closeRing(ring []point) []point {
	ring = unwrap(ring)
	if len(ring) == 0 {
		return ring
	}
	first, last := ring[0], ring[len(ring)-1]
	if math.Abs(last[0]-first[0]) > 180 {
		pole := math.Copysign(90, first[1])
		ring = append(ring, point{last[0], pole}, point{first[0], pole}, first)
	}
	return ring
}
