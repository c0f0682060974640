package parc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/plier"
)

// equipementRoutes are the entries of "equipements".
func (s *Service) equipementRoutes() []api.Route {
	return api.Family(
		"equipements",
		api.Post("register_new_equipement", EquipementsCreate, s.RegisterEquipement, "/equipements/register").Doc("Register New Equipement").
			Describe("Enregistre un équipement sur un site. Son mot de passe est conservé chiffré."),
		api.Get("get_all_equipements", EquipementsRead, s.allEquipements, "/equipements/all").Doc("Get All Equipements").
			Describe("Liste tous les équipements, par pages, chacun avec son site. Les mots de passe sont masqués à qui n'a pas la permission `equipements:secret`."),
		api.Put("update_equipement", EquipementsUpdate, s.updateEquipement, "/equipements/update").Doc("Update Equipement").
			Describe("Modifie un équipement : seuls les champs envoyés changent. Renvoyer `********` laisse le mot de passe tel quel."),
		api.Delete("delete_equipement", EquipementsDelete, s.deleteEquipement, "/equipements/{equipement_id}").Doc("Delete Equipement").
			Describe("Supprime un équipement."),
	)
}

// Host is an IP address or the name of a host.
type Host string

var hostName = regexp.MustCompile(`^([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*\.?$`)

// onlyDigits is an IPv4 address gone wrong, never a host name.
var onlyDigits = regexp.MustCompile(`^[0-9.]+$`)

// BindValue implements api.ValueBinder.
func (h *Host) BindValue(v jsonvalue.Value) *api.Problem {
	if v.Kind() != jsonvalue.String {
		return &api.Problem{Code: "string_type", Message: "Input should be a valid string"}
	}
	text := strings.TrimSpace(v.Text())
	if _, err := netip.ParseAddr(text); err != nil && (len(text) > 253 || !hostName.MatchString(text) || onlyDigits.MatchString(text)) {
		return api.ValueError("ip must be an IP address or a host name")
	}
	*h = Host(text)
	return nil
}

// NewEquipement is an equipment to register.
type NewEquipement struct {
	IP          Host      `json:"ip"`
	SiteID      uuid.UUID `json:"site_id"`
	Marque      string    `json:"marque"`
	Sources     []string  `json:"sources"`
	Port        int64     `json:"port" ge:"0" le:"65535"`
	Username    string    `json:"username"`
	Password    string    `json:"password"`
	Description string    `json:"description"`
	Modele      string    `json:"modele"`
}

// EquipementUpdate is what to change of an equipment.
type EquipementUpdate struct {
	EquipementID uuid.UUID         `json:"equipement_id"`
	IP           api.Opt[Host]     `json:"ip"`
	Marque       api.Opt[string]   `json:"marque"`
	Sources      api.Opt[[]string] `json:"sources"`
	Port         api.Opt[int64]    `json:"port" ge:"0" le:"65535"`
	Username     api.Opt[string]   `json:"username"`
	Password     api.Opt[string]   `json:"password"`
	Description  api.Opt[string]   `json:"description"`
	Modele       api.Opt[string]   `json:"modele"`
}

// Equipement is an equipment as its site shows it.
type Equipement struct {
	EquipementID string        `json:"equipement_id"`
	IP           string        `json:"ip"`
	Marque       string        `json:"marque"`
	Sources      []string      `json:"sources"`
	Port         int64         `json:"port"`
	Username     string        `json:"username"`
	Password     string        `json:"password"`
	Description  string        `json:"description"`
	Modele       string        `json:"modele"`
	Timestamp    api.NaiveTime `json:"timestamp"`
}

// RegisteredEquipement is an equipment as register and update answer it.
type RegisteredEquipement struct {
	IP           string        `json:"ip"`
	SiteID       string        `json:"site_id"`
	Marque       string        `json:"marque"`
	Sources      []string      `json:"sources"`
	Port         int64         `json:"port"`
	Username     string        `json:"username"`
	Password     string        `json:"password"`
	Description  string        `json:"description"`
	Modele       string        `json:"modele"`
	EquipementID string        `json:"equipement_id"`
	Timestamp    api.NaiveTime `json:"timestamp"`
}

// EquipementWithSite is an equipment with the site it stands on.
type EquipementWithSite struct {
	Equipement
	ClientSite ClientSite `json:"client_site"`
}

// ClientSite is a site as its equipment shows it.
type ClientSite struct {
	SiteID      string    `json:"site_id"`
	ClientID    string    `json:"client_id"`
	Name        string    `json:"name"`
	Longitude   api.Float `json:"longitude"`
	Latitude    api.Float `json:"latitude"`
	Description string    `json:"description"`
}

type equipementRef struct {
	EquipementID string `path:"equipement_id"`
}

