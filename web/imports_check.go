package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/parc"
	"intendant/internal/tableur"
)

const (
	// shownFaults and shownRows are what the page of a check lists; the file
	// of the faults has them all.
	shownFaults = 200
	shownRows   = 20
	// shownCell is the longest text of a cell shown, in characters.
	shownCell = 80
)

// importCheckPage is the dry run of an import.
type importCheckPage struct {
	parc.Import
	// Alert says why an import that was confirmed did not start.
	Alert   string
	Faults  []importFault
	Columns []string
	Rows    []importRow
	// IsWaiting says that the import can be confirmed.
	IsWaiting bool
}

// MoreFaults is the number of faults that the page leaves out.
func (p importCheckPage) MoreFaults() int { return len(p.Plan.Faults) - len(p.Faults) }

// MoreRows is the number of rows that the page leaves out.
func (p importCheckPage) MoreRows() int { return len(p.Plan.Rows) - len(p.Rows) }

// FaultsURL is the address of all the faults as a file.
func (p importCheckPage) FaultsURL() string { return importRef{p.ID}.path("/faults") }

// importFault is a fault of a sheet in the reader's language. Line is "" for
// the whole sheet.
type importFault struct{ Line, Column, Value, Text string }

// importRow is a row as it will be.
type importRow struct {
	Line  int
	Act   parc.ImportAct
	Cells []string
}

// importPage shows what an import would do. One that runs or is done is shown
// by its progress.
func (a *Admin) importPage(ctx context.Context, in importRef) (api.Result, error) {
	if status, err := a.Parc.ImportStatus(ctx, in.ID); err == nil && (!status.IsEnded || status.Err == nil) {
		return api.Redirect{To: in.path("/progress")}, nil
	}
	return a.showImport(ctx, in, http.StatusOK, "")
}

func (a *Admin) showImport(ctx context.Context, in importRef, status int, alert string) (api.Result, error) {
	waiting, err := a.Parc.Import(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	plan := waiting.Plan
	page := importCheckPage{Import: waiting, Alert: alert, IsWaiting: plan.IsReady()}
	for _, f := range plan.Faults[:min(len(plan.Faults), shownFaults)] {
		fault := faultOfSheet(ctx, f)
		fault.Value = shortened(fault.Value)
		page.Faults = append(page.Faults, fault)
	}
	for _, key := range plan.Kind.PreviewColumns() {
		page.Columns = append(page.Columns, text(ctx, importKey("column", key)))
	}
	lang := language(ctx)
	for _, row := range plan.Rows[:min(len(plan.Rows), shownRows)] {
		cells := row.Cells()
		texts := make([]string, len(cells))
		for i, cell := range cells {
			switch cell := cell.(type) {
			case float64:
				texts[i] = lang.Decimal(cell)
			default:
				texts[i] = shortened(fmt.Sprint(cell))
			}
		}
		page.Rows = append(page.Rows, importRow{row.Line, row.Act, texts})
	}
	return a.render(ctx, "imports/check", status, page)
}

// faultOfSheet says what is wrong with one place of a sheet.
func faultOfSheet(ctx context.Context, f tableur.Fault) importFault {
	fault := importFault{Column: f.Column, Value: f.Value}
	if f.Line > 0 {
		fault.Line = strconv.Itoa(f.Line)
	}
	switch f.Code {
	case "row_twice":
		fault.Text, fault.Value = text(ctx, "imports.fault_row_twice", f.Value), ""
	case tableur.ColumnMissing:
		fault.Text = text(ctx, "imports.fault_column_missing", f.Column)
	default:
		fault.Text = text(ctx, importKey("fault", f.Code))
	}
	return fault
}

// shortened cuts a text that is too long for a table.
func shortened(s string) string {
	if utf8.RuneCountInString(s) <= shownCell {
		return s
	}
	return string([]rune(s)[:shownCell-1]) + "…"
}

type importFaultsQuery struct {
	exportQuery
	importRef
}

// importFaults sends all the faults as a file.
func (a *Admin) importFaults(ctx context.Context, in importFaultsQuery) (api.Result, error) {
	waiting, err := a.Parc.Import(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if len(waiting.Plan.Faults) == 0 {
		return nil, errs.New(errs.NotFound, "page_unknown", "Not Found")
	}
	rows := make([][]tableur.Cell, len(waiting.Plan.Faults))
	for i, f := range waiting.Plan.Faults {
		fault := faultOfSheet(ctx, f)
		rows[i] = []tableur.Cell{int64(f.Line), fault.Column, fault.Value, fault.Text}
	}
	header := []string{"imports.line", "imports.column", "imports.value", "imports.problem"}
	return export(ctx, in.Format, text(ctx, "imports.faults_name"), header, slices.Values(rows))
}
