package mail

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/audit"
	"intendant/internal/errs"
)

// The templates every base is born with. Their ids are part of the contract of
// projets: "mail_type":"6" invites.
const (
	AccountCreated    int64 = 1
	PasswordForgotten int64 = 2
	PasswordChanged   int64 = 3
	AccountDisabled   int64 = 4
	ProjectReminder   int64 = 5
	ProjectInvitation int64 = 6
)

// Longest texts of a template, in characters.
const (
	maxName    = 100
	maxSubject = 200
	maxBody    = 20_000
)

// Template is an e-mail with {{placeholders}}: username, first_name, project,
// link, site. The subject may not have link.
type Template struct {
	ID                   int64 // 0 for one that is not saved yet
	Name, Subject, Body  string
	CreatedAt, UpdatedAt time.Time
}

func templateOf(row db.EmailTemplate) Template {
	return Template{
		ID: row.ID, Name: row.Name, Subject: row.Subject, Body: row.Body,
		CreatedAt: row.CreatedAt.Time, UpdatedAt: row.UpdatedAt.Time,
	}
}

// Placeholders returns the names a template may use, in the order they are
// shown.
func Placeholders() []string { return []string{"username", "first_name", "project", "link", "site"} }

// Templates returns all templates in the order of their ids.
func (s *Service) Templates(ctx context.Context) ([]Template, error) {
	rows, err := s.Store.Read().EmailTemplates(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Template, len(rows))
	for i, row := range rows {
		list[i] = templateOf(row)
	}
	return list, nil
}

// Template returns one template; an unknown one is NotFound.
func (s *Service) Template(ctx context.Context, id int64) (Template, error) {
	row, err := s.Store.Read().EmailTemplate(ctx, id)
	if err != nil {
		return Template{}, db.NotFound(err, errTemplateUnknown.Code, errTemplateUnknown.Message)
	}
	return templateOf(row), nil
}

// SaveTemplate changes a template, or adds one when its ID is 0, and returns it
// as saved. Faults of the values are Invalid, all at once; an unknown ID is
// NotFound, a name that another one has a Conflict. Messages already queued
// keep their text.
func (s *Service) SaveTemplate(ctx context.Context, t Template) (Template, error) {
	t = tidy(t)
	if err := errs.Faulty(faultsOf(t)); err != nil {
		return Template{}, err
	}
	var saved db.EmailTemplate
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		var err error
		saved, err = s.saveTemplate(ctx, q, t)
		return err
	})
	if column, ok := db.UniqueColumn(err); ok && column == "email_templates.name" {
		return Template{}, errs.New(errs.Conflict, "template_name_taken", "Another e-mail template has this name").Because(err)
	}
	if err != nil {
		return Template{}, err
	}
	return templateOf(saved), nil
}

func (s *Service) saveTemplate(ctx context.Context, q *db.Queries, t Template) (saved db.EmailTemplate, err error) {
	now, entry := s.now(), audit.Entry{Action: "email_template.create", ObjectType: "email_template", ObjectName: t.Name}
	if t.ID == 0 {
		saved, err = q.AddEmailTemplate(ctx, db.AddEmailTemplateParams{
			Name: t.Name, Subject: t.Subject, Body: t.Body, CreatedAt: now, UpdatedAt: now,
		})
	} else {
		var before db.EmailTemplate
		if before, err = q.EmailTemplate(ctx, t.ID); err != nil {
			return saved, db.NotFound(err, errTemplateUnknown.Code, errTemplateUnknown.Message)
		}
		entry.Action, entry.Before = "email_template.update", journalled(before)
		saved, err = q.UpdateEmailTemplate(ctx, db.UpdateEmailTemplateParams{
			ID: t.ID, Name: t.Name, Subject: t.Subject, Body: t.Body, UpdatedAt: now,
		})
	}
	if err != nil {
		return saved, err
	}
	entry.ObjectID, entry.After = strconv.FormatInt(saved.ID, 10), journalled(saved)
	return saved, audit.Record(ctx, q, now.Time, entry)
}

var errTemplateBuiltIn = errs.New(errs.Forbidden, "template_built_in", "This e-mail template cannot be deleted")

// IsBuiltIn reports whether the template is one that every base is born with.
func (t Template) IsBuiltIn() bool { return t.ID >= AccountCreated && t.ID <= ProjectInvitation }

