package web

import (
	"context"
	"iter"
	"math"
	"strings"

	"intendant/internal/api"
	"intendant/internal/carte"
	"intendant/internal/parc"
	"intendant/internal/tableur"
	"intendant/web/catalog"
)

const sitesPath = "/admin/sites"

// siteRoutes are the entries of the sites.
func (a *Admin) siteRoutes() []api.Route {
	return api.Family(
		"sites",
		api.Get("sites_page", parc.SitesRead, a.sitesPage, sitesPath).Doc("Liste des sites."),
		api.Get("sites_export", parc.SitesRead, a.exportSites, sitesPath+"/export").Doc("Liste des sites en CSV ou XLSX."),
		api.Get("site_new_page", parc.SitesCreate, a.newSitePage, sitesPath+"/new").Doc("Formulaire d'un site."),
		api.Post("site_new", parc.SitesCreate, a.createSite, sitesPath+"/new").Doc("Crée un site."),
		api.Get("site_page", parc.SitesRead, a.sitePage, sitesPath+"/{id}").Doc("Un site, sa place et ses équipements."),
		api.Get("site_edit_page", parc.SitesUpdate, a.editSitePage, sitesPath+"/{id}/edit").Doc("Formulaire de modification d'un site."),
		api.Post("site_edit", parc.SitesUpdate, a.updateSite, sitesPath+"/{id}/edit").Doc("Modifie un site."),
		api.Get("site_delete_page", parc.SitesDelete, a.askDeleteSite, sitesPath+"/{id}/delete").Elevated().Doc("Demande s'il faut supprimer un site et ses équipements."),
		api.Post("site_delete", parc.SitesDelete, a.deleteSite, sitesPath+"/{id}/delete").Elevated().Doc("Supprime un site et ses équipements."),
	)
}

type siteFilters struct {
	listQuery
	Client string `query:"client" default:""`
}

// search is what the filters look for, without a page.
func (f siteFilters) search() parc.SiteSearch {
	search := parc.SiteSearch{Text: f.Text, ClientID: f.Client}
	search.Sort, search.IsDescending = f.order("name", "client", "equipements", "created")
	return search
}

// sitesPageData is the list of sites.
type sitesPageData struct {
	List    listing
	Sites   []parc.SiteSummary
	Filters form
	Clients []choice
	// HasClients is false when a site cannot be created yet.
	HasClients bool
}

func (a *Admin) sitesPage(ctx context.Context, in siteFilters) (api.Result, error) {
	search := in.search()
	search.Limit, search.Offset = pageSize, in.offset()
	sites, total, err := a.Parc.SearchSites(ctx, search)
	if err != nil {
		return nil, err
	}
	clients, err := a.clientChoices(ctx)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "sites/list", sitesPageData{
		List: newListing(ctx, in.listQuery, search.Sort, search.IsDescending, total), Sites: sites, Filters: formWith("client", in.Client),
		Clients: withAll(ctx, clients), HasClients: len(clients) > 0,
	})
}

// clientChoices returns the clients in the order of their names.
func (a *Admin) clientChoices(ctx context.Context) ([]choice, error) {
	clients, _, err := a.Parc.SearchClients(ctx, parc.ClientSearch{})
	choices := make([]choice, len(clients))
	for i, c := range clients {
		choices[i] = choice{c.ClientID, c.Nom}
	}
	return choices, err
}

// withAll puts before the choices of a filter the one that leaves it open.
func withAll(ctx context.Context, choices []choice) []choice {
	return append([]choice{{"", text(ctx, "list.all")}}, choices...)
}

type siteExport struct {
	siteFilters
	exportQuery
}

func (a *Admin) exportSites(ctx context.Context, in siteExport) (api.Result, error) {
	sites, _, err := a.Parc.SearchSites(ctx, in.search())
	if err != nil {
		return nil, err
	}
	header := []string{
		"sites.client", "sites.name", "sites.longitude", "sites.latitude", "sites.description", "sites.equipements", "sites.created", "sites.id",
	}
	return export(ctx, in.Format, text(ctx, "sites.file"), header, a.siteRows(sites))
}

func (a *Admin) siteRows(sites []parc.SiteSummary) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, s := range sites {
			row := []tableur.Cell{
				s.ClientNom, s.Name, s.Longitude, s.Latitude, s.Description, s.Equipements, s.CreatedAt.In(a.Location), s.SiteID,
			}
			if !yield(row) {
				return
			}
		}
	}
}

type siteRef struct {
	ID string `path:"id"`
}

func (a *Admin) site(ctx context.Context, in siteRef) (parc.SiteSummary, error) {
	return a.Parc.Site(ctx, strings.ToLower(in.ID))
}

func sitePath(id string) string { return sitesPath + "/" + id }

// sitePageData is one site and the first of its equipments, which only those
// who may read equipment see.
type sitePageData struct {
	Site        parc.SiteSummary
	Equipements []parc.EquipementLine
	Map         siteMap
}

func (a *Admin) sitePage(ctx context.Context, in siteRef) (api.Result, error) {
	site, err := a.site(ctx, in)
	if err != nil {
		return nil, err
	}
	page := sitePageData{Site: site, Map: mapOfSite(ctx, site)}
	if api.CallerFrom(ctx).Can(parc.EquipementsRead, "") {
		if page.Equipements, err = a.Parc.EquipementLines(ctx, site.SiteID, pageSize); err != nil {
			return nil, err
		}
	}
	return a.show(ctx, "sites/detail", page)
}

func (a *Admin) askDeleteSite(ctx context.Context, in siteRef) (api.Result, error) {
	site, err := a.site(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, question{
		Section: text(ctx, "sites.title"), SectionPath: sitesPath, Name: site.Name, Back: sitePath(site.SiteID),
		Title: text(ctx, "sites.delete_title", site.Name), Text: deleteSiteText(language(ctx), site.Equipements),
		Submit: text(ctx, "sites.delete"), IsDanger: true,
	}, nil)
}

// deleteSiteText says what goes with the site.
func deleteSiteText(lang catalog.Lang, equipements int64) string {
	if equipements == 0 {
		return lang.Text("sites.delete_text")
	}
	return lang.Count("sites.delete_with", equipements)
}

func (a *Admin) deleteSite(ctx context.Context, in siteRef) (api.Result, error) {
	site, err := a.site(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Parc.DeleteSite(ctx, site.SiteID); err != nil {
		return nil, err
	}
	return a.done(ctx, sitesPath, "sites.deleted", site.Name)
}

// degrees writes a coordinate to a hundredth of a millimetre: sums of decimals
// leave a noise behind that nobody typed.
func degrees(lang catalog.Lang, x float64) string {
	return lang.Decimal(math.Round(x*1e10) / 1e10)
}

// pointOf is a site as the map shows it, leading to href.
func pointOf(s parc.SiteSummary, href string) carte.Point {
	return carte.Point{Lon: s.Longitude, Lat: s.Latitude, Label: s.Name, Href: href}
}
