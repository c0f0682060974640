package scolarite

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// referentielRoutes are the entry of "API Formations" about frameworks of
// competences, and our extension for them.
func (s *Service) referentielRoutes() []api.Route {
	return []api.Route{
		api.Get("referentiel_competences", ScoView, s.referentielCompetences, "/formation/{formation_id:int}/referentiel_competences").
			Doc("Retourne le référentiel de compétences de la formation ou null si pas de référentiel associé.").
			Describe("Compétences et parcours sont des objets, par titre et par code, dans l'ordre de leur numéro. Les serveurs en production répondent `{}` au lieu de `null`."),
		api.Get("departement_referentiels", ScoView, s.departementReferentiels, "/departement/{acronym}/referentiels").Extension().
			Doc("Liste des référentiels de compétences du département."),
		api.Post("referentiel_competences_import", EditFormation, s.importReferentiel, "/departement/{acronym}/referentiel_competences/import").
			Extension().Refuses(400).
			Doc("Charge un référentiel de compétences dans le département, et le renvoie.").
			Describe("Le corps est le JSON que répond `referentiel_competences`, ou le fichier XML d'OrÉBUT. 400 avec l'endroit de chaque faute ; " +
				"409 si le département a déjà cette spécialité dans cette version. `filename` est le nom du fichier, que le référentiel garde."),
		api.Post("formation_set_referentiel", EditFormation, s.setReferentiel, "/formation/{formation_id:int}/referentiel_competences").
			Extension().Refuses(400).
			Doc("Associe un référentiel de compétences à la formation, ou aucun. Renvoie la formation.").
			Describe("Corps : `{\"referentiel_competence_id\": 3}`, ou null. Le référentiel est du même département. " +
				"409 si les UE, les modules, les semestres ou leurs inscrits se réfèrent à l'ancien."),
	}
}

// Referentiel is a framework of competences as answers show it.
type Referentiel struct {
	ID                 int64                  `json:"id"`
	DeptID             int64                  `json:"dept_id"`
	Annexe             string                 `json:"annexe"`
	Specialite         string                 `json:"specialite"`
	SpecialiteLong     string                 `json:"specialite_long"`
	TypeStructure      string                 `json:"type_structure"`
	TypeDepartement    string                 `json:"type_departement"`
	TypeTitre          string                 `json:"type_titre"`
	VersionOrebut      string                 `json:"version_orebut"`
	ScoDocDateLoaded   string                 `json:"scodoc_date_loaded"` // in UTC
	ScoDocOrigFilename string                 `json:"scodoc_orig_filename"`
	Competences        Ordered[RefCompetence] `json:"competences"` // by title
	Parcours           Ordered[Parcours]      `json:"parcours"`    // by code
}

// RefCompetence is a competence of a framework.
type RefCompetence struct {
	ID          int64              `json:"id"`
	IDOrebut    string             `json:"id_orebut"`
	Titre       string             `json:"titre"`
	TitreLong   string             `json:"titre_long"`
	Couleur     string             `json:"couleur"`
	Numero      int64              `json:"numero"`
	Situations  []RefLibelle       `json:"situations"`
	Composantes []RefLibelle       `json:"composantes_essentielles"`
	Niveaux     Ordered[RefNiveau] `json:"niveaux"` // by year, "BUT1"
}

// RefLibelle is a text of a competence.
type RefLibelle struct {
	Libelle string `json:"libelle"`
}

// RefNiveau is a level of a competence.
type RefNiveau struct {
	ID           int64                   `json:"id"`
	Libelle      string                  `json:"libelle"`
	Annee        string                  `json:"annee"`
	Ordre        int64                   `json:"ordre"`
	AppCritiques Ordered[RefAppCritique] `json:"app_critiques"` // by code
}

// RefAppCritique is a critical learning of a level.
type RefAppCritique struct {
	OID     int64  `json:"oid"`
	Libelle string `json:"libelle"`
}

// ReferentielLine is a framework in the list of a department.
type ReferentielLine struct {
	ID                 int64  `json:"id"`
	DeptID             int64  `json:"dept_id"`
	Specialite         string `json:"specialite"`
	SpecialiteLong     string `json:"specialite_long"`
	TypeTitre          string `json:"type_titre"`
	VersionOrebut      string `json:"version_orebut"`
	ScoDocDateLoaded   string `json:"scodoc_date_loaded"`
	ScoDocOrigFilename string `json:"scodoc_orig_filename"`
}

// ReferentielOrNone is the framework of a programme: null or, as servers in
// production answer, {} when it has none.
type ReferentielOrNone struct{ *Referentiel }

var errReferentielUnknown = errs.New(errs.NotFound, "referentiel_unknown", "référentiel de compétences inconnu")

// visibleReferentiel returns a framework that exists for ctx's request.
func visibleReferentiel(ctx context.Context, q *db.Queries, id int64) (db.Referentiel, error) {
	row, err := q.Referentiel(ctx, id)
	if err == nil && !sees(ctx, row.DeptID) {
		return db.Referentiel{}, errReferentielUnknown
	}
	return row, db.NotFound(err, errReferentielUnknown.Code, errReferentielUnknown.Message)
}

