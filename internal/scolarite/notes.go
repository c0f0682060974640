package scolarite

import (
	"context"
	"fmt"
	"html"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

const describeSetNotes = `Le corps : {"notes": [[etudid, note], …], "comment": "…"}.

Une note est un nombre du barème de l'évaluation, ou un texte : un nombre (virgule admise), ABS (absent), EXC ou NEU (excusé), ATT (en attente), SUP (efface la note), DEM ou rien (ignoré). Une note qui ne change pas n'est pas réécrite.

C'est tout ou rien : si des notes sont invalides (hors barème, étudiant non inscrit au module…), la réponse est 400, son message les dit toutes, et rien n'est écrit.

Réservé aux responsables du semestre, à qui a EditAllNotes et, tant qu'aucun jury n'a décidé dans le semestre, au responsable et aux enseignants du module ; semestre verrouillé : 403.

* etudids_changed : étudiants dont la note est modifiée
* etudids_with_decision : ceux d'entre eux qui ont une décision de jury dans le semestre
* history_menu : pour chacun, un fragment de HTML avec l'historique de sa note`

// EvaluationNote is the mark of a student.
type EvaluationNote struct {
	Etudid       int64     `json:"etudid"`
	EvaluationID int64     `json:"evaluation_id"`
	Value        NoteValue `json:"value"` // on the scale of the evaluation
	NoteMax      api.Float `json:"note_max"`
	Comment      string    `json:"comment"`
	Date         Instant   `json:"date"` // when it was entered
	UID          *int64    `json:"uid"`  // who entered it
}

// evaluationNotes returns the marks of an evaluation by etudid, those of
// students who left its module too. NotFound if the evaluation is unknown.
func (s *Service) evaluationNotes(ctx context.Context, in evaluationRef) (marks Ordered[EvaluationNote], err error) {
	q := s.Store.Read()
	row, _, _, err := visibleEvaluation(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	rows, err := q.NotesOfEvaluation(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("marks of evaluation %d: %w", row.ID, err)
	}
	for _, n := range rows {
		marks.AddID(n.Etudid, EvaluationNote{
			Etudid: n.Etudid, EvaluationID: n.EvaluationID, Value: NoteValue{n.Value}, NoteMax: api.Float(row.NoteMax),
			Comment: textOrEmpty(n.Comment), Date: s.instant(n.At), UID: n.AccountID,
		})
	}
	return marks, nil
}

// maxNotes bounds the marks of a request: no module has so many students.
const maxNotes = 10_000

type notesChange struct {
	evaluationRef
	Notes   jsonvalue.Value `json:"notes"` // [[etudid, mark], ...]
	Comment api.Opt[string] `json:"comment" maxlen:"512"`
}

// NotesSet says what became of marks.
type NotesSet struct {
	EtudidsChanged      []int64         `json:"etudids_changed"`
	EtudidsWithDecision []int64         `json:"etudids_with_decision"` // among them
	HistoryMenu         Ordered[string] `json:"history_menu"`          // HTML, by etudid
}

// SetNotes writes marks of an evaluation, [[etudid, mark], ...]; see
// evaluationSetNotes for its errors.
func (s *Service) SetNotes(ctx context.Context, evaluationID int64, notes jsonvalue.Value) (NotesSet, error) {
	return s.evaluationSetNotes(ctx, notesChange{evaluationRef: evaluationRef{evaluationID}, Notes: notes})
}

// evaluationSetNotes writes marks, all of them or none. NotFound if the
// evaluation is unknown or notes is no list, Forbidden if the caller may not
// mark or the semester is locked, Malformed with all marks that are invalid.
func (s *Service) evaluationSetNotes(ctx context.Context, in notesChange) (set NotesSet, err error) {
	items := in.Notes.Items()
	switch {
	case in.Notes.Kind() != jsonvalue.Array:
		return set, errs.NewInvalid("notes", "list_type", "")
	case len(items) > maxNotes:
		return set, errs.New(errs.Malformed, "notes_too_many", fmt.Sprintf("trop de notes (%d au plus)", maxNotes))
	}
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sheet, err := openNotes(ctx, q, in.ID)
		if err != nil {
			return err
		}
		comment, wrong := textOrNil(strings.TrimSpace(in.Comment.Or(""))), []string{}
		for i, item := range items {
			if problem := sheet.enterItem(item, comment); problem != "" {
				wrong = append(wrong, fmt.Sprintf("notes[%d] : %s", i, problem))
			}
		}
		if len(wrong) > 0 {
			return errs.New(errs.Malformed, "notes_invalid", strings.Join(wrong, ", "))
		}
		if err := s.writeNotes(ctx, q, "notes.set", sheet); err != nil {
			return err
		}
		set, err = s.notesSet(ctx, q, sheet)
		return err
	})
	return set, err
}

