package notes_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/scolarite/notes"
)

// semestres draws semesters of all sorts, small enough for every mix of states,
// kinds and marks to come up. Numeros differ, so that sums have one order.
func semestres(t *rapid.T) *notes.Semestre {
	s := &notes.Semestre{
		APC:           rapid.Bool().Draw(t, "apc"),
		UseUECoefs:    rapid.Bool().Draw(t, "use_ue_coefs"),
		BlockMoyennes: rapid.IntRange(0, 9).Draw(t, "block") == 0,
		BonusBUT:      notes.BonusBUTDefaut,
	}
	for u, numero := range numeros(t, rapid.IntRange(1, 4).Draw(t, "ues")) {
		s.UEs = append(s.UEs, notes.UE{
			Numero: numero, Sport: u > 0 && rapid.IntRange(0, 3).Draw(t, "sport") == 0,
			Coefficient: coefs.Draw(t, "coefficient of the UE"), ECTS: float64(rapid.IntRange(0, 12).Draw(t, "ects")),
		})
	}
	for _, numero := range numeros(t, rapid.IntRange(1, 6).Draw(t, "modules")) {
		s.Modules = append(s.Modules, notes.Module{
			UE: rapid.IntRange(0, len(s.UEs)-1).Draw(t, "ue"), Numero: numero,
			Kind:        notes.ModuleKind(rapid.IntRange(0, 3).Draw(t, "kind of module")),
			Coefficient: coefs.Draw(t, "coefficient"), Coefs: rapid.SliceOfN(coefs, len(s.UEs), len(s.UEs)).Draw(t, "coefs"),
		})
	}
	for _, numero := range numeros(t, rapid.IntRange(0, 10).Draw(t, "evaluations")) {
		s.Evaluations = append(s.Evaluations, evaluation(t, s, numero))
	}
	for _, position := range numeros(t, rapid.IntRange(0, 7).Draw(t, "étudiants")) {
		s.Etudiants = append(s.Etudiants, etudiant(t, s, position))
	}
	for range rapid.IntRange(0, 2).Draw(t, "groups") {
		members := []int{}
		for i := range s.Etudiants {
			if rapid.Bool().Draw(t, "member") {
				members = append(members, i)
			}
		}
		s.Groupes = append(s.Groupes, members)
	}
	s.MakeGrids()
	for m := range s.Modules {
		for i := range s.Etudiants {
			s.Inscrits.Set(m, i, rapid.IntRange(0, 5).Draw(t, "inscrit") > 0)
		}
	}
	for e := range s.Evaluations {
		for i := range s.Etudiants {
			s.Notes.Set(e, i, note(t, s.Evaluations[e].NoteMax))
		}
	}
	return s
}

var coefs = rapid.SampledFrom([]float64{0, 0.5, 1, 1.5, 2, 3, 7.25})

// numeros are n numbers that differ, in some order.
func numeros(t *rapid.T, n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return rapid.Permutation(all).Draw(t, "numeros")
}

func evaluation(t *rapid.T, s *notes.Semestre, numero int) notes.Evaluation {
	ev := notes.Evaluation{
		Module: rapid.IntRange(0, len(s.Modules)-1).Draw(t, "module"),
		// Some share a numero: the date decides between them, and only there.
		Numero: numero / 2, Date: time.Unix(int64(-numero), 0),
		Kind:              notes.EvaluationKind(max(0, rapid.IntRange(-4, 3).Draw(t, "kind of evaluation"))),
		Coefficient:       coefs.Draw(t, "coefficient of the evaluation"),
		NoteMax:           rapid.SampledFrom([]float64{20, 20, 10, 40, 7, 0}).Draw(t, "note_max"),
		PublishIncomplete: rapid.Bool().Draw(t, "publish_incomplete"),
		Bloquee:           rapid.IntRange(0, 9).Draw(t, "bloquee") == 0,
	}
	if rapid.Bool().Draw(t, "has poids") {
		ev.Poids = rapid.SliceOfN(coefs, len(s.UEs), len(s.UEs)).Draw(t, "poids")
	}
	return ev
}

