// Package carte draws a map of sites: coastlines, borders, a graticule, a
// scale and one marker per site, as SVG made by the server.
//
// Draw computes everything from its arguments and an embedded data file, and
// Map.WriteSVG turns the result into markup that needs no script and no
// inline style. Zooming and panning are links to another View of the page.
package carte

import "math"

// Point is a site to show.
type Point struct {
	// Lon and Lat are degrees, east and north positive. A longitude may lie
	// beyond ±180; a latitude beyond ±90, or a value that is not a number,
	// puts the point in Map.Outside.
	Lon, Lat float64
	// Label is the site's name; its position stands in for an empty one.
	Label string
	// Href is where the marker leads: a path or an http(s) address. Empty,
	// the marker is still reached by the keyboard but leads nowhere.
	Href string
}

// Options says how to draw. The zero value draws 960 × 480 pixels around all
// the sites, in French.
type Options struct {
	// Width and Height are pixels: 960 and 480 when zero, held between 160
	// and 2400; the height is at least a quarter of the width.
	Width, Height int
	// View is what to show; nil, or one that is not of finite numbers, shows
	// all the sites.
	View *View
	// Compass holds the letters of the four directions.
	Compass Compass
}

// Compass holds what follows a latitude or longitude, such as "N".
type Compass struct{ North, South, East, West string }

// French is the compass of French maps.
var French = Compass{North: "N", South: "S", East: "E", West: "O"}

// English is the compass of English maps.
var English = Compass{North: "N", South: "S", East: "E", West: "W"}

// Map is a drawn map. Positions are pixels from the top left corner, rounded
// to a tenth.
type Map struct {
	Width, Height int
	// Land, Borders and Graticule are the data of SVG paths, empty when the
	// view shows none. Land is closed rings to fill by the even-odd rule.
	Land, Borders, Graticule string
	// Sea is the part of the picture between the poles: the whole of it, but
	// for a tall picture of the whole world.
	Sea Box
	// Degrees are the labels of the graticule.
	Degrees []Text
	// Markers are in the order of the sites given.
	Markers []Marker
	// Scale is the scale bar; it holds along the middle of the map.
	Scale Scale
	// Outside lists the points, by index, that the view does not show.
	Outside []int

	// View is what the map shows, after correction. The others are what links
	// lead to; one that is equal to View can go no further.
	View, In, Out, North, South, East, West View
}

// Box is a rectangle in pixels.
type Box struct{ X, Y, Width, Height float64 }

// Text is a piece of text on the map; Anchor is SVG's text-anchor.
type Text struct {
	X, Y   float64
	Anchor string
	Text   string
}

// Scale is a scale bar: X and Y are its left end, Width its length in pixels,
// Kilometres the same length on the ground.
type Scale struct {
	X, Y, Width float64
	Kilometres  float64
	Label       string
}

// Default and extreme sizes of a map, in pixels. Beyond the largest, the
// integers of the drawing could overflow; a flatter picture would show the
// Earth more than three times over.
const (
	defaultWidth, defaultHeight = 960, 480
	minSide, maxSide            = 160, 2400
	flattest                    = 4
)

// Draw draws the sites. It never fails: a point that cannot be placed is
// listed in Map.Outside, and no point at all gives the whole world. The same
// arguments always give the same map.
func Draw(sites []Point, opts Options) Map {
	width := side(opts.Width, defaultWidth)
	height := max(side(opts.Height, defaultHeight), (width+flattest-1)/flattest)
	compass := opts.Compass
	if compass == (Compass{}) {
		compass = French
	}
	var view View
	if opts.View != nil && opts.View.finite() {
		view = opts.View.within(width, height)
	} else {
		view = fit(sites, autoSpan, width, height)
	}
	f := newFrame(view, width, height)
	m := Map{
		Width: width, Height: height, Sea: f.sea(), Scale: f.scale(),
		View:  view,
		In:    View{view.Lon, view.Lat, view.Span / 2}.within(width, height),
		Out:   View{view.Lon, view.Lat, view.Span * 2}.within(width, height),
		North: view.panned(0, 0.5, width, height),
		South: view.panned(0, -0.5, width, height),
		East:  view.panned(0.5, 0, width, height),
		West:  view.panned(-0.5, 0, width, height),
	}
	data := coast()
	m.Land = f.path(&data.land, true, landBudget)
	m.Borders = f.path(&data.borders, false, borderBudget)
	m.Graticule, m.Degrees = f.graticule(compass, m.Scale)
	m.Markers, m.Outside = f.markers(sites, compass)
	f.placeLabels(&m)
	return m
}

func side(asked, usual int) int {
	if asked == 0 {
		asked = usual
	}
	return min(max(asked, minSide), maxSide)
}

// tenth rounds to a tenth of a pixel, so that every machine writes the same.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }
