package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/mail"
	"intendant/internal/projets"
	"intendant/internal/projets/bases"
)

// owners have the ids 1 to 7; the published examples speak of the fifth, and
// create the next.
var owners = []projets.OwnerPatch{
	{Name: api.Some("Hôpitaux de l'Estuaire"), Address: api.Some("12 quai du Wouri\nDouala"), Contact: api.Some("Direction des travaux"), TechContact: api.Some("Cellule maquette")},
	{Name: api.Some("Ville de Limbé"), Address: api.Some("Place de l'Hôtel-de-Ville\nLimbé"), BillingAddress: api.Some("Trésorerie municipale, BP 40")},
	{Name: api.Some("Rectorat du Littoral"), Contact: api.Some("Service des constructions"), Note: api.Some("Marché à bons de commande jusqu'en 2028.")},
	{Name: api.Some("Université des Montagnes"), Network: api.Some("10.40.0.0/16"), TechContact: api.Some("Patrimoine immobilier")},
	{Name: api.Some("Ateliers du Mont"), Address: api.Some("Zone industrielle, lot 9\nBafoussam")},
	{Name: api.Some("Port autonome de Douala"), Contact: api.Some("Bureau des études")},
	{Name: api.Some("Brasseries du Mont"), Note: api.Some("Pas encore de projet.")},
}

// sampleProject is a project and the database it is in, which its first one
// makes; years is how long ago it began, weight how much it is used.
type sampleProject struct {
	database, name, constructor, description string
	owner, kind                              int64
	years                                    float64
	weight                                   int
	area                                     api.Decimal
	isOver                                   bool
}

// projects have the ids 1 to 11, and the last one 408, as in the published
// examples.
var projects = []sampleProject{
	{"hopital-nord", "Hôpital Nord, pavillon mère-enfant", "Bâtisseurs du Wouri", "Construction neuve, 240 lits", 1, 1, 4.6, 9, "18450.5", false},
	{"hopital-nord", "Hôpital Nord, plateau technique", "Bâtisseurs du Wouri", "Imagerie, blocs et stérilisation", 1, 1, 3.2, 7, "7210", false},
	{"hopital-nord", "Hôpital Nord, logistique", "Sanaga Construction", "Cuisine, lingerie, quai", 1, 1, 1.4, 3, "2960", false},
	{"lycees-littoral", "Lycée d'Akwa", "Sanaga Construction", "Réhabilitation de l'internat", 3, 1, 4.1, 4, "6120", true},
	{"lycees-littoral", "Lycée de Bonabéri", "Sanaga Construction", "Extension : 18 salles", 3, 1, 2.6, 5, "4875.25", false},
	{"lycees-littoral", "Collège de Deido", "Littoral Bâtiment", "Restructuration", 3, 1, 0.8, 2, "3340", false},
	{"campus", "Campus, bibliothèque", "Bamboutos Ouvrages", "600 places, magasins climatisés", 4, 1, 3.7, 6, "5200", false},
	{"campus", "Campus, laboratoires de chimie", "Bamboutos Ouvrages", "Paillasses, sorbonnes, fluides", 4, 1, 2.1, 5, "3810", false},
	{"formation", "Atelier de formation", "Ateliers du Mont", "Bac à sable des nouveaux venus", 5, 3, 2.9, 3, "", false},
	{"akl-test", "Dev template", "Ateliers du Mont", "Projet modèle, repris par les autres", 5, 2, 4.9, 1, "", false},
	{"port", "Gare maritime", "Wouri Travaux", "Embarquement des passagers", 6, 1, 1.1, 4, "9034", false},
	{"port", "Entrepôt frigorifique", "Wouri Travaux", "Chambres froides, quai 7", 6, 1, 0.4, 2, "2480", false},
}

// lastProject is the id of the last project, deletedProject that of one whose
// logins are all that is left.
const (
	lastProject    = 408
	deletedProject = lastProject - 1
)

