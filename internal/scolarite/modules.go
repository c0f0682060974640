package scolarite

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// moduleRoutes are the entries about modules, those about codes left out.
func (s *Service) moduleRoutes() []api.Route {
	const fields = "`module_type` : 0 standard (par défaut), 1 malus, 2 ressource, 3 SAÉ. `ue_coefs` (BUT) donne des coefficients, `{ue_id: coef}` ou `[{ue_id, coef}]`, que 0 retire ; " +
		"`parcours` et `app_critiques` remplacent les listes d'avant par des ids du référentiel."
	return []api.Route{
		api.Get("formation_module_get", ScoView, s.moduleGet, "/formation/module/{module_id:int}").Doc("Renvoie le module."),
		api.Post("formation_module_edit", EditFormation, s.moduleEdit, "/formation/module/{module_id:int}/edit").Refuses(http.StatusBadRequest).
			Doc("Édition d'un module. Renvoie le module en json.").
			Describe("Seuls les champs envoyés changent ; les identifiants et clés sont ignorés. " + fields + " Un module enseigné dans un semestre " +
				"verrouillé garde ce dont dépendent ses moyennes (`coefficient`, `module_type`, `semestre_id`, `ue_coefs`, `parcours`) : 403."),
		api.Post("module_create", EditFormation, s.CreateModule, "/module/create").Extension().Refuses(http.StatusBadRequest).
			Doc("Crée un module dans une matière, ou dans la première matière d'une UE.").
			Describe("En BUT, une UE sans matière en reçoit une. Sans `numero`, le module vient après les autres du semestre. " + fields),
		api.Post("module_delete", EditFormation, s.moduleDelete, "/module/{module_id:int}/delete").Extension().
			Doc("Supprime un module.").Describe("409 quand il est enseigné dans un semestre."),
	}
}

// Module is a module of a programme as answers show it.
type Module struct {
	ModuleColumns
	Parcours     []Parcours                 `json:"parcours"` // none means all
	UECoefs      []ModuleUECoef             `json:"ue_coefs"`
	AppCritiques Ordered[ModuleAppCritique] `json:"app_critiques"` // by code
}

// ModuleColumns are a module by itself.
type ModuleColumns struct {
	ID          int64      `json:"id"`
	ModuleID    int64      `json:"module_id"`
	Titre       *string    `json:"titre"`
	Abbrev      *string    `json:"abbrev"`
	Code        string     `json:"code"`
	HeuresCours *api.Float `json:"heures_cours"`
	HeuresTD    *api.Float `json:"heures_td"`
	HeuresTP    *api.Float `json:"heures_tp"`
	Coefficient *api.Float `json:"coefficient"`
	Ects        *api.Float `json:"ects"`
	UEID        int64      `json:"ue_id"`
	FormationID int64      `json:"formation_id"`
	MatiereID   int64      `json:"matiere_id"`
	SemestreID  int64      `json:"semestre_id"` // its number, -1 for none
	Numero      int64      `json:"numero"`
	CodeApogee  string     `json:"code_apogee"` // "" for none
	ModuleType  int64      `json:"module_type"` // 0 standard, 1 malus, 2 ressource, 3 SAÉ
	EdtID       *string    `json:"edt_id"`
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
		ModuleColumns: ModuleColumns{
			ID: row.ID, ModuleID: row.ID, Titre: row.Titre, Abbrev: row.Abbrev, Code: row.Code,
			HeuresCours: floatOrNil(row.HeuresCours), HeuresTD: floatOrNil(row.HeuresTd), HeuresTP: floatOrNil(row.HeuresTp),
			Coefficient: floatOrNil(row.Coefficient), Ects: floatOrNil(row.Ects),
			UEID: row.UEID, FormationID: row.FormationID, MatiereID: row.MatiereID, SemestreID: row.SemestreID, Numero: row.Numero,
			CodeApogee: textOrEmpty(row.CodeApogee), ModuleType: row.ModuleType, EdtID: row.EdtID,
		},
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

func (s *Service) module(ctx context.Context, q *db.Queries, id int64) (Module, error) {
	byID, err := s.modulesByID(ctx, q, []int64{id})
	return byID[id], err
}

// image is the module as the journal keeps it.
func (m Module) image() any {
	codes := make([]string, len(m.AppCritiques))
	for i, critique := range m.AppCritiques {
		codes[i] = critique.Name
	}
	return struct {
		ModuleColumns
		UECoefs      []ModuleUECoef `json:"ue_coefs"`
		Parcours     []string       `json:"parcours"`
		AppCritiques []string       `json:"app_critiques"`
	}{m.ModuleColumns, m.UECoefs, codesOf(m.Parcours), codes}
}

// weight is what means depend on.
func (m Module) weight() any {
	return struct {
		coefficient    *api.Float
		kind, semestre int64
		coefs          []ModuleUECoef
		parcours       []string
	}{m.Coefficient, m.ModuleType, m.SemestreID, m.UECoefs, codesOf(m.Parcours)}
}

type moduleRef struct {
	ModuleID int64 `path:"module_id"`
}

// moduleGet returns a module. NotFound if it is unknown or lies in a department
// that the request does not see.
func (s *Service) moduleGet(ctx context.Context, in moduleRef) (Module, error) {
	var module Module
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, err := visibleModule(ctx, q, in.ModuleID)
		if err != nil {
			return err
		}
		module, err = s.module(ctx, q, row.ID)
		return err
	})
	return module, err
}

