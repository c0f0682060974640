package scolarite

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"regexp"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// ueRoutes are the entries about UEs, those about competences and codes left
// out.
func (s *Service) ueRoutes() []api.Route {
	return []api.Route{
		api.Post("ue_edit", EditFormation, s.ueEdit, "/formation/ue/{ue_id:int}/edit").Refuses(http.StatusBadRequest).
			Doc("Édition d'une UE. Renvoie l'UE en json.").
			Describe("Seuls les champs envoyés changent ; les identifiants et clés sont ignorés. Une UE qui compte dans un semestre verrouillé garde ce dont " +
				"dépendent ses moyennes (`type`, `ue_code`, `is_external`, `ects`, `coefficient`, `coef_rcue`, `semestre_idx`) : 403."),
		api.Post("ue_create", EditFormation, s.CreateUE, "/ue/create").Extension().Refuses(http.StatusBadRequest).
			Doc("Crée une UE dans une formation.").
			Describe("Sans `numero`, elle vient après les autres ; sans `ue_code`, elle en reçoit un. `semestre_idx` est requis en BUT. " +
				"Son niveau et ses parcours lui viennent de `assoc_niveau` et `set_parcours`. " +
				"`type` : 0 standard (par défaut), 1 sport et culture (bonus), 2 projet tuteuré et stage, 3 stage, 4 élective, 5 professionnelle, 6 optionnelle."),
		api.Post("ue_delete", EditFormation, s.ueDelete, "/ue/{ue_id:int}/delete").Extension().
			Doc("Supprime une UE et ses matières.").
			Describe("409 quand elle a des modules, que des modules y ont un coefficient ou que des décisions de jury portent sur elle."),
	}
}

// UE is a teaching unit as answers show it.
type UE struct {
	UEColumns
	Parcour       []Parcours     `json:"parcour"` // none means all
	ModuleUECoefs []ModuleUECoef `json:"module_ue_coefs"`
}

// UEColumns are a UE by itself. A number without value is 0.0 there, a code
// without value "".
type UEColumns struct {
	ID                 int64     `json:"id"`
	UEID               int64     `json:"ue_id"`
	FormationID        int64     `json:"formation_id"`
	Acronyme           string    `json:"acronyme"`
	Numero             int64     `json:"numero"`
	Titre              *string   `json:"titre"`
	Type               int64     `json:"type"` // 1 is the bonus
	UECode             string    `json:"ue_code"`
	Ects               api.Float `json:"ects"`
	Coefficient        api.Float `json:"coefficient"`
	IsExternal         bool      `json:"is_external"`
	CodeApogee         string    `json:"code_apogee"`
	SemestreIdx        *int64    `json:"semestre_idx"`
	Color              *string   `json:"color"` // "#b80004"
	NiveauCompetenceID *int64    `json:"niveau_competence_id"`
	CoefRCUE           api.Float `json:"coef_rcue"`
	CodeApogeeRCUE     string    `json:"code_apogee_rcue"`
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
		UEColumns: UEColumns{
			ID: row.ID, UEID: row.ID, FormationID: row.FormationID, Acronyme: row.Acronyme, Numero: row.Numero, Titre: row.Titre,
			Type: row.Type, UECode: row.UECode, Ects: floatOrZero(row.Ects), Coefficient: floatOrZero(row.Coefficient),
			IsExternal: row.IsExternal, CodeApogee: textOrEmpty(row.CodeApogee), SemestreIdx: row.SemestreIdx, Color: row.Color,
			NiveauCompetenceID: row.NiveauID, CoefRCUE: api.Float(row.CoefRcue), CodeApogeeRCUE: textOrEmpty(row.CodeApogeeRcue),
		},
		Parcour: []Parcours{}, ModuleUECoefs: []ModuleUECoef{},
	}
}

func (s *Service) ue(ctx context.Context, q *db.Queries, id int64) (UE, error) {
	byID, err := s.uesByID(ctx, q, []int64{id})
	return byID[id], err
}

// image is the UE as the journal keeps it.
func (u UE) image() any {
	return struct {
		UEColumns
		Parcours []string `json:"parcours"`
	}{u.UEColumns, codesOf(u.Parcour)}
}

// weight is what means, ECTS and capitalisation depend on.
func (u UE) weight() any {
	return struct {
		kind           int64
		code           string
		isExternal     bool
		ects, coef, rc api.Float
		semestre       *int64
		niveau         *int64
		parcours       []string
	}{u.Type, u.UECode, u.IsExternal, u.Ects, u.Coefficient, u.CoefRCUE, u.SemestreIdx, u.NiveauCompetenceID, codesOf(u.Parcour)}
}

type ueRef struct {
	UEID int64 `path:"ue_id"`
}