// referentielCompetences returns the framework of a programme. NotFound if
// there is no such programme.
func (s *Service) referentielCompetences(ctx context.Context, in formationRef) (*ReferentielOrNone, error) {
	var answer *ReferentielOrNone
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		formation, err := visibleFormation(ctx, q, in.FormationID)
		if err != nil {
			return err
		}
		if formation.ReferentielID == nil {
			if s.Wire == Production {
				answer = &ReferentielOrNone{}
			}
			return nil
		}
		ref, err := s.referentiel(ctx, q, *formation.ReferentielID)
		answer = &ReferentielOrNone{&ref}
		return err
	})
	return answer, err
}

// referentiel returns a framework in full, whoever asks. NotFound if there is
// none.
func (s *Service) referentiel(ctx context.Context, q *db.Queries, id int64) (Referentiel, error) {
	row, err := q.Referentiel(ctx, id)
	if err != nil {
		return Referentiel{}, db.NotFound(err, errReferentielUnknown.Code, errReferentielUnknown.Message)
	}
	line := referentielLine(row)
	ref := Referentiel{
		ID: row.ID, DeptID: row.DeptID, Annexe: textOrEmpty(row.Annexe), Specialite: row.Specialite, SpecialiteLong: line.SpecialiteLong,
		TypeStructure: textOrEmpty(row.TypeStructure), TypeDepartement: textOrEmpty(row.TypeDepartement), TypeTitre: line.TypeTitre,
		VersionOrebut: line.VersionOrebut, ScoDocDateLoaded: line.ScoDocDateLoaded, ScoDocOrigFilename: line.ScoDocOrigFilename,
	}
	if ref.Competences, err = refCompetences(ctx, q, id); err != nil {
		return Referentiel{}, err
	}
	parcours, err := q.ReferentielParcours(ctx, id)
	if err != nil {
		return Referentiel{}, err
	}
	ids := make([]int64, len(parcours))
	for i, p := range parcours {
		ids[i] = p.ID
	}
	byID, err := s.parcoursByID(ctx, q, ids)
	for _, p := range parcours {
		ref.Parcours.Add(p.Code, byID[p.ID])
	}
	return ref, err
}

func referentielLine(row db.Referentiel) ReferentielLine {
	return ReferentielLine{
		ID: row.ID, DeptID: row.DeptID, Specialite: row.Specialite, SpecialiteLong: textOrEmpty(row.SpecialiteLong),
		TypeTitre: textOrEmpty(row.TypeTitre), VersionOrebut: textOrEmpty(row.VersionOrebut),
		ScoDocDateLoaded: row.LoadedAt.Format("2006-01-02T15:04:05.000000Z"), ScoDocOrigFilename: textOrEmpty(row.OrigFilename),
	}
}

// refCompetences returns the competences of a framework with their levels.
func refCompetences(ctx context.Context, q *db.Queries, referentielID int64) (Ordered[RefCompetence], error) {
	rows, err := q.ReferentielCompetences(ctx, referentielID)
	if err != nil {
		return nil, err
	}
	niveaux, err := q.ReferentielNiveaux(ctx, referentielID)
	if err != nil {
		return nil, err
	}
	critiques, err := q.ReferentielAppCritiques(ctx, referentielID)
	if err != nil {
		return nil, err
	}
	byNiveau := map[int64]Ordered[RefAppCritique]{}
	for _, a := range critiques {
		byNiveau[a.NiveauID] = append(byNiveau[a.NiveauID], Member[RefAppCritique]{a.Code, RefAppCritique{a.ID, textOrEmpty(a.Libelle)}})
	}
	byCompetence := map[int64]Ordered[RefNiveau]{}
	for _, n := range niveaux {
		level := RefNiveau{n.ID, textOrEmpty(n.Libelle), n.Annee, n.Ordre, byNiveau[n.ID]}
		byCompetence[n.CompetenceID] = append(byCompetence[n.CompetenceID], Member[RefNiveau]{n.Annee, level})
	}
	var competences Ordered[RefCompetence]
	for _, c := range rows {
		competence := RefCompetence{
			ID: c.ID, IDOrebut: textOrEmpty(c.IDOrebut), Titre: c.Titre, TitreLong: textOrEmpty(c.TitreLong),
			Couleur: textOrEmpty(c.Couleur), Numero: c.Numero, Niveaux: byCompetence[c.ID],
		}
		if competence.Situations, err = libelles(c.Situations); err != nil {
			return nil, fmt.Errorf("situations of competence %d: %w", c.ID, err)
		}
		if competence.Composantes, err = libelles(c.Composantes); err != nil {
			return nil, fmt.Errorf("composantes of competence %d: %w", c.ID, err)
		}
		competences.Add(c.Titre, competence)
	}
	return competences, nil
}

