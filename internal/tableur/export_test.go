package tableur

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func export(header []string, rows ...[]Cell) Export {
	return Export{Title: "Équipements", Header: header, Rows: slices.Values(rows)}
}

// formats are the two ways to write an Export.
var formats = map[string]func(Export, io.Writer) error{"CSV": Export.CSV, "XLSX": Export.XLSX}

var paris = time.FixedZone("CEST", 2*3600)

var sample = export(
	[]string{"Nom", "Nombre", "Remarques (a, b)", "Date"},
	[]Cell{"Éloïse", int64(12), "a;b", time.Date(2024, 2, 29, 0, 0, 0, 0, paris)},
	[]Cell{"=cmd()", 12.5, "dit \"oui\"\r\net non", time.Date(2024, 2, 29, 13, 5, 59, 900, paris)},
	[]Cell{nil, -3, " -x", time.Time{}},
)

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := sample.CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffNom;Nombre;\"Remarques (a, b)\";Date\r\n" +
		"Éloïse;12;\"a;b\";2024-02-29\r\n" +
		"'=cmd();\"12,5\";\"dit \"\"oui\"\"\r\net non\";2024-02-29 13:05:59\r\n" +
		";-3;\" -x\";\r\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestReadBackASample(t *testing.T) {
	for name, write := range formats {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(sample, &b); err != nil {
				t.Fatal(err)
			}
			number := map[string]string{"CSV": "12,5", "XLSX": "12.5"}[name]
			lines := map[string]int{"CSV": 5, "XLSX": 4}[name]
			want := []Row{
				{1, []string{"Nom", "Nombre", "Remarques (a, b)", "Date"}},
				{2, []string{"Éloïse", "12", "a;b", "2024-02-29"}},
				{3, []string{"=cmd()", number, "dit \"oui\"\r\net non", "2024-02-29 13:05:59"}},
				{lines, []string{"", "-3", " -x"}},
			}
			if diff := cmp.Diff(want, mustRead(t, b.Bytes()).Rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextComesBack(t *testing.T) {
	cell := rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\r\n;,\" a1\ufeff"))),
		rapid.StringOf(rapid.SampledFrom([]rune("_x0041_FE"))),
		rapid.StringMatching(`[+-]?[0-9]{1,20}([.,][0-9]{1,5})?`),
	)
	rapid.Check(t, func(t *rapid.T) {
		// A first column that is never blank keeps every row, a last one every
		// cell.
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 4), 0, 4).Draw(t, "rows")
		header := append(append([]string{"x"}, cell.Draw(t, "title")), "x")
		want := [][]string{cleaned(header)}
		var cells [][]Cell
		for _, row := range rows {
			row = append(append([]string{"x"}, row...), "x")
			want = append(want, cleaned(row))
			values := make([]Cell, len(row))
			for i, text := range row {
				values[i] = text
			}
			cells = append(cells, values)
		}
		for name, write := range formats {
			var b bytes.Buffer
			if err := write(export(header, cells...), &b); err != nil {
				t.Fatal(err)
			}
			sheet, err := Read("x", b.Bytes())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var got [][]string
			for _, row := range sheet.Rows {
				got = append(got, row.Cells)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: %s", name, diff)
			}
		}
	})
}

func cleaned(row []string) []string {
	out := make([]string, len(row))
	for i, text := range row {
		out[i] = clean(text)
	}
	return out
}

func TestNumbersAndInstantsComeBack(t *testing.T) {
	start := time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		x := rapid.Float64Range(-1e18, 1e18).Draw(t, "x")
		at := start.Add(time.Duration(rapid.Int64Range(0, 200*365*24*3600).Draw(t, "at")) * time.Second)
		rounded, _ := fifteenDigits(x)
		for name, write := range formats {
			var b bytes.Buffer
			if err := write(export([]string{"n", "x", "at"}, []Cell{n, x, at}), &b); err != nil {
				t.Fatal(err)
			}
			sheet, err := Read("x", b.Bytes())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			row := sheet.Rows[1]
			if text, err := csvText(n); err != nil || row.Cell(0) != text {
				t.Errorf("%s: %d came back as %s", name, n, row.Cell(0))
			}
			if got, ok := Number(row.Cell(1)); !ok || math.Abs(got-rounded) > math.Abs(rounded)*1e-15 {
				t.Errorf("%s: %v came back as %s", name, x, row.Cell(1))
			}
			if row.Cell(2) != timeText(at) {
				t.Errorf("%s: %v came back as %s", name, at, row.Cell(2))
			}
		}
	})
}

