package identity

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
	"intendant/internal/motdepasse"
	"intendant/internal/plier"
)

// Account is a person or a program that may sign in.
type Account struct {
	ID                         int64
	UUID, UserName             string
	Matricule                  int64
	FirstName, LastName, Email string
	Active, HasPassword        bool
	CreatedAt, UpdatedAt       time.Time
	LastSeenAt                 *time.Time
	PasswordChangedAt          *time.Time // nil before the first password
	Departement                string     // acronym of the one it belongs to, "" for none
	ExpiresAt                  *time.Time // when it stops working, nil for never
	EdtID                      string     // its name in timetables, "" for none
	Grants                     []Grant    // the primary one first
}

// Grant is a role held by an account.
type Grant struct {
	ID                 int64
	RoleUUID, RoleName string
	Departement        string // acronym, "" for all
	Primary            bool
}

// Nom returns first and last name.
func (a Account) Nom() string { return strings.TrimSpace(a.FirstName + " " + a.LastName) }

// WorksAt reports whether the account may sign in and use what it holds: it is
// active and not expired.
func (a Account) WorksAt(at time.Time) bool {
	return a.Active && (a.ExpiresAt == nil || at.Before(*a.ExpiresAt))
}

// Primary returns the grant that parc shows as the account's role.
func (a Account) Primary() (Grant, bool) {
	if len(a.Grants) == 0 || !a.Grants[0].Primary {
		return Grant{}, false
	}
	return a.Grants[0], true
}

// NewAccount is an account to create.
type NewAccount struct {
	UserName                   string // "" means the matricule's digits
	Matricule                  *int64 // nil means the next from 100000
	FirstName, LastName, Email string
	Password                   string // "" means none: the account cannot sign in yet
	RoleUUID                   string // "" means no grant
	GrantedIn                  string // department of the grant, "" for all
	Departement                string // the account belongs to, "" for none
	ExpiresAt                  *time.Time
	EdtID                      string
	NeedsEmail, IsInactive     bool
}

// AccountPatch is what to change of an account; nil leaves a part as it is.
type AccountPatch struct {
	Matricule                            *int64
	FirstName, LastName, Email, Password *string
	RoleUUID                             *string // the primary role, in all departments
	Active                               *bool
	Departement                          *string    // "" for none
	ExpiresAt                            *time.Time // the zero time for never
	EdtID                                *string    // "" for none
	NeedsEmail                           bool
}

var (
	errLastAdmin = errs.New(errs.Conflict, "last_admin", "The last administrator cannot be deactivated")
	taken        = map[string]*errs.Error{
		"accounts.matricule": errs.New(errs.Conflict, "matricule_taken", "Matricule already exists"),
		"accounts.email_key": errs.New(errs.Conflict, "email_taken", "Email already exists"),
		"accounts.user_name": errs.New(errs.Conflict, "user_name_taken", "Username already exists"),
	}
)

// CreateAccount adds an account. Faults of the values are Invalid, a
// matricule, e-mail or user name in use a Conflict, an unknown role NotFound; a
// role that holds more than ctx's caller does is Forbidden.
func (s *Service) CreateAccount(ctx context.Context, n NewAccount) (Account, error) {
	if n.UserName == "" && n.Matricule != nil {
		n.UserName = strconv.FormatInt(*n.Matricule, 10) // the password must differ from it
	}
	hash, err := s.hashNew(ctx, n.Password, n.UserName)
	if err != nil {
		return Account{}, err
	}
	var account Account
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		account, err = s.createAccount(ctx, q, n, hash)
		return err
	})
	return account, err
}

