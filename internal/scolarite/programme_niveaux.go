package scolarite

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// niveauRoutes are the entries that tie UEs of a BUT to competences.
func (s *Service) niveauRoutes() []api.Route {
	return []api.Route{
		api.Post("ue_set_parcours", EditFormation, s.ueSetParcours, "/formation/ue/{ue_id:int}/set_parcours").Refuses(http.StatusBadRequest).
			Doc("Associe UE et parcours BUT.").
			Describe("La liste des ids de parcours est passée en argument JSON : elle remplace la précédente, et vide, elle les veut tous. " +
				"Les parcours sont du référentiel de la formation (404) et atteignent le niveau de l'UE, qu'aucune autre UE du semestre n'a pour eux (400)."),
		api.Post("ue_assoc_niveau", EditFormation, s.ueAssocNiveau, "/formation/ue/{ue_id:int}/assoc_niveau/{niveau_id:int}").
			Doc("Associe l'UE au niveau de compétence.").
			Describe("Le niveau est du référentiel de la formation, de l'année de l'UE, atteint par ses parcours, et libre pour eux dans le semestre : 404 sinon."),
		api.Post("ue_desassoc_niveau", EditFormation, s.ueDesassocNiveau, "/formation/ue/{ue_id:int}/desassoc_niveau").
			Doc("Désassocie cette UE de son niveau de compétence (si elle n'est pas associée, ne fait rien)."),
	}
}

// Outcome says what was done; Status is always 0.
type Outcome struct {
	Status  int64  `json:"status"`
	Message string `json:"message"`
}

type ueParcours struct {
	ueRef
	Parcours []int64 `body:""`
}

// ueSetParcours puts a UE into tracks and no others. NotFound for an unknown UE
// or track, Forbidden when the UE counts in a locked semester, Invalid when its
// level does not suit the tracks.
func (s *Service) ueSetParcours(ctx context.Context, in ueParcours) (Outcome, error) {
	ue, err := s.SetUEParcours(ctx, in.UEID, in.Parcours)
	if err != nil {
		return Outcome{}, err
	}
	if len(ue.Parcour) == 0 {
		return Outcome{Message: ue.Acronyme + " est de tous les parcours"}, nil
	}
	return Outcome{Message: ue.Acronyme + " est des parcours " + strings.Join(codesOf(ue.Parcour), ", ")}, nil
}

// SetUEParcours puts a UE into tracks and no others, none meaning all, and
// returns it. It fails as [Service.ueSetParcours] does.
func (s *Service) SetUEParcours(ctx context.Context, id int64, parcours []int64) (UE, error) {
	parcours = slices.Compact(slices.Sorted(slices.Values(parcours)))
	return s.changeUE(ctx, id, func(ctx context.Context, q *db.Queries, row db.UE, formation db.Formation) error {
		if _, err := parcoursOfFormation(ctx, q, formation, parcours); err != nil {
			return err
		}
		if row.NiveauID != nil {
			if err := suits(ctx, q, formation, row, *row.NiveauID, parcours); err != nil {
				return err
			}
		}
		if err := q.RemoveUEParcours(ctx, db.RemoveUEParcoursParams{UEID: id, Kept: db.JSONList(parcours...)}); err != nil {
			return err
		}
		for _, p := range parcours {
			if err := q.AddUEParcours(ctx, db.AddUEParcoursParams{UEID: id, ParcoursID: p}); err != nil {
				return err
			}
		}
		return nil
	})
}

type ueNiveau struct {
	ueRef
	NiveauID int64 `path:"niveau_id"`
}

// ueAssocNiveau ties a UE to a level. NotFound for an unknown UE or level,
// Forbidden when the UE counts in a locked semester, Invalid when they do not
// suit each other.
func (s *Service) ueAssocNiveau(ctx context.Context, in ueNiveau) (Outcome, error) {
	ue, err := s.SetUENiveau(ctx, in.UEID, &in.NiveauID)
	if err != nil {
		return Outcome{}, err
	}
	niveau, err := s.Store.Read().NiveauWithCompetence(ctx, in.NiveauID)
	return Outcome{Message: fmt.Sprintf("%s est associée au niveau « %s » de %s", ue.Acronyme, niveau.Titre, niveau.Annee)}, err
}

