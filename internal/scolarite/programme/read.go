package programme

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/scolarite/tree"
)

// What values are bounded by; lengths are in characters. They are those of the
// entries that change one object.
const (
	maxCode, maxShort, maxText, maxComment = 32, 128, 512, 4096
	maxNumero, maxSemestre                 = 1_000_000, 20
	maxECTS, maxWeight                     = 300, 10_000 // weights are coefficients and hours
)

var color = regexp.MustCompile(`^(#[0-9a-fA-F]{6})?$`)

// Read reads the file of a programme, JSON or XML as its first character says.
// The error is a [*tree.Error] that tells every fault and its place.
func Read(data []byte) (Programme, error) { return read(tree.Read(data)) }

// ReadJSON is Read for a file that should be JSON.
func ReadJSON(data []byte) (Programme, error) { return read(tree.ReadJSON(data)) }

// ReadXML is Read for a file that should be XML.
func ReadXML(data []byte) (Programme, error) { return read(tree.ReadXML(data)) }

func read(root *tree.Node, err error) (Programme, error) {
	if err != nil {
		return Programme{}, err
	}
	if name := root.Name(); !root.IsObject() || name != "" && name != "formation" {
		root.Fault("formation attendue")
		return Programme{}, root.Err()
	}
	f := Programme{
		Acronyme: root.Need("acronyme", maxShort), Titre: root.Need("titre", maxText), TitreOfficiel: root.Text("titre_officiel", maxText),
		Version: root.IntOr("version", 1, 0, math.MaxInt32), FormationCode: root.Text("formation_code", maxCode),
		TypeParcours: root.IntOr("type_parcours", 0, 0, 9999), CodeSpecialite: root.Text("code_specialite", maxCode),
		Commentaire: root.Text("commentaire", maxComment), Archived: root.Bool("archived"),
		RefcompSpecialite: root.Text("refcomp_specialite", 0), RefcompVersionOrebut: root.Text("refcomp_version_orebut", 0),
		RefcompTypeTitre: root.Text("refcomp_type_titre", 0),
		UE:               []ProgrammeUE{}, node: root,
	}
	if f.TitreOfficiel == "" {
		f.TitreOfficiel = f.Titre
	}
	for _, n := range root.List("ue") {
		f.UE = append(f.UE, readUE(n))
	}
	f.checkReferences()
	return f, root.Err()
}

func readUE(n *tree.Node) ProgrammeUE {
	ue := ProgrammeUE{
		Acronyme: n.Need("acronyme", maxShort), Numero: n.IntOr("numero", 0, 0, maxNumero), Titre: n.Text("titre", maxText),
		Type: n.IntOr("type", 0, 0, 6), UECode: n.Text("ue_code", maxCode), Reference: n.Text("reference", 0),
		ECTS: float(n, "ects", maxECTS), IsExternal: n.Bool("is_external"), CodeApogee: n.Text("code_apogee", maxText),
		CodeApogeeRCUE: n.Text("code_apogee_rcue", maxText), Coefficient: weightOr(n, "coefficient", 0), CoefRCUE: weightOr(n, "coef_rcue", 1),
		SemestreIdx: n.Int("semestre_idx", -1, maxSemestre), Color: n.Text("color", 0),
		NiveauCompetence: n.Text("apc_niveau_competence", 0), NiveauLibelle: n.Text("apc_niveau_libelle", 0),
		NiveauAnnee: n.Text("apc_niveau_annee", 0), NiveauOrdre: n.IntOr("apc_niveau_ordre", 0, 0, math.MaxInt32),
		Parcours: readParcours(n), Matiere: []ProgrammeMatiere{}, node: n,
	}
	if !color.MatchString(ue.Color) {
		n.FaultAt("color", "couleur attendue (#rrggbb)")
	}
	titles := map[string]bool{}
	for _, child := range n.List("matiere") {
		m := readMatiere(child)
		if m.Titre != "" && titles[m.Titre] {
			child.FaultAt("titre", "en double dans l'UE")
		}
		titles[m.Titre] = true
		ue.Matiere = append(ue.Matiere, m)
	}
	return ue
}

func readMatiere(n *tree.Node) ProgrammeMatiere {
	m := ProgrammeMatiere{Titre: n.Text("titre", maxText), Numero: n.IntOr("numero", 0, 0, maxNumero), Module: []ProgrammeModule{}}
	for _, child := range n.List("module") {
		m.Module = append(m.Module, readModule(child))
	}
	return m
}

