package web

import (
	"context"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// confirmPath is the form that asks for the password again.
const confirmPath = "/admin/confirm"

// loginRoutes are the entries of signing in and out.
func (a *Admin) loginRoutes() []api.Route {
	return api.Family(
		"connexion",
		api.Get("login_page", api.Public, a.loginPage, "/login").Doc("Formulaire de connexion."),
		api.Post("login_submit", api.Public, a.signIn, "/login").Doc("Ouvre une session : username, password."),
		api.Post("logout", api.Public, a.signOut, "/logout").Doc("Ferme la session."),
		api.Get("confirm_page", api.SignedIn, a.confirmPage, confirmPath).Doc("Demande à nouveau le mot de passe."),
		api.Post("confirm_submit", api.SignedIn, a.confirm, confirmPath).Doc("Vérifie à nouveau le mot de passe."),
	)
}

type nextQuery struct {
	Next string `query:"next" default:""`
}

type loginQuery struct {
	nextQuery
	Chosen bool `query:"chosen" default:"false"`
}

// signInPage is the sign-in form.
type signInPage struct {
	Form form
	Next string
	// NeedsSetup says that nobody can sign in yet.
	NeedsSetup bool
	// HasChosen says that the reader has just chosen his password.
	HasChosen bool
}

func (a *Admin) loginPage(ctx context.Context, in loginQuery) (api.Result, error) {
	if api.CallerFrom(ctx) != nil {
		return api.Redirect{To: localPath(in.Next, "/admin/")}, nil
	}
	needsSetup, err := a.Identity.NeedsSetup(ctx)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "login/login", signInPage{Form: formWith(), Next: localPath(in.Next, ""), NeedsSetup: needsSetup, HasChosen: in.Chosen})
}

type signInForm struct {
	api.Form
	UserName string `form:"username"`
	Password string `form:"password"`
	Next     string `form:"next" default:""`
}

func (a *Admin) signIn(ctx context.Context, in signInForm) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		if _, err = a.Identity.SignIn(ctx, in.UserName, in.Password); err == nil {
			return api.Redirect{To: localPath(in.Next, "/admin/")}, nil
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "login/login", signInPage{Form: f, Next: localPath(in.Next, "")})
}

func (a *Admin) signOut(ctx context.Context, _ api.None) (api.Result, error) {
	if err := a.Identity.SignOut(ctx); err != nil {
		return nil, err
	}
	return api.Redirect{To: "/login"}, nil
}

// passwordPage asks for the password again.
type passwordPage struct {
	Form form
	Next string
}

func (a *Admin) confirmPage(ctx context.Context, in nextQuery) (api.Result, error) {
	next := localPath(in.Next, "/admin/")
	if c := api.CallerFrom(ctx); c.IsElevated() || !c.HasCookie() {
		return api.Redirect{To: next}, nil
	}
	return a.show(ctx, "login/confirm", passwordPage{Form: formWith(), Next: next})
}

type confirmForm struct {
	api.Form
	Password string `form:"password"`
	Next     string `form:"next" default:""`
}

func (a *Admin) confirm(ctx context.Context, in confirmForm) (api.Result, error) {
	next := localPath(in.Next, "/admin/")
	var err error
	if len(in.Faults) == 0 {
		if err = a.Identity.Elevate(ctx, in.Password); err == nil {
			return api.Redirect{To: next}, nil
		}
		if e := errs.As(err); e != nil && e.Code == "bad_login" { // no user name was asked for
			err = errs.NewInvalid("password", "password_wrong", e.Message)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "login/confirm", passwordPage{Form: f, Next: next})
}
