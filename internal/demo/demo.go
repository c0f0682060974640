// Package demo fills an empty base with sample data, the same each time but
// for the identifiers: clients, sites, equipment, roles, accounts, projects with
// their databases, users, logins and mails, and two departments with their
// programmes, semesters, groups and students.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/identity"
	"intendant/internal/plier"
)

var clients = []struct {
	nom  string
	code int64
}{
	{"Banque du Littoral", 101},
	{"Brasseries du Mont", 102},
	{"Clinique de l'Estuaire", 103},
	{"Port autonome de Douala", 104},
	{"Université des Montagnes", 105},
	{"Transports Sanaga", 106},
}

var towns = []struct {
	name      string
	lon, lat  float64
	districts []string
}{
	{"Douala", 9.70, 4.05, []string{"Bonabéri", "Akwa", "Deido", "Yassa", "Bonapriso", "Ndokoti"}},
	{"Yaoundé", 11.52, 3.87, []string{"Bastos", "Mvan", "Essos", "Nkolbisson", "Ekounou"}},
	{"Bafoussam", 10.42, 5.48, []string{"Centre", "Kamkop", "Tamdja"}},
	{"Garoua", 13.39, 9.30, []string{"Plateau", "Roumdé Adjia", "Lopéré"}},
	{"Kribi", 9.91, 2.94, []string{"Port", "Dombé"}},
	{"Limbé", 9.21, 4.02, []string{"Down Beach", "Mile 4"}},
	{"Ngaoundéré", 13.58, 7.32, []string{"Grand Marché", "Dang"}},
	{"Bertoua", 13.68, 4.58, []string{"Mokolo", "Enia"}},
	{"Maroua", 14.32, 10.59, []string{"Domayo", "Djarengol"}},
	{"Loum", 9.74, 4.72, []string{"Gare", "Chantier"}},
	{"Ebolowa", 11.15, 2.90, []string{"Angalé", "Nko'ovos"}},
	{"Bamenda", 10.15, 5.96, []string{"Up Station", "Nkwen"}},
	{"Edéa", 10.13, 3.80, []string{"Pongo", "Ekité"}},
	{"Nkongsamba", 9.94, 4.95, []string{"Ekangté", "Quartier 3"}},
	{"Kumba", 9.44, 4.64, []string{"Fiango", "Buea Road"}},
	{"Foumban", 10.90, 5.73, []string{"Njinka", "Manka"}},
}

var brands = []struct {
	marque, modele, description string
	port                        int64
	sources                     []string
}{
	{"Cisco", "Catalyst 9300", "Commutateur de cœur", 22, []string{"snmp", "ssh"}},
	{"MikroTik", "CCR2004", "Routeur d'accès", 8291, []string{"api", "snmp"}},
	{"Schneider Electric", "Smart-UPS 3000", "Onduleur", 80, []string{"http", "modbus"}},
	{"Hikvision", "DS-7616", "Enregistreur vidéo", 8000, []string{"onvif", "rtsp"}},
	{"Siemens", "SENTRON PAC3200", "Centrale de mesure", 502, []string{"modbus"}},
	{"Ubiquiti", "UniFi U6", "Borne Wi-Fi", 443, []string{"https"}},
	{"SMA", "Sunny Tripower", "Onduleur solaire", 443, []string{"modbus", "https"}},
	{"Dell", "PowerEdge R350", "Serveur de site", 443, []string{"redfish", "snmp"}},
}

const (
	sites            = 42
	equipmentsOfSite = 10
)

// Load writes the sample data.
func Load(ctx context.Context, a *appliance.Appliance) error {
	if err := LoadSite(ctx, a); err != nil {
		return err
	}
	if err := loadScolarite(ctx, a); err != nil {
		return fmt.Errorf("sample departments: %w", err)
	}
	return nil
}

