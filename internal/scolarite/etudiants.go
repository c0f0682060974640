package scolarite

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/plier"
)

// etudiantRoutes are the entries of "API Étudiants", those about marks left
// out, and of our extensions for pictures and imports.
func (s *Service) etudiantRoutes() []api.Route {
	const code = "/etudiant/{code_type}/{code}"
	return []api.Route{
		api.Get("etudiants_courants", ScoView, s.etudiantsCourants, "/etudiants/courants").
			Or(seesSomewhere).Doc(courantsDoc).Describe(courantsText),
		api.Get("etudiants_courants", ScoView, s.etudiantsCourantsLong, "/etudiants/courants/long").
			Or(seesSomewhere).Doc(courantsDoc).Describe(courantsText),
		api.Get("etudiant", ScoView, s.etudiant, "/etudiant/etudid/{etudid:int}", "/etudiant/nip/{nip}", "/etudiant/ine/{ine}").
			Doc("Retourne les informations de l'étudiant correspondant, ou 404 si non trouvé.").
			Describe("Les codes INE et NIP sont uniques au sein d'un département : si plusieurs étudiants ont le même code, on retourne le plus récemment inscrit. Sans la permission ViewEtudData, les données personnelles sont nulles et les annotations absentes."),
		api.Get("etudiants", ScoView, s.etudiants, "/etudiants/etudid/{etudid:int}", "/etudiants/nip/{nip}", "/etudiants/ine/{ine}").
			Doc("Info sur le ou les étudiants correspondants.").
			Describe("Comme etudiant, mais retourne toujours une liste, vide si aucun étudiant ne correspond : un étudiant par département."),
		api.Get("etudiants_by_name", ScoView, s.etudiantsByName, "/etudiants/name/{start}").
			Doc("Liste des étudiants dont le nom débute par start.").
			Describe("Le nom ou le nom usuel. Si start fait moins de 3 caractères, liste vide. La casse et les accents sont ignorés ; les autres caractères ne signifient qu'eux-mêmes."),
		api.Get("etudiant_formsemestres", ScoView, s.etudiantFormSemestres,
			"/etudiant/etudid/{etudid:int}/formsemestres", "/etudiant/nip/{nip}/formsemestres", "/etudiant/ine/{ine}/formsemestres").
			Doc("Liste des formsemestres qu'un étudiant a suivi, triés par ordre chronologique. Accès par etudid, nip ou ine.").
			Describe("Par NIP ou INE, les formsemestres peuvent être de départements différents : voir dept_id. Dans un département, seulement les siens."),
		api.Get("etudiant_groups", ScoView, s.etudiantGroups, "/etudiant/etudid/{etudid:int}/formsemestre/{formsemestre_id:int}/groups").
			Doc("Retourne la liste des groupes auxquels appartient l'étudiant dans le formsemestre indiqué."),
		api.Get("etudiant_get_photo_image", ScoView, s.etudiantPhoto, "/etudiant/etudid/{etudid:int}/photo", "/etudiant/nip/{nip}/photo", "/etudiant/ine/{ine}/photo").
			Doc("Retourne la photo de l'étudiant ou un placeholder si non existant.").
			Describe("Toujours une image JPEG. Le paramètre size peut prendre la valeur small (hauteur 90 pixels) ou orig (défaut, taille originale)."),
		api.Post("etudiant_photo", EtudChangeAdr, s.setEtudiantPhoto, code+"/photo").Extension().Refuses(http.StatusBadRequest).Accepts(maxPhotoBody).
			Doc("Enregistre la photo d'un étudiant.").
			Describe("Premier fichier d'un formulaire multipart/form-data : JPEG, PNG ou GIF, de plus de 10 octets et d'au plus 1 Mio. L'image est convertie en JPEG ; une version réduite en est tirée."),
		api.Post("etudiant_photo_delete", EtudChangeAdr, s.deleteEtudiantPhoto, code+"/photo/delete").Extension().
			Doc("Supprime la photo d'un étudiant."),
		api.Post("etudiant_create", EtudInscrit, s.etudiantCreate, "/etudiant/create").Refuses(http.StatusBadRequest).
			Doc("Création d'un nouvel étudiant.").Describe(createText),
		api.Post("etudiant_create", EtudInscrit, s.etudiantCreateForce, "/etudiant/create/force").Refuses(http.StatusBadRequest).
			Doc("Création d'un nouvel étudiant.").Describe(createText),
		api.Post("etudiant_edit", EtudInscrit, s.etudiantEdit, code+"/edit").Refuses(http.StatusBadRequest).
			Doc("Édition des données étudiant (identité, admission, adresses).").
			Describe("Seuls les champs donnés changent ; null efface. Le département ne change pas."),
		api.Post("etudiant_annotation", EtudInscrit, s.etudiantAnnotation, code+"/annotation").
			Doc("Ajout d'une annotation sur un étudiant.").Describe("Renvoie l'annotation créée ; son auteur est l'appelant."),
		api.Post("etudiant_annotation_delete", EtudInscrit, s.etudiantAnnotationDelete, code+"/annotation/{annotation_id:int}/delete").
			Doc("Suppression d'une annotation. On spécifie l'étudiant et l'id de l'annotation.").
			Describe("Réservée à l'auteur de l'annotation et à qui a la permission EtudAddAnnotations."),
		api.Post("etudiants_import", EtudInscrit, s.etudiantsImport, "/departement/{acronym}/etudiants/import").Extension().Refuses(http.StatusBadRequest).
			Doc("Importe une liste d'étudiants dans un département.").Describe(importText),
	}
}

