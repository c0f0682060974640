package mail

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"intendant/db"
	"intendant/internal/errs"
)

// codes returns "field: code" of each fault. Fault.Field would take our "body"
// for the body of a request, until the kernel has put that before it.
func codes(err error) []string {
	list := []string{}
	if e := errs.As(err); e != nil {
		for _, f := range e.Faults {
			list = append(list, fmt.Sprint(f.Loc...)+": "+f.Code)
		}
	}
	return list
}

func journal(t *testing.T, store *db.Store) (actions []string) {
	t.Helper()
	lines, err := store.Read().JournalLines(t.Context(), db.JournalLinesParams{Since: "0", Until: "9999", RowLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		actions = append(actions, line.Action+" "+line.ObjectName)
	}
	return actions
}

func TestTheTemplatesABaseIsBornWith(t *testing.T) {
	b := newBed(t, Server{})
	list, err := b.Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[int64]struct {
		name   string
		linked bool
	}{
		AccountCreated: {"Compte créé", true}, PasswordForgotten: {"Mot de passe oublié", true}, PasswordChanged: {"Mot de passe changé", false},
		AccountDisabled: {"Compte désactivé", false}, ProjectReminder: {"Rappel d’accès au projet", true}, ProjectInvitation: {"Invitation au projet", true},
	}
	if len(list) != len(want) {
		t.Errorf("%d templates", len(list))
	}
	for i, tpl := range list {
		if tpl.ID != int64(i+1) || tpl.Name != want[tpl.ID].name || strings.Contains(tpl.Body, "{{link}}") != want[tpl.ID].linked {
			t.Errorf("template %d: %q\n%s", tpl.ID, tpl.Name, tpl.Body)
		}
		if tidy(tpl) != tpl || len(faultsOf(tpl)) > 0 {
			t.Errorf("template %d could not be saved as it is: %v", tpl.ID, faultsOf(tpl))
		}
	}
}

func TestSaveTemplate(t *testing.T) {
	b := newBed(t, Server{})
	added, err := b.SaveTemplate(t.Context(), Template{Name: " Fermeture ", Subject: "Fermé\r\nBcc: x@y.example", Body: "Bonjour {{ first_name }}\r\n\r\nÀ bientôt\r"})
	if err != nil {
		t.Fatal(err)
	}
	want := Template{
		ID: 7, Name: "Fermeture", Subject: "Fermé Bcc: x@y.example", Body: "Bonjour {{ first_name }}\n\nÀ bientôt\n",
		CreatedAt: b.clock.now(), UpdatedAt: b.clock.now(),
	}
	if diff := cmp.Diff(want, added); diff != "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	b.clock.move(1e9)
	added.Subject = "Fermé en août"
	saved, err := b.SaveTemplate(t.Context(), added)
	if err != nil {
		t.Fatal(err)
	}
	want.Subject, want.UpdatedAt = "Fermé en août", b.clock.now()
	if diff := cmp.Diff(want, saved); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if read, err := b.Template(t.Context(), 7); err != nil || read != want {
		t.Errorf("read %v, %v", read, err)
	}
	if got := journal(t, b.Store); !slices.Equal(got, []string{"email_template.update Fermeture", "email_template.create Fermeture"}) {
		t.Errorf("journal %q", got)
	}
}

func TestTemplatesRefused(t *testing.T) {
	b := newBed(t, Server{})
	good := Template{Name: "n", Subject: "s", Body: "b"}
	cases := map[string]struct {
		spoil func(*Template)
		want  []string
	}{
		"everything missing":  {func(tpl *Template) { *tpl = Template{} }, []string{"name: missing", "subject: missing", "body: missing"}},
		"unknown placeholder": {func(tpl *Template) { tpl.Subject, tpl.Body = "{{nom}}", "{{site}} {{}}" }, []string{"subject: placeholder_unknown", "body: placeholder_unknown"}},
		"link in the subject": {func(tpl *Template) { tpl.Subject = "{{link}}" }, []string{"subject: link_in_subject"}},
		"braces left open":    {func(tpl *Template) { tpl.Body = "{{site" }, []string{"body: placeholder_broken"}},
		"braces in braces":    {func(tpl *Template) { tpl.Body = "{{{{site}}}}" }, []string{"body: placeholder_broken"}},
		"too long":            {func(tpl *Template) { tpl.Subject = strings.Repeat("é", maxSubject+1) }, []string{"subject: string_too_long"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tpl := good
			c.spoil(&tpl)
			_, err := b.SaveTemplate(t.Context(), tpl)
			if diff := cmp.Diff(c.want, codes(err)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := b.SaveTemplate(t.Context(), Template{ID: 99, Name: "n", Subject: "s", Body: "b"}); !errs.Is(err, errs.NotFound) {
		t.Errorf("unknown: %v", err)
	}
	if _, err := b.SaveTemplate(t.Context(), Template{Name: "Compte créé", Subject: "s", Body: "b"}); !errs.Is(err, errs.Conflict) {
		t.Errorf("name taken: %v", err)
	}
	if _, err := b.Template(t.Context(), 99); !errs.Is(err, errs.NotFound) {
		t.Errorf("unknown: %v", err)
	}
	if got := journal(t, b.Store); len(got) > 0 {
		t.Errorf("journal %q", got)
	}
}

func TestDeleteTemplate(t *testing.T) {
	b := newBed(t, Server{})
	for _, id := range []int64{AccountCreated, ProjectInvitation} {
		if err := b.DeleteTemplate(t.Context(), id); !errs.Is(err, errs.Forbidden) {
			t.Errorf("template %d: %v", id, err)
		}
	}
	if err := b.DeleteTemplate(t.Context(), 7); !errs.Is(err, errs.NotFound) {
		t.Errorf("unknown: %v", err)
	}
	added, err := b.SaveTemplate(t.Context(), Template{Name: "Fermeture", Subject: "Fermé", Body: "Bonjour {{username}}"})
	if err != nil {
		t.Fatal(err)
	}
	queued, err := b.queueMessage(Message{TemplateID: added.ID, To: "zoe@ecole.example", Values: Values{Username: "zoe"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteTemplate(t.Context(), added.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Template(t.Context(), added.ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("deleted: %v", err)
	}
	item := b.want(queued, Held)
	if body, err := b.Body(t.Context(), queued); err != nil || body != "Bonjour zoe\n" || item.TemplateID != 0 || item.Subject != "Fermé" {
		t.Errorf("its message: %+v, %q, %v", item, body, err)
	}
	// Programs know templates by their ids.
	next, err := b.SaveTemplate(t.Context(), Template{Name: "Fermeture", Subject: "s", Body: "b"})
	if err != nil || next.ID != added.ID+1 {
		t.Errorf("the next one has id %d, %v", next.ID, err)
	}
	want := []string{"email_template.create Fermeture", "email_template.delete Fermeture", "email_template.create Fermeture"}
	if got := journal(t, b.Store); !slices.Equal(got, want) {
		t.Errorf("journal %q", got)
	}
}

func TestPreview(t *testing.T) {
	b := newBed(t, Server{})
	subject, body, err := b.Preview(Template{Subject: "{{project}} {{ site }}", Body: "{{first_name}} {{username}}\r\n{{link}}"})
	if err != nil || subject != "Hôpital Nord https://intendant.ecole.example" || body != "Camille cmartin\nhttps://exemple.invalid/lien\n" {
		t.Errorf("%q, %q, %v", subject, body, err)
	}
	if _, _, err := b.Preview(Template{Subject: "{{x}}"}); !slices.Equal(codes(err), []string{"subject: placeholder_unknown", "body: missing"}) {
		t.Errorf("faults %v", codes(err))
	}
}

func TestValuesAreNotTemplates(t *testing.T) {
	b := newBed(t, Server{})
	err := b.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
		id, err := b.Queue(ctx, q, Message{TemplateID: ProjectInvitation, To: "a@b.example", Values: Values{
			Username: "ada", Project: "x {{link}}\r\nBcc: c@d.example\x00", Link: "https://s.example/1",
		}})
		if err != nil {
			return err
		}
		row, err := q.OutboxMessage(ctx, id)
		if err != nil {
			return err
		}
		if row.Subject != "Invitation au projet x {{link}} Bcc: c@d.example" {
			t.Errorf("subject %q", row.Subject)
		}
		body, err := b.unseal(row)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(body, "Bonjour ada,\n") || strings.Count(body, "https://s.example/1") != 1 {
			t.Errorf("body %q", body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRenderedSubjectsAreOneLine(t *testing.T) {
	b := newBed(t, Server{})
	rapid.Check(t, func(t *rapid.T) {
		v := Values{Project: rapid.String().Draw(t, "project"), FirstName: rapid.String().Draw(t, "first name")}
		subject, body := render("À {{project}}", "{{first_name}}\n", b.substitutes(v))
		if strings.ContainsFunc(subject, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' }) {
			t.Fatalf("subject %q", subject)
		}
		if strings.Count(body, "\n") != 1 || !strings.HasSuffix(body, "\n") {
			t.Fatalf("body %q", body)
		}
	})
}
