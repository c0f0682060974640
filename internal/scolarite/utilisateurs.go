package scolarite

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// utilisateurRoutes are the entries of "API Utilisateurs".
func (s *Service) utilisateurRoutes() []api.Route {
	return append(s.roleRoutes(),
		api.Post("user_create", UsersAdmin, s.userCreate, "/user/create").
			Doc("Création d'un utilisateur").
			Describe("`user_name` est obligatoire : lettres, chiffres et `@ \\ - _ .`, et ne change plus. `dept` est un acronyme ou `null` ; s'il manque, c'est le département de l'adresse. Un département que vous n'administrez pas : 403. `date_expiration` est un jour, le dernier où le compte fonctionne, ou un instant ISO. Le mot de passe se donne ensuite par `user_password`."),
		api.Post("user_edit", UsersAdmin, s.userEdit, "/user/{uid:int}/edit").
			Doc("Modification d'un utilisateur.").
			Describe("Champs modifiables : `dept`, `nom`, `prenom`, `email`, `active`, `date_expiration`, `edt_id`. Changer de département demande UsersAdmin dans les deux. `user_name` est ignoré."),
		api.Get("user_info", UsersView, s.userInfo, "/user/{uid:int}").
			Doc("Info sur un compte utilisateur ScoDoc.").
			Describe("UsersView est demandée dans le département du compte, ou dans tous s'il n'en a pas."),
		api.Post("user_password", UsersAdmin, s.userPassword, "/user/{uid:int}/password").Elevated().
			Doc("Modification du mot de passe d'un utilisateur.").
			Describe("Si le mot de passe ne convient pas, erreur 400. Permis au super-administrateur, à soi-même, et à qui administre le département du compte, s'il en est ou n'est d'aucun. Les jetons et sessions du compte prennent fin."),
		api.Post("user_role_add", ScoSuperAdmin, s.userRoleAdd, "/user/{uid:int}/role/{role_name}/add/departement/{dept}", "/user/{uid:int}/role/{role_name}/add").Elevated().
			Doc("Ajoute un rôle à l'utilisateur dans le département donné.").
			Describe("Sans département, le rôle vaut dans tous. Un rôle qui contient ScoSuperAdmin ne se donne qu'ainsi. Un rôle qui donne des droits hors de ScoDoc que vous n'avez pas : 403."),
		api.Post("user_role_remove", ScoSuperAdmin, s.userRoleRemove, "/user/{uid:int}/role/{role_name}/remove/departement/{dept}", "/user/{uid:int}/role/{role_name}/remove").Elevated().
			Doc("Retire le rôle (dans le département donné) à cet utilisateur.").
			Describe("404 si l'utilisateur n'a pas ce rôle, dans ce département ou, sans département, dans tous."),
		api.Get("users_info_query", ScoView, s.usersInfoQuery, "/users/query").Or(seesSomewhere).
			Doc("Utilisateurs, filtrés par dept, active ou début nom").
			Describe("`departement` est un acronyme, vide pour les comptes qui n'en ont pas ; `active` vaut 1 ou 0 ; `starts_with` est le début du nom, sans égard aux accents ni à la casse. Seuls les comptes accessibles sont renvoyés : ceux des départements où vous avez UsersView, quel que soit celui de l'adresse."),
	)
}

// Utilisateur is an account.
type Utilisateur struct {
	ID             int64   `json:"id"`
	UserName       string  `json:"user_name"`
	Nom            string  `json:"nom"`
	Prenom         string  `json:"prenom"`
	Dept           string  `json:"dept"` // "" for none
	Email          string  `json:"email"`
	Active         bool    `json:"active"`
	StatusTxt      string  `json:"status_txt"`
	RolesString    string  `json:"roles_string"`
	DateCreated    utcText `json:"date_created"`
	DateModifPass  utcText `json:"date_modif_passwd"`
	DateExpiration utcText `json:"date_expiration"`
	LastSeen       utcText `json:"last_seen"`
	EdtID          *string `json:"edt_id"`
	NomFmt         string  `json:"nom_fmt"`
	PrenomFmt      string  `json:"prenom_fmt"`
	NomPrenom      string  `json:"nomprenom"`
	PrenomNom      string  `json:"prenomnom"`
	NomPLogin      string  `json:"nomplogin"`
	NomComplet     string  `json:"nomcomplet"`
	SortKey        string  `json:"sort_key"`
}

