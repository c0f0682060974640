package scolarite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/scolarite/presence"
)

// otherModule is what clients send for a module that is not in the list. The
// record has no moduleimpl then, and says so by a member of its external_data.
const (
	otherModule = "autre"
	otherKey    = "module"
	otherMark   = "Autre"
)

// createAssiduitesIn is a student and a list of records.
type createAssiduitesIn struct {
	etudRef
	listIn
}

// RecordAssiduites adds records to a student, each by itself, as
// assiduiteCreate does.
func (s *Service) RecordAssiduites(ctx context.Context, etudid int64, records jsonvalue.Value) (Batch, error) {
	return s.assiduiteCreate(ctx, createAssiduitesIn{etudRef{Etudid: api.Some(etudid)}, listIn{records}})
}

// assiduiteCreate adds records to a student, each by itself: {"assiduite_id"},
// or why not. NotFound for an unknown student or a body that is no list.
func (s *Service) assiduiteCreate(ctx context.Context, in createAssiduitesIn) (Batch, error) {
	if _, err := etudiantOf(ctx, s.Store.Read(), in.etudRef); err != nil {
		return Batch{}, err
	}
	return s.createAssiduites(ctx, in.Body, func(ctx context.Context, q *db.Queries, _ jsonvalue.Value) (db.Etudiant, error) {
		return etudiantOf(ctx, q, in.etudRef)
	})
}

// assiduitesCreate is assiduiteCreate with the etudid in each record.
func (s *Service) assiduitesCreate(ctx context.Context, in listIn) (Batch, error) {
	return s.createAssiduites(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (db.Etudiant, error) {
		etudid, err := memberID(item, "etudid")
		if err != nil {
			return db.Etudiant{}, err
		}
		return visibleEtudiant(ctx, q, etudid)
	})
}

// AssiduiteCreated is what a new record is known by.
type AssiduiteCreated struct {
	AssiduiteID int64 `json:"assiduite_id"`
}

func (s *Service) createAssiduites(ctx context.Context, body jsonvalue.Value, of func(context.Context, *db.Queries, jsonvalue.Value) (db.Etudiant, error)) (Batch, error) {
	changed := changedTimes{}
	return s.batch(ctx, body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error) {
		if err := itemObject(item); err != nil {
			return nil, err
		}
		etud, err := of(ctx, q, item)
		if err != nil {
			return nil, err
		}
		row, err := s.createAssiduite(ctx, q, etud, item)
		if err != nil {
			return nil, err
		}
		changed.add(row)
		return AssiduiteCreated{row.ID}, nil
	}, func(ctx context.Context, q *db.Queries) error { return s.justifyChanged(ctx, q, changed) })
}

// createAssiduite adds one record, not yet justified.
func (s *Service) createAssiduite(ctx context.Context, q *db.Queries, etud db.Etudiant, item jsonvalue.Value) (db.Assiduite, error) {
	row := db.Assiduite{Etudid: etud.ID}
	var wrong refusals
	s.readSpan(&wrong, item, true, &row.DebutAt, &row.FinAt)
	wrong.choice(item, "etat", stateNames, true, &row.Etat)
	readAssiduite(&wrong, item, &row)
	if err := wrong.err(); err != nil {
		return row, err
	}
	if err := checkModule(ctx, q, row); err != nil {
		return row, err
	}
	if err := s.checkUnlocked(ctx, q, row); err != nil {
		return row, err
	}
	if err := s.checkOverlap(ctx, q, row); err != nil {
		return row, err
	}
	return s.addAssiduite(ctx, q, etud, row)
}

// addAssiduite adds a record of a student, entered now by ctx's caller, as it
// is: what it depends on has been checked, and justify is to be called.
func (s *Service) addAssiduite(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Assiduite) (db.Assiduite, error) {
	row.Etudid, row.EntryAt, row.AccountID = etud.ID, s.now(), callerID(ctx)
	var err error
	if row.ID, err = q.AddAssiduite(ctx, db.AddAssiduiteParams{
		Etudid: row.Etudid, ModuleimplID: row.ModuleimplID, DebutAt: row.DebutAt, FinAt: row.FinAt, Etat: row.Etat,
		Description: row.Description, EntryAt: row.EntryAt, AccountID: row.AccountID, ExternalData: row.ExternalData,
	}); err != nil {
		return row, fmt.Errorf("add attendance: %w", err)
	}
	return row, s.record(ctx, q, "assiduite.create", "assiduite", row.ID, nameOf(etud), nil, s.assiduiteImage(row))
}