func readModule(n *tree.Node) ProgrammeModule {
	m := ProgrammeModule{
		Titre: n.Text("titre", maxText), Abbrev: n.Text("abbrev", maxShort), Code: n.Need("code", 2*maxCode),
		HeuresCours: float(n, "heures_cours", maxWeight), HeuresTD: float(n, "heures_td", maxWeight), HeuresTP: float(n, "heures_tp", maxWeight),
		Coefficient: float(n, "coefficient", maxWeight), ECTS: float(n, "ects", maxECTS),
		SemestreID: n.IntOr("semestre_id", 1, -1, maxSemestre), Numero: n.IntOr("numero", 0, 0, maxNumero),
		CodeApogee: n.Text("code_apogee", maxText), ModuleType: n.IntOr("module_type", 0, 0, 3), EdtID: n.Text("edt_id", maxShort),
		Tags: []ProgrammeTag{}, Coefficients: []ProgrammeCoefficient{}, Parcours: readParcours(n), AppCritiques: readAppCritiques(n), node: n,
	}
	tags := map[string]bool{}
	for _, child := range n.List("tags") {
		name := named(child, "name")
		if tags[name] {
			child.Fault("en double")
		}
		tags[name] = true
		m.Tags = append(m.Tags, ProgrammeTag{name})
	}
	for _, child := range n.List("coefficients") {
		coef := child.Float("coef", 0, maxWeight)
		if _, isGiven := child.Get("coef"); coef == nil && !isGiven {
			child.FaultAt("coef", "manquant")
		}
		if coef == nil {
			coef = new(float64)
		}
		m.Coefficients = append(m.Coefficients, ProgrammeCoefficient{UEReference: child.Need("ue_reference", 0), Coef: jsonvalue.Real(*coef)})
	}
	return m
}

// readParcours reads the tracks of a UE or a module, which servers call
// parcours or parcour.
func readParcours(n *tree.Node) []ProgrammeParcours {
	list := []ProgrammeParcours{}
	known := map[string]bool{}
	for _, child := range n.List(n.Either("parcours", "parcour")) {
		p := ProgrammeParcours{Code: named(child, "code")}
		if !child.IsScalar() {
			p.ECTS = float(child, "ects", maxECTS)
		}
		if known[p.Code] {
			child.Fault("en double")
		}
		known[p.Code] = true
		list = append(list, p)
	}
	return list
}

// readAppCritiques reads codes: a list of them, or of objects with a code, or
// an object whose members they name.
func readAppCritiques(n *tree.Node) []string {
	codes := []string{}
	if member, ok := n.Get("app_critiques"); ok && member.IsObject() && !member.IsElement() {
		for _, child := range n.Members("app_critiques") {
			codes = append(codes, child.Name())
		}
		return codes
	}
	for _, child := range n.List("app_critiques") {
		codes = append(codes, named(child, "code"))
	}
	return codes
}

// named returns the text of an item of a list of names, be it the item itself
// or a member of it; a blank one is noted.
func named(n *tree.Node, member string) string {
	if !n.IsScalar() {
		return n.Need(member, 0)
	}
	name := n.Value()
	if strings.TrimSpace(name) == "" {
		n.Fault("manquant")
	}
	return name
}

// float returns a member that is a number from 0 to most, nil when there is
// none.
func float(n *tree.Node, name string, most float64) *jsonvalue.Real {
	f := n.Float(name, 0, most)
	if f == nil {
		return nil
	}
	x := jsonvalue.Real(*f)
	return &x
}

// weightOr returns a member that is a weight, or fallback when there is none.
func weightOr(n *tree.Node, name string, fallback jsonvalue.Real) jsonvalue.Real {
	if f := float(n, name, maxWeight); f != nil {
		return *f
	}
	return fallback
}

// checkReferences notes UEs of one reference and coefficients of a UE that is
// not in the file, or twice of one.
func (f *Programme) checkReferences() {
	known := map[string]bool{}
	for _, ue := range f.UE {
		if ue.Reference != "" && known[ue.Reference] {
			ue.node.FaultAt("reference", "en double")
		}
		known[ue.Reference] = ue.Reference != ""
	}
	f.eachModule(func(m *ProgrammeModule) {
		seen := map[string]bool{}
		for _, c := range m.Coefficients {
			switch {
			case c.UEReference == "": // noted already
			case !known[c.UEReference]:
				m.node.FaultAt("coefficients", fmt.Sprintf("UE inconnue (%s)", c.UEReference))
			case seen[c.UEReference]:
				m.node.FaultAt("coefficients", fmt.Sprintf("UE en double (%s)", c.UEReference))
			}
			seen[c.UEReference] = true
		}
	})
}
