package web

import "intendant/internal/api"

// ownerViews are the pages of the entries of this family.
func (a *Admin) ownerViews(*api.System) error { return nil }

// ownerRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) ownerRoutes() []api.Route { return nil }