func utilisateur(a identity.Account) Utilisateur {
	u := Utilisateur{
		ID: a.ID, UserName: a.UserName, Nom: a.LastName, Prenom: a.FirstName, Dept: a.Departement, Email: a.Email,
		Active: a.Active, StatusTxt: "fermé", RolesString: rolesString(a.Grants),
		DateCreated: utcTextOf(&a.CreatedAt), DateModifPass: utcTextOf(a.PasswordChangedAt),
		DateExpiration: utcTextOf(a.ExpiresAt), LastSeen: utcTextOf(a.LastSeenAt), EdtID: textOrNil(a.EdtID),
		NomFmt: lastName(a.UserName, a.LastName), PrenomFmt: shownName(a.FirstName), NomComplet: nomComplet(a.UserName, a.FirstName, a.LastName),
		SortKey: sortKey(a.LastName, nil, a.FirstName),
	}
	if a.Active {
		u.StatusTxt = "actif"
	}
	initials := initialsOf(a.FirstName)
	u.NomPrenom = strings.TrimSpace(u.NomFmt + " " + initials)
	u.PrenomNom = strings.TrimSpace(initials + " " + u.NomFmt)
	u.NomPLogin = strings.Join(strings.Fields(strings.ToUpper(a.LastName)+" "+u.PrenomFmt+" ("+a.UserName+")"), " ")
	return u
}

// utcText is a moment of an account as ScoDoc writes it, in UTC with a Z, "" for
// none: unlike all the others, which are in the site's time.
type utcText string

func utcTextOf(t *time.Time) utcText {
	if t == nil {
		return ""
	}
	layout := "2006-01-02T15:04:05Z"
	if t.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return utcText(t.UTC().Format(layout))
}

// rolesString returns the roles as "Ens_RT,SuperAdmin_": the department follows
// the underscore, nothing does for all of them.
func rolesString(grants []identity.Grant) string {
	texts := make([]string, len(grants))
	for i, g := range grants {
		texts[i] = g.RoleName + "_" + g.Departement
	}
	return strings.Join(texts, ",")
}

// shownName is a name in capitals and small letters, with single blanks.
func shownName(name string) string { return capitalized(strings.Join(strings.Fields(name), " ")) }

// lastName is the name of an account as shown, its user name when it has none.
func lastName(userName, nom string) string {
	if shown := shownName(nom); shown != "" {
		return shown
	}
	return userName
}

// nomComplet is the whole name of an account, "Pierre Dupont", however it is
// stored.
func nomComplet(userName, prenom, nom string) string {
	return strings.TrimSpace(shownName(prenom) + " " + lastName(userName, nom))
}

// initialsOf abbreviates a first name: "Pierre" is "P.", "Jean-Christophe"
// "J.-C.", "Marie Odile" "M. O.", and "Charles" "Ch.".
func initialsOf(prenom string) string {
	var b strings.Builder
	separator := ""
	for i, part := range splitPrenom(prenom) {
		switch {
		case part == " " || part == "-":
			separator = part
			continue
		case i == 0 && strings.HasPrefix(strings.ToUpper(part), "CHA"):
			part = "Ch"
		default:
			first, _ := utf8.DecodeRuneInString(part)
			part = string(unicode.ToUpper(first))
		}
		b.WriteString(separator + part + ".")
	}
	return b.String()
}

// splitPrenom cuts a first name into its parts and what lies between them: a
// blank, or a hyphen when there is one. A full stop is a blank.
func splitPrenom(prenom string) []string {
	isBetween := func(r rune) bool { return r == '-' || r == '.' || unicode.IsSpace(r) }
	var parts []string
	for rest := strings.TrimFunc(prenom, isBetween); rest != ""; {
		end := strings.IndexFunc(rest, isBetween)
		if end < 0 {
			return append(parts, rest)
		}
		next := strings.TrimLeftFunc(rest[end:], isBetween)
		between := " "
		if strings.Contains(rest[end:len(rest)-len(next)], "-") {
			between = "-"
		}
		parts, rest = append(parts, rest[:end], between), next
	}
	return parts
}

type userRef struct {
	ID int64 `path:"uid"`
}

// userInfo returns an account. NotFound for an unknown one, Forbidden unless
// the caller holds UsersView where it belongs.
func (s *Service) userInfo(ctx context.Context, in userRef) (Utilisateur, error) {
	account, err := s.accountWith(ctx, s.Store.Read(), in.ID, UsersView)
	return utilisateur(account), err
}

// accountWith returns an account over which ctx's caller holds a permission:
// accounts are not confined to the department of the path, rights over them are.
func (s *Service) accountWith(ctx context.Context, q *db.Queries, id int64, p api.Permission) (identity.Account, error) {
	account, err := s.Identity.AccountWithin(ctx, q, id)
	if err != nil {
		return identity.Account{}, err
	}
	return account, requireIn(ctx, p, account.Departement)
}

type usersQuery struct {
	Active      api.Opt[bool]   `query:"active"`
	Departement api.Opt[string] `query:"departement"`
	StartsWith  string          `query:"starts_with" default:""`
}

