package scolarite

import (
	"context"
	"fmt"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/presence"
)

// billetRoutes are the entries of "API Billets d'absence", and ours to deal
// with one.
func (s *Service) billetRoutes() []api.Route {
	return []api.Route{
		api.Post("billets_absence_create", api.SignedIn, s.billetCreate, "/billets_absence/create").
			Unless(departmental).
			Doc("Ajout d'un billet d'absence. Renvoie le billet créé en json.").
			Describe("Champs : etudid, code_nip ou code_ine, abs_begin et abs_end (ISO 8601), et au besoin description, justified. " + billetRights),
		api.Post("billets_absence_delete", api.SignedIn, s.billetDelete, "/billets_absence/{billet_id:int}/delete").
			Unless(departmental).
			Doc("Suppression d'un billet d'absence.").
			Describe(billetRights),
		api.Get("billets_absence_etudiant", api.SignedIn, s.billetsEtudiant, "/billets_absence/etudiant/{etudid:int}").
			Unless(departmental).
			Doc("Liste des billets d'absence pour cet étudiant.").
			Describe(billetRights),
		api.Post("billets_absence_process", AbsChange, s.billetProcess, "/billets_absence/{billet_id:int}/process").Extension().
			Doc("Traite un billet : enregistre l'absence, et un justificatif si justifie est vrai.").
			Describe("La description du billet devient la raison du justificatif, ou sans lui la description de l'absence. 409 si le billet est déjà traité, s'il n'a pas de durée, ou si une assiduité occupe déjà sa plage."),
	}
}

// billetRights describes who may use the entries without a permission.
const billetRights = "Un compte suffit, mais qui n'a de permissions que dans des départements reçoit 403 hors de leurs adresses."

// Billet is an absence that a student announces, as answers show it.
type Billet struct {
	ID          int64   `json:"id"`
	BilletID    int64   `json:"billet_id"`
	Etudid      int64   `json:"etudid"`
	AbsBegin    Instant `json:"abs_begin"`
	AbsEnd      Instant `json:"abs_end"`
	Description *string `json:"description"`
	Etat        bool    `json:"etat"` // true once dealt with
	EntryDate   Instant `json:"entry_date"`
	Justified   bool    `json:"justified"`
}

func (s *Service) billetOf(row db.Billet) Billet {
	return Billet{
		ID: row.ID, BilletID: row.ID, Etudid: row.Etudid, AbsBegin: s.instant(row.DebutAt), AbsEnd: s.instant(row.FinAt),
		Description: row.Description, Etat: row.Etat, EntryDate: s.instant(row.EntryAt), Justified: row.Justified,
	}
}

type billetIn struct {
	Etudid      api.Opt[int64]  `json:"etudid"`
	CodeNIP     api.Opt[string] `json:"code_nip"`
	CodeINE     api.Opt[string] `json:"code_ine"`
	AbsBegin    string          `json:"abs_begin"`
	AbsEnd      string          `json:"abs_end"`
	Description api.Opt[string] `json:"description"`
	Justified   bool            `json:"justified" default:"false"`
}

// billetCreate adds a note of absence. NotFound for an unknown student, or
// dates that cannot be read or come in the wrong order.
func (s *Service) billetCreate(ctx context.Context, in billetIn) (Billet, error) {
	row, ref, err := s.readBillet(in)
	if err != nil {
		return Billet{}, err
	}
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := etudiantOf(ctx, q, ref)
		if err != nil {
			return err
		}
		if row, err = q.AddBillet(ctx, db.AddBilletParams{
			Etudid: etud.ID, DebutAt: row.DebutAt, FinAt: row.FinAt, Description: row.Description, EntryAt: s.now(), Justified: row.Justified,
		}); err != nil {
			return fmt.Errorf("add a note of absence: %w", err)
		}
		return s.record(ctx, q, "billet.create", "billet", row.ID, nameOf(etud), nil, s.billetImage(row))
	})
	return s.billetOf(row), err
}

// readBillet reads what a client says of a note, and of whom it is. NotFound
// names all that will not do.
func (s *Service) readBillet(in billetIn) (row db.Billet, ref etudRef, err error) {
	var wrong refusals
	ref = etudRef{Etudid: given(in.Etudid), NIP: given(in.CodeNIP), INE: given(in.CodeINE)}
	if !ref.Etudid.Set && !ref.NIP.Set && !ref.INE.Set {
		wrong.add("etudid", "manquant (ou code_nip, ou code_ine)")
	}
	begin, _, isBegin := parseMoment(in.AbsBegin, s.Location)
	end, _, isEnd := parseMoment(in.AbsEnd, s.Location)
	if !isBegin {
		wrong.add("abs_begin", "format invalide")
	}
	if !isEnd {
		wrong.add("abs_end", "format invalide")
	}
	if isBegin && isEnd && begin.After(end) {
		wrong = append(wrong, "abs_begin doit être avant abs_end")
	}
	row = db.Billet{DebutAt: db.At(begin), FinAt: db.At(end), Description: in.Description.Ptr(), Justified: in.Justified}
	return row, ref, wrong.err()
}