// notesSheet is an evaluation whose marks the caller may change, and what is to
// change.
type notesSheet struct {
	row     db.Evaluation
	sem     db.FormSemestre
	module  db.Module
	bounds  bareme
	etuds   []db.EtudiantsOfModuleImplRow // of the module, in the order of lists
	isIn    map[int64]bool                // their ids
	before  map[int64]db.Note             // all marks there are
	entered map[int64]bool                // students that something was entered for
	changes []noteChange
}

// noteChange is a mark that changes.
type noteChange struct {
	etudid  int64
	before  *db.Note // nil for a first mark
	entry   noteEntry
	comment *string
}

// openNotes returns the marks of an evaluation, if the caller may change them.
// NotFound and Forbidden otherwise.
func openNotes(ctx context.Context, q *db.Queries, id int64) (*notesSheet, error) {
	row, modimpl, sem, err := visibleEvaluation(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if err := mayEditNotes(ctx, q, modimpl, sem); err != nil {
		return nil, err
	}
	return readNotes(ctx, q, row, modimpl, sem)
}

func readNotes(ctx context.Context, q *db.Queries, row db.Evaluation, modimpl db.ModuleImpl, sem db.FormSemestre) (*notesSheet, error) {
	module, err := q.Module(ctx, modimpl.ModuleID)
	if err != nil {
		return nil, fmt.Errorf("module %d: %w", modimpl.ModuleID, err)
	}
	etuds, err := q.EtudiantsOfModuleImpl(ctx, modimpl.ID)
	if err != nil {
		return nil, fmt.Errorf("students of moduleimpl %d: %w", modimpl.ID, err)
	}
	marks, err := q.NotesOfEvaluation(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("marks of evaluation %d: %w", row.ID, err)
	}
	sheet := &notesSheet{
		row: row, sem: sem, module: module, bounds: baremeOf(row, module), etuds: etuds,
		isIn: make(map[int64]bool, len(etuds)), before: make(map[int64]db.Note, len(marks)), entered: map[int64]bool{},
	}
	for _, e := range etuds {
		sheet.isIn[e.ID] = true
	}
	for _, m := range marks {
		sheet.before[m.Etudid] = m
	}
	return sheet, nil
}

// enterItem enters [etudid, mark] and says what is wrong with it, "" for
// nothing.
func (n *notesSheet) enterItem(item jsonvalue.Value, comment *string) string {
	pair := item.Items()
	if len(pair) != 2 || pair[0].Kind() != jsonvalue.Int {
		return "[etudid, note] attendu"
	}
	etudid := pair[0].Int()
	if wrong := n.refuses(etudid); wrong != "" {
		return wrong
	}
	entry, wrong := n.bounds.read(pair[1])
	if wrong != "" {
		return fmt.Sprintf("étudiant %d : %s", etudid, wrong)
	}
	n.enter(etudid, entry, comment)
	return ""
}

// refuses says why nothing may be entered for a student, "" when it may.
func (n *notesSheet) refuses(etudid int64) string {
	switch {
	case !n.isIn[etudid]:
		return fmt.Sprintf("étudiant %d non inscrit au module", etudid)
	case n.entered[etudid]:
		return fmt.Sprintf("étudiant %d donné deux fois", etudid)
	}
	n.entered[etudid] = true
	return ""
}

// enter adds an entry to what changes, if it changes the mark: a comment alone
// does not.
func (n *notesSheet) enter(etudid int64, e noteEntry, comment *string) {
	if before, isThere := n.before[etudid]; !isThere || !e.note.isSame(NoteValue{before.Value}) {
		n.change(etudid, e, comment)
	}
}

// change adds an entry to what changes, unless there is nothing to write.
func (n *notesSheet) change(etudid int64, e noteEntry, comment *string) {
	before, isThere := n.before[etudid]
	if e.isEmpty || e.erases() && !isThere {
		return
	}
	change := noteChange{etudid: etudid, entry: e, comment: comment}
	if isThere {
		change.before = &before
	}
	n.changes = append(n.changes, change)
}

// writeNotes writes what changes of marks: what was there goes to the history,
// and so does that a mark was taken away. The changes make one line of the
// journal, none makes none.
func (s *Service) writeNotes(ctx context.Context, q *db.Queries, action string, sheet *notesSheet) error {
	author, at := callerID(ctx), s.now()
	var before, after Ordered[NoteValue]
	for _, c := range sheet.changes {
		if c.before != nil {
			before.AddID(c.etudid, NoteValue{c.before.Value})
			if err := logNote(ctx, q, *c.before); err != nil {
				return err
			}
		}
		row := db.Note{EvaluationID: sheet.row.ID, Etudid: c.etudid, Value: c.entry.note.value, Comment: c.comment, At: at, AccountID: author}
		var err error
		if c.entry.erases() {
			err = eraseNote(ctx, q, c.before.ID, row)
		} else {
			after.AddID(c.etudid, c.entry.note)
			err = q.PutNote(ctx, db.PutNoteParams{
				EvaluationID: row.EvaluationID, Etudid: row.Etudid, Value: row.Value, Comment: row.Comment, At: row.At, AccountID: row.AccountID,
			})
		}
		if err != nil {
			return fmt.Errorf("mark of student %d: %w", c.etudid, err)
		}
	}
	return s.recordEvaluation(ctx, q, action, sheet.row, before, after)
}

// eraseNote deletes a mark; the history keeps who did.
func eraseNote(ctx context.Context, q *db.Queries, id int64, trace db.Note) error {
	if err := q.DeleteNote(ctx, id); err != nil {
		return err
	}
	return logNote(ctx, q, trace)
}

func logNote(ctx context.Context, q *db.Queries, row db.Note) error {
	return q.AddNoteLog(ctx, db.AddNoteLogParams{
		EvaluationID: row.EvaluationID, Etudid: row.Etudid, Value: row.Value, Comment: row.Comment, At: row.At, AccountID: row.AccountID,
	})
}

// notesSet returns the answer to what was written.
func (s *Service) notesSet(ctx context.Context, q *db.Queries, sheet *notesSheet) (set NotesSet, err error) {
	set.EtudidsChanged = make([]int64, len(sheet.changes))
	for i, c := range sheet.changes {
		set.EtudidsChanged[i] = c.etudid
	}
	list := db.JSONList(set.EtudidsChanged...)
	if set.EtudidsWithDecision, err = q.DecidedIn(ctx, db.DecidedInParams{FormsemestreID: sheet.sem.ID, Etudids: list}); err != nil {
		return set, fmt.Errorf("decisions on students: %w", err)
	}
	set.HistoryMenu, err = s.historyMenus(ctx, q, sheet.row.ID, set.EtudidsChanged)
	return set, err
}

// historyMenus returns the history of the marks of students as HTML: a menu of
// all values, the present one first, or a text where there is but one.
func (s *Service) historyMenus(ctx context.Context, q *db.Queries, evaluationID int64, etudids []int64) (menus Ordered[string], err error) {
	marks, err := q.NotesOfEvaluation(ctx, evaluationID)
	if err != nil {
		return nil, fmt.Errorf("marks of evaluation %d: %w", evaluationID, err)
	}
	past, err := q.NotesLogIn(ctx, db.NotesLogInParams{EvaluationID: evaluationID, Etudids: db.JSONList(etudids...)})
	if err != nil {
		return nil, fmt.Errorf("history of evaluation %d: %w", evaluationID, err)
	}
	history, accounts := map[int64][]db.NotesLog{}, map[int64]bool{}
	add := func(row db.NotesLog) {
		history[row.Etudid] = append(history[row.Etudid], row)
		if row.AccountID != nil {
			accounts[*row.AccountID] = true
		}
	}
	for _, m := range marks {
		add(db.NotesLog{Etudid: m.Etudid, Value: m.Value, Comment: m.Comment, At: m.At, AccountID: m.AccountID})
	}
	for _, row := range past {
		add(row)
	}
	by, err := authorsOf(ctx, q, accounts)
	if err != nil {
		return nil, err
	}
	for _, etudid := range etudids {
		menus.AddID(etudid, s.historyMenu(etudid, history[etudid], by))
	}
	return menus, nil
}

// historyMenu returns the history of one mark.
func (s *Service) historyMenu(etudid int64, history []db.NotesLog, by authors) string {
	var b strings.Builder
	item, isMenu := "span", len(history) > 1
	if isMenu {
		item = "option"
		fmt.Fprintf(&b, `<select data-etudid="%d" class="note_history">`, etudid)
	}
	for i, row := range history {
		value := NoteValue{row.Value}.String()
		text := s.instant(row.At).Format("le 02/01/2006 à 15:04")
		if name, _ := by.names(row.AccountID); name != nil {
			text += " (" + *name + ")"
		}
		if i > 0 { // the present value stands beside the menu
			text += " : " + value
		}
		if row.Comment != nil {
			text += " — " + *row.Comment
		}
		fmt.Fprintf(&b, `<%s value="%s">%s</%s>`, item, html.EscapeString(value), html.EscapeString(text), item)
	}
	if isMenu {
		b.WriteString("</select>")
	}
	return b.String()
}
