package projets

import (
	"context"
	"strconv"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

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

// UpdateProjectUser changes a user's place in a project, or NotFound; faults
// of the values are Invalid.
func (s *Service) UpdateProjectUser(ctx context.Context, userName string, projectID int64, in Membership) (ProjectUser, error) {
	var after ProjectUser
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sc, err := s.scope(ctx, q, Write)
		if err != nil {
			return err
		}
		before, err := projectUser(ctx, q, sc, userName, projectID)
		if err != nil {
			return err
		}
		row, err := q.Membership(ctx, db.MembershipParams{AccountID: before.AccountID, ProjectID: projectID})
		if err != nil {
			return err
		}
		old := row
		var f faults
		in.apply(&row, &f)
		if err := f.err(); err != nil {
			return err
		}
		if err := q.UpdateProjectUser(ctx, updateOf(row)); err != nil {
			return err
		}
		if after, err = projectUser(ctx, q, Scope{All: true}, userName, projectID); err != nil {
			return err
		}
		return s.recordMember(ctx, q, "project_user.update", after, membershipImage(old), membershipImage(row))
	})
	return after, err
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
	id := u.UserName + "," + strconv.FormatInt(u.ProjectID, 10)
	return s.record(ctx, q, action, "project_user", id, u.UserName, before, after)
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
