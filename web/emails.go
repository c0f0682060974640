package web

import "intendant/internal/api"

// emailViews are the pages of the entries of this family.
func (a *Admin) emailViews(*api.System) error { return nil }

// emailRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) emailRoutes() []api.Route { return nil }
