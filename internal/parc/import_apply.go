package parc

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

var (
	errImportFaulty  = errs.New(errs.Invalid, "import_faulty", "The sheet has faults")
	errImportUnknown = errs.New(errs.NotFound, "import_unknown", "Import not found")
)

// importCounts is what the journal says of an import as a whole.
type importCounts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// ApplyImport does what a plan says, in one transaction: all of it or
// nothing. progress, which may be nil, hears how many of the rows are done; it
// is called from another goroutine, and may start over from 0. The journal has
// a line for the import and one for each object.
//
// It fails with Invalid for a plan with faults; with Conflict when the base
// changed since the plan was made, with a fault for each line concerned, the
// line in Ctx under "line"; with NotFound when the plan's draft is gone.
func (s *Service) ApplyImport(ctx context.Context, plan ImportPlan, progress func(done int)) error {
	if len(plan.Faults) > 0 {
		return errImportFaulty
	}
	if progress == nil {
		progress = func(int) {}
	}
	writes := s.prepare(plan)
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		progress(0)
		if err := s.spendDraft(ctx, q, plan.draft); err != nil {
			return err
		}
		st, err := loadStock(ctx, q, plan.Kind)
		if err != nil {
			return err
		}
		if err := st.verify(plan); err != nil {
			return err
		}
		for i, write := range writes {
			if write != nil {
				if err := write(ctx, q); err != nil {
					return fmt.Errorf("import, line %d: %w", plan.Rows[i].Line, err)
				}
			}
			progress(i + 1)
		}
		return s.record(ctx, q, "import."+string(plan.Kind), "import", plan.draft, plan.Name, nil, importCounts{plan.Creates, plan.Updates, plan.Unchanged})
	})
}

// write makes or changes one object, and its line in the journal.
type write func(context.Context, *db.Queries) error

// prepare makes the writes of a plan, nil for rows that change nothing:
// passwords are sealed here, before the writer is held.
func (s *Service) prepare(plan ImportPlan) []write {
	writes := make([]write, len(plan.Rows))
	now := db.At(s.now())
	for i, row := range plan.Rows {
		switch {
		case row.Act == ImportNoChange:
		case row.site != nil && row.Act == ImportCreates:
			writes[i] = s.siteCreation(row.site.after, now)
		case row.site != nil:
			writes[i] = s.siteChange(*row.site)
		case row.Act == ImportCreates:
			writes[i] = s.equipementCreation(row.equipement.after, *row.password, now)
		default:
			writes[i] = s.equipementChange(*row.equipement, row.password)
		}
	}
	return writes
}

func (s *Service) siteCreation(site db.ClientSite, now db.Time) write {
	site.SiteID = uuid.NewString()
	return func(ctx context.Context, q *db.Queries) error {
		_, err := q.AddSite(ctx, db.AddSiteParams{
			SiteID: site.SiteID, ClientID: site.ClientID, Name: site.Name, NameKey: site.NameKey,
			Longitude: site.Longitude, Latitude: site.Latitude, Description: site.Description, CreatedAt: now,
		})
		if err != nil {
			return err
		}
		return s.record(ctx, q, "site.create", "site", site.SiteID, site.Name, nil, RegisteredSite{
			SiteID: site.SiteID, ClientID: site.ClientID, Name: site.Name, Longitude: api.Float(site.Longitude), Latitude: api.Float(site.Latitude),
			Description: site.Description, Equipements: []Equipement{}, Timestamp: api.NaiveTime{Time: now.Time},
		})
	}
}

func (s *Service) siteChange(c change[db.ClientSite]) write {
	return func(ctx context.Context, q *db.Queries) error {
		err := q.UpdateSite(ctx, db.UpdateSiteParams{
			Name: c.after.Name, NameKey: c.after.NameKey, Longitude: c.after.Longitude, Latitude: c.after.Latitude,
			Description: c.after.Description, SiteID: c.after.SiteID,
		})
		if err != nil {
			return err
		}
		return s.record(ctx, q, "site.update", "site", c.after.SiteID, c.after.Name, siteImage(c.before), siteImage(c.after))
	}
}