// UECoefs are coefficients of a module by UE, 0 for none. They are read from
// {"12": 3.5}, or from the list that answers show.
type UECoefs map[int64]float64

var notUECoefs = &api.Problem{Code: "ue_coefs_invalid", Message: "param 'ue_coefs': invalide ({ue_id: coefficient de 0 à 10000} attendu)"}

// BindValue reads coefficients out of an object or a list.
func (c *UECoefs) BindValue(v jsonvalue.Value) *api.Problem {
	*c = UECoefs{}
	switch v.Kind() {
	case jsonvalue.Object:
		for _, m := range v.Members() {
			id, err := strconv.ParseInt(m.Key, 10, 64)
			if err != nil || !c.add(id, m.Value) {
				return notUECoefs
			}
		}
	case jsonvalue.Array:
		for _, item := range v.Items() {
			id, _ := item.Get("ue_id")
			coef, _ := item.Get("coef")
			if id.Kind() != jsonvalue.Int || !c.add(id.Int(), coef) {
				return notUECoefs
			}
		}
	default:
		return notUECoefs
	}
	return nil
}

func (c UECoefs) add(ueID int64, v jsonvalue.Value) bool {
	if v.Kind() != jsonvalue.Int && v.Kind() != jsonvalue.Float {
		return false
	}
	c[ueID] = v.Float()
	return c[ueID] >= 0 && c[ueID] <= 10000
}

// ModuleDetails are what may be left out of a module.
type ModuleDetails struct {
	Titre        api.Opt[string]  `json:"titre" maxlen:"512"`
	Abbrev       api.Opt[string]  `json:"abbrev" maxlen:"128"`
	HeuresCours  api.Opt[float64] `json:"heures_cours" ge:"0" le:"10000"`
	HeuresTD     api.Opt[float64] `json:"heures_td" ge:"0" le:"10000"`
	HeuresTP     api.Opt[float64] `json:"heures_tp" ge:"0" le:"10000"`
	Coefficient  api.Opt[float64] `json:"coefficient" ge:"0" le:"10000"`
	Ects         api.Opt[float64] `json:"ects" ge:"0" le:"300"`
	SemestreID   api.Opt[int64]   `json:"semestre_id" ge:"-1" le:"20"`
	Numero       api.Opt[int64]   `json:"numero" ge:"0" le:"1000000"`
	CodeApogee   api.Opt[string]  `json:"code_apogee" maxlen:"512"`
	ModuleType   api.Opt[int64]   `json:"module_type" ge:"0" le:"3"`
	EdtID        api.Opt[string]  `json:"edt_id" maxlen:"128"`
	UECoefs      api.Opt[UECoefs] `json:"ue_coefs"`
	Parcours     api.Opt[IDs]     `json:"parcours"`
	AppCritiques api.Opt[IDs]     `json:"app_critiques"`
}

