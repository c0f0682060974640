package web

import (
	"errors"

	"intendant/internal/api"
)

// ShowProjets gives the entries of projets their pages.
func (a *Admin) ShowProjets(sys *api.System) error {
	sys.Dialect.(*api.Rails).Pages = dialect{a}
	return errors.Join(
		a.projectViews(sys), a.ownerViews(sys), a.memberViews(sys), a.databaseViews(sys), a.userViews(sys), a.loginViews(sys), a.emailViews(sys),
	)
}
