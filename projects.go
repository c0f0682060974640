package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/projets"
	"intendant/web"
)

// projetsFlag opens the data folder for the second wing. The services keep
// commands and the server apart: see projets and its package bases.
type projetsFlag struct{ dataFlag }

// with opens the base and calls fn.
func (f projetsFlag) with(ctx context.Context, fn func(context.Context, *projets.Service) error) error {
	return f.withAddress(ctx, "", fn)
}

// withAddress is with for what is mailed: a link needs the server's address,
// which a command does not know by itself.
func (f projetsFlag) withAddress(ctx context.Context, address string, fn func(context.Context, *projets.Service) error) error {
	a, err := appliance.Open(ctx, appliance.Config{Data: f.Data, MustExist: true, Running: web.Running{PublicURL: address}})
	if err != nil {
		return err
	}
	defer a.Close()
	return fn(byCommand(ctx), a.Projets)
}

// ifSent makes an optional flag an optional field: nil is not sent.
func ifSent[T any](v *T) api.Opt[T] {
	if v == nil {
		return api.Opt[T]{}
	}
	return api.Some(*v)
}

// emailFlag is an e-mail address, checked as the APIs do.
type emailFlag string

// UnmarshalText implements encoding.TextUnmarshaler.
func (e *emailFlag) UnmarshalText(text []byte) error {
	address, reason := api.ParseEmail(string(text))
	if reason != "" {
		return errors.New(reason)
	}
	*e = emailFlag(address)
	return nil
}

type projectCmd struct {
	List       projectListCmd       `cmd:"" help:"Liste les projets. / List the projects."`
	Create     projectCreateCmd     `cmd:"" help:"Crée un projet, dans une base nouvelle ou existante. / Create a project, in a new or an existing database."`
	Update     projectUpdateCmd     `cmd:"" help:"Modifie un projet. / Change a project."`
	Delete     projectDeleteCmd     `cmd:"" help:"Supprime un projet ; sa base reste. / Delete a project; its database stays."`
	Users      projectUsersCmd      `cmd:"" help:"Liste les utilisateurs d'un projet. / List the users of a project."`
	AddUser    projectAddUserCmd    `cmd:"" help:"Ajoute un utilisateur à un projet, et le crée au besoin. / Add a user to a project, made if need be."`
	SetUser    projectSetUserCmd    `cmd:"" help:"Modifie les droits d'un utilisateur. / Change the rights of a user."`
	RemoveUser projectRemoveUserCmd `cmd:"" help:"Retire un utilisateur d'un projet. / Take a user out of a project."`
}

// projectArg names a project.
type projectArg struct {
	projetsFlag
	ID int64 `arg:"" help:"Numéro du projet. / Number of the project."`
}

// with names the project in what goes wrong.
func (c projectArg) with(ctx context.Context, fn func(context.Context, *projets.Service) error) error {
	if err := c.projetsFlag.with(ctx, fn); err != nil {
		return fmt.Errorf("%d: %w", c.ID, err)
	}
	return nil
}

type projectListCmd struct {
	projetsFlag
	Query string `help:"Texte du nom. / Text in the name."`
	All   bool   `help:"Inactifs compris. / Inactive ones too."`
}

// Run lists projects, one a line: number, number in the database, database,
// owner, state, name.
func (c *projectListCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		list, _, err := s.Projects(ctx, projets.ProjectQuery{Text: c.Query, ShowAll: c.All})
		for _, p := range list {
			out.printf("%d\t%s\t%s\t%d\t%s\t%s\n", p.ID, p.No, p.DatabaseID, p.OwnerID, state(p.Active), p.Name)
		}
		return err
	})
}

func state(active bool) string {
	if active {
		return "actif"
	}
	return "inactif"
}

