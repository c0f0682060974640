package parc

import (
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/plier"
)

func trimmed(text string) string { return strings.TrimSpace(text) }

// readSite reads a row about a site.
func (p *planner) readSite(r *rowReader, d *draftRow) {
	clientID, name := r.client(), r.required(colName)
	d.keyColumn, d.taken = colName, faultSiteTaken
	var before db.ClientSite
	isNamed := r.Get(colSiteID) != ""
	switch id, ok := r.identifier(colSiteID); {
	case ok:
		found, isKnown := p.stock.sites[id]
		if !isKnown {
			r.fault(colSiteID, faultSiteUnknown)
		} else if clientID != "" && found.ClientID != clientID {
			r.fault(colClient, faultSiteClient)
		}
		before = found
	case !isNamed && clientID != "" && name != "":
		key := siteKey(db.ClientSite{ClientID: clientID, NameKey: plier.Key(name)})
		switch found := p.stock.byKey[key]; len(found) {
		case 0:
		case 1:
			before = p.stock.sites[found[0]]
		default:
			r.fault(colName, faultSiteAmbiguous)
		}
	}
	isNew := before.SiteID == "" && !isNamed
	after := before
	after.ClientID = clientID
	if trimmed(before.Name) != name {
		after.Name, after.NameKey = name, plier.Key(name)
	}
	r.number(colLongitude, 180, faultLongitude, isNew, &after.Longitude)
	r.number(colLatitude, 90, faultLatitude, isNew, &after.Latitude)
	r.text(colDescription, &after.Description)
	d.id, d.key = before.SiteID, siteKey(after)
	if !isNew {
		d.oldKey = siteKey(before)
	}
	d.row = ImportRow{Act: actOf(isNew, sameSite(before, after)), site: &change[db.ClientSite]{before, after}, owner: p.stock.clients[clientID].Nom}
}

func actOf(isNew, isSame bool) ImportAct {
	switch {
	case isNew:
		return ImportCreates
	case isSame:
		return ImportNoChange
	}
	return ImportUpdates
}

// readEquipement reads a row about an equipment.
func (p *planner) readEquipement(r *rowReader, d *draftRow) {
	siteID := p.siteOfRow(r)
	d.keyColumn, d.taken = colIP, faultEquipementTaken
	host, port := p.place(r)
	var before db.Equipement
	isNamed := r.Get(colEquipementID) != ""
	switch id, ok := r.identifier(colEquipementID); {
	case ok:
		found, isKnown := p.stock.equipements[id]
		if !isKnown {
			r.fault(colEquipementID, faultEquipementUnknown)
		} else if siteID != "" && found.SiteID != siteID {
			r.fault(p.siteColumn(r), faultEquipementSite)
		}
		before = found
	case !isNamed && siteID != "" && host != "" && port >= 0:
		switch found := p.stock.byKey[equipementKey(db.Equipement{SiteID: siteID, IP: host, Port: port})]; len(found) {
		case 0:
		case 1:
			before = p.stock.equipements[found[0]]
		default:
			r.fault(colIP, faultEquipementAmbiguous)
		}
	}
	isNew := before.EquipementID == "" && !isNamed
	after := before
	after.SiteID = siteID
	if hostKey(before.IP) != hostKey(host) {
		after.IP = host
	}
	if port >= 0 {
		after.Port = port
	} else if isNew {
		r.required(colPort)
	}
	r.text(colMarque, &after.Marque)
	r.text(colModele, &after.Modele)
	r.text(colUsername, &after.Username)
	r.text(colDescription, &after.Description)
	if sources := splitSources(r.Get(colSources)); r.has(colSources) && !slices.Equal(sources, splitSources(strings.Join(sourcesOf(before.Sources), "|"))) || isNew {
		after.Sources = sourcesText(sources)
	}
	d.row = ImportRow{equipement: &change[db.Equipement]{before, after}, owner: p.stock.sites[siteID].Name, password: p.newPassword(r, before, isNew)}
	d.row.Act = actOf(isNew, d.row.password == nil && sameEquipement(before, after))
	d.id, d.key = before.EquipementID, equipementKey(after)
	if !isNew {
		d.oldKey = equipementKey(before)
	}
}

// siteColumn is the column in which a row names its site.
func (p *planner) siteColumn(r *rowReader) string {
	if r.Get(colSiteID) != "" || !p.table.Has(colSite) {
		return colSiteID
	}
	return colSite
}

// siteOfRow returns the site that a row names, "" after a fault.
func (p *planner) siteOfRow(r *rowReader) string {
	clientID := ""
	if r.Get(colClient) != "" {
		if clientID = r.client(); clientID == "" {
			return ""
		}
	}
	column := p.siteColumn(r)
	text := r.required(column)
	if text == "" {
		return ""
	}
	if column == colSiteID {
		if _, ok := r.identifier(column); !ok {
			return ""
		}
	}
	id, fault := p.stock.site(text, clientID)
	if fault != "" {
		r.fault(column, fault)
	}
	return id
}

// place returns the address and the port of a row: "" and -1 after a fault,
// and for a port that is not given.
func (p *planner) place(r *rowReader) (host string, port int64) {
	if text := r.required(colIP); text != "" {
		var h Host
		if problem := h.BindValue(jsonvalue.OfString(text)); problem != nil {
			r.fault(colIP, faultHost)
		}
		host = string(h)
	}
	text := r.Get(colPort)
	if text == "" {
		return host, -1
	}
	port, ok := wholeNumber(text)
	switch {
	case !ok:
		r.fault(colPort, faultInteger)
		return host, -1
	case port < 0 || port > 65535:
		r.fault(colPort, faultPort)
		return host, -1
	}
	return host, port
}

// newPassword returns the password that a row gives its equipment, nil to
// leave the present one: for an empty cell, and for the mask of an export.
func (p *planner) newPassword(r *rowReader, before db.Equipement, isNew bool) *string {
	text := r.Get(colPassword)
	if text == mask {
		text = ""
	}
	if isNew {
		return &text
	}
	if text == "" || p.isPassword != nil && p.isPassword(before, text) {
		return nil
	}
	return &text
}
