package scolarite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/tableur"
)

// ImportReport says what an import did, or would do.
type ImportReport struct {
	Total   int           `json:"total"`   // rows below the titles
	Created int           `json:"created"` // 0 when an error kept all from being written
	Updated int           `json:"updated"` // so too; rows that change nothing left out
	Errors  []ImportFault `json:"errors"`
}

// ImportFault is what is wrong with a cell, or with a row where column is "".
type ImportFault struct {
	Line    int    `json:"line"` // as a spreadsheet numbers it
	Column  string `json:"column"`
	Message string `json:"message"`
}

// EtudImport is how to import a sheet of students.
type EtudImport struct {
	// Dept is the department's acronym.
	Dept  string
	Sheet *tableur.Sheet
	// Apply writes; otherwise the report says what would be written.
	Apply bool
	// Force admits homonyms.
	Force bool
	// Progress, which may be nil, hears how many of the rows are written. It
	// is called from another goroutine, and may start over from 0.
	Progress func(done int)
}

type etudImportIn struct {
	Acronym string     `path:"acronym"`
	Apply   bool       `query:"apply" default:"false"`
	Force   bool       `query:"force" default:"false"`
	File    api.Upload `file:"*"`
}

// etudiantsImport imports a sheet of students, or says what that would do.
// NotFound for an unknown department, Malformed or TooLarge for what is no
// sheet; what is wrong with the rows is in the answer.
func (s *Service) etudiantsImport(ctx context.Context, in etudImportIn) (ImportReport, error) {
	if _, err := visibleDepartementNamed(ctx, s.Store.Read(), in.Acronym); err != nil {
		return ImportReport{}, err // before the work
	}
	data, err := uploadBytes(in.File, tableur.MaxBytes)
	if err != nil {
		return ImportReport{}, err
	}
	sheet, err := ReadSheet(in.File.Name, data)
	if err != nil {
		return ImportReport{}, err
	}
	return s.ImportEtudiants(ctx, EtudImport{Dept: in.Acronym, Sheet: sheet, Apply: in.Apply, Force: in.Force})
}

// sheetWords are what is said of files that are no sheets, and of sheets that
// are not as they should be.
var sheetWords = map[string]string{
	tableur.TooManyBytes:   "fichier trop volumineux",
	tableur.TooManyRows:    "trop de lignes",
	tableur.TooManyColumns: "trop de colonnes",
	tableur.Empty:          "fichier vide",
	tableur.Binary:         "ce n'est ni du CSV ni un classeur XLSX",
	tableur.OldWorkbook:    "ancien classeur Excel, ou classeur protégé par un mot de passe : l'enregistrer en XLSX, sans mot de passe",
	tableur.BadWorkbook:    "classeur XLSX illisible",
	tableur.BadEncoding:    "texte mal codé",
	tableur.QuoteOpen:      "guillemet jamais refermé",
	tableur.TextAfterQuote: "texte après un guillemet fermant",
	tableur.ColumnTwice:    "deux colonnes de même sens",
	tableur.RowTooLong:     "plus de cellules que de titres",
}

// ReadSheet reads a CSV or XLSX file. It fails as [tableur.Read] does, and says
// why in French, with the line to blame.
func ReadSheet(name string, data []byte) (*tableur.Sheet, error) {
	sheet, err := tableur.Read(name, data)
	e := errs.As(err)
	if e == nil || sheetWords[e.Code] == "" {
		return sheet, err
	}
	message := sheetWords[e.Code]
	if len(e.Faults) > 0 {
		message = fmt.Sprintf("ligne %v : %s", e.Faults[0].Ctx["line"], message)
	}
	return nil, errs.New(e.Kind, "", message).Because(err)
}

// ImportEtudiants makes or changes the students of a sheet in a department, in
// one transaction: all of it, or nothing when any row has a fault, which the
// report then tells. A row names a student of the department by etudid, NIP or
// INE, and makes one otherwise; an empty cell leaves what is there. NotFound
// for an unknown department.
func (s *Service) ImportEtudiants(ctx context.Context, in EtudImport) (ImportReport, error) {
	read := readEtudRows(in.Sheet)
	var report ImportReport
	fn := func(ctx context.Context, q *db.Queries) error {
		plan := &etudPlan{rows: read.rows, faults: slices.Clone(read.faults), isForced: in.Force}
		dept, err := visibleDepartementNamed(ctx, q, in.Dept)
		if err != nil {
			return err
		}
		if err := plan.make(ctx, q, dept); err != nil {
			return err
		}
		report = plan.report(read.total, in.Apply)
		if !in.Apply || len(report.Errors) > 0 {
			return nil
		}
		return s.applyEtudPlan(ctx, q, plan, in, report)
	}
	run := s.Store.ReadTx
	if in.Apply {
		run = s.Store.Write
	}
	if err := run(ctx, fn); err != nil {
		return ImportReport{}, fmt.Errorf("import students: %w", err)
	}
	return report, nil
}