func equipementUnknown(err error) error {
	return db.NotFound(err, "equipement_unknown", "Equipement not found")
}

// sealContext binds a sealed password to its equipment.
func sealContext(id string) string { return "equipements.password:" + id }

// password returns the password of an equipment to a caller who may read it,
// the mask to others.
func (s *Service) password(ctx context.Context, id string, sealed []byte) (string, error) {
	if c := api.CallerFrom(ctx); c == nil || !c.Can(EquipementsSecret, "") {
		return mask, nil
	}
	plain, err := s.keys.Unseal(sealed, sealContext(id))
	if err != nil {
		return "", fmt.Errorf("password of equipement %s: %w", id, err)
	}
	return string(plain), nil
}

// equipementOf turns a row into what the caller of ctx may see.
func (s *Service) equipementOf(ctx context.Context, row db.Equipement) (Equipement, error) {
	password, err := s.password(ctx, row.EquipementID, row.Password)
	if err != nil {
		return Equipement{}, err
	}
	e := Equipement{
		EquipementID: row.EquipementID, IP: row.IP, Marque: row.Marque, Port: row.Port, Username: row.Username,
		Password: password, Description: row.Description, Modele: row.Modele, Timestamp: api.NaiveTime{Time: row.CreatedAt.Time},
	}
	if err := json.Unmarshal([]byte(row.Sources), &e.Sources); err != nil {
		return Equipement{}, fmt.Errorf("sources of equipement %s: %w", row.EquipementID, err)
	}
	return e, nil
}

func (s *Service) equipementsOf(ctx context.Context, rows []db.Equipement) ([]Equipement, error) {
	out := make([]Equipement, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = s.equipementOf(ctx, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func registered(e Equipement, siteID string) RegisteredEquipement {
	return RegisteredEquipement{
		IP: e.IP, SiteID: siteID, Marque: e.Marque, Sources: e.Sources, Port: e.Port, Username: e.Username, Password: e.Password,
		Description: e.Description, Modele: e.Modele, EquipementID: e.EquipementID, Timestamp: e.Timestamp,
	}
}

// RegisterEquipement adds an equipment to a site. NotFound "site_unknown" if
// there is no such site.
func (s *Service) RegisterEquipement(ctx context.Context, in NewEquipement) (RegisteredEquipement, error) {
	id := uuid.NewString()
	params := db.AddEquipementParams{
		EquipementID: id, SiteID: in.SiteID.String(), IP: string(in.IP), Marque: in.Marque, MarqueKey: plier.Key(in.Marque),
		Sources: sourcesText(in.Sources), Port: in.Port, Username: in.Username, Password: s.keys.Seal([]byte(in.Password), sealContext(id)),
		Description: in.Description, Modele: in.Modele, CreatedAt: db.At(s.now()),
		SearchKey: searchKey(string(in.IP), in.Marque, in.Modele, in.Description, in.Username),
	}
	row := db.Equipement(params)
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		if _, err := q.Site(ctx, params.SiteID); err != nil {
			return siteUnknown(err)
		}
		if err := q.AddEquipement(ctx, params); err != nil {
			return err
		}
		is := equipementImage(row)
		return s.record(ctx, q, "equipement.create", "equipement", id, equipementName(is), nil, is)
	})
	if err != nil {
		return RegisteredEquipement{}, err
	}
	e, err := s.equipementOf(ctx, row)
	return registered(e, row.SiteID), err
}

// siteEquipements returns a page of the equipment of one site.
func (s *Service) siteEquipements(ctx context.Context, in sitePage) (Page[Equipement], error) {
	var page Page[Equipement]
	err := s.store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		id := in.SiteID.String()
		if _, err := q.Site(ctx, id); err != nil {
			return siteUnknown(err)
		}
		total, err := q.CountEquipementsOfSite(ctx, id)
		if err != nil {
			return err
		}
		rows, err := q.EquipementsOfSite(ctx, db.EquipementsOfSiteParams{SiteID: id, RowLimit: in.Size, RowOffset: in.offset()})
		if err != nil {
			return err
		}
		items, err := s.equipementsOf(ctx, rows)
		page = pageOf(items, total, in.pages)
		return err
	})
	return page, err
}

func (s *Service) updateEquipement(ctx context.Context, in EquipementUpdate) (RegisteredEquipement, error) {
	return s.UpdateEquipement(ctx, EquipementChange{EquipementUpdate: in})
}

// EquipementChange is an update that may also move the equipment to another
// site, which the contract cannot.
type EquipementChange struct {
	EquipementUpdate
	SiteID api.Opt[uuid.UUID]
}

