package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
)

// formSemestreRoutes are the entries of "API Formsemestre", those about marks
// left out, and of our extension for semesters.
func (s *Service) formSemestreRoutes() []api.Route { return nil }

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

// formSemestresOf returns rows as answers show them, in their order.
func (s *Service) formSemestresOf(_ context.Context, _ *db.Queries, _ []db.FormSemestre) ([]FormSemestre, error) {
	return nil, notYet("formSemestresOf")
}