// readAssiduite reads what may be changed of a record beside its state. est_just
// is deduced, and so read for its faults alone.
func readAssiduite(wrong *refusals, item jsonvalue.Value, row *db.Assiduite) {
	wrong.text(item, "desc", &row.Description)
	wrong.object(item, "external_data", &row.ExternalData)
	wrong.module(item, row)
	if v, ok := item.Get("est_just"); ok && v.Kind() != jsonvalue.Bool && v.Kind() != jsonvalue.Null {
		wrong.add("est_just", "invalide (booléen attendu)")
	}
}

// module reads moduleimpl_id: a number, be it in quotes, "autre", or null or ""
// for no module. The mark of "autre" goes with it, unless it was sent.
func (r *refusals) module(item jsonvalue.Value, row *db.Assiduite) {
	v, isSent := item.Get("moduleimpl_id")
	if !isSent {
		return
	}
	id, isNumber := v.Int(), v.Kind() == jsonvalue.Int
	if v.Kind() == jsonvalue.String {
		n, err := strconv.ParseInt(v.Text(), 10, 64)
		id, isNumber = n, err == nil
	}
	row.ModuleimplID = nil
	switch {
	case isNumber:
		row.ModuleimplID = &id
	case v.Kind() == jsonvalue.String && strings.EqualFold(v.Text(), otherModule):
		row.ExternalData = markOther(row.ExternalData)
		return
	case v.Kind() != jsonvalue.Null && (v.Kind() != jsonvalue.String || v.Text() != ""):
		r.add("moduleimpl_id", "invalide")
	}
	if _, isSent := item.Get("external_data"); !isSent {
		row.ExternalData = unmarkOther(row.ExternalData)
	}
}

// markOther adds {"module": "Autre"} to the data of a record.
func markOther(data *string) *string {
	members := append(dataBeside(data, otherKey), jsonvalue.Member{Key: otherKey, Value: jsonvalue.OfString(otherMark)})
	return jsonText(members)
}

// unmarkOther takes the mark back, and the data with it when there is nothing
// else.
func unmarkOther(data *string) *string {
	if data == nil {
		return nil
	}
	known, err := jsonvalue.Parse([]byte(*data), maxDataDepth)
	if mark, ok := known.Get(otherKey); err != nil || !ok || mark.Text() != otherMark {
		return data
	}
	if members := dataBeside(data, otherKey); len(members) > 0 {
		return jsonText(members)
	}
	return nil
}

// maxDataDepth is beyond what the body of a request may nest.
const maxDataDepth = 512

// dataBeside returns the members of data but one.
func dataBeside(data *string, key string) []jsonvalue.Member {
	if data == nil {
		return nil
	}
	known, err := jsonvalue.Parse([]byte(*data), maxDataDepth)
	if err != nil {
		return nil // not from us: the base was changed by other hands
	}
	return slices.DeleteFunc(slices.Clone(known.Members()), func(m jsonvalue.Member) bool { return m.Key == key })
}

func jsonText(members []jsonvalue.Member) *string {
	text := string(jsonvalue.OfObject(members...).AppendJSON(nil))
	return &text
}

// checkModule refuses a module that is unknown, that the student does not take,
// or of a locked semester.
func checkModule(ctx context.Context, q *db.Queries, row db.Assiduite) error {
	if row.ModuleimplID == nil {
		return nil
	}
	module, err := q.ModuleOfEtudiant(ctx, db.ModuleOfEtudiantParams{Etudid: row.Etudid, ModuleimplID: *row.ModuleimplID})
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && !sees(ctx, module.DeptID):
		var wrong refusals
		wrong.add("moduleimpl_id", "invalide")
		return wrong.err()
	case err != nil:
		return fmt.Errorf("module of student %d: %w", row.Etudid, err)
	case module.IsTaken == 0:
		return errs.New(errs.NotFound, "not_in_module", "l'étudiant n'est pas inscrit au module")
	case !module.Etat:
		return errLocked
	}
	return nil
}

// checkOpen refuses a record in a locked semester: that of its module, and
// those of the student at its time when none is open.
func (s *Service) checkOpen(ctx context.Context, q *db.Queries, row db.Assiduite) error {
	if row.ModuleimplID != nil {
		module, err := q.ModuleOfEtudiant(ctx, db.ModuleOfEtudiantParams{Etudid: row.Etudid, ModuleimplID: *row.ModuleimplID})
		if err != nil {
			return fmt.Errorf("module of student %d: %w", row.Etudid, err)
		}
		if !module.Etat {
			return errLocked
		}
	}
	return s.checkUnlocked(ctx, q, row)
}

