package web

import (
	"context"

	"intendant/internal/api"
	"intendant/internal/apidocs"
	"intendant/internal/scolarite"
)

// scodocRoutes are the entries at the address that clients of ScoDoc are given.
func (a *Admin) scodocRoutes() []api.Route {
	return api.Family(
		"scolarité",
		api.Get("scodoc_page", api.Public, a.scodocPage, "/ScoDoc", "/ScoDoc/").Doc("Ce qui répond à cette adresse, et ses documents."),
	)
}

// scodocPage says what answers at the address that clients of ScoDoc are given.
// They ask for it by HEAD to see whether the server is there.
type scodocPage struct {
	Address  string // of this server, as the reader wrote it
	Document apidocs.Document
	Wire     scolarite.Wire
}

func (a *Admin) scodocPage(ctx context.Context, _ api.None) (api.Result, error) {
	page := scodocPage{Address: api.RequestFrom(ctx).PublicURL(), Wire: a.Scolarite.Wire}
	for _, d := range a.Documents {
		if d.URL == scolarite.OpenAPIPath {
			page.Document = d
		}
	}
	return a.show(ctx, "scodoc/scodoc", page)
}