func (s *Service) equipementCreation(e db.Equipement, password string, now db.Time) write {
	e.EquipementID, e.CreatedAt = uuid.NewString(), now
	params := db.AddEquipementParams{
		EquipementID: e.EquipementID, SiteID: e.SiteID, IP: e.IP, Marque: e.Marque, MarqueKey: plier.Key(e.Marque),
		Sources: e.Sources, Port: e.Port, Username: e.Username, Password: s.keys.Seal([]byte(password), sealContext(e.EquipementID)),
		Description: e.Description, Modele: e.Modele, CreatedAt: now,
		SearchKey: searchKey(e.IP, e.Marque, e.Modele, e.Description, e.Username),
	}
	return func(ctx context.Context, q *db.Queries) error {
		if err := q.AddEquipement(ctx, params); err != nil {
			return err
		}
		after := equipementImage(e)
		return s.record(ctx, q, "equipement.create", "equipement", e.EquipementID, equipementName(after), nil, after)
	}
}

func (s *Service) equipementChange(c change[db.Equipement], password *string) write {
	if password != nil {
		c.after.Password = s.keys.Seal([]byte(*password), sealContext(c.after.EquipementID))
	}
	return func(ctx context.Context, q *db.Queries) error {
		e := c.after
		err := q.UpdateEquipement(ctx, db.UpdateEquipementParams{
			IP: e.IP, Marque: e.Marque, MarqueKey: plier.Key(e.Marque), Sources: e.Sources, Port: e.Port, Username: e.Username,
			Password: e.Password, Description: e.Description, Modele: e.Modele, EquipementID: e.EquipementID,
			SearchKey: searchKey(e.IP, e.Marque, e.Modele, e.Description, e.Username),
		})
		if err != nil {
			return err
		}
		was, is := equipementImages(c.before, e)
		return s.record(ctx, q, "equipement.update", "equipement", e.EquipementID, equipementName(is), was, is)
	}
}

// verify compares the base with what the plan was made from.
func (st *stock) verify(plan ImportPlan) error {
	planned := make(map[string]bool, len(plan.Rows))
	for _, row := range plan.Rows {
		planned[row.ID()] = true
	}
	var faults []errs.Fault
	for _, row := range plan.Rows {
		if code := st.changed(row, planned); code != "" {
			faults = append(faults, errs.Fault{
				Loc: []any{"line", row.Line}, Code: code, Message: "the base changed since the sheet was checked",
				Input: row.owner, Ctx: map[string]any{"line": row.Line},
			})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &errs.Error{Kind: errs.Conflict, Code: "import_base_changed", Message: "The base changed since the sheet was checked", Faults: faults}
}

// changed returns the code of what the base no longer agrees with, "" when
// all that a row stands on is as it was. planned are the objects of the sheet.
func (st *stock) changed(row ImportRow, planned map[string]bool) string {
	var isThere, isSame bool
	var missing, key, oldKey string
	if row.site != nil {
		before, after := row.site.before, row.site.after
		_, isThere = st.clients[after.ClientID]
		isSame = row.ID() == "" || sameSite(st.sites[before.SiteID], before)
		missing, key, oldKey = faultClientUnknown, siteKey(after), siteKey(before)
	} else {
		before, after := row.equipement.before, row.equipement.after
		_, isThere = st.sites[after.SiteID]
		isSame = row.ID() == "" || sameEquipement(st.equipements[before.EquipementID], before)
		missing, key, oldKey = faultSiteUnknown, equipementKey(after), equipementKey(before)
	}
	switch {
	case !isThere:
		return missing
	case !isSame:
		return faultChanged
	case row.ID() != "" && key == oldKey:
		return ""
	}
	// What the sheet itself is about was weighed when the plan was made.
	for _, other := range st.byKey[key] {
		if !planned[other] {
			return faultChanged
		}
	}
	return ""
}
