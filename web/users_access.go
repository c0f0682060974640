package web

import (
	"context"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// askUser is a question about an account; key is the beginning of its texts.
func (a *Admin) askUser(ctx context.Context, account identity.Account, key string, isDanger bool, err error) (api.Result, error) {
	return a.ask(ctx, question{
		Section: text(ctx, "users.title"), SectionPath: "/admin/users", Name: account.UserName, Back: userPath(account),
		Title: text(ctx, key+"_title", account.UserName), Text: text(ctx, key+"_text"), Submit: text(ctx, key), IsDanger: isDanger,
	}, err)
}

// act does something to an account and says so, or asks again with the reason
// why not.
func (a *Admin) act(ctx context.Context, in userRef, key string, isDanger bool, do func(identity.Account) error) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := do(account); err != nil {
		return a.askUser(ctx, account, key, isDanger, err)
	}
	return a.done(ctx, userPath(account), key+"_done", account.UserName)
}

func (a *Admin) askDeactivate(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.askUser(ctx, account, "users.deactivate", true, nil)
}

func (a *Admin) deactivate(ctx context.Context, in userRef) (api.Result, error) {
	return a.act(ctx, in, "users.deactivate", true, func(account identity.Account) error {
		_, err := a.Identity.Deactivate(ctx, account.ID)
		return err
	})
}

func (a *Admin) askActivate(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.askUser(ctx, account, "users.activate", false, nil)
}

func (a *Admin) activate(ctx context.Context, in userRef) (api.Result, error) {
	return a.act(ctx, in, "users.activate", false, func(account identity.Account) error {
		isActive := true
		_, err := a.Identity.UpdateAccount(ctx, account.ID, identity.AccountPatch{Active: &isActive})
		return err
	})
}

func (a *Admin) askKick(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.askUser(ctx, account, "users.kick", true, nil)
}

func (a *Admin) kick(ctx context.Context, in userRef) (api.Result, error) {
	return a.act(ctx, in, "users.kick", true, func(account identity.Account) error {
		return a.Identity.Kick(ctx, account.ID)
	})
}

func (a *Admin) newGrantPage(ctx context.Context, in userRef) (api.Result, error) {
	page, err := a.grantPage(ctx, in, formWith())
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "users/grant", page)
}

func (a *Admin) grantPage(ctx context.Context, in userRef, f form) (userFormPage, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return userFormPage{}, err
	}
	page := userFormPage{Form: f, Account: account}
	page.Roles, page.Departements, err = a.grantChoices(ctx)
	return page, err
}

type grantForm struct {
	api.Form
	userRef
	Role        string `form:"role"`
	Departement string `form:"departement" default:""`
}

func (a *Admin) addGrant(ctx context.Context, in grantForm) (api.Result, error) {
	account, err := a.account(ctx, in.userRef)
	if err != nil {
		return nil, err
	}
	if len(in.Faults) == 0 {
		role, err := a.Identity.RoleByUUID(ctx, in.Role)
		if err != nil {
			return nil, err
		}
		if _, err := a.Identity.Grant(ctx, account.ID, role.Name, in.Departement); err != nil {
			return nil, err
		}
		return a.done(ctx, userPath(account), "users.grant_added", role.Name, account.UserName)
	}
	f, err := a.formOf(ctx, in.Form, nil)
	if err != nil {
		return nil, err
	}
	page, err := a.grantPage(ctx, in.userRef, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "users/grant", page)
}

type grantRef struct {
	userRef
	Grant int64 `path:"grant"`
}

// heldGrant returns a grant of an account, or NotFound.
func (a *Admin) heldGrant(ctx context.Context, in grantRef) (identity.Account, identity.Grant, error) {
	account, err := a.account(ctx, in.userRef)
	if err != nil {
		return account, identity.Grant{}, err
	}
	for _, g := range account.Grants {
		if g.ID == in.Grant {
			return account, g, nil
		}
	}
	return account, identity.Grant{}, errs.New(errs.NotFound, "grant_unknown", "Role not held")
}

func (a *Admin) askRevoke(ctx context.Context, in grantRef) (api.Result, error) {
	account, grant, err := a.heldGrant(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, revokeQuestion(ctx, account, grant), nil)
}

func revokeQuestion(ctx context.Context, account identity.Account, grant identity.Grant) question {
	where := grant.Departement
	if where == "" {
		where = text(ctx, "users.everywhere")
	}
	return question{
		Section: text(ctx, "users.title"), SectionPath: "/admin/users", Name: account.UserName, Back: userPath(account),
		Title: text(ctx, "users.revoke_title", grant.RoleName, account.UserName), Text: text(ctx, "users.revoke_text", where),
		Submit: text(ctx, "users.revoke"), IsDanger: true,
	}
}

func (a *Admin) revoke(ctx context.Context, in grantRef) (api.Result, error) {
	account, grant, err := a.heldGrant(ctx, in)
	if err != nil {
		return nil, err
	}
	if _, err := a.Identity.Revoke(ctx, account.ID, grant.RoleName, grant.Departement); err != nil {
		return a.ask(ctx, revokeQuestion(ctx, account, grant), err)
	}
	return a.done(ctx, userPath(account), "users.revoke_done", grant.RoleName, account.UserName)
}
