package web

import "intendant/internal/api"

// databaseViews are the pages of the entries of this family.
func (a *Admin) databaseViews(*api.System) error { return nil }

// databaseRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) databaseRoutes() []api.Route { return nil }
