package scolarite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/presence"
)

// metrics are the units of counts, in the order of the answers.
var metrics = []string{"compte", "journee", "demi", "heure"}

// countFilters are the units asked for, and whether the count is by state.
type countFilters struct {
	Metric api.Opt[string] `query:"metric"`
	Split  api.Opt[string] `query:"split"`
}

// countForm is how a count is shown.
type countForm struct {
	units   []int64 // of metrics
	isSplit bool
}

func (in countFilters) form() (countForm, error) {
	f := countForm{units: []int64{0, 1, 2, 3}, isSplit: isAsked(in.Split)}
	if text, ok := in.Metric.Get(); ok && text != "" {
		units, err := readNames("metric", metrics, text)
		if err != nil {
			return f, err
		}
		f.units = units
	}
	return f, nil
}

// show writes a count in the units asked for.
func (f countForm) show(c presence.Count) Ordered[any] {
	values := []any{c.Records, c.Days, c.Halves, api.Float(c.Hours)}
	var object Ordered[any]
	for i, name := range metrics {
		if slices.Contains(f.units, int64(i)) {
			object.Add(name, values[i])
		}
	}
	return object
}

// showSplit writes counts by state: those asked for, or all.
func (f countForm) showSplit(split presence.Split, states []int64) Ordered[any] {
	var object Ordered[any]
	for _, state := range []struct {
		number int64
		detail presence.Detail
	}{{int64(presence.Present), split.Present}, {int64(presence.Late), split.Late}, {int64(presence.Absent), split.Absent}} {
		if states != nil && !slices.Contains(states, state.number) {
			continue
		}
		counts := f.show(state.detail.Count)
		counts.Add("justifie", f.show(state.detail.Justified))
		counts.Add("non_justifie", f.show(state.detail.Unjustified))
		object.Add(stateNames[state.number], counts)
	}
	object.Add("total", f.show(split.Total))
	return object
}

// calendar returns what a department says of its days.
func (s *Service) calendar(ctx context.Context, q *db.Queries, deptID int64) (presence.Calendar, error) {
	prefs, err := preferencesAt(ctx, q, 0, deptID)
	if err != nil {
		return presence.Calendar{}, err
	}
	c := presence.Calendar{
		Location: s.Location, DayHours: prefs.Float("assi_heures_jour"),
		Morning: clock(prefs.Text("assi_morning_time")), Noon: clock(prefs.Text("assi_lunch_time")), Evening: clock(prefs.Text("assi_afternoon_time")),
	}
	off := prefs.Text("non_travail")
	for i, name := range weekdays {
		c.IsOff[(i+1)%7] = strings.Contains(off, name)
	}
	return c, nil
}

