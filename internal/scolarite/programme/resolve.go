package programme

import (
	"fmt"

	"intendant/internal/scolarite/tree"
)

// Known is what a framework of competences has, by the names that programmes
// call it; its zero value has nothing.
type Known struct {
	Parcours map[string]int64
	Niveaux  []Niveau
	// AppCritiques are the rows of a code, in the order of the framework: one
	// as a rule.
	AppCritiques map[string][]int64
}

// Niveau is a level of a competence.
type Niveau struct {
	ID                         int64
	Competence, Libelle, Annee string
	Ordre                      int64
}

// NamesCompetences reports whether the programme speaks of levels, tracks or
// critical learnings, which only a framework of competences explains.
func (f *Programme) NamesCompetences() bool {
	names := false
	for _, ue := range f.UE {
		names = names || ue.hasNiveau() || len(ue.Parcours) > 0
	}
	f.eachModule(func(m *ProgrammeModule) { names = names || len(m.Parcours) > 0 || len(m.AppCritiques) > 0 })
	return names
}

// WithoutCompetences takes levels, tracks and critical learnings out.
func (f *Programme) WithoutCompetences() {
	f.RefcompSpecialite, f.RefcompVersionOrebut, f.RefcompTypeTitre = "", "", ""
	for i := range f.UE {
		ue := &f.UE[i]
		ue.NiveauCompetence, ue.NiveauLibelle, ue.NiveauAnnee, ue.NiveauOrdre = "", "", "", 0
		ue.Parcours = []ProgrammeParcours{}
	}
	f.eachModule(func(m *ProgrammeModule) { m.Parcours, m.AppCritiques = []ProgrammeParcours{}, []string{} })
}

// Fault returns the [*tree.Error] of a fault that only the reader of the file
// can know, in a member of the programme that Read returned.
func (f *Programme) Fault(member, message string) error {
	f.node.FaultAt(member, message)
	return f.node.Err()
}

// Resolve finds what a programme that was read speaks of: it sets
// NiveauCompetenceID, the ids of tracks, and AppCritiqueIDs. The error is a
// [*tree.Error] with the place of every name that is unknown.
func (f *Programme) Resolve(known Known) error {
	levels := levelsByName(known.Niveaux)
	for i := range f.UE {
		ue := &f.UE[i]
		resolveParcours(ue.node, ue.Parcours, known)
		if ue.hasNiveau() {
			ue.resolveNiveau(levels)
		}
	}
	f.eachModule(func(m *ProgrammeModule) {
		resolveParcours(m.node, m.Parcours, known)
		m.resolveAppCritiques(known.AppCritiques)
	})
	return f.node.Err()
}

func (ue *ProgrammeUE) hasNiveau() bool { return ue.NiveauLibelle != "" || ue.NiveauAnnee != "" }

// levelName is what a UE calls a level: its year and its competence, or the rest
// of it where the file does not say the competence.
type levelName struct {
	annee, competence, libelle string
	ordre                      int64
}

// levelsByName returns the levels under both names: files may hold as many UEs
// as frameworks hold levels.
func levelsByName(levels []Niveau) map[levelName][]int64 {
	byName := make(map[levelName][]int64, 2*len(levels))
	for _, l := range levels {
		for _, name := range []levelName{{annee: l.Annee, competence: l.Competence}, {annee: l.Annee, libelle: l.Libelle, ordre: l.Ordre}} {
			byName[name] = append(byName[name], l.ID)
		}
	}
	return byName
}

// resolveNiveau finds the level of the UE by its name.
func (ue *ProgrammeUE) resolveNiveau(levels map[levelName][]int64) {
	name := levelName{annee: ue.NiveauAnnee, libelle: ue.NiveauLibelle, ordre: ue.NiveauOrdre}
	place := "apc_niveau_libelle"
	if ue.NiveauCompetence != "" {
		name, place = levelName{annee: ue.NiveauAnnee, competence: ue.NiveauCompetence}, "apc_niveau_competence"
	}
	switch found := levels[name]; len(found) {
	case 0:
		ue.node.FaultAt(place, "niveau de compétence inconnu")
	case 1:
		ue.NiveauCompetenceID = found[0]
	default:
		ue.node.FaultAt(place, "plusieurs niveaux de compétence portent ce nom")
	}
}

func resolveParcours(n *tree.Node, list []ProgrammeParcours, known Known) {
	for i := range list {
		id, ok := known.Parcours[list[i].Code]
		if !ok {
			n.FaultAt(n.Either("parcours", "parcour"), fmt.Sprintf("parcours inconnu (%s)", list[i].Code))
		}
		list[i].ID = id
	}
}

// resolveAppCritiques finds the rows of the codes: of a code that several have,
// one for each time the module says it.
func (m *ProgrammeModule) resolveAppCritiques(known map[string][]int64) {
	used := map[string]int{}
	m.AppCritiqueIDs = make([]int64, 0, len(m.AppCritiques))
	for _, code := range m.AppCritiques {
		rows := known[code]
		switch n := used[code]; {
		case len(rows) == 0:
			m.node.FaultAt("app_critiques", fmt.Sprintf("apprentissage critique inconnu (%s)", code))
		case n == len(rows):
			m.node.FaultAt("app_critiques", fmt.Sprintf("apprentissage critique en double (%s)", code))
		default:
			m.AppCritiqueIDs = append(m.AppCritiqueIDs, rows[n])
			used[code]++
		}
	}
}
