package web

import "intendant/internal/api"

// userViews are the pages of the entries of this family.
func (a *Admin) userViews(*api.System) error { return nil }

// userPageRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) userPageRoutes() []api.Route { return nil }
