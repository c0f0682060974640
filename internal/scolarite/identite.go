package scolarite

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/plier"
)

// EtudShort is a student in lists.
type EtudShort struct {
	ID                int64   `json:"id"`
	Civilite          string  `json:"civilite"` // "M", "F" or "X"
	CiviliteEtatCivil *string `json:"civilite_etat_civil"`
	CodeINE           *string `json:"code_ine"`
	CodeNIP           *string `json:"code_nip"`
	DeptID            int64   `json:"dept_id"`
	Email             *string `json:"email"` // institutional
	Nom               string  `json:"nom"`
	NomUsuel          *string `json:"nom_usuel"`
	Prenom            string  `json:"prenom"`
	PrenomEtatCivil   *string `json:"prenom_etat_civil"`
	SortKey           string  `json:"sort_key"` // "costa;simone"
}

// EtudLong is a student in full.
type EtudLong struct {
	ID                int64   `json:"id"`
	DeptID            int64   `json:"dept_id"`
	DeptAcronym       string  `json:"dept_acronym"`
	Civilite          string  `json:"civilite"` // "M", "F" or "X"
	CiviliteStr       string  `json:"civilite_str"`
	Nom               string  `json:"nom"`
	NomUsuel          *string `json:"nom_usuel"`
	Prenom            string  `json:"prenom"`
	CiviliteEtatCivil *string `json:"civilite_etat_civil"`
	PrenomEtatCivil   *string `json:"prenom_etat_civil"`
	EtatCivil         string  `json:"etat_civil"` // "Mme Simone COSTA", by the register
	NomPrenom         string  `json:"nomprenom"`  // "Mme Simone COSTA", as the person goes by
	SortKey           string  `json:"sort_key"`
	DateNaissance     *string `json:"date_naissance"` // ISO
	LieuNaissance     *string `json:"lieu_naissance"`
	DeptNaissance     *string `json:"dept_naissance"`
	Nationalite       *string `json:"nationalite"`
	Statut            *string `json:"statut"`
	Boursier          *bool   `json:"boursier"` // personal
	CodeNIP           *string `json:"code_nip"`
	CodeINE           *string `json:"code_ine"`
	Email             *string `json:"email"`          // institutional
	PhotoFilename     *string `json:"photo_filename"` // "F01/RT_1"; null without a picture
	ScoDoc7ID         *string `json:"scodoc7_id"`
	AdmissionID       *int64  `json:"admission_id"`
	// Admission is never null: clients read it without asking.
	Admission Admission `json:"admission"`
	Adresses  []Adresse `json:"adresses"` // one, as a rule
}

// Admission is where a student comes from. nomlycee and villelycee are there
// under the names that clients read too.
type Admission struct {
	ID              int64      `json:"id"`
	Etudid          int64      `json:"etudid"`
	Annee           *int64     `json:"annee"`
	Bac             *string    `json:"bac"`
	Specialite      *string    `json:"specialite"`
	AnneeBac        *int64     `json:"annee_bac"`
	Mention         *string    `json:"mention"`
	Math            *string    `json:"math"`
	Physique        *api.Float `json:"physique"`
	Anglais         *api.Float `json:"anglais"`
	Francais        *api.Float `json:"francais"`
	Rang            *int64     `json:"rang"`
	Qualite         *api.Float `json:"qualite"`
	Rapporteur      *string    `json:"rapporteur"`
	Decision        *string    `json:"decision"`
	Score           *api.Float `json:"score"`
	Commentaire     *string    `json:"commentaire"`
	Classement      *int64     `json:"classement"`
	ApbGroupe       *string    `json:"apb_groupe"`
	ApbClassementGr *int64     `json:"apb_classement_gr"`
	NomLycee        *string    `json:"nomlycee"`
	Lycee           *string    `json:"lycee"`
	VilleLycee      *string    `json:"villelycee"`
	VilleDuLycee    *string    `json:"ville_lycee"`
	CodePostalLycee *string    `json:"codepostallycee"`
	CodeLycee       *string    `json:"codelycee"`
	TypeAdmission   *string    `json:"type_admission"`
	BoursierPrec    *bool      `json:"boursier_prec"` // personal
}

// Adresse is how to reach a student. All but email, paysdomicile, typeadresse
// and description is personal.
type Adresse struct {
	ID                 int64   `json:"id"`
	Etudid             int64   `json:"etudid"`
	Email              *string `json:"email"`
	EmailPerso         *string `json:"emailperso"`
	Domicile           *string `json:"domicile"`
	CodePostalDomicile *string `json:"codepostaldomicile"`
	VilleDomicile      *string `json:"villedomicile"`
	PaysDomicile       *string `json:"paysdomicile"`
	Telephone          *string `json:"telephone"`
	TelephoneMobile    *string `json:"telephonemobile"`
	Fax                *string `json:"fax"`
	TypeAdresse        string  `json:"typeadresse"`
	Description        *string `json:"description"`
}