func (s *Service) createAccount(ctx context.Context, q *db.Queries, n NewAccount, hash *string) (Account, error) {
	matricule := n.Matricule
	if matricule == nil {
		next, err := nextMatricule(ctx, q)
		if err != nil {
			return Account{}, err
		}
		matricule = &next
	}
	if n.UserName == "" {
		n.UserName = strconv.FormatInt(*matricule, 10)
	}
	if err := CheckUserName(n.UserName); err != nil {
		return Account{}, err
	}
	if n.Email == "" && n.NeedsEmail {
		return Account{}, errs.NewInvalid("email", "missing", "Field required")
	}
	if err := checkNames(ctx, q, accountNames{UserName: n.UserName, Matricule: *matricule, Email: n.Email}); err != nil {
		return Account{}, err
	}
	now := s.now()
	params := db.AddAccountParams{
		UUID: uuid.NewString(), UserName: n.UserName, UserNameKey: plier.Key(n.UserName), Matricule: *matricule,
		FirstName: n.FirstName, LastName: n.LastName, NameKey: plier.Key(n.LastName + " " + n.FirstName),
		PasswordHash: hash, Active: !n.IsInactive, ExpiresAt: instantOrNil(n.ExpiresAt), EdtID: textOrNil(n.EdtID), CreatedAt: now, UpdatedAt: now,
	}
	params.Email, params.EmailKey = emailColumns(n.Email)
	var err error
	if params.DepartementID, err = departementID(ctx, q, n.Departement); err != nil {
		return Account{}, err
	}
	if hash != nil {
		params.PasswordChangedAt = &now
	}
	row, err := q.AddAccount(ctx, params)
	if err != nil {
		return Account{}, accountClash(err)
	}
	if n.RoleUUID != "" {
		if err := s.grantPrimary(ctx, q, row.ID, n.RoleUUID, n.GrantedIn); err != nil {
			return Account{}, err
		}
	}
	account, err := one(ctx, q, row, nil)
	if err != nil {
		return Account{}, err
	}
	return account, audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: "account.create", ObjectType: "account", ObjectID: account.UUID, ObjectName: account.UserName, After: accountImage(account, hash != nil),
	})
}

// UpdateAccount changes an account. A new password ends its tokens and
// sessions; so does making it inactive or expired. Anything but its names is Forbidden to a caller who holds
// less than the account does, or than the role it is given.
func (s *Service) UpdateAccount(ctx context.Context, id int64, p AccountPatch) (Account, error) {
	var hash *string
	if p.Password != nil {
		current, err := s.Account(ctx, id)
		if err != nil {
			return Account{}, err
		}
		if hash, err = s.hashNew(ctx, *p.Password, current.UserName); err != nil {
			return Account{}, err
		}
	}
	var after Account
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		var err error
		after, err = s.updateAccount(ctx, q, id, p, hash)
		return err
	})
	return after, err
}

func (s *Service) updateAccount(ctx context.Context, q *db.Queries, id int64, p AccountPatch, hash *string) (Account, error) {
	row, err := q.AccountByID(ctx, id)
	before, err := one(ctx, q, row, err)
	if err != nil {
		return Account{}, err
	}
	if changesAccess(before, p) {
		if err := mayTouch(ctx, q, id); err != nil {
			return Account{}, err
		}
	}
	email := before.Email
	set(&email, p.Email)
	if email == "" && p.NeedsEmail {
		return Account{}, errs.NewInvalid("email", "missing", "Field required")
	}
	params, err := s.patched(ctx, q, row, p)
	if err != nil {
		return Account{}, err
	}
	params.NameKey = plier.Key(params.LastName + " " + params.FirstName)
	params.Email, params.EmailKey = emailColumns(email)
	if params.Matricule != row.Matricule || email != before.Email {
		if err := checkNames(ctx, q, accountNames{ID: id, Matricule: params.Matricule, Email: email}); err != nil {
			return Account{}, err
		}
	}
	if err := q.UpdateAccount(ctx, params); err != nil {
		return Account{}, accountClash(err)
	}
	if hash != nil {
		now := s.now()
		if err := q.SetPasswordHash(ctx, db.SetPasswordHashParams{ID: id, PasswordHash: hash, PasswordChangedAt: &now, UpdatedAt: now}); err != nil {
			return Account{}, err
		}
		if err := dropPasswordLinks(ctx, q, id); err != nil {
			return Account{}, err
		}
	}
	if p.RoleUUID != nil {
		if err := s.grantPrimary(ctx, q, id, *p.RoleUUID, ""); err != nil {
			return Account{}, err
		}
	}
	row, err = q.AccountByID(ctx, id)
	after, err := one(ctx, q, row, err)
	if err != nil {
		return Account{}, err
	}
	if now := s.Now(); hash != nil || before.WorksAt(now) && !after.WorksAt(now) {
		if err := endEverything(ctx, q, id); err != nil {
			return Account{}, err
		}
	}
	if err := s.keepAnAdministrator(ctx, q, before, after); err != nil {
		return Account{}, err
	}
	return after, audit.Record(ctx, q, s.Now(), audit.Entry{
		Action: updateAction(before, after), ObjectType: "account", ObjectID: after.UUID, ObjectName: after.UserName,
		Before: accountImage(before, false), After: accountImage(after, hash != nil),
	})
}

