package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// docServer is a base under which every path of a document is answered.
type docServer struct {
	URL         string               `json:"url"`
	Description string               `json:"description"`
	Variables   ordered[docVariable] `json:"variables,omitempty"`
}

type docVariable struct {
	Default     string `json:"default"`
	Description string `json:"description"`
}

// documentBase returns what stands before each path of the document, and its
// servers. Where a table is answered on several bases, these are the servers
// and the paths begin below them.
func (sys *System) documentBase() (base string, servers []docServer) {
	if !sys.Departmental {
		return sys.Base, nil
	}
	root, tail := sys.Base[:strings.LastIndexByte(sys.Base, '/')], sys.Base[strings.LastIndexByte(sys.Base, '/'):]
	return "", []docServer{
		{URL: sys.Base, Description: "Tous les départements : seuls comptent les rôles tenus dans tous."},
		{
			URL: root + "/{departement}" + tail, Description: "Un département : ses rôles comptent aussi, et le reste n'existe pas.",
			Variables: ordered[docVariable]{{"departement", docVariable{"DEPARTEMENT", "L'acronyme du département."}}},
		},
	}
}

// scodocError is the schema of every error of the dialect.
var scodocError = &schema{
	Properties: ordered[*schema]{
		{"error", &schema{Type: "string"}}, {"status", &schema{Type: "integer"}}, {"message", &schema{Type: "string"}},
	},
	Type: "object", Required: []string{"error", "status", "message"}, Title: "Erreur",
}

// scodoc completes an operation in the words of the dialect: what it refuses
// and why, who may call it, and whether it is ours.
func (d *document) scodoc(op *operation, r *Route) {
	op.IsExtension = r.IsExtension
	for i := range op.Responses {
		op.Responses[i].value.Description = "Succès."
	}
	refuse := func(status int, why string) {
		d.schemas[scodocError.Title] = scodocError
		op.Responses.set(strconv.Itoa(status), &docResponse{Description: why, Content: jsonContent(&schema{Ref: refTo(scodocError.Title)})})
	}
	if op.RequestBody != nil && !r.takesBytes() {
		why := "Corps illisible."
		if r.RefusalStatus == http.StatusBadRequest {
			why = "Corps illisible, ou valeur qui ne convient pas."
		}
		if r.NeedsJSONType {
			why = "Content-Type autre que application/json. " + why
		}
		refuse(http.StatusBadRequest, why)
	}
	if r.Needs != Public {
		refuse(http.StatusUnauthorized, "Compte ou jeton requis. Le message est « "+scodocUnauthorized+" ».")
	}
	if r.Needs != Public && r.Needs != SignedIn {
		refuse(http.StatusForbidden, "Permission requise : "+r.Needs.Short()+".")
	}
	if r.Needs != Public || len(op.Parameters) > 0 || op.RequestBody != nil {
		refuse(http.StatusNotFound, "Objet ou département inconnu, paramètre manquant ou invalide.")
	}
	if r.Needs != Public {
		op.Security = append(op.Security, map[string][]string{"HTTPBasic": {}})
	}
}

// takesBytes reports whether the body is taken as it is.
func (r *Route) takesBytes() bool {
	p, err := planFor(r.in)
	return err == nil && p.kind == bodyBytes
}

// fileName names, in a document, the field of a form that may have any name.
const fileName = "file"

// nameAnyFile gives the file of any name one that generators of clients can
// use.
func nameAnyFile(s *schema) {
	for i, m := range s.Properties {
		if m.name == AnyFile {
			s.Properties[i].name, s.Properties[i].value.Title = fileName, titleOf(fileName)
		}
	}
	if i := slices.Index(s.Required, AnyFile); i >= 0 {
		s.Required[i] = fileName
	}
}

// inPath is the schema of a parameter of a path: it is always there, though
// other paths of the entry may lack it.
func (d *document) inPath(f *Field) *schema {
	sure := *f
	sure.Type, _ = Optional(f.Type)
	return d.input(&sure)
}
