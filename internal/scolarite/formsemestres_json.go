package scolarite

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// FormSemestres is a list of semesters. It writes its own JSON: programs read
// whole school years at a time, and most of it is the same few departments,
// programmes and tracks over and over.
type FormSemestres []FormSemestre

// AppendJSON implements api.JSONAppender.
func (list FormSemestres) AppendJSON(dst []byte) []byte {
	w := semestresWriter{departements: map[int64][]byte{}, formations: map[int64][]byte{}, parcours: map[int64][]byte{}}
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.append(dst, &list[i])
	}
	return append(dst, ']')
}

// semestresWriter keeps what it has written of what semesters share, by id.
type semestresWriter struct {
	departements, formations, parcours map[int64][]byte
}

// once returns the JSON of what has an id, made the first time only.
func once(written map[int64][]byte, id int64, value any) []byte {
	text, ok := written[id]
	if !ok {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(value); err != nil {
			panic(err) // numbers and texts always encode
		}
		text = bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
		written[id] = text
	}
	return text
}

func (w *semestresWriter) append(dst []byte, f *FormSemestre) []byte {
	dst = appendInt(dst, `{"id":`, f.ID)
	dst = appendInt(dst, `,"formsemestre_id":`, f.FormSemestreID)
	dst = appendInt(dst, `,"dept_id":`, f.DeptID)
	dst = append(append(dst, `,"departement":`...), once(w.departements, f.DeptID, &f.Departement)...)
	dst = appendInt(dst, `,"formation_id":`, f.FormationID)
	dst = append(append(dst, `,"formation":`...), once(w.formations, f.FormationID, &f.Formation)...)
	dst = w.appendNames(dst, f)
	dst = append(dst, `,"parcours":[`...)
	for i := range f.Parcours {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, once(w.parcours, f.Parcours[i].ID, &f.Parcours[i])...)
	}
	dst = append(dst, `],"responsables":[`...)
	for i, uid := range f.Responsables {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, uid, 10)
	}
	return append(appendOptions(append(dst, ']'), f), '}')
}

// appendNames appends the members from semestre_id to elt_passage_apo.
func (*semestresWriter) appendNames(dst []byte, f *FormSemestre) []byte {
	dst = appendInt(dst, `,"semestre_id":`, f.SemestreID)
	dst = appendText(dst, `,"titre":`, &f.Titre)
	dst = appendText(dst, `,"titre_num":`, &f.TitreNum)
	dst = appendText(dst, `,"titre_court":`, &f.TitreCourt)
	dst = appendText(dst, `,"titre_formation":`, &f.TitreFormation)
	dst = appendText(dst, `,"date_debut":`, &f.DateDebut)
	dst = appendText(dst, `,"date_debut_iso":`, &f.DateDebutISO)
	dst = appendText(dst, `,"date_fin":`, &f.DateFin)
	dst = appendText(dst, `,"date_fin_iso":`, &f.DateFinISO)
	dst = appendInt(dst, `,"annee_scolaire":`, f.AnneeScolaire)
	dst = appendBool(dst, `,"etat":`, &f.Etat)
	dst = appendText(dst, `,"modalite":`, &f.Modalite)
	dst = appendText(dst, `,"session_id":`, &f.SessionID)
	dst = appendText(dst, `,"etape_apo":`, &f.EtapeApo)
	dst = appendText(dst, `,"elt_sem_apo":`, f.EltSemApo)
	dst = appendText(dst, `,"elt_annee_apo":`, f.EltAnneeApo)
	return appendText(dst, `,"elt_passage_apo":`, f.EltPassageApo)
}

// appendOptions appends the members from block_moyennes on.
func appendOptions(dst []byte, f *FormSemestre) []byte {
	dst = appendBool(dst, `,"block_moyennes":`, &f.BlockMoyennes)
	dst = appendBool(dst, `,"block_moyenne_generale":`, &f.BlockMoyenneGenerale)
	dst = appendInt(dst, `,"mode_calcul_moyennes":`, f.ModeCalculMoyennes)
	dst = appendBool(dst, `,"bul_hide_xml":`, &f.BulHideXML)
	dst = appendText(dst, `,"bul_bgcolor":`, &f.BulBgcolor)
	dst = appendBool(dst, `,"gestion_compensation":`, &f.GestionCompensation)
	dst = appendBool(dst, `,"gestion_semestrielle":`, &f.GestionSemestrielle)
	dst = appendBool(dst, `,"resp_can_edit":`, &f.RespCanEdit)
	dst = appendBool(dst, `,"resp_can_change_ens":`, &f.RespCanChangeEns)
	dst = appendBool(dst, `,"ens_can_edit_eval":`, &f.EnsCanEditEval)
	dst = appendText(dst, `,"edt_id":`, f.EdtID)
	dst = appendNumber(dst, `,"capacite_accueil":`, f.CapaciteAccueil)
	dst = appendText(dst, `,"scodoc7_id":`, f.ScoDoc7ID)
	dst = appendText(dst, `,"pegase_periode":`, &f.PegasePeriode)
	return appendText(dst, `,"pegase_chemins":`, &f.PegaseChemins)
}

// EtudInscritLongs is a list of the students of a semester in full. It writes
// its own JSON, as [EtudLongs] does.
type EtudInscritLongs []EtudInscritLong

// AppendJSON implements api.JSONAppender.
func (list EtudInscritLongs) AppendJSON(dst []byte) []byte {
	dst = append(slices.Grow(dst, len(list)*sizeOfLong), '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendGroups(list[i].appendFields(dst), list[i].Groups)
	}
	return append(dst, ']')
}

// sizeOfLong is about as long as a student in full is, in bytes.
const sizeOfLong = 1900

// appendGroups appends the groups of a student, and the end of the student.
func appendGroups(dst []byte, groups []EtudGroup) []byte {
	dst = append(dst, `,"groups":[`...)
	for i := range groups {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = groups[i].appendJSON(dst)
	}
	return append(dst, `]}`...)
}

func (g *EtudGroup) appendJSON(dst []byte) []byte {
	dst = appendInt(dst, `{"partition_id":`, g.PartitionID)
	dst = appendText(dst, `,"partition_name":`, g.PartitionName)
	dst = appendInt(dst, `,"formsemestre_id":`, g.FormSemestreID)
	dst = appendInt(dst, `,"numero":`, g.Numero)
	dst = appendBool(dst, `,"bul_show_rank":`, &g.BulShowRank)
	dst = appendBool(dst, `,"show_in_lists":`, &g.ShowInLists)
	dst = appendBool(dst, `,"groups_editable":`, &g.GroupsEditable)
	dst = appendInt(dst, `,"id":`, g.ID)
	dst = appendInt(dst, `,"group_id":`, g.GroupID)
	dst = appendText(dst, `,"group_name":`, g.GroupName)
	return append(appendText(dst, `,"edt_id":`, g.EdtID), '}')
}
