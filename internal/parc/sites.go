package parc

import (
	"context"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/plier"
)

// siteRoutes are the entries of "client_site".
func (s *Service) siteRoutes() []api.Route {
	return api.Family(
		"client_site",
		api.Post("register_new_client_site", SitesCreate, s.RegisterSite, "/client_site/register").Doc("Register New Client Site").
			Describe("Enregistre un site d'un client, avec ses coordonnées en degrés."),
		api.Get("list_all_equipements", EquipementsRead, s.siteEquipements, "/client_site/{site_id}/all_equipements").Doc("List All Equipements").
			Describe("Liste les équipements d'un site, par pages."),
		api.Get("all_client_site", SitesRead, s.allSites, "/client_site/all").Doc("All Client Site").
			Describe("Liste les sites, chacun avec son client et tous ses équipements."),
		api.Put("update_site", SitesUpdate, s.updateSite, "/client_site/update").Doc("Update Site").
			Describe("Modifie un site : seuls les champs envoyés changent."),
		api.Delete("delete_site", SitesDelete, s.deleteSite, "/client_site/{site_id}").Doc("Delete Site").
			Describe("Supprime un site et ses équipements."),
	)
}

// NewSite is a site to register. Coordinates are in degrees.
type NewSite struct {
	ClientID    uuid.UUID `json:"client_id"`
	Name        string    `json:"name"`
	Longitude   float64   `json:"longitude" ge:"-180" le:"180"`
	Latitude    float64   `json:"latitude" ge:"-90" le:"90"`
	Description string    `json:"description"`
}

// SiteUpdate is what to change of a site.
type SiteUpdate struct {
	SiteID      uuid.UUID        `json:"site_id"`
	Name        api.Opt[string]  `json:"name"`
	Longitude   api.Opt[float64] `json:"longitude" ge:"-180" le:"180"`
	Latitude    api.Opt[float64] `json:"latitude" ge:"-90" le:"90"`
	Description api.Opt[string]  `json:"description"`
}

// RegisteredSite is a site just made: it has no equipment yet.
type RegisteredSite struct {
	SiteID      string        `json:"site_id"`
	ClientID    string        `json:"client_id"`
	Name        string        `json:"name"`
	Longitude   api.Float     `json:"longitude"`
	Latitude    api.Float     `json:"latitude"`
	Description string        `json:"description"`
	Equipements []Equipement  `json:"equipements"`
	Timestamp   api.NaiveTime `json:"timestamp"`
}

// Site is a site with its client and its equipment.
type Site struct {
	SiteID      string        `json:"site_id"`
	Name        string        `json:"name"`
	Longitude   api.Float     `json:"longitude"`
	Latitude    api.Float     `json:"latitude"`
	Description string        `json:"description"`
	Timestamp   api.NaiveTime `json:"timestamp"`
	Client      Client        `json:"client"`
	Equipements []Equipement  `json:"equipements"`
}

type siteRef struct {
	SiteID uuid.UUID `path:"site_id"`
}

type sitePage struct {
	siteRef
	pages
}

func siteUnknown(err error) error {
	return db.NotFound(err, "site_unknown", "Client site not found")
}

func siteOf(row db.SitesWithClientRow) Site {
	return Site{
		SiteID: row.SiteID, Name: row.Name, Longitude: api.Float(row.Longitude), Latitude: api.Float(row.Latitude),
		Description: row.Description, Timestamp: api.NaiveTime{Time: row.CreatedAt.Time},
		Client:      Client{ClientID: row.ClientID, Nom: row.Nom, Code: row.Code, Timestamp: api.NaiveTime{Time: row.ClientCreatedAt.Time}},
		Equipements: []Equipement{},
	}
}

