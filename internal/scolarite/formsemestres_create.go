package scolarite

import (
	"context"
	"fmt"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// NewFormSemestre is a semester to add to a programme.
type NewFormSemestre struct {
	Dept        api.Opt[string]      `json:"dept"` // acronym
	FormationID int64                `json:"formation_id"`
	Modules     api.Opt[ModuleWants] `json:"modules"`
	FormSemestrePatch
}

// ModuleWants is the modules of a new semester: all of the programme's for its
// number, or those of a list.
type ModuleWants struct {
	IDs []int64 // nil for all
}

// BindValue implements api.ValueBinder.
func (w *ModuleWants) BindValue(v jsonvalue.Value) *api.Problem {
	if v.Kind() == jsonvalue.String && v.Text() == "all" {
		return nil
	}
	if v.Kind() != jsonvalue.Array {
		return &api.Problem{Code: "list_type", Message: "Input should be a valid list"}
	}
	w.IDs = make([]int64, 0, len(v.Items()))
	for _, item := range v.Items() {
		if item.Kind() != jsonvalue.Int {
			return &api.Problem{Code: "int_type", Message: "Input should be a valid integer"}
		}
		w.IDs = append(w.IDs, item.Int())
	}
	return nil
}

func (s *Service) formSemestreCreate(ctx context.Context, in NewFormSemestre) (FormSemestre, error) {
	return s.CreateFormSemestre(ctx, in)
}

// CreateFormSemestre adds a semester of a programme, with its modules, the
// partition of everybody and, when it has tracks, that of tracks. NotFound if
// the department or the programme is unknown; Invalid for values that will not
// do.
func (s *Service) CreateFormSemestre(ctx context.Context, in NewFormSemestre) (sem FormSemestre, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := s.createFormSemestreWithin(ctx, q, in)
		if err != nil {
			return err
		}
		sem, err = s.formSemestreOf(ctx, q, row)
		return err
	})
	return sem, err
}

// createFormSemestreWithin is CreateFormSemestre within a transaction.
func (s *Service) createFormSemestreWithin(ctx context.Context, q *db.Queries, in NewFormSemestre) (db.FormSemestre, error) {
	formation, err := formationIn(ctx, q, in)
	if err != nil {
		return db.FormSemestre{}, err
	}
	row, err := in.row(formation)
	if err != nil {
		return row, err
	}
	modules, err := modulesWanted(ctx, q, row, in.Modules.Or(ModuleWants{}))
	if err != nil {
		return row, err
	}
	if row, err = q.AddFormSemestre(ctx, additionOf(row)); err != nil {
		return row, err
	}
	if _, err := addDefaultPartition(ctx, q, row.ID); err != nil {
		return row, err
	}
	var f patchFaults
	if err := s.attach(ctx, q, row, &in.FormSemestrePatch, &f); err != nil {
		return row, err
	}
	if err := errs.Faulty(f); err != nil {
		return row, err
	}
	if err := addModuleImpls(ctx, q, row, modules); err != nil {
		return row, err
	}
	image, err := formSemestreImage(ctx, q, row)
	if err != nil {
		return row, err
	}
	return row, s.record(ctx, q, "formsemestre.create", "formsemestre", row.ID, titreNum(row), nil, image)
}

// formationIn returns the programme of a new semester, which must be of the
// department named, if one is.
func formationIn(ctx context.Context, q *db.Queries, in NewFormSemestre) (db.Formation, error) {
	formation, err := visibleFormation(ctx, q, in.FormationID)
	if err != nil {
		return formation, err
	}
	if acronym, ok := in.Dept.Get(); ok {
		dept, err := visibleDepartementNamed(ctx, q, acronym)
		if err != nil {
			return formation, err
		}
		if dept.ID != formation.DeptID {
			return formation, errs.New(errs.NotFound, "formation_unknown", "formation inconnue")
		}
	}
	return formation, nil
}

// row returns the row of the new semester, Invalid for everything that is wrong
// with it.
func (in *NewFormSemestre) row(formation db.Formation) (db.FormSemestre, error) {
	row := db.FormSemestre{
		DeptID: formation.DeptID, FormationID: formation.ID, SemestreID: 1, Titre: formation.Titre, Etat: true, Modalite: "FI", BulBgcolor: "white",
		RespCanChangeEns: true,
	}
	var f patchFaults
	if !in.DateDebut.Set {
		f.add("date_debut", "missing", "manquant")
	}
	if !in.DateFin.Set {
		f.add("date_fin", "missing", "manquant")
	}
	in.apply(&f, &row)
	return row, errs.Faulty(f)
}

// modulesWanted returns the modules of a new semester, Invalid for those of
// another programme. A semester without number takes all of the programme.
func modulesWanted(ctx context.Context, q *db.Queries, row db.FormSemestre, wanted ModuleWants) ([]int64, error) {
	rows, err := q.ModuleIDsOfFormation(ctx, row.FormationID)
	if err != nil {
		return nil, err
	}
	known := make(map[int64]bool, len(rows))
	var all []int64
	for _, m := range rows {
		known[m.ID] = true
		if row.SemestreID == -1 || m.SemestreID == row.SemestreID {
			all = append(all, m.ID)
		}
	}
	if wanted.IDs == nil {
		return all, nil
	}
	var f patchFaults
	ids := distinct(wanted.IDs)
	for _, id := range ids {
		if !known[id] {
			f.add("modules", "module_foreign", fmt.Sprintf("le module %d n'est pas de la formation", id))
		}
	}
	return ids, errs.Faulty(f)
}

// addModuleImpls adds modules to a new semester; who directs it first is in
// charge of each.
func addModuleImpls(ctx context.Context, q *db.Queries, row db.FormSemestre, modules []int64) error {
	responsable, err := responsableOf(ctx, q, row, api.Opt[int64]{})
	if err != nil {
		return err
	}
	for _, id := range modules {
		if _, err := q.AddModuleImpl(ctx, db.AddModuleImplParams{ModuleID: id, FormsemestreID: row.ID, ResponsableID: responsable}); err != nil {
			return err
		}
	}
	return nil
}

func additionOf(row db.FormSemestre) db.AddFormSemestreParams {
	return db.AddFormSemestreParams{
		DeptID: row.DeptID, FormationID: row.FormationID, SemestreID: row.SemestreID, Titre: row.Titre, DateDebut: row.DateDebut, DateFin: row.DateFin,
		Etat: row.Etat, Modalite: row.Modalite, GestionCompensation: row.GestionCompensation, GestionSemestrielle: row.GestionSemestrielle,
		BulHideXml: row.BulHideXml, BlockMoyennes: row.BlockMoyennes, BlockMoyenneGenerale: row.BlockMoyenneGenerale,
		ModeCalculMoyennes: row.ModeCalculMoyennes, BulBgcolor: row.BulBgcolor, RespCanEdit: row.RespCanEdit,
		RespCanChangeEns: row.RespCanChangeEns, EnsCanEditEval: row.EnsCanEditEval, EltSemApo: row.EltSemApo, EltAnneeApo: row.EltAnneeApo,
		EltPassageApo: row.EltPassageApo, EdtID: row.EdtID, CapaciteAccueil: row.CapaciteAccueil, BonusFunc: row.BonusFunc,
	}
}
