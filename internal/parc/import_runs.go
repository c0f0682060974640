package parc

import (
	"context"
	"sync"
	"time"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// importRuns are the imports at work, and those done of late, by the
// identifier of their draft.
type importRuns struct {
	mu   sync.Mutex
	runs map[string]*importRun
}

type importRun struct {
	account int64
	status  ImportStatus
	ended   time.Time
}

// ImportStatus is how far an import has come.
type ImportStatus struct {
	ID      string
	Kind    ImportKind
	Name    string // the file's
	Done    int    // rows
	Total   int
	IsEnded bool
	// Err is why an ended import came to nothing, nil when it succeeded.
	Err error
	// Creates, Updates and Unchanged are the plan's.
	Creates, Updates, Unchanged int
}

// StartImport begins to apply a sheet kept by ctx's caller and returns; the
// work goes on when the request has ended. seen is Import.Seen of the plan
// that the caller agreed to. ended, which may be nil, is called once, with the
// error of the work. An import already under way is left alone.
//
// It fails as Import does; with Invalid for a plan with faults; with Conflict
// when the plan is no longer the one that was seen.
func (s *Service) StartImport(ctx context.Context, id, seen string, ended func(error)) error {
	if status, err := s.ImportStatus(ctx, id); err == nil && (!status.IsEnded || status.Err == nil) {
		return nil
	}
	in, err := s.Import(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case in.Seen != seen:
		return errs.New(errs.Conflict, "import_base_changed", "The base changed since the sheet was checked")
	case !in.Plan.IsReady():
		return errImportFaulty
	}
	run := s.imports.begin(api.CallerFrom(ctx).AccountID(), s.now(), in)
	if run == nil {
		return nil
	}
	go func() {
		err := s.ApplyImport(context.WithoutCancel(ctx), in.Plan, func(done int) { s.imports.progress(run, done) })
		s.imports.end(run, s.now(), err)
		if ended != nil {
			ended(err)
		}
	}()
	return nil
}

// ImportStatus returns how far an import of ctx's caller has come. One that
// was not started, not by him, not since the server started or a day ago, is
// NotFound.
func (s *Service) ImportStatus(ctx context.Context, id string) (ImportStatus, error) {
	s.imports.mu.Lock()
	defer s.imports.mu.Unlock()
	run, ok := s.imports.runs[id]
	if caller := api.CallerFrom(ctx); !ok || caller == nil || caller.AccountID() != run.account {
		return ImportStatus{}, errImportUnknown
	}
	return run.status, nil
}

// begin notes a new run and forgets the old ones; nil when the same sheet is
// at work.
func (r *importRuns) begin(account int64, now time.Time, in Import) *importRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	if run, ok := r.runs[in.ID]; ok && !run.status.IsEnded {
		return nil
	}
	for id, run := range r.runs {
		if run.status.IsEnded && now.Sub(run.ended) > draftLife {
			delete(r.runs, id)
		}
	}
	if r.runs == nil {
		r.runs = map[string]*importRun{}
	}
	p := in.Plan
	run := &importRun{account: account, status: ImportStatus{
		ID: in.ID, Kind: p.Kind, Name: p.Name, Total: len(p.Rows), Creates: p.Creates, Updates: p.Updates, Unchanged: p.Unchanged,
	}}
	r.runs[in.ID] = run
	return run
}

func (r *importRuns) progress(run *importRun, done int) {
	r.mu.Lock()
	run.status.Done = done
	r.mu.Unlock()
}

func (r *importRuns) end(run *importRun, now time.Time, err error) {
	r.mu.Lock()
	run.status.IsEnded, run.status.Err, run.ended = true, err, now
	r.mu.Unlock()
}
