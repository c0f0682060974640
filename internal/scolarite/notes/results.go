package notes

import "math"

// Results are the results of a semester. Indices are those of its lists, and
// means are on 20, NaN when there is none.
type Results struct {
	Evaluations []EvaluationResult
	Modules     []ModuleResult
	UEs         []UEResult
	Etudiants   []EtudiantResult

	// Moyennes are the means of each module (row) and student. In the BUT they
	// are indicative: see [Results.ModuleUEMean] for those that count.
	Moyennes Grid[float64]
	// ModuleRangs are the ranks of the students (column) in each module (row),
	// UERangs those in each UE.
	ModuleRangs, UERangs Grid[Rang]
	// UE is what each student (column) has in each UE (row).
	UE Grid[EtudiantUE]

	// General are the statistics of the general mean.
	General Stats
	// Ordre are the étudiants by general mean, the best first; equal ones, and
	// at the end those without a mean, in the order of names.
	Ordre []int
	// Attente tells that a module waits for marks: bulletins then show neither
	// general nor group ranks.
	Attente bool
	// NbDemissions and NbDefaillants count the étudiants who left or gave up.
	NbDemissions, NbDefaillants int

	groupes [][]int
	// parUE are the means in the BUT: row m*len(UEs)+u is module m towards UE
	// u. Without rows in a classic semester.
	parUE Grid[float64]
}

// EvaluationResult is the state of an evaluation.
type EvaluationResult struct {
	// Complete: no mark is missing, or its type or module does not wait for
	// all. Attente: marks are missing, and either all are pending (ATT) or it
	// counts at once. Used: it enters the means.
	Complete, Attente, Used bool
	// NbInscrits are the students it waits for: in state I and registered to
	// the module. NbManquantes of them have no mark, or ATT.
	NbInscrits, NbManquantes int
	// NbNotes counts the marks of students registered to the module, whatever
	// their state, ABS, EXC and ATT included; NbNotesTotal those of students
	// who no longer are, too, as do NbAbs, NbExc and NbAtt.
	NbNotes, NbNotesTotal, NbAbs, NbExc, NbAtt int
	// Stats are those of all its numbers, on its own scale.
	Stats Stats
}

// ModuleResult is what a module comes to.
type ModuleResult struct {
	// Attente: one of its evaluations waits for marks.
	Attente bool
	// NbEvaluations are those that enter the means.
	NbEvaluations int
	// Effectif are its students in state I; NbSansMoyenne the students in state
	// I without a mean in it, those not registered to it included.
	Effectif, NbSansMoyenne int
	// Stats are those of its means.
	Stats Stats
}

// UEResult is what a UE comes to. Its statistics take capitalised means in, and
// Stats.N is the denominator of its ranks.
type UEResult struct {
	Stats Stats
}

// EtudiantUE is what a student has in a UE. Of a sport UE, only Inscrit.
type EtudiantUE struct {
	// Moyenne is the mean that counts: malus and bonus applied, the capitalised
	// one where it is better. Courante is that of this semester alone.
	Moyenne, Courante float64
	// Malus are the points taken off (negative: given), Bonus the points of
	// sport added, both before the mean is brought back between 0 and 20.
	Malus, Bonus float64
	// Coefficient is the weight in the general mean; SumCoefs that of the
	// modules that gave the current mean.
	Coefficient, SumCoefs float64
	// NbNotes and NbManquantes count the modules of the UE, malus apart, with
	// and without a mean, those the student is not registered to included.
	NbNotes, NbManquantes int
	// ECTS are the potential credits: those acquired before, or all of the UE
	// at a mean of 10.
	ECTS float64
	// Inscrit: registered to one of its modules at least; else the UE is not in
	// the bulletin. Capitalisee: Moyenne is that of an earlier semester.
	Inscrit, Capitalisee bool
}

// EtudiantResult is what a student has in the semester.
type EtudiantResult struct {
	// Moyenne is the general mean, bonus applied; Bonus the points added.
	Moyenne, Bonus float64
	// SumCoefs is what its UEs weigh.
	SumCoefs float64
	// ECTS are the potential credits of all UEs.
	ECTS float64
	Rang Rang
}

func newResults(s *Semestre) *Results {
	n := len(s.Etudiants)
	r := &Results{
		Evaluations: make([]EvaluationResult, len(s.Evaluations)),
		Modules:     make([]ModuleResult, len(s.Modules)),
		UEs:         make([]UEResult, len(s.UEs)),
		Etudiants:   make([]EtudiantResult, n),
		Moyennes:    NewGrid[float64](len(s.Modules), n),
		ModuleRangs: NewGrid[Rang](len(s.Modules), n),
		UERangs:     NewGrid[Rang](len(s.UEs), n),
		UE:          NewGrid[EtudiantUE](len(s.UEs), n),
		Ordre:       make([]int, 0, n),
		groupes:     s.Groupes,
	}
	r.UE.fill(EtudiantUE{Moyenne: none, Courante: none})
	if s.APC {
		r.parUE = NewGrid[float64](len(s.Modules)*len(s.UEs), n)
		r.parUE.fill(none)
	}
	for i := range s.Etudiants {
		switch s.Etudiants[i].Etat {
		case Demissionnaire:
			r.NbDemissions++
		case Defaillant:
			r.NbDefaillants++
		}
	}
	return r
}

// ModuleUEMean is the mean of a student in a module towards a UE, in the BUT;
// NaN when there is none, and always in a classic semester.
func (r *Results) ModuleUEMean(module, ue, etudiant int) float64 {
	if r.parUE.cells == nil {
		return none
	}
	return r.parUE.At(module*len(r.UEs)+ue, etudiant)
}

// GroupRang is the rank of a student in a group by general mean, and the size
// of the group. No rank without a mean or outside the group.
func (r *Results) GroupRang(groupe, etudiant int) (Rang, int) {
	rang, _ := rangParmi(r.groupes[groupe], etudiant, func(i int) float64 { return r.Etudiants[i].Moyenne })
	return rang, len(r.groupes[groupe])
}

// UEGroupRang is the rank of a student in a group by the mean of a UE, and how
// many of the group have one. No rank without a mean or outside the group.
func (r *Results) UEGroupRang(ue, groupe, etudiant int) (Rang, int) {
	row := r.UE.Row(ue)
	return rangParmi(r.groupes[groupe], etudiant, func(i int) float64 { return row[i].Moyenne })
}

// rangParmi ranks one member of a list by a mean, and counts those who have
// one. The lists are short and one rank is asked at a time: it counts rather
// than sorts.
func rangParmi(membres []int, etudiant int, mean func(int) float64) (rang Rang, total int) {
	mine := mean(etudiant)
	above, same, member := 0, 0, false
	for _, i := range membres {
		switch v := mean(i); {
		case math.IsNaN(v):
			continue
		case v > mine:
			above++
		case v == mine:
			same++
		}
		member = member || i == etudiant
		total++
	}
	if !member {
		return Rang{}, total
	}
	return Rang{N: int32(above + 1), Ex: same > 1}, total
}
