package scolarite

import (
	"context"
	"fmt"
	"math"
	"time"

	"intendant/db"
	"intendant/internal/scolarite/notes"
)

// SemesterResults are the results of a semester and what they were worked out
// from. Indices are those of the lists here, which are those of Input and
// Results too. Many requests share one value: nobody changes it.
type SemesterResults struct {
	FormSemestre db.FormSemestre
	Formation    db.Formation
	// Etudiants are all who are registered, resigned and defaulted included, in
	// the order of lists.
	Etudiants []db.ResultsEtudiantsRow
	// UEs are those of the semester, sport last; Modules its modules in the
	// programme's order; Evaluations theirs, by module, numero and date.
	UEs         []db.UE
	Modules     []ResultModule
	Evaluations []db.Evaluation
	// Partitions and Groupes leave out that of everybody.
	Partitions []db.Partition
	Groupes    []db.Groupe
	// Capitalisations are the UEs that each student has acquired, the best of
	// each UE.
	Capitalisations [][]Capitalisation

	Input   *notes.Semestre
	Results *notes.Results

	// groupOf is the index of each student's group in each partition, -1 for
	// none.
	groupOf notes.Grid[int32]

	etudiants, ues, modules, evaluations map[int64]int

	// until is when an evaluation ceases to be blocked; zero for never.
	until time.Time
}

// ResultModule is a module of a semester. UE is the index of its own.
type ResultModule struct {
	db.ModuleImpl
	Module db.Module
	UE     int
}

// Capitalisation is a UE acquired before.
type Capitalisation struct {
	UE             int   // its index
	ValidationID   int64 // the decision
	FormSemestreID *int64
	Date           db.Time
}

// EtudiantIndex returns the index of a student; ok is false for one who is not
// registered in the semester.
func (r *SemesterResults) EtudiantIndex(etudid int64) (i int, ok bool) {
	i, ok = r.etudiants[etudid]
	return i, ok
}

// UEIndex returns the index of a UE.
func (r *SemesterResults) UEIndex(id int64) (u int, ok bool) {
	u, ok = r.ues[id]
	return u, ok
}

// ModuleIndex returns the index of a moduleimpl.
func (r *SemesterResults) ModuleIndex(moduleImplID int64) (m int, ok bool) {
	m, ok = r.modules[moduleImplID]
	return m, ok
}

// EvaluationIndex returns the index of an evaluation.
func (r *SemesterResults) EvaluationIndex(id int64) (e int, ok bool) {
	e, ok = r.evaluations[id]
	return e, ok
}

// EvaluationsOf returns the first index of a module's evaluations and that
// after its last.
func (r *SemesterResults) EvaluationsOf(module int) (from, to int) {
	for from < len(r.Evaluations) && r.Input.Evaluations[from].Module != module {
		from++
	}
	for to = from; to < len(r.Evaluations) && r.Input.Evaluations[to].Module == module; to++ {
	}
	return from, to
}

// GroupeOf returns the index of a student's group in a partition; ok is false
// when he is in none.
func (r *SemesterResults) GroupeOf(etudiant, partition int) (g int, ok bool) {
	g = int(r.groupOf.At(partition, etudiant))
	return g, g >= 0
}

// loadResults reads a semester and works its results out, as q sees them. q
// sees one moment of the base: that of a [db.Store.ReadTx], or of a write.
// Requests ask [Service.results], which remembers.
func (s *Service) loadResults(ctx context.Context, q *db.Queries, formSemestreID int64) (*SemesterResults, error) {
	l := resultsLoader{now: s.Now(), r: &SemesterResults{Input: &notes.Semestre{}}}
	if err := l.load(ctx, q, formSemestreID); err != nil {
		return nil, fmt.Errorf("results of formsemestre %d: %w", formSemestreID, err)
	}
	l.r.Results = notes.Compute(l.r.Input)
	if l.r.FormSemestre.BlockMoyenneGenerale {
		l.r.blockGeneral()
	}
	return l.r, nil
}

// blockGeneral takes the general means away, and with them all ranks by them.
func (r *SemesterResults) blockGeneral() {
	for i := range r.Results.Etudiants {
		e := &r.Results.Etudiants[i]
		e.Moyenne, e.Bonus, e.Rang = math.NaN(), 0, notes.Rang{}
		r.Results.Ordre[i] = i
	}
	none := math.NaN()
	r.Results.General = notes.Stats{Mean: none, Median: none, Min: none, Max: none}
}

