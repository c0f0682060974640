package scolarite

import (
	"slices"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
)

// EtudLongs is a list of students in full. It writes its own JSON: programs
// read whole years of students at a time.
type EtudLongs []EtudLong

// AppendJSON implements api.JSONAppender.
func (list EtudLongs) AppendJSON(dst []byte) []byte {
	const usual = 1600 // bytes of a student
	dst = append(slices.Grow(dst, 2+usual*len(list)), '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(list[i].appendFields(dst), '}')
	}
	return append(dst, ']')
}

// appendFields appends the object without its last brace, for what has more
// members.
func (e *EtudLong) appendFields(dst []byte) []byte {
	dst = appendInt(dst, `{"id":`, e.ID)
	dst = appendInt(dst, `,"dept_id":`, e.DeptID)
	dst = appendText(dst, `,"dept_acronym":`, &e.DeptAcronym)
	dst = appendText(dst, `,"civilite":`, &e.Civilite)
	dst = appendText(dst, `,"civilite_str":`, &e.CiviliteStr)
	dst = appendText(dst, `,"nom":`, &e.Nom)
	dst = appendText(dst, `,"nom_usuel":`, e.NomUsuel)
	dst = appendText(dst, `,"prenom":`, &e.Prenom)
	dst = appendText(dst, `,"civilite_etat_civil":`, e.CiviliteEtatCivil)
	dst = appendText(dst, `,"prenom_etat_civil":`, e.PrenomEtatCivil)
	dst = appendText(dst, `,"etat_civil":`, &e.EtatCivil)
	dst = appendText(dst, `,"nomprenom":`, &e.NomPrenom)
	dst = appendText(dst, `,"sort_key":`, &e.SortKey)
	dst = appendText(dst, `,"date_naissance":`, e.DateNaissance)
	dst = appendText(dst, `,"lieu_naissance":`, e.LieuNaissance)
	dst = appendText(dst, `,"dept_naissance":`, e.DeptNaissance)
	dst = appendText(dst, `,"nationalite":`, e.Nationalite)
	dst = appendText(dst, `,"statut":`, e.Statut)
	dst = appendBool(dst, `,"boursier":`, e.Boursier)
	dst = appendText(dst, `,"code_nip":`, e.CodeNIP)
	dst = appendText(dst, `,"code_ine":`, e.CodeINE)
	dst = appendText(dst, `,"email":`, e.Email)
	dst = appendText(dst, `,"photo_filename":`, e.PhotoFilename)
	dst = appendText(dst, `,"scodoc7_id":`, e.ScoDoc7ID)
	dst = appendNumber(dst, `,"admission_id":`, e.AdmissionID)
	dst = e.Admission.appendJSON(append(dst, `,"admission":`...))
	dst = append(dst, `,"adresses":[`...)
	for i := range e.Adresses {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.Adresses[i].appendJSON(dst)
	}
	return append(dst, ']')
}

func (a *Admission) appendJSON(dst []byte) []byte {
	dst = appendInt(dst, `{"id":`, a.ID)
	dst = appendInt(dst, `,"etudid":`, a.Etudid)
	dst = appendNumber(dst, `,"annee":`, a.Annee)
	dst = appendText(dst, `,"bac":`, a.Bac)
	dst = appendText(dst, `,"specialite":`, a.Specialite)
	dst = appendNumber(dst, `,"annee_bac":`, a.AnneeBac)
	dst = appendText(dst, `,"mention":`, a.Mention)
	dst = appendText(dst, `,"math":`, a.Math)
	dst = appendFloat(dst, `,"physique":`, a.Physique)
	dst = appendFloat(dst, `,"anglais":`, a.Anglais)
	dst = appendFloat(dst, `,"francais":`, a.Francais)
	dst = appendNumber(dst, `,"rang":`, a.Rang)
	dst = appendFloat(dst, `,"qualite":`, a.Qualite)
	dst = appendText(dst, `,"rapporteur":`, a.Rapporteur)
	dst = appendText(dst, `,"decision":`, a.Decision)
	dst = appendFloat(dst, `,"score":`, a.Score)
	dst = appendText(dst, `,"commentaire":`, a.Commentaire)
	dst = appendNumber(dst, `,"classement":`, a.Classement)
	dst = appendText(dst, `,"apb_groupe":`, a.ApbGroupe)
	dst = appendNumber(dst, `,"apb_classement_gr":`, a.ApbClassementGr)
	dst = appendText(dst, `,"nomlycee":`, a.NomLycee)
	dst = appendText(dst, `,"lycee":`, a.Lycee)
	dst = appendText(dst, `,"villelycee":`, a.VilleLycee)
	dst = appendText(dst, `,"ville_lycee":`, a.VilleDuLycee)
	dst = appendText(dst, `,"codepostallycee":`, a.CodePostalLycee)
	dst = appendText(dst, `,"codelycee":`, a.CodeLycee)
	dst = appendText(dst, `,"type_admission":`, a.TypeAdmission)
	return append(appendBool(dst, `,"boursier_prec":`, a.BoursierPrec), '}')
}

func (a *Adresse) appendJSON(dst []byte) []byte {
	dst = appendInt(dst, `{"id":`, a.ID)
	dst = appendInt(dst, `,"etudid":`, a.Etudid)
	dst = appendText(dst, `,"email":`, a.Email)
	dst = appendText(dst, `,"emailperso":`, a.EmailPerso)
	dst = appendText(dst, `,"domicile":`, a.Domicile)
	dst = appendText(dst, `,"codepostaldomicile":`, a.CodePostalDomicile)
	dst = appendText(dst, `,"villedomicile":`, a.VilleDomicile)
	dst = appendText(dst, `,"paysdomicile":`, a.PaysDomicile)
	dst = appendText(dst, `,"telephone":`, a.Telephone)
	dst = appendText(dst, `,"telephonemobile":`, a.TelephoneMobile)
	dst = appendText(dst, `,"fax":`, a.Fax)
	dst = appendText(dst, `,"typeadresse":`, &a.TypeAdresse)
	return append(appendText(dst, `,"description":`, a.Description), '}')
}

func appendText(dst []byte, key string, text *string) []byte {
	if text == nil {
		return appendNull(dst, key)
	}
	return jsonvalue.AppendString(append(dst, key...), *text)
}

func appendInt(dst []byte, key string, n int64) []byte {
	return strconv.AppendInt(append(dst, key...), n, 10)
}

func appendNumber(dst []byte, key string, n *int64) []byte {
	if n == nil {
		return appendNull(dst, key)
	}
	return appendInt(dst, key, *n)
}

func appendFloat(dst []byte, key string, f *api.Float) []byte {
	if f == nil {
		return appendNull(dst, key)
	}
	return f.AppendJSON(append(dst, key...))
}

func appendBool(dst []byte, key string, b *bool) []byte {
	if b == nil {
		return appendNull(dst, key)
	}
	return strconv.AppendBool(append(dst, key...), *b)
}

func appendNull(dst []byte, key string) []byte { return append(append(dst, key...), "null"...) }
