package projets

import (
	"context"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/plier"
)

// ownerRoutes are the entries of "/owners".
func (s *Service) ownerRoutes() []api.Route {
	return api.Family(
		"owners",
		api.Get("index", Read, s.indexOwners, "/owners").Doc("Liste les propriétaires."),
		api.Get("show", Read, s.showOwner, "/owners/{id}").Doc("Montre un propriétaire."),
		api.Post("create", Admin, s.createOwner, "/owners").Doc("Crée un propriétaire."),
		api.Patch("update", Admin, s.updateOwner, "/owners/{id}").Doc("Modifie un propriétaire."),
		api.Delete("destroy", Admin, s.destroyOwner, "/owners/{id}").Elevated().Doc("Supprime un propriétaire sans projet ni base."),
	)
}

// OwnerRef names an owner in a path.
type OwnerRef struct {
	ID Number `path:"id"`
}

// OwnerBody is the body of a new owner.
type OwnerBody struct {
	Owner OwnerPatch `json:"owner" root:"true"`
}

// OwnerChange is what to change of an owner.
type OwnerChange struct {
	OwnerRef
	OwnerBody
}

func (s *Service) indexOwners(ctx context.Context, _ api.None) ([]Owner, error) { return s.Owners(ctx) }

func (s *Service) showOwner(ctx context.Context, in OwnerRef) (Owner, error) {
	return s.Owner(ctx, int64(in.ID))
}

func (s *Service) createOwner(ctx context.Context, in OwnerBody) (api.Created[Owner], error) {
	owner, err := s.CreateOwner(ctx, in.Owner)
	return api.Created[Owner]{Value: owner, Location: "/owners/" + strconv.FormatInt(owner.ID, 10)}, err
}

func (s *Service) updateOwner(ctx context.Context, in OwnerChange) (api.NoContent, error) {
	_, err := s.UpdateOwner(ctx, int64(in.ID), in.Owner)
	return api.NoContent{}, err
}

func (s *Service) destroyOwner(ctx context.Context, in OwnerRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteOwner(ctx, int64(in.ID))
}

// Owner is who projects and databases belong to.
type Owner struct {
	Address        *string `json:"address"`
	BillingAddress *string `json:"billing_address"`
	Contact        *string `json:"contact"`
	ID             int64   `json:"id"`
	Image          *string `json:"image"`
	Name           string  `json:"name"`
	Network        *string `json:"network"`
	Note           *string `json:"note"`
	TechContact    *string `json:"tech_contact"`
}

// RailsRoot is the owner's name in the contract.
func (Owner) RailsRoot() string { return "owner" }

// OwnerPatch is what to set of an owner: null clears a text, and the name
// cannot be cleared.
type OwnerPatch struct {
	Address        api.Opt[string] `json:"address"`
	BillingAddress api.Opt[string] `json:"billing_address"`
	Contact        api.Opt[string] `json:"contact"`
	Image          api.Opt[string] `json:"image"`
	Name           api.Opt[string] `json:"name"`
	Network        api.Opt[string] `json:"network"`
	Note           api.Opt[string] `json:"note"`
	TechContact    api.Opt[string] `json:"tech_contact"`
}

func (p OwnerPatch) apply(o *Owner) error {
	var f faults
	f.text("name", &o.Name, p.Name, maxName)
	f.optionalText("address", &o.Address, p.Address, maxText)
	f.optionalText("billing_address", &o.BillingAddress, p.BillingAddress, maxText)
	f.optionalText("contact", &o.Contact, p.Contact, maxText)
	f.optionalText("image", &o.Image, p.Image, maxText)
	f.optionalText("network", &o.Network, p.Network, maxText)
	f.optionalText("note", &o.Note, p.Note, maxText)
	f.optionalText("tech_contact", &o.TechContact, p.TechContact, maxText)
	return f.err()
}