// checkUnlocked refuses a record that begins on a day of locked semesters of
// the student and of no open one, or that meets locked ones and no open one on
// any of its days.
func (s *Service) checkUnlocked(ctx context.Context, q *db.Queries, row db.Assiduite) error {
	first := db.DayOf(row.DebutAt.In(s.Location))
	last := db.DayOf(row.FinAt.Add(-time.Millisecond).In(s.Location)) // a day that the end only touches is not met
	for _, day := range []db.Day{first, last} {
		isLocked, err := q.IsLockedIn(ctx, db.IsLockedInParams{Etudid: row.Etudid, FirstDay: first, LastDay: day})
		if err != nil {
			return fmt.Errorf("semesters of student %d: %w", row.Etudid, err)
		}
		if isLocked != 0 {
			return errLocked
		}
		if first == last {
			break
		}
	}
	return nil
}

// checkOverlap refuses a record in the time of another of the student; what
// only touches it is not in the way.
func (s *Service) checkOverlap(ctx context.Context, q *db.Queries, row db.Assiduite) error {
	other, err := q.OverlappingAssiduite(ctx, db.OverlappingAssiduiteParams{Etudid: row.Etudid, Until: row.FinAt, Since: row.DebutAt})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("attendance in the way: %w", err)
	}
	return errs.New(errs.Conflict, "overlap", fmt.Sprintf(
		"la période est en conflit avec une plage enregistrée (%s, du %s au %s)", stateNames[other.Etat], s.instant(other.DebutAt), s.instant(other.FinAt),
	))
}

// assiduiteChange is a record and what to change of it.
type assiduiteChange struct {
	ID   int64           `path:"assiduite_id"`
	Body jsonvalue.Value `body:""`
}

// assiduiteEdit changes a record: its state, its module, its text, its data.
// NotFound names what will not do.
func (s *Service) assiduiteEdit(ctx context.Context, in assiduiteChange) (OK, error) {
	if err := itemObject(in.Body); err != nil {
		return OK{}, err
	}
	return done, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.editAssiduite(ctx, q, in.ID, in.Body)
		if err != nil {
			return err
		}
		changed := changedTimes{}
		changed.add(row)
		return s.justifyChanged(ctx, q, changed)
	})
}

// assiduitesEdit changes several records, each by itself.
func (s *Service) assiduitesEdit(ctx context.Context, in listIn) (Batch, error) {
	changed := changedTimes{}
	return s.batch(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error) {
		if err := itemObject(item); err != nil {
			return nil, err
		}
		id, err := memberID(item, "assiduite_id")
		if err != nil {
			return nil, err
		}
		row, err := s.editAssiduite(ctx, q, id, item)
		if err != nil {
			return nil, err
		}
		changed.add(row)
		return "OK", nil
	}, func(ctx context.Context, q *db.Queries) error { return s.justifyChanged(ctx, q, changed) })
}

func (s *Service) editAssiduite(ctx context.Context, q *db.Queries, id int64, item jsonvalue.Value) (after db.Assiduite, err error) {
	before, etud, err := visibleAssiduite(ctx, q, id)
	if err != nil {
		return after, err
	}
	after = before
	var wrong refusals
	wrong.choice(item, "etat", stateNames, false, &after.Etat)
	readAssiduite(&wrong, item, &after)
	if err := wrong.err(); err != nil {
		return after, err
	}
	if err := s.checkEdit(ctx, q, before, after); err != nil {
		return after, err
	}
	if err := q.UpdateAssiduite(ctx, db.UpdateAssiduiteParams{
		ID: id, ModuleimplID: after.ModuleimplID, Etat: after.Etat, Description: after.Description, ExternalData: after.ExternalData,
	}); err != nil {
		return after, fmt.Errorf("change attendance %d: %w", id, err)
	}
	return after, s.record(ctx, q, "assiduite.update", "assiduite", id, nameOf(etud), s.assiduiteImage(before), s.assiduiteImage(after))
}

// checkEdit refuses to change a record in a locked semester, and a new module
// that will not do; the student may have left the old one.
func (s *Service) checkEdit(ctx context.Context, q *db.Queries, before, after db.Assiduite) error {
	if err := s.checkOpen(ctx, q, before); err != nil || after.ModuleimplID == nil {
		return err
	}
	if before.ModuleimplID != nil && *before.ModuleimplID == *after.ModuleimplID {
		return nil
	}
	return checkModule(ctx, q, after)
}