type projectCreateCmd struct {
	projetsFlag
	Name        string `help:"Nom du projet. / Name of the project." required:""`
	Owner       int64  `help:"Numéro du propriétaire. / Number of the owner." required:""`
	Type        int64  `help:"Type de projet. / Project type." default:"1"`
	Constructor string `help:"Entreprise. / Company." required:""`
	Description string `help:"Description du projet. / Description of the project." required:""`
	NewDB       string `name:"new-db" help:"Base à créer. / Database to make." xor:"db" required:""`
	Template    string `help:"Modèle de la base à créer. / Template of the database to make." default:"dev-template"`
	DB          string `name:"db" help:"Base existante. / Existing database." xor:"db" required:""`
}

// Run creates a project and prints its number.
func (c *projectCreateCmd) Run(ctx context.Context, out output) error {
	in := projets.NewProject{
		NewDB: api.Some(c.NewDB != ""), Name: api.Some(c.Name), Constructor: api.Some(c.Constructor), Description: api.Some(c.Description),
		OwnerID: api.Some(c.Owner), ProjectTypeID: api.Some(c.Type),
	}
	if c.NewDB != "" {
		in.NewDBName, in.NewDBTemplate = api.Some(c.NewDB), api.Some(c.Template)
	} else {
		in.ExistingDBName = api.Some(c.DB)
	}
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		p, err := s.CreateProject(ctx, in)
		if err == nil {
			out.printf("Projet %d créé, n° %s de la base %s.\n", p.ID, p.No, p.DatabaseID)
		}
		return err
	})
}

type projectUpdateCmd struct {
	projectArg
	Name        *string `help:"Nom du projet. / Name of the project."`
	Owner       *int64  `help:"Numéro du propriétaire. / Number of the owner."`
	Type        *int64  `help:"Type de projet. / Project type."`
	Constructor *string `help:"Entreprise. / Company."`
	Description *string `help:"Description du projet. / Description of the project."`
	Contact     *string `help:"Personne à joindre. / Whom to contact."`
	GrossArea   *string `help:"Surface brute, en m². / Gross area, in m²."`
	Status      *int64  `help:"Statut. / Status."`
	Active      *bool   `help:"Actif ; --active=false pour l'archiver. / Active; --active=false to archive it."`
}

// Run changes what is given of a project.
func (c *projectUpdateCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		_, err := s.UpdateProject(ctx, c.ID, projets.ProjectPatch{
			Name: ifSent(c.Name), OwnerID: ifSent(c.Owner), ProjectTypeID: ifSent(c.Type), Constructor: ifSent(c.Constructor),
			Description: ifSent(c.Description), Contact: ifSent(c.Contact), GrossArea: ifSent((*api.Decimal)(c.GrossArea)),
			Status: ifSent(c.Status), Active: ifSent(c.Active),
		})
		return err
	})
}

type projectDeleteCmd struct{ projectArg }

// Run deletes a project.
func (c *projectDeleteCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error { return s.DeleteProject(ctx, c.ID) })
}

type projectUsersCmd struct{ projectArg }

// Run lists the users of a project, one a line: user name, name, state, the
// seven rights in the order of the help of add-user, what else he may.
func (c *projectUsersCmd) Run(ctx context.Context, out output) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		if _, err := s.Project(ctx, c.ID); err != nil {
			return err
		}
		users, err := s.ProjectUsers(ctx, c.ID)
		for _, u := range users {
			rights := fmt.Sprint(u.Room, u.Equipment, u.Tender, u.Consignation, u.System, u.Modelstore, u.RoomSurfaceTreatment)
			out.printf("%s\t%s %s\t%s\t%s\t%s\n", u.UserName, u.FirstName, u.LastName, state(u.Active && u.Enabled), rights, powers(u))
		}
		return err
	})
}

func powers(u projets.ProjectUser) string {
	switch {
	case u.Superuser == nil || !*u.Superuser:
		return ""
	case u.NoWebAdminAccess:
		return "superuser,no_web_admin_access"
	}
	return "superuser"
}

// projectUserArg names a user of a project.
type projectUserArg struct {
	projectArg
	User string `arg:"" help:"Nom d'utilisateur. / User name."`
}

