package scolarite

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// departementRoutes are the entries of "API Département".
func (s *Service) departementRoutes() []api.Route {
	return []api.Route{
		api.Get("departement_by_acronym", ScoView, s.departementByAcronym, "/departement/{acronym}").
			Doc("Info sur un département. Accès par acronyme."),
		api.Post("departement_create", ScoSuperAdmin, s.departementCreate, "/departement/create").Refuses(http.StatusBadRequest).JSONOnly().
			Doc("Création d'un département. Le content type doit être application/json.").
			Describe("Un autre type, ou aucun, est une erreur 400. L'acronyme a 32 caractères au plus : lettres, chiffres, `-` et `_`. Un acronyme refusé ou déjà pris est une erreur 400.\n\n" +
				"Sur une route départementale, la permission doit valoir pour tous les départements."),
		api.Post("departement_delete", ScoSuperAdmin, s.departementDelete, "/departement/{acronym}/delete").Elevated().
			Doc("Suppression d'un département identifié par son acronyme.").
			Describe("Supprime tout ce qu'il contient : étudiants, formations, semestres, notes, décisions, préférences, logos, et les rôles donnés dans le département. " +
				"Les comptes restent. Erreur 409 si un autre département se sert d'une de ses formations ou d'un de ses référentiels."),
		api.Post("departement_edit", ScoSuperAdmin, s.departementEdit, "/departement/{acronym}/edit").
			Doc("Édition d'un département: seul le champ visible peut être modifié."),
		api.Get("departement_etudiants", ScoView, s.departementEtudiants, "/departement/{acronym}/etudiants").
			Doc("Retourne la liste des étudiants d'un département."),
		api.Get("departement_etudiants_by_id", ScoView, s.departementEtudiantsByID, "/departement/id/{dept_id:int}/etudiants").
			Doc("Retourne la liste des étudiants d'un département d'id donné."),
		api.Get("departement_formsemestres_courants", ScoView, s.departementFormSemestresCourants,
			"/departement/id/{dept_id:int}/formsemestres_courants", "/departement/{acronym}/formsemestres_courants").
			Doc("Liste les formsemestres du département indiqué (par son acronyme ou son id) contenant la date courante, ou à défaut celle indiquée en argument (au format ISO)."),
		api.Get("departement_formsemestres_ids", ScoView, s.departementFormSemestresIDs, "/departement/{acronym}/formsemestres_ids").
			Doc("Liste des ids de tous les formsemestres du département."),
		api.Get("departement_formsemestres_ids_by_id", ScoView, s.departementFormSemestresIDsByID, "/departement/id/{dept_id:int}/formsemestres_ids").
			Doc("Liste des ids de tous les formsemestres du département."),
		api.Get("departement_get", ScoView, s.departementGet, "/departement/id/{dept_id:int}").
			Doc("Info sur un département. Accès par id."),
		api.Get("departements_ids", ScoView, s.departementsIDs, "/departements_ids").
			Doc("Liste des ids de tous les départements."),
		api.Get("departements_list", ScoView, s.departementsList, "/departements").
			Doc("Liste tous les départements."),
	}
}

// departementNamed names a department in a path by its acronym.
type departementNamed struct {
	Acronym string `path:"acronym"`
}

// departementNumbered names a department in a path by its id.
type departementNumbered struct {
	ID int64 `path:"dept_id"`
}

// departementAt names a department in one way or the other, and a day.
type departementAt struct {
	Acronym api.Opt[string] `path:"acronym"`
	ID      api.Opt[int64]  `path:"dept_id"`
	Day     api.Opt[string] `query:"date_courante"`
}

// departementNew is a department to create.
type departementNew struct {
	Acronym string        `json:"acronym"`
	Visible api.Opt[bool] `json:"visible"`
}

// departementChange is what to change of a department.
type departementChange struct {
	departementNamed
	Visible bool `json:"visible"`
}

// Departement is a department as answers show it.
type Departement struct {
	ID          int64   `json:"id"`
	Acronym     string  `json:"acronym"`
	Description *string `json:"description"`
	Visible     bool    `json:"visible"`
	// DateCreation is an HTTP date in the reference profile, an ISO moment in
	// the production one.
	DateCreation string  `json:"date_creation"`
	DeptName     *string `json:"dept_name"` // the preference DeptName
}

