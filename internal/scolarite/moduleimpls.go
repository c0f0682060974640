package scolarite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// moduleImplRoutes are the entries of "API Moduleimpl" about registrations,
// and of our extension for modules of a semester.
func (s *Service) moduleImplRoutes() []api.Route {
	return []api.Route{
		api.Post("moduleimpl_etud_desinscrit", ScoView, s.moduleImplEtudDesinscrit, "/moduleimpl/{moduleimpl_id:int}/etudid/{etudid:int}/desinscrit").
			Doc("Désinscrit l'étudiant de ce moduleimpl.").
			Describe("Réservé à qui a EtudInscrit et aux responsables du semestre. Ses notes sont gardées, et comptent à nouveau s'il est réinscrit."),
		api.Post("moduleimpl_etud_inscrit", ScoView, s.moduleImplEtudInscrit, "/moduleimpl/{moduleimpl_id:int}/etudid/{etudid:int}/inscrit").
			Doc("Inscrit l'étudiant à ce moduleimpl.").
			Describe("Réservé à qui a EtudInscrit et aux responsables du semestre, où l'étudiant doit être inscrit. L'inscription d'un étudiant qui l'est déjà est rendue telle quelle."),
		api.Get("moduleimpl_inscriptions", ScoView, s.moduleImplInscriptions, "/moduleimpl/{moduleimpl_id:int}/inscriptions").
			Doc("Liste des inscriptions à ce moduleimpl."),
		api.Post("moduleimpl_create", EditFormSemestre, s.moduleImplCreate, "/formsemestre/{formsemestre_id:int}/moduleimpl/create").
			Extension().Doc("Ajoute au semestre un module de sa formation.").
			Describe("responsable_id est, par défaut, le premier responsable du semestre. 409 si le module y est déjà."),
		api.Post("moduleimpl_set_enseignants", EditFormSemestre, s.moduleImplSetEnseignants, "/moduleimpl/{moduleimpl_id:int}/enseignants").
			Extension().Doc("Remplace les enseignants du moduleimpl, donnés par la liste de leurs identifiants."),
	}
}

// ModuleImpl is a module as it is taught in a semester.
type ModuleImpl struct {
	ID              int64        `json:"id"`
	ModuleImplID    int64        `json:"moduleimpl_id"`
	ModuleID        int64        `json:"module_id"`
	FormSemestreID  int64        `json:"formsemestre_id"`
	ResponsableID   *int64       `json:"responsable_id"`
	ComputationExpr *string      `json:"computation_expr"`
	Ens             []Enseignant `json:"ens"` // by name, the one in charge left out
	Module          Module       `json:"module"`
}

// Enseignant is an account that teaches a module.
type Enseignant struct {
	ID         int64  `json:"id"`
	UserName   string `json:"user_name"`
	Nom        string `json:"nom"`
	Prenom     string `json:"prenom"`
	NomComplet string `json:"nomcomplet"` // "Pierre Dupont"
}

type moduleImplRef struct {
	ID int64 `path:"moduleimpl_id"`
}

type moduleImplEtud struct {
	moduleImplRef
	Etudid int64 `path:"etudid"`
}

// ModuleInscription is the registration of a student in a module.
type ModuleInscription struct {
	ID           int64 `json:"id"`
	Etudid       int64 `json:"etudid"`
	ModuleImplID int64 `json:"moduleimpl_id"`
}

// moduleImplInscriptions returns the registrations in a module; NotFound if it
// is unknown.
func (s *Service) moduleImplInscriptions(ctx context.Context, in moduleImplRef) ([]ModuleInscription, error) {
	q := s.Store.Read()
	if _, _, err := visibleModuleImpl(ctx, q, in.ID); err != nil {
		return nil, err
	}
	rows, err := q.ModuleInscriptions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list := make([]ModuleInscription, len(rows))
	for i, row := range rows {
		list[i] = moduleInscriptionOf(row)
	}
	return list, nil
}

func moduleInscriptionOf(row db.ModuleimplInscription) ModuleInscription {
	return ModuleInscription{ID: row.ID, Etudid: row.Etudid, ModuleImplID: row.ModuleimplID}
}

func (s *Service) moduleImplEtudInscrit(ctx context.Context, in moduleImplEtud) (ModuleInscription, error) {
	return s.InscrireModule(ctx, in.ID, in.Etudid)
}

// InscrireModule registers a student in a module; he may be already. NotFound
// if the module or the student is unknown, or the student not in the semester;
// Forbidden unless the caller may register and the semester is unlocked.
func (s *Service) InscrireModule(ctx context.Context, moduleImplID, etudid int64) (inscription ModuleInscription, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		of, err := moduleOfStudent(ctx, q, moduleImplID, etudid)
		if err != nil {
			return err
		}
		if of.inscription != nil {
			inscription = *of.inscription
			return nil
		}
		row, err := q.AddModuleInscription(ctx, db.AddModuleInscriptionParams{ModuleimplID: moduleImplID, Etudid: etudid})
		if err != nil {
			return err
		}
		inscription = moduleInscriptionOf(row)
		return s.record(ctx, q, "moduleimpl.inscrit", "moduleimpl", moduleImplID, of.name, nil, inscription)
	})
	return inscription, err
}

