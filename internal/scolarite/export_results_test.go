package scolarite

import (
	"context"
	"time"

	"intendant/db"
)

// What the tests of results call without going through a request.
var Results = (*Service).results

// NewResults is a service of results alone.
func NewResults(store *db.Store, now func() time.Time) *Service {
	return &Service{Config: Config{Store: store, Now: now, Location: time.UTC}}
}

// FreshResults are the results of a semester worked out from the base, whatever
// is kept.
func FreshResults(s *Service, ctx context.Context, formSemestreID int64) (r *SemesterResults, err error) {
	err = s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		r, err = s.loadResults(ctx, q, formSemestreID)
		return err
	})
	return r, err
}

// Absences are those kept of a semester, and those counted anew.
func Absences(s *Service, ctx context.Context, sem db.FormSemestre) (kept, fresh any, err error) {
	if kept, err = s.absencesIn(ctx, sem); err != nil {
		return nil, nil, err
	}
	fresh, err = s.absencesOf(ctx, s.Store.Read(), sem)
	return kept, fresh, err
}

// ReadResultRows reads the rows of marks and registrations that results of a
// semester are worked out from, which are nearly all, and counts them.
func ReadResultRows(s *Service, ctx context.Context, formSemestreID int64) (n int, err error) {
	marks, err := s.Store.Read().ResultsNotes(ctx, formSemestreID)
	if err != nil {
		return 0, err
	}
	registered, err := s.Store.Read().ResultsModuleInscriptions(ctx, formSemestreID)
	return len(marks) + len(registered), err
}

// KeptResults counts the semesters kept, and about their bytes.
func KeptResults(s *Service) (n, bytes int) {
	s.resultats.mu.Lock()
	defer s.resultats.mu.Unlock()
	return len(s.resultats.kept), s.resultats.bytes
}

// MaxResultsBytes bounds them.
const MaxResultsBytes = maxResultsBytes
