package scolarite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/presence"
)

// assiduiteRoutes are the entries of "API Assiduites".
func (s *Service) assiduiteRoutes() []api.Route {
	ofEtudiant := func(before, after string) []string {
		return []string{before + "/ine/{ine}" + after, before + "/nip/{nip}" + after, before + "/etudid/{etudid:int}" + after, before + "/{etudid:int}" + after}
	}
	both := func(paths []string) []string {
		var list []string
		for _, path := range paths {
			list = append(list, path+"/query", path)
		}
		return list
	}
	return []api.Route{
		api.Get("assiduite", ScoView, s.assiduite, "/assiduite/{assiduite_id:int}").
			Doc("Retourne un objet assiduité à partir de son id."),
		api.Post("assiduite_create", AbsChange, s.assiduiteCreate, ofEtudiant("/assiduite", "/create")...).
			Doc("Enregistrement d'assiduités pour un étudiant.").Describe(assiduiteItemText + batchText),
		api.Post("assiduite_delete", AbsChange, s.assiduiteDelete, "/assiduite/delete").
			Doc("Suppression d'assiduités à partir de leurs ids.").Describe("Le corps est une liste d'ids. " + batchText),
		api.Post("assiduite_edit", AbsChange, s.assiduiteEdit, "/assiduite/{assiduite_id:int}/edit").
			Doc("Édition d'une assiduité à partir de son id.").
			Describe("Champs, tous optionnels : etat, moduleimpl_id (entier, null ou \"autre\"), desc, external_data. est_just est accepté et ignoré : il se déduit des justificatifs."),
		api.Get("assiduite_justificatifs", ScoView, s.assiduiteJustificatifsLong, "/assiduite/{assiduite_id:int}/justificatifs/long").
			Doc("Retourne la liste des justificatifs qui justifient cette assiduité, en entier."),
		api.Get("assiduite_justificatifs", ScoView, s.assiduiteJustificatifs, "/assiduite/{assiduite_id:int}/justificatifs").
			Doc("Retourne la liste des ids des justificatifs qui justifient cette assiduité."),
		api.Get("assiduites", ScoView, s.assiduites, both(ofEtudiant("/assiduites", ""))...).
			Doc("Retourne toutes les assiduités d'un étudiant.").Describe(assiduiteFilterText),
		api.Get("assiduites_count", ScoView, s.assiduitesCount, both(ofEtudiant("/assiduites", "/count"))...).
			Doc("Retourne le nombre d'assiduités d'un étudiant.").Describe(assiduiteFilterText + countText),
		api.Post("assiduites_create", AbsChange, s.assiduitesCreate, "/assiduites/create").
			Doc("Création d'une assiduité ou de plusieurs.").Describe("Comme assiduite_create, avec etudid dans chaque élément. " + assiduiteItemText + batchText),
		api.Post("assiduites_edit", AbsChange, s.assiduitesEdit, "/assiduites/edit").
			Doc("Édition de plusieurs assiduités.").Describe("Le corps est une liste d'objets : assiduite_id et les champs d'assiduite_edit. " + batchText),
		api.Get("assiduites_evaluations", ScoView, s.assiduitesEvaluations, ofEtudiant("/assiduites", "/evaluations")...).
			Doc("Retourne la liste de toutes les évaluations de l'étudiant, et pour chacune ses assiduités sur la plage de l'évaluation."),
		api.Get("assiduites_formsemestre", ScoView, s.assiduitesFormSemestre, both([]string{"/assiduites/formsemestre/{formsemestre_id:int}"})...).
			Doc("Retourne toutes les assiduités du formsemestre.").Describe(assiduiteFilterText),
		api.Get("assiduites_formsemestre_count", ScoView, s.assiduitesFormSemestreCount, both([]string{"/assiduites/formsemestre/{formsemestre_id:int}/count"})...).
			Doc("Comptage des assiduités du formsemestre.").Describe(assiduiteFilterText + countText + " Les jours et demi-journées sont ceux de chaque étudiant, additionnés."),
		api.Get("assiduites_group", ScoView, s.assiduitesGroup, "/assiduites/group/query").
			Doc("Retourne toutes les assiduités d'un groupe d'étudiants.").Describe("etudids : les ids des étudiants, séparés par des virgules, tous d'un même département. " + assiduiteFilterText),
	}
}

