package web

import (
	"context"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// userFormPage is the form of a new account, or of one to change.
type userFormPage struct {
	Form         form
	Account      identity.Account // the zero value for a new one
	Roles        []choice
	Departements []choice // empty when there is none to choose
}

func (a *Admin) newUserPage(ctx context.Context, _ api.None) (api.Result, error) {
	page, err := a.userFormPage(ctx, formWith())
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "users/new", page)
}

func (a *Admin) userFormPage(ctx context.Context, f form) (userFormPage, error) {
	roles, departements, err := a.grantChoices(ctx)
	return userFormPage{
		Form: f, Departements: departements,
		Roles: append([]choice{{"", text(ctx, "users.no_role")}}, roles...),
	}, err
}

// grantChoices returns the roles that the reader may give, and where; no place
// when there is no department.
func (a *Admin) grantChoices(ctx context.Context) (roles, departements []choice, err error) {
	givable, err := a.Identity.GivableRoles(ctx)
	if err != nil {
		return nil, nil, err
	}
	acronyms, err := a.Identity.Departements(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(acronyms) > 0 {
		departements = append(departements, choice{"", text(ctx, "users.everywhere")})
	}
	for _, acronym := range acronyms {
		departements = append(departements, choice{acronym, acronym})
	}
	return roleChoices(givable), departements, nil
}

// newPassword is a password typed twice, or one to be made up.
type newPassword struct {
	Password string `form:"password" default:""`
	Again    string `form:"password_again" default:""`
	Generate string `form:"generate" default:""`
}

// choose returns the password to set. One that was made up is shown once, which
// takes a browser session.
func (a *Admin) choose(ctx context.Context, in newPassword) (password string, isGenerated bool, err error) {
	if in.Generate != "" {
		if !api.CallerFrom(ctx).HasCookie() {
			return "", false, errs.NewInvalid("generate", "needs_session", "A browser session is needed to show it")
		}
		policy, err := a.Identity.PasswordPolicy(ctx)
		return policy.Generate(), true, err
	}
	if in.Password == "" {
		return "", false, errs.NewInvalid("password", "missing", "Field required")
	}
	return in.Password, false, samePassword(in.Password, in.Again)
}

type userForm struct {
	api.Form
	newPassword
	UserName    string     `form:"user_name" default:"" maxlen:"64"`
	Matricule   *int64     `form:"matricule" ge:"1" le:"999999999999"`
	FirstName   string     `form:"first_name" default:"" maxlen:"100"`
	LastName    string     `form:"last_name" maxlen:"100"`
	Email       *api.Email `form:"email"`
	Role        string     `form:"role" default:""`
	Departement string     `form:"departement" default:""`
}

func (a *Admin) createUser(ctx context.Context, in userForm) (api.Result, error) {
	password, isGenerated, err := a.choose(ctx, in.newPassword)
	if len(in.Faults) == 0 && err == nil {
		var account identity.Account
		account, err = a.Identity.CreateAccount(ctx, identity.NewAccount{
			UserName: in.UserName, Matricule: in.Matricule, FirstName: in.FirstName, LastName: in.LastName, Email: emailText(in.Email),
			Password: password, RoleUUID: in.Role, GrantedIn: in.Departement,
		})
		if err == nil {
			if isGenerated {
				a.Identity.SetSecret(ctx, secretOf(account), password)
			}
			return a.done(ctx, userPath(account), "users.created_notice", account.UserName)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	page, err := a.userFormPage(ctx, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "users/new", page)
}

func emailText(email *api.Email) string {
	if email == nil {
		return ""
	}
	return string(*email)
}

func (a *Admin) editUserPage(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "users/edit", userFormPage{Account: account, Form: formWith(
		"matricule", strconv.FormatInt(account.Matricule, 10), "first_name", account.FirstName, "last_name", account.LastName, "email", account.Email,
	)})
}

type userEdit struct {
	api.Form
	userRef
	Matricule int64      `form:"matricule" ge:"1" le:"999999999999"`
	FirstName string     `form:"first_name" default:"" maxlen:"100"`
	LastName  string     `form:"last_name" maxlen:"100"`
	Email     *api.Email `form:"email"`
}

func (a *Admin) updateUser(ctx context.Context, in userEdit) (api.Result, error) {
	account, err := a.account(ctx, in.userRef)
	if err != nil {
		return nil, err
	}
	if len(in.Faults) == 0 {
		email := emailText(in.Email)
		_, err = a.Identity.UpdateAccount(ctx, account.ID, identity.AccountPatch{
			Matricule: &in.Matricule, FirstName: &in.FirstName, LastName: &in.LastName, Email: &email,
		})
		if err == nil {
			return a.done(ctx, userPath(account), "users.saved", account.UserName)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "users/edit", userFormPage{Account: account, Form: f})
}

// ownPasswordPath is where one changes one's own password, which takes the
// present one and keeps the session.
const ownPasswordPath = "/admin/account/password"

func (a *Admin) userPasswordPage(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	if isSelf(ctx, account) {
		return api.Redirect{To: ownPasswordPath}, nil
	}
	return a.show(ctx, "users/password", userFormPage{Account: account, Form: formWith()})
}

type userPassword struct {
	api.Form
	userRef
	newPassword
}

func (a *Admin) setUserPassword(ctx context.Context, in userPassword) (api.Result, error) {
	account, err := a.account(ctx, in.userRef)
	if err != nil {
		return nil, err
	}
	if isSelf(ctx, account) {
		return api.Redirect{To: ownPasswordPath}, nil
	}
	password, isGenerated, err := a.choose(ctx, in.newPassword)
	if len(in.Faults) == 0 && err == nil {
		if err = a.Identity.SetPassword(ctx, account.ID, password); err == nil {
			if isGenerated {
				a.Identity.SetSecret(ctx, secretOf(account), password)
			}
			return a.done(ctx, userPath(account), "users.password_set", account.UserName)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "users/password", userFormPage{Account: account, Form: f})
}
