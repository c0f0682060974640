package parc

import (
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/tableur"
)

// ImportKind is what an imported sheet lists.
type ImportKind string

// The kinds of sheets.
const (
	ImportSites       ImportKind = "sites"
	ImportEquipements ImportKind = "equipements"
)

// ImportKinds returns every kind, in the order they are offered: equipment
// stands on sites, which come first.
func ImportKinds() []ImportKind { return []ImportKind{ImportSites, ImportEquipements} }

// Needs returns the permissions that an import takes: it may create as well
// as update.
func (k ImportKind) Needs() []api.Permission {
	if k == ImportSites {
		return []api.Permission{SitesCreate, SitesUpdate}
	}
	return []api.Permission{EquipementsCreate, EquipementsUpdate}
}

// IsAllowed reports whether a caller may import sheets of the kind; nil is
// nobody.
func (k ImportKind) IsAllowed(c api.Caller) bool {
	return c != nil && !slices.ContainsFunc(k.Needs(), func(p api.Permission) bool { return !c.Can(p, "") })
}

// Columns returns what a sheet of the kind may hold, in the order of a
// template, with the accepted titles in French and in English.
func (k ImportKind) Columns() []tableur.Column {
	if k == ImportSites {
		return siteColumns
	}
	return equipementColumns
}

// The keys of the columns, which are those of the pages' catalog too.
const (
	colSiteID      = "site_id"
	colClient      = "client"
	colName        = "name"
	colLongitude   = "longitude"
	colLatitude    = "latitude"
	colDescription = "description"

	colEquipementID = "equipement_id"
	colSite         = "site"
	colIP           = "ip"
	colPort         = "port"
	colMarque       = "marque"
	colModele       = "modele"
	colUsername     = "username"
	colPassword     = "password"
	colSources      = "sources"
)

var (
	clientTitles      = []string{"Client", "Code client", "Code du client", "Nom du client", "Client code", "Client name", "client_id"}
	descriptionTitles = []string{"Description", "Remarques", "Notes"}
)

var siteColumns = []tableur.Column{
	{Key: colClient, Titles: clientTitles, Required: true},
	{Key: colName, Titles: []string{"Nom", "Name", "Nom du site", "Site name", "Site"}, Required: true},
	{Key: colLongitude, Titles: []string{"Longitude", "Lon", "Long", "Lng"}},
	{Key: colLatitude, Titles: []string{"Latitude", "Lat"}},
	{Key: colDescription, Titles: descriptionTitles},
	{Key: colSiteID, Titles: []string{"site_id", "Identifiant du site", "Identifiant", "ID"}},
}

// The site may be named by site or by site_id, so neither is required alone.
var equipementColumns = []tableur.Column{
	{Key: colSite, Titles: []string{"Site", "Nom du site", "Site name"}},
	{Key: colIP, Titles: []string{"IP", "Adresse IP", "IP address", "Adresse", "Address", "Hôte", "Host"}, Required: true},
	{Key: colPort, Titles: []string{"Port"}, Required: true},
	{Key: colMarque, Titles: []string{"Marque", "Brand", "Make", "Fabricant"}},
	{Key: colModele, Titles: []string{"Modèle", "Model"}},
	{Key: colUsername, Titles: []string{"Utilisateur", "Username", "User name", "User", "Nom d'utilisateur"}},
	{Key: colPassword, Titles: []string{"Mot de passe", "Password"}},
	{Key: colDescription, Titles: descriptionTitles},
	{Key: colSources, Titles: []string{"Sources", "Source"}},
	{Key: colClient, Titles: clientTitles},
	{Key: colSiteID, Titles: []string{"site_id", "Identifiant du site"}},
	{Key: colEquipementID, Titles: []string{"equipement_id", "Identifiant de l'équipement", "Equipment ID", "Identifiant", "ID"}},
}