func etudiant(t *rapid.T, s *notes.Semestre, position int) notes.Etudiant {
	e := notes.Etudiant{Position: position, Etat: notes.Etat(max(0, rapid.IntRange(-5, 2).Draw(t, "etat")))}
	if rapid.Bool().Draw(t, "has parcours") {
		e.UEs = rapid.SliceOfN(rapid.Bool(), len(s.UEs), len(s.UEs)).Draw(t, "parcours")
	}
	for u := range s.UEs {
		if !s.UEs[u].Sport && rapid.IntRange(0, 4).Draw(t, "capitalised") == 0 {
			e.Capitalisees = append(e.Capitalisees, notes.Capitalisation{
				UE: u, Moyenne: float64(rapid.IntRange(36, 80).Draw(t, "validated")) / 4, Coefficient: coefs.Draw(t, "weight"),
			})
		}
	}
	return e
}

func note(t *rapid.T, noteMax float64) notes.Note {
	kind := notes.NoteKind(rapid.SampledFrom([]int{1, 1, 1, 1, 1, 0, 2, 3, 4}).Draw(t, "kind of mark"))
	if kind != notes.Nombre {
		return notes.Note{Kind: kind}
	}
	return notes.Valeur(noteMax * float64(rapid.IntRange(0, 100).Draw(t, "mark")) / 100)
}

// TestAgainstNaive: every result is that of a slow computation, student after
// student.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := semestres(t)
		r, slow := notes.Compute(s), naive{s}
		for e, got := range r.Evaluations {
			complete, pending, used := slow.states(e)
			if got.Complete != complete || got.Attente != pending || got.Used != used {
				t.Fatalf("evaluation %d: %+v", e, got)
			}
		}
		for m := range s.Modules {
			ranked(t, "module", r.Moyennes.Row(m), r.ModuleRangs.Row(m), r.Modules[m].Stats, func(i int) float64 { return slow.shown(m, i) })
		}
		for u := range s.UEs {
			means := make([]float64, len(s.Etudiants))
			for i := range means {
				means[i] = r.UE.At(u, i).Moyenne
			}
			ranked(t, "UE", means, r.UERangs.Row(u), r.UEs[u].Stats, func(i int) float64 {
				if s.UEs[u].Sport {
					return none
				}
				mean, _ := slow.ue(u, i)
				return mean
			})
			towards(t, s, r, slow, u)
		}
		means, rangs := make([]float64, len(s.Etudiants)), make([]notes.Rang, len(s.Etudiants))
		for i, e := range r.Etudiants {
			means[i], rangs[i] = e.Moyenne, e.Rang
		}
		ranked(t, "general", means, rangs, r.General, slow.general)
		groups(t, s, r, means)
		ordered(t, s, r)
	})
}

// towards compares the means of modules towards a UE.
func towards(t *rapid.T, s *notes.Semestre, r *notes.Results, slow naive, u int) {
	for m, mod := range s.Modules {
		for i := range s.Etudiants {
			mean := none
			if s.APC && mod.Kind != notes.Malus && !s.UEs[mod.UE].Sport && !s.UEs[u].Sport {
				mean = slow.module(m, u, i)
			}
			if got := r.ModuleUEMean(m, u, i); !equal(got, mean) {
				t.Fatalf("module %d towards UE %d of %d: %v, want %v", m, u, i, got, mean)
			}
		}
	}
}

// ranked compares means, and the ranks and statistics that come of them.
func ranked(t *rapid.T, what string, means []float64, rangs []notes.Rang, stats notes.Stats, slow func(i int) float64) {
	var values []float64
	for i, mean := range means {
		if want := slow(i); !equal(mean, want) {
			t.Fatalf("%s of %d: %v, want %v", what, i, mean, want)
		}
		if want := rank(means, i); rangs[i] != want {
			t.Fatalf("%s: rank of %d is %v, want %v", what, i, rangs[i], want)
		}
		if !math.IsNaN(mean) {
			values = append(values, mean)
		}
	}
	if stats.N != len(values) {
		t.Fatalf("%s: %d values, want %d", what, stats.N, len(values))
	}
	if len(values) == 0 {
		return
	}
	sum := 0.
	for _, v := range values {
		sum += v
	}
	if !near(stats.Mean, sum/float64(len(values)), 1e-12) || stats.Min != slices.Min(values) || stats.Max != slices.Max(values) {
		t.Fatalf("%s: %+v of %v", what, stats, values)
	}
}

// groups compares the ranks in groups with those of a semester of the members.
func groups(t *rapid.T, s *notes.Semestre, r *notes.Results, means []float64) {
	for g, members := range s.Groupes {
		var values []float64
		for _, i := range members {
			values = append(values, means[i])
		}
		for k, i := range members {
			rang, size := r.GroupRang(g, i)
			if rang != rank(values, k) || size != len(members) {
				t.Fatalf("group %d: rank of %d is %v of %d, want %v of %d", g, i, rang, size, rank(values, k), len(members))
			}
		}
	}
}

