package scolarite

import (
	"fmt"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/notes"
)

// BulletinClassique is the report card of a student in a semester of a classic
// curriculum (DUT, licence). What follows Etudiant is empty when the semester
// does not publish its report cards.
type BulletinClassique struct {
	Type            string                    `json:"type"`    // "classic"
	Version         string                    `json:"version"` // "0", of the form of the object
	Etudid          int64                     `json:"etudid"`
	FormSemestreID  int64                     `json:"formsemestre_id"`
	Date            Instant                   `json:"date"`
	Publie          int                       `json:"publie"` // 1 or 0
	EtatInscription string                    `json:"etat_inscription"`
	Etapes          []string                  `json:"etapes"` // also one by one: etape_apo, etape_apo2…
	Etudiant        BulletinEtudiantClassique `json:"etudiant"`

	Note              BulletinNote               `json:"note"`
	Rang              BulletinRangClassique      `json:"rang"`
	RangGroup         []BulletinRangGroupe       `json:"rang_group"`
	NoteMax           BulletinValue              `json:"note_max"`
	BonusSportCulture BulletinValue              `json:"bonus_sport_culture"`
	UEs               []BulletinUEClassique      `json:"ue"`
	UEsCapitalisees   []BulletinUECapitalisee    `json:"ue_capitalisee"`
	Absences          *BulletinAbsencesClassique `json:"absences"` // nil without show_abs
	Decisions         BulletinDecisions          `json:"-"`        // among the members
	Appreciation      []BulletinAppreciation     `json:"appreciation"`

	// What follows is for those who print.
	Identite  BulletinEtudiant   `json:"-"`
	Formation *BulletinFormation `json:"-"`
	Options   *BulletinOptions   `json:"-"`
	Semestre  *BulletinSemestre  `json:"-"` // without notes and ranks
}

// BulletinValue is a number alone in an object.
type BulletinValue struct {
	Value api.Float `json:"value"`
}

// BulletinEtudiantClassique is a student on a classic report card.
type BulletinEtudiantClassique struct {
	Etudid     int64  `json:"etudid"`
	CodeNIP    string `json:"code_nip"`
	CodeINE    string `json:"code_ine"`
	Nom        string `json:"nom"`
	Prenom     string `json:"prenom"`
	Civilite   string `json:"civilite"` // "M.", "Mme" or ""
	Sexe       string `json:"sexe"`     // the same
	PhotoURL   string `json:"photo_url"`
	Email      string `json:"email"`
	EmailPerso string `json:"emailperso"`
}

// BulletinRangClassique is a rank in the semester.
type BulletinRangClassique struct {
	Value     string `json:"value"`
	NInscrits int64  `json:"ninscrits"`
}

// BulletinRangGroupe is a rank in the student's group of a partition; all is ""
// where he has none.
type BulletinRangGroupe struct {
	GroupType string       `json:"group_type"` // the partition
	GroupName string       `json:"group_name"`
	Value     string       `json:"value"`
	NInscrits BulletinSize `json:"ninscrits"`
}

// BulletinSize is a number of students, of none "".
type BulletinSize int64

// MarshalJSON writes the number; it never fails.
func (n BulletinSize) MarshalJSON() ([]byte, error) {
	if n == 0 {
		return []byte(`""`), nil
	}
	return appendInt(nil, "", int64(n)), nil
}

// BulletinUEClassique is a UE that a student follows.
type BulletinUEClassique struct {
	ID         int64                     `json:"id"`
	Numero     string                    `json:"numero"`
	Acronyme   string                    `json:"acronyme"`
	Titre      string                    `json:"titre"`
	Type       int64                     `json:"type"` // 1 is sport
	Note       BulletinNote              `json:"note"`
	Rang       string                    `json:"rang"`
	Effectif   string                    `json:"effectif"` // of those with a mean
	ECTS       string                    `json:"ects"`
	CodeApogee string                    `json:"code_apogee"`
	Modules    []BulletinModuleClassique `json:"module"`
}

// BulletinModuleClassique is a module that a student takes.
type BulletinModuleClassique struct {
	ID          int64                         `json:"id"` // of the moduleimpl
	Code        string                        `json:"code"`
	Coefficient api.Float                     `json:"coefficient"`
	Numero      int64                         `json:"numero"`
	Titre       string                        `json:"titre"`
	Abbrev      string                        `json:"abbrev"`
	CodeApogee  string                        `json:"code_apogee"`
	Note        BulletinNoteModule            `json:"note"`
	Rang        string                        `json:"rang"`
	Effectif    int64                         `json:"effectif"`
	Evaluations []BulletinEvaluationClassique `json:"evaluation"`
}

