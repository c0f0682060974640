package scolarite

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"intendant/internal/api"
	"intendant/internal/scolarite/notes"
)

// BulletinBUT is the report card of a student in a semester of a BUT. What
// follows Options is nil when the semester does not publish its report cards.
type BulletinBUT struct {
	Version         string           `json:"version"` // "0", of the form of the object
	Type            string           `json:"type"`    // "BUT"
	Date            Instant          `json:"date"`
	Publie          bool             `json:"publie"`
	EtatInscription string           `json:"etat_inscription"` // "I", "D" or "DEF"
	FormSemestreID  int64            `json:"formsemestre_id"`
	Etudiant        BulletinEtudiant `json:"etudiant"`
	// Formation and Options are the same for all students of a semester.
	Formation *BulletinFormation `json:"formation"`
	Options   *BulletinOptions   `json:"options"`

	// Ressources and SAEs are the modules the student takes, by code.
	Ressources Ordered[*BulletinModule] `json:"ressources"`
	SAEs       Ordered[*BulletinModule] `json:"saes"`
	// UEs are by acronym, sport last.
	UEs             Ordered[*BulletinUE]   `json:"ues"`
	UEsCapitalisees Ordered[*BulletinUE]   `json:"ues_capitalisees"`
	Semestre        *BulletinSemestre      `json:"semestre"`
	Appreciation    []BulletinAppreciation `json:"appreciation"`
}

// BulletinEtudiant is a student on a report card. Texts that are missing, and
// those that are personal without the permission ViewEtudData, are empty.
type BulletinEtudiant struct {
	Etudid             int64  `json:"etudid"`
	ID                 int64  `json:"id"`
	Civilite           string `json:"civilite"` // "M", "F" or "X"
	CiviliteStr        string `json:"civilite_str"`
	CiviliteEtatCivil  string `json:"civilite_etat_civil"`
	Nom                string `json:"nom"`
	NomUsuel           string `json:"nom_usuel"`
	Prenom             string `json:"prenom"`
	PrenomEtatCivil    string `json:"prenom_etat_civil"`
	NomPrenom          string `json:"nomprenom"` // "Mme Simone COSTA", as the person goes by
	EtatCivil          string `json:"etat_civil"`
	CodeNIP            string `json:"code_nip"`
	CodeINE            string `json:"code_ine"`
	DateNaissance      string `json:"date_naissance"` // ISO
	LieuNaissance      string `json:"lieu_naissance"`
	DeptNaissance      string `json:"dept_naissance"`
	Nationalite        string `json:"nationalite"`
	Boursier           *bool  `json:"boursier"` // personal
	DeptID             int64  `json:"dept_id"`
	DeptAcronym        string `json:"dept_acronym"`
	Email              string `json:"email"`
	EmailPerso         string `json:"emailperso"`
	Domicile           string `json:"domicile"`
	CodePostalDomicile string `json:"codepostaldomicile"`
	VilleDomicile      string `json:"villedomicile"`
	PaysDomicile       string `json:"paysdomicile"`
	Telephone          string `json:"telephone"`
	TelephoneMobile    string `json:"telephonemobile"`
	Fax                string `json:"fax"`
	TypeAdresse        string `json:"typeadresse"`
	Description        string `json:"description"`
	// PhotoURL names the department, which clients read in it.
	PhotoURL string `json:"photo_url"`
	FicheURL string `json:"fiche_url"`
}

// BulletinFormation is the programme of a semester on a report card.
type BulletinFormation struct {
	ID            int64  `json:"id"`
	Acronyme      string `json:"acronyme"`
	Titre         string `json:"titre"`
	TitreOfficiel string `json:"titre_officiel"`
}

// BulletinOptions are the preferences of a semester about its report cards.
type BulletinOptions struct {
	ShowAbs              bool   `json:"show_abs"`
	ShowAbsModules       bool   `json:"show_abs_modules"`
	ShowAllEvals         bool   `json:"show_all_evals"`
	ShowCodeModules      bool   `json:"show_codemodules"`
	ShowCoef             bool   `json:"show_coef"`
	ShowDateInscr        bool   `json:"show_date_inscr"`
	ShowDecision         bool   `json:"show_decision"`
	ShowECTS             bool   `json:"show_ects"`
	ShowMatieres         bool   `json:"show_matieres"`
	ShowMinMax           bool   `json:"show_minmax"`
	ShowMinMaxEval       bool   `json:"show_minmax_eval"`
	ShowMinMaxMod        bool   `json:"show_minmax_mod"`
	ShowModRangs         bool   `json:"show_mod_rangs"`
	ShowMoyPromo         bool   `json:"show_moypromo"`
	ShowRangs            bool   `json:"show_rangs"`
	ShowTemporary        bool   `json:"show_temporary"`
	ShowUECapCurrent     bool   `json:"show_ue_cap_current"`
	ShowUECapDetails     bool   `json:"show_ue_cap_details"`
	ShowUERangs          bool   `json:"show_ue_rangs"`
	ShowUEValid          bool   `json:"show_uevalid"`
	TemporaryTxt         string `json:"temporary_txt"`
	BlockMoyenneGenerale bool   `json:"block_moyenne_generale"`
	BgColor              string `json:"bgcolor"`

	metrique string // the unit of absences
}

