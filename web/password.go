package web

import (
	"context"
	"net/http"
	"net/url"

	"intendant/internal/api"
	"intendant/internal/errs"
)

const (
	passwordPath  = "/password"
	forgottenPath = "/password/forgotten"
)

// passwordRoutes are the entries of who has no password, or has it no more.
func (a *Admin) passwordRoutes() []api.Route {
	return api.Family(
		"mot de passe",
		api.Get("password_page", api.Public, a.choosePasswordPage, passwordPath).Doc("Formulaire d'un nouveau mot de passe, par un lien à usage unique."),
		api.Post("password_submit", api.Public, a.choosePassword, passwordPath).Doc("Choisit le mot de passe du compte du lien."),
		api.Get("forgotten_page", api.Public, a.forgottenPage, forgottenPath).Doc("Formulaire du mot de passe oublié."),
		api.Post("forgotten_submit", api.Public, a.forgotten, forgottenPath).Doc("Envoie un lien au titulaire d'un compte."),
	)
}

// secretly keeps the address of a page, which holds the code of a link, out of
// what the browser tells others of it. With "no-referrer" it would not say
// either that the form comes from here, and over plain HTTP it would be taken
// for that of another site.
func secretly(result api.Result, err error) (api.Result, error) {
	if page, ok := result.(api.Page); ok {
		page.Referrer = "strict-origin"
		return page, err
	}
	return result, err
}

type passwordLink struct {
	Code string `query:"code" default:""`
}

// linkPage is the form of a new password.
type linkPage struct {
	Form           form
	Action         string
	UserName, Name string
}

func (a *Admin) choosePasswordPage(ctx context.Context, in passwordLink) (api.Result, error) {
	return a.showLink(ctx, in, formWith(), http.StatusOK)
}

// showLink shows the form of a link, or why it no longer works and how to get
// another.
func (a *Admin) showLink(ctx context.Context, in passwordLink, f form, status int) (api.Result, error) {
	account, err := a.Identity.PasswordLink(ctx, in.Code)
	if errs.Is(err, errs.NotFound) {
		return secretly(a.render(ctx, "password/spent", http.StatusNotFound, nil))
	}
	if err != nil {
		return nil, err
	}
	return secretly(a.render(ctx, "password/choose", status, linkPage{
		Form: f, Action: passwordPath + "?" + url.Values{"code": {in.Code}}.Encode(), UserName: account.UserName, Name: account.Nom(),
	}))
}

type chosenPassword struct {
	api.Form
	passwordLink
	Password string `form:"password"`
	Again    string `form:"password_again" default:""`
}

func (a *Admin) choosePassword(ctx context.Context, in chosenPassword) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		if err = samePassword(in.Password, in.Again); err == nil {
			_, err = a.Identity.RedeemPassword(ctx, in.Code, in.Password)
		}
		if err == nil {
			a.Identity.SetNotice(ctx, text(ctx, "password.chosen")) // for who is signed in as another
			return api.Redirect{To: "/login?chosen=1"}, nil
		}
	}
	if errs.Is(err, errs.NotFound) {
		return a.showLink(ctx, in.passwordLink, form{}, http.StatusUnprocessableEntity)
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.showLink(ctx, in.passwordLink, f, http.StatusUnprocessableEntity)
}

type forgottenQuery struct {
	Asked bool `query:"asked" default:"false"`
}

// forgottenPage is the form of a forgotten password.
type forgottenPage struct {
	Form form
	// IsAsked says that the form has just been sent, and nothing else: not
	// whether the account exists.
	IsAsked bool
}

func (a *Admin) forgottenPage(ctx context.Context, in forgottenQuery) (api.Result, error) {
	return a.show(ctx, "password/forgotten", forgottenPage{Form: formWith(), IsAsked: in.Asked})
}

type forgottenForm struct {
	api.Form
	Login string `form:"login"`
}

func (a *Admin) forgotten(ctx context.Context, in forgottenForm) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		if err = a.Identity.RequestPassword(ctx, in.Login); err == nil {
			return api.Redirect{To: forgottenPath + "?asked=true"}, nil
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "password/forgotten", forgottenPage{Form: f})
}
