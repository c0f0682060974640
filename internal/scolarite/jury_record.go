package scolarite

import (
	"context"
	"net/http"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/scolarite/jury"
)

// juryRecordRoutes take decisions.
func (s *Service) juryRecordRoutes() []api.Route {
	path := func(kind string) string { return "/etudiant/{etudid:int}/jury/" + kind + "/record" }
	return []api.Route{
		api.Post("validation_rcue_record", EtudInscrit, s.validationRCUERecord, path("validation_rcue")).Refuses(http.StatusBadRequest).
			Doc("Enregistre une validation de RCUE.").
			Describe("Si une validation existe déjà pour ce RCUE, la remplace.\n\nue1_id est l'UE du semestre impair, ue2_id celle du semestre pair du même niveau de compétence. formsemestre_id, parcours_id et date (ISO) sont facultatifs."),
		api.Post("validation_ue_record", EtudInscrit, s.validationUERecord, path("validation_ue")).Extension().Refuses(http.StatusBadRequest).
			Doc("Enregistre une validation d'UE.").
			Describe("Remplace celle de la même UE dans le même semestre. formsemestre_id null : une UE validée antérieurement ou ailleurs. Sans moy_ue, la moyenne de l'UE dans le semestre. Codes en BUT : " +
				codeList(jury.UECodes) + " ; ailleurs : " + codeList(jury.UEClassiqueCodes) + "."),
		api.Post("validation_formsemestre_record", EtudInscrit, s.validationFormSemestreRecord, path("validation_formsemestre")).Extension().Refuses(http.StatusBadRequest).
			Doc("Enregistre une validation de semestre, hors BUT, et les codes de ses UEs.").
			Describe("Remplace la décision prise. Chaque UE qui a une moyenne reçoit ADM (10 atteint), CMP (le semestre est validé) ou AJ. compense_formsemestre_id : le semestre voisin que celui-ci compense. Un semestre qui compensait celui-ci est libre."),
		api.Post("validation_annee_but_record", EtudInscrit, s.validationAnneeRecord, path("validation_annee_but")).Extension().Refuses(http.StatusBadRequest).
			Doc("Enregistre une validation d'année BUT : celle du semestre donné.").
			Describe("Une par étudiant, année et référentiel : remplace la précédente. annee_scolaire est par défaut celle du semestre."),
		api.Post("validation_dut120_record", EtudInscrit, s.validationDUT120Record, path("validation_dut120")).Extension().Refuses(http.StatusBadRequest).
			Doc("Enregistre un DUT120 : le DUT d'un étudiant de BUT."),
		api.Post("autorisation_inscription_record", EtudInscrit, s.autorisationRecord, path("autorisation_inscription")).Extension().Refuses(http.StatusBadRequest).
			Doc("Autorise l'étudiant à s'inscrire dans un semestre de sa formation.").
			Describe("formsemestre_id est le semestre du jury, semestre_id le numéro du semestre permis. Déjà permis, seule la date change."),
		api.Post("formsemestre_jury_auto", EtudInscrit, s.juryAutoRecord, "/formsemestre/{formsemestre_id:int}/jury/auto").Extension().Refuses(http.StatusBadRequest).
			Doc("Enregistre les décisions que les règles proposent, pour tout le semestre ou quelques étudiants.").
			Describe(describeAuto),
	}
}

func codeList(codes []jury.Code) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}

// Validation is a decision on a semester, or on a UE.
type Validation struct {
	ID                     int64      `json:"id"`
	Etudid                 int64      `json:"etudid"`
	FormSemestreID         *int64     `json:"formsemestre_id"`
	UEID                   *int64     `json:"ue_id"` // null for a semester
	Code                   string     `json:"code"`
	Assidu                 *bool      `json:"assidu"` // null for a UE
	EventDate              Instant    `json:"event_date"`
	CompenseFormSemestreID *int64     `json:"compense_formsemestre_id"` // that this semester makes up for
	MoyUE                  *api.Float `json:"moy_ue"`
	SemestreID             *int64     `json:"semestre_id"`
	IsExternal             bool       `json:"is_external"`
}

func (s *Service) validationFrom(row db.Validation) Validation {
	return Validation{
		ID: row.ID, Etudid: row.Etudid, FormSemestreID: row.FormsemestreID, UEID: row.UEID, Code: row.Code, Assidu: row.Assidu,
		EventDate: s.instant(row.EventAt), CompenseFormSemestreID: row.CompenseFormsemestreID, MoyUE: floatOrNil(row.MoyUE),
		SemestreID: row.SemestreID, IsExternal: row.IsExternal,
	}
}

