// Package programme is a programme as a file: the formation, its UEs, their
// matières and modules, nested, as ScoDoc's servers export and import it.
//
// Nothing in a file is a number of some database: UEs are referred to by their
// code, tracks and critical learnings by theirs, levels by their competence and
// year, the framework of competences by its speciality and version. Files made
// by other servers are read too, JSON and the XML of older ones.
package programme

import (
	"encoding/json"
	"fmt"
	"io"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/scolarite/tree"
)

// Programme is a programme. A text that there is none of is "". The ids, here
// and below, are those of the base it was taken from, 0 for none; they are left
// out of files that are to go elsewhere, and never read.
type Programme struct {
	ID             int64  `json:"id,omitempty"`
	FormationID    int64  `json:"formation_id,omitempty"`
	DeptID         int64  `json:"dept_id,omitempty"`
	Acronyme       string `json:"acronyme"`
	Titre          string `json:"titre"`
	TitreOfficiel  string `json:"titre_officiel"`
	Version        int64  `json:"version"`
	FormationCode  string `json:"formation_code"`
	TypeParcours   int64  `json:"type_parcours"`
	CodeSpecialite string `json:"code_specialite"`
	Commentaire    string `json:"commentaire"`
	Archived       bool   `json:"archived"`
	// The framework of competences, absent when there is none.
	ReferentielCompetenceID int64         `json:"referentiel_competence_id,omitempty"`
	RefcompSpecialite       string        `json:"refcomp_specialite,omitempty"`
	RefcompVersionOrebut    string        `json:"refcomp_version_orebut,omitempty"`
	RefcompTypeTitre        string        `json:"refcomp_type_titre,omitempty"`
	UE                      []ProgrammeUE `json:"ue"`

	node *tree.Node
}

// ProgrammeUE is a teaching unit.
type ProgrammeUE struct {
	ID             int64           `json:"id,omitempty"`
	UEID           int64           `json:"ue_id,omitempty"`
	FormationID    int64           `json:"formation_id,omitempty"`
	Acronyme       string          `json:"acronyme"`
	Numero         int64           `json:"numero"`
	Titre          string          `json:"titre"`
	Type           int64           `json:"type"`
	UECode         string          `json:"ue_code"`
	Reference      string          `json:"reference"` // its name in the file, see [References]
	ECTS           *jsonvalue.Real `json:"ects,omitempty"`
	IsExternal     bool            `json:"is_external"`
	CodeApogee     string          `json:"code_apogee"`
	CodeApogeeRCUE string          `json:"code_apogee_rcue"`
	Coefficient    jsonvalue.Real  `json:"coefficient"`
	CoefRCUE       jsonvalue.Real  `json:"coef_rcue"`
	SemestreIdx    *int64          `json:"semestre_idx"`
	Color          string          `json:"color"`
	// The level of competence, absent when there is none.
	NiveauCompetenceID int64               `json:"niveau_competence_id,omitempty"`
	NiveauCompetence   string              `json:"apc_niveau_competence,omitempty"`
	NiveauLibelle      string              `json:"apc_niveau_libelle,omitempty"`
	NiveauAnnee        string              `json:"apc_niveau_annee,omitempty"`
	NiveauOrdre        int64               `json:"apc_niveau_ordre,omitempty"`
	Parcours           []ProgrammeParcours `json:"parcours"`
	Matiere            []ProgrammeMatiere  `json:"matiere"`

	node *tree.Node
}

// ProgrammeParcours is a track that a UE or a module belongs to.
type ProgrammeParcours struct {
	ID   int64  `json:"id,omitempty"`
	Code string `json:"code"`
	// ECTS replaces the UE's own in the track.
	ECTS *jsonvalue.Real `json:"ects,omitempty"`
}

// ProgrammeMatiere is a group of modules of a UE.
type ProgrammeMatiere struct {
	ID        int64             `json:"id,omitempty"`
	MatiereID int64             `json:"matiere_id,omitempty"`
	UEID      int64             `json:"ue_id,omitempty"`
	Titre     string            `json:"titre"`
	Numero    int64             `json:"numero"`
	Module    []ProgrammeModule `json:"module"`
}

