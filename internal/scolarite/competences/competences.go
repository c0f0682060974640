// Package competences reads frameworks of competences (référentiels de
// compétences): the JSON that ScoDoc's servers answer, and the XML of OrÉBUT,
// the ministry's tool.
package competences

// Referentiel is a framework. A text that there is none of is "".
type Referentiel struct {
	Annexe, Specialite, SpecialiteLong        string
	TypeStructure, TypeDepartement, TypeTitre string
	VersionOrebut                             string // "2021-12-11 00:00:00"
	OrigFilename                              string
	Competences                               []Competence // titles differ
	Parcours                                  []Parcours   // codes differ
}

// Competence is what students learn to do, in up to three levels.
type Competence struct {
	IDOrebut, Titre, TitreLong, Couleur string
	Numero                              int64
	Situations, Composantes             []string
	Niveaux                             []Niveau // years differ
}

// Niveau is a level of a competence.
type Niveau struct {
	Annee        string // "BUT1", "BUT2" or "BUT3"
	Ordre        int64  // 1 in the first year that the competence has
	Libelle      string
	AppCritiques []AppCritique // codes differ
}

// AppCritique is a critical learning of a level.
type AppCritique struct {
	Code, Libelle string // "AC11.01"
}

// Parcours is a track.
type Parcours struct {
	Code, Libelle string
	Numero        int64
	Annees        []Annee // orders differ
}

// Annee is a year of a track.
type Annee struct {
	Ordre   int64           // 1 to 3
	Niveaux []NiveauAtteint // competences differ
}

// NiveauAtteint is the level that a year reaches in a competence.
type NiveauAtteint struct {
	Competence int   // its index in the framework
	Ordre      int64 // of the level in the competence
}
