package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// UE is a teaching unit as answers show it. A number without value is 0.0
// there, a code without value "".
type UE struct {
	ID                 int64          `json:"id"`
	UEID               int64          `json:"ue_id"`
	FormationID        int64          `json:"formation_id"`
	Acronyme           string         `json:"acronyme"`
	Numero             int64          `json:"numero"`
	Titre              *string        `json:"titre"`
	Type               int64          `json:"type"`
	UECode             string         `json:"ue_code"`
	Ects               api.Float      `json:"ects"`
	Coefficient        api.Float      `json:"coefficient"`
	IsExternal         bool           `json:"is_external"`
	CodeApogee         string         `json:"code_apogee"`
	SemestreIdx        *int64         `json:"semestre_idx"`
	Color              *string        `json:"color"`
	NiveauCompetenceID *int64         `json:"niveau_competence_id"`
	CoefRCUE           api.Float      `json:"coef_rcue"`
	CodeApogeeRCUE     string         `json:"code_apogee_rcue"`
	Parcour            []Parcours     `json:"parcour"` // none means all
	ModuleUECoefs      []ModuleUECoef `json:"module_ue_coefs"`
}

// ModuleUECoef is the weight of a module in a UE of a BUT.
type ModuleUECoef struct {
	UEID     int64     `json:"ue_id"`
	ModuleID int64     `json:"module_id"`
	Coef     api.Float `json:"coef"`
}

func moduleUECoefOf(row db.ModuleUECoef) ModuleUECoef {
	return ModuleUECoef{UEID: row.UEID, ModuleID: row.ModuleID, Coef: api.Float(row.Coef)}
}

// uesByID returns the UEs of these ids.
func (s *Service) uesByID(ctx context.Context, q *db.Queries, ids []int64) (map[int64]UE, error) {
	list := db.JSONList(ids...)
	rows, err := q.UEsByID(ctx, list)
	if err != nil {
		return nil, err
	}
	coefs, err := q.CoefsOfUEs(ctx, list)
	if err != nil {
		return nil, err
	}
	links, err := q.ParcoursOfUEs(ctx, list)
	if err != nil {
		return nil, err
	}
	wanted := make([]int64, len(links))
	for i, link := range links {
		wanted[i] = link.ParcoursID
	}
	parcours, err := s.parcoursIn(ctx, q, wanted)
	if err != nil {
		return nil, err
	}
	ues := make(map[int64]UE, len(rows))
	for _, row := range rows {
		ues[row.ID] = ueOf(row)
	}
	for _, link := range links {
		ue := ues[link.UEID]
		ue.Parcour = append(ue.Parcour, parcours[link.ParcoursID])
		ues[link.UEID] = ue
	}
	for _, coef := range coefs {
		ue := ues[coef.UEID]
		ue.ModuleUECoefs = append(ue.ModuleUECoefs, moduleUECoefOf(coef))
		ues[coef.UEID] = ue
	}
	return ues, nil
}

func ueOf(row db.UE) UE {
	return UE{
		ID: row.ID, UEID: row.ID, FormationID: row.FormationID, Acronyme: row.Acronyme, Numero: row.Numero, Titre: row.Titre,
		Type: row.Type, UECode: row.UECode, Ects: floatOrZero(row.Ects), Coefficient: floatOrZero(row.Coefficient),
		IsExternal: row.IsExternal, CodeApogee: textOrEmpty(row.CodeApogee), SemestreIdx: row.SemestreIdx, Color: row.Color,
		NiveauCompetenceID: row.NiveauID, CoefRCUE: api.Float(row.CoefRcue), CodeApogeeRCUE: textOrEmpty(row.CodeApogeeRcue),
		Parcour: []Parcours{}, ModuleUECoefs: []ModuleUECoef{},
	}
}