// Codes of the faults of a plan, beside those of tableur.Match. The pages'
// catalog makes the sentences.
const (
	faultNoRows              = "no_rows"            // titles and nothing below
	faultMissing             = "missing"            // a cell that must not be empty
	faultTooLong             = "too_long"           // over maxCell
	faultNumber              = "number"             // no number
	faultInteger             = "integer"            // no whole number
	faultLongitude           = "longitude_range"    // beyond 180 degrees
	faultLatitude            = "latitude_range"     // beyond 90 degrees
	faultPort                = "port_range"         // beyond 65535
	faultHost                = "host"               // neither an address nor a host's name
	faultUUID                = "uuid"               // no identifier of ours
	faultClientUnknown       = "client_unknown"     // neither code nor name of a client
	faultClientAmbiguous     = "client_ambiguous"   // the name of several clients
	faultSiteUnknown         = "site_unknown"       // neither identifier nor name of a site
	faultSiteAmbiguous       = "site_ambiguous"     // the name of several sites
	faultSiteClient          = "site_other_client"  // the site has another client
	faultSiteTaken           = "site_taken"         // renamed to the name of another site
	faultEquipementUnknown   = "equipement_unknown" // no such identifier
	faultEquipementSite      = "equipement_other_site"
	faultEquipementAmbiguous = "equipement_ambiguous" // several at the same place
	faultEquipementTaken     = "equipement_taken"     // moved to the address of another
	faultTwice               = "row_twice"            // the thing of an earlier line, in Value
	faultChanged             = "row_changed"          // the base changed after the plan
)

// maxCell is the longest text of a cell, in bytes: what a spreadsheet holds.
const maxCell = 32_767

// ImportAct is what an import makes of a row.
type ImportAct string

// The acts.
const (
	ImportCreates  ImportAct = "create"
	ImportUpdates  ImportAct = "update"
	ImportNoChange ImportAct = "unchanged"
)

// ImportRow is a row without fault.
type ImportRow struct {
	Line int
	Act  ImportAct
	// Of site and equipement one is set.
	site       *change[db.ClientSite]
	equipement *change[db.Equipement]
	// password is the new one of an equipment, nil to leave it.
	password *string
	owner    string // the client of a site, the site of an equipment, for people
}

// change is an object before and after; before has no identifier when the
// object is to be made, and after none yet.
type change[T any] struct{ before, after T }

// ImportPlan is what an import would do. Nothing is written until ApplyImport.
type ImportPlan struct {
	Kind ImportKind
	// Name is the file's.
	Name string
	// Rows are those without fault, in the order of the sheet.
	Rows []ImportRow
	// Faults are in the order of the lines. With any the plan cannot be
	// applied.
	Faults []tableur.Fault
	// Ignored are the titles of columns that the import does not know.
	Ignored []string
	// Creates, Updates and Unchanged count Rows; FaultyRows counts the lines
	// with a fault.
	Creates, Updates, Unchanged, FaultyRows int

	draft string // identifier of the draft it comes from, "" for none
}

// IsReady reports whether the plan can be applied and would change anything.
func (p ImportPlan) IsReady() bool { return len(p.Faults) == 0 && p.Creates+p.Updates > 0 }

// PreviewColumns returns the keys of the columns that Preview shows.
func (k ImportKind) PreviewColumns() []string {
	if k == ImportSites {
		return []string{colClient, colName, colLongitude, colLatitude, colDescription}
	}
	return []string{colSite, colIP, colPort, colMarque, colModele, colUsername, colDescription, colSources}
}

// Cells returns the row as it will be, in the order of PreviewColumns: text,
// int64 or float64. It shows no password.
func (r ImportRow) Cells() []any {
	if r.site != nil {
		after := r.site.after
		return []any{r.owner, after.Name, after.Longitude, after.Latitude, after.Description}
	}
	after := r.equipement.after
	return []any{
		r.owner, after.IP, after.Port, after.Marque, after.Modele, after.Username, after.Description,
		strings.Join(sourcesOf(after.Sources), ", "),
	}
}

// ID returns the identifier of the object that the row is about, "" for one
// to be made.
func (r ImportRow) ID() string {
	if r.site != nil {
		return r.site.before.SiteID
	}
	return r.equipement.before.EquipementID
}
