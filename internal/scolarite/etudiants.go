package scolarite

import "intendant/internal/api"

// etudiantRoutes are the entries of "API Étudiants", those about marks left
// out.
func (s *Service) etudiantRoutes() []api.Route { return nil }
