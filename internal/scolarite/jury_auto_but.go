package scolarite

import (
	"context"
	"math"
	"slices"

	"intendant/db"
	"intendant/internal/scolarite/jury"
)

// departureCodes are what the UEs and the year of a student who left get, by
// the state of his registration.
var departureCodes = map[string]jury.Code{"D": jury.DEM, "DEF": jury.DEF}

// but records what the rules propose on a student of the BUT: in the odd
// semester its UEs, in the even one the whole year.
func (a juryAuto) but(ctx context.Context, row db.JuryEtudiantsRow) error {
	levels, err := a.d.levels(ctx, row)
	if err != nil {
		return err
	}
	if code, ok := departureCodes[row.Inscription.Etat]; ok {
		return a.departure(ctx, row, code)
	}
	if err := a.ues(ctx, row, levels); err != nil {
		return err
	}
	if !a.d.isEven() {
		if !isAnyGraded(levels, 0) {
			return nil
		}
		return a.autorise(ctx, row.Etudiant, []int{int(a.d.sem.SemestreID) + 1}, false)
	}
	if err := a.rcues(ctx, row, levels); err != nil {
		return err
	}
	if err := a.superieurs(ctx, row); err != nil {
		return err
	}
	return a.annee(ctx, row, levels)
}

func isAnyGraded(levels []juryLevel, side int) bool {
	return slices.ContainsFunc(levels, func(l juryLevel) bool { return !math.IsNaN(l.moyennes[side]) })
}

// departure records that a student left: on the UEs of the semester and on the
// year.
func (a juryAuto) departure(ctx context.Context, row db.JuryEtudiantsRow, code jury.Code) error {
	for _, u := range a.d.uesAt(a.d.sem.FormationID, a.d.sem.SemestreID, row.Inscription.ParcoursID) {
		if a.d.validationOn(row.Etudiant.ID, a.d.sem.ID, u.ID) != nil {
			continue
		}
		if err := a.ue(ctx, row.Etudiant, a.d.sem, u, math.NaN(), code); err != nil {
			return err
		}
	}
	if a.d.formation.ReferentielID == nil || a.d.annee(row.Etudiant.ID) != nil {
		return nil
	}
	return a.setAnnee(ctx, row.Etudiant, a.d.ordre(), code)
}

// setAnnee records the code of a year in the school year of the semester.
func (a juryAuto) setAnnee(ctx context.Context, etud db.Etudiant, ordre int64, code jury.Code) error {
	_, err := a.putAnnee(ctx, a.q, etud, db.PutValidationAnneeParams{
		Etudid: etud.ID, Ordre: ordre, FormsemestreID: &a.d.sem.ID, ReferentielID: *a.d.formation.ReferentielID,
		AnneeScolaire: AnneeScolaire(a.d.sem.DateDebut), At: a.at, Code: string(code),
	})
	return err
}

// ues records the codes of the semester's UEs and, in the even one, of those of
// the odd semester that their RCUEs make up for.
func (a juryAuto) ues(ctx context.Context, row db.JuryEtudiantsRow, levels []juryLevel) error {
	for _, u := range a.d.uesAt(a.d.sem.FormationID, a.d.sem.SemestreID, row.Inscription.ParcoursID) {
		if u.NiveauID != nil {
			continue // below, with its level
		}
		moyenne, err := a.d.mean(ctx, row.Etudiant.ID, a.d.sem.ID, u.ID)
		if err != nil {
			return err
		}
		if err := a.ue(ctx, row.Etudiant, a.d.sem, u, moyenne, jury.CodeUE(moyenne)); err != nil {
			return err
		}
	}
	partner := a.d.partner(row.Etudiant.ID)
	for i := range levels {
		l, r := &levels[i], levels[i].propose()
		here := a.d.side()
		if err := a.ue(ctx, row.Etudiant, a.d.sem, *l.ues[here], l.moyennes[here], r.ProposeUE(here)); err != nil {
			return err
		}
		if here == 0 || partner == nil || l.ues[0] == nil {
			continue
		}
		if err := a.ue(ctx, row.Etudiant, partner.FormSemestre, *l.ues[0], l.moyennes[0], r.ProposeUE(0)); err != nil {
			return err
		}
	}
	return nil
}

