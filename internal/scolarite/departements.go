package scolarite

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

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
func (s *Service) departementsByID(ctx context.Context, q *db.Queries) (map[int64]Departement, error) {
	list, err := s.readDepartements(ctx, q)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Departement, len(list))
	for _, d := range list {
		byID[d.ID] = d
	}
	return byID, nil
}

// readDepartements returns every department, those shown first, by acronym.
func (s *Service) readDepartements(ctx context.Context, q *db.Queries) ([]Departement, error) {
	rows, err := q.Departements(ctx)
	if err != nil {
		return nil, fmt.Errorf("departements: %w", err)
	}
	settings, err := q.DepartementSettings(ctx, "DeptName")
	if err != nil {
		return nil, fmt.Errorf("names of departements: %w", err)
	}
	names := make(map[int64]string, len(settings)) // 0 is the site
	for _, row := range settings {
		var dept int64
		if row.DeptID != nil {
			dept = *row.DeptID
		}
		var name string
		if err := json.Unmarshal([]byte(row.Value), &name); err != nil {
			return nil, fmt.Errorf("DeptName of departement %d: %w", dept, err)
		}
		names[dept] = name
	}
	list := make([]Departement, len(rows))
	for i, row := range rows {
		list[i] = s.departementOf(row, names)
	}
	return list, nil
}

// departementOf returns a row as answers show it. Its name is the one set for
// it, else the site's, else its acronym.
func (s *Service) departementOf(row db.Departement, names map[int64]string) Departement {
	name, isSet := names[row.ID]
	if !isSet {
		name = names[0]
	}
	if name == "" {
		name = row.Acronym
	}
	created := row.DateCreation.UTC().Format(http.TimeFormat)
	if s.Wire == Production {
		created = s.instant(row.DateCreation).String()
	}
	return Departement{
		ID: row.ID, Acronym: row.Acronym, Description: row.Description, Visible: row.Visible, DateCreation: created, DeptName: &name,
	}
}