// resultsLoader fills the input of the results.
type resultsLoader struct {
	now time.Time
	r   *SemesterResults
}

func (l *resultsLoader) load(ctx context.Context, q *db.Queries, id int64) (err error) {
	r := l.r
	if r.FormSemestre, err = q.FormSemestre(ctx, id); err != nil {
		return err
	}
	if r.Formation, err = q.Formation(ctx, r.FormSemestre.FormationID); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *db.Queries) error{
		l.rules, l.etudiants, l.modules, l.ues, l.coefficients, l.parcours, l.evaluations, l.poids, l.groupes, l.capitalisations, l.grids,
	} {
		if err := step(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// rules reads how means are computed.
func (l *resultsLoader) rules(ctx context.Context, q *db.Queries) error {
	sem, in := &l.r.FormSemestre, l.r.Input
	prefs, err := preferencesAt(ctx, q, sem.ID, sem.DeptID)
	if err != nil {
		return err
	}
	bonus, but := prefs.Text("bonus_sport_func_name"), prefs.BonusBUT()
	if sem.BonusFunc != nil {
		bonus = *sem.BonusFunc
	}
	in.APC = l.r.Formation.TypeParcours == BUT
	in.BlockMoyennes = sem.BlockMoyennes
	in.UseUECoefs = prefs.Bool("use_ue_coefs")
	in.Debut = sem.DateDebut.Time()
	in.Bonus, _ = notes.FindFormule(bonus)
	in.BonusBUT = notes.BonusBUT{Seuil: float64(but.Seuil), Proportion: float64(but.Proportion), Max: float64(but.Max)}
	return nil
}

func (l *resultsLoader) etudiants(ctx context.Context, q *db.Queries) (err error) {
	r := l.r
	if r.Etudiants, err = q.ResultsEtudiants(ctx, r.FormSemestre.ID); err != nil {
		return err
	}
	r.etudiants = make(map[int64]int, len(r.Etudiants))
	r.Input.Etudiants = make([]notes.Etudiant, len(r.Etudiants))
	for i := range r.Etudiants {
		r.etudiants[r.Etudiants[i].ID] = i
		r.Input.Etudiants[i] = notes.Etudiant{Position: i, Etat: etatOf[r.Etudiants[i].Etat]}
	}
	return nil
}

// etatOf are the states of registrations.
var etatOf = map[string]notes.Etat{"I": notes.Inscrit, "D": notes.Demissionnaire, "DEF": notes.Defaillant}

func (l *resultsLoader) modules(ctx context.Context, q *db.Queries) error {
	r := l.r
	rows, err := q.ResultsModules(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	r.modules = make(map[int64]int, len(rows))
	r.Modules = make([]ResultModule, len(rows))
	r.Input.Modules = make([]notes.Module, len(rows))
	for m, row := range rows {
		r.modules[row.ModuleImpl.ID] = m
		r.Modules[m] = ResultModule{ModuleImpl: row.ModuleImpl, Module: row.Module}
		r.Input.Modules[m] = notes.Module{
			Numero: int(row.Module.Numero), Kind: notes.ModuleKind(row.Module.ModuleType), Coefficient: float64(floatOrZero(row.Module.Coefficient)),
		}
	}
	return nil
}

// ues reads the UEs of the semester, and those of its modules that are not
// among them.
func (l *resultsLoader) ues(ctx context.Context, q *db.Queries) (err error) {
	r := l.r
	if r.UEs, err = ueRowsOf(ctx, q, r.FormSemestre); err != nil {
		return err
	}
	r.ues = make(map[int64]int, len(r.UEs))
	for u := range r.UEs {
		r.ues[r.UEs[u].ID] = u
	}
	for m := range r.Modules {
		id := r.Modules[m].Module.UEID
		u, ok := r.ues[id]
		if !ok {
			row, err := q.UE(ctx, id)
			if err != nil {
				return err
			}
			u = len(r.UEs)
			r.ues[id], r.UEs = u, append(r.UEs, row)
		}
		r.Modules[m].UE, r.Input.Modules[m].UE = u, u
	}
	r.Input.UEs = make([]notes.UE, len(r.UEs))
	for u, row := range r.UEs {
		r.Input.UEs[u] = notes.UE{
			Numero: int(row.Numero), Sport: row.Type == sportUE,
			Coefficient: float64(floatOrZero(row.Coefficient)), ECTS: float64(floatOrZero(row.Ects)),
		}
	}
	return nil
}

// coefficients reads what modules weigh towards UEs, and what UEs weigh in this
// semester in the place of the programme's.
func (l *resultsLoader) coefficients(ctx context.Context, q *db.Queries) error {
	r := l.r
	rows, err := q.UECoefsOfFormSemestre(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if u, ok := r.ues[row.UEID]; ok {
			r.Input.UEs[u].Coefficient = row.Coef
		}
	}
	if !r.Input.APC {
		return nil
	}
	byModule := make(map[int64]*notes.Module, len(r.Modules))
	coefs := make([]float64, len(r.Modules)*len(r.UEs)) // one allocation for all
	for m := range r.Modules {
		module := &r.Input.Modules[m]
		byModule[r.Modules[m].ModuleID] = module
		module.Coefs = coefs[m*len(r.UEs) : (m+1)*len(r.UEs)]
	}
	matrix, err := q.ResultsModuleCoefs(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	for _, row := range matrix {
		if u, ok := r.ues[row.UEID]; ok {
			byModule[row.ModuleID].Coefs[u] = row.Coef
		}
	}
	return nil
}

// parcours reads which UEs count for the students of each parcours, and for
// how many credits. A student without one has all of them.
func (l *resultsLoader) parcours(ctx context.Context, q *db.Queries) error {
	r := l.r
	if !r.Input.APC {
		return nil
	}
	rows, err := q.ResultsUEParcours(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	tracks := map[int64]*track{}
	for i := range r.Etudiants {
		parcours := r.Etudiants[i].ParcoursID
		if parcours == nil {
			continue
		}
		if tracks[*parcours] == nil {
			tracks[*parcours] = r.trackOf(*parcours, rows)
		}
		r.Input.Etudiants[i].UEs, r.Input.Etudiants[i].ECTS = tracks[*parcours].ues, tracks[*parcours].ects
	}
	return nil
}

// track is what a parcours has of the UEs, and the credits they give in it.
type track struct {
	ues  []bool
	ects []float64
}

// trackOf returns what a parcours has: the UEs it owns, and those no one does.
func (r *SemesterResults) trackOf(parcours int64, rows []db.UEParcours) *track {
	t := &track{make([]bool, len(r.UEs)), make([]float64, len(r.UEs))}
	for u := range r.UEs {
		t.ues[u], t.ects[u] = true, r.Input.UEs[u].ECTS
	}
	for _, row := range rows {
		if u, ok := r.ues[row.UEID]; ok {
			t.ues[u] = false
		}
	}
	for _, row := range rows {
		if u, ok := r.ues[row.UEID]; ok && row.ParcoursID == parcours {
			t.ues[u] = true
			if row.Ects != nil {
				t.ects[u] = *row.Ects
			}
		}
	}
	return t
}

func (l *resultsLoader) evaluations(ctx context.Context, q *db.Queries) (err error) {
	r := l.r
	if r.Evaluations, err = q.ResultsEvaluations(ctx, r.FormSemestre.ID); err != nil {
		return err
	}
	r.evaluations = make(map[int64]int, len(r.Evaluations))
	r.Input.Evaluations = make([]notes.Evaluation, len(r.Evaluations))
	for e := range r.Evaluations {
		row := &r.Evaluations[e]
		r.evaluations[row.ID] = e
		ev := notes.Evaluation{
			Module: r.modules[row.ModuleimplID], Numero: int(row.Numero), Kind: notes.EvaluationKind(row.EvaluationType),
			Coefficient: row.Coefficient, NoteMax: row.NoteMax, PublishIncomplete: row.PublishIncomplete,
		}
		if row.DebutAt != nil {
			ev.Date = row.DebutAt.Time
		}
		if until := row.BlockedUntilAt; until != nil && l.now.Before(until.Time) {
			ev.Bloquee = true
			if r.until.IsZero() || until.Before(r.until) {
				r.until = until.Time
			}
		}
		r.Input.Evaluations[e] = ev
	}
	return nil
}

// poids reads what evaluations weigh towards UEs: 1 where nothing is stored.
func (l *resultsLoader) poids(ctx context.Context, q *db.Queries) error {
	r := l.r
	if !r.Input.APC {
		return nil
	}
	rows, err := q.ResultsPoids(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		u, ok := r.ues[row.UEID]
		if !ok {
			continue
		}
		ev := &r.Input.Evaluations[r.evaluations[row.EvaluationID]]
		if ev.Poids == nil {
			ev.Poids = make([]float64, len(r.UEs))
			for i := range ev.Poids {
				ev.Poids[i] = 1
			}
		}
		ev.Poids[u] = row.Poids
	}
	return nil
}

func (l *resultsLoader) groupes(ctx context.Context, q *db.Queries) (err error) {
	r, id := l.r, l.r.FormSemestre.ID
	if r.Partitions, err = q.ResultsPartitions(ctx, id); err != nil {
		return err
	}
	if r.Groupes, err = q.ResultsGroupes(ctx, id); err != nil {
		return err
	}
	members, err := q.ResultsMembres(ctx, id)
	if err != nil {
		return err
	}
	partitions := make(map[int64]int, len(r.Partitions))
	for p := range r.Partitions {
		partitions[r.Partitions[p].ID] = p
	}
	groupes := make(map[int64]int, len(r.Groupes))
	for g := range r.Groupes {
		groupes[r.Groupes[g].ID] = g
	}
	r.groupOf = notes.NewGrid[int32](len(r.Partitions), len(r.Etudiants))
	for p := range r.Partitions {
		for i := range r.Etudiants {
			r.groupOf.Set(p, i, -1)
		}
	}
	r.Input.Groupes = make([][]int, len(r.Groupes))
	for _, row := range members {
		i, ok := r.etudiants[row.Etudid]
		if !ok {
			continue
		}
		g := groupes[row.GroupID]
		r.Input.Groupes[g] = append(r.Input.Groupes[g], i)
		r.groupOf.Set(partitions[r.Groupes[g].PartitionID], i, int32(g))
	}
	return nil
}

// capitalisations reads what was acquired of the semester's UEs, which have the
// same code; of several, the best.
func (l *resultsLoader) capitalisations(ctx context.Context, q *db.Queries) error {
	r := l.r
	rows, err := q.ResultsCapitalisations(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	r.Capitalisations = make([][]Capitalisation, len(r.Etudiants))
	byCode := make(map[string][]int, len(r.UEs))
	for u := range r.UEs {
		byCode[r.UEs[u].UECode] = append(byCode[r.UEs[u].UECode], u)
	}
	type place struct{ etudiant, ue int }
	taken := map[place]bool{}
	for _, row := range rows { // the best first
		i := r.etudiants[row.Etudid]
		for _, u := range byCode[row.UECode] {
			if taken[place{i, u}] {
				continue
			}
			taken[place{i, u}] = true
			r.Capitalisations[i] = append(r.Capitalisations[i], Capitalisation{u, row.ID, row.FormsemestreID, row.EventAt})
			r.Input.Etudiants[i].Capitalisees = append(r.Input.Etudiants[i].Capitalisees, notes.Capitalisation{
				UE: u, Moyenne: numberOrNaN(row.MoyUE), Coefficient: row.Coefficient, ECTS: float64(floatOrZero(row.Ects)),
			})
		}
	}
	return nil
}

// grids reads who is registered to which module, and the marks. Those of
// students who are not in the semester any more are left out.
func (l *resultsLoader) grids(ctx context.Context, q *db.Queries) error {
	r := l.r
	r.Input.MakeGrids()
	inscriptions, err := q.ResultsModuleInscriptions(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	for _, row := range inscriptions {
		if i, ok := r.etudiants[row.Etudid]; ok {
			r.Input.Inscrits.Set(r.modules[row.ModuleimplID], i, true)
		}
	}
	marks, err := q.ResultsNotes(ctx, r.FormSemestre.ID)
	if err != nil {
		return err
	}
	for k := range marks {
		if i, ok := r.etudiants[marks[k].Etudid]; ok {
			r.Input.Notes.Set(r.evaluations[marks[k].EvaluationID], i, noteOf(marks[k].Value))
		}
	}
	return nil
}

// noteOf is a mark as it is stored.
func noteOf(value *float64) notes.Note {
	switch {
	case value == nil:
		return notes.ABS
	case *value == noteEXC:
		return notes.EXC
	case *value == noteATT:
		return notes.ATT
	}
	return notes.Valeur(*value)
}

// numberOrNaN is a number, NaN for none.
func numberOrNaN(f *float64) float64 {
	if f == nil {
		return math.NaN()
	}
	return *f
}
