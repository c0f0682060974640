package scolarite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/audit"
	"intendant/internal/errs"
	"intendant/internal/scolarite/presence"
)

// justificatifRoutes are the entries of "API Justificatifs".
func (s *Service) justificatifRoutes() []api.Route {
	ofEtudiant := func(before, after string) []string {
		return []string{before + "/ine/{ine}" + after, before + "/nip/{nip}" + after, before + "/etudid/{etudid:int}" + after, before + "/{etudid:int}" + after}
	}
	var lists []string
	for _, path := range ofEtudiant("/justificatifs", "") {
		lists = append(lists, path+"/query", path)
	}
	return []api.Route{
		api.Post("justif_create", AbsChange, s.justifCreate, ofEtudiant("/justificatif", "/create")...).
			Doc("Création de justificatifs pour l'étudiant.").Describe("Le corps est une liste d'objets : date_debut, date_fin, etat (valide, non_valide, attente ou modifie), et au besoin raison, external_data. " + batchText),
		api.Post("justif_delete", AbsChange, s.justifDelete, "/justificatif/delete").
			Doc("Suppression de justificatifs à partir de leurs ids.").Describe("Le corps est une liste d'ids. Leurs fichiers sont supprimés aussi. " + batchText),
		api.Post("justif_edit", AbsChange, s.justifEdit, "/justificatif/{justif_id:int}/edit").
			Doc("Édition d'un justificatif à partir de son id.").Describe("Champs, tous optionnels : etat, raison, date_debut, date_fin, external_data. La réponse dit les assiduités justifiées avant et après."),
		api.Post("justif_export", ScoView, s.justifExport, "/justificatif/{justif_id:int}/export/{filename}").
			Doc("Retourne un fichier d'un justificatif.").Describe("Il faut en outre la permission AbsJustifView, ou être l'auteur du justificatif."),
		api.Post("justif_import", AbsChange, s.justifImport, "/justificatif/{justif_id:int}/import").Accepts(maxJustifBody).
			Doc("Importation d'un fichier.").Describe("Formulaire multipart/form-data : tout fichier, quel que soit le nom de son champ, 16 Mio au plus en tout. La réponse donne le nom du premier tel qu'il est gardé."),
		api.Get("justif_justifies", AbsChange, s.justifJustifies, "/justificatif/{justif_id:int}/justifies").
			Doc("Liste assiduite_id justifiées par le justificatif."),
		api.Get("justif_list", ScoView, s.justifList, "/justificatif/{justif_id:int}/list").
			Doc("Liste les fichiers du justificatif.").Describe("total les compte tous ; filenames donne ceux que l'on peut voir : les siens, ou tous avec la permission AbsJustifView."),
		api.Post("justif_remove", AbsChange, s.justifRemove, "/justificatif/{justif_id:int}/remove").
			Doc("Suppression d'un fichier ou de tous.").Describe(`Corps : {"remove": "all"}, ou {"remove": "list", "filenames": [...]}.`),
		api.Get("justificatif", ScoView, s.justificatif, "/justificatif/{justif_id:int}").
			Doc("Retourne un objet justificatif à partir de son id.").Describe("raison est vide sans la permission AbsJustifView, sauf pour l'auteur."),
		api.Get("justificatifs", ScoView, s.justificatifs, lists...).
			Doc("Retourne tous les justificatifs d'un étudiant.").Describe(justifFilterText),
		api.Get("justificatifs_dept", ScoView, s.justificatifsDept, "/justificatifs/dept/{dept_id:int}/query", "/justificatifs/dept/{dept_id:int}").
			Doc("Renvoie tous les justificatifs d'un département, avec un champ formsemestre si possible.").
			Describe("formsemestre, {id, title}, est le semestre de l'étudiant où tient le justificatif ; le champ manque s'il n'y en a pas. " + justifFilterText),
		api.Get("justificatifs_formsemestre", ScoView, s.justificatifsFormSemestre, "/justificatifs/formsemestre/{formsemestre_id:int}/query", "/justificatifs/formsemestre/{formsemestre_id:int}").
			Doc("Retourne tous les justificatifs du formsemestre.").
			Describe("Ceux des inscrits qui ont du temps en commun avec le semestre. " + justifFilterText),
	}
}

const (
	justifFilterText = "Filtres, avec ou sans /query : user_id, date_debut (au plus tôt), date_fin (au plus tard), etat (liste parmi valide, non_valide, attente, modifie), order (non vide : les plus récents d'abord), courant (l'année scolaire en cours), group_id (les membres d'un groupe)."
	// justifValid is the state of what justifies.
	justifValid int64 = 0
)

