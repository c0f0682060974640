package reference

import (
	"fmt"
	"io/fs"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/plier"
)

// entry is a function of the API as the page shows it.
type entry struct {
	ID          string // of its heading
	Name        string
	Method      string
	Paths       []string // from the root of the server
	Needs       string
	Summary     []span
	Description []block
	Params      []param
	IsExtension bool
	// RefusesBody says that values of the body that will not do are 400.
	RefusesBody bool
	Exemple     *exemple

	family     string
	shortPaths []string // below the base
	key        string   // what a search looks into
}

// param is a parameter of an entry.
type param struct {
	Name, Where, Type, Required, Default, Bounds string

	syntax string // "string", in the syntax map; "" for what is not in the query
}

// entryOf returns what a route says of itself; an example that cannot be read
// is an error.
func entryOf(base string, r *api.Route, files fs.FS) (*entry, error) {
	e := &entry{
		ID: r.Name, Name: r.Name, Method: strings.Join(r.Methods(), ", "), Needs: needsText(r.Needs),
		Summary: spansOf(r.Summary), Description: blocksOf(r.Description), IsExtension: r.IsExtension,
		RefusesBody: r.RefusalStatus == http.StatusBadRequest, family: r.Family,
	}
	for _, path := range r.Paths {
		path = published(path)
		e.shortPaths, e.Paths = append(e.shortPaths, path), append(e.Paths, base+path)
	}
	for _, f := range r.Fields() {
		e.Params = append(e.Params, paramsOf(f, "", len(r.Paths) > 1)...)
	}
	e.key = plier.Key(strings.Join([]string{
		e.Name, e.Method, e.Needs, r.Family, r.Summary, r.Description, strings.Join(e.Paths, " "),
	}, " "))
	var err error
	e.Exemple, err = exempleOf(files, r.Name)
	return e, err
}

// join adds another route of the same function: one whose paths answer in
// another form.
func (e *entry) join(o *entry) {
	e.Paths, e.shortPaths, e.key = append(e.Paths, o.Paths...), append(e.shortPaths, o.shortPaths...), e.key+" "+o.key
	for _, p := range o.Params {
		if !slices.Contains(e.Params, p) {
			e.Params = append(e.Params, p)
		}
	}
}

// holds reports whether every word of a text is somewhere in the entry.
func (e *entry) holds(text string) bool {
	for word := range strings.FieldsSeq(plier.Key(text)) {
		if !strings.Contains(e.key, word) {
			return false
		}
	}
	return true
}

// queryAt returns the parameters of the query as the syntax map writes them
// behind a path. Where some paths of an entry end in "query", only they have
// them.
func (e *entry) queryAt(path string) []string {
	isQuery := func(path string) bool { return strings.HasSuffix(path, "/query") }
	if slices.ContainsFunc(e.shortPaths, isQuery) && !isQuery(path) {
		return nil
	}
	var parts []string
	mark := "?"
	for _, p := range e.Params {
		if p.syntax != "" {
			parts = append(parts, mark+p.Name+"=<"+p.syntax+":"+p.Name+">")
			mark = "&"
		}
	}
	return parts
}

func needsText(p api.Permission) string {
	switch p {
	case api.Public:
		return "Aucune permission requise"
	case api.SignedIn:
		return "Compte requis"
	default:
		return p.Short()
	}
}

var wildcard = regexp.MustCompile(`\{(\w+)(?::(\w+))?\}`)

// published writes a path as ScoDoc's documents do: "/ue/<int:ue_id>".
func published(path string) string {
	return wildcard.ReplaceAllStringFunc(path, func(w string) string {
		m := wildcard.FindStringSubmatch(w)
		if m[2] == "" {
			m[2] = "string"
		}
		return "<" + m[2] + ":" + m[1] + ">"
	})
}

var places = map[api.Source]string{
	api.FromPath: "chemin", api.FromQuery: "requête", api.FromJSON: "corps", api.FromBody: "corps", api.FromRaw: "corps",
	api.FromForm: "formulaire", api.FromFile: "formulaire",
}

