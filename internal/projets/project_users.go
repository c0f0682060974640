package projets

import (
	"context"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// projectUserRoutes are the entries of "/project_users", which the document
// also spells "/project_user". A superuser of a project uses them for it.
func (s *Service) projectUserRoutes() []api.Route {
	const one = "/{username},{projectid}"
	return api.Family(
		"project_users",
		api.Get("index", Read, s.indexProjectUsers, "/project_users").Or(s.IsSuperuser).Doc("Liste les utilisateurs des projets : project_id."),
		api.Get("show", Read, s.showProjectUser, "/project_users"+one, "/project_user"+one).Or(s.IsSuperuser).Names(s.isMember).
			Doc("Montre un utilisateur d'un projet et ses droits."),
		api.Post("create", Write, s.createProjectUser, "/project_users").Or(s.IsSuperuser).
			Doc("Ajoute un utilisateur à un projet, et le crée au besoin."),
		api.Patch("update", Write, s.updateProjectUser, "/project_users"+one, "/project_user"+one).Or(s.IsSuperuser).Names(s.isMember).
			Doc("Modifie les droits d'un utilisateur dans un projet."),
		api.Delete("destroy", Write, s.destroyProjectUser, "/project_users"+one, "/project_user"+one).Or(s.IsSuperuser).Names(s.isMember).
			Doc("Retire un utilisateur d'un projet."),
	)
}

// IsSuperuser reports whether the caller manages the users of any project, be
// it without a permission.
func (s *Service) IsSuperuser(ctx context.Context, caller api.Caller) (bool, error) {
	ids, err := s.Store.Read().ManagedProjects(ctx, caller.AccountID())
	return len(ids) > 0, err
}

// MemberSearch is the query of the list of project users.
type MemberSearch struct {
	ProjectID api.Opt[int64] `query:"project_id"`
}

// MemberRef names a project user in a path.
type MemberRef struct {
	UserName  string `path:"username"`
	ProjectID Number `path:"projectid"`
}

// MemberBody is the body of a new project user, in JSON or as a form: it has
// no single root.
type MemberBody struct {
	ProjectUser struct {
		ProjectID api.Opt[int64] `json:"project_id"`
		Membership
	} `json:"project_user" root:"true"`
	User     api.Opt[NewUser] `json:"user"`
	MailType api.Opt[string]  `json:"mail_type"`
}

// MemberChange is what to change of a project user.
type MemberChange struct {
	MemberRef
	ProjectUser Membership `json:"project_user" root:"true"`
}

// AddedMember is a project user as his creation answers.
type AddedMember struct {
	CreatedAt  api.RailsTime `json:"created_at"`
	ProjectID  int64         `json:"project_id"`
	Role       *string       `json:"role"`
	Superuser  *bool         `json:"superuser"`
	UserRoleID *int64        `json:"user_role_id"`
	UserName   string        `json:"username"`
}

// RailsRoot is the project user's name in the contract.
func (AddedMember) RailsRoot() string { return "project_user" }

// MemberView is a project user with his rights.
type MemberView struct {
	AddedMember
	AddonAdmin                 bool  `json:"addon_admin"`
	ConsignationRights         int64 `json:"consignation_rights"`
	EquipmentRights            int64 `json:"equipment_rights"`
	ModelstoreRights           int64 `json:"modelstore_rights"`
	NoWebAdminAccess           bool  `json:"no_web_admin_access"`
	RoomRights                 int64 `json:"room_rights"`
	RoomSurfaceTreatmentRights int64 `json:"room_surface_treatment_rights"`
	SystemRights               int64 `json:"system_rights"`
	TenderRights               int64 `json:"tender_rights"`
}

func newMemberOf(u ProjectUser) AddedMember {
	return AddedMember{
		CreatedAt: api.RailsTime{Time: u.CreatedAt}, ProjectID: u.ProjectID, Role: u.Role, Superuser: u.Superuser,
		UserRoleID: u.UserRoleID, UserName: u.UserName,
	}
}

func viewOf(u ProjectUser) MemberView {
	return MemberView{
		AddedMember: newMemberOf(u), AddonAdmin: u.AddonAdmin, NoWebAdminAccess: u.NoWebAdminAccess,
		ConsignationRights: u.Consignation, EquipmentRights: u.Equipment, ModelstoreRights: u.Modelstore, RoomRights: u.Room,
		RoomSurfaceTreatmentRights: u.RoomSurfaceTreatment, SystemRights: u.System, TenderRights: u.Tender,
	}
}

// isMember reports whether "name,408" with all its dots names a user of a
// project.
func (s *Service) isMember(ctx context.Context, segment string) bool {
	i := strings.LastIndexByte(segment, ',')
	if i < 0 {
		return false
	}
	id, err := strconv.ParseInt(segment[i+1:], 10, 64)
	return err == nil && id > 0 && s.isUserName(ctx, segment[:i])
}

func (s *Service) indexProjectUsers(ctx context.Context, in MemberSearch) ([]MemberView, error) {
	ids := []int64{in.ProjectID.Value}
	if !in.ProjectID.Set || in.ProjectID.Null {
		projects, _, err := s.Projects(ctx, ProjectQuery{ShowAll: true})
		if err != nil {
			return nil, err
		}
		ids = ids[:0]
		for _, p := range projects {
			ids = append(ids, p.ID)
		}
	}
	users, err := s.ProjectUsers(ctx, ids...)
	if err != nil {
		return nil, err
	}
	views := make([]MemberView, len(users))
	for i, u := range users {
		views[i] = viewOf(u)
	}
	return views, nil
}

func (s *Service) showProjectUser(ctx context.Context, in MemberRef) (MemberView, error) {
	u, err := s.ProjectUser(ctx, in.UserName, int64(in.ProjectID))
	return viewOf(u), err
}

func (s *Service) createProjectUser(ctx context.Context, in MemberBody) (api.Created[AddedMember], error) {
	if strings.Contains(api.RequestFrom(ctx).Header.Get("Content-Type"), "xml") {
		return api.Created[AddedMember]{}, errs.New(errs.Malformed, "no_single_root", "Bad Request")
	}
	u, err := s.AddProjectUser(ctx, NewProjectUser{
		ProjectID: in.ProjectUser.ProjectID, Membership: in.ProjectUser.Membership, User: in.User.Value, MailType: in.MailType,
	})
	location := "/project_users/" + url.PathEscape(u.UserName) + "," + strconv.FormatInt(u.ProjectID, 10)
	return api.Created[AddedMember]{Value: newMemberOf(u), Location: location}, err
}

func (s *Service) updateProjectUser(ctx context.Context, in MemberChange) (api.NoContent, error) {
	_, err := s.UpdateProjectUser(ctx, in.UserName, int64(in.ProjectID), in.ProjectUser)
	return api.NoContent{}, err
}

func (s *Service) destroyProjectUser(ctx context.Context, in MemberRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteProjectUser(ctx, in.UserName, int64(in.ProjectID))
}

// The levels of a right.
const (
	Full int64 = iota + 1
	Limited
	ReadOnly
	None
)

// Rights are what a user may do in a project, by module, from [Full] to
// [None].
type Rights struct {
	Consignation         int64
	Equipment            int64
	Modelstore           int64
	Room                 int64
	RoomSurfaceTreatment int64
	System               int64
	Tender               int64
}

// ProjectUser is a user of a project.
type ProjectUser struct {
	AccountID, ProjectID int64
	UserName             string
	// FirstName to Active are those of the account.
	FirstName, LastName string
	Email               *string
	Active              bool
	Rights
	Role       *string
	UserRoleID *int64
	// Superuser says that he manages the project's users, unless
	// NoWebAdminAccess; nil is no.
	Superuser        *bool
	NoWebAdminAccess bool
	AddonAdmin       bool
	Enabled          bool // see DisableAll
	CreatedAt        time.Time
}

// Membership are the fields of a user's place in a project. A right that is
// not sent is [None] at first, and stays later.
type Membership struct {
	AddonAdmin                 api.Opt[bool]   `json:"addon_admin"`
	ConsignationRights         api.Opt[int64]  `json:"consignation_rights"`
	EquipmentRights            api.Opt[int64]  `json:"equipment_rights"`
	ModelstoreRights           api.Opt[int64]  `json:"modelstore_rights"`
	NoWebAdminAccess           api.Opt[bool]   `json:"no_web_admin_access"`
	Role                       api.Opt[string] `json:"role"`
	RoomRights                 api.Opt[int64]  `json:"room_rights"`
	RoomSurfaceTreatmentRights api.Opt[int64]  `json:"room_surface_treatment_rights"`
	Superuser                  api.Opt[bool]   `json:"superuser"`
	SystemRights               api.Opt[int64]  `json:"system_rights"`
	TenderRights               api.Opt[int64]  `json:"tender_rights"`
	UserRoleID                 api.Opt[int64]  `json:"user_role_id"`
}

// apply changes a row and returns what is wrong with the fields.
func (m Membership) apply(row *db.ProjectUser, f *faults) {
	for _, right := range []struct {
		field string
		dst   *int64
		sent  api.Opt[int64]
	}{
		{"room_rights", &row.RoomRights, m.RoomRights},
		{"equipment_rights", &row.EquipmentRights, m.EquipmentRights},
		{"tender_rights", &row.TenderRights, m.TenderRights},
		{"consignation_rights", &row.ConsignationRights, m.ConsignationRights},
		{"system_rights", &row.SystemRights, m.SystemRights},
		{"modelstore_rights", &row.ModelstoreRights, m.ModelstoreRights},
		{"room_surface_treatment_rights", &row.RoomSurfaceTreatmentRights, m.RoomSurfaceTreatmentRights},
	} {
		switch {
		case !right.sent.Set:
		case right.sent.Null || right.sent.Value < Full || right.sent.Value > None:
			f.notIncluded(right.field, right.sent.Ptr())
		default:
			*right.dst = right.sent.Value
		}
	}
	f.optionalText("role", &row.Role, m.Role, maxName)
	optional(&row.UserRoleID, m.UserRoleID)
	optional(&row.Superuser, m.Superuser)
	if m.AddonAdmin.Set {
		row.AddonAdmin = m.AddonAdmin.Value
	}
	if m.NoWebAdminAccess.Set {
		row.NoWebAdminAccess = m.NoWebAdminAccess.Value
	}
}

func projectUserOf(row db.ProjectUsersInRow) ProjectUser {
	return ProjectUser{
		AccountID: row.AccountID, ProjectID: row.ProjectID, UserName: row.UserName, FirstName: row.FirstName, LastName: row.LastName,
		Email: row.Email, Active: row.Active,
		Rights: Rights{
			Consignation: row.ConsignationRights, Equipment: row.EquipmentRights, Modelstore: row.ModelstoreRights, Room: row.RoomRights,
			RoomSurfaceTreatment: row.RoomSurfaceTreatmentRights, System: row.SystemRights, Tender: row.TenderRights,
		},
		Role: row.Role, UserRoleID: row.UserRoleID, Superuser: row.Superuser, AddonAdmin: row.AddonAdmin,
		NoWebAdminAccess: row.NoWebAdminAccess, Enabled: row.Enabled, CreatedAt: row.CreatedAt.Time,
	}
}

var errProjectUserUnknown = errs.New(errs.NotFound, "project_user_unknown", "Not Found")

// projectUser returns a user of a project within a scope, or NotFound.
func projectUser(ctx context.Context, q *db.Queries, sc Scope, userName string, projectID int64) (ProjectUser, error) {
	if !sc.Holds(projectID) {
		return ProjectUser{}, errProjectUserUnknown
	}
	row, err := q.ProjectUser(ctx, db.ProjectUserParams{UserName: userName, ProjectID: projectID})
	if err != nil {
		return ProjectUser{}, db.NotFound(err, errProjectUserUnknown.Code, errProjectUserUnknown.Message)
	}
	return projectUserOf(db.ProjectUsersInRow(row)), nil
}

// ProjectUser returns a user of a project, or NotFound: also when the caller
// manages other projects only.
func (s *Service) ProjectUser(ctx context.Context, userName string, projectID int64) (ProjectUser, error) {
	q := s.Store.Read()
	sc, err := s.scope(ctx, q, Read)
	if err != nil {
		return ProjectUser{}, err
	}
	return projectUser(ctx, q, sc, userName, projectID)
}

// ProjectUsers returns the users of projects, by project and user name;
// projects that the caller does not manage have none.
func (s *Service) ProjectUsers(ctx context.Context, projectIDs ...int64) ([]ProjectUser, error) {
	q := s.Store.Read()
	sc, err := s.scope(ctx, q, Read)
	if err != nil {
		return nil, err
	}
	var seen []int64
	for _, id := range projectIDs {
		if sc.Holds(id) {
			seen = append(seen, id)
		}
	}
	rows, err := q.ProjectUsersIn(ctx, db.JSONList(seen...))
	if err != nil {
		return nil, err
	}
	users := make([]ProjectUser, len(rows))
	for i, row := range rows {
		users[i] = projectUserOf(row)
	}
	return users, nil
}

// PlacesOf returns an account's place in each of its projects that the caller
// may see, by project.
func (s *Service) PlacesOf(ctx context.Context, accountID int64) ([]ProjectUser, error) {
	q := s.Store.Read()
	sc, err := s.scope(ctx, q, Read)
	if err != nil {
		return nil, err
	}
	rows, err := q.ProjectUsersOf(ctx, accountID)
	if err != nil {
		return nil, err
	}
	var places []ProjectUser
	for _, row := range rows {
		if sc.Holds(row.ProjectID) {
			places = append(places, projectUserOf(db.ProjectUsersInRow(row)))
		}
	}
	return places, nil
}

// UpdateProjectUser changes a user's place in a project, or NotFound; faults
// of the values are Invalid.
func (s *Service) UpdateProjectUser(ctx context.Context, userName string, projectID int64, in Membership) (ProjectUser, error) {
	var after ProjectUser
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sc, err := s.scope(ctx, q, Write)
		if err != nil {
			return err
		}
		after, _, err = s.updateMember(ctx, q, sc, userName, projectID, in)
		return err
	})
	return after, err
}

