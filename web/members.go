package web

import "intendant/internal/api"

// memberViews are the pages of the entries of this family.
func (a *Admin) memberViews(*api.System) error { return nil }

// memberRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) memberRoutes() []api.Route { return nil }
