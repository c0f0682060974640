package scolarite

import (
	"context"
	"fmt"

	"intendant/internal/api"
	"intendant/internal/scolarite/notes"
)

// moduleImplNotesRoutes are the entries of "API Moduleimpl" about marks.
func (s *Service) moduleImplNotesRoutes() []api.Route {
	return []api.Route{
		api.Get("moduleimpl_notes", ScoView, s.moduleImplNotes, "/moduleimpl/{moduleimpl_id:int}/notes").
			Doc("Liste des notes dans ce moduleimpl.").
			Describe(`Une ligne par étudiant inscrit au module, dans l'ordre des noms : etudid, nom, prenom, puis

* "<evaluation_id>" : sa note ramenée sur 20, "ABS", "EXC" ou "ATT", null si elle n'est pas saisie
* moymod : sa moyenne dans le module, non arrondie, null s'il n'en a pas
* moy_ue_<ue_id> : en BUT, sa moyenne vers chaque UE où le module compte`),
	}
}

// moduleImplNotes returns the marks of the students of a module in the order of
// names, on 20, and their means. NotFound if it is unknown.
func (s *Service) moduleImplNotes(ctx context.Context, in moduleImplRef) ([]Ordered[any], error) {
	module, sem, err := visibleModuleImpl(ctx, s.Store.Read(), in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.results(ctx, sem.ID)
	if err != nil {
		return nil, err
	}
	rows := []Ordered[any]{}
	m, ok := r.ModuleIndex(module.ID)
	if !ok {
		return rows, nil // taken out of the semester since
	}
	for i, inscrit := range r.Input.Inscrits.Row(m) {
		if inscrit {
			rows = append(rows, r.moduleRow(m, i))
		}
	}
	return rows, nil
}

// moduleRow is what a student has in a module.
func (r *SemesterResults) moduleRow(m, etudiant int) Ordered[any] {
	etud := &r.Etudiants[etudiant]
	row := Ordered[any]{{"etudid", etud.ID}, {"nom", nomDisp(etud.Nom, etud.NomUsuel)}, {"prenom", etud.Prenom}}
	from, to := r.EvaluationsOf(m)
	for e := from; e < to; e++ {
		row.AddID(r.Evaluations[e].ID, markOn20(r.Input.Notes.At(e, etudiant), r.Evaluations[e].NoteMax))
	}
	row.Add("moymod", api.Float(r.Results.Moyennes.At(m, etudiant)))
	if !r.Input.VersUEs(m) {
		return row
	}
	for u := range r.UEs {
		if r.Input.Compte(m, u) && r.Input.Suit(etudiant, u) {
			row.Add(fmt.Sprint("moy_ue_", r.UEs[u].ID), api.Float(r.Results.ModuleUEMean(m, u, etudiant)))
		}
	}
	return row
}

// markOn20 is a mark as answers write it: a number on 20, a word, or nil. On a
// scale of 0 it stays as it is.
func markOn20(note notes.Note, noteMax float64) any {
	switch {
	case note.Kind == notes.Manquante:
		return nil
	case note.Kind != notes.Nombre:
		return note.String()
	case noteMax > 0:
		return api.Float(notes.Sur20(note.Value, noteMax))
	}
	return api.Float(note.Value)
}
