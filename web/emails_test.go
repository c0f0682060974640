package web_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/mail"
	"intendant/internal/tableur"
)

func TestTheListOfEmailTemplates(t *testing.T) {
	s := newSite(t)
	if _, err := s.Mail.SaveTemplate(t.Context(), mail.Template{Name: "Été", Subject: "Fermeture d’été", Body: "Bonjour"}); err != nil {
		t.Fatal(err)
	}
	b := s.admin()
	for _, c := range []struct{ name, query, want string }{
		{"by number", "", "Compte créé Mot de passe oublié Mot de passe changé Compte désactivé Rappel d’accès au projet Invitation au projet Été"},
		{"by name", "?q=compte&sort=name", "Compte créé Compte désactivé"},
		{"by subject, backwards", "?q=projet&sort=-subject", "Rappel d’accès au projet Invitation au projet"},
		{"search without accents", "?q=ete", "Été"},
	} {
		if got := rowNames(b.page("/emails" + c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	has(t, b.page("/emails"), "mail_type", "d’origine", "ajouté", "/admin/emails/new", "/admin/emails/6", "1 à 7 sur 7")
	has(t, b.page("/emails?q=personne"), "Rien ne correspond")
	a := b.get("/admin/emails/export?sort=-id&q=ete")
	sheet, err := tableur.Read("x.csv", []byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if len(sheet.Rows) != 2 || strings.Join(sheet.Rows[0].Cells, "|") != "N°|Nom|Objet|Texte" || sheet.Rows[1].Cells[2] != "Fermeture d’été" {
		t.Errorf("%v", sheet)
	}
	b.language = "en"
	has(t, b.page("/emails"), "E-mail templates", "built in")
}

// What programs read stays as the contract has it.
func TestEmailTemplatesInJSON(t *testing.T) {
	s := newSite(t)
	a := s.admin().get("/emails.json")
	wantStatus(t, "JSON", a, http.StatusOK)
	if !strings.HasPrefix(a.body, `[{"email":{"body":"Bonjour {{first_name}},\n`) || !strings.Contains(a.body, `"id":6,"name":"Invitation au projet","subject":"Invitation au projet {{project}}"}}]`) {
		t.Errorf("%s", a.body)
	}
}

func TestAnEmailTemplateIsCreatedAndChanged(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	has(t, b.page("/admin/emails/new"), `name="subject"`, "{{first_name}}", "{{link}}", "prénom, ou à défaut", `value="preview"`)
	a := b.post("/admin/emails/new")
	wantStatus(t, "nothing typed", a, http.StatusUnprocessableEntity)
	has(t, a.body, `id="field-name-fault"`, `id="field-subject-fault"`, `id="field-body-fault"`, "Ce champ est obligatoire.")
	a = b.post("/admin/emails/new", "name", strings.Repeat("é", 101), "subject", "{{link}} {{nom}}", "body", "Bonjour {{prenom}}, {{site")
	wantStatus(t, "faulty", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Au plus 100 caractères.", "L’objet ne peut pas contenir {{link}}", "{{nom}} n’est pas un emplacement connu.",
		"{{prenom}} n’est pas un emplacement connu.", "Les accolades doubles ne servent", `value="{{link}} {{nom}}"`, "Bonjour {{prenom}}, {{site</textarea>")
	if strings.Count(a.body, `aria-invalid="true"`) != 3 {
		t.Errorf("three fields are faulty: %s", a.body)
	}
	a = b.post("/admin/emails/new", "name", "Compte créé", "subject", "s", "body", "b")
	wantStatus(t, "a name in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Un autre modèle porte déjà ce nom.", `id="field-name-fault"`)

	to := b.goes("/admin/emails/new", "name", " Fermeture ", "subject", "Fermé pour {{username}}", "body", "Bonjour {{first_name}},\r\n<b>à bientôt</b> sur {{site}}")
	if to != "/admin/emails/7" {
		t.Errorf("goes to %q", to)
	}
	page := b.page(to)
	has(t, page, "Le modèle « Fermeture » est créé.", "Fermé pour {{username}}", "Fermé pour cmartin", "Bonjour Camille,\n&lt;b&gt;à bientôt", to+"/edit", to+"/delete",
		"/admin/journal?object_type=email_template&amp;object_id=7")
	has(t, b.page(to+"/edit"), `value="Fermeture"`, "Modifier « Fermeture »")
	a = b.post(to+"/edit", "name", "Compte créé", "subject", "s", "body", "b")
	wantStatus(t, "a name in use", a, http.StatusUnprocessableEntity)
	has(t, a.body, "Un autre modèle porte déjà ce nom.")
	if got := b.goes(to+"/edit", "name", "Congés", "subject", "Fermé", "body", "Bonjour"); got != to {
		t.Errorf("goes to %q", got)
	}
	has(t, b.page(to), "Le modèle « Congés » est enregistré.", "<h1>Congés</h1>")
	has(t, b.page("/admin/journal?object_type=email_template"), "Modèle d’e-mail modifié", `href="/admin/emails/7"`)
	b.language = "en"
	has(t, b.page(to+"/edit"), "Edit “Congés”", "Show the preview")
	for _, path := range []string{"/admin/emails/x", "/admin/emails/99", "/admin/emails/99/edit"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}
	wantStatus(t, "unknown", b.post("/admin/emails/99/edit", "name", "a", "subject", "b", "body", "c"), http.StatusNotFound)
}

// A template of the base may be changed as any other.
func TestAPreviewSavesNothing(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	before, err := s.Mail.Template(t.Context(), mail.ProjectInvitation)
	if err != nil {
		t.Fatal(err)
	}
	a := b.post("/admin/emails/6/edit", "name", "", "subject", "Rejoignez {{project}}", "body", "Bonjour {{first_name}},\r\n{{link}}", "act", "preview")
	wantStatus(t, "preview", a, http.StatusOK)
	has(t, a.body, `id="preview"`, "Rien n’est encore enregistré.", "Rejoignez Hôpital Nord", "Bonjour Camille,\nhttps://exemple.invalid/lien", `value="Rejoignez {{project}}"`)
	a = b.post("/admin/emails/6/edit", "name", "n", "subject", "{{link}}", "body", "", "act", "preview")
	wantStatus(t, "preview of faults", a, http.StatusUnprocessableEntity)
	has(t, a.body, "L’objet ne peut pas contenir {{link}}", `id="field-body-fault"`)
	lacks(t, a.body, `id="preview"`)
	wantStatus(t, "preview of a new one", b.post("/admin/emails/new", "subject", "s", "body", "b", "act", "preview"), http.StatusOK)
	after, err := s.Mail.Template(t.Context(), mail.ProjectInvitation)
	if err != nil || after != before {
		t.Errorf("%+v became %+v, %v", before, after, err)
	}
}

func TestAnEmailTemplateIsDeleted(t *testing.T) {
	s := newSite(t)
	added, err := s.Mail.SaveTemplate(t.Context(), mail.Template{Name: "Fermeture", Subject: "Fermé", Body: "Bonjour {{username}}"})
	if err != nil {
		t.Fatal(err)
	}
	queued := s.queueLetter(mail.Message{TemplateID: added.ID, To: "zoe@exemple.fr", Values: mail.Values{Username: "zoe"}})
	b := s.admin()
	lacks(t, b.page("/admin/emails/6"), "/admin/emails/6/delete")
	for name, a := range map[string]answer{"asking": b.get("/admin/emails/7/delete"), "doing": b.post("/admin/emails/7/delete")} {
		if !strings.HasPrefix(a.location, "/admin/confirm?next=") {
			t.Errorf("%s, not elevated: %d to %q", name, a.status, a.location)
		}
	}
	b.elevate()
	for name, a := range map[string]answer{"asking": b.get("/admin/emails/6/delete"), "doing": b.post("/admin/emails/6/delete")} {
		wantStatus(t, name, a, http.StatusForbidden)
		has(t, a.body, "Le serveur a besoin de ce modèle")
	}
	has(t, b.page("/admin/emails/7/delete"), "Supprimer le modèle « Fermeture » ?", "mail_type 7")
	if to := b.goes("/admin/emails/7/delete"); to != "/emails" {
		t.Errorf("goes to %q", to)
	}
	has(t, b.page("/emails"), "Le modèle « Fermeture » est supprimé.")
	for _, path := range []string{"/admin/emails/7", "/admin/emails/7/delete"} {
		wantStatus(t, path, b.get(path), http.StatusNotFound)
	}
	has(t, b.page(messagePath(queued)), "supprimé depuis", "Fermé")
	has(t, b.page(messagePath(queued)+"/body"), "Bonjour zoe")
}

func TestEmailTemplatesNeedTheirPermissions(t *testing.T) {
	s := newSite(t)
	b := s.holder("lecteur", "projets:write")
	lacks(t, b.page("/emails"), "/admin/emails/new", "/admin/outbox")
	lacks(t, b.page("/admin/emails/6"), "/admin/emails/6/edit")
	for _, path := range []string{"/admin/emails/new", "/admin/emails/6/edit", "/admin/emails/6/delete"} {
		wantStatus(t, path, b.get(path), http.StatusForbidden)
		wantStatus(t, path, b.post(path), http.StatusForbidden)
	}
	none := s.holder("personne", "roles:read")
	for _, path := range []string{"/emails", "/admin/emails/6", "/admin/emails/export"} {
		wantStatus(t, path, none.get(path), http.StatusForbidden)
	}
}
