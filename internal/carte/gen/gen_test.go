package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two square countries side by side: arc 0 is their border, arcs 1 and 2
// their coasts, in steps of a degree from 0, 0.
const squares = `{
	"type": "Topology",
	"transform": {"scale": [1, 1], "translate": [0, 0]},
	"arcs": [
		[[10, 0], [0, 5], [0, 5]],
		[[10, 10], [-10, 0], [0, -10], [10, 0]],
		[[10, 0], [10, 0], [0, 10], [-10, 0]]
	],
	"objects": {
		"countries": {"type": "GeometryCollection", "geometries": [
			{"type": "Polygon", "arcs": [[0, 1]]},
			{"type": "MultiPolygon", "arcs": [[[2, -1]]]}
		]},
		"land": {"type": "GeometryCollection", "geometries": [
			{"type": "MultiPolygon", "arcs": [[[1, 2]]]}
		]}
	}
}`

func TestRunWritesLandAndBorders(t *testing.T) {
	dir := t.TempDir()
	source, target := filepath.Join(dir, "squares.json"), filepath.Join(dir, "coast.bin")
	if err := os.WriteFile(source, []byte(squares), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{source, target}, &stdout, &stderr); code != 0 {
		t.Fatalf("code %d: %s", code, &stderr)
	}
	got, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	want := tracedSet{
		land:    [][]point{{{10, 10}, {0, 10}, {0, 0}, {10, 0}, {20, 0}, {20, 10}, {10, 10}}},
		borders: [][]point{{{10, 0}, {10, 10}}},
	}
	if diff := cmp.Diff(want.encode(), got); diff != "" {
		t.Error(diff)
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.json")
	if err := os.WriteFile(empty, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no argument", nil, "usage:"},
		{"no such file", []string{filepath.Join(dir, "none"), "x"}, "no such file"},
		{"not JSON", []string{broken, "x"}, "unexpected end"},
		{"not a topology", []string{empty, "x"}, "no arcs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(tt.args, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("code %d: %s", code, &stderr)
			}
		})
	}
}

func TestStitchJoinsTheTwoSides(t *testing.T) {
	got := stitch([][]point{
		{{170, 60}, {180, 60}, {180, 70}, {170, 70}, {170, 60}},
		{{-180, 70}, {-180, 60}, {-170, 65}, {-180, 70}},
		{{0, 0}, {1, 0}, {1, 1}, {0, 0}},
	})
	want := [][]point{
		{{0, 0}, {1, 0}, {1, 1}, {0, 0}},
		{{180, 70}, {170, 70}, {170, 60}, {180, 60}, {180, 60}, {190, 65}, {180, 70}, {180, 70}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSimplifyKeepsIslands(t *testing.T) {
	got := simplify([]point{{0, 0}, {0.001, 0}, {0.001, 0.001}, {0, 0.001}, {0, 0}}, tolerance)
	if len(got) != 4 || got[0] != got[3] {
		t.Errorf("got %v, want a triangle", got)
	}
}

func TestARingRoundTheEarthIsClosedThroughThePole(t *testing.T) {
	got := closeRing([]point{{-180, -80}, {-60, -70}, {60, -70}, {179, -80}, {-180, -80}})
	want := []point{{-180, -80}, {-60, -70}, {60, -70}, {179, -80}, {180, -80}, {180, -90}, {-180, -90}, {-180, -80}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