// usersInfoQuery returns the accounts of the departments where the caller holds
// UsersView, and those of none to who holds it everywhere, by user name.
func (s *Service) usersInfoQuery(ctx context.Context, in usersQuery) ([]Utilisateur, error) {
	accounts, _, err := s.Identity.Accounts(ctx, identity.AccountQuery{
		Active: in.Active.Ptr(), Start: in.StartsWith, Departements: accessible(ctx, in.Departement), Sort: "user_name",
	})
	if err != nil {
		return nil, err
	}
	list := make([]Utilisateur, len(accounts))
	for i, a := range accounts {
		list[i] = utilisateur(a)
	}
	return list, nil
}

// accessible returns the departments whose accounts ctx's caller may see, nil
// for everybody's, and of these the wanted one alone when there is one.
func accessible(ctx context.Context, wanted api.Opt[string]) []string {
	everywhere, acronyms := true, []string(nil)
	if caller, ok := api.CallerFrom(ctx).(*identity.Caller); ok {
		everywhere, acronyms = caller.DepartementsWith(UsersView)
	}
	acronym, isWanted := wanted.Get()
	switch {
	case isWanted && (everywhere || slices.Contains(acronyms, acronym)):
		return []string{acronym}
	case isWanted, !everywhere && acronyms == nil:
		return []string{}
	}
	return acronyms
}

// userFields are what can be said of an account. A text that is null is empty.
type userFields struct {
	Nom            api.Opt[string] `json:"nom" maxlen:"64"`
	Prenom         api.Opt[string] `json:"prenom" maxlen:"64"`
	Email          api.Opt[string] `json:"email"`
	Dept           api.Opt[string] `json:"dept"`
	Active         api.Opt[bool]   `json:"active"`
	DateExpiration api.Opt[string] `json:"date_expiration"`
	EdtID          api.Opt[string] `json:"edt_id" maxlen:"64"`
}

// text returns a pointer to what was sent, nil when nothing was.
func (userFields) text(o api.Opt[string]) *string {
	if !o.Set {
		return nil
	}
	text := o.Or("")
	return &text
}

// patch returns what the fields change of an account, and all that is wrong
// with them.
func (s *Service) patch(f userFields) (identity.AccountPatch, []errs.Fault) {
	var faults []errs.Fault
	p := identity.AccountPatch{
		LastName: f.text(f.Nom), FirstName: f.text(f.Prenom), Email: f.text(f.Email), Departement: f.text(f.Dept),
		Active: f.Active.Ptr(), EdtID: f.text(f.EdtID),
	}
	if p.Email != nil && *p.Email != "" {
		address, reason := api.ParseEmail(*p.Email)
		if reason != "" {
			faults = append(faults, errs.Fault{Loc: []any{"email"}, Code: "value_error", Message: reason})
		}
		p.Email = &address
	}
	if f.DateExpiration.Set {
		end, ok := s.endOf(f.DateExpiration.Or(""))
		if !ok {
			faults = append(faults, errs.Fault{Loc: []any{"date_expiration"}, Code: "datetime_parsing", Message: "not a date"})
		}
		p.ExpiresAt = &end
	}
	return p, faults
}

// endOf reads when an account stops working: after a day, at an ISO instant, in
// the site's time when it has no zone, or never for "", the zero time.
func (s *Service) endOf(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, true
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, s.Location); err == nil {
		end := day.AddDate(0, 0, 1)
		return end, isKept(end)
	}
	at, ok := s.moment(text)
	return at, ok && isKept(at)
}

// isKept reports whether the base can hold a moment, whose year has four digits
// there; what is long past is a slip of the hand.
func isKept(at time.Time) bool {
	year := at.UTC().Year()
	return 1900 <= year && year <= 9999
}

type userCreateIn struct {
	UserName string `json:"user_name"`
	userFields
}

// userCreate adds an account without a password. Values that will not do are
// Invalid, all of them at once, a name that is taken too; an unknown department
// is NotFound, one that the caller does not administer Forbidden.
func (s *Service) userCreate(ctx context.Context, in userCreateIn) (Utilisateur, error) {
	if !in.Dept.Set {
		in.Dept = api.Some(api.RequestFrom(ctx).Departement)
	}
	p, faults := s.patch(in.userFields)
	if e := errs.As(identity.CheckUserName(in.UserName)); e != nil {
		faults = append(e.Faults, faults...)
	}
	if err := errs.Faulty(faults); err != nil {
		return Utilisateur{}, err
	}
	if err := requireIn(ctx, UsersAdmin, *p.Departement); err != nil {
		return Utilisateur{}, err
	}
	account, err := s.Identity.CreateAccount(ctx, identity.NewAccount{
		UserName: in.UserName, FirstName: in.Prenom.Or(""), LastName: in.Nom.Or(""), Email: textOrEmpty(p.Email),
		Departement: *p.Departement, ExpiresAt: p.ExpiresAt, EdtID: in.EdtID.Or(""), IsInactive: !in.Active.Or(true),
	})
	return utilisateur(account), accountFault(err)
}

