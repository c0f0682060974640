package scolarite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// formSemestreRoutes are the entries of "API Formsemestre", those about marks
// left out, and of our extension for semesters.
func (s *Service) formSemestreRoutes() []api.Route {
	return slices.Concat([]api.Route{
		api.Post("formsemestre_edit", EditFormSemestre, s.formSemestreEdit, "/formsemestre/{formsemestre_id:int}/edit").
			Accepts(maxSemestre).Doc("Modifie les champs d'un formsemestre.").Describe(describeEdit),
		api.Get("formsemestre_etudiants", ScoView, s.formSemestreEtudiants,
			"/formsemestre/{formsemestre_id:int}/etudiants/query", "/formsemestre/{formsemestre_id:int}/etudiants").
			Doc("Étudiants d'un formsemestre.").Describe(describeEtudiants),
		api.Get("formsemestre_etudiants", ScoView, s.formSemestreEtudiantsLong,
			"/formsemestre/{formsemestre_id:int}/etudiants/long/query", "/formsemestre/{formsemestre_id:int}/etudiants/long").
			Doc("Étudiants d'un formsemestre.").Describe(describeEtudiants),
		api.Get("formsemestre_get", ScoView, s.formSemestreGet, "/formsemestre/{formsemestre_id:int}").
			Doc("Information sur le formsemestre indiqué."),
		api.Get("formsemestre_programme", ScoView, s.formSemestreProgramme, "/formsemestre/{formsemestre_id:int}/programme").
			Doc("Retourne la liste des UEs, ressources et SAEs d'un semestre").Describe(describeProgramme),
		api.Get("formsemestres_query", ScoView, s.formSemestresQuery, "/formsemestres/query").
			Doc("Retourne les formsemestres filtrés par étape Apogée ou année scolaire ou département (acronyme ou id) ou état ou code étudiant. Si annee_scolaire, ne sélectionne que les formsemestres de cette année scolaire.").
			Describe(describeQuery),
		api.Post("formsemestre_create", EditFormSemestre, s.formSemestreCreate, "/formsemestre/create").
			Extension().Accepts(maxSemestre).Doc("Crée un formsemestre d'une formation, avec ses modules.").Describe(describeCreate),
	}, s.apogeeRoutes(), s.inscriptionRoutes())
}

// maxSemestre bounds the description of a semester, in bytes.
const maxSemestre = 1 << 20

const describeEdit = `On peut spécifier un ou plusieurs champs : titre, semestre_id (numéro de 1 à 12, -1 si la formation n'a pas de semestres), date_debut, date_fin (ISO ou JJ/MM/AAAA), edt_id, etat (false verrouille), modalite (FI, FAP, FC, DEC, LIC, CPRO, DIST, ETR, EXT, OTHER), gestion_compensation, gestion_semestrielle, bul_hide_xml, block_moyennes, block_moyenne_generale, mode_calcul_moyennes, bul_bgcolor, resp_can_edit, resp_can_change_ens, ens_can_edit_eval, elt_sem_apo, elt_annee_apo, elt_passage_apo.

Nous acceptons aussi etape_apo ("V1RT, V1RT2"), capacite_accueil, responsables (liste d'id d'utilisateurs actifs, ceux de users/query), parcours (liste d'identifiants de parcours), bonus_func, preferences ({nom: valeur}) et ue_coefs ({ue_id: coefficient, ou null pour revenir à celui de la formation}).

Un semestre verrouillé n'accepte que les codes Apogée (elt_*_apo, etape_apo), ou {"etat": true} qui le déverrouille, avec les autres champs du même corps.`

const describeCreate = `formation_id, date_debut et date_fin sont obligatoires ; dept est par défaut le département de l'adresse, sinon celui de la formation. titre est par défaut celui de la formation, semestre_id 1, modalite "FI". modules : "all" (par défaut), les modules de la formation dont le semestre est semestre_id, tous si semestre_id est -1 ; ou une liste d'identifiants de modules. responsables : des id de comptes, ceux de users/query ; le premier l'est aussi de chaque module. Si des parcours sont donnés, la partition Parcours est créée avec un groupe par parcours. Les autres champs de formsemestre_edit sont acceptés.`

