package notes_test

import (
	"math"
	"slices"

	"intendant/internal/scolarite/notes"
)

// naive works the same results out slowly, from one student and one figure to
// the next, as the rules are told.
type naive struct{ *notes.Semestre }

// byNumero are the indices below n that keep says, by numero.
func byNumero(n int, keep func(int) bool, numero func(int) int) (indices []int) {
	for i := range n {
		if keep(i) {
			indices = append(indices, i)
		}
	}
	slices.SortStableFunc(indices, func(a, b int) int { return numero(a) - numero(b) })
	return indices
}

func (s naive) evaluationsOf(m int) []int {
	indices := byNumero(len(s.Evaluations),
		func(e int) bool { return s.Evaluations[e].Module == m }, func(e int) int { return s.Evaluations[e].Numero })
	slices.SortStableFunc(indices, func(a, b int) int {
		if d := s.Evaluations[a].Numero - s.Evaluations[b].Numero; d != 0 {
			return d
		}
		return s.Evaluations[a].Date.Compare(s.Evaluations[b].Date)
	})
	return indices
}

func (s naive) modulesOf(keep func(m int) bool) []int {
	return byNumero(len(s.Modules), keep, func(m int) int { return s.Modules[m].Numero })
}

func (s naive) ues(sport bool) []int {
	return byNumero(len(s.UEs), func(u int) bool { return s.UEs[u].Sport == sport }, func(u int) int { return s.UEs[u].Numero })
}

// follows tells whether a student is in state I and registered to a module.
func (s naive) follows(m, i int) bool {
	return s.Etudiants[i].Etat == notes.Inscrit && s.Inscrits.At(m, i)
}

// states are the three truths of an evaluation.
func (s naive) states(e int) (complete, pending, used bool) {
	ev := s.Evaluations[e]
	malus := s.Modules[ev.Module].Kind == notes.Malus
	missing, att, marks := 0, 0, 0
	for i := range s.Etudiants {
		kind := s.Notes.At(e, i).Kind
		if kind != notes.Manquante && s.Inscrits.At(ev.Module, i) {
			marks++
		}
		if s.follows(ev.Module, i) && kind == notes.Attendue {
			missing, att = missing+1, att+1
		}
		if s.follows(ev.Module, i) && kind == notes.Manquante {
			missing++
		}
	}
	complete = missing == 0 || ev.Kind != notes.Normale || malus
	pending = missing > 0 && (missing == att || ev.PublishIncomplete) && !malus
	if ev.PublishIncomplete && marks == 0 {
		pending = false
	}
	if ev.Bloquee {
		return false, false, false
	}
	return complete, pending, (complete || pending) && ev.NoteMax > 0
}

// module is the mean of a student in a module towards a UE, or -1.
func (s naive) module(m, ue, i int) float64 {
	if !s.follows(m, i) {
		return none
	}
	var num, den, bonus float64
	session2, retake, missing := none, none, false
	for _, e := range s.evaluationsOf(m) {
		ev, note, poids := s.Evaluations[e], s.Notes.At(e, i), 1.
		if ue >= 0 && ev.Poids != nil {
			poids = ev.Poids[ue]
		}
		if _, _, used := s.states(e); !used || poids == 0 {
			continue
		}
		on20 := note.Value * 20 / ev.NoteMax
		switch {
		case ev.Kind == notes.Normale && note.Kind == notes.Nombre:
			num += on20 * ev.Coefficient * poids
			den += ev.Coefficient * poids
		case ev.Kind == notes.Normale && note.Kind == notes.Absent:
			den += ev.Coefficient * poids
		case ev.Kind == notes.Normale && note.Kind == notes.Manquante && !ev.PublishIncomplete:
			missing = true
		case ev.Kind == notes.Session2 && note.Kind == notes.Nombre:
			session2 = on20
		case ev.Kind == notes.Rattrapage && note.Kind == notes.Nombre && (math.IsNaN(retake) || on20 > retake):
			retake = on20
		case ev.Kind == notes.Bonus && note.Kind == notes.Nombre:
			bonus += on20 * poids
		}
	}
	mean := num / den
	if missing || den == 0 {
		mean = none
	}
	if !math.IsNaN(session2) {
		return session2
	}
	if !math.IsNaN(retake) && (math.IsNaN(mean) || retake > mean) {
		return retake
	}
	if bonus == 0 {
		return mean
	}
	if s.Modules[m].Kind == notes.Malus {
		return math.Min(math.Max(mean+bonus, -20), 20)
	}
	return clip(mean + bonus)
}