// ProgrammeModule is a module. Hours are what a student has of each kind.
type ProgrammeModule struct {
	ID           int64                  `json:"id,omitempty"`
	ModuleID     int64                  `json:"module_id,omitempty"`
	MatiereID    int64                  `json:"matiere_id,omitempty"`
	UEID         int64                  `json:"ue_id,omitempty"`
	FormationID  int64                  `json:"formation_id,omitempty"`
	Titre        string                 `json:"titre"`
	Abbrev       string                 `json:"abbrev"`
	Code         string                 `json:"code"`
	HeuresCours  *jsonvalue.Real        `json:"heures_cours"`
	HeuresTD     *jsonvalue.Real        `json:"heures_td"`
	HeuresTP     *jsonvalue.Real        `json:"heures_tp"`
	Coefficient  *jsonvalue.Real        `json:"coefficient"`
	ECTS         *jsonvalue.Real        `json:"ects,omitempty"`
	SemestreID   int64                  `json:"semestre_id"`
	Numero       int64                  `json:"numero"`
	CodeApogee   string                 `json:"code_apogee"`
	ModuleType   int64                  `json:"module_type"`
	EdtID        string                 `json:"edt_id"`
	Tags         []ProgrammeTag         `json:"tags"`
	Coefficients []ProgrammeCoefficient `json:"coefficients"` // APC: towards the UEs
	Parcours     []ProgrammeParcours    `json:"parcours"`
	AppCritiques []string               `json:"app_critiques"` // codes
	// AppCritiqueIDs are the rows of AppCritiques, set by [Programme.Resolve].
	AppCritiqueIDs []int64 `json:"-"`

	node *tree.Node
}

// ProgrammeTag is a word that modules are found by.
type ProgrammeTag struct {
	Name string `json:"name"`
}

// ProgrammeCoefficient is the weight of a module in a UE.
type ProgrammeCoefficient struct {
	UEReference string         `json:"ue_reference"`
	UEID        int64          `json:"ue_id,omitempty"`
	Coef        jsonvalue.Real `json:"coef"`
}

// References gives each UE a name that is the same wherever the programme is:
// its code, which is usually alone of its kind, else the code and a number.
func References(ues []ProgrammeUE) {
	codes := make(map[string]bool, len(ues))
	for _, ue := range ues {
		codes[ue.code()] = true
	}
	taken, last := map[string]bool{}, map[string]int{}
	for i, ue := range ues {
		code := ue.code()
		name := code
		for taken[name] || name != code && codes[name] {
			last[code]++
			name = fmt.Sprintf("%s-%d", code, last[code]+1)
		}
		taken[name] = true
		ues[i].Reference = name
	}
}

// code is what the UE is called in the file.
func (ue *ProgrammeUE) code() string {
	if ue.UECode == "" {
		return ue.Acronyme
	}
	return ue.UECode
}

// Modules returns how many modules the programme has.
func (f *Programme) Modules() int {
	n := 0
	f.eachModule(func(*ProgrammeModule) { n++ })
	return n
}

// WithoutIDs takes all ids out: another base has others.
func (f *Programme) WithoutIDs() {
	f.ID, f.FormationID, f.DeptID, f.ReferentielCompetenceID = 0, 0, 0, 0
	for i := range f.UE {
		ue := &f.UE[i]
		ue.ID, ue.UEID, ue.FormationID, ue.NiveauCompetenceID = 0, 0, 0, 0
		withoutIDs(ue.Parcours)
		for j := range ue.Matiere {
			m := &ue.Matiere[j]
			m.ID, m.MatiereID, m.UEID = 0, 0, 0
		}
	}
	f.eachModule(func(m *ProgrammeModule) {
		m.ID, m.ModuleID, m.MatiereID, m.UEID, m.FormationID = 0, 0, 0, 0, 0
		withoutIDs(m.Parcours)
		for i := range m.Coefficients {
			m.Coefficients[i].UEID = 0
		}
	})
}

func withoutIDs(list []ProgrammeParcours) {
	for i := range list {
		list[i].ID = 0
	}
}

// eachModule calls fn with every module.
func (f *Programme) eachModule(fn func(*ProgrammeModule)) {
	for i := range f.UE {
		for j := range f.UE[i].Matiere {
			for k := range f.UE[i].Matiere[j].Module {
				fn(&f.UE[i].Matiere[j].Module[k])
			}
		}
	}
}

// Write writes the file of a programme, for people to read too.
func Write(w io.Writer, f Programme) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(f)
}