// UpdateProjectUsers changes the places of several users of a project, by user
// name, all or none, and returns how many were not so already; NotFound for a
// project that the caller does not manage. See [Service.UpdateProjectUser].
func (s *Service) UpdateProjectUsers(ctx context.Context, projectID int64, in map[string]Membership) (int, error) {
	var changed int
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		changed = 0
		sc, err := s.scope(ctx, q, Write)
		if err != nil {
			return err
		}
		if !sc.Holds(projectID) {
			return errProjectUnknown
		}
		if _, err := projectByID(ctx, q, projectID); err != nil {
			return err
		}
		for _, userName := range slices.Sorted(maps.Keys(in)) {
			_, isChanged, err := s.updateMember(ctx, q, sc, userName, projectID, in[userName])
			if err != nil {
				return err
			}
			changed += int(asInt(isChanged))
		}
		return nil
	})
	return changed, err
}

// updateMember changes a user's place in a project within a scope, and reports
// whether it was not so already.
func (s *Service) updateMember(ctx context.Context, q *db.Queries, sc Scope, userName string, projectID int64, in Membership) (ProjectUser, bool, error) {
	before, err := projectUser(ctx, q, sc, userName, projectID)
	if err != nil {
		return before, false, err
	}
	row, err := q.Membership(ctx, db.MembershipParams{AccountID: before.AccountID, ProjectID: projectID})
	if err != nil {
		return before, false, err
	}
	old := membershipImage(row)
	var f faults
	in.apply(&row, &f)
	if err := f.err(); err != nil {
		return before, false, err
	}
	image := membershipImage(row)
	if reflect.DeepEqual(image, old) {
		return before, false, nil
	}
	if err := q.UpdateProjectUser(ctx, updateOf(row)); err != nil {
		return before, false, err
	}
	after, err := projectUser(ctx, q, Scope{All: true}, userName, projectID)
	if err != nil {
		return before, false, err
	}
	return after, true, s.recordMember(ctx, q, "project_user.update", after, old, image)
}

