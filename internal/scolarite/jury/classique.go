package jury

import "slices"

// Devenir is what becomes of a student after a classic semester.
type Devenir string

// What may become of him. The last three are for curricula whose semesters are
// given twice a year.
const (
	Next      Devenir = "NEXT"      // the next semester
	RedoAnnee Devenir = "REDOANNEE" // the year again
	Reo       Devenir = "REO"       // elsewhere
	RedoSem   Devenir = "REDOSEM"   // the semester again
	RaOrRs    Devenir = "RA_OR_RS"  // the year or the semester again
	RsOrNext  Devenir = "RS_OR_NEXT"
)

// Semestres returns the numbers of the semesters that a student may register in
// after the semester n of a curriculum that has last of them.
func (d Devenir) Semestres(n, last int) []int {
	if n < 1 { // a curriculum without semesters
		return nil
	}
	annee := n
	if n%2 == 0 {
		annee = n - 1
	}
	var list []int
	switch d {
	case Next:
		list = []int{n + 1}
	case RedoAnnee:
		list = []int{annee}
	case RedoSem:
		list = []int{n}
	case RaOrRs:
		list = []int{annee, n}
	case RsOrNext:
		list = []int{n, n + 1}
	}
	return slices.DeleteFunc(slices.Compact(list), func(n int) bool { return n > last })
}

// cond is a condition of a rule.
type cond byte

const (
	peuImporte cond = '*'
	yes        cond = 'y'
	no         cond = 'n'
)

func (c cond) holds(b bool) bool { return c == peuImporte || (c == yes) == b }

// Rule is a line of the decision table of classic semesters.
type Rule struct {
	// ID is its number in the table.
	ID int
	// prev are the codes of the previous semester it is for; nil is any.
	prev []Code
	// What it asks for: attendance, the mean, the bars of UEs, compensation with
	// the previous semester, not the last semester.
	assidu, moyenne, barres, compense, suite cond
	// Code is the decision, Precedent the one that the previous semester then
	// gets, "" to leave it.
	Code, Precedent Code
	Devenir         Devenir
}

var (
	valide = []Code{"", ADM, ADC, ADJ} // no decision counts as a valid one
	tous   []Code
)

// Rules is the decision table: the rules that match give the decisions that a
// jury may take, the likeliest first.
var Rules = []Rule{
	{10, valide, yes, yes, yes, peuImporte, peuImporte, ADM, "", Next},
	{20, valide, yes, no, yes, peuImporte, yes, ATT, "", Next},
	{30, valide, yes, peuImporte, no, peuImporte, peuImporte, ATB, "", Next},
	{40, valide, no, peuImporte, peuImporte, peuImporte, yes, ATJ, "", Next},
	{50, []Code{ADM, ADJ, ADC}, yes, no, peuImporte, yes, peuImporte, ADC, "", Next},
	{60, []Code{ATJ}, no, peuImporte, peuImporte, peuImporte, peuImporte, NAR, AJ, Reo},
	{70, []Code{ATJ}, no, peuImporte, peuImporte, peuImporte, peuImporte, AJ, AJ, RedoAnnee},
	{80, tous, no, peuImporte, peuImporte, peuImporte, peuImporte, AJ, ADM, Reo},
	{90, []Code{ATT}, yes, yes, yes, yes, peuImporte, ADM, ADC, Next},
	{100, []Code{ATT}, yes, yes, yes, peuImporte, peuImporte, ADM, ADJ, Next},
	{110, []Code{ATT}, no, yes, yes, peuImporte, yes, ATJ, ADJ, Next},
	{120, []Code{ATT}, yes, no, peuImporte, peuImporte, peuImporte, AJ, AJ, RedoAnnee},
	{130, []Code{ATT}, peuImporte, yes, yes, no, peuImporte, AJ, AJ, RedoAnnee},
	{140, []Code{ATT}, yes, no, yes, peuImporte, peuImporte, ATT, ADJ, Next},
	{200, []Code{ATB}, peuImporte, peuImporte, peuImporte, peuImporte, peuImporte, AJ, AJ, RedoAnnee},
	{210, []Code{ATB}, peuImporte, peuImporte, peuImporte, peuImporte, peuImporte, NAR, NAR, Reo},
	{220, []Code{ATB}, yes, yes, yes, peuImporte, peuImporte, ADM, ADJ, Next},
	{230, []Code{ATB}, yes, no, yes, peuImporte, yes, ATT, ADJ, Next},
	{240, []Code{ATB}, yes, peuImporte, no, peuImporte, yes, ATB, ADJ, Next},
	{250, []Code{ATB}, no, peuImporte, peuImporte, peuImporte, yes, ATJ, ADJ, Next},
	{260, []Code{ATB, ATT}, peuImporte, yes, yes, peuImporte, peuImporte, ADJ, AJ, RedoAnnee},
	{300, []Code{AJ}, yes, no, peuImporte, peuImporte, peuImporte, AJ, AJ, RedoAnnee},
	{310, []Code{AJ}, yes, yes, no, peuImporte, peuImporte, AJ, AJ, RedoAnnee},
	{320, []Code{AJ}, no, peuImporte, peuImporte, peuImporte, peuImporte, NAR, "", Reo},
	{330, []Code{AJ}, yes, yes, yes, peuImporte, peuImporte, ATT, "", RedoAnnee},
	{400, tous, yes, no, peuImporte, peuImporte, peuImporte, ADJ, "", Next},
	{410, []Code{ATT, ATB}, yes, no, peuImporte, peuImporte, peuImporte, ADJ, ADJ, Next},
	{420, tous, yes, yes, no, peuImporte, peuImporte, ADJ, "", Next},
	{430, []Code{ATT, ATB}, yes, yes, no, peuImporte, peuImporte, ADJ, ADJ, Next},
	{450, []Code{ATT, ATB}, no, no, yes, peuImporte, yes, ATT, ADJ, Next},
	{500, append(slices.Clone(valide), ATT, ATB), yes, no, peuImporte, no, peuImporte, AJ, "", RedoSem},
	{510, append(slices.Clone(valide), ATT, ATB), yes, yes, no, no, peuImporte, AJ, "", RedoSem},
	{520, append(slices.Clone(valide), ATB, ATT), no, peuImporte, peuImporte, peuImporte, peuImporte, AJ, "", RedoSem},
	{550, []Code{ATT, ATB}, peuImporte, no, peuImporte, no, peuImporte, AJ, "", RaOrRs},
	{560, []Code{ATT, ATB}, peuImporte, yes, no, no, peuImporte, AJ, "", RaOrRs},
	{570, valide, peuImporte, no, yes, no, peuImporte, ATT, "", RsOrNext},
	{580, valide, peuImporte, peuImporte, no, no, peuImporte, ATB, "", RsOrNext},
	{600, []Code{AJ, ATT, NAR}, yes, no, peuImporte, peuImporte, peuImporte, NAR, NAR, Reo},
	{610, []Code{AJ, ATT, NAR}, yes, yes, no, peuImporte, peuImporte, NAR, NAR, Reo},
}

