package notes

import "math"

// VersUEs tells whether a module has a mean towards each UE: in the BUT, all
// but malus modules and those of sport.
func (s *Semestre) VersUEs(module int) bool {
	mod := &s.Modules[module]
	return s.APC && mod.Kind != Malus && !s.UEs[mod.UE].Sport
}

// moduleAPC works out the means of a module towards each UE, where a mark also
// weighs what its evaluation weighs towards that UE:
// Σ(note on 20 × coef × poids) / Σ(coef × poids).
//
// The mean of the module itself is only shown: the average of those, over the
// UEs where there is one.
func (c *calcul) moduleAPC(m int) {
	for _, u := range c.ordreUEs {
		if !c.s.UEs[u].Sport {
			c.moyennes(c.parUE(m, u), m, u)
		}
	}
	for i := range c.present {
		sum, n := 0., 0.
		for _, u := range c.ordreUEs {
			if v := c.r.ModuleUEMean(m, u, i); !math.IsNaN(v) {
				sum += v
				n++
			}
		}
		c.r.Moyennes.Set(m, i, sum/n) // 0/0 is NaN
	}
}

// parUE is the row of the means of a module towards a UE.
func (c *calcul) parUE(m, u int) []float64 { return c.r.parUE.Row(m*len(c.s.UEs) + u) }

// Compte tells whether a module counts in a UE: if it belongs to it, and for
// those with a mean towards each UE, if it has a coefficient there; ressources
// and SAÉ count alike.
func (s *Semestre) Compte(module, ue int) bool {
	mod := &s.Modules[module]
	if s.VersUEs(module) {
		return mod.Coefs != nil && mod.Coefs[ue] != 0
	}
	return mod.UE == ue
}

// coef is what a module weighs in a UE where it counts.
func (c *calcul) coef(m, u int) float64 {
	if c.s.APC {
		return c.s.Modules[m].Coefs[u]
	}
	return c.s.Modules[m].Coefficient
}

// means are the means by which a module counts in a UE.
func (c *calcul) means(m, u int) []float64 {
	if c.s.APC {
		return c.parUE(m, u)
	}
	return c.r.Moyennes.Row(m)
}

// Suit tells whether the parcours of a student has a UE.
func (s *Semestre) Suit(etudiant, ue int) bool {
	ues := s.Etudiants[etudiant].UEs
	return !s.APC || ues == nil || ues[ue]
}

// BonusBUT is the rule for sport in the BUT: the points of each sport mark above
// Seuil, times Proportion, Max together at most, are added to every UE.
type BonusBUT struct {
	Seuil, Proportion, Max float64
}

// BonusBUTDefaut is the rule where the preferences say nothing.
var BonusBUTDefaut = BonusBUT{Seuil: 10, Proportion: 0.05, Max: 0.5}

// points are the points that sport marks add to each UE.
func (b BonusBUT) points(notes []float64) float64 {
	return min(produit(b.Proportion, auDessus(notes, b.Seuil)), b.Max)
}
