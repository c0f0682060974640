package web

import (
	"context"
	"iter"
	"strings"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/parc"
	"intendant/internal/tableur"
)

// userRoutes are the entries of the accounts.
func (a *Admin) userRoutes() []api.Route {
	return api.Family(
		"utilisateurs",
		api.Get("users_page", parc.UsersRead, a.usersPage, "/admin/users").Doc("Liste des comptes."),
		api.Get("users_export", parc.UsersRead, a.exportUsers, "/admin/users/export").Doc("Liste des comptes en CSV ou XLSX."),
		api.Get("user_new_page", parc.UsersCreate, a.newUserPage, "/admin/users/new").Doc("Formulaire d'un compte."),
		api.Post("user_new", parc.UsersCreate, a.createUser, "/admin/users/new").Doc("Crée un compte."),
		api.Get("user_page", parc.UsersRead, a.userPage, "/admin/users/{id}").Doc("Un compte."),
		api.Get("user_edit_page", parc.UsersUpdate, a.editUserPage, "/admin/users/{id}/edit").Doc("Formulaire de modification d'un compte."),
		api.Post("user_edit", parc.UsersUpdate, a.updateUser, "/admin/users/{id}/edit").Doc("Modifie un compte."),
		api.Get("user_password_page", parc.UsersUpdate, a.userPasswordPage, "/admin/users/{id}/password").Elevated().Doc("Formulaire du mot de passe d'un compte."),
		api.Post("user_password", parc.UsersUpdate, a.setUserPassword, "/admin/users/{id}/password").Elevated().Doc("Change le mot de passe d'un compte."),
		api.Get("user_grant_page", parc.UsersUpdate, a.newGrantPage, "/admin/users/{id}/grants/new").Elevated().Doc("Formulaire d'attribution d'un rôle."),
		api.Post("user_grant", parc.UsersUpdate, a.addGrant, "/admin/users/{id}/grants/new").Elevated().Doc("Donne un rôle."),
		api.Get("user_revoke_page", parc.UsersUpdate, a.askRevoke, "/admin/users/{id}/grants/{grant:int}/delete").Elevated().Doc("Demande s'il faut retirer un rôle."),
		api.Post("user_revoke", parc.UsersUpdate, a.revoke, "/admin/users/{id}/grants/{grant:int}/delete").Elevated().Doc("Retire un rôle."),
		api.Get("user_deactivate_page", parc.UsersDelete, a.askDeactivate, "/admin/users/{id}/deactivate").Elevated().Doc("Demande s'il faut désactiver un compte."),
		api.Post("user_deactivate", parc.UsersDelete, a.deactivate, "/admin/users/{id}/deactivate").Elevated().Doc("Désactive un compte."),
		api.Get("user_activate_page", parc.UsersUpdate, a.askActivate, "/admin/users/{id}/activate").Elevated().Doc("Demande s'il faut réactiver un compte."),
		api.Post("user_activate", parc.UsersUpdate, a.activate, "/admin/users/{id}/activate").Elevated().Doc("Réactive un compte."),
		api.Get("user_kick_page", parc.UsersUpdate, a.askKick, "/admin/users/{id}/kick").Doc("Demande s'il faut déconnecter un compte partout."),
		api.Post("user_kick", parc.UsersUpdate, a.kick, "/admin/users/{id}/kick").Doc("Déconnecte un compte partout."),
	)
}

type userFilters struct {
	listQuery
	Role   string `query:"role" default:""`
	Active string `query:"active" default:""`
}

var userColumns = []string{"name", "user_name", "matricule", "last_seen"}

// query returns the service's view of the filters, without a page.
func (f userFilters) query() identity.AccountQuery {
	q := identity.AccountQuery{Text: f.Text, RoleUUID: f.Role}
	q.Sort, q.IsDescending = f.order(userColumns...)
	if f.Active == "yes" || f.Active == "no" {
		isActive := f.Active == "yes"
		q.Active = &isActive
	}
	return q
}

// usersPage is the list of accounts.
type usersPage struct {
	List     listing
	Accounts []identity.Account
	Filters  form
	Roles    []choice
	States   []choice
}

