package scolarite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/notes"
	"intendant/internal/scolarite/presence"
)

// bulletinMaker makes the report cards of a semester from its results. What
// all share is made once, and what else is read of the students is read of all
// together. Once made, it neither reads nor fails.
type bulletinMaker struct {
	*SemesterResults
	version   string
	date      Instant
	instant   func(db.Time) Instant
	acronym   string // of the department
	deptName  string // of the department: its preference, else its acronym
	base      string // of its addresses: "/ScoDoc/RT"
	formation *BulletinFormation
	options   *BulletinOptions
	etapes    []string

	ues     []int    // indices, by numero, sport last
	keys    []string // of UEs, by index: their acronym, made unique
	modules []bulletinFace
	parts   [][]bulletinWeight // by UE: the modules that count in it, in their order

	noAbsences *BulletinAbsences // nil unless absences are shown
	students   []bulletinStudent // by index; those not asked for are empty
}

// bulletinFace is what a module shows to all students. Its key is its code, made
// unique.
type bulletinFace struct {
	key, url    string
	class       BulletinNote // of the means: Value is nobody's
	evaluations []bulletinEvaluationFace
	// incomplete are the evaluations shown without marks on a classic card.
	incomplete []bulletinEvaluationFace
}

// bulletinEvaluationFace is what an evaluation shows to all students.
type bulletinEvaluationFace struct {
	index     int
	noteMax   float64
	class     BulletinNote
	but       *BulletinEvaluationHead
	classique BulletinEvaluationClassique
}

// bulletinWeight is a module and what it counts for in a UE of a BUT.
type bulletinWeight struct {
	module int
	coef   float64
	isSAE  bool
}

// bulletinStudent is what a report card shows of a student beside results.
type bulletinStudent struct {
	etud           db.Etudiant
	adresse        db.Adresse
	absences       *BulletinAbsences
	moduleAbsences map[int64]*BulletinAbsences // by moduleimpl, where there are any
	inscription    *db.Day
	depart         *db.Day // resigned or defaulted
	semestre       *db.BulletinValidationsRow
	ues            []db.BulletinValidationsRow
	autorisations  []int64
	rcues          []db.BulletinRCUEsRow
	annees         []db.BulletinAnneesRow
	hasDUT120      bool
}

// newBulletinMaker reads what the report cards of some students need, by their
// indices.
func (s *Service) newBulletinMaker(ctx context.Context, r *SemesterResults, version string, chosen []int) (*bulletinMaker, error) {
	m := &bulletinMaker{SemesterResults: r, version: version, date: s.instant(s.now()), instant: s.instant, students: make([]bulletinStudent, len(r.Etudiants))}
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		if err := m.readSemester(ctx, q); err != nil {
			return err
		}
		m.face(s)
		return m.readStudents(ctx, q, s, chosen)
	})
	if err != nil {
		return nil, fmt.Errorf("report cards of formsemestre %d: %w", r.FormSemestre.ID, err)
	}
	return m, nil
}

// readSemester reads what is the same for all students.
func (m *bulletinMaker) readSemester(ctx context.Context, q *db.Queries) error {
	sem := &m.FormSemestre
	prefs, err := preferencesAt(ctx, q, sem.ID, sem.DeptID)
	if err != nil {
		return err
	}
	m.options = bulletinOptions(prefs, sem)
	dept, err := q.Departement(ctx, sem.DeptID)
	if err != nil {
		return err
	}
	m.acronym, m.base = dept.Acronym, "/ScoDoc/"+dept.Acronym
	m.deptName = cmp.Or(prefs.Text("DeptName"), dept.Acronym)
	f := &m.Formation
	m.formation = &BulletinFormation{f.ID, f.Acronyme, f.Titre, f.TitreOfficiel}
	etapes, err := q.EtapesIn(ctx, db.JSONList(sem.ID))
	if err != nil {
		return err
	}
	m.etapes = make([]string, len(etapes))
	for i, e := range etapes {
		m.etapes[i] = e.Code
	}
	return nil
}

