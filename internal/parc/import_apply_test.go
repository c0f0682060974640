package parc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/errs"
	"intendant/internal/parc"
	"intendant/internal/tableur"
)

func TestImportOfSites(t *testing.T) {
	s, ctx, ids := base(t)
	p := plan(t, ctx, s, parc.ImportSites, siteSheet)
	before := len(journal(t, s))
	var heard []int
	if err := s.Parc.ApplyImport(ctx, p, func(done int) { heard = append(heard, done) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1, 2, 3}, heard); diff != "" {
		t.Error(diff)
	}
	rows, err := s.Store.Read().SitesWithClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		got[r.Nom+"/"+r.Name] = fmt.Sprint(r.Longitude, " ", r.Latitude, " ", r.Description)
	}
	want := map[string]string{
		"Port de Kribi/Quai 4":     "9.75 4.125 à créer",
		"Port de Kribi/DEPOT-NORD": "9.5 4.25 nouveau",
		"Port de Kribi/Quai 3":     "9.5 4.25 ancien",
		"Port de Kribi/Siège":      "9.5 4.25 ancien",
		"Éts Noël/Siège":           "9.5 4.25 ancien",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	lines := journal(t, s)
	lines = lines[:len(lines)-before]
	var actions []string
	for _, line := range lines {
		actions = append(actions, line.Action+" "+line.ObjectName+" by "+line.Account)
	}
	if diff := cmp.Diff([]string{"import.sites liste.csv by chef", "site.update DEPOT-NORD by chef", "site.create Quai 4 by chef"}, actions); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(map[string]any{"created": 1.0, "updated": 1.0, "unchanged": 1.0}, decode(t, lines[0].After)); diff != "" {
		t.Error(diff)
	}
	if b := decode(t, lines[1].Before); b["name"] != "Dépôt Nord" || b["description"] != "ancien" || lines[1].ObjectID != ids["Port de Kribi/Dépôt Nord"] {
		t.Errorf("update: %v of %s", b, lines[1].ObjectID)
	}
	if again := plan(t, ctx, s, parc.ImportSites, siteSheet); tally(again) != [4]int{0, 0, 3, 0} || again.IsReady() {
		t.Errorf("imported again: %v", tally(again))
	}
}