// ueDesassocNiveau unties a UE from its level, if it has one. NotFound for an
// unknown UE, Forbidden when it counts in a locked semester.
func (s *Service) ueDesassocNiveau(ctx context.Context, in ueRef) (Outcome, error) {
	ue, err := s.SetUENiveau(ctx, in.UEID, nil)
	return Outcome{Message: ue.Acronyme + " n'est associée à aucun niveau"}, err
}

// SetUENiveau ties a UE to a level, nil for none, and returns it. It fails as
// [Service.ueAssocNiveau] does.
func (s *Service) SetUENiveau(ctx context.Context, id int64, niveau *int64) (UE, error) {
	return s.changeUE(ctx, id, func(ctx context.Context, q *db.Queries, row db.UE, formation db.Formation) error {
		if niveau != nil {
			parcours, err := parcoursOfUE(ctx, q, id)
			if err != nil {
				return err
			}
			if err := suits(ctx, q, formation, row, *niveau, parcours); err != nil {
				return err
			}
		}
		return q.SetUENiveau(ctx, db.SetUENiveauParams{NiveauID: niveau, ID: id})
	})
}

func parcoursOfUE(ctx context.Context, q *db.Queries, id int64) ([]int64, error) {
	links, err := q.ParcoursOfUEs(ctx, db.JSONList(id))
	ids := make([]int64, len(links))
	for i, link := range links {
		ids[i] = link.ParcoursID
	}
	return ids, err
}

// suits returns NotFound for a level that the request does not see, and Invalid
// for one that a UE in these tracks cannot have: of another framework or year,
// not reached by all of them, or that of another UE of the semester for one of
// them.
func suits(ctx context.Context, q *db.Queries, formation db.Formation, ue db.UE, niveauID int64, parcours []int64) error {
	niveau, err := q.NiveauWithCompetence(ctx, niveauID)
	switch {
	case err != nil:
		return db.NotFound(err, "niveau_unknown", "niveau de compétence inconnu")
	case !sees(ctx, niveau.DeptID):
		return errs.New(errs.NotFound, "niveau_unknown", "niveau de compétence inconnu")
	case formation.ReferentielID == nil || niveau.ReferentielID != *formation.ReferentielID:
		return unsuitable("le niveau n'est pas du référentiel de la formation")
	case ue.SemestreIdx == nil || niveau.Annee != fmt.Sprint("BUT", (*ue.SemestreIdx+1)/2):
		return unsuitable("le niveau est de " + niveau.Annee + ", pas de l'année de l'UE")
	}
	reaching, err := q.ParcoursReachingNiveau(ctx, niveauID)
	if err != nil {
		return err
	}
	for _, p := range parcours {
		if !slices.Contains(reaching, p) {
			return unsuitable("un parcours de l'UE n'atteint pas le niveau « " + niveau.Titre + " » de " + niveau.Annee)
		}
	}
	return isFree(ctx, q, ue, niveauID, parcours)
}

// isFree returns Invalid when another UE of the semester has the level in one
// of the tracks; a UE without tracks is in all.
func isFree(ctx context.Context, q *db.Queries, ue db.UE, niveauID int64, parcours []int64) error {
	others, err := q.OtherUEsOfNiveau(ctx, db.OtherUEsOfNiveauParams{
		FormationID: ue.FormationID, SemestreIdx: *ue.SemestreIdx, NiveauID: niveauID, ID: ue.ID,
	})
	if err != nil {
		return err
	}
	ids := make([]int64, len(others))
	for i, other := range others {
		ids[i] = other.ID
	}
	links, err := q.ParcoursOfUEs(ctx, db.JSONList(ids...))
	if err != nil {
		return err
	}
	for _, other := range others {
		inAll, isShared := true, false
		for _, link := range links {
			if link.UEID == other.ID {
				inAll, isShared = false, isShared || slices.Contains(parcours, link.ParcoursID)
			}
		}
		if len(parcours) == 0 || inAll || isShared {
			return unsuitable("le niveau est déjà celui d'une autre UE de ce semestre, " + other.Acronyme)
		}
	}
	return nil
}

func unsuitable(message string) error { return errs.New(errs.Invalid, "niveau_unsuitable", message) }
