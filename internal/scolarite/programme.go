package scolarite

import (
	"context"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/scolarite/tree"
)

// errFormationLocked refuses what would change the means of a locked semester.
var errFormationLocked = errs.New(errs.Forbidden, "formation_locked", "formation verrouillée (utilisée dans un semestre verrouillé)")

// programmeEdit applies what was sent of an object of a programme to its row,
// and gathers what is wrong with it.
type programmeEdit struct{ faults []errs.Fault }

func (e *programmeEdit) err() error { return errs.Faulty(e.faults) }

func (e *programmeEdit) missing(field string) {
	e.faults = append(e.faults, errs.Fault{Loc: []any{field}, Code: "missing"})
}

func (e *programmeEdit) refuse(field, message string) {
	e.faults = append(e.faults, errs.Fault{Loc: []any{field}, Code: "programme_refused", Message: "param '" + field + "': " + message})
}

// text replaces a text that is never empty.
func (e *programmeEdit) text(field string, dst *string, v api.Opt[string]) {
	if !v.Set {
		return
	}
	*dst = strings.TrimSpace(v.Value)
	switch {
	case *dst == "":
		e.missing(field)
	case !tree.IsText(*dst):
		e.refuse(field, "caractère interdit")
	}
}

// replace replaces a value that is never null.
func replace[T any](e *programmeEdit, field string, dst *T, v api.Opt[T]) {
	switch {
	case v.Null:
		e.missing(field)
	case v.Set:
		*dst = v.Value
	}
}

// replaceText replaces a text that null and blanks empty.
func replaceText(e *programmeEdit, field string, dst **string, v api.Opt[string]) {
	if !v.Set {
		return
	}
	*dst = textOrNil(strings.TrimSpace(v.Value))
	if !tree.IsText(v.Value) {
		e.refuse(field, "caractère interdit")
	}
}

// replaceNumber replaces a number that null empties.
func replaceNumber[T int64 | float64](dst **T, v api.Opt[T]) {
	if v.Set {
		*dst = v.Ptr()
	}
}

// replaceShown replaces a number that answers show as 0.0 when there is none:
// sent back as it was shown, it is none still.
func replaceShown(dst **float64, v api.Opt[float64]) {
	if v.Set && (*dst != nil || v.Value != 0) {
		*dst = v.Ptr()
	}
}

// IDs are the ids of a list, each once and in order, read alone or in objects as answers show them:
// [1, 2], [{"id": 1}], {"AC11.01": {"oid": 1}}.
type IDs []int64

// BindValue reads ids out of a list or an object.
func (ids *IDs) BindValue(v jsonvalue.Value) *api.Problem {
	var items []jsonvalue.Value
	switch v.Kind() {
	case jsonvalue.Array:
		items = v.Items()
	case jsonvalue.Object:
		for _, m := range v.Members() {
			items = append(items, m.Value)
		}
	default:
		return &api.Problem{Code: "list_type"}
	}
	*ids = make(IDs, 0, len(items))
	for _, item := range items {
		if item.Kind() == jsonvalue.Object {
			id, ok := item.Get("id")
			if !ok {
				id, _ = item.Get("oid")
			}
			item = id
		}
		if item.Kind() != jsonvalue.Int {
			return &api.Problem{Code: "int_type"}
		}
		*ids = append(*ids, item.Int())
	}
	slices.Sort(*ids)
	*ids = slices.Compact(*ids)
	return nil
}

// parcoursIn returns the tracks of a list that may be empty, as it is outside
// the BUT.
func (s *Service) parcoursIn(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Parcours, error) {
	if len(ids) == 0 {
		return map[int64]Parcours{}, nil
	}
	return s.parcoursByID(ctx, q, ids)
}

// parcoursOfFormation returns tracks of a programme's framework; NotFound if
// one of the ids is of none.
func parcoursOfFormation(ctx context.Context, q *db.Queries, formation db.Formation, ids []int64) ([]db.Parcours, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	unknown := errs.New(errs.NotFound, "parcours_unknown", "parcours inconnu dans le référentiel de la formation")
	if formation.ReferentielID == nil {
		return nil, unknown
	}
	rows, err := q.ParcoursInReferentiel(ctx, db.ParcoursInReferentielParams{ReferentielID: *formation.ReferentielID, Ids: db.JSONList(ids...)})
	if err == nil && len(rows) < len(ids) {
		return nil, unknown
	}
	return rows, err
}

// codesOf returns the codes of tracks, for the journal.
func codesOf(parcours []Parcours) []string {
	codes := make([]string, len(parcours))
	for i, p := range parcours {
		codes[i] = p.Code
	}
	return codes
}