func bulletinOptions(prefs Preferences, sem *db.FormSemestre) *BulletinOptions {
	return &BulletinOptions{
		ShowAbs: prefs.Bool("bul_show_abs"), ShowAbsModules: prefs.Bool("bul_show_abs_modules"), ShowAllEvals: prefs.Bool("bul_show_all_evals"),
		ShowCodeModules: prefs.Bool("bul_show_codemodules"), ShowCoef: prefs.Bool("bul_show_coef"), ShowDateInscr: prefs.Bool("bul_show_date_inscr"),
		ShowDecision: prefs.Bool("bul_show_decision"), ShowECTS: prefs.Bool("bul_show_ects"), ShowMatieres: prefs.Bool("bul_show_matieres"),
		ShowMinMax: prefs.Bool("bul_show_minmax"), ShowMinMaxEval: prefs.Bool("bul_show_minmax_eval"), ShowMinMaxMod: prefs.Bool("bul_show_minmax_mod"),
		ShowModRangs: prefs.Bool("bul_show_mod_rangs"), ShowMoyPromo: prefs.Bool("bul_show_moypromo"), ShowRangs: prefs.Bool("bul_show_rangs"),
		ShowTemporary: prefs.Bool("bul_show_temporary"), ShowUECapCurrent: prefs.Bool("bul_show_ue_cap_current"),
		ShowUECapDetails: prefs.Bool("bul_show_ue_cap_details"), ShowUERangs: prefs.Bool("bul_show_ue_rangs"), ShowUEValid: prefs.Bool("bul_show_uevalid"),
		TemporaryTxt: prefs.Text("bul_temporary_txt"), BlockMoyenneGenerale: sem.BlockMoyenneGenerale, BgColor: sem.BulBgcolor,
		metrique: prefs.Text("assi_metrique"),
	}
}

// face makes what UEs, modules and evaluations show to all students.
func (m *bulletinMaker) face(s *Service) {
	m.ues = make([]int, len(m.UEs))
	for u := range m.ues {
		m.ues[u] = u
	}
	slices.SortStableFunc(m.ues, func(a, b int) int {
		x, y := &m.UEs[a], &m.UEs[b]
		if isSport := m.Input.UEs[a].Sport; isSport != m.Input.UEs[b].Sport {
			return map[bool]int{true: 1, false: -1}[isSport]
		}
		return cmp.Or(cmp.Compare(x.Numero, y.Numero), cmp.Compare(x.Acronyme, y.Acronyme))
	})
	m.nameUEs()
	m.modules = make([]bulletinFace, len(m.Modules))
	taken := map[string]bool{}
	for mod := range m.Modules {
		row := &m.Modules[mod]
		face := &m.modules[mod]
		if face.key = row.Module.Code; taken[face.key] {
			face.key = fmt.Sprintf("%s (%d)", row.Module.Code, row.ID)
		}
		taken[face.key] = true
		face.url = m.base + "/api/moduleimpl/" + strconv.FormatInt(row.ID, 10)
		face.class = class(m.Results.Modules[mod].Stats, 20)
	}
	m.faceEvaluations(s)
	if m.Input.APC {
		m.weigh()
	}
}

// faceEvaluations makes what evaluations show: in long all, in selectedevals
// those that students may see; of them, those that count or with show_all_evals
// all. A classic card shows those that do not count without marks.
func (m *bulletinMaker) faceEvaluations(s *Service) {
	if m.version == versionShort || m.version == versionBUTCourt {
		return
	}
	for e := range m.Evaluations {
		row, result := &m.Evaluations[e], &m.Results.Evaluations[e]
		mod := m.Input.Evaluations[e].Module
		face := bulletinEvaluationFace{index: e, noteMax: row.NoteMax}
		isVisible, isKnown := row.Visibulletin || m.version == versionLong, result.Complete || result.Attente
		switch {
		case m.Input.APC && isVisible && (isKnown || m.options.ShowAllEvals):
			face.class = class(result.Stats, row.NoteMax)
			face.but = m.headOf(s, e)
			m.modules[mod].evaluations = append(m.modules[mod].evaluations, face)
		case !m.Input.APC && isVisible && isKnown:
			face.classique = classiqueHeadOf(s, row)
			m.modules[mod].evaluations = append(m.modules[mod].evaluations, face)
		case !m.Input.APC && isVisible && !isKnown && m.options.ShowAllEvals:
			face.classique = classiqueHeadOf(s, row)
			face.classique.Incomplete = true
			m.modules[mod].incomplete = append(m.modules[mod].incomplete, face)
		}
	}
}

// nameUEs gives each UE its acronym, those met again with their id: two parcours
// may have UEs of one acronym.
func (m *bulletinMaker) nameUEs() {
	m.keys = make([]string, len(m.UEs))
	taken := map[string]bool{}
	for _, u := range m.ues {
		if m.keys[u] = m.UEs[u].Acronyme; taken[m.keys[u]] {
			m.keys[u] = fmt.Sprintf("%s (%d)", m.UEs[u].Acronyme, m.UEs[u].ID)
		}
		taken[m.keys[u]] = true
	}
}