func (s *Service) moduleImplEtudDesinscrit(ctx context.Context, in moduleImplEtud) (OK, error) {
	return done, s.DesinscrireModule(ctx, in.ID, in.Etudid)
}

// DesinscrireModule takes a student out of a module; his marks stay. NotFound
// if the module or the student is unknown, or the student not in the module;
// Forbidden unless the caller may register and the semester is unlocked.
func (s *Service) DesinscrireModule(ctx context.Context, moduleImplID, etudid int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		of, err := moduleOfStudent(ctx, q, moduleImplID, etudid)
		if err != nil {
			return err
		}
		if of.inscription == nil {
			return errs.New(errs.NotFound, "inscription_unknown", "étudiant non inscrit à ce module")
		}
		if err := q.DeleteModuleInscription(ctx, of.inscription.ID); err != nil {
			return err
		}
		return s.record(ctx, q, "moduleimpl.desinscrit", "moduleimpl", moduleImplID, of.name, of.inscription, nil)
	})
}

// studentModule is a student of a semester before one of its modules.
type studentModule struct {
	name        string             // of both, for the journal
	inscription *ModuleInscription // nil when he is not in the module
}

// moduleOfStudent returns where a student stands with a module, if the caller
// may change it.
func moduleOfStudent(ctx context.Context, q *db.Queries, moduleImplID, etudid int64) (of studentModule, err error) {
	modimpl, sem, err := visibleModuleImpl(ctx, q, moduleImplID)
	if err != nil {
		return of, err
	}
	etud, err := visibleEtudiant(ctx, q, etudid)
	if err != nil {
		return of, err
	}
	if err := mayRegister(ctx, q, sem); err != nil {
		return of, err
	}
	if _, err := inscriptionOf(ctx, q, sem.ID, etudid); err != nil {
		return of, err
	}
	module, err := q.Module(ctx, modimpl.ModuleID)
	if err != nil {
		return of, err
	}
	of.name = module.Code + ", " + etudName(etud)
	row, err := q.ModuleInscription(ctx, db.ModuleInscriptionParams{ModuleimplID: moduleImplID, Etudid: etudid})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return of, nil
	case err != nil:
		return of, err
	}
	inscription := moduleInscriptionOf(row)
	of.inscription = &inscription
	return of, nil
}

// NewModuleImpl is a module to teach in a semester.
type NewModuleImpl struct {
	ModuleID      int64          `json:"module_id"`
	ResponsableID api.Opt[int64] `json:"responsable_id"`
}

type moduleImplCreation struct {
	formSemestreRef
	NewModuleImpl
}

func (s *Service) moduleImplCreate(ctx context.Context, in moduleImplCreation) (ModuleImpl, error) {
	return s.CreateModuleImpl(ctx, in.ID, in.NewModuleImpl)
}

// CreateModuleImpl adds a module of the programme to a semester. NotFound if
// the semester is unknown, Forbidden if it is locked, Invalid for a module of
// another programme or an account that is closed, Conflict if the module is
// there already.
func (s *Service) CreateModuleImpl(ctx context.Context, formsemestreID int64, in NewModuleImpl) (modimpl ModuleImpl, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, err := visibleFormSemestre(ctx, q, formsemestreID)
		if err != nil {
			return err
		}
		if err := unlocked(sem); err != nil {
			return err
		}
		responsable, err := responsableOf(ctx, q, sem, in.ResponsableID)
		if err != nil {
			return err
		}
		module, formation, err := visibleModule(ctx, q, in.ModuleID)
		if errs.Is(err, errs.NotFound) || err == nil && formation.ID != sem.FormationID {
			return errs.NewInvalid("module_id", "module_foreign", "module inconnu dans la formation du semestre")
		}
		if err != nil {
			return err
		}
		row, err := q.AddModuleImpl(ctx, db.AddModuleImplParams{ModuleID: module.ID, FormsemestreID: sem.ID, ResponsableID: responsable})
		if _, ok := db.UniqueColumn(err); ok {
			return errs.New(errs.Conflict, "moduleimpl_taken", "ce module est déjà dans le semestre")
		}
		if err != nil {
			return err
		}
		if modimpl, err = s.moduleImplOf(ctx, q, row); err != nil {
			return err
		}
		return s.record(ctx, q, "moduleimpl.create", "moduleimpl", row.ID, module.Code, nil, moduleImplImage(row, nil))
	})
	return modimpl, err
}

// responsableOf returns who is in charge of a new module: the account asked
// for, which must be open, or else who directs the semester first; nil for
// nobody.
func responsableOf(ctx context.Context, q *db.Queries, sem db.FormSemestre, asked api.Opt[int64]) (*int64, error) {
	if !asked.Set {
		ids, err := q.ResponsablesOf(ctx, sem.ID)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		return &ids[0], nil
	}
	id, ok := asked.Get()
	if !ok {
		return nil, nil
	}
	return &id, openAccounts(ctx, q, "responsable_id", []int64{id})
}

