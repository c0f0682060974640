package parc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/parc"
	"intendant/internal/tableur"
)

// importer is a caller who holds everything but what is refused.
type importer struct {
	id      int64
	refused api.Permission
}

func (c importer) AccountID() int64                    { return c.id }
func (importer) AccountName() string                   { return "chef" }
func (c importer) Can(p api.Permission, _ string) bool { return p != c.refused }
func (importer) HasCookie() bool                       { return true }
func (importer) IsElevated() bool                      { return false }

// as returns a context of the account's requests.
func (s *site) as(t *testing.T, user string, refused api.Permission) context.Context {
	t.Helper()
	account, err := s.Identity.AccountByUserName(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return api.WithRequest(t.Context(), &api.Request{ID: "r1", Caller: importer{account.ID, refused}})
}

// base is a site server with three clients, four sites and two equipments.
func base(t *testing.T) (*site, context.Context, map[string]string) {
	t.Helper()
	s := open(t)
	ids := map[string]string{}
	client := func(code int, nom string) {
		ids[nom] = s.must(t, "POST", "/clients/register", fmt.Sprintf(`{"nom":%q,"code":%d}`, nom, code))["client_id"].(string)
	}
	place := func(name, client string) {
		ids[client+"/"+name] = s.must(t, "POST", "/client_site/register",
			fmt.Sprintf(`{"client_id":%q,"name":%q,"longitude":9.5,"latitude":4.25,"description":"ancien"}`, ids[client], name))["site_id"].(string)
	}
	machine := func(site, ip string) {
		ids[ip] = s.must(t, "POST", "/equipements/register", fmt.Sprintf(
			`{"ip":%q,"site_id":%q,"marque":"Cisco","sources":["snmp","ssh"],"port":22,"username":"u","password":"secret","description":"d","modele":"m"}`, ip, ids[site]))["equipement_id"].(string)
	}
	client(1001, "Port de Kribi")
	client(1002, "Éts Noël")
	client(1003, "éts noel")
	place("Dépôt Nord", "Port de Kribi")
	place("Quai 3", "Port de Kribi")
	place("Siège", "Port de Kribi")
	place("Siège", "Éts Noël")
	machine("Port de Kribi/Quai 3", "10.0.0.1")
	machine("Port de Kribi/Quai 3", "10.0.0.2")
	return s, s.as(t, "chef", ""), ids
}

func read(t *testing.T, data string) *tableur.Sheet {
	t.Helper()
	sheet, err := tableur.Read("liste.csv", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func plan(t *testing.T, ctx context.Context, s *site, kind parc.ImportKind, data string) parc.ImportPlan {
	t.Helper()
	p, err := s.Parc.PlanImport(ctx, kind, read(t, data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tally is how many rows a plan has of each sort.
func tally(p parc.ImportPlan) [4]int { return [4]int{p.Creates, p.Updates, p.Unchanged, p.FaultyRows} }

const siteSheet = `Client;Nom;Longitude;Latitude;Description
1001;Quai 4;9,75;4,125;à créer
port de kribi;DEPOT-NORD;9.5;4,25;nouveau
1001;Quai 3;9,5;4,25;ancien
`

func TestImportReadsEveryEncodingAndSeparator(t *testing.T) {
	s, ctx, _ := base(t)
	windows, err := charmap.Windows1252.NewEncoder().String(siteSheet)
	if err != nil {
		t.Fatal(err)
	}
	commas := strings.NewReplacer(",", ".", ";", ",").Replace(siteSheet)
	for name, data := range map[string]string{
		"utf-8":              siteSheet,
		"byte order mark":    "\ufeff" + siteSheet,
		"windows-1252":       windows,
		"windows line ends":  strings.ReplaceAll(siteSheet, "\n", "\r\n"),
		"commas":             commas,
		"tabs":               strings.ReplaceAll(siteSheet, ";", "\t"),
		"english titles":     strings.Replace(siteSheet, "Client;Nom;", "client_code;NAME;", 1),
		"titles in disorder": "latitude;LONGITUDE;déscription;nom du site;client\n4,125;9,75;à créer;Quai 4;1001\n4,25;9,5;nouveau;Depot nord;1001\n4,25;9,5;ancien;Quai 3;1001\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, ctx, s, parc.ImportSites, data)
			if diff := cmp.Diff([4]int{1, 1, 1, 0}, tally(p)); diff != "" || len(p.Faults) > 0 {
				t.Fatalf("%s%v", diff, p.Faults)
			}
			if diff := cmp.Diff([]any{"Port de Kribi", "Quai 4", 9.75, 4.125, "à créer"}, p.Rows[0].Cells()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestImportFaultsOfSites(t *testing.T) {
	s, ctx, ids := base(t)
	kribi, noel := ids["Port de Kribi/Siège"], ids["Éts Noël/Siège"]
	const header = "client;nom;longitude;latitude;description;site_id\n"
	for _, c := range []struct {
		name, data string
		want       []tableur.Fault
	}{
		{"column missing", "nom;longitude\nA;1\n", []tableur.Fault{{Line: 1, Column: "Client", Code: "column_missing"}, {Line: 1, Column: "Latitude", Code: "column_missing"}}},
		{"column twice", "client;nom;Code client\n1001;Quai 3;1\n", []tableur.Fault{{Line: 1, Column: "Code client", Code: "column_twice", Value: "Code client"}}},
		{"no row", "client;nom\n", []tableur.Fault{{Line: 1, Code: "no_rows"}}},
		{"row too long", "client;nom\n1001;Quai 3;x\n", []tableur.Fault{{Line: 2, Code: "row_too_long", Value: "x"}}},
		{"cells missing", header + ";;;;x\n", []tableur.Fault{
			{Line: 2, Column: "client", Code: "missing"},
			{Line: 2, Column: "nom", Code: "missing"},
			{Line: 2, Column: "longitude", Code: "missing"},
			{Line: 2, Column: "latitude", Code: "missing"},
		}},
		{"no numbers", header + "1001;A;abc;1e;\n", []tableur.Fault{{Line: 2, Column: "longitude", Code: "number", Value: "abc"}, {Line: 2, Column: "latitude", Code: "number", Value: "1e"}}},
		{"out of bounds", header + "1001;A;180,01;-90,5;\n", []tableur.Fault{{Line: 2, Column: "longitude", Code: "longitude_range", Value: "180,01"}, {Line: 2, Column: "latitude", Code: "latitude_range", Value: "-90,5"}}},
		{"client unknown", header + "9;A;1;1;\n", []tableur.Fault{{Line: 2, Column: "client", Code: "client_unknown", Value: "9"}}},
		{"client ambiguous", header + "Ets Noel;A;1;1;\n", []tableur.Fault{{Line: 2, Column: "client", Code: "client_ambiguous", Value: "Ets Noel"}}},
		{"no identifier", header + "1001;A;1;1;;abc\n", []tableur.Fault{{Line: 2, Column: "site_id", Code: "uuid", Value: "abc"}}},
		{"site unknown", header + "1001;A;1;1;;" + ids["10.0.0.1"] + "\n", []tableur.Fault{{Line: 2, Column: "site_id", Code: "site_unknown", Value: ids["10.0.0.1"]}}},
		{"site of another client", header + "1001;Siège;1;1;;" + noel + "\n", []tableur.Fault{{Line: 2, Column: "client", Code: "site_other_client", Value: "1001"}}},
		{"name taken", header + "1001;quai 3;1;1;;" + kribi + "\n", []tableur.Fault{{Line: 2, Column: "nom", Code: "site_taken", Value: "quai 3"}}},
		{"made twice", header + "1001;A;1;1;\n1001;À;2;2;\n", []tableur.Fault{{Line: 3, Code: "row_twice", Value: "2"}}},
		{"changed twice", header + "1001;Siège;1;1;\n1001;Autre;2;2;;" + kribi + "\n", []tableur.Fault{{Line: 3, Code: "row_twice", Value: "2"}}},
		{"too long", header + "1001;A;1;1;" + strings.Repeat("x", 32_768) + "\n", []tableur.Fault{{Line: 2, Column: "description", Code: "too_long"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plan(t, ctx, s, parc.ImportSites, c.data)
			if diff := cmp.Diff(c.want, p.Faults); diff != "" {
				t.Error(diff)
			}
			if p.IsReady() {
				t.Error("a faulty plan is ready")
			}
			if err := s.Parc.ApplyImport(ctx, p, nil); errs.KindOf(err) != errs.Invalid {
				t.Errorf("applied: %v", err)
			}
		})
	}
}

func TestImportFaultsOfEquipements(t *testing.T) {
	s, ctx, ids := base(t)
	one, two := ids["10.0.0.1"], ids["10.0.0.2"]
	const header = "site;client;ip;port;equipement_id\n"
	for _, c := range []struct {
		name, data string
		want       []tableur.Fault
	}{
		{"column missing", "marque\nx\n", []tableur.Fault{{Line: 1, Column: "IP", Code: "column_missing"}, {Line: 1, Column: "Port", Code: "column_missing"}, {Line: 1, Column: "Site", Code: "column_missing"}}},
		{"cells missing", header + ";;;;\nQuai 3;;;;\n", []tableur.Fault{{Line: 3, Column: "ip", Code: "missing"}, {Line: 3, Column: "port", Code: "missing"}}},
		{"site unknown", header + "Quai 9;;h;1;\n", []tableur.Fault{{Line: 2, Column: "site", Code: "site_unknown", Value: "Quai 9"}}},
		{"site ambiguous", header + "siege;;h;1;\n", []tableur.Fault{{Line: 2, Column: "site", Code: "site_ambiguous", Value: "siege"}}},
		{"client of the site", header + "Quai 3;1002;h;1;\n", []tableur.Fault{{Line: 2, Column: "site", Code: "site_unknown", Value: "Quai 3"}}},
		{"client of the site's identifier", header + ids["Éts Noël/Siège"] + ";1001;h;1;\n", []tableur.Fault{{Line: 2, Column: "site", Code: "site_other_client", Value: ids["Éts Noël/Siège"]}}},
		{"client unknown", header + "Quai 3;x;h;1;\n", []tableur.Fault{{Line: 2, Column: "client", Code: "client_unknown", Value: "x"}}},
		{"site_id", "site_id;ip;port\nabc;h;1\n", []tableur.Fault{{Line: 2, Column: "site_id", Code: "uuid", Value: "abc"}}},
		{"host", header + "Quai 3;;10.0.0.300;1;\n", []tableur.Fault{{Line: 2, Column: "ip", Code: "host", Value: "10.0.0.300"}}},
		{"port", header + "Quai 3;;h;22,5;\nQuai 3;;h;65536;\nQuai 3;;h;-1;\n", []tableur.Fault{
			{Line: 2, Column: "port", Code: "integer", Value: "22,5"},
			{Line: 3, Column: "port", Code: "port_range", Value: "65536"},
			{Line: 4, Column: "port", Code: "port_range", Value: "-1"},
		}},
		{"unknown", header + "Quai 3;;h;1;" + ids["Éts Noël/Siège"] + "\n", []tableur.Fault{{Line: 2, Column: "equipement_id", Code: "equipement_unknown", Value: ids["Éts Noël/Siège"]}}},
		{"other site", header + "Dépôt Nord;;h;1;" + one + "\n", []tableur.Fault{{Line: 2, Column: "site", Code: "equipement_other_site", Value: "Dépôt Nord"}}},
		{"place taken", header + "Quai 3;;10.0.0.2;22;" + one + "\n", []tableur.Fault{{Line: 2, Column: "ip", Code: "equipement_taken", Value: "10.0.0.2"}}},
		{"twice", header + "Quai 3;;h;1;\nquai 3;1001;H;1;\n", []tableur.Fault{{Line: 3, Code: "row_twice", Value: "2"}}},
		{"places exchanged", header + "Quai 3;;10.0.0.2;22;" + one + "\nQuai 3;;10.0.0.1;22;" + two + "\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plan(t, ctx, s, parc.ImportEquipements, c.data)
			if diff := cmp.Diff(c.want, p.Faults); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// journal returns the actions of the lines about imports and their objects
// since the first id.
func journal(t *testing.T, s *site) []db.Journal {
	t.Helper()
	lines, err := s.Store.Read().JournalLines(t.Context(), db.JournalLinesParams{Since: "0", Until: "9999", RowLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func decode(t *testing.T, text *string) map[string]any {
	t.Helper()
	if text == nil {
		return nil
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(*text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
