package scolarite

import (
	"context"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/scolarite/programme"
)

// programmeFileRoutes are the entries of "API Formations" and of our extension
// that take a programme out and in as a file.
func (s *Service) programmeFileRoutes() []api.Route {
	return []api.Route{
		api.Get("formation_export_by_formation_id", ScoView, s.exportFormation,
			"/formation/{formation_id:int}/export", "/formation/{formation_id:int}/export_with_ids").
			Doc("Retourne la formation, avec UE, matières, modules").
			Describe("`export_with_ids` ajoute les ids des objets. Les UE externes sont omises, comme `ects` quand il n'y en a pas. Les UE sont citées par " +
				"leur `reference`, qui ne dépend pas de la base, le référentiel de compétences par ses `refcomp_…`."),
		api.Post("formation_import", EditFormation, s.importFormation, "/formation/import").Extension().Refuses(400).
			Doc("Crée une formation à partir d'un fichier, et la renvoie.").
			Describe("Le corps est le JSON de `formation/<id>/export`, ou le XML d'anciens serveurs. Le département est celui du chemin, sinon `dept`. " +
				"Une formation de mêmes acronyme et titre que d'autres en est la version suivante. 400 avec l'endroit de chaque faute.\n\n" +
				"Niveaux, parcours et apprentissages critiques sont cherchés dans le référentiel que le fichier nomme et que le département doit avoir, ou dans celui de " +
				"`referentiel_competence_id` ; 0 importe la formation sans eux."),
	}
}

// exportFormation returns a programme as a file has it. NotFound if there is
// none.
func (s *Service) exportFormation(ctx context.Context, in formationRef) (programme.Programme, error) {
	withIDs := strings.HasSuffix(api.RequestFrom(ctx).URL.Path, "/export_with_ids")
	return s.ExportFormation(ctx, in.FormationID, withIDs)
}

// ExportFormation returns a programme as a file has it, with the ids of the
// base or without. NotFound if there is none.
func (s *Service) ExportFormation(ctx context.Context, id int64, withIDs bool) (programme.Programme, error) {
	var f programme.Programme
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleFormation(ctx, q, id)
		if err != nil {
			return err
		}
		f, err = exportedFormation(ctx, q, row)
		return err
	})
	if err == nil && !withIDs {
		f.WithoutIDs()
	}
	return f, err
}

// exportedFormation returns a programme with its ids.
func exportedFormation(ctx context.Context, q *db.Queries, row db.Formation) (programme.Programme, error) {
	f := programme.Programme{
		ID: row.ID, FormationID: row.ID, DeptID: row.DeptID, Acronyme: row.Acronyme, Titre: row.Titre, TitreOfficiel: row.TitreOfficiel,
		Version: row.Version, FormationCode: row.FormationCode, TypeParcours: row.TypeParcours, CodeSpecialite: textOrEmpty(row.CodeSpecialite),
		Commentaire: textOrEmpty(row.Commentaire), Archived: row.Archived,
	}
	if row.ReferentielID != nil {
		ref, err := q.Referentiel(ctx, *row.ReferentielID)
		if err != nil {
			return f, err
		}
		f.ReferentielCompetenceID, f.RefcompSpecialite = ref.ID, ref.Specialite
		f.RefcompVersionOrebut, f.RefcompTypeTitre = textOrEmpty(ref.VersionOrebut), textOrEmpty(ref.TypeTitre)
	}
	ues, err := q.ProgrammeUEs(ctx, row.ID)
	if err != nil {
		return f, err
	}
	if f.UE, err = exportedUEs(ctx, q, row.ID, ues); err != nil {
		return f, err
	}
	return f, exportMatieres(ctx, q, &f)
}

// exportedUEs returns UEs without their matières.
func exportedUEs(ctx context.Context, q *db.Queries, formationID int64, rows []db.UE) ([]programme.ProgrammeUE, error) {
	niveaux, err := q.ProgrammeNiveaux(ctx, formationID)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]db.ProgrammeNiveauxRow, len(niveaux))
	for _, n := range niveaux {
		byID[n.ID] = n
	}
	links, err := q.ProgrammeUEParcours(ctx, formationID)
	if err != nil {
		return nil, err
	}
	parcours := map[int64][]programme.ProgrammeParcours{}
	for _, p := range links {
		parcours[p.UEID] = append(parcours[p.UEID], programme.ProgrammeParcours{ID: p.ID, Code: p.Code, ECTS: floatOrNil(p.Ects)})
	}
	ues := make([]programme.ProgrammeUE, len(rows))
	for i, row := range rows {
		ues[i] = programme.ProgrammeUE{
			ID: row.ID, UEID: row.ID, FormationID: formationID, Acronyme: row.Acronyme, Numero: row.Numero, Titre: textOrEmpty(row.Titre),
			Type: row.Type, UECode: row.UECode, ECTS: floatOrNil(row.Ects), IsExternal: row.IsExternal, CodeApogee: textOrEmpty(row.CodeApogee),
			CodeApogeeRCUE: textOrEmpty(row.CodeApogeeRcue), Coefficient: floatOrZero(row.Coefficient), CoefRCUE: api.Float(row.CoefRcue),
			SemestreIdx: row.SemestreIdx, Color: textOrEmpty(row.Color), Parcours: listed(parcours[row.ID]), Matiere: []programme.ProgrammeMatiere{},
		}
		if row.NiveauID != nil {
			n := byID[*row.NiveauID]
			ue := &ues[i]
			ue.NiveauCompetenceID, ue.NiveauCompetence, ue.NiveauLibelle = n.ID, n.Titre, textOrEmpty(n.Libelle)
			ue.NiveauAnnee, ue.NiveauOrdre = n.Annee, n.Ordre
		}
	}
	programme.References(ues)
	return ues, nil
}

