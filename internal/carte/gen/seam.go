package main

import "math"

// seamTolerance is how far apart, in degrees, the two sides of a cut may end.
const seamTolerance = 0.02

// stitch joins the rings that the source cuts along the antimeridian, such as
// the two parts of Russia, so that no straight coast is drawn there. A ring
// whose other half is not found is left as it is.
func stitch(rings [][]point) [][]point {
	var whole, cut [][]point
	for _, ring := range rings {
		if chain := openAtSeam(ring); chain != nil {
			cut = append(cut, chain)
		} else {
			whole = append(whole, ring)
		}
	}
	for len(cut) > 0 {
		a := cut[0]
		cut = cut[1:]
		for i, b := range cut {
			if meets(a[len(a)-1], b[0]) && meets(b[len(b)-1], a[0]) {
				a = append(a, b...)
				cut = append(cut[:i], cut[i+1:]...)
				break
			}
		}
		whole = append(whole, unwrap(append(a, a[0])))
	}
	return whole
}

// openAtSeam returns the points of a ring that has one edge along the
// antimeridian, from the end of that edge round to its start; nil for any
// other ring, Antarctica's passage through the pole included.
func openAtSeam(ring []point) []point {
	edge, edges := 0, 0
	for i := 1; i < len(ring); i++ {
		if math.Abs(ring[i][1]) == 90 {
			return nil
		}
		if onSeam(ring[i-1]) && onSeam(ring[i]) {
			edge, edges = i, edges+1
		}
	}
	if edges != 1 {
		return nil
	}
	chain := append([]point(nil), ring[edge:len(ring)-1]...)
	return append(chain, ring[:edge]...)
}

func onSeam(p point) bool { return math.Abs(math.Abs(p[0])-180) < 1e-6 }

func meets(a, b point) bool { return math.Abs(a[1]-b[1]) < seamTolerance }
