package scolarite

import (
	"context"
	"errors"
	"math"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/jury"
)

const describeAuto = `dry_run : true n'écrit rien. etudids : ces étudiants seulement, tous par défaut. La réponse a les lignes de decisions_jury telles qu'elles sont maintenant, ou telles qu'elles seraient.

* En BUT, un semestre impair reçoit les codes de ses UEs et l'autorisation de passer au semestre pair ; un semestre pair décide aussi des UEs du semestre impair, des RCUEs, de l'année et de la suite. Un niveau acquis apporte ceux d'avant (ADSUP).
* Ailleurs, la table des décisions donne le code du semestre, ceux de ses UEs, celui du semestre précédent s'il attendait, et la suite. ADJ, que seul un jury accorde, n'est jamais proposé : sans autre règle, c'est AJ, et la suite est à dire.

Une décision déjà prise reste, à moins que la proposition soit plus forte ; ABAN, ABL, DEF, DEM, EXCLU et NAR restent toujours. Sans moyenne, rien n'est proposé.`

type juryAutoIn struct {
	ID      int64            `path:"formsemestre_id"`
	DryRun  bool             `json:"dry_run"`
	Etudids api.Opt[[]int64] `json:"etudids" maxlen:"5000"`
}

// JuryAuto records the decisions that the marks of a semester call for, or says
// what they would be; see juryAutoRecord for its errors.
func (s *Service) JuryAuto(ctx context.Context, formsemestreID int64, isDry bool) ([]DecisionJury, error) {
	return s.juryAutoRecord(ctx, juryAutoIn{ID: formsemestreID, DryRun: isDry})
}

// errDryRun undoes a transaction.
var errDryRun = errors.New("dry run")