// The texts that several entries share.
const (
	batchText           = "La réponse est 200 avec, pour chaque élément, son rang (indice) dans success ou dans errors : un élément refusé n'empêche pas les autres."
	assiduiteItemText   = "Le corps est une liste d'objets : date_debut, date_fin (ISO 8601 ; sans décalage, heure du site), etat (present, retard ou absent), et au besoin moduleimpl_id (entier, null ou \"autre\"), desc, external_data (objet, rendu tel quel). "
	assiduiteFilterText = "Filtres, avec ou sans /query : user_id, est_just (retient absences et retards), moduleimpl_id (vide : sans module), date_debut (au plus tôt), date_fin (au plus tard), etat (liste), formsemestre_id, with_justifs (ajoute les justificatifs). "
	countText           = "metric : liste parmi compte, journee, demi, heure, toutes par défaut ; split : par état, avec le détail justifié et non justifié."
)

// Assiduite is a record of attendance as answers show it.
type Assiduite struct {
	AssiduiteID    int64            `json:"assiduite_id"`
	Etudid         int64            `json:"etudid"`
	CodeNIP        *string          `json:"code_nip"`
	ModuleImplID   *int64           `json:"moduleimpl_id"`
	DateDebut      Instant          `json:"date_debut"`
	DateFin        Instant          `json:"date_fin"`
	Etat           string           `json:"etat"` // "retard", or "RETARD" in production
	Desc           *string          `json:"desc"`
	EntryDate      Instant          `json:"entry_date"`
	UserID         *int64           `json:"user_id"`
	UserName       *string          `json:"user_name"`
	UserNomComplet *string          `json:"user_nom_complet"`
	EstJust        bool             `json:"est_just"`
	ExternalData   *json.RawMessage `json:"external_data"` // an object, as it was sent
	// Justificatifs are those that cover the record, when they are asked for.
	Justificatifs *[]Justificatif `json:"justificatifs,omitempty"`
}

// stateNames are the states of attendance by number.
var stateNames = []string{presence.Present: "present", presence.Late: "retard", presence.Absent: "absent"}

// indexFold returns the place of a name in a list, in any case.
func indexFold(names []string, text string) (index int64, ok bool) {
	for i, name := range names {
		if strings.EqualFold(name, strings.TrimSpace(text)) {
			return int64(i), true
		}
	}
	return 0, false
}

// stateName writes a state as the profile has it: lower case in the published
// document, upper case in production.
func (s *Service) stateName(names []string, state int64) string {
	if s.Wire == Production {
		return strings.ToUpper(names[state])
	}
	return names[state]
}

// authors are the accounts that entered something, by id.
type authors map[int64]db.AccountNamesRow