// DeleteTemplate removes a template; an unknown one is NotFound, one that the
// base is born with Forbidden. Messages made from it stay as they are, and no
// other template gets its id.
func (s *Service) DeleteTemplate(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.EmailTemplate(ctx, id)
		if err != nil {
			return db.NotFound(err, errTemplateUnknown.Code, errTemplateUnknown.Message)
		}
		if templateOf(row).IsBuiltIn() {
			return errTemplateBuiltIn
		}
		if err := q.ForgetTemplateInOutbox(ctx, id); err != nil {
			return err
		}
		if err := q.KeepEmailTemplateID(ctx, id); err != nil {
			return err
		}
		if err := q.DeleteEmailTemplate(ctx, id); err != nil {
			return err
		}
		return audit.Record(ctx, q, s.Now(), audit.Entry{
			Action: "email_template.delete", ObjectType: "email_template", ObjectID: strconv.FormatInt(id, 10), ObjectName: row.Name,
			Before: journalled(row),
		})
	})
}

func journalled(row db.EmailTemplate) map[string]any {
	return map[string]any{"name": row.Name, "subject": row.Subject, "body": row.Body}
}

// Preview returns what a template gives for an invented person. Faults of the
// values are Invalid, all at once, but a name is not needed.
func (s *Service) Preview(t Template) (subject, body string, err error) {
	t = tidy(t)
	if t.Name == "" {
		t.Name = "-"
	}
	if err := errs.Faulty(faultsOf(t)); err != nil {
		return "", "", err
	}
	subject, body = render(t.Subject, t.Body, s.substitutes(Values{
		Username: "cmartin", FirstName: "Camille", Project: "Hôpital Nord", Link: "https://exemple.invalid/lien",
	}))
	return subject, body, nil
}

// tidy gives a template the form it is stored in: lines end with \n, however
// the form of a browser sent them.
func tidy(t Template) Template {
	t.Name, t.Subject = oneLine(t.Name), oneLine(t.Subject)
	t.Body = strings.TrimSpace(manyLines(t.Body))
	if t.Body != "" {
		t.Body += "\n"
	}
	return t
}

// oneLine keeps a text out of the other headers.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))), " ")
}

func manyLines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

func faultsOf(t Template) (faults []errs.Fault) {
	fields := []struct {
		name, text string
		most       int
	}{{"name", t.Name, maxName}, {"subject", t.Subject, maxSubject}, {"body", t.Body, maxBody}}
	for _, f := range fields {
		add := func(code, message string, ctx map[string]any) {
			faults = append(faults, errs.Fault{Loc: []any{f.name}, Code: code, Message: message, Input: f.text, Ctx: ctx})
		}
		if f.text == "" {
			add("missing", "can't be blank", nil)
		}
		if utf8.RuneCountInString(f.text) > f.most {
			add("string_too_long", "is too long", map[string]any{"max_length": f.most})
		}
		if f.name == "name" {
			continue
		}
		names, broken := placeholdersIn(f.text)
		if broken {
			add("placeholder_broken", "has braces that are not a placeholder", nil)
		}
		for _, name := range names {
			switch {
			case !isPlaceholder(name):
				add("placeholder_unknown", "has an unknown placeholder: "+name, map[string]any{"placeholder": name})
			case name == "link" && f.name == "subject":
				// Subjects lie open in the outbox and in every mail log on the way.
				add("link_in_subject", "may not have the link", nil)
			}
		}
	}
	return faults
}

var placeholder = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// placeholdersIn returns the names in a text, and whether braces are left over.
func placeholdersIn(text string) (names []string, broken bool) {
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.TrimSpace(found[1]))
	}
	rest := placeholder.ReplaceAllLiteralString(text, "")
	return names, strings.Contains(rest, "{{") || strings.Contains(rest, "}}")
}

func isPlaceholder(name string) bool {
	for _, known := range Placeholders() {
		if name == known {
			return true
		}
	}
	return false
}

func (s *Service) substitutes(v Values) map[string]string {
	if strings.TrimSpace(v.FirstName) == "" {
		v.FirstName = v.Username
	}
	return map[string]string{
		"username": oneLine(v.Username), "first_name": oneLine(v.FirstName), "project": oneLine(v.Project),
		"link": oneLine(v.Link), "site": oneLine(s.Site),
	}
}

// render fills the placeholders in one go: what a value looks like is never
// taken for a placeholder.
func render(subject, body string, values map[string]string) (string, string) {
	fill := func(text string) string {
		return placeholder.ReplaceAllStringFunc(text, func(found string) string {
			return values[strings.TrimSpace(found[2:len(found)-2])]
		})
	}
	return oneLine(fill(subject)), manyLines(fill(body))
}
