package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/appliance"
	"intendant/internal/scolarite"
	"intendant/internal/scolarite/notes"
)

// loadMarks gives each module of a semester evaluations, those of the past
// marked: the same marks each time, around a level of each student's own.
func (sc *school) loadMarks(ctx context.Context, a *appliance.Appliance, sem scolarite.FormSemestre, students []int64) error {
	modules, err := a.Store.Read().ModuleImplsOfFormSemestre(ctx, sem.ID)
	if err != nil {
		return err
	}
	start, err := time.ParseInLocation(time.DateOnly, sem.DateDebutISO, a.Location)
	if err != nil {
		return err
	}
	end, err := time.ParseInLocation(time.DateOnly, sem.DateFinISO, a.Location)
	if err != nil {
		return err
	}
	for i, m := range modules {
		module, err := a.Store.Read().Module(ctx, m.ModuleID)
		if err != nil {
			return err
		}
		kinds := marked
		if module.ModuleType == int64(notes.Malus) {
			kinds = penalties
		}
		for n, kind := range kinds {
			day := start.AddDate(0, 0, int(end.Sub(start).Hours()/24)*kind.part/12+i%5)
			for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
				day = day.AddDate(0, 0, 1)
			}
			at := func(hour int) api.Opt[string] {
				return api.Some(fmt.Sprintf("%sT%02d:00", day.Format(time.DateOnly), hour))
			}
			evaluation, err := a.Scolarite.CreateEvaluation(ctx, m.ID, scolarite.EvaluationPatch{
				Description: api.Some(kind.name), Coefficient: api.Some(kind.coefficient), DateDebut: at(8 + 2*(i%4)), DateFin: at(10 + 2*(i%4)),
			})
			if err != nil {
				return err
			}
			if day.After(a.Now()) {
				continue
			}
			if err := mark(ctx, a, m.ID, evaluation.ID, students, kind.mark, i*7+n*3); err != nil {
				return err
			}
		}
	}
	return nil
}

// evaluationKind is an evaluation that each module of a kind has.
type evaluationKind struct {
	name        string
	part        int // of the semester, in twelfths
	coefficient float64
	mark        func(student, seed int) string
}

var (
	marked    = []evaluationKind{{"Contrôle", 3, 1, markOf}, {"Examen", 9, 2, markOf}}
	penalties = []evaluationKind{{"Absences répétées", 3, 1, penaltyOf}}
)

// markOf is a mark on 20; a few were absent or excused.
func markOf(student, seed int) string {
	switch (student*5 + seed) % 41 {
	case 0:
		return "ABS"
	case 1:
		return "EXC"
	}
	level := 12 + 4*math.Sin(float64(student)*1.7)
	return fmt.Sprintf("%.1f", math.Min(20, math.Max(0, level+3*math.Sin(float64(student*13+seed)*0.9))))
}

// penaltyOf is what a malus takes away: most have none.
func penaltyOf(student, seed int) string {
	if (student+seed)%6 == 0 {
		return "0.5"
	}
	return "0"
}

// mark marks the students of a module.
func mark(ctx context.Context, a *appliance.Appliance, moduleImplID, evaluationID int64, students []int64, of func(student, seed int) string, seed int) error {
	registered, err := a.Store.Read().EtudidsOfModuleImpl(ctx, moduleImplID)
	if err != nil {
		return err
	}
	takes := make(map[int64]bool, len(registered))
	for _, etudid := range registered {
		takes[etudid] = true
	}
	var marks []jsonvalue.Value
	for i, etudid := range students {
		if !takes[etudid] {
			continue
		}
		marks = append(marks, jsonvalue.OfArray(jsonvalue.OfInt(etudid), jsonvalue.OfString(of(i, seed))))
	}
	if len(marks) == 0 {
		return nil
	}
	_, err = a.Scolarite.SetNotes(ctx, evaluationID, jsonvalue.OfArray(marks...))
	return err
}

// loadAttendance gives students of a semester absences and lateness of its
// first weeks, a third of the absences justified.
func (sc *school) loadAttendance(ctx context.Context, a *appliance.Appliance, sem scolarite.FormSemestre, students []int64) error {
	start, err := time.ParseInLocation(time.DateOnly, sem.DateDebutISO, a.Location)
	if err != nil {
		return err
	}
	text := func(key, value string) jsonvalue.Member {
		return jsonvalue.Member{Key: key, Value: jsonvalue.OfString(value)}
	}
	for i, etudid := range students {
		var records, justifs []jsonvalue.Value
		for n := range i % 4 {
			day := start.AddDate(0, 0, 7*(1+n*3)+(i+n)%5)
			if day.After(a.Now()) {
				break
			}
			state := "absent"
			if (i+n)%3 == 0 {
				state = "retard"
			}
			date := day.Format(time.DateOnly)
			records = append(records, jsonvalue.OfObject(text("date_debut", date+"T08:00"), text("date_fin", date+"T10:00"), text("etat", state)))
			if (i+n)%3 == 1 {
				justifs = append(justifs, jsonvalue.OfObject(
					text("date_debut", date+"T08:00"), text("date_fin", date+"T18:00"), text("etat", "valide"), text("raison", "Certificat médical"),
				))
			}
		}
		batch, err := a.Scolarite.RecordAssiduites(ctx, etudid, jsonvalue.OfArray(records...))
		if err != nil || len(batch.Errors) > 0 {
			return errors.Join(err, refused(batch))
		}
		if batch, err = a.Scolarite.RecordJustificatifs(ctx, etudid, jsonvalue.OfArray(justifs...)); err != nil || len(batch.Errors) > 0 {
			return errors.Join(err, refused(batch))
		}
	}
	return nil
}

func refused(batch scolarite.Batch) error {
	if len(batch.Errors) == 0 {
		return nil
	}
	return errors.New(batch.Errors[0].Message)
}

// loadDecisions lets the jury of a semester that is over decide, and locks it.
func (sc *school) loadDecisions(ctx context.Context, a *appliance.Appliance, sem scolarite.FormSemestre) error {
	if sem.DateFinISO >= db.DayOf(a.Now().In(a.Location)).String() {
		return nil
	}
	if _, err := a.Scolarite.JuryAuto(ctx, sem.ID, false); err != nil {
		return err
	}
	_, err := a.Scolarite.EditFormSemestre(ctx, sem.ID, scolarite.FormSemestrePatch{Etat: api.Some(false)})
	return err
}