// rcues records the codes of the levels of the year.
func (a juryAuto) rcues(ctx context.Context, row db.JuryEtudiantsRow, levels []juryLevel) error {
	for i := range levels {
		l := &levels[i]
		if !l.isComplete() {
			continue
		}
		r := l.propose()
		if code := r.Propose(); code.Emporte(r.Code) {
			if err := a.rcue(ctx, row, l.ues[0].ID, l.ues[1].ID, code); err != nil {
				return err
			}
			l.rcue = a.d.rcueOn(row.Etudiant.ID, l.ues[0].ID, l.ues[1].ID)
		}
	}
	return nil
}

func (a juryAuto) rcue(ctx context.Context, row db.JuryEtudiantsRow, ue1, ue2 int64, code jury.Code) error {
	v, err := a.putRCUE(ctx, a.q, row.Etudiant, db.PutValidationRCUEParams{
		Etudid: row.Etudiant.ID, FormsemestreID: &a.d.sem.ID, Ue1ID: ue1, Ue2ID: ue2, ParcoursID: row.Inscription.ParcoursID, At: a.at, Code: string(code),
	})
	if err != nil {
		return err
	}
	list := a.d.rcues[v.Etudid]
	if i := slices.IndexFunc(list, func(r db.ValidationRCUE) bool { return r.ID == v.ID }); i >= 0 {
		list[i] = v
	} else {
		a.d.rcues[v.Etudid] = append(list, v)
	}
	return nil
}

// annee records the code of the year that the rules propose first, and what the
// student may register in next. A student who repeats is judged anew.
func (a juryAuto) annee(ctx context.Context, row db.JuryEtudiantsRow, levels []juryLevel) error {
	if a.d.formation.ReferentielID == nil {
		return nil
	}
	annee := jury.Annee{Ordre: int(a.d.ordre()), BUT1: a.hasBUT1(row)}
	for i := range levels {
		annee.RCUEs = append(annee.RCUEs, levels[i].propose())
	}
	codes := annee.Propose()
	if len(codes) == 0 {
		return nil
	}
	code, old, isNew := codes[0], a.d.annee(row.Etudiant.ID), true
	if old != nil {
		recorded := jury.Code(old.Code)
		isAgain := recorded == code && old.AnneeScolaire != AnneeScolaire(a.d.sem.DateDebut)
		if isNew = isAgain || code.Emporte(recorded); !isNew {
			code = recorded
		}
	}
	if isNew {
		if err := a.setAnnee(ctx, row.Etudiant, a.d.ordre(), code); err != nil {
			return err
		}
	}
	var numbers []int
	if n := annee.Suite(code); n != 0 {
		numbers = []int{n}
	}
	return a.autorise(ctx, row.Etudiant, numbers, isNew)
}

// hasBUT1 tells whether a student has acquired all UEs of the first year.
func (a juryAuto) hasBUT1(row db.JuryEtudiantsRow) bool {
	for _, n := range []int64{1, 2} {
		for _, u := range a.d.uesAt(a.d.sem.FormationID, n, row.Inscription.ParcoursID) {
			if v := a.d.acquired(row.Etudiant.ID, u); v == nil || !jury.Code(v.Code).ValideUE() {
				return false
			}
		}
	}
	return true
}

// superieurs gives ADSUP to the levels that a higher one of their competence
// brings: to their UEs, their RCUE, and to the year that this completes.
func (a juryAuto) superieurs(ctx context.Context, row db.JuryEtudiantsRow) error {
	list := a.niveauxOf(row)
	niveaux := make([]jury.Niveau, len(list))
	for i, l := range list {
		niveaux[i] = jury.Niveau{Competence: a.d.niveaux[l.niveau].CompetenceID, Ordre: a.d.niveaux[l.niveau].Ordre, Acquis: l.acquis}
	}
	brought := jury.Superieurs(niveaux)
	for _, i := range brought {
		if err := a.adsup(ctx, row, list[i]); err != nil {
			return err
		}
		list[i].acquis = true
	}
	for _, i := range brought {
		if err := a.completeYear(ctx, row, list, list[i].annee); err != nil {
			return err
		}
	}
	return nil
}

