package scolarite

import (
	"context"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/jury"
)

// BulletinDecisions are what juries decided. Without show_decision, only
// Situation and the credits of UEs tell of it.
type BulletinDecisions struct {
	// Situation is when the student came and left, and what was decided, in
	// words.
	Situation       string                 `json:"situation"`
	Decision        *BulletinDecision      `json:"decision"`
	DecisionUE      []BulletinDecisionUE   `json:"decision_ue"`
	Autorisations   []BulletinAutorisation `json:"autorisation_inscription"`
	DecisionRCUE    []BulletinDecisionRCUE `json:"decision_rcue"`
	DescrRCUE       string                 `json:"descr_decisions_rcue"`
	DescrNiveaux    string                 `json:"descr_decisions_niveaux"`
	DecisionAnnee   *BulletinDecisionAnnee `json:"decision_annee"`
	Diplomation     string                 `json:"diplomation"`
	DiplomeDUT120   bool                   `json:"diplome_dut120"`
	DiplomeDUTDescr string                 `json:"diplome_dut120_descr"`
}

// BulletinDecision is the decision on the semester. That of a student who left
// has no code.
type BulletinDecision struct {
	Code                   string   `json:"code"`
	Etat                   string   `json:"etat"` // "I", "DEM" or "DEF"
	Date                   *Instant `json:"date"`
	CompenseFormSemestreID *int64   `json:"compense_formsemestre_id,omitempty"`
}

// BulletinDecisionUE is the decision on a UE; ECTS are acquired.
type BulletinDecisionUE struct {
	UEID     int64     `json:"ue_id"`
	Numero   int64     `json:"numero"`
	Acronyme string    `json:"acronyme"`
	Titre    string    `json:"titre"`
	Code     string    `json:"code"`
	ECTS     api.Float `json:"ects"`
}

// BulletinAutorisation lets a student into a semester.
type BulletinAutorisation struct {
	SemestreID int64 `json:"semestre_id"`
}

// BulletinDecisionRCUE is the decision on a level of a competence.
type BulletinDecisionRCUE struct {
	Code   string         `json:"code"`
	Niveau BulletinNiveau `json:"niveau"`
}

// BulletinNiveau is a level of a competence.
type BulletinNiveau struct {
	Libelle    string             `json:"libelle"`
	Annee      string             `json:"annee"` // "BUT1"
	Ordre      int64              `json:"ordre"`
	Competence BulletinCompetence `json:"competence"`
}

// BulletinCompetence is a competence.
type BulletinCompetence struct {
	IDOrebut  *string `json:"id_orebut"`
	Titre     string  `json:"titre"`
	TitreLong string  `json:"titre_long"`
	Couleur   string  `json:"couleur"`
	Numero    int64   `json:"numero"`
}

// BulletinDecisionAnnee is the decision on a year of a BUT.
type BulletinDecisionAnnee struct {
	AnneeScolaire int64   `json:"annee_scolaire"`
	Date          Instant `json:"date"`
	Code          string  `json:"code"`
	Ordre         int64   `json:"ordre"`
}

// BulletinAppreciation is what a teacher or a jury wrote.
type BulletinAppreciation struct {
	Comment string `json:"comment"`
	Date    string `json:"date"` // ISO
}

// readDecisions reads when students came and left, and what was decided of
// them.
func (m *bulletinMaker) readDecisions(ctx context.Context, q *db.Queries, s *Service, list string) error {
	id := m.FormSemestre.ID
	events, err := q.BulletinEvents(ctx, db.BulletinEventsParams{FormsemestreID: id, Etudids: list})
	if err != nil {
		return err
	}
	for _, row := range events {
		student, day := m.student(row.Etudid), db.DayOf(row.At.In(s.Location))
		switch {
		case row.EventType == "INSCRIPTION" && student.inscription == nil:
			student.inscription = &day
		case row.EventType != "INSCRIPTION":
			student.depart = &day
		}
	}
	validations, err := q.BulletinValidations(ctx, db.BulletinValidationsParams{FormsemestreID: id, Etudids: list})
	if err != nil {
		return err
	}
	for k := range validations {
		student := m.student(validations[k].Etudid)
		if validations[k].UEID == nil {
			student.semestre = &validations[k]
			continue
		}
		student.ues = append(student.ues, validations[k])
	}
	autorisations, err := q.BulletinAutorisations(ctx, db.BulletinAutorisationsParams{FormsemestreID: id, Etudids: list})
	for _, row := range autorisations {
		student := m.student(row.Etudid)
		student.autorisations = append(student.autorisations, row.SemestreID)
	}
	if err != nil || !m.Input.APC {
		return err
	}
	return m.readDecisionsBUT(ctx, q, list)
}

