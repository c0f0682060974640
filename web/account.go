package web

import (
	"context"
	"strconv"
	"time"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// accountPath is the page of the reader's own account.
const accountPath = "/admin/account"

// accountRoutes are the entries of the reader's own account.
func (a *Admin) accountRoutes() []api.Route {
	return api.Family(
		"mon compte",
		api.Get("account_page", api.SignedIn, a.accountPage, accountPath).Doc("Mon compte : identité, sessions, jetons."),
		api.Get("account_names_page", api.SignedIn, a.ownNamesPage, "/admin/account/names").Doc("Formulaire de mes noms."),
		api.Post("account_names", api.SignedIn, a.setOwnNames, "/admin/account/names").Doc("Change mes noms."),
		api.Get("account_email_page", api.SignedIn, a.ownEmailPage, "/admin/account/email").Elevated().Doc("Formulaire de mon adresse."),
		api.Post("account_email", api.SignedIn, a.setOwnEmail, "/admin/account/email").Elevated().Doc("Change mon adresse."),
		api.Get("account_password_page", api.SignedIn, a.ownPasswordPage, ownPasswordPath).Doc("Formulaire de mon mot de passe."),
		api.Post("account_password", api.SignedIn, a.setOwnPassword, ownPasswordPath).Doc("Change mon mot de passe et ferme mes autres sessions."),
		api.Get("account_sessions_end_page", api.SignedIn, a.askEndOthers, "/admin/account/sessions/end").Doc("Demande s'il faut fermer mes autres sessions."),
		api.Post("account_sessions_end", api.SignedIn, a.endOthers, "/admin/account/sessions/end").Doc("Ferme mes autres sessions."),
		api.Get("account_session_end_page", api.SignedIn, a.askEndSession, "/admin/account/sessions/{session}/end").Doc("Demande s'il faut fermer une session."),
		api.Post("account_session_end", api.SignedIn, a.endSession, "/admin/account/sessions/{session}/end").Doc("Ferme une de mes sessions."),
		api.Get("account_token_new_page", api.SignedIn, a.newTokenPage, "/admin/account/tokens/new").Elevated().Doc("Formulaire d'un jeton personnel."),
		api.Post("account_token_new", api.SignedIn, a.issueToken, "/admin/account/tokens/new").Elevated().Doc("Délivre un jeton personnel, montré une fois."),
		api.Get("account_token_revoke_page", api.SignedIn, a.askRevokeToken, "/admin/account/tokens/{token}/revoke").Doc("Demande s'il faut révoquer un jeton."),
		api.Post("account_token_revoke", api.SignedIn, a.revokeToken, "/admin/account/tokens/{token}/revoke").Doc("Révoque un de mes jetons."),
	)
}

// secretToken names what is kept for the page of one's own account.
const secretToken = "token"

// accountPage is what a person sees of his own account.
type accountPage struct {
	Account   identity.Account
	Sessions  []identity.Session
	HasOthers bool // sessions besides this one
	Tokens    []identity.TokenFamily
	// Secret is the token that was just issued, "" for none.
	Secret string
}

func (a *Admin) own(ctx context.Context) (identity.Account, error) {
	return a.Identity.Account(ctx, api.CallerFrom(ctx).AccountID())
}

func (a *Admin) accountPage(ctx context.Context, _ api.None) (api.Result, error) {
	account, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	page := accountPage{Account: account}
	if page.Sessions, err = a.Identity.Sessions(ctx, account.ID); err != nil {
		return nil, err
	}
	for _, session := range page.Sessions {
		page.HasOthers = page.HasOthers || !session.IsCurrent
	}
	if page.Tokens, err = a.Identity.Tokens(ctx, account.ID); err != nil {
		return nil, err
	}
	page.Secret = a.Identity.TakeSecret(ctx, secretToken)
	return a.show(ctx, "account/account", page)
}

// ownForm is a form of the account's page.
type ownForm struct {
	Form     form
	UserName string
	// Lifetimes are those a token may have.
	Lifetimes []choice
}

func (a *Admin) ownNamesPage(ctx context.Context, _ api.None) (api.Result, error) {
	account, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "account/names", ownForm{Form: formWith("first_name", account.FirstName, "last_name", account.LastName)})
}

type namesForm struct {
	api.Form
	FirstName string `form:"first_name" default:"" maxlen:"100"`
	LastName  string `form:"last_name" maxlen:"100"`
}

func (a *Admin) setOwnNames(ctx context.Context, in namesForm) (api.Result, error) {
	return a.changeOwn(ctx, "account/names", in.Form, "account.names_saved", func(id int64) error {
		_, err := a.Identity.UpdateAccount(ctx, id, identity.AccountPatch{FirstName: &in.FirstName, LastName: &in.LastName})
		return err
	})
}

