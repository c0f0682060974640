package scolarite

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/presence"
	"intendant/internal/tableur"
)

// bilanRoutes are our entries that sum attendance up: a student's year, a
// semester as a file, a department's year.
func (s *Service) bilanRoutes() []api.Route {
	return []api.Route{
		api.Get("etudiant_assiduites_calendrier", ScoView, s.calendrier, "/etudiant/{code_type}/{code}/assiduites/calendrier").Extension().
			Doc("Les jours de l'année scolaire d'un étudiant, avec leur état.").
			Describe("annee : l'année où elle commence, celle en cours par défaut. Un jour est absent, retard ou present selon le pire de ses enregistrements, justifie si tous ceux qui demandent à l'être le sont."),
		api.Get("formsemestre_assiduites_export", ScoView, s.assiduitesExport, "/formsemestre/{formsemestre_id:int}/assiduites/export").Extension().
			Doc("Les assiduités d'un semestre en fichier.").Describe("format : csv (par défaut) ou xlsx."),
		api.Get("departement_assiduites_bilan", ScoView, s.bilan, "/departement/{acronym}/assiduites/bilan").Extension().
			Doc("Le bilan annuel d'un département : absences et retards de chaque étudiant.").
			Describe("annee : l'année scolaire ; metric : compte, journee, demi (par défaut) ou heure."),
	}
}

// readYear reads a school year, the current one when none is given; NotFound
// for anything else.
func (s *Service) readYear(text api.Opt[string]) (int64, error) {
	if !text.Set || text.Value == "" {
		return AnneeScolaire(s.today()), nil
	}
	year, err := strconv.ParseInt(text.Value, 10, 64)
	if err != nil || year < 1900 || year >= 2200 {
		return 0, badFilter("annee")
	}
	return year, nil
}

type calendrierIn struct {
	codeRef
	Annee api.Opt[string] `query:"annee"`
}

// CalendarDay is a day on which a student has records.
type CalendarDay struct {
	Date       string  `json:"date"`
	Etat       string  `json:"etat"` // the worst: absent, retard, present
	EstJust    bool    `json:"est_just"`
	Travaille  bool    `json:"travaille"`
	Assiduites []int64 `json:"assiduites"`
}

// YearCalendar is the attendance of a student over a school year.
type YearCalendar struct {
	Annee int64         `json:"annee"`
	Jours []CalendarDay `json:"jours"` // those with records, in order
}

// calendrier returns the days of a school year on which a student has records.
// NotFound for an unknown student or what is no year.
func (s *Service) calendrier(ctx context.Context, in calendrierIn) (YearCalendar, error) {
	q := s.Store.Read()
	etud, err := etudiantOfCode(ctx, q, in.codeRef)
	if err != nil {
		return YearCalendar{}, err
	}
	year, err := s.readYear(in.Annee)
	if err != nil {
		return YearCalendar{}, err
	}
	calendar, err := s.calendar(ctx, q, etud.DeptID)
	if err != nil {
		return YearCalendar{}, err
	}
	within := s.schoolYear(year)
	rows, err := q.AssiduitesWithin(ctx, db.AssiduitesWithinParams{Etudids: db.JSONList(etud.ID), Since: db.At(within.since), Until: db.At(within.until)})
	if err != nil {
		return YearCalendar{}, fmt.Errorf("attendance of student %d: %w", etud.ID, err)
	}
	days := YearCalendar{Annee: year, Jours: []CalendarDay{}}
	s.eachDay(within, func(day db.Day, start, end time.Time) {
		if d, ok := s.calendarDay(rows, start, end); ok {
			d.Date, d.Travaille = day.String(), !calendar.IsOff[start.Weekday()]
			days.Jours = append(days.Jours, d)
		}
	})
	return days, nil
}

// eachDay calls visit with the days from one moment to the other, the last one
// left out.
func (s *Service) eachDay(p period, visit func(day db.Day, start, end time.Time)) {
	first := db.DayOf(p.since.In(s.Location))
	for n := 0; ; n++ {
		start := s.midnight(first, n)
		if !start.Before(p.until) {
			return
		}
		visit(db.DayOf(start), start, s.midnight(first, n+1))
	}
}

// calendarDay sums a day up; ok is false without records.
func (s *Service) calendarDay(rows []db.Assiduite, start, end time.Time) (d CalendarDay, ok bool) {
	worst := int64(-1)
	d.EstJust = true
	for _, row := range rows {
		if !row.DebutAt.Before(end) || !row.FinAt.After(start) {
			continue
		}
		d.Assiduites = append(d.Assiduites, row.ID)
		worst = max(worst, row.Etat)
		if row.Etat != int64(presence.Present) && !row.EstJust {
			d.EstJust = false
		}
	}
	if worst < 0 {
		return d, false
	}
	d.EstJust = d.EstJust && worst != int64(presence.Present)
	d.Etat = stateNames[worst]
	return d, true
}

type exportIn struct {
	ID     int64  `path:"formsemestre_id"`
	Format string `query:"format" default:"csv"`
}

