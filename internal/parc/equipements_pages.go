package parc

import (
	"context"
	"fmt"
	"slices"

	"intendant/db"
	"intendant/internal/api"
)

// maxPages bounds the pages kept, of 100 equipments at most, some 4 MB in all:
// programs ask for the same ones again and again. Passwords stay sealed in
// them.
const maxPages = 64

// equipementRows are a page as it was read.
type equipementRows struct {
	total int64
	items []EquipementWithSite // without their passwords
	seals [][]byte
}

// equipementPage returns a page of all equipment as the base has it now.
func (s *Service) equipementPage(ctx context.Context, p pages) (*equipementRows, error) {
	return s.pages.Get(ctx, s.store, maxPages, p, func(ctx context.Context) (*equipementRows, error) {
		return s.readEquipementPage(ctx, p)
	})
}

func (s *Service) readEquipementPage(ctx context.Context, p pages) (*equipementRows, error) {
	var page equipementRows
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		if page.total, err = q.CountEquipements(ctx); err != nil {
			return err
		}
		rows, err := q.EquipementsWithSite(ctx, db.EquipementsWithSiteParams{RowLimit: p.Size, RowOffset: p.offset()})
		if err != nil {
			return err
		}
		page.items, page.seals = make([]EquipementWithSite, len(rows)), make([][]byte, len(rows))
		for i, row := range rows {
			page.seals[i] = row.Password
			page.items[i] = EquipementWithSite{equipementImage(db.Equipement{
				EquipementID: row.EquipementID, IP: row.IP, Marque: row.Marque, Sources: row.Sources, Port: row.Port, Username: row.Username,
				Description: row.Description, Modele: row.Modele, CreatedAt: row.CreatedAt,
			}), ClientSite{
				SiteID: row.SiteID, ClientID: row.ClientID, Name: row.SiteName, Longitude: api.Float(row.Longitude),
				Latitude: api.Float(row.Latitude), Description: row.SiteDescription,
			}}
		}
		return nil
	})
	return &page, err
}

// allEquipements returns a page of all equipment, each with its site.
func (s *Service) allEquipements(ctx context.Context, in pages) (Page[EquipementWithSite], error) {
	rows, err := s.equipementPage(ctx, in)
	if err != nil {
		return Page[EquipementWithSite]{}, fmt.Errorf("page %d of the equipments: %w", in.Page, err)
	}
	items := slices.Clone(rows.items)
	for i := range items {
		if items[i].Password, err = s.password(ctx, items[i].EquipementID, rows.seals[i]); err != nil {
			return Page[EquipementWithSite]{}, err
		}
	}
	return pageOf(items, rows.total, in), nil
}
