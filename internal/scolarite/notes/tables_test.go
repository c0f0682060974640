package notes_test

import (
	"math"
	"testing"

	"intendant/internal/scolarite/notes"
)

var none = math.NaN()

// TestMeansOfMarks is a UE with one module (coefficient 1.5) of two evaluations,
// for a first student; a second has 6 and 4.3333 (module 4.8889).
func TestMeansOfMarks(t *testing.T) {
	tests := []struct {
		name         string
		first, other any
		mean         float64
		printed      string
		coefs        float64
	}{
		{"two numbers", 12., 13., 38. / 3, "12.67", 1.5},
		{"an absence counts as 0", "ABS", 13., 26. / 3, "08.67", 1.5},
		{"absences alone are 0", "ABS", "ABS", 0, "00.00", 1.5},
		{"excused is left out", 12., "EXC", 12, "12.00", 1.5},
		{"pending is left out", 12., "ATT", 12, "12.00", 1.5},
		{"excused everywhere", "EXC", "EXC", none, "~", 0},
		{"pending everywhere", "ATT", "ATT", none, "~", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(2)
			m := d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1.5})
			d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, test.first, 6.)
			d.evaluation(notes.Evaluation{Module: m, Coefficient: 2}, test.other, 4.3333)
			r := d.compute()
			want(t, "module", r.Moyennes.At(m, 0), test.mean)
			if printed := notes.Format(r.Moyennes.At(m, 0)); printed != test.printed {
				t.Errorf("printed %s, want %s", printed, test.printed)
			}
			want(t, "UE", r.UE.At(0, 0).Moyenne, test.mean)
			want(t, "coefs", r.UE.At(0, 0).SumCoefs, test.coefs)
			want(t, "general", r.Etudiants[0].Moyenne, test.mean)
			want(t, "module of the second", r.Moyennes.At(m, 1), (6+2*4.3333)/3)
		})
	}
}

// TestMeansOfModules adds a second module, of coefficient 2.1 and one
// evaluation.
func TestMeansOfModules(t *testing.T) {
	tests := []struct {
		name                string
		registered          bool
		e1, e2, e3          any
		mean                float64
		withMean, withoutIt int
	}{
		{"not registered to the second", false, 12.5, "ATT", nil, 12.5, 1, 1},
		{"no mark in the second", true, 12.5, "ATT", nil, 12.5, 1, 1},
		{"both", true, 12.5, "ATT", 19.5, (12.5*1.5 + 19.5*2.1) / 3.6, 2, 0},
		{"none in the first", true, "EXC", "EXC", 12.5, 12.5, 1, 1},
		{"the same everywhere", true, 11., 11., 11., 11, 2, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(1)
			ue := d.ue(notes.UE{})
			first, second := d.module(notes.Module{UE: ue, Coefficient: 1.5}), d.module(notes.Module{UE: ue, Coefficient: 2.1})
			d.evaluation(notes.Evaluation{Module: first, Coefficient: 1}, test.e1)
			d.evaluation(notes.Evaluation{Module: first, Coefficient: 2}, test.e2)
			d.evaluation(notes.Evaluation{Module: second, Coefficient: 1}, test.e3)
			if !test.registered {
				d.sansInscription(second, 0)
			}
			e := d.compute().UE.At(ue, 0)
			want(t, "UE", e.Moyenne, test.mean)
			if e.NbNotes != test.withMean || e.NbManquantes != test.withoutIt || !e.Inscrit {
				t.Errorf("%d modules with a mean and %d without, inscrit %v", e.NbNotes, e.NbManquantes, e.Inscrit)
			}
		})
	}
}

