package jury

import "slices"

// The types of UEs that bars look at, numbered as in the contract.
const (
	Standard      = 0
	Sport         = 1
	StageProjet   = 2 // project and placement of a licence professionnelle
	Stage         = 3 // placement
	Professionnel = 5
)

// Cursus is what a classic curriculum asks for.
type Cursus struct {
	// Semestres is how many semesters it has.
	Semestres int
	// BarreMoyenne is the general mean that acquires a semester.
	BarreMoyenne float64
	// BarreUE is the mean that every UE must reach for that; 0 asks for
	// nothing. BarreStandard asks it of standard UEs only.
	BarreUE       float64
	BarreStandard bool
	// BarreStage is the mean that placements must reach on their own: each UE of
	// type 3, and together those of type 2. 0 asks for nothing.
	BarreStage float64
	// ValideUE is the mean that acquires a UE.
	ValideUE float64
	// ECTS and Fondamentaux are the credits of a year, in all and of fundamental
	// UEs, that acquire a semester (half of them) in the place of any mean; 0 in
	// other curricula.
	ECTS, Fondamentaux float64
	// Interdits are the codes that it does not know.
	Interdits []Code
}

var (
	dut       = Cursus{Semestres: 4, BarreMoyenne: 10, BarreUE: 8, ValideUE: 10}
	lp        = Cursus{Semestres: 1, BarreMoyenne: 10, BarreStage: 10, ValideUE: 10, Interdits: []Code{ADC, ATT, ATB}}
	licence   = Cursus{Semestres: 6, BarreMoyenne: 10, BarreUE: 8, ValideUE: 10, Interdits: []Code{ATT, ATB}}
	master    = Cursus{Semestres: 4, BarreMoyenne: 10, BarreUE: 8, ValideUE: 10, Interdits: []Code{ATT, ATB}}
	masterIG  = Cursus{Semestres: 4, BarreMoyenne: 10, BarreUE: 7, BarreStage: 10, ValideUE: 10, Interdits: []Code{ATT, ATB}}
	ucac      = Cursus{Semestres: 1, BarreMoyenne: 12, BarreUE: 12, ValideUE: 12, Interdits: []Code{ADC, ATT, ATB}}
	ileps     = Cursus{Semestres: 6, BarreMoyenne: 10, BarreUE: 8, BarreStandard: true, ValideUE: 10}
	iscid     = Cursus{Semestres: 6, ECTS: 60, Fondamentaux: 42, ValideUE: 10, Interdits: []Code{ADC, ATT, ATB}}
	iscidDeux = Cursus{Semestres: 4, ECTS: 60, Fondamentaux: 42, ValideUE: 10, Interdits: []Code{ADC, ATT, ATB}}
)

// cursus are the curricula by the type_parcours of their programmes.
var cursus = map[int64]Cursus{
	0: dut, 100: dut, 110: dutOf(1), 120: dutOf(2), 130: dutOf(2),
	200: licence, 210: lp, 220: lp, 300: master, 402: master, 403: masterIG,
	501: ucac, 502: ucac, 503: ucac, 1001: iscid, 1002: iscidDeux, 1010: ileps,
}

func dutOf(semestres int) Cursus {
	c := dut
	c.Semestres = semestres
	return c
}

// CursusOf returns what a type of curriculum asks for: what a DUT does, when it
// is not known.
func CursusOf(typeParcours int64) Cursus {
	if c, ok := cursus[typeParcours]; ok {
		return c
	}
	return dut
}

// Permet tells whether a curriculum knows a code.
func (c Cursus) Permet(code Code) bool { return !slices.Contains(c.Interdits, code) }

// UE is a UE of a student in a classic semester.
type UE struct {
	Type        int
	Moyenne     float64
	Coefficient float64
	ECTS        float64 // credits acquired in it
}

// Barres tells whether a student's UEs reach the bars of the curriculum. A UE
// without mean is under none: it is not graded.
func (c Cursus) Barres(ues []UE) bool {
	stages, coefs := 0., 0.
	for _, u := range ues {
		if !exists(u.Moyenne) || u.Type == Sport {
			continue
		}
		if c.BarreUE > 0 && (u.Type == Standard || !c.BarreStandard) && !atteint(u.Moyenne, c.BarreUE) {
			return false
		}
		if c.BarreStage > 0 && u.Type == Stage && !atteint(u.Moyenne, c.BarreStage) {
			return false
		}
		if u.Type == StageProjet {
			stages += float64(u.Moyenne * u.Coefficient)
			coefs += u.Coefficient
		}
	}
	return c.BarreStage == 0 || coefs == 0 || atteint(stages/coefs, c.BarreStage)
}

// Moyenne tells whether a student's general mean, or his credits where they
// count instead, acquire the semester.
func (c Cursus) Moyenne(generale float64, ues []UE) bool {
	if c.ECTS == 0 {
		return atteint(generale, c.BarreMoyenne)
	}
	all, fondamentaux := 0., 0.
	for _, u := range ues {
		all += u.ECTS
		if u.Type == Standard || u.Type == StageProjet || u.Type == Professionnel {
			fondamentaux += u.ECTS
		}
	}
	return all >= c.ECTS/2 && fondamentaux >= c.Fondamentaux/2
}

// CodeUE is the code of a UE once its semester has one; "" without a mean.
func (c Cursus) CodeUE(moyenne float64, assidu, semestreValide bool) Code {
	switch {
	case !exists(moyenne):
		return ""
	case !assidu:
		return AJ
	case atteint(moyenne, c.ValideUE):
		return ADM
	case semestreValide:
		return CMP
	}
	return AJ
}
