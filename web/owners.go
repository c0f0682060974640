package web

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/plier"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const (
	// ownersPath is that of the wing; the forms and questions are elsewhere.
	ownersPath     = "/owners"
	ownerFormsPath = "/admin/owners"
)

// ownerViews are the pages of the entries of "/owners".
func (a *Admin) ownerViews(sys *api.System) error {
	return errors.Join(
		api.View(sys.Entry("owners", "index"), a.ownersView),
		api.View(sys.Entry("owners", "show"), a.ownerView),
		api.View(sys.Entry("owners", "create"), a.ownerCreatedView),
		api.View(sys.Entry("owners", "update"), a.ownerUpdatedView),
		api.View(sys.Entry("owners", "destroy"), a.ownerDestroyedView),
	)
}

// ownerRoutes are the pages that have no entry in the wing: forms, questions,
// exports.
func (a *Admin) ownerRoutes() []api.Route {
	return api.Family(
		"propriétaires",
		api.Get("owners_export", projets.Read, a.exportOwners, ownerFormsPath+"/export").Doc("Liste des propriétaires en CSV ou XLSX."),
		api.Get("owner_new_page", projets.Admin, a.newOwnerPage, ownerFormsPath+"/new").Doc("Formulaire d'un propriétaire."),
		api.Get("owner_edit_page", projets.Admin, a.editOwnerPage, ownerFormsPath+"/{id}/edit").Doc("Formulaire de modification d'un propriétaire."),
		api.Get("owner_delete_page", projets.Admin, a.askDeleteOwner, ownerFormsPath+"/{id}/delete").Elevated().Doc("Demande s'il faut supprimer un propriétaire."),
	)
}

// ownerLine is an owner in the list.
type ownerLine struct {
	projets.Owner
	Projects int64
}

// ContactName and TechName are who to reach, "" for nobody.
func (o ownerLine) ContactName() string { return shown(o.Contact) }

// TechName is the technical contact.
func (o ownerLine) TechName() string { return shown(o.TechContact) }

// ownerSorters are the orders of the list.
var ownerSorters = []sorter[ownerLine]{
	sortedBy("name", func(o ownerLine) string { return o.Name }),
	sortedBy("contact", ownerLine.ContactName),
	{"projects", func(a, b ownerLine) int { return cmp.Compare(a.Projects, b.Projects) }},
}

