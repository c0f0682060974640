package parc

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/tableur"
)

// PlanImport says what an import of the sheet would do, and what is wrong
// with it; it writes nothing. A row names its object by identifier or by what
// makes it the same (a site by client and name, an equipment by site, address
// and port), and makes one otherwise.
//
// A column that the sheet lacks leaves what it tells of; an empty cell clears
// a text, but leaves a number or a password. It fails only when the base
// cannot be read, or with NotFound for an unknown kind.
func (s *Service) PlanImport(ctx context.Context, kind ImportKind, sheet *tableur.Sheet) (ImportPlan, error) {
	if !slices.Contains(ImportKinds(), kind) {
		return ImportPlan{}, errs.New(errs.NotFound, "import_unknown", "Import not found")
	}
	var st *stock
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		st, err = loadStock(ctx, q, kind)
		return err
	})
	if err != nil {
		return ImportPlan{}, fmt.Errorf("plan an import: %w", err)
	}
	p := &planner{kind: kind, stock: st}
	// Only who may read a password is told that the one in the sheet is the
	// same: to others that would be a way to guess it.
	if c := api.CallerFrom(ctx); c != nil && c.Can(EquipementsSecret, "") {
		p.isPassword = func(e db.Equipement, text string) bool {
			plain, err := s.keys.Unseal(e.Password, sealContext(e.EquipementID))
			return err == nil && string(plain) == text
		}
	}
	return p.plan(sheet), nil
}

// planner makes a plan from what the base holds.
type planner struct {
	kind       ImportKind
	stock      *stock
	isPassword func(e db.Equipement, text string) bool // nil tells nothing
	table      *tableur.Table
	faults     []tableur.Fault
	drafts     []draftRow
	lacking    map[string]bool // columns that the sheet lacks and a row needs
}

// draftRow is a row read, before the rows are compared with each other.
type draftRow struct {
	entry tableur.Entry
	row   ImportRow
	// id is the object's, "" for one to be made; key and oldKey are what makes
	// it the same, after and before.
	id, key, oldKey string
	// keyColumn is blamed when the key is taken.
	keyColumn, taken string
}

func (p *planner) plan(sheet *tableur.Sheet) ImportPlan {
	plan := ImportPlan{Kind: p.kind, Name: sheet.Name}
	var faults []tableur.Fault
	p.table, faults = tableur.Match(sheet, p.kind.Columns())
	for _, f := range faults {
		if f.Code == tableur.ColumnUnknown {
			plan.Ignored = append(plan.Ignored, f.Column)
			continue
		}
		p.faults = append(p.faults, f)
	}
	if p.kind == ImportEquipements && !p.table.Has(colSite) && !p.table.Has(colSiteID) {
		p.faults = append(p.faults, tableur.Fault{Line: headerLine(sheet), Column: equipementColumns[0].Titles[0], Code: tableur.ColumnMissing})
	}
	if len(p.table.Rows) == 0 {
		p.faults = append(p.faults, tableur.Fault{Line: headerLine(sheet), Code: faultNoRows})
	}
	p.lacking = map[string]bool{}
	p.drafts = make([]draftRow, 0, len(p.table.Rows))
	for _, entry := range p.table.Rows {
		before := len(p.faults)
		r := &rowReader{entry, p}
		r.checkLengths()
		draft := draftRow{entry: entry}
		if p.kind == ImportSites {
			p.readSite(r, &draft)
		} else {
			p.readEquipement(r, &draft)
		}
		if len(p.faults) == before {
			p.drafts = append(p.drafts, draft)
		}
	}
	for _, c := range p.kind.Columns() {
		if p.lacking[c.Key] {
			p.faults = append(p.faults, tableur.Fault{Line: headerLine(sheet), Column: c.Titles[0], Code: tableur.ColumnMissing})
		}
	}
	p.compare()
	p.settle(&plan, headerLine(sheet))
	return plan
}

func headerLine(sheet *tableur.Sheet) int {
	if len(sheet.Rows) == 0 {
		return 0
	}
	return sheet.Rows[0].Line
}