type userEditIn struct {
	userRef
	userFields
}

// userEdit changes an account. NotFound for an unknown account or department,
// Forbidden unless the caller administers the department it belongs to, and the
// one it moves to; values that will not do are Invalid, all of them at once.
// Anything but its names is Forbidden to who holds less than the account does.
func (s *Service) userEdit(ctx context.Context, in userEditIn) (Utilisateur, error) {
	p, faults := s.patch(in.userFields)
	var after identity.Account
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, err := s.accountWith(ctx, q, in.ID, UsersAdmin)
		if err != nil {
			return err
		}
		if err := errs.Faulty(faults); err != nil {
			return err
		}
		if p.Departement != nil && *p.Departement != before.Departement {
			if err := requireIn(ctx, UsersAdmin, *p.Departement); err != nil {
				return err
			}
		}
		after, err = s.Identity.UpdateAccountWithin(ctx, q, in.ID, p)
		return err
	})
	return utilisateur(after), accountFault(err)
}

// accountFault makes a value that will not do of a name that is taken.
func accountFault(err error) error {
	fields := map[string]string{"user_name_taken": "user_name", "matricule_taken": "user_name", "email_taken": "email"}
	if e := errs.As(err); e != nil && fields[e.Code] != "" {
		return errs.NewInvalid(fields[e.Code], e.Code, e.Message)
	}
	return err
}

type userPasswordIn struct {
	userRef
	Password string `json:"password"`
}

// userPassword gives an account a password. NotFound for an unknown account,
// Forbidden unless the caller may handle its password; a password that does not
// suit is Malformed, for the 400 of the published page.
func (s *Service) userPassword(ctx context.Context, in userPasswordIn) (Utilisateur, error) {
	account, err := s.Identity.Account(ctx, in.ID)
	if err != nil {
		return Utilisateur{}, err
	}
	if err := mayHandlePassword(ctx, account); err != nil {
		return Utilisateur{}, err
	}
	policy, err := s.Identity.PasswordPolicy(ctx)
	if err != nil {
		return Utilisateur{}, err
	}
	if problem := policy.Check(in.Password, account.UserName); problem != nil {
		return Utilisateur{}, errs.New(errs.Malformed, problem.Code, problem.French())
	}
	account, err = s.Identity.UpdateAccount(ctx, in.ID, identity.AccountPatch{Password: &in.Password})
	return utilisateur(account), err
}

// mayHandlePassword returns Forbidden unless ctx's caller runs ScoDoc, is the
// account itself, or administers its department and belongs to no other.
func mayHandlePassword(ctx context.Context, account identity.Account) error {
	caller, ok := api.CallerFrom(ctx).(*identity.Caller)
	if !ok || caller.AccountID() == account.ID || caller.Can(ScoSuperAdmin, "") {
		return nil
	}
	if own := caller.Account.Departement; own != "" && own != account.Departement {
		return errNotAllowed
	}
	return requireIn(ctx, UsersAdmin, account.Departement)
}

type userRoleRef struct {
	userRef
	Role string          `path:"role_name"`
	Dept api.Opt[string] `path:"dept"`
}

// userRoleAdd gives an account a role in a department, or in all of them; one
// that it has already stays. NotFound for an unknown account, role or
// department; a role with ScoSuperAdmin in a single department is Invalid, one
// that gives more than the caller has Forbidden.
func (s *Service) userRoleAdd(ctx context.Context, in userRoleRef) (Utilisateur, error) {
	role, err := s.Identity.RoleByName(ctx, in.Role)
	if err != nil {
		return Utilisateur{}, err
	}
	dept := in.Dept.Or("")
	isSuper := slices.ContainsFunc(role.Permissions, func(p identity.Permission) bool { return p.Name() == string(ScoSuperAdmin) })
	if isSuper && dept != "" {
		return Utilisateur{}, errs.NewInvalid("dept", "role_everywhere", "ce rôle ne se donne que dans tous les départements à la fois")
	}
	account, err := s.Identity.Grant(ctx, in.ID, role.Name, dept)
	return utilisateur(account), err
}

// userRoleRemove takes a role back from an account, in a department or the one
// that it has in all of them. NotFound for an unknown account or role, and when
// the account does not have it; the last administrator's is a Conflict.
func (s *Service) userRoleRemove(ctx context.Context, in userRoleRef) (Utilisateur, error) {
	account, err := s.Identity.Revoke(ctx, in.ID, in.Role, in.Dept.Or(""))
	return utilisateur(account), err
}