func ownerOf(row db.Owner) Owner {
	return Owner{
		ID: row.ID, Name: row.Name, Address: row.Address, BillingAddress: row.BillingAddress, Contact: row.Contact,
		Image: row.Image, Network: row.Network, Note: row.Note, TechContact: row.TechContact,
	}
}

func ownerUnknown(err error) error { return db.NotFound(err, "owner_unknown", "Not Found") }

// Owners returns all owners by name.
func (s *Service) Owners(ctx context.Context) ([]Owner, error) {
	rows, err := s.Store.Read().Owners(ctx)
	if err != nil {
		return nil, err
	}
	owners := make([]Owner, len(rows))
	for i, row := range rows {
		owners[i] = ownerOf(row)
	}
	return owners, nil
}

// Owner returns an owner, or NotFound.
func (s *Service) Owner(ctx context.Context, id int64) (Owner, error) {
	row, err := s.Store.Read().Owner(ctx, id)
	return ownerOf(row), ownerUnknown(err)
}

// CreateOwner adds an owner; faults of the values are Invalid.
func (s *Service) CreateOwner(ctx context.Context, in OwnerPatch) (Owner, error) {
	in.Name.Set = true // a name left out is as wrong as an empty one
	in.Name.Null = in.Name.Null || in.Name.Value == ""
	var owner Owner
	if err := in.apply(&owner); err != nil {
		return Owner{}, err
	}
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AddOwner(ctx, db.AddOwnerParams{
			Name: owner.Name, NameKey: plier.Key(owner.Name), Address: owner.Address, BillingAddress: owner.BillingAddress, Contact: owner.Contact,
			Image: owner.Image, Network: owner.Network, Note: owner.Note, TechContact: owner.TechContact, CreatedAt: s.now(),
		})
		if err != nil {
			return err
		}
		owner = ownerOf(row)
		return s.recordOwner(ctx, q, "owner.create", owner, nil, owner)
	})
	return owner, err
}

// UpdateOwner changes an owner, or NotFound; faults of the values are Invalid.
func (s *Service) UpdateOwner(ctx context.Context, id int64, in OwnerPatch) (Owner, error) {
	var after Owner
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Owner(ctx, id)
		if err != nil {
			return ownerUnknown(err)
		}
		before := ownerOf(row)
		after = before
		if err := in.apply(&after); err != nil {
			return err
		}
		err = q.UpdateOwner(ctx, db.UpdateOwnerParams{
			Name: after.Name, NameKey: plier.Key(after.Name), Address: after.Address, BillingAddress: after.BillingAddress, Contact: after.Contact,
			Image: after.Image, Network: after.Network, Note: after.Note, TechContact: after.TechContact, ID: id,
		})
		if err != nil {
			return err
		}
		return s.recordOwner(ctx, q, "owner.update", after, before, after)
	})
	return after, err
}

// DeleteOwner removes an owner, or NotFound; with projects, or databases that
// are not in the trash, it is Invalid.
func (s *Service) DeleteOwner(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Owner(ctx, id)
		if err != nil {
			return ownerUnknown(err)
		}
		projects, err := q.CountProjectsOfOwner(ctx, id)
		if err != nil {
			return err
		}
		if projects > 0 {
			return inUse("projects")
		}
		databases, err := q.CountDatabasesOfOwner(ctx, id)
		if err != nil {
			return err
		}
		if databases > 0 {
			return inUse("databases")
		}
		if err := q.ForgetOwnerInTrash(ctx, id); err != nil {
			return err
		}
		if err := q.DeleteOwner(ctx, id); err != nil {
			return err
		}
		owner := ownerOf(row)
		return s.recordOwner(ctx, q, "owner.delete", owner, owner, nil)
	})
}

func (s *Service) recordOwner(ctx context.Context, q *db.Queries, action string, o Owner, before, after any) error {
	return s.record(ctx, q, action, "owner", strconv.FormatInt(o.ID, 10), o.Name, before, after)
}