// paramsOf returns a value of the entry, and below it the members of an object
// or of the objects of a list. Of several paths each has some of the
// parameters.
func paramsOf(f *api.Field, within string, hasPaths bool) []param {
	p := param{Name: within + f.Name, Where: places[f.Source], Type: typeText(f.Type), Required: "non", Bounds: boundsText(f)}
	switch {
	case f.Source == api.FromPath && hasPaths && !f.Required:
		p.Required = "selon le chemin"
	case f.Required:
		p.Required = "oui"
	}
	if f.HasDefault {
		p.Default = f.Default
	}
	switch f.Source {
	case api.FromQuery:
		p.syntax = syntaxText(f.Type)
	case api.FromBody, api.FromRaw:
		p.Name = "(tout le corps)"
	case api.FromFile:
		if f.Name == api.AnyFile {
			p.Name = "(un fichier)"
		}
	}
	list := []param{p}
	within += f.Name
	if f.Name != "" {
		within += "."
	}
	if strings.Count(within, ".") < 3 { // deeper, a table no longer helps
		for _, part := range f.Parts() {
			list = append(list, paramsOf(part, within, false)...)
		}
	}
	return list
}

// described is a type that reads itself and says what it reads.
type described interface {
	OpenAPI() (kind, format string)
}

// typeText names a type to people.
func typeText(t reflect.Type) string {
	t, _ = api.Optional(t)
	switch t {
	case reflect.TypeFor[api.Upload]():
		return "fichier"
	case reflect.TypeFor[[]api.Upload]():
		return "fichiers"
	case reflect.TypeFor[jsonvalue.Value]():
		return "JSON"
	}
	if self, ok := reflect.Zero(t).Interface().(described); ok {
		return describedText(self)
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "entier"
	case reflect.Float64:
		return "nombre"
	case reflect.Bool:
		return "booléen"
	case reflect.Slice:
		return listText(t.Elem())
	case reflect.Map:
		return "objet"
	case reflect.Struct:
		if reflect.PointerTo(t).Implements(reflect.TypeFor[api.ValueBinder]()) {
			return "JSON" // in a form that the description tells
		}
		return "objet"
	default:
		return "texte"
	}
}

func describedText(self described) string {
	kind, format := self.OpenAPI()
	switch {
	case format == "date":
		return "date"
	case format == "date-time":
		return "date et heure"
	case kind == "integer":
		return "entier"
	case kind == "number":
		return "nombre"
	case kind == "boolean":
		return "booléen"
	}
	return "texte"
}

func listText(item reflect.Type) string {
	if item.Kind() == reflect.Uint8 {
		return "octets"
	}
	switch text := typeText(item); text {
	case "JSON":
		return "liste"
	case "entier", "objet":
		return "liste d'" + text + "s"
	default:
		return "liste de " + text + "s"
	}
}

// syntaxText names a type as the syntax map does.
func syntaxText(t reflect.Type) string {
	t, _ = api.Optional(t)
	text := typeText(t)
	switch {
	case t.Kind() == reflect.Slice:
		return "array[" + syntaxText(t.Elem()) + "]"
	case text == "entier":
		return "int"
	case text == "nombre":
		return "float"
	case text == "booléen":
		return "bool"
	default:
		return "string"
	}
}

// boundsText says what a value must keep to.
func boundsText(f *api.Field) string {
	t, _ := api.Optional(f.Type)
	unit := "caractère"
	if t.Kind() == reflect.Slice {
		unit = "élément"
	}
	var parts []string
	if f.Ge != nil {
		parts = append(parts, "au moins "+numberText(*f.Ge))
	}
	if f.Le != nil {
		parts = append(parts, "au plus "+numberText(*f.Le))
	}
	if f.MinLen > 0 {
		parts = append(parts, countText(f.MinLen, unit)+" au moins")
	}
	if f.MaxLen > 0 {
		parts = append(parts, countText(f.MaxLen, unit)+" au plus")
	}
	if f.Enum != nil {
		parts = append(parts, strings.Join(f.Enum, ", "))
	}
	return strings.Join(parts, " ; ")
}

func numberText(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func countText(n int, unit string) string {
	if n > 1 {
		unit += "s"
	}
	return fmt.Sprint(n, " ", unit)
}
