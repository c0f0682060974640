package notes

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Rang is a rank, from 1; the zero Rang is none. Ex: others have the same mean.
type Rang struct {
	N  int32
	Ex bool
}

// String prints a rank as bulletins do: "2", "2 ex" for each of the equal ones,
// and nothing for none.
func (r Rang) String() string {
	switch {
	case r.N == 0:
		return ""
	case r.Ex:
		return strconv.Itoa(int(r.N)) + " ex"
	}
	return strconv.Itoa(int(r.N))
}

// Stats are statistics of the values there are: N of them, the others NaN if
// there are none. The median of an even number is the mean of the middle two.
type Stats struct {
	Mean, Median, Min, Max float64
	N                      int
}

// statsOf sorts values and returns their statistics. The sum is taken in that
// order, so that the students' own order decides nothing.
func statsOf(values []float64) Stats {
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return Stats{Mean: none, Median: none, Min: none, Max: none}
	}
	median := values[n/2]
	if n%2 == 0 {
		median = (values[n/2-1] + values[n/2]) / 2
	}
	return Stats{
		Mean: somme(values) / float64(n), Median: median,
		Min: values[0], Max: values[n-1], N: n,
	}
}

// classement is a student to rank: his mean and his place in the order of names.
type classement struct {
	mean float64
	nom  int
}

// classements ranks the students in modules, in UEs and in the semester.
func (c *calcul) classements() {
	for m := range c.s.Modules {
		c.r.Modules[m].Stats = c.classer(c.r.Moyennes.Row(m), c.r.ModuleRangs.Row(m))
	}
	means, rangs := make([]float64, len(c.present)), make([]Rang, len(c.present))
	for u := range c.s.UEs {
		for i, e := range c.r.UE.Row(u) {
			means[i] = e.Moyenne
		}
		c.r.UEs[u].Stats = c.classer(means, c.r.UERangs.Row(u))
	}
	for i := range c.r.Etudiants {
		means[i] = c.r.Etudiants[i].Moyenne
	}
	c.r.General = c.classer(means, rangs)
	for i := range c.r.Etudiants {
		c.r.Etudiants[i].Rang = rangs[i]
	}
	c.ordonner(means)
}

// classer ranks the students by their means, the greatest first, and returns
// the statistics. Equal doubles, without any rounding, share the rank of the
// first; those without a mean have none.
func (c *calcul) classer(means []float64, rangs []Rang) Stats {
	classe := c.classe[:0]
	for nom, i := range c.noms {
		if !math.IsNaN(means[i]) {
			classe = append(classe, classement{means[i], nom})
		}
	}
	slices.SortFunc(classe, func(a, b classement) int {
		return cmp.Or(cmp.Compare(b.mean, a.mean), cmp.Compare(a.nom, b.nom))
	})
	c.classe = classe
	values := c.values[:len(classe)]
	for k, x := range classe {
		values[len(values)-1-k] = x.mean
		rang := Rang{N: int32(k + 1)}
		if k > 0 && classe[k-1].mean == x.mean {
			rang = Rang{N: rangs[c.noms[classe[k-1].nom]].N, Ex: true}
		}
		rang.Ex = rang.Ex || k+1 < len(classe) && classe[k+1].mean == x.mean
		rangs[c.noms[x.nom]] = rang
	}
	return statsOf(values)
}

// ordonner lists the étudiants as classer has just ranked them, then those
// without a mean.
func (c *calcul) ordonner(means []float64) {
	for _, x := range c.classe {
		c.r.Ordre = append(c.r.Ordre, c.noms[x.nom])
	}
	for _, i := range c.noms {
		if math.IsNaN(means[i]) {
			c.r.Ordre = append(c.r.Ordre, i)
		}
	}
}