// members are the users of the projects, by place in projects. A right is 1
// full, 2 limited, 3 read, 4 none: room, equipment, tender, consignation,
// system, modelstore, room surface treatment.
var members = []struct {
	user, first, last string
	projects          []int
	rights            [7]int64
	isSuperuser       bool
	mail              string
}{
	{"testuser", "Théo", "Essai", []int{0, 1}, [7]int64{3, 3, 4, 4, 4, 4, 4}, false, "6"},
	{"a.bello", "Aïcha", "Bello", []int{0, 1, 2}, [7]int64{1, 1, 1, 1, 1, 1, 1}, true, projets.SkipEmail},
	{"m.njoya", "Moussa", "Njoya", []int{6, 7}, [7]int64{1, 1, 2, 2, 1, 3, 2}, true, "6"},
	{"e.manga", "Élise", "Manga", []int{0, 2, 10}, [7]int64{1, 1, 2, 3, 3, 3, 1}, false, projets.SkipEmail},
	{"s.tchoua", "Samuel", "Tchoua", []int{3, 4, 5}, [7]int64{2, 1, 4, 4, 3, 4, 2}, false, projets.SkipEmail},
	{"r.fouda", "Rachel", "Fouda", []int{4, 5, 8}, [7]int64{3, 3, 3, 3, 3, 3, 3}, false, "6"},
	{"d.owona", "Didier", "Owona", []int{6, 7, 8, 9}, [7]int64{1, 2, 4, 4, 2, 1, 4}, false, "5"},
	{"k.ateba", "Karine", "Ateba", []int{10, 11}, [7]int64{2, 1, 1, 1, 4, 4, 4}, false, "6"},
	{"g.nkoulou", "Gaston", "Nkoulou", []int{1, 4, 11}, [7]int64{4, 3, 1, 1, 4, 4, 4}, false, projets.SkipEmail},
	{"n.mbarga", "", "", []int{0, 8}, [7]int64{3, 1, 4, 4, 1, 4, 4}, false, projets.SkipEmail},
	{"c.fotso", "", "", []int{2, 6}, [7]int64{3, 3, 3, 3, 3, 3, 3}, false, "5"},
}

// loginClients are the programs that projects are opened with, and how often.
var loginClients = []struct {
	name   string
	weight int
}{
	{"Maquette", 9}, {"Client de bureau", 6}, {"Navigateur", 4}, {"Visionneuse", 3}, {"Import", 1},
}

// loadProjets writes owners, projects and their databases, users, logins,
// mails, and something in the trash.
func loadProjets(ctx context.Context, a *appliance.Appliance) error {
	s, now := a.Projets, a.Projets.Now
	defer func() { s.Now = now }() // projects began in the past
	for _, o := range owners {
		if _, err := s.CreateOwner(ctx, o); err != nil {
			return err
		}
	}
	ids := make([]int64, len(projects))
	made := map[string]bool{}
	for i, p := range projects {
		began := now().AddDate(0, 0, -int(p.years*365))
		s.Now = func() time.Time { return began }
		var err error
		if ids[i], err = addProject(ctx, a, p, !made[p.database], i == len(projects)-1); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		made[p.database] = true
	}
	s.Now = now
	if err := addMembers(ctx, s, ids); err != nil {
		return err
	}
	if err := fillTrash(ctx, s); err != nil {
		return err
	}
	if err := addLogins(ctx, a, ids); err != nil {
		return err
	}
	return addMails(ctx, a)
}

func addProject(ctx context.Context, a *appliance.Appliance, p sampleProject, isFirst, isLast bool) (int64, error) {
	in := projets.NewProject{
		NewDB: api.Some(isFirst), Name: api.Some(p.name), Constructor: api.Some(p.constructor), Description: api.Some(p.description),
		OwnerID: api.Some(p.owner), ProjectTypeID: api.Some(p.kind),
	}
	if isFirst {
		in.NewDBTemplate, in.NewDBName = api.Some(bases.Template), api.Some(p.database)
	} else {
		in.ExistingDBName = api.Some(p.database)
	}
	if isLast {
		if err := skipNumbers(ctx, a, p); err != nil {
			return 0, err
		}
	}
	created, err := a.Projets.CreateProject(ctx, in)
	if err != nil {
		return 0, err
	}
	change := projets.ProjectPatch{Active: api.Some(!p.isOver), Contact: api.Some("Conduite de travaux, " + p.constructor), Status: api.Some(p.kind)}
	if p.area != "" {
		change.GrossArea = api.Some(p.area)
	}
	_, err = a.Projets.UpdateProject(ctx, created.ID, change)
	return created.ID, err
}

// skipNumbers gives away the number before the last project's: a number that
// was given once is not given again.
func skipNumbers(ctx context.Context, a *appliance.Appliance, p sampleProject) error {
	return a.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		base, err := q.ReadyDatabase(ctx, db.ReadyDatabaseParams{Name: p.database, NameKey: p.database})
		if err != nil {
			return err
		}
		err = q.AddProjectInFile(ctx, db.AddProjectInFileParams{
			ID: deletedProject, Name: "Ancien hangar", NameKey: "ancien hangar", DatabaseID: base.ID, No: "00", OwnerID: p.owner, ProjectTypeID: p.kind,
			Constructor: p.constructor, CreatedAt: db.At(a.Projets.Now()),
		})
		if err != nil {
			return err
		}
		return q.DeleteProject(ctx, deletedProject)
	})
}

