package scolarite

import (
	"context"
	"net/http"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// matiereRoutes are our entries about subjects, which gather the modules of a
// UE.
func (s *Service) matiereRoutes() []api.Route {
	return []api.Route{
		api.Post("matiere_create", EditFormation, s.CreateMatiere, "/matiere/create").Extension().Refuses(http.StatusBadRequest).
			Doc("Crée une matière dans une UE.").Describe("Sans `numero`, elle vient après les autres. 409 si l'UE a déjà une matière de ce titre."),
		api.Post("matiere_edit", EditFormation, s.matiereEdit, "/matiere/{matiere_id:int}/edit").Extension().Refuses(http.StatusBadRequest).
			Doc("Modifie une matière : seuls les champs envoyés changent."),
		api.Post("matiere_delete", EditFormation, s.matiereDelete, "/matiere/{matiere_id:int}/delete").Extension().
			Doc("Supprime une matière.").Describe("409 quand elle a des modules."),
	}
}

// Matiere is a subject as answers show it.
type Matiere struct {
	ID        int64   `json:"id"`
	MatiereID int64   `json:"matiere_id"`
	UEID      int64   `json:"ue_id"`
	Titre     *string `json:"titre"`
	Numero    int64   `json:"numero"`
}

func matiereOf(row db.Matiere) Matiere {
	return Matiere{ID: row.ID, MatiereID: row.ID, UEID: row.UEID, Titre: row.Titre, Numero: row.Numero}
}

type matiereRef struct {
	MatiereID int64 `path:"matiere_id"`
}

// visibleMatiere returns a subject, its UE and its programme.
func visibleMatiere(ctx context.Context, q *db.Queries, id int64) (db.Matiere, db.UE, db.Formation, error) {
	row, err := q.Matiere(ctx, id)
	if err != nil {
		return row, db.UE{}, db.Formation{}, db.NotFound(err, "matiere_unknown", "matière inconnue")
	}
	ue, formation, err := visibleUE(ctx, q, row.UEID)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "matiere_unknown", "matière inconnue")
	}
	return row, ue, formation, err
}

// NewMatiere is a subject to make.
type NewMatiere struct {
	UEID   int64          `json:"ue_id"`
	Titre  string         `json:"titre" maxlen:"512"`
	Numero api.Opt[int64] `json:"numero" ge:"0" le:"1000000"`
}

// CreateMatiere makes a subject and returns it. NotFound for an unknown UE,
// Conflict when the UE has one of this title; faults of the values are Invalid.
func (s *Service) CreateMatiere(ctx context.Context, in NewMatiere) (Matiere, error) {
	var matiere Matiere
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.CreateMatiereWithin(ctx, q, in)
		matiere = matiereOf(row)
		return err
	})
	return matiere, err
}

// CreateMatiereWithin is [Service.CreateMatiere] within a transaction.
func (s *Service) CreateMatiereWithin(ctx context.Context, q *db.Queries, in NewMatiere) (db.Matiere, error) {
	if _, _, err := visibleUE(ctx, q, in.UEID); err != nil {
		return db.Matiere{}, err
	}
	var titre string
	var f patchFaults
	putName(&f, "titre", &titre, api.Some(in.Titre))
	if err := errs.Faulty(f); err != nil {
		return db.Matiere{}, err
	}
	numero, ok := in.Numero.Get()
	if !ok {
		var err error
		if numero, err = q.NextMatiereNumero(ctx, in.UEID); err != nil {
			return db.Matiere{}, err
		}
	}
	row, err := q.AddMatiere(ctx, db.AddMatiereParams{UEID: in.UEID, Titre: &titre, Numero: numero})
	if err != nil {
		return row, matiereTaken(err)
	}
	return row, s.record(ctx, q, "matiere.create", "matiere", row.ID, titre, nil, matiereOf(row))
}

// matiereTaken turns a broken UNIQUE into Conflict.
func matiereTaken(err error) error {
	if _, isTaken := db.UniqueColumn(err); isTaken {
		return errs.New(errs.Conflict, "matiere_taken", "l'UE a déjà une matière de ce titre")
	}
	return err
}

// MatiereChange is what to change of a subject.
type MatiereChange struct {
	Titre  api.Opt[string] `json:"titre" maxlen:"512"`
	Numero api.Opt[int64]  `json:"numero" ge:"0" le:"1000000"`
}

type matiereChangeOf struct {
	matiereRef
	MatiereChange
}

// matiereEdit is [Service.EditMatiere].
func (s *Service) matiereEdit(ctx context.Context, in matiereChangeOf) (Matiere, error) {
	return s.EditMatiere(ctx, in.MatiereID, in.MatiereChange)
}

// EditMatiere changes a subject and returns it as it is then. NotFound if it
// is unknown, Conflict when the UE has another of this title; faults of the
// values are Invalid.
func (s *Service) EditMatiere(ctx context.Context, id int64, in MatiereChange) (Matiere, error) {
	var after Matiere
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, _, _, err := visibleMatiere(ctx, q, id)
		if err != nil {
			return err
		}
		row, titre := before, textOrEmpty(before.Titre)
		var f patchFaults
		putName(&f, "titre", &titre, in.Titre)
		put(&f, "numero", &row.Numero, in.Numero)
		if err := errs.Faulty(f); err != nil {
			return err
		}
		row.Titre = textOrNil(titre)
		if err := q.UpdateMatiere(ctx, db.UpdateMatiereParams{Titre: row.Titre, Numero: row.Numero, ID: id}); err != nil {
			return matiereTaken(err)
		}
		after = matiereOf(row)
		return s.record(ctx, q, "matiere.update", "matiere", id, titre, matiereOf(before), after)
	})
	return after, err
}

// matiereDelete is [Service.DeleteMatiere].
func (s *Service) matiereDelete(ctx context.Context, in matiereRef) (OK, error) {
	return done, s.DeleteMatiere(ctx, in.MatiereID)
}

// DeleteMatiere removes a subject. NotFound if it is unknown, Conflict when it
// has modules.
func (s *Service) DeleteMatiere(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, _, err := visibleMatiere(ctx, q, id)
		if err != nil {
			return err
		}
		if n, err := q.CountModulesOfMatiere(ctx, id); err != nil {
			return err
		} else if n > 0 {
			return errs.New(errs.Conflict, "matiere_in_use", "cette matière a des modules")
		}
		if err := q.DeleteMatiere(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, "matiere.delete", "matiere", id, textOrEmpty(row.Titre), matiereOf(row), nil)
	})
}