// LoadSite writes the sample data of the site alone: accounts, parc, projets.
func LoadSite(ctx context.Context, a *appliance.Appliance) error {
	if err := loadPeople(ctx, a.Identity); err != nil {
		return fmt.Errorf("sample accounts: %w", err)
	}
	err := a.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error { return loadParc(ctx, q, a) })
	if err != nil {
		return fmt.Errorf("sample sites: %w", err)
	}
	if err := loadProjets(ctx, a); err != nil {
		return fmt.Errorf("sample projects: %w", err)
	}
	return nil
}

func loadPeople(ctx context.Context, s *identity.Service) error {
	roles := []struct {
		name, description string
		permissions       []string
	}{
		{"technicien", "Voit les sites et tient le matériel à jour", []string{"clients:read", "client_site:read", "equipements:read", "equipements:create", "equipements:update", "equipements:secret"}},
		{"lecteur", "Consulte sans modifier", []string{"clients:read", "client_site:read", "equipements:read"}},
	}
	people := []struct{ user, first, last, role string }{
		{"n.mbarga", "Nadine", "Mbarga", "technicien"}, {"p.etoundi", "Paul", "Etoundi", "technicien"}, {"c.fotso", "Claire", "Fotso", "lecteur"},
	}
	ids := map[string]string{}
	for _, r := range roles {
		change := identity.RoleChange{Name: &r.name, Description: &r.description}
		for _, name := range r.permissions {
			change.Add = append(change.Add, identity.PermissionRef{Name: name})
		}
		role, err := s.CreateRole(ctx, change)
		if err != nil {
			return err
		}
		ids[r.name] = role.UUID
	}
	for _, p := range people {
		_, err := s.CreateAccount(ctx, identity.NewAccount{
			UserName: p.user, FirstName: p.first, LastName: p.last, Email: p.user + "@intendant.example", RoleUUID: ids[p.role],
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func loadParc(ctx context.Context, q *db.Queries, a *appliance.Appliance) error {
	start := a.Now().AddDate(0, -6, 0)
	owners := make([]string, len(clients))
	for i, c := range clients {
		owners[i] = uuid.NewString()
		err := discard(q.AddClient(ctx, db.AddClientParams{ClientID: owners[i], Nom: c.nom, NomKey: plier.Key(c.nom), Code: c.code, CreatedAt: db.At(start)}))
		if err != nil {
			return err
		}
	}
	for i := range sites {
		town := towns[i%len(towns)]
		district := town.districts[i/len(towns)%len(town.districts)]
		name := town.name + " " + district
		offset := float64(i/len(towns)) * 0.02
		at := start.AddDate(0, 0, i)
		id := uuid.NewString()
		err := discard(q.AddSite(ctx, db.AddSiteParams{
			SiteID: id, ClientID: owners[i%len(owners)], Name: name, NameKey: plier.Key(name), Longitude: town.lon + offset,
			Latitude: town.lat - offset, Description: "Site de " + district, CreatedAt: db.At(at),
		}))
		if err != nil {
			return err
		}
		for k := range equipmentsOfSite {
			if err := addEquipement(ctx, q, a, id, i, k, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func addEquipement(ctx context.Context, q *db.Queries, a *appliance.Appliance, site string, i, k int, at time.Time) error {
	b := brands[(i+k)%len(brands)]
	id := uuid.NewString()
	ip := fmt.Sprintf("10.%d.%d.%d", 20+i/16, i%16, 10+k)
	sources, err := json.Marshal(b.sources)
	if err != nil {
		return err
	}
	return q.AddEquipement(ctx, db.AddEquipementParams{
		EquipementID: id, SiteID: site, IP: ip, Marque: b.marque, MarqueKey: plier.Key(b.marque), Sources: string(sources), Port: b.port,
		Username: "exploitation", Password: a.Keys.Seal([]byte(fmt.Sprintf("demo-%02d-%02d", i, k)), "equipements.password:"+id),
		Description: b.description, Modele: b.modele, SearchKey: plier.Key(ip + " " + b.marque + " " + b.modele + " " + b.description + " exploitation"),
		CreatedAt: db.At(at.Add(time.Duration(k) * time.Hour)),
	})
}

// discard keeps the error of a query whose row is not needed.
func discard[T any](_ T, err error) error { return err }
