package web_test

import (
	"fmt"
	"testing"

	"intendant/internal/api"
	"intendant/internal/identity"
	"intendant/internal/projets"
	"intendant/web/webtest"
)

// TestBrowserOfPeople drives Chromium through the owners and the people of
// projects, and who is signed in.
func TestBrowserOfPeople(t *testing.T) {
	s := newSite(t)
	owner := s.addOwner("Hôpitaux du littoral")
	s.reach(owner, "Zoé Le Gall, 02 98 00 00 00")
	s.reach(s.addOwner("Région"), "Paul Kerbrat")
	clinic, school := s.addProject(owner, "Clinique du Nord", "nord"), s.addProject(owner, "Maternité", "maternite")
	for name, names := range map[string][2]string{
		"ada.faure": {"Ada", "Faure"}, "grace.petit": {"Grace", "Petit"}, "marie.moreau": {"Marie", "Moreau"}, "paul.kerbrat": {"Paul", "Kerbrat"},
	} {
		s.create(identity.NewAccount{UserName: name, FirstName: names[0], LastName: names[1], Email: name + "@bureau.example"})
	}
	s.join("ada.faure", clinic, projets.Membership{
		Role: api.Some("Architecte"), RoomRights: api.Some(projets.Full), EquipmentRights: api.Some(projets.Full), TenderRights: api.Some(projets.Limited),
		SystemRights: api.Some(projets.ReadOnly), Superuser: api.Some(true),
	})
	s.join("ada.faure", school, projets.Membership{RoomRights: api.Some(projets.ReadOnly), AddonAdmin: api.Some(true), NoWebAdminAccess: api.Some(true)})
	s.join("grace.petit", clinic, projets.Membership{})
	if _, err := s.Projets.Disable(t.Context(), "marie.moreau"); err != nil {
		t.Fatal(err)
	}
	s.signedIn("grace.petit")
	s.token("paul.kerbrat", "192.0.2.7", "releve/2")
	s.token(adminName, "", "")

	tab := webtest.Open(t, s.url)
	tab.Go("/owners")
	tab.Type("username", adminName)
	tab.Type("password", password)
	tab.Click("form[action='/login'] button.primary")
	tab.Shows("Propriétaires", "Hôpitaux du littoral")
	tab.Picture("owners")
	tab.Click("a[href='/admin/owners/new']")
	tab.Type("owner[name]", "Lycée du Port")
	tab.Type("owner[address]", "1 quai de la Douane\n29200 Brest")
	tab.Type("owner[note]", "Fermé au mois d’août.")
	tab.Value(`(() => { document.querySelector("[name='owner[name]']").value = " "; return "" })()`)
	tab.ClickFor("form.card button.primary", 422)
	tab.Shows("Ce champ est obligatoire.")
	tab.Picture("owner-faults")
	tab.Type("owner[name]", "Lycée du Port")
	tab.Click("form.card button.primary")
	tab.Shows("Le propriétaire Lycée du Port est créé.", "29200 Brest")
	tab.Click("main a[href$='/delete']")
	tab.Type("password", password)
	tab.Click("form[action='/admin/confirm'] button.primary")
	tab.Shows("Supprimer le propriétaire Lycée du Port ?")
	tab.Picture("owner-delete")
	tab.Click("form.card button.danger")
	tab.Shows("Le propriétaire est supprimé.")

	tab.Go("/users")
	tab.Shows("Personnes des projets", "Ada Faure")
	tab.Click("a[href='/admin/people/new']")
	for field, value := range map[string]string{"username": "lise.henry", "first_name": "Lise", "last_name": "Henry", "email": "ada.faure@bureau.example"} {
		tab.Type("user["+field+"]", value)
	}
	tab.ClickFor("form.card button.primary", 422)
	tab.Shows("Cette valeur est déjà prise.")
	tab.Picture("person-faults")
	tab.Type("user[email]", "lise.henry@bureau.example")
	tab.Click("form.card button.primary")
	tab.Shows("Le compte lise.henry est créé.")
	tab.Click("main a[href$='/disable']")
	tab.Shows("Désactiver lise.henry ?")
	tab.Picture("person-disable")
	tab.Click("form.card button.danger")
	tab.Shows("Le compte lise.henry est désactivé.")
	tab.Picture("person-disabled")
	tab.Click("form[action='/users/lise.henry/enable'] button")
	tab.Shows("Le compte lise.henry est réactivé.")

	tab.Go("/admin/status?q=grace")
	tab.Shows("Grace Petit")
	tab.Click("a[href$='/kick']")
	tab.Click("form.card button.danger")
	tab.Shows("grace.petit est déconnecté partout.")

	pages := map[string]string{
		"owners": "/owners", "owner": fmt.Sprintf("/owners/%d", owner), "owner-edit": fmt.Sprintf("/admin/owners/%d/edit", owner),
		"owner-refused": fmt.Sprintf("/admin/owners/%d/delete", owner), "people": "/users", "person": "/users/ada.faure",
		"person-new": "/admin/people/new", "person-edit": "/admin/people/ada.faure/edit", "person-delete": "/admin/people/ada.faure/delete",
		"status": "/admin/status", "status-none": "/admin/status?q=personne",
		"status-kick": "/admin/status/" + s.account(adminName).UUID + "/kick",
	}
	for name, path := range pages {
		tab.Go(path)
		tab.Legible()
		tab.Picture(name)
	}
	tab.Phone()
	for name, path := range pages {
		tab.Go(path)
		tab.FitsWidth()
		tab.Picture("phone-" + name)
	}
	tab.Desk()
	tab.Dark()
	for _, name := range []string{"owners", "owner", "owner-refused", "people", "person", "status"} {
		tab.Go(pages[name])
		tab.Legible()
		tab.Picture("dark-" + name)
	}
}
