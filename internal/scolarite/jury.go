package scolarite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/jury"
)

// juryRoutes are the entries of "API Jury", and ours that take decisions.
func (s *Service) juryRoutes() []api.Route {
	return slices.Concat([]api.Route{
		api.Get("decisions_jury", ScoView, s.decisionsJury, "/formsemestre/{formsemestre_id:int}/decisions_jury").
			Doc("Décisions du jury des étudiants du formsemestre.").
			Describe(describeDecisions),
		api.Get("formsemestre_jury_pv", ScoView, s.juryPV, "/formsemestre/{formsemestre_id:int}/jury/pv/{format}").Extension().
			Doc("Le procès-verbal du jury du formsemestre.").Describe("format : pdf ou xlsx. Les mêmes décisions donnent les mêmes octets."),
	}, s.juryDeleteRoutes(), s.juryRecordRoutes())
}

const describeDecisions = `Tous les inscrits, démissionnaires (etat D) et défaillants (DEF) compris, dans l'ordre des listes.

* rcues : en BUT, les niveaux de compétence de l'année, avec l'UE du semestre impair (ue_1) et celle du semestre pair (ue_2). Ils sont là avant toute décision, code à null ; une moyenne qui n'existe pas encore est null, celle du RCUE aussi.
* ues : les décisions prises sur les UEs de ce semestre ; ects est 0 quand le code ne valide pas l'UE.
* semestre : hors BUT, la décision sur le semestre, {} sans décision.
* annee : en BUT, la décision sur l'année, {} sans décision.
* autorisations : les inscriptions que ce jury autorise.`

// DecisionJury is what a jury decided on a student of a semester.
type DecisionJury struct {
	Etudid        int64          `json:"etudid"`
	CodeNIP       *string        `json:"code_nip"`
	CodeINE       *string        `json:"code_ine"`
	IsAPC         bool           `json:"is_apc"`
	Etat          string         `json:"etat"` // I registered, D resigned, DEF defaulted
	NbCompetences int            `json:"nb_competences"`
	RCUEs         []DecisionRCUE `json:"rcues"`
	UEs           []DecisionUE   `json:"ues"` // in the order of ids
	Semestre      SemestreOrNone `json:"semestre"`
	Annee         DecisionAnnee  `json:"annee"`
	Autorisations []Autorisation `json:"autorisations"`
}

// DecisionRCUE is the level of a competence in a year.
type DecisionRCUE struct {
	UE1  DecisionRCUEUE `json:"ue_1"` // of the odd semester
	UE2  DecisionRCUEUE `json:"ue_2"`
	Moy  *api.Float     `json:"moy"` // unrounded, null unless both UEs have a mean
	Code *string        `json:"code"`
}

// DecisionRCUEUE is one of the two UEs of a level.
type DecisionRCUEUE struct {
	UEID int64      `json:"ue_id"`
	Moy  *api.Float `json:"moy"` // unrounded
	Code *string    `json:"code"`
}

// DecisionUE is the decision on a UE. Its ECTS are granted when its code
// acquires it.
type DecisionUE struct {
	UEID int64     `json:"ue_id"`
	Code string    `json:"code"`
	ECTS api.Float `json:"ects"`
}

// DecisionSemestre is the decision on a classic semester.
type DecisionSemestre struct {
	Code                   string  `json:"code"`
	Assidu                 *bool   `json:"assidu"`
	EventDate              Instant `json:"event_date"`
	CompenseFormSemestreID *int64  `json:"compense_formsemestre_id"`
}

// SemestreOrNone is a decision, or {}.
type SemestreOrNone struct{ *DecisionSemestre }

// MarshalJSON writes the decision, {} for none.
func (d SemestreOrNone) MarshalJSON() ([]byte, error) {
	if d.DecisionSemestre == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(*d.DecisionSemestre)
}

// DecisionAnnee is the decision on a year of the BUT; {} for none.
type DecisionAnnee struct {
	Code          string `json:"code,omitempty"`
	Ordre         int64  `json:"ordre,omitempty"` // 1 to 3
	AnneeScolaire int64  `json:"annee_scolaire,omitempty"`
}

