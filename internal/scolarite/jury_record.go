package scolarite

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
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

type validationRCUEIn struct {
	etudidRef
	Code           string         `json:"code" enum:"ADM|CMP|ADJ|ADSUP|AJ|ATJ|RAT|DEF|ABAN"`
	UE1ID          int64          `json:"ue1_id"`
	UE2ID          int64          `json:"ue2_id"`
	FormSemestreID api.Opt[int64] `json:"formsemestre_id"`
	ParcoursID     api.Opt[int64] `json:"parcours_id"`
	decisionDate
}

// validationRCUERecord records the decision on the level of a competence, in
// the place of any other on the same UEs. NotFound if the student or the
// semester is unknown; Forbidden if the semester is locked; Invalid, with every
// fault, if the UEs are not those of the odd and the even semester of a level,
// or what else is named is not of their programme.
func (s *Service) validationRCUERecord(ctx context.Context, in validationRCUEIn) (out ValidationRCUE, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := visibleEtudiant(ctx, q, in.Etudid)
		if err != nil {
			return err
		}
		at, err := s.checkRCUE(ctx, q, etud, in)
		if err != nil {
			return err
		}
		row, err := s.putRCUE(ctx, q, etud, db.PutValidationRCUEParams{
			Etudid: etud.ID, FormsemestreID: in.FormSemestreID.Ptr(), Ue1ID: in.UE1ID, Ue2ID: in.UE2ID, ParcoursID: in.ParcoursID.Ptr(), At: at, Code: in.Code,
		})
		out = s.validationRCUEFrom(row)
		return err
	})
	return out, err
}

func (s *Service) checkRCUE(ctx context.Context, q *db.Queries, etud db.Etudiant, in validationRCUEIn) (db.Time, error) {
	var f patchFaults
	at := s.dateOf(&f, in.decisionDate)
	ue1, err := juryUE(ctx, q, &f, "ue1_id", in.UE1ID, etud.DeptID)
	if err != nil {
		return at, err
	}
	ue2, err := juryUE(ctx, q, &f, "ue2_id", in.UE2ID, etud.DeptID)
	if err != nil {
		return at, err
	}
	if ue1 != nil && ue2 != nil {
		pairUEs(&f, ue1.UE, ue2.UE)
	}
	if id, ok := in.FormSemestreID.Get(); ok {
		j, err := juryOf(ctx, q, etud.ID, id)
		if err != nil {
			return at, err
		}
		if ue1 != nil && !j.teaches(ue1.formation) || ue2 != nil && !j.teaches(ue2.formation) {
			f.add("formsemestre_id", "incompatible", "les UEs ne sont pas de la formation de ce semestre")
		}
	}
	if id, ok := in.ParcoursID.Get(); ok {
		tracks, err := trackIDs(ctx, q, ue1)
		if err != nil {
			return at, err
		}
		if !slices.Contains(tracks, id) {
			f.add("parcours_id", "unknown", "parcours inconnu dans cette formation")
		}
	}
	return at, errs.Faulty(f)
}

// pairUEs holds that two UEs are those of a level: of the odd semester, then of
// the even one of the same year.
func pairUEs(f *patchFaults, ue1, ue2 db.UE) {
	if ue1.NiveauID == nil || ue2.NiveauID == nil || *ue1.NiveauID != *ue2.NiveauID {
		f.add("ue2_id", "level", "les UEs ne sont pas associées au même niveau de compétence")
		return
	}
	if ue1.SemestreIdx == nil || ue2.SemestreIdx == nil || *ue1.SemestreIdx%2 != 1 || *ue2.SemestreIdx != *ue1.SemestreIdx+1 {
		f.add("ue1_id", "order", "ue1 doit être d'un semestre impair et ue2 du semestre pair qui le suit")
	}
}

// juryUEOf is a UE and its programme.
type juryUEOf struct {
	db.UE
	formation db.Formation
}

