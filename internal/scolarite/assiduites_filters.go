package scolarite

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/presence"
)

// assiduiteFilters are the filters of attendance, as they are sent.
type assiduiteFilters struct {
	UserID         api.Opt[int64]  `query:"user_id"`
	EstJust        api.Opt[string] `query:"est_just"`
	ModuleImplID   api.Opt[string] `query:"moduleimpl_id"`
	DateDebut      api.Opt[string] `query:"date_debut"`
	DateFin        api.Opt[string] `query:"date_fin"`
	Etat           api.Opt[string] `query:"etat"`
	FormSemestreID api.Opt[int64]  `query:"formsemestre_id"`
	WithJustif     api.Opt[string] `query:"with_justif"`
	WithJustifs    api.Opt[string] `query:"with_justifs"`
}

// attendanceFilter chooses records of attendance.
type attendanceFilter struct {
	period
	userID       *int64
	isJustified  *bool
	hasModule    bool // moduleimplID counts
	moduleimplID *int64
	states       []int64 // nil for all
	withJustifs  bool
}

// period is what a filter by time keeps: what lies within. A zero bound is
// none.
type period struct{ since, until time.Time }

// holds reports whether a span of time lies within the period.
func (p period) holds(start, end db.Time) bool {
	return (p.since.IsZero() || !start.Before(p.since)) && (p.until.IsZero() || !end.After(p.until))
}

// meet returns what lies within both.
func (p period) meet(o period) period {
	if p.since.IsZero() || o.since.After(p.since) {
		p.since = o.since
	}
	if p.until.IsZero() || !o.until.IsZero() && o.until.Before(p.until) {
		p.until = o.until
	}
	return p
}

// timeOf returns the time of a semester: from the midnight it begins with to
// that after its last day, by the site's clocks.
func (s *Service) timeOf(sem db.FormSemestre) period {
	return period{since: s.midnight(sem.DateDebut, 0), until: s.midnight(sem.DateFin, 1)}
}

// midnight returns the beginning of a day, or of one some days after.
func (s *Service) midnight(day db.Day, after int) time.Time {
	y, m, d := day.Time().Date()
	return time.Date(y, m, d+after, 0, 0, 0, 0, s.Location)
}

// badFilter is NotFound, as the published page says of a bad parameter.
func badFilter(name string) error {
	return errs.New(errs.NotFound, "filter_invalid", "le paramètre '"+name+"' est invalide")
}

// readPeriod reads the bounds of a filter. A day alone counts whole.
func (s *Service) readPeriod(debut, fin api.Opt[string]) (p period, err error) {
	if text, ok := debut.Get(); ok && text != "" {
		if p.since, _, ok = parseMoment(text, s.Location); !ok {
			return p, badFilter("date_debut")
		}
	}
	if text, ok := fin.Get(); ok && text != "" {
		var isDay bool
		if p.until, isDay, ok = parseMoment(text, s.Location); !ok {
			return p, badFilter("date_fin")
		}
		if isDay {
			p.until = s.midnight(db.DayOf(p.until), 1)
		}
	}
	return p, nil
}

// attendanceFilter reads the filters; NotFound names one that cannot be read,
// or a semester that is unknown.
func (s *Service) attendanceFilter(ctx context.Context, q *db.Queries, in assiduiteFilters) (f attendanceFilter, err error) {
	f.userID, f.withJustifs = in.UserID.Ptr(), isAsked(in.WithJustif) || isAsked(in.WithJustifs)
	if f.period, err = s.readPeriod(in.DateDebut, in.DateFin); err != nil {
		return f, err
	}
	if in.EstJust.Set {
		isJustified, ok := truth(in.EstJust.Value)
		if !ok {
			return f, badFilter("est_just")
		}
		f.isJustified = &isJustified
	}
	if in.ModuleImplID.Set {
		f.hasModule = true
		if f.moduleimplID, err = moduleFilter(in.ModuleImplID.Value); err != nil {
			return f, err
		}
	}
	if in.Etat.Set && in.Etat.Value != "" {
		if f.states, err = readNames("etat", stateNames, in.Etat.Value); err != nil {
			return f, err
		}
	}
	if in.FormSemestreID.Set {
		sem, err := visibleFormSemestre(ctx, q, in.FormSemestreID.Value)
		if errs.Is(err, errs.NotFound) {
			return f, errs.New(errs.NotFound, "formsemestre_unknown", "le paramètre 'formsemestre_id' n'existe pas")
		}
		if err != nil {
			return f, err
		}
		f.period = f.period.meet(s.timeOf(sem))
	}
	return f, nil
}

// moduleFilter reads a filter by module: "" keeps what is of none.
func moduleFilter(text string) (*int64, error) {
	if text == "" {
		return nil, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, badFilter("moduleimpl_id")
	}
	return &id, nil
}

// truth reads a boolean as clients write it: t, true, v, vrai, 1, or f, false,
// faux, 0.
func truth(text string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "t", "true", "v", "vrai", "1":
		return true, true
	case "f", "false", "faux", "0":
		return false, true
	}
	return false, false
}

// isAsked reads what a parameter asks for by being there; a client that says no
// means it.
func isAsked(parameter api.Opt[string]) bool {
	value, ok := truth(parameter.Value)
	return parameter.Set && (value || !ok)
}

// readNames reads a list of names separated by commas, in any case.
func readNames(parameter string, names []string, text string) ([]int64, error) {
	var list []int64
	for name := range strings.SplitSeq(text, ",") {
		index, ok := indexFold(names, name)
		if !ok {
			return nil, badFilter(parameter)
		}
		list = append(list, index)
	}
	return list, nil
}

// parseIDs reads "1,2,3"; ok is false for anything else.
func parseIDs(text string) (ids []int64, ok bool) {
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	for part := range strings.SplitSeq(text, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil {
			return nil, false
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, true
}

// keeps reports whether a record passes. A filter by justification keeps
// absences and lateness only.
func (f *attendanceFilter) keeps(row *db.AttendanceOfFormSemestreRow) bool {
	switch {
	case !f.holds(row.DebutAt, row.FinAt),
		f.userID != nil && (row.AccountID == nil || *row.AccountID != *f.userID),
		f.isJustified != nil && (row.EstJust != *f.isJustified || row.Etat == int64(presence.Present)),
		f.states != nil && !slices.Contains(f.states, row.Etat):
		return false
	case !f.hasModule:
		return true
	case f.moduleimplID == nil || row.ModuleimplID == nil:
		return f.moduleimplID == nil && row.ModuleimplID == nil
	}
	return *row.ModuleimplID == *f.moduleimplID
}

// keep returns the rows that pass.
func (f *attendanceFilter) keep(rows []db.Assiduite) []db.Assiduite {
	kept := make([]db.Assiduite, 0, len(rows))
	for _, row := range rows {
		if f.keeps(attendance(&row)) {
			kept = append(kept, row)
		}
	}
	return kept
}

// attendance is what counts of a record.
func attendance(row *db.Assiduite) *db.AttendanceOfFormSemestreRow {
	return &db.AttendanceOfFormSemestreRow{
		Etudid: row.Etudid, DebutAt: row.DebutAt, FinAt: row.FinAt, Etat: row.Etat, EstJust: row.EstJust,
		ModuleimplID: row.ModuleimplID, AccountID: row.AccountID,
	}
}