type moduleImplTeachers struct {
	moduleImplRef
	UIDs []int64 `body:"" maxlen:"200"`
}

func (s *Service) moduleImplSetEnseignants(ctx context.Context, in moduleImplTeachers) (ModuleImpl, error) {
	return s.SetEnseignants(ctx, in.ID, in.UIDs)
}

// SetEnseignants replaces the teachers of a module. NotFound if it is unknown,
// Forbidden if its semester is locked, Invalid for accounts that are unknown or
// closed.
func (s *Service) SetEnseignants(ctx context.Context, moduleImplID int64, uids []int64) (modimpl ModuleImpl, err error) {
	uids = distinct(uids)
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, sem, err := visibleModuleImpl(ctx, q, moduleImplID)
		if err != nil {
			return err
		}
		if err := unlocked(sem); err != nil {
			return err
		}
		if err := openAccounts(ctx, q, "enseignants", uids); err != nil {
			return err
		}
		before, err := s.moduleImplOf(ctx, q, row)
		if err != nil {
			return err
		}
		if err := q.DeleteEnseignants(ctx, row.ID); err != nil {
			return err
		}
		for _, uid := range uids {
			if err := q.AddEnseignant(ctx, db.AddEnseignantParams{ModuleimplID: row.ID, AccountID: uid}); err != nil {
				return err
			}
		}
		if modimpl, err = s.moduleImplOf(ctx, q, row); err != nil {
			return err
		}
		module, err := q.Module(ctx, row.ModuleID)
		if err != nil {
			return err
		}
		return s.record(ctx, q, "moduleimpl.update", "moduleimpl", row.ID, module.Code, moduleImplImage(row, before.Ens), moduleImplImage(row, modimpl.Ens))
	})
	return modimpl, err
}

// moduleImplImage is what the journal keeps of a module of a semester.
func moduleImplImage(row db.ModuleImpl, ens []Enseignant) any {
	names := make([]string, len(ens))
	for i, e := range ens {
		names[i] = e.UserName
	}
	return struct {
		FormSemestreID int64    `json:"formsemestre_id"`
		ModuleID       int64    `json:"module_id"`
		ResponsableID  *int64   `json:"responsable_id"`
		Ens            []string `json:"ens"`
	}{row.FormsemestreID, row.ModuleID, row.ResponsableID, names}
}

// openAccounts returns Invalid unless every account is there and open.
func openAccounts(ctx context.Context, q *db.Queries, field string, uids []int64) error {
	rows, err := q.AccountsIn(ctx, db.JSONList(uids...))
	if err != nil {
		return err
	}
	open := make(map[int64]bool, len(rows))
	for _, a := range rows {
		open[a.ID] = a.Active
	}
	var f patchFaults
	for _, uid := range uids {
		if !open[uid] {
			f.add(field, "account_closed", fmt.Sprintf("utilisateur %d inconnu ou inactif", uid))
		}
	}
	return errs.Faulty(f)
}

// distinct returns ids once each, in the order of their first appearance.
func distinct(ids []int64) []int64 {
	seen := make(map[int64]bool, len(ids))
	once := make([]int64, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	return once
}

// moduleImplOf is moduleImplsOf for one.
func (s *Service) moduleImplOf(ctx context.Context, q *db.Queries, row db.ModuleImpl) (ModuleImpl, error) {
	list, err := s.moduleImplsOf(ctx, q, []db.ModuleImpl{row})
	if err != nil {
		return ModuleImpl{}, err
	}
	return list[0], nil
}

// moduleImplsOf returns rows as answers show them, in their order.
func (s *Service) moduleImplsOf(ctx context.Context, q *db.Queries, rows []db.ModuleImpl) ([]ModuleImpl, error) {
	modules, err := s.modulesByID(ctx, q, idsOf(rows, func(row db.ModuleImpl) int64 { return row.ModuleID }))
	if err != nil {
		return nil, err
	}
	ids := idsOf(rows, func(row db.ModuleImpl) int64 { return row.ID })
	teachers, err := q.EnseignantsIn(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, err
	}
	ens := make(map[int64][]Enseignant, len(rows))
	for _, t := range teachers {
		ens[t.ModuleimplID] = append(ens[t.ModuleimplID], Enseignant{
			ID: t.ID, UserName: t.UserName, Nom: t.LastName, Prenom: t.FirstName, NomComplet: nomComplet(t.UserName, t.FirstName, t.LastName),
		})
	}
	list := make([]ModuleImpl, len(rows))
	for i, row := range rows {
		list[i] = ModuleImpl{
			ID: row.ID, ModuleImplID: row.ID, ModuleID: row.ModuleID, FormSemestreID: row.FormsemestreID, ResponsableID: row.ResponsableID,
			ComputationExpr: row.ComputationExpr, Ens: orEmpty(ens[row.ID]), Module: modules[row.ModuleID],
		}
	}
	return list, nil
}
