package carte

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	douala = []Point{
		{Lon: 9.7043, Lat: 4.0503, Label: "Lycée d'Akwa", Href: "/sites/1"},
		{Lon: 9.6680, Lat: 4.0755, Label: "Collège de Bonabéri", Href: "/sites/2"},
		{Lon: 11.5167, Lat: 3.8667, Label: "Yaoundé", Href: "/sites/3"},
		{Lon: 13.3978, Lat: 9.3017, Label: "Garoua <nord> & \"lac\"", Href: "/sites/4"},
	}
	france = []Point{
		{Lon: 2.3522, Lat: 48.8566, Label: "Paris", Href: "/sites/1"},
		{Lon: 2.3364, Lat: 48.9562, Label: "Villetaneuse", Href: "/sites/2"},
		{Lon: 5.3698, Lat: 43.2965, Label: "Marseille", Href: "/sites/3"},
		{Lon: -4.4861, Lat: 48.3904, Label: "Brest", Href: "/sites/4"},
		{Lon: 7.7521, Lat: 48.5734, Label: "Strasbourg", Href: "/sites/5"},
		{Lon: -1.5586, Lat: 43.4832, Label: "Bayonne", Href: "/sites/6"},
	}
	monde = []Point{
		{Lon: 9.7, Lat: 4.05, Label: "Douala", Href: "/sites/1"},
		{Lon: -149.57, Lat: -17.54, Label: "Papeete", Href: "/sites/2"},
		{Lon: -74.0, Lat: 40.7, Label: "New York", Href: "/sites/3"},
		{Lon: 139.7, Lat: 35.7, Label: "Tokyo", Href: "/sites/4"},
		{Lon: 55.45, Lat: -20.88, Label: "Saint-Denis", Href: "/sites/5"},
		{Lon: 18.95, Lat: 69.65, Label: "Tromsø", Href: "/sites/6"},
	}
	pacifique = []Point{
		{Lon: 178.44, Lat: -18.14, Label: "Suva", Href: "/sites/1"},
		{Lon: -171.77, Lat: -13.83, Label: "Apia", Href: "/sites/2"},
	}
)

// scenes are the views that the golden files hold.
var scenes = []struct {
	name  string
	sites []Point
	opts  Options
}{
	{"cameroun", douala, Options{Width: 480, Height: 320}},
	{"france", france, Options{Width: 480, Height: 320}},
	{"monde", monde, Options{Width: 480, Height: 240}},
	{"vide", nil, Options{Width: 320, Height: 160}},
	{"un-site", []Point{{Lon: 9.7, Lat: 4.05, Label: "Douala"}}, Options{Width: 480, Height: 240}},
	{"bulgarie", []Point{
		{Lon: 26.45, Lat: 43.56, Label: "Razgrad", Href: "/sites/1"},
		{Lon: 26.45, Lat: 43.56, Label: "Annexe", Href: "/sites/2"},
	}, Options{Width: 480, Height: 240, Compass: English}},
	{"antimeridien", pacifique, Options{Width: 480, Height: 240}},
	{"de-pres", douala, Options{Width: 480, Height: 320, View: &View{Lon: 9.7, Lat: 4.05, Span: 1}}},
}

func render(t *testing.T, m Map) string {
	t.Helper()
	var b bytes.Buffer
	err := m.WriteSVG(&b, Render{
		Label: "Carte des sites",
		Count: func(n int) string { return strconv.Itoa(n) + " sites" },
		List:  "/sites",
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			got := render(t, Draw(s.sites, s.opts))
			file := filepath.Join("testdata", s.name+".svg")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestDrawStaysSmall(t *testing.T) {
	views := []View{
		{Lon: 11, Span: 360},
		{Lon: 15, Lat: 65, Span: 60},
		{Lon: -95, Lat: 70, Span: 90},
		{Lon: 20, Lat: 50, Span: 100},
		{Lon: 120, Lat: 10, Span: 80},
		{Lon: -73, Lat: -48, Span: 20},
	}
	for _, v := range views {
		for _, size := range [][2]int{{960, 480}, {2400, 2400}} {
			m := Draw(monde, Options{Width: size[0], Height: size[1], View: &v})
			if n := len(render(t, m)); n >= 150_000 {
				t.Errorf("%+v at %v: %d bytes", v, size, n)
			}
		}
	}
}

// The page forbids scripts and inline styles, and the markup must stand as a
// file of its own as well.
func TestMarkupIsCleanXML(t *testing.T) {
	sites := []Point{
		{Lon: 9.7, Lat: 4.05, Label: "<b>&\"' \x00\x07", Href: "/sites/1?a=1&b=\"2\""},
		{Lon: 2.3, Lat: 48.8, Label: "mauvais", Href: "javascript:alert(1)"},
		{Lon: 5, Lat: 20, Href: "https://exemple.org/"},
	}
	text := render(t, Draw(sites, Options{}))
	d := xml.NewDecoder(bytes.NewReader([]byte(text)))
	var hrefs, labels []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "style" || start.Name.Local == "script" {
			t.Errorf("element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			switch {
			case a.Name.Local == "style" || len(a.Name.Local) > 2 && a.Name.Local[:2] == "on":
				t.Errorf("attribute %s", a.Name.Local)
			case a.Name.Local == "href":
				hrefs = append(hrefs, a.Value)
			case a.Name.Local == "aria-label":
				labels = append(labels, a.Value)
			}
		}
	}
	if diff := cmp.Diff([]string{"/sites/1?a=1&b=\"2\"", "https://exemple.org/"}, hrefs); diff != "" {
		t.Error(diff)
	}
	want := []string{"Carte des sites", "2\u00a0000\u00a0km", "<b>&\"' \ufffd\ufffd", "mauvais", "20°N 5°E"}
	if diff := cmp.Diff(want, labels); diff != "" {
		t.Error(diff)
	}
}

func TestWriteSVGReturnsTheWritersError(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	if err := Draw(nil, Options{}).WriteSVG(w, Render{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, s := range scenes[:3] {
		b.Run(s.name, func(b *testing.B) {
			coast()
			for b.Loop() {
				Draw(s.sites, Options{})
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(coastData); err != nil {
			b.Fatal(err)
		}
	}
}
