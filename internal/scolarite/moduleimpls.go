package scolarite

import "intendant/internal/api"

// moduleImplRoutes are the entries of "API Moduleimpl" about registrations,
// and of our extension for modules of a semester.
func (s *Service) moduleImplRoutes() []api.Route { return nil }
