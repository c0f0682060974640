package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// Module is a module of a programme as answers show it.
type Module struct {
	ID           int64                      `json:"id"`
	ModuleID     int64                      `json:"module_id"`
	Titre        *string                    `json:"titre"`
	Abbrev       *string                    `json:"abbrev"`
	Code         string                     `json:"code"`
	HeuresCours  *api.Float                 `json:"heures_cours"`
	HeuresTD     *api.Float                 `json:"heures_td"`
	HeuresTP     *api.Float                 `json:"heures_tp"`
	Coefficient  *api.Float                 `json:"coefficient"`
	Ects         *api.Float                 `json:"ects"`
	UEID         int64                      `json:"ue_id"`
	FormationID  int64                      `json:"formation_id"`
	MatiereID    int64                      `json:"matiere_id"`
	SemestreID   int64                      `json:"semestre_id"`
	Numero       int64                      `json:"numero"`
	CodeApogee   string                     `json:"code_apogee"` // "" for none
	ModuleType   int64                      `json:"module_type"`
	EdtID        *string                    `json:"edt_id"`
	Parcours     []Parcours                 `json:"parcours"` // none means all
	UECoefs      []ModuleUECoef             `json:"ue_coefs"`
	AppCritiques Ordered[ModuleAppCritique] `json:"app_critiques"` // by code
}

// ModuleAppCritique is what a module teaches of a level of a competence.
type ModuleAppCritique struct {
	OID     int64  `json:"oid"`
	Libelle string `json:"libelle"`
}

// modulesByID returns the modules of these ids.
func (s *Service) modulesByID(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Module, error) {
	list := db.JSONList(ids...)
	rows, err := q.ModulesByID(ctx, list)
	if err != nil {
		return nil, err
	}
	modules := make(map[int64]*Module, len(rows))
	for _, row := range rows {
		modules[row.ID] = moduleOf(row)
	}
	for _, add := range []func(context.Context, *db.Queries, string, map[int64]*Module) error{s.addParcours, addUECoefs, addAppCritiques} {
		if err := add(ctx, q, list, modules); err != nil {
			return nil, err
		}
	}
	whole := make(map[int64]Module, len(modules))
	for id, module := range modules {
		whole[id] = *module
	}
	return whole, nil
}

func moduleOf(row db.Module) *Module {
	return &Module{
		ID: row.ID, ModuleID: row.ID, Titre: row.Titre, Abbrev: row.Abbrev, Code: row.Code,
		HeuresCours: floatOrNil(row.HeuresCours), HeuresTD: floatOrNil(row.HeuresTd), HeuresTP: floatOrNil(row.HeuresTp),
		Coefficient: floatOrNil(row.Coefficient), Ects: floatOrNil(row.Ects),
		UEID: row.UEID, FormationID: row.FormationID, MatiereID: row.MatiereID, SemestreID: row.SemestreID, Numero: row.Numero,
		CodeApogee: textOrEmpty(row.CodeApogee), ModuleType: row.ModuleType, EdtID: row.EdtID,
		Parcours: []Parcours{}, UECoefs: []ModuleUECoef{},
	}
}

func (s *Service) addParcours(ctx context.Context, q *db.Queries, ids string, modules map[int64]*Module) error {
	links, err := q.ParcoursOfModules(ctx, ids)
	if err != nil {
		return err
	}
	wanted := make([]int64, len(links))
	for i, link := range links {
		wanted[i] = link.ParcoursID
	}
	parcours, err := s.parcoursIn(ctx, q, wanted)
	if err != nil {
		return err
	}
	for _, link := range links {
		module := modules[link.ModuleID]
		module.Parcours = append(module.Parcours, parcours[link.ParcoursID])
	}
	return nil
}

func addUECoefs(ctx context.Context, q *db.Queries, ids string, modules map[int64]*Module) error {
	rows, err := q.CoefsOfModules(ctx, ids)
	for _, row := range rows {
		module := modules[row.ModuleID]
		module.UECoefs = append(module.UECoefs, moduleUECoefOf(row))
	}
	return err
}

func addAppCritiques(ctx context.Context, q *db.Queries, ids string, modules map[int64]*Module) error {
	rows, err := q.AppCritiquesOfModules(ctx, ids)
	for _, row := range rows {
		module := modules[row.ModuleID]
		module.AppCritiques.Add(row.Code, ModuleAppCritique{OID: row.ID, Libelle: textOrEmpty(row.Libelle)})
	}
	return err
}
