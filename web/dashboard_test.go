package web_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
	"intendant/internal/projets"
)

// withoutRole adds an account without any role.
func (s *site) withoutRole(name string) {
	s.t.Helper()
	s.create(identity.NewAccount{UserName: name, LastName: name})
}

func TestDashboardOfAnEmptyBase(t *testing.T) {
	s := newSite(t)
	b := s.admin()
	page := b.page("/admin/")
	has(
		t, page, "Pour commencer", `href="/admin/clients/new"`, `href="/admin/sites/new"`, `href="/admin/users/new"`,
		`<a class="card count" href="/admin/clients"><span class="figure">0</span> <span>Clients</span></a>`,
		`<span class="figure">1</span> <span>Comptes</span>`, `<span class="figure">1</span> <span>Sessions ouvertes</span>`,
		"Taille de la base", "Aucune sauvegarde n’a encore été faite", "Compte créé", "Session ouverte",
	)
	lacks(t, page, "Aucune sauvegarde n’a encore réussi") // the base is new
	b.language = "en"
	has(t, b.page("/admin/"), "First steps", "Open sessions", "Latest changes")
}

func TestDashboardCounts(t *testing.T) {
	s := newSite(t)
	s.withClient()
	s.withoutRole("ada")
	project := s.addProject(s.addOwner("Nord"), "Clinique", "nord")
	b := s.admin()
	page := b.page("/admin/")
	has(t, page, `href="/admin/sites"><span class="figure">1</span>`, `href="/admin/users"><span class="figure">2</span>`,
		`href="/projects"><span class="figure">1</span>`)
	lacks(t, page, "Pour commencer", "SMTP")

	// Without an SMTP server what is to be sent waits, and a superuser has but
	// his projects.
	b.goes("/project_users", "project_user[project_id]", "1", "project_user[superuser]", "on", "user[username]", "ada", "user[email]", "", "mail_type", "skip_email")
	s.addMember(project, "mary", projets.Membership{})
	b.goes("/project_users", "project_user[project_id]", "1", "user[username]", "zoe", "user[first_name]", "Zoé", "user[last_name]", "M",
		"user[email]", "zoe@bureau.example", "mail_type", "6")
	has(t, b.page("/admin/"), "Un message attend", `href="/admin/outbox?state=held"`)
	page = s.signedIn("ada").page("/admin/")
	has(t, page, `href="/project_users"><span class="figure">1</span> <span>Projets que vous administrez`)
	lacks(t, page, "SMTP", "Votre compte n’a encore accès à rien")
}

func TestDashboardShowsWhatTheReaderMay(t *testing.T) {
	s := newSite(t)
	page := s.holder("lecteur", "client_site:read").page("/admin/")
	has(t, page, `href="/admin/sites"><span class="figure">`)
	lacks(t, page, `href="/admin/clients"`, `href="/admin/users`, "Disque", "sauvegarde", "Dernières modifications", "Pour commencer")
	s.withoutRole("personne")
	has(t, s.signedIn("personne").page("/admin/"), "Votre compte n’a encore accès à rien")
	page = s.holder("auditeur", "journal:read").page("/admin/")
	has(t, page, "Dernières modifications", "Compte créé")
	lacks(t, page, "Disque")
}

func TestDashboardWarnsOfOldBackups(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Version: "test", Location: time.UTC, Now: func() time.Time { return now }})
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
	record := func(isGood bool) {
		t.Helper()
		err := s.Store.Write(t.Context(), func(ctx context.Context, q *db.Queries) error {
			_, err := q.RecordBackup(ctx, db.RecordBackupParams{At: db.At(now), File: "x.tar", Size: 2_500_000, Checked: isGood, Message: "disque plein"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	later := func(d time.Duration) string { now = now.Add(d); return s.signedIn(adminName).page("/admin/") }
	const missing, old = "Aucune sauvegarde n’a encore réussi", "date de plus de deux jours"
	lacks(t, later(47*time.Hour), missing, old)
	record(false)
	has(t, later(2*time.Hour), missing, `href="/admin/backups"`)
	record(true)
	page := later(48 * time.Hour)
	has(t, page, "04/03/2026 à 11:00", "2,5")
	lacks(t, page, missing, old)
	record(false) // a failure does not count
	has(t, later(time.Minute), old)
}
