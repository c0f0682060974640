package web

import (
	"context"
	"iter"
	"strings"

	"intendant/internal/api"
	"intendant/internal/parc"
	"intendant/internal/tableur"
)

const equipementsPath = "/admin/equipements"

// equipementRoutes are the entries of the equipment.
func (a *Admin) equipementRoutes() []api.Route {
	const one = equipementsPath + "/{id}"
	return api.Family(
		"équipements",
		api.Get("equipements_page", parc.EquipementsRead, a.equipementsPage, equipementsPath).Doc("Liste des équipements."),
		api.Get("equipements_export", parc.EquipementsRead, a.exportEquipements, equipementsPath+"/export").Doc("Liste des équipements en CSV ou XLSX, sans les mots de passe."),
		api.Get("equipement_new_page", parc.EquipementsCreate, a.newEquipementPage, equipementsPath+"/new").Doc("Formulaire d'un équipement."),
		api.Post("equipement_new", parc.EquipementsCreate, a.createEquipement, equipementsPath+"/new").Doc("Crée un équipement."),
		api.Get("equipement_page", parc.EquipementsRead, a.equipementPage, one).Doc("Un équipement."),
		api.Get("equipement_secret", parc.EquipementsSecret, a.equipementSecret, one+"/secret").Elevated().Doc("Mot de passe d'un équipement, en clair."),
		api.Get("equipement_edit_page", parc.EquipementsUpdate, a.editEquipementPage, one+"/edit").Doc("Formulaire de modification d'un équipement."),
		api.Post("equipement_edit", parc.EquipementsUpdate, a.updateEquipement, one+"/edit").Doc("Modifie un équipement."),
		api.Get("equipement_delete_page", parc.EquipementsDelete, a.askDeleteEquipement, one+"/delete").Elevated().Doc("Demande s'il faut supprimer un équipement."),
		api.Post("equipement_delete", parc.EquipementsDelete, a.deleteEquipement, one+"/delete").Elevated().Doc("Supprime un équipement."),
	)
}

type equipementFilters struct {
	listQuery
	Site   string `query:"site" default:""`
	Marque string `query:"marque" default:""`
}

var equipementColumns = []string{"ip", "marque", "modele", "site", "created"}

// search returns the service's view of the filters, without a page.
func (f equipementFilters) search() parc.EquipementSearch {
	s := parc.EquipementSearch{Text: f.Text, SiteID: f.Site, MarqueKey: f.Marque}
	s.Sort, s.IsDescending = f.order(equipementColumns...)
	return s
}

// equipementsPage is the list of equipment.
type equipementsPage struct {
	List        listing
	Equipements []parc.PlacedEquipement
	Filters     form
	Sites       []choice
	Marques     []choice
}

func (a *Admin) equipementsPage(ctx context.Context, in equipementFilters) (api.Result, error) {
	search := in.search()
	search.Limit, search.Offset = pageSize, in.offset()
	equipements, total, err := a.Parc.SearchEquipements(ctx, search)
	if err != nil {
		return nil, err
	}
	sites, err := a.siteChoices(ctx)
	if err != nil {
		return nil, err
	}
	marques, err := a.Parc.Marques(ctx)
	if err != nil {
		return nil, err
	}
	page := equipementsPage{
		List: newListing(ctx, in.listQuery, search.Sort, search.IsDescending, total), Equipements: equipements,
		Filters: formWith("site", in.Site, "marque", in.Marque), Sites: append([]choice{{"", text(ctx, "list.all")}}, sites...),
		Marques: []choice{{"", text(ctx, "equipements.all_marques")}},
	}
	for _, m := range marques {
		if m.Key != "" { // an empty value would mean all of them
			page.Marques = append(page.Marques, choice{m.Key, m.Nom})
		}
	}
	return a.show(ctx, "equipements/list", page)
}

// siteChoices are all the sites, each with its client: two clients may have a
// site of the same name.
func (a *Admin) siteChoices(ctx context.Context) ([]choice, error) {
	sites, err := a.Parc.SiteChoices(ctx)
	choices := make([]choice, len(sites))
	for i, s := range sites {
		choices[i] = choice{s.SiteID, s.Name + " (" + s.ClientNom + ")"}
	}
	return choices, err
}

type equipementExport struct {
	equipementFilters
	exportQuery
}

// exportEquipements has the titles that the import knows, so that a list may be
// exported, corrected and imported again.
func (a *Admin) exportEquipements(ctx context.Context, in equipementExport) (api.Result, error) {
	equipements, _, err := a.Parc.SearchEquipements(ctx, in.search())
	if err != nil {
		return nil, err
	}
	header := []string{
		"equipements.client", "equipements.site", "equipements.ip", "equipements.port", "equipements.marque", "equipements.modele",
		"equipements.username", "equipements.description", "equipements.sources", "equipements.created", "equipements.site_id", "equipements.id",
	}
	return export(ctx, in.Format, text(ctx, "equipements.file"), header, a.equipementRows(equipements))
}

func (a *Admin) equipementRows(equipements []parc.PlacedEquipement) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, e := range equipements {
			row := []tableur.Cell{
				e.ClientNom, e.SiteName, e.IP, e.Port, e.Marque, e.Modele, e.Username, e.Description, strings.Join(e.Sources, "|"),
				e.CreatedAt.In(a.Location), e.SiteID, e.EquipementID,
			}
			if !yield(row) {
				return
			}
		}
	}
}

type equipementRef struct {
	ID string `path:"id"`
}

func (a *Admin) equipement(ctx context.Context, in equipementRef) (parc.PlacedEquipement, error) {
	return a.Parc.Equipement(ctx, strings.ToLower(in.ID))
}

func equipementPath(id string) string { return equipementsPath + "/" + id }

func (a *Admin) equipementPage(ctx context.Context, in equipementRef) (api.Result, error) {
	e, err := a.equipement(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "equipements/detail", e)
}

// equipementSecretPage is the one page that shows a password of an equipment.
type equipementSecretPage struct {
	Equipement parc.PlacedEquipement
	Password   string
}

func (a *Admin) equipementSecret(ctx context.Context, in equipementRef) (api.Result, error) {
	e, err := a.equipement(ctx, in)
	if err != nil {
		return nil, err
	}
	password, err := a.Parc.RevealPassword(ctx, e.EquipementID)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "equipements/secret", equipementSecretPage{e, password})
}

func (a *Admin) askDeleteEquipement(ctx context.Context, in equipementRef) (api.Result, error) {
	e, err := a.equipement(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, question{
		Section: text(ctx, "equipements.title"), SectionPath: equipementsPath, Name: e.Name(), Back: equipementPath(e.EquipementID),
		Title: text(ctx, "equipements.delete_title", e.Name()), Text: text(ctx, "equipements.delete_text", e.IP, e.SiteName),
		Submit: text(ctx, "form.delete"), IsDanger: true,
	}, nil)
}

func (a *Admin) deleteEquipement(ctx context.Context, in equipementRef) (api.Result, error) {
	e, err := a.equipement(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Parc.DeleteEquipement(ctx, e.EquipementID); err != nil {
		return nil, err
	}
	return a.done(ctx, equipementsPath, "equipements.deleted", e.Name())
}