var errDepartementUnknown = errs.New(errs.NotFound, "departement_unknown", "département inconnu")

// departementsList returns the departments, those shown first, by acronym;
// below a department's base, that one alone.
func (s *Service) departementsList(ctx context.Context, _ api.None) ([]Departement, error) {
	kept, err := s.keptDepartements(ctx)
	if err != nil || deptOf(ctx) == 0 {
		return kept.list, err
	}
	own := []Departement{}
	if d, ok := kept.byID[deptOf(ctx)]; ok {
		own = append(own, d)
	}
	return own, nil
}

// departementsIDs returns the ids of the departments, in order; below a
// department's base, its own alone.
func (s *Service) departementsIDs(ctx context.Context, _ api.None) ([]int64, error) {
	list, err := s.departementsList(ctx, api.None{})
	ids := make([]int64, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	slices.Sort(ids)
	return ids, err
}

// departementByAcronym returns a department, or NotFound.
func (s *Service) departementByAcronym(ctx context.Context, in departementNamed) (Departement, error) {
	kept, err := s.keptDepartements(ctx)
	if err != nil {
		return Departement{}, err
	}
	for _, d := range kept.list {
		if d.Acronym == in.Acronym && sees(ctx, d.ID) {
			return d, nil
		}
	}
	return Departement{}, errDepartementUnknown
}

// departementGet returns a department, or NotFound.
func (s *Service) departementGet(ctx context.Context, in departementNumbered) (Departement, error) {
	if !sees(ctx, in.ID) {
		return Departement{}, errDepartementUnknown
	}
	return s.departement(ctx, s.Store.Read(), in.ID)
}

// departementCreate adds a department and returns it. Invalid, 400 on the
// wire, when its acronym will not do or is taken; Forbidden below a
// department's base to who may not do it everywhere.
func (s *Service) departementCreate(ctx context.Context, in departementNew) (Departement, error) {
	if err := requireEverywhere(ctx, ScoSuperAdmin); err != nil {
		return Departement{}, err
	}
	if err := checkAcronym(in.Acronym); err != nil {
		return Departement{}, err
	}
	var created Departement
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := q.AddDepartement(ctx, db.AddDepartementParams{Acronym: in.Acronym, Visible: in.Visible.Or(true), DateCreation: s.now()})
		if _, isTaken := db.UniqueColumn(err); isTaken {
			return errs.NewInvalid("acronym", "acronym_taken", "param 'acronym': un département de ce nom existe déjà")
		}
		if err != nil {
			return err
		}
		if created, err = s.departement(ctx, q, row.ID); err != nil {
			return err
		}
		return s.recordDepartement(ctx, q, "departement.create", created, nil, created)
	})
	return created, err
}

// CreateDepartement adds a department that lists show; see departementCreate
// for its errors.
func (s *Service) CreateDepartement(ctx context.Context, acronym string) (Departement, error) {
	return s.departementCreate(ctx, departementNew{Acronym: acronym})
}

// departementEdit shows or hides a department and returns it, or NotFound.
func (s *Service) departementEdit(ctx context.Context, in departementChange) (Departement, error) {
	var after Departement
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleDepartementNamed(ctx, q, in.Acronym)
		if err != nil {
			return err
		}
		before, err := s.departement(ctx, q, row.ID)
		if err != nil {
			return err
		}
		if err := q.ShowDepartement(ctx, db.ShowDepartementParams{Visible: in.Visible, ID: row.ID}); err != nil {
			return err
		}
		after = before
		after.Visible = in.Visible
		return s.recordDepartement(ctx, q, "departement.update", after, before, after)
	})
	return after, err
}

