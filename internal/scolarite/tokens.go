package scolarite

import "intendant/internal/api"

// tokenRoutes are the entries of "API Tokens".
func (s *Service) tokenRoutes() []api.Route { return nil }