// TestNotRegistered: without a module of it, a student does not follow a UE.
func TestNotRegistered(t *testing.T) {
	d := newDraft(1)
	m := d.module(notes.Module{UE: d.ue(notes.UE{ECTS: 6}), Coefficient: 1})
	d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 15.)
	d.sansInscription(m, 0)
	r := d.compute()
	if e := r.UE.At(0, 0); e.Inscrit || e.ECTS != 0 || !math.IsNaN(e.Moyenne) {
		t.Errorf("UE = %+v", e)
	}
	if r.Evaluations[0].NbNotes != 0 || r.Evaluations[0].NbNotesTotal != 1 {
		t.Errorf("evaluation = %+v", r.Evaluations[0])
	}
}

// TestSecondChances are a module with a normal mark and others beside it. All
// hold in a classic semester and in the BUT.
func TestSecondChances(t *testing.T) {
	type beside struct {
		kind    notes.EvaluationKind
		mark    any
		noteMax float64
	}
	tests := []struct {
		name   string
		normal any
		others []beside
		mean   float64
	}{
		{"a lower rattrapage", 12., []beside{{notes.Rattrapage, 11., 20}}, 12},
		{"a better rattrapage", 12., []beside{{notes.Rattrapage, 18., 20}}, 18},
		{"a rattrapage after an absence", "ABS", []beside{{notes.Rattrapage, 17., 20}}, 17},
		{"a rattrapage without a mean", "EXC", []beside{{notes.Rattrapage, 30., 40}}, 15},
		{"absent at the rattrapage", 10., []beside{{notes.Rattrapage, "ABS", 20}}, 10},
		{"a rattrapage on 10", 14., []beside{{notes.Rattrapage, 8., 10}}, 16},
		{"the best of two rattrapages", 7., []beside{{notes.Rattrapage, 15., 20}, {notes.Rattrapage, 11., 20}}, 15},
		{"a lower session2", 14., []beside{{notes.Session2, 8., 20}}, 8},
		{"a session2 pending", 14., []beside{{notes.Session2, "ATT", 20}}, 14},
		{"the latest session2", 14., []beside{{notes.Session2, 8., 20}, {notes.Session2, 5., 10}}, 10},
		{"the latest session2 with a mark", 14., []beside{{notes.Session2, 8., 20}, {notes.Session2, "EXC", 20}}, 8},
		{"a session2 before a rattrapage", 14., []beside{{notes.Session2, 8., 20}, {notes.Rattrapage, 17., 20}}, 8},
		{"a rattrapage before a session2", 14., []beside{{notes.Rattrapage, 17., 20}, {notes.Session2, 8., 20}}, 8},
		{"a rattrapage and no session2", 14., []beside{{notes.Rattrapage, 17., 20}, {notes.Session2, "ABS", 20}}, 17},
		{"a bonus", 12., []beside{{notes.Bonus, 0.5, 20}}, 12.5},
		{"a bonus that takes away", 12., []beside{{notes.Bonus, -1., 20}}, 11},
		{"a bonus on 10", 12., []beside{{notes.Bonus, 0.5, 10}}, 13},
		{"two bonuses", 12., []beside{{notes.Bonus, 0.5, 20}, {notes.Bonus, 0.25, 20}}, 12.75},
		{"a bonus past 20", 19.5, []beside{{notes.Bonus, 1., 20}}, 20},
		{"a bonus below 0", 0.5, []beside{{notes.Bonus, -1., 20}}, 0},
		{"a bonus without a mean", "EXC", []beside{{notes.Bonus, 1., 20}}, none},
		{"no bonus on a rattrapage", 12., []beside{{notes.Bonus, 1., 20}, {notes.Rattrapage, 14., 20}}, 14},
		{"a bonus beside a rattrapage no better", 12., []beside{{notes.Bonus, 1., 20}, {notes.Rattrapage, 12., 20}}, 13},
		{"a bonus past a lower rattrapage", 12., []beside{{notes.Bonus, 1., 20}, {notes.Rattrapage, 11., 20}}, 13},
		{"no bonus on a session2", 12., []beside{{notes.Session2, 9., 20}, {notes.Bonus, 1., 20}}, 9},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, apc := range []bool{false, true} {
				d := newDraft(1)
				d.APC = apc
				m := d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1, Coefs: []float64{3}})
				d.evaluation(notes.Evaluation{Module: m, Coefficient: 2}, test.normal)
				for _, other := range test.others {
					d.evaluation(notes.Evaluation{Module: m, Kind: other.kind, Coefficient: 5, NoteMax: other.noteMax}, other.mark)
				}
				r := d.compute()
				want(t, "module", r.Moyennes.At(m, 0), test.mean)
				want(t, "UE", r.UE.At(0, 0).Moyenne, test.mean)
			}
		})
	}
}