const describeProgramme = `ues, ressources, saes et modules, chacun dans l'ordre des numéros, l'UE de sport en dernier. En BUT, les UEs sont celles de la formation pour ce semestre, et modules ne contient que les modules qui ne sont ni ressources ni SAÉ ; ailleurs, les UEs sont celles des modules.`

const describeEtudiants = `Si l'état est spécifié, ne renvoie que les inscrits (I), les démissionnaires (D) ou les défaillants (DEF). Chaque étudiant a ses groupes, sans celui de la partition par défaut.`

const describeQuery = `Une année scolaire va du 1er août au 31 juillet ; un semestre est de celle où il commence. Plusieurs filtres s'ajoutent. Du plus récent au plus ancien.

* etape_apo : un code étape Apogée ; une version ("V1RT!111") ne compte que si les deux codes en ont une
* annee_scolaire : année de début de l'année scolaire
* dept_acronym, dept_id : le département
* etat : 0 si verrouillé, 1 sinon
* nip, ine : code d'un étudiant, dont ramène les semestres`

// FormSemestre is a semester as answers show it.
type FormSemestre struct {
	ID                   int64       `json:"id"`
	FormSemestreID       int64       `json:"formsemestre_id"`
	DeptID               int64       `json:"dept_id"`
	Departement          Departement `json:"departement"`
	FormationID          int64       `json:"formation_id"`
	Formation            Formation   `json:"formation"`
	SemestreID           int64       `json:"semestre_id"` // 1 to n, -1 for no number
	Titre                string      `json:"titre"`
	TitreNum             string      `json:"titre_num"` // "BUT R&T semestre 1"
	TitreCourt           string      `json:"titre_court"`
	TitreFormation       string      `json:"titre_formation"`
	DateDebut            string      `json:"date_debut"` // DD/MM/YYYY
	DateDebutISO         string      `json:"date_debut_iso"`
	DateFin              string      `json:"date_fin"`
	DateFinISO           string      `json:"date_fin_iso"`
	AnneeScolaire        int64       `json:"annee_scolaire"`
	Etat                 bool        `json:"etat"` // true is open
	Modalite             string      `json:"modalite"`
	SessionID            string      `json:"session_id"`
	EtapeApo             string      `json:"etape_apo"` // "V1RT, V1RT2"
	EltSemApo            *string     `json:"elt_sem_apo"`
	EltAnneeApo          *string     `json:"elt_annee_apo"`
	EltPassageApo        *string     `json:"elt_passage_apo"`
	Parcours             []Parcours  `json:"parcours"`
	Responsables         []int64     `json:"responsables"`
	BlockMoyennes        bool        `json:"block_moyennes"`
	BlockMoyenneGenerale bool        `json:"block_moyenne_generale"`
	ModeCalculMoyennes   int64       `json:"mode_calcul_moyennes"`
	BulHideXML           bool        `json:"bul_hide_xml"`
	BulBgcolor           string      `json:"bul_bgcolor"`
	GestionCompensation  bool        `json:"gestion_compensation"`
	GestionSemestrielle  bool        `json:"gestion_semestrielle"`
	RespCanEdit          bool        `json:"resp_can_edit"`
	RespCanChangeEns     bool        `json:"resp_can_change_ens"`
	EnsCanEditEval       bool        `json:"ens_can_edit_eval"`
	EdtID                *string     `json:"edt_id"`
	CapaciteAccueil      *int64      `json:"capacite_accueil"`
	ScoDoc7ID            *string     `json:"scodoc7_id"`
	PegasePeriode        string      `json:"pegase_periode"`
	PegaseChemins        string      `json:"pegase_chemins"`
}

type formSemestreRef struct {
	ID int64 `path:"formsemestre_id"`
}

// formSemestreGet returns a semester; NotFound if it is unknown or lies in a
// department that the request cannot see.
func (s *Service) formSemestreGet(ctx context.Context, in formSemestreRef) (FormSemestre, error) {
	return s.FormSemestre(ctx, in.ID)
}

// FormSemestre returns a semester as answers show it, or NotFound.
func (s *Service) FormSemestre(ctx context.Context, id int64) (FormSemestre, error) {
	q := s.Store.Read()
	row, err := visibleFormSemestre(ctx, q, id)
	if err != nil {
		return FormSemestre{}, err
	}
	return s.formSemestreOf(ctx, q, row)
}