// juryAutoRecord records what the rules propose, and returns the decisions as they
// then are. A dry run does the same and undoes it. NotFound for an unknown
// semester, Forbidden for a locked one, Invalid for students who are not in it.
func (s *Service) juryAutoRecord(ctx context.Context, in juryAutoIn) (rows []DecisionJury, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, err := visibleFormSemestre(ctx, q, in.ID)
		if err != nil {
			return err
		}
		if err := unlocked(sem); err != nil {
			return err
		}
		var before []db.Autorisation
		if in.DryRun {
			if before, err = q.AutorisationsFrom(ctx, sem.ID); err != nil {
				return err
			}
		}
		results := s.resultsWithin(q)
		if rows, err = s.autoWithin(ctx, q, sem, results, in.Etudids.Or(nil)); err != nil {
			return err
		}
		if in.DryRun {
			forgetNew(rows, before)
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return rows, err
}

// forgetNew takes away the ids of the authorisations that are not among those of
// before: nobody will find them.
func forgetNew(rows []DecisionJury, before []db.Autorisation) {
	isOld := make(map[int64]bool, len(before))
	for _, a := range before {
		isOld[a.ID] = true
	}
	for i := range rows {
		for k := range rows[i].Autorisations {
			if a := &rows[i].Autorisations[k]; !isOld[*a.ID] {
				a.ID = nil
			}
		}
	}
}

// resultsWithin reads the results of semesters as a transaction sees them, each
// once.
func (s *Service) resultsWithin(q *db.Queries) resultsReader {
	read := map[int64]*SemesterResults{}
	return func(ctx context.Context, id int64) (*SemesterResults, error) {
		if r, ok := read[id]; ok {
			return r, nil
		}
		r, err := s.loadResults(ctx, q, id)
		if err == nil {
			read[id] = r
		}
		return r, err
	}
}

func (s *Service) autoWithin(ctx context.Context, q *db.Queries, sem db.FormSemestre, results resultsReader, etudids []int64) ([]DecisionJury, error) {
	d, err := openDossier(ctx, q, sem, results, etudids)
	if err != nil {
		return nil, err
	}
	for _, id := range etudids {
		if !slices.ContainsFunc(d.etudiants, func(r db.JuryEtudiantsRow) bool { return r.Etudiant.ID == id }) {
			return nil, errs.NewInvalid("etudids", "not_registered", "param 'etudids': étudiant non inscrit à ce semestre")
		}
	}
	a := juryAuto{Service: s, q: q, d: d, at: s.now()}
	for _, row := range d.etudiants {
		propose := a.classique
		if d.isAPC() {
			propose = a.but
		}
		if err := propose(ctx, row); err != nil {
			return nil, err
		}
	}
	return s.decisionsOf(ctx, q, sem, results, etudids)
}

// juryAuto records what the rules propose on the students of a dossier.
type juryAuto struct {
	*Service
	q  *db.Queries
	d  *juryDossier
	at db.Time
}

// ue records the code of a UE of the BUT in a semester, unless a decision there
// stands against it. A UE without mean gets none.
func (a juryAuto) ue(ctx context.Context, etud db.Etudiant, sem db.FormSemestre, ue db.UE, moyenne float64, code jury.Code) error {
	if old := a.d.validationOn(etud.ID, sem.ID, ue.ID); old != nil && !code.Emporte(jury.Code(old.Code)) || code == "" {
		return nil
	}
	row, err := a.putValidation(ctx, a.q, etud, db.Validation{
		Etudid: etud.ID, FormsemestreID: &sem.ID, UEID: &ue.ID, Code: string(code), EventAt: a.at, MoyUE: numberOrNil(moyenne), SemestreID: &sem.SemestreID,
	})
	if err == nil {
		a.d.keep(row)
	}
	return err
}

// autorise allows a student to register in the semesters of these numbers, and
// in no other when the decision is a new one.
func (a juryAuto) autorise(ctx context.Context, etud db.Etudiant, numbers []int, isNew bool) error {
	for _, row := range a.d.autorisations[etud.ID] {
		switch i := slices.Index(numbers, int(row.SemestreID)); {
		case i >= 0:
			numbers = slices.Delete(slices.Clone(numbers), i, i+1)
		case isNew:
			if err := a.dropAutorisation(ctx, a.q, etud, row); err != nil {
				return err
			}
		}
	}
	for _, n := range numbers {
		if _, err := a.putAutorisation(ctx, a.q, etud, a.d.sem, a.d.formation.FormationCode, int64(n), a.at); err != nil {
			return err
		}
	}
	return nil
}

// keep puts a new decision among those of the dossier.
func (d *juryDossier) keep(row db.Validation) {
	list := d.validations[row.Etudid]
	if i := slices.IndexFunc(list, func(v db.Validation) bool { return v.ID == row.ID }); i >= 0 {
		list[i] = row
		return
	}
	d.validations[row.Etudid] = append(list, row)
}

// classique records what the table proposes on a student of a classic semester.
// Who resigned gets nothing, who defaulted DEF.
func (a juryAuto) classique(ctx context.Context, row db.JuryEtudiantsRow) error {
	etud := row.Etudiant
	old := a.d.validationOn(etud.ID, a.d.sem.ID, 0)
	switch row.Inscription.Etat {
	case "D":
		return nil
	case "DEF":
		if old != nil {
			return nil
		}
		return a.semestre(ctx, etud, a.d.sem, jury.DEF, nil)
	}
	c, err := a.situation(ctx, etud.ID)
	if err != nil || !c.isGraded {
		return err
	}
	rule, ok := c.cursus.Propose(c.Situation)
	if !ok || old != nil && !isPending(old.Code) && !rule.Code.Emporte(jury.Code(old.Code)) {
		return nil
	}
	if err := a.apply(ctx, etud, c, rule); err != nil {
		return err
	}
	numbers := rule.Devenir.Semestres(int(a.d.sem.SemestreID), c.cursus.Semestres)
	return a.autorise(ctx, etud, numbers, old == nil || old.Code != string(rule.Code))
}

// isPending tells whether a decision on a semester waits for another.
func isPending(code string) bool {
	return slices.Contains([]jury.Code{jury.ATT, jury.ATB, jury.ATJ}, jury.Code(code))
}

// juryCase is what the table looks at, and where it comes from.
type juryCase struct {
	jury.Situation
	cursus    jury.Cursus
	precedent *db.FormSemestre // nil for none
	isGraded  bool             // there is something to decide on
}

// situation reads what the table looks at. Students are taken to have attended:
// a jury that thinks otherwise records its own decision.
func (a juryAuto) situation(ctx context.Context, etudid int64) (c juryCase, err error) {
	c.cursus = jury.CursusOf(a.d.formation.TypeParcours)
	here, ues, err := a.semestreOf(ctx, c.cursus, etudid, a.d.sem)
	if err != nil {
		return c, err
	}
	c.isGraded = !math.IsNaN(here.Moyenne)
	c.Situation = jury.Situation{
		Assidu: true, Moyenne: c.cursus.Moyenne(here.Moyenne, ues), Barres: here.Barres, Semestrielle: a.d.sem.GestionSemestrielle,
		Suite: a.d.sem.SemestreID >= 1 && int(a.d.sem.SemestreID) < c.cursus.Semestres,
	}
	if c.precedent = a.d.precedent(etudid); c.precedent == nil {
		return c, nil
	}
	before, _, err := a.semestreOf(ctx, c.cursus, etudid, *c.precedent)
	c.Precedent = before.Code
	c.Compense = a.d.sem.GestionCompensation && c.cursus.Compense(here, before)
	return c, err
}

// semestreOf is a semester as compensation and the bars see it.
func (a juryAuto) semestreOf(ctx context.Context, cursus jury.Cursus, etudid int64, sem db.FormSemestre) (jury.Semestre, []jury.UE, error) {
	m := jury.Semestre{Indice: int(sem.SemestreID)}
	results, err := a.d.results(ctx, sem.ID)
	if err != nil {
		return m, nil, err
	}
	if m.Moyenne, err = a.d.generale(ctx, etudid, sem.ID); err != nil {
		return m, nil, err
	}
	var ues []jury.UE
	if i, ok := results.EtudiantIndex(etudid); ok {
		for u, row := range results.UEs {
			e := results.Results.UE.At(u, i)
			ues = append(ues, jury.UE{Type: int(row.Type), Moyenne: e.Moyenne, Coefficient: e.Coefficient, ECTS: e.ECTS})
		}
	}
	m.Barres = cursus.Barres(ues)
	if v := a.d.validationOn(etudid, sem.ID, 0); v != nil {
		m.Code = jury.Code(v.Code)
		m.Ailleurs = v.CompenseFormsemestreID != nil && *v.CompenseFormsemestreID != a.d.sem.ID
	}
	return m, ues, nil
}

// apply records what a rule says of a semester and of the one before, where
// that one was pending or makes up for this one. The semester that makes up for
// another says so, and is recorded last: recording the other frees it.
func (a juryAuto) apply(ctx context.Context, etud db.Etudiant, c juryCase, rule jury.Rule) error {
	var before *db.Validation
	if c.precedent != nil {
		before = a.d.validationOn(etud.ID, c.precedent.ID, 0)
	}
	var compense *int64 // by this semester
	if before != nil && rule.Precedent != "" && isPending(before.Code) {
		if rule.Precedent == jury.ADC {
			compense = &c.precedent.ID
		}
		if err := a.semestre(ctx, etud, *c.precedent, rule.Precedent, nil); err != nil {
			return err
		}
	}
	if err := a.semestre(ctx, etud, a.d.sem, rule.Code, compense); err != nil {
		return err
	}
	if before != nil && rule.Code == jury.ADC {
		return a.semestre(ctx, etud, *c.precedent, jury.Code(before.Code), &a.d.sem.ID)
	}
	return nil
}

// semestre records the decision on a classic semester and the codes of its UEs.
func (a juryAuto) semestre(ctx context.Context, etud db.Etudiant, sem db.FormSemestre, code jury.Code, compense *int64) error {
	results, err := a.d.results(ctx, sem.ID)
	if err != nil {
		return err
	}
	assidu := code != jury.DEF
	row, err := a.putSemestre(ctx, a.q, etud, a.d.formation, results, db.Validation{
		Etudid: etud.ID, FormsemestreID: &sem.ID, Code: string(code), Assidu: &assidu, EventAt: a.at, CompenseFormsemestreID: compense, SemestreID: &sem.SemestreID,
	})
	if err == nil {
		a.d.keep(row)
	}
	return err
}
