package scolarite

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// evaluationRoutes are the entries of "API Évaluations", and ours that change an
// evaluation and carry its marks as a sheet.
func (s *Service) evaluationRoutes() []api.Route {
	return []api.Route{
		api.Get("evaluation_assiduites", ScoView, s.evaluationAssiduites, "/evaluation/{evaluation_id:int}/assiduites").
			Doc("Retourne les objets assiduités de chaque étudiant sur la plage de l'évaluation."),
		api.Post("evaluation_create", EnsView, s.evaluationCreate, "/moduleimpl/{moduleimpl_id:int}/evaluation/create").
			Doc("Création d'une évaluation.").Describe(describeEvaluation),
		api.Post("evaluation_delete", EnsView, s.evaluationDelete, "/evaluation/{evaluation_id:int}/delete").
			Doc("Suppression d'une évaluation. Efface aussi toutes ses notes.").
			Describe(describeEvaluationRights + " Si un jury a décidé dans le semestre et que l'évaluation a des notes, il faut aussi pouvoir les saisir."),
		api.Get("evaluation_notes", ScoView, s.evaluationNotes, "/evaluation/{evaluation_id:int}/notes").
			Doc("Retourne la liste des notes de l'évaluation.").
			Describe("Un objet dont les clés sont les etudid, dans l'ordre des listes. value est sur le barème de l'évaluation (note_max), ou vaut ABS, EXC ou ATT. Les notes d'étudiants désinscrits depuis y sont."),
		api.Post("evaluation_set_notes", EnsView, s.evaluationSetNotes, "/evaluation/{evaluation_id:int}/notes/set").
			Doc("Écriture de notes dans une évaluation.").Describe(describeSetNotes),
		api.Get("moduleimpl_evaluations", ScoView, s.moduleImplEvaluations, "/moduleimpl/{moduleimpl_id:int}/evaluations").
			Doc("Retourne la liste des évaluations d'un moduleimpl.").Describe("Par numero, puis par date."),
		api.Post("evaluation_edit", EnsView, s.evaluationEdit, "/evaluation/{evaluation_id:int}/edit").Extension().
			Doc("Modification d'une évaluation.").
			Describe("Les champs de la création ; ceux qui manquent ne changent pas, ni les poids des UE non citées. Refusé si des notes déjà saisies sortaient du barème. " + describeEvaluationRights),
		api.Get("evaluation_notes_export", EnsView, s.evaluationNotesExport, "/evaluation/{evaluation_id:int}/notes/export").Extension().
			Doc("La feuille de saisie des notes d'une évaluation.").
			Describe("format : csv (par défaut) ou xlsx. Une ligne par étudiant inscrit au module ; DEM dans la colonne note d'un démissionnaire."),
		api.Post("evaluation_notes_import", EnsView, s.evaluationNotesImport, "/evaluation/{evaluation_id:int}/notes/import").Extension().Refuses(http.StatusBadRequest).
			Doc("Importe une feuille de notes dans une évaluation.").Describe(describeNotesImport),
	}
}

const (
	describeEvaluationRights = `Réservé à qui a EditAllEvals, aux responsables du module et du semestre, et à ses enseignants si le semestre le permet (ens_can_edit_eval) ; semestre verrouillé : 403.`

	describeEvaluation = describeEvaluationRights + `

* description : texte
* date_debut, date_fin : dates et heures ISO, ensemble ou pas du tout, dans le semestre et à 12 heures l'une de l'autre au plus
* note_max : barème, 20 par défaut
* coefficient : 1 par défaut
* evaluation_type : 0 normale (par défaut), 1 rattrapage, 2 deuxième session, 3 bonus
* visibulletin : vrai par défaut ; publish_incomplete : faux par défaut
* numero : par défaut, le rang que donne la date, sinon le dernier
* poids : {ue_id: poids}, en BUT ; 1 vers chaque UE par défaut
* blocked_until : date ISO avant laquelle l'évaluation ne compte pas`
)

