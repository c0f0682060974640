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
func (s *Service) formationsByID(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Formation, error) {
	rows, err := q.FormationsByID(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, err
	}
	departements, err := s.departementsByID(ctx, q)
	if err != nil {
		return nil, err
	}
	formations := make(map[int64]Formation, len(rows))
	for _, row := range rows {
		formations[row.ID] = formationOf(row, departements[row.DeptID])
	}
	return formations, nil
}

func formationOf(row db.Formation, departement Departement) Formation {
	return Formation{
		ID: row.ID, FormationID: row.ID, DeptID: row.DeptID, Acronyme: row.Acronyme, Titre: row.Titre, TitreOfficiel: row.TitreOfficiel,
		Version: row.Version, FormationCode: row.FormationCode, TypeParcours: row.TypeParcours, CodeSpecialite: textOrEmpty(row.CodeSpecialite),
		ReferentielCompetenceID: row.ReferentielID, Commentaire: textOrEmpty(row.Commentaire), Archived: row.Archived, Departement: departement,
	}
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
