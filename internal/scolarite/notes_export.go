package scolarite

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/tableur"
)

type notesExportIn struct {
	evaluationRef
	Format string `query:"format" default:"csv"`
}

// evaluationNotesExport returns the sheet on which a teacher enters the marks
// of an evaluation: a row for each student of the module, with the mark there
// is. What it gives, evaluationNotesImport reads. NotFound for an unknown
// evaluation or another format.
func (s *Service) evaluationNotesExport(ctx context.Context, in notesExportIn) (api.File, error) {
	q := s.Store.Read()
	row, modimpl, sem, err := visibleEvaluation(ctx, q, in.ID)
	if err != nil {
		return api.File{}, err
	}
	if in.Format != "csv" && in.Format != "xlsx" {
		return api.File{}, badFilter("format")
	}
	sheet, err := readNotes(ctx, q, row, modimpl, sem)
	if err != nil {
		return api.File{}, err
	}
	groups, err := s.groupsByEtudid(ctx, q, sem.ID)
	if err != nil {
		return api.File{}, fmt.Errorf("groups of formsemestre %d: %w", sem.ID, err)
	}
	export := sheet.export(groups)
	var out bytes.Buffer
	contentType := "text/csv; charset=utf-8"
	if in.Format == "xlsx" {
		contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = export.XLSX(&out)
	} else {
		err = export.CSV(&out)
	}
	if err != nil {
		return api.File{}, fmt.Errorf("export the marks of evaluation %d: %w", row.ID, err)
	}
	name := fmt.Sprintf("notes-%d.%s", row.ID, in.Format)
	return api.File{Name: name, ContentType: contentType, Content: bytes.NewReader(out.Bytes()), Size: int64(out.Len())}, nil
}

// export returns the marks as a list. evaluation_id keeps the sheet of one
// evaluation from being read into another.
func (n *notesSheet) export(groups map[int64][]EtudGroup) tableur.Export {
	return tableur.Export{
		Title:  "Notes " + n.module.Code,
		Header: []string{"evaluation_id", "etudid", "code_nip", "nom", "prenom", "groupes", "note_max", "note", "commentaire"},
		Rows: func(yield func([]tableur.Cell) bool) {
			for _, e := range n.etuds {
				if !yield(n.exportRow(e, groups[e.ID])) {
					return
				}
			}
		},
	}
}

func (n *notesSheet) exportRow(e db.EtudiantsOfModuleImplRow, groups []EtudGroup) []tableur.Cell {
	nom := e.Nom
	if e.NomUsuel != nil {
		nom = *e.NomUsuel
	}
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = textOrEmpty(g.GroupName)
	}
	var mark, comment tableur.Cell
	before, isThere := n.before[e.ID]
	switch {
	case e.Etat == "D":
		mark = "DEM" // which the import reads over
	case isThere:
		comment = textOrEmpty(before.Comment)
		if v, ok := (NoteValue{before.Value}).number(); ok {
			mark = v
		} else {
			mark = NoteValue{before.Value}.String()
		}
	}
	return []tableur.Cell{n.row.ID, e.ID, textOrEmpty(e.CodeNip), nom, e.Prenom, strings.Join(names, " "), n.row.NoteMax, mark, comment}
}