const (
	courantsDoc  = `La liste des étudiants des semestres "courants".`
	courantsText = "Considère tous les départements dans lesquels l'utilisateur a la permission ScoView, et les formsemestres contenant la date courante, ou celle indiquée par date_courante (ISO). Les démissionnaires et les défaillants n'y sont pas."
	createText   = "Champs requis : nom, prenom, dept (acronyme). L'étudiant créé n'est pas inscrit à un semestre. Un homonyme, dans tout département, est refusé sauf par /create/force ; un code NIP ou INE déjà utilisé dans le département l'est toujours. Les champs inconnus sont ignorés ; des adresses, la première compte."
	importText   = "Premier fichier d'un formulaire multipart/form-data : CSV ou classeur XLSX, une ligne de titres (etudid, code_nip, code_ine, nom, prenom, civilite, date_naissance, email, bac…), puis un étudiant par ligne. Une ligne désigne un étudiant du département par etudid, code_nip ou code_ine, sinon elle en crée un ; une cellule vide ne change rien ; une colonne inconnue est ignorée. Sans apply=1, rien n'est écrit : le compte rendu dit ce qui le serait. Avec une seule erreur rien n'est écrit non plus. force=1 admet les homonymes."
)

var errEtudiantUnknown = errs.New(errs.NotFound, "etudiant_unknown", "étudiant inconnu")

// etudRef names a student by one of three codes.
type etudRef struct {
	Etudid api.Opt[int64]  `path:"etudid"`
	NIP    api.Opt[string] `path:"nip"`
	INE    api.Opt[string] `path:"ine"`
}

// codeRef names a student by a code and what code it is.
type codeRef struct {
	CodeType string `path:"code_type"`
	Code     string `path:"code"`
}

// ref returns what a codeRef names; NotFound for another type of code, and for
// an etudid that is no number.
func (r codeRef) ref() (etudRef, error) {
	switch r.CodeType {
	case "etudid":
		etudid, err := strconv.ParseInt(r.Code, 10, 64)
		if err != nil {
			return etudRef{}, errEtudiantUnknown
		}
		return etudRef{Etudid: api.Some(etudid)}, nil
	case "nip":
		return etudRef{NIP: api.Some(r.Code)}, nil
	case "ine":
		return etudRef{INE: api.Some(r.Code)}, nil
	}
	return etudRef{}, errs.New(errs.NotFound, "code_type_invalid", "code_type invalide (etudid, nip ou ine)")
}