// FormSemestreFilter chooses semesters; what is left out chooses all.
type FormSemestreFilter struct {
	EtapeApo      api.Opt[string] `query:"etape_apo"`
	AnneeScolaire api.Opt[int64]  `query:"annee_scolaire"`
	DeptAcronym   api.Opt[string] `query:"dept_acronym"`
	DeptID        api.Opt[int64]  `query:"dept_id"`
	Etat          api.Opt[int64]  `query:"etat" ge:"0" le:"1"`
	NIP           api.Opt[string] `query:"nip"`
	INE           api.Opt[string] `query:"ine"`
}

func (s *Service) formSemestresQuery(ctx context.Context, in FormSemestreFilter) (FormSemestres, error) {
	return s.FormSemestres(ctx, in)
}

// FormSemestres returns the semesters that pass every filter, the latest first;
// none for a department or a student that is unknown.
func (s *Service) FormSemestres(ctx context.Context, f FormSemestreFilter) (FormSemestres, error) {
	q := s.Store.Read()
	dept, err := chosenDepartement(ctx, q, f)
	if errs.Is(err, errs.NotFound) {
		return FormSemestres{}, nil
	}
	if err != nil {
		return nil, err
	}
	params := db.FindFormSemestresParams{DeptID: dept, Etat: f.Etat.Or(-1), Nip: f.NIP.Ptr(), Ine: f.INE.Ptr(), Etape: f.EtapeApo.Ptr()}
	if year, ok := f.AnneeScolaire.Get(); ok {
		if year < 0 || year > 9998 {
			return FormSemestres{}, nil
		}
		since, before := fmt.Sprintf("%04d-08-01", year), fmt.Sprintf("%04d-08-01", year+1)
		params.Since, params.Before = &since, &before
	}
	rows, err := q.FindFormSemestres(ctx, params)
	if err != nil {
		return nil, err
	}
	return s.formSemestresOf(ctx, q, rows)
}

// chosenDepartement returns the department that a request and its filters agree
// on, 0 for all, or NotFound.
func chosenDepartement(ctx context.Context, q *db.Queries, f FormSemestreFilter) (int64, error) {
	dept := deptOf(ctx)
	if id, ok := f.DeptID.Get(); ok {
		row, err := visibleDepartement(ctx, q, id)
		if err != nil {
			return 0, err
		}
		dept = row.ID
	}
	if acronym, ok := f.DeptAcronym.Get(); ok {
		row, err := visibleDepartementNamed(ctx, q, acronym)
		if err != nil {
			return 0, err
		}
		if dept != 0 && dept != row.ID {
			return 0, errs.New(errs.NotFound, "departement_unknown", "département inconnu")
		}
		dept = row.ID
	}
	return dept, nil
}

// formSemestreOf is formSemestresOf for one.
func (s *Service) formSemestreOf(ctx context.Context, q *db.Queries, row db.FormSemestre) (FormSemestre, error) {
	list, err := s.formSemestresOf(ctx, q, []db.FormSemestre{row})
	if err != nil {
		return FormSemestre{}, err
	}
	return list[0], nil
}

