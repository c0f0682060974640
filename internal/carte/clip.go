package carte

// window is what of the picture is kept, in tenths of a pixel, edges included.
type window struct{ left, top, right, bottom int64 }

func (w window) holds(p spot) bool {
	return p.x >= w.left && p.x <= w.right && p.y >= w.top && p.y <= w.bottom
}

// edge is one side of a window: out is by how much a spot lies beyond it, 0
// or less when it does not.
type edge func(p spot) (out int64)

func (w window) edges() [4]edge {
	return [4]edge{
		func(p spot) int64 { return w.left - p.x },
		func(p spot) int64 { return p.x - w.right },
		func(p spot) int64 { return w.top - p.y },
		func(p spot) int64 { return p.y - w.bottom },
	}
}

// ring cuts a closed ring to the window by Sutherland and Hodgman's method:
// where it leaves, it follows the window's side. The ring returned is new.
func (w window) ring(points []spot) []spot {
	inside := true
	for _, p := range points {
		if !w.holds(p) {
			inside = false
			break
		}
	}
	if inside {
		return append([]spot(nil), points...)
	}
	in := points
	for _, beyond := range w.edges() {
		var out []spot
		for i, p := range in {
			before := in[(i+len(in)-1)%len(in)]
			op, ob := beyond(p), beyond(before)
			if (op > 0) != (ob > 0) {
				out = append(out, crossing(before, p, ob, op))
			}
			if op <= 0 {
				out = append(out, p)
			}
		}
		in = out
	}
	if len(in) > 0 && in[0] != in[len(in)-1] {
		in = append(in, in[0])
	}
	return in
}

// line cuts an open line to the window and appends the pieces to lines.
func (w window) line(lines [][]spot, points []spot) [][]spot {
	var piece []spot
	flush := func() {
		if len(piece) > 1 {
			lines = append(lines, piece)
		}
		piece = nil
	}
	for i := 1; i < len(points); i++ {
		a, b, seen := w.segment(points[i-1], points[i])
		if !seen {
			flush()
			continue
		}
		if len(piece) == 0 || piece[len(piece)-1] != a {
			flush()
			piece = append(piece, a)
		}
		piece = append(piece, b)
		if b != points[i] {
			flush()
		}
	}
	flush()
	return lines
}

// segment cuts one segment to the window; seen is false when nothing of it is
// left.
func (w window) segment(a, b spot) (from, to spot, seen bool) {
	for _, beyond := range w.edges() {
		oa, ob := beyond(a), beyond(b)
		switch {
		case oa > 0 && ob > 0:
			return a, b, false
		case oa > 0:
			a = crossing(a, b, oa, ob)
		case ob > 0:
			b = crossing(a, b, oa, ob)
		}
	}
	return a, b, true
}

// crossing returns where the segment ab meets a side that a lies oa beyond
// and b ob beyond, one of them more than 0. The largest products, of a whole
// Earth at the closest view, stay far below the largest int64.
func crossing(a, b spot, oa, ob int64) spot {
	d := oa - ob
	return spot{a.x + (b.x-a.x)*oa/d, a.y + (b.y-a.y)*oa/d}
}

// thin keeps the points of a line that Douglas and Peucker's method needs at
// this tolerance, both ends included. A ring, whose ends are the same, is
// split at its point farthest from there.
func thin(line []spot, tolerance int64) []spot {
	n := len(line)
	if n < 3 {
		return line
	}
	keep := make([]bool, n)
	keep[0], keep[n-1] = true, true
	type stretch struct{ from, to int }
	todo := []stretch{{0, n - 1}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		far, most := s.from, int64(0)
		length := squared(line[s.from], line[s.to])
		for i := s.from + 1; i < s.to; i++ {
			if d := offset(line[i], line[s.from], line[s.to], length); d > most {
				far, most = i, d
			}
		}
		if most > tolerance*tolerance {
			keep[far] = true
			todo = append(todo, stretch{s.from, far}, stretch{far, s.to})
		}
	}
	kept := make([]spot, 0, n)
	for i, p := range line {
		if keep[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

func squared(a, b spot) int64 {
	return (b.x-a.x)*(b.x-a.x) + (b.y-a.y)*(b.y-a.y)
}

// offset returns the square of the distance from p to the segment ab, whose
// length squared is given, in tenths of a pixel.
func offset(p, a, b spot, length int64) int64 {
	along := (p.x-a.x)*(b.x-a.x) + (p.y-a.y)*(b.y-a.y)
	switch {
	case length == 0 || along <= 0:
		return squared(p, a)
	case along >= length:
		return squared(p, b)
	}
	cross := (p.x-a.x)*(b.y-a.y) - (p.y-a.y)*(b.x-a.x)
	return cross * cross / length // below 2e18 on the largest picture
}