func (a *Admin) usersPage(ctx context.Context, in userFilters) (api.Result, error) {
	query := in.query()
	query.Limit, query.Offset = pageSize, in.offset()
	accounts, total, err := a.Identity.Accounts(ctx, query)
	if err != nil {
		return nil, err
	}
	roles, err := a.Identity.Roles(ctx)
	if err != nil {
		return nil, err
	}
	identity.SortRoles(roles)
	return a.show(ctx, "users/list", usersPage{
		List: newListing(ctx, in.listQuery, query.Sort, query.IsDescending, total), Accounts: accounts,
		Filters: formWith("role", in.Role, "active", in.Active),
		Roles:   append([]choice{{"", text(ctx, "list.all")}}, roleChoices(roles)...),
		States:  []choice{{"", text(ctx, "list.all")}, {"yes", text(ctx, "users.active")}, {"no", text(ctx, "users.inactive")}},
	})
}

func roleChoices(roles []identity.Role) []choice {
	choices := make([]choice, len(roles))
	for i, r := range roles {
		choices[i] = choice{r.UUID, r.Name}
	}
	return choices
}

type userExport struct {
	userFilters
	exportQuery
}

func (a *Admin) exportUsers(ctx context.Context, in userExport) (api.Result, error) {
	accounts, _, err := a.Identity.Accounts(ctx, in.query())
	if err != nil {
		return nil, err
	}
	header := []string{
		"users.user_name", "users.matricule", "users.last_name", "users.first_name", "users.email", "users.roles", "users.state",
		"users.created", "users.last_seen",
	}
	return export(ctx, in.Format, text(ctx, "users.file"), header, a.userRows(ctx, accounts))
}

func (a *Admin) userRows(ctx context.Context, accounts []identity.Account) iter.Seq[[]tableur.Cell] {
	states := map[bool]string{true: text(ctx, "users.active"), false: text(ctx, "users.inactive")}
	return func(yield func([]tableur.Cell) bool) {
		for _, u := range accounts {
			roles := make([]string, len(u.Grants))
			for i, g := range u.Grants {
				roles[i] = g.RoleName
				if g.Departement != "" {
					roles[i] += " (" + g.Departement + ")"
				}
			}
			var seen tableur.Cell
			if u.LastSeenAt != nil {
				seen = u.LastSeenAt.In(a.Location)
			}
			row := []tableur.Cell{
				u.UserName, u.Matricule, u.LastName, u.FirstName, u.Email, strings.Join(roles, ", "), states[u.Active],
				u.CreatedAt.In(a.Location), seen,
			}
			if !yield(row) {
				return
			}
		}
	}
}

type userRef struct {
	ID string `path:"id"`
}

// userPage is one account.
type userPage struct {
	Account  identity.Account
	Sessions int
	Tokens   int
	// CanChange says that the reader's rights reach this account.
	CanChange bool
	IsSelf    bool
	// Secret is the password that was just generated, "" for none.
	Secret string
}

// secretOf names what is kept for the page of an account.
func secretOf(account identity.Account) string { return "user:" + account.UUID }

func (a *Admin) account(ctx context.Context, in userRef) (identity.Account, error) {
	return a.Identity.AccountByUUID(ctx, strings.ToLower(in.ID))
}

func (a *Admin) userPage(ctx context.Context, in userRef) (api.Result, error) {
	account, err := a.account(ctx, in)
	if err != nil {
		return nil, err
	}
	page := userPage{Account: account, IsSelf: isSelf(ctx, account)}
	if page.CanChange, err = a.Identity.MayChange(ctx, account.ID); err != nil {
		return nil, err
	}
	sessions, err := a.Identity.Sessions(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	tokens, err := a.Identity.Tokens(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	page.Sessions, page.Tokens = len(sessions), len(tokens)
	page.Secret = a.Identity.TakeSecret(ctx, secretOf(account))
	return a.show(ctx, "users/detail", page)
}

func isSelf(ctx context.Context, account identity.Account) bool {
	caller := api.CallerFrom(ctx)
	return caller != nil && caller.AccountID() == account.ID
}

func userPath(account identity.Account) string { return "/admin/users/" + account.UUID }
