package notes

import "math"

// formules are the bonus formulas of sites. x are the sport marks on 20, G the
// general mean before bonus; (x−10)+ counts only what is above 10.
var formules = []Formule{
	// Σ(x−10)+ / 20.
	{"bonus_iutv", func(s *sport) effet { return effet{general: parPoint(s.notes, 20)} }},
	// Σx.
	{"bonus_direct", func(s *sport) effet { return effet{general: somme(s.notes)} }},
	// 5 % of Σ(x−10)+, at most 0.5.
	{"bonus_iut_stdenis", func(s *sport) effet { return effet{general: min(0.5, auDessus(s.notes, 10)*0.05)} }},
	// 5 % of at most 10 points above 10.
	{"bonus_colmar", func(s *sport) effet { return effet{general: min(10, auDessus(s.notes, 10)) / 20} }},
	{"bonus_iutva", iutva},
	// G raised by a quarter of Σx percent.
	{"bonus_iut1grenoble_2017", func(s *sport) effet { return effet{general: s.general * (somme(s.notes) / 4 / 100)} }},
	{"bonus_lille", lille},
	{"bonus_iutlh", iutlh},
	// Σx, at most 0.5.
	{"bonus_nantes", func(s *sport) effet { return effet{general: min(0.5, somme(s.notes))} }},
	// Σx, at most 1.
	{"bonus_tours", func(s *sport) effet { return effet{general: min(1, somme(s.notes))} }},
	{"bonus_iutr", iutr},
	{"bonus_iutam", iutam},
	// Σx, at most 0.6.
	{"bonus_saint_etienne", func(s *sport) effet { return effet{general: min(0.6, somme(s.notes))} }},
	// A thirtieth of the points above 10 of the best mark.
	{"bonus_iutTarbes", func(s *sport) effet { return effet{general: meilleure(s.notes) / 30} }},
	// G raised by Σx percent.
	{"bonus_iutSN", func(s *sport) effet { return effet{general: s.general * (somme(s.notes) / 100)} }},
	{"bonus_iutBordeaux1", iutBordeaux1},
	{"bonus_iuto", iuto},
	{"bonus_iutbethune", iutbethune},
	// 3 % of Σ(x−10)+, at most 0.3.
	{"bonus_iutbeziers", func(s *sport) effet { return effet{general: min(0.3, auDessus(s.notes, 10)*0.03)} }},
}

// iutva gives steps by the weighted mean of the marks: 0.1 from 10, 0.2 from 12,
// 0.3 from 16.
func iutva(s *sport) effet {
	switch mean := s.ponderee(); {
	case mean >= 16:
		return effet{general: 0.3}
	case mean >= 12:
		return effet{general: 0.2}
	case mean >= 10:
		return effet{general: 0.1}
	}
	return effet{}
}

// lille gives 4 % of Σ(x−10)+; 2 % in semesters begun by 1 August 2010.
func lille(s *sport) effet {
	if s.apres("2010-08-01") {
		return effet{general: parPoint(s.notes, 25)}
	}
	return effet{general: parPoint(s.notes, 50)}
}

// iutlh raises G and every UE by half a percent for each point above 10, 10
// points at most.
func iutlh(s *sport) effet {
	facteur := 0.005 * min(10, auDessus(s.notes, 10))
	return effet{general: s.general * facteur, facteur: facteur}
}

// iutr adds Σx, at most 0.35, to G and to every UE.
func iutr(s *sport) effet {
	points := min(0.35, somme(s.notes))
	return effet{general: points, points: points}
}

// iutam raises G by half a percent at 10 and a quarter more for each half point
// above, 5 percent at most, by the first mark alone.
func iutam(s *sport) effet {
	x := s.notes[0]
	if x < 10 {
		return effet{}
	}
	percent := min(5, (math.Trunc(produit(2, x)-20)+2)*0.25)
	return effet{general: s.general * percent / 100}
}

// iutBordeaux1 raises G and every UE by half a percent for each point above 10
// of the best mark.
func iutBordeaux1(s *sport) effet {
	facteur := meilleure(s.notes) / 2 / 100
	return effet{general: s.general * facteur, facteur: facteur}
}

// iuto adds 2.5 % of the weighted mean of the marks to G; in semesters begun by
// 1 August 2013, to every UE, by which G gains as much.
func iuto(s *sport) effet {
	points := s.ponderee() * 2.5 / 100
	if s.apres("2013-08-01") {
		return effet{general: points}
	}
	return effet{general: points, points: points}
}

// iutbethune gives G × the points above 10, 10 at most, over 200, down to a
// hundredth.
func iutbethune(s *sport) effet {
	return effet{general: math.Trunc(s.general*min(10, auDessus(s.notes, 10))/2) / 100}
}

// meilleure are the points above 10 of the best mark, 0 if it has none.
func meilleure(notes []float64) (best float64) {
	for _, v := range notes {
		best = max(best, v-10)
	}
	return best
}