// BulletinNote is a mark or a mean on 20, "09.50", with those of the class. "~"
// is none.
type BulletinNote struct {
	Value string `json:"value"` // or "ABS", "EXC", "ATT", "DEM", "DEF"
	Min   string `json:"min"`
	Max   string `json:"max"`
	Moy   string `json:"moy"`
}

// BulletinModule is a module that a student takes, with his marks.
type BulletinModule struct {
	ID          int64                `json:"id"` // of the moduleimpl
	Code        string               `json:"-"`
	Titre       string               `json:"titre"`
	CodeApogee  *string              `json:"code_apogee"`
	URL         string               `json:"url"`
	Moyenne     BulletinNote         `json:"moyenne"`
	Absences    *BulletinAbsences    `json:"absences,omitempty"` // with show_abs_modules
	Evaluations []BulletinEvaluation `json:"evaluations"`        // none in short
}

// BulletinEvaluation is an evaluation with the mark of a student.
type BulletinEvaluation struct {
	*BulletinEvaluationHead
	Note BulletinNote `json:"note"`
}

// BulletinEvaluationHead is what an evaluation is to all students.
type BulletinEvaluationHead struct {
	ID             int64              `json:"id"`
	Description    string             `json:"description"`
	DateDebut      *Instant           `json:"date_debut"`
	DateFin        *Instant           `json:"date_fin"`
	Date           *string            `json:"date"`        // the day, ISO
	HeureDebut     string             `json:"heure_debut"` // "08:00"
	HeureFin       string             `json:"heure_fin"`
	Coef           string             `json:"coef"` // "1.00"
	EvaluationType int64              `json:"evaluation_type"`
	Poids          Ordered[api.Float] `json:"poids"` // by acronym of UE
	URL            string             `json:"url"`

	text []byte // as JSON
}

// BulletinUE is a UE of a student. That of sport has BonusDescription and
// Modules, and nothing else after Color. One acquired before has
// DateCapitalisation and BulOrigURL, and no modules.
type BulletinUE struct {
	ID       int64   `json:"id"`
	Acronyme string  `json:"-"`
	Titre    string  `json:"titre"`
	Numero   int64   `json:"numero"`
	Type     int64   `json:"type"` // 1 is sport
	Color    *string `json:"color"`
	IsSport  bool    `json:"-"`

	Moyenne    BulletinMoyenneUE     `json:"moyenne"`
	Bonus      string                `json:"bonus"` // "00.50"
	Malus      string                `json:"malus"`
	Ressources Ordered[BulletinPart] `json:"ressources"`
	SAEs       Ordered[BulletinPart] `json:"saes"`
	ECTS       BulletinECTS          `json:"ECTS"`

	BonusDescription string                   `json:"bonus_description"`
	Modules          Ordered[*BulletinModule] `json:"modules"`

	DateCapitalisation *Instant `json:"date_capitalisation"`
	// BulOrigURL is the report card of the semester it was acquired in, "" for
	// elsewhere.
	BulOrigURL     string `json:"bul_orig_url"`
	FormSemestreID *int64 `json:"formsemestre_id"`
}

// BulletinMoyenneUE is the mean of a student in a UE, and his rank among the
// Total students with one.
type BulletinMoyenneUE struct {
	BulletinNote
	Rang    string                `json:"rang"` // "1 ex"
	Total   int64                 `json:"total"`
	Groupes Ordered[BulletinRang] `json:"groupes"` // by id
}

// BulletinRang is a rank, "1 ex", "" for none, among Total.
type BulletinRang struct {
	Value string `json:"value"`
	Total int64  `json:"total"`
}

// BulletinPart is what a module counts for in a UE.
type BulletinPart struct {
	ID      int64     `json:"id"` // of the moduleimpl
	Coef    api.Float `json:"coef"`
	Moyenne string    `json:"moyenne"` // towards the UE
}

