// Package bulletin prints report cards, one to a document, as families get
// them. It knows neither the base nor the wire: what it prints is in
// [Bulletin], in French and as it is to be read. The same report card gives the
// same bytes.
package bulletin

import (
	"fmt"
	"io"
	"strings"
	"time"

	"intendant/internal/scolarite/imprime"
)

// Bulletin is the report card of a student in a semester. What is empty is not
// printed.
type Bulletin struct {
	Departement string
	Formation   string // its official title
	Semestre    string // "BUT R&T, semestre 1"
	Annee       string // "2025 - 2026"
	// Filigrane is printed across each page: "Provisoire".
	Filigrane string
	// Date is in the properties of the document, and nowhere on it.
	Date time.Time
	// Logo and Photo are JPEG pictures that [Picture] made, or a camera.
	Logo, Photo []byte

	Nom string // "Mme Inès GAUTIER"
	// Identite and Scolarite stand side by side under the name.
	Identite, Scolarite []Ligne

	UEs      Table
	Sections []Table // of modules: resources and SAÉs, or one for each UE
	// Remarques are below the tables: absences, decisions, appreciations.
	Remarques []Ligne
	// Signature leaves room for one, under this title: "Le chef de département".
	Signature string
}

// Ligne is a text and what it is about.
type Ligne struct{ Libelle, Texte string }

// Table is a table whose rows are never cut by the end of a page, where its head
// is drawn again.
type Table struct {
	Titre   string
	Columns []Column
	Rows    []Row
}

// Column is a column of a table. That whose Width is 0 takes what the others
// leave; there must be one.
type Column struct {
	Titre string
	Width float64 // in millimetres
	Left  bool    // a text, not a figure
}

// Row is a row of a table, with as many cells as columns or fewer.
type Row struct {
	Cells []string
	Kind  Kind
}

// Kind is what a row is in its table.
type Kind int

// The kinds of rows. A [Detail] follows what it is a detail of, and the first
// stays on its page.
const (
	Plain Kind = iota
	Strong
	Detail
)

// PDF writes the report card to be handed over. It fails when w does, or when a
// picture is none.
func (b *Bulletin) PDF(w io.Writer) error {
	p := newPage(b)
	p.title()
	p.student()
	p.table(&b.UEs)
	for i := range b.Sections {
		p.table(&b.Sections[i])
	}
	p.remarks()
	p.signature()
	if err := p.Output(w); err != nil {
		return fmt.Errorf("report card of %s: %w", b.Nom, err)
	}
	return nil
}

// clean makes a text printable and on one line.
func clean(text string) string { return strings.Join(strings.Fields(imprime.Printable(text)), " ") }
