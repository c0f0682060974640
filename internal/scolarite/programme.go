package scolarite

import (
	"context"

	"intendant/db"
)

// parcoursIn returns the tracks of a list that may be empty, as it is outside
// the BUT.
func (s *Service) parcoursIn(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Parcours, error) {
	if len(ids) == 0 {
		return map[int64]Parcours{}, nil
	}
	return s.parcoursByID(ctx, q, ids)
}
