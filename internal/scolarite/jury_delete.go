package scolarite

import (
	"context"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// juryDeleteRoutes take decisions of juries back.
func (s *Service) juryDeleteRoutes() []api.Route {
	path := func(kind string) string { return "/etudiant/{etudid:int}/jury/" + kind + "/{validation_id:int}/delete" }
	return []api.Route{
		api.Post("autorisation_inscription_delete", EtudInscrit, s.autorisationDelete, path("autorisation_inscription")).
			Doc("Efface cette autorisation d'inscription."),
		api.Post("validation_annee_but_delete", EtudInscrit, s.validationAnneeDelete, path("validation_annee_but")).
			Doc("Efface cette validation d'année BUT."),
		api.Post("validation_dut120_delete", EtudInscrit, s.validationDUT120Delete, path("validation_dut120")).
			Doc("Efface cette validation de DUT120."),
		api.Post("validation_formsemestre_delete", ScoView, s.validationFormSemestreDelete, path("validation_formsemestre")).
			Doc("Efface cette validation de semestre.").
			Describe("Les décisions d'UEs enregistrées avec elle s'effacent aussi ; un semestre qui compensait celui-ci est libre. " + describeJuryRight),
		api.Post("validation_rcue_delete", EtudInscrit, s.validationRCUEDelete, path("validation_rcue")).
			Doc("Efface cette validation de RCUE."),
		api.Post("validation_ue_delete", ScoView, s.validationUEDelete, path("validation_ue")).
			Doc("Efface cette validation d'UE.").Describe(describeJuryRight),
	}
}

const describeJuryRight = "Permis à qui a EtudInscrit et, tant que le semestre n'est pas verrouillé, à ses responsables et à qui a EditFormSemestre."

type validationRef struct {
	Etudid int64 `path:"etudid"`
	ID     int64 `path:"validation_id"`
}

// deleted is the published answer to a deletion.
const deleted = "ok"

func unknownValidation(err error) error {
	return db.NotFound(err, "validation_unknown", "validation inconnue")
}

// Why a decision of a jury may not be changed, as the published server says it.
var (
	errNotTheJury   = errs.New(errs.Forbidden, "jury_refused", "opération non autorisée (saisie du jury)")
	errJuryLocked   = errs.New(errs.Forbidden, "jury_locked", "opération non autorisée (semestre verrouillé)")
	errNoRegistrar  = errs.New(errs.Forbidden, "jury_registrar", "opération non autorisée (décision hors semestre)")
	errDecisionOfUE = errs.New(errs.NotFound, "validation_unknown", "validation inconnue")
)

// mayDecide returns Forbidden unless ctx's caller may change a decision that a
// jury took in a semester: with EtudInscrit always, else directing the semester
// or with EditFormSemestre, while it is unlocked. A decision of no semester is
// for EtudInscrit.
func mayDecide(ctx context.Context, q *db.Queries, formSemestreID *int64) error {
	if may(ctx, EtudInscrit) {
		return nil
	}
	if formSemestreID == nil {
		return errNoRegistrar
	}
	sem, err := q.FormSemestre(ctx, *formSemestreID)
	if err != nil {
		return err
	}
	directs, err := isResponsable(ctx, q, sem.ID)
	switch {
	case err != nil:
		return err
	case !directs && !may(ctx, EditFormSemestre):
		return errNotTheJury
	case !sem.Etat:
		return errJuryLocked
	}
	return nil
}

// deleteDecision runs a deletion for a student who exists for the request.
func (s *Service) deleteDecision(ctx context.Context, in validationRef, del func(ctx context.Context, q *db.Queries, etud db.Etudiant) error) (string, error) {
	return deleted, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := visibleEtudiant(ctx, q, in.Etudid)
		if err != nil {
			return err
		}
		return del(ctx, q, etud)
	})
}

// validationUEDelete takes back the decision on a UE. NotFound if it is not of
// the student, Forbidden to whom mayDecide refuses.
func (s *Service) validationUEDelete(ctx context.Context, in validationRef) (string, error) {
	return s.deleteDecision(ctx, in, func(ctx context.Context, q *db.Queries, etud db.Etudiant) error {
		row, err := q.Validation(ctx, db.ValidationParams{ID: in.ID, Etudid: etud.ID})
		switch {
		case err != nil:
			return unknownValidation(err)
		case row.UEID == nil:
			return errDecisionOfUE
		}
		if err := mayDecide(ctx, q, row.FormsemestreID); err != nil {
			return err
		}
		return s.dropValidation(ctx, q, etud, row)
	})
}

// validationFormSemestreDelete takes back the decision on a semester, the codes
// of UEs that were recorded with it, and that another semester made up for it.
// NotFound if it is not of the student, Forbidden to whom mayDecide refuses.
func (s *Service) validationFormSemestreDelete(ctx context.Context, in validationRef) (string, error) {
	return s.deleteDecision(ctx, in, func(ctx context.Context, q *db.Queries, etud db.Etudiant) error {
		row, err := q.Validation(ctx, db.ValidationParams{ID: in.ID, Etudid: etud.ID})
		switch {
		case err != nil:
			return unknownValidation(err)
		case row.UEID != nil:
			return errDecisionOfUE
		}
		if err := mayDecide(ctx, q, row.FormsemestreID); err != nil {
			return err
		}
		if err := s.dropUEsOf(ctx, q, etud, row); err != nil {
			return err
		}
		return s.dropValidation(ctx, q, etud, row)
	})
}

