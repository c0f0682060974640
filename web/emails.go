package web

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/mail"
	"intendant/internal/plier"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const (
	emailsPath = "/emails"
	// emailForms is where the pages are that the contract does not name.
	emailForms = "/admin/emails"
)

// emailViews are the pages of the entries of this family.
func (a *Admin) emailViews(sys *api.System) error {
	return api.View(sys.Entry("emails", "index"), a.emailsView)
}

// emailRoutes are the pages that have no entry in the wing: forms and questions.
func (a *Admin) emailRoutes() []api.Route {
	const one = emailForms + "/{id}"
	return append(api.Family(
		"modèles d'e-mail",
		api.Get("emails_export", projets.Read, a.exportEmails, emailForms+"/export").Doc("Liste des modèles d'e-mail en CSV ou XLSX."),
		api.Get("email_new_page", projets.Admin, a.newEmailPage, emailForms+"/new").Doc("Formulaire d'un modèle d'e-mail."),
		api.Post("email_new", projets.Admin, a.createEmail, emailForms+"/new").Doc("Crée un modèle d'e-mail, ou en montre l'aperçu."),
		api.Get("email_page", projets.Read, a.emailPage, one).Doc("Un modèle d'e-mail et son aperçu."),
		api.Get("email_edit_page", projets.Admin, a.editEmailPage, one+"/edit").Doc("Formulaire de modification d'un modèle d'e-mail."),
		api.Post("email_edit", projets.Admin, a.updateEmail, one+"/edit").Doc("Modifie un modèle d'e-mail, ou en montre l'aperçu."),
		api.Get("email_delete_page", projets.Admin, a.askDeleteEmail, one+"/delete").Elevated().Doc("Demande s'il faut supprimer un modèle d'e-mail."),
		api.Post("email_delete", projets.Admin, a.deleteEmail, one+"/delete").Elevated().Doc("Supprime un modèle d'e-mail."),
	), a.outboxRoutes()...)
}

// emailLine is a template in the list.
type emailLine struct{ projets.Email }

// IsBuiltIn reports whether every base is born with the template.
func (l emailLine) IsBuiltIn() bool { return mail.Template{ID: l.ID}.IsBuiltIn() }

var emailSorters = []sorter[emailLine]{
	{"id", func(x, y emailLine) int { return cmp.Compare(x.ID, y.ID) }},
	sortedBy("name", func(l emailLine) string { return l.Name }),
	sortedBy("subject", func(l emailLine) string { return l.Subject }),
}

// emailsPage is the list of templates.
type emailsPage struct {
	List      listing
	Templates []emailLine
}

// emailLines returns the templates that the query of ctx's page looks for.
func emailLines(ctx context.Context, emails []projets.Email) []emailLine {
	key := plier.Key(api.RequestFrom(ctx).URL.Query().Get("q"))
	var lines []emailLine
	for _, e := range emails {
		if strings.Contains(plier.Key(e.Name+" "+e.Subject), key) {
			lines = append(lines, emailLine{e})
		}
	}
	return lines
}

func (a *Admin) emailsView(ctx context.Context, _ api.None, emails []projets.Email, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	list, lines := cutPage(ctx, emailLines(ctx, emails), emailSorters...)
	list.Exports = emailForms + "/export"
	return a.show(ctx, "emails/list", emailsPage{list, lines})
}

func (a *Admin) exportEmails(ctx context.Context, in exportQuery) (api.Result, error) {
	templates, err := a.Mail.Templates(ctx)
	if err != nil {
		return nil, err
	}
	emails := make([]projets.Email, len(templates))
	for i, t := range templates {
		emails[i] = projets.Email{ID: t.ID, Name: t.Name, Subject: t.Subject, Body: t.Body}
	}
	lines := emailLines(ctx, emails)
	sortLines(ctx, lines, emailSorters...)
	return export(ctx, in.Format, text(ctx, "emails.file"), []string{"emails.id", "emails.name", "emails.subject", "emails.body"}, emailRows(lines))
}

func emailRows(lines []emailLine) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, l := range lines {
			if !yield([]tableur.Cell{l.ID, l.Name, l.Subject, l.Body}) {
				return
			}
		}
	}
}

type emailRef struct {
	ID projets.Number `path:"id"`
}

func (a *Admin) email(ctx context.Context, in emailRef) (mail.Template, error) {
	return a.Mail.Template(ctx, int64(in.ID))
}

func emailPath(id int64) string { return emailForms + "/" + strconv.FormatInt(id, 10) }

// letter is what a template gives for an invented person.
type letter struct{ Subject, Body string }

