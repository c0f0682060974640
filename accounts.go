package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"intendant/internal/appliance"
	"intendant/internal/audit"
	"intendant/internal/identity"
)

// byCommand makes the command line the author of what follows in the journal.
func byCommand(ctx context.Context) context.Context {
	return audit.WithActor(ctx, audit.Actor{Name: "ligne de commande"})
}

// passwordFlag is where a password comes from: a file, else the terminal, else
// standard input.
type passwordFlag struct {
	PasswordFile string `name:"password-file" help:"Fichier du mot de passe. / File with the password." env:"INTENDANT_PASSWORD_FILE" type:"path"`
}

func (f passwordFlag) read() (string, error) {
	if f.PasswordFile != "" {
		text, err := os.ReadFile(f.PasswordFile)
		if err != nil {
			return "", fmt.Errorf("--password-file: %w", err)
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	}
	if stdin := int(os.Stdin.Fd()); term.IsTerminal(stdin) {
		fmt.Fprint(os.Stderr, "Mot de passe / Password : ")
		text, err := term.ReadPassword(stdin)
		fmt.Fprintln(os.Stderr)
		return string(text), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", errors.New("aucun mot de passe sur l'entrée standard / no password on standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type initCmd struct {
	dataFlag
	passwordFlag
	Admin string `help:"Nom de l'administrateur. / Name of the administrator." required:""`
}

// Run creates the base and its first administrator; an existing base is
// refused and left as it is.
func (c *initCmd) Run(ctx context.Context, out output) error {
	if _, err := os.Stat(filepath.Join(c.Data, appliance.BaseName)); err == nil {
		return fmt.Errorf("%s : une base s'y trouve déjà / a base is there already", c.Data)
	}
	password, err := c.read()
	if err != nil {
		return err
	}
	a, err := appliance.Open(ctx, appliance.Config{Data: c.Data})
	if err != nil {
		return err
	}
	defer a.Close()
	account, err := createAdmin(byCommand(ctx), a, c.Admin, password)
	if err != nil {
		return errors.Join(err, removeBase(a))
	}
	out.printf("Administrateur %s créé (matricule %d).\n", account.UserName, account.Matricule)
	return nil
}

func createAdmin(ctx context.Context, a *appliance.Appliance, name, password string) (identity.Account, error) {
	if password == "" {
		return identity.Account{}, errors.New("il faut un mot de passe à un administrateur / an administrator needs a password")
	}
	role, err := a.Identity.RoleByName(ctx, identity.Admin)
	if err != nil {
		return identity.Account{}, err
	}
	return a.Identity.CreateAccount(ctx, identity.NewAccount{
		UserName: name, LastName: name, Email: name + "@intendant.example", Password: password, RoleUUID: role.UUID,
	})
}

// removeBase undoes an init that failed, so that it can be run again.
func removeBase(a *appliance.Appliance) error {
	err := a.Close()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if e := os.Remove(a.Store.Path() + suffix); e != nil && !os.IsNotExist(e) {
			err = errors.Join(err, e)
		}
	}
	return err
}

type userCmd struct {
	Create   userCreateCmd   `cmd:"" help:"Crée un compte. / Create an account."`
	Role     userRoleCmd     `cmd:"" help:"Donne ou retire des rôles. / Give or take roles."`
	Password userPasswordCmd `cmd:"" help:"Change un mot de passe. / Change a password."`
	Disable  userDisableCmd  `cmd:"" help:"Désactive un compte. / Disable an account."`
	Enable   userEnableCmd   `cmd:"" help:"Réactive un compte. / Enable an account."`
	List     userListCmd     `cmd:"" help:"Liste les comptes. / List the accounts."`
}

// userArg names an account.
type userArg struct {
	dataFlag
	User string `arg:"" help:"Nom d'utilisateur. / User name."`
}

// with opens the base, finds the account and calls fn.
func (c userArg) with(ctx context.Context, fn func(context.Context, *identity.Service, identity.Account) error) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	account, err := a.Identity.AccountByUserName(ctx, c.User)
	if err != nil {
		return fmt.Errorf("%s: %w", c.User, err)
	}
	return fn(byCommand(ctx), a.Identity, account)
}

type userCreateCmd struct {
	dataFlag
	User string `arg:"" help:"Nom d'utilisateur. / User name."`
	Role string `arg:"" help:"Rôle. / Role."`
	Dept string `arg:"" help:"Département, ou @all. / Department, or @all."`
}

// Run creates an account without a password: it signs in once it has one. It
// belongs to the department that its role is for.
func (c *userCreateCmd) Run(ctx context.Context, out output) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	role, err := a.Identity.RoleByName(ctx, c.Role)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Role, err)
	}
	dept := c.Dept
	if dept == "@all" {
		dept = ""
	}
	account, err := a.Identity.CreateAccount(byCommand(ctx), identity.NewAccount{UserName: c.User, RoleUUID: role.UUID, GrantedIn: dept, Departement: dept})
	if err != nil {
		return err
	}
	out.printf("Compte %s créé (matricule %d).\n", account.UserName, account.Matricule)
	return nil
}

type userRoleCmd struct {
	userArg
	Add    []string `short:"a" help:"Rôle à donner, ROLE ou ROLE_DEPT. / Role to give, ROLE or ROLE_DEPT."`
	Remove []string `short:"r" help:"Rôle à retirer, ROLE ou ROLE_DEPT. / Role to take back, ROLE or ROLE_DEPT."`
}