// BulletinNoteModule is a mean in a module.
type BulletinNoteModule struct {
	BulletinNote
	NbNotes      int `json:"nb_notes"`
	NbMissing    int `json:"nb_missing"`
	NbValidEvals int `json:"nb_valid_evals"`
}

// BulletinEvaluationClassique is an evaluation with the mark of a student, or
// one that is Incomplete, without.
type BulletinEvaluationClassique struct {
	ID             int64     `json:"evaluation_id"`
	Jour           string    `json:"jour"`        // ISO, or ""
	HeureDebut     string    `json:"heure_debut"` // "08:00:00"
	HeureFin       string    `json:"heure_fin"`
	Coefficient    api.Float `json:"coefficient"`
	EvaluationType int64     `json:"evaluation_type"`
	Description    string    `json:"description"`
	Note           string    `json:"note"`
	Incomplete     bool      `json:"-"`
}

// BulletinUECapitalisee is a UE acquired before with a mean that counts.
type BulletinUECapitalisee struct {
	ID                 int64  `json:"id"`
	Numero             string `json:"numero"`
	Acronyme           string `json:"acronyme"`
	Titre              string `json:"titre"`
	Note               string `json:"note"`
	CoefficientUE      string `json:"coefficient_ue"`
	DateCapitalisation string `json:"date_capitalisation"` // ISO
	ECTS               string `json:"ects"`
}

// BulletinAbsencesClassique counts absences.
type BulletinAbsencesClassique struct {
	NbAbs     BulletinCount `json:"nbabs"`
	NbAbsJust BulletinCount `json:"nbabsjust"`
}

// classique makes the report card of a student.
func (m *bulletinMaker) classique(i int) *BulletinClassique {
	sem := &m.FormSemestre
	b := &BulletinClassique{
		Type: "classic", Version: "0", Etudid: m.Etudiants[i].ID, FormSemestreID: sem.ID, Date: m.date,
		EtatInscription: m.Etudiants[i].Etat, Etapes: m.etapes, Identite: m.etudiant(i), Formation: m.formation, Options: m.options,
	}
	e := &b.Identite
	b.Etudiant = BulletinEtudiantClassique{
		Etudid: e.Etudid, CodeNIP: e.CodeNIP, CodeINE: e.CodeINE, Nom: e.Nom, Prenom: e.Prenom, Civilite: e.CiviliteStr, Sexe: e.CiviliteStr,
		PhotoURL: e.PhotoURL, Email: e.Email, EmailPerso: e.EmailPerso,
	}
	if sem.BulHideXml {
		return b
	}
	b.Publie = 1
	b.Semestre = m.semestre(i)
	b.Decisions = b.Semestre.BulletinDecisions
	b.NoteMax, b.BonusSportCulture = BulletinValue{20}, BulletinValue{api.Float(m.Results.Etudiants[i].Bonus)}
	b.Note, b.Rang = m.generalClassique(i)
	b.RangGroup = m.rangGroupes(i)
	b.UEs, b.UEsCapitalisees = []BulletinUEClassique{}, []BulletinUECapitalisee{}
	for _, u := range m.ues {
		result := &m.Results.UE.Row(u)[i]
		if result.Inscrit {
			b.UEs = append(b.UEs, m.ueClassique(u, i))
		}
		if had, _, ok := m.capitalisation(u, i); ok && result.Capitalisee {
			b.UEsCapitalisees = append(b.UEsCapitalisees, m.ueClassiqueCapitalisee(u, i, had))
		}
	}
	if a := b.Semestre.Absences; a != nil {
		b.Absences = &BulletinAbsencesClassique{a.Total, BulletinCount{a.Total.N - a.Injustifie.N, a.Total.IsHours}}
	}
	b.Appreciation = []BulletinAppreciation{}
	return b
}

// generalClassique returns the general mean of a student, none for one who
// left, and his rank.
func (m *bulletinMaker) generalClassique(i int) (BulletinNote, BulletinRangClassique) {
	rang := BulletinRangClassique{NInscrits: int64(len(m.Etudiants))}
	result := &m.Results.Etudiants[i]
	if m.showsRank(i) {
		rang.Value = result.Rang.String()
	}
	return class(m.Results.General, 20).of(notes.Format(result.Moyenne)), rang
}