// assiduiteDelete deletes records, each by itself.
func (s *Service) assiduiteDelete(ctx context.Context, in listIn) (Batch, error) {
	return s.batch(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error) {
		id, err := itemID(item)
		if err != nil {
			return nil, err
		}
		row, etud, err := visibleAssiduite(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if err := s.checkOpen(ctx, q, row); err != nil {
			return nil, err
		}
		if err := q.DeleteAssiduite(ctx, id); err != nil {
			return nil, fmt.Errorf("delete attendance %d: %w", id, err)
		}
		return "OK", s.record(ctx, q, "assiduite.delete", "assiduite", id, nameOf(etud), s.assiduiteImage(row), nil)
	}, nil)
}

// assiduiteImage is a record as the journal keeps it.
func (s *Service) assiduiteImage(row db.Assiduite) any {
	return struct {
		DateDebut    Instant          `json:"date_debut"`
		DateFin      Instant          `json:"date_fin"`
		Etat         string           `json:"etat"`
		ModuleImplID *int64           `json:"moduleimpl_id"`
		Desc         *string          `json:"desc"`
		ExternalData *json.RawMessage `json:"external_data"`
	}{s.instant(row.DebutAt), s.instant(row.FinAt), stateNames[row.Etat], row.ModuleimplID, row.Description, rawOrNil(row.ExternalData)}
}

// changedTimes are the times, by student, in which records changed.
type changedTimes map[int64]presence.Span

func (c changedTimes) add(row db.Assiduite) {
	span, ok := c[row.Etudid]
	if !ok || row.DebutAt.Before(span.Start) {
		span.Start = row.DebutAt.Time
	}
	if !ok || row.FinAt.After(span.End) {
		span.End = row.FinAt.Time
	}
	c[row.Etudid] = span
}

// justifyChanged is justify for records that changed: the others stay as they
// are, justifications being the same.
func (s *Service) justifyChanged(ctx context.Context, q *db.Queries, changed changedTimes) error {
	for _, etudid := range slices.Sorted(maps.Keys(changed)) {
		if err := s.justifyWithin(ctx, q, etudid, changed[etudid]); err != nil {
			return err
		}
	}
	return nil
}

// justifyAll is justify for several students.
func (s *Service) justifyAll(ctx context.Context, q *db.Queries, etudids map[int64]bool) error {
	for _, etudid := range slices.Sorted(maps.Keys(etudids)) {
		if err := s.justify(ctx, q, etudid); err != nil {
			return err
		}
	}
	return nil
}

// justify computes anew which records of a student are justified: late or
// absent, and covered whole by one valid justification. Whatever changes the
// justifications of a student calls it, in the same transaction, and whatever
// changes his records calls it or justifyChanged; nothing else sets est_just.
func (s *Service) justify(ctx context.Context, q *db.Queries, etudid int64) error {
	return s.justifyWithin(ctx, q, etudid, presence.Span{End: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// justifyWithin is justify for the records that have some of a time.
func (s *Service) justifyWithin(ctx context.Context, q *db.Queries, etudid int64, within presence.Span) error {
	rows, err := q.AssiduitesWithin(ctx, db.AssiduitesWithinParams{Etudids: db.JSONList(etudid), Since: db.At(within.Start), Until: db.At(within.End)})
	if err != nil {
		return fmt.Errorf("attendance of student %d: %w", etudid, err)
	}
	justifs, err := q.JustificatifsOfEtudiants(ctx, db.JSONList(etudid))
	if err != nil {
		return fmt.Errorf("justifications of student %d: %w", etudid, err)
	}
	var valid []presence.Span
	for _, j := range justifs {
		if j.Etat == justifValid {
			valid = append(valid, presence.Span{Start: j.DebutAt.Time, End: j.FinAt.Time})
		}
	}
	records := make([]presence.Record, len(rows))
	for i := range rows {
		records[i] = recordOf(attendance(&rows[i]))
	}
	for i, isJustified := range presence.Justify(records, valid) {
		if isJustified == rows[i].EstJust {
			continue
		}
		if err := q.SetJustified(ctx, db.SetJustifiedParams{ID: rows[i].ID, EstJust: isJustified}); err != nil {
			return fmt.Errorf("justify attendance %d: %w", rows[i].ID, err)
		}
	}
	return nil
}