// Run gives and takes roles, all of them or none.
func (c *userRoleCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		var changes []identity.GrantChange
		for _, text := range c.Add {
			changes = append(changes, grantNamed(ctx, s, text))
		}
		for _, text := range c.Remove {
			change := grantNamed(ctx, s, text)
			change.Revoke = true
			changes = append(changes, change)
		}
		_, err := s.ChangeGrants(ctx, account.ID, changes...)
		return err
	})
}

// grantNamed reads ROLE or ROLE_DEPT: the department follows the first
// underscore, unless the whole text is the name of a role.
func grantNamed(ctx context.Context, s *identity.Service, text string) identity.GrantChange {
	if _, err := s.RoleByName(ctx, text); err == nil {
		return identity.GrantChange{Role: text}
	}
	role, dept, _ := strings.Cut(text, "_")
	return identity.GrantChange{Role: role, Departement: dept}
}

type userPasswordCmd struct {
	userArg
	passwordFlag
}

// Run sets a password read from a file, the terminal or standard input.
func (c *userPasswordCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		password, err := c.read()
		if err != nil {
			return err
		}
		if password == "" {
			return errors.New("le mot de passe est vide / the password is empty")
		}
		return s.SetPassword(ctx, account.ID, password)
	})
}

type userDisableCmd struct{ userArg }

// Run disables an account: its tokens stop at once.
func (c *userDisableCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		_, err := s.Deactivate(ctx, account.ID)
		return err
	})
}

type userEnableCmd struct{ userArg }

// Run enables an account again.
func (c *userEnableCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		active := true
		_, err := s.UpdateAccount(ctx, account.ID, identity.AccountPatch{Active: &active})
		return err
	})
}

type userListCmd struct{ dataFlag }

// Run lists the accounts, one a line.
func (c *userListCmd) Run(ctx context.Context, out output) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	accounts, _, err := a.Identity.Accounts(ctx, identity.AccountQuery{Sort: "user_name"})
	for _, account := range accounts {
		state := "actif"
		if !account.Active {
			state = "inactif"
		}
		roles := make([]string, len(account.Grants))
		for i, g := range account.Grants {
			if roles[i] = g.RoleName; g.Departement != "" {
				roles[i] += "_" + g.Departement
			}
		}
		out.printf("%s\t%d\t%s\t%s\t%s\n", account.UserName, account.Matricule, account.Nom(), state, strings.Join(roles, ","))
	}
	return err
}

type roleCmd struct {
	Create roleCreateCmd `cmd:"" help:"Crée un rôle. / Create a role."`
	Edit   roleEditCmd   `cmd:"" help:"Change les permissions d'un rôle. / Change the permissions of a role."`
}

type roleCreateCmd struct {
	dataFlag
	Name string `arg:"" help:"Nom du rôle. / Name of the role."`
}

// Run creates a role without permissions.
func (c *roleCreateCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	_, err = a.Identity.CreateRole(byCommand(ctx), identity.RoleChange{Name: &c.Name})
	return err
}

type roleEditCmd struct {
	dataFlag
	Name   string   `arg:"" help:"Nom du rôle. / Name of the role."`
	Add    []string `short:"a" help:"Permission à ajouter : ScoView, users:read. / Permission to add."`
	Remove []string `short:"r" help:"Permission à retirer. / Permission to remove."`
}

// Run adds and removes permissions: "ressource:action", or ScoDoc's names.
func (c *roleEditCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	role, err := a.Identity.RoleByName(ctx, c.Name)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	var change identity.RoleChange
	for _, name := range c.Add {
		change.Add = append(change.Add, identity.PermissionRef{Name: name})
	}
	for _, name := range c.Remove {
		change.Remove = append(change.Remove, identity.PermissionRef{Name: name})
	}
	_, err = a.Identity.UpdateRole(byCommand(ctx), role.UUID, change)
	return err
}

// tokenCmd issues when no subcommand is named: "token USER" is the older form.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" default:"withargs" help:"Délivre un jeton d'accès. / Issue an access token."`
	List   tokenListCmd   `cmd:"" help:"Liste les jetons d'un compte. / List the tokens of an account."`
	Revoke tokenRevokeCmd `cmd:"" help:"Révoque un jeton. / Revoke a token."`
}

type tokenCreateCmd struct {
	userArg
	Lifetime time.Duration `help:"Durée de validité (48h). / Lifetime (48h)." xor:"lifetime"`
	Days     int           `help:"Durée de validité en jours. / Lifetime in days." xor:"lifetime"`
}

// Run prints an access token of parc for an account.
func (c *tokenCreateCmd) Run(ctx context.Context, out output) error {
	lifetime := 48 * time.Hour
	switch {
	case c.Lifetime != 0:
		lifetime = c.Lifetime
	case c.Days != 0:
		lifetime = time.Duration(c.Days) * 24 * time.Hour
	}
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		token, err := s.IssueToken(ctx, account.ID, lifetime)
		if err == nil {
			out.printf("%s\n", token)
		}
		return err
	})
}

type tokenListCmd struct{ userArg }

// Run lists the live tokens of an account, one login or token issued by hand a
// line: what to revoke it by, its kind, when it began and ends (UTC), for whom.
func (c *tokenListCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		tokens, err := s.Tokens(ctx, account.ID)
		for _, t := range tokens {
			out.printf("%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Kind, t.Created.UTC().Format(time.RFC3339), t.Expires.UTC().Format(time.RFC3339), t.Address, t.UserAgent)
		}
		return err
	})
}

type tokenRevokeCmd struct {
	userArg
	ID string `arg:"" help:"Identifiant donné par la liste. / Identifier from the list."`
}

// Run revokes a token; programs that use it are refused at once.
func (c *tokenRevokeCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *identity.Service, account identity.Account) error {
		return s.RevokeToken(ctx, account.ID, c.ID)
	})
}
