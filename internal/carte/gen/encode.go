package main

import (
	"encoding/binary"
	"math"
)

// perDegree is the grid of the data file: 1/256 of a degree, about 430 m, well
// under the tolerance, and most steps fit in one byte.
const perDegree = 256

// tracedSet is everything the data file holds.
type tracedSet struct {
	land    [][]point // closed rings, holes among them
	borders [][]point
}

func (s *tracedSet) points() int {
	n := 0
	for _, group := range [][][]point{s.land, s.borders} {
		for _, line := range group {
			n += len(line)
		}
	}
	return n
}

// encode returns the data file: see the package carte's own decoder for the
// format.
func (s *tracedSet) encode() []byte {
	data := []byte("carte1")
	data = binary.AppendUvarint(data, perDegree)
	for _, group := range [][][]point{s.land, s.borders} {
		lines := make([][][2]int64, 0, len(group))
		total := 0
		for _, line := range group {
			if q := quantize(line); len(q) >= 2 {
				lines = append(lines, q)
				total += len(q)
			}
		}
		data = binary.AppendUvarint(data, uint64(len(lines)))
		data = binary.AppendUvarint(data, uint64(total))
		var x, y int64
		for _, line := range lines {
			data = binary.AppendUvarint(data, uint64(len(line)))
			for _, p := range line {
				data = binary.AppendVarint(data, p[0]-x)
				data = binary.AppendVarint(data, p[1]-y)
				x, y = p[0], p[1]
			}
		}
	}
	return data
}

// quantize puts a line on the grid and drops the points that fall on the one
// before.
func quantize(line []point) [][2]int64 {
	var grid [][2]int64
	for _, p := range line {
		q := [2]int64{int64(math.Round(p[0] * perDegree)), int64(math.Round(p[1] * perDegree))}
		if len(grid) == 0 || grid[len(grid)-1] != q {
			grid = append(grid, q)
		}
	}
	return grid
}
