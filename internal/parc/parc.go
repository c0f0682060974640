// Package parc is the registry of client sites and their equipment: the
// FastAPI contract with Bearer tokens.
//
// Quirks of the contract, kept: every list is in the order of its UUID; POST
// answers 200; an unknown permission is 404; a null in an update counts as not
// sent; times are UTC without a zone.
package parc

import (
	"context"
	"sync"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/audit"
	"intendant/internal/coffre"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// The permissions of the wing.
const (
	UsersRead         api.Permission = "users:read"
	UsersCreate       api.Permission = "users:create"
	UsersUpdate       api.Permission = "users:update"
	UsersDelete       api.Permission = "users:delete"
	RolesRead         api.Permission = "roles:read"
	RolesCreate       api.Permission = "roles:create"
	RolesUpdate       api.Permission = "roles:update"
	RolesDelete       api.Permission = "roles:delete"
	SitesRead         api.Permission = "client_site:read"
	SitesCreate       api.Permission = "client_site:create"
	SitesUpdate       api.Permission = "client_site:update"
	SitesDelete       api.Permission = "client_site:delete"
	EquipementsRead   api.Permission = "equipements:read"
	EquipementsCreate api.Permission = "equipements:create"
	EquipementsUpdate api.Permission = "equipements:update"
	EquipementsDelete api.Permission = "equipements:delete"
	EquipementsSecret api.Permission = "equipements:secret"
	ClientsRead       api.Permission = "clients:read"
	ClientsCreate     api.Permission = "clients:create"
	ClientsUpdate     api.Permission = "clients:update"
	ClientsDelete     api.Permission = "clients:delete"
)

// Service answers for the registry.
type Service struct {
	store    *db.Store
	keys     *coffre.Coffre
	identity *identity.Service
	now      func() time.Time
	imports  importRuns
	pages    db.KeptBy[pages, *equipementRows]
}

// New returns the service; now is the clock, nil for time.Now.
func New(store *db.Store, keys *coffre.Coffre, id *identity.Service, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: store, keys: keys, identity: id, now: now}
}

// about heads the wing's OpenAPI document.
const about = `Le registre des sites clients et de leurs équipements, avec les comptes et les rôles de ceux qui s'en servent.

**Obtenir un jeton.** Envoyer le nom d'utilisateur et le mot de passe d'un compte à ` + "`POST /auth/login`" + ` (formulaire OAuth 2.0, ` + "`grant_type=password`" + `), puis joindre le jeton reçu à chaque requête : ` + "`Authorization: Bearer <access_token>`" + `. ` + "`POST /auth/refresh`" + ` échange, une seule fois, le ` + "`refresh_token`" + ` contre une nouvelle paire ; ` + "`POST /auth/logout`" + ` met fin à tous les jetons nés de la même connexion. L'authentification HTTP Basic d'un compte ouvre les mêmes entrées.

Chaque entrée demande une permission, que les rôles du compte accordent : sans jeton valable la réponse est 401, sans la permission 403. Les heures sont en UTC, sans fuseau.`

// System returns the wing's table of routes.
func (s *Service) System() *api.System {
	var routes []api.Route
	for _, family := range [][]api.Route{
		s.userRoutes(), s.roleRoutes(), s.siteRoutes(), s.equipementRoutes(), s.authRoutes(), s.clientRoutes(),
	} {
		routes = append(routes, family...)
	}
	sys := &api.System{Name: "parc", Dialect: api.FastAPI{}, Title: "Intendant · parc", Version: "1.0.0", About: about}
	// The document is built on first use, when the table is complete.
	openAPI := sync.OnceValues(sys.OpenAPI)
	describe := func(context.Context, api.None) (document, error) { return openAPI() }
	sys.Routes = append(routes, api.Family(
		"documentation",
		api.Get("openapi", api.Public, describe, "/openapi.json").Doc("Openapi").Extension().Hidden(),
	)...)
	return sys
}

// document is JSON that was written once.
type document []byte

// AppendJSON implements api.JSONAppender.
func (d document) AppendJSON(dst []byte) []byte { return append(dst, d...) }

// pages of a list, as FastAPI's pagination asks for them.
type pages struct {
	Page int64 `query:"page" default:"1" ge:"1" dep:"true"`
	Size int64 `query:"size" default:"50" ge:"1" le:"100" dep:"true"`
}

// offset of the page, far beyond any list when the product would not fit.
func (p pages) offset() int64 {
	if p.Page > 1<<40 {
		return 1 << 50
	}
	return (p.Page - 1) * p.Size
}

// Page is one page of a list.
type Page[T api.JSONAppender] struct {
	Items []T   `json:"items"`
	Total int64 `json:"total"`
	Page  int64 `json:"page"`
	Size  int64 `json:"size"`
	Pages int64 `json:"pages"`
}

func pageOf[T api.JSONAppender](items []T, total int64, p pages) Page[T] {
	return Page[T]{Items: items, Total: total, Page: p.Page, Size: p.Size, Pages: (total + p.Size - 1) / p.Size}
}

// mask is what stands for a password that is not shown; sent back in an
// update, it changes nothing.
const mask = audit.Masked

// sent returns the value of an optional field of an update.
func sent[T any](dst *T, o api.Opt[T]) {
	if v, ok := o.Get(); ok {
		*dst = v
	}
}

// record writes a line of the journal about one object.
func (s *Service) record(ctx context.Context, q *db.Queries, action, kind, id, name string, before, after any) error {
	return audit.Record(ctx, q, s.now(), audit.Entry{Action: action, ObjectType: kind, ObjectID: id, ObjectName: name, Before: before, After: after})
}

func inUse(code, message string) error { return errs.New(errs.Conflict, code, message) }
