package scolarite

import (
	"math"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/plier"
	"intendant/internal/tableur"
)

// etudRow is a row of a sheet of students.
type etudRow struct {
	entry             tableur.Entry
	line              int
	etudid            api.Opt[int64]
	dept, nom, prenom api.Opt[string]
	fields            etudFields
	admission         admissionIn
	adresse           adresseIn
}

// codes returns the NIP and the INE that a row gives.
func (r *etudRow) codes() (codes []etudCode) {
	if code, ok := r.fields.CodeNIP.Get(); ok {
		codes = append(codes, etudCode{"code_nip", code})
	}
	if code, ok := r.fields.CodeINE.Get(); ok {
		codes = append(codes, etudCode{"code_ine", code})
	}
	return codes
}

// etudColumn is a column of a sheet of students: set reads a cell that is not
// empty and says what is wrong with it, "" for nothing.
type etudColumn struct {
	tableur.Column
	set func(r *etudRow, cell string) string
}

// etudColumns are what a sheet may tell of students, under the names of the
// API first.
var etudColumns = []etudColumn{
	column(integerCells(func(r *etudRow) *api.Opt[int64] { return &r.etudid }), "etudid", "id"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.dept }), "dept", "département", "dept_acronym"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.CodeNIP }), "code_nip", "NIP", "numéro étudiant", "n° étudiant"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.CodeINE }), "code_ine", "INE", "numéro INE", "n° INE"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.nom }), "nom", "nom de famille", "nom de naissance"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.prenom }), "prenom", "prénoms"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.NomUsuel }), "nom_usuel", "nom d'usage"),
	column(civiliteCells(func(r *etudRow) *api.Opt[Civilite] { return &r.fields.Civilite }), "civilite", "sexe", "genre"),
	column(civiliteCells(func(r *etudRow) *api.Opt[Civilite] { return &r.fields.CiviliteEtatCivil }), "civilite_etat_civil"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.PrenomEtatCivil }), "prenom_etat_civil"),
	column(birthCell, "date_naissance", "date de naissance", "né le", "née le", "naissance"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.LieuNaissance }), "lieu_naissance", "lieu de naissance"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.DeptNaissance }), "dept_naissance", "département de naissance"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.Nationalite }), "nationalite"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.fields.Statut }), "statut"),
	column(boolCells(func(r *etudRow) *api.Opt[bool] { return &r.fields.Boursier }), "boursier", "bourse"),

	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.Email }), "email", "e-mail", "mail", "courriel", "adresse e-mail", "email institutionnel"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.EmailPerso }), "emailperso", "email personnel", "e-mail personnel", "mail personnel", "mail perso"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.Domicile }), "domicile", "adresse"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.CodePostalDomicile }), "codepostaldomicile", "code postal", "CP"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.VilleDomicile }), "villedomicile", "ville", "commune"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.PaysDomicile }), "paysdomicile", "pays"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.Telephone }), "telephone", "tél", "téléphone fixe"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.TelephoneMobile }), "telephonemobile", "téléphone mobile", "mobile", "portable", "téléphone portable"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.adresse.Fax }), "fax"),

	column(integerCells(func(r *etudRow) *api.Opt[int64] { return &r.admission.Annee }), "annee", "année d'admission", "annee_admission"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Bac }), "bac", "série du bac", "type de bac"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Specialite }), "specialite", "spécialité du bac", "spécialités"),
	column(integerCells(func(r *etudRow) *api.Opt[int64] { return &r.admission.AnneeBac }), "annee_bac", "année du bac", "année bac"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Mention }), "mention", "mention au bac"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Math }), "math", "maths", "mathématiques"),
	column(floatCells(func(r *etudRow) *api.Opt[float64] { return &r.admission.Physique }), "physique"),
	column(floatCells(func(r *etudRow) *api.Opt[float64] { return &r.admission.Anglais }), "anglais"),
	column(floatCells(func(r *etudRow) *api.Opt[float64] { return &r.admission.Francais }), "francais"),
	column(integerCells(func(r *etudRow) *api.Opt[int64] { return &r.admission.Rang }), "rang", "rang du vœu"),
	column(floatCells(func(r *etudRow) *api.Opt[float64] { return &r.admission.Qualite }), "qualite"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Rapporteur }), "rapporteur"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Decision }), "decision"),
	column(floatCells(func(r *etudRow) *api.Opt[float64] { return &r.admission.Score }), "score"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.Commentaire }), "commentaire"),
	column(integerCells(func(r *etudRow) *api.Opt[int64] { return &r.admission.Classement }), "classement"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.ApbGroupe }), "apb_groupe"),
	column(integerCells(func(r *etudRow) *api.Opt[int64] { return &r.admission.ApbClassementGr }), "apb_classement_gr"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.NomLycee }), "nomlycee", "lycée", "nom du lycée", "établissement d'origine"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.VilleLycee }), "villelycee", "ville_lycee", "ville du lycée"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.CodePostalLycee }), "codepostallycee", "code postal du lycée"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.CodeLycee }), "codelycee", "code du lycée", "UAI"),
	column(textCells(func(r *etudRow) *api.Opt[string] { return &r.admission.TypeAdmission }), "type_admission", "type d'admission"),
	column(boolCells(func(r *etudRow) *api.Opt[bool] { return &r.admission.BoursierPrec }), "boursier_prec"),
}

// column makes a column; its key is its first title.
func column(set func(*etudRow, string) string, titles ...string) etudColumn {
	return etudColumn{tableur.Column{Key: titles[0], Titles: titles}, set}
}

func textCells(at func(*etudRow) *api.Opt[string]) func(*etudRow, string) string {
	return func(r *etudRow, cell string) string {
		*at(r) = api.Some(cell)
		return ""
	}
}

func integerCells(at func(*etudRow) *api.Opt[int64]) func(*etudRow, string) string {
	return func(r *etudRow, cell string) string {
		n, ok := tableur.Number(cell)
		if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
			return "entier attendu"
		}
		*at(r) = api.Some(int64(n))
		return ""
	}
}

func floatCells(at func(*etudRow) *api.Opt[float64]) func(*etudRow, string) string {
	return func(r *etudRow, cell string) string {
		n, ok := tableur.Number(cell)
		if !ok || math.IsInf(n, 0) {
			return "nombre attendu"
		}
		*at(r) = api.Some(n)
		return ""
	}
}

var yesNo = map[string]bool{
	"oui": true, "o": true, "vrai": true, "true": true, "yes": true, "1": true, "x": true,
	"non": false, "n": false, "faux": false, "false": false, "no": false, "0": false,
}

func boolCells(at func(*etudRow) *api.Opt[bool]) func(*etudRow, string) string {
	return func(r *etudRow, cell string) string {
		b, ok := yesNo[plier.Key(cell)]
		if !ok {
			return "oui ou non attendu"
		}
		*at(r) = api.Some(b)
		return ""
	}
}

func civiliteCells(at func(*etudRow) *api.Opt[Civilite]) func(*etudRow, string) string {
	return func(r *etudRow, cell string) string {
		var c Civilite
		if problem := c.BindValue(jsonvalue.OfString(cell)); problem != nil {
			return problem.Message
		}
		*at(r) = api.Some(c)
		return ""
	}
}

// birthCell reads a day of birth, in ISO or as 31/12/2006.
func birthCell(r *etudRow, cell string) string {
	at, ok := tableur.Day(cell)
	if !ok {
		return "date attendue (AAAA-MM-JJ ou JJ/MM/AAAA)"
	}
	r.fields.DateNaissance = api.Some(Naissance{new(db.DayOf(at))})
	return ""
}