// rangGroupes returns the group of a student in each partition, and his rank in
// those that show it.
func (m *bulletinMaker) rangGroupes(i int) []BulletinRangGroupe {
	groupes := make([]BulletinRangGroupe, len(m.Partitions))
	for p := range m.Partitions {
		of := &groupes[p]
		of.GroupType = textOrEmpty(m.Partitions[p].PartitionName)
		g, ok := m.GroupeOf(i, p)
		if !ok {
			continue
		}
		rang, total := m.Results.GroupRang(g, i)
		of.GroupName, of.NInscrits = textOrEmpty(m.Groupes[g].GroupName), BulletinSize(total)
		if m.Partitions[p].BulShowRank && m.showsRank(i) {
			of.Value = rang.String()
		}
	}
	return groupes
}

// ueClassique returns a UE that a student follows.
func (m *bulletinMaker) ueClassique(u, i int) BulletinUEClassique {
	row, result, stats := &m.UEs[u], &m.Results.UE.Row(u)[i], m.Results.UEs[u].Stats
	ue := BulletinUEClassique{
		ID: row.ID, Numero: strconv.FormatInt(row.Numero, 10), Acronyme: row.Acronyme, Titre: textOrEmpty(row.Titre), Type: row.Type,
		Note: class(stats, 20).of(notes.Format(result.Courante)), Effectif: strconv.Itoa(stats.N), ECTS: ectsText(row.Ects),
		CodeApogee: textOrEmpty(row.CodeApogee), Modules: []BulletinModuleClassique{},
	}
	if m.options.ShowUERangs {
		ue.Rang = m.Results.UERangs.At(u, i).String()
	}
	for mod := range m.Modules {
		if m.Modules[mod].UE == u && m.takes(mod, i) {
			ue.Modules = append(ue.Modules, m.moduleClassique(mod, i))
		}
	}
	return ue
}

// ectsText writes credits over two characters, as classic report cards always
// have; "" for none.
func ectsText(ects *float64) string {
	if ects == nil {
		return ""
	}
	return fmt.Sprintf("%2s", notes.FormatCoef(*ects))
}

// moduleClassique returns a module with the marks of a student.
func (m *bulletinMaker) moduleClassique(mod, i int) BulletinModuleClassique {
	row, face, result := &m.Modules[mod], &m.modules[mod], &m.Results.Modules[mod]
	module := BulletinModuleClassique{
		ID: row.ID, Code: row.Module.Code, Coefficient: api.Float(m.Input.Modules[mod].Coefficient), Numero: row.Module.Numero,
		Titre: textOrEmpty(row.Module.Titre), Abbrev: textOrEmpty(row.Module.Abbrev), CodeApogee: textOrEmpty(row.Module.CodeApogee),
		Note: BulletinNoteModule{
			face.class.of(notes.Format(m.Results.Moyennes.At(mod, i))), result.Stats.N, result.NbSansMoyenne, result.NbEvaluations,
		},
		Effectif:    int64(result.Effectif),
		Evaluations: make([]BulletinEvaluationClassique, 0, len(face.evaluations)+len(face.incomplete)),
	}
	if m.options.ShowModRangs {
		module.Rang = m.Results.ModuleRangs.At(mod, i).String()
	}
	for k := range face.evaluations {
		e := face.evaluations[k].classique
		e.Note = m.noteText(&face.evaluations[k], i)
		module.Evaluations = append(module.Evaluations, e)
	}
	for k := range face.incomplete {
		module.Evaluations = append(module.Evaluations, face.incomplete[k].classique)
	}
	return module
}

// classiqueHeadOf makes what an evaluation is to all students.
func classiqueHeadOf(s *Service, row *db.Evaluation) BulletinEvaluationClassique {
	return BulletinEvaluationClassique{
		ID: row.ID, Jour: s.clockText(row.DebutAt, "2006-01-02"), HeureDebut: s.clockText(row.DebutAt, "15:04:05"),
		HeureFin: s.clockText(row.FinAt, "15:04:05"), Coefficient: api.Float(row.Coefficient), EvaluationType: row.EvaluationType,
		Description: textOrEmpty(row.Description),
	}
}

// ueClassiqueCapitalisee returns a UE acquired before whose mean counts.
func (m *bulletinMaker) ueClassiqueCapitalisee(u, i int, had Capitalisation) BulletinUECapitalisee {
	row, result := &m.UEs[u], &m.Results.UE.Row(u)[i]
	return BulletinUECapitalisee{
		ID: row.ID, Numero: strconv.FormatInt(row.Numero, 10), Acronyme: row.Acronyme, Titre: textOrEmpty(row.Titre),
		Note: notes.Format(result.Moyenne), CoefficientUE: notes.Format(result.Coefficient),
		DateCapitalisation: m.instant(had.Date).Format("2006-01-02"), ECTS: ectsText(row.Ects),
	}
}
