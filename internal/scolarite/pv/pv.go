// Package pv prints the minutes of juries, as PDF and as a workbook. It knows
// neither the base nor the wire: what it prints is in [Minutes]. The same
// minutes give the same bytes.
package pv

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"intendant/internal/tableur"
)

// Minutes are the minutes of the jury of a semester.
type Minutes struct {
	Departement string
	Formation   string // its official title
	Semestre    string // with its number
	Session     string // "S1 2025/2026, FI"
	// Date is that of the latest decision: the document bears no other.
	Date time.Time
	// Decision heads the column of what the jury decides on: "Année" or
	// "Semestre".
	Decision string
	// UEs and RCUEs head the columns of marks: the acronyms of a UE, or of the
	// two of an RCUE.
	UEs   []string
	RCUEs [][2]string
	// Etudiants are in the order of lists.
	Etudiants []Etudiant
	// Legende says what the codes mean, in the order they are printed.
	Legende []Libelle
}

// Libelle is a code and its meaning.
type Libelle struct{ Code, Texte string }

// Etudiant is a line of the minutes. UEs and RCUEs are as many as the columns.
type Etudiant struct {
	Etudid      int64
	NIP         string
	Nom, Prenom string
	Etat        string  // "Démission", "Défaillant", "" for one who is there
	Generale    float64 // the general mean, NaN for none
	UEs, RCUEs  []Cell
	Decision    string // a code, "" for none
	ECTS        float64
	Suite       string // "S2", "S1 ou S2", "" for nothing
}

// Cell is a mean, NaN for none, and a code, "" for none. Absent tells that the
// student does not have the UE.
type Cell struct {
	Moyenne float64
	Code    string
	Absent  bool
}

// nom is a student as lists have him.
func (e *Etudiant) nom() string { return strings.TrimSpace(e.Nom + " " + e.Prenom) }

// isDecided tells whether the jury decided anything of him.
func (e *Etudiant) isDecided() bool {
	hasCode := func(c Cell) bool { return c.Code != "" }
	return e.Decision != "" || slices.ContainsFunc(e.UEs, hasCode) || slices.ContainsFunc(e.RCUEs, hasCode)
}

// preamble says what the jury did, and of how many students.
func (m *Minutes) preamble() string {
	decided := 0
	for i := range m.Etudiants {
		if m.Etudiants[i].isDecided() {
			decided++
		}
	}
	if decided == 0 {
		return "Le jury n’a pas encore arrêté de décision (" + students(len(m.Etudiants)) + ")."
	}
	of := students(decided)
	if decided < len(m.Etudiants) {
		of += fmt.Sprint(" sur ", len(m.Etudiants), " ; un tiret pour qui n’a pas de décision")
	}
	return fmt.Sprintf("Le jury, réuni souverainement, a arrêté le %s les décisions suivantes (%s).", m.Date.Format("02/01/2006"), of)
}

func students(n int) string {
	if n < 2 {
		return fmt.Sprint(n, " étudiant")
	}
	return fmt.Sprint(n, " étudiants")
}

// mean prints a mean to a hundredth.
func mean(m float64) string {
	if math.IsNaN(m) {
		return "–"
	}
	return strings.Replace(fmt.Sprintf("%.2f", m), ".", ",", 1)
}

// ects prints credits: 30, or 7,5.
func ects(n float64) string { return strings.Replace(fmt.Sprint(n), ".", ",", 1) }

// XLSX writes the minutes as a workbook, a line for each student. It fails when
// w does.
func (m *Minutes) XLSX(w io.Writer) error {
	header := []string{"etudid", "NIP", "Nom", "Prénom", "État", "Moyenne"}
	for _, u := range m.UEs {
		header = append(header, u, u+" code")
	}
	for _, r := range m.RCUEs {
		name := "RCUE " + r[0] + " " + r[1]
		header = append(header, name, name+" code")
	}
	header = append(header, m.Decision, "ECTS", "Autorisé à s’inscrire en")
	export := tableur.Export{Title: "PV " + m.Session, Header: header, Rows: func(yield func([]tableur.Cell) bool) {
		for i := range m.Etudiants {
			if !yield(m.Etudiants[i].row()) {
				return
			}
		}
	}}
	if err := export.XLSX(w); err != nil {
		return fmt.Errorf("minutes of %s: %w", m.Session, err)
	}
	return nil
}

func (e *Etudiant) row() []tableur.Cell {
	row := []tableur.Cell{e.Etudid, e.NIP, e.Nom, e.Prenom, e.Etat, e.Generale}
	for _, cells := range [][]Cell{e.UEs, e.RCUEs} {
		for _, c := range cells {
			row = append(row, c.Moyenne, c.Code)
		}
	}
	return append(row, e.Decision, e.ECTS, e.Suite)
}
