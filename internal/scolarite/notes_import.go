package scolarite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/tableur"
)

const describeNotesImport = `Un fichier CSV ou XLSX dont la première ligne porte les titres, telle la feuille que rend notes/export : etudid ou code_nip (NIP), note et, s'il y en a un, commentaire ; les autres colonnes sont ignorées.

Une note s'écrit comme dans notes/set : une cellule vide ne change rien, SUP efface. Sans apply=1, rien n'est écrit : la réponse dit ce qui le serait. Une seule faute empêche toute l'écriture ; chacune est rendue avec sa ligne et sa colonne.

* total : nombre de lignes
* created : notes qui n'y étaient pas ; updated : notes ou commentaires qui changent, notes effacées comprises`

// NotesImport is how to import a sheet of marks.
type NotesImport struct {
	EvaluationID int64
	Sheet        *tableur.Sheet
	// Apply writes; otherwise the report says what would be written.
	Apply bool
}

type notesImportIn struct {
	evaluationRef
	Apply bool       `query:"apply" default:"false"`
	File  api.Upload `file:"*"`
}

// evaluationNotesImport imports a sheet of marks, or says what that would do.
// NotFound for an unknown evaluation, Forbidden if the caller may not mark or
// the semester is locked, Malformed or TooLarge for what is no sheet; what is
// wrong with the rows is in the answer.
func (s *Service) evaluationNotesImport(ctx context.Context, in notesImportIn) (ImportReport, error) {
	if _, err := openNotes(ctx, s.Store.Read(), in.ID); err != nil {
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
	return s.ImportNotes(ctx, NotesImport{EvaluationID: in.ID, Sheet: sheet, Apply: in.Apply})
}

// ImportNotes enters the marks of a sheet, in one transaction: all of them, or
// nothing when any row has a fault, which the report then tells. NotFound for
// an unknown evaluation, Forbidden if the caller may not mark or the semester
// is locked.
func (s *Service) ImportNotes(ctx context.Context, in NotesImport) (report ImportReport, err error) {
	run := s.Store.ReadTx
	if in.Apply {
		run = s.Store.Write
	}
	err = run(ctx, func(ctx context.Context, q *db.Queries) error {
		notes, err := openNotes(ctx, q, in.EvaluationID)
		if err != nil {
			return err
		}
		reading := &notesReading{notesSheet: notes}
		reading.read(in.Sheet)
		report = reading.report(in.Apply)
		if !in.Apply || len(report.Errors) > 0 {
			return nil
		}
		return s.writeNotes(ctx, q, "notes.import", notes)
	})
	if err != nil {
		return ImportReport{}, fmt.Errorf("import the marks of evaluation %d: %w", in.EvaluationID, err)
	}
	return report, nil
}

// notesColumns are the columns of a sheet of marks.
var notesColumns = []tableur.Column{
	{Key: "evaluation_id", Titles: []string{"evaluation_id"}},
	{Key: "etudid", Titles: []string{"etudid", "id"}},
	{Key: "code_nip", Titles: []string{"code_nip", "NIP", "numéro étudiant", "n° étudiant"}},
	{Key: "note", Titles: []string{"note", "notes"}, Required: true},
	{Key: "commentaire", Titles: []string{"commentaire", "commentaires", "comment", "remarque"}},
}

// notesReading is a sheet that is read into marks.
type notesReading struct {
	*notesSheet
	total  int
	faults []ImportFault
	byNIP  map[string]int64
	lines  map[int64]int // by student
}

func (r *notesReading) fault(row tableur.Entry, key, message string) {
	r.faults = append(r.faults, ImportFault{row.Line, row.Fault(key, "").Column, message})
}

// read enters all rows of a sheet that have no fault.
func (r *notesReading) read(sheet *tableur.Sheet) {
	table, found := tableur.Match(sheet, notesColumns)
	r.total, r.byNIP, r.lines = len(table.Rows), map[string]int64{}, map[int64]int{}
	for _, f := range found {
		if text, ok := sheetWords[f.Code]; ok {
			r.faults = append(r.faults, ImportFault{f.Line, f.Column, text})
		} else if f.Code == tableur.ColumnMissing {
			r.faults = append(r.faults, ImportFault{f.Line, f.Column, "colonne manquante"})
		}
	}
	if !table.Has("etudid") && !table.Has("code_nip") {
		r.faults = append(r.faults, ImportFault{sheet.Rows[0].Line, "etudid", "colonne manquante, code_nip aussi"})
	}
	if len(r.faults) > 0 {
		return // the cells may be in the wrong columns
	}
	for _, e := range r.etuds {
		if e.CodeNip != nil {
			r.byNIP[*e.CodeNip] = e.ID
		}
	}
	for _, row := range table.Rows {
		r.readRow(row)
	}
}

func (r *notesReading) readRow(row tableur.Entry) {
	if id := row.Get("evaluation_id"); id != "" && id != strconv.FormatInt(r.row.ID, 10) {
		r.fault(row, "evaluation_id", "feuille d'une autre évaluation")
		return
	}
	entry, wrong := r.bounds.parse(row.Get("note"))
	if wrong != "" {
		r.fault(row, "note", wrong)
	}
	if entry.isEmpty && wrong == "" {
		return
	}
	etudid, ok := r.student(row)
	if !ok || wrong != "" {
		return
	}
	if line, isTwice := r.lines[etudid]; isTwice {
		r.fault(row, "", fmt.Sprintf("étudiant déjà donné à la ligne %d", line))
		return
	}
	r.lines[etudid] = row.Line
	comment := textOrNil(row.Get("commentaire"))
	if comment != nil && len([]rune(*comment)) > maxTexte {
		r.fault(row, "commentaire", fmt.Sprintf("trop long (%d caractères au plus)", maxTexte))
		return
	}
	if before, isThere := r.before[etudid]; isThere && comment == nil {
		comment = before.Comment // a sheet without comments takes none away
	} else if isThere && *comment != textOrEmpty(before.Comment) {
		r.change(etudid, entry, comment)
		return
	}
	r.enter(etudid, entry, comment)
}

// student returns the student of the module that a row names; what is wrong
// with it is a fault.
func (r *notesReading) student(row tableur.Entry) (etudid int64, ok bool) {
	nip, text := row.Get("code_nip"), row.Get("etudid")
	byNIP, isKnown := r.byNIP[nip]
	if text == "" {
		switch {
		case nip == "":
			r.fault(row, "", "etudid ou code_nip manquant")
		case !isKnown:
			r.fault(row, "code_nip", "étudiant non inscrit au module")
		}
		return byNIP, isKnown && nip != ""
	}
	etudid, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		r.fault(row, "etudid", "entier attendu")
	case !r.isIn[etudid]:
		r.fault(row, "etudid", "étudiant non inscrit au module")
	case nip != "" && byNIP != etudid:
		r.fault(row, "code_nip", "code d'un autre étudiant")
	default:
		return etudid, true
	}
	return 0, false
}

// report counts what the sheet does, or would do: nothing, when it is to be
// written and has faults.
func (r *notesReading) report(isApplied bool) ImportReport {
	slices.SortStableFunc(r.faults, func(a, b ImportFault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	report := ImportReport{Total: r.total, Errors: append([]ImportFault{}, r.faults...)}
	if isApplied && len(report.Errors) > 0 {
		return report
	}
	for _, c := range r.changes {
		if c.before == nil {
			report.Created++
		} else {
			report.Updated++
		}
	}
	return report
}
