package tableur

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestReadWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	styled := func(cell string, value any, style *excelize.Style) {
		t.Helper()
		id, err := f.NewStyle(style)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, id); err != nil {
			t.Fatal(err)
		}
	}
	custom := func(code string) *excelize.Style { return &excelize.Style{CustomNumFmt: &code} }
	at := time.Date(2024, 2, 29, 13, 5, 59, 0, time.UTC)
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	want := []Row{{2, []string{"titre", "", "fin"}}}
	for cell, text := range map[string]string{"A2": "titre", "C2": "fin"} {
		if err := f.SetCellValue("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct {
		value any
		style *excelize.Style
		want  string
	}{
		{12.345, &excelize.Style{}, "12.345"},
		{12.345, &excelize.Style{NumFmt: 1}, "12.345"},
		{12.345, custom(`# ##0.00" €"`), "12.345"},
		{12.345, custom(`[Red]0.0;[Magenta]-0.0`), "12.345"},
		{-12.345, custom(`0.0;[Blue]0.0" jours"`), "-12.345"},
		{0.5, &excelize.Style{NumFmt: 10}, "0.5"},
		{1234567, &excelize.Style{NumFmt: 3}, "1234567"},
		{int64(33612345678), &excelize.Style{}, "33612345678"},
		{int64(123456789012345), &excelize.Style{NumFmt: 11}, "123456789012345"},
		{0.1 + 0.2, &excelize.Style{}, "0.3"},
		{"0012", &excelize.Style{}, "0012"},
		{"0012", &excelize.Style{NumFmt: 14}, "0012"},
		{"texte", custom("dd/mm/yyyy"), "texte"},
		{day, &excelize.Style{NumFmt: 14}, "2024-02-29"},
		{at, &excelize.Style{NumFmt: 22}, "2024-02-29 13:05:59"},
		{at, custom("dd/mm/yyyy"), "2024-02-29"},
		{at, custom("dd/mm/yy hh:mm"), "2024-02-29 13:05:59"},
		{day, custom(`[$-40C]d mmmm yyyy;@`), "2024-02-29"},
		{day, custom(`mmmm`), "2024-02-29"},
		{0.5, &excelize.Style{NumFmt: 20}, "12:00:00"},
		{0.5, custom("h:mm AM/PM"), "12:00:00"},
		{1.25, custom("[h]:mm"), "30:00:00"},
		{true, &excelize.Style{}, "TRUE"},
		{" bords ", &excelize.Style{}, " bords "},
		{"deux\nlignes", &excelize.Style{}, "deux\nlignes"},
		{"=1+1", &excelize.Style{}, "=1+1"},
		{"'=1+1", &excelize.Style{}, "'=1+1"},
	} {
		name, err := excelize.CoordinatesToCellName(2, i+4)
		if err != nil {
			t.Fatal(err)
		}
		styled(name, c.value, c.style)
		want = append(want, Row{i + 4, []string{"", c.want}})
	}
	if _, err := f.NewSheet("Autre"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellValue("Autre", "A1", "not read"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetName("Sheet1", "Équipements"); err != nil {
		t.Fatal(err)
	}
	sheet, err := Read("liste.csv", saved(t, f))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, sheet.Rows); diff != "" {
		t.Error(diff)
	}
	if sheet.Name != "Équipements" {
		t.Errorf("name %q", sheet.Name)
	}
}

// A shared text table over maxPart goes through a temporary file.
func TestReadLargeWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	long := make([]byte, 30_000)
	for i := range long {
		long[i] = 'a' + byte(i%26)
	}
	const rows = 400
	for i := range rows {
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		long[i] = '!'
		if err := f.SetCellStr("Sheet1", name, string(long)); err != nil {
			t.Fatal(err)
		}
	}
	sheet := mustRead(t, saved(t, f))
	if len(sheet.Rows) != rows || sheet.Rows[rows-1].Cells[0] != string(long) {
		t.Errorf("%d rows", len(sheet.Rows))
	}
}

func TestKindOfFormat(t *testing.T) {
	for code, want := range map[string]formatKind{
		"General":                  isNumber,
		"Standard":                 isNumber,
		"0.00":                     isNumber,
		"0.00E+00":                 isNumber,
		`# ##0" jours"`:            isNumber,
		`0\ \d`:                    isNumber,
		"_-* # ##0_-":              isNumber,
		"[Red]0":                   isNumber,
		"[magenta]0":               isNumber,
		"[$-409]0":                 isNumber,
		"dd/mm/yyyy":               isDay,
		"[$-F800]dddd, mmmm dd":    isDay,
		"jj/mm/aaaa":               isDay,
		"mmm":                      isDay,
		"dd/mm/yyyy hh:mm":         isInstant,
		"hh:mm:ss":                 isTime,
		"[h]:mm":                   isTime,
		"[ss].00":                  isTime,
		`yyyy"-"mm"-"dd;"<jamais>`: isDay,
	} {
		if got := kindOfFormat(164, code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}
