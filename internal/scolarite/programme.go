package scolarite

import (
	"context"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// errFormationLocked refuses what would change the means of a locked semester.
var errFormationLocked = errs.New(errs.Forbidden, "formation_locked", "formation verrouillée (utilisée dans un semestre verrouillé)")

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
