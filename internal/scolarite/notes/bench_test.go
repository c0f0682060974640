package notes_test

import (
	"math/rand/v2"
	"testing"

	"intendant/internal/scolarite/notes"
)

// BenchmarkCompute is a large year: 600 students, 20 modules, 60 evaluations,
// 36,000 marks.
func BenchmarkCompute(b *testing.B) {
	for _, apc := range []bool{false, true} {
		name := "classic"
		if apc {
			name = "apc"
		}
		b.Run(name, func(b *testing.B) {
			s := promotion(apc)
			b.ReportAllocs()
			for b.Loop() {
				notes.Compute(s)
			}
		})
	}
}

// BenchmarkGroupRang asks every rank of a bulletin in groups, for everyone.
func BenchmarkGroupRang(b *testing.B) {
	s := promotion(true)
	r := notes.Compute(s)
	b.ReportAllocs()
	for b.Loop() {
		for g, members := range s.Groupes {
			for _, i := range members {
				r.GroupRang(g, i)
				for u := range s.UEs {
					r.UEGroupRang(u, g, i)
				}
			}
		}
	}
}

// promotion is the large year, always the same: each student in a group of 30.
func promotion(apc bool) *notes.Semestre {
	random := rand.New(rand.NewPCG(1, 2))
	s := &notes.Semestre{APC: apc, Groupes: make([][]int, 20), BonusBUT: notes.BonusBUTDefaut}
	s.Bonus, _ = notes.FindFormule("bonus_iutlh")
	for i := range 600 {
		s.Etudiants = append(s.Etudiants, notes.Etudiant{Position: random.IntN(1000)})
		s.Groupes[i%20] = append(s.Groupes[i%20], i)
	}
	for u := range 6 {
		s.UEs = append(s.UEs, notes.UE{Numero: u, Sport: u == 5, ECTS: 6})
	}
	for m := range 20 {
		s.Modules = append(s.Modules, notes.Module{
			UE: m % 5, Numero: m, Coefficient: 1 + float64(m%3), Coefs: []float64{4, 2, 0, 8, 1, 0},
		})
	}
	s.Modules[19].UE = 5
	for e := range 60 {
		s.Evaluations = append(s.Evaluations, notes.Evaluation{
			Module: e % 20, Numero: e / 20, Coefficient: 1 + float64(e%4), NoteMax: 20,
		})
	}
	s.MakeGrids()
	for m := range s.Modules {
		for i := range s.Etudiants {
			s.Inscrits.Set(m, i, true)
		}
	}
	for e := range s.Evaluations {
		for i := range s.Etudiants {
			s.Notes.Set(e, i, notes.Valeur(float64(random.IntN(81))/4))
		}
	}
	return s
}

// TestAllocations: as many for a large year as for any, none for a mark.
func TestAllocations(t *testing.T) {
	for _, apc := range []bool{false, true} {
		s := promotion(apc)
		if n := testing.AllocsPerRun(5, func() { notes.Compute(s) }); n > 40 {
			t.Errorf("%v allocations, apc %v", n, apc)
		}
	}
}