// juryUE returns a UE of a department; nil, and a fault, when there is none.
func juryUE(ctx context.Context, q *db.Queries, f *patchFaults, field string, id, deptID int64) (*juryUEOf, error) {
	ue, formation, err := visibleUE(ctx, q, id)
	switch {
	case errs.Is(err, errs.NotFound) || err == nil && formation.DeptID != deptID:
		f.add(field, "ue_unknown", "UE inconnue")
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &juryUEOf{ue, formation}, nil
}

// teaches tells whether a programme is the semester's, or a version of it, or
// shares its framework of competences.
func (j juryIn) teaches(f db.Formation) bool {
	return f.FormationCode == j.formation.FormationCode ||
		f.ReferentielID != nil && j.formation.ReferentielID != nil && *f.ReferentielID == *j.formation.ReferentielID
}

func trackIDs(ctx context.Context, q *db.Queries, ue *juryUEOf) ([]int64, error) {
	if ue == nil {
		return nil, nil
	}
	return q.ParcoursOfFormation(ctx, ue.formation.ID)
}

// putRCUE records a decision and writes the journal.
func (s *Service) putRCUE(ctx context.Context, q *db.Queries, etud db.Etudiant, p db.PutValidationRCUEParams) (db.ValidationRCUE, error) {
	var before any
	old, err := q.ValidationRCUEOn(ctx, db.ValidationRCUEOnParams{Etudid: p.Etudid, Ue1ID: p.Ue1ID, Ue2ID: p.Ue2ID})
	switch {
	case err == nil:
		before = s.validationRCUEFrom(old)
	case !isNone(err):
		return old, err
	}
	row, err := q.PutValidationRCUE(ctx, p)
	if err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, "validation_rcue.record", row.ID, etud, before, s.validationRCUEFrom(row))
}

// isNone tells whether a query of one row found none.
func isNone(err error) bool { return errs.Is(db.NotFound(err, "none", "none"), errs.NotFound) }

type validationUEIn struct {
	etudidRef
	UEID           int64              `json:"ue_id"`
	Code           string             `json:"code"`
	MoyUE          api.Opt[api.Float] `json:"moy_ue" ge:"0" le:"20"`
	FormSemestreID api.Opt[int64]     `json:"formsemestre_id"`
	IsExternal     api.Opt[bool]      `json:"is_external"`
	decisionDate
}

// validationUERecord records the decision on a UE, in a semester or before and
// elsewhere. NotFound if the student or the semester is unknown, or he is not
// in it; Forbidden if the semester is locked; Invalid, with every fault, for a
// UE of another programme or a code that it cannot have.
func (s *Service) validationUERecord(ctx context.Context, in validationUEIn) (out Validation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		etud, err := visibleEtudiant(ctx, q, in.Etudid)
		if err != nil {
			return err
		}
		row, err := s.newValidationUE(ctx, q, etud, in)
		if err != nil {
			return err
		}
		row, err = s.putValidation(ctx, q, etud, row)
		out = s.validationFrom(row)
		return err
	})
	return out, err
}

// newValidationUE is the decision on a UE that a body asks for.
func (s *Service) newValidationUE(ctx context.Context, q *db.Queries, etud db.Etudiant, in validationUEIn) (row db.Validation, err error) {
	var f patchFaults
	row = db.Validation{Etudid: etud.ID, UEID: &in.UEID, Code: in.Code, EventAt: s.dateOf(&f, in.decisionDate), IsExternal: in.IsExternal.Or(false)}
	ue, err := juryUE(ctx, q, &f, "ue_id", in.UEID, etud.DeptID)
	if err != nil {
		return row, err
	}
	if ue != nil {
		row.SemestreID = ue.SemestreIdx
		if codes := ueCodes(ue.formation); !slices.Contains(codes, jury.Code(in.Code)) {
			f.add("code", "code_unknown", "invalide ("+codeList(codes)+")")
		}
	}
	if moy, ok := in.MoyUE.Get(); ok {
		row.MoyUE = new(float64(moy))
	}
	id, ok := in.FormSemestreID.Get()
	if !ok {
		return row, errs.Faulty(f)
	}
	j, err := juryOf(ctx, q, etud.ID, id)
	if err != nil {
		return row, err
	}
	row.FormsemestreID, row.SemestreID = &j.sem.ID, &j.sem.SemestreID
	if ue != nil && !j.teaches(ue.formation) {
		f.add("formsemestre_id", "incompatible", "l'UE n'est pas de la formation de ce semestre")
	}
	if err := errs.Faulty(f); err != nil || in.MoyUE.Set {
		return row, err
	}
	row.MoyUE, err = s.meanOf(ctx, q, j, in.UEID)
	return row, err
}

func ueCodes(formation db.Formation) []jury.Code {
	if formation.TypeParcours == BUT {
		return jury.UECodes
	}
	return jury.UEClassiqueCodes
}

