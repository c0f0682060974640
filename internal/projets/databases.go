package projets

import (
	"context"
	"os"
	"time"

	"intendant/internal/api"

	"intendant/db"
	"intendant/internal/errs"
	"intendant/internal/projets/bases"
)

// databaseRoutes are the entries of "/database".
func (s *Service) databaseRoutes() []api.Route {
	return api.Family(
		"database",
		api.Get("index", Read, s.indexDatabases, "/database").Doc("Liste les bases de données."),
		api.Get("show", Read, s.showDatabase, "/database/{dbname}").Doc("Montre une base, sa taille et ses projets."),
		api.Delete("destroy", Admin, s.destroyDatabase, "/database/{dbname}").Elevated().Doc("Met à la corbeille une base sans projet."),
		api.Get("disableall", Admin, s.disableAll, "/database/{dbname}/disableall").Acts().Doc("Désactive les utilisateurs des projets de la base."),
		api.Get("enableall", Admin, s.enableAll, "/database/{dbname}/enableall").Acts().Doc("Réactive les utilisateurs des projets de la base."),
		api.Get("kickall", Admin, s.kickAll, "/database/{dbname}/kickall").Acts().Doc("Déconnecte les utilisateurs des projets de la base."),
		api.Get("get_backup_now", Admin, s.backupNow, "/database/{dbname}/get_backup_now").Doc("Télécharge une copie cohérente de la base."),
	)
}

// DatabaseRef names a database in a path.
type DatabaseRef struct {
	Name string `path:"dbname"`
}

func (s *Service) indexDatabases(ctx context.Context, _ api.None) ([]Database, error) {
	return s.Databases(ctx)
}

func (s *Service) showDatabase(ctx context.Context, in DatabaseRef) (DatabaseView, error) {
	return s.Database(ctx, in.Name)
}

func (s *Service) destroyDatabase(ctx context.Context, in DatabaseRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteDatabase(ctx, in.Name)
}

func (s *Service) disableAll(ctx context.Context, in DatabaseRef) (DatabaseView, error) {
	return s.DisableAll(ctx, in.Name)
}

func (s *Service) enableAll(ctx context.Context, in DatabaseRef) (DatabaseView, error) {
	return s.EnableAll(ctx, in.Name)
}

func (s *Service) kickAll(ctx context.Context, in DatabaseRef) (DatabaseView, error) {
	return s.KickAll(ctx, in.Name)
}

func (s *Service) backupNow(ctx context.Context, in DatabaseRef) (api.File, error) {
	b, err := s.BackupDatabase(ctx, in.Name)
	if err != nil {
		return api.File{}, err
	}
	info, err := b.File.Stat()
	if err != nil {
		b.File.Close()
		return api.File{}, err
	}
	return api.File{Name: b.Name, ContentType: "application/octet-stream", Content: b.File, Size: info.Size()}, nil
}

// Database is a project database: the keys of the contract, and what pages
// show besides.
type Database struct {
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
	ID        string    `json:"id"` // the name
	Name      string    `json:"name"`
	OwnerID   *int64    `json:"owner_id"` // null for the built-in template

	IsMissing bool `json:"-"` // its file is not there
	IsBuiltIn bool `json:"-"` // it is the template that cannot be deleted
	// Bytes the files take, and the number of projects in it.
	Bytes        int64 `json:"-"`
	ProjectCount int   `json:"-"`
}

// RailsRoot is the database's name in the contract.
func (Database) RailsRoot() string { return "database" }

// DatabaseView is a database alone.
type DatabaseView struct {
	Active    bool              `json:"active"`
	CreatedAt time.Time         `json:"created_at"`
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	OwnerID   *int64            `json:"owner_id"`
	Projects  []DatabaseProject `json:"projects"`
	Size      int64             `json:"size"` // bytes

	IsMissing bool `json:"-"`
	IsBuiltIn bool `json:"-"`
}

// RailsRoot is the database's name in the contract.
func (DatabaseView) RailsRoot() string { return "database" }

// DatabaseProject is a project as its database lists it.
type DatabaseProject struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	No   string `json:"no"`
}

var errDatabaseUnknown = errs.New(errs.NotFound, "database_unknown", "Not Found")

// ready returns the row of a database that can be used, or NotFound.
func ready(ctx context.Context, q *db.Queries, name string) (db.ProjectDatabase, error) {
	row, err := q.ReadyDatabase(ctx, db.ReadyDatabaseParams{Name: name, NameKey: databaseKey(name)})
	return row, db.NotFound(err, errDatabaseUnknown.Code, errDatabaseUnknown.Message)
}

