package scolarite

import (
	"context"
	"encoding/json"

	"intendant/db"
	"intendant/internal/api"
)

// preferenceRoutes are the entries of our extension for preferences.
func (s *Service) preferenceRoutes() []api.Route { return nil }

// preference returns the value of a preference for a semester (0 for none) of
// a department (0 for none): that of the semester if set there, else of the
// department, else of the site, else its usual value.
func (s *Service) preference(_ context.Context, _ *db.Queries, _ string, _, _ int64) (json.RawMessage, error) {
	return nil, notYet("preference")
}