func TestImportOfEquipements(t *testing.T) {
	s, ctx, ids := base(t)
	sheet := "Site;Adresse IP;Port;Marque;Modèle;Utilisateur;Mot de passe;Sources;equipement_id;Couleur\n" +
		"quai 3;SW-1.kribi;22,0;Cisco;C9300;root;neuf;\"snmp|ssh, icmp\n ping\";;bleu\n" +
		"Quai 3;10.0.0.1;22;;m;u;********;ssh;;\n" +
		ids["Port de Kribi/Quai 3"] + ";10.0.0.9;;Cisco;m;u;changé;snmp|ssh;" + ids["10.0.0.2"] + ";\n"
	p := plan(t, ctx, s, parc.ImportEquipements, sheet)
	if len(p.Faults) > 0 || tally(p) != [4]int{1, 2, 0, 0} || !slices.Equal(p.Ignored, []string{"Couleur"}) {
		t.Fatalf("%v %v %v", p.Faults, tally(p), p.Ignored)
	}
	if err := s.Parc.ApplyImport(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Store.Read().AllEquipements(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		password, err := s.Keys.Unseal(r.Password, "equipements.password:"+r.EquipementID)
		if err != nil {
			t.Fatal(err)
		}
		got[r.IP] = fmt.Sprintf("%d %s %s %s %s %s %s", r.Port, r.Marque, r.Modele, r.Username, password, r.Sources, r.Description)
	}
	want := map[string]string{
		"SW-1.kribi": `22 Cisco C9300 root neuf ["snmp","ssh","icmp","ping"] `,
		"10.0.0.1":   `22  m u secret ["ssh"] d`,
		"10.0.0.9":   `22 Cisco m u changé ["snmp","ssh"] d`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, line := range journal(t, s) {
		for _, text := range []*string{line.Before, line.After} {
			if text != nil && (strings.Contains(*text, "neuf") || strings.Contains(*text, "changé") || strings.Contains(*text, "secret")) {
				t.Errorf("a password is in the journal: %s", *text)
			}
		}
	}
}

// A sheet must not tell whether a password was guessed right.
func TestImportDoesNotGuessPasswords(t *testing.T) {
	s, ctx, _ := base(t)
	for password, want := range map[string][2]parc.ImportAct{
		"secret": {parc.ImportNoChange, parc.ImportUpdates},
		"autre":  {parc.ImportUpdates, parc.ImportUpdates},
		"":       {parc.ImportNoChange, parc.ImportNoChange},
	} {
		sheet := "site;ip;port;password\nQuai 3;10.0.0.1;22;" + password + "\n"
		if got := plan(t, ctx, s, parc.ImportEquipements, sheet).Rows[0].Act; got != want[0] {
			t.Errorf("%q with the permission: %s", password, got)
		}
		if got := plan(t, s.as(t, "chef", parc.EquipementsSecret), s, parc.ImportEquipements, sheet).Rows[0].Act; got != want[1] {
			t.Errorf("%q without: %s", password, got)
		}
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	s, ctx, ids := base(t)
	p := plan(t, ctx, s, parc.ImportSites, siteSheet+"1003;Autre;1;1;\n1003;Encore;1;1;\n")
	s.must(t, "PUT", "/client_site/update", fmt.Sprintf(`{"site_id":%q,"description":"entre-temps"}`, ids["Port de Kribi/Dépôt Nord"]))
	if status, text := s.call(t, s.admin, "DELETE", "/clients/"+ids["éts noel"], ""); status != 204 {
		t.Fatal(status, text)
	}
	s.must(t, "POST", "/client_site/register", fmt.Sprintf(`{"client_id":%q,"name":"quai-4","longitude":1,"latitude":1,"description":""}`, ids["Port de Kribi"]))
	before := len(journal(t, s))
	err := s.Parc.ApplyImport(ctx, p, nil)
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Conflict || e.Code != "import_base_changed" {
		t.Fatalf("%v", err)
	}
	var got []string
	for _, f := range e.Faults {
		got = append(got, fmt.Sprint(f.Ctx["line"], " ", f.Code))
	}
	if diff := cmp.Diff([]string{"2 row_changed", "3 row_changed", "5 client_unknown", "6 client_unknown"}, got); diff != "" {
		t.Error(diff)
	}
	if after := len(journal(t, s)); after != before {
		t.Errorf("%d lines were written", after-before)
	}
	rows, err := s.Store.Read().SitesWithClient(t.Context())
	if err != nil || len(rows) != 5 {
		t.Errorf("%d sites, %v", len(rows), err)
	}
}

func TestImportDrafts(t *testing.T) {
	s, ctx, _ := base(t)
	id, err := s.Parc.KeepImport(ctx, parc.ImportSites, "sites.csv", read(t, siteSheet))
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.Parc.Import(ctx, id)
	if err != nil || tally(in.Plan) != [4]int{1, 1, 1, 0} || in.Plan.Name != "sites.csv" {
		t.Fatalf("%+v %v", in, err)
	}
	account := api.CallerFrom(ctx).AccountID()
	row, err := s.Store.Read().ImportDraft(t.Context(), db.ImportDraftParams{ID: id, AccountID: account})
	if err != nil || strings.Contains(string(row.Content), "Quai") {
		t.Errorf("the draft is not sealed (%v)", err)
	}
	other := s.as(t, "lecteur", "")
	for name, err := range map[string]error{
		"read":   second(s.Parc.Import(other, id)),
		"start":  s.Parc.StartImport(other, id, in.Seen, nil),
		"status": second(s.Parc.ImportStatus(other, id)),
		"cancel": s.Parc.CancelImport(other, id),
	} {
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("another could %s it: %v", name, err)
		}
	}
	refused := s.as(t, "chef", parc.SitesUpdate)
	if _, err := s.Parc.Import(refused, id); !errs.Is(err, errs.Forbidden) {
		t.Errorf("read without the permission: %v", err)
	}
	if _, err := s.Parc.KeepImport(refused, parc.ImportSites, "x", read(t, siteSheet)); !errs.Is(err, errs.Forbidden) {
		t.Errorf("kept without the permission: %v", err)
	}
	if err := s.Parc.StartImport(ctx, id, "autre", nil); !errs.Is(err, errs.Conflict) {
		t.Errorf("started a plan that was not seen: %v", err)
	}
	ended := make(chan error, 2)
	for range 2 {
		if err := s.Parc.StartImport(ctx, id, in.Seen, func(err error) { ended <- err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	status, err := s.Parc.ImportStatus(ctx, id)
	if err != nil || !status.IsEnded || status.Err != nil || status.Done != 3 || status.Total != 3 || status.Creates != 1 {
		t.Errorf("%+v %v", status, err)
	}
	if _, err := s.Parc.Import(ctx, id); !errs.Is(err, errs.NotFound) {
		t.Errorf("the draft is still there: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOldDraftsAreForgotten(t *testing.T) {
	s, ctx, _ := base(t)
	id, err := s.Parc.KeepImport(ctx, parc.ImportSites, "sites.csv", read(t, siteSheet))
	if err != nil {
		t.Fatal(err)
	}
	later := parc.New(s.Store, s.Keys, s.Identity, func() time.Time { return time.Date(2026, 3, 3, 10, 30, 1, 0, time.UTC) })
	if _, err := later.Import(ctx, id); !errs.Is(err, errs.NotFound) {
		t.Errorf("after a day: %v", err)
	}
	if err := later.PurgeImports(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Parc.Import(ctx, id); !errs.Is(err, errs.NotFound) {
		t.Errorf("after the purge: %v", err)
	}
}

func TestASheetTooHeavyIsRefused(t *testing.T) {
	s, ctx, _ := base(t)
	heavy := strings.Repeat("x", 1<<20)
	sheet := &tableur.Sheet{}
	for i := range 65 {
		sheet.Rows = append(sheet.Rows, tableur.Row{Line: i + 1, Cells: []string{heavy}})
	}
	if _, err := s.Parc.KeepImport(ctx, parc.ImportSites, "x", sheet); !errs.Is(err, errs.TooLarge) {
		t.Errorf("kept: %v", err)
	}
}

// BenchmarkImport measures 20,000 equipments, planned and written.
func BenchmarkImport(b *testing.B) {
	var data strings.Builder
	data.WriteString("site_id;ip;port;marque;modele;utilisateur;mot de passe;description;sources\n")
	for b.Loop() {
		b.StopTimer()
		a, err := appliance.Open(b.Context(), appliance.Config{Data: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		siteID, client := uuid.NewString(), uuid.NewString()
		err = a.Store.Write(b.Context(), func(ctx context.Context, q *db.Queries) error {
			now := db.At(time.Now())
			if _, err := q.AddClient(ctx, db.AddClientParams{ClientID: client, Nom: "Port", Code: 1, CreatedAt: now}); err != nil {
				return err
			}
			_, err := q.AddSite(ctx, db.AddSiteParams{SiteID: siteID, ClientID: client, Name: "Quai", NameKey: "quai", CreatedAt: now})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 20_000 {
			fmt.Fprintf(&data, "%s;10.1.%d.%d;22;Cisco;Catalyst 9300;exploitation;secret-%d;Commutateur de cœur;snmp|ssh\n", siteID, i/250, i%250, i)
		}
		sheet, err := tableur.Read("liste.csv", []byte(data.String()))
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		start := time.Now()
		p, err := a.Parc.PlanImport(b.Context(), parc.ImportEquipements, sheet)
		if err != nil {
			b.Fatal(err)
		}
		planned := time.Now()
		if err := a.Parc.ApplyImport(b.Context(), p, nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(planned.Sub(start).Seconds(), "plan-s")
		b.ReportMetric(time.Since(planned).Seconds(), "apply-s")
		b.StopTimer()
		a.Close()
		data.Reset()
		data.WriteString("site_id;ip;port;marque;modele;utilisateur;mot de passe;description;sources\n")
		b.StartTimer()
	}
}
