package carte

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"sync"
)

//go:embed coast.bin
var coastData []byte

// coast returns the decoded data file, read once, on the first map: about a
// megabyte. It panics if the embedded file is broken, which a test excludes.
var coast = sync.OnceValue(func() *atlas {
	a, err := decode(coastData)
	if err != nil {
		panic(err)
	}
	return a
})

// atlas is the decoded data file.
type atlas struct {
	perDegree float64 // steps of the grid in a degree
	land      lineSet // closed rings, seas within the land among them
	borders   lineSet // open lines between countries
}

// lineSet holds lines one after the other.
type lineSet struct {
	points []vertex
	ends   []int32  // ends[i] is where line i stops in points
	bounds []extent // of each line
}

// vertex is a longitude and a latitude in steps of the grid. A line that
// crosses the antimeridian runs on beyond 180° rather than jump.
type vertex struct{ x, y int32 }

type extent struct{ west, south, east, north int32 }

var errCoast = errors.New("carte: broken coast.bin")

// decode reads the data file. It starts with "carte1" and the number of steps
// in a degree; then come the land's rings and the borders, each as a count of
// lines, a count of points, and for every line its number of points and their
// differences, longitude first, from the point before (across lines too).
// Counts are unsigned varints, differences signed ones.
func decode(data []byte) (*atlas, error) {
	const magic = "carte1"
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return nil, errCoast
	}
	r := varints{data: data[len(magic):]}
	a := &atlas{perDegree: float64(r.count())}
	a.land = r.lines()
	a.borders = r.lines()
	if r.broken || len(r.data) > 0 || a.perDegree == 0 {
		return nil, errCoast
	}
	return a, nil
}

type varints struct {
	data   []byte
	broken bool
}

// count reads an unsigned number. Nothing counted takes less than a byte, so
// a count above the file's length is broken; it is then 0.
func (r *varints) count() int {
	v, n := binary.Uvarint(r.data)
	if n <= 0 || v > uint64(len(r.data)) {
		r.broken = true
		return 0
	}
	r.data = r.data[n:]
	return int(v)
}

func (r *varints) difference() int32 {
	v, n := binary.Varint(r.data)
	if n <= 0 {
		r.broken = true
		return 0
	}
	r.data = r.data[n:]
	return int32(v)
}

func (r *varints) lines() lineSet {
	lines, points := r.count(), r.count()
	set := lineSet{
		points: make([]vertex, 0, points),
		ends:   make([]int32, 0, lines),
		bounds: make([]extent, 0, lines),
	}
	var at vertex
	for range lines {
		n := r.count()
		if r.broken || n == 0 || len(set.points)+n > points {
			r.broken = true
			return set
		}
		var box extent
		for i := range n {
			at.x += r.difference()
			at.y += r.difference()
			set.points = append(set.points, at)
			if i == 0 {
				box = extent{at.x, at.y, at.x, at.y}
			}
			box.west, box.east = min(box.west, at.x), max(box.east, at.x)
			box.south, box.north = min(box.south, at.y), max(box.north, at.y)
		}
		set.ends = append(set.ends, int32(len(set.points)))
		set.bounds = append(set.bounds, box)
	}
	if len(set.points) != points {
		r.broken = true
	}
	return set
}

// line returns the points of line i.
func (s *lineSet) line(i int) []vertex {
	start := int32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.points[start:s.ends[i]]
}
