package scolarite

import (
	"context"
	"math"

	"intendant/db"
	"intendant/internal/scolarite/jury"
)

// juryLevel is the level of a competence that a student goes through in a year:
// the UE of the odd semester, then that of the even one.
type juryLevel struct {
	niveau int64
	ues    [2]*db.UE // nil where the programme has none
	// semestres are those in which he had the UEs, 0 for none.
	semestres   [2]int64
	moyennes    [2]float64 // NaN for none
	validations [2]*db.Validation
	rcue        *db.ValidationRCUE
}

// levels returns the levels of a student's UEs in the semester, in the order of
// the UEs. BUT only.
func (d *juryDossier) levels(ctx context.Context, row db.JuryEtudiantsRow) ([]juryLevel, error) {
	if !d.isAPC() {
		return nil, nil
	}
	etudid := row.Etudiant.ID
	formations, semestres := [2]int64{d.sem.FormationID, d.sem.FormationID}, [2]int64{}
	parcours := [2]*int64{row.Inscription.ParcoursID, row.Inscription.ParcoursID}
	here := d.side()
	semestres[here] = d.sem.ID
	if p := d.partner(etudid); p != nil {
		formations[1-here], semestres[1-here] = p.FormSemestre.FormationID, p.FormSemestre.ID
		if p.ParcoursID != nil {
			parcours[1-here] = p.ParcoursID
		}
	}
	others := d.uesAt(formations[1-here], 2*d.ordre()-int64(here), parcours[1-here])
	var list []juryLevel
	for _, u := range d.uesAt(d.sem.FormationID, d.sem.SemestreID, row.Inscription.ParcoursID) {
		if u.NiveauID == nil {
			continue
		}
		l := juryLevel{niveau: *u.NiveauID, semestres: semestres, moyennes: [2]float64{math.NaN(), math.NaN()}}
		l.ues[here] = &u
		for i := range others {
			if n := others[i].NiveauID; n != nil && *n == l.niveau {
				l.ues[1-here] = &others[i]
				break
			}
		}
		if err := d.fill(ctx, etudid, &l); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

// side is the place of the semester's UEs in a level: 0 when it is odd.
func (d *juryDossier) side() int {
	if d.isEven() {
		return 1
	}
	return 0
}

// fill reads the means and the decisions of a level. A UE that the student did
// not have yet, or had elsewhere, is what an earlier jury made of it.
func (d *juryDossier) fill(ctx context.Context, etudid int64, l *juryLevel) (err error) {
	for k, u := range l.ues {
		if u == nil {
			continue
		}
		if l.semestres[k] != 0 {
			if l.moyennes[k], err = d.mean(ctx, etudid, l.semestres[k], u.ID); err != nil {
				return err
			}
			l.validations[k] = d.validationOn(etudid, l.semestres[k], u.ID)
		} else if l.validations[k] = d.acquired(etudid, *u); l.validations[k] != nil {
			l.moyennes[k] = numberOrNaN(l.validations[k].MoyUE)
		}
	}
	if l.isComplete() {
		l.rcue = d.rcueOn(etudid, l.ues[0].ID, l.ues[1].ID)
	}
	return nil
}

func (d *juryDossier) rcueOn(etudid, ue1, ue2 int64) *db.ValidationRCUE {
	for i := range d.rcues[etudid] {
		if v := &d.rcues[etudid][i]; v.Ue1ID == ue1 && v.Ue2ID == ue2 {
			return v
		}
	}
	return nil
}

// isComplete tells whether the programme has both UEs.
func (l *juryLevel) isComplete() bool { return l.ues[0] != nil && l.ues[1] != nil }

// propose is the level as the rules see it.
func (l *juryLevel) propose() jury.RCUE {
	r := jury.RCUE{Moyennes: l.moyennes, Coefs: [2]float64{1, 1}}
	for k, u := range l.ues {
		if u != nil {
			r.Coefs[k] = u.CoefRcue
		}
	}
	if l.rcue != nil {
		r.Code = jury.Code(l.rcue.Code)
	}
	return r
}

func (l *juryLevel) decision() DecisionRCUE {
	d := DecisionRCUE{UE1: l.ue(0), UE2: l.ue(1), Moy: meanOrNil(l.propose().Moyenne())}
	if l.rcue != nil {
		d.Code = &l.rcue.Code
	}
	return d
}

func (l *juryLevel) ue(k int) DecisionRCUEUE {
	d := DecisionRCUEUE{UEID: l.ues[k].ID, Moy: meanOrNil(l.moyennes[k])}
	if v := l.validations[k]; v != nil {
		d.Code = &v.Code
	}
	return d
}
