package projets

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
	"intendant/internal/projets/bases"
)

// projectRoutes are the entries of "/projects".
func (s *Service) projectRoutes() []api.Route {
	return api.Family(
		"projects",
		api.Get("index", Read, s.indexProjects, "/projects").
			Doc("Liste les projets actifs : query (texte du nom), show_all=1 (inactifs compris), owner_id, include=project_users."),
		api.Get("show", Read, s.showProject, "/projects/{id}").Doc("Montre un projet."),
		api.Post("create", Admin, s.createProject, "/projects", "/projets").Doc("Crée un projet, dans une base nouvelle ou existante."),
		api.Patch("update", Write, s.updateProject, "/projects/{id}").Doc("Modifie un projet."),
		api.Delete("destroy", Admin, s.destroyProject, "/projects/{id}").Elevated().Doc("Supprime un projet ; sa base reste."),
		api.Post("login", api.SignedIn, s.logInTo, "/projects/{id}/logins").Extension().Answers(http.StatusCreated).
			Doc("Note une connexion au projet et délivre un jeton."),
	)
}

// ProjectSearch is the query of the list of projects.
type ProjectSearch struct {
	Text    string `query:"query" default:""`
	ShowAll string `query:"show_all" default:""`
	Include string `query:"include" default:""`
	// OwnerID is ours: the projects of one owner.
	OwnerID api.Opt[int64] `query:"owner_id"`
}

// Query returns what the search chooses.
func (in ProjectSearch) Query() ProjectQuery {
	return ProjectQuery{Text: in.Text, ShowAll: in.ShowAll == "1" || in.ShowAll == "true", OwnerID: in.OwnerID.Value}
}

// ProjectEntry is a project in a list, with its users when they are asked for.
type ProjectEntry struct {
	Project
	Users []MemberView `json:"project_users,omitempty"`
}

// ProjectRef names a project in a path.
type ProjectRef struct {
	ID Number `path:"id"`
}

// ProjectBody is the body of a new project.
type ProjectBody struct {
	Project NewProject `json:"project" root:"true"`
}

// ProjectChange is what to change of a project.
type ProjectChange struct {
	ProjectRef
	Project ProjectPatch `json:"project" root:"true"`
}

func (s *Service) indexProjects(ctx context.Context, in ProjectSearch) ([]ProjectEntry, error) {
	projects, _, err := s.Projects(ctx, in.Query())
	if err != nil {
		return nil, err
	}
	entries := make([]ProjectEntry, len(projects))
	ids := make([]int64, len(projects))
	for i, p := range projects {
		entries[i].Project, ids[i] = p, p.ID
	}
	if in.Include != "project_users" || len(ids) == 0 {
		return entries, nil
	}
	users, err := s.ProjectUsers(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].Users = []MemberView{}
		for _, u := range users {
			if u.ProjectID == entries[i].ID {
				entries[i].Users = append(entries[i].Users, viewOf(u))
			}
		}
	}
	return entries, nil
}

func (s *Service) showProject(ctx context.Context, in ProjectRef) (Project, error) {
	return s.Project(ctx, int64(in.ID))
}

func (s *Service) createProject(ctx context.Context, in ProjectBody) (api.Created[Project], error) {
	p, err := s.CreateProject(ctx, in.Project)
	return api.Created[Project]{Value: p, Location: "/projects/" + strconv.FormatInt(p.ID, 10)}, err
}

func (s *Service) updateProject(ctx context.Context, in ProjectChange) (api.NoContent, error) {
	_, err := s.UpdateProject(ctx, int64(in.ID), in.Project)
	return api.NoContent{}, err
}

func (s *Service) destroyProject(ctx context.Context, in ProjectRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteProject(ctx, int64(in.ID))
}