// BulletinECTS are credits: those acquired by decision of a jury, and all.
type BulletinECTS struct {
	Acquis api.Float `json:"acquis"`
	Total  api.Float `json:"total"`
}

// BulletinAbsences counts absences in the unit Metrique: "1/2 J.", "J." or "H.".
type BulletinAbsences struct {
	Injustifie BulletinCount `json:"injustifie"`
	Total      BulletinCount `json:"total"`
	Metrique   string        `json:"metrique"`
}

// BulletinSemestre is what a student has in the semester as a whole.
type BulletinSemestre struct {
	Etapes             []string          `json:"etapes"`
	DateDebut          string            `json:"date_debut"` // ISO
	DateFin            string            `json:"date_fin"`
	AnneeUniversitaire string            `json:"annee_universitaire"` // "2021 - 2022"
	Numero             int64             `json:"numero"`
	Inscription        string            `json:"inscription"` // ISO, "" when it is not known
	Groupes            []BulletinGroupe  `json:"groupes"`
	Absences           *BulletinAbsences `json:"absences,omitempty"` // nil without show_abs
	ECTS               BulletinECTS      `json:"ECTS"`
	Notes              BulletinNote      `json:"notes"`
	Rang               BulletinRangs     `json:"rang"`
	BulletinDecisions
}

// BulletinRangs is the rank in the semester and, by id, in the groups that show
// it.
type BulletinRangs struct {
	Value   string                `json:"value"`
	Total   int64                 `json:"total"`
	Groupes Ordered[BulletinRang] `json:"groupes"`
}

// BulletinGroupe is a group of a student with its partition.
type BulletinGroupe struct {
	PartitionID int64         `json:"partition_id"`
	ID          int64         `json:"id"`
	GroupName   string        `json:"group_name"`
	Numero      int64         `json:"numero"`
	EdtID       *string       `json:"edt_id"`
	Partition   PartitionHead `json:"partition"`
}

// but makes the report card of a student.
func (m *bulletinMaker) but(i int) *BulletinBUT {
	b := &BulletinBUT{
		Version: "0", Type: "BUT", Date: m.date, Publie: !m.FormSemestre.BulHideXml, EtatInscription: m.Etudiants[i].Etat,
		FormSemestreID: m.FormSemestre.ID, Etudiant: m.etudiant(i), Formation: m.formation, Options: m.options,
	}
	if !b.Publie {
		return b
	}
	b.Appreciation = []BulletinAppreciation{}
	b.Semestre = m.semestre(i)
	if !m.isPresent(i) {
		return b
	}
	for mod := range m.Modules {
		switch {
		case !m.takes(mod, i) || !m.Input.VersUEs(mod):
		case m.Input.Modules[mod].Kind == notes.SAE:
			b.SAEs.Add(m.modules[mod].key, m.module(mod, i))
		default:
			b.Ressources.Add(m.modules[mod].key, m.module(mod, i))
		}
	}
	for _, u := range m.ues {
		m.addUE(b, u, i)
	}
	return b
}

// addUE adds a UE that a student follows, and the one he acquired before where
// that counts.
func (m *bulletinMaker) addUE(b *BulletinBUT, u, i int) {
	result := &m.Results.UE.Row(u)[i]
	isSport := m.Input.UEs[u].Sport
	switch {
	case !result.Inscrit:
	case isSport:
		b.UEs.Add(m.keys[u], m.sportUE(u, i))
	default:
		b.UEs.Add(m.keys[u], m.ue(u, i))
		b.Semestre.ECTS.Acquis += b.UEs[len(b.UEs)-1].Value.ECTS.Acquis
		b.Semestre.ECTS.Total += b.UEs[len(b.UEs)-1].Value.ECTS.Total
	}
	had, credit, ok := m.capitalisation(u, i)
	if !ok || isSport || result.Inscrit && !result.Capitalisee {
		return
	}
	ue := m.ueCapitalisee(u, i, had, credit)
	b.UEsCapitalisees.Add(m.keys[u], ue)
	if !result.Inscrit {
		b.Semestre.ECTS.Acquis += ue.ECTS.Acquis
		b.Semestre.ECTS.Total += ue.ECTS.Total
	}
}