func updateOf(row db.ProjectUser) db.UpdateProjectUserParams {
	return db.UpdateProjectUserParams{
		Role: row.Role, UserRoleID: row.UserRoleID, Superuser: row.Superuser, AddonAdmin: row.AddonAdmin, NoWebAdminAccess: row.NoWebAdminAccess,
		RoomRights: row.RoomRights, EquipmentRights: row.EquipmentRights, TenderRights: row.TenderRights, ConsignationRights: row.ConsignationRights,
		SystemRights: row.SystemRights, ModelstoreRights: row.ModelstoreRights, RoomSurfaceTreatmentRights: row.RoomSurfaceTreatmentRights,
		AccountID: row.AccountID, ProjectID: row.ProjectID,
	}
}

// DeleteProjectUser takes a user out of a project, or NotFound. The account
// stays.
func (s *Service) DeleteProjectUser(ctx context.Context, userName string, projectID int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sc, err := s.scope(ctx, q, Write)
		if err != nil {
			return err
		}
		member, err := projectUser(ctx, q, sc, userName, projectID)
		if err != nil {
			return err
		}
		row, err := q.Membership(ctx, db.MembershipParams{AccountID: member.AccountID, ProjectID: projectID})
		if err != nil {
			return err
		}
		if err := q.DeleteProjectUser(ctx, db.DeleteProjectUserParams{AccountID: member.AccountID, ProjectID: projectID}); err != nil {
			return err
		}
		return s.recordMember(ctx, q, "project_user.delete", member, membershipImage(row), nil)
	})
}