// TestLatest: evaluations come by numero, then by date, and then as listed.
func TestLatest(t *testing.T) {
	tests := []struct {
		name          string
		first, second notes.Evaluation
		mean          float64
	}{
		{"by numero", notes.Evaluation{Numero: 2, Date: day(t, "2025-01-10")}, notes.Evaluation{Numero: 1, Date: day(t, "2025-01-12")}, 8},
		{"by date", notes.Evaluation{Numero: 1, Date: day(t, "2025-01-12")}, notes.Evaluation{Numero: 1, Date: day(t, "2025-01-10")}, 8},
		{"as listed", notes.Evaluation{}, notes.Evaluation{}, 9},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(1)
			d.module(notes.Module{UE: d.ue(notes.UE{})})
			d.evaluation(notes.Evaluation{Kind: notes.Session2}, 8.)
			d.evaluation(notes.Evaluation{Kind: notes.Session2}, 9.)
			for e, ev := range []notes.Evaluation{test.first, test.second} {
				d.Evaluations[e].Numero, d.Evaluations[e].Date = ev.Numero, ev.Date
			}
			want(t, "module", d.compute().Moyennes.At(0, 0), test.mean)
		})
	}
}

// TestEvaluationStates are a module of ten students, in another state or not.
func TestEvaluationStates(t *testing.T) {
	ten := func(values ...any) []any {
		for len(values) < 10 {
			values = append(values, values[len(values)-1])
		}
		return values
	}
	tests := []struct {
		name                    string
		evaluation              notes.Evaluation
		marks                   []any
		complete, pending, used bool
		notes                   int
	}{
		{"all", notes.Evaluation{}, ten(12.), true, false, true, 10},
		{"half", notes.Evaluation{}, ten(12., 12., 12., 12., 12., nil), false, false, false, 5},
		{"half, at once", notes.Evaluation{PublishIncomplete: true}, ten(12., 12., 12., 12., 12., nil), false, true, true, 5},
		{"all, at once", notes.Evaluation{PublishIncomplete: true}, ten(12.), true, false, true, 10},
		{"none", notes.Evaluation{}, nil, false, false, false, 0},
		{"none, at once", notes.Evaluation{PublishIncomplete: true}, nil, false, false, false, 0},
		{"absences and excuses are marks", notes.Evaluation{}, ten("ABS", "EXC"), true, false, true, 10},
		{"one pending", notes.Evaluation{}, ten("ATT", 12.), false, true, true, 10},
		{"one pending, one not entered", notes.Evaluation{}, ten("ATT", nil, 12.), false, false, false, 9},
		{"one pending, one not entered, at once", notes.Evaluation{PublishIncomplete: true}, ten("ATT", nil, 12.), false, true, true, 9},
		{"a rattrapage without marks", notes.Evaluation{Kind: notes.Rattrapage}, nil, true, false, true, 0},
		{"a session2 at once", notes.Evaluation{Kind: notes.Session2, PublishIncomplete: true}, ten(12., nil), true, true, true, 1},
		{"a bonus without marks", notes.Evaluation{Kind: notes.Bonus}, nil, true, false, true, 0},
		{"blocked", notes.Evaluation{Bloquee: true}, ten(12.), false, false, false, 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(10)
			m := d.module(notes.Module{UE: d.ue(notes.UE{})})
			test.evaluation.Coefficient = 1
			d.evaluation(test.evaluation, test.marks...)
			r := d.compute()
			e := r.Evaluations[0]
			if e.Complete != test.complete || e.Attente != test.pending || e.Used != test.used || e.NbNotes != test.notes {
				t.Errorf("%+v", e)
			}
			if r.Modules[m].Attente != test.pending || r.Attente != test.pending {
				t.Errorf("module waits %v, semester %v", r.Modules[m].Attente, r.Attente)
			}
		})
	}
}

