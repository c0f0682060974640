package carte

import (
	"math"
	"strconv"
)

// frame projects the Earth on one picture. The projection is the plate carrée
// narrowed for the middle of the view: distances are true north to south, and
// along the middle parallel.
type frame struct {
	view          View
	width, height float64
	// perLon and perLat are pixels in a degree.
	perLon, perLat float64
}

func newFrame(view View, width, height int) frame {
	f := frame{view: view, width: float64(width), height: float64(height)}
	f.perLat = f.width / view.Span
	f.perLon = f.perLat * narrowing(view.Lat)
	return f
}

// place returns where a position falls, in pixels rounded to a tenth; the
// longitude is taken on the turn of the Earth nearest to the middle.
func (f frame) place(lon, lat float64) (x, y float64) {
	return tenth(f.width/2 + float64((around(lon, f.view.Lon)-f.view.Lon)*f.perLon)),
		tenth(f.height/2 - float64((lat-f.view.Lat)*f.perLat))
}

func (f frame) shows(x, y float64) bool {
	return x >= 0 && x <= f.width && y >= 0 && y <= f.height
}

// sea returns the picture cut at the poles.
func (f frame) sea() Box {
	_, top := f.place(f.view.Lon, 90)
	_, bottom := f.place(f.view.Lon, -90)
	top, bottom = max(top, 0), min(bottom, f.height)
	return Box{X: 0, Y: top, Width: f.width, Height: tenth(bottom - top)}
}

// kmPerDegree is the length of a degree of latitude on a sphere of 6371 km.
const kmPerDegree = 111.195

// scale returns the longest bar of 1, 2 or 5 times a power of ten kilometres
// that takes no more than a sixth of the width.
func (f frame) scale() Scale {
	most := f.view.Span * kmPerDegree / 6
	unit := math.Pow(10, math.Floor(math.Log10(most)))
	km := unit
	for _, k := range []float64{2, 5} {
		if k*unit <= most {
			km = k * unit
		}
	}
	s := Scale{Kilometres: km, Width: tenth(km / kmPerDegree * f.perLat), Label: kilometres(km)}
	s.X, s.Y = tenth(f.width-16-s.Width), f.height-16
	return s
}

// kilometres writes a length as both languages read it: no decimals, and
// thousands apart by a space that does not break.
func kilometres(km float64) string {
	const space = "\u00a0"
	if km < 1 {
		return strconv.Itoa(int(math.Round(km*1000))) + space + "m"
	}
	n := strconv.Itoa(int(math.Round(km)))
	if len(n) > 3 {
		n = n[:len(n)-3] + space + n[len(n)-3:]
	}
	return n + space + "km"
}