// UEDetails are what may be left out of a UE.
type UEDetails struct {
	Numero         api.Opt[int64]   `json:"numero" ge:"0" le:"1000000"`
	Titre          api.Opt[string]  `json:"titre" maxlen:"512"`
	Type           api.Opt[int64]   `json:"type" ge:"0" le:"6"`
	UECode         api.Opt[string]  `json:"ue_code" maxlen:"32"`
	Ects           api.Opt[float64] `json:"ects" ge:"0" le:"300"`
	IsExternal     api.Opt[bool]    `json:"is_external"`
	CodeApogee     api.Opt[string]  `json:"code_apogee" maxlen:"512"`
	Coefficient    api.Opt[float64] `json:"coefficient" ge:"0" le:"10000"`
	SemestreIdx    api.Opt[int64]   `json:"semestre_idx" ge:"-1" le:"20"`
	CoefRCUE       api.Opt[float64] `json:"coef_rcue" ge:"0" le:"10000"`
	CodeApogeeRCUE api.Opt[string]  `json:"code_apogee_rcue" maxlen:"512"`
	Color          api.Opt[string]  `json:"color" maxlen:"16"`
}

var color = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func (d UEDetails) apply(f *patchFaults, row *db.UE) {
	put(f, "numero", &row.Numero, d.Numero)
	putProse(f, "titre", &row.Titre, d.Titre)
	put(f, "type", &row.Type, d.Type)
	putName(f, "ue_code", &row.UECode, d.UECode)
	putShown(&row.Ects, d.Ects)
	put(f, "is_external", &row.IsExternal, d.IsExternal)
	putProse(f, "code_apogee", &row.CodeApogee, d.CodeApogee)
	putShown(&row.Coefficient, d.Coefficient)
	putNumber(&row.SemestreIdx, d.SemestreIdx)
	put(f, "coef_rcue", &row.CoefRcue, d.CoefRCUE)
	putProse(f, "code_apogee_rcue", &row.CodeApogeeRcue, d.CodeApogeeRCUE)
	putProse(f, "color", &row.Color, d.Color)
	if row.Color != nil && d.Color.Set && !color.MatchString(*row.Color) {
		f.add("color", "invalid", "invalide (#rrggbb attendu)")
	}
}

// placedInBUT refuses a UE of a BUT without one of its six semesters.
func (f *patchFaults) placedInBUT(row db.UE) {
	switch {
	case row.SemestreIdx == nil:
		f.missing("semestre_idx")
	case *row.SemestreIdx < 1 || *row.SemestreIdx > 6:
		f.add("semestre_idx", "out_of_range", "invalide (de 1 à 6 en BUT)")
	}
}

// NewUE is a UE to make.
type NewUE struct {
	FormationID int64  `json:"formation_id"`
	Acronyme    string `json:"acronyme" maxlen:"128"`
	UEDetails
}

// CreateUE makes a UE and returns it. NotFound for an unknown programme;
// faults of the values are Invalid.
func (s *Service) CreateUE(ctx context.Context, in NewUE) (UE, error) {
	var ue UE
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.CreateUEWithin(ctx, q, in)
		ue = ueOf(row)
		return err
	})
	return ue, err
}

// CreateUEWithin is [Service.CreateUE] within a transaction.
func (s *Service) CreateUEWithin(ctx context.Context, q *db.Queries, in NewUE) (db.UE, error) {
	formation, err := visibleFormation(ctx, q, in.FormationID)
	if err != nil {
		return db.UE{}, err
	}
	row := db.UE{FormationID: formation.ID, CoefRcue: 1}
	var f patchFaults
	putName(&f, "acronyme", &row.Acronyme, api.Some(in.Acronyme))
	in.apply(&f, &row)
	if formation.TypeParcours == BUT {
		f.placedInBUT(row)
	}
	if err := errs.Faulty(f); err != nil {
		return row, err
	}
	if !in.Numero.Set {
		if row.Numero, err = q.NextUENumero(ctx, formation.ID); err != nil {
			return row, err
		}
	}
	if row.UECode == "" {
		n, err := q.NextUECode(ctx)
		if err != nil {
			return row, err
		}
		row.UECode = fmt.Sprint("UCOD", n)
	}
	row, err = q.AddUE(ctx, db.AddUEParams{
		FormationID: row.FormationID, Acronyme: row.Acronyme, Numero: row.Numero, Titre: row.Titre, Type: row.Type, UECode: row.UECode, Ects: row.Ects,
		IsExternal: row.IsExternal, CodeApogee: row.CodeApogee, Coefficient: row.Coefficient, SemestreIdx: row.SemestreIdx,
		CodeApogeeRcue: row.CodeApogeeRcue, CoefRcue: row.CoefRcue, Color: row.Color,
	})
	if err != nil {
		return row, err
	}
	return row, s.record(ctx, q, "ue.create", "ue", row.ID, row.Acronyme, nil, ueOf(row).image())
}