// TestScaleOfNothing: an evaluation on 0 never counts.
func TestScaleOfNothing(t *testing.T) {
	d := newDraft(1)
	d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1})
	d.evaluation(notes.Evaluation{Coefficient: 1}, 12.)
	d.Evaluations[0].NoteMax = 0
	r := d.compute()
	if r.Evaluations[0].Used || !math.IsNaN(r.Moyennes.At(0, 0)) {
		t.Errorf("%+v, mean %v", r.Evaluations[0], r.Moyennes.At(0, 0))
	}
}

// TestResignation: of two students pending one leaves; the other is then absent.
func TestResignation(t *testing.T) {
	for _, step := range []struct {
		second any
		mean   float64
	}{{"ATT", none}, {"ABS", 0}} {
		d := newDraft(2)
		m := d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1})
		d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, "ATT", step.second)
		d.Etudiants[0].Etat = notes.Demissionnaire
		r := d.compute()
		if r.NbDemissions != 1 || r.UE.At(0, 0).Inscrit || r.Etudiants[0].Rang != (notes.Rang{}) {
			t.Errorf("the one who left: %+v, %+v", r.UE.At(0, 0), r.Etudiants[0])
		}
		want(t, "module of the other", r.Moyennes.At(m, 1), step.mean)
	}
}

// TestMalus takes points off the UE, within its bounds; no student bears one he
// has no mark for.
func TestMalus(t *testing.T) {
	tests := []struct {
		name        string
		mark, malus any
		mean        float64
	}{
		{"points off", 12., 1.5, 10.5},
		{"points given", 12., -2., 14},
		{"not below 0", 1., 5., 0},
		{"not past 20", 19., -8., 20},
		{"none entered", 12., nil, 12},
		{"excused", 12., "EXC", 12},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, apc := range []bool{false, true} {
				d := newDraft(2)
				d.APC = apc
				ue := d.ue(notes.UE{})
				m := d.module(notes.Module{UE: ue, Coefficient: 1, Coefs: []float64{2}})
				malus := d.module(notes.Module{UE: ue, Kind: notes.Malus, Coefficient: 3})
				d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, test.mark, 10.)
				d.evaluation(notes.Evaluation{Module: malus, Coefficient: 1}, test.malus, nil)
				r := d.compute()
				want(t, "UE", r.UE.At(ue, 0).Moyenne, test.mean)
				want(t, "UE of the other", r.UE.At(ue, 1).Moyenne, 10)
				if v, ok := test.malus.(float64); ok {
					want(t, "malus", r.UE.At(ue, 0).Malus, v)
				}
			}
		})
	}
}

// TestBonusOfMalus: points of bonus in a malus module may bring it below 0.
func TestBonusOfMalus(t *testing.T) {
	d := newDraft(1)
	malus := d.module(notes.Module{UE: d.ue(notes.UE{}), Kind: notes.Malus})
	d.evaluation(notes.Evaluation{Module: malus, Coefficient: 1}, 1.)
	d.evaluation(notes.Evaluation{Module: malus, Kind: notes.Bonus}, -3.)
	want(t, "malus", d.compute().UE.At(0, 0).Malus, -2)
}