// preview returns the letter of a template, or the faults that keep it from
// giving one.
func (a *Admin) preview(t mail.Template) (*letter, error) {
	subject, body, err := a.Mail.Preview(t)
	if err != nil {
		return nil, err
	}
	return &letter{subject, body}, nil
}

// emailPageData is one template.
type emailPageData struct {
	Template mail.Template
	Preview  *letter
}

func (a *Admin) emailPage(ctx context.Context, in emailRef) (api.Result, error) {
	t, err := a.email(ctx, in)
	if err != nil {
		return nil, err
	}
	page := emailPageData{Template: t}
	if page.Preview, err = a.preview(t); err != nil {
		return nil, err
	}
	return a.show(ctx, "emails/detail", page)
}

// emailFormPage is the form of a new template, or of one to change.
type emailFormPage struct {
	Form     form
	Template mail.Template // the zero value for a new one
	Preview  *letter       // nil until it was asked for
}

// Placeholders are the names that a template may use.
func (emailFormPage) Placeholders() []string { return mail.Placeholders() }

func (a *Admin) newEmailPage(ctx context.Context, _ api.None) (api.Result, error) {
	return a.show(ctx, "emails/form", emailFormPage{Form: formWith()})
}

type templateForm struct {
	api.Form
	Name    string `form:"name" default:""`
	Subject string `form:"subject" default:""`
	Body    string `form:"body" default:""`
	// Act is the button: "preview", or "" to save.
	Act string `form:"act" default:""`
}

func (a *Admin) createEmail(ctx context.Context, in templateForm) (api.Result, error) {
	return a.saveEmail(ctx, in, mail.Template{}, "emails.created_notice")
}

func (a *Admin) editEmailPage(ctx context.Context, in emailRef) (api.Result, error) {
	t, err := a.email(ctx, in)
	if err != nil {
		return nil, err
	}
	f := formWith("name", t.Name, "subject", t.Subject, "body", t.Body)
	return a.show(ctx, "emails/form", emailFormPage{Form: f, Template: t})
}

type templateEdit struct {
	templateForm
	emailRef
}

func (a *Admin) updateEmail(ctx context.Context, in templateEdit) (api.Result, error) {
	t, err := a.email(ctx, in.emailRef)
	if err != nil {
		return nil, err
	}
	return a.saveEmail(ctx, in.templateForm, t, "emails.saved")
}

// saveEmail saves what was typed over a template, or shows what it would give.
func (a *Admin) saveEmail(ctx context.Context, in templateForm, before mail.Template, notice string) (api.Result, error) {
	page := emailFormPage{Template: before}
	typed := mail.Template{ID: before.ID, Name: in.Name, Subject: in.Subject, Body: in.Body}
	var err error
	if in.Act == "preview" {
		page.Preview, err = a.preview(typed)
	} else {
		typed, err = a.Mail.SaveTemplate(ctx, typed)
		if err == nil {
			return a.done(ctx, emailPath(typed.ID), notice, typed.Name)
		}
	}
	if page.Form, err = a.formOf(ctx, in.Form, placed(err)); err != nil {
		return nil, err
	}
	if page.Preview != nil {
		return a.show(ctx, "emails/form", page)
	}
	return a.again(ctx, "emails/form", page)
}

// placed says that the faults of a template are those of the fields of a form:
// one of its body alone would be about the body of the request.
func placed(err error) error {
	e := errs.As(err)
	if e == nil || len(e.Faults) == 0 {
		return err
	}
	located := *e
	located.Faults = slices.Clone(e.Faults)
	for i, fault := range located.Faults {
		located.Faults[i].Loc = slices.Concat([]any{"body"}, fault.Loc)
	}
	return &located
}

func (a *Admin) askDeleteEmail(ctx context.Context, in emailRef) (api.Result, error) {
	t, err := a.email(ctx, in)
	if err != nil {
		return nil, err
	}
	if t.IsBuiltIn() {
		return nil, errs.New(errs.Forbidden, "template_built_in", "This e-mail template cannot be deleted")
	}
	return a.ask(ctx, question{
		Section: text(ctx, "emails.title"), SectionPath: emailsPath, Name: t.Name, Back: emailPath(t.ID),
		Title: text(ctx, "emails.delete_title", t.Name), Text: text(ctx, "emails.delete_text", strconv.FormatInt(t.ID, 10)),
		Submit: text(ctx, "form.delete"), IsDanger: true,
	}, nil)
}

func (a *Admin) deleteEmail(ctx context.Context, in emailRef) (api.Result, error) {
	t, err := a.email(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Mail.DeleteTemplate(ctx, t.ID); err != nil {
		return nil, err
	}
	return a.done(ctx, emailsPath, "emails.deleted", t.Name)
}