func (d ModuleDetails) apply(f *patchFaults, row *db.Module) {
	putProse(f, "titre", &row.Titre, d.Titre)
	putProse(f, "abbrev", &row.Abbrev, d.Abbrev)
	putNumber(&row.HeuresCours, d.HeuresCours)
	putNumber(&row.HeuresTd, d.HeuresTD)
	putNumber(&row.HeuresTp, d.HeuresTP)
	putNumber(&row.Coefficient, d.Coefficient)
	putNumber(&row.Ects, d.Ects)
	put(f, "semestre_id", &row.SemestreID, d.SemestreID)
	put(f, "numero", &row.Numero, d.Numero)
	putProse(f, "code_apogee", &row.CodeApogee, d.CodeApogee)
	put(f, "module_type", &row.ModuleType, d.ModuleType)
	putProse(f, "edt_id", &row.EdtID, d.EdtID)
}

// placed refuses a semester that is none, or in a BUT not that of the UE.
func (f *patchFaults) placed(row db.Module, ue db.UE, formation db.Formation) {
	switch {
	case row.SemestreID == 0:
		f.add("semestre_id", "out_of_range", "invalide (-1, ou au moins 1)")
	case formation.TypeParcours == BUT && ue.SemestreIdx != nil && row.SemestreID != *ue.SemestreIdx:
		f.add("semestre_id", "other_semestre", "le module n'est pas du semestre de son UE")
	}
}

// tie writes what ties a module to UEs, tracks and skills. NotFound for one
// that the programme or its framework has not; Invalid for coefficients outside
// the BUT.
func (d ModuleDetails) tie(ctx context.Context, q *db.Queries, id int64, formation db.Formation) error {
	if coefs, ok := d.UECoefs.Get(); ok {
		if err := tieUEs(ctx, q, id, formation, coefs); err != nil {
			return err
		}
	}
	if ids, ok := d.Parcours.Get(); ok {
		if err := tieParcours(ctx, q, id, formation, ids); err != nil {
			return err
		}
	}
	if ids, ok := d.AppCritiques.Get(); ok {
		return tieAppCritiques(ctx, q, id, formation, ids)
	}
	return nil
}

