package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/parc"
	"intendant/internal/tableur"
	"intendant/web/catalog"
)

const importsPath = "/admin/imports"

// importRoutes are the entries of the import of sheets. What a sheet needs
// depends on its kind, so each entry only asks for a signed-in person and the
// service for the rest.
func (a *Admin) importRoutes() []api.Route {
	return api.Family(
		"imports",
		api.Get("imports_page", api.SignedIn, a.importsPage, importsPath).Doc("Explique les importations et demande un fichier."),
		// Room for the form around the largest file.
		api.Post("imports_check", api.SignedIn, a.checkImport, importsPath).Accepts(tableur.MaxBytes+1<<20).Doc("Reçoit un fichier CSV ou XLSX et le vérifie."),
		api.Get("import_template", api.SignedIn, a.importTemplate, importsPath+"/template").Doc("Modèle de fichier à importer : kind, format."),
		api.Get("import_page", api.SignedIn, a.importPage, importsPath+"/{id}").Doc("Ce que ferait une importation, et ses erreurs."),
		api.Get("import_faults", api.SignedIn, a.importFaults, importsPath+"/{id}/faults").Doc("Toutes les erreurs d'un fichier, en CSV ou en XLSX."),
		api.Get("import_confirm_page", api.SignedIn, a.importAgain, importsPath+"/{id}/confirm").Doc("Mène à la vérification."),
		api.Post("import_confirm", api.SignedIn, a.confirmImport, importsPath+"/{id}/confirm").Doc("Commence l'importation."),
		api.Get("import_progress", api.SignedIn, a.importProgress, importsPath+"/{id}/progress").Doc("Avancement et résultat de l'importation."),
		api.Get("import_cancel_page", api.SignedIn, a.importAgain, importsPath+"/{id}/cancel").Doc("Mène à la vérification."),
		api.Post("import_cancel", api.SignedIn, a.cancelImport, importsPath+"/{id}/cancel").Doc("Oublie le fichier."),
	)
}

// importKey names one of a family of texts: imports.kind_sites.
func importKey(family, name string) string { return "imports." + family + "_" + name }

type importRef struct {
	ID string `path:"id"`
}

func (r importRef) path(more string) string { return importsPath + "/" + r.ID + more }

// importsPageData explains what can be imported.
type importsPageData struct {
	Form  form
	Kinds []importKind
}

// Choices are the kinds as a field offers them.
func (p importsPageData) Choices() []choice {
	choices := make([]choice, len(p.Kinds))
	for i, k := range p.Kinds {
		choices[i] = choice{string(k.Kind), k.Label}
	}
	return choices
}

// importKind is a kind of sheet and its columns.
type importKind struct {
	Kind    parc.ImportKind
	Label   string
	Columns []importColumn
}

// importColumn is a column as the page explains it.
type importColumn struct {
	Title, About string
	// Others are the other titles that are accepted.
	Others     []string
	IsRequired bool
}

func (a *Admin) importsPageOf(ctx context.Context, f form) (importsPageData, error) {
	page := importsPageData{Form: f}
	for _, kind := range parc.ImportKinds() {
		if !kind.IsAllowed(api.CallerFrom(ctx)) {
			continue
		}
		k := importKind{Kind: kind, Label: text(ctx, importKey("kind", string(kind)))}
		for _, c := range kind.Columns() {
			title := text(ctx, importKey("column", c.Key))
			k.Columns = append(k.Columns, importColumn{
				Title: title, About: text(ctx, importKey("about", string(kind)+"_"+c.Key)), IsRequired: c.Required,
				Others: slices.DeleteFunc(slices.Clone(c.Titles), func(other string) bool { return other == title }),
			})
		}
		page.Kinds = append(page.Kinds, k)
	}
	return page, nil
}

type importsQuery struct {
	Kind string `query:"kind" default:""`
}

func (a *Admin) importsPage(ctx context.Context, in importsQuery) (api.Result, error) {
	page, err := a.importsPageOf(ctx, formWith("kind", in.Kind))
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "imports/new", page)
}

type importForm struct {
	api.Form
	Kind string     `form:"kind" enum:"sites|equipements"`
	File api.Upload `file:"file"`
}

// checkImport reads the file and keeps it for its confirmation.
func (a *Admin) checkImport(ctx context.Context, in importForm) (api.Result, error) {
	f, err := a.formOf(ctx, in.Form, nil)
	if err != nil {
		return nil, err
	}
	if !f.IsFaulty() {
		id, err := a.keepSheet(ctx, in)
		e := errs.As(err)
		switch {
		case err == nil:
			return api.Redirect{To: importRef{id}.path("")}, nil
		case e == nil || !catalog.Has(language(ctx), "imports."+e.Code):
			return nil, err
		}
		f.add("file", sheetText(ctx, e))
	}
	page, err := a.importsPageOf(ctx, f)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, "imports/new", page)
}