// departementDelete deletes a department and everything in it, or NotFound.
// Conflict when another department makes use of what it has.
func (s *Service) departementDelete(ctx context.Context, in departementNamed) (OK, error) {
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleDepartementNamed(ctx, q, in.Acronym)
		if err != nil {
			return err
		}
		before, err := s.departement(ctx, q, row.ID)
		if err != nil {
			return err
		}
		err = q.DeleteDepartement(ctx, row.ID)
		if db.IsForeignKey(err) {
			return errs.New(errs.Conflict, "departement_in_use", "un autre département se sert des formations, des UEs ou des référentiels de celui-ci").Because(err)
		}
		if err != nil {
			return err
		}
		if err := q.MakeOldestGrantsPrimary(ctx); err != nil {
			return err
		}
		return s.recordDepartement(ctx, q, "departement.delete", before, before, nil)
	})
	return done, err
}

// departementEtudiants returns every student ever created in a department, or
// NotFound.
func (s *Service) departementEtudiants(ctx context.Context, in departementNamed) ([]EtudShort, error) {
	row, err := visibleDepartementNamed(ctx, s.Store.Read(), in.Acronym)
	if err != nil {
		return nil, err
	}
	return s.etudiantsOfDepartement(ctx, row.ID)
}

// departementEtudiantsByID is [Service.departementEtudiants] by id.
func (s *Service) departementEtudiantsByID(ctx context.Context, in departementNumbered) ([]EtudShort, error) {
	row, err := visibleDepartement(ctx, s.Store.Read(), in.ID)
	if err != nil {
		return nil, err
	}
	return s.etudiantsOfDepartement(ctx, row.ID)
}

// departementFormSemestresIDs returns the ids of all semesters of a
// department, or NotFound.
func (s *Service) departementFormSemestresIDs(ctx context.Context, in departementNamed) ([]int64, error) {
	row, err := visibleDepartementNamed(ctx, s.Store.Read(), in.Acronym)
	if err != nil {
		return nil, err
	}
	return s.Store.Read().FormSemestreIDsOfDepartement(ctx, row.ID)
}

// departementFormSemestresIDsByID is [Service.departementFormSemestresIDs] by
// id.
func (s *Service) departementFormSemestresIDsByID(ctx context.Context, in departementNumbered) ([]int64, error) {
	row, err := visibleDepartement(ctx, s.Store.Read(), in.ID)
	if err != nil {
		return nil, err
	}
	return s.Store.Read().FormSemestreIDsOfDepartement(ctx, row.ID)
}

// departementFormSemestresCourants returns the semesters of a department that
// a day, today by default, lies in, the latest first. NotFound for an unknown
// department or what is no day.
func (s *Service) departementFormSemestresCourants(ctx context.Context, in departementAt) ([]FormSemestre, error) {
	q := s.Store.Read()
	dept, err := departementOr(ctx, q, in.Acronym, in.ID)
	if err != nil {
		return nil, err
	}
	day, err := s.dateCourante(in.Day)
	if err != nil {
		return nil, err
	}
	rows, err := q.FormSemestresOfDepartementAt(ctx, db.FormSemestresOfDepartementAtParams{DeptID: dept.ID, Day: day})
	if err != nil {
		return nil, fmt.Errorf("semesters of departement %d on %s: %w", dept.ID, day, err)
	}
	return s.formSemestresOf(ctx, q, rows)
}

// departementOr returns the department that an acronym names, else an id; it
// exists for ctx's request, or NotFound.
func departementOr(ctx context.Context, q *db.Queries, acronym api.Opt[string], id api.Opt[int64]) (db.Departement, error) {
	if name, ok := acronym.Get(); ok {
		return visibleDepartementNamed(ctx, q, name)
	}
	return visibleDepartement(ctx, q, id.Value)
}

var acronymPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// checkAcronym returns Invalid unless the acronym may stand in addresses: "api"
// is the place of the base of all departments, "Scolarite" that of [Service.Pages].
func checkAcronym(acronym string) error {
	switch {
	case !acronymPattern.MatchString(acronym):
		return errs.NewInvalid("acronym", "acronym_invalid", "param 'acronym': invalide (1 à 32 lettres, chiffres, - ou _)")
	case strings.EqualFold(acronym, "api"), strings.EqualFold(acronym, "Scolarite"):
		return errs.NewInvalid("acronym", "acronym_reserved", "param 'acronym': réservé")
	}
	return nil
}

