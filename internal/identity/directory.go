package identity

import (
	"context"
	"strings"

	"intendant/db"
	"intendant/internal/plier"
)

func accountUnknown(err error) error { return db.NotFound(err, "account_unknown", "User not found") }

// Account returns an account, or NotFound.
func (s *Service) Account(ctx context.Context, id int64) (Account, error) {
	row, err := s.Store.Read().AccountByID(ctx, id)
	return one(ctx, s.Store.Read(), row, err)
}

// AccountByUUID returns an account, or NotFound.
func (s *Service) AccountByUUID(ctx context.Context, id string) (Account, error) {
	row, err := s.Store.Read().AccountByUUID(ctx, id)
	return one(ctx, s.Store.Read(), row, err)
}

// AccountByUserName returns an account, or NotFound.
func (s *Service) AccountByUserName(ctx context.Context, name string) (Account, error) {
	row, err := s.Store.Read().AccountByUserName(ctx, name)
	return one(ctx, s.Store.Read(), row, err)
}

// AccountByMatricule returns an account, or NotFound.
func (s *Service) AccountByMatricule(ctx context.Context, matricule int64) (Account, error) {
	row, err := s.Store.Read().AccountByMatricule(ctx, matricule)
	return one(ctx, s.Store.Read(), row, err)
}

// AccountQuery chooses accounts. The zero value means all, by UUID.
type AccountQuery struct {
	Text          string // in names, user name, e-mail or matricule
	RoleUUID      string
	Active        *bool
	Sort          string // "", name, user_name, matricule, last_seen
	IsDescending  bool
	Limit, Offset int64 // Limit 0 means all
}

// Accounts returns a page of accounts and how many match in all.
func (s *Service) Accounts(ctx context.Context, query AccountQuery) ([]Account, int64, error) {
	active := int64(-1)
	if query.Active != nil {
		active = 0
		if *query.Active {
			active = 1
		}
	}
	limit := query.Limit
	if limit == 0 {
		limit = -1
	}
	descending := int64(0)
	if query.IsDescending {
		descending = 1
	}
	q := s.Store.Read()
	// Names are kept folded, e-mails in lower case: each is looked for as it
	// is kept.
	key, mail := plier.Key(query.Text), emailKey(strings.TrimSpace(query.Text))
	rows, err := q.Accounts(ctx, db.AccountsParams{
		Text: key, Mail: mail, Active: active, RoleUUID: query.RoleUUID,
		Sort: query.Sort, Descending: descending, RowLimit: limit, RowOffset: query.Offset,
	})
	if err != nil {
		return nil, 0, err
	}
	total := int64(len(rows))
	if query.Limit > 0 {
		if total, err = q.CountAccountsMatching(ctx, db.CountAccountsMatchingParams{Text: key, Mail: mail, Active: active, RoleUUID: query.RoleUUID}); err != nil {
			return nil, 0, err
		}
	}
	accounts, err := withGrants(ctx, q, rows)
	return accounts, total, err
}

func one(ctx context.Context, q *db.Queries, row db.Account, err error) (Account, error) {
	if err != nil {
		return Account{}, accountUnknown(err)
	}
	accounts, err := withGrants(ctx, q, []db.Account{row})
	if err != nil {
		return Account{}, err
	}
	return accounts[0], nil
}

// withGrants turns rows into accounts with two queries in all.
func withGrants(ctx context.Context, q *db.Queries, rows []db.Account) ([]Account, error) {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	grants, err := q.GrantsOf(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, err
	}
	held := map[int64][]Grant{}
	for _, g := range grants {
		held[g.AccountID] = append(held[g.AccountID], Grant{ID: g.ID, RoleUUID: g.RoleUUID, RoleName: g.RoleName, Departement: g.Departement, Primary: g.IsPrimary})
	}
	accounts := make([]Account, len(rows))
	for i, row := range rows {
		accounts[i] = accountOf(row)
		accounts[i].Grants = held[row.ID]
	}
	return accounts, nil
}

func accountOf(row db.Account) Account {
	a := Account{
		ID: row.ID, UUID: row.UUID, UserName: row.UserName, Matricule: row.Matricule,
		FirstName: row.FirstName, LastName: row.LastName, Active: row.Active, HasPassword: row.PasswordHash != nil,
		CreatedAt: row.CreatedAt.Time, UpdatedAt: row.UpdatedAt.Time,
	}
	if row.Email != nil {
		a.Email = *row.Email
	}
	if row.LastSeenAt != nil {
		a.LastSeenAt = &row.LastSeenAt.Time
	}
	return a
}

// Departements returns the acronyms of the departments, in order.
func (s *Service) Departements(ctx context.Context) ([]string, error) {
	return s.Store.Read().DepartementAcronyms(ctx)
}