// rightFlags are what a user may do in a project: 1 full, 2 limited, 3 read, 4
// none.
type rightFlags struct {
	Room         *int64  `help:"Droit sur les pièces : 1 complet, 2 partiel, 3 lecture, 4 aucun. / Right on rooms: 1 full, 2 limited, 3 read, 4 none."`
	Equipment    *int64  `help:"Droit sur les équipements. / Right on equipment."`
	Tender       *int64  `help:"Droit sur les appels d'offres. / Right on tenders."`
	Consignation *int64  `help:"Droit sur les consignations. / Right on consignation."`
	System       *int64  `help:"Droit sur les systèmes. / Right on systems."`
	Modelstore   *int64  `help:"Droit sur les maquettes. / Right on the model store."`
	Surface      *int64  `help:"Droit sur les finitions. / Right on surface treatment."`
	Superuser    *bool   `help:"Gère les utilisateurs du projet. / Manages the users of the project."`
	AddonAdmin   *bool   `help:"Administre les modules BIM. / Administers the BIM modules."`
	NoWebAdmin   *bool   `name:"no-web-admin-access" help:"Sans accès aux pages d'administration. / Without access to the admin pages."`
	Role         *string `help:"Rôle, en toutes lettres. / Role, in words."`
}

func (f rightFlags) membership() projets.Membership {
	return projets.Membership{
		RoomRights: ifSent(f.Room), EquipmentRights: ifSent(f.Equipment), TenderRights: ifSent(f.Tender), ConsignationRights: ifSent(f.Consignation),
		SystemRights: ifSent(f.System), ModelstoreRights: ifSent(f.Modelstore), RoomSurfaceTreatmentRights: ifSent(f.Surface),
		Superuser: ifSent(f.Superuser), AddonAdmin: ifSent(f.AddonAdmin), NoWebAdminAccess: ifSent(f.NoWebAdmin), Role: ifSent(f.Role),
	}
}

type projectAddUserCmd struct {
	projectUserArg
	rightFlags
	FirstName *string    `help:"Prénom. / First name."`
	LastName  *string    `help:"Nom. / Last name."`
	Email     *emailFlag `help:"Adresse e-mail. / E-mail address."`
	Mail      string     `help:"Modèle de l'e-mail à envoyer, ou skip_email. / Template of the e-mail to send, or skip_email." default:"6"`
	PublicURL *url.URL   `name:"public-url" help:"Adresse publique du serveur, pour le lien de l'e-mail. / Public address of the server, for the link of the e-mail." env:"INTENDANT_PUBLIC_URL"`
}

// Validate asks for the address that the mail gives.
func (c *projectAddUserCmd) Validate() error {
	if c.Mail != projets.SkipEmail && c.PublicURL == nil {
		return errors.New("--public-url : le lien de l'e-mail a besoin de l'adresse du serveur ; ou --mail=skip_email / " +
			"the link of the e-mail needs the address of the server; or --mail=skip_email")
	}
	return nil
}

// Run adds a user to a project. Without an SMTP server, and until the server
// runs, the mail waits.
func (c *projectAddUserCmd) Run(ctx context.Context, out output) error {
	in := projets.NewProjectUser{
		ProjectID: api.Some(c.ID), Membership: c.membership(), MailType: api.Some(c.Mail),
		User: projets.NewUser{UserName: api.Some(c.User), FirstName: ifSent(c.FirstName), LastName: ifSent(c.LastName), Email: ifSent((*api.Email)(c.Email))},
	}
	return c.withAddress(ctx, urlText(c.PublicURL), func(ctx context.Context, s *projets.Service) error {
		u, err := s.AddProjectUser(ctx, in)
		if err == nil {
			out.printf("%s ajouté au projet %d.\n", u.UserName, u.ProjectID)
		}
		return err
	})
}

type projectSetUserCmd struct {
	projectUserArg
	rightFlags
}

// Run changes what is given of a user's rights.
func (c *projectSetUserCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error {
		_, err := s.UpdateProjectUser(ctx, c.User, c.ID, c.membership())
		return err
	})
}

type projectRemoveUserCmd struct{ projectUserArg }

// Run takes a user out of a project; his account stays.
func (c *projectRemoveUserCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, s *projets.Service) error { return s.DeleteProjectUser(ctx, c.User, c.ID) })
}
