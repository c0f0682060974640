// Package notes is the grade engine: from the marks of a semester it works out
// the state of each evaluation, the means of modules, UEs and of the semester,
// and who ranks where, for classic curricula and for the BUT (APC).
//
// It is pure: no SQL, no HTTP, no clock. A caller fills a [Semestre], whose
// étudiants, UEs, modules and evaluations are named by their index, and reads
// [Results]. The two large tables, marks and means, are dense: what is computed
// allocates for the semester, never for a mark.
//
// # Figures
//
// Every mean is on 20. A value that does not exist (a student without marks, a
// UE nobody graded) is NaN: it prints as ~ and stays out of means, statistics
// and ranks. ABS, EXC and ATT are kinds of a [Note], so that no sentinel can
// reach a mean.
//
// Means are equal to the last bit whatever the machine: sums are taken in the
// order of numero, a mark is brought to 20 as note*20/note_max and only then
// multiplied by its coefficient, and products are rounded before they are
// added (see [produit]). Ranks depend on it, since equal doubles share one.
package notes

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Semestre is all that the results of a semester depend on. Indices count from
// 0 in its lists; the order of the lists themselves matters only between equal
// numeros.
type Semestre struct {
	// APC is a curriculum by competences (BUT): modules count towards several
	// UEs, and the general mean is only indicative.
	APC bool
	// BlockMoyennes leaves UEs and the semester without means.
	BlockMoyennes bool
	// UseUECoefs weighs the general mean with the coefficients of UEs rather
	// than with those of their modules. Classic only.
	UseUECoefs bool
	// Debut is the first day of the semester: two bonus formulas changed with
	// the years.
	Debut time.Time
	// Bonus is the site's formula for sport and culture in classic curricula;
	// nil is none.
	Bonus *Formule
	// BonusBUT is the rule for sport in the BUT.
	BonusBUT BonusBUT

	Etudiants   []Etudiant
	UEs         []UE
	Modules     []Module
	Evaluations []Evaluation
	// Groupes are the members of each group, as indices of Etudiants.
	Groupes [][]int

	// Inscrits tells for each module which étudiants are registered to it, and
	// Notes holds for each evaluation their marks. MakeGrids makes both.
	Inscrits Grid[bool]
	Notes    Grid[Note]
}

// Etat is the state of a student in the semester.
type Etat uint8

// The states: only an Inscrit has means, and only he is waited for by an
// evaluation.
const (
	Inscrit Etat = iota
	Demissionnaire
	Defaillant
)

// Etudiant is a student of the semester.
type Etudiant struct {
	Etat Etat
	// Position is the student's place in the order of names, which decides the
	// order between equal means (never their rank).
	Position int
	// UEs tells, by UE, what the student's parcours has; nil is all. ECTS are
	// the credits of UEs in it; nil is their own. BUT only.
	UEs  []bool
	ECTS []float64
	// Capitalisees are the UEs validated before.
	Capitalisees []Capitalisation
}

// Capitalisation is a UE that an earlier jury validated (ADM), in an earlier
// semester or elsewhere. That of a sport UE gives ECTS, and no mean.
type Capitalisation struct {
	UE int
	// Moyenne is the mean it was validated with; NaN if none was recorded: then
	// only its ECTS stay acquired.
	Moyenne float64
	// Coefficient weighs it in the general mean: the one recorded for this
	// semester, or the sum of the coefficients of the modules it came from. 0
	// when neither is known: it weighs what the modules of the UE weigh now.
	Coefficient float64
	// ECTS are the credits acquired; 0 when not recorded: those of the UE.
	ECTS float64
}

// UE is a teaching unit. A sport UE has no mean: its modules feed the bonus.
type UE struct {
	Numero int
	Sport  bool
	// Coefficient counts with UseUECoefs; none is 0.
	Coefficient float64
	// ECTS are its credits, which weigh the general mean in the BUT; none is 0.
	ECTS float64
}

// ModuleKind is the type of a module, numbered as in the contract.
type ModuleKind uint8

// The types of modules. All but Malus count in means, in the same way.
const (
	Standard ModuleKind = iota
	Malus
	Ressource
	SAE
)

// Module is a module as it is given in the semester.
type Module struct {
	// UE is the index of the UE it belongs to.
	UE     int
	Numero int
	Kind   ModuleKind
	// Coefficient is its weight in its UE, and that of a sport mark. Classic.
	Coefficient float64
	// Coefs are its weights towards each UE, by index; nil or 0 has no
	// influence. BUT.
	Coefs []float64
}

// EvaluationKind is the type of an evaluation, numbered as in the contract.
type EvaluationKind uint8

// The types of evaluations.
const (
	Normale EvaluationKind = iota
	Rattrapage
	Session2
	Bonus
)

// Evaluation is an evaluation of a module.
type Evaluation struct {
	Module int
	// Numero then Date order the evaluations of a module.
	Numero int
	Date   time.Time
	Kind   EvaluationKind
	// Coefficient is 0 or more; NoteMax is its scale: at 0 it never counts.
	Coefficient, NoteMax float64
	// PublishIncomplete counts the marks there are, before all are there.
	PublishIncomplete bool
	// Bloquee keeps it out of the means, whatever its marks.
	Bloquee bool
	// Poids are its weights towards each UE, by index; nil is 1 each. BUT.
	Poids []float64
}