func (s *Service) applyEtudPlan(ctx context.Context, q *db.Queries, plan *etudPlan, in EtudImport, report ImportReport) error {
	for i := range plan.drafts {
		d := &plan.drafts[i]
		var err error
		switch {
		case d.before == nil:
			err = s.addDossier(ctx, q, &d.after)
		case d.isChange():
			err = s.changeDossier(ctx, q, d.before, &d.after)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", d.row.line, err)
		}
		if in.Progress != nil {
			in.Progress(i + 1)
		}
	}
	return s.record(ctx, q, "etudiants.import", "departement", plan.dept.ID, plan.dept.Acronym, nil, map[string]any{
		"file": in.Sheet.Name, "created": report.Created, "updated": report.Updated,
	})
}

// etudSheet is a sheet read: its rows, what is wrong in their cells left out,
// and that.
type etudSheet struct {
	total  int
	rows   []etudRow
	faults []ImportFault
}

// readEtudRows reads a sheet; columns that it knows nothing of are ignored, and
// rows that do not tell whom they are about.
func readEtudRows(sheet *tableur.Sheet) etudSheet {
	columns := make([]tableur.Column, len(etudColumns))
	for i, c := range etudColumns {
		columns[i] = c.Column
	}
	table, found := tableur.Match(sheet, columns)
	read := etudSheet{total: len(table.Rows)}
	unread := map[int]bool{}
	for _, f := range found {
		if text, ok := sheetWords[f.Code]; ok {
			read.faults = append(read.faults, ImportFault{f.Line, f.Column, text})
			unread[f.Line] = true
		}
	}
	if !slices.ContainsFunc(columns, func(c tableur.Column) bool { return table.Has(c.Key) }) {
		read.faults = append(read.faults, ImportFault{sheet.Rows[0].Line, "", "aucun titre de colonne connu"})
		return read
	}
	for _, entry := range table.Rows {
		row := etudRow{entry: entry, line: entry.Line}
		for _, c := range etudColumns {
			cell := entry.Get(c.Key)
			if cell == "" {
				continue
			}
			if wrong := c.set(&row, cell); wrong != "" {
				read.faults = append(read.faults, ImportFault{row.line, entry.Fault(c.Key, "").Column, wrong})
				unread[row.line] = unread[row.line] || c.Key == "etudid"
			}
		}
		row.fields.Admission, row.fields.Adresses = api.Some(row.admission), api.Some([]adresseIn{row.adresse})
		if !unread[row.line] {
			read.rows = append(read.rows, row)
		}
	}
	return read
}

// etudDraft is a student as a row would have him; before is nil for one to be
// made.
type etudDraft struct {
	row    *etudRow
	before *dossier
	after  dossier
}

// isChange reports whether a student that exists would change.
func (d *etudDraft) isChange() bool {
	return d.before != nil && !reflect.DeepEqual(d.before.image(), d.after.image())
}

// etudPlan is what an import would do.
type etudPlan struct {
	rows     []etudRow
	faults   []ImportFault // those of the cells first
	isForced bool

	dept     db.Departement
	students []dossier // of the department
	// at are the places of students, by "etudid 1", "code_nip 22000001",
	// "code_ine 0A"; of those to be made and of codes that rows give, the line
	// in the place of it.
	at     map[string]place
	seen   map[int]int // lines, by the student they change
	drafts []etudDraft
}

// place is where a student is: in the base, by index, or in the sheet.
type place struct{ index, line int }

func (p *etudPlan) fault(row *etudRow, key, message string) {
	p.faults = append(p.faults, ImportFault{row.line, row.entry.Fault(key, "").Column, message})
}

// make reads what the base holds and compares the rows with it, and with each
// other.
func (p *etudPlan) make(ctx context.Context, q *db.Queries, dept db.Departement) error {
	rows, err := q.EtudiantsToMatch(ctx, dept.ID)
	if err != nil {
		return fmt.Errorf("students of department %d: %w", dept.ID, err)
	}
	if p.students, err = dossiers(ctx, q, rows, dept.Acronym); err != nil {
		return err
	}
	p.dept, p.at, p.seen = dept, map[string]place{}, map[int]int{}
	for i, row := range rows {
		p.at[fmt.Sprint("etudid ", row.ID)] = place{index: i}
		for _, c := range etudCodesOf(row) {
			p.at[c.key+" "+c.code] = place{index: i}
		}
	}
	for i := range p.rows {
		p.draft(&p.rows[i])
	}
	if p.isForced {
		return nil
	}
	return p.findHomonyms(ctx, q)
}

type etudCode struct{ key, code string }

