package scolarite

import (
	"bytes"
	"encoding/json"
	"strconv"

	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
)

// Report cards write their own JSON: a semester has hundreds at a time, each of
// hundreds of marks.

var (
	_ api.JSONAppender = (*BulletinBUT)(nil)
	_ api.JSONAppender = (*BulletinClassique)(nil)
	_ api.JSONAppender = Bulletins{}
)

// appendValue appends a value as encoding/json writes it.
func appendValue(dst []byte, value any) []byte {
	buf := bytes.NewBuffer(dst)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic(err) // numbers and texts always encode
	}
	buf.Truncate(buf.Len() - 1) // the encoder's newline
	return buf.Bytes()
}

func appendString(dst []byte, key, text string) []byte {
	return jsonvalue.AppendString(append(dst, key...), text)
}

// appendObject appends an object, member by member.
func appendObject[T any](dst []byte, key string, object Ordered[T], member func([]byte, *T) []byte) []byte {
	dst = append(append(dst, key...), '{')
	for i := range object {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = member(append(jsonvalue.AppendString(dst, object[i].Name), ':'), &object[i].Value)
	}
	return append(dst, '}')
}

// AppendJSON implements api.JSONAppender.
func (b *BulletinBUT) AppendJSON(dst []byte) []byte {
	dst = appendString(dst, `{"version":`, b.Version)
	dst = appendString(dst, `,"type":`, b.Type)
	dst = appendString(dst, `,"date":`, b.Date.String())
	dst = appendBool(dst, `,"publie":`, &b.Publie)
	dst = appendString(dst, `,"etat_inscription":`, b.EtatInscription)
	dst = appendInt(dst, `,"formsemestre_id":`, b.FormSemestreID)
	dst = appendValue(append(dst, `,"etudiant":`...), &b.Etudiant)
	dst = appendValue(append(dst, `,"formation":`...), b.Formation)
	dst = appendValue(append(dst, `,"options":`...), b.Options)
	if !b.Publie {
		return append(dst, '}')
	}
	dst = appendObject(dst, `,"ressources":`, b.Ressources, appendModule)
	dst = appendObject(dst, `,"saes":`, b.SAEs, appendModule)
	dst = appendObject(dst, `,"ues":`, b.UEs, appendUE)
	dst = appendObject(dst, `,"ues_capitalisees":`, b.UEsCapitalisees, appendUE)
	dst = appendValue(append(dst, `,"semestre":`...), b.Semestre)
	return append(appendValue(append(dst, `,"appreciation":`...), b.Appreciation), '}')
}

// MarshalJSON writes the object; it never fails.
func (b *BulletinBUT) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil), nil }

// appendNote appends the members of a note.
func appendNote(dst []byte, n *BulletinNote) []byte {
	dst = appendString(dst, `"value":`, n.Value)
	dst = appendString(dst, `,"min":`, n.Min)
	dst = appendString(dst, `,"max":`, n.Max)
	return appendString(dst, `,"moy":`, n.Moy)
}

func appendModule(dst []byte, at **BulletinModule) []byte {
	m := *at
	dst = appendInt(dst, `{"id":`, m.ID)
	dst = appendString(dst, `,"titre":`, m.Titre)
	dst = appendText(dst, `,"code_apogee":`, m.CodeApogee)
	dst = appendString(dst, `,"url":`, m.URL)
	dst = append(appendNote(append(dst, `,"moyenne":{`...), &m.Moyenne), '}')
	if m.Absences != nil {
		dst = appendValue(append(dst, `,"absences":`...), m.Absences)
	}
	dst = append(dst, `,"evaluations":[`...)
	for i := range m.Evaluations {
		if i > 0 {
			dst = append(dst, ',')
		}
		e := &m.Evaluations[i]
		dst = append(dst, e.text[:len(e.text)-1]...) // the brace comes later
		dst = append(appendNote(append(dst, `,"note":{`...), &e.Note), `}}`...)
	}
	return append(dst, `]}`...)
}