// dropUEsOf takes back the codes of UEs that came with the decision on a
// semester: those of the same moment.
func (s *Service) dropUEsOf(ctx context.Context, q *db.Queries, etud db.Etudiant, semestre db.Validation) error {
	if semestre.FormsemestreID == nil {
		return nil
	}
	if err := clearCompense(ctx, q, etud.ID, *semestre.FormsemestreID); err != nil {
		return err
	}
	rows, err := q.ValidationsOf(ctx, db.JSONList(etud.ID))
	if err != nil {
		return err
	}
	for _, row := range rows {
		isHere := row.FormsemestreID != nil && *row.FormsemestreID == *semestre.FormsemestreID
		if !isHere || row.UEID == nil || !row.EventAt.Equal(semestre.EventAt.Time) {
			continue
		}
		if err := s.dropValidation(ctx, q, etud, row); err != nil {
			return err
		}
	}
	return nil
}

// dropValidation deletes a decision on a semester or a UE, and what it made
// happen to the student.
func (s *Service) dropValidation(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Validation) error {
	if err := dropJuryEvents(ctx, q, etud.ID, row.FormsemestreID, row.UEID); err != nil {
		return err
	}
	if err := q.DeleteValidation(ctx, row.ID); err != nil {
		return err
	}
	return s.recordDecision(ctx, q, validationKind(row)+".delete", row.ID, etud, s.validationFrom(row), nil)
}

// validationRCUEDelete takes back the decision on the level of a competence.
// NotFound if it is not of the student.
func (s *Service) validationRCUEDelete(ctx context.Context, in validationRef) (string, error) {
	return s.deleteDecision(ctx, in, func(ctx context.Context, q *db.Queries, etud db.Etudiant) error {
		row, err := q.ValidationRCUE(ctx, db.ValidationRCUEParams{ID: in.ID, Etudid: etud.ID})
		if err != nil {
			return unknownValidation(err)
		}
		if err := q.DeleteValidationRCUE(ctx, row.ID); err != nil {
			return err
		}
		return s.recordDecision(ctx, q, "validation_rcue.delete", row.ID, etud, s.validationRCUEFrom(row), nil)
	})
}

// validationAnneeDelete takes back the decision on a year of the BUT. NotFound
// if it is not of the student.
func (s *Service) validationAnneeDelete(ctx context.Context, in validationRef) (string, error) {
	return s.deleteDecision(ctx, in, func(ctx context.Context, q *db.Queries, etud db.Etudiant) error {
		row, err := q.ValidationAnnee(ctx, db.ValidationAnneeParams{ID: in.ID, Etudid: etud.ID})
		if err != nil {
			return unknownValidation(err)
		}
		if err := dropExclusion(ctx, q, row); err != nil {
			return err
		}
		if err := q.DeleteValidationAnnee(ctx, row.ID); err != nil {
			return err
		}
		return s.recordDecision(ctx, q, "validation_annee_but.delete", row.ID, etud, s.validationAnneeFrom(row), nil)
	})
}

// validationDUT120Delete takes back the DUT of a student of the BUT. NotFound
// if it is not of the student.
func (s *Service) validationDUT120Delete(ctx context.Context, in validationRef) (string, error) {
	return s.deleteDecision(ctx, in, func(ctx context.Context, q *db.Queries, etud db.Etudiant) error {
		row, err := q.ValidationDUT120(ctx, db.ValidationDUT120Params{ID: in.ID, Etudid: etud.ID})
		if err != nil {
			return unknownValidation(err)
		}
		if err := q.DeleteValidationDUT120(ctx, row.ID); err != nil {
			return err
		}
		return s.recordDecision(ctx, q, "validation_dut120.delete", row.ID, etud, s.validationDUT120From(row), nil)
	})
}

// autorisationDelete takes back that a student may register. NotFound if it is
// not of the student.
func (s *Service) autorisationDelete(ctx context.Context, in validationRef) (string, error) {
	return s.deleteDecision(ctx, in, func(ctx context.Context, q *db.Queries, etud db.Etudiant) error {
		row, err := q.Autorisation(ctx, db.AutorisationParams{ID: in.ID, Etudid: etud.ID})
		if err != nil {
			return db.NotFound(err, "autorisation_unknown", "autorisation inconnue")
		}
		return s.dropAutorisation(ctx, q, etud, row)
	})
}

func (s *Service) dropAutorisation(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Autorisation) error {
	if err := dropRepetition(ctx, q, row); err != nil {
		return err
	}
	if err := q.DeleteAutorisation(ctx, row.ID); err != nil {
		return err
	}
	return s.recordDecision(ctx, q, "autorisation_inscription.delete", row.ID, etud, s.autorisationFrom(row), nil)
}

// recordDecision writes a line of the journal about a decision on a student.
func (s *Service) recordDecision(ctx context.Context, q *db.Queries, action string, id int64, etud db.Etudiant, before, after any) error {
	return s.record(ctx, q, action, decisionKind(action), id, etudName(etud), before, after)
}
