package scolarite

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// The kinds of evaluations.
const (
	evaluationNormale int64 = iota
	evaluationRattrapage
	evaluationSession2
	evaluationBonus
)

// Limits of evaluations.
const (
	maxDuree = 12 * time.Hour
	maxPoids = 10_000
)

// Poids are weights of an evaluation by UE.
type Poids map[int64]float64

// BindValue reads weights out of {"12": 0.5}.
func (p *Poids) BindValue(v jsonvalue.Value) *api.Problem {
	*p = Poids{}
	for _, m := range v.Members() {
		id, err := strconv.ParseInt(m.Key, 10, 64)
		kind := m.Value.Kind()
		if err != nil || kind != jsonvalue.Int && kind != jsonvalue.Float || !(m.Value.Float() >= 0 && m.Value.Float() <= maxPoids) {
			return notPoids
		}
		(*p)[id] = m.Value.Float()
	}
	if v.Kind() != jsonvalue.Object {
		return notPoids
	}
	return nil
}

var notPoids = &api.Problem{Code: "poids_invalid", Message: "param 'poids': invalide ({ue_id: poids de 0 à 10000} attendu)"}

// EvaluationPatch is what to set of an evaluation; null and "" clear what may
// be missing.
type EvaluationPatch struct {
	Description       api.Opt[string]  `json:"description"`
	DateDebut         api.Opt[string]  `json:"date_debut"` // with date_fin, or neither
	DateFin           api.Opt[string]  `json:"date_fin"`
	NoteMax           api.Opt[float64] `json:"note_max" ge:"0" le:"10000"`
	Coefficient       api.Opt[float64] `json:"coefficient" ge:"0" le:"10000"`
	EvaluationType    api.Opt[int64]   `json:"evaluation_type" ge:"0" le:"3"`
	Visibulletin      api.Opt[bool]    `json:"visibulletin"`
	PublishIncomplete api.Opt[bool]    `json:"publish_incomplete"`
	Numero            api.Opt[int64]   `json:"numero" ge:"0" le:"1000000"`
	Poids             api.Opt[Poids]   `json:"poids"`
	BlockedUntil      api.Opt[string]  `json:"blocked_until"`
}

// apply sets what the patch says of an evaluation of a semester, but its place
// and its weights; Invalid names all that will not do.
func (p *EvaluationPatch) apply(row *db.Evaluation, sem db.FormSemestre, where *time.Location) error {
	var f patchFaults
	putText(&f, "description", &row.Description, p.Description)
	put(&f, "note_max", &row.NoteMax, p.NoteMax)
	put(&f, "coefficient", &row.Coefficient, p.Coefficient)
	put(&f, "evaluation_type", &row.EvaluationType, p.EvaluationType)
	put(&f, "visibulletin", &row.Visibulletin, p.Visibulletin)
	put(&f, "publish_incomplete", &row.PublishIncomplete, p.PublishIncomplete)
	putMoment(&f, "blocked_until", &row.BlockedUntilAt, p.BlockedUntil, where)
	before := len(f)
	putHour(&f, "date_debut", &row.DebutAt, p.DateDebut, where)
	putHour(&f, "date_fin", &row.FinAt, p.DateFin, where)
	if len(f) == before && (p.DateDebut.Set || p.DateFin.Set) {
		checkHours(&f, row, sem, where)
	}
	return errs.Faulty(f)
}

// putMoment sets a moment that may be missing: null and blanks clear it.
func putMoment(f *patchFaults, field string, dst **db.Time, v api.Opt[string], where *time.Location) {
	if !v.Set {
		return
	}
	if v.Value == "" { // null too
		*dst = nil
		return
	}
	at, _, ok := parseMoment(v.Value, where)
	if !ok {
		f.add(field, "date_invalid", "invalide (date ISO attendue)")
		return
	}
	*dst = new(db.At(at))
}

