package projets

import (
	"context"
	"net/url"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
	"intendant/internal/plier"
)

// userRoutes are the entries of "/users". A superuser of a project uses them
// for the people of his projects, whom he adds through "/project_users".
func (s *Service) userRoutes() []api.Route {
	return api.Family(
		"users",
		api.Get("index", Read, s.indexUsers, "/users").Or(s.IsSuperuser).Doc("Liste les utilisateurs : q (texte du nom ou de l'adresse)."),
		api.Get("show", Read, s.showUser, "/users/{username}").Or(s.IsSuperuser).Names(s.isUserName).Doc("Montre un utilisateur."),
		api.Post("create", Admin, s.createUser, "/users").Extension().Doc("Crée un utilisateur."),
		api.Patch("update", Admin, s.updateUser, "/users/{username}").Or(s.IsSuperuser).Names(s.isUserName).Doc("Modifie un utilisateur."),
		api.Delete("destroy", Admin, s.destroyUser, "/users/{username}").Or(s.IsSuperuser).Names(s.isUserName).Elevated().
			Doc("Retire l'utilisateur de ses projets et le désactive."),
		api.Get("disable", Admin, s.disableUser, "/users/{username}/disable").Or(s.IsSuperuser).Acts().Doc("Désactive un utilisateur."),
		api.Get("enable", Admin, s.enableUser, "/users/{username}/enable").Or(s.IsSuperuser).Acts().Doc("Réactive un utilisateur."),
		api.Get("kick", Admin, s.kickUser, "/users/{username}/kick").Or(s.IsSuperuser).Acts().Doc("Déconnecte un utilisateur."),
	)
}

// UserSearch is the query of the list of users.
type UserSearch struct {
	Text string `query:"q" default:""`
}

// UserRef names a user in a path.
type UserRef struct {
	UserName string `path:"username"`
}

// UserBody is the body of a new user.
type UserBody struct {
	User NewUser `json:"user" root:"true"`
}

// UserChange is what to change of a user.
type UserChange struct {
	UserRef
	User UserPatch `json:"user" root:"true"`
}

// isUserName reports whether a whole segment, suffix included, is somebody's
// name: "a.json" may be.
func (s *Service) isUserName(ctx context.Context, segment string) bool {
	_, err := s.Store.Read().AccountByUserName(ctx, segment)
	return err == nil
}

func (s *Service) indexUsers(ctx context.Context, in UserSearch) ([]User, error) {
	users, _, err := s.Users(ctx, UserQuery{Text: in.Text})
	return users, err
}

func (s *Service) showUser(ctx context.Context, in UserRef) (User, error) {
	return s.User(ctx, in.UserName)
}

func (s *Service) createUser(ctx context.Context, in UserBody) (api.Created[User], error) {
	u, err := s.CreateUser(ctx, in.User)
	return api.Created[User]{Value: u, Location: "/users/" + url.PathEscape(u.UserName)}, err
}

func (s *Service) updateUser(ctx context.Context, in UserChange) (api.NoContent, error) {
	_, err := s.UpdateUser(ctx, in.UserName, in.User)
	return api.NoContent{}, err
}

func (s *Service) destroyUser(ctx context.Context, in UserRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteUser(ctx, in.UserName)
}

func (s *Service) disableUser(ctx context.Context, in UserRef) (User, error) {
	return s.Disable(ctx, in.UserName)
}

func (s *Service) enableUser(ctx context.Context, in UserRef) (User, error) {
	return s.Enable(ctx, in.UserName)
}

func (s *Service) kickUser(ctx context.Context, in UserRef) (User, error) {
	return s.Kick(ctx, in.UserName)
}

// User is an account as the wing shows it: never a password.
type User struct {
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
	Email     *string   `json:"email"`
	FirstName string    `json:"first_name"`
	LastName  string    `json:"last_name"`
	UserName  string    `json:"username"`

	AccountID int64 `json:"-"`
}