// shown is the mean of a module as it is printed.
func (s naive) shown(m, i int) float64 {
	mod := s.Modules[m]
	if !s.APC || mod.Kind == notes.Malus || s.UEs[mod.UE].Sport {
		return s.module(m, -1, i)
	}
	sum, n := 0., 0.
	for _, u := range s.ues(false) {
		if v := s.module(m, u, i); !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / n
}

// current is the mean of a student in a UE this semester, before any bonus, and
// what its modules weigh.
func (s naive) current(u, i int) (mean, weight float64) {
	if parcours := s.Etudiants[i].UEs; s.APC && parcours != nil && !parcours[u] {
		return none, 0
	}
	num, malus := 0., 0.
	for _, m := range s.modulesOf(func(int) bool { return true }) {
		mod := s.Modules[m]
		switch {
		case s.UEs[mod.UE].Sport:
		case mod.Kind == notes.Malus:
			if v := s.shown(m, i); mod.UE == u && !math.IsNaN(v) {
				malus += v
			}
		case s.APC:
			if v := s.module(m, u, i); !math.IsNaN(v) && mod.Coefs[u] > 0 {
				num, weight = num+v*mod.Coefs[u], weight+mod.Coefs[u]
			}
		case mod.UE == u:
			if v := s.shown(m, i); !math.IsNaN(v) {
				num, weight = num+v*mod.Coefficient, weight+mod.Coefficient
			}
		}
	}
	if weight == 0 || s.BlockMoyennes {
		return none, weight
	}
	return clip(num/weight - malus), weight
}

// sports are the sport marks of a student.
func (s naive) sports(i int) (marks []float64) {
	for _, u := range s.ues(true) {
		for _, m := range s.modulesOf(func(m int) bool { return s.Modules[m].UE == u && s.Modules[m].Kind != notes.Malus }) {
			if v := s.shown(m, i); !math.IsNaN(v) {
				marks = append(marks, v)
			}
		}
	}
	return marks
}

// ue is the mean that counts of a student in a UE, before the bonus of classic
// curricula, and its weight.
func (s naive) ue(u, i int) (mean, weight float64) {
	mean, weight = s.current(u, i)
	if s.APC && !math.IsNaN(mean) {
		points := 0.
		for _, x := range s.sports(i) {
			points += math.Max(0, x-s.BonusBUT.Seuil)
		}
		if bonus := math.Min(points*s.BonusBUT.Proportion, s.BonusBUT.Max); bonus != 0 {
			mean = clip(mean + bonus)
		}
	}
	if s.Etudiants[i].Etat == notes.Inscrit && !s.BlockMoyennes {
		for _, before := range s.Etudiants[i].Capitalisees {
			if before.UE == u && (math.IsNaN(mean) || before.Moyenne > mean) {
				mean, weight = before.Moyenne, before.Coefficient
				if weight == 0 {
					weight = s.weight(u)
				}
			}
		}
	}
	switch {
	case s.APC:
		weight = s.UEs[u].ECTS
	case s.UseUECoefs:
		weight = s.UEs[u].Coefficient
	}
	return mean, weight
}

// weight is what the modules of a UE weigh together.
func (s naive) weight(u int) (sum float64) {
	for _, m := range s.modulesOf(func(m int) bool { return s.Modules[m].Kind != notes.Malus }) {
		if !s.APC && s.Modules[m].UE == u {
			sum += s.Modules[m].Coefficient
		}
	}
	return sum
}

// general is the general mean of a student before the bonus of classic
// curricula.
func (s naive) general(i int) float64 {
	num, den := 0., 0.
	for _, u := range s.ues(false) {
		if mean, weight := s.ue(u, i); !math.IsNaN(mean) {
			num, den = num+mean*weight, den+weight
		}
	}
	return num / den
}

// rank is the rank of one among values.
func rank(values []float64, i int) (r notes.Rang) {
	if math.IsNaN(values[i]) {
		return r
	}
	r.N = 1
	for k, v := range values {
		if v > values[i] {
			r.N++
		}
		r.Ex = r.Ex || k != i && v == values[i]
	}
	return r
}

func clip(v float64) float64 { return math.Min(math.Max(v, 0), 20) }
