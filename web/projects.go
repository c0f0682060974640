package web

import "intendant/internal/api"

// projectViews are the pages of the entries of this family.
func (a *Admin) projectViews(*api.System) error { return nil }

// projectRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) projectRoutes() []api.Route { return nil }