// meanOf is the mean of a student in a UE of the semester, nil for none.
func (s *Service) meanOf(ctx context.Context, q *db.Queries, j juryIn, ueID int64) (*float64, error) {
	results, err := s.loadResults(ctx, q, j.sem.ID)
	if err != nil {
		return nil, err
	}
	i, isIn := results.EtudiantIndex(j.etud.ID)
	u, isThere := results.UEIndex(ueID)
	if !isIn || !isThere {
		return nil, nil
	}
	return numberOrNil(results.Results.UE.At(u, i).Moyenne), nil
}

// numberOrNil is a number, nil for NaN.
func numberOrNil(f float64) *float64 {
	if math.IsNaN(f) {
		return nil
	}
	return &f
}

// validationKind is how the journal calls a decision.
func validationKind(row db.Validation) string {
	if row.UEID == nil {
		return "validation_formsemestre"
	}
	return "validation_ue"
}

// decisionKind is the kind of object that an action of the journal is about.
func decisionKind(action string) string {
	kind, _, _ := strings.Cut(action, ".")
	return kind
}

// putValidation records a decision on a semester or a UE in the place of the
// one before, with what it makes happen to the student, and writes the journal.
func (s *Service) putValidation(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Validation) (db.Validation, error) {
	old, err := q.ValidationIn(ctx, db.ValidationInParams{Etudid: row.Etudid, FormsemestreID: idOrZero(row.FormsemestreID), UEID: idOrZero(row.UEID)})
	if err != nil && !isNone(err) {
		return row, err
	}
	var before any
	if err == nil {
		before, row.ID = s.validationFrom(old), old.ID
		err = q.UpdateValidation(ctx, db.UpdateValidationParams{
			ID: row.ID, Code: row.Code, Assidu: row.Assidu, EventAt: row.EventAt, CompenseFormsemestreID: row.CompenseFormsemestreID,
			MoyUE: row.MoyUE, SemestreID: row.SemestreID, IsExternal: row.IsExternal,
		})
	} else {
		row, err = q.AddValidation(ctx, db.AddValidationParams{
			Etudid: row.Etudid, FormsemestreID: row.FormsemestreID, UEID: row.UEID, Code: row.Code, Assidu: row.Assidu, EventAt: row.EventAt,
			CompenseFormsemestreID: row.CompenseFormsemestreID, MoyUE: row.MoyUE, SemestreID: row.SemestreID, IsExternal: row.IsExternal,
		})
	}
	if err != nil {
		return row, err
	}
	if err := putJuryEvents(ctx, q, row); err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, validationKind(row)+".record", row.ID, etud, before, s.validationFrom(row))
}

func idOrZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

type validationFormSemestreIn struct {
	etudidRef
	FormSemestreID         int64          `json:"formsemestre_id"`
	Code                   string         `json:"code" enum:"ADM|ADC|ADJ|ATT|ATB|ATJ|AJ|NAR|RAT|DEF"`
	Assidu                 api.Opt[bool]  `json:"assidu"` // true by default
	CompenseFormSemestreID api.Opt[int64] `json:"compense_formsemestre_id"`
	decisionDate
}

// validationFormSemestreRecord records the decision on a classic semester and
// the codes of its UEs. NotFound if the student or the semester is unknown, or
// he is not in it; Forbidden if it is locked; Invalid, with every fault, for a
// semester of the BUT, a code that the curriculum does not know, or a semester
// that it cannot make up for.
func (s *Service) validationFormSemestreRecord(ctx context.Context, in validationFormSemestreIn) (out Validation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		row, err := s.newValidationFormSemestre(ctx, q, j, in)
		if err != nil {
			return err
		}
		results, err := s.loadResults(ctx, q, j.sem.ID)
		if err != nil {
			return err
		}
		row, err = s.putSemestre(ctx, q, j.etud, j.formation, results, row)
		out = s.validationFrom(row)
		return err
	})
	return out, err
}

func (s *Service) newValidationFormSemestre(ctx context.Context, q *db.Queries, j juryIn, in validationFormSemestreIn) (db.Validation, error) {
	var f patchFaults
	row := db.Validation{
		Etudid: j.etud.ID, FormsemestreID: &j.sem.ID, Code: in.Code, Assidu: new(in.Assidu.Or(true)), EventAt: s.dateOf(&f, in.decisionDate),
		CompenseFormsemestreID: in.CompenseFormSemestreID.Ptr(), SemestreID: &j.sem.SemestreID,
	}
	switch {
	case j.isAPC():
		f.add("formsemestre_id", "but", "un semestre de BUT n'a pas de décision de semestre")
	case !jury.CursusOf(j.formation.TypeParcours).Permet(jury.Code(in.Code)):
		f.add("code", "code_forbidden", "ce code n'existe pas dans ce cursus")
	}
	if id, ok := in.CompenseFormSemestreID.Get(); ok {
		reason, err := cannotCompense(ctx, q, j, id)
		if err != nil {
			return row, err
		}
		if reason != "" {
			f.add("compense_formsemestre_id", "compense", reason)
		}
	}
	return row, errs.Faulty(f)
}

