package tableur

import (
	"archive/zip"
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"intendant/internal/errs"
)

// What a workbook may take once decompressed. maxPart is beyond what excelize
// keeps in memory of one part: the rest goes through temporary files.
const (
	maxUnzipped = 200 << 20
	maxPart     = 8 << 20
	maxParts    = 5_000
)

// readWorkbook reads the first sheet of an XLSX workbook. Numbers come with
// the digits that are stored, at most fifteen, and a decimal point, whatever
// the cell's format rounds or adds ("12,35 €" is 12.345). Days come as
// 2006-01-02, instants as 2006-01-02 15:04:05, times of day and durations as
// 15:04:05. A formula gives the value it had when the workbook was saved.
func (s *Sheet) readWorkbook(data []byte) (err error) {
	if err := checkArchive(data); err != nil {
		return err
	}
	// excelize follows indexes found in the file and panics on some wrong
	// ones.
	defer func() {
		if cause := recover(); cause != nil {
			err = badWorkbook(fmt.Errorf("excelize: %v", cause))
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxPart,
	})
	if err != nil {
		return badWorkbook(err)
	}
	defer f.Close() // deletes the temporary files
	if err := plainFormats(f); err != nil {
		return badWorkbook(err)
	}
	names := f.GetSheetList()
	if len(names) == 0 {
		return badWorkbook(nil)
	}
	s.Name = names[0]
	rows, err := f.Rows(s.Name)
	if err != nil {
		return badWorkbook(err)
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return badWorkbook(err)
		}
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if err := s.add(line, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return badWorkbook(err)
	}
	return nil
}

func badWorkbook(cause error) error {
	return refuse(errs.Malformed, BadWorkbook, "the file is not a readable XLSX workbook", 0).Because(cause)
}

// checkArchive refuses an archive that is not a workbook, or would swell. The
// sizes are those that the archive declares: archive/zip stops a part that
// goes beyond its own. excelize adds them up too, but as signed numbers.
func checkArchive(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return badWorkbook(err)
	}
	if len(archive.File) > maxParts {
		return badWorkbook(fmt.Errorf("%d parts", len(archive.File)))
	}
	var total uint64
	workbook := false
	for _, part := range archive.File {
		if part.UncompressedSize64 > maxUnzipped || total+part.UncompressedSize64 > maxUnzipped {
			return refuse(errs.TooLarge, TooManyBytes, fmt.Sprintf("the workbook is over %d MB once decompressed", maxUnzipped>>20), 0)
		}
		total += part.UncompressedSize64
		workbook = workbook || strings.EqualFold(part.Name, "[Content_Types].xml")
	}
	if !workbook {
		return badWorkbook(nil)
	}
	return nil
}

// noFormat is the identifier of no number format: excelize then returns the
// number as it is.
const noFormat = 1 << 20

// plainFormats replaces every cell format of the workbook by one of ours, or
// none: excelize returns formatted text, and a person's format may round, add
// a unit, or write a day the American way.
func plainFormats(f *excelize.File) error {
	if f.Styles == nil || f.Styles.CellXfs == nil {
		return nil
	}
	foreign := len(f.Styles.CellXfs.Xf)
	var ours [4]int
	// Without a locale (409 is English) excelize looks through all those it
	// knows, twice a date: 75 µs a cell instead of 17.
	for k, code := range [...]string{isNumber: "", isDay: "[$-409]yyyy-mm-dd", isInstant: "[$-409]yyyy-mm-dd hh:mm:ss", isTime: "[hh]:mm:ss"} {
		if code == "" {
			ours[k] = noFormat
			continue
		}
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			return err
		}
		ours[k] = *f.Styles.CellXfs.Xf[id].NumFmtID
	}
	codes := map[int]string{}
	if f.Styles.NumFmts != nil {
		for _, format := range f.Styles.NumFmts.NumFmt {
			codes[format.NumFmtID] = format.FormatCode
		}
	}
	kinds := make([]formatKind, foreign)
	for i := range foreign {
		if id := f.Styles.CellXfs.Xf[i].NumFmtID; id != nil {
			kinds[i] = kindOfFormat(*id, codes[*id])
		}
	}
	for i, kind := range kinds {
		f.Styles.CellXfs.Xf[i].NumFmtID = &ours[kind]
	}
	return nil
}

type formatKind int

const (
	isNumber formatKind = iota
	isDay
	isInstant
	isTime
)

// literal matches what a number format shows as it is, and its conditions,
// colours and locales; but not [h], [m] and [s], which are elapsed times.
var literal = regexp.MustCompile(`"[^"]*"?|\\.|_.|\*.|\[[^\]hms][^\]]*\]|\[[hms][^\]hms][^\]]*\]|(?i:general|standard|am/pm|a/p)`)

// kindOfFormat says what a number format shows, by its code, or by its number
// where it is built in (ECMA-376 part 1, 18.8.30).
func kindOfFormat(id int, code string) formatKind {
	if code == "" {
		switch {
		case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
			return isDay
		case id == 22:
			return isInstant
		case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47:
			return isTime
		}
		return isNumber
	}
	first, _, _ := strings.Cut(literal.ReplaceAllString(code, ""), ";")
	first = strings.ToLower(first)
	// m alone is a month, beside h or s a minute. French workbooks may keep j
	// and a for days and years.
	day, clock := strings.ContainsAny(first, "ydja"), strings.ContainsAny(first, "hs")
	switch {
	case day && clock:
		return isInstant
	case clock:
		return isTime
	case day || strings.Contains(first, "m"):
		return isDay
	}
	return isNumber
}
