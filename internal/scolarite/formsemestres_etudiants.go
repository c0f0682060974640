package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/errs"
)

// EtudInscritShort is a student of a semester with his groups, that of everybody
// left out.
type EtudInscritShort struct {
	EtudShort
	Groups []EtudGroup `json:"groups"`
}

// EtudInscritLong is a student of a semester in full, with his groups.
type EtudInscritLong struct {
	EtudLong
	Groups []EtudGroup `json:"groups"`
}

type formSemestreEtuds struct {
	formSemestreRef
	Etat string `query:"etat" default:""`
}

// etats are the states of registrations by the words that ask for them, "" for
// any.
var etats = map[string]string{
	"": "", "I": "I", "D": "D", "DEF": "DEF", "actifs": "I", "demissionnaires": "D", "defaillants": "DEF",
}

// etatAsked returns the state that a word asks for, "" for any; NotFound for a
// word that asks for none.
func etatAsked(word string) (string, error) {
	etat, ok := etats[word]
	if !ok {
		return "", errs.New(errs.NotFound, "etat_unknown", "param 'etat': invalide (I, D ou DEF)")
	}
	return etat, nil
}

// formSemestreEtudiants returns the students of a semester in the order of
// lists, those of a state when one is given. NotFound if the semester or the
// state is unknown.
func (s *Service) formSemestreEtudiants(ctx context.Context, in formSemestreEtuds) ([]EtudInscritShort, error) {
	q := s.Store.Read()
	rows, groups, err := s.studentsOf(ctx, q, in)
	if err != nil {
		return nil, err
	}
	shorts, err := s.etudShorts(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	list := make([]EtudInscritShort, len(shorts))
	for i, short := range shorts {
		list[i] = EtudInscritShort{EtudShort: short, Groups: orEmpty(groups[short.ID])}
	}
	return list, nil
}

// longListOf is what a list of students in full depends on, but for the base.
type longListOf struct {
	formSemestreID int64
	etat           string
	isPersonal     bool // what is personal is shown
}

// maxLongLists bounds the lists kept, of some hundreds of students each.
const maxLongLists = 16

// formSemestreEtudiantsLong is formSemestreEtudiants in full. The list is kept
// until the base changes: those who watch a semester ask for it again and
// again.
func (s *Service) formSemestreEtudiantsLong(ctx context.Context, in formSemestreEtuds) (EtudInscritLongs, error) {
	if _, err := visibleFormSemestre(ctx, s.Store.Read(), in.ID); err != nil {
		return nil, err
	}
	key := longListOf{in.ID, in.Etat, may(ctx, ViewEtudData)}
	return s.longLists.Get(ctx, s.Store, maxLongLists, key, func(ctx context.Context) (EtudInscritLongs, error) {
		return s.readEtudiantsLong(ctx, in)
	})
}

func (s *Service) readEtudiantsLong(ctx context.Context, in formSemestreEtuds) (EtudInscritLongs, error) {
	q := s.Store.Read()
	rows, groups, err := s.studentsOf(ctx, q, in)
	if err != nil {
		return nil, err
	}
	longs, err := s.etudLongs(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	list := make(EtudInscritLongs, len(longs))
	for i, long := range longs {
		list[i] = EtudInscritLong{EtudLong: long, Groups: orEmpty(groups[rows[i].ID])}
	}
	return list, nil
}

// studentsOf returns the students asked for, and the groups of the semester by
// student.
func (s *Service) studentsOf(ctx context.Context, q *db.Queries, in formSemestreEtuds) (rows []db.Etudiant, groups map[int64][]EtudGroup, err error) {
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, nil, err
	}
	etat, err := etatAsked(in.Etat)
	if err != nil {
		return nil, nil, err
	}
	if rows, err = q.EtudiantsOfFormSemestre(ctx, db.EtudiantsOfFormSemestreParams{FormsemestreID: sem.ID, Etat: etat}); err != nil {
		return nil, nil, err
	}
	groups, err = s.groupsByEtudid(ctx, q, sem.ID)
	return rows, groups, err
}