// class writes the statistics of marks out of noteMax.
func class(stats notes.Stats, noteMax float64) BulletinNote {
	return BulletinNote{Value: "~", Min: sur20(stats.Min, noteMax), Max: sur20(stats.Max, noteMax), Moy: sur20(stats.Mean, noteMax)}
}

// of is the class around the mark of a student.
func (n BulletinNote) of(value string) BulletinNote {
	n.Value = value
	return n
}

// sur20 writes a mark out of noteMax on 20; as it is, out of 0.
func sur20(v, noteMax float64) string {
	if noteMax <= 0 {
		return notes.Format(v)
	}
	return notes.Format(notes.Sur20(v, noteMax))
}

// noteText writes the mark of a student at an evaluation.
func (m *bulletinMaker) noteText(face *bulletinEvaluationFace, i int) string {
	note := m.Input.Notes.At(face.index, i)
	if note.Kind == notes.Nombre {
		return sur20(note.Value, face.noteMax)
	}
	return note.String()
}

// takes reports whether a student is registered to a module.
func (m *bulletinMaker) takes(mod, i int) bool { return m.Input.Inscrits.At(mod, i) }

// isPresent reports whether a student has neither resigned nor defaulted.
func (m *bulletinMaker) isPresent(i int) bool { return m.Input.Etudiants[i].Etat == notes.Inscrit }

// showsRank reports whether ranks in the semester and its groups are shown: not
// while a module waits for marks.
func (m *bulletinMaker) showsRank(i int) bool {
	return m.options.ShowRangs && !m.Results.Attente && m.isPresent(i)
}

// capitalisation returns how a student acquired a UE before.
func (m *bulletinMaker) capitalisation(u, i int) (had Capitalisation, credit notes.Capitalisation, ok bool) {
	for k, had := range m.Capitalisations[i] {
		if had.UE == u {
			return had, m.Input.Etudiants[i].Capitalisees[k], true
		}
	}
	return Capitalisation{}, notes.Capitalisation{}, false
}

// readStudents reads what the results do not tell of some students.
func (m *bulletinMaker) readStudents(ctx context.Context, q *db.Queries, s *Service, chosen []int) error {
	ids := make([]int64, len(chosen))
	for k, i := range chosen {
		ids[k] = m.Etudiants[i].ID
	}
	list := db.JSONList(ids...)
	etudiants, err := q.EtudiantsByID(ctx, list)
	if err != nil {
		return err
	}
	for _, row := range etudiants {
		m.student(row.ID).etud = row
	}
	adresses, err := q.AdressesOf(ctx, list)
	if err != nil {
		return err
	}
	for _, row := range adresses {
		m.student(row.Etudid).adresse = row
	}
	if !may(ctx, ViewEtudData) {
		for _, i := range chosen {
			m.students[i].hidePersonal()
		}
	}
	if m.FormSemestre.BulHideXml {
		return nil
	}
	if err := m.readAbsences(ctx, q, s, list, chosen); err != nil {
		return err
	}
	return m.readDecisions(ctx, q, s, list)
}

// student is what is kept of a student of the semester. A stranger's is lost:
// he registered after the results were worked out.
func (m *bulletinMaker) student(etudid int64) *bulletinStudent {
	if i, ok := m.EtudiantIndex(etudid); ok {
		return &m.students[i]
	}
	return &bulletinStudent{}
}

// hidePersonal empties what takes ViewEtudData.
func (b *bulletinStudent) hidePersonal() {
	b.etud.Boursier = nil
	a := &b.adresse
	a.Emailperso, a.Domicile, a.Codepostaldomicile, a.Villedomicile = nil, nil, nil, nil
	a.Telephone, a.Telephonemobile, a.Fax = nil, nil, nil
}