// RegisterSite adds a site and returns it. NotFound if there is no such client.
func (s *Service) RegisterSite(ctx context.Context, in NewSite) (RegisteredSite, error) {
	var site RegisteredSite
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if _, err := q.Client(ctx, in.ClientID.String()); err != nil {
			return clientUnknown(err)
		}
		row, err := q.AddSite(ctx, db.AddSiteParams{
			SiteID: uuid.NewString(), ClientID: in.ClientID.String(), Name: in.Name, NameKey: plier.Key(in.Name),
			Longitude: in.Longitude, Latitude: in.Latitude, Description: in.Description, CreatedAt: db.At(s.now()),
		})
		if err != nil {
			return err
		}
		site = RegisteredSite{
			SiteID: row.SiteID, ClientID: row.ClientID, Name: row.Name, Longitude: api.Float(row.Longitude), Latitude: api.Float(row.Latitude),
			Description: row.Description, Equipements: []Equipement{}, Timestamp: api.NaiveTime{Time: row.CreatedAt.Time},
		}
		return s.record(ctx, q, "site.create", "site", site.SiteID, site.Name, nil, site)
	})
	return site, err
}

// allSites returns every site with its client and its equipment, all of one
// moment.
func (s *Service) allSites(ctx context.Context, _ api.None) ([]Site, error) {
	sites := []Site{}
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		rows, err := q.SitesWithClient(ctx)
		if err != nil {
			return err
		}
		equipements, err := q.AllEquipements(ctx)
		if err != nil {
			return err
		}
		place := make(map[string]int, len(rows))
		for i, row := range rows {
			place[row.SiteID] = i
			sites = append(sites, siteOf(row))
		}
		for _, row := range equipements {
			e, err := s.equipementOf(ctx, row)
			if err != nil {
				return err
			}
			site := &sites[place[row.SiteID]]
			site.Equipements = append(site.Equipements, e)
		}
		return nil
	})
	return sites, err
}

// site returns one site with its client and its equipment.
func (s *Service) site(ctx context.Context, q *db.Queries, id string) (Site, error) {
	row, err := q.SiteWithClient(ctx, id)
	if err != nil {
		return Site{}, siteUnknown(err)
	}
	site := siteOf(db.SitesWithClientRow(row))
	equipements, err := q.EquipementsOfSite(ctx, db.EquipementsOfSiteParams{SiteID: id, RowLimit: -1})
	if err != nil {
		return Site{}, err
	}
	site.Equipements, err = s.equipementsOf(ctx, equipements)
	return site, err
}

func (s *Service) updateSite(ctx context.Context, in SiteUpdate) (Site, error) {
	return s.UpdateSite(ctx, SiteChange{SiteUpdate: in})
}

// SiteChange is an update that may also give the site to another client, which
// the contract cannot.
type SiteChange struct {
	SiteUpdate
	ClientID uuid.UUID // uuid.Nil keeps the client
}

// UpdateSite changes what was sent of a site and returns it as it is then.
// NotFound if there is no such site, or no such client to give it to.
func (s *Service) UpdateSite(ctx context.Context, in SiteChange) (Site, error) {
	var after Site
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Site(ctx, in.SiteID.String())
		if err != nil {
			return siteUnknown(err)
		}
		before := siteImage(row)
		sent(&row.Name, in.Name)
		sent(&row.Longitude, in.Longitude)
		sent(&row.Latitude, in.Latitude)
		sent(&row.Description, in.Description)
		err = q.UpdateSite(ctx, db.UpdateSiteParams{
			Name: row.Name, NameKey: plier.Key(row.Name), Longitude: row.Longitude, Latitude: row.Latitude,
			Description: row.Description, SiteID: row.SiteID,
		})
		if err != nil {
			return err
		}
		if in.ClientID != uuid.Nil && in.ClientID.String() != row.ClientID {
			row.ClientID = in.ClientID.String()
			if _, err := q.Client(ctx, row.ClientID); err != nil {
				return clientUnknown(err)
			}
			if err := q.MoveSite(ctx, db.MoveSiteParams{ClientID: row.ClientID, SiteID: row.SiteID}); err != nil {
				return err
			}
		}
		if after, err = s.site(ctx, q, row.SiteID); err != nil {
			return err
		}
		return s.record(ctx, q, "site.update", "site", row.SiteID, row.Name, before, siteImage(row))
	})
	return after, err
}

func (s *Service) deleteSite(ctx context.Context, in siteRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteSite(ctx, in.SiteID.String())
}