// changeOwn applies a form to the reader's account, or shows it again.
func (a *Admin) changeOwn(ctx context.Context, page string, sent api.Form, notice string, change func(id int64) error) (api.Result, error) {
	caller := api.CallerFrom(ctx)
	var err error
	if len(sent.Faults) == 0 {
		if err = change(caller.AccountID()); err == nil {
			return a.done(ctx, accountPath, notice)
		}
	}
	f, err := a.formOf(ctx, sent, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, page, ownForm{Form: f, UserName: caller.AccountName(), Lifetimes: lifetimes(ctx)})
}

func (a *Admin) ownEmailPage(ctx context.Context, _ api.None) (api.Result, error) {
	account, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "account/email", ownForm{Form: formWith("email", account.Email)})
}

type emailForm struct {
	api.Form
	Email api.Email `form:"email"`
}

func (a *Admin) setOwnEmail(ctx context.Context, in emailForm) (api.Result, error) {
	return a.changeOwn(ctx, "account/email", in.Form, "account.email_saved", func(id int64) error {
		email := string(in.Email)
		_, err := a.Identity.UpdateAccount(ctx, id, identity.AccountPatch{Email: &email})
		return err
	})
}

func (a *Admin) ownPasswordPage(ctx context.Context, _ api.None) (api.Result, error) {
	return a.show(ctx, "account/password", ownForm{Form: formWith(), UserName: api.CallerFrom(ctx).AccountName()})
}

type ownPassword struct {
	api.Form
	Current  string `form:"current"`
	Password string `form:"password"`
	Again    string `form:"password_again" default:""`
}

func (a *Admin) setOwnPassword(ctx context.Context, in ownPassword) (api.Result, error) {
	return a.changeOwn(ctx, "account/password", in.Form, "account.password_saved", func(int64) error {
		if err := samePassword(in.Password, in.Again); err != nil {
			return err
		}
		err := a.Identity.ChangeOwnPassword(ctx, in.Current, in.Password)
		if e := errs.As(err); e != nil && e.Code == "bad_login" {
			return errs.NewInvalid("current", "password_wrong", "Incorrect password")
		}
		return err
	})
}

// askOwn is a question about the reader's own account.
func (a *Admin) askOwn(ctx context.Context, key string) (api.Result, error) {
	return a.ask(ctx, question{
		Section: text(ctx, "account.title"), SectionPath: accountPath, Back: accountPath,
		Title: text(ctx, key+"_title"), Text: text(ctx, key+"_text"), Submit: text(ctx, key), IsDanger: true,
	}, nil)
}

type sessionRef struct {
	Session string `path:"session"`
}

func (a *Admin) askEndSession(ctx context.Context, _ sessionRef) (api.Result, error) {
	return a.askOwn(ctx, "account.session_end")
}

func (a *Admin) endSession(ctx context.Context, in sessionRef) (api.Result, error) {
	if err := a.Identity.EndSession(ctx, api.CallerFrom(ctx).AccountID(), in.Session); err != nil {
		return nil, err
	}
	return a.done(ctx, accountPath, "account.session_ended")
}

func (a *Admin) askEndOthers(ctx context.Context, _ api.None) (api.Result, error) {
	return a.askOwn(ctx, "account.others_end")
}

func (a *Admin) endOthers(ctx context.Context, _ api.None) (api.Result, error) {
	if err := a.Identity.EndOtherSessions(ctx, api.CallerFrom(ctx).AccountID()); err != nil {
		return nil, err
	}
	return a.done(ctx, accountPath, "account.others_ended")
}

// lifetimes are the choices offered for a personal token, in days.
func lifetimes(ctx context.Context) []choice {
	var choices []choice
	for _, days := range []int64{1, 7, 30, 90, 365} {
		choices = append(choices, choice{strconv.FormatInt(days, 10), language(ctx).Count("account.days", days)})
	}
	return choices
}

func (a *Admin) newTokenPage(ctx context.Context, _ api.None) (api.Result, error) {
	return a.show(ctx, "account/token", ownForm{Form: formWith("days", "30"), Lifetimes: lifetimes(ctx)})
}

type tokenForm struct {
	api.Form
	Days int64 `form:"days" ge:"1" le:"365"`
}

func (a *Admin) issueToken(ctx context.Context, in tokenForm) (api.Result, error) {
	return a.changeOwn(ctx, "account/token", in.Form, "account.token_issued", func(int64) error {
		// It is shown once, on the next page, which takes a session.
		if !api.CallerFrom(ctx).HasCookie() {
			return errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
		}
		token, err := a.Identity.IssueOwnToken(ctx, time.Duration(in.Days)*24*time.Hour)
		if err == nil {
			a.Identity.SetSecret(ctx, secretToken, token)
		}
		return err
	})
}

type tokenRef struct {
	Token string `path:"token"`
}

func (a *Admin) askRevokeToken(ctx context.Context, _ tokenRef) (api.Result, error) {
	return a.askOwn(ctx, "account.token_revoke")
}

func (a *Admin) revokeToken(ctx context.Context, in tokenRef) (api.Result, error) {
	if err := a.Identity.RevokeToken(ctx, api.CallerFrom(ctx).AccountID(), in.Token); err != nil {
		return nil, err
	}
	return a.done(ctx, accountPath, "account.token_revoked")
}
