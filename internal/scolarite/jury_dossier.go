package scolarite

import (
	"context"
	"math"
	"slices"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/jury"
)

// resultsReader returns the results of a semester.
type resultsReader func(ctx context.Context, formSemestreID int64) (*SemesterResults, error)

// juryDossier is what a jury has before it: the students of a semester, where
// they were registered, what they are worth and what was decided.
type juryDossier struct {
	sem       db.FormSemestre
	formation db.Formation
	etudiants []db.JuryEtudiantsRow
	results   resultsReader

	ues     []db.UE // of the programmes that share the code or the framework
	ueByID  map[int64]db.UE
	tracks  map[int64][]db.UEParcours // by UE
	niveaux map[int64]db.Niveau

	// By student; semesters and validations the oldest first.
	semestres     map[int64][]db.JurySemestresRow
	validations   map[int64][]db.Validation
	rcues         map[int64][]db.ValidationRCUE
	annees        map[int64][]db.ValidationAnnee
	autorisations map[int64][]db.Autorisation
}

// openDossier reads what concerns the students of a semester, or some of them:
// those who are not in it are left out.
func openDossier(ctx context.Context, q *db.Queries, sem db.FormSemestre, results resultsReader, etudids []int64) (*juryDossier, error) {
	d := &juryDossier{sem: sem, results: results, ueByID: map[int64]db.UE{}, tracks: map[int64][]db.UEParcours{}, niveaux: map[int64]db.Niveau{}}
	var err error
	if d.formation, err = q.Formation(ctx, sem.FormationID); err != nil {
		return nil, err
	}
	if d.etudiants, err = q.JuryEtudiants(ctx, sem.ID); err != nil {
		return nil, err
	}
	if etudids != nil {
		d.etudiants = slices.DeleteFunc(d.etudiants, func(r db.JuryEtudiantsRow) bool { return !slices.Contains(etudids, r.Etudiant.ID) })
	}
	if err := d.readProgramme(ctx, q); err != nil {
		return nil, err
	}
	return d, d.readDecisions(ctx, q)
}

// readProgramme reads the UEs that a student may have had in the curriculum,
// their tracks and the levels of competences.
func (d *juryDossier) readProgramme(ctx context.Context, q *db.Queries) (err error) {
	var referentiel int64
	if d.formation.ReferentielID != nil {
		referentiel = *d.formation.ReferentielID
	}
	if d.ues, err = q.JuryUEs(ctx, db.JuryUEsParams{FormationCode: d.formation.FormationCode, ReferentielID: referentiel}); err != nil {
		return err
	}
	for _, u := range d.ues {
		d.ueByID[u.ID] = u
	}
	if referentiel == 0 {
		return nil
	}
	tracks, err := q.JuryUEParcours(ctx, referentiel)
	if err != nil {
		return err
	}
	for _, row := range tracks {
		d.tracks[row.UEID] = append(d.tracks[row.UEID], row)
	}
	niveaux, err := q.JuryNiveaux(ctx, referentiel)
	for _, row := range niveaux {
		d.niveaux[row.ID] = row
	}
	return err
}

// readDecisions reads where the students were, and what was decided on them.
func (d *juryDossier) readDecisions(ctx context.Context, q *db.Queries) error {
	ids := make([]int64, len(d.etudiants))
	for i, row := range d.etudiants {
		ids[i] = row.Etudiant.ID
	}
	list := db.JSONList(ids...)
	semestres, err := q.JurySemestres(ctx, list)
	if err != nil {
		return err
	}
	d.semestres = byStudent(semestres, func(r db.JurySemestresRow) int64 { return r.Etudid })
	validations, err := q.ValidationsOf(ctx, list)
	if err != nil {
		return err
	}
	d.validations = byStudent(validations, func(r db.Validation) int64 { return r.Etudid })
	rcues, err := q.ValidationsRCUEOf(ctx, list)
	if err != nil {
		return err
	}
	d.rcues = byStudent(rcues, func(r db.ValidationRCUE) int64 { return r.Etudid })
	annees, err := q.ValidationsAnneeOf(ctx, list)
	if err != nil {
		return err
	}
	d.annees = byStudent(annees, func(r db.ValidationAnnee) int64 { return r.Etudid })
	autorisations, err := q.AutorisationsFrom(ctx, d.sem.ID)
	if err != nil {
		return err
	}
	d.autorisations = byStudent(autorisations, func(r db.Autorisation) int64 { return r.Etudid })
	return d.readForeignUEs(ctx, q, validations)
}