// justifStates are the states of justifications by number.
var justifStates = []string{"valide", "non_valide", "attente", "modifie"}

// Justificatif is a justification as answers show it.
type Justificatif struct {
	JustifID       int64            `json:"justif_id"`
	Etudid         int64            `json:"etudid"`
	CodeNIP        *string          `json:"code_nip"`
	DateDebut      Instant          `json:"date_debut"`
	DateFin        Instant          `json:"date_fin"`
	Etat           string           `json:"etat"`
	Raison         *string          `json:"raison"` // null for who may not know
	Fichier        *string          `json:"fichier"`
	EntryDate      Instant          `json:"entry_date"`
	UserID         *int64           `json:"user_id"`
	UserName       *string          `json:"user_name"`
	UserNomComplet *string          `json:"user_nom_complet"`
	ExternalData   *json.RawMessage `json:"external_data"`
}

// knows reports whether ctx's caller may know why: the author, or a holder of
// AbsJustifView.
func knows(ctx context.Context, author *int64) bool {
	caller := callerID(ctx)
	return may(ctx, AbsJustifView) || caller != nil && author != nil && *caller == *author
}

// justificatifsOf returns rows as answers show them to ctx's caller, in their
// order.
func (s *Service) justificatifsOf(ctx context.Context, q *db.Queries, rows []db.Justificatif) ([]Justificatif, error) {
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
	list := make([]Justificatif, len(rows))
	for i, row := range rows {
		j := Justificatif{
			JustifID: row.ID, Etudid: row.Etudid, CodeNIP: nips[row.Etudid], DateDebut: s.instant(row.DebutAt), DateFin: s.instant(row.FinAt),
			Etat: s.stateName(justifStates, row.Etat), Fichier: row.Fichier, EntryDate: s.instant(row.EntryAt), UserID: row.AccountID,
			ExternalData: rawOrNil(row.ExternalData),
		}
		if knows(ctx, row.AccountID) {
			j.Raison = row.Raison
		}
		j.UserName, j.UserNomComplet = by.names(row.AccountID)
		list[i] = j
	}
	return list, nil
}

// covers reports whether a justification covers a span of time whole.
func covers(row db.Justificatif, start, end time.Time) bool {
	return presence.Span{Start: row.DebutAt.Time, End: row.FinAt.Time}.Covers(presence.Record{Start: start, End: end})
}

type justifRef struct {
	ID int64 `path:"justif_id"`
}

// visibleJustificatif returns a justification that exists for ctx's request,
// and its student; NotFound otherwise.
func visibleJustificatif(ctx context.Context, q *db.Queries, id int64) (db.Justificatif, db.Etudiant, error) {
	row, err := q.Justificatif(ctx, id)
	if err != nil {
		return row, db.Etudiant{}, db.NotFound(err, "justificatif_unknown", "justificatif inconnu")
	}
	etud, err := visibleEtudiant(ctx, q, row.Etudid)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "justificatif_unknown", "justificatif inconnu")
	}
	return row, etud, err
}

// justificatif returns one justification; NotFound if it is unknown.
func (s *Service) justificatif(ctx context.Context, in justifRef) (Justificatif, error) {
	q := s.Store.Read()
	row, _, err := visibleJustificatif(ctx, q, in.ID)
	if err != nil {
		return Justificatif{}, err
	}
	list, err := s.justificatifsOf(ctx, q, []db.Justificatif{row})
	if err != nil {
		return Justificatif{}, err
	}
	return list[0], nil
}

// justifCreateIn is a student and a list of justifications.
type justifCreateIn struct {
	etudRef
	listIn
}

// JustifCreated is a new justification and the records that it justifies.
type JustifCreated struct {
	JustifID   int64   `json:"justif_id"`
	Couverture []int64 `json:"couverture"`
}

// RecordJustificatifs adds justifications to a student, each by itself, as
// justifCreate does.
func (s *Service) RecordJustificatifs(ctx context.Context, etudid int64, justifs jsonvalue.Value) (Batch, error) {
	return s.justifCreate(ctx, justifCreateIn{etudRef{Etudid: api.Some(etudid)}, listIn{justifs}})
}

