package web

import (
	"context"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/mail"
	"intendant/internal/projets"
)

// maxKnown is how many known people the form of a new member offers by name;
// the others can be typed all the same.
const maxKnown = 500

// memberFormPage is the form that adds a user to a project.
type memberFormPage struct {
	Form      form
	Project   projets.Project
	Back      string
	Known     []projets.User
	Rights    []field
	Flags     []field
	MailTypes []choice
}

func (a *Admin) newMemberPage(ctx context.Context, in projets.ProjectRef) (api.Result, error) {
	f := formWith("mail_type", strconv.FormatInt(mail.ProjectInvitation, 10))
	for _, m := range modules {
		f.values.Set(memberField(m.field), strconv.FormatInt(projets.ReadOnly, 10))
	}
	page, err := a.memberForm(ctx, int64(in.ID), f)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "members/form", page)
}

// memberForm returns the page of a form, with what there is to choose; NotFound
// for a project whose users the reader may not change.
func (a *Admin) memberForm(ctx context.Context, projectID int64, f form) (memberFormPage, error) {
	page := memberFormPage{Form: f, Back: rightsPath(ctx, projectID)}
	may, err := a.mayEditMembers(ctx, projectID)
	if err == nil && !may {
		err = errs.New(errs.NotFound, "project_unknown", "Not Found")
	}
	if err != nil {
		return page, err
	}
	if page.Project, err = a.Projets.Project(ctx, projectID); err != nil {
		return page, err
	}
	if page.Known, _, err = a.Projets.Users(ctx, projets.UserQuery{Paging: projets.Paging{Limit: maxKnown}}); err != nil {
		return page, err
	}
	templates, err := a.Mail.Templates(ctx)
	if err != nil {
		return page, err
	}
	for _, t := range templates {
		page.MailTypes = append(page.MailTypes, choice{strconv.FormatInt(t.ID, 10), t.Name})
	}
	page.MailTypes = append(page.MailTypes, choice{projets.SkipEmail, text(ctx, "members.skip_email")})
	page.Rights, page.Flags = rightFields(language(ctx), f)
	return page, nil
}

func (a *Admin) addedMemberView(ctx context.Context, _ projets.MemberBody, out api.Created[projets.AddedMember], err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, rightsPath(ctx, out.Value.ProjectID), "members.added", out.Value.UserName)
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	id, _ := strconv.ParseInt(f.Value(memberField("project_id")), 10, 64) // 0 is nobody's
	page, err := a.memberForm(ctx, id, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "members/form", page)
}
