package scolarite

import (
	"context"
	"fmt"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// evaluationRoutes are the entries of "API Évaluations".
func (s *Service) evaluationRoutes() []api.Route {
	return []api.Route{
		api.Get("evaluation_assiduites", ScoView, s.evaluationAssiduites, "/evaluation/{evaluation_id:int}/assiduites").
			Doc("Retourne les objets assiduités de chaque étudiant sur la plage de l'évaluation."),
	}
}

type evaluationRef struct {
	ID int64 `path:"evaluation_id"`
}

// visibleEvaluation returns an evaluation that exists for ctx's request, its
// module and its semester; NotFound otherwise.
func visibleEvaluation(ctx context.Context, q *db.Queries, id int64) (db.Evaluation, db.ModuleImpl, db.FormSemestre, error) {
	row, err := q.Evaluation(ctx, id)
	if err != nil {
		return row, db.ModuleImpl{}, db.FormSemestre{}, db.NotFound(err, "evaluation_unknown", "évaluation inconnue")
	}
	module, sem, err := visibleModuleImpl(ctx, q, row.ModuleimplID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "evaluation_unknown", "évaluation inconnue")
	}
	return row, module, sem, err
}

// evaluationAssiduites returns the records of the students of a module that
// share some time with an evaluation, by etudid, each student there; without
// any when the evaluation has no hours. NotFound if it is unknown.
func (s *Service) evaluationAssiduites(ctx context.Context, in evaluationRef) (Ordered[[]Assiduite], error) {
	q := s.Store.Read()
	row, module, _, err := visibleEvaluation(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	ids, err := q.EtudidsOfModuleImpl(ctx, module.ID)
	if err != nil {
		return nil, fmt.Errorf("students of moduleimpl %d: %w", module.ID, err)
	}
	list := []Assiduite{}
	if row.DebutAt != nil && row.FinAt != nil {
		rows, err := q.AssiduitesWithin(ctx, db.AssiduitesWithinParams{Etudids: db.JSONList(ids...), Since: *row.DebutAt, Until: *row.FinAt})
		if err != nil {
			return nil, fmt.Errorf("attendance at evaluation %d: %w", in.ID, err)
		}
		if list, err = s.assiduitesOf(ctx, q, rows, false); err != nil {
			return nil, err
		}
	}
	return byEtudid(ids, list), nil
}

// EvaluationAssiduites are the records of a student at an evaluation.
type EvaluationAssiduites struct {
	EvaluationID int64       `json:"evaluation_id"`
	Assiduites   []Assiduite `json:"assiduites"`
}

// assiduitesEvaluations returns the evaluations of the modules a student takes,
// in order of time, with the records that share some of their time. NotFound
// for an unknown student.
func (s *Service) assiduitesEvaluations(ctx context.Context, in etudRef) ([]EvaluationAssiduites, error) {
	q := s.Store.Read()
	etud, err := etudiantOf(ctx, q, in)
	if err != nil {
		return nil, err
	}
	evaluations, err := q.EvaluationsOfEtudiant(ctx, db.EvaluationsOfEtudiantParams{Etudid: etud.ID, DeptID: deptOf(ctx)})
	if err != nil {
		return nil, fmt.Errorf("evaluations of student %d: %w", etud.ID, err)
	}
	rows, err := q.AssiduitesOfEtudiant(ctx, etud.ID)
	if err != nil {
		return nil, fmt.Errorf("attendance of student %d: %w", etud.ID, err)
	}
	records, err := s.assiduitesOf(ctx, q, rows, false)
	if err != nil {
		return nil, err
	}
	list := make([]EvaluationAssiduites, len(evaluations))
	for i, e := range evaluations {
		list[i] = EvaluationAssiduites{e.ID, []Assiduite{}}
		for k, row := range rows {
			if e.DebutAt != nil && e.FinAt != nil && row.DebutAt.Before(e.FinAt.Time) && row.FinAt.After(e.DebutAt.Time) {
				list[i].Assiduites = append(list[i].Assiduites, records[k])
			}
		}
	}
	return list, nil
}
