// Package projetstest makes the data that the examples of the published
// document suppose: owner 5, projects 1, 399 and 408, and who is in them.
package projetstest

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/identity"
	"intendant/internal/motdepasse"
	"intendant/internal/projets"
)

// The credential of the document's examples. The password is shorter than any
// that may be chosen.
const (
	AdminName     = "testadmin"
	AdminPassword = "testpw"
)

// Load fills an empty appliance:
//
//   - the owners 5 and 10, so that the next one is 11;
//   - project 1 in the database "north", 399 in "akl-test", 408 in "south";
//   - testadmin, who may do all that the wing knows;
//   - testuser, of project 1; oyvindb, whom the document adds to 408;
//     first.last, of 408; a.json, of none.
func Load(t testing.TB, a *appliance.Appliance) {
	t.Helper()
	Exec(t, a, `INSERT INTO owners (id, name, name_key, created_at) VALUES
		(5, 'Ville', 'ville', '2016-10-03T08:00:00.000Z'), (10, 'Région', 'region', '2016-10-03T08:00:00.000Z')`)
	for _, p := range []struct {
		id             int64
		database, name string
	}{{1, "north", "Clinique Nord"}, {399, "akl-test", "Bativo dev template"}, {408, "south", "Hôpital Sud"}} {
		Exec(t, a, "DELETE FROM sqlite_sequence WHERE name = 'projects'")
		Exec(t, a, "INSERT INTO sqlite_sequence (name, seq) VALUES ('projects', ?)", p.id-1)
		AddProject(t, a, p.database, p.name)
	}
	Exec(t, a, "UPDATE projects SET created_at = '2016-11-01T09:39:14.000Z', description = NULL")
	Exec(t, a, "UPDATE project_databases SET created_at = '2016-11-01T09:39:14.000Z'")
	AddAccount(t, a, AdminName, AdminPassword, projets.Admin)
	for _, u := range []projets.NewUser{
		user("oyvindb", "Øyvind", "Berg", "ob@bativo.example"), user("testuser", "Test", "User", "testuser@bativo.example"),
		user("first.last", "First", "Last", "first.last@bativo.example"), user("a.json", "A", "Json", "a@bativo.example"),
	} {
		if _, err := a.Projets.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	AddMember(t, a, "testuser", 1)
	AddMember(t, a, "first.last", 408)
	Exec(t, a, "UPDATE accounts SET created_at = '2016-10-03T08:00:00.000Z'")
	Exec(t, a, "UPDATE project_users SET created_at = '2016-11-02T08:00:00.000Z'")
}

func user(name, first, last, email string) projets.NewUser {
	return projets.NewUser{
		UserName: api.Some(name), FirstName: api.Some(first), LastName: api.Some(last), Email: api.Some(api.Email(email)),
	}
}

// AddProject makes a project of owner 5 in a new database.
func AddProject(t testing.TB, a *appliance.Appliance, database, name string) projets.Project {
	t.Helper()
	p, err := a.Projets.CreateProject(t.Context(), projets.NewProject{
		NewDB: api.Some(true), NewDBTemplate: api.Some("dev-template"), NewDBName: api.Some(database), Name: api.Some(name),
		Constructor: api.Some("Bativo AS"), Description: api.Some("Un essai"), OwnerID: api.Some(int64(5)), ProjectTypeID: api.Some(int64(1)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// AddUser makes a user whose names are his user name.
func AddUser(t testing.TB, a *appliance.Appliance, name string) {
	t.Helper()
	if _, err := a.Projets.CreateUser(t.Context(), user(name, "Zoé", name, name+"@bativo.example")); err != nil {
		t.Fatal(err)
	}
}

// AddMember adds a user to a project, without a mail.
func AddMember(t testing.TB, a *appliance.Appliance, name string, project int64) {
	t.Helper()
	addMember(t, a, projets.NewProjectUser{User: projets.NewUser{UserName: api.Some(name)}, ProjectID: api.Some(project)})
}

// AddSuperuser adds a user to a project, whose users he manages.
func AddSuperuser(t testing.TB, a *appliance.Appliance, name string, project int64) {
	t.Helper()
	addMember(t, a, projets.NewProjectUser{
		User: projets.NewUser{UserName: api.Some(name)}, ProjectID: api.Some(project), Membership: projets.Membership{Superuser: api.Some(true)},
	})
}

func addMember(t testing.TB, a *appliance.Appliance, in projets.NewProjectUser) {
	t.Helper()
	in.MailType = api.Some(projets.SkipEmail)
	if _, err := a.Projets.AddProjectUser(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// hashes are those of passwords, made once for all the tests of a program.
var hashes sync.Map

// AddAccount makes an account that holds these permissions, none for nothing.
func AddAccount(t testing.TB, a *appliance.Appliance, name, password string, permissions ...api.Permission) {
	t.Helper()
	n := identity.NewAccount{UserName: name, FirstName: "Zoé", LastName: name, Email: name + "@bativo.example"}
	if len(permissions) > 0 {
		role := "rôle de " + name
		change := identity.RoleChange{Name: &role}
		for _, p := range permissions {
			change.Add = append(change.Add, identity.PermissionRef{Name: string(p)})
		}
		made, err := a.Identity.CreateRole(t.Context(), change)
		if err != nil {
			t.Fatal(err)
		}
		n.RoleUUID = made.UUID
	}
	if _, err := a.Identity.CreateAccount(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	hash, ok := hashes.Load(password)
	if !ok {
		made, err := motdepasse.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		hash, _ = hashes.LoadOrStore(password, made)
	}
	Exec(t, a, "UPDATE accounts SET password_hash = ? WHERE user_name = ?", hash, name)
}

// Exec changes the base behind the services' back.
func Exec(t testing.TB, a *appliance.Appliance, query string, args ...any) {
	t.Helper()
	withBase(t, a, func(ctx context.Context, base *sql.DB) error {
		_, err := base.ExecContext(ctx, query, args...)
		return err
	})
}

// Value returns the single value that a query of the base gives.
func Value[T any](t testing.TB, a *appliance.Appliance, query string, args ...any) (v T) {
	t.Helper()
	withBase(t, a, func(ctx context.Context, base *sql.DB) error {
		return base.QueryRowContext(ctx, query, args...).Scan(&v)
	})
	return v
}

func withBase(t testing.TB, a *appliance.Appliance, do func(context.Context, *sql.DB) error) {
	t.Helper()
	base, err := sql.Open("sqlite", db.FileURI(a.Store.Path())+"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	if err := do(t.Context(), base); err != nil {
		t.Fatal(err)
	}
}

// Now is when the document was recorded, to the second.
func Now() time.Time { return time.Date(2016, 11, 28, 12, 22, 35, 0, time.UTC) }