// etudShorts returns rows as lists show them, in their order.
func (s *Service) etudShorts(ctx context.Context, q *db.Queries, rows []db.Etudiant) ([]EtudShort, error) {
	emails, err := q.EmailsOf(ctx, etudidList(rows))
	if err != nil {
		return nil, fmt.Errorf("e-mail of students: %w", err)
	}
	byEtudid := make(map[int64]*string, len(emails))
	for _, e := range emails {
		byEtudid[e.Etudid] = e.Email
	}
	list := make([]EtudShort, len(rows))
	for i, row := range rows {
		list[i] = EtudShort{
			ID: row.ID, Civilite: row.Civilite, CiviliteEtatCivil: row.CiviliteEtatCivil, CodeINE: row.CodeIne, CodeNIP: row.CodeNip,
			DeptID: row.DeptID, Email: byEtudid[row.ID], Nom: row.Nom, NomUsuel: row.NomUsuel, Prenom: row.Prenom,
			PrenomEtatCivil: row.PrenomEtatCivil, SortKey: row.SortKey,
		}
	}
	return list, nil
}

// etudLongs returns distinct rows in full, in their order; what is personal is null
// unless ctx's caller holds ViewEtudData. Annotations are left out. A list of
// them that is answered as it is should be an [EtudLongs].
func (s *Service) etudLongs(ctx context.Context, q *db.Queries, rows []db.Etudiant) ([]EtudLong, error) {
	list, err := s.wholeEtudLongs(ctx, q, rows)
	if err == nil && !may(ctx, ViewEtudData) {
		for i := range list {
			list[i].hidePersonal()
		}
	}
	return list, err
}

// hidePersonal makes null what takes ViewEtudData.
func (e *EtudLong) hidePersonal() {
	e.Boursier, e.Admission.BoursierPrec = nil, nil
	for i := range e.Adresses {
		a := &e.Adresses[i]
		a.EmailPerso, a.Domicile, a.CodePostalDomicile, a.VilleDomicile = nil, nil, nil, nil
		a.Telephone, a.TelephoneMobile, a.Fax = nil, nil, nil
	}
}

// wholeEtudLongs returns rows in full, whoever asks.
func (s *Service) wholeEtudLongs(ctx context.Context, q *db.Queries, rows []db.Etudiant) ([]EtudLong, error) {
	departements, err := s.departementsByID(ctx, q)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(rows))
	list := make([]EtudLong, len(rows))
	for i, row := range rows {
		at[row.ID] = i
		list[i] = etudLong(row, departements[row.DeptID].Acronym)
	}
	etudids := etudidList(rows)
	adresses, err := q.AdressesOf(ctx, etudids)
	if err != nil {
		return nil, fmt.Errorf("addresses of students: %w", err)
	}
	room := make([]Adresse, len(adresses)) // one allocation for all
	for i, row := range adresses {
		e := &list[at[row.Etudid]]
		room[i] = adresseOf(row)
		e.Email, e.Adresses = row.Email, room[i:i+1:i+1]
	}
	admissions, err := q.AdmissionsOf(ctx, etudids)
	if err != nil {
		return nil, fmt.Errorf("admissions of students: %w", err)
	}
	for i := range admissions {
		e := &list[at[admissions[i].Etudid]]
		e.Admission, e.AdmissionID = admissionOf(&admissions[i]), &admissions[i].ID
	}
	photographed, err := q.PhotographedAmong(ctx, etudids)
	for _, etudid := range photographed {
		e := &list[at[etudid]]
		name := fmt.Sprintf("F%02d/%s_%d", etudid%100, e.DeptAcronym, etudid)
		e.PhotoFilename = &name
	}
	return list, err
}