// Evaluation is an evaluation of a module of a semester.
type Evaluation struct {
	ID                int64              `json:"id"`
	ModuleImplID      int64              `json:"moduleimpl_id"`
	Description       string             `json:"description"`
	DateDebut         string             `json:"date_debut"` // "" when it has no hours
	DateFin           string             `json:"date_fin"`
	NoteMax           api.Float          `json:"note_max"`
	Coefficient       api.Float          `json:"coefficient"`
	EvaluationType    int64              `json:"evaluation_type"` // 0 usual, 1 retake, 2 second session, 3 bonus
	Numero            int64              `json:"numero"`
	Visibulletin      bool               `json:"visibulletin"`
	PublishIncomplete bool               `json:"publish_incomplete"`
	Poids             Ordered[api.Float] `json:"poids"` // towards each UE by id, in a BUT
	BlockedUntil      *Instant           `json:"blocked_until"`
	Date              string             `json:"date"` // this and the hours are those of date_debut and date_fin
	HeureDebut        string             `json:"heure_debut"`
	HeureFin          string             `json:"heure_fin"`
}

// moduleImplEvaluations returns the evaluations of a module in their order;
// NotFound if it is unknown.
func (s *Service) moduleImplEvaluations(ctx context.Context, in moduleImplRef) ([]Evaluation, error) {
	q := s.Store.Read()
	if _, _, err := visibleModuleImpl(ctx, q, in.ID); err != nil {
		return nil, err
	}
	rows, err := q.EvaluationsOfModuleImpl(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("evaluations of moduleimpl %d: %w", in.ID, err)
	}
	return s.evaluationsOf(ctx, q, rows)
}

// sportUE is the type of the UEs that only give a bonus.
const sportUE = 1

// evaluationsOf returns rows as answers show them, in their order.
func (s *Service) evaluationsOf(ctx context.Context, q *db.Queries, rows []db.Evaluation) ([]Evaluation, error) {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	weights, err := q.PoidsOfEvaluations(ctx, db.PoidsOfEvaluationsParams{But: BUT, Sport: sportUE, Ids: db.JSONList(ids...)})
	if err != nil {
		return nil, fmt.Errorf("weights of evaluations: %w", err)
	}
	poids := make(map[int64]Ordered[api.Float], len(rows))
	for _, w := range weights {
		p := poids[w.EvaluationID]
		p.AddID(w.UEID, api.Float(w.Poids))
		poids[w.EvaluationID] = p
	}
	list := make([]Evaluation, len(rows))
	for i, row := range rows {
		list[i] = s.evaluationFrom(row, poids[row.ID])
	}
	return list, nil
}

// evaluationOf is evaluationsOf for one.
func (s *Service) evaluationOf(ctx context.Context, q *db.Queries, row db.Evaluation) (Evaluation, error) {
	list, err := s.evaluationsOf(ctx, q, []db.Evaluation{row})
	if err != nil {
		return Evaluation{}, err
	}
	return list[0], nil
}

func (s *Service) evaluationFrom(row db.Evaluation, poids Ordered[api.Float]) Evaluation {
	e := Evaluation{
		ID: row.ID, ModuleImplID: row.ModuleimplID, Description: textOrEmpty(row.Description),
		NoteMax: api.Float(row.NoteMax), Coefficient: api.Float(row.Coefficient), EvaluationType: row.EvaluationType, Numero: row.Numero,
		Visibulletin: row.Visibulletin, PublishIncomplete: row.PublishIncomplete, Poids: poids, BlockedUntil: s.instantOrNil(row.BlockedUntilAt),
	}
	if start := s.instantOrNil(row.DebutAt); start != nil {
		e.DateDebut, e.Date, e.HeureDebut = start.String(), start.Format(time.DateOnly), start.Format(time.TimeOnly)
	}
	if end := s.instantOrNil(row.FinAt); end != nil {
		e.DateFin, e.HeureFin = end.String(), end.Format(time.TimeOnly)
	}
	return e
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