func (a *Admin) keepSheet(ctx context.Context, in importForm) (id string, err error) {
	kind := parc.ImportKind(in.Kind)
	if !kind.IsAllowed(api.CallerFrom(ctx)) {
		return "", errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
	}
	file, err := in.File.Open()
	if err != nil {
		return "", fmt.Errorf("uploaded sheet: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, tableur.MaxBytes+1))
	if err != nil {
		return "", fmt.Errorf("uploaded sheet: %w", err)
	}
	sheet, err := tableur.Read(in.File.Name, data)
	if err != nil {
		return "", err
	}
	return a.Parc.KeepImport(ctx, kind, in.File.Name, sheet)
}

// sheetText says why a file cannot be read, and at which line.
func sheetText(ctx context.Context, e *errs.Error) string {
	message := text(ctx, "imports."+e.Code)
	if len(e.Faults) > 0 {
		if line, ok := e.Faults[0].Ctx["line"].(int); ok {
			return text(ctx, "imports.at_line", line, message)
		}
	}
	return message
}

type importTemplateQuery struct {
	exportQuery
	Kind string `query:"kind" enum:"sites|equipements"`
}

// templateColumns are those of a new list: it names no object by identifier.
var templateColumns = map[parc.ImportKind][]string{
	parc.ImportSites:       {"client", "name", "longitude", "latitude", "description"},
	parc.ImportEquipements: {"site", "ip", "port", "marque", "modele", "username", "password", "description", "sources"},
}

// exampleCells are those of the example that are the same in any language.
var exampleCells = map[string]tableur.Cell{"longitude": 9.7085, "latitude": 4.0483, "port": int64(22), "password": nil}

func (a *Admin) importTemplate(ctx context.Context, in importTemplateQuery) (api.Result, error) {
	kind := parc.ImportKind(in.Kind)
	if !kind.IsAllowed(api.CallerFrom(ctx)) {
		return nil, errs.New(errs.Forbidden, "not_permitted", "Not enough permissions")
	}
	var header []string
	var example []tableur.Cell
	for _, key := range templateColumns[kind] {
		header = append(header, importKey("column", key))
		cell, ok := exampleCells[key]
		if !ok {
			cell = text(ctx, importKey("example", in.Kind+"_"+key))
		}
		example = append(example, cell)
	}
	return export(ctx, in.Format, text(ctx, "imports.template_name", text(ctx, importKey("kind", in.Kind))), header, slices.Values([][]tableur.Cell{example}))
}

// importAgain leads to the check those whom a sign-in brings back by GET.
func (a *Admin) importAgain(_ context.Context, in importRef) (api.Redirect, error) {
	return api.Redirect{To: in.path("")}, nil
}

type confirmImportForm struct {
	api.Form
	importRef
	Seen string `form:"seen" default:""`
}

// confirmImport starts the import. It sets no notice: the session would wait
// for the writer, which the import holds.
func (a *Admin) confirmImport(ctx context.Context, in confirmImportForm) (api.Result, error) {
	err := a.Parc.StartImport(ctx, in.ID, in.Seen, func(err error) {
		if err != nil && errs.KindOf(err) == errs.Internal {
			a.Logger.Error("import failed", "import", in.ID, "error", err)
		}
	})
	if err == nil {
		return api.Redirect{To: in.path("/progress")}, nil
	}
	if e := errs.As(err); e == nil || e.Kind != errs.Conflict && e.Kind != errs.Invalid {
		return nil, err
	}
	return a.showImport(ctx, in.importRef, http.StatusUnprocessableEntity, text(ctx, "error."+errs.As(err).Code))
}

func (a *Admin) cancelImport(ctx context.Context, in importRef) (api.Result, error) {
	if err := a.Parc.CancelImport(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.done(ctx, importsPath, "imports.cancelled")
}

// importProgressPage shows a running import, then what it did.
type importProgressPage struct {
	parc.ImportStatus
	// Failure says why nothing was imported, Lines where.
	Failure string
	Lines   []importFault
	List    string // the page that shows what was imported
}

// ListNeeds is the permission to open that page.
func (p importProgressPage) ListNeeds() api.Permission {
	if p.Kind == parc.ImportSites {
		return parc.SitesRead
	}
	return parc.EquipementsRead
}

func (a *Admin) importProgress(ctx context.Context, in importRef) (api.Result, error) {
	status, err := a.Parc.ImportStatus(ctx, in.ID)
	if err != nil {
		// Not started, or the server was stopped meanwhile: the sheet, if it
		// is still there, was not imported.
		if _, missing := a.Parc.Import(ctx, in.ID); missing != nil {
			return nil, missing
		}
		return api.Redirect{To: in.path("")}, nil
	}
	page := importProgressPage{ImportStatus: status, List: "/admin/" + string(status.Kind)}
	if status.Err != nil {
		e := errs.As(status.Err)
		if e == nil {
			e = errs.New(errs.Internal, "", "")
		}
		page.Failure = a.errorText(ctx, errs.New(e.Kind, e.Code, e.Message))
		for _, fault := range e.Faults[:min(len(e.Faults), shownFaults)] {
			line, _ := fault.Ctx["line"].(int)
			page.Lines = append(page.Lines, importFault{Line: strconv.Itoa(line), Value: fmt.Sprint(fault.Input), Text: text(ctx, importKey("fault", fault.Code))})
		}
	}
	return a.show(ctx, "imports/progress", page)
}
