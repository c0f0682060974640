package scolarite

import (
	"context"
	"sync"
	"unsafe"

	"intendant/db"
	"intendant/internal/scolarite/notes"
)

// maxResultsBytes bounds the memory of the results kept, about: some twenty
// semesters of 600 students, or all of a site of usual ones.
const maxResultsBytes = 64 << 20

// resultsCache keeps the results of the semesters asked for last. The zero
// value is empty.
type resultsCache struct {
	mu    sync.Mutex
	kept  map[int64]*keptResults
	clock uint64 // of uses
	bytes int
}

// keptResults are the results of one semester, and its absences.
type keptResults struct {
	results  revised[*SemesterResults]
	absences revised[map[int64]absenceCount]

	// Of the cache, guarded by its mu.
	used  uint64
	bytes int
}

// results returns the results of a semester as the base has them now. They are
// worked out again only when the semester's revision has moved, or the hour has
// come when an evaluation ceases to be blocked: nothing they depend on changes
// without that. NotFound for an unknown semester; who may see it is the
// caller's business. In a write, [Service.loadResults] sees what it wrote.
func (s *Service) results(ctx context.Context, formSemestreID int64) (*SemesterResults, error) {
	kept := s.resultats.entry(formSemestreID)
	r, isFresh, err := kept.results.get(ctx, s.Store, revisionOf{formSemestreID, false},
		func(r *SemesterResults) bool { return r.until.IsZero() || s.Now().Before(r.until) },
		func(ctx context.Context, q *db.Queries) (*SemesterResults, error) {
			return s.loadResults(ctx, q, formSemestreID)
		})
	switch {
	case err != nil:
		s.resultats.forget(formSemestreID, kept)
	case isFresh:
		s.resultats.resize(formSemestreID, kept, r.size())
	}
	return r, db.NotFound(err, "formsemestre_unknown", "formsemestre inconnu")
}

// absencesIn returns the absences of a semester by student, as [absencesOf]
// counts them, as the base has them now.
func (s *Service) absencesIn(ctx context.Context, sem db.FormSemestre) (map[int64]absenceCount, error) {
	counts, _, err := s.resultats.entry(sem.ID).absences.get(ctx, s.Store, revisionOf{sem.ID, true},
		func(map[int64]absenceCount) bool { return true },
		func(ctx context.Context, q *db.Queries) (map[int64]absenceCount, error) {
			return s.absencesOf(ctx, q, sem)
		})
	return counts, err
}

// revisionOf is what a value depends on: the revision of a semester, or that of
// its absences.
type revisionOf struct {
	formSemestreID int64
	ofAbsences     bool
}

func (of revisionOf) read(ctx context.Context, q *db.Queries) (int64, error) {
	revision, err := q.ResultsRevision(ctx, of.formSemestreID)
	if of.ofAbsences {
		return revision.Absences, err
	}
	return revision.N, err
}

// revised is a value that is kept while a revision stays the same. The zero
// value holds nothing yet.
type revised[T any] struct {
	mu     sync.Mutex // held while the value is made: who asks meanwhile waits
	isMade bool
	// version is that of the base when the value was known to be right, which
	// spares reading the revision.
	version  int64
	revision int64
	value    T
}

// get returns the value as the base has it now, or later: read makes it again
// when the revision moved or it no longer holds, at one moment of the base. An
// error of read is returned, and nothing kept.
func (k *revised[T]) get(ctx context.Context, store *db.Store, of revisionOf, holds func(T) bool, read func(context.Context, *db.Queries) (T, error)) (value T, isFresh bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	// Before the rows: what changes while they are read is seen next time.
	version, err := store.Version(ctx)
	if err != nil {
		return value, false, err
	}
	if k.isMade && holds(k.value) {
		if version == k.version {
			return k.value, false, nil
		}
		revision, err := of.read(ctx, store.Read())
		if err == nil && revision == k.revision {
			k.version = version
			return k.value, false, nil
		}
	}
	k.isMade = false
	err = store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		if k.revision, err = of.read(ctx, q); err == nil {
			value, err = read(ctx, q)
		}
		return err
	})
	if err != nil {
		return value, false, err
	}
	k.isMade, k.version, k.value = true, version, value
	return value, true, nil
}

// entry returns what is kept of a semester, the most recently used now.
func (c *resultsCache) entry(id int64) *keptResults {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[int64]*keptResults{}
	}
	kept := c.kept[id]
	if kept == nil {
		kept = &keptResults{}
		c.kept[id] = kept
	}
	c.clock++
	kept.used = c.clock
	return kept
}

// forget takes an entry out.
func (c *resultsCache) forget(id int64, kept *keptResults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[id] == kept {
		c.bytes -= kept.bytes
		delete(c.kept, id)
	}
}

// resize notes how large an entry is, and forgets the least recently used
// others while all are too large. An entry forgotten while somebody makes its
// results serves him, and nobody after.
func (c *resultsCache) resize(id int64, kept *keptResults, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[id] != kept {
		return
	}
	c.bytes += bytes - kept.bytes
	kept.bytes = bytes
	for c.bytes > maxResultsBytes {
		oldest := id
		for other, k := range c.kept {
			if other != id && (oldest == id || k.used < c.kept[oldest].used) {
				oldest = other
			}
		}
		if oldest == id {
			return // alone, and too large: it is the one in use
		}
		c.bytes -= c.kept[oldest].bytes
		delete(c.kept, oldest)
	}
}

// size is about how much memory results take: what grows with students.
func (r *SemesterResults) size() int {
	const (
		perEtudiant = int(unsafe.Sizeof(db.ResultsEtudiantsRow{})+unsafe.Sizeof(notes.Etudiant{})+unsafe.Sizeof(notes.EtudiantResult{})) + 300
		perModule   = int(unsafe.Sizeof(notes.Rang{})) + 9
		perNote     = int(unsafe.Sizeof(notes.Note{}))
		perUE       = int(unsafe.Sizeof(notes.EtudiantUE{}) + unsafe.Sizeof(notes.Rang{}))
		fixed       = 16 << 10
	)
	modules, ues := len(r.Modules), len(r.UEs)
	of := perEtudiant + modules*perModule + len(r.Evaluations)*perNote + ues*perUE
	if r.Input.APC {
		of += 8 * modules * ues
	}
	return fixed + len(r.Etudiants)*of + 1000*(modules+len(r.Evaluations))
}