// TestGeneralMean weighs two UEs by their modules, or by their own coefficients.
func TestGeneralMean(t *testing.T) {
	build := func() *draft {
		d := newDraft(1)
		one, two := d.ue(notes.UE{Coefficient: 1, ECTS: 12}), d.ue(notes.UE{Coefficient: 3, ECTS: 8})
		for _, m := range []struct {
			ue   int
			coef float64
			mark any
		}{{one, 2, 16.}, {one, 2, 12.}, {two, 1, 9.}} {
			k := d.module(notes.Module{UE: m.ue, Coefficient: m.coef})
			d.evaluation(notes.Evaluation{Module: k, Coefficient: 1}, m.mark)
		}
		return d
	}
	d := build()
	r := d.compute()
	want(t, "by modules", r.Etudiants[0].Moyenne, (14.*4+9.*1)/5)
	want(t, "ECTS", r.Etudiants[0].ECTS, 12)
	d = build()
	d.UseUECoefs = true
	want(t, "by UEs", d.compute().Etudiants[0].Moyenne, (14.*1+9.*3)/4)
	d.UEs[0].Coefficient, d.UEs[1].Coefficient = 0, 0
	want(t, "without weight", d.compute().Etudiants[0].Moyenne, none)
	d = build()
	d.BlockMoyennes = true
	d.Etudiants[0].Capitalisees = []notes.Capitalisation{{UE: 0, Moyenne: 18}}
	r = d.compute()
	want(t, "blocked", r.Etudiants[0].Moyenne, none)
	want(t, "UE blocked", r.UE.At(0, 0).Moyenne, none)
	want(t, "module not blocked", r.Moyennes.At(0, 0), 16)
	want(t, "ECTS blocked", r.Etudiants[0].ECTS, 0)
}

// TestCapitalisation: a UE of weight 4 now at 11, beside one of weight 2 at 8.
func TestCapitalisation(t *testing.T) {
	tests := []struct {
		name                string
		validated           notes.Capitalisation
		registered          bool
		mean, general, ects float64
		capitalised         bool
	}{
		{"better, with its coefficient", notes.Capitalisation{Moyenne: 14, Coefficient: 6, ECTS: 10}, true, 14, (14.*6 + 8.*2) / 8, 10, true},
		{"better, without", notes.Capitalisation{Moyenne: 14}, true, 14, (14.*4 + 8.*2) / 6, 12, true},
		{"not better", notes.Capitalisation{Moyenne: 10.5, Coefficient: 6}, true, 11, (11.*4 + 8.*2) / 6, 12, false},
		{"equal", notes.Capitalisation{Moyenne: 11, Coefficient: 6}, true, 11, (11.*4 + 8.*2) / 6, 12, false},
		{"not followed again", notes.Capitalisation{Moyenne: 13}, false, 13, (13.*4 + 8.*2) / 6, 12, true},
		{"validated below 10", notes.Capitalisation{Moyenne: 9}, false, 9, (9.*4 + 8.*2) / 6, 12, true},
		{"without a mean", notes.Capitalisation{Moyenne: none, ECTS: 10}, false, none, 8, 10, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(2)
			one, two := d.ue(notes.UE{ECTS: 12}), d.ue(notes.UE{ECTS: 8})
			m, n := d.module(notes.Module{UE: one, Coefficient: 3}), d.module(notes.Module{UE: one, Coefficient: 1})
			d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 11., 10.)
			d.evaluation(notes.Evaluation{Module: n, Coefficient: 1}, 11., 10.)
			d.evaluation(notes.Evaluation{Module: d.module(notes.Module{UE: two, Coefficient: 2}), Coefficient: 1}, 8., 10.)
			d.Etudiants[0].Capitalisees = []notes.Capitalisation{test.validated}
			if !test.registered {
				d.sansInscription(m, 0)
				d.sansInscription(n, 0)
			}
			r := d.compute()
			e := r.UE.At(one, 0)
			want(t, "UE", e.Moyenne, test.mean)
			want(t, "general", r.Etudiants[0].Moyenne, test.general)
			want(t, "ECTS", r.Etudiants[0].ECTS, test.ects)
			if e.Capitalisee != test.capitalised || e.Inscrit != test.registered {
				t.Errorf("capitalisee %v, inscrit %v", e.Capitalisee, e.Inscrit)
			}
			// Statistics and ranks take it in.
			want(t, "max of the UE", r.UEs[one].Stats.Max, max(10, or(test.mean, 10)))
		})
	}
}