// ordered checks the order of students: by mean, then by name, all of them.
func ordered(t *rapid.T, s *notes.Semestre, r *notes.Results) {
	if len(r.Ordre) != len(s.Etudiants) {
		t.Fatalf("%d in order of %d", len(r.Ordre), len(s.Etudiants))
	}
	for k, i := range r.Ordre[min(1, len(r.Ordre)):] {
		before := r.Ordre[k]
		a, b := r.Etudiants[before].Moyenne, r.Etudiants[i].Moyenne
		tie := equal(a, b) && s.Etudiants[before].Position < s.Etudiants[i].Position
		if !(a > b || tie || !math.IsNaN(a) && math.IsNaN(b)) {
			t.Fatalf("%d (%v) before %d (%v)", before, a, i, b)
		}
	}
}

// TestOrderOfLists: what order students, UEs, modules and evaluations come in,
// with their numeros, changes nothing.
func TestOrderOfLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := semestres(t)
		students, modules := numeros(t, len(s.Etudiants)), numeros(t, len(s.Modules))
		ues, evaluations := numeros(t, len(s.UEs)), numeros(t, len(s.Evaluations))
		p := permuted(s, students, ues, modules, evaluations)
		r, q := notes.Compute(s), notes.Compute(p)
		for k, i := range students {
			for j, m := range modules {
				if a, b := r.Moyennes.At(m, i), q.Moyennes.At(j, k); !equal(a, b) || r.ModuleRangs.At(m, i) != q.ModuleRangs.At(j, k) {
					t.Fatalf("module: %v became %v", a, b)
				}
			}
			for j, u := range ues {
				if a, b := r.UE.At(u, i), q.UE.At(j, k); !sameUE(a, b) || r.UERangs.At(u, i) != q.UERangs.At(j, k) {
					t.Fatalf("UE: %+v became %+v", a, b)
				}
			}
			if a, b := r.Etudiants[i], q.Etudiants[k]; !equal(a.Moyenne, b.Moyenne) || a.Rang != b.Rang || a.ECTS != b.ECTS {
				t.Fatalf("general: %+v became %+v", a, b)
			}
		}
		for j, e := range evaluations {
			if a, b := r.Evaluations[e], q.Evaluations[j]; !sameEvaluation(a, b) {
				t.Fatalf("evaluation: %+v became %+v", a, b)
			}
		}
	})
}

// permuted is a semester whose k-th étudiant is the students[k]-th of s, and so
// on.
func permuted(s *notes.Semestre, students, ues, modules, evaluations []int) *notes.Semestre {
	p := *s
	p.Etudiants, p.UEs, p.Modules, p.Evaluations, p.Groupes = nil, nil, nil, nil, nil
	weights := func(old []float64) (weights []float64) {
		for _, u := range ues {
			if old != nil {
				weights = append(weights, old[u])
			}
		}
		return weights
	}
	for _, i := range students {
		e := s.Etudiants[i]
		e.UEs, e.Capitalisees = nil, nil
		for _, u := range ues {
			if s.Etudiants[i].UEs != nil {
				e.UEs = append(e.UEs, s.Etudiants[i].UEs[u])
			}
		}
		for _, before := range s.Etudiants[i].Capitalisees {
			before.UE = slices.Index(ues, before.UE)
			e.Capitalisees = append(e.Capitalisees, before)
		}
		p.Etudiants = append(p.Etudiants, e)
	}
	for _, u := range ues {
		p.UEs = append(p.UEs, s.UEs[u])
	}
	for _, m := range modules {
		mod := s.Modules[m]
		mod.UE, mod.Coefs = slices.Index(ues, mod.UE), weights(mod.Coefs)
		p.Modules = append(p.Modules, mod)
	}
	for _, e := range evaluations {
		ev := s.Evaluations[e]
		ev.Module, ev.Poids = slices.Index(modules, ev.Module), weights(ev.Poids)
		p.Evaluations = append(p.Evaluations, ev)
	}
	p.MakeGrids()
	for k, i := range students {
		for j, m := range modules {
			p.Inscrits.Set(j, k, s.Inscrits.At(m, i))
		}
		for j, e := range evaluations {
			p.Notes.Set(j, k, s.Notes.At(e, i))
		}
	}
	return &p
}

