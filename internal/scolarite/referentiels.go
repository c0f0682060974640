package scolarite

import (
	"context"
	"strconv"

	"intendant/db"
)

// parcoursByID returns the tracks of these ids, their years in order and the
// competences of each in the framework's order.
func (s *Service) parcoursByID(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Parcours, error) {
	list := db.JSONList(ids...)
	rows, err := q.ParcoursByID(ctx, list)
	if err != nil {
		return nil, err
	}
	annees, err := q.ParcoursAnnees(ctx, list)
	if err != nil {
		return nil, err
	}
	competences, err := q.ParcoursCompetences(ctx, list)
	if err != nil {
		return nil, err
	}
	byAnnee := make(map[int64]Ordered[ParcoursCompetence], len(annees))
	for _, c := range competences {
		byAnnee[c.AnneeID] = append(byAnnee[c.AnneeID], Member[ParcoursCompetence]{c.Titre, ParcoursCompetence{c.Niveau, c.IDOrebut}})
	}
	byParcours := make(map[int64]Ordered[ParcoursAnnee], len(rows))
	for _, a := range annees {
		year := Member[ParcoursAnnee]{strconv.FormatInt(a.Ordre, 10), ParcoursAnnee{a.Ordre, byAnnee[a.ID]}}
		byParcours[a.ParcoursID] = append(byParcours[a.ParcoursID], year)
	}
	parcours := make(map[int64]Parcours, len(rows))
	for _, p := range rows {
		parcours[p.ID] = Parcours{ID: p.ID, Code: p.Code, Numero: p.Numero, Libelle: textOrEmpty(p.Libelle), Annees: byParcours[p.ID]}
	}
	return parcours, nil
}