func (m *bulletinMaker) etudiant(i int) BulletinEtudiant {
	student := &m.students[i]
	a, e := &student.adresse, etudLong(student.etud, m.acronym)
	etudid := strconv.FormatInt(e.ID, 10)
	return BulletinEtudiant{
		Etudid: e.ID, ID: e.ID, Civilite: e.Civilite, CiviliteStr: e.CiviliteStr, CiviliteEtatCivil: textOrEmpty(e.CiviliteEtatCivil),
		Nom: e.Nom, NomUsuel: textOrEmpty(e.NomUsuel), Prenom: e.Prenom, PrenomEtatCivil: textOrEmpty(e.PrenomEtatCivil),
		NomPrenom: e.NomPrenom, EtatCivil: e.EtatCivil, CodeNIP: textOrEmpty(e.CodeNIP), CodeINE: textOrEmpty(e.CodeINE),
		DateNaissance: textOrEmpty(e.DateNaissance), LieuNaissance: textOrEmpty(e.LieuNaissance), DeptNaissance: textOrEmpty(e.DeptNaissance),
		Nationalite: textOrEmpty(e.Nationalite), Boursier: e.Boursier, DeptID: e.DeptID, DeptAcronym: e.DeptAcronym,
		Email: textOrEmpty(a.Email), EmailPerso: textOrEmpty(a.Emailperso), Domicile: textOrEmpty(a.Domicile),
		CodePostalDomicile: textOrEmpty(a.Codepostaldomicile), VilleDomicile: textOrEmpty(a.Villedomicile), PaysDomicile: textOrEmpty(a.Paysdomicile),
		Telephone: textOrEmpty(a.Telephone), TelephoneMobile: textOrEmpty(a.Telephonemobile), Fax: textOrEmpty(a.Fax),
		TypeAdresse: a.Typeadresse, Description: textOrEmpty(a.Description),
		PhotoURL: m.photoURL(e.ID), FicheURL: m.base + "/api/etudiant/etudid/" + etudid,
	}
}

// photoURL is the picture of a student, small. Clients read the department in
// it.
func (m *bulletinMaker) photoURL(etudid int64) string {
	return m.base + "/Scolarite/get_photo_image?etudid=" + strconv.FormatInt(etudid, 10) + "&size=small"
}

func (m *bulletinMaker) semestre(i int) *BulletinSemestre {
	sem, student := &m.FormSemestre, &m.students[i]
	year := AnneeScolaire(sem.DateDebut)
	b := &BulletinSemestre{
		Etapes: m.etapes, DateDebut: sem.DateDebut.String(), DateFin: sem.DateFin.String(),
		AnneeUniversitaire: fmt.Sprintf("%d - %d", year, year+1), Numero: sem.SemestreID, Inscription: textOrEmpty(dayOrNil(student.inscription)),
		Groupes: []BulletinGroupe{}, Absences: student.absences, BulletinDecisions: m.decisions(i),
	}
	for p := range m.Partitions {
		if g, ok := m.GroupeOf(i, p); ok {
			row := &m.Groupes[g]
			b.Groupes = append(b.Groupes, BulletinGroupe{
				row.PartitionID, row.ID, textOrEmpty(row.GroupName), row.Numero, row.EdtID, partitionHeadOf(m.Partitions[p]),
			})
		}
	}
	b.Notes, b.Rang = m.general(i)
	return b
}

// general returns the general mean of a student and his ranks.
func (m *bulletinMaker) general(i int) (BulletinNote, BulletinRangs) {
	result := &m.Results.Etudiants[i]
	rang := BulletinRangs{Total: int64(len(m.Etudiants))}
	if !m.isPresent(i) {
		rang.Value = leftAs[m.Etudiants[i].Etat]
		return BulletinNote{Value: rang.Value}, rang
	}
	note := class(m.Results.General, 20).of(notes.Format(result.Moyenne))
	if !m.showsRank(i) {
		return note, rang
	}
	rang.Value = result.Rang.String()
	for p := range m.Partitions {
		if g, ok := m.GroupeOf(i, p); ok && m.Partitions[p].BulShowRank {
			of, total := m.Results.GroupRang(g, i)
			rang.Groupes.AddID(m.Groupes[g].ID, BulletinRang{of.String(), int64(total)})
		}
	}
	return note, rang
}

// module returns a module with the marks of a student.
func (m *bulletinMaker) module(mod, i int) *BulletinModule {
	row, face := &m.Modules[mod], &m.modules[mod]
	module := &BulletinModule{
		ID: row.ID, Code: row.Module.Code, Titre: textOrEmpty(row.Module.Titre), CodeApogee: row.Module.CodeApogee, URL: face.url,
		Moyenne:     face.class.of(notes.Format(m.Results.Moyennes.At(mod, i))),
		Evaluations: make([]BulletinEvaluation, len(face.evaluations)),
	}
	for k := range face.evaluations {
		e := &face.evaluations[k]
		module.Evaluations[k] = BulletinEvaluation{e.but, e.class.of(m.noteText(e, i))}
	}
	if m.options.ShowAbsModules {
		module.Absences = cmp.Or(m.students[i].moduleAbsences[row.ID], m.noAbsences)
	}
	return module
}