// RailsRoot is the user's name in the contract.
func (User) RailsRoot() string { return "user" }

// NewUser is a user to create, or to find: all four are required of one who is
// not known.
type NewUser struct {
	Email     api.Opt[api.Email] `json:"email"`
	FirstName api.Opt[string]    `json:"first_name"`
	LastName  api.Opt[string]    `json:"last_name"`
	UserName  api.Opt[string]    `json:"username"`
}

// UserPatch is what to change of a user; nothing of it can be cleared.
type UserPatch struct {
	Active    api.Opt[bool]      `json:"active"`
	Email     api.Opt[api.Email] `json:"email"`
	FirstName api.Opt[string]    `json:"first_name"`
	LastName  api.Opt[string]    `json:"last_name"`
}

// UserQuery chooses users. The zero value means all that the caller may see.
type UserQuery struct {
	Text string // in the user name, the names or the e-mail
	Paging
}

var errUserUnknown = errs.New(errs.NotFound, "user_unknown", "Not Found")

func userOf(row db.Account) User {
	return User{
		Active: row.Active, CreatedAt: row.CreatedAt.Time, Email: row.Email, FirstName: row.FirstName, LastName: row.LastName,
		UserName: row.UserName, AccountID: row.ID,
	}
}

// Users returns a page of users by user name, and how many match in all.
func (s *Service) Users(ctx context.Context, query UserQuery) ([]User, int64, error) {
	q := s.Store.Read()
	sc, err := s.scope(ctx, q, Read)
	if err != nil {
		return nil, 0, err
	}
	text, mail := plier.Key(query.Text), strings.ToLower(strings.TrimSpace(query.Text))
	rows, err := q.ProjectAccounts(ctx, db.ProjectAccountsParams{
		Text: text, Mail: mail, ProjectIds: sc.ids(), RowLimit: query.limit(), RowOffset: query.Offset,
	})
	if err != nil {
		return nil, 0, err
	}
	users := make([]User, len(rows))
	for i, row := range rows {
		users[i] = userOf(row)
	}
	if query.Limit == 0 {
		return users, int64(len(users)), nil
	}
	total, err := q.CountProjectAccounts(ctx, db.CountProjectAccountsParams{Text: text, Mail: mail, ProjectIds: sc.ids()})
	return users, total, err
}

// User returns a user, or NotFound: also for one who was deleted, and for who
// is in none of the projects that the caller manages.
func (s *Service) User(ctx context.Context, userName string) (User, error) {
	q := s.Store.Read()
	sc, err := s.scope(ctx, q, Read)
	if err != nil {
		return User{}, err
	}
	row, err := userRow(ctx, q, userName)
	if err != nil {
		return User{}, err
	}
	if sc.All {
		return userOf(row), nil
	}
	projects, err := q.ProjectIDsOf(ctx, row.ID)
	if err != nil {
		return User{}, err
	}
	for _, id := range projects {
		if sc.Holds(id) {
			return userOf(row), nil
		}
	}
	return User{}, errUserUnknown
}

// UserToChange returns a user whom the caller may change as far as the projects
// go; the errors are those of [Service.UpdateUser].
func (s *Service) UserToChange(ctx context.Context, userName string) (User, error) {
	q := s.Store.Read()
	row, err := userRow(ctx, q, userName)
	if err != nil {
		return User{}, err
	}
	if err := s.mayEditPerson(ctx, q, row.ID); err != nil {
		return User{}, err
	}
	return userOf(row), nil
}

// ProjectCounts returns how many of the projects that the caller may see each
// account is in; an account in none is left out.
func (s *Service) ProjectCounts(ctx context.Context) (map[int64]int64, error) {
	q := s.Store.Read()
	sc, err := s.scope(ctx, q, Read)
	if err != nil {
		return nil, err
	}
	rows, err := q.CountProjectsByAccount(ctx, sc.ids())
	if err != nil {
		return nil, err
	}
	counts := make(map[int64]int64, len(rows))
	for _, row := range rows {
		counts[row.AccountID] = row.Projects
	}
	return counts, nil
}