// formSemestresOf returns rows as answers show them, in their order.
func (s *Service) formSemestresOf(ctx context.Context, q *db.Queries, rows []db.FormSemestre) ([]FormSemestre, error) {
	list := make([]FormSemestre, 0, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	around, err := s.surroundings(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		list = append(list, around.formSemestre(row))
	}
	return list, nil
}

// surroundings is what answers show around the rows of semesters, by the ids of
// the semesters or by their own.
type surroundings struct {
	departements departementList
	formations   map[int64]Formation
	responsables map[int64][]int64
	etapes       map[int64][]string
	parcours     map[int64][]Parcours
}

func (s *Service) surroundings(ctx context.Context, q *db.Queries, rows []db.FormSemestre) (around surroundings, err error) {
	ids, formations := make([]int64, len(rows)), make([]int64, len(rows))
	for i, row := range rows {
		ids[i], formations[i] = row.ID, row.FormationID
	}
	slices.Sort(formations)
	if around.formations, err = s.formationsByID(ctx, q, slices.Compact(formations)); err != nil {
		return around, err
	}
	if around.departements, err = s.departementsFor(ctx, q); err != nil {
		return around, err
	}
	if err = around.addPeople(ctx, q, ids); err != nil {
		return around, err
	}
	around.parcours, err = s.parcoursOfFormSemestres(ctx, q, ids)
	return around, err
}

// addPeople adds who directs the semesters and, the other list of theirs, the
// Apogée steps.
func (around *surroundings) addPeople(ctx context.Context, q *db.Queries, ids []int64) error {
	responsables, err := q.ResponsablesIn(ctx, db.JSONList(ids...))
	if err != nil {
		return err
	}
	around.responsables = make(map[int64][]int64, len(ids))
	for _, r := range responsables {
		around.responsables[r.FormsemestreID] = append(around.responsables[r.FormsemestreID], r.AccountID)
	}
	etapes, err := q.EtapesIn(ctx, db.JSONList(ids...))
	if err != nil {
		return err
	}
	around.etapes = make(map[int64][]string, len(ids))
	for _, e := range etapes {
		around.etapes[e.FormsemestreID] = append(around.etapes[e.FormsemestreID], e.Code)
	}
	return nil
}

// parcoursOfFormSemestres returns the tracks of semesters, each in their order.
func (s *Service) parcoursOfFormSemestres(ctx context.Context, q *db.Queries, ids []int64) (map[int64][]Parcours, error) {
	links, err := q.ParcoursOfFormSemestres(ctx, db.JSONList(ids...))
	if err != nil || len(links) == 0 {
		return nil, err
	}
	tracks := make([]int64, len(links))
	for i, link := range links {
		tracks[i] = link.ParcoursID
	}
	slices.Sort(tracks)
	byID, err := s.parcoursByID(ctx, q, slices.Compact(tracks))
	if err != nil {
		return nil, err
	}
	of := make(map[int64][]Parcours, len(ids))
	for _, link := range links {
		of[link.FormsemestreID] = append(of[link.FormsemestreID], byID[link.ParcoursID])
	}
	return of, nil
}

func (around *surroundings) formSemestre(row db.FormSemestre) FormSemestre {
	formation := around.formations[row.FormationID]
	return FormSemestre{
		ID: row.ID, FormSemestreID: row.ID, DeptID: row.DeptID, Departement: around.departements.byID[row.DeptID],
		FormationID: row.FormationID, Formation: formation, SemestreID: row.SemestreID,
		Titre: row.Titre, TitreNum: titreNum(row), TitreCourt: formation.Acronyme, TitreFormation: formation.Acronyme,
		DateDebut: frenchDay(row.DateDebut), DateDebutISO: row.DateDebut.String(),
		DateFin: frenchDay(row.DateFin), DateFinISO: row.DateFin.String(),
		AnneeScolaire: AnneeScolaire(row.DateDebut), Etat: row.Etat, Modalite: row.Modalite,
		SessionID: sessionID(row, around.departements.sessionNames[row.DeptID], formation.TypeParcours),
		EtapeApo:  strings.Join(around.etapes[row.ID], ", "),
		EltSemApo: row.EltSemApo, EltAnneeApo: row.EltAnneeApo, EltPassageApo: row.EltPassageApo,
		Parcours: orEmpty(around.parcours[row.ID]), Responsables: orEmpty(around.responsables[row.ID]),
		BlockMoyennes: row.BlockMoyennes, BlockMoyenneGenerale: row.BlockMoyenneGenerale, ModeCalculMoyennes: row.ModeCalculMoyennes,
		BulHideXML: row.BulHideXml, BulBgcolor: row.BulBgcolor,
		GestionCompensation: row.GestionCompensation, GestionSemestrielle: row.GestionSemestrielle,
		RespCanEdit: row.RespCanEdit, RespCanChangeEns: row.RespCanChangeEns, EnsCanEditEval: row.EnsCanEditEval,
		EdtID: row.EdtID, CapaciteAccueil: row.CapaciteAccueil, ScoDoc7ID: row.Scodoc7ID,
	}
}

// orEmpty is a list that is never null in JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
