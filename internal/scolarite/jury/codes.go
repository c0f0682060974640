package jury

import "slices"

// Code is a decision of a jury; "" is none.
type Code string

// The codes. Which stands where is told by [UECodes], [RCUECodes],
// [AnneeCodes] and [SemestreCodes].
const (
	ADM     Code = "ADM"     // reached
	ADC     Code = "ADC"     // a classic semester acquired by compensation with another
	CMP     Code = "CMP"     // acquired by compensation: in its RCUE, or as its semester is valid
	ADJ     Code = "ADJ"     // granted by the jury
	ADJR    Code = "ADJR"    // a UE granted because its RCUE is ADJ
	ADSUP   Code = "ADSUP"   // granted because a higher level is validated
	AJ      Code = "AJ"      // not acquired
	ATT     Code = "ATT"     // a classic semester pending: the mean is under the bar
	ATB     Code = "ATB"     // a classic semester pending: a UE is under its bar
	ATJ     Code = "ATJ"     // pending: attendance, or the jury
	RAT     Code = "RAT"     // waiting for a resit
	DEF     Code = "DEF"     // défaillant
	DEM     Code = "DEM"     // resigned
	UEBSL   Code = "UEBSL"   // a UE of a blank semester
	ABAN    Code = "ABAN"    // abandonment noted without a letter
	ABL     Code = "ABL"     // blank year
	EXCLU   Code = "EXCLU"   // excluded
	NAR     Code = "NAR"     // failed, may not repeat
	RED     Code = "RED"     // adjourned, may repeat
	PASD    Code = "PASD"    // passes by right, not everything validated
	PAS1NCI Code = "PAS1NCI" // passes by the jury, a level at least insufficient
)

// The codes that may be recorded, each list in the order of the strength that
// people expect.
var (
	// UECodes are those of a UE in the BUT, UEClassiqueCodes elsewhere.
	UECodes          = []Code{ADM, CMP, ADJ, ADJR, ADSUP, AJ, ATJ, RAT, DEF, UEBSL, DEM, ABAN}
	UEClassiqueCodes = []Code{ADM, CMP, AJ}
	RCUECodes        = []Code{ADM, CMP, ADJ, ADSUP, AJ, ATJ, RAT, DEF, ABAN}
	AnneeCodes       = []Code{ADM, ADJ, ADSUP, PASD, PAS1NCI, RED, NAR, ATJ, RAT, DEF, ABAN, ABL, DEM, EXCLU}
	SemestreCodes    = []Code{ADM, ADC, ADJ, ATT, ATB, ATJ, AJ, NAR, RAT, DEF}
)

var (
	ueValides       = []Code{ADM, CMP, ADJ, ADJR, ADSUP}
	rcueValides     = []Code{ADM, CMP, ADJ, ADSUP}
	anneeValides    = []Code{ADM, ADJ, PASD, PAS1NCI, ADSUP}
	semestreValides = []Code{ADM, ADC, ADJ}
)

// ValideUE tells whether a code acquires a UE, hence its ECTS.
func (c Code) ValideUE() bool { return slices.Contains(ueValides, c) }

// ValideRCUE tells whether a code acquires the level of a competence.
func (c Code) ValideRCUE() bool { return slices.Contains(rcueValides, c) }

// ValideAnnee tells whether a code lets a student of the BUT into the next
// year.
func (c Code) ValideAnnee() bool { return slices.Contains(anneeValides, c) }

// ValideSemestre tells whether a code acquires a classic semester.
func (c Code) ValideSemestre() bool { return slices.Contains(semestreValides, c) }

// Capitalise tells whether a code keeps a UE for good, with its mean.
func (c Code) Capitalise() bool { return c == ADM }

// forces order codes where two compete for one UE, RCUE or year.
var forces = map[Code]int{
	ABAN: 0, ABL: 0, DEM: 0, DEF: 0, EXCLU: 0, NAR: 0,
	RAT: 5, RED: 6, AJ: 10, ATJ: 20,
	CMP: 50, ADC: 50, PASD: 50, PAS1NCI: 60,
	ADSUP: 90, ADJ: 90, ADJR: 90, ADM: 100,
}

// Force is the strength of a code, -1 for none and for those that never
// compete.
func (c Code) Force() int {
	if force, ok := forces[c]; ok {
		return force
	}
	return -1
}

// Emporte tells whether a proposal takes the place of a recorded code: where
// there is none, or a weaker one. What a jury pronounced against a student
// (strength 0) stays until a person takes it back.
func (c Code) Emporte(recorded Code) bool {
	if recorded == "" {
		return c != ""
	}
	return recorded.Force() != 0 && c.Force() > recorded.Force()
}

// MeilleurCode returns the stronger of two codes, a when they are equal.
func MeilleurCode(a, b Code) Code {
	if b.Force() > a.Force() {
		return b
	}
	return a
}

var libelles = map[Code]string{
	ADM: "Validé", ADC: "Validé par compensation", CMP: "Acquis par compensation", ADJ: "Validé par le jury",
	ADJR: "UE validée par le jury (RCUE)", ADSUP: "Acquis par un niveau supérieur", AJ: "Ajourné",
	ATT: "Décision en attente d’un autre semestre (moyenne)", ATB: "Décision en attente d’un autre semestre (barre d’UE)",
	ATJ: "Décision en attente (assiduité ou jury)", RAT: "En attente d’un rattrapage", DEF: "Défaillant", DEM: "Démission",
	UEBSL: "Semestre blanc", ABAN: "Abandon constaté", ABL: "Année blanche", EXCLU: "Exclu", NAR: "Non admis, redoublement non autorisé",
	RED: "Ajourné, redoublement autorisé", PASD: "Passage de droit", PAS1NCI: "Passage par décision du jury",
}

// Libelle is a code in the words of the minutes; the code itself when unknown.
func (c Code) Libelle() string {
	if text, ok := libelles[c]; ok {
		return text
	}
	return string(c)
}
