package scolarite

import (
	"bytes"
	"context"
	"sync"

	"intendant/internal/api"
	"intendant/internal/scolarite/reference"
)

// The documents of the wing: the page to read, the OpenAPI document, and the
// page, of the site, where the API is tried out.
const (
	ReferencePath   = Base + referencePath
	OpenAPIPath     = Base + openAPIPath
	InteractivePath = "/ScoDoc/docs"
)

// Where the wing's own documents are, below its base.
const (
	referencePath = "/doc"
	openAPIPath   = "/openapi.json"
)

// documentRoutes are the entries of the documents, which are made on first use,
// when the table is complete. Neither fails but by a fault of the program.
func (s *Service) documentRoutes(sys *api.System) []api.Route {
	text := sync.OnceValues(sys.OpenAPI)
	describe := func(context.Context, api.None) (api.File, error) {
		document, err := text()
		return api.File{ContentType: "application/json", Content: bytes.NewReader(document), Size: int64(len(document)), Inline: true}, err
	}
	page := reference.New(reference.Config{
		System: sys, Path: referencePath, Document: openAPIPath, Interactive: InteractivePath, Exemples: exemples(),
		IsProduction: s.Wire == Production,
	})
	return api.Family(
		"documentation",
		api.Get("openapi", api.Public, describe, openAPIPath).Doc("Document OpenAPI de la scolarité.").Extension().Hidden(),
		api.Get("doc", api.Public, page.Show, referencePath).Doc("Référence de l'API ScoDoc.").Extension().Hidden(),
	)
}