// Autorisation is a registration that a jury allows: in the semester of a
// number, of the programmes that share a code.
type Autorisation struct {
	Etudid               int64   `json:"etudid"`
	ID                   *int64  `json:"id"` // null for one that a dry run would make
	OriginFormSemestreID *int64  `json:"origin_formsemestre_id"`
	FormationCode        string  `json:"formation_code"`
	SemestreID           int64   `json:"semestre_id"`
	Date                 Instant `json:"date"`
}

func (s *Service) autorisationFrom(row db.Autorisation) Autorisation {
	return Autorisation{
		Etudid: row.Etudid, ID: &row.ID, OriginFormSemestreID: row.OriginFormsemestreID, FormationCode: row.FormationCode,
		SemestreID: row.SemestreID, Date: s.instant(row.At),
	}
}

type juryRef struct {
	ID int64 `path:"formsemestre_id"`
}

// decisionsJury returns the decisions on the students of a semester. NotFound
// if it is unknown.
func (s *Service) decisionsJury(ctx context.Context, in juryRef) ([]DecisionJury, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	return s.decisionsOf(ctx, q, sem, s.results, nil)
}

// decisionsOf returns the decisions on the students of a semester, or on some
// of them.
func (s *Service) decisionsOf(ctx context.Context, q *db.Queries, sem db.FormSemestre, results resultsReader, etudids []int64) ([]DecisionJury, error) {
	d, err := openDossier(ctx, q, sem, results, etudids)
	if err != nil {
		return nil, fmt.Errorf("decisions in formsemestre %d: %w", sem.ID, err)
	}
	list := make([]DecisionJury, len(d.etudiants))
	for i, row := range d.etudiants {
		if list[i], err = s.decisionOf(ctx, d, row); err != nil {
			return nil, fmt.Errorf("decisions in formsemestre %d: %w", sem.ID, err)
		}
	}
	return list, nil
}

// decisionOf is the row of a student.
func (s *Service) decisionOf(ctx context.Context, d *juryDossier, row db.JuryEtudiantsRow) (DecisionJury, error) {
	etudid := row.Etudiant.ID
	decision := DecisionJury{
		Etudid: etudid, CodeNIP: row.Etudiant.CodeNip, CodeINE: row.Etudiant.CodeIne, IsAPC: d.isAPC(), Etat: row.Inscription.Etat,
		RCUEs: []DecisionRCUE{}, UEs: []DecisionUE{}, Autorisations: []Autorisation{},
	}
	levels, err := d.levels(ctx, row)
	if err != nil {
		return decision, err
	}
	for _, l := range levels {
		decision.NbCompetences++
		if l.isComplete() {
			decision.RCUEs = append(decision.RCUEs, l.decision())
		}
	}
	for _, v := range d.validationsIn(etudid, d.sem.ID) {
		if v.UEID != nil {
			decision.UEs = append(decision.UEs, DecisionUE{*v.UEID, v.Code, d.granted(*v.UEID, row.Inscription.ParcoursID, jury.Code(v.Code))})
		} else if !d.isAPC() {
			decision.Semestre = SemestreOrNone{&DecisionSemestre{v.Code, v.Assidu, s.instant(v.EventAt), v.CompenseFormsemestreID}}
		}
	}
	slices.SortFunc(decision.UEs, func(a, b DecisionUE) int { return cmp.Compare(a.UEID, b.UEID) })
	if v := d.annee(etudid); v != nil {
		decision.Annee = DecisionAnnee{v.Code, v.Ordre, v.AnneeScolaire}
	}
	for _, a := range d.autorisations[etudid] {
		decision.Autorisations = append(decision.Autorisations, s.autorisationFrom(a))
	}
	return decision, nil
}

// meanOrNil is a mean as answers write it, nil for none.
func meanOrNil(mean float64) *api.Float {
	if math.IsNaN(mean) {
		return nil
	}
	f := api.Float(mean)
	return &f
}
