package scolarite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// inscriptionRoutes are the entries of "API Formsemestre" that register
// students, and ours about what becomes of them.
func (s *Service) inscriptionRoutes() []api.Route {
	return []api.Route{
		api.Post("formsemestre_etud_desinscrit", EtudInscrit, s.formSemestreEtudDesinscrit, "/formsemestre/{formsemestre_id:int}/etudid/{etudid:int}/desinscrit").
			Doc("Désinscrit l'étudiant de ce formsemestre et TOUS ses modules").
			Describe("Il quitte aussi les groupes du semestre ; ses notes restent. Refusé (403) si le semestre est verrouillé, ou si un jury y a pris une décision sur l'étudiant. Un semestre de modalité EXT disparaît avec son dernier inscrit."),
		api.Post("formsemestre_etud_inscrit", EtudInscrit, s.formSemestreEtudInscrit, "/formsemestre/{formsemestre_id:int}/etudid/{etudid:int}/inscrit").
			Refuses(400).Doc("Inscrit l'étudiant à ce formsemestre et TOUS ses modules STANDARDS (donc sauf les modules bonus sport).").
			Describe(describeInscrit),
		api.Post("formsemestre_etud_etat", EtudInscrit, s.formSemestreEtudEtat, "/formsemestre/{formsemestre_id:int}/etudid/{etudid:int}/etat").
			Extension().Doc("Change l'état d'une inscription : inscrit, démissionnaire ou défaillant.").
			Describe(`etat : "I", "D" (démission) ou "DEF" (défaillance). date : jour de la démission ou de la défaillance, aujourd'hui par défaut. Le retour à "I" efface l'une et l'autre.`),
	}
}

const describeInscrit = `Le corps peut manquer, ou dire :

* group_ids : liste d'identifiants de groupes du semestre, un par partition au plus. Un groupe de la partition Parcours donne à l'étudiant son parcours : il n'est alors inscrit qu'aux modules de ce parcours et à ceux de tronc commun.
* etape : code étape Apogée`

// Inscription is the registration of a student in a semester.
type Inscription struct {
	ID             int64   `json:"id"`
	Etudid         int64   `json:"etudid"`
	FormSemestreID int64   `json:"formsemestre_id"`
	Etat           string  `json:"etat"` // I registered, D resigned, DEF defaulted
	Etape          *string `json:"etape"`
	ParcourID      *int64  `json:"parcour_id"`
}

func inscriptionFrom(row db.Inscription) Inscription {
	return Inscription{ID: row.ID, Etudid: row.Etudid, FormSemestreID: row.FormsemestreID, Etat: row.Etat, Etape: row.Etape, ParcourID: row.ParcoursID}
}

type formSemestreEtud struct {
	FormSemestreID int64 `path:"formsemestre_id"`
	Etudid         int64 `path:"etudid"`
}

// NewInscription is how to register a student.
type NewInscription struct {
	// GroupIDs are groups of the semester, of different partitions.
	GroupIDs api.Opt[[]int64] `json:"group_ids" maxlen:"100" body_optional:"true"`
	Etape    api.Opt[string]  `json:"etape" maxlen:"512"`
}

type formSemestreEtudCreation struct {
	formSemestreEtud
	NewInscription
}

func (s *Service) formSemestreEtudInscrit(ctx context.Context, in formSemestreEtudCreation) (Inscription, error) {
	return s.Inscrire(ctx, in.FormSemestreID, in.Etudid, in.NewInscription)
}

// Inscrire registers a student in a semester: in the group of everybody, those
// given, and every module but sport. NotFound if the semester or the student is
// unknown, or they are of two departments; Forbidden if the semester is locked;
// Invalid if the student is registered already, or a group is not of the
// semester.
func (s *Service) Inscrire(ctx context.Context, formsemestreID, etudid int64, in NewInscription) (inscription Inscription, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, etud, err := semesterAndStudent(ctx, q, formsemestreID, etudid)
		if err != nil {
			return err
		}
		inscription, err = s.inscrireWithin(ctx, q, sem, etud, in)
		return err
	})
	return inscription, err
}

// semesterAndStudent returns an unlocked semester and a student of its
// department.
func semesterAndStudent(ctx context.Context, q *db.Queries, formsemestreID, etudid int64) (sem db.FormSemestre, etud db.Etudiant, err error) {
	if sem, err = visibleFormSemestre(ctx, q, formsemestreID); err != nil {
		return sem, etud, err
	}
	if etud, err = visibleEtudiant(ctx, q, etudid); err != nil {
		return sem, etud, err
	}
	if etud.DeptID != sem.DeptID {
		return sem, etud, errs.New(errs.NotFound, "etudiant_unknown", "étudiant inconnu")
	}
	return sem, etud, unlocked(sem)
}

