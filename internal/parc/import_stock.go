package parc

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

// stock is what the base holds that a sheet may name, all of one moment.
type stock struct {
	clients       map[string]db.Client
	clientsByCode map[int64]string
	clientsByName map[string][]string
	sites         map[string]db.ClientSite
	sitesByName   map[string][]string
	equipements   map[string]db.Equipement
	// byKey finds the objects of the import's kind by what makes them the
	// same, see siteKey and equipementKey.
	byKey map[string][]string
}

// loadStock reads what an import of the kind needs.
func loadStock(ctx context.Context, q *db.Queries, kind ImportKind) (*stock, error) {
	clients, err := q.Clients(ctx)
	if err != nil {
		return nil, err
	}
	sites, err := q.SitesWithClient(ctx)
	if err != nil {
		return nil, err
	}
	st := &stock{
		clients: make(map[string]db.Client, len(clients)), clientsByCode: make(map[int64]string, len(clients)), clientsByName: map[string][]string{},
		sites: make(map[string]db.ClientSite, len(sites)), sitesByName: make(map[string][]string, len(sites)),
		equipements: map[string]db.Equipement{}, byKey: map[string][]string{},
	}
	for _, c := range clients {
		st.clients[c.ClientID] = c
		st.clientsByCode[c.Code] = c.ClientID
		st.clientsByName[c.NomKey] = append(st.clientsByName[c.NomKey], c.ClientID)
	}
	for _, row := range sites {
		site := db.ClientSite{
			SiteID: row.SiteID, ClientID: row.ClientID, Name: row.Name, NameKey: plier.Key(row.Name), Longitude: row.Longitude,
			Latitude: row.Latitude, Description: row.Description, CreatedAt: row.CreatedAt,
		}
		st.sites[site.SiteID] = site
		st.sitesByName[site.NameKey] = append(st.sitesByName[site.NameKey], site.SiteID)
		if kind == ImportSites {
			key := siteKey(site)
			st.byKey[key] = append(st.byKey[key], site.SiteID)
		}
	}
	if kind == ImportSites {
		return st, nil
	}
	equipements, err := q.AllEquipements(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range equipements {
		st.equipements[e.EquipementID] = e
		key := equipementKey(e)
		st.byKey[key] = append(st.byKey[key], e.EquipementID)
	}
	return st, nil
}

// siteKey is what makes a site the same: its client and its folded name.
func siteKey(s db.ClientSite) string { return s.ClientID + "\x00" + s.NameKey }

// equipementKey is what makes an equipment the same: its site, its address,
// its port.
func equipementKey(e db.Equipement) string {
	return e.SiteID + "\x00" + hostKey(e.IP) + "\x00" + strconv.FormatInt(e.Port, 10)
}

// hostKey is one spelling for an address or a host's name.
func hostKey(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// client finds a client by code, identifier or name. fault is "" when found.
func (st *stock) client(text string) (id, fault string) {
	if code, ok := wholeNumber(text); ok {
		if id, ok := st.clientsByCode[code]; ok {
			return id, ""
		}
	}
	if id, err := uuid.Parse(text); err == nil {
		if _, ok := st.clients[id.String()]; ok {
			return id.String(), ""
		}
	}
	switch found := st.clientsByName[plier.Key(text)]; len(found) {
	case 0:
		return "", faultClientUnknown
	case 1:
		return found[0], ""
	}
	return "", faultClientAmbiguous
}

// site finds a site by identifier or name, among those of a client unless it
// is "". fault is "" when found.
func (st *stock) site(text, clientID string) (id, fault string) {
	if id, err := uuid.Parse(text); err == nil {
		if site, ok := st.sites[id.String()]; ok {
			if clientID != "" && site.ClientID != clientID {
				return "", faultSiteClient
			}
			return site.SiteID, ""
		}
	}
	found := st.sitesByName[plier.Key(text)]
	if clientID != "" {
		found = slices.DeleteFunc(slices.Clone(found), func(id string) bool { return st.sites[id].ClientID != clientID })
	}
	switch len(found) {
	case 0:
		return "", faultSiteUnknown
	case 1:
		return found[0], ""
	}
	return "", faultSiteAmbiguous
}

// wholeNumber reads a cell as a whole number, which a spreadsheet may have
// written 12,0.
func wholeNumber(text string) (int64, bool) {
	x, ok := tableur.Number(text)
	if !ok || x < -1<<53 || x > 1<<53 || x != math.Trunc(x) {
		return 0, false
	}
	return int64(x), true
}

// sameSite reports whether two images of a site agree.
func sameSite(a, b db.ClientSite) bool {
	return a.SiteID == b.SiteID && a.ClientID == b.ClientID && a.Name == b.Name && a.Longitude == b.Longitude && a.Latitude == b.Latitude &&
		a.Description == b.Description
}

// sameEquipement reports whether two images of an equipment agree.
func sameEquipement(a, b db.Equipement) bool {
	return a.EquipementID == b.EquipementID && a.SiteID == b.SiteID && a.IP == b.IP && a.Marque == b.Marque && a.Sources == b.Sources &&
		a.Port == b.Port && a.Username == b.Username && a.Description == b.Description && a.Modele == b.Modele && bytes.Equal(a.Password, b.Password)
}

// sourcesOf returns the list that the base keeps as JSON.
func sourcesOf(text string) []string {
	var sources []string
	if err := json.Unmarshal([]byte(text), &sources); err != nil {
		return nil // a CHECK of the base keeps it JSON
	}
	return sources
}

// splitSources reads a cell that lists sources, separated by bars, commas or
// line ends.
func splitSources(cell string) []string {
	sources := []string{}
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("|,\r\n", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			sources = append(sources, part)
		}
	}
	return sources
}

// roundTrip reports whether x is what is left of stored after a spreadsheet,
// which keeps fifteen digits.
func roundTrip(stored, x float64) bool {
	return strconv.FormatFloat(stored, 'g', 15, 64) == strconv.FormatFloat(x, 'g', 15, 64)
}