// Situation is what the table looks at.
type Situation struct {
	Precedent Code // of the previous semester, "" for none
	Assidu    bool
	Moyenne   bool // the general mean reaches its bar
	Barres    bool // the UEs reach theirs
	Compense  bool // can be compensated with the previous semester
	Suite     bool // not the last semester
	// Semestrielle: semesters are given twice a year, and may be done again.
	Semestrielle bool
}

// Decisions returns the rules that match a situation, in the order of the
// table. Codes that the curriculum does not know are skipped, and doing a
// semester again where semesters are given once a year.
func (c Cursus) Decisions(s Situation) []Rule {
	var list []Rule
	for _, r := range Rules {
		if r.matches(s) && c.Permet(r.Code) && c.Permet(r.Precedent) && (s.Semestrielle || !r.Devenir.needsSemestrielle()) {
			list = append(list, r)
		}
	}
	return list
}

// Propose returns the first rule that matches and is no favour: ADJ is what a
// jury grants, student by student. Where nothing but favours match, it is AJ
// without any follow-up, which is for the jury to say. ok is false when no rule
// matches.
func (c Cursus) Propose(s Situation) (rule Rule, ok bool) {
	list := c.Decisions(s)
	if i := slices.IndexFunc(list, func(r Rule) bool { return r.Code != ADJ }); i >= 0 {
		return list[i], true
	}
	return Rule{Code: AJ}, len(list) > 0
}

func (r Rule) matches(s Situation) bool {
	return (r.prev == nil || slices.Contains(r.prev, s.Precedent)) &&
		r.assidu.holds(s.Assidu) && r.moyenne.holds(s.Moyenne) && r.barres.holds(s.Barres) &&
		r.compense.holds(s.Compense) && r.suite.holds(s.Suite)
}

func (d Devenir) needsSemestrielle() bool { return d == RedoSem || d == RaOrRs || d == RsOrNext }

// Semestre is one of the two semesters of a compensation.
type Semestre struct {
	Indice  int
	Moyenne float64
	Barres  bool
	Code    Code // "" before any decision
	// Ailleurs: it already compensates a third semester.
	Ailleurs bool
}

// Compense tells whether the semester before can make up for s, where the
// curriculum compensates at all: the two follow each other, the other is valid
// or pending and free, both reach the bars of their UEs, and the mean of their
// general means reaches 10.
func (c Cursus) Compense(s, autre Semestre) bool {
	if d := s.Indice - autre.Indice; (d != 1 && d != -1) || s.Indice < 1 || autre.Indice < 1 {
		return false
	}
	if autre.Ailleurs || (autre.Code != "" && !slices.Contains([]Code{ADM, ADJ, ATT, ADC}, autre.Code)) {
		return false
	}
	return s.Barres && autre.Barres && atteint((s.Moyenne+autre.Moyenne)/2, c.BarreMoyenne)
}