// listed is a list that is written [] when there is nothing in it.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// exportMatieres puts the matières and their modules below the UEs.
func exportMatieres(ctx context.Context, q *db.Queries, f *programme.Programme) error {
	matieres, err := q.ProgrammeMatieres(ctx, f.ID)
	if err != nil {
		return err
	}
	modules, err := exportedModules(ctx, q, f)
	if err != nil {
		return err
	}
	byMatiere := map[int64][]programme.ProgrammeModule{}
	for _, m := range modules {
		byMatiere[m.MatiereID] = append(byMatiere[m.MatiereID], m)
	}
	place := make(map[int64]int, len(f.UE))
	for i, ue := range f.UE {
		place[ue.ID] = i
	}
	for _, m := range matieres {
		if i, ok := place[m.UEID]; ok {
			f.UE[i].Matiere = append(f.UE[i].Matiere, programme.ProgrammeMatiere{
				ID: m.ID, MatiereID: m.ID, UEID: m.UEID, Titre: textOrEmpty(m.Titre), Numero: m.Numero, Module: listed(byMatiere[m.ID]),
			})
		}
	}
	return nil
}

// exportedModules returns all modules of a programme whose UEs are known.
func exportedModules(ctx context.Context, q *db.Queries, f *programme.Programme) ([]programme.ProgrammeModule, error) {
	rows, err := q.ProgrammeModules(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	modules, place := make([]programme.ProgrammeModule, len(rows)), make(map[int64]int, len(rows))
	for i, m := range rows {
		place[m.ID] = i
		modules[i] = programme.ProgrammeModule{
			ID: m.ID, ModuleID: m.ID, MatiereID: m.MatiereID, UEID: m.UEID, FormationID: m.FormationID, Titre: textOrEmpty(m.Titre),
			Abbrev: textOrEmpty(m.Abbrev), Code: m.Code, HeuresCours: floatOrNil(m.HeuresCours), HeuresTD: floatOrNil(m.HeuresTd),
			HeuresTP: floatOrNil(m.HeuresTp), Coefficient: floatOrNil(m.Coefficient), ECTS: floatOrNil(m.Ects), SemestreID: m.SemestreID,
			Numero: m.Numero, CodeApogee: textOrEmpty(m.CodeApogee), ModuleType: m.ModuleType, EdtID: textOrEmpty(m.EdtID),
			Tags: []programme.ProgrammeTag{}, Coefficients: []programme.ProgrammeCoefficient{}, Parcours: []programme.ProgrammeParcours{}, AppCritiques: []string{},
		}
	}
	return modules, exportLinks(ctx, q, f, func(id int64) *programme.ProgrammeModule { return &modules[place[id]] })
}

// exportLinks adds to modules what they are linked to.
func exportLinks(ctx context.Context, q *db.Queries, f *programme.Programme, module func(id int64) *programme.ProgrammeModule) error {
	references := make(map[int64]string, len(f.UE))
	for _, ue := range f.UE {
		references[ue.ID] = ue.Reference
	}
	coefs, err := q.ProgrammeCoefs(ctx, f.ID)
	if err != nil {
		return err
	}
	for _, c := range coefs {
		m := module(c.ModuleID)
		m.Coefficients = append(m.Coefficients, programme.ProgrammeCoefficient{UEReference: references[c.UEID], UEID: c.UEID, Coef: api.Float(c.Coef)})
	}
	parcours, err := q.ProgrammeModuleParcours(ctx, f.ID)
	if err != nil {
		return err
	}
	for _, p := range parcours {
		m := module(p.ModuleID)
		m.Parcours = append(m.Parcours, programme.ProgrammeParcours{ID: p.ID, Code: p.Code})
	}
	critiques, err := q.ProgrammeModuleAppCritiques(ctx, f.ID)
	if err != nil {
		return err
	}
	for _, a := range critiques {
		m := module(a.ModuleID)
		m.AppCritiques = append(m.AppCritiques, a.Code)
	}
	tags, err := q.ProgrammeTags(ctx, f.ID)
	for _, t := range tags {
		m := module(t.ModuleID)
		m.Tags = append(m.Tags, programme.ProgrammeTag{Name: t.Title})
	}
	return err
}