// UpdateEquipement changes what the change holds and returns the equipment as
// it is then. NotFound "equipement_unknown", or "site_unknown" for the site to
// move it to.
func (s *Service) UpdateEquipement(ctx context.Context, in EquipementChange) (RegisteredEquipement, error) {
	var out RegisteredEquipement
	err := s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Equipement(ctx, in.EquipementID.String())
		if err != nil {
			return equipementUnknown(err)
		}
		before := row
		s.patch(&row, in.EquipementUpdate)
		err = q.UpdateEquipement(ctx, db.UpdateEquipementParams{
			IP: row.IP, Marque: row.Marque, MarqueKey: plier.Key(row.Marque), Sources: row.Sources, Port: row.Port, Username: row.Username,
			Password: row.Password, Description: row.Description, Modele: row.Modele, EquipementID: row.EquipementID,
			SearchKey: searchKey(row.IP, row.Marque, row.Modele, row.Description, row.Username),
		})
		if err != nil {
			return err
		}
		after, err := s.equipementOf(ctx, row)
		if err != nil {
			return err
		}
		was, is := equipementImages(before, row)
		images := [2]any{was, is}
		if site, ok := in.SiteID.Get(); ok && site.String() != row.SiteID {
			if images, err = moveEquipement(ctx, q, &row, site.String(), was, is); err != nil {
				return err
			}
		}
		out = registered(after, row.SiteID)
		return s.record(ctx, q, "equipement.update", "equipement", row.EquipementID, equipementName(after), images[0], images[1])
	})
	return out, err
}

// moveEquipement puts an equipment on another site and returns what the journal
// keeps of it, before and after, which then names the sites.
func moveEquipement(ctx context.Context, q *db.Queries, row *db.Equipement, siteID string, was, is Equipement) (images [2]any, err error) {
	from, err := q.Site(ctx, row.SiteID)
	if err != nil {
		return images, siteUnknown(err)
	}
	to, err := q.Site(ctx, siteID)
	if err != nil {
		return images, siteUnknown(err)
	}
	row.SiteID = siteID
	err = q.MoveEquipement(ctx, db.MoveEquipementParams{SiteID: siteID, EquipementID: row.EquipementID})
	return [2]any{movedImage{was, from.Name}, movedImage{is, to.Name}}, err
}

// movedImage is an equipment and its site as the journal keeps them.
type movedImage struct {
	Equipement
	Site string `json:"site"`
}

// patch applies the fields that were sent.
func (s *Service) patch(row *db.Equipement, in EquipementUpdate) {
	if ip, ok := in.IP.Get(); ok {
		row.IP = string(ip)
	}
	if sources, ok := in.Sources.Get(); ok {
		row.Sources = sourcesText(sources)
	}
	if password, ok := in.Password.Get(); ok && password != mask {
		row.Password = s.keys.Seal([]byte(password), sealContext(row.EquipementID))
	}
	sent(&row.Marque, in.Marque)
	sent(&row.Port, in.Port)
	sent(&row.Username, in.Username)
	sent(&row.Description, in.Description)
	sent(&row.Modele, in.Modele)
}

func (s *Service) deleteEquipement(ctx context.Context, in equipementRef) (api.NoContent, error) {
	return api.NoContent{}, s.DeleteEquipement(ctx, in.EquipementID)
}

// DeleteEquipement removes an equipment, or returns NotFound.
func (s *Service) DeleteEquipement(ctx context.Context, id string) error {
	return s.store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.Equipement(ctx, id)
		if err != nil {
			return equipementUnknown(err)
		}
		if _, err := q.DeleteEquipement(ctx, row.EquipementID); err != nil {
			return err
		}
		was := equipementImage(row)
		return s.record(ctx, q, "equipement.delete", "equipement", row.EquipementID, equipementName(was), was, nil)
	})
}

func equipementName(e Equipement) string {
	return strings.TrimSpace(e.Marque + " " + e.Modele + " " + e.IP)
}

// equipementImage is an equipment as the journal keeps it.
func equipementImage(row db.Equipement) Equipement {
	return Equipement{
		EquipementID: row.EquipementID, IP: row.IP, Marque: row.Marque, Sources: sourcesOf(row.Sources), Port: row.Port, Username: row.Username,
		Password: mask, Description: row.Description, Modele: row.Modele, Timestamp: api.NaiveTime{Time: row.CreatedAt.Time},
	}
}

// equipementImages are those of a change. A password given anew stands in the
// second alone, so that the journal tells of it.
func equipementImages(before, after db.Equipement) (was, is Equipement) {
	was, is = equipementImage(before), equipementImage(after)
	if !bytes.Equal(before.Password, after.Password) {
		was.Password = ""
	}
	return was, is
}

func sourcesText(sources []string) string {
	if sources == nil {
		sources = []string{}
	}
	text, err := json.Marshal(sources)
	if err != nil {
		panic(err) // a list of strings always encodes
	}
	return string(text)
}

func searchKey(parts ...string) string { return plier.Key(strings.Join(parts, " ")) }