// patched returns the row of an account with what a patch changes of it, but
// for its e-mail and the key of its names. NotFound for an unknown department.
func (s *Service) patched(ctx context.Context, q *db.Queries, row db.Account, p AccountPatch) (db.UpdateAccountParams, error) {
	params := db.UpdateAccountParams{
		ID: row.ID, Matricule: row.Matricule, FirstName: row.FirstName, LastName: row.LastName, Active: row.Active,
		DepartementID: row.DepartementID, ExpiresAt: row.ExpiresAt, EdtID: row.EdtID, UpdatedAt: s.now(),
	}
	set(&params.Matricule, p.Matricule)
	set(&params.FirstName, p.FirstName)
	set(&params.LastName, p.LastName)
	set(&params.Active, p.Active)
	if p.EdtID != nil {
		params.EdtID = textOrNil(*p.EdtID)
	}
	if p.ExpiresAt != nil {
		params.ExpiresAt = instantOrNil(p.ExpiresAt)
	}
	var err error
	if p.Departement != nil {
		params.DepartementID, err = departementID(ctx, q, *p.Departement)
	}
	return params, err
}

// departementID returns the row of a department, nil for the empty acronym;
// NotFound for an unknown one.
func departementID(ctx context.Context, q *db.Queries, acronym string) (*int64, error) {
	if acronym == "" {
		return nil, nil
	}
	id, err := q.DepartementID(ctx, acronym)
	return &id, db.NotFound(err, "departement_unknown", "Department not found")
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// instantOrNil is a moment as the base keeps it, nil for none.
func instantOrNil(t *time.Time) *db.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	at := db.At(*t)
	return &at
}

// changesAccess reports whether a patch changes more than names: what an
// account signs in with, whether it may and until when, as what, and who
// manages it.
func changesAccess(before Account, p AccountPatch) bool {
	return p.Password != nil || p.RoleUUID != nil || p.ExpiresAt != nil ||
		p.Matricule != nil && *p.Matricule != before.Matricule ||
		p.Email != nil && *p.Email != before.Email ||
		p.Active != nil && *p.Active != before.Active ||
		p.Departement != nil && *p.Departement != before.Departement
}

func updateAction(before, after Account) string {
	switch {
	case before.Active && !after.Active:
		return "account.deactivate"
	case !before.Active && after.Active:
		return "account.activate"
	}
	return "account.update"
}

func set[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

// Deactivate makes an account inactive and ends all it opened; the last active
// administrator is a Conflict.
func (s *Service) Deactivate(ctx context.Context, id int64) (Account, error) {
	inactive := false
	return s.UpdateAccount(ctx, id, AccountPatch{Active: &inactive})
}

// SetPassword gives an account a new password, and ends its tokens and
// sessions. An unsuitable one is Invalid.
func (s *Service) SetPassword(ctx context.Context, id int64, password string) error {
	_, err := s.UpdateAccount(ctx, id, AccountPatch{Password: &password})
	return err
}

// Kick ends every token and session of an account.
func (s *Service) Kick(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AccountByID(ctx, id)
		if err != nil {
			return accountUnknown(err)
		}
		if err := mayTouch(ctx, q, id); err != nil {
			return err
		}
		if err := endEverything(ctx, q, id); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{Action: "account.kick", ObjectType: "account", ObjectID: row.UUID, ObjectName: row.UserName})
	})
}

