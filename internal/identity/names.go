package identity

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"intendant/db"
	"intendant/internal/errs"
)

// An account is known by three names: its user name, its e-mail, its matricule.
// People sign in with any of them, so that none may be another account's, of
// whatever kind: it would take its owner's place.

var (
	userNameForm  = regexp.MustCompile(`^[a-zA-Z0-9@\\._-]{1,64}$`)
	onlyDots      = regexp.MustCompile(`^\.+$`) // a path has its own use for them
	reservedNames = []string{"list", "create", "update", "delete"}
)

// IsReserved reports whether no account may have this user name: /users/list
// and its like are paths of parc.
func IsReserved(name string) bool { return slices.Contains(reservedNames, strings.ToLower(name)) }

// CheckUserName returns Invalid for what no account may be called: letters,
// digits and @ \\ . _ - are allowed, up to 64 of them.
func CheckUserName(name string) error {
	if !userNameForm.MatchString(name) || onlyDots.MatchString(name) {
		return errs.NewInvalid("user_name", "user_name_form", "Username has characters that are not allowed")
	}
	if IsReserved(name) {
		return errs.NewInvalid("user_name", "user_name_reserved", "Username is reserved")
	}
	return nil
}

// accountNames are those that an account is to have.
type accountNames struct {
	ID        int64  // of the account, 0 for a new one
	UserName  string // "" when it stays as it is
	Matricule int64
	Email     string // "" for none
}

// checkNames returns a Conflict when another account is known by one of the
// names: as its user name in whatever case, or as a name of another kind. Two
// accounts with one name of the same kind otherwise, the base itself refuses.
func checkNames(ctx context.Context, q *db.Queries, n accountNames) error {
	matricule, email := strconv.FormatInt(n.Matricule, 10), emailKey(n.Email)
	rows, err := accountsNamed(ctx, q, strings.ToLower(n.UserName), matricule, email)
	if err != nil {
		return err
	}
	for _, row := range rows {
		name := strings.ToLower(row.UserName)
		switch {
		case row.ID == n.ID:
		case name == email && !strings.EqualFold(name, n.UserName):
			return taken["accounts.email_key"]
		case name == matricule:
			return taken["accounts.matricule"]
		default:
			return taken["accounts.user_name"]
		}
	}
	return checkUserNameIsNoOthers(ctx, q, n)
}

// accountsNamed returns the accounts that have one of these user names, given
// in lower case.
func accountsNamed(ctx context.Context, q *db.Queries, lower ...string) ([]db.AccountsByFoldedNamesRow, error) {
	return q.AccountsByFoldedNames(ctx, textList(lower))
}

// checkUserNameIsNoOthers returns a Conflict when a user name is the e-mail or
// the matricule of another account.
func checkUserNameIsNoOthers(ctx context.Context, q *db.Queries, n accountNames) error {
	if n.UserName == "" {
		return nil
	}
	row, err := q.AccountByEmailKey(ctx, emailKey(n.UserName))
	if matricule, e := strconv.ParseInt(n.UserName, 10, 64); errors.Is(err, sql.ErrNoRows) && e == nil {
		row, err = q.AccountByMatricule(ctx, matricule)
	}
	if err == nil && row.ID != n.ID {
		if row.Matricule == n.Matricule {
			return taken["accounts.matricule"]
		}
		return taken["accounts.user_name"]
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// nextMatricule returns the next free number from 100000 that is nobody's user
// name either.
func nextMatricule(ctx context.Context, q *db.Queries) (int64, error) {
	next, err := q.NextMatricule(ctx)
	for ; err == nil; next++ {
		rows, e := accountsNamed(ctx, q, strconv.FormatInt(next, 10))
		if e != nil || len(rows) == 0 {
			return next, e
		}
	}
	return next, err
}