// Project is a project: the 14 keys of the contract, and what pages show
// besides.
type Project struct {
	Active      bool         `json:"active"`
	Contact     *string      `json:"contact"`
	CreatedAt   time.Time    `json:"created_at"`
	CreatedBy   *string      `json:"created_by"`  // a user name
	DatabaseID  string       `json:"database_id"` // a name
	Description *string      `json:"description"`
	GrossArea   *api.Decimal `json:"gross_area"` // in m²
	ID          int64        `json:"id"`
	Name        string       `json:"name"`
	No          string       `json:"no"` // two digits or more
	OwnerID     int64        `json:"owner_id"`
	Status      *int64       `json:"status"`
	Updated     *time.Time   `json:"updated"`
	UpdatedBy   *string      `json:"updated_by"` // a user name

	Constructor   string `json:"-"`
	ProjectTypeID int64  `json:"-"`
}

// RailsRoot is the project's name in the contract.
func (Project) RailsRoot() string { return "project" }

// projectImage is a project as the journal keeps it.
type projectImage struct {
	Project
	Constructor   string `json:"constructor"`
	ProjectTypeID int64  `json:"project_type_id"`
}

func imageOf(p Project) projectImage { return projectImage{p, p.Constructor, p.ProjectTypeID} }

// ProjectPatch is what to change of a project. Null clears the description,
// the contact, the area and the status; the rest cannot be cleared.
type ProjectPatch struct {
	Active        api.Opt[bool]        `json:"active"`
	Constructor   api.Opt[string]      `json:"constructor"`
	Contact       api.Opt[string]      `json:"contact"`
	Description   api.Opt[string]      `json:"description"`
	GrossArea     api.Opt[api.Decimal] `json:"gross_area"`
	Name          api.Opt[string]      `json:"name"`
	OwnerID       api.Opt[int64]       `json:"owner_id"`
	ProjectTypeID api.Opt[int64]       `json:"project_type_id"`
	Status        api.Opt[int64]       `json:"status"`
}

