package scolarite

import (
	"context"
	"slices"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// apogeeRoutes are the entries that set the Apogée codes of semesters, locked
// ones too.
func (s *Service) apogeeRoutes() []api.Route {
	return []api.Route{
		api.Post("formsemestre_set_apo_etapes", EditApogee, s.setApoEtapes, "/formsemestre/apo/set_etapes").
			Doc("Change les codes étapes du semestre indiqué.").Describe(describeApo),
		api.Post("formsemestre_set_elt_sem_apo", EditApogee, s.setEltSemApo, "/formsemestre/apo/set_elt_sem").
			Doc("Change les codes étapes du semestre indiqué.").Describe(describeApo),
		api.Post("formsemestre_set_elt_annee_apo", EditApogee, s.setEltAnneeApo, "/formsemestre/apo/set_elt_annee").
			Doc("Change les codes étapes du semestre indiqué (par le champ oid).").Describe(describeApo),
		api.Post("formsemestre_set_elt_passage_apo", EditApogee, s.setEltPassageApo, "/formsemestre/apo/set_elt_passage").
			Doc("Change les codes Apogée de passage du semestre indiqué (par le champ oid).").Describe(describeApo),
	}
}

const describeApo = `Formulaire : oid est l'identifiant du semestre ; value est une chaîne, avec éventuellement plusieurs valeurs séparées par des virgules, ou vide pour effacer. Répond par le texte enregistré.

Ce changement peut être fait sur un semestre verrouillé.`

type apoChange struct {
	ID    int64  `form:"oid"`
	Value string `form:"value" empty:"true"`
}

func (s *Service) setApoEtapes(ctx context.Context, in apoChange) (api.Text, error) {
	return s.setElement(ctx, in, ElementsPatch{EtapeApo: api.Some(in.Value)}, func(sem FormSemestre) *string { return &sem.EtapeApo })
}

func (s *Service) setEltSemApo(ctx context.Context, in apoChange) (api.Text, error) {
	return s.setElement(ctx, in, ElementsPatch{EltSemApo: api.Some(in.Value)}, func(sem FormSemestre) *string { return sem.EltSemApo })
}

func (s *Service) setEltAnneeApo(ctx context.Context, in apoChange) (api.Text, error) {
	return s.setElement(ctx, in, ElementsPatch{EltAnneeApo: api.Some(in.Value)}, func(sem FormSemestre) *string { return sem.EltAnneeApo })
}

func (s *Service) setEltPassageApo(ctx context.Context, in apoChange) (api.Text, error) {
	return s.setElement(ctx, in, ElementsPatch{EltPassageApo: api.Some(in.Value)}, func(sem FormSemestre) *string { return sem.EltPassageApo })
}

// setElement changes Apogée codes and returns what was stored. NotFound if the
// semester is unknown or the text too long.
func (s *Service) setElement(ctx context.Context, in apoChange, p ElementsPatch, stored func(FormSemestre) *string) (api.Text, error) {
	sem, err := s.EditFormSemestre(ctx, in.ID, FormSemestrePatch{ElementsPatch: p})
	if err != nil {
		return "", err
	}
	return api.Text(textOrEmpty(stored(sem))), nil
}

// setEtapes replaces the Apogée steps of a semester by those of a text with
// commas between them. Invalid for a text that is too long or has something
// invisible.
func setEtapes(ctx context.Context, q *db.Queries, formsemestreID int64, wanted api.Opt[string]) error {
	if !wanted.Set {
		return nil
	}
	var f patchFaults
	if text := strings.TrimSpace(wanted.Value); !f.isText("etape_apo", text) {
		return errs.Faulty(f)
	}
	if err := q.DeleteEtapes(ctx, formsemestreID); err != nil {
		return err
	}
	for i, code := range splitCodes(wanted.Value) {
		if err := q.AddEtape(ctx, db.AddEtapeParams{FormsemestreID: formsemestreID, Rang: int64(i), Code: code}); err != nil {
			return err
		}
	}
	return nil
}

// splitCodes returns the codes of a text with commas between them, each once.
func splitCodes(text string) []string {
	codes := []string{}
	for code := range strings.SplitSeq(text, ",") {
		if code = strings.TrimSpace(code); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
