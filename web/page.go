package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"intendant/internal/api"
	"intendant/internal/projets"
	"intendant/internal/settings"
	"intendant/static"
	"intendant/web/catalog"
)

//go:embed templates
var templateFiles embed.FS

// templates are the pages by language and name: "sites/list".
type templates map[catalog.Lang]map[string]*template.Template

// shared are the files that every page is made with.
var shared = []string{"templates/layout.html", "templates/components.html", "templates/fields.html", "templates/lists.html", "templates/members.html"}

// zones are the pages by the name of their time zone.
var zones sync.Map

// pagesIn returns every page with the times of a zone. A process parses them
// once, however many sites it opens.
func pagesIn(where *time.Location) (templates, error) {
	once, _ := zones.LoadOrStore(where.String(), sync.OnceValues(func() (templates, error) { return parseTemplates(where) }))
	return once.(func() (templates, error))()
}

// parseTemplates parses every page in every language.
func parseTemplates(where *time.Location) (templates, error) {
	paths, err := fs.Glob(templateFiles, "templates/*/*.html")
	if err != nil {
		return nil, err
	}
	all := templates{}
	for _, lang := range catalog.Languages() {
		base, err := template.New("layout.html").Option("missingkey=error").Funcs(functions(lang, where)).ParseFS(templateFiles, shared...)
		if err != nil {
			return nil, err
		}
		all[lang] = map[string]*template.Template{}
		for _, path := range paths {
			page, err := template.Must(base.Clone()).ParseFS(templateFiles, path)
			if err != nil {
				return nil, err
			}
			name := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".html")
			all[lang][name] = page
		}
	}
	return all, nil
}

// functions are what templates call.
func functions(lang catalog.Lang, where *time.Location) template.FuncMap {
	return template.FuncMap{
		"t":       lang.Text,
		"has":     func(key string) bool { return catalog.Has(lang, key) },
		"count":   func(key string, n any, args ...any) (string, error) { return countText(lang, key, n, args...) },
		"number":  func(n any) (string, error) { return numberText(lang, n) },
		"decimal": lang.Decimal,
		"degrees": func(x float64) string { return degrees(lang, x) },
		"size":    lang.Size,
		"date":    func(t time.Time) template.HTML { return moment(t, lang.Date(t.In(where))) },
		"moment":  func(t time.Time) template.HTML { return moment(t, lang.Moment(t.In(where))) },
		"asset":   static.URL,
		"lang":    func() catalog.Lang { return lang },
		"join":    strings.Join,
		"field": func(f form, name, label string, options ...string) field {
			return newField(lang, f, name, label, options)
		},
		"choice": func(f form, name, label string, choices []choice, options ...string) field {
			x := newField(lang, f, name, label, options)
			x.Choices = choices
			return x
		},
		"nothing": func(l listing, none string) string {
			if l.IsFiltered() || l.Total > 0 {
				return lang.Text("list.no_match")
			}
			return lang.Text(none)
		},
		"inRow": func(f field, row any) field {
			f.ID = fmt.Sprintf("%s-%v", f.ID, row)
			return f
		},
		"column": func(l listing, name, label string) column { return column{l, name, lang.Text(label)} },
	}
}

// moment wraps a text about an instant in a time element.
func moment(t time.Time, text string) template.HTML {
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + template.HTMLEscapeString(text) + `</time>`)
}

func numberText(lang catalog.Lang, n any) (string, error) {
	switch n := n.(type) {
	case int:
		return lang.Number(int64(n)), nil
	case int64:
		return lang.Number(n), nil
	}
	return "", fmt.Errorf("number of a %T", n)
}

func countText(lang catalog.Lang, key string, n any, args ...any) (string, error) {
	switch n := n.(type) {
	case int:
		return lang.Count(key, int64(n), args...), nil
	case int64:
		return lang.Count(key, n, args...), nil
	}
	return "", fmt.Errorf("count of a %T", n)
}

// view is what a page is rendered from: its own data under Page, and what the
// layout needs around it.
type view struct {
	Page     any
	Notice   string // what the act before this page did
	UserName string // "" for nobody
	SiteName string // what the pages are headed with
	// MinPassword is the least number of characters of a password.
	MinPassword int
	Path        string
	Here        string // path and query of this page, for links that come back
	Menu        []menuGroup
	Version     string

	caller api.Caller
	// isSuperuser says that the reader manages the users of some projects.
	isSuperuser bool
	lang        catalog.Lang
}

// Can reports whether the reader holds a permission everywhere.
func (v view) Can(p api.Permission) bool { return v.caller != nil && v.caller.Can(p, "") }

// language returns the language of the reader of ctx.
func language(ctx context.Context) catalog.Lang {
	r := api.RequestFrom(ctx)
	preference := ""
	if cookie, err := (&http.Request{Header: r.Header}).Cookie(languageCookie); err == nil {
		preference = cookie.Value
	}
	return catalog.Choose(preference, r.Header.Get("Accept-Language"))
}

// text returns a text of the catalog in the language of ctx's reader.
func text(ctx context.Context, key string, args ...any) string {
	return language(ctx).Text(key, args...)
}

// show renders a page.
func (a *Admin) show(ctx context.Context, name string, data any) (api.Result, error) {
	return a.render(ctx, name, http.StatusOK, data)
}

// render renders a page to memory before anything is sent.
func (a *Admin) render(ctx context.Context, name string, status int, data any) (api.Result, error) {
	lang := language(ctx)
	page, ok := a.templates[lang][name]
	if !ok {
		return nil, fmt.Errorf("no page %q", name)
	}
	request := api.RequestFrom(ctx)
	v := view{
		Page: data, Notice: a.Identity.TakeNotice(ctx), Path: request.URL.Path, Here: request.URL.RequestURI(),
		Version: a.Version, caller: request.Caller, lang: lang,
	}
	a.addSettings(ctx, &v)
	if v.caller != nil {
		v.UserName = v.caller.AccountName()
		v.isSuperuser = a.isSuperuser(ctx, v)
		v.Menu = menu(v)
	}
	var buf bytes.Buffer
	if err := page.ExecuteTemplate(&buf, "layout.html", v); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return api.Page{Status: status, HTML: buf.Bytes()}, nil
}

// isSuperuser reports whether the reader manages the users of some projects
// and no more. What cannot be read is no.
func (a *Admin) isSuperuser(ctx context.Context, v view) bool {
	if v.Can(projets.Read) {
		return false
	}
	is, err := a.Projets.IsSuperuser(ctx, v.caller)
	if err != nil {
		a.Logger.Error("superuser", "request", api.RequestFrom(ctx).ID, "error", err)
	}
	return is
}

// productName heads the pages of a site that has no name.
const productName = "Intendant"

// addSettings puts what the settings change into a page. A page is shown also
// when they cannot be read, that of the error among them.
func (a *Admin) addSettings(ctx context.Context, v *view) {
	current, err := a.Settings.Current(ctx)
	if err != nil {
		a.Logger.Error("settings", "request", api.RequestFrom(ctx).ID, "error", err)
	}
	v.SiteName, v.MinPassword = productName, max(current.MinPassword, settings.LeastMinPassword)
	if current.SiteName != "" {
		v.SiteName = current.SiteName
	}
}

// done sends the reader to another page, which tells him what was done.
func (a *Admin) done(ctx context.Context, to, key string, args ...any) (api.Result, error) {
	a.Identity.SetNotice(ctx, text(ctx, key, args...))
	return api.Redirect{To: to}, nil
}