// libelles reads a list of texts as the base keeps it.
func libelles(list string) ([]RefLibelle, error) {
	var texts []string
	if err := json.Unmarshal([]byte(list), &texts); err != nil {
		return nil, err
	}
	out := make([]RefLibelle, len(texts))
	for i, text := range texts {
		out[i] = RefLibelle{text}
	}
	return out, nil
}

type referentielsOf struct {
	Acronym string `path:"acronym"`
}

// departementReferentiels lists the frameworks of a department. NotFound if
// there is no such department.
func (s *Service) departementReferentiels(ctx context.Context, in referentielsOf) ([]ReferentielLine, error) {
	return s.Referentiels(ctx, in.Acronym)
}

// Referentiels lists the frameworks of a department, by speciality and version.
// NotFound if there is no such department.
func (s *Service) Referentiels(ctx context.Context, acronym string) ([]ReferentielLine, error) {
	lines := []ReferentielLine{}
	err := s.Store.ReadTx(ctx, func(ctx context.Context, q *db.Queries) error {
		dept, err := visibleDepartementNamed(ctx, q, acronym)
		if err != nil {
			return err
		}
		rows, err := q.Referentiels(ctx, dept.ID)
		for _, row := range rows {
			lines = append(lines, referentielLine(row))
		}
		return err
	})
	return lines, err
}

type referentielChoice struct {
	formationRef
	ReferentielID api.Opt[int64] `json:"referentiel_competence_id"`
}

// setReferentiel gives a programme a framework of its department, or none.
// NotFound if there is no such programme or framework, Invalid without a
// choice, Conflict when something refers to the former one.
func (s *Service) setReferentiel(ctx context.Context, in referentielChoice) (Formation, error) {
	if !in.ReferentielID.Set {
		return Formation{}, errs.NewInvalid("referentiel_competence_id", "missing", "manquant")
	}
	var formation Formation
	err := s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, err := visibleFormation(ctx, q, in.FormationID)
		if err != nil {
			return err
		}
		if err := s.associate(ctx, q, row, in.ReferentielID.Ptr()); err != nil {
			return err
		}
		formation, err = s.formation(ctx, q, row.ID)
		return err
	})
	return formation, err
}

// associate gives a programme another framework of competences, nil for none.
func (s *Service) associate(ctx context.Context, q *db.Queries, formation db.Formation, referentielID *int64) error {
	if referentielID != nil {
		ref, err := visibleReferentiel(ctx, q, *referentielID)
		if err != nil {
			return err
		}
		if ref.DeptID != formation.DeptID {
			return errReferentielUnknown
		}
	}
	type image struct {
		ReferentielID *int64 `json:"referentiel_competence_id"`
	}
	before, after := image{formation.ReferentielID}, image{referentielID}
	if before.ReferentielID == nil && after.ReferentielID == nil ||
		before.ReferentielID != nil && after.ReferentielID != nil && *before.ReferentielID == *after.ReferentielID {
		return nil
	}
	isUsed, err := q.FormationUsesReferentiel(ctx, formation.ID)
	if err != nil {
		return err
	}
	if isUsed != 0 {
		return errs.New(errs.Conflict, "referentiel_used", "des UE, des modules ou des semestres de la formation utilisent son référentiel de compétences")
	}
	if err := q.SetFormationReferentiel(ctx, db.SetFormationReferentielParams{ReferentielID: referentielID, ID: formation.ID}); err != nil {
		return err
	}
	return s.record(ctx, q, "formation.referentiel", "formation", formation.ID, formation.Acronyme, before, after)
}

// parcoursByID returns the tracks of these ids, their years in order and the
// competences of each in the framework's order.
func (s *Service) parcoursByID(ctx context.Context, q *db.Queries, ids []int64) (map[int64]Parcours, error) {
	list := db.JSONList(ids...)
	rows, err := q.ParcoursByID(ctx, list)
	if err != nil {
		return nil, err
	}
	annees, err := q.ParcoursAnnees(ctx, list)
	if err != nil {
		return nil, err
	}
	competences, err := q.ParcoursCompetences(ctx, list)
	if err != nil {
		return nil, err
	}
	byAnnee := make(map[int64]Ordered[ParcoursCompetence], len(annees))
	for _, c := range competences {
		byAnnee[c.AnneeID] = append(byAnnee[c.AnneeID], Member[ParcoursCompetence]{c.Titre, ParcoursCompetence{c.Niveau, c.IDOrebut}})
	}
	byParcours := make(map[int64]Ordered[ParcoursAnnee], len(rows))
	for _, a := range annees {
		year := Member[ParcoursAnnee]{strconv.FormatInt(a.Ordre, 10), ParcoursAnnee{a.Ordre, byAnnee[a.ID]}}
		byParcours[a.ParcoursID] = append(byParcours[a.ParcoursID], year)
	}
	parcours := make(map[int64]Parcours, len(rows))
	for _, p := range rows {
		parcours[p.ID] = Parcours{ID: p.ID, Code: p.Code, Numero: p.Numero, Libelle: textOrEmpty(p.Libelle), Annees: byParcours[p.ID]}
	}
	return parcours, nil
}
