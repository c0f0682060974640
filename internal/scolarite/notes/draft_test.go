package notes_test

import "intendant/internal/scolarite/notes"

// draft is a semester in the making, for tables: everyone is registered to
// everything, and lists grow in their order.
type draft struct {
	notes.Semestre
	marks [][]any
	out   [][2]int
}

// newDraft returns a semester of n students.
func newDraft(n int) *draft {
	d := &draft{}
	for i := range n {
		d.Etudiants = append(d.Etudiants, notes.Etudiant{Position: i})
	}
	return d
}

func (d *draft) ue(ue notes.UE) int {
	ue.Numero = len(d.UEs)
	d.UEs = append(d.UEs, ue)
	return ue.Numero
}

func (d *draft) module(m notes.Module) int {
	m.Numero = len(d.Modules)
	d.Modules = append(d.Modules, m)
	return m.Numero
}

// evaluation adds an evaluation, on 20 unless it says otherwise, with a mark
// for each student: see [mark].
func (d *draft) evaluation(e notes.Evaluation, marks ...any) int {
	e.Numero = len(d.Evaluations)
	if e.NoteMax == 0 {
		e.NoteMax = 20
	}
	d.Evaluations, d.marks = append(d.Evaluations, e), append(d.marks, marks)
	return e.Numero
}

// sansInscription takes a student out of a module.
func (d *draft) sansInscription(m, etudiant int) { d.out = append(d.out, [2]int{m, etudiant}) }

func (d *draft) compute() *notes.Results {
	d.MakeGrids()
	for m := range d.Modules {
		for i := range d.Etudiants {
			d.Inscrits.Set(m, i, true)
		}
	}
	for _, cell := range d.out {
		d.Inscrits.Set(cell[0], cell[1], false)
	}
	for e, marks := range d.marks {
		for i, v := range marks {
			d.Notes.Set(e, i, mark(v))
		}
	}
	return notes.Compute(&d.Semestre)
}