// etudCodesOf returns the NIP and the INE that a student has.
func etudCodesOf(row db.Etudiant) (codes []etudCode) {
	if row.CodeNip != nil {
		codes = append(codes, etudCode{"code_nip", *row.CodeNip})
	}
	if row.CodeIne != nil {
		codes = append(codes, etudCode{"code_ine", *row.CodeIne})
	}
	return codes
}

// draft adds what a row asks for to the plan, or its faults.
func (p *etudPlan) draft(row *etudRow) {
	before := len(p.faults)
	index, isKnown := p.target(row)
	if row.dept.Set && row.dept.Value != p.dept.Acronym {
		p.fault(row, "dept", "autre département que "+p.dept.Acronym)
	}
	d := etudDraft{row: row, after: newDossier(p.dept)}
	self := place{index: -1, line: row.line}
	if isKnown {
		d.before, d.after, self.index = &p.students[index], p.students[index], index
		if line, isTwice := p.seen[index]; isTwice {
			p.fault(row, "", fmt.Sprintf("étudiant déjà donné à la ligne %d", line))
		}
		p.seen[index] = row.line
	} else {
		p.require(row, "nom", row.nom)
		p.require(row, "prenom", row.prenom)
	}
	for _, f := range d.after.setNames(row.nom, row.prenom) {
		p.fault(row, f.Field(), "invalide (caractère interdit)")
	}
	row.fields.apply(&d.after)
	if len(p.faults) == before {
		p.claim(row, &d.after, self)
	}
	if len(p.faults) == before {
		p.drafts = append(p.drafts, d)
	}
}

// require refuses a student to be made without a name.
func (p *etudPlan) require(row *etudRow, key string, sent api.Opt[string]) {
	if !sent.Set {
		p.fault(row, key, "manquant")
	}
}

// target returns the student of the base that a row names by its codes, false
// when it names none.
func (p *etudPlan) target(row *etudRow) (index int, isKnown bool) {
	if etudid, ok := row.etudid.Get(); ok {
		at, found := p.at[fmt.Sprint("etudid ", etudid)]
		if !found {
			p.fault(row, "etudid", "étudiant inconnu dans ce département")
			return 0, false
		}
		return at.index, true
	}
	for _, c := range row.codes() {
		if at, found := p.at[c.key+" "+c.code]; found && at.line == 0 {
			return at.index, true
		}
	}
	return 0, false
}

// claim takes the codes of a student to be written for him; they may be those
// of another student, or of another row.
func (p *etudPlan) claim(row *etudRow, d *dossier, self place) {
	for _, c := range etudCodesOf(d.etud) {
		key := c.key + " " + c.code
		owner, isTaken := p.at[key]
		switch {
		case !isTaken:
			p.at[key] = self
		case owner.line != 0 && owner.line != row.line:
			p.fault(row, c.key, fmt.Sprintf("code déjà donné à la ligne %d", owner.line))
		case owner.line == 0 && owner.index != self.index:
			p.fault(row, c.key, "code d'un autre étudiant du département")
		}
	}
}

// findHomonyms refuses students to be made whose names are borne already, in
// any department or higher in the sheet.
func (p *etudPlan) findHomonyms(ctx context.Context, q *db.Queries) error {
	type names [2]string
	rows := map[names]*etudRow{}
	asked := []names{}
	for i := range p.drafts {
		d := &p.drafts[i]
		n := names{d.after.etud.NomKey, d.after.etud.PrenomKey}
		if d.before != nil {
			continue
		}
		if first, isTwice := rows[n]; isTwice {
			p.fault(d.row, "nom", fmt.Sprintf("homonyme de la ligne %d", first.line))
			continue
		}
		rows[n] = d.row
		asked = append(asked, n)
	}
	list, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	taken, err := q.NamesTaken(ctx, string(list))
	if err != nil {
		return fmt.Errorf("homonyms: %w", err)
	}
	for _, t := range taken {
		p.fault(rows[names{t.NomKey, t.PrenomKey}], "nom", homonyms(t.N))
	}
	return nil
}

// report counts what the rows without fault would do; when they are not to be
// written for the others', nothing.
func (p *etudPlan) report(total int, isApplied bool) ImportReport {
	slices.SortStableFunc(p.faults, func(a, b ImportFault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	r := ImportReport{Total: total, Errors: append([]ImportFault{}, p.faults...)}
	if isApplied && len(r.Errors) > 0 {
		return r
	}
	faulty := map[int]bool{}
	for _, f := range p.faults {
		faulty[f.Line] = true
	}
	for i := range p.drafts {
		switch d := &p.drafts[i]; {
		case faulty[d.row.line]:
		case d.before == nil:
			r.Created++
		case d.isChange():
			r.Updated++
		}
	}
	return r
}
