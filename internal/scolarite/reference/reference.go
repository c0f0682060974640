// Package reference is the reference page of the ScoDoc API: a syntax map of
// the paths, a table of the functions, an entry for each of them. All of it
// comes from the route table and from exchanges that the tests recorded, so
// that it says neither more nor less than what the server answers.
package reference

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"intendant/internal/api"
	"intendant/static"
)

// Config is what the page is made of.
type Config struct {
	// System is the table to show, once it is mounted.
	System *api.System
	// Path is that of the page, Document that of the OpenAPI document, below
	// the system's base.
	Path, Document string
	// Interactive is the page where the API is tried out, "" for none.
	Interactive string
	// Exemples are the recorded exchanges, <function>.txt each.
	Exemples fs.FS
	// IsProduction says that the server answers as ScoDoc's servers in
	// production do where they differ from the published page.
	IsProduction bool
}

// Reference shows the page.
type Reference struct {
	Config
	entries func() ([]*entry, error) // by name
}

// New returns the reference of a table, which is read on the first request,
// when it is complete.
func New(cfg Config) *Reference {
	r := &Reference{Config: cfg}
	r.entries = sync.OnceValues(r.read)
	return r
}

// read returns the entries of the table that its documents show.
func (r *Reference) read() ([]*entry, error) {
	var entries []*entry
	taken := map[string]*entry{}
	for i := range r.System.Routes {
		route := &r.System.Routes[i]
		if route.IsHidden {
			continue
		}
		e, err := entryOf(r.System.Base, route, r.Exemples)
		if err != nil {
			return nil, err
		}
		if known := taken[e.ID]; known != nil && known.Method == e.Method {
			known.join(e)
			continue
		}
		if taken[e.ID] != nil {
			e.ID += "-" + strings.ToLower(route.Method)
		}
		taken[e.ID] = e
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, func(a, b *entry) int { return cmp.Compare(a.Name, b.Name) })
	return entries, nil
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"static": static.URL,
	"count":  countText,
	"words":  func(name string) []string { return strings.SplitAfter(name, "_") }, // a long name breaks between them
}).Parse(pageText))

// page is what the template shows.
type page struct {
	Config
	Address  string // of this server, as the reader wrote it
	Query    string
	Map      []*node
	Entries  []*entry
	Families []family
	// Functions and Paths count the whole table.
	Functions, Paths int
	names            map[string]bool
}

// family are the entries under one heading.
type family struct {
	ID, Name string
	Entries  []*entry
}

// Base is the path before every other.
func (p page) Base() string { return p.System.Base }

// Has reports whether the table has a function of that name.
func (p page) Has(function string) bool { return p.names[function] }

// Search chooses entries: those that hold every word of it.
type Search struct {
	Text string `query:"q" default:""`
}

// Show renders the page, or what a search chooses of it.
func (r *Reference) Show(ctx context.Context, in Search) (api.Page, error) {
	entries, err := r.entries()
	if err != nil {
		return api.Page{}, err
	}
	p := page{
		Config: r.Config, Address: api.RequestFrom(ctx).PublicURL(), Query: strings.TrimSpace(in.Text),
		Functions: len(entries), names: map[string]bool{},
	}
	for _, e := range entries {
		p.names[e.Name] = true
		p.Paths += len(e.Paths)
		if e.holds(p.Query) {
			p.Entries = append(p.Entries, e)
		}
	}
	p.Map, p.Families = mapOf(p.Entries), r.familiesOf(p.Entries)
	var buf bytes.Buffer
	if err := pageTemplate.Execute(&buf, p); err != nil {
		return api.Page{}, fmt.Errorf("reference page: %w", err)
	}
	return api.Page{HTML: buf.Bytes()}, nil
}

// familiesOf groups entries under the headings of the table, in its order.
func (r *Reference) familiesOf(entries []*entry) []family {
	var families []family
	at := map[string]int{}
	for i := range r.System.Routes {
		name := r.System.Routes[i].Family
		if _, ok := at[name]; !ok {
			at[name] = len(families)
			families = append(families, family{ID: fmt.Sprint("famille-", len(families)+1), Name: name})
		}
	}
	for _, e := range entries {
		f := &families[at[e.family]]
		f.Entries = append(f.Entries, e)
	}
	return slices.DeleteFunc(families, func(f family) bool { return len(f.Entries) == 0 })
}