func tieUEs(ctx context.Context, q *db.Queries, id int64, formation db.Formation, coefs UECoefs) error {
	if formation.TypeParcours != BUT && len(coefs) > 0 {
		return errs.New(errs.Invalid, "ue_coefs_refused", "param 'ue_coefs': réservé au BUT")
	}
	ids := slices.Sorted(maps.Keys(coefs))
	ues, err := q.UEsByID(ctx, db.JSONList(ids...))
	if err != nil {
		return err
	}
	isOther := func(ue db.UE) bool { return ue.FormationID != formation.ID }
	if len(ues) < len(ids) || slices.ContainsFunc(ues, isOther) {
		return errs.New(errs.NotFound, "ue_unknown_here", "UE inconnue dans la formation")
	}
	for _, ue := range ids {
		if coefs[ue] == 0 {
			err = q.RemoveModuleUECoef(ctx, db.RemoveModuleUECoefParams{ModuleID: id, UEID: ue})
		} else {
			err = q.SetModuleUECoef(ctx, db.SetModuleUECoefParams{ModuleID: id, UEID: ue, Coef: coefs[ue]})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func tieParcours(ctx context.Context, q *db.Queries, id int64, formation db.Formation, ids IDs) error {
	if _, err := parcoursOfFormation(ctx, q, formation, ids); err != nil {
		return err
	}
	if err := q.RemoveModuleParcours(ctx, db.RemoveModuleParcoursParams{ModuleID: id, Kept: db.JSONList(ids...)}); err != nil {
		return err
	}
	for _, p := range ids {
		if err := q.AddModuleParcours(ctx, db.AddModuleParcoursParams{ModuleID: id, ParcoursID: p}); err != nil {
			return err
		}
	}
	return nil
}

func tieAppCritiques(ctx context.Context, q *db.Queries, id int64, formation db.Formation, ids IDs) error {
	var known []int64
	if formation.ReferentielID != nil {
		var err error
		known, err = q.AppCritiquesInReferentiel(ctx, db.AppCritiquesInReferentielParams{ReferentielID: *formation.ReferentielID, Ids: db.JSONList(ids...)})
		if err != nil {
			return err
		}
	}
	if len(known) < len(ids) {
		return errs.New(errs.NotFound, "app_critique_unknown", "apprentissage critique inconnu dans le référentiel de la formation")
	}
	if err := q.RemoveModuleAppCritiques(ctx, db.RemoveModuleAppCritiquesParams{ModuleID: id, Kept: db.JSONList(ids...)}); err != nil {
		return err
	}
	for _, critique := range ids {
		if err := q.AddModuleAppCritique(ctx, db.AddModuleAppCritiqueParams{ModuleID: id, AppCritiqueID: critique}); err != nil {
			return err
		}
	}
	return nil
}

// NewModule is a module to make, in a subject or, without one, in a UE.
type NewModule struct {
	UEID      api.Opt[int64] `json:"ue_id"`
	MatiereID api.Opt[int64] `json:"matiere_id"`
	Code      string         `json:"code" maxlen:"64"`
	ModuleDetails
}

// CreateModule makes a module and returns it. NotFound for an unknown UE,
// subject, track or skill; faults of the values are Invalid.
func (s *Service) CreateModule(ctx context.Context, in NewModule) (Module, error) {
	var module Module
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.CreateModuleWithin(ctx, q, in)
		if err != nil {
			return err
		}
		module, err = s.module(ctx, q, row.ID)
		return err
	})
	return module, err
}

// CreateModuleWithin is [Service.CreateModule] within a transaction.
func (s *Service) CreateModuleWithin(ctx context.Context, q *db.Queries, in NewModule) (db.Module, error) {
	matiere, ue, formation, err := s.placeOf(ctx, q, in)
	if err != nil {
		return db.Module{}, err
	}
	row, err := in.row(matiere, ue, formation)
	if err != nil {
		return row, err
	}
	if !in.Numero.Set {
		if row.Numero, err = q.NextModuleNumero(ctx, db.NextModuleNumeroParams{FormationID: formation.ID, SemestreID: row.SemestreID}); err != nil {
			return row, err
		}
	}
	row, err = q.AddModule(ctx, db.AddModuleParams{
		FormationID: row.FormationID, UEID: row.UEID, MatiereID: row.MatiereID, Titre: row.Titre, Abbrev: row.Abbrev, Code: row.Code,
		HeuresCours: row.HeuresCours, HeuresTd: row.HeuresTd, HeuresTp: row.HeuresTp, Coefficient: row.Coefficient, Ects: row.Ects,
		SemestreID: row.SemestreID, Numero: row.Numero, CodeApogee: row.CodeApogee, ModuleType: row.ModuleType, EdtID: row.EdtID,
	})
	if err != nil {
		return row, err
	}
	if err := in.tie(ctx, q, row.ID, formation); err != nil {
		return row, err
	}
	module, err := s.module(ctx, q, row.ID)
	if err != nil {
		return row, err
	}
	return row, s.record(ctx, q, "module.create", "module", row.ID, row.Code, nil, module.image())
}

// row returns a new module, its number still missing when none was sent. In a
// classic programme it weighs 1 unless something else was sent.
func (in NewModule) row(matiere db.Matiere, ue db.UE, formation db.Formation) (db.Module, error) {
	row := db.Module{FormationID: formation.ID, UEID: ue.ID, MatiereID: matiere.ID, SemestreID: 1}
	if ue.SemestreIdx != nil {
		row.SemestreID = *ue.SemestreIdx
	}
	if formation.TypeParcours != BUT {
		one := 1.0
		row.Coefficient = &one
	}
	var f patchFaults
	putName(&f, "code", &row.Code, api.Some(in.Code))
	in.apply(&f, &row)
	f.placed(row, ue, formation)
	return row, errs.Faulty(f)
}

// placeOf returns where a new module goes: its subject, UE and programme. In a
// BUT, where subjects say nothing, a UE without one is given one.
func (s *Service) placeOf(ctx context.Context, q *db.Queries, in NewModule) (db.Matiere, db.UE, db.Formation, error) {
	if id, ok := in.MatiereID.Get(); ok {
		matiere, ue, formation, err := visibleMatiere(ctx, q, id)
		if err == nil && in.UEID.Or(ue.ID) != ue.ID {
			err = errs.New(errs.Invalid, "matiere_elsewhere", "param 'matiere_id': matière d'une autre UE")
		}
		return matiere, ue, formation, err
	}
	id, ok := in.UEID.Get()
	if !ok {
		return db.Matiere{}, db.UE{}, db.Formation{}, errs.NewInvalid("ue_id", "missing", "")
	}
	ue, formation, err := visibleUE(ctx, q, id)
	if err != nil {
		return db.Matiere{}, ue, formation, err
	}
	matiere, err := q.FirstMatiereOfUE(ctx, id)
	if !errors.Is(err, sql.ErrNoRows) {
		return matiere, ue, formation, err
	}
	if formation.TypeParcours != BUT {
		return matiere, ue, formation, errs.New(errs.Invalid, "matiere_missing", "param 'matiere_id': l'UE n'a pas de matière")
	}
	titre := ue.Acronyme
	if ue.Titre != nil {
		titre = *ue.Titre
	}
	matiere, err = s.CreateMatiereWithin(ctx, q, NewMatiere{UEID: id, Titre: titre})
	return matiere, ue, formation, err
}

// ModuleChange is what to change of a module.
type ModuleChange struct {
	Code api.Opt[string] `json:"code" maxlen:"64"`
	ModuleDetails
}

type moduleChangeOf struct {
	moduleRef
	ModuleChange
}

// moduleEdit is [Service.EditModule].
func (s *Service) moduleEdit(ctx context.Context, in moduleChangeOf) (Module, error) {
	return s.EditModule(ctx, in.ModuleID, in.ModuleChange)
}

// EditModule changes a module and returns it as it is then. NotFound if it, or
// what it is to be tied to, is unknown; Forbidden when it is taught in a locked
// semester and its weight would change; faults of the values are Invalid.
func (s *Service) EditModule(ctx context.Context, id int64, in ModuleChange) (Module, error) {
	var after Module
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, formation, err := visibleModule(ctx, q, id)
		if err != nil {
			return err
		}
		before, err := s.module(ctx, q, id)
		if err != nil {
			return err
		}
		if err := in.write(ctx, q, row, formation); err != nil {
			return err
		}
		if after, err = s.module(ctx, q, id); err != nil {
			return err
		}
		if !reflect.DeepEqual(before.weight(), after.weight()) {
			if n, err := q.CountLockedUsesOfModule(ctx, id); err != nil {
				return err
			} else if n > 0 {
				return errFormationLocked
			}
		}
		return s.record(ctx, q, "module.update", "module", id, after.Code, before.image(), after.image())
	})
	return after, err
}