func TestOddCells(t *testing.T) {
	for name, write := range formats {
		var b bytes.Buffer
		row := []Cell{math.NaN(), math.Inf(-1), time.Date(1789, 7, 14, 0, 0, 0, 0, time.UTC), math.Copysign(0, -1), 0.1 + 0.2, "\x00a\x07", "caf\xe9", math.MinInt64}
		if err := write(export([]string{"a"}, row), &b); err != nil {
			t.Fatal(err)
		}
		got := mustRead(t, b.Bytes()).Rows[1].Cells
		got[4] = strings.Replace(got[4], ",", ".", 1)
		if diff := cmp.Diff([]string{"", "", "1789-07-14", "0", "0.3", "a", "caf\ufffd", "-9223372036854775808"}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if err := write(export(nil, []Cell{"a", true}), io.Discard); err == nil || !strings.Contains(err.Error(), "column 2: cell of type bool") {
			t.Errorf("%s: %v", name, err)
		}
		failure := errors.New("disk full")
		if err := write(sample, failingWriter{failure}); !errors.Is(err, failure) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"abc":        "abc",
		"=1+1":       "'=1+1",
		"+33 6 12":   "'+33 6 12",
		"@SUM(A1)":   "'@SUM(A1)",
		"-a":         "'-a",
		"-":          "'-",
		"\tx":        "'\tx",
		"\rx":        "'\rx",
		"\nx":        "'\nx",
		"-12":        "-12",
		"+12,5":      "+12,5",
		"-12.5":      "-12.5",
		"-12.5.1":    "'-12.5.1",
		"-1+cmd()":   "'-1+cmd()",
		"-12\n":      "'-12\n",
		"'":          "'",
		"'abc":       "'abc",
		"'=1":        "''=1",
		"''-1+cmd()": "'''-1+cmd()",
	} {
		got := guard(in)
		if got != want {
			t.Errorf("%q is guarded as %q, want %q", in, got, want)
		}
		if back := unguard(got); back != in {
			t.Errorf("%q comes back as %q", in, back)
		}
	}
}

func TestXLSXIsDeterministicAndFormatted(t *testing.T) {
	var one, two bytes.Buffer
	if err := errors.Join(sample.XLSX(&one), sample.XLSX(&two)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two exports differ")
	}
	f, err := excelize.OpenReader(&one)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Équipements"}) {
		t.Errorf("sheets %q", got)
	}
	id, err := f.GetCellStyle("Équipements", "B1")
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil || style.Font == nil || !style.Font.Bold {
		t.Errorf("header is not bold (%v)", err)
	}
	panes, err := f.GetPanes("Équipements")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if width, err := f.GetColWidth("Équipements", "C"); err != nil || width != 18 {
		t.Errorf("width %v, %v", width, err)
	}
	if kind, err := f.GetCellType("Équipements", "B2"); err != nil || kind != excelize.CellTypeUnset {
		t.Errorf("number has type %v, %v", kind, err)
	}
	if formula, err := f.GetCellFormula("Équipements", "A3"); err != nil || formula != "" {
		t.Errorf("formula %q, %v", formula, err)
	}
}

func TestManyRows(t *testing.T) {
	rows := func(yield func([]Cell) bool) {
		row := make([]Cell, 2) // used again for every row
		for i := range int64(3 * measured) {
			row[0], row[1] = i, "x"
			if !yield(row) {
				return
			}
		}
	}
	for name, write := range formats {
		var b bytes.Buffer
		if err := write(Export{Header: []string{"n", "x"}, Rows: rows}, &b); err != nil {
			t.Fatal(err)
		}
		got := mustRead(t, b.Bytes()).Rows
		if len(got) != 3*measured+1 || got[1].Cells[0] != "0" || got[measured+1].Cells[0] != "200" || got[3*measured].Line != 3*measured+1 {
			t.Errorf("%s: %d rows", name, len(got))
		}
	}
}

func TestSheetName(t *testing.T) {
	for in, want := range map[string]string{
		"Sites":                    "Sites",
		"":                         "Liste",
		"[]":                       "Liste",
		"'Sites'":                  "Sites",
		"2024/2025: L1 [A]":        "20242025 L1 A",
		strings.Repeat("é", 40):    strings.Repeat("é", 31),
		strings.Repeat("😀", 20):    strings.Repeat("😀", 15),
		strings.Repeat("a ", 20):   strings.TrimSpace(strings.Repeat("a ", 16)),
		"une\nligne":               "uneligne",
		"Liste des équipements 'x": "Liste des équipements 'x",
	} {
		if got := sheetName(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
		if err := (Export{Title: in, Rows: slices.Values([][]Cell(nil))}).XLSX(io.Discard); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}
