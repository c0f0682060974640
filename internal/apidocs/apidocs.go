// Package apidocs shows the OpenAPI documents of the wings to people: one
// Swagger UI page for each, without any other host.
//
// Swagger UI comes from a Go module; the page around it and the script that
// starts it are ours, so that no inline script or style is needed.
package apidocs

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"
	"strings"

	"intendant/internal/api"
	"intendant/static"
)

// Document is an OpenAPI document and the page that shows it.
type Document struct {
	Prefix string // path of the page: "/docs"
	URL    string // path of the document: "/openapi.json"
	Title  string // what the document describes: "Parc"
	// Reference is the path of a page to read, "" where there is none.
	Reference string
}

// Policy is the Content-Security-Policy of the pages: the usual one, and the
// pictures that Swagger UI's style sheet carries in itself.
var Policy = strings.Replace(api.PagePolicy, "img-src 'self'", "img-src 'self' data:", 1)

// Routes returns the entries of the pages: for each document its page and its
// OAuth 2.0 return page, and the files of Swagger UI once, under the first
// document's prefix. All are public. Each page links to the others.
func Routes(documents ...Document) []api.Route {
	if len(documents) == 0 {
		return nil
	}
	assets := documents[0].Prefix + "/assets/"
	routes := []api.Route{
		api.Get("docs_asset", api.Public, serveAsset, assets+"{file}").
			Doc("Fichiers de l'interface de documentation."),
	}
	for _, d := range documents {
		p := page{Document: d, Documents: documents, assets: assets}
		routes = append(
			routes,
			api.Get(d.name(), api.Public, p.show, d.Prefix).Doc("Documentation interactive de l'API."),
			api.Get(d.name()+"_oauth2_redirect", api.Public, p.showReturn, d.OAuth2Return()).
				Doc("Retour d'une autorisation OAuth 2.0 vers la documentation."),
		)
	}
	for i := range routes {
		routes[i] = routes[i].Extension().Hidden()
	}
	return api.Family("documentation", routes...)
}

// name is what the entry of the page is called: "projets_docs" at
// /projets/docs.
func (d Document) name() string { return strings.ReplaceAll(strings.Trim(d.Prefix, "/"), "/", "_") }

// OAuth2Return is the path an OAuth 2.0 server sends the browser back to.
func (d Document) OAuth2Return() string { return d.Prefix + "/oauth2-redirect" }

//go:embed page.html
var pageText string

//go:embed return.html
var returnText string

var (
	pageTemplate = template.Must(template.New("page").
			Funcs(template.FuncMap{"static": static.URL}).Parse(pageText))
	returnTemplate = template.Must(template.New("return").
			Funcs(template.FuncMap{"static": static.URL}).Parse(returnText))
)

// page is what the templates show.
type page struct {
	Document
	Documents []Document // all of them, this one included
	assets    string
}

// Asset returns the address of a file of Swagger UI, which changes with its
// content.
func (p page) Asset(name string) (string, error) {
	files, err := loadAssets()
	if err != nil {
		return "", err
	}
	return p.assets + name + "?v=" + files[name].sum, nil
}

func (p page) show(context.Context, api.None) (api.Page, error) {
	return render(pageTemplate, p)
}

func (p page) showReturn(context.Context, api.None) (api.Page, error) {
	return render(returnTemplate, p)
}

func render(t *template.Template, p page) (api.Page, error) {
	var buf bytes.Buffer
	if err := t.Execute(&buf, p); err != nil {
		return api.Page{}, err
	}
	return api.Page{HTML: buf.Bytes(), Policy: Policy}, nil
}