// putHour is putMoment for what a day alone does not tell.
func putHour(f *patchFaults, field string, dst **db.Time, v api.Opt[string], where *time.Location) {
	if _, isDay, ok := parseMoment(v.Value, where); v.Value != "" && (isDay || !ok) {
		f.add(field, "date_invalid", "invalide (date et heure ISO attendues)")
		return
	}
	putMoment(f, field, dst, v, where)
}

// checkHours finds fault with the hours of an evaluation.
func checkHours(f *patchFaults, row *db.Evaluation, sem db.FormSemestre, where *time.Location) {
	switch {
	case row.DebutAt == nil && row.FinAt == nil:
		return
	case row.DebutAt == nil:
		f.add("date_debut", "date_missing", "manquant")
		return
	case row.FinAt == nil:
		f.add("date_fin", "date_missing", "manquant")
		return
	}
	for _, bound := range []struct {
		field string
		day   db.Day
	}{{"date_debut", db.DayOf(row.DebutAt.In(where))}, {"date_fin", db.DayOf(row.FinAt.In(where))}} {
		if bound.day.Time().Before(sem.DateDebut.Time()) || bound.day.Time().After(sem.DateFin.Time()) {
			f.add(bound.field, "date_outside", fmt.Sprintf("hors du semestre (du %s au %s)", frenchDay(sem.DateDebut), frenchDay(sem.DateFin)))
		}
	}
	switch lasts := row.FinAt.Sub(row.DebutAt.Time); {
	case lasts < 0:
		f.add("date_fin", "date_order", "avant date_debut")
	case lasts > maxDuree:
		f.add("date_fin", "date_order", "plus de 12 heures après date_debut")
	}
}

type evaluationCreation struct {
	moduleImplRef
	EvaluationPatch
}

func (s *Service) evaluationCreate(ctx context.Context, in evaluationCreation) (Evaluation, error) {
	return s.CreateEvaluation(ctx, in.ID, in.EvaluationPatch)
}

// CreateEvaluation adds an evaluation to a module, placed by its date, or last.
// NotFound if the module is unknown, Forbidden if the caller may not or the
// semester is locked, Invalid for values that will not do, all of them named.
func (s *Service) CreateEvaluation(ctx context.Context, moduleImplID int64, p EvaluationPatch) (evaluation Evaluation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		module, sem, err := visibleModuleImpl(ctx, q, moduleImplID)
		if err != nil {
			return err
		}
		if err := mayEditEvaluations(ctx, q, module, sem); err != nil {
			return err
		}
		row := db.Evaluation{ModuleimplID: module.ID, NoteMax: 20, Coefficient: 1, Visibulletin: true}
		if err := p.apply(&row, sem, s.Location); err != nil {
			return err
		}
		if row.Numero, err = placeEvaluation(ctx, q, row, p.Numero); err != nil {
			return err
		}
		row, err = q.AddEvaluation(ctx, db.AddEvaluationParams{
			ModuleimplID: row.ModuleimplID, DebutAt: row.DebutAt, FinAt: row.FinAt, Description: row.Description, NoteMax: row.NoteMax,
			Coefficient: row.Coefficient, Visibulletin: row.Visibulletin, PublishIncomplete: row.PublishIncomplete,
			EvaluationType: row.EvaluationType, Numero: row.Numero, BlockedUntilAt: row.BlockedUntilAt,
		})
		if err != nil {
			return fmt.Errorf("add evaluation: %w", err)
		}
		if evaluation, err = s.weigh(ctx, q, row, p.Poids); err != nil {
			return err
		}
		return s.recordEvaluation(ctx, q, "evaluation.create", row, nil, evaluation)
	})
	return evaluation, err
}