// niveauOf is a level of a student's track, up to the year of the jury.
type niveauOf struct {
	niveau, annee int64
	ues           [2]db.UE
	acquis        bool
}

// niveauxOf returns the levels that the programme has for a student, in both
// semesters of a year, up to that of the jury.
func (a juryAuto) niveauxOf(row db.JuryEtudiantsRow) []niveauOf {
	var list []niveauOf
	for annee := int64(1); annee <= a.d.ordre(); annee++ {
		evens := a.d.uesAt(a.d.sem.FormationID, 2*annee, row.Inscription.ParcoursID)
		for _, u := range a.d.uesAt(a.d.sem.FormationID, 2*annee-1, row.Inscription.ParcoursID) {
			if u.NiveauID == nil {
				continue
			}
			i := slices.IndexFunc(evens, func(e db.UE) bool { return e.NiveauID != nil && *e.NiveauID == *u.NiveauID })
			if i >= 0 {
				list = append(list, niveauOf{*u.NiveauID, annee, [2]db.UE{u, evens[i]}, a.hasNiveau(row.Etudiant.ID, *u.NiveauID)})
			}
		}
	}
	return list
}

// hasNiveau tells whether a jury gave a level to a student, through whichever
// UEs of it.
func (a juryAuto) hasNiveau(etudid, niveau int64) bool {
	return slices.ContainsFunc(a.d.rcues[etudid], func(v db.ValidationRCUE) bool {
		n := a.d.ueByID[v.Ue1ID].NiveauID
		return n != nil && *n == niveau && jury.Code(v.Code).ValideRCUE()
	})
}

// adsup gives a level to a student: its UEs that he has not acquired, in the
// semester where he had them last (in none if he never did), and its RCUE.
func (a juryAuto) adsup(ctx context.Context, row db.JuryEtudiantsRow, l niveauOf) error {
	for _, u := range l.ues {
		if v := a.d.acquired(row.Etudiant.ID, u); v != nil && jury.Code(v.Code).ValideUE() {
			continue
		}
		decision := db.Validation{Etudid: row.Etudiant.ID, UEID: &u.ID, Code: string(jury.ADSUP), EventAt: a.at, SemestreID: u.SemestreIdx}
		for _, r := range a.d.semestres[row.Etudiant.ID] {
			if r.FormSemestre.FormationID == u.FormationID && r.FormSemestre.SemestreID == *u.SemestreIdx {
				decision.FormsemestreID = &r.FormSemestre.ID
			}
		}
		if decision.FormsemestreID != nil {
			moyenne, err := a.d.mean(ctx, row.Etudiant.ID, *decision.FormsemestreID, u.ID)
			if err != nil {
				return err
			}
			decision.MoyUE = numberOrNil(moyenne)
		}
		kept, err := a.putValidation(ctx, a.q, row.Etudiant, decision)
		if err != nil {
			return err
		}
		a.d.keep(kept)
	}
	return a.rcue(ctx, row, l.ues[0].ID, l.ues[1].ID, jury.ADSUP)
}

// completeYear gives ADSUP to an earlier year whose levels are now all
// acquired.
func (a juryAuto) completeYear(ctx context.Context, row db.JuryEtudiantsRow, list []niveauOf, annee int64) error {
	if annee == a.d.ordre() || a.d.formation.ReferentielID == nil {
		return nil
	}
	if slices.ContainsFunc(list, func(l niveauOf) bool { return l.annee == annee && !l.acquis }) {
		return nil
	}
	if old := a.d.anneeOf(row.Etudiant.ID, annee); old != nil && !jury.ADSUP.Emporte(jury.Code(old.Code)) {
		return nil
	}
	return a.setAnnee(ctx, row.Etudiant, annee, jury.ADSUP)
}
