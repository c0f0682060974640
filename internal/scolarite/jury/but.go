package jury

// RCUE is the level of a competence that a student reaches in a year of the
// BUT: its UE in the odd semester and its UE in the even one.
type RCUE struct {
	// Moyennes are those of the two UEs, Coefs their weights in the RCUE.
	Moyennes, Coefs [2]float64
	// Code is the one on record, "" for none.
	Code Code
}

// Moyenne is the mean of the two UEs, NaN unless both have one.
func (r RCUE) Moyenne() float64 {
	// Products are rounded before they are added, whatever the machine.
	return (float64(r.Moyennes[0]*r.Coefs[0]) + float64(r.Moyennes[1]*r.Coefs[1])) / (r.Coefs[0] + r.Coefs[1])
}

// Propose is the code of the RCUE by right: ADM when both UEs reach 10, CMP
// when only their mean does, else AJ; "" while a mean is missing.
func (r RCUE) Propose() Code {
	switch m := r.Moyenne(); {
	case !exists(m):
		return ""
	case atteint(r.Moyennes[0], barre) && atteint(r.Moyennes[1], barre):
		return ADM
	case atteint(m, barre):
		return CMP
	}
	return AJ
}

// ProposeUE is the code of a UE by right: ADM at 10, CMP when its RCUE makes up
// for it, what an RCUE on record brings (ADJR for ADJ, ADSUP), else AJ; ""
// without a mean. n is 0 for the UE of the odd semester, 1 for the other.
func (r RCUE) ProposeUE(n int) Code {
	switch code := CodeUE(r.Moyennes[n]); {
	case code != AJ:
		return code
	case r.Propose() == CMP:
		return CMP
	case r.Code == ADJ:
		return ADJR
	case r.Code == ADSUP:
		return ADSUP
	}
	return AJ
}

// CodeUE is the code by right of a UE of the BUT whose RCUE is not known yet.
func CodeUE(moyenne float64) Code {
	switch {
	case !exists(moyenne):
		return ""
	case atteint(moyenne, barre):
		return ADM
	}
	return AJ
}

// barre acquires a UE and an RCUE, barrePassage is what no RCUE may be under
// to pass by right.
const (
	barre        = 10
	barrePassage = 8
)

// acquis tells whether the level is acquired: on record, or by right.
func (r RCUE) acquis() bool { return r.Code.ValideRCUE() || r.Propose().ValideRCUE() }

// suffisant tells whether the level does not bar the way to the next year.
func (r RCUE) suffisant() bool { return r.acquis() || atteint(r.Moyenne(), barrePassage) }

// known tells whether anything can be said of the level.
func (r RCUE) known() bool { return r.Code != "" || exists(r.Moyenne()) }

// Annee is a year of the BUT of a student.
type Annee struct {
	Ordre int // 1 to 3
	RCUEs []RCUE
	// BUT1 tells whether the UEs of the first year are all acquired, which the
	// third asks for.
	BUT1 bool
}

// Propose returns the codes that a jury may give to the year, the one by right
// or the usual one first; none while a level is not known.
//
// All levels acquired is ADM. More than half of them acquired and none under 8
// is PASD, the passage by right, but from the last year, where nothing follows,
// and from the second to the third while a UE of the first is not acquired.
// Otherwise the student repeats (RED) unless the jury decides better.
func (a Annee) Propose() []Code {
	acquis, suffisants := 0, 0
	for _, r := range a.RCUEs {
		if !r.known() {
			return nil
		}
		if r.acquis() {
			acquis++
		}
		if r.suffisant() {
			suffisants++
		}
	}
	n := len(a.RCUEs)
	switch {
	case n == 0:
		return nil
	case acquis == n:
		return []Code{ADM}
	case a.Ordre == 3:
		return []Code{RED, ADJ}
	case 2*acquis <= n:
		return []Code{RED, PAS1NCI, ADJ, NAR}
	case suffisants == n && (a.Ordre == 1 || a.BUT1):
		return []Code{PASD}
	}
	return []Code{RED, PAS1NCI, ADJ}
}

// Suite returns the number of the semester that a student may register in after
// the even semester of the year, with a code; 0 for none. Passing to the third
// year asks for all UEs of the first, whatever the code. A student who repeats
// begins the year again.
func (a Annee) Suite(code Code) int {
	switch {
	case code == RED || code == ABL:
		return 2*a.Ordre - 1
	case !code.ValideAnnee() || a.Ordre == 3 || (a.Ordre == 2 && !a.BUT1):
		return 0
	}
	return 2*a.Ordre + 1
}

// Niveau is the level of a competence, as a student has it or not.
type Niveau struct {
	Competence int64
	Ordre      int64 // among the levels of the competence, from 1
	Acquis     bool
}

// Superieurs returns the levels, by their place in the list, that a higher one
// of the same competence brings: they are not acquired, and it is. Their UEs and
// their RCUE get ADSUP.
func Superieurs(niveaux []Niveau) []int {
	highest := map[int64]int64{}
	for _, n := range niveaux {
		if n.Acquis {
			highest[n.Competence] = max(highest[n.Competence], n.Ordre)
		}
	}
	var list []int
	for i, n := range niveaux {
		if !n.Acquis && n.Ordre < highest[n.Competence] {
			list = append(list, i)
		}
	}
	return list
}
