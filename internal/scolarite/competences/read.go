package competences

import (
	"math"
	"strings"

	"intendant/internal/scolarite/tree"
)

// anyInt bounds the numbers that are free.
const anyInt = math.MaxInt32

// Read reads the file of a framework, JSON or XML as its first character says.
// The error is a [*tree.Error] that tells every fault and its place.
func Read(data []byte) (Referentiel, error) { return read(tree.Read(data)) }

// ReadJSON is Read for a file that should be JSON.
func ReadJSON(data []byte) (Referentiel, error) { return read(tree.ReadJSON(data)) }

// ReadXML is Read for a file that should be XML.
func ReadXML(data []byte) (Referentiel, error) { return read(tree.ReadXML(data)) }

func read(root *tree.Node, err error) (Referentiel, error) {
	if err != nil {
		return Referentiel{}, err
	}
	if name := root.Name(); !root.IsObject() || name != "" && name != "referentiel_competence" {
		root.Fault("référentiel de compétences attendu")
		return Referentiel{}, root.Err()
	}
	r := reader{isXML: root.IsElement(), byTitre: map[string]int{}, byID: map[string]int{}}
	r.ref = Referentiel{
		Annexe: root.Text("annexe", 0), Specialite: root.Need("specialite", 0), SpecialiteLong: root.Text("specialite_long", 0),
		TypeStructure: root.Text("type_structure", 0), TypeDepartement: root.Text("type_departement", 0),
		TypeTitre:     root.Text(r.name(root, "type_titre", "type"), 0),
		VersionOrebut: root.Text(r.name(root, "version_orebut", "version"), 0),
		OrigFilename:  root.Text("scodoc_orig_filename", 0),
	}
	r.readCompetences(root)
	r.readParcours(root)
	return r.ref, root.Err()
}

// reader reads one file: what JSON keys by a name, XML nests in an element of
// the group, and its own names differ.
type reader struct {
	isXML         bool
	ref           Referentiel
	byTitre, byID map[string]int // indexes of the competences, first ones kept
}

// name returns what a member is called: as in JSON, or as in XML when that is
// there or the file is XML.
func (r *reader) name(n *tree.Node, inJSON, inXML string) string {
	if r.isXML {
		return n.Either(inXML, inJSON)
	}
	return inJSON
}

// children returns the things of a group: in JSON the members of an object, in
// XML the elements of one name in that of the group.
func (r *reader) children(n *tree.Node, group, name string) []*tree.Node {
	if !r.isXML {
		return n.Members(group)
	}
	if holder, ok := n.Get(group); ok {
		return holder.List(name)
	}
	return nil
}

// key returns the text that names n among its like: a member, or in JSON the
// key that n stands under.
func (r *reader) key(n *tree.Node, inJSON, inXML string) string {
	name := r.name(n, inJSON, inXML)
	if _, ok := n.Get(name); !ok && !r.isXML && n.Name() != "" {
		return n.Name()
	}
	return n.Need(name, 0)
}

// libelles returns the texts of a group.
func (r *reader) libelles(n *tree.Node, group, name string) []string {
	items := n.List(group)
	if r.isXML {
		items = r.children(n, group, name)
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if item.IsScalar() {
			texts[i] = item.Value()
		} else {
			texts[i] = item.Text("libelle", 0)
		}
	}
	return texts
}

func (r *reader) readCompetences(root *tree.Node) {
	once := unique[string]{}
	for _, n := range r.children(root, "competences", "competence") {
		c := Competence{
			IDOrebut: n.Text(r.name(n, "id_orebut", "id"), 0), Titre: r.key(n, "titre", "nom_court"),
			TitreLong: n.Text(r.name(n, "titre_long", "libelle_long"), 0), Couleur: n.Text("couleur", 0),
			Numero:     n.IntOr("numero", 0, -anyInt, anyInt),
			Situations: r.libelles(n, "situations", "situation"), Composantes: r.libelles(n, "composantes_essentielles", "composante"),
			Niveaux: r.readNiveaux(n),
		}
		once.see(n, r.name(n, "titre", "nom_court"), c.Titre)
		r.index(c)
		r.ref.Competences = append(r.ref.Competences, c)
	}
	if len(r.ref.Competences) == 0 {
		root.FaultAt("competences", "aucune compétence")
	}
}

