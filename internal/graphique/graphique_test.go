package graphique

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden file")

func example() Chart {
	return Chart{
		ID: "connexions", Title: "Connexions par projet", Description: "Deux projets, trois clients.",
		Series: []string{"Maquette", "Navigateur", `"<Autre>" & Cie`},
		Bars: []Bar{
			{"Hôpital Nord", []int64{1200, 300, 1}},
			{"Rénovation complète du lycée polyvalent de l'Estuaire", []int64{0, 42, 0}},
			{"Vide", []int64{0, 0, 0}},
		},
		Number: func(n int64) string { return fmt.Sprintf("%d.", n) },
	}
}

func TestTheWholeDrawing(t *testing.T) {
	got, golden := string(example().HTML()), filepath.Join("testdata", "barres.svg")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
	if none := (Chart{}).HTML(); none != "" {
		t.Error("a chart without bars is drawn")
	}
}

func TestScale(t *testing.T) {
	for _, row := range []struct{ greatest, step, end int64 }{
		{0, 1, 1},
		{1, 1, 1},
		{4, 1, 4},
		{5, 1, 5},
		{6, 2, 6},
		{7, 2, 8},
		{11, 5, 15},
		{25, 5, 25},
		{26, 10, 30},
		{1501, 500, 2000},
		{1e15 + 1, 5e14, 15e14},
	} {
		if step, end := Scale(row.greatest); step != row.step || end != row.end {
			t.Errorf("Scale(%d) = %d, %d, want %d, %d", row.greatest, step, end, row.step, row.end)
		}
	}
}

func TestFolded(t *testing.T) {
	c := Chart{Series: []string{"a", "b", "c", "d"}, Bars: []Bar{{"x", []int64{1, 9, 3, 3}}, {"y", []int64{1, 0, 4, 4}}}}
	for _, row := range []struct {
		most   int
		series []string
		bars   []Bar
	}{
		{4, []string{"b", "c", "d", "a"}, []Bar{{"x", []int64{9, 3, 3, 1}}, {"y", []int64{0, 4, 4, 1}}}},
		{3, []string{"b", "c", "autres"}, []Bar{{"x", []int64{9, 3, 4}}, {"y", []int64{0, 4, 5}}}},
		{1, []string{"autres"}, []Bar{{"x", []int64{16}}, {"y", []int64{9}}}},
	} {
		got := c.Folded(row.most, "autres")
		if diff := cmp.Diff(row.series, got.Series) + cmp.Diff(row.bars, got.Bars); diff != "" {
			t.Errorf("%d: %s", row.most, diff)
		}
	}
}

var rect = regexp.MustCompile(`<rect class="graphique-s(\d+)" x="([0-9.]+)%" y="\d+" width="([0-9.]+)%"`)

// TestAnyChart draws whatever there may be: the markup is well formed, nothing
// leaves the frame, and each part is as long as its value.
func TestAnyChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Chart{ID: "g", Title: rapid.String().Draw(t, "title"), Description: rapid.String().Draw(t, "description")}
		c.Series = rapid.SliceOfN(rapid.String(), 1, 12).Draw(t, "series")
		value := rapid.Int64Range(0, 1_000_000)
		for range rapid.IntRange(1, 5).Draw(t, "bars") {
			bar := Bar{Label: rapid.String().Draw(t, "label")}
			for range c.Series {
				bar.Values = append(bar.Values, value.Draw(t, "value"))
			}
			c.Bars = append(c.Bars, bar)
		}
		c = c.Folded(MostSeries, "autres")
		var greatest, sum int64
		for _, b := range c.Bars {
			greatest, sum = max(greatest, b.Total()), sum+b.Total()
		}
		_, end := Scale(greatest)
		if end < greatest || len(c.Series) > MostSeries {
			t.Fatalf("scale to %d of %d, %d series", end, greatest, len(c.Series))
		}
		drawn := string(c.HTML())
		decoder := xml.NewDecoder(strings.NewReader(drawn))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v in\n%s", err, drawn)
			}
		}
		var total float64
		for _, m := range rect.FindAllStringSubmatch(drawn, -1) {
			x, _ := strconv.ParseFloat(m[2], 64)
			width, _ := strconv.ParseFloat(m[3], 64)
			if series, _ := strconv.Atoi(m[1]); x+width > 100.01 || series > MostSeries {
				t.Fatalf("%s leaves the frame or has no colour", m[0])
			}
			total += width
		}
		if want := 100 * float64(sum) / float64(end); math.Abs(total-want) > 0.1 {
			t.Fatalf("parts of %v%% in all, want %v%%", total, want)
		}
	})
}