// justifCreate adds justifications to a student, each by itself. NotFound for
// an unknown student or a body that is no list.
func (s *Service) justifCreate(ctx context.Context, in justifCreateIn) (Batch, error) {
	etud, err := etudiantOf(ctx, s.Store.Read(), in.etudRef)
	if err != nil {
		return Batch{}, err
	}
	return s.batch(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error) {
		if err := itemObject(item); err != nil {
			return nil, err
		}
		etud, err := visibleEtudiant(ctx, q, etud.ID) // who may be gone since
		if err != nil {
			return nil, err
		}
		row := db.Justificatif{Etudid: etud.ID}
		if err := s.readJustificatif(item, &row, true); err != nil {
			return nil, err
		}
		if row, err = s.addJustificatif(ctx, q, etud, row); err != nil {
			return nil, err
		}
		covered, err := justifiedBy(ctx, q, row)
		return JustifCreated{row.ID, covered}, err
	}, func(ctx context.Context, q *db.Queries) error { return s.justify(ctx, q, etud.ID) })
}

// addJustificatif adds a justification of ctx's caller to a student; it returns
// the row as it is kept. What it justifies is for the caller to compute anew.
func (s *Service) addJustificatif(ctx context.Context, q *db.Queries, etud db.Etudiant, row db.Justificatif) (db.Justificatif, error) {
	added, err := q.AddJustificatif(ctx, db.AddJustificatifParams{
		Etudid: etud.ID, DebutAt: row.DebutAt, FinAt: row.FinAt, Etat: row.Etat, EntryAt: s.now(), AccountID: callerID(ctx),
		Raison: row.Raison, ExternalData: row.ExternalData,
	})
	if err != nil {
		return added, fmt.Errorf("add justification: %w", err)
	}
	return added, s.record(ctx, q, "justificatif.create", "justificatif", added.ID, nameOf(etud), nil, s.justifImage(added))
}

// readJustificatif reads the fields of a justification into row; a NotFound
// error names those that will not do.
func (s *Service) readJustificatif(item jsonvalue.Value, row *db.Justificatif, isNew bool) error {
	var wrong refusals
	s.readSpan(&wrong, item, isNew, &row.DebutAt, &row.FinAt)
	wrong.choice(item, "etat", justifStates, isNew, &row.Etat)
	wrong.text(item, "raison", &row.Raison)
	wrong.object(item, "external_data", &row.ExternalData)
	return wrong.err()
}

// justifiedBy returns the records that a justification justifies: those late or
// absent that it covers whole, none unless it is valid.
func justifiedBy(ctx context.Context, q *db.Queries, row db.Justificatif) ([]int64, error) {
	if row.Etat != justifValid {
		return []int64{}, nil
	}
	ids, err := q.AbsencesWithin(ctx, db.AbsencesWithinParams{Etudid: row.Etudid, Since: row.DebutAt, Until: row.FinAt})
	if err != nil {
		return nil, fmt.Errorf("attendance within a justification: %w", err)
	}
	return ids, nil
}

// justifImage is a justification as the journal keeps it: that there is a
// reason, but not which.
type justifImage struct {
	DateDebut    Instant          `json:"date_debut"`
	DateFin      Instant          `json:"date_fin"`
	Etat         string           `json:"etat"`
	Raison       *string          `json:"raison"`
	ExternalData *json.RawMessage `json:"external_data"`
}

func (s *Service) justifImage(row db.Justificatif) justifImage {
	image := justifImage{s.instant(row.DebutAt), s.instant(row.FinAt), justifStates[row.Etat], nil, rawOrNil(row.ExternalData)}
	if row.Raison != nil {
		masked := audit.Masked
		image.Raison = &masked
	}
	return image
}

// justifImages are a justification before and after a change. That a reason
// took the place of another shows, too.
func (s *Service) justifImages(before, after db.Justificatif) (b, a justifImage) {
	b, a = s.justifImage(before), s.justifImage(after)
	if before.Raison != nil && after.Raison != nil && *before.Raison != *after.Raison {
		replaced := audit.Masked + " (remplacée)"
		a.Raison = &replaced
	}
	return b, a
}

// justifChange is a justification and what to change of it.
type justifChange struct {
	ID   int64           `path:"justif_id"`
	Body jsonvalue.Value `body:""`
}

// JustifEdited are the records that a justification justified before and
// after.
type JustifEdited struct {
	Couverture struct {
		Avant []int64 `json:"avant"`
		Apres []int64 `json:"apres"`
	} `json:"couverture"`
}

