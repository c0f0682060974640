package carte

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOverlappingSitesMakeACluster(t *testing.T) {
	m := Draw(douala, Options{})
	var got [][]int
	for _, k := range m.Markers {
		got = append(got, k.Points)
	}
	if diff := cmp.Diff([][]int{{0, 1}, {2}, {3}}, got); diff != "" {
		t.Fatal(diff)
	}
	k := m.Markers[0]
	if k.Label != "Lycée d'Akwa +1" || k.Closer == nil {
		t.Fatalf("cluster %+v", k)
	}
	near := Draw(douala, Options{View: k.Closer})
	if len(near.Markers) != 2 {
		t.Errorf("the closer view shows %d markers, want 2", len(near.Markers))
	}
}

func TestSitesAtOnePlaceLeadToTheList(t *testing.T) {
	sites := []Point{
		{Lon: 26.45, Lat: 43.56, Label: "A", Href: "/sites/1"},
		{Lon: 26.45, Lat: 43.56, Label: "B", Href: "/sites/2"},
	}
	m := Draw(sites, Options{})
	k := m.Markers[0]
	if k.Closer != nil {
		t.Errorf("a view that would not help: %+v", *k.Closer)
	}
	if got := k.target(Render{List: "/sites"}); got != "/sites" {
		t.Errorf("with a list: %q", got)
	}
	if got := k.target(Render{}); got != "/sites/1" {
		t.Errorf("without: %q", got)
	}
	if got := k.title(Render{}); got != "2 (A, B)" {
		t.Errorf("title %q", got)
	}
}

func TestLabelsDoNotCollide(t *testing.T) {
	var sites []Point
	for i := range 200 {
		sites = append(sites, Point{
			Lon: 2 + float64(i%20)*0.4, Lat: 46 + float64(i/20)*0.3,
			Label: strings.Repeat("x", 1+i%40),
		})
	}
	m := Draw(sites, Options{})
	var boxes []Box
	for _, k := range m.Markers {
		boxes = append(boxes, Box{k.X - k.Radius, k.Y - k.Radius, 2 * k.Radius, 2 * k.Radius})
	}
	markers, written := len(boxes), 0
	f := newFrame(m.View, m.Width, m.Height)
	for _, k := range m.Markers {
		if k.Text.Text == "" {
			continue
		}
		b := k.Text.box(labelSize)
		b.X, b.Y, b.Width, b.Height = b.X+0.2, b.Y+0.2, b.Width-0.4, b.Height-0.4 // positions are rounded
		if !f.free(b, boxes) {
			t.Errorf("label %q collides", k.Text.Text)
		}
		boxes = append(boxes, b)
		written++
	}
	if written == 0 || markers == 0 {
		t.Errorf("%d labels, %d markers", written, markers)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	name := strings.Repeat("é", 40)
	m := Draw([]Point{{Lon: 1, Lat: 46, Label: name}}, Options{})
	if got := m.Markers[0].Label; got != strings.Repeat("é", 29)+"…" {
		t.Errorf("label %q", got)
	}
	if got := m.Markers[0].Names[0]; got != name {
		t.Errorf("name %q", got)
	}
}

func TestPositions(t *testing.T) {
	tests := []struct {
		compass Compass
		point   Point
		want    string
	}{
		{French, Point{Lon: 9.7, Lat: 4.05}, "4°03′N 9°42′E"},
		{French, Point{Lon: -70, Lat: -12.5}, "12°30′S 70°O"},
		{English, Point{Lon: -70.25, Lat: 0}, "0° 70°15′W"},
		{English, Point{Lon: 180, Lat: 1}, "1°N 180°"},
	}
	for _, tt := range tests {
		if got := tt.compass.position(tt.point); got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.point, got, tt.want)
		}
	}
}

func TestScaleLabels(t *testing.T) {
	for km, want := range map[float64]string{0.5: "500\u00a0m", 20: "20\u00a0km", 5000: "5\u00a0000\u00a0km"} {
		if got := kilometres(km); got != want {
			t.Errorf("%v: got %q", km, got)
		}
	}
}
