package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// etudiantRoutes are the entries of "API Étudiants", those about marks left
// out.
func (s *Service) etudiantRoutes() []api.Route { return nil }

// EtudShort is a student in lists.
type EtudShort struct {
	ID                int64   `json:"id"`
	Civilite          string  `json:"civilite"` // "M", "F" or "X"
	CiviliteEtatCivil *string `json:"civilite_etat_civil"`
	CodeINE           *string `json:"code_ine"`
	CodeNIP           *string `json:"code_nip"`
	DeptID            int64   `json:"dept_id"`
	Email             *string `json:"email"` // institutional
	Nom               string  `json:"nom"`
	NomUsuel          *string `json:"nom_usuel"`
	Prenom            string  `json:"prenom"`
	PrenomEtatCivil   *string `json:"prenom_etat_civil"`
	SortKey           string  `json:"sort_key"` // "costa;simone"
}

// etudShorts returns rows as lists show them, in their order.
func (s *Service) etudShorts(_ context.Context, _ *db.Queries, _ []db.Etudiant) ([]EtudShort, error) {
	return nil, notYet("etudShorts")
}

// etudLongs returns rows in full, in their order; what is personal is null
// unless ctx's caller holds ViewEtudData. Annotations are left out.
func (s *Service) etudLongs(_ context.Context, _ *db.Queries, _ []db.Etudiant) ([]EtudLong, error) {
	return nil, notYet("etudLongs")
}

// EtudLong is a student in full.
type EtudLong struct{}
