package notes

import (
	"math"
	"slices"
	"time"
)

// sport is what a bonus formula works on: the marks of a student in the modules
// of sport UEs, on 20, with their coefficients, his general mean before any
// bonus and the first day of the semester.
type sport struct {
	notes, coefs []float64
	general      float64
	debut        time.Time
}

// effet is what a formula gives: points added to the general mean, and what the
// UEs are raised by: times 1+facteur, plus points. The general mean takes only
// its own points, so that nothing counts twice.
type effet struct {
	general, facteur, points float64
}

// modulesSport are the modules of the sport UEs, in the order of both.
func (c *calcul) modulesSport() (modules []int) {
	for _, u := range c.ordreUEs {
		if !c.s.UEs[u].Sport {
			continue
		}
		for _, m := range c.ordreModules {
			if c.s.Modules[m].UE == u && c.s.Modules[m].Kind != Malus {
				modules = append(modules, m)
			}
		}
	}
	return modules
}

// lire reads the sport marks of a student; modules without a mean are not marks.
func (s *sport) lire(c *calcul, modules []int, etudiant int) {
	s.notes, s.coefs = s.notes[:0], s.coefs[:0]
	for _, m := range modules {
		if v := c.r.Moyennes.At(m, etudiant); !math.IsNaN(v) {
			s.notes = append(s.notes, v)
			s.coefs = append(s.coefs, c.s.Modules[m].Coefficient)
		}
	}
}

// bonus applies the site's formula to a student with a general mean, which
// stops at 20. UEs are raised for show and for their ECTS.
func (c *calcul) bonus(modules []int, etudiant int) {
	r := &c.r.Etudiants[etudiant]
	if c.s.Bonus == nil || len(modules) == 0 || math.IsNaN(r.Moyenne) {
		return
	}
	c.sport.lire(c, modules, etudiant)
	c.sport.general, c.sport.debut = r.Moyenne, c.s.Debut
	effet := c.s.Bonus.effet(&c.sport)
	r.Bonus = effet.general
	r.Moyenne = min(r.Moyenne+r.Bonus, 20)
	if effet.facteur == 0 && effet.points == 0 {
		return
	}
	for u := range c.s.UEs {
		c.augmente(u, etudiant, func(e *EtudiantUE) float64 {
			return produit(e.Courante, effet.facteur) + effet.points
		})
	}
}

// Formule is a site's formula for the bonus of sport and culture.
type Formule struct {
	// Nom is its name in the site's configuration.
	Nom     string
	formule func(*sport) effet
}

// FindFormule returns the formula of a name, nil and false if there is none.
func FindFormule(nom string) (*Formule, bool) {
	i := slices.IndexFunc(formules, func(f Formule) bool { return f.Nom == nom })
	if i < 0 {
		return nil, false
	}
	return &formules[i], true
}

// Formules are the names of all formulas, in the order of the alphabet.
func Formules() []string {
	names := make([]string, len(formules))
	for i, f := range formules {
		names[i] = f.Nom
	}
	slices.Sort(names)
	return names
}

// effet is what the formula gives. Nothing without a mark, nor where several
// marks weigh nothing; a single one needs no coefficient.
func (f *Formule) effet(s *sport) effet {
	switch {
	case len(s.notes) == 0, len(s.notes) > 1 && !(somme(s.coefs) > 0):
		return effet{}
	}
	return f.formule(s)
}

// ponderee is the weighted mean of the sport marks.
func (s *sport) ponderee() float64 {
	if len(s.notes) == 1 {
		return s.notes[0]
	}
	num := 0.
	for i, v := range s.notes {
		num += produit(v, s.coefs[i])
	}
	return num / somme(s.coefs)
}

// auDessus sums the points of each mark above a threshold.
func auDessus(notes []float64, seuil float64) (sum float64) {
	for _, v := range notes {
		if v > seuil {
			sum += v - seuil
		}
	}
	return sum
}

// parPoint sums the points above 10, each divided.
func parPoint(notes []float64, diviseur float64) (sum float64) {
	for _, v := range notes {
		if v > 10 {
			sum += (v - 10) / diviseur
		}
	}
	return sum
}

func somme(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// apres tells whether the semester began after a day.
func (s *sport) apres(jour string) bool { return s.debut.Format(time.DateOnly) > jour }
