package scolarite

import (
	"context"
	"fmt"

	"intendant/db"
	"intendant/internal/scolarite/notes"
)

const describeEtatEvals = `Les modules du semestre, chacun avec ses évaluations. etat.is_complete : il ne manque aucune note, ou l'évaluation n'en attend pas de tous (rattrapage, deuxième session, bonus, malus) ; etat.nb_attente : les notes en attente (ATT) des étudiants qu'elle attend. nb_inscrits et nb_notes_manquantes ne comptent que les étudiants ni démissionnaires ni défaillants, nb_notes_abs, nb_notes_att et nb_notes_exc toutes les notes ; saisie_notes donne la première, la dernière et la médiane des dates de saisie, null sans note.`

// EtatModuleImpl is a module of a semester, without its module of the
// programme, and its evaluations.
type EtatModuleImpl struct {
	ID              int64            `json:"id"`
	ModuleImplID    int64            `json:"moduleimpl_id"`
	ModuleID        int64            `json:"module_id"`
	FormSemestreID  int64            `json:"formsemestre_id"`
	ResponsableID   *int64           `json:"responsable_id"`
	ComputationExpr *string          `json:"computation_expr"`
	Ens             []Enseignant     `json:"ens"`
	Evaluations     []EtatEvaluation `json:"evaluations"`
}

// EtatEvaluation is an evaluation and what was entered of it.
type EtatEvaluation struct {
	Evaluation
	Etat              EvaluationState `json:"etat"`
	NbInscrits        int             `json:"nb_inscrits"`
	NbNotesManquantes int             `json:"nb_notes_manquantes"`
	NbNotesAbs        int             `json:"nb_notes_abs"`
	NbNotesAtt        int             `json:"nb_notes_att"`
	NbNotesExc        int             `json:"nb_notes_exc"`
	SaisieNotes       SaisieNotes     `json:"saisie_notes"`
}

// EvaluationState tells whether an evaluation is complete.
type EvaluationState struct {
	EvaluationID int64 `json:"evaluation_id"`
	NbAttente    int   `json:"nb_attente"`
	IsComplete   bool  `json:"is_complete"`
}

// SaisieNotes tells when marks were entered: each null without any.
type SaisieNotes struct {
	DatetimeDebut   *Instant `json:"datetime_debut"`
	DatetimeFin     *Instant `json:"datetime_fin"`
	DatetimeMediane *Instant `json:"datetime_mediane"`
}

// etatEvaluations returns the modules of a semester in the programme's order
// with the state of their evaluations; NotFound if it is unknown.
func (s *Service) etatEvaluations(ctx context.Context, in formSemestreRef) ([]EtatModuleImpl, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.results(ctx, sem.ID)
	if err != nil {
		return nil, err
	}
	rows := make([]db.ModuleImpl, len(r.Modules))
	for m := range r.Modules {
		rows[m] = r.Modules[m].ModuleImpl
	}
	modules, err := s.moduleImplsOf(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	evaluations, err := s.etatsOf(ctx, q, r)
	if err != nil {
		return nil, err
	}
	list := make([]EtatModuleImpl, len(modules))
	for m, mi := range modules {
		from, to := r.EvaluationsOf(m)
		list[m] = EtatModuleImpl{
			ID: mi.ID, ModuleImplID: mi.ID, ModuleID: mi.ModuleID, FormSemestreID: mi.FormSemestreID, ResponsableID: mi.ResponsableID,
			ComputationExpr: mi.ComputationExpr, Ens: mi.Ens, Evaluations: evaluations[from:to],
		}
	}
	return list, nil
}

// etatsOf returns the evaluations of a semester with their states, in the order
// of its results.
func (s *Service) etatsOf(ctx context.Context, q *db.Queries, r *SemesterResults) ([]EtatEvaluation, error) {
	evaluations, err := s.evaluationsOf(ctx, q, r.Evaluations)
	if err != nil {
		return nil, err
	}
	rows, err := q.SaisiesOfFormSemestre(ctx, r.FormSemestre.ID)
	if err != nil {
		return nil, fmt.Errorf("when marks of formsemestre %d were entered: %w", r.FormSemestre.ID, err)
	}
	saisies := map[int64][]db.Time{}
	for _, row := range rows {
		saisies[row.EvaluationID] = append(saisies[row.EvaluationID], row.At)
	}
	list := make([]EtatEvaluation, len(evaluations))
	for e := range evaluations {
		result, id := &r.Results.Evaluations[e], evaluations[e].ID
		list[e] = EtatEvaluation{
			Evaluation: evaluations[e],
			Etat:       EvaluationState{EvaluationID: id, NbAttente: r.attendues(e), IsComplete: result.Complete},
			NbInscrits: result.NbInscrits, NbNotesManquantes: result.NbManquantes,
			NbNotesAbs: result.NbAbs, NbNotesAtt: result.NbAtt, NbNotesExc: result.NbExc,
			SaisieNotes: s.saisieNotes(saisies[id]),
		}
	}
	return list, nil
}

// attendues counts the pending marks of the students an evaluation waits for.
func (r *SemesterResults) attendues(e int) (n int) {
	inscrits := r.Input.Inscrits.Row(r.Input.Evaluations[e].Module)
	for i, note := range r.Input.Notes.Row(e) {
		if note.Kind == notes.Attendue && inscrits[i] && r.Input.Etudiants[i].Etat == notes.Inscrit {
			n++
		}
	}
	return n
}

// saisieNotes tells the first, the middle and the last of up to three moments.
func (s *Service) saisieNotes(at []db.Time) SaisieNotes {
	if len(at) == 0 {
		return SaisieNotes{}
	}
	first, middle, last := s.instant(at[0]), s.instant(at[len(at)/2]), s.instant(at[len(at)-1])
	return SaisieNotes{DatetimeDebut: &first, DatetimeFin: &last, DatetimeMediane: &middle}
}
