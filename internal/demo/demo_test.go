package demo_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/demo"
	"intendant/internal/mail"
	"intendant/internal/projets"
	"intendant/internal/vigie"
)

// load fills a folder of its own at a moment that does not move.
func load(t *testing.T) *appliance.Appliance {
	t.Helper()
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if err := demo.Load(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return a
}

// summary is what the sample has of projets, without what is drawn anew each
// time.
func summary(t *testing.T, a *appliance.Appliance) map[string]any {
	t.Helper()
	ctx, s := t.Context(), a.Projets
	owners, err := s.Owners(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := s.Projects(ctx, projets.ProjectQuery{ShowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	databases, err := s.Databases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	logins, err := s.Logins(ctx, projets.Period{})
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]any{"owners": owners, "projects": all, "logins": logins}
	for i := range databases {
		databases[i].CreatedAt, databases[i].Bytes = time.Time{}, 0
	}
	sum["databases"] = databases
	for _, p := range all {
		users, err := s.ProjectUsers(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		sum[fmt.Sprint("users ", p.ID)] = users
	}
	return sum
}

func TestTheSampleIsTheSameEachTime(t *testing.T) {
	one, other := summary(t, load(t)), summary(t, load(t))
	for key := range one {
		if !reflect.DeepEqual(one[key], other[key]) {
			t.Errorf("%s differ:\n%v\n%v", key, one[key], other[key])
		}
	}
}

// TestTheSampleMeetsTheExamples has what the published examples name: owner 5,
// who gets a project; projects 1 and 408; testuser in project 1; the e-mail 6;
// a project found by "template". What they create is not there yet.
func TestTheSampleMeetsTheExamples(t *testing.T) {
	a := load(t)
	ctx, s := t.Context(), a.Projets
	if _, err := s.Owner(ctx, 5); err != nil {
		t.Error("owner 5:", err)
	}
	for _, id := range []int64{1, 408} {
		if p, err := s.Project(ctx, id); err != nil || !p.Active {
			t.Errorf("project %d: %+v %v", id, p, err)
		}
	}
	if _, err := s.ProjectUser(ctx, "testuser", 1); err != nil {
		t.Error("testuser:", err)
	}
	if _, err := a.Mail.Template(ctx, mail.ProjectInvitation); err != nil {
		t.Error("e-mail 6:", err)
	}
	found, _, err := s.Projects(ctx, projets.ProjectQuery{Text: "template"})
	if err != nil || len(found) != 1 || found[0].DatabaseID != "akl-test" || found[0].OwnerID != 5 || found[0].No != "01" {
		t.Errorf("template: %+v %v", found, err)
	}
	if _, err := s.Database(ctx, "rest_test"); err == nil {
		t.Error("rest_test is there")
	}
}

func TestTheSampleShowsEverything(t *testing.T) {
	a := load(t)
	ctx, s := t.Context(), a.Projets
	held, err := vigie.Count(ctx, a.Store.Read(), a.Now())
	if err != nil || held.Clients < 5 || held.Sites < 40 || held.Equipements < 400 {
		t.Errorf("parc: %+v %v", held, err)
	}
	sum := summary(t, a)
	superusers, disabled, inactive, rights := 0, 0, 0, map[int64]bool{}
	for key, value := range sum {
		if !strings.HasPrefix(key, "users ") {
			continue
		}
		for _, u := range value.([]projets.ProjectUser) {
			if u.Superuser != nil && *u.Superuser {
				superusers++
			}
			if !u.Enabled {
				disabled++
			}
			if !u.Active {
				inactive++
			}
			rights[u.Room] = true
		}
	}
	if superusers == 0 || disabled == 0 || inactive == 0 || len(rights) != 4 {
		t.Errorf("%d superusers, %d disabled, %d inactive, rooms %v", superusers, disabled, inactive, rights)
	}
	if n := len(sum["projects"].([]projets.Project)); n != 12 {
		t.Errorf("%d projects", n)
	}
	for _, d := range sum["databases"].([]projets.Database) {
		if d.IsMissing {
			t.Errorf("%s has no file", d.Name)
		}
	}
	trash, err := s.Trash(ctx)
	if err != nil || len(trash) != 1 {
		t.Errorf("trash %+v %v", trash, err)
	}
	clients := map[string]bool{}
	total := int64(0)
	for _, l := range sum["logins"].([]projets.LoginCount) {
		clients[l.Client], total = true, total+l.Count
	}
	if len(clients) != 5 || total < 1000 {
		t.Errorf("%d logins from %v", total, clients)
	}
	counts, err := a.Mail.Counts(ctx)
	if err != nil || counts[mail.Held] < 5 || counts[mail.Cancelled] != 1 {
		t.Errorf("outbox %v %v", counts, err)
	}
	if err := s.Repair(ctx); err != nil {
		t.Error("repair:", err)
	}
	if again := summary(t, a); !reflect.DeepEqual(sum, again) {
		t.Error("a start repairs what is not broken")
	}
}

// TestTheSchoolYear checks the sample departments: programmes with tracks,
// competences and coefficients, semesters of the current year, students with a
// portrait and in groups, teachers, a timetable.
func TestTheSchoolYear(t *testing.T) {
	a := load(t)
	for query, want := range map[string]string{
		"SELECT count(*) FROM departements": "2",
		"SELECT count(*) FROM etudiants":    "120",
		"SELECT count(*) FROM photos":       "120",
		"SELECT count(*) FROM formsemestres WHERE date_debut BETWEEN '2025-08-01' AND '2026-07-31'": "3",
		"SELECT count(*) FROM niveaux":              "11",
		"SELECT count(*) FROM parcours":             "2",
		"SELECT count(*) > 20 FROM module_ue_coefs": "1",
		"SELECT count(*) FROM matieres m JOIN ues u ON u.id = m.ue_id JOIN formations f ON f.id = u.formation_id WHERE f.type_parcours <> 700": "8",
		// Each student is in a TD, a TP and the group of everybody, those of the BUT in a track too.
		"SELECT count(*) FROM etudiants e WHERE (SELECT count(*) FROM groupe_membres m JOIN partitions p ON p.id = m.partition_id JOIN formsemestres f ON f.id = p.formsemestre_id WHERE m.etudid = e.id AND f.date_debut BETWEEN '2025-08-01' AND '2025-12-31') <> CASE e.dept_id WHEN 1 THEN 4 ELSE 3 END": "0",
		"SELECT count(*) > 1500 FROM notes":                               "1",
		"SELECT count(*) > 100 FROM assiduites":                           "1",
		"SELECT count(*) > 20 FROM justificatifs":                         "1",
		"SELECT count(*) > 40 FROM validations":                           "1",
		"SELECT count(*) FROM formsemestres WHERE etat = 0":               "2",
		"SELECT count(*) FROM inscriptions WHERE parcours_id IS NOT NULL": "168",
		"SELECT count(*) FROM moduleimpls m WHERE NOT EXISTS (SELECT 1 FROM moduleimpl_enseignants e WHERE e.moduleimpl_id = m.id)": "0",
		"SELECT count(*) FROM accounts WHERE departement_id IS NOT NULL":                                                            "9",
	} {
		base, err := sql.Open("sqlite", db.FileURI(a.Store.Path())+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := base.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", query, got, err, want)
		}
		base.Close()
	}
	if _, err := os.Stat(filepath.Join(a.Data, appliance.TimetablesFolder, "info.ics")); err != nil {
		t.Error(err)
	}
}