// assiduitesExport returns the attendance of a semester as a file, a row for
// each record. NotFound for an unknown semester or another format.
func (s *Service) assiduitesExport(ctx context.Context, in exportIn) (api.File, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return api.File{}, err
	}
	if in.Format != "csv" && in.Format != "xlsx" {
		return api.File{}, badFilter("format")
	}
	list, err := s.assiduitesFormSemestre(ctx, semesterIn{ID: in.ID})
	if err != nil {
		return api.File{}, err
	}
	names, err := namesOf(ctx, q, list)
	if err != nil {
		return api.File{}, err
	}
	when := func(i Instant) tableur.Cell { return i.String() }
	if in.Format == "xlsx" {
		when = func(i Instant) tableur.Cell { return i.Time } // a date that a workbook can reckon with
	}
	export := tableur.Export{
		Title:  "Assiduité",
		Header: []string{"etudid", "code_nip", "nom", "prenom", "date_debut", "date_fin", "etat", "est_just", "moduleimpl_id", "desc", "saisie", "auteur"},
		Rows: func(yield func([]tableur.Cell) bool) {
			for _, a := range list {
				if !yield(exportRow(a, names[a.Etudid], when)) {
					return
				}
			}
		},
	}
	var out bytes.Buffer
	contentType := "text/csv; charset=utf-8"
	if in.Format == "xlsx" {
		contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = export.XLSX(&out)
	} else {
		err = export.CSV(&out)
	}
	if err != nil {
		return api.File{}, fmt.Errorf("export the attendance of formsemestre %d: %w", sem.ID, err)
	}
	name := fmt.Sprintf("assiduite-%d.%s", sem.ID, in.Format)
	return api.File{Name: name, ContentType: contentType, Content: bytes.NewReader(out.Bytes()), Size: int64(out.Len())}, nil
}

func exportRow(a Assiduite, etud db.Etudiant, when func(Instant) tableur.Cell) []tableur.Cell {
	justified := "non"
	if a.EstJust {
		justified = "oui"
	}
	var module tableur.Cell
	if a.ModuleImplID != nil {
		module = *a.ModuleImplID
	}
	return []tableur.Cell{
		a.Etudid, textOrEmpty(a.CodeNIP), etud.Nom, etud.Prenom, when(a.DateDebut), when(a.DateFin), a.Etat, justified, module,
		textOrEmpty(a.Desc), when(a.EntryDate), textOrEmpty(a.UserNomComplet),
	}
}

// namesOf returns the students of records by id.
func namesOf(ctx context.Context, q *db.Queries, list []Assiduite) (map[int64]db.Etudiant, error) {
	var ids []int64
	for _, a := range list {
		ids = append(ids, a.Etudid)
	}
	rows, err := q.EtudiantsByID(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, fmt.Errorf("students: %w", err)
	}
	names := make(map[int64]db.Etudiant, len(rows))
	for _, row := range rows {
		names[row.ID] = row
	}
	return names, nil
}

type bilanIn struct {
	Acronym string          `path:"acronym"`
	Annee   api.Opt[string] `query:"annee"`
	Metric  string          `query:"metric" default:"demi"`
}

// BilanRow is the attendance of a student over a year, in the unit asked for.
type BilanRow struct {
	Etudid               int64   `json:"etudid"`
	CodeNIP              *string `json:"code_nip"`
	Nom                  string  `json:"nom"`
	Prenom               string  `json:"prenom"`
	Absences             any     `json:"absences"`
	AbsencesJustifiees   any     `json:"absences_justifiees"`
	AbsencesInjustifiees any     `json:"absences_injustifiees"`
	Retards              any     `json:"retards"`
}

// bilan returns the attendance of the students of a department who have some
// in a school year, by sort key. NotFound for an unknown department, year or
// unit.
func (s *Service) bilan(ctx context.Context, in bilanIn) ([]BilanRow, error) {
	q := s.Store.Read()
	dept, err := visibleDepartementNamed(ctx, q, in.Acronym)
	if err != nil {
		return nil, err
	}
	year, err := s.readYear(in.Annee)
	if err != nil {
		return nil, err
	}
	units, err := readNames("metric", metrics, in.Metric)
	if err != nil || len(units) != 1 {
		return nil, badFilter("metric")
	}
	calendar, err := s.calendar(ctx, q, dept.ID)
	if err != nil {
		return nil, err
	}
	within := s.schoolYear(year)
	rows, err := q.AttendanceOfDepartement(ctx, db.AttendanceOfDepartementParams{DeptID: dept.ID, Since: db.At(within.since), Until: db.At(within.until)})
	if err != nil {
		return nil, fmt.Errorf("attendance of departement %d: %w", dept.ID, err)
	}
	list := []BilanRow{}
	for start := 0; start < len(rows); {
		end := start
		var records []presence.Record
		for end < len(rows) && rows[end].Etudid == rows[start].Etudid {
			r := rows[end]
			records = append(records, presence.Record{Start: r.DebutAt.Time, End: r.FinAt.Time, State: presence.State(r.Etat), IsJustified: r.EstJust})
			end++
		}
		split := calendar.Split(records)
		list = append(list, BilanRow{
			Etudid: rows[start].Etudid, CodeNIP: rows[start].CodeNip, Nom: rows[start].Nom, Prenom: rows[start].Prenom,
			Absences: inUnit(split.Absent.Count, units[0]), AbsencesJustifiees: inUnit(split.Absent.Justified, units[0]),
			AbsencesInjustifiees: inUnit(split.Absent.Unjustified, units[0]), Retards: inUnit(split.Late.Count, units[0]),
		})
		start = end
	}
	return list, nil
}

// inUnit is a count in one of the metrics.
func inUnit(c presence.Count, unit int64) any {
	return []any{c.Records, c.Days, c.Halves, api.Float(c.Hours)}[unit]
}
