package parc

import (
	"context"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// userRoutes are the entries of "users".
func (s *Service) userRoutes() []api.Route {
	return api.Family(
		"users",
		api.Get("get_users", UsersRead, s.listUsers, "/users/list").Doc("Get Users").
			Describe("Liste les comptes. Leur mot de passe n'est jamais montré."),
		api.Get("get_user", UsersRead, s.getUser, "/users/{user_id}").Claims(ownsUser).Doc("Get User").
			Describe("Donne un compte, désigné par son identifiant ou par son matricule."),
		api.Post("create_user", UsersCreate, s.createUser, "/users/create").Doc("Create User").
			Describe("Crée un compte actif, avec son rôle."),
		api.Put("update_user", UsersUpdate, s.updateUser, "/users/update").Doc("Update User").
			Describe("Modifie un compte, désigné par son identifiant ou par son matricule : seuls les champs envoyés changent."),
		api.Delete("deactivate_user", UsersDelete, s.deactivateUser, "/users/delete/{user_id}").Doc("Deactivate User").
			Describe("Désactive un compte : ses jetons et ses sessions s'arrêtent aussitôt. Le dernier administrateur reste."),
	)
}

// ownsUser tells which GET /users/{x} is parc's, since projets has the same
// path: those with a Bearer token, those for the last word of a path of ours,
// and those for a UUID or a matricule by neither Basic nor a browser session.
func ownsUser(r *http.Request) bool {
	x := path.Base(r.URL.Path)
	if _, isBearer := api.BearerOf(r.Header); isBearer || identity.IsReserved(x) {
		return true
	}
	if _, err := uuid.Parse(x); err != nil && strings.Trim(x, "0123456789") != "" {
		return false
	}
	_, _, isBasic := r.BasicAuth()
	_, err := r.Cookie(identity.SessionCookie)
	return !isBasic && err != nil
}

// User is an account as parc shows it. Its password is never shown: hashes do
// not leave the server.
type User struct {
	UserID    string        `json:"user_id"`
	Matricule int64         `json:"matricule"`
	Nom       string        `json:"nom"`
	Email     *string       `json:"email"` // null for an account made by another wing without one
	Password  string        `json:"password"`
	RoleName  *string       `json:"role_name"`
	RoleID    *string       `json:"role_id"`
	Status    string        `json:"status"`
	Timestamp api.NaiveTime `json:"timestamp"`
}

type newUser struct {
	Matricule int64     `json:"matricule"`
	Nom       string    `json:"nom"`
	Email     api.Email `json:"email"`
	Password  string    `json:"password"`
	RoleID    uuid.UUID `json:"role_id"`
}

type userUpdate struct {
	UserID    string             `json:"user_id"`
	Nom       api.Opt[string]    `json:"nom"`
	Matricule api.Opt[int64]     `json:"matricule"`
	Email     api.Opt[api.Email] `json:"email"`
	Password  api.Opt[string]    `json:"password"`
}

type userRef struct {
	UserID string `path:"user_id"`
}

func userOf(a identity.Account) User {
	u := User{
		UserID: a.UUID, Matricule: a.Matricule, Nom: a.Nom(), Password: mask, Status: "deactivated",
		Timestamp: api.NaiveTime{Time: a.CreatedAt},
	}
	if a.Active {
		u.Status = "activated"
	}
	if a.Email != "" {
		u.Email = &a.Email
	}
	if g, ok := a.Primary(); ok {
		u.RoleName, u.RoleID = &g.RoleName, &g.RoleUUID
	}
	return u
}

// findUser looks an account up by UUID, then by matricule: the document calls
// its user_id one and the other.
func (s *Service) findUser(ctx context.Context, id string) (identity.Account, error) {
	a, err := s.identity.AccountByUUID(ctx, strings.ToLower(id))
	if !errs.Is(err, errs.NotFound) {
		return a, err
	}
	if matricule, e := strconv.ParseInt(id, 10, 64); e == nil {
		return s.identity.AccountByMatricule(ctx, matricule)
	}
	return a, err
}

func (s *Service) listUsers(ctx context.Context, _ api.None) ([]User, error) {
	accounts, _, err := s.identity.Accounts(ctx, identity.AccountQuery{})
	users := make([]User, len(accounts))
	for i, a := range accounts {
		users[i] = userOf(a)
	}
	return users, err
}

func (s *Service) getUser(ctx context.Context, in userRef) (User, error) {
	a, err := s.findUser(ctx, in.UserID)
	return userOf(a), err
}

func (s *Service) createUser(ctx context.Context, in newUser) (User, error) {
	if in.Password == "" {
		return User{}, errs.NewInvalid("password", "string_too_short", "String should have at least 1 character")
	}
	a, err := s.identity.CreateAccount(ctx, identity.NewAccount{
		Matricule: &in.Matricule, LastName: in.Nom, Email: string(in.Email), Password: in.Password,
		RoleUUID: in.RoleID.String(), NeedsEmail: true,
	})
	return userOf(a), err
}

func (s *Service) updateUser(ctx context.Context, in userUpdate) (User, error) {
	a, err := s.findUser(ctx, in.UserID)
	if err != nil {
		return User{}, err
	}
	patch := identity.AccountPatch{Matricule: in.Matricule.Ptr()}
	if nom, ok := in.Nom.Get(); ok && nom != a.Nom() {
		first := ""
		patch.FirstName, patch.LastName = &first, &nom
	}
	if email, ok := in.Email.Get(); ok {
		patch.Email = (*string)(&email)
	}
	if password, ok := in.Password.Get(); ok && password != mask && password != "" {
		patch.Password = &password
	}
	a, err = s.identity.UpdateAccount(ctx, a.ID, patch)
	return userOf(a), err
}

func (s *Service) deactivateUser(ctx context.Context, in userRef) (api.NoContent, error) {
	a, err := s.findUser(ctx, in.UserID)
	if err != nil {
		return api.NoContent{}, err
	}
	_, err = s.identity.Deactivate(ctx, a.ID)
	return api.NoContent{}, err
}
