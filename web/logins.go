package web

import "intendant/internal/api"

// loginViews are the pages of the entries of this family.
func (a *Admin) loginViews(*api.System) error { return nil }

// loginPageRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) loginPageRoutes() []api.Route { return nil }