// readAbsences counts the absences of students over the semester, in the unit
// that its department counts in.
func (m *bulletinMaker) readAbsences(ctx context.Context, q *db.Queries, s *Service, list string, chosen []int) error {
	if !m.options.ShowAbs {
		return nil
	}
	calendar, err := s.calendar(ctx, q, m.FormSemestre.DeptID)
	if err != nil {
		return err
	}
	time := s.timeOf(m.FormSemestre)
	rows, err := q.BulletinAbsences(ctx, db.BulletinAbsencesParams{Etudids: list, Since: db.At(time.since), Until: db.At(time.until)})
	if err != nil {
		return err
	}
	m.noAbsences = m.count(calendar, nil)
	for _, i := range chosen {
		m.students[i].absences = m.noAbsences
	}
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].Etudid == rows[from].Etudid {
			to++
		}
		m.countStudent(calendar, rows[from:to])
		from = to
	}
	return nil
}

// countStudent counts the absences of one student, and with show_abs_modules
// those of each of his modules.
func (m *bulletinMaker) countStudent(calendar presence.Calendar, rows []db.BulletinAbsencesRow) {
	student := m.student(rows[0].Etudid)
	student.absences = m.count(calendar, rows)
	if !m.options.ShowAbsModules {
		return
	}
	byModule := map[int64][]db.BulletinAbsencesRow{}
	for _, row := range rows {
		if row.ModuleimplID != nil {
			byModule[*row.ModuleimplID] = append(byModule[*row.ModuleimplID], row)
		}
	}
	student.moduleAbsences = make(map[int64]*BulletinAbsences, len(byModule))
	for id, rows := range byModule {
		student.moduleAbsences[id] = m.count(calendar, rows)
	}
}

// count counts absences: those unjustified are all less those justified.
func (m *bulletinMaker) count(calendar presence.Calendar, rows []db.BulletinAbsencesRow) *BulletinAbsences {
	var all, justified []presence.Record
	for _, row := range rows {
		record := presence.Record{Start: row.DebutAt.Time, End: row.FinAt.Time, State: presence.Absent, IsJustified: row.EstJust}
		all = append(all, record)
		if row.EstJust {
			justified = append(justified, record)
		}
	}
	total, just := calendar.Count(all), calendar.Count(justified)
	of := func(c presence.Count) float64 {
		switch m.options.metrique {
		case "J.":
			return float64(c.Days)
		case "H.":
			return c.Hours
		}
		return float64(c.Halves)
	}
	isHours := m.options.metrique == "H."
	return &BulletinAbsences{
		Injustifie: BulletinCount{of(total) - of(just), isHours}, Total: BulletinCount{of(total), isHours}, Metrique: m.options.metrique,
	}
}

// clockText is the hour of a moment at the site, "" for none.
func (s *Service) clockText(t *db.Time, layout string) string {
	if t == nil {
		return ""
	}
	return t.In(s.Location).Format(layout)
}

// headOf makes what an evaluation of a BUT is to all students.
func (m *bulletinMaker) headOf(s *Service, e int) *BulletinEvaluationHead {
	row := &m.Evaluations[e]
	head := &BulletinEvaluationHead{
		ID: row.ID, Description: textOrEmpty(row.Description), DateDebut: s.instantOrNil(row.DebutAt), DateFin: s.instantOrNil(row.FinAt),
		Date: textOrNil(s.clockText(row.DebutAt, "2006-01-02")), HeureDebut: s.clockText(row.DebutAt, "15:04"), HeureFin: s.clockText(row.FinAt, "15:04"),
		Coef: strconv.FormatFloat(row.Coefficient, 'f', 2, 64), EvaluationType: row.EvaluationType, Poids: Ordered[api.Float]{},
		URL: m.base + "/api/evaluation/" + strconv.FormatInt(row.ID, 10) + "/notes",
	}
	ev := &m.Input.Evaluations[e]
	isSport := m.Input.UEs[m.Input.Modules[ev.Module].UE].Sport
	for _, u := range m.ues {
		if isSport || m.Input.UEs[u].Sport {
			continue
		}
		poids := 1.0
		if ev.Poids != nil {
			poids = ev.Poids[u]
		}
		head.Poids.Add(m.keys[u], api.Float(poids))
	}
	head.text = appendValue(nil, head)
	return head
}

// weigh lists the modules that count in each UE of a BUT.
func (m *bulletinMaker) weigh() {
	m.parts = make([][]bulletinWeight, len(m.UEs))
	for mod := range m.Modules {
		if !m.Input.VersUEs(mod) {
			continue
		}
		in := &m.Input.Modules[mod]
		for u := range m.UEs {
			if m.Input.Compte(mod, u) && !m.Input.UEs[u].Sport {
				m.parts[u] = append(m.parts[u], bulletinWeight{mod, in.Coefs[u], in.Kind == notes.SAE})
			}
		}
	}
}