// userRow returns the account of a user name, or NotFound when there is none
// or it was deleted.
func userRow(ctx context.Context, q *db.Queries, userName string) (db.Account, error) {
	row, err := q.AccountByUserName(ctx, userName)
	if err != nil {
		return row, db.NotFound(err, errUserUnknown.Code, errUserUnknown.Message)
	}
	removed, err := q.CountRemovedUser(ctx, row.ID)
	if err == nil && removed > 0 {
		err = errUserUnknown
	}
	return row, err
}

// CreateUser adds a user without a password and without rights; faults of the
// values are Invalid, a user name or an e-mail in use among them.
func (s *Service) CreateUser(ctx context.Context, in NewUser) (User, error) {
	var user User
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		var f faults
		row, err := s.addUser(ctx, q, &f, in)
		if err != nil {
			return err
		}
		user = userOf(row)
		return f.err()
	})
	return user, err
}

// addUser creates the account of a new user, unless f has or gets faults. A
// user name that was deleted stays taken: its account is somebody's.
func (s *Service) addUser(ctx context.Context, q *db.Queries, f *faults, in NewUser) (db.Account, error) {
	n := identity.NewAccount{
		UserName:  f.required("username", in.UserName, maxName),
		FirstName: f.required("first_name", in.FirstName, maxName),
		LastName:  f.required("last_name", in.LastName, maxName),
		Email:     f.required("email", asText(in.Email), maxName),
	}
	if err := s.checkUser(ctx, q, f, n.UserName, n.Email, 0); err != nil {
		return db.Account{}, err
	}
	if err := checkAddress(ctx, q, f, n.UserName); err != nil || f.err() != nil {
		return db.Account{}, err
	}
	account, err := s.Identity.CreateAccountWithin(ctx, q, n)
	if err != nil {
		return db.Account{}, inContract(err)
	}
	return q.AccountByID(ctx, account.ID)
}

// checkAddress adds a fault for a user name that takes the address of somebody
// else: a name wins over a format, so that "/users/ada.json" is that of
// "ada.json" where there is one, and no longer Ada's. Only an administrator may
// want that.
func checkAddress(ctx context.Context, q *db.Queries, f *faults, userName string) error {
	if caller := api.CallerFrom(ctx); caller == nil || holds(caller, Admin) {
		return nil
	}
	for _, format := range []api.Format{api.FormatJSON, api.FormatXML, api.FormatHTML} {
		bare, ok := strings.CutSuffix(userName, "."+string(format))
		if !ok {
			continue
		}
		switch _, err := q.AccountByUserName(ctx, bare); {
		case err == nil:
			f.taken("username", userName)
		case db.NotFound(err, "", "") == err:
			return err
		}
	}
	return nil
}

// checkUser adds a fault for a user name or an e-mail that another account
// has.
func (s *Service) checkUser(ctx context.Context, q *db.Queries, f *faults, userName, email string, accountID int64) error {
	row, err := q.AccountByUserName(ctx, userName)
	if err == nil && row.ID != accountID {
		f.taken("username", userName)
	}
	if err != nil && db.NotFound(err, "", "") == err {
		return err
	}
	row, err = q.AccountByEmailKey(ctx, strings.ToLower(email))
	if err == nil && row.ID != accountID {
		f.taken("email", email)
	}
	if err != nil && db.NotFound(err, "", "") == err {
		return err
	}
	return nil
}

func asText(o api.Opt[api.Email]) api.Opt[string] {
	return api.Opt[string]{Set: o.Set, Null: o.Null, Value: string(o.Value)}
}

// inContract gives the faults of accounts the names that they have here.
func inContract(err error) error {
	e := errs.As(err)
	if e == nil {
		return err
	}
	var f faults
	switch {
	case e.Code == "user_name_taken":
		f.taken("username", nil)
	case e.Code == "email_taken":
		f.taken("email", nil)
	case e.Kind == errs.Invalid && len(e.Faults) == 1 && e.Faults[0].Field() == "user_name":
		f.invalid("username", nil)
	default:
		return err
	}
	return f.err()
}