func authorsOf(ctx context.Context, q *db.Queries, ids map[int64]bool) (authors, error) {
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	rows, err := q.AccountNames(ctx, db.JSONList(list...))
	if err != nil {
		return nil, fmt.Errorf("authors: %w", err)
	}
	found := make(authors, len(rows))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

// names returns the user name and the full name of an author, nil without one.
func (a authors) names(id *int64) (userName, fullName *string) {
	if id == nil {
		return nil, nil
	}
	row, ok := a[*id]
	if !ok {
		return nil, nil
	}
	full := nomComplet(row.UserName, row.FirstName, row.LastName)
	return &row.UserName, &full
}

// codesNIP returns the NIP of students by id.
func codesNIP(ctx context.Context, q *db.Queries, ids map[int64]bool) (map[int64]*string, error) {
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	rows, err := q.CodesNIP(ctx, db.JSONList(list...))
	if err != nil {
		return nil, fmt.Errorf("NIP of students: %w", err)
	}
	codes := make(map[int64]*string, len(rows))
	for _, row := range rows {
		codes[row.ID] = row.CodeNip
	}
	return codes, nil
}

// assiduitesOf returns rows as answers show them, in their order, with the
// justifications that cover them if asked.
func (s *Service) assiduitesOf(ctx context.Context, q *db.Queries, rows []db.Assiduite, withJustifs bool) ([]Assiduite, error) {
	etudids, users := map[int64]bool{}, map[int64]bool{}
	for _, row := range rows {
		etudids[row.Etudid] = true
		if row.AccountID != nil {
			users[*row.AccountID] = true
		}
	}
	nips, err := codesNIP(ctx, q, etudids)
	if err != nil {
		return nil, err
	}
	by, err := authorsOf(ctx, q, users)
	if err != nil {
		return nil, err
	}
	list := make([]Assiduite, len(rows))
	for i, row := range rows {
		list[i] = s.assiduiteOf(row, nips[row.Etudid], by)
	}
	if withJustifs {
		err = s.addJustificatifs(ctx, q, list, etudids)
	}
	return list, err
}

func (s *Service) assiduiteOf(row db.Assiduite, nip *string, by authors) Assiduite {
	a := Assiduite{
		AssiduiteID: row.ID, Etudid: row.Etudid, CodeNIP: nip, ModuleImplID: row.ModuleimplID,
		DateDebut: s.instant(row.DebutAt), DateFin: s.instant(row.FinAt), Etat: s.stateName(stateNames, row.Etat),
		Desc: row.Description, EntryDate: s.instant(row.EntryAt), UserID: row.AccountID, EstJust: row.EstJust, ExternalData: rawOrNil(row.ExternalData),
	}
	a.UserName, a.UserNomComplet = by.names(row.AccountID)
	return a
}

// rawOrNil is JSON kept as text, nil for none.
func rawOrNil(text *string) *json.RawMessage {
	if text == nil {
		return nil
	}
	raw := json.RawMessage(*text)
	return &raw
}

// addJustificatifs gives each record the justifications that cover it.
func (s *Service) addJustificatifs(ctx context.Context, q *db.Queries, list []Assiduite, etudids map[int64]bool) error {
	ids := make([]int64, 0, len(etudids))
	for id := range etudids {
		ids = append(ids, id)
	}
	rows, err := q.JustificatifsOfEtudiants(ctx, db.JSONList(ids...))
	if err != nil {
		return fmt.Errorf("justifications: %w", err)
	}
	shown, err := s.justificatifsOf(ctx, q, rows)
	if err != nil {
		return err
	}
	byEtudid := map[int64][]int{}
	for i, row := range rows {
		byEtudid[row.Etudid] = append(byEtudid[row.Etudid], i)
	}
	for i := range list {
		covering := []Justificatif{}
		for _, k := range byEtudid[list[i].Etudid] {
			if covers(rows[k], list[i].DateDebut.Time, list[i].DateFin.Time) {
				covering = append(covering, shown[k])
			}
		}
		list[i].Justificatifs = &covering
	}
	return nil
}

type assiduiteRef struct {
	ID int64 `path:"assiduite_id"`
}

var errAssiduiteUnknown = errs.New(errs.NotFound, "assiduite_unknown", "Assiduite non existante")

// visibleAssiduite returns a record that exists for ctx's request, and its
// student; NotFound otherwise.
func visibleAssiduite(ctx context.Context, q *db.Queries, id int64) (db.Assiduite, db.Etudiant, error) {
	row, err := q.Assiduite(ctx, id)
	if err != nil {
		return row, db.Etudiant{}, db.NotFound(err, errAssiduiteUnknown.Code, errAssiduiteUnknown.Message)
	}
	etud, err := visibleEtudiant(ctx, q, row.Etudid)
	if errs.Is(err, errs.NotFound) {
		err = errAssiduiteUnknown
	}
	return row, etud, err
}

// assiduite returns one record; NotFound if it is unknown.
func (s *Service) assiduite(ctx context.Context, in assiduiteRef) (Assiduite, error) {
	q := s.Store.Read()
	row, _, err := visibleAssiduite(ctx, q, in.ID)
	if err != nil {
		return Assiduite{}, err
	}
	list, err := s.assiduitesOf(ctx, q, []db.Assiduite{row}, false)
	if err != nil {
		return Assiduite{}, err
	}
	return list[0], nil
}

// assiduiteJustificatifsLong returns the justifications that cover a record;
// NotFound if it is unknown.
func (s *Service) assiduiteJustificatifsLong(ctx context.Context, in assiduiteRef) ([]Justificatif, error) {
	q := s.Store.Read()
	row, _, err := visibleAssiduite(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := s.assiduitesOf(ctx, q, []db.Assiduite{row}, true)
	if err != nil {
		return nil, err
	}
	return *list[0].Justificatifs, nil
}

// assiduiteJustificatifs returns the ids of the justifications that cover a
// record; NotFound if it is unknown.
func (s *Service) assiduiteJustificatifs(ctx context.Context, in assiduiteRef) ([]int64, error) {
	covering, err := s.assiduiteJustificatifsLong(ctx, in)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(covering))
	for i, j := range covering {
		ids[i] = j.JustifID
	}
	return ids, nil
}

// assiduitesIn is a student or a semester, and filters.
type assiduitesIn struct {
	etudRef
	assiduiteFilters
}

// assiduites returns the records of a student in order of time; NotFound for
// an unknown student, an unknown semester, a filter that cannot be read.
func (s *Service) assiduites(ctx context.Context, in assiduitesIn) ([]Assiduite, error) {
	q := s.Store.Read()
	etud, filter, err := s.studentAndFilter(ctx, q, in)
	if err != nil {
		return nil, err
	}
	rows, err := q.AssiduitesOfEtudiant(ctx, etud.ID)
	if err != nil {
		return nil, fmt.Errorf("attendance of student %d: %w", etud.ID, err)
	}
	return s.assiduitesOf(ctx, q, filter.keep(rows), filter.withJustifs)
}

// studentAndFilter reads whose records are asked for, and which.
func (s *Service) studentAndFilter(ctx context.Context, q *db.Queries, in assiduitesIn) (db.Etudiant, attendanceFilter, error) {
	etud, err := etudiantOf(ctx, q, in.etudRef)
	if err != nil {
		return etud, attendanceFilter{}, err
	}
	filter, err := s.attendanceFilter(ctx, q, in.assiduiteFilters)
	return etud, filter, err
}

// assiduitesGroupIn is a list of students, and filters.
type assiduitesGroupIn struct {
	Etudids string `query:"etudids"`
	assiduiteFilters
}

// assiduitesGroup returns the records of some students by etudid, each of them
// there; NotFound for an unknown student or students of several departments.
func (s *Service) assiduitesGroup(ctx context.Context, in assiduitesGroupIn) (Ordered[[]Assiduite], error) {
	q := s.Store.Read()
	ids, err := etudidsOf(ctx, q, in.Etudids)
	if err != nil {
		return nil, err
	}
	filter, err := s.attendanceFilter(ctx, q, in.assiduiteFilters)
	if err != nil {
		return nil, err
	}
	rows, err := q.AssiduitesOfEtudiants(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, fmt.Errorf("attendance of students: %w", err)
	}
	list, err := s.assiduitesOf(ctx, q, filter.keep(rows), filter.withJustifs)
	return byEtudid(ids, list), err
}

// byEtudid puts records under the students they are of, each of whom is there.
func byEtudid(ids []int64, list []Assiduite) Ordered[[]Assiduite] {
	of := make(map[int64][]Assiduite, len(ids))
	for _, id := range ids {
		of[id] = []Assiduite{}
	}
	for _, a := range list {
		of[a.Etudid] = append(of[a.Etudid], a)
	}
	object := Ordered[[]Assiduite]{}
	for _, id := range ids {
		object.AddID(id, of[id])
	}
	return object
}

// etudidsOf reads "1,2,3", students of one department; NotFound otherwise.
func etudidsOf(ctx context.Context, q *db.Queries, text string) ([]int64, error) {
	ids, ok := parseIDs(text)
	if !ok || len(ids) == 0 {
		return nil, errs.New(errs.NotFound, "etudids_invalid", "le paramètre 'etudids' est invalide (liste d'ids attendue)")
	}
	etuds, err := q.EtudiantsByID(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, fmt.Errorf("students: %w", err)
	}
	if len(etuds) < len(ids) {
		return nil, errEtudiantUnknown
	}
	for _, etud := range etuds {
		switch {
		case !sees(ctx, etud.DeptID):
			return nil, errEtudiantUnknown
		case etud.DeptID != etuds[0].DeptID:
			return nil, errs.New(errs.NotFound, "etudids_mixed", "les étudiants sont de départements différents")
		}
	}
	return ids, nil
}
