// Package jury proposes the decisions of juries: on the semesters and UEs of
// classic curricula, on the UEs, competences (RCUE) and years of the BUT.
//
// It is pure, and knows nothing of where means come from: they are on 20, NaN
// when there is none. Every bar is reached within [tolerance], as means are
// printed: 9.996, shown 10.00, reaches 10.
//
// A proposal is what the rules say. A jury is free to record another code, and
// what it recorded is never replaced by a weaker proposal: see [Code.Emporte].
package jury

import "math"

// tolerance is what a mean may lack to reach a bar.
const tolerance = 0.00499999999999

// atteint tells whether a mean reaches a bar; NaN reaches none.
func atteint(mean, barre float64) bool { return mean >= barre-tolerance }

func exists(mean float64) bool { return !math.IsNaN(mean) }
