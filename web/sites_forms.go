package web

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/parc"
)

// siteFormPage is the form of a new site, or of one to change.
type siteFormPage struct {
	Form    form
	Site    parc.SiteSummary // the zero value for a new one
	Clients []choice         // none means that no site can be created
}

func (a *Admin) siteFormPage(ctx context.Context, f form, site parc.SiteSummary) (siteFormPage, error) {
	clients, err := a.clientChoices(ctx)
	return siteFormPage{Form: f, Site: site, Clients: clients}, err
}

type newSiteQuery struct {
	Client string `query:"client" default:""`
}

func (a *Admin) newSitePage(ctx context.Context, in newSiteQuery) (api.Result, error) {
	page, err := a.siteFormPage(ctx, formWith("client", in.Client), parc.SiteSummary{})
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "sites/form", page)
}

type siteForm struct {
	api.Form
	Client      uuid.UUID `form:"client"`
	Name        typedName `form:"name" maxlen:"200"`
	Longitude   decimal   `form:"longitude" ge:"-180" le:"180"`
	Latitude    decimal   `form:"latitude" ge:"-90" le:"90"`
	Description string    `form:"description" default:"" maxlen:"2000"`
}

// prose is a text of several lines as it is kept: with the line ends of
// everywhere but forms, and no blanks around it.
func prose(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

func (a *Admin) createSite(ctx context.Context, in siteForm) (api.Result, error) {
	var err error
	if len(in.Faults) == 0 {
		var site parc.RegisteredSite
		site, err = a.Parc.RegisterSite(ctx, parc.NewSite{
			ClientID: in.Client, Name: string(in.Name), Longitude: float64(in.Longitude), Latitude: float64(in.Latitude),
			Description: prose(in.Description),
		})
		if err == nil {
			return a.done(ctx, sitePath(site.SiteID), "sites.created_notice", site.Name)
		}
	}
	return a.siteFormAgain(ctx, in.Form, parc.SiteSummary{}, err)
}

// siteFormAgain shows the form with what is wrong. A client that went away
// meanwhile is a fault of its field.
func (a *Admin) siteFormAgain(ctx context.Context, sent api.Form, site parc.SiteSummary, err error) (api.Result, error) {
	if e := errs.As(err); e != nil && e.Code == "client_unknown" {
		err = errs.New(errs.Conflict, e.Code, e.Message)
	}
	f, err := a.formOf(ctx, sent, err)
	if err != nil {
		return nil, err
	}
	page, err := a.siteFormPage(ctx, f, site)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "sites/form", page)
}

func (a *Admin) editSitePage(ctx context.Context, in siteRef) (api.Result, error) {
	site, err := a.site(ctx, in)
	if err != nil {
		return nil, err
	}
	lang := language(ctx)
	page, err := a.siteFormPage(ctx, formWith(
		"client", site.ClientID, "name", site.Name, "longitude", degrees(lang, site.Longitude), "latitude", degrees(lang, site.Latitude),
		"description", site.Description,
	), site)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "sites/form", page)
}

type siteEdit struct {
	siteForm
	siteRef
}

func (a *Admin) updateSite(ctx context.Context, in siteEdit) (api.Result, error) {
	site, err := a.site(ctx, in.siteRef)
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(site.SiteID)
	if err != nil {
		return nil, err
	}
	if len(in.Faults) == 0 {
		_, err = a.Parc.UpdateSite(ctx, parc.SiteChange{ClientID: in.Client, SiteUpdate: parc.SiteUpdate{
			SiteID: id, Name: api.Some(string(in.Name)), Longitude: api.Some(float64(in.Longitude)), Latitude: api.Some(float64(in.Latitude)),
			Description: api.Some(prose(in.Description)),
		}})
		if err == nil {
			return a.done(ctx, sitePath(site.SiteID), "sites.saved", in.Name)
		}
	}
	return a.siteFormAgain(ctx, in.Form, site, err)
}