// cannotCompense tells why a semester cannot make up for another of the
// student; "" when it can.
func cannotCompense(ctx context.Context, q *db.Queries, j juryIn, id int64) (string, error) {
	rows, err := q.JurySemestres(ctx, db.JSONList(j.etud.ID))
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rows, func(r db.JurySemestresRow) bool { return r.FormSemestre.ID == id })
	switch {
	case !j.sem.GestionCompensation:
		return "ce semestre ne gère pas la compensation", nil
	case i < 0 || rows[i].FormationCode != j.formation.FormationCode:
		return "l'étudiant n'est pas inscrit à ce semestre dans cette formation", nil
	case rows[i].FormSemestre.SemestreID != j.sem.SemestreID-1 && rows[i].FormSemestre.SemestreID != j.sem.SemestreID+1:
		return "les deux semestres ne se suivent pas", nil
	}
	return "", nil
}

// putSemestre records the decision on a classic semester and, of the same
// moment, the codes of its UEs.
func (s *Service) putSemestre(ctx context.Context, q *db.Queries, etud db.Etudiant, formation db.Formation, results *SemesterResults, row db.Validation) (db.Validation, error) {
	if err := clearCompense(ctx, q, etud.ID, *row.FormsemestreID); err != nil {
		return row, err
	}
	row, err := s.putValidation(ctx, q, etud, row)
	if err != nil {
		return row, err
	}
	i, ok := results.EtudiantIndex(etud.ID)
	if !ok {
		return row, nil
	}
	cursus, valide := jury.CursusOf(formation.TypeParcours), jury.Code(row.Code).ValideSemestre()
	for u := range results.UEs {
		mean := results.Results.UE.At(u, i).Moyenne
		code := cursus.CodeUE(mean, *row.Assidu, valide)
		if code == "" {
			continue
		}
		ue := db.Validation{
			Etudid: etud.ID, FormsemestreID: row.FormsemestreID, UEID: &results.UEs[u].ID, Code: string(code), EventAt: row.EventAt,
			MoyUE: &mean, SemestreID: row.SemestreID,
		}
		if _, err := s.putValidation(ctx, q, etud, ue); err != nil {
			return row, err
		}
	}
	return row, nil
}

type validationAnneeIn struct {
	etudidRef
	FormSemestreID int64          `json:"formsemestre_id"`
	Code           string         `json:"code" enum:"ADM|ADJ|ADSUP|PASD|PAS1NCI|RED|NAR|ATJ|RAT|DEF|ABAN|ABL|DEM|EXCLU"`
	AnneeScolaire  api.Opt[int64] `json:"annee_scolaire" ge:"1900" le:"2199"`
	decisionDate
}

// validationAnneeRecord records the decision on the year of the BUT that a
// semester is in, in the place of any other. NotFound if the student or the
// semester is unknown, or he is not in it; Forbidden if it is locked; Invalid
// if it is no semester of the BUT.
func (s *Service) validationAnneeRecord(ctx context.Context, in validationAnneeIn) (out ValidationAnnee, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		referentiel, err := j.referentiel()
		if err != nil {
			return err
		}
		var f patchFaults
		at := s.dateOf(&f, in.decisionDate)
		if err := errs.Faulty(f); err != nil {
			return err
		}
		row, err := s.putAnnee(ctx, q, j.etud, db.PutValidationAnneeParams{
			Etudid: j.etud.ID, Ordre: (j.sem.SemestreID + 1) / 2, FormsemestreID: &j.sem.ID, ReferentielID: referentiel,
			AnneeScolaire: in.AnneeScolaire.Or(AnneeScolaire(j.sem.DateDebut)), At: at, Code: in.Code,
		})
		out = s.validationAnneeFrom(row)
		return err
	})
	return out, err
}