// etudiantsOf returns the students that a reference names and that exist for
// ctx's request, one a department.
func etudiantsOf(ctx context.Context, q *db.Queries, ref etudRef) ([]db.Etudiant, error) {
	var rows []db.Etudiant
	var err error
	switch {
	case ref.Etudid.Set:
		row, err := visibleEtudiant(ctx, q, ref.Etudid.Value)
		if errs.Is(err, errs.NotFound) {
			return []db.Etudiant{}, nil
		}
		return []db.Etudiant{row}, err
	case ref.NIP.Set:
		rows, err = q.EtudiantsByNIP(ctx, db.EtudiantsByNIPParams{CodeNip: &ref.NIP.Value, DeptID: deptOf(ctx)})
	default:
		rows, err = q.EtudiantsByINE(ctx, db.EtudiantsByINEParams{CodeIne: &ref.INE.Value, DeptID: deptOf(ctx)})
	}
	if err != nil {
		return nil, fmt.Errorf("students of a code: %w", err)
	}
	return rows, nil
}

// etudiantOf is etudiantsOf for one: the latest registered of several.
// NotFound when there is none.
func etudiantOf(ctx context.Context, q *db.Queries, ref etudRef) (db.Etudiant, error) {
	rows, err := etudiantsOf(ctx, q, ref)
	switch {
	case err != nil:
		return db.Etudiant{}, err
	case len(rows) == 0:
		return db.Etudiant{}, errEtudiantUnknown
	case len(rows) == 1:
		return rows[0], nil
	}
	latest, err := q.LatestRegistered(ctx, etudidList(rows))
	if err != nil {
		return db.Etudiant{}, fmt.Errorf("latest registered: %w", err)
	}
	for _, row := range rows {
		if row.ID == latest {
			return row, nil
		}
	}
	return db.Etudiant{}, errEtudiantUnknown
}

// etudiantOfCode is etudiantOf for a codeRef.
func etudiantOfCode(ctx context.Context, q *db.Queries, r codeRef) (db.Etudiant, error) {
	ref, err := r.ref()
	if err != nil {
		return db.Etudiant{}, err
	}
	return etudiantOf(ctx, q, ref)
}