// justifEdit changes a justification. NotFound names what will not do.
func (s *Service) justifEdit(ctx context.Context, in justifChange) (JustifEdited, error) {
	var out JustifEdited
	if err := itemObject(in.Body); err != nil {
		return out, err
	}
	return out, s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		before, etud, err := visibleJustificatif(ctx, q, in.ID)
		if err != nil {
			return err
		}
		after := before
		if err := s.readJustificatif(in.Body, &after, false); err != nil {
			return err
		}
		if out.Couverture.Avant, err = justifiedBy(ctx, q, before); err != nil {
			return err
		}
		if out.Couverture.Apres, err = justifiedBy(ctx, q, after); err != nil {
			return err
		}
		if err := q.UpdateJustificatif(ctx, db.UpdateJustificatifParams{
			ID: in.ID, DebutAt: after.DebutAt, FinAt: after.FinAt, Etat: after.Etat, Raison: after.Raison, ExternalData: after.ExternalData,
		}); err != nil {
			return fmt.Errorf("change justification %d: %w", in.ID, err)
		}
		if err := s.justify(ctx, q, etud.ID); err != nil {
			return err
		}
		was, is := s.justifImages(before, after)
		return s.record(ctx, q, "justificatif.update", "justificatif", in.ID, nameOf(etud), was, is)
	})
}

