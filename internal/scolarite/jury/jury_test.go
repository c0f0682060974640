package jury

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var none = math.NaN()

func TestSetsOfCodes(t *testing.T) {
	for _, c := range []struct {
		name  string
		valid func(Code) bool
		of    []Code
		want  string
	}{
		{"UE", Code.ValideUE, UECodes, "ADM CMP ADJ ADJR ADSUP"},
		{"classic UE", Code.ValideUE, UEClassiqueCodes, "ADM CMP"},
		{"RCUE", Code.ValideRCUE, RCUECodes, "ADM CMP ADJ ADSUP"},
		{"year", Code.ValideAnnee, AnneeCodes, "ADM ADJ ADSUP PASD PAS1NCI"},
		{"semester", Code.ValideSemestre, SemestreCodes, "ADM ADC ADJ"},
		{"for good", Code.Capitalise, UECodes, "ADM"},
	} {
		var got []string
		for _, code := range c.of {
			if c.valid(code) {
				got = append(got, string(code))
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
	for _, code := range slices.Concat(UECodes, RCUECodes, AnneeCodes, SemestreCodes) {
		if code.Libelle() == string(code) {
			t.Errorf("%s has no words", code)
		}
	}
	if got := Code("XYZ").Libelle(); got != "XYZ" {
		t.Errorf("an unknown code is called %s", got)
	}
}

// TestForce holds the order of codes that compete.
func TestForce(t *testing.T) {
	order := [][]Code{{ABAN, ABL, DEM, DEF, EXCLU, NAR}, {RAT}, {RED}, {AJ}, {ATJ}, {CMP, ADC, PASD}, {PAS1NCI}, {ADSUP, ADJ, ADJR}, {ADM}}
	for i, weak := range order {
		for _, a := range weak {
			for _, b := range weak {
				if a.Force() != b.Force() || MeilleurCode(a, b) != a || a.Emporte(b) {
					t.Errorf("%s and %s are not equal", a, b)
				}
			}
			for _, strong := range order[i+1:] {
				for _, b := range strong {
					if MeilleurCode(a, b) != b || MeilleurCode(b, a) != b || a.Emporte(b) {
						t.Errorf("%s is not under %s", a, b)
					}
					if got := b.Emporte(a); got != (i > 0) {
						t.Errorf("%s in the place of %s: %t", b, a, got)
					}
				}
			}
		}
	}
	if !AJ.Emporte("") || Code("").Emporte("") || Code("").Emporte(AJ) || MeilleurCode("", NAR) != NAR {
		t.Error("no code")
	}
}

func TestBarres(t *testing.T) {
	standard := func(mean float64) UE { return UE{Moyenne: mean} }
	of := func(kind int, mean, coef float64) UE { return UE{Type: kind, Moyenne: mean, Coefficient: coef} }
	for _, c := range []struct {
		name   string
		cursus int64
		ues    []UE
		want   bool
	}{
		{"DUT: all at 8", 100, []UE{standard(8), standard(14)}, true},
		{"DUT: shown 08.00", 100, []UE{standard(7.996)}, true},
		{"DUT: shown 07.99", 100, []UE{standard(7.99)}, false},
		{"DUT: one under", 100, []UE{standard(15), standard(7.5)}, false},
		{"DUT: not graded", 100, []UE{standard(none), standard(9)}, true},
		{"DUT: sport", 100, []UE{of(Sport, 2, 1)}, true},
		{"DUT: no UE", 100, nil, true},
		{"LP: a UE is under nothing", 210, []UE{standard(2), of(StageProjet, 10, 1)}, true},
		{"LP: placement and project together", 210, []UE{of(StageProjet, 8, 1), of(StageProjet, 12, 1)}, true},
		{"LP: weighed", 210, []UE{of(StageProjet, 8, 2), of(StageProjet, 12, 1)}, false},
		{"UCAC: at 12", 501, []UE{standard(12), standard(11.99)}, false},
		{"master IG: 7", 403, []UE{standard(7), of(Stage, 10, 1)}, true},
		{"master IG: the placement", 403, []UE{standard(15), of(Stage, 9.9, 1)}, false},
		{"ILEPS: standard UEs", 1010, []UE{standard(7)}, false},
		{"ILEPS: others", 1010, []UE{standard(8), of(4, 7, 1)}, true},
		{"ISCID: none", 1001, []UE{standard(1)}, true},
		{"unknown: as a DUT", 9999, []UE{standard(7)}, false},
	} {
		if got := CursusOf(c.cursus).Barres(c.ues); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestMoyenneOfASemester(t *testing.T) {
	for _, c := range []struct {
		name    string
		cursus  int64
		general float64
		ues     []UE
		want    bool
	}{
		{"10", 100, 10, nil, true},
		{"shown 10.00", 100, 9.996, nil, true},
		{"shown 09.99", 100, 9.995, nil, false}, // a little less, in binary
		{"none", 100, none, nil, false},
		{"UCAC", 502, 11.9, nil, false},
		{"credits", 1001, none, []UE{{ECTS: 21}, {Type: 4, ECTS: 9}}, true},
		{"credits missing", 1001, 18, []UE{{ECTS: 29}}, false},
		{"fundamental credits missing", 1001, 18, []UE{{ECTS: 20}, {Type: 4, ECTS: 10}}, false},
	} {
		if got := CursusOf(c.cursus).Moyenne(c.general, c.ues); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestCodeUEClassique(t *testing.T) {
	for _, c := range []struct {
		mean           float64
		assidu, valide bool
		want           Code
	}{
		{10, true, false, ADM},
		{9.996, true, true, ADM},
		{9.99, true, true, CMP},
		{9.99, true, false, AJ},
		{15, false, true, AJ},
		{none, true, true, ""},
		{none, false, false, ""},
	} {
		if got := dut.CodeUE(c.mean, c.assidu, c.valide); got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
	if got := ucac.CodeUE(11, true, false); got != AJ {
		t.Errorf("UCAC at 11: %s", got)
	}
}

// TestDecisions takes situations through the table. What a jury may grant, ADJ,
// is among the decisions and is never proposed.
func TestDecisions(t *testing.T) {
	for _, c := range []struct {
		name      string
		cursus    int64
		prev      Code
		flags     string // a assidu, m moyenne, b barres, c compense, s suite, d semestrielle
		want      string // what is proposed, and the ids of all
		precedent Code
		devenir   Devenir
	}{
		{"all is well", 100, "", "ambs", "ADM 10", "", Next},
		{"after a semester compensated", 100, ADC, "ambs", "ADM 10", "", Next},
		{"the last semester", 100, ADM, "amb", "ADM 10", "", Next},
		{"under the mean", 100, "", "abs", "ATT 20 400", "", Next},
		{"under the mean, at the end", 100, ADM, "ab", "AJ 400", "", ""},
		{"under a bar", 100, "", "ams", "ATB 30 420", "", Next},
		{"under both", 100, ADJ, "as", "ATB 30 400", "", Next},
		{"not there", 100, "", "mbs", "ATJ 40 80", "", Next},
		{"not there, at the end", 100, "", "mb", "AJ 80", ADM, Reo},
		{"compensated", 100, ADM, "abcs", "ATT 20 50 400", "", Next},
		{"compensated, at the end", 100, ADM, "abc", "ADC 50 400", "", Next},
		{"no decision before does not compensate", 100, "", "abc", "AJ 400", "", ""},
		{"makes up for the one before", 100, ATT, "ambcs", "ADM 90 100 260", ADC, Next},
		{"well after ATT", 100, ATT, "ambs", "ADM 100 130 260", ADJ, Next},
		{"twice under the mean", 100, ATT, "abs", "AJ 120 140 400 410 600", AJ, RedoAnnee},
		{"ATB before", 100, ATB, "ambs", "AJ 200 210 220 260", AJ, RedoAnnee},
		{"twice not there", 100, ATJ, "ms", "NAR 60 70 80", AJ, Reo},
		{"AJ before, well", 100, AJ, "ambs", "ATT 330", "", RedoAnnee},
		{"AJ before, not there", 100, AJ, "s", "AJ 80 320", ADM, Reo},
		{"AJ twice", 100, AJ, "abs", "AJ 300 400 600", AJ, RedoAnnee},
		{"after NAR", 100, NAR, "abs", "NAR 400 600", NAR, Reo},
		{"twice a year", 100, "", "asd", "ATB 30 400 500 580", "", Next},
		{"twice a year, ATT before", 100, ATT, "abd", "AJ 120 140 400 410 500 550 600", AJ, RedoAnnee},
		{"LP knows no ATT", 210, "", "ab", "AJ 400", "", ""},
		{"LP knows no ATB", 210, "", "as", "AJ 400", "", ""},
		{"LMD compensates", 200, ADM, "abcs", "ADC 50 400", "", Next},
		{"LMD does not wait", 200, ATT, "ambcs", "ADM 90 100 260", ADC, Next},
	} {
		s := Situation{
			Precedent: c.prev, Assidu: strings.Contains(c.flags, "a"), Moyenne: strings.Contains(c.flags, "m"), Barres: strings.Contains(c.flags, "b"),
			Compense: strings.Contains(c.flags, "c"), Suite: strings.Contains(c.flags, "s"), Semestrielle: strings.Contains(c.flags, "d"),
		}
		rules := CursusOf(c.cursus).Decisions(s)
		first, ok := CursusOf(c.cursus).Propose(s)
		if !ok || first.Precedent != c.precedent || first.Devenir != c.devenir {
			t.Errorf("%s: proposes %+v", c.name, first)
			continue
		}
		want := strings.Fields(c.want)
		got := []string{string(first.Code)}
		for _, r := range rules {
			got = append(got, itoa(r.ID))
		}
		slices.Sort(want[1:])
		slices.Sort(got[1:])
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
}

func itoa(n int) string {
	return strings.TrimLeft(string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)}), "0")
}

// TestRulesAreTheTable holds the ends of the table, and that its numbers only
// grow.
func TestRulesAreTheTable(t *testing.T) {
	if len(Rules) != 39 || Rules[0].ID != 10 || Rules[len(Rules)-1].ID != 610 {
		t.Fatalf("%d rules", len(Rules))
	}
	for i, r := range Rules {
		if i > 0 && r.ID <= Rules[i-1].ID {
			t.Errorf("rule %d is after %d", r.ID, Rules[i-1].ID)
		}
		if !slices.Contains(SemestreCodes, r.Code) || (r.Precedent != "" && !slices.Contains(SemestreCodes, r.Precedent)) {
			t.Errorf("rule %d: codes %s, %s", r.ID, r.Code, r.Precedent)
		}
	}
}

func TestSemestresAfter(t *testing.T) {
	for _, c := range []struct {
		devenir Devenir
		n, last int
		want    []int
	}{
		{Next, 1, 4, []int{2}},
		{Next, 4, 4, nil},
		{Next, -1, 4, nil},
		{RedoAnnee, 1, 4, []int{1}},
		{RedoAnnee, 4, 4, []int{3}},
		{RedoSem, 2, 4, []int{2}},
		{RaOrRs, 2, 4, []int{1, 2}},
		{RaOrRs, 3, 4, []int{3}},
		{RsOrNext, 2, 4, []int{2, 3}},
		{RsOrNext, 4, 4, []int{4}},
		{Reo, 2, 4, nil},
	} {
		if got := c.devenir.Semestres(c.n, c.last); !slices.Equal(got, c.want) {
			t.Errorf("%s after %d of %d: %v", c.devenir, c.n, c.last, got)
		}
	}
}

func TestCompense(t *testing.T) {
	of := func(n int, mean float64) Semestre { return Semestre{Indice: n, Moyenne: mean, Barres: true} }
	coded := func(s Semestre, code Code) Semestre { s.Code = code; return s }
	busy, under := of(1, 14), of(1, 14)
	busy.Ailleurs, under.Barres = true, false
	for _, c := range []struct {
		name string
		s, o Semestre
		want bool
	}{
		{"the one before", of(2, 9), of(1, 11), true},
		{"the one after", of(1, 9), of(2, 11), true},
		{"to a hundredth", of(2, 9), of(1, 10.992), true},
		{"not enough", of(2, 9), of(1, 10.98), false},
		{"two apart", of(3, 9), of(1, 12), false},
		{"the same", of(2, 9), of(2, 12), false},
		{"no semesters", of(-1, 9), of(-2, 12), false},
		{"pending", of(2, 9), coded(of(1, 12), ATT), true},
		{"compensated itself", of(2, 9), coded(of(1, 12), ADC), true},
		{"not valid", of(2, 9), coded(of(1, 12), AJ), false},
		{"makes up for a third", of(2, 9), busy, false},
		{"under its bars", of(2, 9), under, false},
		{"without a mean", of(2, none), of(1, 12), false},
	} {
		if got := dut.Compense(c.s, c.o); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func rcue(a, b float64) RCUE { return RCUE{Moyennes: [2]float64{a, b}, Coefs: [2]float64{1, 1}} }

func TestRCUE(t *testing.T) {
	for _, c := range []struct {
		name string
		r    RCUE
		mean float64
		want [3]Code // RCUE, first UE, second UE
	}{
		{"published", rcue(10.317715802881702, 11.11946734181982), 10.71859157235076, [3]Code{ADM, ADM, ADM}},
		{"one UE under", rcue(9, 12), 10.5, [3]Code{CMP, CMP, ADM}},
		{"the other", rcue(12, 8), 10, [3]Code{CMP, ADM, CMP}},
		{"shown 10.00", rcue(9.996, 9.996), 9.996, [3]Code{ADM, ADM, ADM}},
		{"the mean shown 10.00", rcue(9, 10.992), 9.996, [3]Code{CMP, CMP, ADM}},
		{"under", rcue(11, 8), 9.5, [3]Code{AJ, ADM, AJ}},
		{"both under", rcue(9, 9.5), 9.25, [3]Code{AJ, AJ, AJ}},
		{"the second to come", rcue(9, none), none, [3]Code{"", AJ, ""}},
		{"the first elsewhere", rcue(none, 12), none, [3]Code{"", "", ADM}},
		{"granted by the jury", RCUE{Moyennes: [2]float64{9, 8}, Coefs: [2]float64{1, 1}, Code: ADJ}, 8.5, [3]Code{AJ, ADJR, ADJR}},
		{"brought by a higher level", RCUE{Moyennes: [2]float64{12, 7}, Coefs: [2]float64{1, 1}, Code: ADSUP}, 9.5, [3]Code{AJ, ADM, ADSUP}},
		{"weighed", RCUE{Moyennes: [2]float64{8, 11}, Coefs: [2]float64{1, 3}}, 10.25, [3]Code{CMP, CMP, ADM}},
	} {
		got := [3]Code{c.r.Propose(), c.r.ProposeUE(0), c.r.ProposeUE(1)}
		if m := c.r.Moyenne(); got != c.want || (m != c.mean && !(math.IsNaN(m) && math.IsNaN(c.mean))) {
			t.Errorf("%s: %v %v", c.name, m, got)
		}
	}
}

func TestAnnee(t *testing.T) {
	coded := func(r RCUE, code Code) RCUE { r.Code = code; return r }
	for _, c := range []struct {
		name  string
		annee Annee
		want  string
		suite int // with the first
	}{
		{"all acquired", Annee{1, []RCUE{rcue(12, 11), rcue(9, 12), rcue(10, 10)}, false}, "ADM", 3},
		{"two of three, none under 8", Annee{1, []RCUE{rcue(12, 11), rcue(9, 12), rcue(8, 8)}, false}, "PASD", 3},
		{"shown 08.00", Annee{1, []RCUE{rcue(12, 11), rcue(9, 12), rcue(7.996, 7.996)}, false}, "PASD", 3},
		{"two of three, one under 8", Annee{1, []RCUE{rcue(12, 11), rcue(9, 12), rcue(7, 8)}, false}, "RED PAS1NCI ADJ", 1},
		{"half is not more than half", Annee{1, []RCUE{rcue(12, 11), rcue(9, 9)}, false}, "RED PAS1NCI ADJ NAR", 1},
		{"granted by the jury", Annee{1, []RCUE{rcue(12, 11), coded(rcue(4, 5), ADJ)}, false}, "ADM", 3},
		{"refused by the jury counts by its mean", Annee{1, []RCUE{rcue(12, 11), coded(rcue(12, 12), AJ)}, false}, "ADM", 3},
		{"the second year", Annee{2, []RCUE{rcue(12, 11), rcue(9, 12), rcue(8, 8)}, true}, "PASD", 5},
		{"the second year without the first", Annee{2, []RCUE{rcue(12, 11), rcue(9, 12), rcue(8, 8)}, false}, "RED PAS1NCI ADJ", 3},
		{"the second year acquired without the first", Annee{2, []RCUE{rcue(12, 11)}, false}, "ADM", 0},
		{"the third year", Annee{3, []RCUE{rcue(12, 11), rcue(11, 12)}, true}, "ADM", 0},
		{"the third year does not pass", Annee{3, []RCUE{rcue(12, 11), rcue(11, 12), rcue(9, 9)}, true}, "RED ADJ", 5},
		{"a mean to come", Annee{1, []RCUE{rcue(12, 11), rcue(12, none)}, true}, "", 0},
		{"a level acquired before", Annee{1, []RCUE{rcue(12, 11), coded(rcue(none, none), ADM)}, true}, "ADM", 3},
		{"no level", Annee{1, nil, true}, "", 0},
	} {
		codes := c.annee.Propose()
		got, suite := make([]string, len(codes)), 0
		for i, code := range codes {
			got[i] = string(code)
			if !slices.Contains(AnneeCodes, code) {
				t.Errorf("%s: %s is no code of a year", c.name, code)
			}
		}
		if len(codes) > 0 {
			suite = c.annee.Suite(codes[0])
		}
		if s := strings.Join(got, " "); s != c.want || suite != c.suite {
			t.Errorf("%s: %q then %d", c.name, s, suite)
		}
	}
	for code, want := range map[Code]int{PAS1NCI: 3, ADJ: 3, ADSUP: 3, ABL: 1, NAR: 0, DEM: 0, EXCLU: 0, ATJ: 0} {
		if got := (Annee{Ordre: 1}).Suite(code); got != want {
			t.Errorf("%s leads to %d", code, got)
		}
	}
}

func TestSuperieurs(t *testing.T) {
	for _, c := range []struct {
		name string
		list []Niveau
		want []int
	}{
		{"the level below", []Niveau{{1, 1, false}, {1, 2, true}}, []int{0}},
		{"all below", []Niveau{{1, 3, true}, {1, 1, false}, {1, 2, false}}, []int{1, 2}},
		{"not above", []Niveau{{1, 1, true}, {1, 2, false}}, nil},
		{"of another competence", []Niveau{{1, 1, false}, {2, 2, true}}, nil},
		{"acquired already", []Niveau{{1, 1, true}, {1, 2, true}}, nil},
		{"a hole", []Niveau{{1, 1, true}, {1, 2, false}, {1, 3, true}}, []int{1}},
		{"nothing", nil, nil},
	} {
		if got := Superieurs(c.list); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

var means = rapid.Float64Range(0, 20)

// TestProposalsOfRCUE: a mark more never costs a code, the two UEs stand
// alike, and compensation is full.
func TestProposalsOfRCUE(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, more := means.Draw(t, "a"), means.Draw(t, "b"), rapid.Float64Range(0, 5).Draw(t, "more")
		r := rcue(a, b)
		if got, swapped := r.Propose(), rcue(b, a).Propose(); got != swapped {
			t.Fatalf("%s, and %s the other way round", got, swapped)
		}
		better := rcue(math.Min(20, a+more), b)
		if better.Propose().Force() < r.Propose().Force() || better.ProposeUE(0).Force() < r.ProposeUE(0).Force() {
			t.Fatalf("%v gives less than %v", better, r)
		}
		if r.Propose().ValideRCUE() != (r.ProposeUE(0).ValideUE() && r.ProposeUE(1).ValideUE()) {
			t.Fatalf("%s with UEs %s and %s", r.Propose(), r.ProposeUE(0), r.ProposeUE(1))
		}
	})
}

// TestProposalsOfYears: one code at least where all is known, the order of
// levels does not matter, better means never close the way.
func TestProposalsOfYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Annee{Ordre: rapid.IntRange(1, 3).Draw(t, "ordre"), BUT1: rapid.Bool().Draw(t, "but1")}
		for range rapid.IntRange(1, 6).Draw(t, "levels") {
			a.RCUEs = append(a.RCUEs, rcue(means.Draw(t, "a"), means.Draw(t, "b")))
		}
		codes := a.Propose()
		if len(codes) == 0 {
			t.Fatal("nothing")
		}
		turned := a
		turned.RCUEs = slices.Clone(a.RCUEs)
		slices.Reverse(turned.RCUEs)
		if got := turned.Propose(); !slices.Equal(got, codes) {
			t.Fatalf("%v, and %v the other way round", codes, got)
		}
		better := a
		better.RCUEs = slices.Clone(a.RCUEs)
		i := rapid.IntRange(0, len(a.RCUEs)-1).Draw(t, "which")
		better.RCUEs[i].Moyennes[0] = math.Min(20, better.RCUEs[i].Moyennes[0]+3)
		if got := better.Propose(); got[0].Force() < codes[0].Force() {
			t.Fatalf("%v, and %v with a better mean", codes, got)
		}
	})
}

// TestTheTableAnswers: whatever the situation, all decisions are allowed codes
// and the proposal is the first; who does well is admitted.
func TestTheTableAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := CursusOf(rapid.SampledFrom([]int64{0, 100, 120, 200, 210, 300, 403, 501, 1001, 1010}).Draw(t, "cursus"))
		s := Situation{
			Precedent: rapid.SampledFrom(append([]Code{""}, SemestreCodes...)).Draw(t, "before"), Assidu: rapid.Bool().Draw(t, "assidu"),
			Moyenne: rapid.Bool().Draw(t, "moyenne"), Barres: rapid.Bool().Draw(t, "barres"), Compense: rapid.Bool().Draw(t, "compense"),
			Suite: rapid.Bool().Draw(t, "suite"), Semestrielle: rapid.Bool().Draw(t, "semestrielle"),
		}
		rules := c.Decisions(s)
		for _, r := range rules {
			if !c.Permet(r.Code) || !c.Permet(r.Precedent) || (!s.Semestrielle && (r.Devenir == RedoSem || r.Devenir == RaOrRs || r.Devenir == RsOrNext)) {
				t.Fatalf("rule %d", r.ID)
			}
		}
		if s.Assidu && s.Moyenne && s.Barres && slices.Contains([]Code{"", ADM, ADC, ADJ}, s.Precedent) && rules[0].Code != ADM {
			t.Fatalf("%+v: %s", s, rules[0].Code)
		}
	})
}
