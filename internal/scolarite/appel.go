package scolarite

import (
	"context"
	"fmt"
	"slices"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// appelRoutes are our entries for the roll of a group.
func (s *Service) appelRoutes() []api.Route {
	return []api.Route{
		api.Get("group_assiduites_jour", ScoView, s.groupJour, "/group/{group_id:int}/assiduites/jour/{jour}").Extension().
			Doc("L'appel d'un jour : chaque étudiant du groupe et ses assiduités de ce jour (AAAA-MM-JJ)."),
		api.Post("group_assiduites_signaler", AbsChange, s.groupSignaler, "/group/{group_id:int}/assiduites/signaler").Extension().
			Doc("Enregistre la même assiduité pour tout le groupe, ou pour etudids.").
			Describe("Champs : date_debut, date_fin, etat, et au besoin moduleimpl_id, desc, etudids. indice est le rang de l'étudiant dans le groupe, ou dans etudids. " + batchText),
	}
}

type jourIn struct {
	GroupID int64  `path:"group_id"`
	Jour    string `path:"jour"`
}

// RollRow is a student of a group and his records of a day.
type RollRow struct {
	EtudShort
	Etat       string      `json:"etat"` // of the registration: I, D or DEF
	Assiduites []Assiduite `json:"assiduites"`
}

// groupJour returns the roll of a day: the students of a group by name.
// NotFound for an unknown group or what is no day.
func (s *Service) groupJour(ctx context.Context, in jourIn) ([]RollRow, error) {
	q := s.Store.Read()
	_, _, sem, err := visibleGroup(ctx, q, in.GroupID)
	if err != nil {
		return nil, err
	}
	day, err := db.ParseDay(in.Jour)
	if err != nil {
		return nil, errs.New(errs.NotFound, "day_invalid", "jour invalide (AAAA-MM-JJ attendu)")
	}
	members, err := s.membersByName(ctx, q, in.GroupID, sem.ID)
	if err != nil {
		return nil, err
	}
	etuds := make([]db.Etudiant, len(members))
	ids := make([]int64, len(members))
	for i, m := range members {
		etuds[i], ids[i] = m.etud, m.etud.ID
	}
	shorts, err := s.etudShorts(ctx, q, etuds)
	if err != nil {
		return nil, err
	}
	rows, err := q.AssiduitesWithin(ctx, db.AssiduitesWithinParams{
		Etudids: db.JSONList(ids...), Since: db.At(s.midnight(day, 0)), Until: db.At(s.midnight(day, 1)),
	})
	if err != nil {
		return nil, fmt.Errorf("attendance of group %d: %w", in.GroupID, err)
	}
	list, err := s.assiduitesOf(ctx, q, rows, false)
	if err != nil {
		return nil, err
	}
	roll := make([]RollRow, len(shorts))
	for i, of := range byEtudid(ids, list) {
		roll[i] = RollRow{EtudShort: shorts[i], Etat: members[i].etat, Assiduites: of.Value}
	}
	return roll, nil
}

// member is a student of a group and the state of his registration.
type member struct {
	etud db.Etudiant
	etat string
}

// membersByName returns the students of a group who are registered in its
// semester, by sort key.
func (s *Service) membersByName(ctx context.Context, q *db.Queries, groupID, formsemestreID int64) ([]member, error) {
	ids, err := q.MembersOfGroup(ctx, groupID)
	if err != nil {
		return nil, fmt.Errorf("members of group %d: %w", groupID, err)
	}
	rows, err := q.RollOfFormSemestre(ctx, db.RollOfFormSemestreParams{FormsemestreID: formsemestreID, Etudids: db.JSONList(ids...)})
	if err != nil {
		return nil, fmt.Errorf("registrations of group %d: %w", groupID, err)
	}
	members := make([]member, len(rows))
	for i, row := range rows {
		members[i] = member{row.Etudiant, row.Etat}
	}
	return members, nil
}

type signalerIn struct {
	api.Form                              // an unknown group comes before the faults of the body
	GroupID      int64                    `path:"group_id"`
	DateDebut    string                   `json:"date_debut"`
	DateFin      string                   `json:"date_fin"`
	Etat         string                   `json:"etat"`
	ModuleImplID api.Opt[jsonvalue.Value] `json:"moduleimpl_id"`
	Desc         api.Opt[string]          `json:"desc"`
	Etudids      api.Opt[[]int64]         `json:"etudids"`
}

// groupSignaler records the same attendance for the students of a group who are
// neither resigned nor defaulted, or for some of its students; see
// [Service.assiduiteCreate]. A student who is not of the group is refused by
// himself.
func (s *Service) groupSignaler(ctx context.Context, in signalerIn) (Batch, error) {
	q := s.Store.Read()
	_, _, sem, err := visibleGroup(ctx, q, in.GroupID)
	if err != nil {
		return Batch{}, err
	}
	if len(in.Faults) > 0 {
		return Batch{}, errs.Faulty(in.Faults)
	}
	if err := unlocked(sem); err != nil {
		return Batch{}, err
	}
	members, err := s.membersByName(ctx, q, in.GroupID, sem.ID)
	if err != nil {
		return Batch{}, err
	}
	ids := in.Etudids.Value
	if !in.Etudids.Set || in.Etudids.Null {
		for _, m := range members {
			if m.etat == "I" {
				ids = append(ids, m.etud.ID)
			}
		}
	}
	items := make([]jsonvalue.Value, len(ids))
	for i, id := range ids {
		items[i] = in.item(id)
	}
	return s.createAssiduites(ctx, jsonvalue.OfArray(items...), func(ctx context.Context, q *db.Queries, item jsonvalue.Value) (db.Etudiant, error) {
		id, _ := item.Get("etudid")
		if !slices.ContainsFunc(members, func(m member) bool { return m.etud.ID == id.Int() }) {
			return db.Etudiant{}, errs.New(errs.NotFound, "not_in_group", "l'étudiant n'est pas dans le groupe")
		}
		return visibleEtudiant(ctx, q, id.Int())
	})
}

// item is the record of one student, as assiduites_create takes it.
func (in signalerIn) item(etudid int64) jsonvalue.Value {
	members := []jsonvalue.Member{
		{Key: "etudid", Value: jsonvalue.OfInt(etudid)},
		{Key: "date_debut", Value: jsonvalue.OfString(in.DateDebut)},
		{Key: "date_fin", Value: jsonvalue.OfString(in.DateFin)},
		{Key: "etat", Value: jsonvalue.OfString(in.Etat)},
	}
	if in.ModuleImplID.Set {
		members = append(members, jsonvalue.Member{Key: "moduleimpl_id", Value: in.ModuleImplID.Value})
	}
	if text, ok := in.Desc.Get(); ok {
		members = append(members, jsonvalue.Member{Key: "desc", Value: jsonvalue.OfString(text)})
	}
	return jsonvalue.OfObject(members...)
}