// ownerLines returns the owners that the query of ctx's page looks for.
func (a *Admin) ownerLines(ctx context.Context, owners []projets.Owner) ([]ownerLine, error) {
	projects, _, err := a.Projets.Projects(ctx, projets.ProjectQuery{ShowAll: true})
	if err != nil {
		return nil, err
	}
	count := map[int64]int64{}
	for _, p := range projects {
		count[p.OwnerID]++
	}
	key := plier.Key(api.RequestFrom(ctx).URL.Query().Get("q"))
	var lines []ownerLine
	for _, o := range owners {
		line := ownerLine{o, count[o.ID]}
		if slices.ContainsFunc([]string{o.Name, line.ContactName(), line.TechName()}, func(s string) bool { return strings.Contains(plier.Key(s), key) }) {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// ownersPage is the list of owners.
type ownersPage struct {
	List   listing
	Owners []ownerLine
}

func (a *Admin) ownersView(ctx context.Context, _ api.None, owners []projets.Owner, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	lines, err := a.ownerLines(ctx, owners)
	if err != nil {
		return nil, err
	}
	list, lines := cutPage(ctx, lines, ownerSorters...)
	list.Exports = ownerFormsPath + "/export"
	return a.show(ctx, "owners/list", ownersPage{list, lines})
}

func (a *Admin) exportOwners(ctx context.Context, in exportQuery) (api.Result, error) {
	owners, err := a.Projets.Owners(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := a.ownerLines(ctx, owners)
	if err != nil {
		return nil, err
	}
	sortLines(ctx, lines, ownerSorters...)
	header := []string{
		"owners.name", "owners.contact", "owners.tech_contact", "owners.address", "owners.billing_address", "owners.network", "owners.note",
		"owners.projects", "owners.id",
	}
	return export(ctx, in.Format, text(ctx, "owners.file"), header, ownerRows(lines))
}

func ownerRows(lines []ownerLine) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, o := range lines {
			row := []tableur.Cell{
				o.Name, o.ContactName(), o.TechName(), shown(o.Address), shown(o.BillingAddress), shown(o.Network), shown(o.Note),
				o.Projects, o.ID,
			}
			if !yield(row) {
				return
			}
		}
	}
}

// ownerNames returns the names of the owners by their numbers.
func (a *Admin) ownerNames(ctx context.Context) (map[int64]string, error) {
	owners, err := a.Projets.Owners(ctx)
	names := make(map[int64]string, len(owners))
	for _, o := range owners {
		names[o.ID] = o.Name
	}
	return names, err
}

func ownerPath(id int64) string { return ownersPath + "/" + strconv.FormatInt(id, 10) }

// ownerPage is an owner with what is his.
type ownerPage struct {
	Form      form // what kept it from being deleted
	Owner     projets.Owner
	Projects  []projets.Project
	Databases []projets.Database
}

// ownerFact is a text about an owner under the key of its label.
type ownerFact struct{ Label, Text string }

// Facts are all that is written down of the owner.
func (p ownerPage) Facts() []ownerFact {
	o := p.Owner
	return []ownerFact{
		{"owners.contact", shown(o.Contact)},
		{"owners.tech_contact", shown(o.TechContact)},
		{"owners.address", shown(o.Address)},
		{"owners.billing_address", shown(o.BillingAddress)},
		{"owners.network", shown(o.Network)},
		{"owners.image", shown(o.Image)},
		{"owners.note", shown(o.Note)},
	}
}

func (a *Admin) ownerPage(ctx context.Context, owner projets.Owner) (ownerPage, error) {
	page := ownerPage{Owner: owner}
	var err error
	page.Projects, _, err = a.Projets.Projects(ctx, projets.ProjectQuery{OwnerID: owner.ID, ShowAll: true})
	if err != nil {
		return page, err
	}
	databases, err := a.Projets.Databases(ctx)
	page.Databases = slices.DeleteFunc(databases, func(d projets.Database) bool { return d.OwnerID == nil || *d.OwnerID != owner.ID })
	return page, err
}

func (a *Admin) ownerView(ctx context.Context, _ projets.OwnerRef, owner projets.Owner, err error) (api.Result, error) {
	if err != nil {
		return nil, err
	}
	page, err := a.ownerPage(ctx, owner)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "owners/detail", page)
}

// ownerFormPage is the form of a new owner, or of one to change.
type ownerFormPage struct {
	Form  form
	Owner projets.Owner // the zero value for a new one
}

func (a *Admin) newOwnerPage(ctx context.Context, _ api.None) (api.Result, error) {
	return a.show(ctx, "owners/form", ownerFormPage{Form: formWith()})
}

func (a *Admin) ownerCreatedView(ctx context.Context, _ projets.OwnerBody, made api.Created[projets.Owner], err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, ownerPath(made.Value.ID), "owners.created_notice", made.Value.Name)
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "owners/form", ownerFormPage{Form: f})
}

func (a *Admin) editOwnerPage(ctx context.Context, in projets.OwnerRef) (api.Result, error) {
	o, err := a.Projets.Owner(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	f := formWith(
		"owner[name]", o.Name, "owner[contact]", shown(o.Contact), "owner[tech_contact]", shown(o.TechContact), "owner[address]", shown(o.Address),
		"owner[billing_address]", shown(o.BillingAddress), "owner[network]", shown(o.Network), "owner[image]", shown(o.Image), "owner[note]", shown(o.Note),
	)
	return a.show(ctx, "owners/form", ownerFormPage{Form: f, Owner: o})
}

func (a *Admin) ownerUpdatedView(ctx context.Context, in projets.OwnerChange, _ api.NoContent, err error) (api.Result, error) {
	var f form
	if err != nil {
		if f, err = a.formSent(ctx, err); err != nil {
			return nil, err
		}
	}
	o, err := a.Projets.Owner(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	if f.IsFaulty() {
		return a.again(ctx, "owners/form", ownerFormPage{Form: f, Owner: o})
	}
	return a.done(ctx, ownerPath(o.ID), "owners.saved", o.Name)
}

func (a *Admin) askDeleteOwner(ctx context.Context, in projets.OwnerRef) (api.Result, error) {
	owner, err := a.Projets.Owner(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	page, err := a.ownerPage(ctx, owner)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "owners/delete", page)
}

// ownerDestroyedView explains once more why an owner cannot go, when something
// came to be his after the question.
func (a *Admin) ownerDestroyedView(ctx context.Context, in projets.OwnerRef, _ api.NoContent, err error) (api.Result, error) {
	if err == nil {
		return a.done(ctx, ownersPath, "owners.deleted")
	}
	f, err := a.formSent(ctx, err)
	if err != nil {
		return nil, err
	}
	owner, err := a.Projets.Owner(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	page, err := a.ownerPage(ctx, owner)
	if err != nil {
		return nil, err
	}
	page.Form = f.unplaced()
	return a.again(ctx, "owners/delete", page)
}