// DeleteSite removes a site and its equipment. NotFound if there is no such
// site.
func (s *Service) DeleteSite(ctx context.Context, id string) error {
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Site(ctx, id)
		if err != nil {
			return siteUnknown(err)
		}
		if _, err := q.DeleteSite(ctx, row.SiteID); err != nil {
			return err
		}
		return s.record(ctx, q, "site.delete", "site", row.SiteID, row.Name, siteImage(row), nil)
	})
}

// siteImage is a site as the journal keeps it.
func siteImage(row db.ClientSite) any {
	return struct {
		ClientID    string    `json:"client_id"`
		Name        string    `json:"name"`
		Longitude   api.Float `json:"longitude"`
		Latitude    api.Float `json:"latitude"`
		Description string    `json:"description"`
	}{row.ClientID, row.Name, api.Float(row.Longitude), api.Float(row.Latitude), row.Description}
}

// SiteSummary is a site as a list shows it. Coordinates are in degrees.
type SiteSummary struct {
	SiteID, Name, Description string
	ClientID, ClientNom       string
	Longitude, Latitude       float64
	Equipements               int64 // how many it has
	CreatedAt                 time.Time
}

// SiteSearch says which sites to look for, and how to sort them.
type SiteSearch struct {
	Text          string // in the name of the site or its client, without regard to accents
	ClientID      string // "" means of any client
	Sort          string // "name", also for any other value, "client", "equipements", "created"
	IsDescending  bool
	Limit, Offset int64 // Limit 0 means all
}

// SearchSites returns a page of the sites that match, and how many match in
// all.
func (s *Service) SearchSites(ctx context.Context, search SiteSearch) ([]SiteSummary, int64, error) {
	var sites []SiteSummary
	var total int64
	limit, descending := searchOrder(search.Limit, search.IsDescending)
	text := plier.Key(search.Text)
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		rows, err := q.SearchSites(ctx, db.SearchSitesParams{
			Text: text, ClientID: search.ClientID, Sort: search.Sort, Descending: descending, RowLimit: limit, RowOffset: search.Offset,
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			sites = append(sites, SiteSummary{
				SiteID: row.SiteID, Name: row.Name, Description: row.Description, ClientID: row.ClientID, ClientNom: row.Nom,
				Longitude: row.Longitude, Latitude: row.Latitude, Equipements: row.Equipements, CreatedAt: row.CreatedAt.Time,
			})
		}
		total, err = q.CountSites(ctx, db.CountSitesParams{Text: text, ClientID: search.ClientID})
		return err
	})
	return sites, total, err
}

// Site returns one site. NotFound if there is no such site.
func (s *Service) Site(ctx context.Context, id string) (SiteSummary, error) {
	var site SiteSummary
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.SiteWithClient(ctx, id)
		if err != nil {
			return siteUnknown(err)
		}
		site = SiteSummary{
			SiteID: row.SiteID, Name: row.Name, Description: row.Description, ClientID: row.ClientID, ClientNom: row.Nom,
			Longitude: row.Longitude, Latitude: row.Latitude, CreatedAt: row.CreatedAt.Time,
		}
		site.Equipements, err = q.CountEquipementsOfSite(ctx, id)
		return err
	})
	return site, err
}

// EquipementLine is an equipment as the page of its site shows it.
type EquipementLine struct {
	EquipementID, IP, Marque, Modele, Description string
	Port                                          int64
}

// EquipementLines returns the first equipments of a site, at most limit, in
// the order of their brand, model and address; none for an unknown site.
func (s *Service) EquipementLines(ctx context.Context, siteID string, limit int64) ([]EquipementLine, error) {
	rows, err := s.store.Read().EquipementLinesOfSite(ctx, db.EquipementLinesOfSiteParams{SiteID: siteID, RowLimit: limit})
	if err != nil {
		return nil, err
	}
	lines := make([]EquipementLine, len(rows))
	for i, row := range rows {
		lines[i] = EquipementLine{
			EquipementID: row.EquipementID, IP: row.IP, Marque: row.Marque, Modele: row.Modele, Description: row.Description, Port: row.Port,
		}
	}
	return lines, nil
}