func (s *Service) recordDepartement(ctx context.Context, q *db.Queries, action string, d Departement, before, after any) error {
	return s.record(ctx, q, action, "departement", d.ID, d.Acronym, before, after)
}

func (s *Service) etudiantsOfDepartement(ctx context.Context, id int64) ([]EtudShort, error) {
	q := s.Store.Read()
	rows, err := q.EtudiantsOfDepartement(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("students of departement %d: %w", id, err)
	}
	return s.etudShorts(ctx, q, rows)
}

// departementList are the departments in the order of lists and by id, kept
// until the base changes: every semester and programme shows its own.
type departementList struct {
	list         []Departement
	byID         map[int64]Departement
	sessionNames map[int64]string // how session ids call them, by id
}

func (s *Service) keptDepartements(ctx context.Context) (departementList, error) {
	return s.departements.Get(ctx, s.Store, func(ctx context.Context) (departementList, error) {
		return s.readDepartements(ctx, s.Store.Read())
	})
}

// departementsFor returns every department as q has it. The list is shared: it
// is not to be changed.
func (s *Service) departementsFor(ctx context.Context, q *db.Queries) (departementList, error) {
	if q == s.Store.Read() {
		return s.keptDepartements(ctx)
	}
	return s.readDepartements(ctx, q)
}

// departementsByID returns every department by its id. The map is shared: it
// is not to be changed.
func (s *Service) departementsByID(ctx context.Context, q *db.Queries) (map[int64]Departement, error) {
	departements, err := s.departementsFor(ctx, q)
	return departements.byID, err
}

// departement returns a department as q has it, or NotFound.
func (s *Service) departement(ctx context.Context, q *db.Queries, id int64) (Departement, error) {
	byID, err := s.departementsByID(ctx, q)
	if err != nil {
		return Departement{}, err
	}
	d, ok := byID[id]
	if !ok {
		return Departement{}, errDepartementUnknown
	}
	return d, nil
}

// readDepartements returns every department as q has them.
func (s *Service) readDepartements(ctx context.Context, q *db.Queries) (departementList, error) {
	rows, err := q.Departements(ctx)
	if err != nil {
		return departementList{}, fmt.Errorf("departements: %w", err)
	}
	names, err := departementTexts(ctx, q, "DeptName")
	if err != nil {
		return departementList{}, err
	}
	imputations, err := departementTexts(ctx, q, "ImputationDept")
	if err != nil {
		return departementList{}, err
	}
	found := departementList{
		list: make([]Departement, len(rows)), byID: make(map[int64]Departement, len(rows)), sessionNames: make(map[int64]string, len(rows)),
	}
	for i, row := range rows {
		d := s.departementOf(row, names.of(row.ID))
		found.list[i], found.byID[row.ID], found.sessionNames[row.ID] = d, d, sessionName(imputations.of(row.ID), d)
	}
	return found, nil
}

// textsByDepartement is a preference by department; 0 is the site.
type textsByDepartement map[int64]string

// of returns what is set for a department, else for the site, else "".
func (texts textsByDepartement) of(id int64) string {
	if text, isSet := texts[id]; isSet {
		return text
	}
	return texts[0]
}

// departementTexts returns what a preference that is a text is set to.
func departementTexts(ctx context.Context, q *db.Queries, name string) (textsByDepartement, error) {
	rows, err := q.DepartementSettings(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%s of departements: %w", name, err)
	}
	texts := make(textsByDepartement, len(rows))
	for _, row := range rows {
		var dept int64
		if row.DeptID != nil {
			dept = *row.DeptID
		}
		if value, ok := keptPreference(name, row.Value); ok {
			texts[dept] = Preferences{name: value}.Text(name)
		}
	}
	return texts, nil
}

// departementOf returns a row as answers show it, under a name or, for "", its
// acronym.
func (s *Service) departementOf(row db.Departement, name string) Departement {
	if name == "" {
		name = row.Acronym
	}
	created := row.DateCreation.UTC().Format(http.TimeFormat)
	if s.Wire == Production {
		created = s.instant(row.DateCreation).String()
	}
	return Departement{
		ID: row.ID, Acronym: row.Acronym, Description: row.Description, Visible: row.Visible, DateCreation: created, DeptName: &name,
	}
}