// billetImage is a note as the journal keeps it, without what it says.
func (s *Service) billetImage(row db.Billet) any {
	return struct {
		AbsBegin  Instant `json:"abs_begin"`
		AbsEnd    Instant `json:"abs_end"`
		Etat      bool    `json:"etat"`
		Justified bool    `json:"justified"`
	}{s.instant(row.DebutAt), s.instant(row.FinAt), row.Etat, row.Justified}
}

// given is a field that was sent with a value; null is as good as nothing.
func given[T any](o api.Opt[T]) api.Opt[T] {
	if o.Null {
		return api.Opt[T]{}
	}
	return o
}

type billetRef struct {
	ID int64 `path:"billet_id"`
}

// visibleBillet returns a note of absence that exists for ctx's request, and
// its student; NotFound otherwise.
func visibleBillet(ctx context.Context, q *db.Queries, id int64) (db.Billet, db.Etudiant, error) {
	row, err := q.Billet(ctx, id)
	if err != nil {
		return row, db.Etudiant{}, db.NotFound(err, "billet_unknown", "billet inconnu")
	}
	etud, err := visibleEtudiant(ctx, q, row.Etudid)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "billet_unknown", "billet inconnu")
	}
	return row, etud, err
}

// billetDelete deletes a note of absence; NotFound if it is unknown.
func (s *Service) billetDelete(ctx context.Context, in billetRef) (OK, error) {
	return done, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, etud, err := visibleBillet(ctx, q, in.ID)
		if err != nil {
			return err
		}
		if err := q.DeleteBillet(ctx, in.ID); err != nil {
			return fmt.Errorf("delete note of absence %d: %w", in.ID, err)
		}
		return s.record(ctx, q, "billet.delete", "billet", in.ID, nameOf(etud), s.billetImage(row), nil)
	})
}

type billetsIn struct {
	Etudid int64 `path:"etudid"`
}

// billetsEtudiant returns the notes of a student in order of time; NotFound if
// he is unknown.
func (s *Service) billetsEtudiant(ctx context.Context, in billetsIn) ([]Billet, error) {
	q := s.Store.Read()
	if _, err := visibleEtudiant(ctx, q, in.Etudid); err != nil {
		return nil, err
	}
	rows, err := q.BilletsOfEtudiant(ctx, in.Etudid)
	if err != nil {
		return nil, fmt.Errorf("notes of absence of student %d: %w", in.Etudid, err)
	}
	list := make([]Billet, len(rows))
	for i, row := range rows {
		list[i] = s.billetOf(row)
	}
	return list, nil
}

type billetProcessIn struct {
	ID       int64 `path:"billet_id"`
	Justifie bool  `json:"justifie"`
}

// BilletProcessed is what a note of absence became.
type BilletProcessed struct {
	AssiduiteID int64  `json:"assiduite_id"`
	JustifID    *int64 `json:"justif_id"`
}

// billetProcess records the absence that a note announces, justified if asked,
// and marks the note. NotFound for an unknown one, Forbidden in locked
// semesters, a Conflict when it is dealt with already or another record is in
// the way.
func (s *Service) billetProcess(ctx context.Context, in billetProcessIn) (BilletProcessed, error) {
	var out BilletProcessed
	return out, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, etud, err := visibleBillet(ctx, q, in.ID)
		if err != nil {
			return err
		}
		if err := s.checkProcess(ctx, q, row); err != nil {
			return err
		}
		if out, err = s.addAnnounced(ctx, q, etud, row, in.Justifie); err != nil {
			return err
		}
		if err := q.SetBilletDone(ctx, in.ID); err != nil {
			return fmt.Errorf("mark note of absence %d: %w", in.ID, err)
		}
		if err := s.justify(ctx, q, etud.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "billet.process", "billet", in.ID, nameOf(etud), nil, out)
	})
}

// checkProcess says why a note cannot be dealt with.
func (s *Service) checkProcess(ctx context.Context, q *db.Queries, row db.Billet) error {
	switch {
	case row.Etat:
		return errs.New(errs.Conflict, "billet_done", "billet déjà traité")
	case !row.DebutAt.Before(row.FinAt.Time):
		return errs.New(errs.Conflict, "billet_empty", "le billet n'a pas de durée")
	}
	announced := db.Assiduite{Etudid: row.Etudid, DebutAt: row.DebutAt, FinAt: row.FinAt}
	if err := s.checkUnlocked(ctx, q, announced); err != nil {
		return err
	}
	return s.checkOverlap(ctx, q, announced)
}

// addAnnounced adds the absence that a note announces, and a justification of
// it if asked. What the note says goes with the latter, where not everyone may
// read it, and with the absence only when there is none.
func (s *Service) addAnnounced(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Billet, isJustified bool) (BilletProcessed, error) {
	var out BilletProcessed
	desc := row.Description
	if isJustified {
		justif, err := s.addJustificatif(ctx, q, etud, db.Justificatif{DebutAt: row.DebutAt, FinAt: row.FinAt, Etat: justifValid, Raison: row.Description})
		if err != nil {
			return out, err
		}
		out.JustifID, desc = &justif.ID, nil
	}
	added, err := s.addAssiduite(ctx, q, etud, db.Assiduite{DebutAt: row.DebutAt, FinAt: row.FinAt, Etat: int64(presence.Absent), Description: desc})
	out.AssiduiteID = added.ID
	return out, err
}
