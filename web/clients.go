package web

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/parc"
	"intendant/internal/tableur"
)

const clientsPath = "/admin/clients"

// clientRoutes are the entries of the clients.
func (a *Admin) clientRoutes() []api.Route {
	return api.Family(
		"clients",
		api.Get("clients_page", parc.ClientsRead, a.clientsPage, clientsPath).Doc("Liste des clients."),
		api.Get("clients_export", parc.ClientsRead, a.exportClients, clientsPath+"/export").Doc("Liste des clients en CSV ou XLSX."),
		api.Get("client_new_page", parc.ClientsCreate, a.newClientPage, clientsPath+"/new").Doc("Formulaire d'un client."),
		api.Post("client_new", parc.ClientsCreate, a.createClient, clientsPath+"/new").Doc("Crée un client."),
		api.Get("client_page", parc.ClientsRead, a.clientPage, clientsPath+"/{id}").Doc("Un client et ses sites."),
		api.Get("client_edit_page", parc.ClientsUpdate, a.editClientPage, clientsPath+"/{id}/edit").Doc("Formulaire de modification d'un client."),
		api.Post("client_edit", parc.ClientsUpdate, a.updateClient, clientsPath+"/{id}/edit").Doc("Modifie un client."),
		api.Get("client_delete_page", parc.ClientsDelete, a.askDeleteClient, clientsPath+"/{id}/delete").Elevated().Doc("Demande s'il faut supprimer un client."),
		api.Post("client_delete", parc.ClientsDelete, a.deleteClient, clientsPath+"/{id}/delete").Elevated().Doc("Supprime un client sans site."),
	)
}

// clientsPageData is the list of clients.
type clientsPageData struct {
	List    listing
	Clients []parc.ClientSummary
}

// clientSearch is what the query of a list looks for, without a page.
func clientSearch(in listQuery) parc.ClientSearch {
	search := parc.ClientSearch{Text: in.Text}
	search.Sort, search.IsDescending = in.order("name", "code", "sites")
	return search
}

func (a *Admin) clientsPage(ctx context.Context, in listQuery) (api.Result, error) {
	search := clientSearch(in)
	search.Limit, search.Offset = pageSize, in.offset()
	clients, total, err := a.Parc.SearchClients(ctx, search)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "clients/list", clientsPageData{newListing(ctx, in, search.Sort, search.IsDescending, total), clients})
}

type clientExport struct {
	listQuery
	exportQuery
}

func (a *Admin) exportClients(ctx context.Context, in clientExport) (api.Result, error) {
	clients, _, err := a.Parc.SearchClients(ctx, clientSearch(in.listQuery))
	if err != nil {
		return nil, err
	}
	header := []string{"clients.nom", "clients.code", "clients.sites", "clients.created", "clients.id"}
	return export(ctx, in.Format, text(ctx, "clients.file"), header, a.clientRows(clients))
}

func (a *Admin) clientRows(clients []parc.ClientSummary) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, c := range clients {
			if !yield([]tableur.Cell{c.Nom, c.Code, c.Sites, c.CreatedAt.In(a.Location), c.ClientID}) {
				return
			}
		}
	}
}

type clientRef struct {
	ID string `path:"id"`
}

func (a *Admin) client(ctx context.Context, in clientRef) (parc.ClientSummary, error) {
	return a.Parc.Client(ctx, strings.ToLower(in.ID))
}

func clientPath(id string) string { return clientsPath + "/" + id }

// clientPageData is one client and the first of its sites, which only those
// who may read sites see.
type clientPageData struct {
	Client parc.ClientSummary
	Sites  []parc.SiteSummary
}

func (a *Admin) clientPage(ctx context.Context, in clientRef) (api.Result, error) {
	client, err := a.client(ctx, in)
	if err != nil {
		return nil, err
	}
	page := clientPageData{Client: client}
	if api.CallerFrom(ctx).Can(parc.SitesRead, "") {
		page.Sites, _, err = a.Parc.SearchSites(ctx, parc.SiteSearch{ClientID: client.ClientID, Limit: pageSize})
		if err != nil {
			return nil, err
		}
	}
	return a.show(ctx, "clients/detail", page)
}

// clientFormPage is the form of a new client, or of one to change.
type clientFormPage struct {
	Form   form
	Client parc.ClientSummary // the zero value for a new one
}

func (a *Admin) newClientPage(ctx context.Context, _ api.None) (api.Result, error) {
	return a.show(ctx, "clients/form", clientFormPage{Form: formWith()})
}

// typedName is a name as people type it: not blank, and without the blanks
// around it.
type typedName string

// BindValue implements api.ValueBinder.
func (n *typedName) BindValue(v jsonvalue.Value) *api.Problem {
	*n = typedName(strings.TrimSpace(v.Text()))
	if *n == "" {
		return &api.Problem{Code: "missing", Message: "Field required"}
	}
	return nil
}

type clientForm struct {
	api.Form
	Nom  typedName `form:"nom" maxlen:"200"`
	Code int64     `form:"code"`
}

func (a *Admin) createClient(ctx context.Context, in clientForm) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		var client parc.Client
		client, err = a.Parc.RegisterClient(ctx, parc.NewClient{Nom: string(in.Nom), Code: in.Code})
		if err == nil {
			return a.done(ctx, clientPath(client.ClientID), "clients.created_notice", client.Nom)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "clients/form", clientFormPage{Form: f})
}

func (a *Admin) editClientPage(ctx context.Context, in clientRef) (api.Result, error) {
	client, err := a.client(ctx, in)
	if err != nil {
		return nil, err
	}
	f := formWith("nom", client.Nom, "code", strconv.FormatInt(client.Code, 10))
	return a.show(ctx, "clients/form", clientFormPage{Form: f, Client: client})
}

type clientEdit struct {
	clientForm
	clientRef
}

func (a *Admin) updateClient(ctx context.Context, in clientEdit) (api.Result, error) {
	client, err := a.client(ctx, in.clientRef)
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(client.ClientID)
	if err != nil {
		return nil, err
	}
	if len(in.Faults) == 0 {
		_, err = a.Parc.UpdateClient(ctx, parc.ClientUpdate{ClientID: id, Nom: api.Some(string(in.Nom)), Code: api.Some(in.Code)})
		if err == nil {
			return a.done(ctx, clientPath(client.ClientID), "clients.saved", in.Nom)
		}
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "clients/form", clientFormPage{Form: f, Client: client})
}

func (a *Admin) askDeleteClient(ctx context.Context, in clientRef) (api.Result, error) {
	client, err := a.client(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "clients/delete", clientPageData{Client: client})
}

// deleteClient answers with the page of an error when the client has sites:
// its question did not offer to delete it.
func (a *Admin) deleteClient(ctx context.Context, in clientRef) (api.Result, error) {
	client, err := a.client(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := a.Parc.DeleteClient(ctx, client.ClientID); err != nil {
		return nil, err
	}
	return a.done(ctx, clientsPath, "clients.deleted", client.Nom)
}