// placeEvaluation returns the number of a new evaluation: the one asked for, or
// that of the first which is later, moved on with all behind it, or else one
// more than the last.
func placeEvaluation(ctx context.Context, q *db.Queries, row db.Evaluation, asked api.Opt[int64]) (int64, error) {
	if numero, ok := asked.Get(); ok {
		return numero, nil
	}
	others, err := q.EvaluationsOfModuleImpl(ctx, row.ModuleimplID)
	if err != nil {
		return 0, fmt.Errorf("evaluations of moduleimpl %d: %w", row.ModuleimplID, err)
	}
	next := int64(0)
	for _, other := range others {
		if row.DebutAt != nil && other.DebutAt != nil && other.DebutAt.After(row.DebutAt.Time) {
			return other.Numero, q.ShiftEvaluations(ctx, db.ShiftEvaluationsParams{ModuleimplID: row.ModuleimplID, Numero: other.Numero})
		}
		next = max(next, other.Numero+1)
	}
	return next, nil
}

// weigh sets weights of an evaluation and returns it as it then is. Invalid for
// weights where there are none, and for a UE that is not of the semester.
func (s *Service) weigh(ctx context.Context, q *db.Queries, row db.Evaluation, wanted api.Opt[Poids]) (Evaluation, error) {
	evaluation, err := s.evaluationOf(ctx, q, row)
	if err != nil || len(wanted.Value) == 0 {
		return evaluation, err
	}
	var f patchFaults
	if len(evaluation.Poids) == 0 {
		f.add("poids", "poids_refused", "réservé aux modules d'UE d'un BUT")
		return evaluation, errs.Faulty(f)
	}
	for _, ue := range slices.Sorted(maps.Keys(wanted.Value)) {
		if !slices.ContainsFunc(evaluation.Poids, func(m Member[api.Float]) bool { return m.Name == fmt.Sprint(ue) }) {
			f.add("poids", "ue_foreign", fmt.Sprintf("l'UE %d n'est pas du semestre", ue))
			continue
		}
		err := q.PutPoids(ctx, db.PutPoidsParams{EvaluationID: row.ID, UEID: ue, Poids: wanted.Value[ue]})
		if err != nil {
			return evaluation, fmt.Errorf("weight of evaluation %d: %w", row.ID, err)
		}
	}
	if len(f) > 0 {
		return evaluation, errs.Faulty(f)
	}
	return s.evaluationOf(ctx, q, row)
}

type evaluationChange struct {
	evaluationRef
	EvaluationPatch
}

func (s *Service) evaluationEdit(ctx context.Context, in evaluationChange) (Evaluation, error) {
	return s.EditEvaluation(ctx, in.ID, in.EvaluationPatch)
}

// EditEvaluation changes an evaluation. NotFound if it is unknown, Forbidden if
// the caller may not or the semester is locked, Invalid for values that will
// not do, all of them named: also for a scale that marks are out of.
func (s *Service) EditEvaluation(ctx context.Context, id int64, p EvaluationPatch) (evaluation Evaluation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, module, sem, err := visibleEvaluation(ctx, q, id)
		if err != nil {
			return err
		}
		if err := mayEditEvaluations(ctx, q, module, sem); err != nil {
			return err
		}
		before, err := s.evaluationOf(ctx, q, row)
		if err != nil {
			return err
		}
		was := row
		if err := p.apply(&row, sem, s.Location); err != nil {
			return err
		}
		row.Numero = p.Numero.Or(row.Numero)
		if row.NoteMax != was.NoteMax || row.EvaluationType != was.EvaluationType {
			if err := checkScale(ctx, q, row, module); err != nil {
				return err
			}
		}
		err = q.UpdateEvaluation(ctx, db.UpdateEvaluationParams{
			ID: row.ID, DebutAt: row.DebutAt, FinAt: row.FinAt, Description: row.Description, NoteMax: row.NoteMax,
			Coefficient: row.Coefficient, Visibulletin: row.Visibulletin, PublishIncomplete: row.PublishIncomplete,
			EvaluationType: row.EvaluationType, Numero: row.Numero, BlockedUntilAt: row.BlockedUntilAt,
		})
		if err != nil {
			return fmt.Errorf("update evaluation %d: %w", row.ID, err)
		}
		if evaluation, err = s.weigh(ctx, q, row, p.Poids); err != nil {
			return err
		}
		return s.recordEvaluation(ctx, q, "evaluation.update", row, before, evaluation)
	})
	return evaluation, err
}

