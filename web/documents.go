package web

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/api"
	"intendant/internal/apidocs"
	"intendant/internal/plier"
	"intendant/web/catalog"
)

// documentRoutes are the entries about the APIs.
func (a *Admin) documentRoutes() []api.Route {
	return api.Family(
		"documents",
		api.Get("documents_page", api.SignedIn, a.documentsPage, "/admin/documents").Doc("Documents des API, et comment obtenir un jeton."),
		api.Get("reference_page", api.SignedIn, a.referencePage, "/admin/documents/reference").Doc("Toutes les entrées du serveur."),
	)
}

// documentsPage leads to the documents of the APIs.
type documentsPage struct {
	Documents []apidocs.Document
	Address   string // of this server, as the reader wrote it
	Entries   int    // of the whole table
}

func (a *Admin) documentsPage(ctx context.Context, _ api.None) (api.Result, error) {
	entries := 0
	for _, r := range a.Routes() {
		entries += len(r.Paths)
	}
	return a.show(ctx, "documents/documents", documentsPage{
		Documents: a.Documents, Address: api.RequestFrom(ctx).PublicURL(), Entries: entries,
	})
}

type referenceQuery struct {
	Text string `query:"q" default:""`
}

// referencePage is the route table, for people.
type referencePage struct {
	List    listing
	Systems []referenceSystem
}

// referenceSystem is the part of the table that one system declares.
type referenceSystem struct {
	Title    string
	Families []referenceFamily
}

// referenceFamily are the entries under one heading.
type referenceFamily struct {
	Name    string
	Entries []referenceEntry
}

// referenceEntry is one method and path.
type referenceEntry struct {
	Method, Path, Needs, Summary string
	IsExtension                  bool
}

func (a *Admin) referencePage(ctx context.Context, in referenceQuery) (api.Result, error) {
	page := referencePage{}
	entries := int64(0)
	for _, r := range a.Routes() {
		for _, entry := range entriesOf(language(ctx), r) {
			if !entry.holds(r, in.Text) {
				continue
			}
			page.add(systemTitle(language(ctx), r.System), r.Family, entry)
			entries++
		}
	}
	page.List = newListing(ctx, listQuery{Text: in.Text, Page: 1}, "", false, entries)
	return a.show(ctx, "documents/reference", page)
}

// entriesOf returns a route once for each of its paths.
func entriesOf(lang catalog.Lang, r *api.Route) []referenceEntry {
	needs := string(r.Needs)
	switch r.Needs {
	case api.Public:
		needs = lang.Text("documents.public")
	case api.SignedIn:
		needs = lang.Text("documents.signed_in")
	}
	entries := make([]referenceEntry, len(r.Paths))
	base := strings.TrimSuffix(r.FullPath(), r.Paths[0])
	for i, path := range r.Paths {
		entries[i] = referenceEntry{Method: r.Method, Path: base + path, Needs: needs, Summary: r.Summary, IsExtension: r.IsExtension}
	}
	return entries
}

// holds reports whether every word of a text is somewhere in the entry.
func (e referenceEntry) holds(r *api.Route, text string) bool {
	key := plier.Key(strings.Join([]string{e.Method, e.Path, e.Needs, e.Summary, r.Family, r.Name, r.System}, " "))
	for word := range strings.FieldsSeq(plier.Key(text)) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	return true
}

// add puts an entry under its headings; the table keeps those together.
func (p *referencePage) add(system, family string, e referenceEntry) {
	i := slices.IndexFunc(p.Systems, func(s referenceSystem) bool { return s.Title == system })
	if i < 0 {
		i = len(p.Systems)
		p.Systems = append(p.Systems, referenceSystem{Title: system})
	}
	families := &p.Systems[i].Families
	j := slices.IndexFunc(*families, func(f referenceFamily) bool { return f.Name == family })
	if j < 0 {
		j = len(*families)
		*families = append(*families, referenceFamily{Name: family})
	}
	(*families)[j].Entries = append((*families)[j].Entries, e)
}

var systemTitles = map[string]string{
	"admin": "documents.system_admin", "parc": "documents.system_parc", "projets": "documents.system_projets",
	"scolarite": "documents.system_scolarite", "server": "documents.system_server",
}

func systemTitle(lang catalog.Lang, name string) string {
	if key, ok := systemTitles[name]; ok {
		return lang.Text(key)
	}
	return name
}