// TestScale: marks and note_max times a power of two change no mean.
func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := semestres(t)
		before := notes.Compute(s)
		for e := range s.Evaluations {
			factor := math.Exp2(float64(rapid.IntRange(-8, 8).Draw(t, "factor")))
			s.Evaluations[e].NoteMax *= factor
			for i, note := range s.Notes.Row(e) {
				note.Value *= factor
				s.Notes.Set(e, i, note)
			}
		}
		sameMeans(t, before, notes.Compute(s))
	})
}

// TestExcused: an evaluation that everyone is excused from changes no mean.
func TestExcused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := semestres(t)
		before := notes.Compute(s)
		marks := s.Notes
		ev := evaluation(t, s, len(s.Evaluations)/2)
		s.Evaluations = append(s.Evaluations, ev)
		s.Notes = notes.NewGrid[notes.Note](len(s.Evaluations), len(s.Etudiants))
		for i := range s.Etudiants {
			for e := range len(s.Evaluations) - 1 {
				s.Notes.Set(e, i, marks.At(e, i))
			}
			s.Notes.Set(len(s.Evaluations)-1, i, notes.EXC)
		}
		sameMeans(t, before, notes.Compute(s))
	})
}

// TestExcusedOne: where marks count at once, to be excused is as to have none.
func TestExcusedOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := semestres(t)
		for e := range s.Evaluations {
			s.Evaluations[e].PublishIncomplete = true
		}
		before := notes.Compute(s)
		for e := range s.Evaluations {
			for i, note := range s.Notes.Row(e) {
				if note.Kind == notes.Manquante && rapid.Bool().Draw(t, "excused") {
					s.Notes.Set(e, i, notes.EXC)
				}
			}
		}
		sameMeans(t, before, notes.Compute(s))
	})
}

// TestBetweenMarks: without bonus, retake or malus, a mean lies between the
// least and the greatest of its marks, an absence being 0.
func TestBetweenMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := semestres(t)
		for e := range s.Evaluations {
			s.Evaluations[e].Kind = notes.Normale
		}
		r := notes.Compute(s)
		for m := range s.Modules {
			for i, mean := range r.Moyennes.Row(m) {
				low, high := bounds(s, m, i)
				if mean < low-1e-9 || mean > high+1e-9 {
					t.Fatalf("mean %v of marks between %v and %v", mean, low, high)
				}
			}
		}
		for i, e := range r.Etudiants {
			if e.Moyenne < 0 || e.Moyenne > 20 {
				t.Fatalf("general mean %v of %d", e.Moyenne, i)
			}
		}
	})
}

// bounds are the least and the greatest mark of a student in a module, on 20.
func bounds(s *notes.Semestre, m, i int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for e, ev := range s.Evaluations {
		if ev.Module != m || ev.NoteMax == 0 {
			continue
		}
		switch note := s.Notes.At(e, i); note.Kind {
		case notes.Nombre, notes.Absent:
			v := notes.Sur20(note.Value, ev.NoteMax)
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// sameMeans fails if two results have not the same means and ranks.
func sameMeans(t *rapid.T, a, b *notes.Results) {
	for m := range a.Modules {
		for i, mean := range a.Moyennes.Row(m) {
			if !equal(mean, b.Moyennes.At(m, i)) {
				t.Fatalf("module %d of %d: %v became %v", m, i, mean, b.Moyennes.At(m, i))
			}
		}
	}
	for u := range a.UEs {
		for i, e := range a.UE.Row(u) {
			if !sameUE(e, b.UE.At(u, i)) {
				t.Fatalf("UE %d of %d: %+v became %+v", u, i, e, b.UE.At(u, i))
			}
		}
	}
	for i, e := range a.Etudiants {
		if f := b.Etudiants[i]; !equal(e.Moyenne, f.Moyenne) || e.Rang != f.Rang {
			t.Fatalf("general mean of %d: %+v became %+v", i, e, f)
		}
	}
}

// sameUE is equality where no mean equals no mean.
func sameUE(a, b notes.EtudiantUE) bool {
	same := equal(a.Moyenne, b.Moyenne) && equal(a.Courante, b.Courante)
	a.Moyenne, a.Courante, b.Moyenne, b.Courante = 0, 0, 0, 0
	return same && a == b
}

// sameEvaluation is equality where no statistics equal no statistics.
func sameEvaluation(a, b notes.EvaluationResult) bool {
	same := a.Stats.N == 0 && b.Stats.N == 0 || a.Stats == b.Stats
	a.Stats, b.Stats = notes.Stats{}, notes.Stats{}
	return same && a == b
}