// readDecisionsBUT reads what was decided on competences, years and diplomas.
func (m *bulletinMaker) readDecisionsBUT(ctx context.Context, q *db.Queries, list string) error {
	id := m.FormSemestre.ID
	ues := make([]int64, len(m.UEs))
	for u := range m.UEs {
		ues[u] = m.UEs[u].ID
	}
	rcues, err := q.BulletinRCUEs(ctx, db.BulletinRCUEsParams{FormsemestreID: id, Etudids: list, Ues: db.JSONList(ues...)})
	if err != nil {
		return err
	}
	for _, row := range rcues {
		student := m.student(row.Etudid)
		student.rcues = append(student.rcues, row)
	}
	dut120, err := q.BulletinDUT120(ctx, db.BulletinDUT120Params{FormsemestreID: id, Etudids: list})
	if err != nil {
		return err
	}
	for _, etudid := range dut120 {
		m.student(etudid).hasDUT120 = true
	}
	if m.Formation.ReferentielID == nil {
		return nil
	}
	annees, err := q.BulletinAnnees(ctx, db.BulletinAnneesParams{ReferentielID: *m.Formation.ReferentielID, Etudids: list})
	for _, row := range annees {
		student := m.student(row.Etudid)
		student.annees = append(student.annees, row)
	}
	return err
}

// decisionUE returns the decision on a UE in this semester.
func (b *bulletinStudent) decisionUE(ueID int64) (code jury.Code, ok bool) {
	for i := range b.ues {
		if *b.ues[i].UEID == ueID {
			return jury.Code(b.ues[i].Code), true
		}
	}
	return "", false
}

// acquis are the credits of a UE that a student has: by decision of this
// semester's jury, or of an earlier one.
func (m *bulletinMaker) acquis(u, i int) float64 {
	if code, ok := m.students[i].decisionUE(m.UEs[u].ID); ok && code.ValideUE() {
		return m.Input.ECTS(i, u)
	}
	if _, credit, ok := m.capitalisation(u, i); ok {
		if credit.ECTS > 0 {
			return credit.ECTS
		}
		return m.Input.ECTS(i, u)
	}
	return 0
}

// decisions returns what is shown of the decisions on a student.
func (m *bulletinMaker) decisions(i int) BulletinDecisions {
	d := BulletinDecisions{DecisionUE: []BulletinDecisionUE{}, Autorisations: []BulletinAutorisation{}, DecisionRCUE: []BulletinDecisionRCUE{}}
	student := &m.students[i]
	if !m.isPresent(i) {
		d.Decision = &BulletinDecision{Etat: leftAs[m.Etudiants[i].Etat]}
	}
	if m.options.ShowDecision {
		m.showDecisions(&d, i)
	}
	d.Situation = m.situation(student, &d, i)
	return d
}

// leftAs is how report cards name the states of who left.
var leftAs = map[string]string{"D": "DEM", "DEF": "DEF"}

func (m *bulletinMaker) showDecisions(d *BulletinDecisions, i int) {
	student := &m.students[i]
	if v := student.semestre; v != nil && m.isPresent(i) {
		date := m.instant(v.EventAt)
		d.Decision = &BulletinDecision{Code: v.Code, Etat: m.Etudiants[i].Etat, Date: &date, CompenseFormSemestreID: v.CompenseFormsemestreID}
	}
	for k := range student.ues {
		v := &student.ues[k]
		ue := BulletinDecisionUE{UEID: *v.UEID, Numero: *v.Numero, Acronyme: *v.Acronyme, Titre: textOrEmpty(v.Titre), Code: v.Code}
		if jury.Code(v.Code).ValideUE() {
			ue.ECTS = floatOrZero(v.Ects)
			if u, ok := m.UEIndex(*v.UEID); ok {
				ue.ECTS = api.Float(m.Input.ECTS(i, u))
			}
		}
		d.DecisionUE = append(d.DecisionUE, ue)
	}
	for _, semestre := range student.autorisations {
		d.Autorisations = append(d.Autorisations, BulletinAutorisation{semestre})
	}
	m.showDecisionsBUT(d, student)
}