// inscrireWithin is Inscrire within a transaction, for a semester that is
// unlocked and a student of its department.
func (s *Service) inscrireWithin(ctx context.Context, q *db.Queries, sem db.FormSemestre, etud db.Etudiant, in NewInscription) (Inscription, error) {
	switch _, err := inscriptionOf(ctx, q, sem.ID, etud.ID); {
	case err == nil:
		return Inscription{}, errs.New(errs.Invalid, "inscription_taken", "étudiant déjà inscrit à ce semestre")
	case !errs.Is(err, errs.NotFound):
		return Inscription{}, err
	}
	groups, err := groupsToJoin(ctx, q, sem, distinct(in.GroupIDs.Or(nil)))
	if err != nil {
		return Inscription{}, err
	}
	if err := q.AddInscription(ctx, db.AddInscriptionParams{Etudid: etud.ID, FormsemestreID: sem.ID, Etape: textOrNil(strings.TrimSpace(in.Etape.Or("")))}); err != nil {
		return Inscription{}, err
	}
	for _, group := range groups {
		if err := joinGroup(ctx, q, sem, group, etud.ID); err != nil {
			return Inscription{}, err
		}
	}
	row, err := inscriptionOf(ctx, q, sem.ID, etud.ID) // with the track of its group
	if err != nil {
		return Inscription{}, err
	}
	if err := joinModules(ctx, q, row); err != nil {
		return Inscription{}, err
	}
	if err := q.AddEvenement(ctx, db.AddEvenementParams{Etudid: etud.ID, At: s.now(), FormsemestreID: &sem.ID, EventType: "INSCRIPTION"}); err != nil {
		return Inscription{}, err
	}
	inscription := inscriptionFrom(row)
	return inscription, s.record(ctx, q, "inscription.create", "inscription", row.ID, inscriptionName(etud, sem), nil, inscription)
}

// groupsToJoin returns the group of everybody and those asked for. Invalid
// unless they are of the semester and of different partitions.
func groupsToJoin(ctx context.Context, q *db.Queries, sem db.FormSemestre, asked []int64) ([]int64, error) {
	everybody, err := q.DefaultGroup(ctx, sem.ID)
	if err != nil {
		return nil, fmt.Errorf("default group of semester %d: %w", sem.ID, err)
	}
	rows, err := q.PartitionsOfGroups(ctx, db.PartitionsOfGroupsParams{FormsemestreID: sem.ID, Ids: db.JSONList(asked...)})
	if err != nil {
		return nil, err
	}
	partitions := make(map[int64]int64, len(rows))
	for _, row := range rows {
		partitions[row.ID] = row.PartitionID
	}
	var f patchFaults
	groups, taken := []int64{everybody}, map[int64]bool{}
	for _, id := range asked {
		partition, ok := partitions[id]
		switch {
		case !ok:
			f.add("group_ids", "group_foreign", fmt.Sprintf("le groupe %d n'est pas de ce semestre", id))
		case taken[partition]:
			f.add("group_ids", "group_partition", fmt.Sprintf("le groupe %d est d'une partition déjà citée", id))
		case id != everybody:
			groups = append(groups, id)
		}
		taken[partition] = true
	}
	return groups, errs.Faulty(f)
}

// joinModules registers a student in the modules of his semester but sport: in
// a BUT, those of his track if he has one.
func joinModules(ctx context.Context, q *db.Queries, row db.Inscription) error {
	var parcours int64
	if row.ParcoursID != nil {
		parcours = *row.ParcoursID
	}
	return q.AddUsualModuleInscriptions(ctx, db.AddUsualModuleInscriptionsParams{Etudid: row.Etudid, FormsemestreID: row.FormsemestreID, ParcoursID: parcours})
}

func (s *Service) formSemestreEtudDesinscrit(ctx context.Context, in formSemestreEtud) (OK, error) {
	return done, s.Desinscrire(ctx, in.FormSemestreID, in.Etudid)
}

// Desinscrire takes a student out of a semester, its groups and its modules;
// his marks stay. NotFound if the semester or the student is unknown, or the
// student is not in it; Forbidden if it is locked or a jury decided on him.
func (s *Service) Desinscrire(ctx context.Context, formsemestreID, etudid int64) error {
	return s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, etud, err := semesterAndStudent(ctx, q, formsemestreID, etudid)
		if err != nil {
			return err
		}
		return s.desinscrireWithin(ctx, q, sem, etud)
	})
}

// desinscrireWithin is Desinscrire within a transaction, for a semester that is
// unlocked.
func (s *Service) desinscrireWithin(ctx context.Context, q *db.Queries, sem db.FormSemestre, etud db.Etudiant) error {
	row, err := inscriptionOf(ctx, q, sem.ID, etud.ID)
	if err != nil {
		return err
	}
	decided, err := q.HasDecision(ctx, db.HasDecisionParams{Etudid: etud.ID, FormsemestreID: sem.ID})
	if err != nil {
		return err
	}
	if decided != 0 {
		return errs.New(errs.Forbidden, "inscription_decided", "un jury a pris une décision sur cet étudiant dans ce semestre")
	}
	if err := q.DeleteModuleInscriptionsIn(ctx, db.DeleteModuleInscriptionsInParams{Etudid: etud.ID, FormsemestreID: sem.ID}); err != nil {
		return err
	}
	if err := leaveGroups(ctx, q, sem.ID, etud.ID); err != nil {
		return err
	}
	if err := q.DeleteInscription(ctx, row.ID); err != nil {
		return err
	}
	if err := s.record(ctx, q, "inscription.delete", "inscription", row.ID, inscriptionName(etud, sem), inscriptionFrom(row), nil); err != nil {
		return err
	}
	return s.dropEmptied(ctx, q, sem)
}