// index notes where the next competence will be found.
func (r *reader) index(c Competence) {
	at := len(r.ref.Competences)
	if _, isKnown := r.byTitre[c.Titre]; !isKnown {
		r.byTitre[c.Titre] = at
	}
	if _, isKnown := r.byID[c.IDOrebut]; !isKnown && c.IDOrebut != "" {
		r.byID[c.IDOrebut] = at
	}
}

func (r *reader) readNiveaux(n *tree.Node) []Niveau {
	var niveaux []Niveau
	once := unique[string]{}
	for _, n := range r.children(n, "niveaux", "niveau") {
		niveau := Niveau{
			Annee: annee(r.key(n, "annee", "annee")), Ordre: n.IntOr("ordre", 1, 0, anyInt), Libelle: n.Text("libelle", 0),
		}
		switch niveau.Annee {
		case "BUT1", "BUT2", "BUT3":
			once.see(n, "annee", niveau.Annee)
		default:
			n.FaultAt("annee", "BUT1, BUT2 ou BUT3 attendu")
		}
		codes := unique[string]{}
		for _, n := range r.children(n, r.name(n, "app_critiques", "acs"), "ac") {
			ac := AppCritique{Code: r.key(n, "code", "code"), Libelle: r.libelle(n)}
			codes.see(n, "code", ac.Code)
			niveau.AppCritiques = append(niveau.AppCritiques, ac)
		}
		niveaux = append(niveaux, niveau)
	}
	return niveaux
}

// annee returns a year as the base has it, whatever it is when it is none.
func annee(text string) string {
	text = strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if len(text) == 1 {
		return "BUT" + text
	}
	return text
}

// libelle returns the text of a critical learning: a member, or in XML what
// the element says.
func (r *reader) libelle(n *tree.Node) string {
	if _, ok := n.Get("libelle"); !ok && n.IsElement() {
		return n.Content()
	}
	return n.Text("libelle", 0)
}

func (r *reader) readParcours(root *tree.Node) {
	once := unique[string]{}
	for _, n := range r.children(root, "parcours", "parcour") {
		p := Parcours{Code: r.key(n, "code", "code"), Libelle: n.Text("libelle", 0), Numero: n.IntOr("numero", 0, -anyInt, anyInt)}
		once.see(n, "code", p.Code)
		years := n.List("annee")
		if !r.isXML {
			years = n.Members("annees")
		}
		orders := unique[int64]{}
		for _, n := range years {
			p.Annees = append(p.Annees, r.readAnnee(n, orders))
		}
		r.ref.Parcours = append(r.ref.Parcours, p)
	}
}

// readAnnee reads a year of a track; orders are those of the years before.
func (r *reader) readAnnee(n *tree.Node, orders unique[int64]) Annee {
	a := Annee{}
	if ordre := n.Int("ordre", 1, 3); ordre != nil {
		a.Ordre = *ordre
		orders.see(n, "ordre", a.Ordre)
	} else if _, ok := n.Get("ordre"); !ok {
		n.FaultAt("ordre", "manquant")
	}
	competences := n.List("competence")
	if !r.isXML {
		competences = n.Members("competences")
	}
	once := unique[int]{}
	for _, n := range competences {
		at := r.find(n)
		if at < 0 {
			n.Fault("compétence inconnue")
			continue
		}
		once.see(n, "", at)
		a.Niveaux = append(a.Niveaux, NiveauAtteint{at, n.IntOr("niveau", 1, 0, anyInt)})
	}
	return a
}

// find returns the index of the competence that an element names by its id or
// its title, a member of an object by its key; -1 when there is none.
func (r *reader) find(n *tree.Node) int {
	id, title := n.Text(r.name(n, "id_orebut", "id"), 0), n.Name()
	if r.isXML {
		title = n.Text(n.Either("nom_court", "titre", "nom"), 0)
	}
	if at, ok := r.byTitre[title]; ok && title != "" {
		return at
	}
	if at, ok := r.byID[id]; ok {
		return at
	}
	return -1
}

// unique notes what comes twice.
type unique[K comparable] map[K]bool

// see notes that a key came already, at the member of n that holds it, or at n
// itself for "".
func (u unique[K]) see(n *tree.Node, member string, key K) {
	switch {
	case !u[key]:
	case member == "":
		n.Fault("en double")
	default:
		n.FaultAt(member, "en double")
	}
	u[key] = true
}
