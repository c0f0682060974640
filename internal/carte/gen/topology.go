package main

import (
	"encoding/json"
	"fmt"
)

// topology is the part of a TopoJSON file that gen reads.
type topology struct {
	Transform struct {
		Scale     [2]float64 `json:"scale"`
		Translate [2]float64 `json:"translate"`
	} `json:"transform"`
	Arcs    [][][2]int `json:"arcs"`
	Objects struct {
		Land      collection `json:"land"`
		Countries collection `json:"countries"`
	} `json:"objects"`
}

type collection struct {
	Geometries []geometry `json:"geometries"`
}

type geometry struct {
	Type string          `json:"type"`
	Arcs json.RawMessage `json:"arcs"`
}

// point is a longitude and a latitude, in degrees.
type point [2]float64

// decode returns the arcs in degrees: the file holds differences of
// quantized coordinates.
func (t *topology) decode() [][]point {
	arcs := make([][]point, len(t.Arcs))
	for i, arc := range t.Arcs {
		var x, y int
		line := make([]point, len(arc))
		for j, d := range arc {
			x, y = x+d[0], y+d[1]
			line[j] = point{
				float64(x)*t.Transform.Scale[0] + t.Transform.Translate[0],
				float64(y)*t.Transform.Scale[1] + t.Transform.Translate[1],
			}
		}
		arcs[i] = line
	}
	return arcs
}

// rings returns the rings of a polygon or multipolygon, each a list of arc
// indices where ^i is arc i walked backwards.
func (g geometry) rings() ([][]int, error) {
	switch g.Type {
	case "Polygon":
		var rings [][]int
		return rings, json.Unmarshal(g.Arcs, &rings)
	case "MultiPolygon":
		var polygons [][][]int
		if err := json.Unmarshal(g.Arcs, &polygons); err != nil {
			return nil, err
		}
		var rings [][]int
		for _, p := range polygons {
			rings = append(rings, p...)
		}
		return rings, nil
	case "":
		return nil, nil // a country with no geometry at this scale
	}
	return nil, fmt.Errorf("geometry of type %q", g.Type)
}

// lines returns the rings of the land and the arcs that two different
// countries share, each a chain of its own.
func (t *topology) lines() (land, borders [][]int, err error) {
	for _, g := range t.Objects.Land.Geometries {
		rings, err := g.rings()
		if err != nil {
			return nil, nil, err
		}
		land = append(land, rings...)
	}
	owner := make(map[int]int)
	shared := make(map[int]bool)
	var order []int
	for c, g := range t.Objects.Countries.Geometries {
		rings, err := g.rings()
		if err != nil {
			return nil, nil, err
		}
		for _, ring := range rings {
			for _, a := range ring {
				a = max(a, ^a)
				other, seen := owner[a]
				switch {
				case !seen:
					owner[a] = c
				case other != c && !shared[a]:
					shared[a] = true
					order = append(order, a)
				}
			}
		}
	}
	for _, a := range order {
		borders = append(borders, []int{a})
	}
	return land, borders, nil
}

// trace walks the arcs of a ring or chain into one line.
func trace(arcs [][]point, indices []int) []point {
	var line []point
	for _, i := range indices {
		arc := arcs[max(i, ^i)]
		for j := range arc {
			p := arc[j]
			if i < 0 {
				p = arc[len(arc)-1-j]
			}
			if j == 0 && len(line) > 0 {
				continue // the end of the arc before
			}
			line = append(line, p)
		}
	}
	return line
}
