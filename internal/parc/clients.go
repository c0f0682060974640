package parc

import (
	"context"
	"time"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// clientRoutes are ours: the document names clients but cannot make one.
func (s *Service) clientRoutes() []api.Route {
	return api.Family(
		"clients",
		api.Post("register_new_client", ClientsCreate, s.RegisterClient, "/clients/register").Doc("Register New Client").Extension().
			Describe("Enregistre un client, propriétaire de sites. Son code est unique."),
		api.Get("all_clients", ClientsRead, s.allClients, "/clients/all").Doc("All Clients").Extension().
			Describe("Liste les clients."),
		api.Put("update_client", ClientsUpdate, s.UpdateClient, "/clients/update").Doc("Update Client").Extension().
			Describe("Modifie un client : seuls les champs envoyés changent."),
		api.Delete("delete_client", ClientsDelete, s.deleteClient, "/clients/{client_id}").Doc("Delete Client").Extension().
			Describe("Supprime un client qui n'a plus de site."),
	)
}

// Client is a customer who owns sites.
type Client struct {
	ClientID  string        `json:"client_id"`
	Nom       string        `json:"nom"`
	Code      int64         `json:"code"`
	Timestamp api.NaiveTime `json:"timestamp"`
}

// NewClient is a client to register.
type NewClient struct {
	Nom  string `json:"nom" minlen:"1"`
	Code int64  `json:"code"`
}

// ClientUpdate is what to change of a client.
type ClientUpdate struct {
	ClientID uuid.UUID       `json:"client_id"`
	Nom      api.Opt[string] `json:"nom" minlen:"1"`
	Code     api.Opt[int64]  `json:"code"`
}

type clientRef struct {
	ClientID uuid.UUID `path:"client_id"`
}

var errCodeTaken = errs.New(errs.Conflict, "code_taken", "Client code already exists")

func clientUnknown(err error) error { return db.NotFound(err, "client_unknown", "Client not found") }

func clientOf(row db.Client) Client {
	return Client{ClientID: row.ClientID, Nom: row.Nom, Code: row.Code, Timestamp: api.NaiveTime{Time: row.CreatedAt.Time}}
}

// RegisterClient adds a client and returns it. A code that another client has
// is a Conflict.
func (s *Service) RegisterClient(ctx context.Context, in NewClient) (Client, error) {
	var client Client
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AddClient(ctx, db.AddClientParams{
			ClientID: uuid.NewString(), Nom: in.Nom, NomKey: plier.Key(in.Nom), Code: in.Code, CreatedAt: db.At(s.now()),
		})
		if err != nil {
			return clientClash(err)
		}
		client = clientOf(row)
		return s.record(ctx, q, "client.create", "client", client.ClientID, client.Nom, nil, client)
	})
	return client, err
}

func (s *Service) allClients(ctx context.Context, _ api.None) ([]Client, error) {
	rows, err := s.store.Read().Clients(ctx)
	if err != nil {
		return nil, err
	}
	clients := make([]Client, len(rows))
	for i, row := range rows {
		clients[i] = clientOf(row)
	}
	return clients, nil
}

// UpdateClient changes what was sent of a client and returns it as it is then.
// NotFound if there is no such client; a code that another one has is a
// Conflict.
func (s *Service) UpdateClient(ctx context.Context, in ClientUpdate) (Client, error) {
	var after Client
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Client(ctx, in.ClientID.String())
		if err != nil {
			return clientUnknown(err)
		}
		before := clientOf(row)
		after = before
		sent(&after.Nom, in.Nom)
		sent(&after.Code, in.Code)
		err = q.UpdateClient(ctx, db.UpdateClientParams{Nom: after.Nom, NomKey: plier.Key(after.Nom), Code: after.Code, ClientID: after.ClientID})
		if err != nil {
			return clientClash(err)
		}
		return s.record(ctx, q, "client.update", "client", after.ClientID, after.Nom, before, after)
	})
	return after, err
}

func (s *Service) deleteClient(ctx context.Context, in clientRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteClient(ctx, in.ClientID.String())
}

// DeleteClient removes a client without sites. NotFound if there is no such
// client; with sites it is a Conflict.
func (s *Service) DeleteClient(ctx context.Context, id string) error {
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Client(ctx, id)
		if err != nil {
			return clientUnknown(err)
		}
		sites, err := q.CountSitesOfClient(ctx, row.ClientID)
		if err != nil {
			return err
		}
		if sites > 0 {
			return inUse("client_in_use", "Client is in use")
		}
		if _, err := q.DeleteClient(ctx, row.ClientID); err != nil {
			return err
		}
		return s.record(ctx, q, "client.delete", "client", row.ClientID, row.Nom, clientOf(row), nil)
	})
}

func clientClash(err error) error {
	if column, ok := db.UniqueColumn(err); ok && column == "clients.code" {
		return errCodeTaken
	}
	return err
}

// ClientSummary is a client as a list shows it.
type ClientSummary struct {
	ClientID, Nom string
	Code          int64
	Sites         int64 // how many it has
	CreatedAt     time.Time
}

// ClientSearch says which clients to look for, and how to sort them.
type ClientSearch struct {
	Text          string // in the name, without regard to accents, or the whole code
	Sort          string // "name", also for any other value, "code", "sites"
	IsDescending  bool
	Limit, Offset int64 // Limit 0 means all
}

// SearchClients returns a page of the clients that match, and how many match
// in all.
func (s *Service) SearchClients(ctx context.Context, search ClientSearch) ([]ClientSummary, int64, error) {
	var clients []ClientSummary
	var total int64
	limit, descending := searchOrder(search.Limit, search.IsDescending)
	text := plier.Key(search.Text)
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		rows, err := q.SearchClients(ctx, db.SearchClientsParams{
			Text: text, Sort: search.Sort, Descending: descending, RowLimit: limit, RowOffset: search.Offset,
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			clients = append(clients, ClientSummary{row.ClientID, row.Nom, row.Code, row.Sites, row.CreatedAt.Time})
		}
		total, err = q.CountClients(ctx, text)
		return err
	})
	return clients, total, err
}

// Client returns one client. NotFound if there is no such client.
func (s *Service) Client(ctx context.Context, id string) (ClientSummary, error) {
	var client ClientSummary
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Client(ctx, id)
		if err != nil {
			return clientUnknown(err)
		}
		sites, err := q.CountSitesOfClient(ctx, id)
		client = ClientSummary{row.ClientID, row.Nom, row.Code, sites, row.CreatedAt.Time}
		return err
	})
	return client, err
}

// searchOrder turns the limit and the direction of a search into what the
// queries take.
func searchOrder(limit int64, isDescending bool) (rowLimit, descending int64) {
	if limit == 0 {
		limit = -1
	}
	if isDescending {
		descending = 1
	}
	return limit, descending
}
