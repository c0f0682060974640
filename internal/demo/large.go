package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/plier"
)

// LoadLarge writes one client with as many sites, and equipments on each, as
// asked: the base on which speed and memory are measured. It returns the last
// site.
func LoadLarge(ctx context.Context, a *appliance.Appliance, sites, equipementsEach int) (siteID string, err error) {
	err = a.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		now := db.At(a.Now())
		client := uuid.NewString()
		if _, err := q.AddClient(ctx, db.AddClientParams{ClientID: client, Nom: "Port", NomKey: "port", Code: 1, CreatedAt: now}); err != nil {
			return err
		}
		for i := range sites {
			siteID = uuid.NewString()
			name := fmt.Sprint("Site ", i)
			_, err := q.AddSite(ctx, db.AddSiteParams{
				SiteID: siteID, ClientID: client, Name: name, NameKey: plier.Key(name), Longitude: 9.7, Latitude: 4.05,
				Description: "Site du port", CreatedAt: now,
			})
			if err != nil {
				return err
			}
			for k := range equipementsEach {
				if err := addLargeEquipement(ctx, q, a, siteID, fmt.Sprintf("10.%d.%d.%d", i>>8, i&255, k), now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return siteID, err
}

func addLargeEquipement(ctx context.Context, q *db.Queries, a *appliance.Appliance, site, ip string, now db.Time) error {
	id := uuid.NewString()
	return q.AddEquipement(ctx, db.AddEquipementParams{
		EquipementID: id, SiteID: site, IP: ip, Marque: "Cisco", MarqueKey: "cisco", Sources: `["snmp","ssh"]`, Port: 22, Username: "exploitation",
		Password: a.Keys.Seal([]byte("secret-de-site"), "equipements.password:"+id), Description: "Commutateur de cœur", Modele: "Catalyst 9300",
		SearchKey: plier.Key(ip + " Cisco Catalyst 9300 Commutateur de cœur exploitation"), CreatedAt: now,
	})
}