// putAnnee records a decision, with what it makes happen to the student, and
// writes the journal.
func (s *Service) putAnnee(ctx context.Context, q *db.Queries, etud db.Etudiant, p db.PutValidationAnneeParams) (db.ValidationAnnee, error) {
	var before any
	old, err := q.ValidationAnneeOn(ctx, db.ValidationAnneeOnParams{Etudid: p.Etudid, Ordre: p.Ordre, ReferentielID: p.ReferentielID})
	switch {
	case err == nil:
		before = s.validationAnneeFrom(old)
		err = dropExclusion(ctx, q, old)
	case isNone(err):
		err = nil
	}
	if err != nil {
		return old, err
	}
	row, err := q.PutValidationAnnee(ctx, p)
	if err != nil {
		return row, err
	}
	if err := putExclusion(ctx, q, row); err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, "validation_annee_but.record", row.ID, etud, before, s.validationAnneeFrom(row))
}

type validationDUT120In struct {
	etudidRef
	FormSemestreID int64 `json:"formsemestre_id"`
	decisionDate
}

// validationDUT120Record records the DUT of a student of the BUT. NotFound if
// the student or the semester is unknown, or he is not in it; Forbidden if it is
// locked; Invalid if it is no semester of the BUT.
func (s *Service) validationDUT120Record(ctx context.Context, in validationDUT120In) (out ValidationDUT120, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		referentiel, err := j.referentiel()
		if err != nil {
			return err
		}
		var f patchFaults
		at := s.dateOf(&f, in.decisionDate)
		if err := errs.Faulty(f); err != nil {
			return err
		}
		var before any
		old, err := q.ValidationDUT120On(ctx, db.ValidationDUT120OnParams{Etudid: j.etud.ID, ReferentielID: referentiel})
		switch {
		case err == nil:
			before = s.validationDUT120From(old)
		case !isNone(err):
			return err
		}
		row, err := q.PutValidationDUT120(ctx, db.PutValidationDUT120Params{Etudid: j.etud.ID, FormsemestreID: j.sem.ID, ReferentielID: referentiel, At: at})
		if err != nil {
			return err
		}
		out = s.validationDUT120From(row)
		return s.recordDecision(ctx, q, "validation_dut120.record", row.ID, j.etud, before, out)
	})
	return out, err
}

type autorisationIn struct {
	etudidRef
	FormSemestreID int64 `json:"formsemestre_id"`
	SemestreID     int64 `json:"semestre_id"`
	decisionDate
}

// autorisationRecord allows a student to register in a semester of his
// programme. NotFound if the student or the semester is unknown, or he is not
// in it; Forbidden if it is locked; Invalid for a number that no semester has.
func (s *Service) autorisationRecord(ctx context.Context, in autorisationIn) (out Autorisation, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		j, err := juryOf(ctx, q, in.Etudid, in.FormSemestreID)
		if err != nil {
			return err
		}
		var f patchFaults
		at := s.dateOf(&f, in.decisionDate)
		if n := in.SemestreID; n != -1 && (n < 1 || n > 12) {
			f.add("semestre_id", "out_of_range", "invalide (1 à 12, ou -1)")
		}
		if err := errs.Faulty(f); err != nil {
			return err
		}
		row, err := s.putAutorisation(ctx, q, j.etud, j.sem, j.formation.FormationCode, in.SemestreID, at)
		out = s.autorisationFrom(row)
		return err
	})
	return out, err
}

// putAutorisation allows a registration, once: a second time moves its date.
func (s *Service) putAutorisation(ctx context.Context, q *db.Queries, etud db.Etudiant, sem db.FormSemestre, code string, semestreID int64, at db.Time) (db.Autorisation, error) {
	rows, err := q.AutorisationsFrom(ctx, sem.ID)
	if err != nil {
		return db.Autorisation{}, err
	}
	for _, row := range rows {
		if row.Etudid != etud.ID || row.SemestreID != semestreID || row.FormationCode != code {
			continue
		}
		before := s.autorisationFrom(row)
		row.At = at
		if err := q.SetAutorisationDate(ctx, db.SetAutorisationDateParams{ID: row.ID, At: at}); err != nil {
			return row, err
		}
		return row, s.recordDecision(ctx, q, "autorisation_inscription.record", row.ID, etud, before, s.autorisationFrom(row))
	}
	row, err := q.AddAutorisation(ctx, db.AddAutorisationParams{Etudid: etud.ID, FormationCode: code, SemestreID: semestreID, At: at, OriginFormsemestreID: &sem.ID})
	if err != nil {
		return row, fmt.Errorf("allow student %d to register: %w", etud.ID, err)
	}
	if err := putRepetition(ctx, q, row, sem); err != nil {
		return row, err
	}
	return row, s.recordDecision(ctx, q, "autorisation_inscription.record", row.ID, etud, nil, s.autorisationFrom(row))
}
