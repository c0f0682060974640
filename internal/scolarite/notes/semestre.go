package notes

import "math"

// semestre works out the general mean, its bonus and the credits of each
// student.
func (c *calcul) semestre() {
	sports := c.modulesSport()
	for i := range c.s.Etudiants {
		c.general(i)
		if !c.s.APC {
			c.bonus(sports, i)
		}
		c.credits(i)
	}
}

// general is the mean of the UEs that have one, each weighed by its modules; by
// its own coefficient with UseUECoefs; by its ECTS in the BUT, where the general
// mean is only indicative. No weight at all, no mean.
func (c *calcul) general(etudiant int) {
	num, r := 0., &c.r.Etudiants[etudiant]
	for _, u := range c.ordreUEs {
		e := &c.r.UE.Row(u)[etudiant]
		switch {
		case c.s.APC:
			e.Coefficient = c.s.ECTS(etudiant, u)
		case c.s.UseUECoefs:
			e.Coefficient = c.s.UEs[u].Coefficient
		}
		if math.IsNaN(e.Moyenne) {
			e.Coefficient = 0
			continue
		}
		num += produit(e.Moyenne, e.Coefficient)
		r.SumCoefs += e.Coefficient
	}
	r.Moyenne = none
	if r.SumCoefs > 0 {
		r.Moyenne = num / r.SumCoefs
	}
}

// credits counts the potential ECTS: those of UEs validated before are
// acquired for good, those of a UE at 10 come whole, and else there are none.
func (c *calcul) credits(etudiant int) {
	r := &c.r.Etudiants[etudiant]
	for _, u := range c.ordreUEs {
		if e := &c.r.UE.Row(u)[etudiant]; Atteint(e.Moyenne, 10) {
			e.ECTS = c.s.ECTS(etudiant, u)
		}
	}
	if c.present[etudiant] && !c.s.BlockMoyennes {
		for _, avant := range c.s.Etudiants[etudiant].Capitalisees {
			c.r.UE.Row(avant.UE)[etudiant].ECTS = c.acquis(avant, etudiant)
		}
	}
	for _, u := range c.ordreUEs {
		r.ECTS += c.r.UE.Row(u)[etudiant].ECTS
	}
}

// acquis are the credits of a capitalised UE.
func (c *calcul) acquis(avant Capitalisation, etudiant int) float64 {
	if avant.ECTS > 0 {
		return avant.ECTS
	}
	return c.s.ECTS(etudiant, avant.UE)
}

// ECTS are the credits of a UE for a student.
func (s *Semestre) ECTS(etudiant, ue int) float64 {
	if credits := s.Etudiants[etudiant].ECTS; s.APC && credits != nil {
		return credits[ue]
	}
	return s.UEs[ue].ECTS
}

// tolerance is what a mean may lack to reach a bar: 9.996, printed 10.00,
// reaches 10, and 9.995, a little less in binary, printed 09.99, does not.
const tolerance = 0.00499999999999

// Atteint tells whether a mean reaches a bar, as every threshold of the jury
// means it: to a hundredth, as it is printed. NaN reaches none.
func Atteint(mean, barre float64) bool { return mean >= barre-tolerance }