// etudLong returns what a student's own row tells.
func etudLong(row db.Etudiant, acronym string) EtudLong {
	nom := row.Nom
	if row.NomUsuel != nil {
		nom = *row.NomUsuel
	}
	civilite, prenom := row.Civilite, row.Prenom
	if row.CiviliteEtatCivil != nil {
		civilite = *row.CiviliteEtatCivil
	}
	if row.PrenomEtatCivil != nil {
		prenom = *row.PrenomEtatCivil
	}
	return EtudLong{
		ID: row.ID, DeptID: row.DeptID, DeptAcronym: acronym, Civilite: row.Civilite, CiviliteStr: civiliteStr(row.Civilite),
		Nom: row.Nom, NomUsuel: row.NomUsuel, Prenom: row.Prenom, CiviliteEtatCivil: row.CiviliteEtatCivil, PrenomEtatCivil: row.PrenomEtatCivil,
		EtatCivil: fullName(civilite, prenom, row.Nom), NomPrenom: fullName(row.Civilite, row.Prenom, nom), SortKey: row.SortKey,
		DateNaissance: dayOrNil(row.DateNaissance), LieuNaissance: row.LieuNaissance, DeptNaissance: row.DeptNaissance,
		Nationalite: row.Nationalite, Statut: row.Statut, Boursier: row.Boursier, CodeNIP: row.CodeNip, CodeINE: row.CodeIne,
		ScoDoc7ID: row.Scodoc7ID, Admission: Admission{Etudid: row.ID}, Adresses: []Adresse{},
	}
}

func adresseOf(row db.Adresse) Adresse {
	return Adresse{
		ID: row.ID, Etudid: row.Etudid, Email: row.Email, EmailPerso: row.Emailperso, Domicile: row.Domicile, CodePostalDomicile: row.Codepostaldomicile,
		VilleDomicile: row.Villedomicile, PaysDomicile: row.Paysdomicile, Telephone: row.Telephone, TelephoneMobile: row.Telephonemobile,
		Fax: row.Fax, TypeAdresse: row.Typeadresse, Description: row.Description,
	}
}

func admissionOf(row *db.Admission) Admission {
	return Admission{
		ID: row.ID, Etudid: row.Etudid, Annee: row.Annee, Bac: row.Bac, Specialite: row.Specialite, AnneeBac: row.AnneeBac, Mention: row.Mention,
		Math: row.Math, Physique: (*api.Float)(row.Physique), Anglais: (*api.Float)(row.Anglais), Francais: (*api.Float)(row.Francais),
		Rang: row.Rang, Qualite: (*api.Float)(row.Qualite), Rapporteur: row.Rapporteur, Decision: row.Decision, Score: (*api.Float)(row.Score),
		Commentaire: row.Commentaire, Classement: row.Classement, ApbGroupe: row.ApbGroupe, ApbClassementGr: row.ApbClassementGr,
		NomLycee: row.Nomlycee, Lycee: row.Nomlycee, VilleLycee: row.Villelycee, VilleDuLycee: row.Villelycee,
		CodePostalLycee: row.Codepostallycee, CodeLycee: row.Codelycee, TypeAdmission: row.TypeAdmission, BoursierPrec: row.BoursierPrec,
	}
}

// etudidList is the list of the rows' ids that queries take.
func etudidList(rows []db.Etudiant) string {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return db.JSONList(ids...)
}

// civiliteStr is what stands before a name: "M.", "Mme" or nothing.
func civiliteStr(civilite string) string {
	switch civilite {
	case "M":
		return "M."
	case "F":
		return "Mme"
	}
	return ""
}

// fullName is a name as people write it: "Mme Anne-Marie LE GALL".
func fullName(civilite, prenom, nom string) string {
	parts := make([]string, 0, 3)
	for _, part := range []string{civiliteStr(civilite), capitalized(prenom), strings.ToUpper(nom)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// capitalized gives each part of a first name its capital, around blanks and
// hyphens: "JEAN-PIERRE marie" is "Jean-Pierre Marie".
func capitalized(prenom string) string {
	var b strings.Builder
	b.Grow(len(prenom))
	isFirst := true
	for _, r := range prenom {
		if isFirst {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
		isFirst = r == '-' || unicode.IsSpace(r)
	}
	return b.String()
}

// unsortable are the characters that sort keys leave out.
var unsortable = strings.NewReplacer("'", "", "’", "", "`", "", `"`, "", "<", "", ">", "", "!", "", "&", "", `\`, "")

// sortKey is what lists of students are sorted by: "le gall;anne-marie" for
// Anne-Marie Le Gall.
func sortKey(nom string, nomUsuel *string, prenom string) string {
	if nomUsuel != nil {
		nom = *nomUsuel
	}
	return sortFold(nom) + ";" + sortFold(prenom)
}

// sortFold is lower case, accents and [unsortable] left out, hyphens kept.
func sortFold(name string) string {
	parts := strings.Split(unsortable.Replace(name), "-")
	for i, part := range parts {
		parts[i] = plier.Key(part)
	}
	return strings.Join(parts, "-")
}

// prefixKey folds the beginning of a name: the blank that it may end with,
// which folding cuts, counts.
func prefixKey(start string, fold func(string) string) string {
	return strings.TrimSuffix(fold(start+"x"), "x")
}

// afterPrefix is greater than every key that begins with a prefix.
func afterPrefix(prefix string) string { return prefix + string(utf8.MaxRune) }