// write changes the module of a row, and what ties it to others.
func (in ModuleChange) write(ctx context.Context, q *db.Queries, row db.Module, formation db.Formation) error {
	ue, err := q.UE(ctx, row.UEID)
	if err != nil {
		return err
	}
	var f patchFaults
	putName(&f, "code", &row.Code, in.Code)
	semestre := row.SemestreID
	in.apply(&f, &row)
	if row.SemestreID != semestre {
		f.placed(row, ue, formation)
	}
	if err := errs.Faulty(f); err != nil {
		return err
	}
	err = q.UpdateModule(ctx, db.UpdateModuleParams{
		Titre: row.Titre, Abbrev: row.Abbrev, Code: row.Code, HeuresCours: row.HeuresCours, HeuresTd: row.HeuresTd, HeuresTp: row.HeuresTp,
		Coefficient: row.Coefficient, Ects: row.Ects, SemestreID: row.SemestreID, Numero: row.Numero, CodeApogee: row.CodeApogee,
		ModuleType: row.ModuleType, EdtID: row.EdtID, ID: row.ID,
	})
	if err != nil {
		return err
	}
	return in.tie(ctx, q, row.ID, formation)
}

// moduleDelete is [Service.DeleteModule].
func (s *Service) moduleDelete(ctx context.Context, in moduleRef) (OK, error) {
	return done, s.DeleteModule(ctx, in.ModuleID)
}

// DeleteModule removes a module. NotFound if it is unknown, Conflict when it is
// taught in a semester.
func (s *Service) DeleteModule(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, err := visibleModule(ctx, q, id)
		if err != nil {
			return err
		}
		if n, err := q.CountModuleImplsOfModule(ctx, id); err != nil {
			return err
		} else if n > 0 {
			return errs.New(errs.Conflict, "module_in_use", "ce module est enseigné dans un semestre")
		}
		before, err := s.module(ctx, q, id)
		if err != nil {
			return err
		}
		if err := q.DeleteModule(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, "module.delete", "module", id, row.Code, before.image(), nil)
	})
}
