package notes

import "math"

// modules works out the mean of each module: see [cumul].
func (c *calcul) modules() {
	for m := range c.s.Modules {
		if c.s.VersUEs(m) {
			c.moduleAPC(m)
		} else {
			c.moyennes(c.r.Moyennes.Row(m), m, aucune)
		}
		c.module(m)
	}
}

// module counts the evaluations and the students of a module.
func (c *calcul) module(m int) {
	r := &c.r.Modules[m]
	for _, e := range c.evals(m) {
		if c.r.Evaluations[e].Used {
			r.NbEvaluations++
		}
		r.Attente = r.Attente || c.r.Evaluations[e].Attente
	}
	c.r.Attente = c.r.Attente || r.Attente
	means, inscrits := c.r.Moyennes.Row(m), c.s.Inscrits.Row(m)
	for i, present := range c.present {
		if !present {
			continue
		}
		if inscrits[i] {
			r.Effectif++
		}
		if math.IsNaN(means[i]) {
			r.NbSansMoyenne++
		}
	}
}

// cumul gathers the marks of a student in a module.
type cumul struct {
	// num and den are the weighted sums of the marks of normal evaluations and
	// of their weights. manque: a mark is missing where it may not.
	num, den float64
	manque   bool
	// session2 is the latest mark of a second session, rattrapage the best of
	// the retakes, NaN if none; bonus the sum of the bonus points. All on 20.
	session2, rattrapage, bonus float64
}

// moyennes writes in dst the means of the students in a module, towards a UE or
// aucune. Those who are not in state I or not registered have none.
func (c *calcul) moyennes(dst []float64, m, ue int) {
	for i := range c.cumuls {
		c.cumuls[i] = cumul{session2: none, rattrapage: none}
	}
	for _, e := range c.evals(m) {
		if c.r.Evaluations[e].Used {
			c.ajoute(e, ue)
		}
	}
	plancher := 0.
	if c.s.Modules[m].Kind == Malus {
		plancher = -20
	}
	for i, inscrit := range c.s.Inscrits.Row(m) {
		dst[i] = none
		if inscrit && c.present[i] {
			dst[i] = c.cumuls[i].moyenne(plancher)
		}
	}
}

// ajoute adds the marks of an evaluation to those of its module. With weight 0
// towards the UE it has no bearing there, of whatever type it is.
func (c *calcul) ajoute(e, ue int) {
	ev, notes := &c.s.Evaluations[e], c.s.Notes.Row(e)
	poids := ev.poids(ue)
	if poids == 0 {
		return
	}
	if ev.Kind == Normale {
		c.ajouteNormale(ev, notes, poids)
		return
	}
	for i, note := range notes {
		if note.Kind != Nombre {
			continue
		}
		v, k := Sur20(note.Value, ev.NoteMax), &c.cumuls[i]
		switch ev.Kind {
		case Session2:
			k.session2 = v
		case Rattrapage:
			if !(v <= k.rattrapage) {
				k.rattrapage = v
			}
		case Bonus:
			k.bonus += produit(v, poids)
		}
	}
}

// ajouteNormale adds the marks of a normal evaluation: ABS counts as 0; EXC and
// ATT are left out with their coefficient, and so is a mark not entered where
// the evaluation counts at once.
func (c *calcul) ajouteNormale(ev *Evaluation, notes []Note, poids float64) {
	coef := produit(ev.Coefficient, poids)
	for i, note := range notes {
		k := &c.cumuls[i]
		switch note.Kind {
		case Nombre:
			k.num += produit(produit(Sur20(note.Value, ev.NoteMax), ev.Coefficient), poids)
			k.den += coef
		case Absent:
			k.den += coef
		case Manquante:
			k.manque = k.manque || !ev.PublishIncomplete
		}
	}
}

// moyenne is the mean of the module, NaN if there is none: Σ(note on 20 × coef)
// / Σ coef. A mark of a second session takes its place, even if lower, and
// retakes then count no more; else the best retake does if it is better. To a
// mean that comes from neither, bonus points are added, down to plancher and up
// to 20.
func (k *cumul) moyenne(plancher float64) float64 {
	mean := none
	if !k.manque && k.den > 0 {
		mean = k.num / k.den
	}
	switch {
	case !math.IsNaN(k.session2):
		return k.session2
	case !math.IsNaN(k.rattrapage) && !(k.rattrapage <= mean):
		return k.rattrapage
	case k.bonus != 0:
		return min(max(mean+k.bonus, plancher), 20)
	}
	return mean
}
