package web

import (
	"context"
	"html/template"
	"net/url"
	"strings"

	"intendant/internal/api"
	"intendant/internal/carte"
	"intendant/internal/parc"
	"intendant/web/catalog"
)

const mapPath = "/admin/map"

// mapRoutes are the entries of the map.
func (a *Admin) mapRoutes() []api.Route {
	return api.Family(
		"carte",
		api.Get("map_page", parc.SitesRead, a.mapPage, mapPath).Doc("Carte des sites."),
	)
}

// Sizes of the maps, in pixels. The page holds a wide one for desks and a
// narrow one for phones, where the wide one would shrink beyond reading; the
// sheet shows one of them.
const (
	wideMapWidth, wideMapHeight     = 960, 520
	narrowMapWidth, narrowMapHeight = 400, 420
	siteMapWidth, siteMapHeight     = 460, 300
)

// siteSpan is how close the map comes to one site, in degrees of latitude.
const siteSpan = 2

// mapQuery is what the map takes; the view, which any hand-made address may
// spoil, is read apart.
type mapQuery struct {
	Client string `query:"client" default:""`
}

// mapPageData is the map of the sites and their list.
type mapPageData struct {
	Filters      form
	Clients      []choice
	HasClients   bool
	IsFiltered   bool
	Wide, Narrow drawnMap
	Tools        []mapTool
	Total        int
	Groups       []mapGroup
}

// drawnMap is a map, and how many sites lie outside of it.
type drawnMap struct {
	HTML    template.HTML
	Outside int
}

// mapTool is a link that shows another view.
type mapTool struct {
	Symbol, Label string
	URL           string // "" when the view can go no further
}

// mapGroup are the sites of a client.
type mapGroup struct {
	ClientID, ClientNom string
	Sites               []parc.SiteSummary
}

func (a *Admin) mapPage(ctx context.Context, in mapQuery) (api.Result, error) {
	sites, _, err := a.Parc.SearchSites(ctx, parc.SiteSearch{ClientID: in.Client, Sort: "client"})
	if err != nil {
		return nil, err
	}
	clients, err := a.clientChoices(ctx)
	if err != nil {
		return nil, err
	}
	page := mapPageData{
		Filters: formWith("client", in.Client), Clients: withAll(ctx, clients), HasClients: len(clients) > 0, IsFiltered: in.Client != "",
		Total: len(sites), Groups: groupByClient(sites),
	}
	if len(sites) > 0 {
		page.draw(ctx, sites, in.Client)
	}
	return a.show(ctx, "map/map", page)
}

// groupByClient gathers the sites, which come in the order of their client.
func groupByClient(sites []parc.SiteSummary) []mapGroup {
	var groups []mapGroup
	place := map[string]int{}
	for _, s := range sites {
		i, ok := place[s.ClientID]
		if !ok {
			i = len(groups)
			place[s.ClientID] = i
			groups = append(groups, mapGroup{ClientID: s.ClientID, ClientNom: s.ClientNom})
		}
		groups[i].Sites = append(groups[i].Sites, s)
	}
	return groups
}

// draw makes both maps and the links around them.
func (p *mapPageData) draw(ctx context.Context, sites []parc.SiteSummary, client string) {
	lang := language(ctx)
	points := make([]carte.Point, len(sites))
	for i, s := range sites {
		points[i] = pointOf(s, sitePath(s.SiteID))
	}
	link := func(v carte.View) string { return mapURL(client, &v) }
	render := carte.Render{
		Label: lang.Text("map.label"), Link: link, List: "#sites",
		Count: func(n int) string { return lang.Count("map.sites", int64(n)) },
	}
	opts := carte.Options{Width: wideMapWidth, Height: wideMapHeight, Compass: compass(lang), View: carte.ParseView(api.RequestFrom(ctx).URL.Query())}
	wide := carte.Draw(points, opts)
	opts.Width, opts.Height = narrowMapWidth, narrowMapHeight
	narrow := carte.Draw(points, opts)
	p.Wide, p.Narrow = drawnMap{wide.HTML(render), len(wide.Outside)}, drawnMap{narrow.HTML(render), len(narrow.Outside)}
	for _, t := range []struct {
		symbol, key string
		view        carte.View
	}{
		{"+", "map.closer", wide.In},
		{"−", "map.farther", wide.Out},
		{"←", "map.west", wide.West},
		{"↑", "map.north", wide.North},
		{"↓", "map.south", wide.South},
		{"→", "map.east", wide.East},
	} {
		tool := mapTool{Symbol: t.symbol, Label: lang.Text(t.key)}
		if t.view != wide.View {
			tool.URL = link(t.view)
		}
		p.Tools = append(p.Tools, tool)
	}
	all := mapTool{Symbol: "◎", Label: lang.Text("map.all")}
	if opts.View != nil {
		all.URL = mapURL(client, nil)
	}
	p.Tools = append(p.Tools, all)
}

// mapURL is the address of the map of a client, "" for all, and of a view, nil
// for the one of all the sites.
func mapURL(client string, v *carte.View) string {
	var parts []string
	if client != "" {
		parts = append(parts, "client="+url.QueryEscape(client))
	}
	if v != nil {
		parts = append(parts, v.Query())
	}
	if len(parts) == 0 {
		return mapPath
	}
	return mapPath + "?" + strings.Join(parts, "&")
}

func compass(lang catalog.Lang) carte.Compass {
	if lang == catalog.English {
		return carte.English
	}
	return carte.French
}

// siteMap is the map on the page of a site, and the address of a closer one.
type siteMap struct {
	HTML template.HTML
	URL  string
}

func mapOfSite(ctx context.Context, s parc.SiteSummary) siteMap {
	lang := language(ctx)
	closer := mapURL("", &carte.View{Lon: s.Longitude, Lat: s.Latitude, Span: siteSpan})
	drawn := carte.Draw([]carte.Point{pointOf(s, closer)}, carte.Options{Width: siteMapWidth, Height: siteMapHeight, Compass: compass(lang)})
	return siteMap{HTML: drawn.HTML(carte.Render{Label: lang.Text("map.one", s.Name)}), URL: closer}
}
