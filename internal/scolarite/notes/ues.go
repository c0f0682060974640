package notes

import "math"

// ues works out what each student has in each UE: the means of its modules,
// its malus, the bonus in the BUT, and what was validated before. The bonus of
// classic curricula needs the general mean, and comes later.
func (c *calcul) ues() {
	for _, u := range c.ordreUEs {
		row := c.r.UE.Row(u)
		for _, m := range c.ordreModules {
			if !c.s.Compte(m, u) {
				continue
			}
			c.inscrit(row, m, u)
			switch {
			case c.s.UEs[u].Sport:
			case c.s.Modules[m].Kind == Malus:
				c.ajouteMalus(row, m, u)
			default:
				c.ajouteModule(row, m, u)
			}
		}
		c.moyennesUE(row)
	}
	if c.s.APC {
		c.bonusBUT()
	}
	if !c.s.BlockMoyennes {
		c.capitalise()
	}
}

// inscrit marks a UE as followed by the students registered to a module of it.
func (c *calcul) inscrit(row []EtudiantUE, m, u int) {
	for i, inscrit := range c.s.Inscrits.Row(m) {
		if inscrit && c.present[i] && c.s.Suit(i, u) {
			row[i].Inscrit = true
		}
	}
}

// ajouteModule adds the means of a module to those of a UE, where Moyenne
// gathers Σ(mean × coef) until all modules are in.
func (c *calcul) ajouteModule(row []EtudiantUE, m, u int) {
	coef := c.coef(m, u)
	for i, v := range c.means(m, u) {
		if !c.present[i] || !c.s.Suit(i, u) {
			continue
		}
		e := &row[i]
		if math.IsNaN(v) {
			e.NbManquantes++
			continue
		}
		if e.NbNotes == 0 {
			e.Moyenne = 0
		}
		e.Moyenne += produit(v, coef)
		e.SumCoefs += coef
		e.NbNotes++
	}
}

// ajouteMalus adds up the means of malus modules: whatever their coefficient,
// they are points.
func (c *calcul) ajouteMalus(row []EtudiantUE, m, u int) {
	for i, v := range c.r.Moyennes.Row(m) {
		if !math.IsNaN(v) && c.s.Suit(i, u) {
			row[i].Malus += v
		}
	}
}

// moyennesUE makes means of the sums: Σ(mean × coef) / Σ coef of the modules
// that have a mean, less the malus, between 0 and 20.
func (c *calcul) moyennesUE(row []EtudiantUE) {
	for i := range row {
		e := &row[i]
		if !(e.SumCoefs > 0) || c.s.BlockMoyennes {
			e.Moyenne = none
			continue
		}
		e.Moyenne = borne(e.Moyenne/e.SumCoefs - e.Malus)
		e.Courante, e.Coefficient = e.Moyenne, e.SumCoefs
	}
}

// capitalise puts the means of UEs validated before in the place of lower ones,
// or of none, even for a student who does not follow the UE again.
func (c *calcul) capitalise() {
	for i := range c.s.Etudiants {
		if !c.present[i] {
			continue
		}
		for _, avant := range c.s.Etudiants[i].Capitalisees {
			e := &c.r.UE.Row(avant.UE)[i]
			if avant.Moyenne <= e.Moyenne || math.IsNaN(avant.Moyenne) || c.s.UEs[avant.UE].Sport {
				continue
			}
			e.Moyenne, e.Capitalisee = avant.Moyenne, true
			e.Coefficient = avant.Coefficient
			if e.Coefficient <= 0 {
				e.Coefficient = c.coefficients(avant.UE)
			}
		}
	}
}

// coefficients is what the modules of a UE weigh together.
func (c *calcul) coefficients(u int) (sum float64) {
	for _, m := range c.ordreModules {
		if c.s.Compte(m, u) && c.s.Modules[m].Kind != Malus {
			sum += c.coef(m, u)
		}
	}
	return sum
}

// bonusBUT adds the points of sport to the mean of every UE of the student. It
// comes before what was validated, to which nothing more is added.
func (c *calcul) bonusBUT() {
	modules := c.modulesSport()
	if len(modules) == 0 {
		return
	}
	for i := range c.s.Etudiants {
		c.sport.lire(c, modules, i)
		points := c.s.BonusBUT.points(c.sport.notes)
		if points == 0 {
			continue
		}
		for u := range c.s.UEs {
			c.augmente(u, i, func(e *EtudiantUE) float64 { return points })
		}
	}
}

// augmente adds points of bonus to the current mean of a student in a UE.
func (c *calcul) augmente(u, etudiant int, points func(*EtudiantUE) float64) {
	e := &c.r.UE.Row(u)[etudiant]
	if math.IsNaN(e.Courante) || e.Capitalisee {
		return
	}
	e.Bonus = points(e)
	e.Courante = borne(e.Courante + e.Bonus)
	e.Moyenne = e.Courante
}
