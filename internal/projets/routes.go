package projets

import (
	"bytes"
	"context"
	"strconv"
	"sync"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
)

// System returns the wing's table of routes.
func (s *Service) System() *api.System {
	sys := &api.System{
		Name: "projets", Title: "Intendant · projets", Version: "1.0.0", About: about,
		Dialect: &api.Rails{Taken: map[string]string{
			"email_taken": "email", "user_name_taken": "username", "matricule_taken": "username", "name_taken": "name",
		}},
	}
	for _, family := range [][]api.Route{
		s.projectRoutes(), s.ownerRoutes(), s.userRoutes(), s.databaseRoutes(), s.projectUserRoutes(), s.nodeRoutes(), s.emailRoutes(),
	} {
		sys.Routes = append(sys.Routes, family...)
	}
	sys.Routes = append(sys.Routes, documentRoutes(sys)...)
	return sys
}

// documentRoutes returns the entry of the OpenAPI document, which is built on
// first use, when the table is complete.
func documentRoutes(sys *api.System) []api.Route {
	text := sync.OnceValues(sys.OpenAPI)
	describe := func(context.Context, api.None) (api.File, error) {
		document, err := text()
		return api.File{ContentType: "application/json", Content: bytes.NewReader(document), Size: int64(len(document)), Inline: true}, err
	}
	return api.Family(
		"documentation",
		// The suffix .json of its address is that of a format.
		api.Get("openapi", api.Public, describe, "/projets/openapi").Doc("Document OpenAPI des projets.").Extension().Hidden(),
	)
}

// about heads the OpenAPI document.
const about = `Les projets, leurs propriétaires, leurs bases de données et leurs utilisateurs.

Chaque ressource répond en HTML, en XML et en JSON : ajoutez le suffixe .json ou .xml, ou envoyez Accept. Identifiez-vous par HTTP Basic, avec le compte des pages d'administration.`

// Number is the number of a row in a path. What is no number is the number of
// nothing: not found, rather than a fault.
type Number int64

// BindValue implements api.ValueBinder.
func (n *Number) BindValue(v jsonvalue.Value) *api.Problem {
	id, err := strconv.ParseInt(v.Text(), 10, 64)
	if err != nil || id < 0 {
		id = 0
	}
	*n = Number(id)
	return nil
}
