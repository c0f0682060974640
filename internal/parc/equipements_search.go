package parc

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// PlacedEquipement is an equipment with where it stands, and without its
// password: what the pages show.
type PlacedEquipement struct {
	EquipementID, IP, Marque, Modele string
	Port                             int64 // 0 to 65535
	Username, Description            string
	Sources                          []string
	CreatedAt                        time.Time
	SiteID, SiteName                 string
	ClientID, ClientNom              string
}

// Name is what people call the equipment: brand and model, or its address when
// it has neither.
func (e PlacedEquipement) Name() string {
	if name := strings.TrimSpace(e.Marque + " " + e.Modele); name != "" {
		return name
	}
	return e.IP
}

func placed(row db.EquipementPlacedRow) (PlacedEquipement, error) {
	e := PlacedEquipement{
		EquipementID: row.EquipementID, IP: row.IP, Marque: row.Marque, Modele: row.Modele, Port: row.Port, Username: row.Username,
		Description: row.Description, CreatedAt: row.CreatedAt.Time, SiteID: row.SiteID, SiteName: row.SiteName,
		ClientID: row.ClientID, ClientNom: row.ClientNom,
	}
	if err := json.Unmarshal([]byte(row.Sources), &e.Sources); err != nil {
		return e, fmt.Errorf("sources of equipement %s: %w", row.EquipementID, err)
	}
	return e, nil
}

// Equipement returns an equipment with its site and client, or NotFound.
func (s *Service) Equipement(ctx context.Context, id string) (PlacedEquipement, error) {
	row, err := s.store.Read().EquipementPlaced(ctx, id)
	if err != nil {
		return PlacedEquipement{}, equipementUnknown(err)
	}
	return placed(row)
}

// EquipementSearch chooses equipments. The zero value means all, by address.
type EquipementSearch struct {
	// Text is words, all of which are in the address, brand, model,
	// description, user name or name of the site, whatever their accents.
	Text          string
	SiteID        string // "" for every site
	MarqueKey     string // the brand's folded key, "" for every brand
	Sort          string // ip, marque, modele, site or created; "" means ip
	IsDescending  bool
	Limit, Offset int64 // Limit 0 means all
}

// SearchEquipements returns a page of the equipments that match, and how many
// match in all.
func (s *Service) SearchEquipements(ctx context.Context, in EquipementSearch) (found []PlacedEquipement, total int64, err error) {
	words, err := json.Marshal(append([]string{}, strings.Fields(plier.Key(in.Text))...))
	if err != nil {
		return nil, 0, err
	}
	params := db.SearchEquipementsParams{
		Words: string(words), SiteID: in.SiteID, MarqueKey: in.MarqueKey, Sort: in.Sort, RowLimit: in.Limit, RowOffset: in.Offset,
	}
	if in.IsDescending {
		params.Descending = 1
	}
	if in.Limit == 0 {
		params.RowLimit = -1
	}
	err = s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		rows, err := q.SearchEquipements(ctx, params)
		if err != nil {
			return err
		}
		found = make([]PlacedEquipement, len(rows))
		for i, row := range rows {
			found[i], err = placed(db.EquipementPlacedRow{
				EquipementID: row.EquipementID, IP: row.IP, Marque: row.Marque, Modele: row.Modele, Port: row.Port, Username: row.Username,
				Sources: row.Sources, Description: row.Description, CreatedAt: row.CreatedAt,
				SiteID: row.SiteID, SiteName: row.SiteName, ClientID: row.ClientID, ClientNom: row.ClientNom,
			})
			if err != nil {
				return err
			}
		}
		total = int64(len(rows))
		if in.Limit > 0 {
			total, err = q.CountEquipementsMatching(ctx, db.CountEquipementsMatchingParams{Words: params.Words, SiteID: in.SiteID, MarqueKey: in.MarqueKey})
		}
		return err
	})
	return found, total, err
}

// RevealPassword returns the password of an equipment in clear and notes in
// the journal who saw it. Forbidden without equipements:secret, NotFound if
// there is no such equipment.
func (s *Service) RevealPassword(ctx context.Context, id string) (string, error) {
	if c := api.CallerFrom(ctx); c == nil || !c.Can(EquipementsSecret, "") {
		return "", errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
	}
	var password string
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Equipement(ctx, id)
		if err != nil {
			return equipementUnknown(err)
		}
		e, err := s.equipementOf(ctx, row)
		if err != nil {
			return err
		}
		password = e.Password
		return s.record(ctx, q, "equipement.reveal", "equipement", id, equipementName(e), nil, nil)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Marque is a brand in use.
type Marque struct {
	Key         string // folded, "" for equipment without a brand
	Nom         string // one of its spellings
	Equipements int64  // how many there are
}

// Marques returns the brands in use, in order.
func (s *Service) Marques(ctx context.Context) ([]Marque, error) {
	rows, err := s.store.Read().Marques(ctx)
	marques := make([]Marque, len(rows))
	for i, row := range rows {
		marques[i] = Marque{row.MarqueKey, row.Marque, row.Equipements}
	}
	return marques, err
}

// SiteChoice is a site that can be chosen.
type SiteChoice struct{ SiteID, Name, ClientNom string }

// SiteChoices returns every site, in the order of their names.
func (s *Service) SiteChoices(ctx context.Context) ([]SiteChoice, error) {
	rows, err := s.store.Read().SiteChoices(ctx)
	choices := make([]SiteChoice, len(rows))
	for i, row := range rows {
		choices[i] = SiteChoice(row)
	}
	return choices, err
}