// viewedDepartements returns the ids of the departments in which ctx's caller
// holds ScoView: that of the path, all, or some.
func viewedDepartements(ctx context.Context, q *db.Queries) ([]int64, error) {
	rows, err := q.Departements(ctx)
	if err != nil {
		return nil, fmt.Errorf("departments: %w", err)
	}
	caller := api.CallerFrom(ctx)
	ids := make([]int64, 0, len(rows))
	for _, row := range rows {
		if sees(ctx, row.ID) && (caller == nil || caller.Can(ScoView, row.Acronym)) {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

type courantsIn struct {
	DateCourante api.Opt[string] `query:"date_courante"`
}

// etudiantsCourants returns who is registered in a semester that holds today,
// or the day asked for, by sort key. Invalid for what is no ISO date.
func (s *Service) etudiantsCourants(ctx context.Context, in courantsIn) ([]EtudShort, error) {
	q := s.Store.Read()
	rows, err := s.courants(ctx, q, in)
	if err != nil {
		return nil, err
	}
	return s.etudShorts(ctx, q, rows)
}

// etudiantsCourantsLong is etudiantsCourants in full.
func (s *Service) etudiantsCourantsLong(ctx context.Context, in courantsIn) (EtudLongs, error) {
	q := s.Store.Read()
	rows, err := s.courants(ctx, q, in)
	if err != nil {
		return nil, err
	}
	return s.etudLongs(ctx, q, rows)
}

func (s *Service) courants(ctx context.Context, q *db.Queries, in courantsIn) ([]db.Etudiant, error) {
	day, err := s.dateCourante(in.DateCourante)
	if err != nil {
		return nil, err
	}
	depts, err := viewedDepartements(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.EtudiantsCourants(ctx, db.EtudiantsCourantsParams{Day: day.String(), DeptIds: db.JSONList(depts...)})
	if err != nil {
		return nil, fmt.Errorf("current students: %w", err)
	}
	return rows, nil
}

// EtudFull is a student in full with what people wrote about him.
type EtudFull struct {
	EtudLong
	Annotations []Annotation `json:"annotations"`
}

// etudFulls returns rows in full with their annotations, which are personal.
func (s *Service) etudFulls(ctx context.Context, q *db.Queries, rows []db.Etudiant) ([]EtudFull, error) {
	longs, err := s.etudLongs(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	return s.annotated(ctx, q, longs, may(ctx, ViewEtudData))
}

// etudiant returns a student. NotFound for none.
func (s *Service) etudiant(ctx context.Context, in etudRef) (EtudFull, error) {
	q := s.Store.Read()
	row, err := etudiantOf(ctx, q, in)
	if err != nil {
		return EtudFull{}, err
	}
	list, err := s.etudFulls(ctx, q, []db.Etudiant{row})
	if err != nil {
		return EtudFull{}, err
	}
	return list[0], nil
}

// etudiants returns the students of a code, one a department; none is no
// error.
func (s *Service) etudiants(ctx context.Context, in etudRef) ([]EtudFull, error) {
	q := s.Store.Read()
	rows, err := etudiantsOf(ctx, q, in)
	if err != nil {
		return nil, err
	}
	return s.etudFulls(ctx, q, rows)
}

// minStart is how many characters of a name a search takes.
const minStart = 3

type nameIn struct {
	Start string `path:"start"`
}

// etudiantsByName returns the students whose name begins so, by sort key; none
// for fewer than three characters.
func (s *Service) etudiantsByName(ctx context.Context, in nameIn) (EtudLongs, error) {
	nom, sorted := prefixKey(in.Start, plier.Key), prefixKey(in.Start, sortFold)
	if utf8.RuneCountInString(in.Start) < minStart || nom == "" {
		return EtudLongs{}, nil
	}
	if sorted == "" || strings.Contains(sorted, ";") { // it would reach into first names
		sorted = string(utf8.MaxRune)
	}
	q := s.Store.Read()
	rows, err := q.EtudiantsNamed(ctx, db.EtudiantsNamedParams{
		NomFrom: nom, NomUntil: afterPrefix(nom), SortFrom: sorted, SortUntil: afterPrefix(sorted), DeptID: deptOf(ctx),
	})
	if err != nil {
		return nil, fmt.Errorf("students by name: %w", err)
	}
	return s.etudLongs(ctx, q, rows)
}

// etudiantFormSemestres returns the semesters that a student is or was in, in
// the order of time; by NIP or INE, in every department. NotFound for no
// student.
func (s *Service) etudiantFormSemestres(ctx context.Context, in etudRef) ([]FormSemestre, error) {
	q := s.Store.Read()
	etudiants, err := etudiantsOf(ctx, q, in)
	if err != nil {
		return nil, err
	}
	if len(etudiants) == 0 {
		return nil, errEtudiantUnknown
	}
	rows, err := q.FormSemestresFollowed(ctx, db.FormSemestresFollowedParams{Etudids: etudidList(etudiants), DeptID: deptOf(ctx)})
	if err != nil {
		return nil, fmt.Errorf("semesters of a student: %w", err)
	}
	return s.formSemestresOf(ctx, q, rows)
}

type etudSemRef struct {
	Etudid         int64 `path:"etudid"`
	FormSemestreID int64 `path:"formsemestre_id"`
}

// etudiantGroups returns the groups of a student in a semester, that of
// everybody first; none when he is not in it. NotFound for an unknown student
// or semester.
func (s *Service) etudiantGroups(ctx context.Context, in etudSemRef) ([]EtudGroup, error) {
	q := s.Store.Read()
	if _, err := visibleEtudiant(ctx, q, in.Etudid); err != nil {
		return nil, err
	}
	if _, err := visibleFormSemestre(ctx, q, in.FormSemestreID); err != nil {
		return nil, err
	}
	rows, err := q.GroupsOfEtudiant(ctx, db.GroupsOfEtudiantParams{FormsemestreID: in.FormSemestreID, Etudid: in.Etudid})
	if err != nil {
		return nil, fmt.Errorf("groups of student %d: %w", in.Etudid, err)
	}
	groups := make([]EtudGroup, len(rows))
	for i, row := range rows {
		groups[i] = EtudGroup{
			PartitionID: row.PartitionID, PartitionName: row.PartitionName, FormSemestreID: row.FormsemestreID, Numero: row.Numero,
			BulShowRank: row.BulShowRank, ShowInLists: row.ShowInLists, GroupsEditable: row.GroupsEditable,
			ID: row.ID, GroupID: row.ID, GroupName: row.GroupName, EdtID: row.EdtID,
		}
	}
	return groups, nil
}
