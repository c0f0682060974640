package web_test

import (
	"testing"

	"intendant/internal/mail"
	"intendant/web/webtest"
)

// TestBrowserOfMail drives Chromium through the templates and the outbox.
func TestBrowserOfMail(t *testing.T) {
	s := siteWithMail(t, relay(t))
	cancelled := s.queueLetter(invitation("max@exemple.fr"))
	if err := s.Mail.Cancel(t.Context(), cancelled); err != nil {
		t.Fatal(err)
	}
	s.queueLetter(invitation("zoe.le-goff-du-chateau@direction-des-systemes.exemple.fr"))
	failed := s.queueLetter(invitation("nobody@exemple.fr"))
	s.work(s.settled)
	s.queueLetter(mail.Message{TemplateID: mail.PasswordChanged, To: "ada@exemple.fr", Values: mail.Values{Username: "ada"}})

	tab := webtest.Open(t, s.url)
	browseIn(tab, "/emails")
	tab.Shows("Invitation au projet", "d’origine")
	tab.Picture("emails")
	tab.Click("main a[href='/admin/emails/new']")
	tab.Type("name", "Fermeture")
	tab.Type("subject", "Fermeture de {{projet}}, {{link}}")
	tab.Type("body", "Bonjour {{first_name}},\n\nLe projet {{project}} ferme. Vos accès restent ouverts jusqu’à la fin du mois.\n{{link}}\n")
	tab.ClickFor("button[name='act']", 422)
	tab.Shows("n’est pas un emplacement connu", "L’objet ne peut pas contenir")
	tab.Picture("email-faults")
	tab.Type("subject", "Fermeture de {{project}}")
	tab.Click("button[name='act']")
	tab.Shows("Fermeture de Hôpital Nord", "Bonjour Camille,", "Rien n’est encore enregistré.")
	tab.Picture("email-preview")
	tab.Phone()
	tab.FitsWidth()
	tab.Picture("phone-email-preview")
	tab.Desk()
	tab.Click("form.card button.primary")
	tab.Shows("Le modèle « Fermeture » est créé.")
	tab.Picture("email")

	tab.Go("/admin/outbox")
	tab.Shows("Renvoyer les messages échoués", "no such user")
	tab.Picture("outbox")
	tab.Choose("state", "échoué")
	tab.Click("form.filters button")
	tab.Click("tbody th a")
	tab.Shows("550")
	tab.Picture("message")
	tab.Click("a[href$='/body']")
	tab.Type("password", password)
	tab.Click("form[action='/admin/confirm'] button.primary")
	tab.Shows("Bonjour Zoé,", "SECRET")
	tab.Picture("message-body")
	tab.Go("/admin/emails/7/delete")
	tab.Picture("email-delete")

	inEveryLight(tab, map[string]string{
		"emails": "/emails", "email": "/admin/emails/6", "email-form": "/admin/emails/6/edit", "outbox": "/admin/outbox", "message": messagePath(failed),
		"message-body": messagePath(failed) + "/body",
	})
}

// TestBrowserOfTheHeldOutbox shows what to do without an SMTP server.
func TestBrowserOfTheHeldOutbox(t *testing.T) {
	s := newSite(t)
	s.queueLetter(invitation("zoe@exemple.fr"))
	tab := webtest.Open(t, s.url)
	browseIn(tab, "/admin/outbox")
	tab.Shows("Aucun serveur SMTP n’est indiqué", "retenu")
	tab.Picture("outbox-held")
	tab.Phone()
	tab.Go("/admin/outbox")
	tab.FitsWidth()
	tab.Picture("phone-outbox-held")
}
