package scolarite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"intendant/db"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
	"intendant/internal/scolarite/presence"
)

// otherModule is what clients send for a module that is not in the list; the
// record has no moduleimpl then, and says so in external_data.
const otherModule = "autre"

// createAssiduitesIn is a student and a list of records.
type createAssiduitesIn struct {
	etudRef
	listIn
}

// assiduiteCreate adds records to a student, each by itself: {"assiduite_id"},
// or why not. NotFound for an unknown student or a body that is no list.
func (s *Service) assiduiteCreate(ctx context.Context, in createAssiduitesIn) (Batch, error) {
	etud, err := etudiantOf(ctx, s.Store.Read(), in.etudRef)
	if err != nil {
		return Batch{}, err
	}
	return s.createAssiduites(ctx, in.Body, func(context.Context, *db.Queries, jsonvalue.Value) (db.Etudiant, error) { return etud, nil })
}

// assiduitesCreate is assiduiteCreate with the etudid in each record.
func (s *Service) assiduitesCreate(ctx context.Context, in listIn) (Batch, error) {
	return s.createAssiduites(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (db.Etudiant, error) {
		v, ok := item.Get("etudid")
		switch {
		case !ok:
			return db.Etudiant{}, errs.New(errs.NotFound, "item_invalid", "param 'etudid': manquant")
		case v.Kind() != jsonvalue.Int:
			return db.Etudiant{}, errs.New(errs.NotFound, "item_invalid", "param 'etudid': invalide")
		}
		return visibleEtudiant(ctx, q, v.Int())
	})
}

// AssiduiteCreated is what a new record is known by.
type AssiduiteCreated struct {
	AssiduiteID int64 `json:"assiduite_id"`
}

func (s *Service) createAssiduites(ctx context.Context, body jsonvalue.Value, of func(context.Context, *db.Queries, jsonvalue.Value) (db.Etudiant, error)) (Batch, error) {
	moved := map[int64]bool{} // students whose records changed
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
		moved[etud.ID] = true
		return AssiduiteCreated{row.ID}, nil
	}, func(ctx context.Context, q *db.Queries) error { return s.justifyAll(ctx, q, moved) })
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
	if err := s.checkAssiduite(ctx, q, etud, row); err != nil {
		return row, err
	}
	if err := s.checkOverlap(ctx, q, row); err != nil {
		return row, err
	}
	added, err := q.AddAssiduite(ctx, db.AddAssiduiteParams{
		Etudid: row.Etudid, ModuleimplID: row.ModuleimplID, DebutAt: row.DebutAt, FinAt: row.FinAt, Etat: row.Etat,
		Description: row.Description, EntryAt: s.now(), AccountID: callerID(ctx), ExternalData: row.ExternalData,
	})
	if err != nil {
		return row, fmt.Errorf("add attendance: %w", err)
	}
	return added, s.record(ctx, q, "assiduite.create", "assiduite", added.ID, nameOf(etud), nil, s.assiduiteImage(added))
}

// readAssiduite reads what may be changed of a record beside its state.
func readAssiduite(wrong *refusals, item jsonvalue.Value, row *db.Assiduite) {
	wrong.text(item, "desc", &row.Description)
	wrong.object(item, "external_data", &row.ExternalData)
	v, ok := item.Get("moduleimpl_id")
	switch {
	case !ok:
	case v.Kind() == jsonvalue.Null:
		row.ModuleimplID = nil
	case v.Kind() == jsonvalue.Int:
		id := v.Int()
		row.ModuleimplID = &id
	case v.Kind() == jsonvalue.String && isOther(v.Text()):
		row.ModuleimplID, row.ExternalData = nil, markOther(row.ExternalData)
	default:
		wrong.add("moduleimpl_id", "invalide")
	}
	if v, ok := item.Get("est_just"); ok && v.Kind() != jsonvalue.Bool {
		wrong.add("est_just", "invalide (booléen attendu)")
	}
}

func isOther(text string) bool {
	_, ok := indexFold([]string{otherModule}, text)
	return ok
}

// markOther adds {"module": "Autre"} to the data of a record.
func markOther(data *string) *string {
	members := []jsonvalue.Member{}
	if data != nil {
		if known, err := jsonvalue.Parse([]byte(*data), 64); err == nil {
			members = slices.DeleteFunc(slices.Clone(known.Members()), func(m jsonvalue.Member) bool { return m.Key == "module" })
		}
	}
	members = append(members, jsonvalue.Member{Key: "module", Value: jsonvalue.OfString("Autre")})
	text := string(jsonvalue.OfObject(members...).AppendJSON(nil))
	return &text
}