func appendUE(dst []byte, at **BulletinUE) []byte {
	ue := *at
	dst = appendInt(dst, `{"id":`, ue.ID)
	dst = appendString(dst, `,"titre":`, ue.Titre)
	dst = appendInt(dst, `,"numero":`, ue.Numero)
	dst = appendInt(dst, `,"type":`, ue.Type)
	dst = appendText(dst, `,"color":`, ue.Color)
	if ue.IsSport {
		dst = appendString(dst, `,"bonus_description":`, ue.BonusDescription)
		return append(appendObject(dst, `,"modules":`, ue.Modules, appendModule), '}')
	}
	dst = append(dst, `,"competence":null,"moyenne":{`...)
	dst = appendNote(dst, &ue.Moyenne.BulletinNote)
	dst = appendString(dst, `,"rang":`, ue.Moyenne.Rang)
	dst = appendInt(dst, `,"total":`, ue.Moyenne.Total)
	dst = appendObject(dst, `,"groupes":`, ue.Moyenne.Groupes, appendRang)
	dst = appendString(dst, `},"bonus":`, ue.Bonus)
	dst = appendString(dst, `,"malus":`, ue.Malus)
	dst = append(dst, `,"capitalise":null`...)
	dst = appendObject(dst, `,"ressources":`, ue.Ressources, appendPart)
	dst = appendObject(dst, `,"saes":`, ue.SAEs, appendPart)
	dst = appendValue(append(dst, `,"ECTS":`...), ue.ECTS)
	if ue.DateCapitalisation != nil {
		dst = appendString(dst, `,"date_capitalisation":`, ue.DateCapitalisation.String())
		dst = appendNumber(dst, `,"formsemestre_id":`, ue.FormSemestreID)
		dst = appendString(dst, `,"bul_orig_url":`, ue.BulOrigURL)
	}
	return append(dst, '}')
}

func appendRang(dst []byte, r *BulletinRang) []byte {
	return append(appendInt(appendString(dst, `{"value":`, r.Value), `,"total":`, r.Total), '}')
}

func appendPart(dst []byte, p *BulletinPart) []byte {
	dst = p.Coef.AppendJSON(append(appendInt(dst, `{"id":`, p.ID), `,"coef":`...))
	return append(appendString(dst, `,"moyenne":`, p.Moyenne), '}')
}

// AppendJSON implements api.JSONAppender.
func (b *BulletinClassique) AppendJSON(dst []byte) []byte {
	dst = appendString(dst, `{"type":`, b.Type)
	dst = appendString(dst, `,"version":`, b.Version)
	dst = appendInt(dst, `,"etudid":`, b.Etudid)
	dst = appendInt(dst, `,"formsemestre_id":`, b.FormSemestreID)
	dst = appendString(dst, `,"date":`, b.Date.String())
	dst = appendInt(dst, `,"publie":`, int64(b.Publie))
	dst = appendString(dst, `,"etat_inscription":`, b.EtatInscription)
	dst = appendValue(append(dst, `,"etapes":`...), b.Etapes)
	for i, code := range b.Etapes { // once more, for older readers
		name := `,"etape_apo`
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		dst = appendString(dst, name+`":`, code)
	}
	dst = appendValue(append(dst, `,"etudiant":`...), &b.Etudiant)
	if b.Publie == 0 {
		return append(dst, '}')
	}
	dst = append(appendNote(append(dst, `,"note":{`...), &b.Note), '}')
	dst = appendValue(append(dst, `,"rang":`...), b.Rang)
	dst = appendValue(append(dst, `,"rang_group":`...), b.RangGroup)
	dst = appendValue(append(dst, `,"note_max":`...), b.NoteMax)
	dst = appendValue(append(dst, `,"bonus_sport_culture":`...), b.BonusSportCulture)
	dst = append(dst, `,"ue":[`...)
	for i := range b.UEs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = b.UEs[i].append(dst)
	}
	dst = appendValue(append(dst, `],"ue_capitalisee":`...), b.UEsCapitalisees)
	if b.Absences != nil {
		dst = appendValue(append(dst, `,"absences":`...), b.Absences)
	}
	d := &b.Decisions
	dst = appendString(dst, `,"situation":`, d.Situation)
	if d.Decision != nil {
		dst = appendValue(append(dst, `,"decision":`...), d.Decision)
	}
	dst = appendValue(append(dst, `,"decision_ue":`...), d.DecisionUE)
	dst = appendValue(append(dst, `,"autorisation_inscription":`...), d.Autorisations)
	return append(appendValue(append(dst, `,"appreciation":`...), b.Appreciation), '}')
}

