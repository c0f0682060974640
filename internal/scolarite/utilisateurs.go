package scolarite

import (
	"context"

	"intendant/internal/api"
)

// utilisateurRoutes are the entries of "API Utilisateurs".
func (s *Service) utilisateurRoutes() []api.Route { return nil }

// addRoles adds ScoDoc's usual roles to a base that has never had them.
func (s *Service) addRoles(context.Context) error { return nil }
