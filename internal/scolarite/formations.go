package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// BUT is the type_parcours of a Bachelor universitaire de technologie, whose
// modules count towards several UEs (APC).
const BUT = 700

// formationRoutes are the entries of "API Formations" and of our extension for
// programmes.
func (s *Service) formationRoutes() []api.Route { return nil }

// Formation is a programme as answers show it.
type Formation struct {
	ID                      int64       `json:"id"`
	FormationID             int64       `json:"formation_id"`
	DeptID                  int64       `json:"dept_id"`
	Acronyme                string      `json:"acronyme"`
	Titre                   string      `json:"titre"`
	TitreOfficiel           string      `json:"titre_officiel"`
	Version                 int64       `json:"version"`
	FormationCode           string      `json:"formation_code"`
	TypeParcours            int64       `json:"type_parcours"`
	CodeSpecialite          string      `json:"code_specialite"`
	ReferentielCompetenceID *int64      `json:"referentiel_competence_id"`
	Commentaire             string      `json:"commentaire"`
	Archived                bool        `json:"archived"`
	Departement             Departement `json:"departement"`
}

// formationsByID returns the programmes of these ids.
func (s *Service) formationsByID(_ context.Context, _ *db.Queries, _ []int64) (map[int64]Formation, error) {
	return nil, notYet("formationsByID")
}

// Parcours is a track of a framework of competences, as semesters show it.
type Parcours struct {
	ID      int64                  `json:"id"`
	Code    string                 `json:"code"`
	Numero  int64                  `json:"numero"`
	Libelle string                 `json:"libelle"`
	Annees  Ordered[ParcoursAnnee] `json:"annees"` // by "1", "2", "3"
}

// ParcoursAnnee is a year of a track.
type ParcoursAnnee struct {
	Ordre       int64                       `json:"ordre"`
	Competences Ordered[ParcoursCompetence] `json:"competences"` // by title
}

// ParcoursCompetence is the level that a year reaches in a competence.
type ParcoursCompetence struct {
	Niveau   int64   `json:"niveau"`
	IDOrebut *string `json:"id_orebut"`
}

// UE is a teaching unit as answers show it.
type UE struct{}

// uesByID returns the UEs of these ids.
func (s *Service) uesByID(_ context.Context, _ *db.Queries, _ []int64) (map[int64]UE, error) {
	return nil, notYet("uesByID")
}

// Module is a module of a programme as answers show it.
type Module struct{}

// modulesByID returns the modules of these ids.
func (s *Service) modulesByID(_ context.Context, _ *db.Queries, _ []int64) (map[int64]Module, error) {
	return nil, notYet("modulesByID")
}
