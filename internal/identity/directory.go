package identity

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/plier"
)

func accountUnknown(err error) error { return db.NotFound(err, "account_unknown", "User not found") }

// Account returns an account, or NotFound.
func (s *Service) Account(ctx context.Context, id int64) (Account, error) {
	return s.AccountWithin(ctx, s.Store.Read(), id)
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
	Departements  []string // those it belongs to, "" for none; nil means all
	Start         string   // of its last name, however it is accented
	Sort          string   // "", name, user_name, matricule, last_seen
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
	departements := ""
	if query.Departements != nil {
		departements = textList(query.Departements)
	}
	start := plier.Key(query.Start)
	rows, err := q.Accounts(ctx, db.AccountsParams{
		Text: key, Mail: mail, Active: active, RoleUUID: query.RoleUUID, Departements: departements, Start: start,
		Sort: query.Sort, Descending: descending, RowLimit: limit, RowOffset: query.Offset,
	})
	if err != nil {
		return nil, 0, err
	}
	total := int64(len(rows))
	if query.Limit > 0 {
		total, err = q.CountAccountsMatching(ctx, db.CountAccountsMatchingParams{
			Text: key, Mail: mail, Active: active, RoleUUID: query.RoleUUID, Departements: departements, Start: start,
		})
		if err != nil {
			return nil, 0, err
		}
	}
	accounts, err := withGrants(ctx, q, rows)
	return accounts, total, err
}

// textList is a JSON list of texts.
func textList(texts []string) string {
	list, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(list)
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

// withGrants turns rows into accounts with two queries in all, three when some
// of them belong to a department.
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
	acronyms, err := acronymsOf(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	accounts := make([]Account, len(rows))
	for i, row := range rows {
		accounts[i] = accountOf(row)
		accounts[i].Grants = held[row.ID]
		if row.DepartementID != nil {
			accounts[i].Departement = acronyms[*row.DepartementID]
		}
	}
	return accounts, nil
}

// acronymsOf returns the acronyms of the departments that accounts belong to.
func acronymsOf(ctx context.Context, q *db.Queries, accounts []db.Account) (map[int64]string, error) {
	var ids []int64
	for _, row := range accounts {
		if row.DepartementID != nil {
			ids = append(ids, *row.DepartementID)
		}
	}
	if ids == nil {
		return nil, nil
	}
	slices.Sort(ids)
	rows, err := q.AcronymsIn(ctx, db.JSONList(slices.Compact(ids)...))
	acronyms := map[int64]string{}
	for _, row := range rows {
		acronyms[row.ID] = row.Acronym
	}
	return acronyms, err
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
	if row.PasswordChangedAt != nil {
		a.PasswordChangedAt = &row.PasswordChangedAt.Time
	}
	if row.ExpiresAt != nil {
		a.ExpiresAt = &row.ExpiresAt.Time
	}
	if row.EdtID != nil {
		a.EdtID = *row.EdtID
	}
	return a
}

// Departements returns the acronyms of the departments, in order.
func (s *Service) Departements(ctx context.Context) ([]string, error) {
	return s.Store.Read().DepartementAcronyms(ctx)
}