// poids is the weight of the evaluation towards a UE, 1 towards none.
func (e *Evaluation) poids(ue int) float64 {
	if ue == aucune || e.Poids == nil {
		return 1
	}
	return e.Poids[ue]
}

// NoteKind tells a mark from what is not one.
type NoteKind uint8

// The kinds of marks: nothing entered, a number, absent (counts as 0), excused
// and pending (both left out, with their coefficient).
const (
	Manquante NoteKind = iota
	Nombre
	Absent
	Excuse
	Attendue
)

// Note is a mark. Value, on the scale of its evaluation, is read only in a
// Nombre. The zero Note is not entered.
type Note struct {
	Value float64
	Kind  NoteKind
}

// The marks that are not numbers.
var (
	ABS = Note{Kind: Absent}
	EXC = Note{Kind: Excuse}
	ATT = Note{Kind: Attendue}
)

// Valeur is a mark of v points on the scale of its evaluation.
func Valeur(v float64) Note { return Note{Value: v, Kind: Nombre} }

// aucune is no UE: a mean that is not towards one.
const aucune = -1

// MakeGrids makes the two tables for the lists as they are, empty: nobody
// registered, nothing marked.
func (s *Semestre) MakeGrids() {
	s.Inscrits = NewGrid[bool](len(s.Modules), len(s.Etudiants))
	s.Notes = NewGrid[Note](len(s.Evaluations), len(s.Etudiants))
}

// Compute returns the results of a semester. It keeps s.Groupes and reads the
// rest only now. It panics if a table has not the size of the lists or an
// index is out of them, which is the caller's mistake and not the data's.
func Compute(s *Semestre) *Results {
	c := newCalcul(s)
	c.evaluations()
	c.modules()
	c.ues()
	c.semestre()
	c.classements()
	return c.r
}

// calcul is one computation: its input, its results, the orders in which sums
// are taken, and room that each step uses again.
type calcul struct {
	s *Semestre
	r *Results

	// noms are the étudiants in the order of names; present tells which are in
	// state I.
	noms    []int
	present []bool
	// ordreUEs and ordreModules are by numero; ordreEvals by module, then
	// numero and date, with those of module m from debuts[m] to debuts[m+1].
	ordreUEs, ordreModules, ordreEvals, debuts []int

	cumuls []cumul
	values []float64
	classe []classement
	sport  sport
}

func newCalcul(s *Semestre) *calcul {
	if n := len(s.Etudiants); !s.Inscrits.fits(len(s.Modules), n) || !s.Notes.fits(len(s.Evaluations), n) {
		panic(fmt.Sprintf("notes: tables do not fit %d étudiants, %d modules, %d evaluations",
			n, len(s.Modules), len(s.Evaluations)))
	}
	c := &calcul{
		s: s, r: newResults(s),
		present: make([]bool, len(s.Etudiants)),
		cumuls:  make([]cumul, len(s.Etudiants)),
		values:  make([]float64, len(s.Etudiants)),
		classe:  make([]classement, 0, len(s.Etudiants)),
	}
	for i := range s.Etudiants {
		c.present[i] = s.Etudiants[i].Etat == Inscrit
	}
	c.order()
	return c
}

// order works out the orders of names and of sums. Between equals it is that
// of the lists.
func (c *calcul) order() {
	s := c.s
	c.noms = sorted(len(s.Etudiants), func(a, b int) int {
		return cmp.Compare(s.Etudiants[a].Position, s.Etudiants[b].Position)
	})
	c.ordreUEs = sorted(len(s.UEs), func(a, b int) int {
		return cmp.Compare(s.UEs[a].Numero, s.UEs[b].Numero)
	})
	c.ordreModules = sorted(len(s.Modules), func(a, b int) int {
		return cmp.Compare(s.Modules[a].Numero, s.Modules[b].Numero)
	})
	c.ordreEvals = sorted(len(s.Evaluations), func(a, b int) int {
		x, y := &s.Evaluations[a], &s.Evaluations[b]
		return cmp.Or(cmp.Compare(x.Module, y.Module), cmp.Compare(x.Numero, y.Numero), x.Date.Compare(y.Date))
	})
	c.debuts = make([]int, len(s.Modules)+1)
	for i := range s.Evaluations {
		c.debuts[s.Evaluations[i].Module+1]++
	}
	for m := range s.Modules {
		c.debuts[m+1] += c.debuts[m]
	}
}

// evals are the evaluations of a module in their order.
func (c *calcul) evals(m int) []int { return c.ordreEvals[c.debuts[m]:c.debuts[m+1]] }

// sorted returns the indices below n in an order, equals in theirs.
func sorted(n int, compare func(a, b int) int) []int {
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i
	}
	slices.SortStableFunc(indices, compare)
	return indices
}

// Sur20 brings a mark to 20, multiplying before it divides: the order decides
// the last bit.
func Sur20(v, noteMax float64) float64 { return v * 20 / noteMax }

// produit is a*b rounded to a double. The conversion keeps compilers from
// fusing it with an addition, which on some processors would change the last
// bit of a mean, and with it a rank.
func produit(a, b float64) float64 { return float64(a * b) }

// borne brings a mean back between 0 and 20; NaN stays NaN.
func borne(mean float64) float64 { return min(max(mean, 0), 20) }

// none is the value that does not exist.
var none = math.NaN()