// ValidationRCUE is a decision on the level of a competence.
type ValidationRCUE struct {
	ID             int64   `json:"id"`
	Etudid         int64   `json:"etudid"`
	FormSemestreID *int64  `json:"formsemestre_id"`
	UE1ID          int64   `json:"ue1_id"` // of the odd semester
	UE2ID          int64   `json:"ue2_id"`
	ParcoursID     *int64  `json:"parcours_id"`
	Date           Instant `json:"date"`
	Code           string  `json:"code"`
}

func (s *Service) validationRCUEFrom(row db.ValidationRCUE) ValidationRCUE {
	return ValidationRCUE{
		ID: row.ID, Etudid: row.Etudid, FormSemestreID: row.FormsemestreID, UE1ID: row.Ue1ID, UE2ID: row.Ue2ID,
		ParcoursID: row.ParcoursID, Date: s.instant(row.At), Code: row.Code,
	}
}

// ValidationAnnee is a decision on a year of the BUT.
type ValidationAnnee struct {
	ID                      int64   `json:"id"`
	Etudid                  int64   `json:"etudid"`
	Ordre                   int64   `json:"ordre"` // 1 to 3
	FormSemestreID          *int64  `json:"formsemestre_id"`
	AnneeScolaire           int64   `json:"annee_scolaire"`
	Date                    Instant `json:"date"`
	Code                    string  `json:"code"`
	ReferentielCompetenceID int64   `json:"referentiel_competence_id"`
}

func (s *Service) validationAnneeFrom(row db.ValidationAnnee) ValidationAnnee {
	return ValidationAnnee{
		ID: row.ID, Etudid: row.Etudid, Ordre: row.Ordre, FormSemestreID: row.FormsemestreID, AnneeScolaire: row.AnneeScolaire,
		Date: s.instant(row.At), Code: row.Code, ReferentielCompetenceID: row.ReferentielID,
	}
}

// ValidationDUT120 is the DUT that a student of the BUT has after two years.
type ValidationDUT120 struct {
	ID                      int64   `json:"id"`
	Etudid                  int64   `json:"etudid"`
	FormSemestreID          int64   `json:"formsemestre_id"`
	ReferentielCompetenceID int64   `json:"referentiel_competence_id"`
	Date                    Instant `json:"date"`
}

func (s *Service) validationDUT120From(row db.ValidationDUT120) ValidationDUT120 {
	return ValidationDUT120{
		ID: row.ID, Etudid: row.Etudid, FormSemestreID: row.FormsemestreID, ReferentielCompetenceID: row.ReferentielID, Date: s.instant(row.At),
	}
}

type etudidRef struct {
	Etudid int64 `path:"etudid"`
}

// decisionDate is the moment of a decision: now by default.
type decisionDate struct {
	Date api.Opt[string] `json:"date"`
}

func (s *Service) dateOf(f *patchFaults, in decisionDate) db.Time {
	if !in.Date.Set || in.Date.Null || in.Date.Value == "" {
		return s.now()
	}
	at, _, ok := parseMoment(in.Date.Value, s.Location)
	if !ok {
		f.add("date", "datetime_parsing", "date invalide")
	}
	return db.At(at)
}

// juryIn is where a decision is taken: an unlocked semester and a student who
// is registered in it.
type juryIn struct {
	etud        db.Etudiant
	sem         db.FormSemestre
	formation   db.Formation
	inscription db.Inscription
}

// juryOf returns a semester and a student in it. NotFound if either is unknown
// or he is not in it, Forbidden if it is locked.
func juryOf(ctx context.Context, q *db.Queries, etudid, formSemestreID int64) (j juryIn, err error) {
	if j.etud, err = visibleEtudiant(ctx, q, etudid); err != nil {
		return j, err
	}
	if j.sem, err = visibleFormSemestre(ctx, q, formSemestreID); err != nil {
		return j, err
	}
	if j.inscription, err = inscriptionOf(ctx, q, j.sem.ID, j.etud.ID); err != nil {
		return j, err
	}
	if err = unlocked(j.sem); err != nil {
		return j, err
	}
	j.formation, err = q.Formation(ctx, j.sem.FormationID)
	return j, err
}

func (j juryIn) isAPC() bool { return j.formation.TypeParcours == BUT }

// referentielOf returns the framework of competences of a semester of the BUT;
// Invalid for any other.
func (j juryIn) referentiel() (int64, error) {
	if !j.isAPC() || j.formation.ReferentielID == nil || j.sem.SemestreID < 1 || j.sem.SemestreID > 6 {
		return 0, errs.NewInvalid("formsemestre_id", "not_but", "param 'formsemestre_id': ce n'est pas un semestre de BUT associé à un référentiel")
	}
	return *j.formation.ReferentielID, nil
}