// justifDelete deletes justifications and their files, each by itself.
func (s *Service) justifDelete(ctx context.Context, in listIn) (Batch, error) {
	moved := map[int64]bool{}
	return s.batch(ctx, in.Body, func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (any, error) {
		id, err := itemID(item)
		if err != nil {
			return nil, err
		}
		row, etud, err := visibleJustificatif(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if err := q.DeleteJustificatif(ctx, id); err != nil {
			return nil, fmt.Errorf("delete justification %d: %w", id, err)
		}
		moved[etud.ID] = true
		return "OK", s.record(ctx, q, "justificatif.delete", "justificatif", id, nameOf(etud), s.justifImage(row), nil)
	}, func(ctx context.Context, q *db.Queries) error { return s.justifyAll(ctx, q, moved) })
}

// justifJustifies returns the ids of the records that a justification
// justifies; NotFound if it is unknown.
func (s *Service) justifJustifies(ctx context.Context, in justifRef) ([]int64, error) {
	q := s.Store.Read()
	row, _, err := visibleJustificatif(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	return justifiedBy(ctx, q, row)
}

// justifFilters are the filters of justifications, as they are sent.
type justifFilters struct {
	UserID    api.Opt[int64]  `query:"user_id"`
	DateDebut api.Opt[string] `query:"date_debut"`
	DateFin   api.Opt[string] `query:"date_fin"`
	Etat      api.Opt[string] `query:"etat"`
	Order     api.Opt[string] `query:"order"`
	Courant   api.Opt[string] `query:"courant"`
	GroupID   api.Opt[int64]  `query:"group_id"`
}

// filterJustifs returns the rows that pass, in the order asked for; NotFound names a
// filter that cannot be read, or a group that is unknown.
func (s *Service) filterJustifs(ctx context.Context, q *db.Queries, in justifFilters, rows []db.Justificatif) ([]db.Justificatif, error) {
	within, err := s.readPeriod(in.DateDebut, in.DateFin)
	if err != nil {
		return nil, err
	}
	if in.Courant.Set {
		isCurrent, ok := truth(in.Courant.Value)
		if !ok {
			return nil, badFilter("courant")
		}
		if isCurrent {
			within = within.meet(s.schoolYear(AnneeScolaire(s.today())))
		}
	}
	var states []int64
	if text, ok := in.Etat.Get(); ok && text != "" {
		if states, err = readNames("etat", justifStates, text); err != nil {
			return nil, err
		}
	}
	members, err := groupMembers(ctx, q, in.GroupID)
	if err != nil {
		return nil, err
	}
	kept := make([]db.Justificatif, 0, len(rows))
	for _, row := range rows {
		if within.holds(row.DebutAt, row.FinAt) && (states == nil || slices.Contains(states, row.Etat)) && (members == nil || members[row.Etudid]) &&
			(!in.UserID.Set || row.AccountID != nil && *row.AccountID == in.UserID.Value) {
			kept = append(kept, row)
		}
	}
	if in.Order.Value != "" {
		slices.Reverse(kept)
	}
	return kept, nil
}

// schoolYear returns the time from a first of August to the next.
func (s *Service) schoolYear(year int64) period {
	return period{since: time.Date(int(year), time.August, 1, 0, 0, 0, 0, s.Location), until: time.Date(int(year)+1, time.August, 1, 0, 0, 0, 0, s.Location)}
}

// groupMembers returns who is in a group, nil when none is asked for.
func groupMembers(ctx context.Context, q *db.Queries, group api.Opt[int64]) (map[int64]bool, error) {
	if !group.Set {
		return nil, nil
	}
	if _, _, _, err := visibleGroup(ctx, q, group.Value); err != nil {
		return nil, err
	}
	ids, err := q.MembersOfGroup(ctx, group.Value)
	if err != nil {
		return nil, fmt.Errorf("members of group %d: %w", group.Value, err)
	}
	members := make(map[int64]bool, len(ids))
	for _, id := range ids {
		members[id] = true
	}
	return members, nil
}

// justificatifsIn is a student and filters.
type justificatifsIn struct {
	etudRef
	justifFilters
}

// justificatifs returns the justifications of a student; NotFound for an
// unknown student or a filter that cannot be read.
func (s *Service) justificatifs(ctx context.Context, in justificatifsIn) ([]Justificatif, error) {
	q := s.Store.Read()
	etud, err := etudiantOf(ctx, q, in.etudRef)
	if err != nil {
		return nil, err
	}
	rows, err := q.JustificatifsOfEtudiants(ctx, db.JSONList(etud.ID))
	if err != nil {
		return nil, fmt.Errorf("justifications of student %d: %w", etud.ID, err)
	}
	return s.filteredJustifs(ctx, q, in.justifFilters, rows)
}

// filteredJustifs returns the rows that pass as answers show them; see
// filterJustifs for its errors.
func (s *Service) filteredJustifs(ctx context.Context, q *db.Queries, in justifFilters, rows []db.Justificatif) ([]Justificatif, error) {
	kept, err := s.filterJustifs(ctx, q, in, rows)
	if err != nil {
		return nil, err
	}
	return s.justificatifsOf(ctx, q, kept)
}

type justifsDeptIn struct {
	DeptID int64 `path:"dept_id"`
	justifFilters
}

// DeptJustificatif is a justification and the semester of its student that it
// lies in, left out when it lies in none.
type DeptJustificatif struct {
	Justificatif
	FormSemestre *SemestreTitle `json:"formsemestre,omitempty"`
}

// SemestreTitle names a semester: "BUT Informatique semestre 1".
type SemestreTitle struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
}

// justificatifsDept returns the justifications of a department; NotFound if it
// is unknown.
func (s *Service) justificatifsDept(ctx context.Context, in justifsDeptIn) ([]DeptJustificatif, error) {
	q := s.Store.Read()
	if _, err := visibleDepartement(ctx, q, in.DeptID); err != nil {
		return nil, err
	}
	rows, err := q.JustificatifsOfDepartement(ctx, in.DeptID)
	if err != nil {
		return nil, fmt.Errorf("justifications of departement %d: %w", in.DeptID, err)
	}
	shown, err := s.filteredJustifs(ctx, q, in.justifFilters, rows)
	if err != nil {
		return nil, err
	}
	return s.withSemesters(ctx, q, shown)
}

// withSemesters adds to each justification the semester of its student that
// holds it whole, the latest of several.
func (s *Service) withSemesters(ctx context.Context, q *db.Queries, list []Justificatif) ([]DeptJustificatif, error) {
	ids := make([]int64, len(list))
	for i, j := range list {
		ids[i] = j.Etudid
	}
	rows, err := q.FormSemestresOfEtudiants(ctx, db.JSONList(ids...))
	if err != nil {
		return nil, fmt.Errorf("semesters of students: %w", err)
	}
	semesters := map[int64][]db.FormSemestre{}
	for _, row := range rows {
		semesters[row.Etudid] = append(semesters[row.Etudid], row.FormSemestre)
	}
	out := make([]DeptJustificatif, len(list))
	for i, j := range list {
		out[i].Justificatif = j
		for _, sem := range semesters[j.Etudid] {
			if s.timeOf(sem).holds(db.At(j.DateDebut.Time), db.At(j.DateFin.Time)) {
				out[i].FormSemestre = &SemestreTitle{sem.ID, titreNum(sem)}
				break
			}
		}
	}
	return out, nil
}

type justifsSemesterIn struct {
	ID int64 `path:"formsemestre_id"`
	justifFilters
}

// justificatifsFormSemestre returns the justifications of the students of a
// semester that have some of its time; NotFound if it is unknown.
func (s *Service) justificatifsFormSemestre(ctx context.Context, in justifsSemesterIn) ([]Justificatif, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	within := s.timeOf(sem)
	rows, err := q.JustificatifsOfFormSemestre(ctx, db.JustificatifsOfFormSemestreParams{FormsemestreID: sem.ID, Since: db.At(within.since), Until: db.At(within.until)})
	if err != nil {
		return nil, fmt.Errorf("justifications of formsemestre %d: %w", sem.ID, err)
	}
	return s.filteredJustifs(ctx, q, in.justifFilters, rows)
}
