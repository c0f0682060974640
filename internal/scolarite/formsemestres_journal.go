package scolarite

import (
	"context"
	"strings"

	"intendant/db"
)

// semestreImage is what the journal keeps of a semester.
type semestreImage struct {
	FormationID          int64             `json:"formation_id"`
	SemestreID           int64             `json:"semestre_id"`
	Titre                string            `json:"titre"`
	DateDebut            string            `json:"date_debut"`
	DateFin              string            `json:"date_fin"`
	Etat                 bool              `json:"etat"`
	Modalite             string            `json:"modalite"`
	GestionCompensation  bool              `json:"gestion_compensation"`
	GestionSemestrielle  bool              `json:"gestion_semestrielle"`
	BulHideXML           bool              `json:"bul_hide_xml"`
	BlockMoyennes        bool              `json:"block_moyennes"`
	BlockMoyenneGenerale bool              `json:"block_moyenne_generale"`
	ModeCalculMoyennes   int64             `json:"mode_calcul_moyennes"`
	BulBgcolor           string            `json:"bul_bgcolor"`
	RespCanEdit          bool              `json:"resp_can_edit"`
	RespCanChangeEns     bool              `json:"resp_can_change_ens"`
	EnsCanEditEval       bool              `json:"ens_can_edit_eval"`
	EltSemApo            *string           `json:"elt_sem_apo"`
	EltAnneeApo          *string           `json:"elt_annee_apo"`
	EltPassageApo        *string           `json:"elt_passage_apo"`
	EtapeApo             string            `json:"etape_apo"`
	EdtID                *string           `json:"edt_id"`
	CapaciteAccueil      *int64            `json:"capacite_accueil"`
	BonusFunc            *string           `json:"bonus_func"`
	Responsables         []int64           `json:"responsables"`
	Parcours             []int64           `json:"parcours"`
	UECoefs              map[int64]float64 `json:"ue_coefs"`
	Modules              []int64           `json:"modules"`
}

// formSemestreImage returns what the journal keeps of a semester as it is now.
func formSemestreImage(ctx context.Context, q *db.Queries, row db.FormSemestre) (*semestreImage, error) {
	image := &semestreImage{
		FormationID: row.FormationID, SemestreID: row.SemestreID, Titre: row.Titre, DateDebut: row.DateDebut.String(), DateFin: row.DateFin.String(),
		Etat: row.Etat, Modalite: row.Modalite, GestionCompensation: row.GestionCompensation, GestionSemestrielle: row.GestionSemestrielle,
		BulHideXML: row.BulHideXml, BlockMoyennes: row.BlockMoyennes, BlockMoyenneGenerale: row.BlockMoyenneGenerale,
		ModeCalculMoyennes: row.ModeCalculMoyennes, BulBgcolor: row.BulBgcolor, RespCanEdit: row.RespCanEdit,
		RespCanChangeEns: row.RespCanChangeEns, EnsCanEditEval: row.EnsCanEditEval, EltSemApo: row.EltSemApo, EltAnneeApo: row.EltAnneeApo,
		EltPassageApo: row.EltPassageApo, EdtID: row.EdtID, CapaciteAccueil: row.CapaciteAccueil, BonusFunc: row.BonusFunc,
		UECoefs: map[int64]float64{},
	}
	var around surroundings
	if err := around.addPeople(ctx, q, []int64{row.ID}); err != nil {
		return nil, err
	}
	image.EtapeApo, image.Responsables = strings.Join(around.etapes[row.ID], ", "), orEmpty(around.responsables[row.ID])
	links, err := q.ParcoursOfFormSemestres(ctx, db.JSONList(row.ID))
	if err != nil {
		return nil, err
	}
	image.Parcours = idsOf(links, func(link db.FormsemestreParcours) int64 { return link.ParcoursID })
	coefs, err := q.UECoefsOfFormSemestre(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range coefs {
		image.UECoefs[c.UEID] = c.Coef
	}
	modules, err := q.ModuleImplsOfFormSemestre(ctx, row.ID)
	image.Modules = idsOf(modules, func(m db.ModuleImpl) int64 { return m.ModuleID })
	return image, err
}