// TestRanks: equal means share a rank, and the one after them keeps its own.
// Equal are equal doubles, to the last bit.
func TestRanks(t *testing.T) {
	tests := []struct {
		name  string
		means []any
		ranks []string
	}{
		{"the table", []any{15., 14., 14., 14., 12., 12., 10.}, []string{"1", "2 ex", "2 ex", "2 ex", "5 ex", "5 ex", "7"}},
		{"not in order", []any{10., 14., 12., 14.}, []string{"4", "1 ex", "3", "1 ex"}},
		{"without a mean", []any{"EXC", 14., "EXC", 15.}, []string{"", "2", "", "1"}},
		{"nearly equal", []any{math.Nextafter(0.3, 0), 0.3}, []string{"2", "1"}},
		{"nobody", []any{"EXC"}, []string{""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDraft(len(test.means))
			m := d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1})
			d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, test.means...)
			everyone := make([]int, len(test.means))
			for i := range everyone {
				everyone[i] = i
			}
			d.Groupes = [][]int{everyone}
			r := d.compute()
			for i, rank := range test.ranks {
				group, size := r.GroupRang(0, i)
				ueGroup, graded := r.UEGroupRang(0, 0, i)
				for where, got := range map[string]notes.Rang{
					"general": r.Etudiants[i].Rang, "module": r.ModuleRangs.At(m, i), "UE": r.UERangs.At(0, i),
					"group": group, "UE in the group": ueGroup,
				} {
					if got.String() != rank {
						t.Errorf("%s: rank of %d is %q, want %q", where, i, got, rank)
					}
				}
				if size != len(test.means) || graded != r.UEs[0].Stats.N {
					t.Errorf("group of %d, %d with a mean of %d", size, graded, r.UEs[0].Stats.N)
				}
			}
		})
	}
}

// TestGroupRangOfStranger: who is not of a group has no rank in it.
func TestGroupRangOfStranger(t *testing.T) {
	d := newDraft(3)
	m := d.module(notes.Module{UE: d.ue(notes.UE{}), Coefficient: 1})
	d.evaluation(notes.Evaluation{Module: m, Coefficient: 1}, 10., 12., 14.)
	d.Groupes = [][]int{{0, 2}, {}}
	r := d.compute()
	if rang, size := r.GroupRang(0, 1); rang != (notes.Rang{}) || size != 2 {
		t.Errorf("rank %v of %d", rang, size)
	}
	if rang, size := r.GroupRang(1, 1); rang != (notes.Rang{}) || size != 0 {
		t.Errorf("rank %v of %d in nobody's group", rang, size)
	}
}

// TestComputeOfWrongTables panics rather than counts marks of others.
func TestComputeOfWrongTables(t *testing.T) {
	d := newDraft(2)
	d.module(notes.Module{UE: d.ue(notes.UE{})})
	d.compute()
	d.Etudiants = d.Etudiants[:1]
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	notes.Compute(&d.Semestre)
}

// TestNothing: a semester without anything has results without anything.
func TestNothing(t *testing.T) {
	r := notes.Compute(&notes.Semestre{})
	if len(r.Ordre) != 0 || r.General.N != 0 || !math.IsNaN(r.General.Mean) {
		t.Errorf("%+v", r)
	}
}

// want compares two values within what a double loses when sums are taken in
// another order.
func want(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !near(got, want, 1e-12) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// or is v, or another value if there is none.
func or(v, other float64) float64 {
	if math.IsNaN(v) {
		return other
	}
	return v
}