// ueHead returns what a UE is to all students.
func (m *bulletinMaker) ueHead(u int) *BulletinUE {
	row := &m.UEs[u]
	return &BulletinUE{ID: row.ID, Acronyme: row.Acronyme, Titre: textOrEmpty(row.Titre), Numero: row.Numero, Type: row.Type, Color: row.Color, IsSport: m.Input.UEs[u].Sport}
}

// ue returns a UE that a student follows.
func (m *bulletinMaker) ue(u, i int) *BulletinUE {
	ue, result := m.ueHead(u), &m.Results.UE.Row(u)[i]
	ue.Bonus, ue.Malus = notes.Format(result.Bonus), notes.Format(result.Malus)
	ue.Moyenne = m.moyenneUE(u, i, result.Courante)
	ue.ECTS = BulletinECTS{api.Float(m.acquis(u, i)), api.Float(m.Input.ECTS(i, u))}
	for _, part := range m.parts[u] {
		if !m.takes(part.module, i) {
			continue
		}
		p := BulletinPart{m.Modules[part.module].ID, api.Float(part.coef), notes.Format(m.Results.ModuleUEMean(part.module, u, i))}
		if part.isSAE {
			ue.SAEs.Add(m.modules[part.module].key, p)
		} else {
			ue.Ressources.Add(m.modules[part.module].key, p)
		}
	}
	return ue
}

// moyenneUE returns a mean in a UE among those that count there.
func (m *bulletinMaker) moyenneUE(u, i int, mean float64) BulletinMoyenneUE {
	stats := m.Results.UEs[u].Stats
	of := BulletinMoyenneUE{BulletinNote: class(stats, 20).of(notes.Format(mean)), Total: int64(stats.N)}
	if !m.options.ShowUERangs {
		return of
	}
	of.Rang = m.Results.UERangs.At(u, i).String()
	for p := range m.Partitions {
		if g, ok := m.GroupeOf(i, p); ok && m.Partitions[p].BulShowRank {
			rang, total := m.Results.UEGroupRang(u, g, i)
			of.Groupes.AddID(m.Groupes[g].ID, BulletinRang{rang.String(), int64(total)})
		}
	}
	return of
}

// ueCapitalisee returns a UE that a student acquired before.
func (m *bulletinMaker) ueCapitalisee(u, i int, had Capitalisation, credit notes.Capitalisation) *BulletinUE {
	ue := m.ueHead(u)
	ue.Bonus, ue.Malus = notes.Format(0), notes.Format(0)
	ue.Moyenne = m.moyenneUE(u, i, credit.Moyenne)
	ue.ECTS = BulletinECTS{api.Float(m.acquis(u, i)), api.Float(m.Input.ECTS(i, u))}
	date := m.instant(had.Date)
	ue.DateCapitalisation, ue.FormSemestreID = &date, had.FormSemestreID
	if had.FormSemestreID != nil {
		ue.BulOrigURL = fmt.Sprintf("%s/api/etudiant/etudid/%d/formsemestre/%d/bulletin", m.base, m.Etudiants[i].ID, *had.FormSemestreID)
	}
	return ue
}

// sportUE returns the UE of sport of a student, with the points it gives.
func (m *bulletinMaker) sportUE(u, i int) *BulletinUE {
	ue := m.ueHead(u)
	ue.BonusDescription = m.bonusDescription(i)
	for mod := range m.Modules {
		if m.Input.Modules[mod].UE == u && m.takes(mod, i) {
			ue.Modules.Add(m.modules[mod].key, m.module(mod, i))
		}
	}
	return ue
}

// bonusDescription says which points sport gives to a student: the same in
// every UE, or UE by UE.
func (m *bulletinMaker) bonusDescription(i int) string {
	var details []string
	points, isSame := math.NaN(), true
	for _, u := range m.ues {
		result := &m.Results.UE.Row(u)[i]
		if m.Input.UEs[u].Sport || !result.Inscrit {
			continue
		}
		isSame = isSame && (math.IsNaN(points) || points == result.Bonus)
		points = result.Bonus
		if points > 0 {
			details = append(details, notes.Format(points)+" sur "+m.UEs[u].Acronyme)
		}
	}
	switch {
	case len(details) == 0:
		return "Aucun bonus"
	case isSame:
		return "Bonus de " + notes.Format(points)
	}
	return "Bonus de " + strings.Join(details, ", ")
}
