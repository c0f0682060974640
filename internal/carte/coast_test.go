package carte

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCoastDecodes(t *testing.T) {
	if len(coastData) > 250_000 {
		t.Errorf("the data file takes %d bytes", len(coastData))
	}
	a := coast()
	for i := range a.land.ends {
		ring := a.land.line(i)
		if ring[0] != ring[len(ring)-1] {
			t.Errorf("ring %d is open", i)
		}
	}
	for _, set := range []*lineSet{&a.land, &a.borders} {
		for i, b := range set.bounds {
			if float64(b.south) < -90*a.perDegree || float64(b.north) > 90*a.perDegree ||
				float64(b.west) < -200*a.perDegree || float64(b.east) > 200*a.perDegree {
				t.Errorf("line %d lies at %+v", i, b)
			}
		}
	}
}

// Known places, by the even-odd rule of the drawing.
func TestLandIsLand(t *testing.T) {
	tests := []struct {
		name     string
		lon, lat float64
		want     bool
	}{
		{"Yaoundé", 11.5, 3.87, true},
		{"gulf of Guinea", 3, 2, false},
		{"Paris", 2.35, 48.86, true},
		{"Razgrad", 26.45, 43.56, true},
		{"Chukotka, beyond the antimeridian", -175, 67, true},
		{"Caspian Sea", 51, 42, false},
		{"the South Pole", 30, -89.5, true},
		{"Pacific", -140, 0, false},
	}
	a := coast()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inside := false
			for _, turn := range []float64{-360, 0, 360} {
				x, y := (tt.lon+turn)*a.perDegree, tt.lat*a.perDegree
				for i := range a.land.ends {
					ring := a.land.line(i)
					for j := 1; j < len(ring); j++ {
						p, q := ring[j-1], ring[j]
						py, qy := float64(p.y), float64(q.y)
						if (py > y) != (qy > y) && x < float64(p.x)+(y-py)/(qy-py)*float64(q.x-p.x) {
							inside = !inside
						}
					}
				}
			}
			if inside != tt.want {
				t.Errorf("land: %v", inside)
			}
		})
	}
}

func TestDecodeRefusesBrokenData(t *testing.T) {
	good := []byte("carte1\x0a" + // 10 steps in a degree
		"\x01\x03\x03\x02\x04\x02\x02\x03\x05" + // a ring of 3 points
		"\x00\x00") // no border
	a, err := decode(good)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]vertex{{1, 2}, {2, 3}, {0, 0}}, a.land.line(0), cmp.AllowUnexported(vertex{})); diff != "" {
		t.Error(diff)
	}
	for n := range good {
		if _, err := decode(good[:n]); err == nil {
			t.Errorf("the first %d bytes pass", n)
		}
	}
	if _, err := decode(append(slices.Clone(good), 0)); err == nil {
		t.Error("a byte too many passes")
	}
	huge := append([]byte("carte1\x0a"), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)
	if _, err := decode(huge); err == nil {
		t.Error("a count beyond the file passes")
	}
}