// compare finds the rows about the same thing, and those that would give an
// object the place of another.
func (p *planner) compare() {
	targets := make(map[string]*draftRow, len(p.drafts))
	keys := make(map[string]*draftRow, len(p.drafts))
	for i := range p.drafts {
		d := &p.drafts[i]
		first, isTwice := keys[d.key]
		// Two objects that the base already holds under one key may stay so.
		isTwice = isTwice && (d.key != d.oldKey || first.key != first.oldKey)
		if d.id != "" && targets[d.id] != nil {
			first, isTwice = targets[d.id], true
		}
		if isTwice {
			p.faults = append(p.faults, tableur.Fault{Line: d.entry.Line, Code: faultTwice, Value: strconv.Itoa(first.entry.Line)})
			continue
		}
		keys[d.key] = d
		if d.id != "" {
			targets[d.id] = d
		}
	}
	for i := range p.drafts {
		d := &p.drafts[i]
		if d.id == "" || d.key == d.oldKey {
			continue
		}
		for _, other := range p.stock.byKey[d.key] {
			// One that the sheet takes elsewhere leaves its place.
			if other != d.id && (targets[other] == nil || targets[other].key == d.key) {
				p.faults = append(p.faults, d.entry.Fault(d.keyColumn, d.taken))
				break
			}
		}
	}
}

// settle sorts the faults and keeps the rows without one.
func (p *planner) settle(plan *ImportPlan, header int) {
	slices.SortStableFunc(p.faults, func(a, b tableur.Fault) int { return cmp.Compare(a.Line, b.Line) })
	plan.Faults = p.faults
	faulty := map[int]bool{}
	for _, f := range p.faults {
		faulty[f.Line] = true
	}
	delete(faulty, header)
	plan.FaultyRows = len(faulty)
	plan.Rows = make([]ImportRow, 0, len(p.drafts))
	for _, d := range p.drafts {
		if faulty[d.entry.Line] {
			continue
		}
		d.row.Line = d.entry.Line
		switch d.row.Act {
		case ImportCreates:
			plan.Creates++
		case ImportUpdates:
			plan.Updates++
		case ImportNoChange:
			plan.Unchanged++
		}
		plan.Rows = append(plan.Rows, d.row)
	}
}

// rowReader reads the cells of a row and notes what is wrong with them.
type rowReader struct {
	tableur.Entry
	p *planner
}

func (r *rowReader) has(key string) bool { return r.p.table.Has(key) }

func (r *rowReader) fault(key, code string) {
	f := r.Fault(key, code)
	if key == colPassword {
		f.Value = mask
	}
	r.p.faults = append(r.p.faults, f)
}

// required returns the text of a cell that must not be empty. A column that
// the sheet lacks is a fault of the sheet already, not of each row.
func (r *rowReader) required(key string) string {
	text := r.Get(key)
	if text == "" && r.has(key) {
		r.fault(key, faultMissing)
	}
	return text
}

func (r *rowReader) checkLengths() {
	for _, c := range r.p.kind.Columns() {
		if text := r.Get(c.Key); len(text) > maxCell {
			f := r.Fault(c.Key, faultTooLong)
			f.Value = ""
			r.p.faults = append(r.p.faults, f)
		}
	}
}

// text sets dst to the text of a column that the sheet has. A text that
// differs by outer blanks only, which a cell does not keep, stays as it is.
func (r *rowReader) text(key string, dst *string) {
	if text := r.Get(key); r.has(key) && trimmed(*dst) != text {
		*dst = text
	}
}

// number sets dst to the number of a cell within bounds. An empty cell is a
// fault for an object to be made.
func (r *rowReader) number(key string, bound float64, code string, isNew bool, dst *float64) {
	text := r.Get(key)
	if text == "" {
		if isNew {
			r.required(key)
			r.p.lacking[key] = !r.has(key)
		}
		return
	}
	x, ok := tableur.Number(text)
	switch {
	case !ok:
		r.fault(key, faultNumber)
	case x < -bound || x > bound:
		r.fault(key, code)
	case isNew || !roundTrip(*dst, x):
		*dst = x
	}
}

// identifier returns the canonical text of a cell that holds a UUID; ok is
// false for an empty cell and after a fault.
func (r *rowReader) identifier(key string) (id string, ok bool) {
	text := r.Get(key)
	if text == "" {
		return "", false
	}
	parsed, err := uuid.Parse(text)
	if err != nil {
		r.fault(key, faultUUID)
		return "", false
	}
	return parsed.String(), true
}

// client returns the client that a cell names, "" after a fault.
func (r *rowReader) client() string {
	text := r.required(colClient)
	if text == "" {
		return ""
	}
	id, fault := r.p.stock.client(text)
	if fault != "" {
		r.fault(colClient, fault)
	}
	return id
}
