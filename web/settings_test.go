package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/audit"
	"intendant/internal/identity"
	"intendant/web"
)

func TestSettingsAreFollowedAtOnce(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/settings")
	has(t, page, "· Intendant</title>", "8 caractères", "aucun autre que celui-ci", s.Data, "celle que le navigateur emploie", "UTC", `href="/admin/settings/edit"`)
	b.elevate()
	has(t, b.page("/admin/settings/edit"), `name="min_password" value="8"`)
	to := b.goes("/admin/settings/edit", "site_name", "Lycée <du> Parc", "min_password", "24", "cors_origins", "https://App.example/\r\nhttp://127.0.0.1:3000\r\n")
	if to != "/admin/settings" {
		t.Error(to)
	}
	page = b.page(to)
	has(
		t, page, "Les réglages sont enregistrés", "· Lycée &lt;du&gt; Parc</title>", "24 caractères", "https://app.example", "http://127.0.0.1:3000",
	)
	has(t, b.page("/admin/users/new"), "Au moins 24 caractères")
	a := b.post("/admin/users/new", "last_name", "X", "first_name", "", "user_name", "court", "password", "trois lampes vertes", "password_again", "trois lampes vertes")
	has(t, a.body, "Au moins 24 caractères")
	if _, err := s.Identity.CreateAccount(t.Context(), identity.NewAccount{Password: "trois lampes vertes"}); err == nil {
		t.Error("a password of 19 characters was taken")
	}
	if got := s.origin(t, "https://app.example"); got != "https://app.example" {
		t.Errorf("the site allowed is not: %q", got)
	}
	if got := s.origin(t, "https://autre.example"); got != "" {
		t.Errorf("another site is allowed: %q", got)
	}
	lines, _, err := audit.List(t.Context(), s.Store.Read(), audit.Query{Action: "settings.update"})
	if err != nil || len(lines) != 1 || lines[0].Account != adminName || len(lines[0].Changes()) != 3 {
		t.Errorf("%+v, %v", lines, err)
	}
}

// origin asks the API as a page of another site does, and returns the site
// allowed, "" for none.
func (s *site) origin(t *testing.T, origin string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/openapi.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", origin)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get("Access-Control-Allow-Origin")
}

func TestSettingsFaultsAreBesideTheirFields(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	b.elevate()
	for _, row := range []struct {
		name, least, origins string
		want                 []string
	}{
		{strings.Repeat("é", 61), "7", "app.example", []string{"Au plus 60 caractères", "La valeur doit être d’au moins 8", "Une adresse de site est attendue", "app.example</textarea>"}},
		{"Labo", "65", "", []string{"La valeur doit être d’au plus 64", `value="Labo"`}},
		{"Labo", "douze", "*", []string{"Un nombre entier est attendu", `value="douze"`}},
		{"Labo", "", "", []string{"Ce champ est obligatoire"}},
	} {
		a := b.post("/admin/settings/edit", "site_name", row.name, "min_password", row.least, "cors_origins", row.origins)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%+v: %d", row, a.status)
		}
		has(t, a.body, row.want...)
	}
	if v, err := s.Settings.Current(t.Context()); err != nil || v.SiteName != "" || v.MinPassword != 8 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestSettingsGivenAtStart(t *testing.T) {
	a, err := appliance.Open(t.Context(), appliance.Config{
		Data: appliancetest.Folder(t), Version: "test", Location: time.UTC, MinPassword: 10, CORSOrigins: []string{"https://fixe.example"},
		Running: web.Running{Listen: "127.0.0.1:8105", PublicURL: "https://site.example", BackupAt: "02:30", BackupKeep: 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	server := httptest.NewServer(a.Server())
	t.Cleanup(server.Close)
	s := &site{a, t, server.URL}
	role, err := s.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	s.create(identity.NewAccount{UserName: adminName, LastName: "Chef", RoleUUID: role.UUID})
	b := s.admin()
	has(
		t, b.page("/admin/settings"), "10 caractères", "Fixé au démarrage par --min-password (INTENDANT_MIN_PASSWORD)", "https://fixe.example",
		"--cors-origin", "127.0.0.1:8105", "https://site.example", "02:30", "<dd>5</dd>",
	)
	b.elevate()
	page := b.page("/admin/settings/edit")
	has(t, page, "--min-password", "--cors-origin")
	lacks(t, page, `name="min_password"`, `name="cors_origins"`)
	b.goes("/admin/settings/edit", "site_name", "Labo", "min_password", "30", "cors_origins", "*")
	v, err := s.Settings.Current(t.Context())
	if err != nil || v.SiteName != "Labo" || v.MinPassword != 10 || len(v.CORSOrigins) != 1 || v.CORSOrigins[0] != "https://fixe.example" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestSettingsRights(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	if a := b.get("/admin/settings/edit"); a.location != "/admin/confirm?"+(url.Values{"next": {"/admin/settings/edit"}}).Encode() {
		t.Errorf("not asked for the password: %d %s", a.status, a.location)
	}
	if a := b.post("/admin/settings/edit", "site_name", "X", "min_password", "8"); !strings.HasPrefix(a.location, "/admin/confirm?") {
		t.Errorf("not asked for the password: %d %s", a.status, a.location)
	}
	if a := s.holder("sans", "journal:read").get("/admin/settings"); a.status != http.StatusForbidden {
		t.Error(a.status)
	}
	b.language = "en"
	has(t, b.page("/admin/settings"), "In force", "8 characters", "Nightly backup")
}
