package carte

import (
	"html/template"
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseViewReadsWhatQueryWrites(t *testing.T) {
	v := View{Lon: -9.7021, Lat: 4.05, Span: 12.5}
	if got := v.Query(); got != "lat=4.05&lon=-9.7021&span=12.5" {
		t.Errorf("got %q", got)
	}
	q, err := url.ParseQuery(v.Query())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&v, ParseView(q)); diff != "" {
		t.Error(diff)
	}
}

func TestParseViewIgnoresWhatItCannotRead(t *testing.T) {
	for _, query := range []string{
		"", "lat=1&lon=2", "lat=a&lon=2&span=3", "lat=NaN&lon=2&span=3",
		"lat=1&lon=Inf&span=3", "lat=1&lon=2&span=1e999",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if v := ParseView(q); v != nil {
			t.Errorf("%q: %+v", query, *v)
		}
	}
}

func TestHrefPassesThroughATemplate(t *testing.T) {
	page := template.Must(template.New("").Parse(`{{if ne .In .View}}<a href="{{.In.Href}}">+</a>{{end}}`))
	m := Draw(nil, Options{View: &View{Lon: 9.7, Lat: 4, Span: 10}})
	var b strings.Builder
	if err := page.Execute(&b, m); err != nil {
		t.Fatal(err)
	}
	if want := `<a href="?lat=4&amp;lon=9.7&amp;span=5">+</a>`; b.String() != want {
		t.Errorf("got %s, want %s", b.String(), want)
	}
}

func TestFit(t *testing.T) {
	tests := []struct {
		name  string
		sites []Point
		want  View
	}{
		{"no site shows the world", nil, View{11, 0, 360}},
		{"one site shows its country", douala[:1], View{9.7043, 4.0503, 10}},
		{"sites on both sides of the antimeridian", pacifique, View{-176.665, -15.985, 13.176}},
		{"sites everywhere show the world", monde, View{11, 0, 360}},
		{"a site at the pole keeps the pole on the edge", []Point{{Lon: 20, Lat: 90}}, View{20, 87.5, 10}},
		{"a longitude beyond the turn", []Point{{Lon: 369.7, Lat: 4}}, View{9.7, 4, 10}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, fit(tt.sites, autoSpan, 960, 480)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestZoomAndPan(t *testing.T) {
	m := Draw(nil, Options{View: &View{Lon: 175, Lat: 60, Span: 20}})
	tests := []struct {
		name      string
		got, want View
	}{
		{"in", m.In, View{175, 60, 10}},
		{"out", m.Out, View{175, 60, 40}},
		{"north", m.North, View{175, 65, 20}},
		{"south", m.South, View{175, 55, 20}},
		{"east, over the antimeridian", m.East, View{-165, 60, 20}},
		{"west", m.West, View{155, 60, 20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinksStopAtTheLimits(t *testing.T) {
	world := Draw(nil, Options{})
	if world.Out != world.View || world.North != world.View || world.South != world.View {
		t.Errorf("the whole world goes further: %+v", world.View)
	}
	closest := Draw(nil, Options{View: &View{Span: 0}})
	if closest.In != closest.View || closest.View.Span != minSpan {
		t.Errorf("the closest view comes closer: %+v", closest.View)
	}
}

func anyPoint(t *rapid.T) Point {
	return Point{
		Lon:   rapid.Float64Range(-180, 180).Draw(t, "lon"),
		Lat:   rapid.Float64Range(-90, 90).Draw(t, "lat"),
		Label: rapid.String().Draw(t, "label"),
	}
}

func TestDrawProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sites := rapid.SliceOfN(rapid.Custom(anyPoint), 0, 8).Draw(t, "sites")
		opts := Options{
			Width:  rapid.IntRange(0, 1200).Draw(t, "width"),
			Height: rapid.IntRange(0, 1200).Draw(t, "height"),
		}
		if rapid.Bool().Draw(t, "chosen") {
			opts.View = &View{
				Lon:  rapid.Float64().Draw(t, "view lon"),
				Lat:  rapid.Float64().Draw(t, "view lat"),
				Span: rapid.Float64().Draw(t, "view span"),
			}
		}
		m := Draw(sites, opts)
		if diff := cmp.Diff(m, Draw(sites, opts)); diff != "" {
			t.Fatalf("the same map twice differs: %s", diff)
		}
		seen := make([]bool, len(sites))
		once := func(i int) {
			if seen[i] {
				t.Fatalf("site %d twice", i)
			}
			seen[i] = true
		}
		for _, k := range m.Markers {
			if !(k.X >= 0 && k.X <= float64(m.Width) && k.Y >= 0 && k.Y <= float64(m.Height)) {
				t.Fatalf("marker at %v, %v of %d × %d", k.X, k.Y, m.Width, m.Height)
			}
			for _, i := range k.Points {
				once(i)
			}
		}
		for _, i := range m.Outside {
			once(i)
		}
		if len(m.Markers) == 0 && len(m.Outside) != len(sites) {
			t.Fatal("sites are lost")
		}
		if opts.View == nil && len(m.Outside) > 0 {
			t.Fatalf("the view of all the sites leaves some out: %v of %+v", m.Outside, m.View)
		}
		var b strings.Builder
		m.Markers = nil // names may hold anything
		if err := m.WriteSVG(&b, Render{}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"NaN", "Inf", "e+"} {
			if strings.Contains(b.String(), bad) {
				t.Fatalf("%s in the markup", bad)
			}
		}
		for _, v := range []View{m.View, m.In, m.Out, m.North, m.South, m.East, m.West} {
			if !(math.Abs(v.Lat) <= 90 && v.Lon >= -180 && v.Lon < 180 && v.Span >= minSpan && v.Span <= 720) {
				t.Fatalf("view %+v", v)
			}
		}
	})
}

func TestUnplaceableSitesAreOutside(t *testing.T) {
	sites := []Point{
		{Lon: math.NaN()}, {Lat: math.Inf(1)}, {Lat: 91}, {Lon: 9.7, Lat: 4}, {Lon: math.Inf(-1)},
	}
	m := Draw(sites, Options{})
	if diff := cmp.Diff([]int{0, 1, 2, 4}, m.Outside); diff != "" {
		t.Error(diff)
	}
	if len(m.Markers) != 1 || m.Markers[0].Points[0] != 3 {
		t.Errorf("markers: %+v", m.Markers)
	}
}

func TestAViewThatIsNotANumberShowsAllTheSites(t *testing.T) {
	m := Draw(douala, Options{View: &View{Lon: math.NaN(), Lat: 4, Span: 10}})
	if diff := cmp.Diff(Draw(douala, Options{}), m); diff != "" {
		t.Error(diff)
	}
}
