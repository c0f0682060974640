package tableur

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"intendant/internal/errs"
)

func mustRead(t *testing.T, data []byte) *Sheet {
	t.Helper()
	sheet, err := Read("liste.csv", data)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func utf16(t *testing.T, text string, order unicode.Endianness) string {
	t.Helper()
	b, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadCSV(t *testing.T) {
	western, err := charmap.Windows1252.NewEncoder().String("Prénom;Prix\r\nÉloïse;12 €\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, data string
		want       []Row
	}{
		{"semicolons", "a;b\n1;2\n", []Row{{1, []string{"a", "b"}}, {2, []string{"1", "2"}}}},
		{"commas", "a,b\n1,2\n", []Row{{1, []string{"a", "b"}}, {2, []string{"1", "2"}}}},
		{"tabs", "a\tb\n1\t2,5\n", []Row{{1, []string{"a", "b"}}, {2, []string{"1", "2,5"}}}},
		{"one column", "a\n1\n", []Row{{1, []string{"a"}}, {2, []string{"1"}}}},
		{"prose in the title", "Nom;Remarques (a, b, c)\n1;2", []Row{{1, []string{"Nom", "Remarques (a, b, c)"}}, {2, []string{"1", "2"}}}},
		{"commas and spaces", "a, b\n1, 2", []Row{{1, []string{"a", " b"}}, {2, []string{"1", " 2"}}}},
		{"separators inside quotes", `"a;x;y",b` + "\n1,2", []Row{{1, []string{"a;x;y", "b"}}, {2, []string{"1", "2"}}}},
		{"separator told", "sep=,\r\na;b,c\r\n", []Row{{2, []string{"a;b", "c"}}}},
		{"byte order mark", "\ufeffé;b\n", []Row{{1, []string{"é", "b"}}}},
		{"windows-1252", western, []Row{{1, []string{"Prénom", "Prix"}}, {2, []string{"Éloïse", "12 €"}}}},
		{"utf-16 little endian", utf16(t, "é\tb\r\n", unicode.LittleEndian), []Row{{1, []string{"é", "b"}}}},
		{"utf-16 big endian", utf16(t, "é\tb\r\n", unicode.BigEndian), []Row{{1, []string{"é", "b"}}}},
		{"no last line end", "a;b\n1;2", []Row{{1, []string{"a", "b"}}, {2, []string{"1", "2"}}}},
		{"windows line ends", "a;b\r\n1;2\r\n", []Row{{1, []string{"a", "b"}}, {2, []string{"1", "2"}}}},
		{"carriage returns", "a;b\r1;2\r", []Row{{1, []string{"a", "b"}}, {2, []string{"1", "2"}}}},
		{"blank lines", "\n\na;b\n \n;;\n1;2\n\n", []Row{{3, []string{"a", "b"}}, {6, []string{"1", "2"}}}},
		{"empty cells", ";a;;b;;\n", []Row{{1, []string{"", "a", "", "b"}}}},
		{"a line end inside quotes", "a;\"b\nc\r\nd\"\n1;2", []Row{{1, []string{"a", "b\nc\r\nd"}}, {4, []string{"1", "2"}}}},
		{"doubled quotes", `"say ""hello""";b`, []Row{{1, []string{`say "hello"`, "b"}}}},
		{"empty quotes", `"";b`, []Row{{1, []string{"", "b"}}}},
		{"a quote inside a word", `5" disk;b`, []Row{{1, []string{`5" disk`, "b"}}}},
		{"spaces after a quote", `"a" ;b`, []Row{{1, []string{"a", "b"}}}},
		{"guarded formula", "a;'=1+1;'abc;''=x", []Row{{1, []string{"a", "=1+1", "'abc", "'=x"}}}},
		{"a guarded number is not ours", "a;'-12", []Row{{1, []string{"a", "'-12"}}}},
		{"many separators without text", "a" + strings.Repeat(";", 5000) + "\n1", []Row{{1, []string{"a"}}, {2, []string{"1"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sheet := mustRead(t, []byte(c.data))
			if diff := cmp.Diff(c.want, sheet.Rows); diff != "" {
				t.Error(diff)
			}
			if sheet.Name != "liste.csv" {
				t.Errorf("name %q", sheet.Name)
			}
		})
	}
}

func archive(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbookWith returns a workbook whose only filled cells are those.
func workbookWith(t *testing.T, cells map[string]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for name, value := range cells {
		if err := f.SetCellValue("Sheet1", name, value); err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, f)
}

func saved(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadRefuses(t *testing.T) {
	workbook := workbookWith(t, map[string]any{"A1": "a"})
	broken := bytes.Clone(workbook)
	copy(broken[len(broken)/3:], "broken broken broken broken")
	for _, c := range []struct {
		name string
		data []byte
		kind errs.Kind
		code string
		line int
	}{
		{"an empty file", nil, errs.Invalid, Empty, 0},
		{"blank lines", []byte("\ufeff\r\n;;\r\n  \r\n"), errs.Invalid, Empty, 0},
		{"an empty workbook", workbookWith(t, nil), errs.Invalid, Empty, 0},
		{"a quote never closed", []byte("a;b\n1;\"2\n3\n"), errs.Malformed, QuoteOpen, 2},
		{"a lone quote", []byte(`"`), errs.Malformed, QuoteOpen, 1},
		{"text after a quote", []byte("a\n\"b\nc\"d\n"), errs.Malformed, TextAfterQuote, 3},
		{"announced utf-8", []byte("\xef\xbb\xbfcaf\xe9"), errs.Malformed, BadEncoding, 0},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), errs.Malformed, Binary, 0},
		{"an old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), errs.Malformed, OldWorkbook, 0},
		{"another archive", archive(t, map[string]string{"a.txt": "a"}), errs.Malformed, BadWorkbook, 0},
		{"an empty archive", archive(t, nil), errs.Malformed, BadWorkbook, 0},
		{"an empty package", archive(t, map[string]string{"[Content_Types].xml": "<Types/>"}), errs.Malformed, BadWorkbook, 0},
		{"a truncated workbook", workbook[:len(workbook)/2], errs.Malformed, BadWorkbook, 0},
		{"a broken workbook", broken, errs.Malformed, BadWorkbook, 0},
		{"a bomb", archive(t, map[string]string{"[Content_Types].xml": strings.Repeat(" ", maxUnzipped+1)}), errs.TooLarge, TooManyBytes, 0},
		{"too many parts", archive(t, manyParts(maxParts+1)), errs.Malformed, BadWorkbook, 0},
		{"too many bytes", make([]byte, MaxBytes+1), errs.TooLarge, TooManyBytes, 0},
		{"too many rows", []byte(strings.Repeat("a\n", MaxRows+1)), errs.TooLarge, TooManyRows, MaxRows + 1},
		{"too many columns", []byte("a\n" + strings.Repeat("b;", MaxColumns) + "c"), errs.TooLarge, TooManyColumns, 2},
		{"a huge count of columns", []byte(strings.Repeat("b;", 5_000_000)), errs.TooLarge, TooManyColumns, 1},
		{"too many columns in a workbook", workbookWith(t, map[string]any{"A1": "a", "GS3": "x"}), errs.TooLarge, TooManyColumns, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			sheet, err := Read("x", c.data)
			e := errs.As(err)
			if sheet != nil || e == nil {
				t.Fatalf("got %v, %v", sheet, err)
			}
			if e.Kind != c.kind || e.Code != c.code {
				t.Errorf("kind %v, code %s: %v", e.Kind, e.Code, e)
			}
			line := 0
			if len(e.Faults) == 1 {
				line = e.Faults[0].Ctx["line"].(int)
			}
			if line != c.line {
				t.Errorf("line %d, want %d", line, c.line)
			}
		})
	}
}

func manyParts(n int) map[string]string {
	parts := map[string]string{"[Content_Types].xml": ""}
	for i := range n {
		parts[strings.Repeat("x", i%50)+string(rune('0'+i))] = ""
	}
	return parts
}

func TestReadAtTheLimits(t *testing.T) {
	data := strings.Repeat(strings.Repeat("b;", MaxColumns-1)+"c\n", 3)
	if n := len(mustRead(t, []byte(data)).Rows[2].Cells); n != MaxColumns {
		t.Errorf("%d columns", n)
	}
	if n := len(mustRead(t, []byte(strings.Repeat("a\n", MaxRows))).Rows); n != MaxRows {
		t.Errorf("%d rows", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a;b\n1;2\n", "\"a\"\"b\";c\r\n\"d\ne\";f", "sep=,\na,b", "\ufeffa\tb", "caf\xe9;x", "\xff\xfea\x00;\x00", "'=1;'", `"`, "a\rb",
	} {
		f.Add([]byte(seed))
	}
	w := excelize.NewFile()
	if err := w.SetCellValue("Sheet1", "B2", 12.5); err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		sheet, err := Read("x", data)
		if err != nil {
			if e := errs.As(err); e == nil || e.Code == "" {
				t.Fatalf("unclassified: %v", err)
			}
			return
		}
		line := 0
		for _, row := range sheet.Rows {
			if row.Line <= line || len(row.Cells) == 0 || len(row.Cells) > MaxColumns {
				t.Fatalf("row %+v after line %d", row, line)
			}
			if row.Cells[len(row.Cells)-1] == "" {
				t.Fatalf("empty cell at the end of %+v", row)
			}
			line = row.Line
		}
	})
}