// readForeignUEs reads the UEs that were decided on in other programmes.
func (d *juryDossier) readForeignUEs(ctx context.Context, q *db.Queries, validations []db.Validation) error {
	var ids []int64
	for _, v := range validations {
		if v.UEID == nil {
			continue
		}
		if _, ok := d.ueByID[*v.UEID]; !ok {
			ids = append(ids, *v.UEID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := q.UEsByID(ctx, db.JSONList(ids...))
	for _, u := range rows {
		d.ueByID[u.ID] = u
	}
	return err
}

func byStudent[T any](rows []T, etudid func(T) int64) map[int64][]T {
	m := map[int64][]T{}
	for _, row := range rows {
		m[etudid(row)] = append(m[etudid(row)], row)
	}
	return m
}

func (d *juryDossier) isAPC() bool { return d.formation.TypeParcours == BUT }

// ordre is the year of the BUT that the semester is in.
func (d *juryDossier) ordre() int64 { return (d.sem.SemestreID + 1) / 2 }

func (d *juryDossier) isEven() bool { return d.sem.SemestreID%2 == 0 }

// sameCursus tells whether a semester is of the curriculum of the dossier.
func (d *juryDossier) sameCursus(r db.JurySemestresRow) bool {
	return r.FormationCode == d.formation.FormationCode ||
		r.ReferentielID != nil && d.formation.ReferentielID != nil && *r.ReferentielID == *d.formation.ReferentielID
}

// partner is the semester with which this one makes a year of a student: the
// odd one that he was in last before this even one, or the even one that came
// after this odd one, unless he did this one again in between. nil for none.
func (d *juryDossier) partner(etudid int64) *db.JurySemestresRow {
	var found *db.JurySemestresRow
	n, mine := d.sem.SemestreID, d.sem.DateDebut.Time()
	for i := range d.semestres[etudid] {
		r := &d.semestres[etudid][i]
		if r.FormSemestre.ID == d.sem.ID || !d.sameCursus(*r) {
			continue
		}
		at := r.FormSemestre.DateDebut.Time()
		switch isLater := at.After(mine); {
		case d.isEven() && !isLater && r.FormSemestre.SemestreID == n-1:
			found = r
		case !d.isEven() && isLater && r.FormSemestre.SemestreID == n:
			return nil
		case !d.isEven() && isLater && r.FormSemestre.SemestreID == n+1:
			return r
		}
	}
	return found
}

// precedent is the semester of the number before that a student was in last;
// nil for none.
func (d *juryDossier) precedent(etudid int64) *db.FormSemestre {
	var found *db.FormSemestre
	for i := range d.semestres[etudid] {
		r := &d.semestres[etudid][i]
		if d.sameCursus(*r) && r.FormSemestre.SemestreID == d.sem.SemestreID-1 && r.FormSemestre.SemestreID >= 1 &&
			!r.FormSemestre.DateDebut.Time().After(d.sem.DateDebut.Time()) {
			found = &r.FormSemestre
		}
	}
	return found
}

// isOf tells whether a UE is for a student of a track: it is for all, he has
// none, or it is among those of his.
func (d *juryDossier) isOf(ue int64, parcours *int64) bool {
	tracks := d.tracks[ue]
	return len(tracks) == 0 || parcours == nil ||
		slices.ContainsFunc(tracks, func(t db.UEParcours) bool { return t.ParcoursID == *parcours })
}

// uesAt returns the UEs of a number of semester for a student of a track,
// without sport. BUT only.
func (d *juryDossier) uesAt(formationID, semestreID int64, parcours *int64) []db.UE {
	var list []db.UE
	for _, u := range d.ues {
		if u.FormationID == formationID && u.SemestreIdx != nil && *u.SemestreIdx == semestreID && u.Type != sportUE && d.isOf(u.ID, parcours) {
			list = append(list, u)
		}
	}
	return list
}

// uesOf returns the UEs of a student in the semester, without sport.
func (d *juryDossier) uesOf(ctx context.Context, row db.JuryEtudiantsRow) ([]db.UE, error) {
	if d.isAPC() {
		return d.uesAt(d.sem.FormationID, d.sem.SemestreID, row.Inscription.ParcoursID), nil
	}
	results, err := d.results(ctx, d.sem.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(results.UEs), func(u db.UE) bool { return u.Type == sportUE }), nil
}

// mean is the mean of a student in a UE of a semester, NaN when there is none.
func (d *juryDossier) mean(ctx context.Context, etudid, formSemestreID, ueID int64) (float64, error) {
	results, err := d.results(ctx, formSemestreID)
	if err != nil {
		return math.NaN(), err
	}
	i, isIn := results.EtudiantIndex(etudid)
	u, isThere := results.UEIndex(ueID)
	if !isIn || !isThere {
		return math.NaN(), nil
	}
	return results.Results.UE.At(u, i).Moyenne, nil
}

// generale is the general mean of a student in a semester, NaN when there is
// none.
func (d *juryDossier) generale(ctx context.Context, etudid, formSemestreID int64) (float64, error) {
	results, err := d.results(ctx, formSemestreID)
	if err != nil {
		return math.NaN(), err
	}
	if i, ok := results.EtudiantIndex(etudid); ok {
		return results.Results.Etudiants[i].Moyenne, nil
	}
	return math.NaN(), nil
}

// validationsIn returns the decisions on a student in a semester and its UEs.
func (d *juryDossier) validationsIn(etudid, formSemestreID int64) []db.Validation {
	var list []db.Validation
	for _, v := range d.validations[etudid] {
		if v.FormsemestreID != nil && *v.FormsemestreID == formSemestreID {
			list = append(list, v)
		}
	}
	return list
}

// validationOn returns the decision on a UE in a semester, nil for none; on the
// semester itself when ueID is 0.
func (d *juryDossier) validationOn(etudid, formSemestreID, ueID int64) *db.Validation {
	for _, v := range d.validationsIn(etudid, formSemestreID) {
		if v.UEID == nil && ueID == 0 || v.UEID != nil && *v.UEID == ueID {
			return &v
		}
	}
	return nil
}

// acquired returns the strongest decision on a UE, or one of its code, wherever
// it was taken; of equal ones the latest. nil for none.
func (d *juryDossier) acquired(etudid int64, ue db.UE) *db.Validation {
	var best *db.Validation
	for i := range d.validations[etudid] {
		v := &d.validations[etudid][i]
		if v.UEID == nil || d.ueByID[*v.UEID].UECode != ue.UECode {
			continue
		}
		if best == nil || jury.Code(v.Code).Force() >= jury.Code(best.Code).Force() {
			best = v
		}
	}
	return best
}

// annee returns the decision on the year of the BUT that the semester is in,
// nil for none.
func (d *juryDossier) annee(etudid int64) *db.ValidationAnnee { return d.anneeOf(etudid, d.ordre()) }

func (d *juryDossier) anneeOf(etudid, ordre int64) *db.ValidationAnnee {
	if !d.isAPC() || d.formation.ReferentielID == nil {
		return nil
	}
	for i := range d.annees[etudid] {
		v := &d.annees[etudid][i]
		if v.Ordre == ordre && v.ReferentielID == *d.formation.ReferentielID {
			return v
		}
	}
	return nil
}

// granted are the ECTS that a code grants: those of the UE for the student's
// track, when it acquires it.
func (d *juryDossier) granted(ueID int64, parcours *int64, code jury.Code) api.Float {
	if !code.ValideUE() {
		return 0
	}
	if parcours != nil {
		for _, t := range d.tracks[ueID] {
			if t.ParcoursID == *parcours && t.Ects != nil {
				return api.Float(*t.Ects)
			}
		}
	}
	return floatOrZero(d.ueByID[ueID].Ects)
}

// lastDate is the moment of the latest decision on the semester, or another
// without any.
func (d *juryDossier) lastDate(other time.Time) time.Time {
	var last time.Time
	later := func(at db.Time, formSemestreID *int64) {
		if formSemestreID != nil && *formSemestreID == d.sem.ID && at.After(last) {
			last = at.Time
		}
	}
	for _, row := range d.etudiants {
		for _, v := range d.validations[row.Etudiant.ID] {
			later(v.EventAt, v.FormsemestreID)
		}
		for _, v := range d.rcues[row.Etudiant.ID] {
			later(v.At, v.FormsemestreID)
		}
		for _, v := range d.annees[row.Etudiant.ID] {
			later(v.At, v.FormsemestreID)
		}
	}
	if last.IsZero() {
		return other
	}
	return last
}