func (s *Service) recordMember(ctx context.Context, q *db.Queries, action string, u ProjectUser, before, after any) error {
	project, err := projectByID(ctx, q, u.ProjectID)
	if err != nil {
		return err
	}
	id := u.UserName + "," + strconv.FormatInt(u.ProjectID, 10)
	return s.record(ctx, q, action, "project_user", id, u.UserName+" · "+project.Name, before, after)
}

// membershipImage is a user's place in a project as the journal keeps it.
func membershipImage(row db.ProjectUser) any {
	return struct {
		Role             *string  `json:"role"`
		UserRoleID       *int64   `json:"user_role_id"`
		Superuser        *bool    `json:"superuser"`
		AddonAdmin       bool     `json:"addon_admin"`
		NoWebAdminAccess bool     `json:"no_web_admin_access"`
		Rights           [7]int64 `json:"rights"` // room, equipment, tender, consignation, system, modelstore, surface
	}{
		row.Role, row.UserRoleID, row.Superuser, row.AddonAdmin, row.NoWebAdminAccess,
		[7]int64{
			row.RoomRights, row.EquipmentRights, row.TenderRights, row.ConsignationRights, row.SystemRights, row.ModelstoreRights,
			row.RoomSurfaceTreatmentRights,
		},
	}
}