// UEChange is what to change of a UE.
type UEChange struct {
	Acronyme api.Opt[string] `json:"acronyme" maxlen:"128"`
	UEDetails
}

type ueChangeOf struct {
	ueRef
	UEChange
}

// ueEdit is [Service.EditUE].
func (s *Service) ueEdit(ctx context.Context, in ueChangeOf) (UE, error) {
	return s.EditUE(ctx, in.UEID, in.UEChange)
}

// EditUE changes a UE and returns it as it is then. NotFound if it is unknown;
// Forbidden when it counts in a locked semester and its weight would change;
// faults of the values are Invalid.
func (s *Service) EditUE(ctx context.Context, id int64, in UEChange) (UE, error) {
	return s.changeUE(ctx, id, func(ctx context.Context, q *db.Queries, before db.UE, formation db.Formation) error {
		row := before
		var f patchFaults
		putName(&f, "acronyme", &row.Acronyme, in.Acronyme)
		in.apply(&f, &row)
		hasMoved := !reflect.DeepEqual(before.SemestreIdx, row.SemestreIdx)
		if hasMoved && formation.TypeParcours == BUT {
			f.placedInBUT(row)
		}
		if err := errs.Faulty(f); err != nil {
			return err
		}
		if hasMoved && formation.TypeParcours == BUT {
			if err := mayMove(ctx, q, formation, row); err != nil {
				return err
			}
		}
		return q.UpdateUE(ctx, db.UpdateUEParams{
			Acronyme: row.Acronyme, Numero: row.Numero, Titre: row.Titre, Type: row.Type, UECode: row.UECode, Ects: row.Ects, IsExternal: row.IsExternal,
			CodeApogee: row.CodeApogee, Coefficient: row.Coefficient, SemestreIdx: row.SemestreIdx, CodeApogeeRcue: row.CodeApogeeRcue,
			CoefRcue: row.CoefRcue, Color: row.Color, ID: id,
		})
	})
}

// changeUE lets fn change a UE, records the change and returns the UE as it is
// then; Forbidden takes the change back when the UE counts in a locked semester
// and its weight is another.
func (s *Service) changeUE(ctx context.Context, id int64, fn func(context.Context, *db.Queries, db.UE, db.Formation) error) (UE, error) {
	var after UE
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, formation, err := visibleUE(ctx, q, id)
		if err != nil {
			return err
		}
		before, err := s.ue(ctx, q, id)
		if err != nil {
			return err
		}
		if err := fn(ctx, q, row, formation); err != nil {
			return err
		}
		if after, err = s.ue(ctx, q, id); err != nil {
			return err
		}
		if !reflect.DeepEqual(before.weight(), after.weight()) {
			if n, err := q.CountLockedUsesOfUE(ctx, id); err != nil {
				return err
			} else if n > 0 {
				return errFormationLocked
			}
		}
		return s.record(ctx, q, "ue.update", "ue", id, after.Acronyme, before.image(), after.image())
	})
	return after, err
}

// mayMove returns Invalid when a UE of a BUT cannot be in its semester: it has
// modules of another one, or its level is of another year.
func mayMove(ctx context.Context, q *db.Queries, formation db.Formation, row db.UE) error {
	n, err := q.CountModulesOfUEElsewhere(ctx, db.CountModulesOfUEElsewhereParams{SemestreID: *row.SemestreIdx, UEID: row.ID})
	if err != nil {
		return err
	}
	if n > 0 {
		return errs.New(errs.Invalid, "ue_in_use", "param 'semestre_idx': l'UE a des modules d'un autre semestre")
	}
	if row.NiveauID == nil {
		return nil
	}
	parcours, err := parcoursOfUE(ctx, q, row.ID)
	if err != nil {
		return err
	}
	return suits(ctx, q, formation, row, *row.NiveauID, parcours)
}

// ueDelete is [Service.DeleteUE].
func (s *Service) ueDelete(ctx context.Context, in ueRef) (OK, error) {
	return done, s.DeleteUE(ctx, in.UEID)
}

// DeleteUE removes a UE with its subjects. NotFound if it is unknown; Conflict
// when it has modules, weighs in some, or juries decided on it.
func (s *Service) DeleteUE(ctx context.Context, id int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, err := visibleUE(ctx, q, id)
		if err != nil {
			return err
		}
		if n, err := q.CountModulesOfUE(ctx, id); err != nil {
			return err
		} else if n > 0 {
			return errs.New(errs.Conflict, "ue_in_use", "cette UE a des modules, ou des modules y ont un coefficient")
		}
		if n, err := q.CountDecisionsOnUE(ctx, id); err != nil {
			return err
		} else if n > 0 {
			return errs.New(errs.Conflict, "ue_decided", "des décisions de jury portent sur cette UE")
		}
		if err := q.DeleteUE(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, "ue.delete", "ue", id, row.Acronyme, ueOf(row).image(), nil)
	})
}
