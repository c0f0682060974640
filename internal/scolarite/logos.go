package scolarite

import "intendant/internal/api"

// logoRoutes are the entries of "API Logos" and of our extension for them.
func (s *Service) logoRoutes() []api.Route { return nil }
