package web

import (
	"context"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// setupRoutes are the entries of the first start.
func (a *Admin) setupRoutes() []api.Route {
	return api.Family(
		"premier démarrage",
		api.Get("setup_page", api.Public, a.setupPage, "/setup").Doc("Formulaire du premier administrateur, par un lien à usage unique."),
		api.Post("setup_submit", api.Public, a.setup, "/setup").Doc("Crée le premier administrateur."),
	)
}

type setupQuery struct {
	Code string `query:"code" default:""`
}

// firstAdminPage is the form of the first administrator.
type firstAdminPage struct {
	Form form
	Code string
}

func (a *Admin) setupPage(ctx context.Context, in setupQuery) (api.Result, error) {
	if err := a.Identity.CheckSetup(ctx, in.Code); err != nil {
		return nil, err
	}
	return a.show(ctx, "setup/setup", firstAdminPage{Form: formWith("user_name", "admin"), Code: in.Code})
}

type setupForm struct {
	api.Form
	Code      string    `form:"code" default:""`
	UserName  string    `form:"user_name"`
	FirstName string    `form:"first_name" default:""`
	LastName  string    `form:"last_name"`
	Email     api.Email `form:"email"`
	Password  string    `form:"password"`
	Again     string    `form:"password_again" default:""`
}

func (a *Admin) setup(ctx context.Context, in setupForm) (api.Result, error) {
	err := samePassword(in.Password, in.Again)
	if len(in.Faults) == 0 && err == nil {
		_, err = a.Identity.CompleteSetup(ctx, in.Code, identity.NewAccount{
			UserName: in.UserName, FirstName: in.FirstName, LastName: in.LastName, Email: string(in.Email), Password: in.Password,
		})
		if err == nil {
			_, err = a.Identity.SignIn(ctx, in.UserName, in.Password)
		}
		if err == nil {
			return a.done(ctx, "/admin/", "setup.done")
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "setup/setup", firstAdminPage{Form: f, Code: in.Code})
}

// samePassword returns a fault when a new password was typed in two ways.
func samePassword(password, again string) error {
	if password == again {
		return nil
	}
	return errs.NewInvalid("password_again", "password_differs", "The two passwords differ")
}