func endEverything(ctx context.Context, q *db.Queries, id int64) error {
	if err := q.MoveEpoch(ctx, id); err != nil {
		return err
	}
	_, err := q.DeleteSessionsOf(ctx, id)
	return err
}

// keepAnAdministrator refuses a change that leaves nobody to administer.
func (s *Service) keepAnAdministrator(ctx context.Context, q *db.Queries, before, after Account) error {
	if !administers(before) || administers(after) {
		return nil
	}
	others, err := q.CountOtherAdministrators(ctx, db.CountOtherAdministratorsParams{RoleName: Admin, AccountID: after.ID})
	if err != nil {
		return err
	}
	if others == 0 {
		return errLastAdmin
	}
	return nil
}

// administers reports whether an account is an administrator for good: one that
// expires may leave nobody.
func administers(a Account) bool {
	return a.Active && a.ExpiresAt == nil && holdsAdmin(a.Grants)
}

func holdsAdmin(grants []Grant) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return g.RoleName == Admin && g.Departement == "" })
}

// hashNew checks a new password and hashes it, outside of any transaction; nil
// for none.
func (s *Service) hashNew(ctx context.Context, password, userName string) (*string, error) {
	if password == "" {
		return nil, nil
	}
	policy, err := s.PasswordPolicy(ctx)
	if err != nil {
		return nil, err
	}
	if problem := policy.Check(password, userName); problem != nil {
		return nil, errs.Faulty([]errs.Fault{{Loc: []any{"password"}, Code: problem.Code, Message: problem.English(), Ctx: brokenBound(problem)}})
	}
	hash, err := motdepasse.Hash(ctx, password)
	return &hash, err
}

// brokenBound is the length that a password had to keep, nil when it is refused
// for something else.
func brokenBound(p *motdepasse.Problem) map[string]any {
	switch p.Code {
	case motdepasse.TooShort:
		return map[string]any{"min_length": p.Min}
	case motdepasse.TooLong:
		return map[string]any{"max_length": motdepasse.MaxBytes}
	}
	return nil
}

func emailColumns(email string) (value, key *string) {
	if email == "" {
		return nil, nil
	}
	folded := emailKey(email)
	return &email, &folded
}

// emailKey tells addresses apart but for their case: folding more would make
// one of two people's.
func emailKey(email string) string { return strings.ToLower(email) }

func accountClash(err error) error {
	if column, ok := db.UniqueColumn(err); ok && taken[column] != nil {
		return taken[column]
	}
	return err
}

// accountImage is an account as the journal keeps it.
func accountImage(a Account, passwordChanged bool) any {
	roles := make([]string, len(a.Grants))
	for i, g := range a.Grants {
		roles[i] = g.RoleName + "_" + g.Departement
	}
	image := struct {
		Matricule   int64      `json:"matricule"`
		FirstName   string     `json:"first_name"`
		LastName    string     `json:"last_name"`
		Email       string     `json:"email"`
		Active      bool       `json:"active"`
		Roles       []string   `json:"roles"`
		Departement string     `json:"departement,omitempty"`
		ExpiresAt   *time.Time `json:"expires_at,omitempty"`
		EdtID       string     `json:"edt_id,omitempty"`
		Password    string     `json:"password,omitempty"`
	}{a.Matricule, a.FirstName, a.LastName, a.Email, a.Active, roles, a.Departement, a.ExpiresAt, a.EdtID, ""}
	if passwordChanged {
		image.Password = audit.Masked
	}
	return image
}