// clock reads "08:00", which is checked when it is set.
func clock(text string) time.Duration {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// countsIn is a student, filters and units.
type countsIn struct {
	assiduitesIn
	countFilters
}

// assiduitesCount counts the attendance of a student; see [Service.assiduites]
// for its errors.
func (s *Service) assiduitesCount(ctx context.Context, in countsIn) (Ordered[any], error) {
	q := s.Store.Read()
	form, err := in.form()
	if err != nil {
		return nil, err
	}
	etud, filter, err := s.studentAndFilter(ctx, q, in.assiduitesIn)
	if err != nil {
		return nil, err
	}
	rows, err := q.AttendanceOfEtudiant(ctx, etud.ID)
	if err != nil {
		return nil, fmt.Errorf("attendance of student %d: %w", etud.ID, err)
	}
	calendar, err := s.calendar(ctx, q, etud.DeptID)
	if err != nil {
		return nil, err
	}
	records := make([]presence.Record, 0, len(rows))
	for _, row := range rows {
		if row := db.AttendanceOfFormSemestreRow(row); filter.keeps(&row) {
			records = append(records, recordOf(&row))
		}
	}
	if form.isSplit {
		return form.showSplit(calendar.Split(records), filter.states), nil
	}
	return form.show(calendar.Count(records)), nil
}

func recordOf(row *db.AttendanceOfFormSemestreRow) presence.Record {
	return presence.Record{Start: row.DebutAt.Time, End: row.FinAt.Time, State: presence.State(row.Etat), IsJustified: row.EstJust}
}

// semesterIn is a semester and filters.
type semesterIn struct {
	ID int64 `path:"formsemestre_id"`
	assiduiteFilters
}

// assiduitesFormSemestre returns the records of the students of a semester that
// lie within it; NotFound if it is unknown.
func (s *Service) assiduitesFormSemestre(ctx context.Context, in semesterIn) ([]Assiduite, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	filter, err := s.attendanceFilter(ctx, q, in.assiduiteFilters)
	if err != nil {
		return nil, err
	}
	time := s.timeOf(sem)
	rows, err := q.AssiduitesOfFormSemestre(ctx, db.AssiduitesOfFormSemestreParams{FormsemestreID: sem.ID, Since: db.At(time.since), Until: db.At(time.until)})
	if err != nil {
		return nil, fmt.Errorf("attendance of formsemestre %d: %w", sem.ID, err)
	}
	return s.assiduitesOf(ctx, q, filter.keep(rows), filter.withJustifs)
}

// semesterCountIn is a semester, filters and units.
type semesterCountIn struct {
	semesterIn
	countFilters
}

// semesterCountKey is what is asked, and on the base of which department: a
// filter may name a semester of another.
type semesterCountKey struct {
	deptID int64
	in     semesterCountIn
}

// maxSemesterCounts bounds the counts kept.
const maxSemesterCounts = 256

// assiduitesFormSemestreCount counts the attendance of a semester: the counts
// of its students, added up. The count is kept until the base changes.
func (s *Service) assiduitesFormSemestreCount(ctx context.Context, in semesterCountIn) (Ordered[any], error) {
	if _, err := visibleFormSemestre(ctx, s.Store.Read(), in.ID); err != nil {
		return nil, err
	}
	return s.counts.Get(ctx, s.Store, maxSemesterCounts, semesterCountKey{deptOf(ctx), in}, func(ctx context.Context) (Ordered[any], error) {
		return s.countFormSemestre(ctx, in)
	})
}

func (s *Service) countFormSemestre(ctx context.Context, in semesterCountIn) (Ordered[any], error) {
	q := s.Store.Read()
	form, err := in.form()
	if err != nil {
		return nil, err
	}
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	filter, err := s.attendanceFilter(ctx, q, in.assiduiteFilters)
	if err != nil {
		return nil, err
	}
	calendar, err := s.calendar(ctx, q, sem.DeptID)
	if err != nil {
		return nil, err
	}
	rows, err := s.attendanceOf(ctx, q, sem)
	if err != nil {
		return nil, err
	}
	if form.isSplit {
		var total presence.Split
		eachStudent(rows, &filter, func(records []presence.Record) { total.Add(calendar.Split(records)) })
		return form.showSplit(total, filter.states), nil
	}
	var total presence.Count
	eachStudent(rows, &filter, func(records []presence.Record) { total.Add(calendar.Count(records)) })
	return form.show(total), nil
}

// attendanceOf returns what counts of the records of a semester, by student.
func (s *Service) attendanceOf(ctx context.Context, q *db.Queries, sem db.FormSemestre) ([]db.AttendanceOfFormSemestreRow, error) {
	time := s.timeOf(sem)
	rows, err := q.AttendanceOfFormSemestre(ctx, db.AttendanceOfFormSemestreParams{FormsemestreID: sem.ID, Since: db.At(time.since), Until: db.At(time.until)})
	if err != nil {
		return nil, fmt.Errorf("attendance of formsemestre %d: %w", sem.ID, err)
	}
	return rows, nil
}

// eachStudent calls visit with the records of each student that pass the
// filter; rows are in order of students.
func eachStudent(rows []db.AttendanceOfFormSemestreRow, filter *attendanceFilter, visit func([]presence.Record)) {
	var records []presence.Record
	for i := range rows {
		if i > 0 && rows[i].Etudid != rows[i-1].Etudid {
			visit(records)
			records = records[:0]
		}
		if filter.keeps(&rows[i]) {
			records = append(records, recordOf(&rows[i]))
		}
	}
	visit(records)
}