// dropEmptied deletes a semester of another institution once nobody is in it.
func (s *Service) dropEmptied(ctx context.Context, q *db.Queries, sem db.FormSemestre) error {
	if sem.Modalite != "EXT" {
		return nil
	}
	n, err := q.CountInscriptions(ctx, sem.ID)
	if err != nil || n > 0 {
		return err
	}
	image, err := formSemestreImage(ctx, q, sem)
	if err != nil {
		return err
	}
	if err := q.DeleteFormSemestre(ctx, sem.ID); err != nil {
		return err
	}
	return s.record(ctx, q, "formsemestre.delete", "formsemestre", sem.ID, titreNum(sem), image, nil)
}

// EtatChange is what becomes of a registration.
type EtatChange struct {
	Etat string        `json:"etat" enum:"I|D|DEF"`
	Date api.Opt[Jour] `json:"date"`
}

type formSemestreEtudChange struct {
	formSemestreEtud
	EtatChange
}

func (s *Service) formSemestreEtudEtat(ctx context.Context, in formSemestreEtudChange) (Inscription, error) {
	return s.SetEtat(ctx, in.FormSemestreID, in.Etudid, in.EtatChange)
}

// departures are the events of those who leave, by the state they are left in.
var departures = map[string]string{"D": "DEMISSION", "DEF": "DEFAILLANCE"}

// SetEtat says that a registered student resigned (D) or defaulted (DEF), on a
// day or now, or takes it back (I). NotFound if the semester or the student is
// unknown, or the student is not in it; Forbidden if it is locked.
func (s *Service) SetEtat(ctx context.Context, formsemestreID, etudid int64, change EtatChange) (inscription Inscription, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		sem, etud, err := semesterAndStudent(ctx, q, formsemestreID, etudid)
		if err != nil {
			return err
		}
		row, err := inscriptionOf(ctx, q, sem.ID, etud.ID)
		if err != nil {
			return err
		}
		before, err := s.inscriptionImage(ctx, q, row)
		if err != nil {
			return err
		}
		if err := q.DeleteDepartures(ctx, db.DeleteDeparturesParams{Etudid: etud.ID, FormsemestreID: sem.ID}); err != nil {
			return err
		}
		if event, ok := departures[change.Etat]; ok {
			if err := q.AddEvenement(ctx, db.AddEvenementParams{Etudid: etud.ID, At: s.atDay(change.Date), FormsemestreID: &sem.ID, EventType: event}); err != nil {
				return err
			}
		}
		if err := q.SetInscriptionEtat(ctx, db.SetInscriptionEtatParams{ID: row.ID, Etat: change.Etat}); err != nil {
			return err
		}
		row.Etat = change.Etat
		inscription = inscriptionFrom(row)
		after, err := s.inscriptionImage(ctx, q, row)
		if err != nil {
			return err
		}
		return s.record(ctx, q, "inscription.update", "inscription", row.ID, inscriptionName(etud, sem), before, after)
	})
	return inscription, err
}

// inscriptionImage is what the journal keeps of a registration: with it, the
// moment the student left.
func (s *Service) inscriptionImage(ctx context.Context, q *db.Queries, row db.Inscription) (any, error) {
	events, err := q.EvenementsIn(ctx, db.EvenementsInParams{Etudid: row.Etudid, FormsemestreID: row.FormsemestreID})
	if err != nil {
		return nil, err
	}
	image := struct {
		Inscription
		Date *Instant `json:"date"`
	}{Inscription: inscriptionFrom(row)}
	for _, e := range events {
		if e.EventType == departures[row.Etat] {
			image.Date = s.instantOrNil(&e.At)
		}
	}
	return image, nil
}

// atDay is the beginning of a day at the site, or now when none is given.
func (s *Service) atDay(day api.Opt[Jour]) db.Time {
	d, ok := day.Get()
	if !ok {
		return s.now()
	}
	y, m, n := d.Time().Date()
	return db.At(time.Date(y, m, n, 0, 0, 0, 0, s.Location))
}

// inscriptionOf returns a student's registration in a semester, NotFound
// without one.
func inscriptionOf(ctx context.Context, q *db.Queries, formsemestreID, etudid int64) (db.Inscription, error) {
	row, err := q.Inscription(ctx, db.InscriptionParams{FormsemestreID: formsemestreID, Etudid: etudid})
	return row, db.NotFound(err, "inscription_unknown", "étudiant non inscrit à ce semestre")
}

// etudName is a student in the journal.
func etudName(etud db.Etudiant) string {
	if etud.NomUsuel != nil {
		return *etud.NomUsuel + " " + etud.Prenom
	}
	return etud.Nom + " " + etud.Prenom
}

// inscriptionName is a registration in the journal.
func inscriptionName(etud db.Etudiant, sem db.FormSemestre) string {
	return etudName(etud) + ", " + titreNum(sem)
}
