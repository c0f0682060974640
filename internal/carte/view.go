package carte

import (
	"html/template"
	"math"
	"net/url"
	"slices"
	"strconv"
)

// View is what a map shows. Lon and Lat are its middle, in degrees. Span is
// its width on the ground in degrees of latitude, of about 111 km each: it
// stands for the same distance everywhere.
type View struct{ Lon, Lat, Span float64 }

const (
	// minSpan is as close as a view comes; the coast is too coarse beyond.
	minSpan = 0.5
	// autoSpan is the least a view of all the sites shows, about 1100 km, so
	// that one site still shows its country.
	autoSpan = 10
	// clusterSpan is the least that the link of a cluster shows.
	clusterSpan = minSpan
	// fitMargin is the view's size over that of the sites' box.
	fitMargin = 1.4
	// mostlyWorld is the span from which the usual map of the whole world is
	// easier to read than one centred on the sites.
	mostlyWorld = 300
)

// Query returns the view as URL parameters, which ParseView reads back:
// "lat=4.05&lon=9.7&span=10".
func (v View) Query() string {
	return "lat=" + decimal(v.Lat) + "&lon=" + decimal(v.Lon) + "&span=" + decimal(v.Span)
}

// Href returns the view as a link within the page, of the type that
// html/template copies as it is: "?lat=4.05&lon=9.7&span=10".
func (v View) Href() template.URL { return template.URL("?" + v.Query()) }

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// ParseView reads the parameters lat, lon and span. It returns nil, for
// Options.View to show all the sites, when one is missing or is not a finite
// number: a hand-edited address shows the map all the same.
func ParseView(q url.Values) *View {
	var v View
	for name, field := range map[string]*float64{"lat": &v.Lat, "lon": &v.Lon, "span": &v.Span} {
		value, err := strconv.ParseFloat(q.Get(name), 64)
		if err != nil {
			return nil
		}
		*field = value
	}
	if !v.finite() {
		return nil
	}
	return &v
}

func (v View) finite() bool {
	for _, x := range []float64{v.Lon, v.Lat, v.Span} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// within returns the view corrected to what a picture of that size can show:
// a span between the closest view and the whole world, a middle that keeps
// the poles at or beyond the edges, and four decimals, about 11 m.
func (v View) within(width, height int) View {
	ratio := float64(height) / float64(width)
	v.Span = min(max(v.Span, minSpan), max(360, 180/ratio))
	half := v.Span * ratio / 2
	limit := max(90-half, 0)
	v.Lat = min(max(v.Lat, -limit), limit)
	v.Lon = around(v.Lon, 0)
	return v.rounded()
}

func (v View) rounded() View {
	round := func(x float64) float64 {
		return math.Round(x*1e4)/1e4 + 0 // + 0 turns -0 into 0
	}
	v.Lon, v.Lat, v.Span = round(v.Lon), round(v.Lat), round(v.Span)
	if v.Lon == 180 {
		v.Lon = -180
	}
	return v
}

// panned moves the view by fractions of its width and height.
func (v View) panned(east, north float64, width, height int) View {
	v.Lon += east * v.Span / narrowing(v.Lat)
	v.Lat += north * v.Span * float64(height) / float64(width)
	return v.within(width, height)
}

// narrowing is the length of a degree of longitude over one of latitude. It
// stops at 80°, lest a view near a pole spread round the whole Earth.
func narrowing(lat float64) float64 {
	return math.Cos(min(math.Abs(lat), 80) * math.Pi / 180)
}

// around returns the longitude within 180° of the middle.
func around(lon, middle float64) float64 {
	d := math.Mod(lon-middle, 360)
	switch {
	case d >= 180:
		d -= 360
	case d < -180:
		d += 360
	}
	return middle + d
}

func (p Point) placeable() bool {
	return math.Abs(p.Lat) <= 90 && !math.IsNaN(p.Lon) && !math.IsInf(p.Lon, 0)
}

// fit returns the view of all the points that have a place, no narrower than
// least; the whole world when there are none.
func fit(points []Point, least float64, width, height int) View {
	var lons []float64
	south, north := 90.0, -90.0
	for _, p := range points {
		if p.placeable() {
			lons = append(lons, around(p.Lon, 0))
			south, north = min(south, p.Lat), max(north, p.Lat)
		}
	}
	// A little east of Greenwich, where few lands lie on the edges.
	world := View{Lon: 11, Span: math.Inf(1)}.within(width, height)
	if len(lons) == 0 {
		return world
	}
	west, extent := shortestArc(lons)
	middle := (south + north) / 2
	ratio := float64(height) / float64(width)
	span := max(extent*narrowing(middle), (north-south)/ratio) * fitMargin
	v := View{Lon: west + extent/2, Lat: middle, Span: max(span, least)}.within(width, height)
	if math.Abs(v.Lat-middle) > 0.001 {
		// The pole pushed the view towards the equator, where degrees of
		// longitude are longer.
		v.Span = max(v.Span, extent*fitMargin)
		v = v.within(width, height)
	}
	if v.Span >= mostlyWorld {
		return world
	}
	return v
}

// shortestArc returns the western end and the extent of the shortest stretch
// of longitudes that holds them all: what is left by the widest gap, so that
// sites on both sides of the antimeridian stay together.
func shortestArc(lons []float64) (west, extent float64) {
	slices.Sort(lons)
	n := len(lons)
	west, gap := lons[0], lons[0]+360-lons[n-1]
	for i := 1; i < n; i++ {
		if g := lons[i] - lons[i-1]; g > gap {
			west, gap = lons[i], g
		}
	}
	return west, 360 - gap
}