// area is a decimal number as people and programs write it.
var area = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,9})?$`)

func (p ProjectPatch) apply(to *Project, f *faults) {
	value(f, "active", &to.Active, p.Active)
	f.text("constructor", &to.Constructor, p.Constructor, maxName)
	f.optionalText("contact", &to.Contact, p.Contact, maxText)
	f.optionalText("description", &to.Description, p.Description, maxText)
	if v, ok := p.GrossArea.Get(); ok && !area.MatchString(string(v)) {
		f.add("gross_area", "decimal_parsing", "is not a number", v)
	}
	optional(&to.GrossArea, p.GrossArea)
	f.text("name", &to.Name, p.Name, maxName)
	value(f, "owner_id", &to.OwnerID, p.OwnerID)
	value(f, "project_type_id", &to.ProjectTypeID, p.ProjectTypeID)
	optional(&to.Status, p.Status)
}

func projectOf(row db.ProjectsRow) Project {
	p := Project{
		Active: row.Active, Contact: row.Contact, CreatedAt: row.CreatedAt.Time, CreatedBy: row.CreatedBy, DatabaseID: row.DatabaseName,
		Description: row.Description, GrossArea: (*api.Decimal)(row.GrossArea), ID: row.ID, Name: row.Name, No: row.No, OwnerID: row.OwnerID,
		Status: row.Status, UpdatedBy: row.UpdatedBy, Constructor: row.Constructor, ProjectTypeID: row.ProjectTypeID,
	}
	if row.UpdatedAt != nil {
		p.Updated = &row.UpdatedAt.Time
	}
	return p
}

var errProjectUnknown = errs.New(errs.NotFound, "project_unknown", "Not Found")

func projectUnknown(err error) error {
	return db.NotFound(err, errProjectUnknown.Code, errProjectUnknown.Message)
}

// Project returns a project, or NotFound.
func (s *Service) Project(ctx context.Context, id int64) (Project, error) {
	return projectByID(ctx, s.Store.Read(), id)
}

func projectByID(ctx context.Context, q *db.Queries, id int64) (Project, error) {
	row, err := q.Project(ctx, id)
	if err != nil {
		return Project{}, projectUnknown(err)
	}
	return projectOf(db.ProjectsRow(row)), nil
}

// UpdateProject changes a project, or NotFound; faults of the values are
// Invalid. A new name goes into the file of the database too.
func (s *Service) UpdateProject(ctx context.Context, id int64, in ProjectPatch) (Project, error) {
	var before, after Project
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Project(ctx, id)
		if err != nil {
			return projectUnknown(err)
		}
		before = projectOf(db.ProjectsRow(row))
		after = before
		if err := checkPatch(ctx, q, in, &after); err != nil {
			return err
		}
		now := s.now()
		after.Updated, after.UpdatedBy = &now.Time, actor(ctx)
		err = q.UpdateProject(ctx, db.UpdateProjectParams{
			Name: after.Name, NameKey: plier.Key(after.Name), OwnerID: after.OwnerID, ProjectTypeID: after.ProjectTypeID,
			Constructor: after.Constructor, Description: after.Description, Contact: after.Contact, GrossArea: (*string)(after.GrossArea),
			Status: after.Status, Active: after.Active,
			UpdatedAt: &now, UpdatedBy: after.UpdatedBy, ID: id,
		})
		if err != nil {
			return err
		}
		return s.recordProject(ctx, q, "project.update", after, imageOf(before), imageOf(after))
	})
	if err == nil && before.Name != after.Name {
		s.at("renamed")
		s.putSoon(ctx, id)
	}
	return after, err
}

// checkPatch applies a patch and returns all that is wrong with it.
func checkPatch(ctx context.Context, q *db.Queries, in ProjectPatch, to *Project) error {
	var f faults
	in.apply(to, &f)
	if id, ok := in.OwnerID.Get(); ok {
		if err := checkOwner(ctx, q, &f, id); err != nil {
			return err
		}
	}
	if id, ok := in.ProjectTypeID.Get(); ok {
		if err := checkProjectType(ctx, q, &f, id); err != nil {
			return err
		}
	}
	return f.err()
}

// DeleteProject removes a project and its users, or NotFound. Its database
// stays, with the project's rooms.
func (s *Service) DeleteProject(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, err := projectByID(ctx, q, id)
		if err != nil {
			return err
		}
		if err := q.DeleteProject(ctx, id); err != nil {
			return err
		}
		return s.recordProject(ctx, q, "project.delete", before, imageOf(before), nil)
	})
}

func (s *Service) recordProject(ctx context.Context, q *db.Queries, action string, p Project, before, after any) error {
	return s.record(ctx, q, action, "project", strconv.FormatInt(p.ID, 10), p.Name, before, after)
}

// putSoon writes a project into the file of its database. The base has it
// already and counts: a failure is logged, and made good at the next start.
func (s *Service) putSoon(ctx context.Context, id int64) {
	ctx = context.WithoutCancel(ctx)
	release, err := s.numbering(ctx)
	if err == nil {
		err = s.put(ctx, id)
		release()
	}
	if err != nil {
		s.Logger.Error("project not written into its database", "project", id, "error", err)
	}
}

// numbering is held while a project is numbered and put into the file of a
// database that others may use, be they other processes.
func (s *Service) numbering(ctx context.Context) (release func(), err error) {
	share, err := s.Bases.Share(ctx)
	if err != nil {
		return nil, err
	}
	number, err := s.Bases.Number(ctx)
	if err != nil {
		share()
		return nil, err
	}
	return func() { number(); share() }, nil
}

// put writes a project, as it is now, into the file of its database. The
// caller holds what numbering gives.
func (s *Service) put(ctx context.Context, id int64) error {
	p, err := s.Project(ctx, id)
	if errs.Is(err, errs.NotFound) {
		return nil // deleted in the meantime
	}
	if err != nil {
		return err
	}
	if !s.Bases.Exists(p.DatabaseID) {
		return nil // written once somebody has put the file back
	}
	if err := s.Bases.PutProject(ctx, p.DatabaseID, bases.Project{ID: p.ID, No: p.No, Name: p.Name}); err != nil {
		return err
	}
	s.at("put")
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		return q.SetProjectInFile(ctx, db.SetProjectInFileParams{ID: id, Name: p.Name})
	})
}