func addMembers(ctx context.Context, s *projets.Service, ids []int64) error {
	for _, m := range members {
		for k, place := range m.projects {
			in := projets.NewProjectUser{
				ProjectID: api.Some(ids[place]), User: projets.NewUser{UserName: api.Some(m.user)}, MailType: api.Some(m.mail),
				Membership: projets.Membership{
					RoomRights: api.Some(m.rights[0]), EquipmentRights: api.Some(m.rights[1]), TenderRights: api.Some(m.rights[2]),
					ConsignationRights: api.Some(m.rights[3]), SystemRights: api.Some(m.rights[4]), ModelstoreRights: api.Some(m.rights[5]),
					RoomSurfaceTreatmentRights: api.Some(m.rights[6]), Superuser: api.Some(m.isSuperuser),
				},
			}
			if m.first != "" {
				in.User.FirstName, in.User.LastName, in.User.Email = api.Some(m.first), api.Some(m.last), api.Some(api.Email(m.user+"@intendant.example"))
			}
			if k > 0 {
				in.MailType = api.Some(projets.SkipEmail)
			}
			if _, err := s.AddProjectUser(ctx, in); err != nil {
				return fmt.Errorf("%s: %w", m.user, err)
			}
		}
	}
	// One manages the users of his project through programs only, one is kept
	// out for a while, and one has left.
	_, err := s.UpdateProjectUser(ctx, "m.njoya", ids[7], projets.Membership{NoWebAdminAccess: api.Some(true), AddonAdmin: api.Some(true)})
	if err != nil {
		return err
	}
	if _, err := s.DisableAll(ctx, "akl-test"); err != nil {
		return err
	}
	_, err = s.Disable(ctx, "g.nkoulou")
	return err
}

// fillTrash makes a database and throws it away.
func fillTrash(ctx context.Context, s *projets.Service) error {
	const name = "essai-2024"
	p, err := s.CreateProject(ctx, projets.NewProject{
		NewDB: api.Some(true), NewDBTemplate: api.Some(bases.Template), NewDBName: api.Some(name), Name: api.Some("Essai de reprise"),
		Constructor: api.Some("Ateliers du Mont"), Description: api.Some("Reprise d'une ancienne base"), OwnerID: api.Some(int64(5)), ProjectTypeID: api.Some(int64(3)),
	})
	if err != nil {
		return err
	}
	if err := s.DeleteProject(ctx, p.ID); err != nil {
		return err
	}
	return s.DeleteDatabase(ctx, name)
}

// addLogins writes the logins of the last five years, the same each time: more
// on what is used more, none at weekends.
func addLogins(ctx context.Context, a *appliance.Appliance, ids []int64) error {
	chance := rand.New(rand.NewPCG(2026, 408))
	today := a.Now().UTC().Truncate(24 * time.Hour)
	return a.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		for i, p := range projects {
			users, err := q.ProjectUsersIn(ctx, db.JSONList(ids[i]))
			if err != nil {
				return err
			}
			for week := range int(p.years * 52) {
				for range chance.IntN(p.weight + 1) {
					at := today.AddDate(0, 0, -7*week-chance.IntN(7)).Add(time.Duration(7*60+chance.IntN(11*60)) * time.Minute)
					if day := at.Weekday(); day == time.Saturday || day == time.Sunday || at.After(a.Now()) {
						continue
					}
					login := db.AddProjectLoginParams{At: db.At(at), ProjectID: ids[i], DatabaseID: p.database, Client: loginClient(chance)}
					if login.AccountID = 1; len(users) > 0 {
						login.AccountID = users[chance.IntN(len(users))].AccountID
					}
					if err := q.AddProjectLogin(ctx, login); err != nil {
						return err
					}
				}
			}
		}
		for n := range 9 {
			err := q.AddProjectLogin(ctx, db.AddProjectLoginParams{
				At: db.At(today.AddDate(-4, n, 0).Add(9 * time.Hour)), ProjectID: deletedProject, DatabaseID: "port", AccountID: 1, Client: "Import",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func loginClient(chance *rand.Rand) string {
	total := 0
	for _, c := range loginClients {
		total += c.weight
	}
	n := chance.IntN(total)
	for _, c := range loginClients {
		if n -= c.weight; n < 0 {
			return c.name
		}
	}
	return ""
}

// addMails leaves a forgotten password and a message that somebody cancelled
// beside the invitations.
func addMails(ctx context.Context, a *appliance.Appliance) error {
	items, _, err := a.Mail.Outbox(ctx, mail.Filter{})
	if err != nil {
		return err
	}
	if len(items) > 0 {
		if err := a.Mail.Cancel(ctx, items[len(items)-1].ID); err != nil {
			return err
		}
	}
	return a.Identity.RequestPassword(ctx, "p.etoundi")
}
