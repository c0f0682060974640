package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// departementRoutes are the entries of "API Département".
func (s *Service) departementRoutes() []api.Route { return nil }

// Departement is a department as answers show it.
type Departement struct {
	ID          int64   `json:"id"`
	Acronym     string  `json:"acronym"`
	Description *string `json:"description"`
	Visible     bool    `json:"visible"`
	// DateCreation is an HTTP date in the reference profile, an ISO moment in
	// the production one.
	DateCreation string  `json:"date_creation"`
	DeptName     *string `json:"dept_name"` // the preference DeptName
}

// departementsByID returns every department by its id.
func (s *Service) departementsByID(_ context.Context, _ *db.Queries) (map[int64]Departement, error) {
	return nil, notYet("departementsByID")
}