// checkAssiduite refuses a module that the student does not take, and what is
// in locked semesters alone.
func (s *Service) checkAssiduite(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Assiduite) error {
	if row.ModuleimplID != nil {
		_, sem, err := visibleModuleImpl(ctx, q, *row.ModuleimplID)
		if err != nil {
			return err
		}
		n, err := q.IsInModule(ctx, db.IsInModuleParams{ModuleimplID: *row.ModuleimplID, Etudid: etud.ID})
		if err != nil {
			return fmt.Errorf("registration in a module: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "not_in_module", "l'étudiant n'est pas inscrit au module")
		}
		if err := unlocked(sem); err != nil {
			return err
		}
	}
	return s.checkUnlockedAt(ctx, q, etud.ID, row.DebutAt)
}

// checkUnlockedAt refuses a moment that lies in locked semesters of the student
// and in no open one.
func (s *Service) checkUnlockedAt(ctx context.Context, q *db.Queries, etudid int64, at db.Time) error {
	sems, err := q.SemestersAt(ctx, db.SemestersAtParams{Etudid: etudid, Day: db.DayOf(at.In(s.Location))})
	if err != nil {
		return fmt.Errorf("semesters of student %d: %w", etudid, err)
	}
	if len(sems) > 0 && !slices.ContainsFunc(sems, func(sem db.FormSemestre) bool { return sem.Etat }) {
		return errLocked
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
		etudid, err := s.editAssiduite(ctx, q, in.ID, in.Body)
		if err != nil {
			return err
		}
		return s.justify(ctx, q, etudid)
	})
}

// assiduitesEdit changes several records, each by itself.
func (s *Service) assiduitesEdit(ctx context.Context, in listIn) (Batch, error) {
	moved := map[int64]bool{}
	return s.batch(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error) {
		if err := itemObject(item); err != nil {
			return nil, err
		}
		v, ok := item.Get("assiduite_id")
		if !ok || v.Kind() != jsonvalue.Int {
			return nil, errs.New(errs.NotFound, "item_invalid", "param 'assiduite_id': manquant ou invalide")
		}
		etudid, err := s.editAssiduite(ctx, q, v.Int(), item)
		if err != nil {
			return nil, err
		}
		moved[etudid] = true
		return "OK", nil
	}, func(ctx context.Context, q *db.Queries) error { return s.justifyAll(ctx, q, moved) })
}

func (s *Service) editAssiduite(ctx context.Context, q *db.Queries, id int64, item jsonvalue.Value) (etudid int64, err error) {
	before, etud, err := visibleAssiduite(ctx, q, id)
	if err != nil {
		return 0, err
	}
	after := before
	var wrong refusals
	wrong.choice(item, "etat", stateNames, false, &after.Etat)
	readAssiduite(&wrong, item, &after)
	if err := wrong.err(); err != nil {
		return 0, err
	}
	if err := s.checkAssiduite(ctx, q, etud, after); err != nil {
		return 0, err
	}
	if err := q.UpdateAssiduite(ctx, db.UpdateAssiduiteParams{
		ID: id, ModuleimplID: after.ModuleimplID, Etat: after.Etat, Description: after.Description, ExternalData: after.ExternalData,
	}); err != nil {
		return 0, fmt.Errorf("change attendance %d: %w", id, err)
	}
	return etud.ID, s.record(ctx, q, "assiduite.update", "assiduite", id, nameOf(etud), s.assiduiteImage(before), s.assiduiteImage(after))
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
		if err := s.checkUnlockedAt(ctx, q, etud.ID, row.DebutAt); err != nil {
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
		DateDebut    Instant `json:"date_debut"`
		DateFin      Instant `json:"date_fin"`
		Etat         string  `json:"etat"`
		ModuleImplID *int64  `json:"moduleimpl_id"`
		Desc         *string `json:"desc"`
	}{s.instant(row.DebutAt), s.instant(row.FinAt), stateNames[row.Etat], row.ModuleimplID, row.Description}
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
// records or the justifications of a student calls it, in the same
// transaction; nothing else sets est_just.
func (s *Service) justify(ctx context.Context, q *db.Queries, etudid int64) error {
	rows, err := q.AssiduitesOfEtudiant(ctx, etudid)
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