// Databases returns all databases by name.
func (s *Service) Databases(ctx context.Context) ([]Database, error) {
	q := s.Store.Read()
	rows, err := q.ReadyDatabases(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	projects, err := q.ProjectsOfDatabases(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, err
	}
	count := map[int64]int{}
	for _, p := range projects {
		count[p.DatabaseID]++
	}
	list := make([]Database, len(rows))
	for i, row := range rows {
		list[i] = Database{
			Active: row.Active, CreatedAt: row.CreatedAt.Time, ID: row.Name, Name: row.Name, OwnerID: row.OwnerID,
			IsMissing: !s.Bases.Exists(row.Name), IsBuiltIn: row.Name == bases.Template,
			Bytes: s.Bases.Size(row.Name), ProjectCount: count[row.ID],
		}
	}
	return list, nil
}

// Database returns a database with its projects, or NotFound.
func (s *Service) Database(ctx context.Context, name string) (DatabaseView, error) {
	q := s.Store.Read()
	row, err := ready(ctx, q, name)
	if err != nil {
		return DatabaseView{}, err
	}
	projects, err := q.ProjectsOfDatabases(ctx, db.JSONList(row.ID))
	if err != nil {
		return DatabaseView{}, err
	}
	view := DatabaseView{
		Active: row.Active, CreatedAt: row.CreatedAt.Time, ID: row.Name, Name: row.Name, OwnerID: row.OwnerID,
		Projects: make([]DatabaseProject, len(projects)), Size: s.Bases.Size(name),
		IsMissing: !s.Bases.Exists(name), IsBuiltIn: name == bases.Template,
	}
	for i, p := range projects {
		view.Projects[i] = DatabaseProject{p.ID, p.Name, p.No}
	}
	return view, nil
}

// EnableAll lets the users of a database's projects in again; NotFound for an
// unknown database.
func (s *Service) EnableAll(ctx context.Context, name string) (DatabaseView, error) {
	return s.setEnabled(ctx, name, true, "database.enableall")
}

// DisableAll keeps the users of a database's projects out of them; NotFound
// for an unknown database.
func (s *Service) DisableAll(ctx context.Context, name string) (DatabaseView, error) {
	return s.setEnabled(ctx, name, false, "database.disableall")
}

func (s *Service) setEnabled(ctx context.Context, name string, enabled bool, action string) (DatabaseView, error) {
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := ready(ctx, q, name)
		if err != nil {
			return err
		}
		n, err := q.EnableProjectUsers(ctx, db.EnableProjectUsersParams{Enabled: enabled, DatabaseID: row.ID})
		if err != nil {
			return err
		}
		return s.recordDatabase(ctx, q, action, name, nil, map[string]any{"users": n})
	})
	if err != nil {
		return DatabaseView{}, err
	}
	return s.Database(ctx, name)
}

// KickAll ends every session and token of every user of a database's projects;
// NotFound for an unknown database. They may sign in again.
func (s *Service) KickAll(ctx context.Context, name string) (DatabaseView, error) {
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := ready(ctx, q, name)
		if err != nil {
			return err
		}
		ids, err := q.AccountsOfDatabase(ctx, row.ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.Identity.EndWithin(ctx, q, id); err != nil {
				return err
			}
		}
		return s.recordDatabase(ctx, q, "database.kickall", name, nil, map[string]any{"users": len(ids)})
	})
	if err != nil {
		return DatabaseView{}, err
	}
	return s.Database(ctx, name)
}

// Backup is a copy of a database to download.
type Backup struct {
	// File is the copy, open at its start and without a name; the caller
	// closes it, and it is gone.
	File *os.File
	Name string // "north-20260302101500.backup"
}

// BackupDatabase returns a consistent copy of a database as it is now;
// NotFound for an unknown one.
func (s *Service) BackupDatabase(ctx context.Context, name string) (Backup, error) {
	release, err := s.Bases.Share(ctx)
	if err != nil {
		return Backup{}, err
	}
	defer release()
	if _, err := ready(ctx, s.Store.Read(), name); err != nil {
		return Backup{}, err
	}
	file, err := s.Bases.Backup(ctx, name)
	if err != nil {
		return Backup{}, err
	}
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		return s.recordDatabase(ctx, q, "database.backup", name, nil, nil)
	})
	if err != nil {
		file.Close()
		return Backup{}, err
	}
	return Backup{File: file, Name: name + "-" + s.Now().UTC().Format("20060102150405") + ".backup"}, nil
}

func (s *Service) recordDatabase(ctx context.Context, q *db.Queries, action, name string, before, after any) error {
	return s.record(ctx, q, action, "database", name, name, before, after)
}