// MarshalJSON writes the object; it never fails.
func (b *BulletinClassique) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil), nil }

func (ue *BulletinUEClassique) append(dst []byte) []byte {
	dst = appendInt(dst, `{"id":`, ue.ID)
	dst = appendString(dst, `,"numero":`, ue.Numero)
	dst = appendString(dst, `,"acronyme":`, ue.Acronyme)
	dst = appendString(dst, `,"titre":`, ue.Titre)
	dst = appendInt(dst, `,"type":`, ue.Type)
	dst = append(appendNote(append(dst, `,"note":{`...), &ue.Note), '}')
	dst = appendString(dst, `,"rang":`, ue.Rang)
	dst = appendString(dst, `,"effectif":`, ue.Effectif)
	dst = appendString(dst, `,"ects":`, ue.ECTS)
	dst = appendString(dst, `,"code_apogee":`, ue.CodeApogee)
	dst = append(dst, `,"module":[`...)
	for i := range ue.Modules {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = ue.Modules[i].append(dst)
	}
	return append(dst, `]}`...)
}

func (m *BulletinModuleClassique) append(dst []byte) []byte {
	dst = appendInt(dst, `{"id":`, m.ID)
	dst = appendString(dst, `,"code":`, m.Code)
	dst = m.Coefficient.AppendJSON(append(dst, `,"coefficient":`...))
	dst = appendInt(dst, `,"numero":`, m.Numero)
	dst = appendString(dst, `,"titre":`, m.Titre)
	dst = appendString(dst, `,"abbrev":`, m.Abbrev)
	dst = appendString(dst, `,"code_apogee":`, m.CodeApogee)
	dst = appendNote(append(dst, `,"note":{`...), &m.Note.BulletinNote)
	dst = appendInt(dst, `,"nb_notes":`, int64(m.Note.NbNotes))
	dst = appendInt(dst, `,"nb_missing":`, int64(m.Note.NbMissing))
	dst = appendInt(dst, `,"nb_valid_evals":`, int64(m.Note.NbValidEvals))
	dst = appendString(dst, `},"rang":{"value":`, m.Rang)
	dst = appendInt(dst, `},"effectif":{"value":`, m.Effectif)
	dst = append(dst, `},"evaluation":[`...)
	for i := range m.Evaluations {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = m.Evaluations[i].append(dst)
	}
	return append(dst, `]}`...)
}

func (e *BulletinEvaluationClassique) append(dst []byte) []byte {
	dst = appendString(dst, `{"jour":`, e.Jour)
	dst = appendString(dst, `,"heure_debut":`, e.HeureDebut)
	dst = appendString(dst, `,"heure_fin":`, e.HeureFin)
	dst = e.Coefficient.AppendJSON(append(dst, `,"coefficient":`...))
	if e.Incomplete {
		return append(appendString(dst, `,"description":`, e.Description), `,"incomplete":"1"}`...)
	}
	dst = strconv.AppendInt(append(dst, `,"evaluation_type":`...), e.EvaluationType, 10)
	dst = appendInt(dst, `,"evaluation_id":`, e.ID)
	dst = appendString(dst, `,"description":`, e.Description)
	return append(appendString(dst, `,"note":`, e.Note), '}')
}