// checkScale returns Invalid when marks are out of an evaluation's bounds.
func checkScale(ctx context.Context, q *db.Queries, row db.Evaluation, module db.ModuleImpl) error {
	of, err := q.Module(ctx, module.ModuleID)
	if err != nil {
		return fmt.Errorf("module %d: %w", module.ModuleID, err)
	}
	marks, err := q.NotesOfEvaluation(ctx, row.ID)
	if err != nil {
		return fmt.Errorf("marks of evaluation %d: %w", row.ID, err)
	}
	bounds, out := baremeOf(row, of), 0
	for _, m := range marks {
		if v, ok := (NoteValue{m.Value}).number(); ok && !bounds.holds(v) {
			out++
		}
	}
	if out == 0 {
		return nil
	}
	return errs.NewInvalid("note_max", "note_outside", fmt.Sprintf("param 'note_max': notes saisies hors barème (%s) : %d", bounds, out))
}

// evaluationDelete deletes an evaluation with its marks and answers "ok".
// NotFound if it is unknown, Forbidden if the caller may not or the semester is
// locked.
func (s *Service) evaluationDelete(ctx context.Context, in evaluationRef) (string, error) {
	return "ok", s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, module, sem, err := visibleEvaluation(ctx, q, in.ID)
		if err != nil {
			return err
		}
		if err := mayEditEvaluations(ctx, q, module, sem); err != nil {
			return err
		}
		marks, err := q.NotesOfEvaluation(ctx, row.ID)
		if err != nil {
			return fmt.Errorf("marks of evaluation %d: %w", row.ID, err)
		}
		if len(marks) > 0 {
			if err := mayEraseNotes(ctx, q, module, sem); err != nil {
				return err
			}
		}
		before, err := s.evaluationOf(ctx, q, row)
		if err != nil {
			return err
		}
		if err := s.recordEvaluation(ctx, q, "evaluation.delete", row, erasedEvaluation{before, notesByEtudid(marks)}, nil); err != nil {
			return err
		}
		return q.DeleteEvaluation(ctx, row.ID)
	})
}

// mayEraseNotes returns Forbidden when a jury decided on marks that the caller
// may not change.
func mayEraseNotes(ctx context.Context, q *db.Queries, module db.ModuleImpl, sem db.FormSemestre) error {
	isDecided, err := q.SemestreIsDecided(ctx, sem.ID)
	if err != nil || isDecided == 0 {
		return err
	}
	return mayEditNotes(ctx, q, module, sem)
}

// erasedEvaluation is what the journal keeps of an evaluation that is deleted:
// it alone then knows the marks.
type erasedEvaluation struct {
	Evaluation
	Notes Ordered[NoteValue] `json:"notes"`
}

func notesByEtudid(rows []db.Note) (marks Ordered[NoteValue]) {
	for _, row := range rows {
		marks.AddID(row.Etudid, NoteValue{row.Value})
	}
	return marks
}

// recordEvaluation writes a line of the journal about an evaluation, named by
// its module and its description.
func (s *Service) recordEvaluation(ctx context.Context, q *db.Queries, action string, row db.Evaluation, before, after any) error {
	module, _, err := visibleModuleImpl(ctx, q, row.ModuleimplID)
	if err != nil {
		return err
	}
	of, err := q.Module(ctx, module.ModuleID)
	if err != nil {
		return fmt.Errorf("module %d: %w", module.ModuleID, err)
	}
	name := of.Code
	if row.Description != nil {
		name += ", " + *row.Description
	}
	return s.record(ctx, q, action, "evaluation", row.ID, name, before, after)
}
