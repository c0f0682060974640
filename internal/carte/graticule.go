package carte

import (
	"fmt"
	"math"
	"strings"
)

// steps are the distances between the graticule's lines, in minutes of arc.
var steps = []int{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600}

const (
	// meshPixels is the least width of the graticule's mesh.
	meshPixels = 90
	// degreeSize is the font size of its labels.
	degreeSize = 10
)

// graticule returns the path of the meridians and parallels and their labels:
// latitudes along the left side, longitudes along the bottom. The label that
// would run into the scale bar is left out.
func (f frame) graticule(c Compass, s Scale) (string, []Text) {
	var path strings.Builder
	var labels []Text
	sea := f.sea()
	step := f.mesh(f.perLon)
	halfLon := f.width / 2 / f.perLon * 60
	for m := multiple((f.view.Lon*60)-halfLon, step); float64(m) <= f.view.Lon*60+halfLon; m += step {
		x := tenth(f.width/2 + (float64(m)/60-f.view.Lon)*f.perLon)
		fmt.Fprintf(&path, "M%v %vv%v", x, sea.Y, sea.Height)
		if x > 40 && x < s.X-30 {
			labels = append(labels, Text{x, tenth(sea.Y + sea.Height - 5), "middle", c.longitude(m)})
		}
	}
	step = f.mesh(f.perLat)
	halfLat := f.height / 2 / f.perLat * 60
	for m := multiple(max(f.view.Lat*60-halfLat, -89*60), step); float64(m) <= min(f.view.Lat*60+halfLat, 89*60); m += step {
		y := tenth(f.height/2 - (float64(m)/60-f.view.Lat)*f.perLat)
		fmt.Fprintf(&path, "M0 %vh%v", y, f.width)
		if y > 16 && y < f.height-20 {
			labels = append(labels, Text{4, tenth(y - 3), "start", c.latitude(m)})
		}
	}
	return path.String(), labels
}

// mesh returns the smallest step, in minutes, that leaves enough pixels
// between two lines.
func (f frame) mesh(perDegree float64) int {
	for _, step := range steps {
		if float64(step)/60*perDegree >= meshPixels {
			return step
		}
	}
	return steps[len(steps)-1]
}

// multiple returns the first multiple of step that is not below v.
func multiple(v float64, step int) int {
	return int(math.Ceil(v/float64(step))) * step
}

// longitude writes minutes of arc east as "9°30′E".
func (c Compass) longitude(minutes int) string {
	minutes = ((minutes+180*60)%(360*60)+360*60)%(360*60) - 180*60
	switch {
	case minutes > 0:
		return arc(minutes) + c.East
	case minutes == 0 || minutes == -180*60:
		return arc(-minutes)
	}
	return arc(-minutes) + c.West
}

// latitude writes minutes of arc north as "4°03′N".
func (c Compass) latitude(minutes int) string {
	switch {
	case minutes > 0:
		return arc(minutes) + c.North
	case minutes < 0:
		return arc(-minutes) + c.South
	}
	return arc(0)
}

func arc(minutes int) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d°", minutes/60)
	}
	return fmt.Sprintf("%d°%02d′", minutes/60, minutes%60)
}

// position writes where a point is: "4°03′N 9°42′E".
func (c Compass) position(p Point) string {
	lat := int(math.Round(p.Lat * 60))
	lon := int(math.Round(around(p.Lon, 0) * 60))
	return c.latitude(lat) + " " + c.longitude(lon)
}