func (m *bulletinMaker) showDecisionsBUT(d *BulletinDecisions, student *bulletinStudent) {
	var rcues, niveaux []string
	for _, v := range student.rcues {
		d.DecisionRCUE = append(d.DecisionRCUE, BulletinDecisionRCUE{v.Code, BulletinNiveau{
			textOrEmpty(v.Libelle), v.Annee, v.Ordre,
			BulletinCompetence{v.IDOrebut, v.Titre, textOrEmpty(v.TitreLong), textOrEmpty(v.Couleur), v.Numero},
		}})
		rcues = append(rcues, v.Titre+" "+v.Annee+" : "+v.Code)
		if jury.Code(v.Code).ValideRCUE() {
			niveaux = append(niveaux, v.Titre+" "+v.Annee)
		}
	}
	d.DescrRCUE, d.DescrNiveaux = strings.Join(rcues, ", "), strings.Join(niveaux, ", ")
	validated := 0
	for _, v := range student.annees {
		if m.isOfYear(&v) {
			d.DecisionAnnee = &BulletinDecisionAnnee{v.AnneeScolaire, m.instant(v.At), v.Code, v.Ordre}
		}
		if jury.Code(v.Code).ValideAnnee() {
			validated++
		}
	}
	if d.DecisionAnnee != nil && d.DecisionAnnee.Ordre == yearsOfBUT && validated == yearsOfBUT {
		d.Diplomation = "Diplôme obtenu."
	}
	if student.hasDUT120 {
		d.DiplomeDUT120, d.DiplomeDUTDescr = true, "Diplôme de DUT (120 ECTS) obtenu."
	}
}

// isOfYear reports whether a decision is on the year the semester is of.
func (m *bulletinMaker) isOfYear(v *db.BulletinAnneesRow) bool {
	return v.AnneeScolaire == AnneeScolaire(m.FormSemestre.DateDebut) && v.Ordre == (m.FormSemestre.SemestreID+1)/2
}

// yearsOfBUT must all be validated for the diploma.
const yearsOfBUT = 3

// situation says in words when a student came and left, and what was decided.
func (m *bulletinMaker) situation(student *bulletinStudent, d *BulletinDecisions, i int) string {
	e := feminine(student.etud.Civilite)
	var said []string
	say := func(words ...string) {
		said = append(said, strings.Join(words, "")+".")
	}
	switch {
	case student.inscription != nil:
		say("Inscrit", e, " le ", frenchDay(*student.inscription))
	default:
		say("Inscrit", e)
	}
	switch m.Etudiants[i].Etat {
	case "D":
		if student.depart != nil {
			say("Démission le ", frenchDay(*student.depart))
			break
		}
		say("Démission")
	case "DEF":
		say("Défaillant", e)
	}
	if code := d.code(); code != "" {
		say("Décision jury: ", code.Libelle())
	}
	if acquired := d.acquired(); acquired != "" && m.options.ShowUEValid {
		say("UE acquises: ", acquired)
	}
	if len(d.Autorisations) > 0 {
		say("Autorisé", e, " à s’inscrire en ", semestersText(d.Autorisations))
	}
	if d.Diplomation != "" {
		said = append(said, d.Diplomation)
	}
	return strings.Join(said, " ")
}

// code is the decision that sums the others up: on the semester, or the year.
func (d *BulletinDecisions) code() jury.Code {
	switch {
	case d.Decision != nil && d.Decision.Code != "":
		return jury.Code(d.Decision.Code)
	case d.DecisionAnnee != nil:
		return jury.Code(d.DecisionAnnee.Code)
	}
	return ""
}

// acquired lists the UEs that the decisions acquire.
func (d *BulletinDecisions) acquired() string {
	var acronyms []string
	for _, ue := range d.DecisionUE {
		if jury.Code(ue.Code).ValideUE() {
			acronyms = append(acronyms, ue.Acronyme)
		}
	}
	return strings.Join(acronyms, ", ")
}

// semestersText is "S1, S2".
func semestersText(list []BulletinAutorisation) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = string(appendInt(nil, "S", a.SemestreID))
	}
	return strings.Join(names, ", ")
}

// feminine is the ending of a participle about a person.
func feminine(civilite string) string {
	switch civilite {
	case "M":
		return ""
	case "F":
		return "e"
	}
	return "(e)"
}
