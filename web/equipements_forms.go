package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/parc"
)

// equipementFormPage is the form of a new equipment, or of one to change.
type equipementFormPage struct {
	Form       form
	Equipement parc.PlacedEquipement // the zero value for a new one
	Sites      []choice
	Marques    []parc.Marque // to be suggested
	Action     string
	Back       string
}

// IsNew reports whether the equipment is still to be made.
func (p equipementFormPage) IsNew() bool { return p.Equipement.EquipementID == "" }

func (a *Admin) equipementFormPage(ctx context.Context, f form, e parc.PlacedEquipement) (page equipementFormPage, err error) {
	page = equipementFormPage{Form: f, Equipement: e, Action: equipementsPath + "/new", Back: equipementsPath}
	if !page.IsNew() {
		page.Back = equipementPath(e.EquipementID)
		page.Action = page.Back + "/edit"
	}
	if page.Sites, err = a.siteChoices(ctx); err != nil {
		return page, err
	}
	if page.IsNew() && len(page.Sites) > 0 {
		page.Sites = append([]choice{{"", text(ctx, "equipements.choose_site")}}, page.Sites...)
	}
	page.Marques, err = a.Parc.Marques(ctx)
	return page, err
}

type newEquipementQuery struct {
	Site string `query:"site" default:""`
}

func (a *Admin) newEquipementPage(ctx context.Context, in newEquipementQuery) (api.Result, error) {
	page, err := a.equipementFormPage(ctx, formWith("site", in.Site), parc.PlacedEquipement{})
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "equipements/form", page)
}

type equipementForm struct {
	api.Form
	Site        uuid.UUID `form:"site"`
	IP          parc.Host `form:"ip"`
	Port        int64     `form:"port" ge:"0" le:"65535"`
	Marque      string    `form:"marque"`
	Modele      string    `form:"modele" default:""`
	Username    string    `form:"username" default:""`
	Password    string    `form:"password" default:""`
	Description string    `form:"description" default:""`
	Sources     string    `form:"sources" default:""`
}

// tidy takes out the blanks that people leave around what they type. A
// password is taken as it is.
func (in *equipementForm) tidy() {
	in.Marque, in.Modele, in.Username = strings.TrimSpace(in.Marque), strings.TrimSpace(in.Modele), strings.TrimSpace(in.Username)
	in.Description = strings.TrimSpace(strings.ReplaceAll(in.Description, "\r\n", "\n"))
	missing := func(f errs.Fault) bool { return f.Field() == "marque" }
	if in.Marque == "" && !slices.ContainsFunc(in.Faults, missing) {
		in.Faults = append(in.Faults, errs.Fault{Loc: []any{"body", "marque"}, Code: "missing", Message: "Field required"})
	}
}

// sources are the lines of the field, without empty ones.
func (in *equipementForm) sources() []string {
	list := []string{}
	for line := range strings.Lines(in.Sources) {
		if source := strings.TrimSpace(line); source != "" {
			list = append(list, source)
		}
	}
	return list
}

func (a *Admin) createEquipement(ctx context.Context, in equipementForm) (api.Result, error) {
	in.tidy()
	var err error
	if len(in.Faults) == 0 {
		var made parc.RegisteredEquipement
		made, err = a.Parc.RegisterEquipement(ctx, parc.NewEquipement{
			IP: in.IP, SiteID: in.Site, Marque: in.Marque, Sources: in.sources(), Port: in.Port, Username: in.Username,
			Password: in.Password, Description: in.Description, Modele: in.Modele,
		})
		if err == nil {
			return a.done(ctx, equipementPath(made.EquipementID), "equipements.created_notice", made.IP)
		}
	}
	return a.equipementAgain(ctx, in, parc.PlacedEquipement{}, err)
}

// equipementAgain shows the form with what is wrong. A password is not sent
// back to the browser, so that who typed one has to be told.
func (a *Admin) equipementAgain(ctx context.Context, in equipementForm, e parc.PlacedEquipement, err error) (api.Result, error) {
	if known := errs.As(err); known != nil && known.Code == "site_unknown" {
		err = errs.NewInvalid("site", "literal_error", known.Message)
	}
	f, err := a.formOf(ctx, in.Form, err)
	if err != nil {
		return nil, err
	}
	if in.Password != "" {
		f.add("password", text(ctx, "equipements.password_again"))
	}
	page, err := a.equipementFormPage(ctx, f, e)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "equipements/form", page)
}

func (a *Admin) editEquipementPage(ctx context.Context, in equipementRef) (api.Result, error) {
	e, err := a.equipement(ctx, in)
	if err != nil {
		return nil, err
	}
	page, err := a.equipementFormPage(ctx, formWith(
		"site", e.SiteID, "ip", e.IP, "port", strconv.FormatInt(e.Port, 10), "marque", e.Marque, "modele", e.Modele,
		"username", e.Username, "description", e.Description, "sources", strings.Join(e.Sources, "\n"),
	), e)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "equipements/form", page)
}

type equipementEdit struct {
	equipementRef
	equipementForm
}

func (a *Admin) updateEquipement(ctx context.Context, in equipementEdit) (api.Result, error) {
	e, err := a.equipement(ctx, in.equipementRef)
	if err != nil {
		return nil, err
	}
	in.tidy()
	if len(in.Faults) == 0 {
		change := parc.EquipementChange{SiteID: api.Some(in.Site), EquipementUpdate: parc.EquipementUpdate{
			EquipementID: uuid.MustParse(e.EquipementID), IP: api.Some(in.IP), Marque: api.Some(in.Marque), Sources: api.Some(in.sources()),
			Port: api.Some(in.Port), Username: api.Some(in.Username), Description: api.Some(in.Description), Modele: api.Some(in.Modele),
		}}
		if in.Password != "" {
			change.Password = api.Some(in.Password)
		}
		if _, err = a.Parc.UpdateEquipement(ctx, change); err == nil {
			return a.done(ctx, equipementPath(e.EquipementID), "equipements.saved", string(in.IP))
		}
	}
	return a.equipementAgain(ctx, in.equipementForm, e, err)
}
