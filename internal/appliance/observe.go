package appliance

import (
	"net/http"

	"intendant/internal/api"
	"intendant/internal/apidocs"
	"intendant/internal/metriques"
	"intendant/internal/scolarite"
)

// documents are the pages that show the wings' OpenAPI documents.
var documents = []apidocs.Document{
	{Prefix: "/docs", URL: "/openapi.json", Title: "Parc"},
	{Prefix: "/projets/docs", URL: "/projets/openapi.json", Title: "Projets"},
	{Prefix: scolarite.InteractivePath, URL: scolarite.OpenAPIPath, Title: "Scolarité", Reference: scolarite.ReferencePath},
}

// observedRoutes returns the entries that show the appliance to those who
// write programs for it, and to those who watch it.
func (a *Appliance) observedRoutes() []api.Route {
	return append(apidocs.Routes(documents...), a.Metrics.Routes(a.Logger)...)
}

// newMetrics returns the counters of this appliance.
func (a *Appliance) newMetrics() *metriques.Metrics {
	return metriques.New(metriques.Config{Version: a.Version, Base: a.Store})
}

// Counted returns a handler that also counts the requests under way in
// server, which a server tells of only once they are answered.
func (a *Appliance) Counted(server *api.Server) http.Handler { return a.Metrics.Middleware(server) }