// UpdateUser changes a user, or NotFound; faults of the values are Invalid.
// Forbidden to who manages some projects only, when the user is in others too,
// and to who holds less than the user does.
func (s *Service) UpdateUser(ctx context.Context, userName string, in UserPatch) (User, error) {
	return s.changeUser(ctx, userName, func(ctx context.Context, q *db.Queries, row db.Account) error {
		var f faults
		var email string
		if row.Email != nil {
			email = *row.Email
		}
		active := row.Active
		f.text("first_name", &row.FirstName, in.FirstName, maxName)
		f.text("last_name", &row.LastName, in.LastName, maxName)
		f.text("email", &email, asText(in.Email), maxName)
		value(&f, "active", &active, in.Active)
		if in.Email.Set {
			if err := s.checkUser(ctx, q, &f, row.UserName, email, row.ID); err != nil {
				return err
			}
		}
		if err := f.err(); err != nil {
			return err
		}
		_, err := s.Identity.UpdateAccountWithin(ctx, q, row.ID, identity.AccountPatch{
			FirstName: &row.FirstName, LastName: &row.LastName, Email: &email, Active: &active,
		})
		return inContract(err)
	})
}

// Disable keeps a user from signing in, and ends what he opened. See
// [Service.UpdateUser]; the last active administrator is a Conflict.
func (s *Service) Disable(ctx context.Context, userName string) (User, error) {
	return s.UpdateUser(ctx, userName, UserPatch{Active: api.Some(false)})
}

// Enable lets a user sign in. See [Service.UpdateUser].
func (s *Service) Enable(ctx context.Context, userName string) (User, error) {
	return s.UpdateUser(ctx, userName, UserPatch{Active: api.Some(true)})
}

// Kick ends every session and token of a user, who may sign in again. See
// [Service.UpdateUser].
func (s *Service) Kick(ctx context.Context, userName string) (User, error) {
	return s.changeUser(ctx, userName, func(ctx context.Context, q *db.Queries, row db.Account) error {
		return s.Identity.KickWithin(ctx, q, row.ID)
	})
}

// changeUser finds the user, checks that the caller may change him, and
// returns him as change left him.
func (s *Service) changeUser(ctx context.Context, userName string, change func(context.Context, *db.Queries, db.Account) error) (User, error) {
	var user User
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := userRow(ctx, q, userName)
		if err != nil {
			return err
		}
		if err := s.mayEditPerson(ctx, q, row.ID); err != nil {
			return err
		}
		if err := change(ctx, q, row); err != nil {
			return err
		}
		row, err = q.AccountByID(ctx, row.ID)
		user = userOf(row)
		return err
	})
	return user, err
}

// DeleteUser takes a user out of all projects and makes his account inactive,
// or NotFound. See [Service.UpdateUser]; the last active administrator is a
// Conflict. The account stays for what it did, and in the other wings.
func (s *Service) DeleteUser(ctx context.Context, userName string) error {
	_, err := s.changeUser(ctx, userName, func(ctx context.Context, q *db.Queries, row db.Account) error {
		inactive := false
		if _, err := s.Identity.UpdateAccountWithin(ctx, q, row.ID, identity.AccountPatch{Active: &inactive}); err != nil {
			return err
		}
		projects, err := q.ProjectIDsOf(ctx, row.ID)
		if err != nil {
			return err
		}
		if err := q.DeleteProjectUsersOf(ctx, row.ID); err != nil {
			return err
		}
		if err := q.RemoveUser(ctx, db.RemoveUserParams{AccountID: row.ID, RemovedAt: s.now()}); err != nil {
			return err
		}
		return s.record(ctx, q, "user.delete", "account", row.UUID, row.UserName, map[string]any{"projects": projects}, nil)
	})
	return err
}
