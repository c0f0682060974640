package projets

import (
	"context"
	"strconv"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/mail"
)

// NewProjectUser is a user to add to a project.
type NewProjectUser struct {
	ProjectID api.Opt[int64]
	User      NewUser
	Membership
	// MailType is the number of a template of mails, or [SkipEmail]; left out
	// it is the invitation.
	MailType api.Opt[string]
}

// SkipEmail is the mail type that sends nothing.
const SkipEmail = "skip_email"

// invitationTemplate is the row of the invitation to a project.
const invitationTemplate = 6

// AddProjectUser adds a user to a project, and creates him when his user name
// is not known. He gets a mail, with a link to choose a password while he has
// none. Faults of the values are Invalid: an unknown project, a known user
// whose data differ from those sent, one who is in the project already. All is
// written together, or nothing. A project that the caller does not manage is
// NotFound.
func (s *Service) AddProjectUser(ctx context.Context, in NewProjectUser) (ProjectUser, error) {
	var added ProjectUser
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		var f faults
		project, err := s.checkProject(ctx, q, &f, in.ProjectID)
		if err != nil {
			return err
		}
		row := db.ProjectUser{
			ProjectID: project.ID, RoomRights: None, EquipmentRights: None, TenderRights: None, ConsignationRights: None,
			SystemRights: None, ModelstoreRights: None, RoomSurfaceTreatmentRights: None, CreatedAt: s.now(),
		}
		in.apply(&row, &f)
		template, err := mailTemplate(ctx, q, &f, in.MailType)
		if err != nil {
			return err
		}
		account, err := s.findOrAddUser(ctx, q, &f, in.User, project.ID)
		if err != nil {
			return err
		}
		// The account may be there already: an error takes it back.
		if err := f.err(); err != nil {
			return err
		}
		row.AccountID = account.ID
		if err := q.AddProjectUser(ctx, addOf(row)); err != nil {
			return err
		}
		if template != 0 {
			if err := s.invite(ctx, q, account, project, template); err != nil {
				return err
			}
		}
		if added, err = projectUser(ctx, q, Scope{All: true}, account.UserName, project.ID); err != nil {
			return err
		}
		return s.recordMember(ctx, q, "project_user.create", added, nil, membershipImage(row))
	})
	return added, err
}

func (s *Service) checkProject(ctx context.Context, q *db.Queries, f *faults, sent api.Opt[int64]) (Project, error) {
	sc, err := s.scope(ctx, q, Write)
	if err != nil {
		return Project{}, err
	}
	id, ok := sent.Get()
	if !ok {
		f.missing("project_id")
		return Project{}, nil
	}
	if !sc.Holds(id) {
		return Project{}, errProjectUnknown
	}
	project, err := projectByID(ctx, q, id)
	if errs.Is(err, errs.NotFound) {
		f.notIncluded("project_id", id)
		return Project{}, nil
	}
	return project, err
}

// mailTemplate returns the row of the template, 0 for no mail.
func mailTemplate(ctx context.Context, q *db.Queries, f *faults, sent api.Opt[string]) (int64, error) {
	text, ok := sent.Get()
	if !ok {
		return invitationTemplate, nil
	}
	if text == SkipEmail {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		_, err = q.EmailTemplate(ctx, id)
		if err = db.NotFound(err, "template_unknown", ""); err != nil && !errs.Is(err, errs.NotFound) {
			return 0, err
		}
	}
	if err != nil {
		f.notIncluded("mail_type", text)
	}
	return id, nil
}

// findOrAddUser returns the account of a user, made if need be. A known one
// must be as the request says, for what it says.
func (s *Service) findOrAddUser(ctx context.Context, q *db.Queries, f *faults, in NewUser, projectID int64) (db.Account, error) {
	name, _ := in.UserName.Get()
	row, err := userRow(ctx, q, name)
	if errs.Is(err, errs.NotFound) {
		return s.addUser(ctx, q, f, in)
	}
	if err != nil {
		return row, err
	}
	var email string
	if row.Email != nil {
		email = *row.Email
	}
	differs(f, "first_name", in.FirstName, row.FirstName)
	differs(f, "last_name", in.LastName, row.LastName)
	if !strings.EqualFold(string(in.Email.Value), email) {
		differs(f, "email", asText(in.Email), email)
	}
	_, err = q.Membership(ctx, db.MembershipParams{AccountID: row.ID, ProjectID: projectID})
	if err == nil {
		f.taken("username", name)
		return row, nil
	}
	if db.NotFound(err, "", "") == err {
		return row, err
	}
	return row, nil
}

// differs adds a fault when a value was sent that is not what is known. A blank
// one says nothing.
func differs(f *faults, field string, sent api.Opt[string], known string) {
	if v, ok := sent.Get(); ok && strings.TrimSpace(v) != "" && v != known {
		f.add(field, "user_differs", "differs from what is known of this user", sent.Ptr())
	}
}

func addOf(row db.ProjectUser) db.AddProjectUserParams {
	return db.AddProjectUserParams{
		AccountID: row.AccountID, ProjectID: row.ProjectID, Role: row.Role, UserRoleID: row.UserRoleID, Superuser: row.Superuser,
		AddonAdmin: row.AddonAdmin, NoWebAdminAccess: row.NoWebAdminAccess, RoomRights: row.RoomRights, EquipmentRights: row.EquipmentRights,
		TenderRights: row.TenderRights, ConsignationRights: row.ConsignationRights, SystemRights: row.SystemRights,
		ModelstoreRights: row.ModelstoreRights, RoomSurfaceTreatmentRights: row.RoomSurfaceTreatmentRights, CreatedAt: row.CreatedAt,
	}
}

// invite queues the mail that tells a user of a project. One without an e-mail
// gets none.
func (s *Service) invite(ctx context.Context, q *db.Queries, account db.Account, project Project, template int64) error {
	if account.Email == nil {
		return nil
	}
	secret := ""
	if account.PasswordHash == nil {
		var err error
		if secret, err = s.Identity.PasswordSecretWithin(ctx, q, account.ID); err != nil {
			return err
		}
	}
	_, err := s.Mail.Queue(ctx, q, mail.Message{
		TemplateID: template, AccountID: account.ID, To: *account.Email,
		Values: mail.Values{Username: account.UserName, FirstName: account.FirstName, Project: project.Name, Link: s.Link(ctx, secret)},
	})
	return err
}
