package scolarite

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"intendant/db"
)

// AnneeScolaire is the year in which the school year of a day began: 1 August
// opens one.
func AnneeScolaire(day db.Day) int64 {
	y, m, _ := day.Time().Date()
	if m < time.August {
		y--
	}
	return int64(y)
}

// isOffSeason reports whether a semester begins in the other half of the year
// than its number says: odd ones begin in autumn, even ones in spring.
func isOffSeason(sem db.FormSemestre) bool {
	if sem.SemestreID < 1 {
		return false
	}
	isSpring := sem.DateDebut.Time().Month() <= time.June
	return sem.SemestreID%2 == 1 && isSpring || sem.SemestreID%2 == 0 && sem.DateDebut.Time().Month() > time.June
}

// titreNum is a semester's title with its number, alone without one: clients
// read the year of the BUT in it.
func titreNum(sem db.FormSemestre) string {
	if sem.SemestreID == -1 {
		return sem.Titre
	}
	return fmt.Sprintf("%s semestre %d", sem.Titre, sem.SemestreID)
}

// sessionID names a semester for people: "RT-DUT-FI-S1-2013". It always has
// five parts, the fourth empty for a semester without number.
func sessionID(sem db.FormSemestre, departement string, typeParcours int64) string {
	var number string
	if sem.SemestreID >= 1 {
		number = fmt.Sprint("S", sem.SemestreID)
	}
	if isOffSeason(sem) {
		number += "D"
	}
	modalite := sem.Modalite
	if modalite == "FAP" {
		modalite = "FA"
	}
	return strings.Join([]string{
		sessionPart(strings.ToUpper(departement)), sessionPart(typeName(typeParcours)), sessionPart(modalite), number,
		fmt.Sprint(AnneeScolaire(sem.DateDebut)),
	}, "-")
}

// sessionPart leaves out of a part of a session id its accents, what means
// something to XML, blanks, and the hyphen that parts are joined by.
func sessionPart(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune("'`\"<>!&\\-", r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

// typeNames are the names of the types of curriculum, by the number that
// programmes give in type_parcours.
var typeNames = map[int64]string{
	0:   "Classique",
	100: "DUT Diplôme Universitaire de Technologie",
	110: "DUT4 (4 semestres)",
	120: "DUT2 (2 semestres)",
	200: "Licence LMD",
	210: "LP Licence Professionnelle",
	220: "LP2014 (1 session)",
	300: "Master",
	BUT: "BUT Bachelor Universitaire de Technologie",
}

func typeName(typeParcours int64) string {
	if name, ok := typeNames[typeParcours]; ok {
		return name
	}
	return fmt.Sprint("Type", typeParcours)
}

// sessionName is the name of a department in session ids: the preference
// ImputationDept, else its name, else its acronym.
func sessionName(imputation string, d Departement) string {
	if sessionPart(imputation) != "" {
		return imputation
	}
	if d.DeptName != nil && sessionPart(*d.DeptName) != "" {
		return *d.DeptName
	}
	return d.Acronym
}
