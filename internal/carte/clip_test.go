package carte

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var spots = cmp.AllowUnexported(spot{})

func TestRingFollowsTheWindow(t *testing.T) {
	w := window{0, 0, 100, 100}
	around := []spot{{-50, -50}, {150, -50}, {150, 150}, {-50, 150}, {-50, -50}}
	got := w.ring(around)
	for _, corner := range []spot{{0, 0}, {100, 0}, {100, 100}, {0, 100}} {
		found := false
		for _, p := range got {
			found = found || p == corner
		}
		if !found {
			t.Errorf("no corner %v in %v", corner, got)
		}
	}
	if got := w.ring([]spot{{-50, -50}, {-10, -50}, {-10, 150}, {-50, -50}}); len(got) != 0 {
		t.Errorf("a ring beyond the window leaves %v", got)
	}
}

func TestLineIsCutInPieces(t *testing.T) {
	w := window{0, 0, 100, 100}
	got := w.line(nil, []spot{{-50, 50}, {50, 50}, {50, 150}, {80, 150}, {80, 50}, {90, 50}})
	want := [][]spot{{{0, 50}, {50, 50}, {50, 100}}, {{80, 100}, {80, 50}, {90, 50}}}
	if diff := cmp.Diff(want, got, spots); diff != "" {
		t.Error(diff)
	}
}

func TestThin(t *testing.T) {
	got := thin([]spot{{0, 0}, {50, 3}, {100, 0}, {100, 50}, {100, 100}}, 4)
	if diff := cmp.Diff([]spot{{0, 0}, {100, 0}, {100, 100}}, got, spots); diff != "" {
		t.Error(diff)
	}
}

func TestClippedLinesStayInTheWindow(t *testing.T) {
	const far = 20_000_000
	w := window{-bleed, -bleed, 9600 + bleed, 4800 + bleed}
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) spot {
			return spot{rapid.Int64Range(-far, far).Draw(t, "x"), rapid.Int64Range(-far, far).Draw(t, "y")}
		}), 2, 20).Draw(t, "points")
		lines := append(w.line(nil, points), w.ring(append(points, points[0])))
		for _, line := range lines {
			for _, p := range line {
				if !w.holds(p) {
					t.Fatalf("%v lies beyond", p)
				}
			}
		}
	})
}

func TestAppendTenths(t *testing.T) {
	var out []byte
	for i, v := range []int64{123, -5, 0, 7, 40, -10} {
		out = appendTenths(out, v, i == 0)
	}
	if got := string(out); got != "12.3-.5 0 .7 4-1" {
		t.Errorf("got %q", got)
	}
}
